"""The picture with sliders."""

import numpy as np

from course_lib.architectures import Hopfield
from course_lib.architectures.data import patterns
from course_lib.figures.controls import played
from course_lib.figures.picture import BLUE, VERMILLION, Picture, drawn

UNITS = 100


def hopfield_explorer():
    """Choose how many random patterns a net of 100 units holds, and how many units of each are flipped."""
    import ipywidgets

    count = ipywidgets.IntSlider(value=6, min=1, max=40, description="patterns", continuous_update=False)
    flipped = ipywidgets.IntSlider(value=20, min=0, max=50, step=5, description="flipped", continuous_update=False)
    return played(_explored, count, flipped)


@drawn
def _explored(count, flipped) -> Picture:
    rng = np.random.default_rng(0)
    stored = patterns(rng, 40, UNITS)[:count]
    net = Hopfield(UNITS)
    net.store(stored)
    damaged = stored.copy()
    for row in damaged:
        row[rng.permutation(UNITS)[:flipped]] *= -1
    state, _ = net.recall(damaged, rng)
    wrong = (state != stored).sum(axis=1)
    picture = Picture(
        f"A Hopfield net of {UNITS} units holds {count} random patterns. With {flipped} units of each flipped, "
        f"{int((wrong == 0).sum())} of {count} come back without a mistake; the others have up to {int(wrong.max())} "
        f"wrong units.",
        height=2.9,
    )
    panels = picture.panels("stored", f"{flipped} flipped", "recalled", "wrong units", width_ratios=(1, 1, 1, 1.4))
    for panel, each in zip(panels, (stored[0], damaged[0], state[0])):
        panel.imshow(each.reshape(10, 10), cmap="gray_r", vmin=-1, vmax=1)
        panel.set(xticks=[], yticks=[])
        panel.grid(visible=False)
    last = panels[-1]
    for number, bad in enumerate(wrong, start=1):
        last.plot(number, bad, "o", color=VERMILLION if bad else BLUE, markersize=4)  # a 0 is seen, too
    last.set(xlabel="pattern", ylim=(-0.5, max(10, wrong.max() + 2)))
    last.set_box_aspect(1 / 1.4)  # as high as the images
    return picture
