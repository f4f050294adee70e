"""Pictures of dropout: the networks that are left, and what their disagreement says."""

import numpy as np

from course_lib.figures.moving import Moving
from course_lib.figures.picture import BLUE, DASHED, GRAY, PALE, VERMILLION, Picture, drawn

SIZES = (4, 6, 6, 2)  # of the network that is drawn


@drawn
def subnetworks(masks, p) -> Moving:
    """One frame for each forward pass: the units that stay and those that are dropped; masks (T, 12) of 0 and 1, for
    the two hidden layers of six."""
    masks = np.asarray(masks)
    different = len(np.unique(masks, axis=0))
    frames = [_network(mask, number, len(masks), p) for number, mask in enumerate(masks, start=1)]
    return Moving(
        f"A network with {masks.shape[1]} hidden units in {len(masks)} forward passes with dropout of {p:g}: "
        f"{different} different networks, {masks.mean():.0%} of the hidden units stay on average.",
        frames,
        seconds=0.9,
    )


def _network(mask, number, passes, p) -> Picture:
    stays = [np.ones(SIZES[0]), mask[:6], mask[6:], np.ones(SIZES[-1])]
    picture = Picture(
        f"Forward pass {number} of {passes} with dropout of {p:g}: {int(mask.sum())} of {len(mask)} hidden units stay.",
        height=2.9,
    )
    (panel,) = picture.panels(f"forward pass {number}")
    places = [[(column, (row - (size - 1) / 2)) for row in range(size)] for column, size in enumerate(SIZES)]
    for column in range(len(SIZES) - 1):
        for a, here in zip(stays[column], places[column]):
            for b, there in zip(stays[column + 1], places[column + 1]):
                if a and b:
                    panel.plot((here[0], there[0]), (here[1], there[1]), color=BLUE, alpha=0.5, linewidth=0.8, zorder=1)
    for kept, units in zip(stays, places):
        for on, (x, y) in zip(kept, units):
            panel.plot(x, y, "o", markersize=15, color="white", markeredgecolor=BLUE if on else PALE, zorder=2)
            if on:
                panel.plot(x, y, "o", markersize=9, color=BLUE, zorder=3)
            else:
                panel.plot(x, y, "x", markersize=8, color=GRAY, markeredgewidth=1.5, zorder=3)
    panel.set(xlim=(-0.4, 3.4), ylim=(-3.1, 3.1))
    panel.set_xticks(range(4), ["inputs", "hidden", "hidden", "outputs"])
    panel.set_yticks([])
    panel.grid(visible=False)
    for side in ("left", "bottom"):
        panel.spines[side].set_visible(False)
    return picture


@drawn
def bands(x, y, grid, mean, spread, truth, gap) -> Picture:
    """A regression with its spread: points (N,), mean and spread (G,) on grid (G,); gap: an interval without points."""
    inside = (grid > gap[0]) & (grid < gap[1])
    known = (grid >= x.min()) & (grid <= x.max()) & ~inside
    alt = (
        f"Points with a gap from {gap[0]:g} to {gap[1]:g}, the mean of many passes with dropout, twice their spread. "
        f"The spread is {spread[known].mean():.2f} where there are points, {spread[inside].mean():.2f} in the gap, and "
        f"{spread[~known & ~inside].mean():.2f} beyond the points."
    )
    picture = Picture(alt, height=3.1)
    (panel,) = picture.panels("")
    panel.fill_between(
        grid, mean - 2 * spread, mean + 2 * spread, color=BLUE, alpha=0.2, linewidth=0, label="± 2 spreads"
    )
    panel.plot(grid, truth(grid), color=GRAY, linestyle=DASHED, linewidth=1.5, label="the truth")
    panel.plot(grid, mean, color=BLUE, label="mean of the passes")
    panel.plot(x, y, "o", color=VERMILLION, markersize=3.5, label="the points")
    panel.set(xlabel="x", ylabel="y", ylim=(-2.6, 2.6))
    picture.legend_above(panel)
    return picture
