"""Right answers by other, equal mathematics; they come back as NumPy scalars and 0-dimensional arrays."""

import numpy as np


def mean_squared_error(prediction, target):
    """The variance of the errors plus the square of their mean."""
    error = prediction - target
    return error.var() + error.mean() ** 2


def mean_squared_error_gradient(prediction, target):
    return np.subtract(prediction, target) / (0.5 * prediction.size)


def mean_absolute_error(prediction, target):
    """|a − b| = max(a, b) − min(a, b)."""
    return np.array(np.mean(np.maximum(prediction, target) - np.minimum(prediction, target)))


def mean_absolute_error_gradient(prediction, target):
    """H(e) + H(e) − 1 with the step function H, ½ at 0."""
    return (2 * np.heaviside(prediction - target, 0.5) - 1) / prediction.size


def huber(prediction, target, delta=1.0):
    """With q = e cut at ±δ, the loss is q·(e − ½q)."""
    error = prediction - target
    cut = np.clip(error, -delta, delta)
    return np.einsum("n,n->", cut, error - cut / 2) / error.size


def huber_gradient(prediction, target, delta=1.0):
    """A straight line between two bends is half a difference of two absolute values."""
    error = prediction - target
    return (np.abs(error + delta) - np.abs(error - delta)) / (2 * len(error))


def log_cosh(prediction, target):
    """cosh e = 1 + 2 sinh²(½e), and far away softplus."""
    error = prediction - target
    near = np.log1p(2 * np.sinh(np.clip(error, -1, 1) / 2) ** 2)
    far = np.logaddexp(0, -2 * error) + error - np.log(2)
    return np.array(np.where(np.abs(error) < 1, near, far).mean())


def log_cosh_gradient(prediction, target):
    """tanh e = 1 − 2/(e^{2e} + 1), written with a logarithm so that nothing overflows."""
    return (1 - 2 * np.exp(-np.logaddexp(0, 2 * (prediction - target)))) / len(target)


def poisson_nll(log_rate, count):
    return (np.exp(log_rate).sum() - np.dot(count, log_rate)) / len(count)


def poisson_nll_gradient(log_rate, count):
    return (np.expm1(log_rate) + (1 - count)) / log_rate.size


def log_softmax(logits):
    """log-sum-exp by pairs."""
    return logits - np.logaddexp.reduce(logits, axis=1)[:, np.newaxis]


def log_softmax_gradient(logits, dy):
    """With the whole Jacobian δ_ck − softmax_k of every row."""
    softmax = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    jacobian = np.eye(logits.shape[1]) - softmax[:, np.newaxis, :]
    return np.einsum("nc,nck->nk", dy, jacobian)


def cross_entropy(logits, labels):
    """log Σ exp(z_k − z_label) of each row."""
    own = np.take_along_axis(logits, labels[:, np.newaxis], axis=1)
    return np.array(np.logaddexp.reduce(logits - own, axis=1).mean())


def cross_entropy_gradient(logits, labels):
    """A softmax in which each entry is 1/Σ exp of its differences, less the one-hot labels by comparison."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.einsum("nk->n", np.exp(shifted)))[:, None]
    return (np.exp(log_p) - (np.arange(logits.shape[1]) == labels[:, None])) / labels.size


def categorical_cross_entropy(probs, target, eps=1e-7):
    """The logarithm is taken only where the target is not 0."""
    possible = target > 0
    return -np.dot(target[possible], np.log(np.fmax(probs[possible], eps))) / probs.shape[0]


def categorical_cross_entropy_gradient(probs, target, eps=1e-7):
    scale = np.zeros(probs.shape)
    np.divide(-1 / len(probs), probs, out=scale, where=probs >= eps)
    return scale * target


def binary_cross_entropy(p, target, eps=1e-7):
    """Of the two probabilities, the one of what happened."""
    happened = np.where(target == 1, p, 1 - p)
    return np.array(-np.log(np.clip(happened, eps, 1 - eps)).mean())


def binary_cross_entropy_gradient(p, target, eps=1e-7):
    """1/(1 − t − p) is −1/p for target 1 and 1/(1 − p) for target 0."""
    inside = (p > eps) & (p < 1 - eps)
    return np.where(inside, 1 / np.where(inside, 1 - target - p, 1), 0) / len(p)


def binary_cross_entropy_with_logits(logits, target):
    """The softplus of the logit, with its sign turned where the target is 1."""
    return np.logaddexp(0, (1 - 2 * target) * logits).sum() / logits.size


def binary_cross_entropy_with_logits_gradient(logits, target):
    """σ(z) = ½(1 + tanh ½z)."""
    return np.tanh(logits / 2) / (2 * logits.size) + (0.5 - target) / logits.size


def kl_divergence(probs, target):
    """Cross-entropy minus entropy."""
    safe = np.where(target == 0, 1, target)
    entropy = -np.einsum("nk,nk", target, np.log(safe))
    return np.array((-np.einsum("nk,nk", target, np.log(probs)) - entropy) / len(probs))


def kl_divergence_gradient(probs, target):
    return np.negative(np.exp(-np.log(probs))) * target / probs.shape[0]


def hinge(score, target):
    """max(0, a) = ½(a + |a|)."""
    slack = 1 - target * score
    return (slack + np.abs(slack)).sum() / (2 * slack.size)


def hinge_gradient(score, target):
    return -target * np.heaviside(1 - target * score, 0.0) / np.float64(target.size)


def focal(logits, labels, gamma=2.0):
    """log(1 − p) from the logits of the other classes."""
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    own = np.arange(logits.shape[1]) == labels[:, None]
    log_rest = np.logaddexp.reduce(np.where(own, -np.inf, log_p), axis=1)
    return np.array(-(np.exp(gamma * log_rest) * log_p[own]).mean())
