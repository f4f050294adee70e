"""The penalties of `regularizers` in PyTorch: any device, gradients by autograd."""

import math

from torch import nn

from course_lib.validation import number

__all__ = ["L1", "L2"]


class Regularizer(nn.Module):
    """See `regularizers.Regularizer`; `dict(model.named_parameters())` is a dict of params."""

    def __init__(self, strength=0.01):
        super().__init__()
        self.strength = number("strength", strength, 0, math.inf, or_low=True)

    def total(self, size, params):
        if not params:
            raise ValueError("params is empty; expected a dict with at least one tensor")
        return self.strength * sum(size(p).sum() for p in params.values())


class L1(Regularizer):
    """See `regularizers.L1`."""

    def forward(self, params):
        return self.total(lambda p: p.abs(), params)


class L2(Regularizer):
    """See `regularizers.L2`."""

    def forward(self, params):
        return self.total(lambda p: p.square(), params)
