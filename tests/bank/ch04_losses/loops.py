"""Right answers as plain loops over Python numbers, with `math` for the formulas."""

import numpy as np


def mean_squared_error(prediction, target):
    total = 0.0
    for i in range(len(prediction)):
        error = float(prediction[i]) - float(target[i])
        total += error * error
    return total / len(prediction)


def mean_squared_error_gradient(prediction, target):
    n = len(prediction)
    gradient = np.zeros(n)
    for i in range(n):
        gradient[i] = 2 * (prediction[i] - target[i]) / n
    return gradient


def mean_absolute_error(prediction, target):
    total = 0.0
    for i in range(len(prediction)):
        error = prediction[i] - target[i]
        if error < 0:
            error = -error
        total += error
    return total / len(prediction)


def mean_absolute_error_gradient(prediction, target):
    n = len(prediction)
    gradient = np.zeros(n)
    for i in range(n):
        if prediction[i] > target[i]:
            gradient[i] = 1 / n
        elif prediction[i] < target[i]:
            gradient[i] = -1 / n
    return gradient


def huber(prediction, target, delta=1.0):
    total = 0.0
    for p, t in zip(prediction, target):
        size = abs(p - t)
        if size <= delta:
            total += 0.5 * size * size
        else:
            total += delta * size - 0.5 * delta * delta
    return total / len(prediction)


def huber_gradient(prediction, target, delta=1.0):
    n = len(prediction)
    gradient = np.zeros(n)
    for i in range(n):
        error = prediction[i] - target[i]
        if error > delta:
            gradient[i] = delta / n
        elif error < -delta:
            gradient[i] = -delta / n
        else:
            gradient[i] = error / n
    return gradient


def log_cosh(prediction, target):
    import math

    total = 0.0
    for p, t in zip(prediction, target):
        size = abs(float(p) - float(t))
        if size < 10:
            total += math.log(math.cosh(size))
        else:
            total += size - math.log(2) + math.exp(-2 * size)
    return total / len(prediction)


def log_cosh_gradient(prediction, target):
    import math

    n = len(prediction)
    gradient = np.zeros(n)
    for i in range(n):
        gradient[i] = math.tanh(prediction[i] - target[i]) / n
    return gradient


def poisson_nll(log_rate, count):
    import math

    total = 0.0
    for s, k in zip(log_rate, count):
        total += math.exp(s) - k * s
    return total / len(log_rate)


def poisson_nll_gradient(log_rate, count):
    import math

    n = len(log_rate)
    gradient = np.zeros(n)
    for i in range(n):
        gradient[i] = (math.exp(log_rate[i]) - count[i]) / n
    return gradient


def log_softmax(logits):
    import math

    answer = np.zeros(logits.shape)
    for i in range(logits.shape[0]):
        row = [float(z) for z in logits[i]]
        largest = max(row)
        total = 0.0
        for z in row:
            total += math.exp(z - largest)
        for c in range(len(row)):
            answer[i, c] = row[c] - largest - math.log(total)
    return answer


def log_softmax_gradient(logits, dy):
    import math

    answer = np.zeros(logits.shape)
    for i in range(logits.shape[0]):
        row = [float(z) for z in logits[i]]
        largest = max(row)
        total = 0.0
        upstream = 0.0
        for c in range(len(row)):
            total += math.exp(row[c] - largest)
            upstream += dy[i, c]
        for c in range(len(row)):
            answer[i, c] = dy[i, c] - math.exp(row[c] - largest) / total * upstream
    return answer


def cross_entropy(logits, labels):
    import math

    total = 0.0
    for i in range(len(labels)):
        row = [float(z) for z in logits[i]]
        largest = max(row)
        normaliser = 0.0
        for z in row:
            normaliser += math.exp(z - largest)
        total += largest + math.log(normaliser) - row[labels[i]]
    return total / len(labels)


def cross_entropy_gradient(logits, labels):
    import math

    n, k = logits.shape
    gradient = np.zeros((n, k))
    for i in range(n):
        row = [float(z) for z in logits[i]]
        largest = max(row)
        normaliser = 0.0
        for z in row:
            normaliser += math.exp(z - largest)
        for c in range(k):
            gradient[i, c] = math.exp(row[c] - largest) / normaliser
            if c == labels[i]:
                gradient[i, c] -= 1
            gradient[i, c] /= n
    return gradient


def categorical_cross_entropy(probs, target, eps=1e-7):
    import math

    total = 0.0
    for i in range(probs.shape[0]):
        for c in range(probs.shape[1]):
            p = min(max(float(probs[i, c]), eps), 1.0)
            total -= float(target[i, c]) * math.log(p)
    return total / probs.shape[0]


def categorical_cross_entropy_gradient(probs, target, eps=1e-7):
    n, k = probs.shape
    gradient = np.zeros((n, k))
    for i in range(n):
        for c in range(k):
            if probs[i, c] >= eps:
                gradient[i, c] = -target[i, c] / probs[i, c] / n
    return gradient


def binary_cross_entropy(p, target, eps=1e-7):
    import math

    total = 0.0
    for i in range(len(p)):
        yes = min(max(float(p[i]), eps), 1 - eps)
        if target[i] == 1:
            total -= math.log(yes)
        else:
            total -= math.log(1 - yes)
    return total / len(p)


def binary_cross_entropy_gradient(p, target, eps=1e-7):
    n = len(p)
    gradient = np.zeros(n)
    for i in range(n):
        if p[i] < eps or p[i] > 1 - eps:
            continue
        if target[i] == 1:
            gradient[i] = -1 / p[i] / n
        else:
            gradient[i] = 1 / (1 - p[i]) / n
    return gradient


def binary_cross_entropy_with_logits(logits, target):
    import math

    n, k = logits.shape
    total = 0.0
    for i in range(n):
        for c in range(k):
            z, t = float(logits[i, c]), float(target[i, c])
            if z >= 0:
                total += z - z * t + math.log1p(math.exp(-z))
            else:
                total += -z * t + math.log1p(math.exp(z))
    return total / (n * k)


def binary_cross_entropy_with_logits_gradient(logits, target):
    import math

    n, k = logits.shape
    gradient = np.zeros((n, k))
    for i in range(n):
        for c in range(k):
            z = float(logits[i, c])
            small = math.exp(-abs(z))
            sigmoid = 1 / (1 + small) if z >= 0 else small / (1 + small)
            gradient[i, c] = (sigmoid - target[i, c]) / (n * k)
    return gradient


def kl_divergence(probs, target):
    import math

    total = 0.0
    for i in range(probs.shape[0]):
        for c in range(probs.shape[1]):
            if target[i, c] > 0:
                total += target[i, c] * (math.log(target[i, c]) - math.log(probs[i, c]))
    return total / probs.shape[0]


def kl_divergence_gradient(probs, target):
    n, k = probs.shape
    gradient = np.zeros((n, k))
    for i in range(n):
        for c in range(k):
            gradient[i, c] = -target[i, c] / (probs[i, c] * n)
    return gradient


def hinge(score, target):
    total = 0.0
    for s, t in zip(score, target):
        if t * s < 1:
            total += 1 - t * s
    return total / len(score)


def hinge_gradient(score, target):
    n = len(score)
    gradient = np.zeros(n)
    for i in range(n):
        if target[i] * score[i] < 1:
            gradient[i] = -target[i] / n
    return gradient


def focal(logits, labels, gamma=2.0):
    import math

    total = 0.0
    for i in range(len(labels)):
        row = [float(z) for z in logits[i]]
        largest = max(row)
        normaliser = 0.0
        for z in row:
            normaliser += math.exp(z - largest)
        log_p = row[labels[i]] - largest - math.log(normaliser)
        total -= (1 - math.exp(log_p)) ** gamma * log_p
    return total / len(labels)
