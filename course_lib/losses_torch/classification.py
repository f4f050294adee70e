"""The losses of `losses.classification` in PyTorch."""

import math

import torch

from course_lib.activations_torch import LogSoftmax
from course_lib.losses_torch.base import Loss, log1p_exp, positive_part
from course_lib.validation import class_shapes, number, same_shape


class CrossEntropy(Loss):
    """See `losses.CrossEntropy`."""

    def forward(self, prediction, target):
        probs = _probs(prediction, target)
        log_p = LogSoftmax()(prediction)
        return self.reduce(-(probs * torch.where(probs > 0, log_p, 0)).sum(dim=-1))


class CategoricalCrossEntropy(Loss):
    """See `losses.CategoricalCrossEntropy`."""

    def __init__(self, eps=1e-7, reduction="mean"):
        super().__init__(reduction)
        self.eps = number("eps", eps, 0, 1)

    def forward(self, prediction, target):
        log_p = prediction.clamp(self.eps, 1).log()
        return self.reduce(-(_probs(prediction, target) * log_p).sum(dim=-1))


class BinaryCrossEntropy(Loss):
    """See `losses.BinaryCrossEntropy`."""

    def __init__(self, eps=1e-7, reduction="mean"):
        super().__init__(reduction)
        self.eps = number("eps", eps, 0, 0.5)

    def forward(self, prediction, target):
        same_shape(prediction, target)
        p, target = prediction.clamp(self.eps, 1 - self.eps), target.to(prediction.dtype)
        return self.reduce(-(target * p.log() + (1 - target) * (-p).log1p()))


class BinaryCrossEntropyWithLogits(Loss):
    """See `losses.BinaryCrossEntropyWithLogits`."""

    def forward(self, prediction, target):
        same_shape(prediction, target)
        target = target.to(prediction.dtype)
        return self.reduce(target * log1p_exp(-prediction) + (1 - target) * log1p_exp(prediction))


class KLDivergence(Loss):
    """See `losses.KLDivergence`."""

    def __init__(self, eps=1e-7, reduction="mean"):
        super().__init__(reduction)
        self.eps = number("eps", eps, 0, 1)

    def forward(self, prediction, target):
        probs, log_p = _probs(prediction, target), prediction.clamp(self.eps, 1).log()
        return self.reduce((torch.xlogy(probs, probs) - probs * log_p).sum(dim=-1))


class Hinge(Loss):
    """See `losses.Hinge`."""

    def forward(self, prediction, target):
        return self.reduce(_slack(prediction, target))


class SquaredHinge(Loss):
    """See `losses.SquaredHinge`."""

    def forward(self, prediction, target):
        return self.reduce(_slack(prediction, target).square())


class SoftMargin(Loss):
    """See `losses.SoftMargin`."""

    def forward(self, prediction, target):
        same_shape(prediction, target)
        return self.reduce(log1p_exp(-target.to(prediction.dtype) * prediction))


class Focal(Loss):
    """See `losses.Focal`."""

    def __init__(self, gamma=2.0, reduction="mean"):
        super().__init__(reduction)
        self.gamma = number("gamma", gamma, 0, math.inf, or_low=True)

    def forward(self, prediction, target):
        probs = _probs(prediction, target)
        log_p = torch.where(probs > 0, LogSoftmax()(prediction), 0)
        tiny = torch.finfo(log_p.dtype).tiny  # autograd divides by 1 − p when γ < 1: keep it off 0
        q = (-log_p.expm1()).clamp(min=tiny)
        return self.reduce(-(probs * q**self.gamma * log_p).sum(dim=-1))


def _slack(prediction, target):
    same_shape(prediction, target)
    return positive_part(1 - target.to(prediction.dtype) * prediction)


def _probs(prediction, target):
    class_shapes(prediction, target)
    if target.ndim == 2:
        return target.to(prediction.dtype)
    if target.is_floating_point():
        raise TypeError(f"target is {target.dtype}; expected integer labels: try target.long()")
    return torch.zeros_like(prediction).scatter(1, target[:, None].long(), 1)
