"""The picture with sliders: depth and width against regions."""

from typing import Any

import numpy as np

from course_lib import activations, architectures, layers, losses, optimizers, training
from course_lib.figures.controls import played
from course_lib.figures.modules.regions import right, rings, shaded, spirals
from course_lib.figures.picture import Picture, drawn

SETS: dict[str, Any] = {"spirals": spirals, "rings": rings}
BENDS: dict[str, Any] = {"ReLU": activations.ReLU, "tanh": activations.Tanh, "none": activations.Identity}
EPOCHS = 250


def network(depth, width, bend="ReLU", seed=0):
    """Hidden layers of equal width with a bend behind each, then one score."""
    if bend == "ReLU":
        return architectures.MLP([2, *[width] * depth, 1], np.random.default_rng(seed))
    rng, links, inputs = np.random.default_rng(seed), [], 2
    for _ in range(depth):
        links += [layers.Dense(inputs, width, rng), BENDS[bend]()]
        inputs = width
    return layers.Sequential(*links, layers.Dense(inputs, 1, rng))


def trained(depth, width, bend="ReLU", data="spirals", seed=0, epochs=EPOCHS):
    """-> x, labels and the score of a network that has learned them, as a function of points (N, 2)."""
    x, labels = SETS[data]()
    model, loss = network(depth, width, bend, seed), losses.BinaryCrossEntropyWithLogits()
    target = labels[:, None].astype(float)
    training.fit(model, loss, optimizers.Adam(0.02), x, target, epochs=epochs, batch_size=len(x))
    return x, labels, lambda points: model.forward(points)[:, 0], sum(array.size for array in model.params.values())


def depth_and_width():
    """Choose hidden layers, units, bend and points; a network is trained, and its regions are drawn."""
    import ipywidgets

    depth = ipywidgets.IntSlider(value=2, min=1, max=4, description="hidden layers", continuous_update=False)
    width = ipywidgets.IntSlider(value=8, min=1, max=24, description="units in each", continuous_update=False)
    seed = ipywidgets.IntSlider(value=0, min=0, max=9, description="start", continuous_update=False)
    bend = ipywidgets.Dropdown(options=list(BENDS), value="ReLU", description="bend")
    data = ipywidgets.Dropdown(options=list(SETS), value="spirals", description="points")
    return played(_explored, depth, width, seed, bend, data)


@drawn
def _explored(depth, width, seed, bend, data) -> Picture:
    x, labels, score, numbers = trained(depth, width, bend, data, seed)
    share = right(score, x, labels)
    layer = "hidden layer" if depth == 1 else "hidden layers"
    about = f"{depth} {layer} of {width} with {bend}, {numbers} numbers, start {seed}"
    picture = Picture(
        f"The regions of a network with {about}, after {EPOCHS} steps on {data}: {share:.0%} of {len(x)} points right.",
        height=3.9,
    )
    (panel,) = picture.panels(f"{depth} × {width}, {bend}, {numbers} numbers: {share:.0%} right")
    shaded(panel, score, x, labels, 1.3)
    return picture
