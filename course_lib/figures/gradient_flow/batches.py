"""Pictures of batch normalization and of the shortcut."""

import numpy as np

from course_lib.figures.picture import BLUE, GRAY, PALE, VERMILLION, Picture, drawn


@drawn
def slopes_of_batch(slopes, x) -> Picture:
    """How much each x̂ changes when one x of the batch grows: slopes (N, N), row i for x̂ᵢ; x (N,) on the left."""
    slopes, x = np.asarray(slopes), np.asarray(x)
    n = len(x)
    off = slopes[~np.eye(n, dtype=bool)]
    alt = (
        f"The slopes of {n} normalized numbers for {n} inputs: on the diagonal {slopes.diagonal().min():.2f} to "
        f"{slopes.diagonal().max():.2f}, off it {off.min():.2f} to {off.max():.2f}; every row adds up to "
        f"{np.abs(slopes.sum(axis=1)).max():.1g}."
    )
    picture = Picture(alt, height=3.1)
    left, right = picture.panels("one feature of a batch", "how each x̂ moves with each x", width_ratios=(1, 1.6))
    left.barh(range(1, n + 1), x, color=BLUE, height=0.6)
    left.axvline(x.mean(), color=VERMILLION, linewidth=1.5)
    left.set(xlabel="x", ylabel="example", ylim=(n + 0.6, 0.4))
    left.set_yticks(range(1, n + 1))
    most = np.abs(slopes).max()
    right.imshow(slopes, cmap="PuOr_r", vmin=-most, vmax=most, aspect="auto")
    for i, j in np.ndindex(slopes.shape):
        dark = abs(slopes[i, j]) > 0.6 * most
        text = f"{slopes[i, j]:.2f}".replace("-", "−")
        right.text(j, i, text, ha="center", va="center", fontsize=9, color="white" if dark else "black")
    right.set(xlabel="the x that is moved", ylabel="x̂")
    numbers = [str(i + 1) for i in range(n)]
    right.set_xticks(range(n), numbers)
    right.set_yticks(range(n), numbers)
    right.grid(visible=False)
    return picture


@drawn
def running(batches, averages, truth, quantity) -> Picture:
    """What each batch had, points, and the running averages of them, curves; averages: name -> (T,)."""
    told = [f"{name} ends at {curve[-1]:.3g}" for name, curve in averages.items()]
    alt = (
        f"{quantity} of {len(batches)} batches, from {min(batches):.3g} to {max(batches):.3g}, around {truth:.3g}. "
        f"Running averages: {'; '.join(told)}."
    )
    picture = Picture(alt, height=2.8)
    (panel,) = picture.panels("")
    steps = np.arange(1, len(batches) + 1)
    panel.plot(steps, batches, "o", color=PALE, markersize=4, label="of each batch")
    for (name, curve), (color, style) in zip(averages.items(), ((BLUE, "-"), (VERMILLION, (0, (5, 2))))):
        panel.plot(steps, curve, color=color, linestyle=style, label=name)
    panel.axhline(truth, color=GRAY, linewidth=1.2, linestyle=":", label="of all data")
    panel.set(xlabel="batch", ylabel=quantity)
    picture.legend_above(panel)
    return picture


@drawn
def shortcut(straight, inner) -> Picture:
    """A layer with a shortcut around it; straight and inner: what comes back on the two roads, one number each."""
    alt = (
        f"x goes to y on two roads: straight, and through the layer f. Back on the straight road comes {straight:.2g}, "
        f"through the layer {inner:.2g}; together {straight + inner:.2g}."
    )
    picture = Picture(alt, height=2.5)
    (panel,) = picture.panels("")
    panel.set(xlim=(0, 10), ylim=(0, 3.2))
    panel.axis("off")

    def way(color, line, *places):
        across, up = zip(*places)
        panel.plot(across[:-1], up[:-1], color=color, linestyle=line, linewidth=1.8)
        arrow = {"arrowstyle": "-|>", "color": color, "lw": 1.8, "linestyle": line, "shrinkA": 0, "shrinkB": 0}
        panel.annotate("", places[-1], places[-2], arrowprops=arrow)

    for left, right in ((1.1, 3.95), (5.25, 7.3), (7.9, 9.1)):
        way(BLUE, "-", (left, 1.15), (left, 1.15), (right, 1.15))
        way(VERMILLION, "--", (right, 0.85), (right, 0.85), (left, 0.85))
    way(BLUE, "-", (0.9, 1.45), (0.9, 2.3), (7.5, 2.3), (7.5, 1.45))
    way(VERMILLION, "--", (7.8, 1.45), (7.8, 2.65), (0.6, 2.65), (0.6, 1.45))
    for x, text in ((0.75, "x"), (4.6, "layer f"), (7.6, "+"), (9.4, "y")):
        style = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": "black"}
        panel.text(x, 1, text, ha="center", va="center", fontsize=12, bbox=style)
    panel.text(4.2, 2.75, f"back: {straight:.2g}", color=VERMILLION, ha="center", va="bottom", fontsize=10.5)
    panel.text(2.4, 0.7, f"back: {inner:.2g}", color=VERMILLION, ha="center", va="top", fontsize=10.5)
    panel.text(4.2, 2.2, "there: x", color=BLUE, ha="center", va="top", fontsize=10.5)
    panel.text(6.4, 1.25, "there: f(x)", color=BLUE, ha="center", va="bottom", fontsize=10.5)
    return picture
