"""Pictures of networks with one input: straight pieces, and how many of them."""

import numpy as np

from course_lib.figures.picture import BLUE, GRAY, SERIES, Picture, drawn


def pieces(x, y):
    """How many straight pieces the points x, y lie on: where the slope changes a new one begins."""
    slope = np.diff(y) / np.diff(x)
    changes = np.abs(np.diff(slope)) > 1e-6 * max(1.0, float(np.abs(slope).max()))
    # A corner between two points shows as two changes in a row: they are one.
    return 1 + int(np.sum(changes & ~np.r_[False, changes[:-1]]))


def _worded(count):
    return f"{count} piece" + "s" * (count != 1)


@drawn
def zigzags(curves) -> Picture:
    """One panel for each curve; curves: title -> (x, y)."""
    counted = {title: pieces(x, y) for title, (x, y) in curves.items()}
    told = ", ".join(f"{title} {_worded(count)}" for title, count in counted.items())
    picture = Picture(f"Curves of {len(curves)} networks with one input, each of straight pieces: {told}.", height=2.3)
    for panel, (title, (x, y)) in zip(picture.panels(*curves, sharey=True), curves.items()):
        panel.plot(x, y, color=BLUE, linewidth=1.6)
        panel.set(xlabel="x", xlim=(x[0], x[-1]), ylim=(-0.05, 1.22))
        word = _worded(counted[title])
        panel.text(0.5, 0.98, word, ha="center", va="top", fontsize=9, color=GRAY, transform=panel.transAxes)
    return picture


@drawn
def piece_counts(units, curves) -> Picture:
    """How many pieces networks of so many units have; curves: name -> (len(units),)."""
    told = "; ".join(f"{name} {', '.join(f'{count:.3g}' for count in counts)}" for name, counts in curves.items())
    picture = Picture(f"Straight pieces of networks with {', '.join(map(str, units))} units: {told}.", height=2.9)
    (panel,) = picture.panels("")
    for (name, counts), (color, style) in zip(curves.items(), SERIES):
        panel.plot(units, counts, "o", color=color, linestyle=style, markersize=4.5, label=name)
    panel.set(xlabel="hidden units in all", ylabel="straight pieces", yscale="log", xticks=list(units))
    top = max(max(counts) for counts in curves.values())
    ticks = [10**k for k in range(int(np.ceil(np.log10(top))) + 1)]
    panel.set_yticks(ticks, [f"{tick:,}".replace(",", " ") for tick in ticks])
    panel.set_yticks([], minor=True)
    picture.legend_above(panel)
    return picture
