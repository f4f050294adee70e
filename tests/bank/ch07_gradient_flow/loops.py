"""Right answers as plain loops over Python numbers."""

import numpy as np


def gradient_norms(x, weights, dy):
    """Each layer's gradient from the top down, entry by entry."""
    seen = [x]
    for weight in weights:
        seen.append(np.array([[np.tanh(sum(a * w for a, w in zip(row, unit))) for unit in weight] for row in seen[-1]]))
    norms = [0.0] * len(weights)
    d = dy
    for layer in range(len(weights) - 1, -1, -1):
        below, above, weight = seen[layer], seen[layer + 1], weights[layer]
        dz = [[d[n][k] * (1 - above[n][k] ** 2) for k in range(len(weight))] for n in range(len(x))]
        total = 0.0
        for k in range(len(weight)):
            for j in range(weight.shape[1]):
                total += sum(dz[n][k] * below[n][j] for n in range(len(x))) ** 2
        norms[layer] = total**0.5
        d = [
            [sum(dz[n][k] * weight[k][j] for k in range(len(weight))) for j in range(weight.shape[1])]
            for n in range(len(x))
        ]
    return norms


def glorot_normal(shape, rng):
    std = (2 / (shape[0] + shape[1])) ** 0.5
    return np.array([[rng.normal(0, std) for _ in range(shape[1])] for _ in range(shape[0])])


def glorot_uniform(shape, rng):
    border = (6 / (shape[0] + shape[1])) ** 0.5
    return np.array([[rng.uniform(-border, border) for _ in range(shape[1])] for _ in range(shape[0])])


def he_normal(shape, rng):
    std = (2 / shape[1]) ** 0.5
    return np.array([[rng.normal(0, std) for _ in range(shape[1])] for _ in range(shape[0])])


def he_uniform(shape, rng):
    border = (6 / shape[1]) ** 0.5
    return np.array([[rng.uniform(-border, border) for _ in range(shape[1])] for _ in range(shape[0])])


def lecun_normal(shape, rng):
    fan_in = 1
    for size in shape[1:]:
        fan_in *= size
    weights = [rng.normal(0, 1 / fan_in**0.5) for _ in range(shape[0] * fan_in)]
    return np.reshape(weights, shape)


class SELU:
    """Number by number."""

    def forward(self, x):
        import math

        self.alpha, self.scale = 1.6732632423543772, 1.0507009873554805
        values, self.slopes = [], []
        for number in np.ravel(x):
            if number > 0:
                values.append(self.scale * number)
                self.slopes.append(self.scale)
            else:
                values.append(self.scale * self.alpha * (math.exp(number) - 1))
                self.slopes.append(self.scale * self.alpha * math.exp(number))
        return np.reshape(values, np.shape(x))

    def backward(self, dy):
        flat = [slope * d for slope, d in zip(self.slopes, np.ravel(dy))]
        return np.reshape(flat, np.shape(dy))


def clip_by_value(grads, limit):
    cut = {}
    for name, g in grads.items():
        entries = [limit if entry > limit else -limit if entry < -limit else entry for entry in np.ravel(g)]
        cut[name] = np.reshape(entries, np.shape(g))
    return cut


def clip_by_norm(grads, max_norm):
    total = 0.0
    for g in grads.values():
        for entry in np.ravel(g):
            total += float(entry) ** 2
    norm = total**0.5
    if norm <= max_norm:
        return dict(grads)
    return {name: g / norm * max_norm for name, g in grads.items()}


def batch_norm_forward(x, weight, bias, eps):
    n, c = x.shape
    y, x_hat, std = np.zeros((n, c)), np.zeros((n, c)), np.zeros(c)
    for j in range(c):
        mean = sum(x[i, j] for i in range(n)) / n
        std[j] = (sum((x[i, j] - mean) ** 2 for i in range(n)) / n + eps) ** 0.5
        for i in range(n):
            x_hat[i, j] = (x[i, j] - mean) / std[j]
            y[i, j] = weight[j] * x_hat[i, j] + bias[j]
    return y, x_hat, std


def batch_norm_backward(dy, x_hat, std, weight):
    n, c = dy.shape
    dx, d_weight, d_bias = np.zeros((n, c)), np.zeros(c), np.zeros(c)
    for j in range(c):
        for i in range(n):
            d_weight[j] += dy[i, j] * x_hat[i, j]
            d_bias[j] += dy[i, j]
        for i in range(n):
            dx[i, j] = weight[j] / std[j] * (dy[i, j] - d_bias[j] / n - x_hat[i, j] * d_weight[j] / n)
    return dx, d_weight, d_bias


class BatchNorm:
    """Channel by channel, without the functions above it."""

    def __init__(self, channels, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training, self.channels = eps, momentum, True, channels
        self.params = {"weight": np.ones(channels), "bias": np.zeros(channels)}
        self.grads = {}
        self.running_mean, self.running_var = [0.0] * channels, [1.0] * channels

    def forward(self, x):
        self.x = x
        y = np.zeros(x.shape)
        for j in range(self.channels):
            mean, var = self.running_mean[j], self.running_var[j]
            if self.training:
                n = len(x)
                mean = sum(x[:, j]) / n
                var = sum((x[:, j] - mean) ** 2) / n
                self.running_mean[j] += self.momentum * (mean - self.running_mean[j])
                self.running_var[j] += self.momentum * (var * n / (n - 1) - self.running_var[j])
            y[:, j] = (x[:, j] - mean) / (var + self.eps) ** 0.5 * self.params["weight"][j] + self.params["bias"][j]
        return y

    def backward(self, dy):
        n = len(self.x)
        dx, d_weight = np.zeros(dy.shape), np.zeros(self.channels)
        for j in range(self.channels):
            off = self.x[:, j] - sum(self.x[:, j]) / n
            std = (sum(off**2) / n + self.eps) ** 0.5
            g = dy[:, j] * self.params["weight"][j]
            d_weight[j] = sum(dy[:, j] * off) / std
            dx[:, j] = (g - sum(g) / n - off * sum(g * off) / n / std**2) / std
        self.grads = {"weight": d_weight, "bias": [sum(dy[:, j]) for j in range(self.channels)]}
        return dx


def around_a_layer(x, dy, weight):
    n, d = x.shape
    z = [[sum(x[i, k] * weight[j, k] for k in range(d)) for j in range(d)] for i in range(n)]
    f = np.tanh(z)
    y, dx, d_weight = np.zeros((n, d)), np.zeros((n, d)), np.zeros((d, d))
    for i in range(n):
        for j in range(d):
            y[i, j] = x[i, j] + f[i, j]
            dx[i, j] += dy[i, j]
            dz = dy[i, j] * (1 - f[i, j] ** 2)
            for k in range(d):
                dx[i, k] += dz * weight[j, k]
                d_weight[j, k] += dz * x[i, k]
    return y, dx, d_weight


def block(x, weight, gamma, beta, eps, dy):
    n, d = x.shape
    y, dx, d_weight = np.array(x), np.array(dy), np.zeros((d, d))
    d_gamma, d_beta = np.zeros(d), np.zeros(d)
    for j in range(d):
        mean = sum(x[i, j] for i in range(n)) / n
        std = (sum((x[i, j] - mean) ** 2 for i in range(n)) / n + eps) ** 0.5
        x_hat = [(x[i, j] - mean) / std for i in range(n)]
        dn = []
        for i in range(n):
            before = gamma[j] * x_hat[i] + beta[j]
            h = before if before > 0 else 0.0
            dn.append(sum(dy[i, k] * weight[k, j] for k in range(d)) if before > 0 else 0.0)
            for k in range(d):
                y[i, k] += h * weight[k, j]
                d_weight[k, j] += dy[i, k] * h
        d_gamma[j] = sum(dn[i] * x_hat[i] for i in range(n))
        d_beta[j] = sum(dn)
        for i in range(n):
            dx[i, j] += gamma[j] / std * (dn[i] - d_beta[j] / n - x_hat[i] * d_gamma[j] / n)
    return y, dx, d_weight, d_gamma, d_beta
