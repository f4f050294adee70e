"""Losses of scores that should stand in an order, one pair at a time."""

from numbers import Integral

import numpy as np

from course_lib.losses.base import Loss, log1p_exp, sigmoid
from course_lib.losses.inputs import alike, signs_beside
from course_lib.validation import number, one_of, pair, require


class MarginRanking(Loss):
    """max(0, margin − target·(x1 − x2)), mean over all elements.

    x1, x2 scores, target +1 where x1 should be the larger one and −1 where x2 should, all of one shape.
    backward() -> the gradients for x1 and for x2; subgradient 0 at the kink.
    """

    def __init__(self, margin=0.0, reduction="mean"):
        super().__init__(reduction)
        self.margin = number("margin", margin, 0, np.inf, or_low=True)

    def forward(self, x1, x2, target):
        x1, x2 = alike(x1=x1, x2=x2)
        self.target = signs_beside("x1", x1, x1, target)
        self.slack = np.maximum(0, self.margin - self.target * (x1 - x2))
        return self.reduce(self.slack)

    def backward(self, dy=1.0):
        dx2 = self.upstream(dy) * self.target * (self.slack > 0)
        return -dx2, dx2


class PairwiseHinge(Loss):
    """max(0, margin − (p_i − p_j)), mean over all pairs of a list with target_i > target_j, then over lists.

    prediction p and target (…, N) -> a loss for each list; a shape (N,) is one list. Only the order of the targets
    matters. A list without such a pair costs 0; subgradient 0 at the kink. form: "pairs" writes N² pairs down,
    "sorted" counts them in O(N log N) time and O(N) memory, with the same answer.
    Herbrich, Graepel and Obermayer (1999), Support vector learning for ordinal regression, doi:10.1049/cp:19991091.
    """

    def __init__(self, margin=1.0, form="sorted", reduction="mean"):
        super().__init__(reduction)
        self.margin = number("margin", margin, 0, np.inf)
        self.form = one_of("form", form, ("sorted", "pairs"))

    def forward(self, prediction, target):
        p, target = _lists(prediction, target)
        total, slope, pairs = (_sorted if self.form == "sorted" else _pairs)(p, target, self.margin)
        pairs = np.maximum(pairs, 1).astype(p.dtype)
        self.slope = slope.astype(p.dtype) / pairs[..., None]
        return self.reduce(total.astype(p.dtype) / pairs)

    def backward(self, dy=1.0):
        return self.upstream(dy)[..., None] * self.slope


class PairwiseLogistic(Loss):
    """log(1 + exp(−(p_i − p_j))), mean over all pairs of a list with target_i > target_j, then over lists.

    prediction p and target (…, N), as in PairwiseHinge. Works through `block` rows of the N × N pairs at a time, so
    that memory is O(N·block) for a list. Burges et al. (2005), Learning to rank using gradient descent,
    doi:10.1145/1102351.1102363.
    """

    def __init__(self, block=64, reduction="mean"):
        super().__init__(reduction)
        if not isinstance(block, Integral) or block < 1:
            raise ValueError(f"block is {block!r}; expected a whole number, 1 or more")
        self.block = block

    def forward(self, prediction, target):
        p, target = _lists(prediction, target)
        total, pairs, self.slope = np.zeros(p.shape[:-1], p.dtype), np.zeros(p.shape[:-1], p.dtype), np.zeros_like(p)
        for start in range(0, p.shape[-1], self.block):
            rows = slice(start, start + self.block)
            counts = target[..., rows, None] > target[..., None, :]
            gap = p[..., rows, None] - p[..., None, :]
            total += np.where(counts, log1p_exp(-gap), 0).sum(axis=(-2, -1))
            pairs += counts.sum(axis=(-2, -1))
            push = np.where(counts, sigmoid(-gap), 0)
            self.slope[..., rows] -= push.sum(axis=-1)
            self.slope += push.sum(axis=-2)
        pairs = np.maximum(pairs, 1)
        self.slope /= pairs[..., None]
        return self.reduce(total / pairs)

    def backward(self, dy=1.0):
        return self.upstream(dy)[..., None] * self.slope


def _lists(prediction, target):
    prediction, target = pair(prediction, target, axes=1)
    require("prediction holds", prediction, np.isfinite(prediction), "expected finite scores")
    require("target holds", target, np.isfinite(target), "expected finite numbers to rank by")
    return prediction, target


def _pairs(p, target, margin):
    """-> Σ max(0, p_j − (p_i − margin)), its gradient for p, and the number of pairs with target_i > target_j."""
    counts = target[..., :, None] > target[..., None, :]
    slack = np.where(counts, np.maximum(0, p[..., None, :] - (p - margin)[..., :, None]), 0)
    pays = slack > 0
    return slack.sum(axis=(-2, -1)), pays.sum(axis=-2) - pays.sum(axis=-1), counts.sum(axis=(-2, -1))


def _sorted(p, target, margin):
    """What `_pairs` says, by counting: the hinge is linear where it pays, so counts are all there is to know.

    One sort puts a list's scores p_j and bars p_i − margin in order; a pair pays where the score comes after the bar.
    Two ranks that differ do so first in one bit: of the items that agree in all higher bits, a group, those with a 1
    should beat those with a 0. So for each bit, prefix sums along the order count the pairs that pay, and a stable
    partition, as in a radix sort, makes the next groups. With a search tree instead of bits: Airola, Pahikkala and
    Salakoski (2011), Training linear ranking SVMs in linearithmic time using red-black trees, arXiv:1005.0928.
    """
    size, n = p.size, p.shape[-1]
    rank = np.unique(target, return_inverse=True)[1].ravel()
    order = np.concatenate([p, p - margin], axis=-1).reshape(-1, 2 * n).argsort(axis=-1, kind="stable")
    which = np.arange(size // n)[:, None] + np.zeros_like(order)  # the first groups are the lists
    is_bar, item, group = (order >= n).ravel(), (order % n + which * n).ravel(), which.ravel()
    pulled, pushed, pairs = np.zeros((3, size), int)  # down by better items, up past worse ones, worse ones in all
    for bit in reversed(range(int(rank.max()).bit_length())):
        one = (rank[item] >> bit) % 2 == 1
        score, bar = ~is_bar & ~one, is_bar & one
        starts = np.flatnonzero(np.diff(group, prepend=-1))
        scores = np.repeat(np.add.reduceat(score, starts, dtype=int), np.diff(starts, append=2 * size))
        pulled[item[score]] += _running(bar, starts)[score]
        pushed[item[bar]] += (scores - _running(score, starts))[bar]
        pairs[item[bar]] += scores[bar]
        parts = np.concatenate([np.flatnonzero(~one), np.flatnonzero(one)])
        is_bar, item, group = is_bar[parts], item[parts], (2 * group + one)[parts]
    slope, pushed, pairs = (counts.reshape(p.shape) for counts in (pulled - pushed, pushed, pairs))
    return (slope * p.astype(float) + margin * pushed).sum(axis=-1), slope, pairs.sum(axis=-1)


def _running(x, starts):
    """Prefix sums that begin anew at each start."""
    total = np.cumsum(x)
    return total - np.repeat((total - x)[starts], np.diff(starts, append=x.size))
