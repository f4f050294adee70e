"""Pictures of measured slopes: how they are taken, and where they mislead."""

import numpy as np

from course_lib import activations, gradients, losses
from course_lib.figures.backpropagation.network import START, run
from course_lib.figures.picture import (
    BLACK,
    BLUE,
    DASHDOT,
    DASHED,
    GRAY,
    GREEN,
    VERMILLION,
    Picture,
    drawn,
    note,
)


@drawn
def nudge() -> Picture:
    """The loss of D1's network over two of its weights, one at a time, with the slope that backpropagation tells."""
    chosen = (("x1→h1", "hidden_weight", (0, 0)), ("h1→o", "output_weight", (0,)))
    _, slopes = run()
    told, curves = [], []
    for edge, name, at in chosen:
        weight = np.array(START[name], float)
        here, reach = weight[at], np.linspace(-1.5, 1.5, 61)
        found = []
        for change in reach:
            moved = weight.copy()
            moved[at] = here + change
            found.append(run(**{name: moved})[0]["L"])
        told.append(f"{edge} is {here:.2f} with slope {slopes[edge]:.2f}")
        curves.append((here, here + reach, np.array(found)))
    picture = Picture(f"The loss over one weight at a time, and its tangent. {'; '.join(told)}.", height=2.9)
    panels = picture.panels(*(f"Weight {edge}" for edge, *_ in chosen), sharey=True)
    for panel, (edge, *_), (here, places, heights) in zip(panels, chosen, curves):
        now = run()[0]["L"]
        panel.plot(places, heights, color=BLUE, label="loss")
        near = here + np.array([-0.8, 0.8])
        panel.plot(near, now + slopes[edge] * (near - here), color=VERMILLION, linestyle=DASHED, label="its slope here")
        panel.plot(here, now, "o", color=BLACK)
        panel.set(xlabel=f"weight {edge}")
        note(panel, f"slope {slopes[edge]:.2f}".replace("-", "−"), (here, now), (8, -16))
    panels[0].set_ylabel("loss")
    picture.legend_above(panels[0])
    return picture


@drawn
def step_sizes(x=0.5) -> Picture:
    """How wrong a measured slope of log-cosh is, over the step: forward and central, in 64 and in 32 bits."""
    steps = np.logspace(-12, 0, 49)
    right = float(np.tanh(x))

    def height(at):
        return losses.LogCosh().forward(np.atleast_1d(at), np.zeros(1, np.asarray(at).dtype))

    errors: dict[str, list[float]] = {"one-sided": [], "central": [], "central, in 32 bits": []}
    for step in steps:
        errors["one-sided"].append((height(x + step) - height(x)) / step - right)
        errors["central"].append(gradients.numerical_gradient(lambda at: height(at)[()], np.array(x), step) - right)
        up, down = np.float32(x) + np.float32(step), np.float32(x) - np.float32(step)
        distance = float(up - down)
        rise = float(height(up)) - float(height(down))
        errors["central, in 32 bits"].append(rise / distance - right if distance else np.nan)
    best = {name: (steps[np.nanargmin(np.abs(e))], np.nanmin(np.abs(e))) for name, e in errors.items()}
    picture = Picture(
        "Error of a measured slope over the step. "
        + "; ".join(f"{name}: near {low:.0e} at a step of {at:.0e}" for name, (at, low) in best.items())
        + ". Larger steps lose by the bend of the curve, smaller ones by rounding.",
        height=3.2,
    )
    (panel,) = picture.panels("How wrong is a measured slope?")
    looks = ((VERMILLION, DASHED), (BLUE, "-"), (GREEN, DASHDOT))
    for (name, error), (color, style) in zip(errors.items(), looks):
        panel.plot(steps, np.maximum(np.abs(error), 1e-15), color=color, linestyle=style, label=name)
    panel.set(xscale="log", yscale="log", xlabel="step h", ylabel="error of the slope", ylim=(3e-14, 3))
    note(panel, "rounding", (1e-11, 2e-2), (0, 0), color=GRAY)
    note(panel, "bending", (2e-2, 2e-6), (0, 0), color=GRAY)
    picture.legend_above(panel)
    return picture


@drawn
def kink(distance=0.03, step=0.1) -> Picture:
    """A central difference that reaches over the corner of a ReLU."""
    x = np.linspace(-0.25, 0.35, 200)
    unit = activations.ReLU()
    places = np.array([distance - step, distance, distance + step])
    heights = unit.forward(places)
    measured = (heights[2] - heights[0]) / (2 * step)
    picture = Picture(
        f"A ReLU at x = {distance:g}, where its slope is 1. A central difference with step {step:g} looks "
        f"on both sides of the corner, and the measured slope is {measured:.2f}.",
        height=2.8,
    )
    (panel,) = picture.panels("Measured across a corner")
    panel.plot(x, unit.forward(x), color=BLUE, label="ReLU")
    panel.plot(places[[0, 2]], heights[[0, 2]], "o--", color=VERMILLION, label=f"measured: {measured:.2f}")
    panel.plot(places[1], heights[1], "o", color=BLACK, label="slope here: 1")
    panel.set(xlabel="x", ylabel="max(x, 0)")
    picture.legend_above(panel)
    return picture


@drawn
def long_way(widest=900.0) -> Picture:
    """The largest error of the gradient for two logits, through the probabilities and by p − t."""
    gaps = np.linspace(0, widest, 181)
    labels = np.array([0])
    long, short = [], []
    for gap in gaps:
        logits = np.array([[-gap, 0.0]])
        softmax, loss = activations.Softmax(), losses.CrossEntropy()
        probs = softmax.forward(logits)
        with np.errstate(all="ignore"):
            dp = np.where(np.eye(2)[labels] > 0, -1 / probs, 0)
            long.append(softmax.backward(dp)[0, 0])
        loss.forward(logits, labels)
        short.append(loss.backward()[0, 0])
    lost = gaps[~np.isfinite(long)]
    told = f"is lost from a gap of {lost[0]:.0f} on" if lost.size else "gives the same here"
    picture = Picture(
        f"The gradient for the logit of the true class, 0 to {widest:g} below the other. By p − t it goes to "
        f"{short[-1]:.2f} and stays. The way through the probabilities {told}.",
        height=2.8,
    )
    (panel,) = picture.panels("Two ways back through softmax and cross-entropy")
    panel.plot(gaps, short, color=BLUE, label="p − t")
    panel.plot(gaps, long, color=VERMILLION, linestyle=DASHED, linewidth=3.5, label="through the probabilities")
    if lost.size:
        panel.axvspan(lost[0], widest, color=VERMILLION, alpha=0.1, linewidth=0)
        note(panel, "nan: 1/p is infinite", ((lost[0] + widest) / 2, -0.6), (0, 0), ha="center")
    panel.set(xlabel="how far the true logit lies below the other", ylabel="gradient for it", ylim=(-1.15, -0.4))
    picture.legend_above(panel)
    return picture
