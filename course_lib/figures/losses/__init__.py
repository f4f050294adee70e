"""The pictures of the losses. What is drawn is computed by `course_lib.losses`, not by a second formula."""

from course_lib.figures.losses.classification import (
    boundaries,
    distributions,
    focal_curves,
    logits_to_loss,
    softmax_floor,
    surprise,
    training_curves,
)
from course_lib.figures.losses.play import explorer, logit_explorer
from course_lib.figures.losses.regression import (
    ERROR_LOSSES,
    MARGIN_LOSSES,
    best_constant,
    cosine_angle,
    fit_line,
    huber_and_log_cosh,
    huber_seam,
    outlier_drag,
    outlier_fit,
    poisson_fit,
    relative_errors,
    value_and_gradient,
)

__all__ = [
    "ERROR_LOSSES",
    "MARGIN_LOSSES",
    "best_constant",
    "boundaries",
    "cosine_angle",
    "distributions",
    "explorer",
    "fit_line",
    "focal_curves",
    "huber_and_log_cosh",
    "huber_seam",
    "logit_explorer",
    "logits_to_loss",
    "outlier_drag",
    "outlier_fit",
    "poisson_fit",
    "relative_errors",
    "softmax_floor",
    "surprise",
    "training_curves",
    "value_and_gradient",
]
