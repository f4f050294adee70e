"""Pictures of layers on the way back."""

from itertools import pairwise

import numpy as np
from matplotlib.patches import Rectangle

from course_lib import activations, layers
from course_lib.figures.picture import BLUE, GRAY, GREEN, PALE, VERMILLION, Picture, drawn


@drawn
def gates(names=("Sigmoid", "ReLU"), dy=1.0) -> Picture:
    """What is left of one and the same dy behind an activation, place by place."""
    places = np.array([-4.0, -2.2, -0.7, 0.7, 2.2, 4.0])
    wide = np.linspace(-5, 5, 201)
    units = {name: getattr(activations, name)() for name in names}
    left = {}
    for name, unit in units.items():
        unit.forward(places)
        left[name] = unit.backward(np.full(len(places), dy))
    told = [f"{name}: " + ", ".join(f"{g:.2f}" for g in answer) for name, answer in left.items()]
    picture = Picture(
        f"A gradient of {dy:g} comes back at x = {', '.join(f'{x:g}' for x in places)}. What each activation lets "
        f"through: {'; '.join(told)}.",
        height=2.9,
    )
    for panel, (name, unit) in zip(picture.panels(*names, sharey=True), units.items()):
        panel.bar(places, np.full(len(places), dy), width=0.5, color=PALE, label="dy that comes back")
        panel.bar(places, left[name], width=0.5, color=VERMILLION, label="what is handed on")
        y = unit.forward(wide)
        panel.plot(wide, y, color=BLUE, label="the activation itself")
        for x, g in zip(places, left[name]):
            panel.text(x, max(g, 0) + 0.04, f"{g:.2f}", ha="center", fontsize=8)
        panel.set(xlabel="x", ylim=(-0.1, 1.45 * dy))
        panel.grid(axis="x", visible=False)
    picture.legend_above(picture.axes[0])
    return picture


@drawn
def shapes(n=5, inputs=3, outputs=2) -> Picture:
    """The four products of a dense layer as rectangles, each with its shape."""
    rng = np.random.default_rng(0)
    dense = layers.Dense(inputs, outputs, rng)
    x = rng.normal(size=(n, inputs))
    dx = dense.backward(np.ones_like(dense.forward(x)))
    of = {
        "x": x.shape,
        "y": dense.y.shape,
        "dy": dense.y.shape,
        "Wᵀ": dense.params["weight"].T.shape,
        "W": dense.params["weight"].shape,
        "dyᵀ": dense.y.T.shape,
        "dx": dx.shape,
        "dW": dense.grads["weight"].shape,
    }
    rows = (("y", "x", "Wᵀ"), ("dx", "dy", "W"), ("dW", "dyᵀ", "x"))
    told = "; ".join(f"{a} {of[a]} = {b} {of[b]} times {c} {of[c]}" for a, b, c in rows)
    picture = Picture(f"Shapes of a dense layer's products: {told}; db {dense.grads['bias'].shape}.", height=2.0)
    widest = max(sum(of[name][1] for name in row) for row in rows) + 2.2
    titles = ("Forward: y = x Wᵀ + b", "Back to x: dx = dy W", "Back to W: dW = dyᵀ x")
    for panel, row in zip(picture.panels(*titles), rows):
        panel.axis("off")
        panel.set(xticks=[], yticks=[])
        left = 0.0
        for i, name in enumerate(row):
            height, width = of[name]
            color = VERMILLION if name.startswith("d") else GREEN if name in ("W", "Wᵀ") else BLUE
            panel.add_patch(Rectangle((left, -height / 2), width, height, facecolor=color, alpha=0.25, edgecolor=color))
            panel.text(left + width / 2, 0, name, ha="center", va="center", fontweight="bold")
            panel.text(left + width / 2, -height / 2 - 0.2, f"{height} × {width}", ha="center", va="top", fontsize=8.5)
            left += width
            if i < 2:
                panel.text(left + 0.55, 0, "=" if i == 0 else "·", ha="center", va="center", fontsize=12)
                left += 1.1
        panel.set(xlim=(-0.3, widest + 0.3), ylim=(-max(n, 5) / 2 - 1, max(n, 5) / 2 + 0.3), aspect="equal")
    return picture


@drawn
def layer_chain(sizes=(64, 32, 10), n=16) -> Picture:
    """A chain of layers: what each hands on forward, what it keeps, and what it hands back."""
    rng = np.random.default_rng(0)
    names, links = [], []
    for i, (wide, narrow) in enumerate(pairwise(sizes)):
        names += [f"Dense\n{wide} → {narrow}"] + (["Sigmoid"] if i < len(sizes) - 2 else [])
        links += [layers.Dense(wide, narrow, rng)] + ([activations.Sigmoid()] if i < len(sizes) - 2 else [])
    x = rng.normal(size=(n, sizes[0]))
    forward, back = [x.shape], []
    for link in links:
        x = link.forward(x)
        forward.append(x.shape)
    dy = np.ones_like(x)
    for link in reversed(links):
        back.append(dy.shape)
        dy = link.backward(dy)
    back = [*back, dy.shape][::-1]
    picture = Picture(
        f"{len(links)} layers in a row, {', '.join(name.replace(chr(10), ' ') for name in names)}. Forward they hand "
        f"on arrays of shapes {', '.join(map(str, forward))}; backward gradients of the same shapes come back.",
        height=2.2,
    )
    (panel,) = picture.panels("")
    panel.axis("off")
    panel.set(xticks=[], yticks=[])
    panel.set(xlim=(-1.6, 2 * len(links) - 0.4), ylim=(-0.95, 0.95))
    for i, name in enumerate(names):
        keeps = "keeps x" if name.startswith("Dense") else "keeps y"
        panel.add_patch(Rectangle((2 * i - 0.5, -0.5), 1, 1, facecolor="#eef4fa", edgecolor=BLUE))
        panel.text(2 * i, 0.12, name, ha="center", va="center", fontsize=9)
        panel.text(2 * i, -0.36, keeps, ha="center", va="center", fontsize=8.5, color=GRAY)
    for i, shape in enumerate(forward):
        middle = 2 * i - 1
        for high, ends, color in ((0.22, (-0.45, 0.45), BLUE), (-0.22, (0.45, -0.45), VERMILLION)):
            panel.annotate(
                "", (middle + ends[1], high), (middle + ends[0], high), arrowprops={"arrowstyle": "->", "color": color}
            )  # fmt: skip
        text = f"{shape[0]} × {shape[1]}"
        panel.text(middle, 0.3, text, ha="center", va="bottom", fontsize=8.5, color=BLUE)
        panel.text(middle, -0.32, f"{back[i][0]} × {back[i][1]}", ha="center", va="top", fontsize=8.5, color=VERMILLION)
    return picture
