"""Ranges: `at(u)` is the value at u in [0, 1], `ladder(n)` are n values from end to end.

Those of numbers also have `place(value)`, the way back: `at(place(value))` is value.
"""

from dataclasses import dataclass
from numbers import Integral

import numpy as np

from course_lib.validation import number

__all__ = ["Choice", "Integer", "LogUniform", "Uniform"]


@dataclass(frozen=True)
class Uniform:
    """Any number from low to high, all alike."""

    low: float
    high: float

    def __post_init__(self):
        _ordered(self, -np.inf)

    def at(self, u):
        return float(np.clip(self.low + u * (self.high - self.low), self.low, self.high))

    def place(self, value):
        return (value - self.low) / (self.high - self.low)

    def ladder(self, n):
        return [self.at(u) for u in (np.linspace(0, 1, n) if n > 1 else [0.5])]

    def count(self, n):
        return n


@dataclass(frozen=True)
class LogUniform(Uniform):
    """Any number from low > 0 to high, every factor of 10 alike: for learning rates."""

    def __post_init__(self):
        _ordered(self, 0)

    def at(self, u):
        return float(np.clip(self.low * (self.high / self.low) ** u, self.low, self.high))

    def place(self, value):
        return np.log(value / self.low) / np.log(self.high / self.low)


@dataclass(frozen=True)
class Integer:
    """A whole number from low to high, both included, all alike."""

    low: int
    high: int

    def __post_init__(self):
        whole = isinstance(self.low, Integral) and isinstance(self.high, Integral)
        if not whole or self.low > self.high:
            raise ValueError(f"{self} holds nothing; expected whole numbers, low ≤ high")

    def at(self, u):
        return int(self.low + min(int(u * len(self)), len(self) - 1))

    def place(self, value):
        return (value - self.low + 0.5) / len(self)

    def ladder(self, n):
        n = self.count(n)
        return [round(value) for value in (np.linspace(self.low, self.high, n) if n > 1 else [self.at(0.5)])]

    def count(self, n):
        return min(n, len(self))

    def __len__(self):
        return int(self.high - self.low + 1)


@dataclass(frozen=True, init=False)
class Choice:
    """One of the options, all alike and in no order."""

    options: tuple

    def __init__(self, options):
        if isinstance(options, str) or not len(tuple(options)):
            raise ValueError(f"Choice got {options!r}; expected a list of options: try Choice(['relu', 'tanh'])")
        object.__setattr__(self, "options", tuple(options))

    def at(self, u):
        return self.options[min(int(u * len(self)), len(self) - 1)]

    def ladder(self, n):
        return list(self.options)

    def count(self, n):
        return len(self)

    def __len__(self):
        return len(self.options)


def ranges(space):
    """A copy of the space, when it is one."""
    if not isinstance(space, dict) or not space:
        raise ValueError(f"space is {space!r}; expected a dict of ranges: try {{'lr': LogUniform(1e-4, 1)}}")
    for name, span in space.items():
        if not isinstance(span, Uniform | Integer | Choice):
            raise TypeError(f"space[{name!r}] is {span!r}; expected Uniform, LogUniform, Integer or Choice")
    return dict(space)


def _ordered(span, lowest):
    for name in ("low", "high"):
        number(name, getattr(span, name), lowest, np.inf)
    if span.low >= span.high:
        raise ValueError(f"{span} holds nothing; expected low < high")
