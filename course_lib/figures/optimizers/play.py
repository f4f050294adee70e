"""The picture with sliders."""

import numpy as np

from course_lib import optimizers
from course_lib.figures.controls import played
from course_lib.figures.optimizers.maps import LOOKS, draw, told
from course_lib.figures.optimizers.surfaces import SURFACES, path
from course_lib.figures.picture import Picture, drawn

MEMORY = {
    "Momentum": "momentum",
    "Nesterov": "momentum",
    "RMSprop": "beta",
    "Adam": "beta1",
    "Nadam": "beta1",
    "AdamW": "beta1",
}


def explorer():
    """Choose a surface, an optimizer, its rate and its memory; see the path and the height."""
    import ipywidgets

    rate = ipywidgets.FloatLogSlider(value=0.1, min=-3, max=0.5, step=0.1, description="rate")
    memory = ipywidgets.FloatSlider(value=0.9, min=0.0, max=0.98, step=0.02, description="memory β")
    steps = ipywidgets.IntSlider(value=60, min=5, max=200, step=5, description="steps")
    surface = ipywidgets.Dropdown(options=list(SURFACES), value="ravine", description="surface")
    optimizer = ipywidgets.Dropdown(options=list(LOOKS), value="Adam", description="optimizer")
    rate.continuous_update = memory.continuous_update = steps.continuous_update = False
    return played(_explored, steps, rate, memory, surface, optimizer)


@drawn
def _explored(steps, rate, memory, surface, optimizer) -> Picture:
    options = {MEMORY[optimizer]: memory} if optimizer in MEMORY else {}
    with np.errstate(over="ignore", invalid="ignore"):
        visited = path(getattr(optimizers, optimizer)(rate, **options), SURFACES[surface], steps)
    inside = np.all(np.abs(visited) < 50, axis=1) & np.isfinite(visited).all(axis=1)
    end = int(np.argmin(inside)) if not inside.all() else len(visited)  # beyond, it is lost
    paths = {optimizer: visited[: max(end, 2)]}
    title = f"{surface.capitalize()}, rate {rate:.3g}"
    lost = "" if inside.all() else f" It is lost after {end} steps."
    picture = Picture(
        f"{optimizer} on the {surface} with a rate of {rate:.3g} and a memory of {memory:g}, {steps} steps. Height "
        f"above the lowest point at the end: {told(SURFACES[surface], paths)}.{lost}",
        height=3.3,
    )
    draw(picture, SURFACES[surface], paths, title, steps)
    return picture
