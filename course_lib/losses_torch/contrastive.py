"""The losses of `losses.contrastive` in PyTorch."""

import math

import torch

from course_lib.activations_torch import LogSoftmax
from course_lib.losses.inputs import beside, matrix
from course_lib.losses_torch.base import Loss, log1p_exp, positive_part
from course_lib.validation import number, one_of, same_shape


class TripletMargin(Loss):
    """See `losses.TripletMargin`."""

    def __init__(self, margin=1.0, squared=False, reduction="mean"):
        super().__init__(reduction)
        self.margin = number("margin", margin, 0, math.inf)
        self.squared = one_of("squared", squared, (False, True))

    def forward(self, anchor, positive, negative):
        beside("anchor", anchor, anchor.shape, positive=positive, negative=negative)
        near, far = self.distance(anchor, positive), self.distance(anchor, negative)
        return self.reduce(positive_part(near - far + self.margin))

    def distance(self, a, b):
        return (a - b).square().sum(dim=-1) if self.squared else torch.linalg.vector_norm(a - b, dim=-1)


class CosineEmbedding(Loss):
    """See `losses.CosineEmbedding`."""

    def __init__(self, margin=0.0, reduction="mean"):
        super().__init__(reduction)
        self.margin = number("margin", margin, -1, 1, or_low=True)

    def forward(self, x1, x2, target):
        beside("x1", x1, x1.shape, x2=x2)
        beside("x1", x1, x1.shape[:-1], target=target)
        cos = (_unit(x1) * _unit(x2)).sum(dim=-1)
        return self.reduce(torch.where(target > 0, 1 - cos, positive_part(cos - self.margin)))


class HingeEmbedding(Loss):
    """See `losses.HingeEmbedding`."""

    def __init__(self, margin=1.0, reduction="mean"):
        super().__init__(reduction)
        self.margin = number("margin", margin, 0, math.inf)

    def forward(self, prediction, target):
        same_shape(prediction, target)
        return self.reduce(torch.where(target > 0, prediction, positive_part(self.margin - prediction)))


class Contrastive(Loss):
    """See `losses.Contrastive`."""

    def __init__(self, margin=1.0, reduction="mean"):
        super().__init__(reduction)
        self.margin = number("margin", margin, 0, math.inf)

    def forward(self, x1, x2, target):
        beside("x1", x1, x1.shape, x2=x2)
        beside("x1", x1, x1.shape[:-1], target=target)
        d = torch.linalg.vector_norm(x1 - x2, dim=-1)
        return self.reduce(0.5 * torch.where(target > 0, d, positive_part(self.margin - d)).square())


class InfoNCE(Loss):
    """See `losses.InfoNCE`."""

    def __init__(self, temperature=0.07, reduction="mean"):
        super().__init__(reduction)
        self.temperature = number("temperature", temperature, 0, math.inf)

    def forward(self, x1, x2):
        beside("x1", x1, x1.shape, x2=x2)
        matrix("x1", x1, "(N, D)")
        s = _unit(x1) @ _unit(x2).T / self.temperature
        both_ways = LogSoftmax()(s) + LogSoftmax()(s.T)  # the diagonal does not mind being transposed
        return self.reduce(-0.5 * both_ways.diagonal())


class NegativeSampling(Loss):
    """See `losses.NegativeSampling`."""

    def forward(self, center, context, negatives):
        beside("center", center, center.shape, context=context)
        beside("center", center, (*center.shape[:-1], *negatives.shape[-2:-1], center.shape[-1]), negatives=negatives)
        right, wrong = (center * context).sum(dim=-1), (negatives @ center[..., None])[..., 0]
        return self.reduce(log1p_exp(-right) + log1p_exp(wrong).sum(dim=-1))


def _unit(x):
    return x / torch.linalg.vector_norm(x, dim=-1, keepdim=True).clamp(min=1e-8)
