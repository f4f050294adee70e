"""The pictures of the perceptron. What is drawn is computed by `course_lib`, not by a second formula."""

from course_lib.figures.perceptron.digits import digits, over_epochs, table_counts, templates
from course_lib.figures.perceptron.learning import (
    AsPrinted,
    bounds,
    learning,
    regions,
    signs,
    two_groups,
    two_rules,
    two_signs,
    walls,
)
from course_lib.figures.perceptron.play import cut_explorer
from course_lib.figures.perceptron.units import cut, gates, steps, unit

__all__ = [
    "AsPrinted",
    "bounds",
    "cut",
    "cut_explorer",
    "digits",
    "gates",
    "learning",
    "over_epochs",
    "regions",
    "signs",
    "steps",
    "table_counts",
    "templates",
    "two_groups",
    "two_rules",
    "two_signs",
    "unit",
    "walls",
]
