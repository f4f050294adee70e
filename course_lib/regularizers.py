"""Regularizers: `forward(params)` -> the penalty to add to the loss, `backward()` -> its gradients, by name.

params is a dict of arrays: give them the weights and keep the biases out.
"""

import copy
from numbers import Integral

import numpy as np

from course_lib.validation import floats, number

__all__ = ["L1", "L2", "EarlyStopping"]


class Regularizer:
    """What L1 and L2 share. dy: gradient for the penalty."""

    def __init__(self, strength=0.01):
        self.strength = number("strength", strength, 0, np.inf, or_low=True)
        self.params = None

    def keep(self, params):
        if not params:
            raise ValueError("params is empty; expected a dict with at least one array")
        self.params = {name: np.copy(floats(name, p)) for name, p in params.items()}
        return self.params.values()

    def gradients(self, slope):
        if self.params is None:
            raise ValueError("backward came before forward; expected forward(params) first")
        return {name: slope(p) for name, p in self.params.items()}


class L1(Regularizer):
    """strength·Σ|p| over all entries of all params; subgradient 0 where an entry is 0.

    Tibshirani (1996), Regression shrinkage and selection via the lasso.
    """

    def forward(self, params):
        return self.strength * sum(abs(p).sum() for p in self.keep(params))

    def backward(self, dy=1.0):
        scale = float(dy) * self.strength
        return self.gradients(lambda p: scale * np.sign(p))


class L2(Regularizer):
    """strength·Σp² over all entries of all params: the squared norm, without a half; its gradient is 2·strength·p.

    PyTorch's weight_decay = w adds w·p to the gradient: that is strength w/2.
    Hoerl and Kennard (1970), Ridge regression: biased estimation for nonorthogonal problems.
    """

    @np.errstate(over="ignore")  # a penalty too large for its dtype is inf
    def forward(self, params):
        return self.strength * sum((p**2).sum() for p in self.keep(params))

    def backward(self, dy=1.0):
        scale = float(dy) * self.strength
        return self.gradients(lambda p: 2 * scale * p)


class EarlyStopping:
    """step(metric, params) -> True when it is time to stop: `patience` steps in a row brought no improvement.

    metric: the validation loss of this epoch, less being better (give −accuracy). An improvement is a metric below
    best − min_delta; nan is none. The params of the best one are kept as a copy, a dict of arrays or tensors, and
    `restore(params)` writes them back. Prechelt (1998), Early stopping — but when?
    """

    def __init__(self, patience=10, min_delta=0.0):
        if not isinstance(patience, Integral) or patience < 1:
            raise ValueError(f"patience is {patience!r}; expected a whole number, 1 or more")
        self.patience, self.min_delta = int(patience), number("min_delta", min_delta, 0, np.inf, or_low=True)
        self.best, self.best_params, self.waited = np.inf, None, 0

    def step(self, metric, params):
        if metric < self.best - self.min_delta:
            self.best, self.best_params, self.waited = float(metric), copy.deepcopy(dict(params)), 0
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, params):
        if self.best_params is None:
            raise ValueError("there are no best params yet; expected a step whose metric was a finite number")
        for name, best in self.best_params.items():
            params[name][...] = best
