"""Pictures of words that become rows, and of steps that are missing."""

import numpy as np
from matplotlib.patches import Rectangle

from course_lib.figures.modules.chains import _said, _still, _table
from course_lib.figures.moving import Moving
from course_lib.figures.picture import BLACK, GRAY, GREEN, SERIES, VERMILLION, Picture, drawn, note


@drawn
def lookup(weight, ids, names) -> Picture:
    """A table with a row for each word; those that ids (T,) ask for are copied out. names: one for each row."""
    rows = weight[ids]
    told = ", ".join(f"{names[i]} is row {i}" for i in ids)
    picture = Picture(
        f"A table of {len(weight)} rows and {weight.shape[1]} columns. The text asks for {told}; its rows are copied "
        f"into an array of shape {rows.shape}.",
        height=2.6,
    )
    (panel,) = picture.panels("")
    _still(panel)
    tall, wide = len(weight), weight.shape[1]
    reach = float(np.abs(weight).max())
    _table(panel, weight, 0, 0, reach, "weight")
    for i, name in enumerate(names):
        asked = i in ids
        panel.text(
            -0.25, tall - 1 - i + 0.5, f"{name} · {i}", ha="right", va="center", fontsize=9,
            color=BLACK if asked else GRAY, fontweight="bold" if asked else "normal",
        )  # fmt: skip
        if asked:
            panel.add_patch(
                Rectangle((0, tall - 1 - i), wide, 1, facecolor="none", edgecolor=VERMILLION, linewidth=1.8, zorder=3)
            )
    left, bottom = wide + 4.6, (tall - len(ids)) / 2
    _table(panel, rows, left, bottom, reach, "weight[ids]")
    for j, i in enumerate(ids):
        height = bottom + len(ids) - 1 - j + 0.5
        panel.text(left - 0.25, height, names[i], ha="right", va="center", fontsize=9)
        panel.annotate(
            "", (left - 1.55, height), (wide + 0.15, tall - 1 - i + 0.5), arrowprops={"arrowstyle": "->", "color": GRAY}
        )  # fmt: skip
    panel.set(xlim=(-2.2, left + wide + 0.3), ylim=(-1.0, tall + 1.0))
    return picture


@drawn
def padded(x, mask, names) -> Picture:
    """One row for each example, one cell for each step; those that are missing are crossed out. x (N, T, D)."""
    told = "; ".join(f"{name}: {int(row.sum())} of {len(row)} steps" for name, row in zip(names, mask))
    picture = Picture(
        f"{len(x)} examples in an array of shape {_said(x.shape)}, with {int((~mask).sum())} missing steps. {told}.",
        height=0.9 + 0.45 * len(x),
    )
    (panel,) = picture.panels("")
    _still(panel)
    n, steps, features = x.shape
    for i in range(n):
        panel.text(-0.15, n - 1 - i + 0.45, names[i], ha="right", va="center", fontsize=9)
        for t in range(steps):
            at = (t * (features * 0.5 + 0.4), n - 1 - i)
            wide = features * 0.5 + 0.2
            here = mask[i, t]
            panel.add_patch(
                Rectangle(at, wide, 0.85, facecolor="#e8f3ee" if here else "#f4f4f4", edgecolor=GREEN if here else GRAY)
            )
            text = ", ".join(f"{value:g}".replace("-", "−") for value in x[i, t])
            color = BLACK if here else GRAY
            ground = None if here else {"facecolor": "#f4f4f4", "edgecolor": "none", "pad": 1}
            place = (at[0] + wide / 2, at[1] + 0.42)
            panel.text(*place, text, ha="center", va="center", fontsize=8.5, color=color, bbox=ground, zorder=3)
            if not here:
                panel.plot([at[0], at[0] + wide], [at[1], at[1] + 0.85], color=GRAY, linewidth=1)
    for t in range(steps):
        at = t * (features * 0.5 + 0.4) + (features * 0.5 + 0.2) / 2
        panel.text(at, n + 0.05, f"step {t}", ha="center", va="bottom", fontsize=8.5, color=GRAY)
    panel.set(xlim=(-2.6, steps * (features * 0.5 + 0.4)), ylim=(-0.15, n + 0.45))
    return picture


@drawn
def words(history, names, groups) -> Moving:
    """Words in the plane while an embedding learns. history: (count, 2) for each frame; groups: a number a word."""
    frames = []
    history = [np.asarray(rows) for rows in history]
    reach = 1.25 * max(float(np.abs(rows).max()) for rows in history)
    for number, rows in enumerate(history):
        title = "At the start" if number == 0 else f"After {number} of {len(history) - 1} parts of the training"
        frame = Picture(f"{title}: {len(names)} words as points of the plane, {_apart(rows, groups)}.", height=3.4)
        (panel,) = frame.panels(title)
        for group, ((color, _), marker) in enumerate(zip(SERIES, "osD^v")):
            inside = [i for i, of in enumerate(groups) if of == group]
            if inside:
                panel.plot(*rows[inside].T, marker, color=color, linestyle="none", markersize=7, zorder=3)
            down = sorted(inside, key=lambda i: -history[-1][i, 1])  # the labels' places are those of the last frame
            for i in inside:
                place = {down[0]: ((6, 5), "left"), down[-1]: ((6, -13), "left")}.get(i, ((-7, -4), "right"))
                note(panel, names[i], rows[i], place[0], color=color, ha=place[1])
        panel.axhline(0, color="#e3e3e3", linewidth=1, zorder=0)
        panel.axvline(0, color="#e3e3e3", linewidth=1, zorder=0)
        panel.set(xlim=(-reach, reach * 1.15), ylim=(-reach, reach), xticks=[], yticks=[])
        frames.append(frame)
    return Moving(
        f"{len(names)} words move while an embedding learns which words stand before which. At the start they are "
        f"{_apart(history[0], groups)}; in the end {_apart(history[-1], groups)}.",
        frames,
        seconds=0.7,
        rest=3.0,
    )


def _apart(rows, groups):
    same = np.equal.outer(groups, groups)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosine = unit @ unit.T
    pairs = ~np.eye(len(rows), dtype=bool)
    inside, across = cosine[same & pairs].mean(), cosine[~same].mean()
    return f"with a mean cosine of {inside:.2f} within a group and {across:.2f} across groups"
