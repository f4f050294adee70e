"""Losses of probabilities and logits, then of scores for a target of −1 or +1."""

import numpy as np

from course_lib.activations import LogSoftmax
from course_lib.losses.base import Loss, overflow_is_inf, sigmoid
from course_lib.validation import classes, fractions, number, require, signs


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
        self.p = sigmoid(x)
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
        return self.upstream(dy) * -self.target * sigmoid(-self.m)


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


def _clip(p, eps, both_ends=False):
    """p kept in [eps, 1] or [eps, 1 − eps], and where it was there already."""
    require("prediction holds", p, (p >= 0) & (p <= 1), "expected probabilities: try sigmoid or softmax")
    low = p.dtype.type(eps)
    high = 1 - low * both_ends
    if low == 0 or (both_ends and high == 1):
        raise ValueError(f"eps is {eps}, which {p.dtype} cannot tell from 0 near 1; try 1e-7")
    return np.clip(p, low, high), (p >= low) & (p <= high)
