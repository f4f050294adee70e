"""The pictures of the architectures, and the table of where each comes from."""

from course_lib.figures.architectures.acting import best_ways
from course_lib.figures.architectures.clouds import invented_points, word_map
from course_lib.figures.architectures.jungle import FAMILIES, JUNGLE, Architecture, jungle_map
from course_lib.figures.architectures.learning import curves
from course_lib.figures.architectures.memory import heads, recall, spread_marks, who_looks_where
from course_lib.figures.architectures.play import hopfield_explorer
from course_lib.figures.architectures.rows import image_rows, stamps

__all__ = [
    "FAMILIES",
    "JUNGLE",
    "Architecture",
    "best_ways",
    "curves",
    "heads",
    "hopfield_explorer",
    "image_rows",
    "invented_points",
    "jungle_map",
    "recall",
    "spread_marks",
    "stamps",
    "who_looks_where",
    "word_map",
]
