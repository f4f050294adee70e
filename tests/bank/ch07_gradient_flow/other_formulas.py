"""Other right answers: the same numbers by other formulas, or by other means."""

import numpy as np


def gradient_norms(x, weights, dy):
    """A recursion: each layer answers its own norm in front of those above it, and the gradient for what came in."""

    def below(x, weights, dy):
        if not weights:
            return [], dy
        z = x @ weights[0].T
        norms, d = below(np.tanh(z), weights[1:], dy)
        dz = d / np.cosh(z) ** 2
        norm = np.sqrt(np.einsum("no,ni->oi", dz, x).ravel() @ np.einsum("no,ni->oi", dz, x).ravel())
        return [norm, *norms], np.einsum("no,oi->ni", dz, weights[0])

    return below(x, list(weights), dy)[0]


def glorot_normal(shape, rng):
    mean_fan = (shape[0] + shape[1]) / 2
    return rng.standard_normal(tuple(shape)) / np.sqrt(mean_fan)


def glorot_uniform(shape, rng):
    variance = 2 / (shape[0] + shape[1])
    return (2 * rng.random(tuple(shape)) - 1) * np.sqrt(3 * variance)


def he_normal(shape, rng):
    return rng.normal(size=shape) * (shape[1] / 2) ** -0.5


def he_uniform(shape, rng):
    width = np.sqrt(24 / shape[1])  # from one border to the other
    return (rng.random(tuple(shape)) - 0.5) * width


def lecun_normal(shape, rng):
    n_out, *others = shape
    weights = rng.standard_normal((n_out, int(np.prod(others))))
    return (weights / np.sqrt(weights.shape[1])).reshape(tuple(shape))


class SELU:
    """The positive and the negative part, each by itself."""

    alpha, scale = 1.6732632423543772, 1.0507009873554805

    def forward(self, x):
        self.x = x
        positive, negative = np.maximum(x, 0), np.minimum(x, 0)
        return self.scale * positive + self.scale * self.alpha * (np.exp(negative) - 1)

    def backward(self, dy):
        y = self.forward(self.x)
        slope = np.where(self.x > 0, self.scale, y + self.scale * self.alpha)
        return slope * dy


def clip_by_value(grads, limit):
    return {name: np.sign(g) * np.minimum(np.abs(g), limit) for name, g in grads.items()}


def clip_by_norm(grads, max_norm):
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads.values()])
    return {name: g * (max_norm / np.maximum(norm, max_norm)) for name, g in grads.items()}


def batch_norm_forward(x, weight, bias, eps):
    ones = np.ones(len(x)) / len(x)
    centered = x - ones @ x
    std = (ones @ centered**2 + eps) ** 0.5
    return centered * (weight / std) + bias, centered / std, std


def batch_norm_backward(dy, x_hat, std, weight):
    """By the matrix of all slopes of one channel's x̂ for its x."""
    n, c = dy.shape
    dx = np.empty((n, c))
    for j in range(c):
        slopes = (np.eye(n) - 1 / n - np.outer(x_hat[:, j], x_hat[:, j]) / n) / std[j]
        dx[:, j] = slopes @ (dy[:, j] * weight[j])
    return dx, np.einsum("nc,nc->c", dy, x_hat), dy.sum(axis=0)


class BatchNorm:
    """Scale and shift of the two modes in one line; its own formulas for the way back."""

    def __init__(self, channels, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.params = {"weight": np.ones(channels), "bias": np.zeros(channels)}
        self.buffers = {"running_mean": np.zeros(channels), "running_var": np.ones(channels)}
        self.grads = {}

    def forward(self, x):
        if self.training:
            mean, var = np.mean(x, axis=0), np.var(x, axis=0)
            for name, new in (("running_mean", mean), ("running_var", np.cov(x.T, ddof=1).diagonal())):
                self.buffers[name] = self.buffers[name] + self.momentum * (new - self.buffers[name])
        else:
            mean, var = self.buffers["running_mean"], self.buffers["running_var"]
        self.scale = 1 / np.sqrt(var + self.eps)
        self.centered = x - mean
        return self.params["weight"] * self.centered * self.scale + self.params["bias"]

    def backward(self, dy):
        x_hat = self.centered * self.scale
        self.grads["weight"], self.grads["bias"] = (dy * x_hat).sum(axis=0), dy.sum(axis=0)
        n = len(dy)
        inner = n * dy - self.grads["bias"] - x_hat * self.grads["weight"]
        return self.params["weight"] * self.scale / n * inner


def around_a_layer(x, dy, weight):
    class Residual:
        def __init__(self, layer):
            self.layer = layer

        def forward(self, x):
            return np.add(self.layer.forward(x), x)

        def backward(self, dy):
            d = np.array(self.layer.backward(dy))
            d += dy
            return d

    class Layer:
        def forward(self, x):
            self.z, self.x = np.einsum("nd,od->no", x, weight), x
            return np.tanh(self.z)

        def backward(self, dy):
            dz = dy / np.cosh(self.z) ** 2
            self.d_weight = np.einsum("no,nd->od", dz, self.x)
            return dz.dot(weight)

    unit = Residual(Layer())
    y = unit.forward(x)
    dx = unit.backward(dy)
    return y, dx, unit.layer.d_weight


def block(x, weight, gamma, beta, eps, dy):
    """With the matrix of all slopes of a channel's x̂ for its x, and a mask of the open units."""
    count = len(x)
    centered = x - np.mean(x, axis=0)
    std = np.sqrt(np.mean(centered**2, axis=0) + eps)
    x_hat = centered / std
    n = np.multiply(gamma, x_hat) + beta
    is_open = np.where(n > 0, 1.0, 0.0)
    h = n * is_open
    dn = np.einsum("no,oi->ni", dy, weight) * is_open
    dx = dy.copy()
    for j in range(x.shape[1]):
        slopes = (np.eye(count) - (1 + np.outer(x_hat[:, j], x_hat[:, j])) / count) / std[j]
        dx[:, j] += gamma[j] * (slopes @ dn[:, j])
    return {
        "y": x + np.einsum("ni,oi->no", h, weight),
        "dx": dx,
        "d_weight": np.einsum("no,ni->oi", dy, h),
        "d_gamma": np.einsum("ni,ni->i", dn, x_hat),
        "d_beta": dn.sum(axis=0),
    }
