"""Pictures of losses of an order."""

import numpy as np

from course_lib import losses
from course_lib.figures.picture import (
    BLACK,
    BLUE,
    GRAY,
    PALE,
    SERIES,
    VERMILLION,
    Picture,
    drawn,
    note,
)

MARKERS = "os^Dv"


@drawn
def judges(worth, grades, found) -> Picture:
    """What each judge gives for what a thing is worth, and the share of new pairs that a model puts in order.

    worth, grades (judges, things); found: name of a loss -> share
    """
    told = [f"judge {k + 1} from {each.min():.1f} to {each.max():.1f}" for k, each in enumerate(grades)]
    shares = [f"{name} {share:.0%}" for name, share in found.items()]
    picture = Picture(
        f"Left: grades against true worth, {len(grades)} judges, each with a scale of its own: {'; '.join(told)}. "
        f"Right: share of new pairs in the right order after training: {'; '.join(shares)}.",
        height=3.3,
    )
    left, right = picture.panels("Each judge has a scale of his own", "New pairs put in order")
    for each, given, (color, style), marker in zip(worth, grades, SERIES, MARKERS):
        slope, level = np.polyfit(each, given, 1)
        ends = np.array([worth.min(), worth.max()])
        left.plot(each, given, marker, color=color, markersize=4.5)
        left.plot(ends, slope * ends + level, color=color, linestyle=style, linewidth=1.2)
    left.set(xlabel="true worth", ylabel="grade")
    names = list(found)[::-1]
    right.barh([name.replace(" ", "\n") for name in names], [found[name] for name in names], color=BLUE, height=0.6)
    for row, name in enumerate(names):
        right.text(found[name] - 0.01, row, f"{found[name]:.1%}", ha="right", va="center", color="white", fontsize=9.5)
    right.axvline(0.5, color=VERMILLION, linestyle="--", linewidth=1.2)
    right.set(xlim=(0.4, 1), xlabel="share (0.5 is guessing)")
    right.grid(axis="y", visible=False)
    return picture


@drawn
def pair_losses(margin=1.0) -> Picture:
    """What a pair costs and how hard it is pulled, over the gap between better and worse: hinge and logistic."""
    gap = np.linspace(-4, 4, 401)
    hinge = losses.MarginRanking(margin, reduction="none")
    soft = losses.SoftMargin(reduction="none")
    one, zero = np.ones_like(gap), np.zeros_like(gap)
    curves = {
        f"hinge, margin {margin:g}": (hinge.forward(gap, zero, one), hinge.backward(one)[0]),
        "logistic": (soft.forward(gap, one), soft.backward(one)),
    }
    at = {name: (np.interp(-2, gap, cost), np.interp(2, gap, cost)) for name, (cost, _) in curves.items()}
    told = [f"{name} {low:.2f} at a gap of -2 and {high:.2f} at +2" for name, (low, high) in at.items()]
    picture = Picture(
        f"Left: what a pair costs over the gap s_i − s_j: {'; '.join(told)}. Right: the slopes, which go from −1 to 0."
    )
    left, right = picture.panels("What a pair costs", "Slope for the better score")
    for (name, (cost, slope)), (color, style) in zip(curves.items(), SERIES):
        left.plot(gap, cost, color=color, linestyle=style, label=name)
        right.plot(gap, slope, color=color, linestyle=style)
    for panel in (left, right):
        panel.axvline(0, color=GRAY, linewidth=1)
        panel.set(xlabel="gap  $s_i - s_j$  (better − worse)")
    left.set_ylim(-0.1, 5.2)
    note(left, "wrong order", (-2, 0), (0, 4), ha="center", color=GRAY)
    note(left, "right order", (2.4, 0), (0, 26), ha="center", color=GRAY)
    picture.legend_above(left)
    return picture


@drawn
def pair_table(scores, relevance, margin=1.0) -> Picture:
    """All pairs of one list as a table: which count, and what each pays. scores, relevance (N,)"""
    scores, relevance = np.asarray(scores, float), np.asarray(relevance)
    counts = relevance[:, None] > relevance
    slack = np.where(counts, np.maximum(0, margin - (scores[:, None] - scores)), np.nan)
    n = len(scores)
    picture = Picture(
        f"A table of {n} × {n} pairs with scores {', '.join(f'{s:g}' for s in scores)} and relevances "
        f"{', '.join(f'{r:g}' for r in relevance)}. {counts.sum()} pairs count and {np.sum(slack > 0)} of them pay, "
        f"{np.nansum(slack):.1f} in all, so the mean is {np.nansum(slack) / counts.sum():.2f}.",
        width=5.6,
        height=3.9,
    )
    (panel,) = picture.panels("")
    panel.imshow(np.nan_to_num(slack, nan=-0.35), cmap="Blues", vmin=-0.6, vmax=1.5 * np.nanmax(slack) + 1e-9)
    for i in range(n):
        for j in range(n):
            words = f"{slack[i, j]:.1f}" if counts[i, j] else "–"
            strong = counts[i, j] and slack[i, j] > 0
            panel.text(
                j, i, words, ha="center", va="center", fontsize=10,
                color=BLACK if counts[i, j] else PALE, weight="bold" if strong else "normal",
            )  # fmt: skip
    said = [(f"{s:g}".replace("-", "−"), f"{r:g}") for s, r in zip(scores, relevance)]
    panel.set_xticks(range(n), [f"{s}\nr = {r}" for s, r in said])
    panel.set_yticks(range(n), [f"{s}, r = {r}" for s, r in said])
    panel.set(xlabel="the worse item j: score and relevance", ylabel="the better item i")
    panel.grid(visible=False)
    return picture


@drawn
def bars(scores, relevant, margin=1.0) -> Picture:
    """One list on a line: every bar and the irrelevant scores above it. scores, relevant (N,)"""
    scores, relevant = np.asarray(scores, float), np.asarray(relevant)
    good, rest = np.sort(scores[relevant == 1])[::-1], np.sort(scores[relevant == 0])
    above = [int(np.sum(rest > s - margin)) for s in good]
    pays = [float(np.sum(np.maximum(0, rest - (s - margin)))) for s in good]
    told = [
        f"the bar of score {s:g} is at {s - margin:g}, {k} above it, they pay {p:.2f}"
        for s, k, p in zip(good, above, pays)
    ]
    picture = Picture(
        f"{len(rest)} irrelevant scores on a line. {'; '.join(told)}. Mean over {len(good) * len(rest)} pairs: "
        f"{sum(pays) / (len(good) * len(rest)):.3f}.",
        height=0.9 + 0.62 * len(good),
    )
    (panel,) = picture.panels("")
    for row, (s, k, p) in enumerate(zip(good, above, pays)):
        y = len(good) - 1 - row
        panel.plot([scores.min() - margin - 0.3, scores.max() + 0.4], [y, y], color=PALE, linewidth=1)
        panel.plot([s - margin] * 2, [y - 0.3, y + 0.3], color=VERMILLION, linewidth=3)
        panel.plot([s - margin, s], [y, y], color=VERMILLION, linestyle=":", linewidth=1.5)
        panel.plot(s, y, "D", color=VERMILLION, markersize=7)
        pay = rest > s - margin
        panel.plot(rest[pay], np.full(pay.sum(), y), "o", color=BLUE, markersize=7)
        panel.plot(rest[~pay], np.full((~pay).sum(), y), "o", color="white", markeredgecolor=BLUE, markersize=7)
        panel.text(scores.max() + 0.55, y, f"{k} above the bar: {p:.2f}", va="center", fontsize=9.5, color="#1a1a1a")
    panel.set(
        xlabel="score  (◆ relevant, its bar one margin below; ● irrelevant and above the bar, ○ below)",
        xlim=(scores.min() - margin - 0.3, scores.max() + 3.2),
        ylim=(-0.6, len(good) - 0.4),
    )
    panel.set_xticks(np.arange(np.ceil(scores.min() - margin), np.floor(scores.max()) + 1))
    panel.set_yticks([])
    panel.grid(visible=False)
    return picture


@drawn
def growth(measured) -> Picture:
    """Time and memory over the length of a list, as measured: name -> (sizes, seconds, bytes)."""
    told = []
    for name, (sizes, seconds, memory) in measured.items():
        told.append(
            f"{name}: {1000 * seconds[-1]:.3g} ms and {memory[-1] / 1e6:.3g} MB at N = {sizes[-1]}, "
            f"memory × {memory[-1] / memory[-2]:.2f} for the last doubling"
        )
    picture = Picture(f"Measured cost of a list of N scores. {'; '.join(told)}.", height=3.3)
    left, right = picture.panels("Time there and back", "Memory at its peak")
    for (name, (sizes, seconds, memory)), (color, style), marker in zip(measured.items(), SERIES, MARKERS):
        left.plot(
            sizes, 1000 * np.asarray(seconds), color=color, linestyle=style, marker=marker, markersize=4, label=name
        )
        right.plot(sizes, np.asarray(memory) / 1e6, color=color, linestyle=style, marker=marker, markersize=4)
    left.set(xlabel="length of the list, N", ylabel="milliseconds", xscale="log", yscale="log")
    right.set(xlabel="length of the list, N", ylabel="megabytes", xscale="log", yscale="log")
    picture.legend_above(left, columns=3)
    return picture
