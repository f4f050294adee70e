"""The pictures of the units. What is drawn is computed by `course_lib.layers`, not by a second formula."""

from course_lib.figures.units.fields import field, windows
from course_lib.figures.units.gating import gates_of_one_input
from course_lib.figures.units.looking import normalized_together, weights_of_attention
from course_lib.figures.units.memory import back_through_time, cell, learning, lives_of_gradients
from course_lib.figures.units.play import explorer
from course_lib.figures.units.sliding import images, matrix, slide

__all__ = [
    "back_through_time",
    "cell",
    "explorer",
    "field",
    "gates_of_one_input",
    "images",
    "learning",
    "lives_of_gradients",
    "matrix",
    "normalized_together",
    "slide",
    "weights_of_attention",
    "windows",
]
