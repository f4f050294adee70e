"""Losses: `forward(prediction, target)` -> scalar, `backward()` -> its gradient for the prediction.

First the losses of numbers, then of probabilities and logits, then of scores for a target of −1 or +1.
"""

import numpy as np

from course_lib.activations import LogSoftmax
from course_lib.validation import classes, fractions, number, one_of, pair, require, signs

__all__ = [  # noqa: RUF022 in the order of the file
    "SumSquaredError", "Euclidean", "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError", "Huber", "SmoothL1", "LogCosh", "PoissonNLL", "CosineSimilarity",
    "CrossEntropy", "CategoricalCrossEntropy", "BinaryCrossEntropy", "BinaryCrossEntropyWithLogits",
    "KLDivergence", "Hinge", "SquaredHinge", "SoftMargin", "Focal",
]  # fmt: skip

overflow_is_inf = np.errstate(over="ignore")  # a loss too large for its dtype is inf, which says enough


class Loss:
    """What all losses share: `reduce` makes one of many losses, `upstream` brings its gradient back to each.

    reduction: "mean" or "sum" -> scalar; "none" -> one loss for each element or example, as the class says.
    The prediction is float64 or float32, and so are loss and gradient. dy: gradient for forward's answer.
    """

    def __init__(self, reduction="mean"):
        self.reduction = one_of("reduction", reduction, ("mean", "sum", "none"))
        self.shape = None

    def reduce(self, losses):
        self.shape, self.dtype = losses.shape, losses.dtype
        return np.copy(losses) if self.reduction == "none" else getattr(np, self.reduction)(losses)

    def upstream(self, dy):
        if self.shape is None:
            raise ValueError("backward came before forward; expected forward(prediction, target) first")
        dy, answer = np.asarray(dy, float), self.shape if self.reduction == "none" else ()
        if dy.shape not in ((), answer):
            raise ValueError(f"dy has shape {dy.shape}; expected a number or forward's shape {answer}")
        each = dy / np.prod(self.shape) if self.reduction == "mean" else dy
        return np.broadcast_to(each, self.shape).astype(self.dtype)


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


class CrossEntropy(Loss):
    """−Σ_c target_c · log softmax(prediction)_c in nats, mean over examples.

    logits (N, K), integer labels (N,) or probabilities (N, K) -> scalar. A logit of −inf rules its class out.
    Bridle (1990), Probabilistic interpretation of feedforward classification network outputs.
    """

    def forward(self, prediction, target):
        logits, self.target = classes(prediction, target)
        log_p = LogSoftmax().forward(logits)
        self.p, cost = np.exp(log_p), np.where(self.target > 0, -log_p, 0)  # 0 · log 0 is 0 here
        return self.reduce((self.target * cost).sum(axis=-1))

    def backward(self, dy=1.0):
        return self.upstream(dy)[..., None] * (self.p - self.target)


class CategoricalCrossEntropy(Loss):
    """−Σ_c target_c · log prediction_c in nats, mean over examples; the prediction is clipped into [eps, 1].

    probabilities (N, K), target as in CrossEntropy -> scalar. Gradient 0 where it was clipped.
    """

    def __init__(self, eps=1e-7, reduction="mean"):
        super().__init__(reduction)
        self.eps = number("eps", eps, 0, 1)

    def forward(self, prediction, target):
        prediction, self.target = classes(prediction, target)
        self.p, self.kept = _clip(prediction, self.eps)
        return self.reduce(-(self.target * np.log(self.p)).sum(axis=-1))

    def backward(self, dy=1.0):
        return self.upstream(dy)[..., None] * self.kept * -self.target / self.p


class BinaryCrossEntropy(Loss):
    """−t·log p − (1 − t)·log(1 − p), mean over all elements; p is clipped into [eps, 1 − eps].

    p the prediction, t the target in [0, 1]. Gradient 0 where p was clipped.
    """

    def __init__(self, eps=1e-7, reduction="mean"):
        super().__init__(reduction)
        self.eps = number("eps", eps, 0, 0.5)

    def forward(self, prediction, target):
        prediction, self.t = fractions(prediction, target)
        self.p, self.kept = _clip(prediction, self.eps, both_ends=True)
        return self.reduce(-self.t * np.log(self.p) - (1 - self.t) * np.log1p(-self.p))

    def backward(self, dy=1.0):
        return self.upstream(dy) * self.kept * (self.p - self.t) / (self.p * (1 - self.p))


class BinaryCrossEntropyWithLogits(Loss):
    """max(x, 0) − x·t + log(1 + exp(−|x|)), mean over all elements; x the logit, t in [0, 1].

    The binary cross-entropy of σ(x), without rounding σ(x) to 0 or 1. Several classes may be true at once.
    """

    def forward(self, prediction, target):
        x, self.t = fractions(prediction, target)
        self.p = _sigmoid(x)
        return self.reduce(np.maximum(x, 0) - x * self.t + np.log1p(np.exp(-abs(x))))

    def backward(self, dy=1.0):
        return self.upstream(dy) * (self.p - self.t)


class KLDivergence(CategoricalCrossEntropy):
    """Σ_c target_c · log(target_c / prediction_c) in nats, mean over examples.

    CategoricalCrossEntropy less the target's entropy, and so with the same clipping and the same gradient.
    Kullback and Leibler (1951), On information and sufficiency.
    """

    def forward(self, prediction, target):
        prediction, self.target = classes(prediction, target)
        self.p, self.kept = _clip(prediction, self.eps)
        ratio = np.where(self.target > 0, self.target, 1) / self.p  # 0 · log 0 is 0
        return self.reduce((self.target * np.log(ratio)).sum(axis=-1))


class Hinge(Loss):
    """max(0, 1 − target·prediction), mean over all elements; targets −1 and +1; subgradient 0 at the kink.

    Cortes and Vapnik (1995), Support-vector networks.
    """

    def forward(self, prediction, target):
        prediction, self.target = signs(prediction, target)
        self.slack = np.maximum(0, 1 - self.target * prediction)
        return self.reduce(self.slack)

    def backward(self, dy=1.0):
        return self.upstream(dy) * -self.target * (self.slack > 0)


class SquaredHinge(Loss):
    """max(0, 1 − target·prediction)², mean over all elements; targets −1 and +1.

    Tang (2013), Deep learning using linear support vector machines, arXiv:1306.0239.
    """

    @overflow_is_inf
    def forward(self, prediction, target):
        prediction, self.target = signs(prediction, target)
        self.slack = np.maximum(0, 1 - self.target * prediction)
        return self.reduce(self.slack**2)

    def backward(self, dy=1.0):
        return self.upstream(dy) * -2 * self.target * self.slack


class SoftMargin(Loss):
    """log(1 + exp(−m)) = max(−m, 0) + log(1 + exp(−|m|)), m = target·prediction, mean over all elements; targets ±1.

    Friedman, Hastie and Tibshirani (2000), Additive logistic regression: a statistical view of boosting.
    """

    def forward(self, prediction, target):
        prediction, self.target = signs(prediction, target)
        self.m = self.target * prediction
        return self.reduce(np.maximum(-self.m, 0) + np.log1p(np.exp(-abs(self.m))))

    def backward(self, dy=1.0):
        return self.upstream(dy) * -self.target * _sigmoid(-self.m)


class Focal(Loss):
    """−Σ_c target_c · (1 − p_c)^γ · log p_c with p = softmax(prediction), mean over examples; γ ≥ 0.

    logits (N, K), integer labels (N,) or probabilities (N, K) -> scalar. γ = 0 is CrossEntropy.
    Lin et al. (2017), Focal loss for dense object detection, arXiv:1708.02002.
    """

    def __init__(self, gamma=2.0, reduction="mean"):
        super().__init__(reduction)
        self.gamma = number("gamma", gamma, 0, np.inf, or_low=True)

    def forward(self, prediction, target):
        logits, self.target = classes(prediction, target)
        self.log_p = LogSoftmax().forward(logits)
        q, cost = -np.expm1(self.log_p), np.where(self.target > 0, -self.log_p, 0)
        return self.reduce((self.target * q**self.gamma * cost).sum(axis=-1))

    def backward(self, dy=1.0):
        p, q = np.exp(self.log_p), -np.expm1(self.log_p)  # q = 1 − p, exact for p near 1, too
        ratio = p * np.where(p > 0, -self.log_p, 0) / np.where(q > 0, q, 1)  # where q is 0, so is q^γ, or γ
        g = -self.target * q**self.gamma * (1 + self.gamma * ratio)  # d loss / d log p
        return self.upstream(dy)[..., None] * (g * q - p * (g.sum(axis=-1, keepdims=True) - g))  # g − pΣg


def _sigmoid(x):
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-abs(x)))


def _clip(p, eps, both_ends=False):
    """p kept in [eps, 1] or [eps, 1 − eps], and where it was there already."""
    require("prediction holds", p, (p >= 0) & (p <= 1), "expected probabilities: try sigmoid or softmax")
    low = p.dtype.type(eps)
    high = 1 - low * both_ends
    if low == 0 or (both_ends and high == 1):
        raise ValueError(f"eps is {eps}, which {p.dtype} cannot tell from 0 near 1; try 1e-7")
    return np.clip(p, low, high), (p >= low) & (p <= high)
