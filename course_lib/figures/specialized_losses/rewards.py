"""Pictures of a grid world, of values that spread in it, and of what was earned."""

import numpy as np

from course_lib.figures.moving import Moving
from course_lib.figures.picture import BLACK, SERIES, Picture, drawn

ARROWS = "↑→↓←"


def _paint(picture, panel, letters, q):
    values = q.max(axis=1).reshape(letters.shape)
    shown = np.where(letters == ".", values, np.nan)
    image = panel.imshow(shown, cmap="cividis", vmin=-1, vmax=1)
    for at, letter in np.ndenumerate(letters):
        row = q[np.ravel_multi_index(at, letters.shape)]
        if letter == "#":
            panel.add_patch(_square(at))
        elif letter in "GP":
            name, pays = {"G": ("goal", "+1"), "P": ("pit", "−1")}[letter]
            panel.text(at[1], at[0], f"{name}\n{pays}", ha="center", va="center", fontsize=9, color=BLACK)
        else:
            color = "white" if values[at] < 0.35 else BLACK
            best = ARROWS[row.argmax()] if np.ptp(row) > 1e-9 else "·"
            panel.text(at[1], at[0] - 0.12, best, ha="center", va="center", fontsize=13, color=color)
            panel.text(
                at[1],
                at[0] + 0.3,
                f"{values[at]:.2f}".replace("-", "−"),
                ha="center",
                va="center",
                fontsize=7,
                color=color,
            )
    panel.set_xticks([])
    panel.set_yticks([])
    panel.grid(visible=False)
    return image


def _square(at):
    from matplotlib.patches import Rectangle

    return Rectangle((at[1] - 0.5, at[0] - 0.5), 1, 1, color=BLACK)


def _told(letters, q):
    values = q.max(axis=1)[(letters == ".").ravel()]
    return f"values from {values.min():.2f} to {values.max():.2f}"


@drawn
def grid_world(letters, tables) -> Picture:
    """What each cell is worth and which way to go; letters (H, W), tables: title -> q (H·W, 4), clockwise from up."""
    told = [f"{title}: {_told(letters, q)}" for title, q in tables.items()]
    picture = Picture(
        f"A grid of {letters.shape[0]} × {letters.shape[1]} cells with walls, a pit and a goal; in each cell the best "
        f"action as an arrow and its value. {'; '.join(told)}.",
        height=3.5,
    )
    for panel, q in zip(picture.panels(*tables), tables.values()):
        _paint(picture, panel, letters, q)
    return picture


def values_spread(letters, moments) -> Moving:
    """The values while they are learned; moments: step -> q (H·W, 4)."""
    learned = {step: int(np.sum(q.max(axis=1)[(letters == ".").ravel()] > 0)) for step, q in moments.items()}
    told = ", ".join(f"{n} after {step}" for step, n in learned.items())
    return Moving(
        f"Values spread from the goal through the grid. Cells that promise more than 0, by steps: {told}.",
        [_moment(letters, step, q) for step, q in moments.items()],
        seconds=0.7,
    )


@drawn
def _moment(letters, step, q) -> Picture:
    picture = Picture(f"The grid after {step} steps: {_told(letters, q)}.", width=4.4, height=4.0)
    (panel,) = picture.panels(f"after {step} steps")
    _paint(picture, panel, letters, q)
    return picture


@drawn
def returns(curves, best=None, xlabel="steps", ylabel="return of an episode", log=False) -> Picture:
    """What is earned over the training; curves: name -> (steps, values); best: the optimum, a line."""
    told = [f"{name} from {values[0]:.2f} to {values[-1]:.2f}" for name, (_, values) in curves.items()]
    top = f" The best possible is {best:.2f}." if best is not None else ""
    picture = Picture(f"{ylabel.capitalize()} over {xlabel}: {'; '.join(told)}.{top}", height=3.0)
    (panel,) = picture.panels("")
    for (name, (steps, values)), (color, style) in zip(curves.items(), SERIES):
        steady = "steps-post" if log else "default"  # a straight line would rise long before anything was learned
        panel.plot(steps, values, color=color, linestyle=style, label=name, drawstyle=steady)
    if best is not None:
        panel.axhline(best, color=BLACK, linewidth=1, linestyle=":", label="best possible")
    panel.set(xlabel=xlabel, ylabel=ylabel)
    if log:
        panel.set_xscale("symlog", linthresh=100)
        panel.set_xlim(left=0)
    picture.legend_above(panel, columns=3)
    return picture
