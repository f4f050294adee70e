"""The two clips of `gradients` in PyTorch: any device; values are not checked, to look at one would wait for it."""

import math
from collections.abc import Mapping

import torch

from course_lib.validation import number

__all__ = [  # noqa: RUF022 in the order of the file
    "clip_by_value", "clip_by_norm",
]  # fmt: skip


def clip_by_value(grads, limit):
    """See `gradients.clip_by_value`."""
    limit = number("limit", limit, 0, math.inf)
    return _map(lambda g: g.clamp(-limit, limit), grads)


def clip_by_norm(grads, max_norm):
    """See `gradients.clip_by_norm`."""
    max_norm = number("max_norm", max_norm, 0, math.inf)
    each = list(grads.values()) if isinstance(grads, Mapping) else [grads]
    if not each:
        return {}
    largest = torch.stack([g.detach().abs().amax() for g in each]).amax()
    largest = largest.clamp(min=torch.finfo(largest.dtype).tiny)  # divided by it, no square overflows
    norm = torch.stack([(g / largest).square().sum() for g in each]).sum().sqrt()
    scale = (max_norm / largest / norm).clamp(max=1)
    return _map(lambda g: g * scale, grads)


def _map(function, grads):
    return {name: function(g) for name, g in grads.items()} if isinstance(grads, Mapping) else function(grads)
