"""The pictures of the optimizers. The steps drawn are those of `course_lib.optimizers`."""

from course_lib.figures.optimizers.maps import gallery, paths, race
from course_lib.figures.optimizers.surfaces import SURFACES, Surface, path, quadratic

__all__ = ["SURFACES", "Surface", "gallery", "path", "paths", "quadratic", "race"]
