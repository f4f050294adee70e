"""The pictures of overfitting and of what holds it back."""

from course_lib.figures.overfitting.curves import fits, gap_over_examples, learning_curves, stopped
from course_lib.figures.overfitting.noise import bands, subnetworks
from course_lib.figures.overfitting.play import explorer
from course_lib.figures.overfitting.weights import landings, paths, pulls, touching

__all__ = [
    "bands",
    "explorer",
    "fits",
    "gap_over_examples",
    "landings",
    "learning_curves",
    "paths",
    "pulls",
    "stopped",
    "subnetworks",
    "touching",
]
