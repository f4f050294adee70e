"""Activations of a whole row: what the last axis holds is weighed against each other."""

import numpy as np

from course_lib.validation import floats, require, upstream


class Softmax:
    """p_i = exp(x_i) / Σ exp(x) over the last axis, (…, K) -> (…, K); an x of −inf has probability 0.

    Shifted by the largest x, exp does not overflow. ValueError where the largest x is infinite.
    Bridle (1990), Probabilistic interpretation of feedforward classification network outputs.
    """

    probs = None

    def forward(self, x):
        x = floats("x", x, axes=1)
        e = np.exp(x - _largest(x))
        self.probs = e / e.sum(axis=-1, keepdims=True)
        return self.probs.copy()

    def jacobian(self):
        """∂p_i/∂x_j = p_i([i = j] − p_j), (…, K, K)"""
        if self.probs is None:
            raise ValueError("jacobian came before forward; expected forward first")
        p = self.probs
        return p[..., :, None] * (np.eye(p.shape[-1], dtype=p.dtype) - p[..., None, :])

    def backward(self, dy):
        """dy times the Jacobian, without the K² numbers of it."""
        dy = upstream(dy, self.probs)
        return self.probs * (dy - (self.probs * dy).sum(axis=-1, keepdims=True))


class LogSoftmax:
    """x − log Σ exp(x) over the last axis, (…, K) -> (…, K); an x of −inf has probability 0.

    Shifted by the largest x, exp does not overflow. That one's exp is then 1, and log1p of the sum of
    the others keeps the log of a probability near 1 exact. ValueError where the largest x is infinite.
    """

    probs = None

    def forward(self, x):
        x = floats("x", x, axes=1)
        top, largest = x.argmax(axis=-1, keepdims=True), _largest(x)
        others = np.exp(x - largest)
        np.put_along_axis(others, top, 0, axis=-1)
        y = x - largest - np.log1p(others.sum(axis=-1, keepdims=True))
        self.probs = np.exp(y)
        return y

    def backward(self, dy):
        dy = upstream(dy, self.probs)
        return dy - self.probs * dy.sum(axis=-1, keepdims=True)


def _largest(x):
    largest = x.max(axis=-1, keepdims=True)
    require("the largest logit of a row is", largest, ~np.isinf(largest), "expected a finite one")
    return largest
