"""What all methods share: asking the objective, keeping its answers, and not spending more than the budget."""

from numbers import Integral
from typing import NamedTuple

import numpy as np

from course_lib.search.space import ranges

__all__ = ["Result", "Run", "Trial", "affordable", "cost", "whole"]


class Trial(NamedTuple):
    point: dict
    value: float
    resource: int


class Result(NamedTuple):
    """The smallest value, the first of equals, and its point. history: every Trial in the order of the calls."""

    best_point: dict
    best_value: float
    history: list[Trial]


def cost(trial):
    """What trials are compared by."""
    return trial.value if np.isfinite(trial.value) else np.inf


class Run:
    """One search. left: what is left of the budget."""

    def __init__(self, objective, space, budget, rng):
        self.objective, self.space, self.rng = objective, ranges(space), rng
        self.left, self.history = whole("budget", budget, 1), []
        if not isinstance(rng, np.random.Generator):
            raise TypeError(f"rng is {rng!r}; expected a generator: try np.random.default_rng(0)")

    def draw(self):
        return {name: span.at(self.rng.uniform()) for name, span in self.space.items()}

    def trial(self, point, *resource):
        return self.keep(point, self.ask(point, *resource), *resource)

    def ask(self, point, *arguments):
        """The objective's answer. It is asked with a copy of the point, so that it cannot change the history."""
        try:
            return self.objective(dict(point), *arguments)
        except Exception as error:
            call = ", ".join(map(repr, (point, *arguments)))
            what = f"objective raised {type(error).__name__}: {error}"
            raise RuntimeError(f"{what}; expected a number: try objective({call}) on its own") from error

    def keep(self, point, value, resource=1):
        self.left -= resource
        self.history.append(Trial(dict(point), _float(value), resource))
        return self.history[-1]

    def result(self):
        best = min(self.history, key=cost)
        if cost(best) == np.inf:
            raise ValueError(
                f"no value was finite, the first was {best.value}; expected one at least: try other ranges"
            )
        return Result(dict(best.point), best.value, self.history)


def whole(name, value, low):
    """value as an int when it is a whole number, low or more; ValueError when not."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < low:
        raise ValueError(f"{name} is {value!r}; expected a whole number, {low} or more")
    return int(value)


def affordable(budget, price, what):
    if budget < price:
        raise ValueError(f"budget is {budget}; expected {price} or more, the price of {what}")


def _float(value):
    try:
        if isinstance(value, str) or np.ndim(value):
            raise TypeError
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"objective gave {value!r}; expected a number: does it end with return?") from None
