"""What all losses share: the reduction, and what several of them compute."""

import numpy as np

from course_lib.validation import one_of

overflow_is_inf = np.errstate(over="ignore")  # a loss too large for its dtype is inf, which says enough


class Loss:
    """What all losses share: `reduce` makes one of many losses, `upstream` brings its gradient back to each.

    reduction: "mean" or "sum" -> scalar; "none" -> one loss for each element or example, as the class says.
    The prediction is float64 or float32, and so are loss and gradient. dy: gradient for forward's answer.
    """

    def __init__(self, reduction="mean"):
        self.reduction = one_of("reduction", reduction, ("mean", "sum", "none"))
        self.shape = None

    def reduce(self, losses):
        self.shape, self.dtype = losses.shape, losses.dtype
        return np.copy(losses) if self.reduction == "none" else getattr(np, self.reduction)(losses)

    def upstream(self, dy):
        if self.shape is None:
            raise ValueError("backward came before forward; expected forward(prediction, target) first")
        dy, answer = np.asarray(dy, float), self.shape if self.reduction == "none" else ()
        if dy.shape not in ((), answer):
            raise ValueError(f"dy has shape {dy.shape}; expected a number or forward's shape {answer}")
        each = dy / np.prod(self.shape) if self.reduction == "mean" else dy
        return np.broadcast_to(each, self.shape).astype(self.dtype)


def sigmoid(x):
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-abs(x)))


def log1p_exp(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-abs(x)))
