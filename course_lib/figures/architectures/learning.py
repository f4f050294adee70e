"""Pictures of learning: one number over epochs or steps."""

from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib.figures.picture import GRAY, SERIES, Picture, drawn


@drawn
def curves(panels, over="epoch", level=None, log=False, starts=None) -> Picture:
    """One panel for each title, in it one curve for each name; panels: title -> {name: (T,)}.

    level: (height, words) of a dotted line in every panel, such as what chance would reach; starts: name -> the
    epoch of its first value, where it is not 1.
    """
    told = "; ".join(
        f"{title}, {name}: {values[0]:.3g} to {values[-1]:.3g} in {len(values)}"
        for title, each in panels.items()
        for name, values in each.items()
    )
    line = f" The dotted line, {level[1]}: {level[0]:.3g}." if level else ""
    picture = Picture(f"Curves over each {over}. {told}.{line}", height=2.9)
    axes = picture.panels(*panels)
    names = list(dict.fromkeys(name for each in panels.values() for name in each))
    for panel, each in zip(axes, panels.values()):
        for name, values in each.items():
            color, style = SERIES[names.index(name) % len(SERIES)]
            first = (starts or {}).get(name, 1)
            panel.plot(np.arange(first, first + len(values)), values, color=color, linestyle=style, label=name)
        if level:
            panel.axhline(level[0], color=GRAY, linestyle=":", linewidth=1.4, label=level[1])
        panel.set(xlabel=over, yscale="log" if log else "linear")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    seen: dict[str, Any] = {}
    for panel in axes:
        for handle, label in zip(*panel.get_legend_handles_labels()):
            seen.setdefault(label, handle)
    picture.legend(handles=list(seen.values()), loc="outside upper center", ncols=min(4, len(seen)))
    return picture
