"""The pictures of the activations. What is drawn is computed by `course_lib.activations`, not by a second formula."""

from course_lib.figures.activations.curves import compare, gallery, gelu_forms, make, value_and_slope
from course_lib.figures.activations.networks import (
    along_layers,
    dying_unit,
    fits,
    output_histograms,
    over_steps,
    zigzag,
)
from course_lib.figures.activations.play import explorer, softmax_explorer
from course_lib.figures.activations.rows import logits_to_shares, temperatures

__all__ = [
    "along_layers",
    "compare",
    "dying_unit",
    "explorer",
    "fits",
    "gallery",
    "gelu_forms",
    "logits_to_shares",
    "make",
    "output_histograms",
    "over_steps",
    "softmax_explorer",
    "temperatures",
    "value_and_slope",
    "zigzag",
]
