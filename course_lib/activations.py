"""Activations: `forward(x)`, and `backward(dy)` -> the gradient for x."""

import numpy as np

from course_lib.validation import floats, require, upstream

__all__ = ["LogSoftmax"]


class LogSoftmax:
    """x − log Σ exp(x) over the last axis, (…, K) -> (…, K); an x of −inf has probability 0.

    Shifted by the largest x, exp does not overflow. That one's exp is then 1, and log1p of the sum of
    the others keeps the log of a probability near 1 exact. ValueError where the largest x is infinite.
    """

    probs = None

    def forward(self, x):
        x = floats("x", x, axes=1)
        top = x.argmax(axis=-1, keepdims=True)
        largest = np.take_along_axis(x, top, axis=-1)
        require("the largest logit of a row is", largest, ~np.isinf(largest), "expected a finite one")
        others = np.exp(x - largest)
        np.put_along_axis(others, top, 0, axis=-1)
        y = x - largest - np.log1p(others.sum(axis=-1, keepdims=True))
        self.probs = np.exp(y)
        return y

    def backward(self, dy):
        dy = upstream(dy, self.probs)
        return dy - self.probs * dy.sum(axis=-1, keepdims=True)
