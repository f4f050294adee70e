"""One row of the table of errata."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["Erratum", "sigmoid", "slope", "softmax"]


@dataclass(frozen=True)
class Erratum:
    """printed and mended in a line each; show() -> numbers by name, and its docstring says what they are."""

    document: str
    chapter: int
    printed: str
    mended: str
    show: Callable[[], dict[str, float]]

    @property
    def name(self):
        return self.show.__name__


def slope(function, x, h=1e-6):
    """(f(x + h) − f(x − h)) / 2h"""
    return (function(x + h) - function(x - h)) / (2 * h)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
