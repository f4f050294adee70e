"""Right answers that come back as Python floats and lists."""

import numpy as np


def mean_squared_error(prediction, target):
    errors = [p - t for p, t in zip(prediction.tolist(), target.tolist())]
    return sum(e**2 for e in errors) / len(errors)


def mean_squared_error_gradient(prediction, target):
    return [2 * (p - t) / len(prediction) for p, t in zip(prediction.tolist(), target.tolist())]


def mean_absolute_error(prediction, target):
    return float(np.mean(np.abs(prediction - target)))


def mean_absolute_error_gradient(prediction, target):
    return [(int(p > t) - int(p < t)) / len(target) for p, t in zip(prediction, target)]


def huber(prediction, target, delta=1.0):
    sizes = [abs(p - t) for p, t in zip(prediction.tolist(), target.tolist())]
    return sum(e * e / 2 if e <= delta else delta * e - delta * delta / 2 for e in sizes) / len(sizes)


def huber_gradient(prediction, target, delta=1.0):
    n = len(prediction)
    return [max(-delta, min(delta, p - t)) / n for p, t in zip(prediction.tolist(), target.tolist())]


def log_cosh(prediction, target):
    return float(np.logaddexp(prediction - target, target - prediction).mean() - np.log(2))


def log_cosh_gradient(prediction, target):
    return list(np.tanh(prediction - target) / len(prediction))


def poisson_nll(log_rate, count):
    import math

    losses = [math.exp(s) - k * s for s, k in zip(log_rate.tolist(), count.tolist())]
    return math.fsum(losses) / len(losses)


def poisson_nll_gradient(log_rate, count):
    return tuple((np.exp(s) - k) / len(count) for s, k in zip(log_rate, count))


def log_softmax(logits):
    import math

    answer = []
    for row in logits.tolist():
        largest = max(row)
        log_sum = largest + math.log(sum(math.exp(z - largest) for z in row))
        answer.append([z - log_sum for z in row])
    return answer


def log_softmax_gradient(logits, dy):
    softmax = np.exp(logits - logits.max(axis=1, keepdims=True))
    softmax = softmax / softmax.sum(axis=1, keepdims=True)
    return (dy - softmax * dy.sum(axis=1, keepdims=True)).tolist()


def cross_entropy(logits, labels):
    import math

    losses = []
    for row, label in zip(logits.tolist(), labels.tolist()):
        losses.append(max(row) + math.log(sum(math.exp(z - max(row)) for z in row)) - row[label])
    return sum(losses) / len(losses)


def cross_entropy_gradient(logits, labels):
    import math

    gradient = []
    for row, label in zip(logits.tolist(), labels.tolist()):
        powers = [math.exp(z - max(row)) for z in row]
        gradient.append([(w / sum(powers) - (c == label)) / len(labels) for c, w in enumerate(powers)])
    return gradient


def categorical_cross_entropy(probs, target, eps=1e-7):
    import math

    terms = [t * math.log(max(p, eps)) for p, t in zip(probs.ravel().tolist(), target.ravel().tolist())]
    return -sum(terms) / len(probs)


def categorical_cross_entropy_gradient(probs, target, eps=1e-7):
    n = len(probs)
    return [[-t / p / n if p >= eps else 0.0 for p, t in zip(*rows)] for rows in zip(probs, target)]


def binary_cross_entropy(p, target, eps=1e-7):
    import math

    clipped = [min(max(one, eps), 1 - eps) for one in p.tolist()]
    losses = [-t * math.log(q) - (1 - t) * math.log(1 - q) for q, t in zip(clipped, target.tolist())]
    return sum(losses) / len(losses)


def binary_cross_entropy_gradient(p, target, eps=1e-7):
    gradient = []
    for q, t in zip(p.tolist(), target.tolist()):
        inside = eps <= q <= 1 - eps
        gradient.append((q - t) / (q * (1 - q)) / len(p) if inside else 0)
    return gradient


def binary_cross_entropy_with_logits(logits, target):
    import math

    losses = [
        max(z, 0) - z * t + math.log1p(math.exp(-abs(z)))
        for z, t in zip(logits.ravel().tolist(), target.ravel().tolist())
    ]
    return sum(losses) / len(losses)


def binary_cross_entropy_with_logits_gradient(logits, target):
    probs = np.exp(-np.logaddexp(0, -logits))
    return [[(p - t) / logits.size for p, t in zip(*rows)] for rows in zip(probs, target)]


def kl_divergence(probs, target):
    import math

    pairs = zip(probs.ravel().tolist(), target.ravel().tolist())
    return sum(t * math.log(t / p) for p, t in pairs if t > 0) / len(probs)


def kl_divergence_gradient(probs, target):
    return [[-t / (p * len(probs)) for p, t in zip(*rows)] for rows in zip(probs.tolist(), target.tolist())]


def hinge(score, target):
    return sum(max(0, 1 - t * s) for s, t in zip(score.tolist(), target.tolist())) / len(score)


def hinge_gradient(score, target):
    return [-t / len(score) if t * s < 1 else 0 for s, t in zip(score.tolist(), target.tolist())]


def focal(logits, labels, gamma=2.0):
    import math

    losses = []
    for row, label in zip(logits.tolist(), labels.tolist()):
        log_p = row[label] - max(row) - math.log(sum(math.exp(z - max(row)) for z in row))
        losses.append(-math.pow(1 - math.exp(log_p), gamma) * log_p)
    return sum(losses) / len(losses)
