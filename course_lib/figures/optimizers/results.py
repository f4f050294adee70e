"""Pictures of training runs: each optimizer over its rates, and speed and quality over seeds."""

import numpy as np
from matplotlib.ticker import NullLocator

from course_lib.figures.optimizers.maps import LOOKS
from course_lib.figures.picture import BLACK, BLUE, VERMILLION, Picture, drawn

KINDS = ((BLUE, "o"), (VERMILLION, "D"))


@drawn
def tuning(tasks, ylabel) -> Picture:
    """The loss over the rate, a panel for each task; title -> optimizer -> (rates, losses)."""
    told = []
    for title, runs in tasks.items():
        best = {name: (loss.min(), rates[loss.argmin()]) for name, (rates, loss) in runs.items()}
        told.append(f"{title}: " + ", ".join(f"{name} {low:.3g} at {lr:.3g}" for name, (low, lr) in best.items()))
    picture = Picture(f"{ylabel.capitalize()} over the rate, lowest with its rate. {'. '.join(told)}.", height=3.4)
    panels = picture.panels(*tasks, sharey=True)
    for panel, runs in zip(panels, tasks.values()):
        for name, (rates, loss) in runs.items():
            panel.plot(rates, loss, **LOOKS[name], marker=".", label=name)
        panel.set(xlabel="learning rate", xscale="log", yscale="log")
    low, high = panels[0].get_ylim()
    ticks = [tick for tick in (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5) if low <= tick <= high]
    panels[0].set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    panels[0].yaxis.set_minor_locator(NullLocator())
    panels[0].set_ylabel(ylabel)
    picture.legend_above(panels[0], 4)
    return picture


@drawn
def quality(tasks, names) -> Picture:
    """A row for each optimizer, a point for each seed, a bar at the mean; task -> optimizer -> (measure, S).

    names: what the measures are, a panel for each.
    """
    told = []
    for title, runs in tasks.items():
        means = {name: np.mean(seen, axis=1) for name, seen in runs.items()}
        each = [f"{name} {' and '.join(f'{value:.3g}' for value in mean)}" for name, mean in means.items()]
        told.append(f"{title}: {', '.join(each)}")
    measures = " and ".join(names)
    picture = Picture(f"Means over seeds of {measures}. {'. '.join(told)}.", height=3.9)
    panels = picture.panels(*names, sharey=True)
    rows = list(next(iter(tasks.values())))
    for shift, (color, marker), (title, runs) in zip((-0.17, 0.17), KINDS, tasks.items()):
        for i, panel in enumerate(panels):
            for row, name in enumerate(rows):
                seen = np.asarray(runs[name])[i]
                label = title if row == 0 else None
                panel.plot(
                    seen, [row + shift] * len(seen), marker, color=color, alpha=0.55, markersize=4.5, label=label
                )
                panel.plot([seen.mean()] * 2, [row + shift - 0.15, row + shift + 0.15], color=BLACK, linewidth=1.6)
    panels[0].set_yticks(range(len(rows)), rows)
    panels[0].invert_yaxis()
    for panel in panels:
        panel.grid(axis="y", visible=False)
    picture.legend_above(panels[0], 2)
    return picture
