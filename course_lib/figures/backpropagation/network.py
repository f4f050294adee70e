"""D1's network of two inputs, two hidden units and one output, drawn with all its numbers."""

from typing import Any

import numpy as np

from course_lib import activations, layers, losses
from course_lib.figures.moving import Moving
from course_lib.figures.picture import BLUE, GRAY, PALE, VERMILLION, Picture, drawn

# Two inputs, the target, and the nine parameters: hidden_weight[j, i] leads from input i to hidden unit j.
START: dict[str, Any] = {
    "x": (1.0, -2.0),
    "y": -1.0,
    "hidden_weight": ((0.5, -0.25), (-1.0, 0.75)),
    "hidden_bias": (0.25, 0.5),
    "output_weight": (2.0, -1.0),
    "output_bias": -0.5,
}
PLACES = {"x1": (0, 1), "x2": (0, 0), "h1": (1, 1), "h2": (1, 0), "o": (2, 0.5), "L": (2.8, 0.5)}
EDGES = (("x1", "h1"), ("x2", "h1"), ("x1", "h2"), ("x2", "h2"), ("h1", "o"), ("h2", "o"))
LAST = 6  # the stages of a run: inputs, hidden, output, loss; then the way back: output, hidden, input side


def run(**changes):
    """-> the network, forward and backward done: values and gradients by name, "x1" … "L", and "x1→h1" … for weights.

    changes replace entries of START.
    """
    at = START | changes
    rng = np.random.default_rng(0)
    net = layers.Sequential(layers.Dense(2, 2, rng), activations.Sigmoid(), layers.Dense(2, 1, rng))
    net.params["0.weight"], net.params["0.bias"] = np.array(at["hidden_weight"], float), np.array(at["hidden_bias"])
    net.params["2.weight"] = np.array([at["output_weight"]], float)
    net.params["2.bias"] = np.array([at["output_bias"]], float)
    dense, sigmoid, last = net.layers
    loss = losses.MeanSquaredError()

    x = np.array([at["x"]], float)
    h = sigmoid.forward(dense.forward(x))
    o = last.forward(h)
    value = loss.forward(o, np.array([[at["y"]]], float))
    do = loss.backward()
    dh = last.backward(do)
    dx = dense.backward(sigmoid.backward(dh))

    values = dict(zip(("x1", "x2", "h1", "h2", "o", "L"), (*x[0], *h[0], *o[0], value)))
    slopes = dict(zip(("x1", "x2", "h1", "h2", "o", "L"), (*dx[0], *dh[0], *do[0], 1.0)))
    weights = (*net.params["0.weight"].ravel(), *net.params["2.weight"].ravel())
    pulls = (*net.grads["0.weight"].ravel(), *net.grads["2.weight"].ravel())
    for (start, end), weight, pull in zip(EDGES, weights, pulls):
        values[f"{start}→{end}"], slopes[f"{start}→{end}"] = weight, pull
    for name, biases, pulled in (("h", "0.bias", net.grads["0.bias"]), ("o", "2.bias", net.grads["2.bias"])):
        for number, (bias, pull) in enumerate(zip(net.params[biases], pulled), start=1):
            at_unit = f"b of {name}{number}" if name == "h" else "b of o"
            values[at_unit], slopes[at_unit] = bias, pull
    return {name: float(v) for name, v in values.items()}, {name: float(g) for name, g in slopes.items()}


def _said(number):
    return f"{number:.2f}".replace("-", "−") if round(number, 2) else "0.00"


def _drawing(picture, values, slopes, stage):
    """The network up to a stage: values in blue from the left, gradients in vermillion from the right."""
    (panel,) = picture.panels("")
    panel.set(xlim=(-0.35, 3.2), ylim=(-0.42, 1.42))
    panel.axis("off")
    panel.set(xticks=[], yticks=[])
    column = {"x1": 0, "x2": 0, "h1": 1, "h2": 1, "o": 2, "L": 3}
    for start, end in EDGES:
        (x0, y0), (x1, y1) = PLACES[start], PLACES[end]
        there, back = column[end] <= stage, 6 - column[end] < stage
        panel.annotate(
            "", (x1, y1), (x0, y0), zorder=1,
            arrowprops={"arrowstyle": "-", "color": BLUE if there else PALE, "linewidth": 1.6},
        )  # fmt: skip
        far = 0.27 if y0 != y1 and end != "o" else 0.5
        text = f"{_said(values[f'{start}→{end}'])}" + (f"\n{_said(slopes[f'{start}→{end}'])}" if back else "")
        _label(panel, (x0 + far * (x1 - x0), y0 + far * (y1 - y0)), text, back)
    panel.annotate(
        "", PLACES["L"], PLACES["o"], arrowprops={"arrowstyle": "-", "color": BLUE if stage >= 3 else PALE}, zorder=1
    )
    for name, (x, y) in PLACES.items():
        known, back = column[name] <= stage, 6 - column[name] <= stage
        panel.plot(x, y, "o", markersize=38, color="white", markeredgecolor=BLUE if known else PALE, zorder=2)
        panel.text(x, y + 0.035, name, ha="center", va="bottom", fontsize=10, fontweight="bold", zorder=3)
        if known:
            panel.text(x, y - 0.01, _said(values[name]), ha="center", va="top", fontsize=9, color=BLUE, zorder=3)
        if back and name != "L":
            outside = 0.24 if y > 0.4 else -0.24
            panel.text(x, y + outside, _said(slopes[name]), ha="center", va="center", fontsize=9.5, color=VERMILLION)
        if f"b of {name}" in values:
            place = y + (0.36 if y > 0.4 else -0.36)
            bias = f"b {_said(values[f'b of {name}'])}"
            panel.text(x - 0.02, place, bias, ha="right", va="center", fontsize=9, color=GRAY)
            if back and (name == "o" or stage == LAST):  # a hidden bias lies behind the sigmoid
                pull = _said(slopes[f"b of {name}"])
                panel.text(x + 0.02, place, pull, ha="left", va="center", fontsize=9, color=VERMILLION)
    panel.text(-0.3, -0.4, "blue: values, on the way there", color=BLUE, fontsize=9, va="bottom")
    panel.text(
        3.15, -0.4, "orange: slopes of L, on the way back", color=VERMILLION, fontsize=9, va="bottom", ha="right"
    )


def _label(panel, at, text, back):
    first, *rest = text.split("\n")
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    shift = 6 if back else 0
    panel.annotate(first, at, (0, shift), textcoords="offset points", ha="center", va="center", fontsize=9, bbox=box)
    for line in rest:
        panel.annotate(
            line, at, (0, -6), textcoords="offset points", ha="center", va="center", fontsize=9, color=VERMILLION,
            bbox=box,
        )  # fmt: skip


@drawn
def network(x=START["x"], y=START["y"], backward=True, **changes) -> Picture:
    """The network with its values and, with `backward`, the slope of the loss beside each of its numbers."""
    values, slopes = run(x=x, y=y, **changes)
    told = ", ".join(f"{name} {_said(values[name])}" for name in PLACES)
    about = f"A network of two inputs, two hidden units and an output, with values {told}."
    if backward:
        pulls = ", ".join(f"{a}→{b} {_said(slopes[f'{a}→{b}'])}" for a, b in EDGES)
        about += f" Slopes of the loss for the weights: {pulls}."
    picture = Picture(about, height=3.5)
    _drawing(picture, values, slopes, LAST if backward else 3)
    return picture


@drawn
def backward_wave(**changes) -> Moving:
    """The four steps: values come in from the left, the loss is measured, slopes go back to the left."""
    values, slopes = run(**changes)
    titles = (
        "1 forward pass: the inputs",
        "1 forward pass: the hidden units",
        "1 forward pass: the output",
        "2 error measurement",
        "3 backward pass: the output",
        "3 backward pass: the output's weights and the hidden units",
        "3 backward pass: the hidden units' weights and the inputs",
    )
    frames = []
    for stage, title in enumerate(titles):
        frame = Picture(f"Stage {stage} of {LAST} on the way through the network. {title}.", height=3.7)
        _drawing(frame, values, slopes, stage)
        frame.axes[0].set_title(title)
        frames.append(frame)
    return Moving(
        f"Values go through the network from the left until the loss is {_said(values['L'])}. Then slopes go back "
        f"from the right: {_said(slopes['o'])} at the output, then {_said(slopes['h1'])} "
        f"and {_said(slopes['h2'])} at the hidden units.",
        frames,
        seconds=1.4,
        rest=4.0,
    )


@drawn
def chain(x=0.5, change=0.1) -> Picture:
    """H, G, F one after the other, and what becomes of a small change; x² + 1, then tanh, then 3v."""
    from course_lib.autodiff import Scalar

    start = Scalar(x)
    middle = start**2 + 1
    bent = middle.tanh()
    end = bent * 3
    nodes, names = (start, middle, bent, end), ("x", "H(x) = x² + 1", "G(H) = tanh H", "F(G) = 3 G")
    slopes = []
    for after, before in zip(nodes[1:], nodes):
        after.backward()
        slopes.append(before.grad)
    told = "; ".join(f"{name} {_said(node.value)}" for name, node in zip(names, nodes))
    product = np.prod(slopes)
    picture = Picture(
        f"Three functions in a row: {told}. Slopes {', '.join(map(_said, slopes))}; their product is {_said(product)}. "
        f"A change of x by {change:g} arrives as about {_said(change * product)}.",
        height=2.3,
    )
    (panel,) = picture.panels("")
    panel.set(xlim=(-0.5, 3.5), ylim=(-0.75, 0.6))
    panel.axis("off")
    panel.set(xticks=[], yticks=[])
    arriving = change
    for i, (name, node) in enumerate(zip(names, nodes)):
        panel.plot(i, 0, "o", markersize=40, color="white", markeredgecolor=BLUE)
        panel.text(i, 0, _said(node.value), ha="center", va="center", color=BLUE)
        panel.text(i, 0.42, name, ha="center", va="center", fontsize=9.5)
        told = f"change {arriving:.3f}".replace("-", "−")
        panel.text(i, -0.6, told, ha="center", va="center", fontsize=9.5, color=VERMILLION)
        if i < 3:
            arrow = {"arrowstyle": "->", "color": GRAY, "shrinkA": 22, "shrinkB": 22}
            panel.annotate("", (i + 1, 0), (i, 0), arrowprops=arrow)
            panel.text(i + 0.5, 0.1, f"× {_said(slopes[i])}", ha="center", va="bottom", fontsize=9.5, color=VERMILLION)
            arriving *= slopes[i]
    return picture
