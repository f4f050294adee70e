"""A loss of masks: which pixels belong to the thing?"""

import numpy as np

from course_lib.losses.base import Loss
from course_lib.validation import fractions, number, require


class Dice(Loss):
    """1 − (2Σpt + smooth) / (Σp + Σt + smooth), p the prediction, t the target in [0, 1]; mean over examples.

    probabilities and target (N, …) -> a loss for each of N masks. smooth makes an empty mask predicted empty cost 0.
    Milletari, Navab and Ahmadi (2016), V-Net, arXiv:1606.04797, there with Σp² + Σt² below and without smooth.
    """

    def __init__(self, smooth=1.0, reduction="mean"):
        super().__init__(reduction)
        self.smooth = number("smooth", smooth, 0, np.inf)

    def forward(self, prediction, target):
        p, self.t = fractions(prediction, target)
        if p.ndim < 2:
            raise ValueError(f"prediction has shape {p.shape}; expected (N, …), N masks: try prediction[None]")
        require("prediction holds", p, (p >= 0) & (p <= 1), "expected probabilities: try sigmoid")
        pixels = tuple(range(1, p.ndim))
        self.size = (p + self.t).sum(axis=pixels, keepdims=True) + self.smooth
        self.score = (2 * (p * self.t).sum(axis=pixels, keepdims=True) + self.smooth) / self.size
        return self.reduce(1 - self.score.reshape(len(p)))

    def backward(self, dy=1.0):
        each = self.upstream(dy).reshape(self.size.shape)
        return each * (self.score - 2 * self.t) / self.size
