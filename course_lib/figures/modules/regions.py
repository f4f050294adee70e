"""Pictures of what a network says about every place of the plane."""

import numpy as np

from course_lib import activations, layers
from course_lib.figures.picture import BLACK, BLUE, ORANGE, Picture, drawn, note


def spirals(n=120, turns=1.1, noise=0.05, seed=0):
    """Two arms that wind around each other -> x (2n, 2) within about ±1, integer labels (2n,)."""
    rng = np.random.default_rng(seed)
    t = np.sqrt(rng.uniform(0.04, 1, n))
    angle = 2 * np.pi * turns * t
    arm = np.stack([t * np.cos(angle), t * np.sin(angle)], axis=1)
    x = np.concatenate([arm, -arm]) + noise * rng.normal(size=(2 * n, 2))
    return x, np.repeat([0, 1], n)


def rings(n=80, seed=0):
    """A disk and a ring around it, with a gap between them -> x (2n, 2), integer labels (2n,), 1 for the ring."""
    rng = np.random.default_rng(seed)
    radius = np.concatenate([np.sqrt(rng.uniform(0, 0.2, n)), np.sqrt(rng.uniform(0.45, 1, n))])
    angle = rng.uniform(0, 2 * np.pi, 2 * n)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), np.repeat([0, 1], n)


def _plane(reach, fine=121):
    ends = np.linspace(-reach, reach, fine)
    x1, x2 = np.meshgrid(ends, ends)
    return x1, x2, np.stack([x1.ravel(), x2.ravel()], axis=1)


def shaded(panel, score, x, labels, reach, small=False):
    """The side where the score is above 0 in blue, the other one in orange; filled points are 1, empty squares 0."""
    x1, x2, plane = _plane(reach)
    z = np.asarray(score(plane), float).reshape(x1.shape)
    low, high = min(z.min(), -1e-9) - 1, max(z.max(), 1e-9) + 1
    panel.contourf(x1, x2, z, levels=[low, 0, high], colors=[ORANGE, BLUE], alpha=0.25)
    if z.min() < 0 < z.max():
        panel.contour(x1, x2, z, levels=[0], colors=[BLACK], linewidths=1.2)
    ones = np.asarray(labels) == 1
    size = 2.2 if small else 3.6
    panel.plot(*x[ones].T, "o", markersize=size, color=BLACK, linestyle="none")
    panel.plot(
        *x[~ones].T, "s", markersize=size, color="white", markeredgecolor=BLACK, markeredgewidth=0.7, linestyle="none"
    )
    panel.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=[], yticks=[])
    panel.grid(visible=False)


def right(score, x, labels):
    """The share of points on the side of their label."""
    return float(np.mean((np.asarray(score(x)).ravel() > 0) == (np.asarray(labels) == 1)))


@drawn
def decisions(scores, x, labels, reach=1.2) -> Picture:
    """One panel for each network; scores: name -> function of points (N, 2) -> (N,), above 0 for label 1."""
    shares = {name: right(score, x, labels) for name, score in scores.items()}
    told = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    picture = Picture(
        f"Which side {len(scores)} networks give to every place of the plane, with {len(x)} points of two kinds. "
        f"Right: {told}.",
        height=2.9,
    )
    titles = [f"{name}: {share:.0%} right" for name, share in shares.items()]
    for panel, score in zip(picture.panels(*titles), scores.values()):
        shaded(panel, score, x, labels, reach)
    return picture


@drawn
def grid_of_decisions(scores, x, labels, reach=1.2) -> Picture:
    """scores: (hidden layers, width) -> function of points. Rows are depths, columns are widths."""
    depths, widths = (sorted({key[i] for key in scores}) for i in (0, 1))
    shares = {key: right(score, x, labels) for key, score in scores.items()}
    told = ", ".join(f"{depth} by {width}: {shares[depth, width]:.0%}" for depth in depths for width in widths)
    picture = Picture(
        f"Regions that networks give to two kinds of points, by hidden layers and units in each. Right: {told}.",
        height=1.85 * len(depths) + 0.2,
    )
    for row, depth in zip(picture.subplots(len(depths), len(widths), squeeze=False), depths):
        for panel, width in zip(row, widths):
            shaded(panel, scores[depth, width], x, labels, reach, small=True)
            panel.set_title(f"{depth} × {width}: {shares[depth, width]:.0%}", fontsize=9.5)
    return picture


@drawn
def hidden_space(weight, bias, output_weight, output_bias) -> Picture:
    """XOR where it comes in and where the hidden layer has put it. weight (2, 2), bias (2,), output_weight (1, 2)."""
    corners, labels = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    rng = np.random.default_rng(0)
    hidden, output = layers.Dense(2, 2, rng), layers.Dense(2, 1, rng)
    hidden.params = {"weight": np.array(weight, float), "bias": np.array(bias, float)}
    output.params = {"weight": np.array(output_weight, float), "bias": np.array(output_bias, float)}
    network = layers.Sequential(hidden, activations.ReLU(), output)
    moved = activations.ReLU().forward(hidden.forward(corners))
    answers = network.forward(corners)[:, 0]
    told = ", ".join(
        f"({a:g}, {b:g}) goes to ({c:g}, {d:g}) and is answered {y:g}"
        for (a, b), (c, d), y in zip(corners, moved, answers)
    )
    picture = Picture(f"The four corners of XOR before and behind the hidden layer: {told}.", height=3.3)
    left, middle = picture.panels("Before: no line separates", "Behind the hidden layer: one does")
    ends = np.linspace(-0.4, 2.4, 141)
    grid = np.meshgrid(ends, ends)
    plane = np.stack([grid[0].ravel(), grid[1].ravel()], axis=1)
    for panel, points, score in ((left, corners, network.forward), (middle, moved, output.forward)):
        z = score(plane).reshape(grid[0].shape) - 0.5
        panel.contourf(*grid, z, levels=[-99, 0, 99], colors=[ORANGE, BLUE], alpha=0.22)
        panel.contour(*grid, z, levels=[0], colors=[BLACK], linewidths=1.2)
        panel.plot(*points[labels == 1].T, "o", markersize=9, color=BLACK, linestyle="none")
        panel.plot(*points[labels == 0].T, "s", markersize=9, color="white", markeredgecolor=BLACK, linestyle="none")
    for at, name in zip(corners, ("00", "01", "10", "11")):
        note(left, name, at, (9, 7))
    for place in np.unique(moved, axis=0):
        names = [name for name, at in zip(("00", "01", "10", "11"), moved) if np.array_equal(at, place)]
        note(middle, " and ".join(names), place, (9, 7))
    left.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-0.4, 1.6), ylim=(-0.4, 1.6), aspect="equal")
    middle.set(xlabel="$h_1$", ylabel="$h_2$", xlim=(-0.4, 2.4), ylim=(-0.4, 1.6), aspect="equal")
    left.set(xticks=(0, 1), yticks=(0, 1))
    middle.set(xticks=(0, 1, 2), yticks=(0, 1))
    left.plot([], [], "o", color=BLACK, linestyle="none", label="on: the inputs differ")
    left.plot([], [], "s", color="white", markeredgecolor=BLACK, linestyle="none", label="off: they agree")
    picture.legend_above(left)
    return picture
