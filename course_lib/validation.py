"""What is refused at the door, and in which words: what was wrong, what was expected, what to try."""

from numbers import Real

import numpy as np


def number(name, value, low, high, or_low=False):
    """value as a float when it lies in (low, high), or in [low, high); ValueError when not."""
    if not isinstance(value, Real) or not (low < value < high or (or_low and value == low)):
        raise ValueError(f"{name} is {value!r}; expected {low} {'≤' if or_low else '<'} {name} < {high}")
    return float(value)  # a np.float64 would turn float32 arrays into float64


def one_of(name, value, choices):
    if value not in choices:
        raise ValueError(f"{name} is {value!r}; expected one of {choices}")
    return value


def require(what, array, right, expected):
    """ValueError with the first entry of the array that is not right."""
    if not right.all():
        raise ValueError(f"{what} {array[~right].flat[0]}; {expected}")


def floats(name, array, axes=0):
    """array, when it is float64 or float32, not empty, and has as many axes or more."""
    array = np.asarray(array)
    if array.dtype not in (np.float32, np.float64):
        raise TypeError(f"{name} is {array.dtype}; expected float64 or float32: try {name}.astype(float)")
    if array.size == 0:
        raise ValueError(f"{name} is empty, with shape {array.shape}; expected at least one example")
    if array.ndim < axes:
        raise ValueError(f"{name} is a single number; expected an array: try np.atleast_1d({name})")
    return array


def upstream(dy, y):
    """dy as an array like y, what forward answered; None before that."""
    if y is None:
        raise ValueError("backward came before forward; expected forward first")
    dy = np.asarray(dy, y.dtype)
    if dy.shape != y.shape:
        raise ValueError(f"dy has shape {dy.shape}; expected forward's shape {y.shape}")
    return dy


def arrays(prediction, target, axes=0):
    prediction, target = floats("prediction", prediction, axes), np.asarray(target)
    if target.dtype.kind not in "biuf":
        raise TypeError(f"target is {target.dtype}; expected numbers: try target.astype(float)")
    return prediction, target


def pair(prediction, target, axes=0):
    """prediction and target of one shape, with as many axes or more, and of prediction's dtype."""
    prediction, target = arrays(prediction, target, axes)
    same_shape(prediction, target)
    return prediction, target.astype(prediction.dtype)


def fractions(prediction, target):
    prediction, target = pair(prediction, target)
    inside = (target >= 0) & (target <= 1)
    require("target holds", target, inside, "expected 0 to 1: try (target + 1) / 2 for −1 and +1")
    return prediction, target


def signs(prediction, target):
    prediction, target = pair(prediction, target)
    require("target holds", target, abs(target) == 1, "expected −1 or +1: try 2*target − 1 for 0 and 1")
    return prediction, target


def classes(prediction, target):
    """prediction (N, K), and target as probabilities (N, K): a label becomes a row with a single 1."""
    prediction, target = arrays(prediction, target)
    class_shapes(prediction, target)
    if target.ndim == 1:
        if target.dtype.kind not in "iu":
            raise TypeError(f"target is {target.dtype}; expected integer labels: try target.astype(int)")
        last = prediction.shape[1] - 1
        inside = (target >= 0) & (target <= last)
        require("target holds", target, inside, f"expected labels from 0 to K − 1 = {last}")
        target = target[:, None] == np.arange(last + 1)
    inside = (target >= 0) & (target <= 1)
    require("target holds", target, inside, "expected probabilities, 0 to 1: try target / target.sum(…)")
    total, tolerance = target.sum(axis=1, dtype=float), 1e-3 if target.dtype.itemsize < 8 else 1e-6
    expected = "expected 1: try target / target.sum(axis=1, keepdims=True)"
    require("a row of target sums to", total, abs(total - 1) <= tolerance, expected)
    return prediction, target.astype(prediction.dtype)


def same_shape(prediction, target):
    if prediction.shape != target.shape:
        shapes = f"prediction has shape {tuple(prediction.shape)} and target {tuple(target.shape)}"
        raise ValueError(f"{shapes}; expected equal shapes: try reshape on one of them")


def class_shapes(prediction, target):
    if prediction.ndim != 2 or target.shape not in (prediction.shape, prediction.shape[:1]):
        shapes = f"prediction has shape {tuple(prediction.shape)} and target {tuple(target.shape)}"
        expected = "expected (N, K) with integer labels (N,) or probabilities (N, K)"
        raise ValueError(f"{shapes}; {expected}: try reshape on one of them")
