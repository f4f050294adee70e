"""The losses of `losses` in PyTorch: any device, gradients by autograd.

Shapes are checked, values are not: to look at one would wait for the device.
"""

import math

import torch
from torch import nn

from course_lib.activations_torch import LogSoftmax
from course_lib.validation import class_shapes, number, one_of, same_shape

__all__ = [  # noqa: RUF022 in the order of the file
    "SumSquaredError", "Euclidean", "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError", "Huber", "SmoothL1", "LogCosh", "PoissonNLL", "CosineSimilarity",
    "CrossEntropy", "CategoricalCrossEntropy", "BinaryCrossEntropy", "BinaryCrossEntropyWithLogits",
    "KLDivergence", "Hinge", "SquaredHinge", "SoftMargin", "Focal",
]  # fmt: skip


class Loss(nn.Module):
    """See `losses.Loss`."""

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = one_of("reduction", reduction, ("mean", "sum", "none"))

    def reduce(self, losses):
        return losses if self.reduction == "none" else getattr(torch, self.reduction)(losses)


class SumSquaredError(Loss):
    """See `losses.SumSquaredError`."""

    def __init__(self, reduction="sum"):
        super().__init__(reduction)

    def forward(self, prediction, target):
        return self.reduce(_error(prediction, target).square())


class Euclidean(Loss):
    """See `losses.Euclidean`."""

    def forward(self, prediction, target):
        return self.reduce(0.5 * _error(prediction, target).square().sum(dim=-1))


class MeanSquaredError(Loss):
    """See `losses.MeanSquaredError`."""

    def forward(self, prediction, target):
        return self.reduce(_error(prediction, target).square())


class MeanAbsoluteError(Loss):
    """See `losses.MeanAbsoluteError`."""

    def forward(self, prediction, target):
        return self.reduce(_error(prediction, target).abs())


class MeanAbsolutePercentageError(Loss):
    """See `losses.MeanAbsolutePercentageError`."""

    def forward(self, prediction, target):
        size = target.to(prediction.dtype).abs().clamp(min=torch.finfo(torch.float64).eps)
        return self.reduce(_error(prediction, target).abs() / size)


class MeanSquaredLogarithmicError(Loss):
    """See `losses.MeanSquaredLogarithmicError`."""

    def forward(self, prediction, target):
        return self.reduce(_error(prediction.log1p(), target.to(prediction.dtype).log1p()).square())


class Huber(Loss):
    """See `losses.Huber`."""

    def __init__(self, delta=1.0, reduction="mean"):
        super().__init__(reduction)
        self.delta = number("delta", delta, 0, math.inf)

    def forward(self, prediction, target):
        size = _error(prediction, target).abs()
        near, far = 0.5 * size.square(), self.delta * (size - 0.5 * self.delta)
        return self.reduce(torch.where(size <= self.delta, near, far))


class SmoothL1(Loss):
    """See `losses.SmoothL1`."""

    def __init__(self, beta=1.0, reduction="mean"):
        super().__init__(reduction)
        self.beta = number("beta", beta, 0, math.inf)

    def forward(self, prediction, target):
        size = _error(prediction, target).abs()
        near, far = 0.5 * size.square() / self.beta, size - 0.5 * self.beta
        return self.reduce(torch.where(size <= self.beta, near, far))


class LogCosh(Loss):
    """See `losses.LogCosh`."""

    def forward(self, prediction, target):
        error = _error(prediction, target)
        return self.reduce(torch.logaddexp(error, -error) - math.log(2))


class PoissonNLL(Loss):
    """See `losses.PoissonNLL`."""

    def forward(self, prediction, target):
        same_shape(prediction, target)
        return self.reduce(prediction.exp() - target.to(prediction.dtype) * prediction)


class CosineSimilarity(Loss):
    """See `losses.CosineSimilarity`."""

    def __init__(self, eps=1e-8, reduction="mean"):
        super().__init__(reduction)
        self.eps = number("eps", eps, 0, math.inf)

    def forward(self, prediction, target):
        same_shape(prediction, target)
        target = target.to(prediction.dtype)
        return self.reduce(1 - (self.unit(prediction) * self.unit(target)).sum(dim=-1))

    def unit(self, x):
        return x / torch.linalg.vector_norm(x, dim=-1, keepdim=True).clamp(min=self.eps)


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
        return self.reduce(target * _log1p_exp(-prediction) + (1 - target) * _log1p_exp(prediction))


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
        return self.reduce(_log1p_exp(-target.to(prediction.dtype) * prediction))


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


def _error(prediction, target):
    same_shape(prediction, target)
    return prediction - target.to(prediction.dtype)


def _slack(prediction, target):
    same_shape(prediction, target)
    slack = 1 - target.to(prediction.dtype) * prediction
    return torch.where(slack > 0, slack, 0)  # not clamp: its gradient at the kink is 1


def _log1p_exp(x):
    return torch.logaddexp(x, torch.zeros_like(x))


def _probs(prediction, target):
    class_shapes(prediction, target)
    if target.ndim == 2:
        return target.to(prediction.dtype)
    if target.is_floating_point():
        raise TypeError(f"target is {target.dtype}; expected integer labels: try target.long()")
    return torch.zeros_like(prediction).scatter(1, target[:, None].long(), 1)
