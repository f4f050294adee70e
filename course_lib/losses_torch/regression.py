"""The losses of `losses.regression` in PyTorch."""

import math

import torch

from course_lib.losses_torch.base import Loss
from course_lib.validation import number, same_shape


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


def _error(prediction, target):
    same_shape(prediction, target)
    return prediction - target.to(prediction.dtype)
