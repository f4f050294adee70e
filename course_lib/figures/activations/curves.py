"""Pictures of activations that work on each number by itself: a value and a slope over x."""

from typing import Any

import numpy as np

from course_lib import activations
from course_lib.figures.picture import (
    BLACK,
    BLUE,
    DASHDOT,
    DASHED,
    DOTTED,
    GRAY,
    GREEN,
    ORANGE,
    PURPLE,
    SERIES,
    SKY,
    SOLID,
    VERMILLION,
    Picture,
    drawn,
    note,
)

ELEMENTWISE = (
    "Heaviside", "Sign", "Identity", "Sigmoid", "Tanh", "ReLU", "LeakyReLU", "RReLU", "PReLU", "ELU", "SELU",
    "Softplus", "Swish", "Mish", "GELU",
)  # fmt: skip
PARAMETER = {"LeakyReLU": "alpha", "PReLU": "alpha", "ELU": "alpha", "Swish": "beta"}
# One color and one line style for each activation that can be compared with others.
LOOKS: dict[str, dict[str, Any]] = {
    "Identity": {"color": GRAY, "linestyle": DOTTED},
    "Sigmoid": {"color": BLACK, "linestyle": DASHDOT},
    "Tanh": {"color": VERMILLION, "linestyle": DASHED},
    "ReLU": {"color": BLUE, "linestyle": SOLID},
    "LeakyReLU": {"color": SKY, "linestyle": DASHED},
    "PReLU": {"color": SKY, "linestyle": DOTTED},
    "ELU": {"color": GREEN, "linestyle": DASHDOT},
    "SELU": {"color": GREEN, "linestyle": (0, (3, 1.5))},
    "Softplus": {"color": ORANGE, "linestyle": SOLID},
    "Swish": {"color": PURPLE, "linestyle": SOLID},
    "Mish": {"color": PURPLE, "linestyle": DOTTED},
    "GELU": {"color": ORANGE, "linestyle": DASHED},
}


def make(name, parameter=None):
    """The activation of this name, with `parameter` for its α or β if it has one; RReLU as it is in evaluation."""
    if name == "RReLU":
        unit = activations.RReLU(rng=np.random.default_rng(0))
        unit.training = False
        return unit
    options = {PARAMETER[name]: parameter} if name in PARAMETER and parameter is not None else {}
    return getattr(activations, name)(**options)


def curve(unit, x):
    """Value and slope at every x."""
    value = unit.forward(x)
    return value, unit.backward(np.ones_like(x))


def broken(y, most=0.3):
    """y with a gap where it jumps: a jump is not a steep line."""
    return np.where(np.abs(np.diff(y, prepend=y[0])) > most, np.nan, y)


@drawn
def gallery() -> Picture:
    """Every activation of one number, with its slope."""
    x = np.linspace(-4, 4, 401)
    seen = {name: curve(make(name), x) for name in ELEMENTWISE}
    told = [f"{name} {value.min():.2f} to {value.max():.2f}" for name, (value, _) in seen.items()]
    picture = Picture(
        f"Fifteen small panels, one for each activation, with its value and its slope for x from −4 to 4. "
        f"The values there: {'; '.join(told)}.",
        height=7.2,
    )
    panels = picture.subplots(4, 4, sharex=True, sharey=True).ravel()
    for panel, (name, (value, slope)) in zip(panels, seen.items()):
        panel.set_title(name)
        panel.plot(x, broken(value), color=BLUE, label="value")
        panel.plot(x, broken(slope), color=VERMILLION, linestyle=DASHED, linewidth=1.7, label="slope")
        panel.axvline(0, color=GRAY, linewidth=0.7)
        panel.axhline(0, color=GRAY, linewidth=0.7)
    low, high = (curve(activations.LeakyReLU(alpha), x)[0] for alpha in (1 / 8, 1 / 3))
    panels[ELEMENTWISE.index("RReLU")].fill_between(x, low, high, color=SKY, alpha=0.45, linewidth=0)
    panels[-1].axis("off")
    panels[-1].legend(*panels[0].get_legend_handles_labels(), loc="center left")
    panels[0].set(xlim=(-4, 4), ylim=(-1.6, 2.6), xticks=[-4, -2, 0, 2, 4], yticks=[-1, 0, 1, 2])
    for panel in panels[12:15]:
        panel.set_xlabel("x")
    return picture


@drawn
def value_and_slope(units, reach=4.0) -> Picture:
    """units: label -> activation, or names; its value on the left and its slope on the right."""
    units = units if isinstance(units, dict) else {name: make(name) for name in units}
    x = np.linspace(-reach, reach, 801)
    seen = {label: curve(unit, x) for label, unit in units.items()}
    told = [
        f"{label} runs from {value[0].round(2) + 0:.2f} to {value[-1]:.2f}, its slope between "
        f"{slope.min():.2f} and {slope.max():.2f}"
        for label, (value, slope) in seen.items()
    ]
    picture = Picture(f"Values and slopes for x from −{reach:g} to {reach:g}. {'; '.join(told)}.")
    left, right = picture.panels("Value", "Slope: what backward multiplies by")
    for (label, (value, slope)), (color, style) in zip(seen.items(), SERIES):
        left.plot(x, value, color=color, linestyle=style, label=label)
        right.plot(x, broken(slope), color=color, linestyle=style)
    left.set(xlabel="x", ylabel="y")
    right.set(xlabel="x", ylabel="dy / dx")
    for panel in (left, right):
        panel.axvline(0, color=GRAY, linewidth=0.8)
    picture.legend_above(left)
    return picture


@drawn
def gelu_forms() -> Picture:
    """How far GELU's cheaper forms are from the exact one."""
    x = np.linspace(-5, 5, 1001)
    exact = activations.GELU().forward(x)
    off = {
        "tanh form": activations.GELU("tanh").forward(x) - exact,
        "x·σ(1.702x), Swish with β = 1.702": activations.Swish(1.702).forward(x) - exact,
    }
    told = [f"{label} up to {np.abs(difference).max():.5f}" for label, difference in off.items()]
    picture = Picture(
        f"Differences from the exact GELU for x from −5 to 5, each on a scale of its own: {', '.join(told)}."
    )
    for panel, difference, (color, style) in zip(picture.panels(*off), off.values(), SERIES):
        panel.plot(x, 1000 * difference, color=color, linestyle=style)
        panel.axhline(0, color=GRAY, linewidth=0.8)
        panel.set(xlabel="x", ylabel="difference (thousandths)")
    return picture


@drawn
def compare(names, x=1.0, parameter=None) -> Picture:
    """Values and slopes of several activations, and the tangent of each at one x."""
    span, at = np.linspace(-5, 5, 801), np.array([float(x)])
    seen = {name: (curve(make(name, parameter), span), curve(make(name, parameter), at)) for name in names}
    told = [f"{name} {value[0]:.3f} with slope {slope[0]:.3f}" for name, (_, (value, slope)) in seen.items()]
    picture = Picture(f"Values, slopes and tangents at x = {x:.2f}: {'; '.join(told) or 'nothing was chosen'}.")
    left, right = picture.panels(f"Value, with its tangent at x = {x:.2f}".replace("-", "−"), "Slope")
    for i, (name, ((values, slopes), (value, slope))) in enumerate(seen.items()):
        near = np.array([x - 0.9, x + 0.9])
        left.plot(span, values, **LOOKS[name], label=f"{name}: {slope[0]:.3f}".replace("-", "−"))
        left.plot(near, value + slope * (near - x), color=LOOKS[name]["color"], linewidth=4, alpha=0.35)
        left.plot(x, value, "o", color=LOOKS[name]["color"])
        right.plot(span, broken(slopes), **LOOKS[name])
        right.plot(x, slope, "o", color=LOOKS[name]["color"], markersize=7 - i)
    left.set(xlabel="x", ylabel="y", xlim=(-5, 5), ylim=(-2.2, 4))
    right.set(xlabel="x", ylabel="dy / dx", xlim=(-5, 5), ylim=(-0.4, 2.2))
    for panel in (left, right):
        panel.axvline(x, color=GRAY, linewidth=0.8)
    if not names:
        note(left, "choose an activation", (0, 1), (0, 0), ha="center", color=GRAY)
    else:
        picture.legend_above(left)
    return picture
