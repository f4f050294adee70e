"""Losses of numbers, counts and directions."""

import numpy as np

from course_lib.losses.base import Loss, overflow_is_inf
from course_lib.validation import number, pair, require


class SumSquaredError(Loss):
    """Σ(prediction − target)², one loss for each element; summed unless told otherwise. Legendre (1805)."""

    def __init__(self, reduction="sum"):
        super().__init__(reduction)

    @overflow_is_inf
    def forward(self, prediction, target):
        prediction, target = pair(prediction, target)
        self.error = prediction - target
        return self.reduce(self.error**2)

    def backward(self, dy=1.0):
        return self.upstream(dy) * 2 * self.error


class Euclidean(Loss):
    """½‖prediction − target‖² over the last axis, mean over examples; a shape (D,) is one example."""

    @overflow_is_inf
    def forward(self, prediction, target):
        prediction, target = pair(prediction, target, axes=1)
        self.error = prediction - target
        return self.reduce((self.error**2).sum(axis=-1) / 2)

    def backward(self, dy=1.0):
        return self.upstream(dy)[..., None] * self.error


class MeanSquaredError(Loss):
    """(prediction − target)², mean over all elements."""

    @overflow_is_inf
    def forward(self, prediction, target):
        prediction, target = pair(prediction, target)
        self.error = prediction - target
        return self.reduce(self.error**2)

    def backward(self, dy=1.0):
        return self.upstream(dy) * 2 * self.error


class MeanAbsoluteError(Loss):
    """|prediction − target|, mean over all elements; subgradient 0 where the error is 0."""

    def forward(self, prediction, target):
        prediction, target = pair(prediction, target)
        self.error = prediction - target
        return self.reduce(abs(self.error))

    def backward(self, dy=1.0):
        return self.upstream(dy) * np.sign(self.error)


class MeanAbsolutePercentageError(Loss):
    """|prediction − target| / max(|target|, eps), mean over all elements; a fraction, so 0.1 is 10 %.

    eps is float64's machine epsilon, as in scikit-learn: a target of 0 gives a huge loss, not inf.
    """

    def forward(self, prediction, target):
        prediction, target = pair(prediction, target)
        self.error = prediction - target
        self.size = np.maximum(abs(target), float(np.finfo(np.float64).eps))
        return self.reduce(abs(self.error) / self.size)

    def backward(self, dy=1.0):
        return self.upstream(dy) * np.sign(self.error) / self.size


class MeanSquaredLogarithmicError(Loss):
    """(log(1 + prediction) − log(1 + target))², mean over all elements; both must be > −1."""

    def forward(self, prediction, target):
        prediction, target = pair(prediction, target)
        require("prediction holds", prediction, prediction > -1, "expected > −1: try clipping it at 0")
        require("target holds", target, target > -1, "expected > −1: try another loss")
        self.shifted, self.error = 1 + prediction, np.log1p(prediction) - np.log1p(target)
        return self.reduce(self.error**2)

    def backward(self, dy=1.0):
        return self.upstream(dy) * 2 * self.error / self.shifted


class Huber(Loss):
    """½e² where |e| ≤ δ, δ(|e| − ½δ) elsewhere, e = prediction − target; mean over all elements.

    Both are c(|e| − ½c) with c = min(|e|, δ), which squares no large error.
    Huber (1964), Robust estimation of a location parameter.
    """

    def __init__(self, delta=1.0, reduction="mean"):
        super().__init__(reduction)
        self.delta = number("delta", delta, 0, np.inf)

    def forward(self, prediction, target):
        prediction, target = pair(prediction, target)
        self.error = prediction - target
        c = np.minimum(abs(self.error), self.delta)
        return self.reduce(c * (abs(self.error) - c / 2))

    def backward(self, dy=1.0):
        return self.upstream(dy) * np.clip(self.error, -self.delta, self.delta)


class SmoothL1(Loss):
    """½e²/β where |e| ≤ β, |e| − ½β elsewhere: Huber with δ = β, divided by β; mean over all elements.

    Girshick (2015), Fast R-CNN, arXiv:1504.08083.
    """

    def __init__(self, beta=1.0, reduction="mean"):
        super().__init__(reduction)
        self.beta = number("beta", beta, 0, np.inf)

    def forward(self, prediction, target):
        prediction, target = pair(prediction, target)
        self.error = prediction - target
        c = np.minimum(abs(self.error), self.beta)
        return self.reduce(c / self.beta * (abs(self.error) - c / 2))

    def backward(self, dy=1.0):
        return self.upstream(dy) * np.clip(self.error, -self.beta, self.beta) / self.beta


class LogCosh(Loss):
    """log cosh e = |e| + log(1 + exp(−2|e|)) − log 2, e = prediction − target; mean over all elements."""

    def forward(self, prediction, target):
        prediction, target = pair(prediction, target)
        self.error = prediction - target
        size = abs(self.error)
        return self.reduce(size + np.log1p(np.exp(-2 * size)) - float(np.log(2)))

    def backward(self, dy=1.0):
        return self.upstream(dy) * np.tanh(self.error)


class PoissonNLL(Loss):
    """exp(prediction) − target·prediction, mean over all elements; the prediction is the log of the rate.

    log(target!) is left out, being constant. Nelder and Wedderburn (1972), Generalized linear models.
    """

    @overflow_is_inf
    def forward(self, prediction, target):
        prediction, target = pair(prediction, target)
        require("target holds", target, target >= 0, "expected counts, 0 or more: try another loss")
        self.rate, self.target = np.exp(prediction), target
        return self.reduce(self.rate - target * prediction)

    def backward(self, dy=1.0):
        return self.upstream(dy) * (self.rate - self.target)


class CosineSimilarity(Loss):
    """1 − cos(prediction, target) over the last axis, mean over examples; a shape (D,) is one example.

    A norm below eps counts as eps. hypot does not square, so long vectors do not overflow.
    """

    def __init__(self, eps=1e-8, reduction="mean"):
        super().__init__(reduction)
        self.eps = number("eps", eps, 0, np.inf)

    def forward(self, prediction, target):
        prediction, target = pair(prediction, target, axes=1)
        norm = np.hypot.reduce(prediction, axis=-1, keepdims=True)
        self.turns, self.norm = norm >= self.eps, np.maximum(norm, self.eps)
        self.p = prediction / self.norm
        self.t = target / np.maximum(np.hypot.reduce(target, axis=-1, keepdims=True), self.eps)
        self.cos = (self.p * self.t).sum(axis=-1, keepdims=True)
        return self.reduce(1 - self.cos[..., 0])

    def backward(self, dy=1.0):
        return self.upstream(dy)[..., None] * (self.turns * self.cos * self.p - self.t) / self.norm
