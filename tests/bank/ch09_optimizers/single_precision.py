"""Right answers in float32 throughout: parameters, gradients and memories."""

import numpy as np


class Momentum:
    def __init__(self, momentum=0.9):
        self.momentum = np.float32(momentum)

    def init(self, p):
        return {"v": np.zeros(p.shape, np.float32)}

    def update(self, p, g, state, lr, t):
        state["v"] *= self.momentum
        state["v"] += g.astype(np.float32)
        return p.astype(np.float32) - np.float32(lr) * state["v"]


class Nesterov:
    def __init__(self, momentum=0.9):
        self.momentum = np.float32(momentum)

    def init(self, p):
        return {"v": np.zeros(p.shape, np.float32)}

    def update(self, p, g, state, lr, t):
        g = g.astype(np.float32)
        state["v"] = self.momentum * state["v"] + g
        return p.astype(np.float32) - np.float32(lr) * (g + self.momentum * state["v"])


class AdaGrad:
    def __init__(self, eps=1e-10):
        self.eps = np.float32(eps)

    def init(self, p):
        return {"s": np.zeros(p.shape, np.float32)}

    def update(self, p, g, state, lr, t):
        g = g.astype(np.float32)
        state["s"] += g * g
        return p.astype(np.float32) - np.float32(lr) * g / (np.sqrt(state["s"]) + self.eps)


class RMSprop:
    def __init__(self, beta=0.9, eps=1e-8):
        self.beta, self.eps = np.float32(beta), np.float32(eps)

    def init(self, p):
        return {"s": np.zeros(p.shape, np.float32)}

    def update(self, p, g, state, lr, t):
        g = g.astype(np.float32)
        state["s"] = self.beta * state["s"] + (1 - self.beta) * g * g
        return p.astype(np.float32) - np.float32(lr) * g / (np.sqrt(state["s"]) + self.eps)


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, eps=1e-8):
        self.beta1, self.beta2, self.eps = np.float32(beta1), np.float32(beta2), np.float32(eps)

    def init(self, p):
        return {"m": np.zeros(p.shape, np.float32), "v": np.zeros(p.shape, np.float32)}

    def update(self, p, g, state, lr, t):
        g = g.astype(np.float32)
        state["m"] = self.beta1 * state["m"] + (1 - self.beta1) * g
        state["v"] = self.beta2 * state["v"] + (1 - self.beta2) * g * g
        m_hat = state["m"] / (1 - self.beta1 ** np.float32(t))
        v_hat = state["v"] / (1 - self.beta2 ** np.float32(t))
        return p.astype(np.float32) - np.float32(lr) * m_hat / (np.sqrt(v_hat) + self.eps)
