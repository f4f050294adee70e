"""Pictures of penalties: how hard they pull, where they stop, and what is left of the weights."""

import numpy as np

from course_lib.figures.picture import BLACK, BLUE, DASHED, GRAY, GREEN, PALE, SERIES, VERMILLION, Picture, drawn, note

LABEL = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}  # the ground of a text that a line would cross


@drawn
def pulls(penalties) -> Picture:
    """Each penalty of one weight and its slope; penalties: name -> (value of w, slope of w), functions."""
    w = np.linspace(-2, 2, 401)
    told = [
        f"{name} pulls with {abs(slope(1.5)):.3g} at 1.5 and {abs(slope(0.1)):.3g} at 0.1"
        for name, (_, slope) in penalties.items()
    ]
    picture = Picture(f"Penalties of one weight and their slopes. {'; '.join(told)}.", height=2.9)
    left, right = picture.panels("penalty", "slope: how hard it pulls")
    for (name, (value, slope)), (color, style) in zip(penalties.items(), SERIES):
        left.plot(w, value(w), color=color, linestyle=style, label=name)
        for side in (w < 0, w > 0):
            right.plot(w[side], slope(w)[side], color=color, linestyle=style)
    left.set(xlabel="weight")
    right.set(xlabel="weight")
    picture.legend_above(left)
    return picture


@drawn
def touching(loss, best, budgets) -> Picture:
    """Contours of a loss of two weights, and the place on each penalty's border where the loss is lowest.

    loss(w1, w2); best: where it is lowest of all; budgets: name -> (border points (P, 2), the lowest place on it).
    """
    told = [f"{name} stops at ({at[0]:.2f}, {at[1]:.2f})" for name, (_, at) in budgets.items()]
    picture = Picture(f"A loss with its lowest place at ({best[0]}, {best[1]}); {'; '.join(told)}.", height=3.5)
    panels = picture.panels(*budgets, sharey=True)
    side = np.linspace(-1.5, 2.6, 160)
    first, second = np.meshgrid(side, side)
    for panel, (border, at) in zip(panels, budgets.values()):
        panel.contour(first, second, loss(first, second), levels=9, colors=GRAY, linewidths=0.8)
        panel.fill(*border.T, color=BLUE, alpha=0.18, linewidth=0)
        panel.plot(*border.T, color=BLUE)
        panel.plot(*best, "x", color=BLACK, markersize=8, markeredgewidth=2)
        panel.plot(*at, "o", color=VERMILLION, markersize=8)
        note(panel, f"({at[0]:.2f}, {at[1]:.2f})", at, (8, -30), color=VERMILLION, bbox=LABEL)
        panel.set(xlabel="first weight", aspect="equal")
        panel.axhline(0, color=GRAY, linewidth=0.8)
        panel.axvline(0, color=GRAY, linewidth=0.8)
    panels[0].set_ylabel("second weight")
    return picture


@drawn
def paths(strengths, weights, errors, names) -> Picture:
    """Weights and errors over the strength of a penalty, a column for each penalty.

    weights: penalty -> (S, D); errors: penalty -> (S,) on new examples; names (D,) of the features.
    """
    told = []
    for penalty, w in weights.items():
        zeros = [int(np.sum(row == 0)) for row in (w[0], w[len(w) // 2], w[-1])]
        lowest = int(np.argmin(errors[penalty]))
        told.append(
            f"{penalty}: {zeros[0]}, {zeros[1]} and {zeros[2]} of {len(names)} weights are exactly 0 at the first, "
            f"middle and last strength; the error is lowest, {errors[penalty][lowest]:.3f}, at {strengths[lowest]:.2g}"
        )
    picture = Picture(f"Paths of the weights. {'; '.join(told)}.", height=4.6)
    first = next(iter(weights.values()))[0]
    marked = sorted(np.argsort(-np.abs(first))[: len(SERIES)])  # those that are largest without a penalty
    looks = dict(zip(marked, SERIES))
    grid = picture.subplots(2, len(weights), sharex=True, sharey="row", height_ratios=(2.2, 1))
    for column, (penalty, w) in enumerate(weights.items()):
        above, below = grid[:, column]
        above.set_title(penalty)
        for number in set(range(len(names))) - set(marked):
            above.plot(strengths, w[:, number], color=PALE, linewidth=1.2)
        for number, (color, style) in looks.items():
            above.plot(strengths, w[:, number], color=color, linestyle=style, label=names[number])
        above.axhline(0, color=GRAY, linewidth=0.8)
        below.plot(strengths, errors[penalty], color=VERMILLION)
        lowest = int(np.argmin(errors[penalty]))
        below.plot(strengths[lowest], errors[penalty][lowest], "o", color=GREEN)
        below.set(xlabel="strength", xscale="log")
    if len(names) > len(marked):
        grid[0, 0].plot([], [], color=PALE, linewidth=1.2, label="the others")
    grid[0, 0].set_ylabel("weight")
    grid[1, 0].set_ylabel("error, new")
    picture.legend_above(grid[0, 0], columns=6)
    return picture


@drawn
def landings(runs) -> Picture:
    """A weight over the steps; runs: name -> (T,)."""
    told = [f"{name} ends at {w[-1]:.2g}" for name, w in runs.items()]
    picture = Picture(
        f"One weight that is not needed, over {len(next(iter(runs.values())))} steps: {'; '.join(told)}.", height=2.6
    )
    (panel,) = picture.panels("")
    for (name, w), (color, style) in zip(runs.items(), SERIES):
        panel.plot(w, color=color, linestyle=style, label=name)
    panel.axhline(0, color=BLACK, linewidth=0.8, linestyle=DASHED)
    panel.set(xlabel="step", ylabel="weight")
    picture.legend_above(panel)
    return picture
