"""Losses of actions that were taken, judged by the reward that came."""

import numpy as np

from course_lib.activations import LogSoftmax
from course_lib.losses.base import Loss, overflow_is_inf
from course_lib.losses.inputs import beside, chosen, numbers
from course_lib.validation import floats, number, require


class BellmanMSE(Loss):
    """(q[action] − y)² with y = reward + γ·max next_q, or the reward alone where done; mean over examples.

    q, next_q (N, A) the values of all actions now and one step later, integer action, reward and done (N,).
    y is a target: nothing is differentiated through it, also where next_q comes from the same network.
    backward() -> the gradient for q, 0 for the actions that were not taken.
    Mnih et al. (2015), Human-level control through deep reinforcement learning, doi:10.1038/nature14236.
    """

    def __init__(self, gamma=0.99, reduction="mean"):
        super().__init__(reduction)
        self.gamma = number("gamma", gamma, 0, 1, or_low=True)

    @overflow_is_inf
    def forward(self, q, action, reward, next_q, done):
        q, self.taken = chosen("q", q, action)
        reward, next_q, done = numbers("reward", reward), floats("next_q", next_q), numbers("done", done)
        beside("q", q, q.shape[:1], reward=reward, done=done)
        beside("q", q, q.shape, next_q=next_q)
        require("done holds", done, (done == 0) | (done == 1), "expected 0 or 1: 1 where the episode ended")
        y = (reward + self.gamma * np.where(done, 0, next_q.max(axis=1))).astype(q.dtype)
        self.error, self.table = q[self.taken] - y, q.shape
        return self.reduce(self.error**2)

    def backward(self, dy=1.0):
        slopes = self.upstream(dy) * 2 * self.error
        dq = np.zeros(self.table, slopes.dtype)
        dq[self.taken] = slopes
        return dq


class PolicyGradient(Loss):
    """−q·log π(action), π = softmax(logits), mean over examples: CrossEntropy with the action for a label, times q.

    logits (N, A), integer action (N,), q (N,) the return, action value or advantage, which is not differentiated.
    backward() -> the gradient for the logits.
    Williams (1992), Simple statistical gradient-following algorithms, doi:10.1007/BF00992696.
    """

    def forward(self, logits, action, q):
        logits, self.taken = chosen("logits", logits, action)
        q = numbers("q", q)
        beside("logits", logits, logits.shape[:1], q=q)
        self.q, log_p = q.astype(logits.dtype), LogSoftmax().forward(logits)
        self.p = np.exp(log_p)
        return self.reduce(-self.q * log_p[self.taken])

    def backward(self, dy=1.0):
        each = self.upstream(dy) * self.q
        dlogits = each[:, None] * self.p
        dlogits[self.taken] -= each
        return dlogits
