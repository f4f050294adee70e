"""What all twins share: the reduction, and what several of them compute."""

import torch
from torch import nn

from course_lib.validation import one_of


class Loss(nn.Module):
    """See `losses.Loss`."""

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = one_of("reduction", reduction, ("mean", "sum", "none"))

    def reduce(self, losses):
        return losses if self.reduction == "none" else getattr(torch, self.reduction)(losses)


def log1p_exp(x):
    return torch.logaddexp(x, torch.zeros_like(x))


def positive_part(x):
    return torch.where(x <= 0, 0, x)  # not clamp, whose gradient at the kink is 1; nan stays nan
