"""The pictures of the perceptron. What is drawn is computed by `course_lib`, not by a second formula."""

from course_lib.figures.perceptron.play import cut_explorer
from course_lib.figures.perceptron.units import cut, gates, steps, unit

__all__ = ["cut", "cut_explorer", "gates", "steps", "unit"]
