"""The pictures of gradients in deep networks. The units in them are those of `course_lib`."""

from course_lib.figures.gradient_flow.batches import running, shortcut, slopes_of_batch
from course_lib.figures.gradient_flow.clipping import arrows, cliff
from course_lib.figures.gradient_flow.depth import by_depth, coming_back, histograms, table, through_layers
from course_lib.figures.gradient_flow.play import explorer
from course_lib.figures.gradient_flow.runs import board
from course_lib.figures.gradient_flow.units import fixed_point, half_thrown_away, symmetry

__all__ = [
    "arrows",
    "board",
    "by_depth",
    "cliff",
    "coming_back",
    "explorer",
    "fixed_point",
    "half_thrown_away",
    "histograms",
    "running",
    "shortcut",
    "slopes_of_batch",
    "symmetry",
    "table",
    "through_layers",
]
