"""The same right answer in another manner: in float32, as lists, with prints, warnings and a progress bar."""

import functools
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

Change = Callable[[Any], Any]


def single_precision(candidate: Callable[..., Any]) -> Callable[..., Any]:
    """All floating arrays are float32, on the way in and on the way out."""

    def cast(value: Any) -> Any:
        if isinstance(value, np.ndarray | np.generic) and value.dtype == np.float64:
            return value.astype(np.float32)
        return _inside(cast, value)

    return _around(candidate, cast, cast)


def lists(candidate: Callable[..., Any]) -> Callable[..., Any]:
    """Arrays come back as lists, numbers as plain numbers."""

    def listed(value: Any) -> Any:
        return value.tolist() if isinstance(value, np.ndarray | np.generic) else _inside(listed, value)

    return _around(candidate, lambda value: value, listed)


def noisy(candidate: Callable[..., Any]) -> Callable[..., Any]:
    """Prints, warns and draws a progress bar at every call; NumPy warns, too."""

    def noise(value: Any) -> Any:
        print("got", type(value).__name__)
        warnings.warn("work in progress", stacklevel=2)
        sys.stderr.write("\r[#####     ] 50%\r[##########] 100%\n")
        np.ones(1) / np.zeros(1)
        return value

    return _around(candidate, lambda value: value, noise)


STYLES = {"float32": single_precision, "lists": lists, "noisy": noisy}


def _inside(change: Change, value: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(change(item) for item in value)
    if isinstance(value, dict):
        return {key: change(item) for key, item in value.items()}
    return value


def _around(candidate: Callable[..., Any], before: Change, after: Change) -> Callable[..., Any]:
    """The function with its arguments and answer changed; of a class, those of the methods of its objects."""

    def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function, updated=())
        def call(*arguments: Any, **named: Any) -> Any:
            answer = function(*map(before, arguments), **{name: before(value) for name, value in named.items()})
            return wrapped(answer) if callable(answer) and not isinstance(candidate, type) else after(answer)

        return call

    if not isinstance(candidate, type):
        return wrapped(candidate)

    class Changed:
        """Stands for an object of the class; attributes are the object's own."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            object.__setattr__(self, "_unit", candidate(*map(before, arguments), **named))

        def __getattr__(self, name: str) -> Any:
            value = getattr(object.__getattribute__(self, "_unit"), name)
            own = callable(value) and name in ("forward", "backward", "fit", "predict", "update", "step", "learn")
            return wrapped(value) if own else value

        def __setattr__(self, name: str, value: Any) -> None:
            setattr(object.__getattribute__(self, "_unit"), name, value)

    return Changed
