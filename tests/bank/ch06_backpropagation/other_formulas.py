"""Right answers by other, equal mathematics."""

import numpy as np


def neuron(x, w, b, y):
    """tanh z = 1 − 2/(e^{2z} + 1), its slope 4e^{2z}/(e^{2z} + 1)²; the loss multiplied out."""
    u = np.exp(2 * (w * x + b))
    p, slope = 1 - 2 / (u + 1), 4 * u / (u + 1) ** 2
    dz = (2 * p - 2 * y) * slope
    return np.array([p**2 - 2 * p * y + y**2, dz * x, dz, dz * w]).tolist()


def reverse_sweep(slopes):
    """gradient = last unit vector + slopesᵀ gradient, a triangular system of equations."""
    n = len(slopes)
    gradient = np.linalg.solve(np.eye(n) - slopes.T, np.eye(n)[-1])
    return {"multiplications": np.count_nonzero(slopes), "gradient": gradient}


def two_two_one(x, y, hidden_weight, hidden_bias, output_weight, output_bias):
    """σ(z) = ½(1 + tanh ½z), σ′(z) = ¼(1 − tanh² ½z); the biases as weights of an input 1."""
    inputs = np.append(x, 1.0)
    t = np.tanh(np.column_stack([hidden_weight, hidden_bias]) @ inputs / 2)
    h = np.append((1 + t) / 2, 1.0)
    error = h @ np.append(output_weight, output_bias) - y
    hidden = 2 * error * np.asarray(output_weight)[:, None] * (1 - t**2)[:, None] / 4 * inputs
    output = 2 * error * h
    return error**2, hidden[:, :2], hidden[:, 2], output[:2], output[2]


def slopes_of_valley(x, weight, step):
    """All nudged places at once, as rows of the unit matrix; f of a table of places."""
    unit = step * np.eye(x.size)
    flat, a = x.ravel(), weight.ravel()

    def f(places):
        return (places @ a) ** 2 + places**3 @ a

    return ((f(flat + unit) - f(flat - unit)) / (2 * step)).reshape(x.shape)


def check_gradient(gradient, numerical, eps=1e-4):
    scale = np.stack([np.abs(gradient), np.abs(numerical), np.full(gradient.shape, eps)]).max(axis=0)
    errors = np.abs(1 - gradient / numerical) * np.abs(numerical) if np.all(numerical) else np.abs(numerical - gradient)
    errors = errors / scale
    place = np.argwhere(np.isnan(errors) if np.isnan(errors).any() else errors == errors.max())[0]
    return errors.max(), place


class Sigmoid:
    """½(1 + tanh ½x), slope σ − σ²"""

    def forward(self, x):
        y = 0.5 + np.tanh(x / 2) / 2
        self.slope = y - y**2
        return y

    def backward(self, dy):
        return np.multiply(self.slope, dy)


class Dense:
    """All sums by einsum."""

    def __init__(self, inputs, outputs, rng):
        self.params = {"weight": np.zeros((outputs, inputs)), "bias": np.zeros(outputs)}
        self.grads = {}

    def forward(self, x):
        self.seen = np.array(x)
        return np.einsum("nd,kd->nk", x, self.params["weight"]) + self.params["bias"]

    def backward(self, dy):
        self.grads.update(weight=np.einsum("nk,nd->kd", dy, self.seen), bias=np.einsum("nk->k", dy))
        return np.einsum("nk,kd->nd", dy, self.params["weight"])


class SoftmaxCrossEntropy:
    """log Σ exp z − z_true"""

    def forward(self, logits, labels):
        self.logits, self.labels = logits, labels
        return np.mean(np.logaddexp.reduce(logits, axis=1) - np.take_along_axis(logits, labels[:, None], 1)[:, 0])

    def backward(self, dy=1.0):
        p = np.exp(self.logits - np.logaddexp.reduce(self.logits, axis=1, keepdims=True))
        p[np.arange(len(p)), self.labels] -= 1
        return p * (dy / len(p))


def chain(x, dy, weight1, bias1, weight2, bias2):
    """A chain as nested pairs."""
    from functools import reduce

    first, last = Dense(weight1.shape[1], len(weight1), 0), Dense(weight2.shape[1], len(weight2), 0)
    first.params, last.params = {"weight": weight1, "bias": bias1}, {"weight": weight2, "bias": bias2}
    links = (first, Sigmoid(), last)
    y = reduce(lambda value, layer: layer.forward(value), links, x)
    dx = reduce(lambda slope, layer: layer.backward(slope), links[::-1], dy)
    return {
        "y": y,
        "dx": dx,
        "d_weight1": first.grads["weight"],
        "d_bias1": first.grads["bias"],
        "d_weight2": last.grads["weight"],
        "d_bias2": last.grads["bias"],
    }


def mlp_gradients(x, labels, weight1, bias1, weight2, bias2):
    """The biases as weights of an input that is always 1."""
    ones = np.ones((len(x), 1))
    inputs = np.hstack([x, ones])
    z1 = inputs @ np.column_stack([weight1, bias1]).T
    hidden = np.hstack([(z1 + np.abs(z1)) / 2, ones])
    logits = hidden @ np.column_stack([weight2, bias2]).T
    total = np.logaddexp.reduce(logits, axis=1, keepdims=True)
    true = np.arange(logits.shape[1]) == labels[:, None]
    delta = (np.exp(logits - total) - true) / len(x)
    second = delta.T @ hidden
    first = (np.heaviside(z1, 0) * (delta @ weight2)).T @ inputs
    return (total[:, 0] - logits[true]).mean(), first[:, :-1], first[:, -1], second[:, :-1], second[:, -1]


class Scalar:
    """Numbered at birth: sorting by age gives an order in which each node comes before its parents."""

    born = 0

    def __init__(self, value, parents=()):
        Scalar.born += 1
        self.age, self.value, self.parents, self.grad = Scalar.born, float(value), parents, 0.0

    def __add__(self, other):
        return Scalar(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Scalar(self.value * other.value, ((self, other.value), (other, self.value)))

    def __sub__(self, other):
        return self + other * Scalar(-1.0)

    def exp(self):
        y = np.exp(self.value)
        return Scalar(y, ((self, y),))

    def tanh(self):
        u = np.exp(2 * self.value)
        return Scalar((u - 1) / (u + 1), ((self, 4 * u / (u + 1) ** 2),))

    def backward(self):
        import heapq

        self.grad, heap, known = 1.0, [(-self.age, self)], {self}
        while heap:
            _, node = heapq.heappop(heap)
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
                if parent not in known:
                    known.add(parent)
                    heapq.heappush(heap, (-parent.age, parent))
