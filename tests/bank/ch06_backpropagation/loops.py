"""Right answers as plain loops over Python numbers, with `math` for the formulas."""

import numpy as np


def neuron(x, w, b, y):
    import math

    z = w * x + b
    slope = 1 / math.cosh(z) ** 2
    dz = 2 * (math.tanh(z) - y) * slope
    return (math.tanh(z) - y) ** 2, dz * x, dz, dz * w


def reverse_sweep(slopes):
    """Each node asks those that it goes into, from the last to the first."""
    n = len(slopes)
    gradient = [0.0] * n
    gradient[n - 1] = 1.0
    count = 0
    for j in range(n - 2, -1, -1):
        for i in range(j + 1, n):
            if slopes[i, j] != 0:
                gradient[j] += gradient[i] * slopes[i, j]
                count += 1
    return np.array(gradient), count


def two_two_one(x, y, hidden_weight, hidden_bias, output_weight, output_bias):
    import math

    h = []
    for j in range(2):
        z = hidden_bias[j]
        for i in range(2):
            z += hidden_weight[j, i] * x[i]
        h.append(1 / (1 + math.exp(-z)))
    o = output_bias + sum(output_weight[j] * h[j] for j in range(2))
    do = 2 * (o - y)
    dz = [do * output_weight[j] * h[j] * (1 - h[j]) for j in range(2)]
    return (o - y) ** 2, [[dz[j] * x[i] for i in range(2)] for j in range(2)], dz, [do * h[0], do * h[1]], do


def slopes_of_valley(x, weight, step):
    def numerical_gradient(f, x, step=1e-5):
        flat = x.reshape(-1)
        slopes = []
        for i in range(flat.size):
            places = []
            for sign in (1, -1):
                moved = flat.copy()
                moved[i] = flat[i] + sign * step
                places.append(f(moved.reshape(x.shape)))
            slopes.append((places[0] - places[1]) / (step + step))
        return np.reshape(slopes, x.shape)

    return numerical_gradient(lambda at: np.sum(weight * at) ** 2 + np.sum(weight * at**3), x, step)


def check_gradient(gradient, numerical, eps=1e-4):
    worst, place = -1.0, None
    for i in np.ndindex(gradient.shape):
        error = abs(gradient[i] - numerical[i]) / max(abs(gradient[i]), abs(numerical[i]), eps)
        if np.isnan(error):
            return error, i
        if error > worst:
            worst, place = error, i
    return worst, place


class Sigmoid:
    def forward(self, x):
        import math

        self.slopes, y = np.zeros(x.shape), np.zeros(x.shape)
        for at in np.ndindex(x.shape):
            u = math.exp(-abs(x[at]))
            y[at] = 1 / (1 + u) if x[at] >= 0 else u / (1 + u)
            self.slopes[at] = u / (1 + u) ** 2
        return y

    def backward(self, dy):
        dx = np.zeros(dy.shape)
        for at in np.ndindex(dy.shape):
            dx[at] = dy[at] * self.slopes[at]
        return dx


class Dense:
    def __init__(self, inputs, outputs, rng):
        self.params = {"weight": np.ones((outputs, inputs)), "bias": np.zeros(outputs)}
        self.grads = {}

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"].T + self.params["bias"]

    def backward(self, dy):
        weight = self.params["weight"]
        dx, d_weight, d_bias = np.zeros(self.x.shape), np.zeros(weight.shape), np.zeros(len(weight))
        for n in range(len(dy)):
            for k in range(len(weight)):
                d_bias[k] += dy[n, k]
                for d in range(weight.shape[1]):
                    d_weight[k, d] += dy[n, k] * self.x[n, d]
                    dx[n, d] += dy[n, k] * weight[k, d]
        self.grads = {"weight": d_weight, "bias": d_bias}
        return dx


class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        import math

        self.rows, total = [], 0.0
        for row, label in zip(logits, labels):
            top = max(row)
            below = sum(math.exp(z - top) for z in row)
            total += math.log(below) + top - row[label]
            self.rows.append(([math.exp(z - top) / below for z in row], label))
        return total / len(labels)

    def backward(self, dy=1.0):
        return [[dy * (p - (k == label)) / len(self.rows) for k, p in enumerate(row)] for row, label in self.rows]


def chain(x, dy, weight1, bias1, weight2, bias2):
    class Sequential:
        def __init__(self, *layers):
            self.layers = layers

        def forward(self, x, start=0):
            return x if start == len(self.layers) else self.forward(self.layers[start].forward(x), start + 1)

        def backward(self, dy):
            for i in range(len(self.layers) - 1, -1, -1):
                dy = self.layers[i].backward(dy)
            return dy

    first, last = Dense(weight1.shape[1], weight1.shape[0], 0), Dense(weight2.shape[1], weight2.shape[0], 0)
    first.params, last.params = {"weight": weight1, "bias": bias1}, {"weight": weight2, "bias": bias2}
    network = Sequential(first, Sigmoid(), last)
    y, dx = network.forward(x), network.backward(dy)
    return y, dx, first.grads["weight"], first.grads["bias"], last.grads["weight"], last.grads["bias"]


def mlp_gradients(x, labels, weight1, bias1, weight2, bias2):
    """Example by example."""
    grads = [np.zeros_like(p) for p in (weight1, bias1, weight2, bias2)]
    total = 0.0
    for row, label in zip(x, labels):
        z1 = weight1 @ row + bias1
        h = np.where(z1 > 0, z1, 0)
        z2 = weight2 @ h + bias2
        p = np.exp(z2 - np.logaddexp.reduce(z2))
        total += np.logaddexp.reduce(z2) - z2[label]
        dz2 = p.copy()
        dz2[label] -= 1
        dz1 = np.where(z1 > 0, weight2.T @ dz2, 0)
        for grad, one in zip(grads, (np.outer(dz1, row), dz1, np.outer(dz2, h), dz2)):
            grad += one
    return (total / len(x), *(grad / len(x) for grad in grads))


class Scalar:
    """Counts for each number how many gradients are still to come, as PyTorch does."""

    def __init__(self, value, parents=()):
        self.value, self.parents, self.grad = float(value), list(parents), 0.0

    def __add__(self, other):
        return Scalar(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Scalar(self.value * other.value, [(self, other.value), (other, self.value)])

    def __sub__(self, other):
        return Scalar(self.value - other.value, [(self, 1.0), (other, -1.0)])

    def exp(self):
        y = np.exp(self.value)
        return Scalar(y, [(self, y)])

    def tanh(self):
        return Scalar(np.tanh(self.value), [(self, 1 / np.cosh(self.value) ** 2)])

    def backward(self):
        missing, waiting = {}, [self]
        seen = {self}
        while waiting:
            for parent, _ in waiting.pop().parents:
                missing[parent] = missing.get(parent, 0) + 1
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        self.grad, ready = 1.0, [self]
        while ready:
            node = ready.pop()
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
                missing[parent] -= 1
                if missing[parent] == 0:
                    ready.append(parent)
