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
