"""Paths of optimizers on a map of the loss: still, and as a race."""

from typing import Any

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from course_lib.figures.moving import Moving
from course_lib.figures.optimizers.surfaces import SURFACES
from course_lib.figures.picture import (
    BLACK,
    BLUE,
    DASHDOT,
    DASHED,
    DOTTED,
    GRAY,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    SOLID,
    VERMILLION,
    Picture,
    drawn,
)

# One color and one line style for each optimizer, in every picture of the chapter.
LOOKS: dict[str, dict[str, Any]] = {
    "SGD": {"color": BLACK, "linestyle": SOLID},
    "Momentum": {"color": BLUE, "linestyle": DASHED},
    "Nesterov": {"color": SKY, "linestyle": SOLID},
    "AdaGrad": {"color": ORANGE, "linestyle": DASHDOT},
    "RMSprop": {"color": GREEN, "linestyle": DOTTED},
    "Adam": {"color": VERMILLION, "linestyle": SOLID},
    "Nadam": {"color": PURPLE, "linestyle": DASHED},
    "AdamW": {"color": GRAY, "linestyle": DASHDOT},
}
OTHERS = tuple(LOOKS.values())


def look(label, number):
    """The optimizer's own look where the label begins with its name, else the next of the list, or none of it."""
    return LOOKS.get(label.replace(",", " ").split()[0], None if number is None else OTHERS[number % len(OTHERS)])


def chart(panel, surface, grid=90, levels=9):
    """The loss as shades and lines: dark is low."""
    left, right, bottom, top = surface.window
    x, y = np.meshgrid(np.linspace(left, right, grid), np.linspace(bottom, top, grid))
    height = surface.value(np.stack([x, y], axis=-1)) - surface.depth
    shade = np.sqrt(np.maximum(height, 0))
    panel.imshow(shade, extent=surface.window, origin="lower", aspect="auto", cmap="Greys_r", vmin=-shade.max() / 1.2)
    panel.contour(x, y, shade, levels=levels, colors="white", linewidths=0.7)
    for lowest in surface.lowest:
        panel.plot(*lowest, "*", color="white", markeredgecolor=BLACK, markersize=12)
    panel.plot(*surface.start, "o", color="white", markeredgecolor=BLACK, markersize=6)
    panel.set(xlim=(left, right), ylim=(bottom, top), xlabel="weight 1")
    panel.grid(False)


def point(place):
    return "({:.2g}, {:.2g})".format(*place)


def told(surface, paths):
    ends = {label: float(surface.value(path[-1])) - surface.depth for label, path in paths.items()}
    return ", ".join(f"{label} {end:.2g}" for label, end in sorted(ends.items(), key=lambda item: item[1]))


@drawn
def paths(surface, paths, title="") -> Picture:
    """A map of the loss with the paths, and the height above the lowest point over the steps; label -> (T + 1, 2)."""
    surface = SURFACES[surface] if isinstance(surface, str) else surface
    steps = len(next(iter(paths.values()))) - 1
    picture = Picture(
        f"{title or surface.name.capitalize()}: a map of the loss over two weights, with paths from "
        f"{point(surface.start)}. Height above the lowest point after {steps} steps: {told(surface, paths)}.",
        height=3.3,
    )
    draw(picture, surface, paths, title or surface.name.capitalize())
    return picture


@drawn
def race(surface, paths, frames=8, seconds=0.5) -> Moving:
    """The same, step by step."""
    surface = SURFACES[surface] if isinstance(surface, str) else surface
    steps = len(next(iter(paths.values()))) - 1
    stops = np.unique(np.round(np.linspace(0, 1, frames) ** 1.5 * steps).astype(int))
    stills = []
    for stop in stops:
        so_far = {label: path[: stop + 1] for label, path in paths.items()}
        still = Picture(f"Step {stop} on the {surface.name}; heights: {told(surface, so_far)}.", height=3.3)
        still.set_dpi(110)
        draw(still, surface, so_far, f"{surface.name.capitalize()}, step {stop}", steps, paths)
        stills.append(still)
    return Moving(
        f"A race of {len(paths)} optimizers on a map of the {surface.name}, from {point(surface.start)}. Height above "
        f"the lowest point after {steps} steps: {told(surface, paths)}.",
        stills,
        seconds,
    )


def draw(picture, surface, paths, title, steps=None, full=None):
    left, right = picture.panels(title, "Height above the lowest point", width_ratios=(1.15, 1))
    chart(left, surface)
    for i, (label, path) in enumerate(paths.items()):
        style = look(label, i)
        left.plot(*path.T, **style, linewidth=1.6, label=label)
        left.plot(*path[-1], "o", color=style["color"], markeredgecolor="white", markersize=7)
        right.plot(heights(surface, path), **style, linewidth=1.8)
    left.set_ylabel("weight 2")
    seen = np.concatenate([heights(surface, path) for path in (full or paths).values()])
    right.set(xlabel="step", yscale="log", ylim=(max(seen.min() / 2, 1e-6), seen.max() * 2))
    right.set_xlim(0, steps or max(len(path) for path in paths.values()) - 1)
    right.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    right.yaxis.set_major_locator(LogLocator(numticks=6))
    right.yaxis.set_minor_locator(NullLocator())
    left.xaxis.set_major_locator(MaxNLocator(5))
    left.yaxis.set_major_locator(MaxNLocator(5))
    picture.set_layout_engine(None)  # there are many frames: places by hand are three times as fast
    picture.subplots_adjust(0.085, 0.15, 0.985, 0.8, 0.22)
    handles, labels = left.get_legend_handles_labels()
    picture.legend(handles, labels, loc="upper center", ncols=min(6, len(labels)))


def heights(surface, path):
    return np.maximum(surface.value(path) - surface.depth, 1e-9)


@drawn
def gallery() -> Picture:
    """The five surfaces side by side."""
    deep = {name: float(surface.value(np.array(surface.start))) - surface.depth for name, surface in SURFACES.items()}
    told = ", ".join(f"{name} {height:.2g}" for name, height in deep.items())
    picture = Picture(
        f"Maps of {len(SURFACES)} losses over two weights, each with its start and its lowest points. Height of the "
        f"start above the lowest point: {told}. The saddle has two lowest points, the others one.",
        height=2.1,
    )
    panels = picture.panels(*(name.capitalize() for name in SURFACES))
    for panel, surface in zip(panels, SURFACES.values()):
        chart(panel, surface)
        panel.set(xticks=[], yticks=[])
    panels[0].set_ylabel("weight 2")
    return picture
