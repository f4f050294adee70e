"""What losses of several inputs refuse at the door, with the words of `course_lib.validation`."""

import numpy as np

from course_lib.validation import floats, require, signs


def beside(first, x, shape, **others):
    """ValueError when one of the others, arrays or tensors, does not have the shape it needs beside x."""
    for name, other in others.items():
        if tuple(other.shape) != tuple(shape):
            shapes = f"{first} has shape {tuple(x.shape)} and {name} {tuple(other.shape)}"
            raise ValueError(f"{shapes}; expected {name} {tuple(shape)}: try reshape on one of them")


def matrix(name, x, axes):
    """ValueError when x, an array or a tensor, does not have exactly these two axes, for example "(N, D)"."""
    if x.ndim != 2:
        raise ValueError(f"{name} has shape {tuple(x.shape)}; expected {axes}: try reshape or {name}[None]")


def alike(axes=0, **arrays):
    """Copies of the arrays, when they have one shape with as many axes or more; all of the first one's dtype."""
    arrays = {name: floats(name, array, axes) for name, array in arrays.items()}
    (first, x), *_ = arrays.items()
    beside(first, x, x.shape, **arrays)
    return [array.astype(x.dtype) for array in arrays.values()]


def numbers(name, array):
    """array, when it holds numbers of any kind."""
    array = np.asarray(array)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} is {array.dtype}; expected numbers: try {name}.astype(float)")
    return array


def signs_beside(first, x, each, target):
    """target, when it is −1 or +1 for each of x's examples, in their dtype."""
    target = numbers("target", target)
    beside(first, x, each.shape, target=target)
    return signs(each, target)[1]


def chosen(first, scores, action):
    """A copy of the scores (N, A), and an index for the action (N,) that was chosen in each row."""
    scores, action = floats(first, scores).copy(), np.asarray(action)
    matrix(first, scores, "(N, A)")
    beside(first, scores, scores.shape[:1], action=action)
    if action.dtype.kind not in "iu":
        raise TypeError(f"action is {action.dtype}; expected integers: try action.astype(int)")
    last = scores.shape[1] - 1
    require("action holds", action, (action >= 0) & (action <= last), f"expected actions from 0 to A − 1 = {last}")
    return scores, (np.arange(len(action)), action.copy())
