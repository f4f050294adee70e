"""Gradients: measured by differences, compared with those derived by hand, and clipped."""

import math
from collections.abc import Mapping

import numpy as np

from course_lib.validation import floats, number, require

__all__ = [  # noqa: RUF022 in the order of the file
    "numerical_gradient", "check_gradient", "clip_by_value", "clip_by_norm",
]  # fmt: skip


def numerical_gradient(f, x, step=1e-5):
    """(f(x + h·eᵢ) − f(x − h·eᵢ)) / 2h for every entry i, h = step·max(1, |xᵢ|): central differences.

    f: an array like x -> one number; x of any shape -> its gradient. The error is about h²·f‴/6 of the formula and
    1e-16·|f|/h of rounding; step balances the two. f is always given float64, as float32 would leave one digit.
    """
    x, step = floats("x", x), number("step", step, 0, math.inf)
    gradient = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += step * max(1, abs(x[i]))
        down[i] -= step * max(1, abs(x[i]))
        distance = up[i] - down[i]  # 2h as it was rounded
        gradient[i] = (_value(f, up) - _value(f, down)) / distance
    return gradient.astype(x.dtype)


def check_gradient(f, x, gradient, step=1e-5, eps=1e-4):
    """|gradient − n| / max(|gradient|, |n|, eps) at its worst entry, n the numerical gradient of f at x.

    -> (the relative error there, the index of that entry). Below 1e-6 the gradient is right, above 1e-3 it is wrong;
    between the two look for a kink. Entries smaller than eps are compared with eps, as what is left there is rounding.
    """
    x, gradient, eps = floats("x", x), floats("gradient", gradient), number("eps", eps, 0, math.inf)
    if gradient.shape != x.shape:
        raise ValueError(f"gradient has shape {gradient.shape} and x {x.shape}; expected equal shapes: try gradient.T")
    n = numerical_gradient(f, x.astype(float), step)
    errors = abs(gradient - n) / np.maximum(np.maximum(abs(gradient), abs(n)), eps)
    worst = np.unravel_index(errors.argmax(), errors.shape)  # argmax takes nan for the largest, and so do we
    return float(errors[worst]), tuple(int(i) for i in worst)


def clip_by_value(grads, limit):
    """min(max(g, −limit), limit) for every entry g, which changes the direction.

    grads: a dict of arrays as a layer keeps it, or one array -> the same with new arrays. Mikolov (2012), Statistical
    language models based on neural networks (PhD thesis, Brno).
    """
    limit = number("limit", limit, 0, math.inf)
    return _map(lambda g: np.clip(g, -limit, limit), grads)


def clip_by_norm(grads, max_norm):
    """g · min(1, max_norm / ‖g‖), g all gradients taken together as one vector: its direction is kept.

    grads: a dict of arrays as a layer keeps it, or one array -> the same with new arrays. ValueError for inf and nan.
    Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural networks, arXiv:1211.5063.
    """
    max_norm = number("max_norm", max_norm, 0, math.inf)
    norm = 0.0
    for g in grads.values() if isinstance(grads, Mapping) else [grads]:
        require("grads holds", np.asarray(g), np.isfinite(g), "expected finite numbers: try a smaller learning rate")
        norm = np.hypot(norm, np.hypot.reduce(np.ravel(g), dtype=float))  # hypot does not square: no overflow
    return _map(lambda g: g * float(max_norm / max(norm, max_norm)), grads)


def _map(function, grads):
    if isinstance(grads, Mapping):
        return {name: function(floats(f"grads[{name!r}]", g)) for name, g in grads.items()}
    return function(floats("grads", grads))


def _value(f, x):
    value = np.asarray(f(x))
    if value.shape != () or value.dtype.kind not in "iuf":
        kind = f"shape {value.shape}" if value.shape else type(value.item()).__name__
        raise ValueError(f"f answered {kind}; expected one number: try np.sum(dy * f(x)) with a random dy")
    return float(value)
