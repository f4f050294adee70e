"""The picture with sliders."""

import numpy as np

from course_lib.figures.controls import played
from course_lib.figures.picture import Picture
from course_lib.figures.training.judging import separation


def thresholds():
    """Move the threshold, the distance of the classes, and how rare the positives are."""
    import ipywidgets

    threshold = ipywidgets.FloatSlider(value=1.0, min=-2.0, max=4.0, step=0.1, description="threshold")
    distance = ipywidgets.FloatSlider(value=1.5, min=0.0, max=4.0, step=0.1, description="distance")
    positives = ipywidgets.IntSlider(value=100, min=5, max=400, step=5, description="positives")
    for control in (threshold, distance, positives):
        control.continuous_update = False
    return played(_judged, threshold, distance, positives)


def _judged(threshold, distance, positives) -> Picture:
    """400 negatives around 0 and the positives around `distance`, all with a spread of 1."""
    rng = np.random.default_rng(0)
    negatives, others = rng.normal(size=400), rng.normal(size=400)[:positives] + distance
    return separation(np.concatenate([negatives, others]), np.repeat([0, 1], [400, positives]), threshold)
