"""Pictures of kernels that slide over signals and images."""

import numpy as np

from course_lib import layers
from course_lib.figures.moving import Moving
from course_lib.figures.picture import BLUE, GRAY, ORANGE, PALE, VERMILLION, Picture, drawn


def convolved(x, kernel, stride=1, padding=0, dilation=1):
    """What `layers.Conv1d` answers for one signal (L,) and one kernel (K,) without bias -> (places,)."""
    layer = layers.Conv1d(1, 1, len(kernel), np.random.default_rng(0), stride, padding, dilation)
    layer.params["weight"] = np.reshape(kernel, (1, 1, -1)).astype(float)
    return layer.forward(np.reshape(x, (1, 1, -1)).astype(float))[0, 0]


def slide(x, kernel) -> Moving:
    """A kernel (K,) slides over a signal (L,): a frame for each place, the answers so far below."""
    x, kernel = np.asarray(x, float), np.asarray(kernel, float)
    y = convolved(x, kernel)
    told = ", ".join(f"{value:.3g}" for value in y)
    alt = (
        f"A kernel of {len(kernel)} entries slides over a signal of {len(x)}. At each of the {len(y)} places it is "
        f"multiplied with what lies under it, and the sum is written below: {told}."
    )
    return Moving(alt, [_placed(x, kernel, y, place) for place in range(len(y))], seconds=0.7)


@drawn
def _placed(x, kernel, y, place) -> Picture:
    k = len(kernel)
    products = " + ".join(f"{a:g}·{b:g}" for a, b in zip(x[place : place + k], kernel)).replace("-", "−")
    alt = f"Place {place} of {len(y)}: the window {x[place : place + k]} gives {y[place]:.3g}."
    picture = Picture(alt, height=3.6)
    above, below = picture.subplots(2, 1, sharex=True)
    inside = (np.arange(len(x)) >= place) & (np.arange(len(x)) < place + k)
    above.axvspan(place - 0.45, place + k - 0.55, color=ORANGE, alpha=0.25)
    above.bar(np.arange(len(x)), x, 0.5, color=[BLUE if seen else PALE for seen in inside])
    above.set(ylabel="signal", xticks=np.arange(len(x)), xlim=(-0.6, len(x) - 0.4))
    above.set_title(f"{products} = {y[place]:g}".replace("= -", "= −"))
    below.bar(np.arange(place + 1), y[: place + 1], 0.5, color=[PALE] * place + [VERMILLION])
    margin = 0.15 * (y.max() - y.min() or 1)
    below.set(ylabel="answer", xlabel="place", ylim=(min(0, y.min()) - margin, max(0, y.max()) + margin))
    below.axhline(0, color=GRAY, linewidth=0.8)
    above.axhline(0, color=GRAY, linewidth=0.8)
    return picture


@drawn
def matrix(kernel, size) -> Picture:
    """The matrix of a convolution, (places, size): what `layers.Conv1d` does with each unit vector."""
    table = np.stack([convolved(row, kernel) for row in np.eye(size)], axis=1)
    filled = int((table != 0).sum())
    alt = (
        f"A matrix of {table.shape[0]} rows and {table.shape[1]} columns. Each row holds the same {len(kernel)} "
        f"numbers, one column farther right than the row above: {filled} of {table.size} entries are not 0."
    )
    picture = Picture(alt, width=5.6, height=0.9 + 0.38 * table.shape[0])
    (panel,) = picture.panels("")
    limit = np.abs(table).max()
    panel.imshow(table, cmap="RdBu_r", vmin=-1.6 * limit, vmax=1.6 * limit, aspect="auto")
    for (row, column), value in np.ndenumerate(table):
        text, color = f"{value:g}".replace("-", "−"), "#1a1a1a" if value else PALE
        panel.text(column, row, text, ha="center", va="center", fontsize=9, color=color)
    panel.set(xlabel="input", ylabel="place", xticks=range(size), yticks=range(len(table)))
    panel.grid(visible=False)
    return picture


@drawn
def images(named, height=2.1) -> Picture:
    """Images side by side, each on its own scale, in red and blue where there are signs; named: title -> (H, W)."""
    told = "; ".join(
        f"{name}, {np.shape(image)[0]} by {np.shape(image)[1]}, from {np.min(image):.3g} to {np.max(image):.3g}"
        for name, image in named.items()
    )
    picture = Picture(f"{len(named)} images, each on its own scale: {told}.", height=height)
    for panel, image in zip(picture.panels(*named), named.values()):
        limit = np.abs(image).max() or 1.0
        if np.min(image) < 0:
            panel.imshow(image, cmap="RdBu_r", vmin=-limit, vmax=limit)
        else:
            panel.imshow(image, cmap="Greys", vmin=0, vmax=limit)
        rows, columns = np.shape(image)
        panel.set(xticks=[], yticks=[])
        panel.set_xticks(np.arange(columns + 1) - 0.5, minor=True)
        panel.set_yticks(np.arange(rows + 1) - 0.5, minor=True)
        panel.grid(which="minor", color=PALE, linewidth=0.4)
        panel.tick_params(which="minor", length=0)
        panel.title.set_fontsize(9.5)
    return picture
