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
