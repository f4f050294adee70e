"""Pictures of what lasts: gradients through time, the cell of an LSTM, and who learns a sequence."""

import numpy as np

from course_lib.figures.moving import Moving
from course_lib.figures.picture import BLUE, GRAY, PALE, SERIES, VERMILLION, Picture, drawn


@drawn
def lives_of_gradients(norms) -> Picture:
    """How much of the last state is left to an earlier one; norms: name -> (T,), from 0 steps back to T − 1."""
    told = "; ".join(f"{name} {norm[len(norm) // 2]:.2g} and {norm[-1]:.2g}" for name, norm in norms.items())
    steps = len(next(iter(norms.values()))) - 1
    picture = Picture(f"Size of the derivative, {steps // 2} and {steps} steps back: {told}.", height=3.2)
    (panel,) = picture.panels("")
    for (name, norm), (color, style) in zip(norms.items(), SERIES * 2):
        panel.plot(norm, color=color, linestyle=style, label=name)
    panel.set(xlabel="steps back in time", ylabel="size of the derivative", yscale="log")
    low, high = panel.get_ylim()
    panel.set_ylim(max(low, 1e-14), high)
    picture.legend_above(panel, 3)
    return picture


def back_through_time(norms, bends) -> Moving:
    """The gradient travels from the last step to the first; norms (T,): its size at each step; bends (T,): slopes."""
    norms, bends = np.asarray(norms, float), np.asarray(bends, float)
    alt = (
        f"A gradient of size {norms[-1]:.3g} starts at the last of {len(norms)} steps and travels to the first. Each "
        f"step multiplies it by the weights and by the slope of tanh; at the first {norms[0]:.2g} is left."
    )
    frames = [_arrived(norms, bends, step) for step in reversed(range(len(norms)))]
    return Moving(alt, frames, seconds=0.35)


@drawn
def _arrived(norms, bends, step) -> Picture:
    t = np.arange(len(norms))
    picture = Picture(f"At step {step} the gradient has the size {norms[step]:.3g}, of {norms[-1]:.3g} at first.")
    above, below = picture.subplots(2, 1, sharex=True)
    floor = norms.min() / 3
    above.bar(t[step:], norms[step:] - floor, 0.6, floor, color=[VERMILLION] + [BLUE] * (len(norms) - step - 1))
    above.set(ylabel="gradient", yscale="log", ylim=(floor, 2 * norms.max()))
    above.minorticks_off()
    above.set_title(f"step {step}: {norms[step]:.2g}")
    below.bar(t, bends, 0.6, color=[VERMILLION if i == step else PALE for i in t])
    below.set(ylabel="slope of tanh", xlabel="step", ylim=(0, 1.05), xlim=(-0.7, len(norms) - 0.3))
    return picture


@drawn
def cell(rows, marks=()) -> Picture:
    """What happens in one cell over the steps, a row for each quantity; rows: name -> (T,); marks: steps."""
    told = "; ".join(
        f"{name} from {row[0]:.2g} to {row[-1]:.2g}, highest {np.max(row):.2g}" for name, row in rows.items()
    )
    picture = Picture(f"Over {len(next(iter(rows.values())))} steps: {told}.", height=0.5 + 0.72 * len(rows))
    panels = np.atleast_1d(picture.subplots(len(rows), 1, sharex=True))
    for panel, (name, row), (color, _) in zip(panels, rows.items(), SERIES * 2):
        panel.step(np.arange(len(row)), row, where="mid", color=color, linewidth=1.6)
        panel.axhline(0, color=GRAY, linewidth=0.7)
        panel.set_ylabel(name, rotation=0, ha="right", va="center")
        panel.margins(y=0.2)
        for mark in marks:
            panel.axvline(mark, color=PALE, linewidth=1)
    panels[-1].set_xlabel("step")
    return picture


@drawn
def learning(curves, quantity="accuracy", level=None) -> Picture:
    """A panel for each task, a curve for each model; curves: task -> name -> (epochs,); level: what guessing gets."""
    told = "; ".join(
        f"{task}: " + ", ".join(f"{name} ends at {curve[-1]:.3g}" for name, curve in named.items())
        for task, named in curves.items()
    )
    picture = Picture(f"{quantity.capitalize()} over the epochs. {told}.", height=3.0)
    panels = picture.panels(*curves, sharey=True)
    for panel, named in zip(panels, curves.values()):
        for (name, curve), (color, style) in zip(named.items(), SERIES):
            panel.plot(range(1, len(curve) + 1), curve, color=color, linestyle=style, label=name)
        if level is not None:
            panel.axhline(level, color=GRAY, linewidth=1, linestyle=":")
        panel.set(xlabel="epoch")
    panels[0].set_ylabel(quantity)
    picture.legend_above(panels[0])
    return picture
