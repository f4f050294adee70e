"""Pictures of one unit: its sum, its step, its cut through the square of two inputs."""

from typing import Any

import numpy as np

from course_lib import activations, perceptron
from course_lib.figures.picture import BLACK, BLUE, GRAY, ORANGE, SKY, VERMILLION, Picture, drawn

SQUARE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def said(number):
    """A short number with a real minus: 1, −0.5."""
    return f"{number:.3g}".replace("-", "−")


@drawn
def unit(x=(1, 0, 1), weights=(1, 1, -1), bias=-1) -> Picture:
    """A threshold logic unit with its inputs, weights, sum and answer."""
    z = float(np.dot(x, weights) + bias)
    y = float(perceptron.ThresholdLogicUnit(weights, bias).forward(x))
    inputs = ", ".join(f"{said(value)} with weight {said(weight)}" for value, weight in zip(x, weights))
    picture = Picture(
        f"A unit with the inputs {inputs}, and a bias of {said(bias)}. The sum is {said(z)}, "
        f"so the step gives {said(y)}.",
        height=0.75 + 0.6 * (len(x) + 1),
    )
    (panel,) = picture.panels("")
    rows = np.arange(len(x) + 1)[::-1] - len(x) / 2
    panel.set(xlim=(-0.55, 4.1), ylim=(rows[-1] - 0.55, rows[0] + 0.75), xticks=[], yticks=[])
    panel.axis("off")
    values, names = [*x, 1], [*(f"$x_{i}$" for i in range(1, len(x) + 1)), "always 1"]
    for row, value, weight, name in zip(rows, values, [*weights, bias], names):
        color = BLUE if value * weight > 0 else VERMILLION if value * weight < 0 else GRAY
        panel.plot([0, 1.8], [row, 0], color=color, linewidth=1 + 1.4 * abs(weight), alpha=0.75, zorder=1)
        panel.plot(0, row, "o", markersize=27, color="white", markeredgecolor=BLACK, zorder=2)
        panel.text(0, row, said(value), ha="center", va="center", zorder=3)
        panel.text(-0.2, row, name, ha="right", va="center")
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
        panel.text(0.72, row * 0.6, f"× {said(weight)}", ha="center", va="center", color=color, bbox=box, zorder=3)
    for place, text, title in ((1.8, f"z = {said(z)}", "sum"), (2.85, "", "step"), (3.75, f"y = {said(y)}", "answer")):
        panel.plot(place, 0, "o", markersize=48, color="white", markeredgecolor=BLACK, zorder=2)
        panel.text(place, 0, text, ha="center", va="center", fontsize=9.5, zorder=3)
        panel.text(place, rows[0] + 0.45, title, ha="center", va="center", color=GRAY)
    panel.plot([2.69, 2.85, 2.85, 3.01], [-0.16, -0.16, 0.16, 0.16], color=BLACK, zorder=3)
    for start, end in ((2.05, 2.6), (3.1, 3.5)):
        panel.annotate("", (end, 0), (start, 0), arrowprops={"arrowstyle": "->", "color": GRAY})
    panel.text(0.3, rows[0] + 0.45, "inputs × weights", ha="center", va="center", color=GRAY)
    return picture


@drawn
def steps() -> Picture:
    """Heaviside's step and the sign, with the value at 0."""
    units: dict[str, Any] = {"Heaviside": activations.Heaviside(), "Sign": activations.Sign()}
    at_zero = {name: float(one.forward(np.zeros(1))[0]) for name, one in units.items()}
    z = np.linspace(-3, 3, 7)
    ends = {name: (float(one.forward(z).min()), float(one.forward(z).max())) for name, one in units.items()}
    told = [
        f"{name} jumps from {low:g} to {high:g} and is {at_zero[name]:g} at 0" for name, (low, high) in ends.items()
    ]
    picture = Picture(f"Two steps. {'; '.join(told)}.", height=2.5)
    for panel, (name, (low, high)) in zip(picture.panels(*units, sharey=True), ends.items()):
        panel.plot([-3, 0], [low, low], color=BLUE)
        panel.plot([0, 3], [high, high], color=BLUE)
        for height in {low, high} - {at_zero[name]}:
            panel.plot(0, height, "o", markersize=7, color="white", markeredgecolor=BLUE, markeredgewidth=1.8)
        panel.plot(0, at_zero[name], "o", markersize=7, color=BLUE)
        panel.set(xlabel="z", ylabel="y", ylim=(-1.3, 1.3), yticks=[-1, 0, 1], xlim=(-3, 3))
    return picture


def corners(panel, wanted):
    """The four corners, filled where a 1 is wanted."""
    for corner, one in zip(SQUARE, wanted):
        panel.plot(*corner, "o", markersize=11, color=BLACK if one else "white", markeredgecolor=BLACK, zorder=3)
    panel.set(xlim=(-0.45, 1.45), ylim=(-0.45, 1.45), xticks=[0, 1], yticks=[0, 1], aspect="equal")


def firing_side(panel, weights, bias, low, high, color=SKY):
    """Shade where the unit fires, and draw the line where its sum is 0."""
    x1, x2 = np.meshgrid(np.linspace(low, high, 201), np.linspace(low, high, 201))
    plane = np.stack([x1, x2], axis=-1)
    y = perceptron.ThresholdLogicUnit(weights, bias).forward(plane)
    if 0 < y.mean() < 1:
        panel.contourf(x1, x2, y, levels=[0.5, 1.5], colors=[color], alpha=0.3)
        panel.contour(x1, x2, plane @ np.asarray(weights, float) + bias, levels=[0], colors=[BLUE], linewidths=2)
    elif y.all():
        panel.set_facecolor("#ddf0fa")


@drawn
def gates(neurons) -> Picture:
    """neurons: name -> (weights, threshold). What each says to the four corners of the square, and its cut."""
    answers = {
        name: perceptron.McCullochPitts(weights, threshold).forward(SQUARE)
        for name, (weights, threshold) in neurons.items()
    }
    told = [
        f"{name}, weights {' and '.join(map(said, weights))}, threshold {said(threshold)}, answers "
        f"{', '.join(map(str, answers[name]))}"
        for name, (weights, threshold) in neurons.items()
    ]
    picture = Picture(f"The corners 00, 01, 10, 11 of a square. {'; '.join(told)}.", height=2.6)
    for panel, (name, (weights, threshold)) in zip(picture.panels(*neurons), neurons.items()):
        firing_side(panel, weights, -threshold, -0.45, 1.45)
        corners(panel, answers[name])
        panel.set(xlabel="A", ylabel="B")
    return picture


@drawn
def cut(w1=1.0, w2=1.0, bias=-1.5, gate="AND") -> Picture:
    """One unit and one gate: which corners it gets right."""
    wanted = GATES[gate]
    y = perceptron.ThresholdLogicUnit((w1, w2), bias).forward(SQUARE)
    right = int(np.sum(y == wanted))
    picture = Picture(
        f"{gate}: a unit with weights {said(w1)} and {said(w2)} and bias {said(bias)} answers "
        f"{', '.join(f'{one:g}' for one in y)} where {', '.join(map(str, wanted))} is wanted: {right} of 4 right.",
        height=3.4,
    )
    left, values = picture.panels(f"{gate}: {right} of 4 corners right", "The four sums z", width_ratios=(1, 1.25))
    firing_side(left, (w1, w2), bias, -0.45, 1.45)
    corners(left, wanted)
    for corner in SQUARE[y != wanted]:
        left.plot(*corner, "x", markersize=20, markeredgewidth=2.2, color=VERMILLION, zorder=4)
    left.set(xlabel="A", ylabel="B")
    z = SQUARE @ (w1, w2) + bias
    places = np.arange(4)
    values.bar(places, z, color=[SKY if one else ORANGE for one in y], width=0.6, edgecolor=BLACK)
    values.axhline(0, color=BLUE, linewidth=2)
    reach = max(1.0, float(np.abs(z).max())) * 1.25
    values.set(xticks=places, xticklabels=[f"{a:g}{b:g}" for a, b in SQUARE], xlabel="A B", ylim=(-reach, reach))
    for place, height, one in zip(places, z, y):
        values.annotate(
            f"y = {one:g}", (place, height), (0, 4 if height >= 0 else -4), textcoords="offset points",
            ha="center", va="bottom" if height >= 0 else "top", fontsize=9.5,
        )  # fmt: skip
    return picture


GATES = {
    "AND": np.array([0, 0, 0, 1]),
    "OR": np.array([0, 1, 1, 1]),
    "NAND": np.array([1, 1, 1, 0]),
    "A AND NOT B": np.array([0, 0, 1, 0]),
    "XOR": np.array([0, 1, 1, 0]),
}
