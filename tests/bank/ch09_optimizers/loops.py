"""Right answers as plain loops over single weights."""

import numpy as np


class SGD:
    def init(self, p):
        return {}

    def update(self, p, g, state, lr, t):
        new = np.zeros(p.shape)
        for at in np.ndindex(p.shape):
            new[at] = p[at] - g[at] * lr
        return new


class Momentum:
    def __init__(self, momentum=0.9):
        self.momentum = momentum

    def init(self, p):
        return {at: 0.0 for at in np.ndindex(p.shape)}

    def update(self, p, g, state, lr, t):
        new = np.zeros(p.shape)
        for at in np.ndindex(p.shape):
            state[at] = state[at] * self.momentum + g[at]
            new[at] = p[at] - lr * state[at]
        return new


class Nesterov:
    def __init__(self, momentum=0.9):
        self.momentum = momentum

    def init(self, p):
        return {at: 0.0 for at in np.ndindex(p.shape)}

    def update(self, p, g, state, lr, t):
        new = np.zeros(p.shape)
        for at in np.ndindex(p.shape):
            state[at] = state[at] * self.momentum + g[at]
            new[at] = p[at] - lr * g[at] - lr * self.momentum * state[at]
        return new


class AdaGrad:
    def __init__(self, eps=1e-10):
        self.eps = eps

    def init(self, p):
        return {at: 0.0 for at in np.ndindex(p.shape)}

    def update(self, p, g, state, lr, t):
        new = np.zeros(p.shape)
        for at in np.ndindex(p.shape):
            state[at] += g[at] * g[at]
            new[at] = p[at] - lr / (state[at] ** 0.5 + self.eps) * g[at]
        return new


class RMSprop:
    def __init__(self, beta=0.9, eps=1e-8):
        self.beta, self.eps = beta, eps

    def init(self, p):
        return {at: 0.0 for at in np.ndindex(p.shape)}

    def update(self, p, g, state, lr, t):
        new = np.zeros(p.shape)
        for at in np.ndindex(p.shape):
            state[at] += (1 - self.beta) * (g[at] * g[at] - state[at])
            new[at] = p[at] - lr / (state[at] ** 0.5 + self.eps) * g[at]
        return new


def running_average(values, beta):
    averages = []
    for t in range(len(values)):
        averages.append(sum((1 - beta) * beta ** (t - i) * values[i] for i in range(t + 1)))
    return averages


def corrected_average(values, beta):
    averages = []
    for t in range(len(values)):
        shares = [beta ** (t - i) for i in range(t + 1)]
        averages.append(sum(share * value for share, value in zip(shares, values)) / sum(shares))
    return averages


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, eps=1e-8):
        self.beta1, self.beta2, self.eps = beta1, beta2, eps

    def init(self, p):
        return {at: (0.0, 0.0) for at in np.ndindex(p.shape)}

    def update(self, p, g, state, lr, t):
        new = np.zeros(p.shape)
        for at in np.ndindex(p.shape):
            m, v = state[at]
            m += (1 - self.beta1) * (g[at] - m)
            v += (1 - self.beta2) * (g[at] * g[at] - v)
            state[at] = m, v
            new[at] = p[at] - lr * (m / (1 - self.beta1**t)) / ((v / (1 - self.beta2**t)) ** 0.5 + self.eps)
        return new


def first_steps(g, lr, momentum, beta1, beta2):
    lengths = [[], [], [], [], []]
    for slope in g:
        lengths[0].append(abs(lr * (slope + momentum * slope)))
        lengths[1].append(abs(lr * slope / (slope * slope) ** 0.5))
        lengths[2].append(abs(lr * slope / ((1 - beta2) * slope * slope) ** 0.5))
        m, v = (1 - beta1) * slope, (1 - beta2) * slope * slope
        lengths[3].append(abs(lr * (m / (1 - beta1)) / (v / (1 - beta2)) ** 0.5))
        lengths[4].append(abs(lr * m / v**0.5))
    return tuple(np.array(each) for each in lengths)


def one_step(p, g, lr, decay):
    with_l2, decoupled = [], []
    for weight, slope in zip(p, g):
        with_l2.append(weight - lr if slope + decay * weight > 0 else weight + lr)
        decoupled.append(weight * (1 - lr * decay) - (lr if slope > 0 else -lr))
    return np.array(with_l2), np.array(decoupled)


class Nadam:
    def __init__(self, beta1=0.9, beta2=0.999, eps=1e-8, momentum_decay=0.004):
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.momentum_decay = momentum_decay

    def init(self, p):
        return {at: (0.0, 0.0) for at in np.ndindex(p.shape)}

    def update(self, p, g, state, lr, t):
        momenta = [self.beta1 * (1 - 0.96 ** (n * self.momentum_decay) / 2) for n in range(1, t + 2)]
        new = np.zeros(p.shape)
        for at in np.ndindex(p.shape):
            m, v = state[at]
            m += (1 - self.beta1) * (g[at] - m)
            v += (1 - self.beta2) * (g[at] * g[at] - v)
            state[at] = m, v
            ahead = momenta[-1] * m / (1 - np.prod(momenta))
            now = (1 - momenta[-2]) * g[at] / (1 - np.prod(momenta[:-1]))
            new[at] = p[at] - lr * (ahead + now) / ((v / (1 - self.beta2**t)) ** 0.5 + self.eps)
        return new
