"""Losses: `forward(prediction, target)` -> scalar, `backward()` -> its gradient for the prediction.

First the losses of numbers, then those of logits and probabilities, then those of scores for a target of −1 or +1.
"""

from numbers import Real

import numpy as np

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
    The prediction is float64 or float32; loss and gradient have its dtype. dy is the gradient for forward's answer.
    """

    def __init__(self, reduction="mean"):
        if reduction not in ("mean", "sum", "none"):
            raise ValueError(f'reduction is {reduction!r}; it must be "mean", "sum" or "none"')
        self.reduction = reduction
        self.shape = None

    def reduce(self, losses):
        self.shape, self.dtype = losses.shape, losses.dtype
        return losses if self.reduction == "none" else losses.mean() if self.reduction == "mean" else losses.sum()

    def upstream(self, dy):
        if self.shape is None:
            raise ValueError("backward was called before forward: call forward(prediction, target) first")
        dy, answer = np.asarray(dy, float), self.shape if self.reduction == "none" else ()
        if dy.shape not in ((), answer):
            raise ValueError(f"dy has shape {dy.shape}; it must be a number or have forward's shape, {answer}")
        each = dy / np.prod(self.shape) if self.reduction == "mean" else dy
        return np.broadcast_to(each, self.shape).astype(self.dtype)


class SumSquaredError(Loss):
    """Σ(prediction − target)², one loss per element; its own reduction is the sum. Legendre (1805)."""

    def __init__(self, reduction="sum"):
        super().__init__(reduction)

    @overflow_is_inf
    def forward(self, prediction, target):
        prediction, target = _pair(prediction, target)
        self.error = prediction - target
        return self.reduce(self.error**2)

    def backward(self, dy=1.0):
        return self.upstream(dy) * 2 * self.error


class Euclidean(Loss):
    """½‖prediction − target‖² over the last axis, one loss per example: (…, D) -> (…); (D,) is one example."""

    @overflow_is_inf
    def forward(self, prediction, target):
        prediction, target = _pair(prediction, target, axes=1)
        self.error = prediction - target
        return self.reduce((self.error**2).sum(axis=-1) / 2)

    def backward(self, dy=1.0):
        return self.upstream(dy)[..., None] * self.error


class MeanSquaredError(SumSquaredError):
    """(prediction − target)², mean over all elements: SumSquaredError with another reduction of its own."""

    def __init__(self, reduction="mean"):
        super().__init__(reduction)


class MeanAbsoluteError(Loss):
    """|prediction − target|, mean over all elements; subgradient 0 where the error is 0."""

    def forward(self, prediction, target):
        prediction, target = _pair(prediction, target)
        self.error = prediction - target
        return self.reduce(abs(self.error))

    def backward(self, dy=1.0):
        return self.upstream(dy) * np.sign(self.error)


class MeanAbsolutePercentageError(Loss):
    """|prediction − target| / max(|target|, eps), mean over all elements; a fraction, so 0.1 is 10 %.

    eps is float64's machine epsilon, as in scikit-learn: a target of 0 gives a huge loss, not an infinite one.
    """

    def forward(self, prediction, target):
        prediction, target = _pair(prediction, target)
        self.error = prediction - target
        self.scale = np.maximum(abs(target), float(np.finfo(np.float64).eps))
        return self.reduce(abs(self.error) / self.scale)

    def backward(self, dy=1.0):
        return self.upstream(dy) * np.sign(self.error) / self.scale


class MeanSquaredLogarithmicError(Loss):
    """(log(1 + prediction) − log(1 + target))², mean over all elements; both must be > −1, else ValueError."""

    def forward(self, prediction, target):
        prediction, target = _pair(prediction, target)
        _require("prediction", prediction, prediction > -1, "log(1 + prediction) needs more than −1")
        _require("target", target, target > -1, "log(1 + target) needs more than −1")
        self.prediction, self.error = prediction, np.log1p(prediction) - np.log1p(target)
        return self.reduce(self.error**2)

    def backward(self, dy=1.0):
        return self.upstream(dy) * 2 * self.error / (1 + self.prediction)


class Huber(Loss):
    """½e² where |e| ≤ δ, δ(|e| − ½δ) elsewhere, e = prediction − target; mean over all elements.

    Both are c(|e| − ½c) with c = min(|e|, δ), which squares no large error.
    Huber (1964), Robust estimation of a location parameter.
    """

    def __init__(self, delta=1.0, reduction="mean"):
        super().__init__(reduction)
        self.delta = _number("delta", delta, 0, np.inf)

    def forward(self, prediction, target):
        prediction, target = _pair(prediction, target)
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
        self.beta = _number("beta", beta, 0, np.inf)

    def forward(self, prediction, target):
        prediction, target = _pair(prediction, target)
        self.error = prediction - target
        c = np.minimum(abs(self.error), self.beta)
        return self.reduce(c / self.beta * (abs(self.error) - c / 2))

    def backward(self, dy=1.0):
        return self.upstream(dy) * np.clip(self.error / self.beta, -1, 1)


class LogCosh(Loss):
    """log cosh(prediction − target) = |e| + log(1 + exp(−2|e|)) − log 2, mean over all elements; cosh itself overflows."""

    def forward(self, prediction, target):
        prediction, target = _pair(prediction, target)
        self.error = prediction - target
        size = abs(self.error)
        return self.reduce(size + np.log1p(np.exp(-2 * size)) - float(np.log(2)))

    def backward(self, dy=1.0):
        return self.upstream(dy) * np.tanh(self.error)


class PoissonNLL(Loss):
    """exp(prediction) − target·prediction, mean over all elements; the prediction is the log of the expected count.

    Without log(target!), which no prediction changes. Nelder and Wedderburn (1972), Generalized linear models.
    """

    @overflow_is_inf
    def forward(self, prediction, target):
        prediction, target = _pair(prediction, target)
        _require("target", target, target >= 0, "counts are not negative")
        self.rate, self.target = np.exp(prediction), target
        return self.reduce(self.rate - target * prediction)

    def backward(self, dy=1.0):
        return self.upstream(dy) * (self.rate - self.target)


class CosineSimilarity(Loss):
    """1 − cos(prediction, target) over the last axis, one loss per example: (…, D) -> (…); norms below eps count as eps."""

    def __init__(self, eps=1e-8, reduction="mean"):
        super().__init__(reduction)
        self.eps = _number("eps", eps, 0, np.inf)

    def forward(self, prediction, target):
        prediction, target = _pair(prediction, target, axes=1)
        norm = np.hypot.reduce(prediction, axis=-1, keepdims=True)  # hypot squares nothing, so nothing overflows
        self.free, self.norm = norm > self.eps, np.maximum(norm, self.eps)
        self.p = prediction / self.norm
        self.t = target / np.maximum(np.hypot.reduce(target, axis=-1, keepdims=True), self.eps)
        self.cos = (self.p * self.t).sum(axis=-1, keepdims=True)
        return self.reduce(1 - self.cos[..., 0])

    def backward(self, dy=1.0):
        return self.upstream(dy)[..., None] * (self.free * self.cos * self.p - self.t) / self.norm


class CrossEntropy(Loss):
    """−Σ_c target_c · log softmax(prediction)_c in nats, mean over examples.

    logits (N, K), integer labels (N,) or probabilities (N, K) -> scalar. A logit of −inf takes its class out.
    Bridle (1990), Probabilistic interpretation of feedforward classification network outputs.
    """

    def forward(self, prediction, target):
        logits, self.target = _classes(prediction, target)
        log_p = _log_softmax(logits)
        self.p = np.exp(log_p)
        return self.reduce((self.target * np.where(self.target > 0, -log_p, 0)).sum(axis=-1))  # 0 · log 0 is 0

    def backward(self, dy=1.0):
        return self.upstream(dy)[..., None] * (self.p - self.target)


class CategoricalCrossEntropy(Loss):
    """−Σ_c target_c · log prediction_c in nats, mean over examples; the prediction is clipped into [eps, 1].

    probabilities (N, K), integer labels (N,) or probabilities (N, K) -> scalar. Where it was clipped, the gradient is 0.
    """

    def __init__(self, eps=1e-7, reduction="mean"):
        super().__init__(reduction)
        self.eps = _number("eps", eps, 0, 1)

    def forward(self, prediction, target):
        prediction, self.target = _classes(prediction, target)
        self.p, self.kept = _clip(prediction, self.eps, 1)
        return self.reduce(-(self.target * np.log(self.p)).sum(axis=-1))

    def backward(self, dy=1.0):
        return self.upstream(dy)[..., None] * self.kept * -self.target / self.p


class BinaryCrossEntropy(Loss):
    """−t·log p − (1 − t)·log(1 − p), mean over all elements; the prediction p is clipped into [eps, 1 − eps].

    Targets t in [0, 1]. Where the prediction was clipped, the gradient is 0.
    """

    def __init__(self, eps=1e-7, reduction="mean"):
        super().__init__(reduction)
        self.eps = _number("eps", eps, 0, 0.5)

    def forward(self, prediction, target):
        prediction, self.target = _pair(prediction, target)
        _require("target", self.target, (self.target >= 0) & (self.target <= 1), "it must lie in [0, 1]")
        self.p, self.kept = _clip(prediction, self.eps, 1 - self.eps)
        return self.reduce(-self.target * np.log(self.p) - (1 - self.target) * np.log1p(-self.p))

    def backward(self, dy=1.0):
        return self.upstream(dy) * self.kept * (self.p - self.target) / (self.p * (1 - self.p))


class BinaryCrossEntropyWithLogits(Loss):
    """max(x, 0) − x·t + log(1 + exp(−|x|)), mean over all elements; x is the logit, t in [0, 1].

    This is the binary cross-entropy of σ(x), without the σ that rounds to 0 or 1. Several classes may be true at once.
    """

    def forward(self, prediction, target):
        x, t = _pair(prediction, target)
        _require("target", t, (t >= 0) & (t <= 1), "it must lie in [0, 1]")
        self.x, self.t = x, t
        return self.reduce(np.maximum(x, 0) - x * t + np.log1p(np.exp(-abs(x))))

    def backward(self, dy=1.0):
        return self.upstream(dy) * (np.exp(-np.logaddexp(0, -self.x)) - self.t)  # σ(x) − t


class KLDivergence(CategoricalCrossEntropy):
    """Σ_c target_c · log(target_c / prediction_c) in nats, mean over examples; the prediction is clipped into [eps, 1].

    Everything but the value, the gradient too, is that of CategoricalCrossEntropy, less by the target's entropy.
    Kullback and Leibler (1951), On information and sufficiency.
    """

    def forward(self, prediction, target):
        prediction, self.target = _classes(prediction, target)
        self.p, self.kept = _clip(prediction, self.eps, 1)
        ratio = np.where(self.target > 0, self.target, 1) / self.p  # 0 · log 0 is 0
        return self.reduce((self.target * np.log(ratio)).sum(axis=-1))


class Hinge(Loss):
    """max(0, 1 − target·prediction), mean over all elements; targets −1 and +1; subgradient 0 at the kink.

    Cortes and Vapnik (1995), Support-vector networks.
    """

    def forward(self, prediction, target):
        prediction, self.target = _signs(prediction, target)
        self.slack = np.maximum(0, 1 - self.target * prediction)
        return self.reduce(self.slack.copy())

    def backward(self, dy=1.0):
        return self.upstream(dy) * -self.target * (self.slack > 0)


class SquaredHinge(Loss):
    """max(0, 1 − target·prediction)², mean over all elements; targets −1 and +1.

    Tang (2013), Deep learning using linear support vector machines, arXiv:1306.0239.
    """

    @overflow_is_inf
    def forward(self, prediction, target):
        prediction, self.target = _signs(prediction, target)
        self.slack = np.maximum(0, 1 - self.target * prediction)
        return self.reduce(self.slack**2)

    def backward(self, dy=1.0):
        return self.upstream(dy) * -2 * self.target * self.slack


class SoftMargin(Loss):
    """log(1 + exp(−target·prediction)), mean over all elements; targets −1 and +1.

    Friedman, Hastie and Tibshirani (2000), Additive logistic regression.
    """

    def forward(self, prediction, target):
        prediction, self.target = _signs(prediction, target)
        self.margin = self.target * prediction
        return self.reduce(np.logaddexp(0, -self.margin))

    def backward(self, dy=1.0):
        return self.upstream(dy) * -self.target * np.exp(-np.logaddexp(0, self.margin))  # −t·σ(−margin)


class Focal(Loss):
    """−Σ_c target_c · (1 − p_c)^γ · log p_c with p = softmax(prediction), mean over examples; γ = 0 is CrossEntropy.

    logits (N, K), integer labels (N,) or probabilities (N, K) -> scalar.
    Lin et al. (2017), Focal loss for dense object detection, arXiv:1708.02002.
    """

    def __init__(self, gamma=2.0, reduction="mean"):
        super().__init__(reduction)
        self.gamma = _number("gamma", gamma, 0, np.inf, or_low=True)

    def forward(self, prediction, target):
        logits, self.target = _classes(prediction, target)
        self.log_p = _log_softmax(logits)
        cost = np.where(self.target > 0, -self.log_p, 0)  # 0 · log 0 is 0
        return self.reduce((self.target * (-np.expm1(self.log_p)) ** self.gamma * cost).sum(axis=-1))

    def backward(self, dy=1.0):
        p, q = np.exp(self.log_p), -np.expm1(self.log_p)  # q = 1 − p, exact for p near 1, too
        pull = p * np.where(p > 0, -self.log_p, 0) / np.where(q > 0, q, 1) + (q == 0)  # −p log p / q goes to 1 with p
        g = -self.target * q**self.gamma * (1 + self.gamma * pull)  # d loss / d log p
        return self.upstream(dy)[..., None] * (g * q - p * (g.sum(axis=-1, keepdims=True) - g))  # g − p Σg


def _number(name, value, low, high, or_low=False):
    if not isinstance(value, Real) or not (low < value < high or (or_low and value == low)):
        raise ValueError(f"{name} is {value!r}; it must be a number {'≥' if or_low else '>'} {low} and < {high}")
    return float(value)  # a np.float64 would turn float32 arrays into float64


def _require(name, array, right, expected):
    if not right.all():
        raise ValueError(f"{name} holds {array[~right].flat[0]:g}; {expected}")


def _arrays(prediction, target):
    prediction, target = np.asarray(prediction), np.asarray(target)
    if prediction.dtype not in (np.float32, np.float64):
        raise TypeError(
            f"prediction is {prediction.dtype}; it must be float64 or float32: try prediction.astype(float)"
        )
    if target.dtype.kind not in "biuf":
        raise TypeError(f"target is {target.dtype}; it must hold numbers: try target.astype(float)")
    if prediction.size == 0:
        raise ValueError(f"prediction is empty, with shape {prediction.shape}; give at least one example")
    return prediction, target


def _pair(prediction, target, axes=0):
    """prediction and target of one shape and one dtype."""
    prediction, target = _arrays(prediction, target)
    if prediction.shape != target.shape or prediction.ndim < axes:
        shapes = f"prediction has shape {prediction.shape} and target {target.shape}"
        raise ValueError(f"{shapes}; they must be equal{' and have an axis' * axes}: try reshape on one of them")
    return prediction, target.astype(prediction.dtype)


def _signs(prediction, target):
    prediction, target = _pair(prediction, target)
    _require("target", target, abs(target) == 1, "it must hold −1 and +1: try 2*target − 1 if yours are 0 and 1")
    return prediction, target


def _classes(prediction, target):
    """prediction (N, K), and target as probabilities (N, K): a label becomes a row with a single 1."""
    prediction, target = _arrays(prediction, target)
    if prediction.ndim != 2 or target.shape not in (prediction.shape, prediction.shape[:1]):
        shapes = f"prediction has shape {prediction.shape} and target {target.shape}"
        raise ValueError(f"{shapes}; expected (N, K) and integer labels (N,) or probabilities (N, K): try reshape")
    if target.ndim == 1:
        if target.dtype.kind not in "iu":
            raise TypeError(f"target is {target.dtype}; labels must be integers: try target.astype(int)")
        labels = np.arange(prediction.shape[1])
        _require("target", target, np.isin(target, labels), f"labels must lie in 0 to K − 1 = {labels[-1]}")
        target = target[:, None] == labels
    _require("target", target, (target >= 0) & (target <= 1), "probabilities lie in [0, 1]: try a softmax")
    total, tolerance = target.sum(axis=-1, dtype=float), 1e-6 if target.dtype == float else 1e-3
    _require("target", total, abs(total - 1) < tolerance, "…")
    return prediction, target.astype(prediction.dtype)


def _clip(p, eps, high):
    """p kept in [eps, high], and whether it was there already."""
    _require("prediction", p, (p >= 0) & (p <= 1), "probabilities lie in [0, 1]: try a sigmoid or a softmax first")
    low, top = p.dtype.type(eps), p.dtype.type(high)
    if low == 0 or top > 1 - eps / 2 and high < 1:
        raise ValueError(f"eps is {eps}, too small for {p.dtype}: try 1e-7")
    return np.clip(p, low, top), (p >= low) & (p <= top)


def _log_softmax(logits):
    """logits − log Σ exp(logits), shifted by the largest; log1p of the others keeps a log p near 0 exact."""
    top = logits.argmax(axis=-1, keepdims=True)
    shift = np.take_along_axis(logits, top, axis=-1)
    _require("a row of prediction", shift, ~np.isinf(shift), "its largest logit must be finite: try np.clip")
    others = np.exp(logits - shift)
    np.put_along_axis(others, top, 0, axis=-1)
    return logits - shift - np.log1p(others.sum(axis=-1, keepdims=True))
