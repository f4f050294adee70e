"""The loss of `losses.segmentation` in PyTorch."""

import math

from course_lib.losses_torch.base import Loss
from course_lib.validation import number, same_shape


class Dice(Loss):
    """See `losses.Dice`."""

    def __init__(self, smooth=1.0, reduction="mean"):
        super().__init__(reduction)
        self.smooth = number("smooth", smooth, 0, math.inf)

    def forward(self, prediction, target):
        same_shape(prediction, target)
        if prediction.ndim < 2:
            shape = tuple(prediction.shape)
            raise ValueError(f"prediction has shape {shape}; expected (N, …), N masks: try prediction[None]")
        p, t = prediction.flatten(1), target.to(prediction.dtype).flatten(1)
        return self.reduce(1 - (2 * (p * t).sum(dim=1) + self.smooth) / (p.sum(dim=1) + t.sum(dim=1) + self.smooth))
