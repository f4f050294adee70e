"""Right answers that are worked out in float32 from the inputs to the result."""

import numpy as np


def mean_squared_error(prediction, target):
    error = np.float32(prediction) - np.float32(target)
    return np.mean(error * error)


def mean_squared_error_gradient(prediction, target):
    error = np.float32(prediction) - np.float32(target)
    return error * np.float32(2 / len(error))


def mean_absolute_error(prediction, target):
    return np.abs(np.float32(prediction) - np.float32(target)).mean()


def mean_absolute_error_gradient(prediction, target):
    error = np.float32(prediction) - np.float32(target)
    return np.sign(error) / np.float32(len(error))


def huber(prediction, target, delta=1.0):
    delta = np.float32(delta)
    size = np.abs(np.float32(prediction) - np.float32(target))
    half = np.float32(0.5)
    return np.mean(np.where(size <= delta, half * size * size, delta * (size - half * delta)))


def huber_gradient(prediction, target, delta=1.0):
    delta = np.float32(delta)
    error = np.float32(prediction) - np.float32(target)
    return np.clip(error, -delta, delta) / np.float32(len(error))


def log_cosh(prediction, target):
    size = np.abs(np.float32(prediction) - np.float32(target))
    near = np.log(np.cosh(np.minimum(size, np.float32(5))))
    return np.mean(np.where(size < 5, near, size - np.log(np.float32(2))))


def log_cosh_gradient(prediction, target):
    error = np.float32(prediction) - np.float32(target)
    return np.tanh(error) / np.float32(len(error))


def poisson_nll(log_rate, count):
    log_rate, count = np.float32(log_rate), np.float32(count)
    return (np.exp(log_rate) - count * log_rate).mean()


def poisson_nll_gradient(log_rate, count):
    log_rate, count = np.float32(log_rate), np.float32(count)
    return (np.exp(log_rate) - count) / np.float32(len(count))


def log_softmax(logits):
    logits = np.float32(logits)
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))


def log_softmax_gradient(logits, dy):
    logits, dy = np.float32(logits), np.float32(dy)
    softmax = np.exp(logits - logits.max(axis=1, keepdims=True))
    softmax /= softmax.sum(axis=1, keepdims=True)
    return dy - softmax * dy.sum(axis=1, keepdims=True)


def cross_entropy(logits, labels):
    logits = np.float32(logits)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return np.mean(log_sum - shifted[np.arange(len(labels)), labels])


def cross_entropy_gradient(logits, labels):
    logits = np.float32(logits)
    gradient = np.exp(logits - logits.max(axis=1, keepdims=True))
    gradient /= gradient.sum(axis=1, keepdims=True)
    gradient[np.arange(len(labels)), labels] -= 1
    return gradient / np.float32(len(labels))


def categorical_cross_entropy(probs, target, eps=1e-7):
    probs, target = np.float32(probs), np.float32(target)
    return -np.sum(target * np.log(np.maximum(probs, np.float32(eps)))) / np.float32(len(probs))


def categorical_cross_entropy_gradient(probs, target, eps=1e-7):
    probs, target, eps = np.float32(probs), np.float32(target), np.float32(eps)
    return np.where(probs >= eps, -target / np.maximum(probs, eps), 0) / np.float32(len(probs))


def binary_cross_entropy(p, target, eps=1e-7):
    p, target, eps = np.float32(p), np.float32(target), np.float32(eps)
    p = np.clip(p, eps, 1 - eps)
    return -np.mean(target * np.log(p) + (1 - target) * np.log(1 - p))


def binary_cross_entropy_gradient(p, target, eps=1e-7):
    p, target, eps = np.float32(p), np.float32(target), np.float32(eps)
    clipped = np.clip(p, eps, 1 - eps)
    return np.where(p == clipped, (clipped - target) / (clipped * (1 - clipped)), 0) / np.float32(len(p))


def binary_cross_entropy_with_logits(logits, target):
    logits, target = np.float32(logits), np.float32(target)
    return np.mean(np.maximum(logits, 0) - logits * target + np.log1p(np.exp(-np.abs(logits))))


def binary_cross_entropy_with_logits_gradient(logits, target):
    logits, target = np.float32(logits), np.float32(target)
    half = np.float32(0.5)
    return (half + half * np.tanh(half * logits) - target) / np.float32(logits.size)


def kl_divergence(probs, target):
    probs, target = np.float32(probs), np.float32(target)
    ratio = np.where(target > 0, target, probs) / probs
    return np.sum(target * np.log(ratio)) / np.float32(len(probs))


def kl_divergence_gradient(probs, target):
    probs, target = np.float32(probs), np.float32(target)
    return -target / probs / np.float32(len(probs))


def hinge(score, target):
    return np.maximum(0, 1 - np.float32(target) * np.float32(score)).mean()


def hinge_gradient(score, target):
    score, target = np.float32(score), np.float32(target)
    return np.where(target * score < 1, -target, np.float32(0)) / np.float32(len(score))


def focal(logits, labels, gamma=2.0):
    logits = np.float32(logits)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    log_p = log_p[np.arange(len(labels)), labels]
    return -np.mean((-np.expm1(log_p)) ** np.float32(gamma) * log_p)
