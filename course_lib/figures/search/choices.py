"""Pictures of what there is to choose: one hyperparameter after another, scales, grids, chances."""

import numpy as np

from course_lib.figures.picture import BLACK, BLUE, DASHED, GRAY, PALE, SERIES, VERMILLION, Picture, drawn, note


@drawn
def sweep(values, runs, name, quantity, log=True, baseline=None) -> Picture:
    """A quantity over one hyperparameter: the mean over seeds as a line, the range over seeds as a band.

    values (V,); runs: name of a curve -> (V, S); baseline: (words, height) of a dotted line.
    """
    told = []
    for curve, table in runs.items():
        means = np.mean(table, axis=1)
        each = ", ".join(f"{value:g}: {mean:.3g}" for value, mean in zip(values, means))
        told.append(f"{curve}, {each}")
    picture = Picture(f"{quantity} for {name}, means over {np.shape(table)[1]} seeds. {'; '.join(told)}.", height=3.0)
    (panel,) = picture.panels("")
    place = np.asarray(values, float) if log else np.arange(len(values))
    for (curve, table), (color, style) in zip(runs.items(), SERIES):
        table = np.asarray(table)
        panel.fill_between(place, table.min(axis=1), table.max(axis=1), color=color, alpha=0.13, linewidth=0)
        panel.plot(place, table.mean(axis=1), color=color, linestyle=style, marker="o", markersize=4, label=curve)
    if baseline:
        panel.axhline(baseline[1], color=GRAY, linestyle=":", linewidth=1.2)
        note(panel, baseline[0], (place[0], baseline[1]), (0, 4), color=GRAY)
    panel.set(xlabel=name, ylabel=quantity, xscale="log" if log else "linear")
    panel.set_xticks(place, [f"{value:g}" for value in values])
    panel.minorticks_off()
    picture.legend_above(panel)
    return picture


@drawn
def scales(linear, logarithmic, low, high, good) -> Picture:
    """Numbers drawn from one range on two scales, each on a logarithmic axis; good: the ends of the useful part."""
    shares = [float(np.mean((np.asarray(x) >= good[0]) & (np.asarray(x) <= good[1]))) for x in (linear, logarithmic)]
    alt = (
        f"{len(linear)} numbers between {low:g} and {high:g}. Drawn linearly, {shares[0]:.0%} lie between {good[0]:g} "
        f"and {good[1]:g}; drawn log-uniformly, {shares[1]:.0%}."
    )
    picture = Picture(alt, height=2.3)
    (panel,) = picture.panels("")
    panel.axvspan(*good, color="#eef3e6")
    for row, (x, color) in enumerate(((logarithmic, BLUE), (linear, VERMILLION))):
        panel.plot(x, np.full(len(x), row), "|", color=color, markersize=22, markeredgewidth=1.4)
    panel.set_yticks([0, 1], ["log-uniform", "linear"])
    panel.set(xlim=(low * 0.8, high * 1.25), ylim=(-0.7, 1.7), xlabel="learning rate", xscale="log")
    panel.text(np.sqrt(good[0] * good[1]), 1.52, "where it learns", ha="center", fontsize=9.5, color=GRAY)
    panel.grid(axis="y", visible=False)
    return picture


def _draw_points(panel, points, height, title):
    x = np.linspace(0, 1, 120)
    first, second = np.meshgrid(x, x)
    panel.contourf(first, second, height(first, second), levels=14, cmap="Blues", alpha=0.75)
    panel.plot(points[:, 0], points[:, 1], "o", color=BLACK, markersize=5, markeredgecolor="white")
    for axis, color in ((0, VERMILLION), (1, GRAY)):
        marks = np.unique(points[:, axis])
        edge = np.full(len(marks), -0.045)
        where = (marks, edge) if axis == 0 else (edge, marks)
        panel.plot(*where, "|" if axis == 0 else "_", color=color, markersize=9, markeredgewidth=1.6, clip_on=False)
    found = height(points[:, 0], points[:, 1])
    best = points[found.argmin()]
    panel.plot(*best, "o", color=VERMILLION, markersize=9, markeredgecolor="white")
    panel.set_title(f"{title}: best {found.min():.3f}")
    panel.set(xlim=(-0.06, 1.02), ylim=(-0.06, 1.02), xlabel="important", ylabel="unimportant")
    panel.set_xticks([0, 0.5, 1])
    panel.set_yticks([0, 0.5, 1])
    panel.grid(visible=False)
    return found.min(), [len(np.unique(points[:, axis])) for axis in (0, 1)]


@drawn
def grid_and_random(grid, random, height) -> Picture:
    """Points of a grid and random ones (n, 2) on a loss height(x, y); ticks are the distinct values of each range."""
    picture = Picture("A grid and random points side by side, to be told in words below: 2 panels.", height=3.5)
    panels = picture.panels("", "")
    told = []
    for panel, points, name in zip(panels, (grid, random), ("grid", "random")):
        best, distinct = _draw_points(panel, np.asarray(points), height, name)
        panel.set_aspect("equal")
        told.append(
            f"{len(points)} points of {name}, {distinct[0]} distinct values of the important range and "
            f"{distinct[1]} of the other, best loss {best:.3f}"
        )
    picture.alt = f"Two panels on the same loss: {'; '.join(told)}."
    return picture


@drawn
def coverage(shares, trials, chance=0.95) -> Picture:
    """The chance to hit the best share of all settings at least once, over the number of random trials."""
    n = np.arange(1, trials + 1)
    needed = {share: int(np.ceil(np.log(1 - chance) / np.log(1 - share))) for share in shares}
    told = [f"the best {share:.0%} after {count} trials" for share, count in needed.items()]
    picture = Picture(
        f"Chance to hit a good region at random. {chance:.0%} is reached for {'; '.join(told)}.", height=2.9
    )
    (panel,) = picture.panels("")
    panel.axhline(chance, color=PALE, linewidth=1.2)
    for share, (color, style) in zip(shares, SERIES):
        panel.plot(n, 1 - (1 - share) ** n, color=color, linestyle=style, label=f"best {share:.0%}")
        if needed[share] <= trials:
            panel.plot(needed[share], 1 - (1 - share) ** needed[share], "o", color=color)
            note(panel, str(needed[share]), (needed[share], chance), (3, -14), color=color)
    panel.set(xlabel="random trials", ylabel="chance to hit", ylim=(0, 1.04))
    picture.legend_above(panel)
    return picture


@drawn
def landscape(rates, others, losses, name, chosen=()) -> Picture:
    """A table of measured losses (R, M) over learning rates and another hyperparameter; chosen: their best, (i, j)."""
    losses = np.asarray(losses)
    i, j = chosen or np.unravel_index(np.nanargmin(losses), losses.shape)
    alt = (
        f"Measured loss for {len(rates)} learning rates from {rates[0]:.2g} to {rates[-1]:.2g} and {len(others)} "
        f"values of {name}. The lowest is {losses[i, j]:.3g} at rate {rates[i]:.2g} and {name} {others[j]:g}; the "
        f"largest {losses.max():.3g}."
    )
    picture = Picture(alt, height=2.7)
    (panel,) = picture.panels("")
    image = panel.imshow(losses.T, origin="lower", aspect="auto", cmap="Blues")
    panel.plot(i, j, "o", color=VERMILLION, markersize=9, markeredgecolor="white")
    step = -(-len(rates) // 7)
    panel.set_xticks(range(0, len(rates), step), [f"{rate:.2g}" for rate in rates[::step]])
    panel.set_yticks(range(len(others)), [f"{value:g}" for value in others])
    panel.set(xlabel="learning rate", ylabel=name)
    panel.grid(visible=False)
    ridge = losses.argmin(axis=0)
    panel.plot(ridge, range(len(others)), color=VERMILLION, linestyle=DASHED, linewidth=1.2)
    picture.colorbar(image, ax=panel, label="validation loss")
    return picture
