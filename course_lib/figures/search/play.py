"""The picture with sliders."""

import numpy as np

from course_lib import search
from course_lib.figures.controls import played
from course_lib.figures.picture import Picture, drawn
from course_lib.figures.search.choices import grid_and_random


def explorer():
    """Grid against random: choose the number of trials, how much the second range matters, and a seed."""
    import ipywidgets

    trials = ipywidgets.IntSlider(value=16, min=4, max=64, step=1, description="trials")
    matters = ipywidgets.FloatSlider(value=0.1, min=0.0, max=1.0, step=0.05, description="second axis")
    seed = ipywidgets.IntSlider(value=1, min=0, max=30, step=1, description="seed")
    for slider in (trials, matters, seed):
        slider.continuous_update = False
    return played(_explored, trials, matters, seed)


@drawn
def _explored(trials, matters, seed) -> Picture:
    def height(x, y):
        return 1.5 - np.exp(-(((x - 0.5) / 0.1) ** 2)) - 0.5 * matters * np.exp(-(((y - 0.3) / 0.15) ** 2))

    space = {"x": search.Uniform(0.0, 1.0), "y": search.Uniform(0.0, 1.0)}

    def tried(method, rng=None):
        history = method(lambda point: 0.0, space, trials, rng).history
        return np.array([list(trial.point.values()) for trial in history])

    return grid_and_random(tried(search.grid), tried(search.random, np.random.default_rng(seed)), height)
