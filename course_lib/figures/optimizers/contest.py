"""All optimizers on all surfaces at once."""

import numpy as np

from course_lib.figures.moving import Moving
from course_lib.figures.optimizers.maps import LOOKS, chart, heights
from course_lib.figures.optimizers.surfaces import SURFACES
from course_lib.figures.picture import BLACK, Picture, drawn


@drawn
def contest(runs, frames=8, seconds=0.5) -> Moving:
    """A map for each surface with the paths so far, step by step; surface -> optimizer -> (T + 1, 2)."""
    steps = len(next(iter(next(iter(runs.values())).values()))) - 1
    stops = np.unique(np.round(np.linspace(0, 1, frames) ** 1.6 * steps).astype(int))
    return Moving(
        f"A race of {len(next(iter(runs.values())))} optimizers on {len(runs)} surfaces, each at its own rate, {steps} "
        f"steps. The lowest at the end: {_leaders(runs, steps)}.",
        [_still(runs, stop) for stop in stops],
        seconds,
    )


def _leaders(runs, stop):
    words = []
    for surface, paths in runs.items():
        now = {name: float(heights(SURFACES[surface], path[stop])) for name, path in paths.items()}
        best = min(now, key=now.__getitem__)
        words.append(f"{best} on the {surface}, {now[best]:.2g}")
    return "; ".join(words)


def _still(runs, stop):
    picture = Picture(f"Step {stop} of the race on {len(runs)} surfaces: {_leaders(runs, stop)}.", height=4.4)
    picture.set_dpi(110)
    picture.set_layout_engine(None)  # there are many frames: places by hand are faster
    panels = picture.subplots(2, 3).ravel()
    picture.subplots_adjust(0.02, 0.03, 0.98, 0.93, 0.06, 0.16)
    for panel, (surface, paths) in zip(panels, runs.items()):
        chart(panel, SURFACES[surface], grid=60, levels=6)
        for name, path in paths.items():
            so_far = path[: stop + 1]
            panel.plot(*so_far.T, **LOOKS[name], linewidth=1.4)
            panel.plot(*so_far[-1], "o", color=LOOKS[name]["color"], markeredgecolor="white", markersize=6.5)
        panel.set(xticks=[], yticks=[], xlabel="", title=surface.capitalize())
    legend = panels[len(runs)]
    legend.axis("off")
    for name in next(iter(runs.values())):
        legend.plot([], [], **LOOKS[name], label=name)
    legend.legend(loc="center", title=f"step {stop}", title_fontsize=12, fontsize=10)
    legend.plot([], [], color=BLACK)
    return picture
