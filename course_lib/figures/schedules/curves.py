"""Pictures of schedules: the rate over the steps."""

import numpy as np

from course_lib.figures.picture import BLUE, DASHED, GRAY, PALE, SERIES, VERMILLION, Picture, drawn, note


def _told(name, rate):
    """A curve in words: where it starts, its highest and lowest place, where it ends."""
    rate = np.asarray(rate, float)
    words = f"{name} starts at {rate[0]:.3g} and ends at {rate[-1]:.3g}"
    if rate.max() > rate[0] * (1 + 1e-9):
        words += f", highest {rate.max():.3g} at step {rate.argmax()}"
    if rate.min() < rate[-1] * (1 - 1e-9):
        words += f", lowest {rate.min():.3g} at step {rate.argmin()}"
    return words


@drawn
def rates(curves, steps, log=False, points=False) -> Picture:
    """The rate at the steps 0 to `steps` − 1, one curve for each name; curves: name -> schedule."""
    t = np.arange(steps)
    seen = {name: schedule(t) for name, schedule in curves.items()}
    told = "; ".join(_told(name, rate) for name, rate in seen.items())
    picture = Picture(f"Learning rate over the steps 0 to {steps - 1}: {told}.", height=2.9)
    (panel,) = picture.panels("")
    for (name, rate), (color, style) in zip(seen.items(), SERIES):
        if points:
            panel.plot(t, rate, "o", color=color, markersize=4, label=name)
        else:
            panel.plot(t, rate, color=color, linestyle=style, label=name)
    panel.set(xlabel="step", ylabel="learning rate", yscale="log" if log else "linear")
    if not log:
        panel.set_ylim(bottom=0)
    picture.legend_above(panel)
    return picture


@drawn
def weights_of_steps(curves, steps) -> Picture:
    """How far a run can travel: the sum of the rates up to each step; curves: name -> schedule."""
    t = np.arange(steps)
    sums = {name: np.cumsum(schedule(t)) for name, schedule in curves.items()}
    told = "; ".join(f"{name} {total[steps // 2]:.3g} and {total[-1]:.3g}" for name, total in sums.items())
    picture = Picture(f"Sum of the rates, after half and after all of {steps} steps: {told}.", height=2.8)
    (panel,) = picture.panels("")
    for (name, total), (color, style) in zip(sums.items(), SERIES):
        panel.plot(t, total, color=color, linestyle=style, label=name)
    panel.set(xlabel="step", ylabel="sum of the rates so far")
    picture.legend_above(panel)
    return picture


@drawn
def cycle(rate, momentum, steps, turns) -> Picture:
    """One cycle: the rate above, the momentum below; turns: the steps at which the phases end."""
    t = np.arange(steps)
    lr, beta = rate(t), momentum(t)
    alt = (
        f"One cycle of {steps} steps. {_told('The rate', lr)}. {_told('The momentum', beta)}. "
        f"The phases end at the steps {', '.join(f'{turn:g}' for turn in turns)}."
    )
    picture = Picture(alt, height=3.8)
    above, below = picture.subplots(2, 1, sharex=True)
    above.plot(t, lr, color=BLUE)
    below.plot(t, beta, color=VERMILLION, linestyle=DASHED)
    above.set(ylabel="learning rate", ylim=(0, 1.16 * lr.max()))
    below.set(ylabel="momentum", xlabel="step")
    borders = [0, *turns]
    for name, low, high in zip(("warm-up", "annealing", "cool-down"), borders, borders[1:]):
        above.text((low + high) / 2, 1.06 * lr.max(), name, ha="center", fontsize=9.5, color=GRAY)
    for panel in (above, below):
        for turn in turns[:-1]:
            panel.axvline(turn, color=PALE, linewidth=1.2)
    return picture


@drawn
def applied(planned, seen) -> Picture:
    """What was planned, a curve, and what the optimizer had at each step, points. Both (T,)."""
    off = float(np.max(np.abs(np.asarray(planned) - seen)))
    alt = f"Planned and applied rates over {len(seen)} steps; the largest difference is {off:.2g}. "
    picture = Picture(alt + _told("The rate", seen) + ".", height=2.6)
    (panel,) = picture.panels("")
    panel.plot(planned, color=PALE, linewidth=6, label="planned")
    panel.plot(seen, "o", color=BLUE, markersize=3, label="applied")
    if off:
        at = int(np.argmax(np.abs(np.asarray(planned) - seen)))
        note(panel, "here they differ", (at, seen[at]), (12, 12))
    panel.set(xlabel="step", ylabel="learning rate")
    picture.legend_above(panel)
    return picture
