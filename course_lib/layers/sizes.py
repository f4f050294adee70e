"""Sizes of layers and shapes of what they are given, checked for the reference and its twin alike."""

from numbers import Integral


def whole(name, value, low=1):
    """value when it is a whole number of `low` or more."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < low:
        raise ValueError(f"{name} is {value!r}; expected a whole number, {low} or more")
    return int(value)


def sizes(name, value, axes, low=1):
    """A whole number for each axis; a single one counts for all of them."""
    values = value if isinstance(value, tuple) else (value,) * axes
    if len(values) != axes:
        raise ValueError(f"{name} is {value!r}; expected a whole number, or a tuple of {axes}")
    return tuple(whole(name, each, low) for each in values)


def axes_of_x(x, axes, names):
    """ValueError when x has another number of axes than `names`, such as "(N, T, D)", shows."""
    if x.ndim != axes:
        raise ValueError(f"x has shape {tuple(x.shape)}; expected {names}: try x[None] for a single example")


def last_axis(name, x, size):
    if x.ndim == 0 or x.shape[-1] != size:
        raise ValueError(f"{name} has shape {tuple(x.shape)}; expected (…, {size}): try reshape, or another layer size")


def channels(x, count):
    if x.shape[1] != count:
        raise ValueError(f"x has shape {tuple(x.shape)}; expected {count} channels in its second axis: try moveaxis")


def room(size, reach):
    """ValueError when a window is larger than what it slides over."""
    if any(have < need for have, need in zip(size, reach)):
        seen = f"with its padding x has {tuple(size)} places and the kernel reaches over {tuple(reach)}"
        raise ValueError(f"{seen}; expected no kernel beyond x: try a smaller kernel_size or more padding")


def some_places(size):
    if min(size) < 1:
        raise ValueError(f"y would have {tuple(size)} places; expected one or more: try less padding")
