"""The picture with sliders."""

import numpy as np

from course_lib import activations
from course_lib.figures.controls import played
from course_lib.figures.picture import BLUE, GRAY, PALE, VERMILLION, Picture, drawn

UNITS = {
    "tanh": activations.Tanh,
    "ReLU": activations.ReLU,
    "SELU": activations.SELU,
    "sigmoid": activations.Sigmoid,
    "ELU": activations.ELU,
    "GELU": activations.GELU,
    "linear": activations.Identity,
}
WIDTH, EXAMPLES = 48, 48


def explorer():
    """Choose depth, activation, the size of the weights and a shortcut; see the signal and the gradient."""
    import ipywidgets

    depth = ipywidgets.IntSlider(value=30, min=2, max=60, step=1, description="layers")
    gain = ipywidgets.FloatSlider(value=1.0, min=0.1, max=3.0, step=0.1, description="n·σ²")
    kind = ipywidgets.Dropdown(options=list(UNITS), value="ReLU", description="activation")
    skip = ipywidgets.Checkbox(value=False, description="a shortcut around each layer")
    depth.continuous_update = gain.continuous_update = False
    return played(_explored, depth, gain, kind, skip)


def signals(activation, gain, depth, skip, seed=0):
    """A batch through `depth` layers with weights of variance gain/n, and a random gradient back.

    -> spreads of the answers (depth + 1,), norms of the gradient for the answers (depth + 1,)
    """
    rng = np.random.default_rng(seed)
    h = rng.normal(size=(EXAMPLES, WIDTH))
    steps, spreads = [], [h.std()]
    with np.errstate(all="ignore"):
        for _ in range(depth):
            unit, weight = activation(), rng.normal(0, np.sqrt(gain / WIDTH), (WIDTH, WIDTH))
            f = unit.forward(h @ weight.T)
            h = h + f if skip else f
            steps.append((unit, weight))
            spreads.append(h.std())
        d = rng.normal(size=h.shape) / np.sqrt(h.size)
        norms = [np.linalg.norm(d)]
        for unit, weight in reversed(steps):
            inner = unit.backward(d) @ weight
            d = d + inner if skip else inner
            norms.append(np.linalg.norm(d))
    return np.array(spreads), np.array(norms[::-1])


@drawn
def _explored(depth, gain, kind, skip) -> Picture:
    spreads, norms = signals(UNITS[kind], gain, depth, skip)
    around = "with shortcuts" if skip else "without shortcuts"
    alt = (
        f"{depth} layers of {kind}, n·σ² = {gain:g}, {around}. The spread of the answers goes from {spreads[0]:.2g} "
        f"to {spreads[-1]:.2g}; the gradient starts at the last layer with {norms[-1]:.2g} and reaches the first with "
        f"{norms[0]:.2g}."
    )
    picture = Picture(alt, height=2.9)
    left, right = picture.panels("spread of the answers →", "← norm of the gradient", sharey=True)
    for panel, curve, color in ((left, spreads, BLUE), (right, norms, VERMILLION)):
        panel.axhspan(0.1, 10, color=PALE, alpha=0.35, linewidth=0)
        panel.plot(np.clip(curve, 1e-15, 1e15), color=color)
        panel.set(xlabel="layer", yscale="log", ylim=(1e-12, 1e12), xlim=(0, depth))
    end = (left, spreads, depth, "right"), (right, norms, 0, "left")
    for panel, curve, at, side in end:
        height = float(np.clip(curve[at], 1e-8, 1e9))
        panel.text(at, height * (8 if height >= 1 else 1e-3), f" {curve[at]:.2g} ", ha=side, fontsize=10, color=GRAY)
    return picture
