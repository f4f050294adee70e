"""The pictures of modules and their chains. What is drawn is computed by `course_lib`, not by a second formula."""

from course_lib.figures.modules.chains import branches, chain, counts, passage, product
from course_lib.figures.modules.outputs import heads
from course_lib.figures.modules.play import depth_and_width
from course_lib.figures.modules.regions import decisions, grid_of_decisions, hidden_space, rings, spirals
from course_lib.figures.modules.sequences import lookup, padded, words
from course_lib.figures.modules.zigzags import piece_counts, zigzags

__all__ = [
    "branches",
    "chain",
    "counts",
    "decisions",
    "depth_and_width",
    "grid_of_decisions",
    "heads",
    "hidden_space",
    "lookup",
    "padded",
    "passage",
    "piece_counts",
    "product",
    "rings",
    "spirals",
    "words",
    "zigzags",
]
