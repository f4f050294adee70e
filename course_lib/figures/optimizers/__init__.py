"""The pictures of the optimizers. The steps drawn are those of `course_lib.optimizers`."""

from course_lib.figures.optimizers.contest import contest
from course_lib.figures.optimizers.curves import averages, curves, scaling
from course_lib.figures.optimizers.maps import gallery, paths, race
from course_lib.figures.optimizers.play import explorer
from course_lib.figures.optimizers.results import quality, tuning
from course_lib.figures.optimizers.surfaces import SURFACES, Surface, path, quadratic, turned

__all__ = [
    "SURFACES",
    "Surface",
    "averages",
    "contest",
    "curves",
    "explorer",
    "gallery",
    "path",
    "paths",
    "quadratic",
    "quality",
    "race",
    "scaling",
    "tuning",
    "turned",
]
