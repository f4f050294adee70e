"""The pictures of training, evaluation and saved runs. What is drawn was measured by the cell that draws it."""

from course_lib.figures.training.formats import number_formats
from course_lib.figures.training.judging import confusion, separation
from course_lib.figures.training.loop import batches, one_step
from course_lib.figures.training.play import thresholds
from course_lib.figures.training.runs import curves, repeats, shares, tensorboard_page, throughput

__all__ = [
    "batches",
    "confusion",
    "curves",
    "number_formats",
    "one_step",
    "repeats",
    "separation",
    "shares",
    "tensorboard_page",
    "thresholds",
    "throughput",
]
