"""The losses of `losses.ranking` in PyTorch."""

import math
from numbers import Integral

import torch
from torch.utils.checkpoint import checkpoint

from course_lib.losses.inputs import beside
from course_lib.losses_torch.base import Loss, log1p_exp, positive_part
from course_lib.validation import number, one_of, same_shape


class MarginRanking(Loss):
    """See `losses.MarginRanking`."""

    def __init__(self, margin=0.0, reduction="mean"):
        super().__init__(reduction)
        self.margin = number("margin", margin, 0, math.inf, or_low=True)

    def forward(self, x1, x2, target):
        beside("x1", x1, x1.shape, x2=x2, target=target)
        return self.reduce(positive_part(target.to(x1.dtype) * (x2 - x1) + self.margin))


class PairwiseHinge(Loss):
    """See `losses.PairwiseHinge`."""

    def __init__(self, margin=1.0, form="sorted", reduction="mean"):
        super().__init__(reduction)
        self.margin = number("margin", margin, 0, math.inf)
        self.form = one_of("form", form, ("sorted", "pairs"))

    def forward(self, prediction, target):
        _lists(prediction, target)
        total, pairs = (_sorted if self.form == "sorted" else _pairs)(prediction, target, self.margin)
        return self.reduce(total / pairs.clamp(min=1))


class PairwiseLogistic(Loss):
    """See `losses.PairwiseLogistic`."""

    def __init__(self, block=64, reduction="mean"):
        super().__init__(reduction)
        if not isinstance(block, Integral) or block < 1:
            raise ValueError(f"block is {block!r}; expected a whole number, 1 or more")
        self.block = block

    def forward(self, prediction, target):
        _lists(prediction, target)

        def rows(prediction, i):
            gap = prediction[..., i, None] - prediction[..., None, :]
            counts = target[..., i, None] > target[..., None, :]
            return torch.where(counts, log1p_exp(-gap), 0).sum(dim=(-2, -1)), counts.sum(dim=(-2, -1))

        blocks = torch.arange(prediction.shape[-1], device=prediction.device).split(self.block)
        # autograd would keep every block for its backward; a checkpoint computes it again instead
        total, pairs = zip(*(checkpoint(rows, prediction, i, use_reentrant=False) for i in blocks))
        return self.reduce(sum(total) / sum(pairs).clamp(min=1))


def _lists(prediction, target):
    same_shape(prediction, target)
    if prediction.ndim == 0:
        raise ValueError("prediction is a single number; expected a list (…, N)")


def _pairs(p, target, margin):
    counts = target[..., :, None] > target[..., None, :]
    slack = positive_part(p[..., None, :] - (p - margin)[..., :, None])
    return torch.where(counts, slack, 0).sum(dim=(-2, -1)), counts.sum(dim=(-2, -1))


@torch.no_grad()
def _counts(p, target, margin):
    """How many pairs push each item down and up, and in how many it is the better one.

    By binary search instead of prefix sums: one logarithm more, and nothing that waits for its neighbor.
    """
    n, lists = p.shape[-1], p.numel() // p.shape[-1]
    rank = target.unique(return_inverse=True)[1].reshape(-1)
    merged = torch.cat([p, p - margin], dim=-1).reshape(lists, 2 * n)
    place = merged.argsort(dim=-1, stable=True).argsort(dim=-1)  # of scores, then of bars, among both
    score, bar = place[:, :n].reshape(-1), place[:, n:].reshape(-1)
    group = torch.arange(lists, device=p.device).repeat_interleave(n) << int(rank.max()).bit_length() | rank
    down, up, pairs = torch.zeros(3, p.numel(), dtype=torch.long, device=p.device)
    for bit in range(int(rank.max()).bit_length()):
        one, base = (group >> bit & 1).bool(), (group >> (bit + 1)) * 2 * n
        scores, bars = (base + score)[~one].sort()[0], (base + bar)[one].sort()[0]
        down[~one] += torch.searchsorted(bars, (base + score)[~one]) - torch.searchsorted(bars, base[~one])
        last = torch.searchsorted(scores, base[one] + 2 * n)
        up[one] += last - torch.searchsorted(scores, (base + bar)[one])
        pairs[one] += last - torch.searchsorted(scores, base[one])
    return down.reshape(p.shape), up.reshape(p.shape), pairs.reshape(p.shape)


def _sorted(p, target, margin):
    down, up, pairs = _counts(p.detach(), target, margin)
    return ((down - up).to(p.dtype) * p + margin * up.to(p.dtype)).sum(dim=-1), pairs.sum(dim=-1)
