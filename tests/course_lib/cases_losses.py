"""One row for each loss: hyperparameters, inputs, and an oracle made of PyTorch's own losses, or mpmath.

Inputs stay 0.02 away from kinks, so that differences make sense; kinks and large numbers have tests of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass

import mpmath
import numpy as np
import torch
from torch import nn

from tests.course_lib.contract import mpmath_gradient, run_twin

ORACLES = {
    "losses.SumSquaredError": "torch.nn.MSELoss",
    "losses.Euclidean": "torch.nn.MSELoss",
    "losses.MeanSquaredError": "torch.nn.MSELoss",
    "losses.MeanAbsoluteError": "torch.nn.L1Loss",
    "losses.MeanAbsolutePercentageError": "sklearn.metrics.mean_absolute_percentage_error",
    "losses.MeanSquaredLogarithmicError": "sklearn.metrics.mean_squared_log_error",
    "losses.Huber": "torch.nn.HuberLoss",
    "losses.SmoothL1": "torch.nn.SmoothL1Loss",
    "losses.LogCosh": "mpmath.cosh",
    "losses.PoissonNLL": "torch.nn.PoissonNLLLoss",
    "losses.CosineSimilarity": "torch.nn.CosineSimilarity",
    "losses.CrossEntropy": "torch.nn.CrossEntropyLoss",
    "losses.CategoricalCrossEntropy": "torch.nn.NLLLoss",
    "losses.BinaryCrossEntropy": "torch.nn.BCELoss",
    "losses.BinaryCrossEntropyWithLogits": "torch.nn.BCEWithLogitsLoss",
    "losses.KLDivergence": "torch.nn.KLDivLoss",
    "losses.Hinge": "torch.nn.MultiMarginLoss",
    "losses.SquaredHinge": "torch.nn.MultiMarginLoss",
    "losses.SoftMargin": "torch.nn.SoftMarginLoss",
    "losses.Focal": "mpmath.exp",
}
IDS = tuple(ORACLES)
KINKS = np.array([0.0, 0.25, 1.0, 4.0])  # of |e|: an error of 0, and every delta and beta of the rows below


@dataclass(frozen=True)
class Row:
    name: str
    oracle: Callable  # (reduction, **options) -> (arrays, dy) -> (value, gradient)
    inputs: tuple[Callable, ...]  # rng -> prediction, target
    large: tuple[Callable, ...]  # dtype -> prediction, target
    options: tuple[dict, ...] = ({},)


# Inputs


def errors(rng, shape):
    size = rng.uniform(0.0, 6.0, shape)
    while (near := abs(size[..., None] - KINKS).min(axis=-1) < 0.02).any():
        size = np.where(near, rng.uniform(0.0, 6.0, shape), size)
    return size * rng.choice([-1, 1], shape)


def numbers(*shape, whole=False):
    def make(rng):
        target = rng.integers(-3, 4, shape) if whole else rng.normal(size=shape) * 2
        return target + errors(rng, shape), target

    return make


def numbers_away_from_zero(*shape):
    """For percentages: no target near 0, where the differences of rounding become large."""

    def make(rng):
        target = rng.uniform(0.3, 3, shape) * rng.choice([-1, 1], shape)
        return target + errors(rng, shape), target

    return make


def above_minus_one(*shape):
    return lambda rng: (rng.uniform(-0.7, 5, shape), rng.uniform(-0.95, 5, shape))


def log_rates_and_counts(*shape, dtype=int):
    return lambda rng: (rng.normal(size=shape), rng.poisson(2.0, shape) * dtype(1))


def scores_and_signs(*shape, dtype=int):
    def make(rng):
        target = rng.choice([-1, 1], shape) * dtype(1)
        return target * (1 - errors(rng, shape)), target  # the kink is where the margin is 1

    return make


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def class_targets(rng, n, k, kind):
    labels = rng.integers(0, k, n)
    sparse = softmax(rng.normal(size=(n, k)))
    sparse[:, 0] = 0
    one_hot = (labels[:, None] == np.arange(k)).astype(float)
    rows = {
        "one_hot": one_hot,
        "probs": softmax(rng.normal(size=(n, k))),
        "zeros": sparse / sparse.sum(1, keepdims=True),
    }
    return labels if kind == "labels" else rows[kind]


def logits(n, k, kind):
    return lambda rng: (rng.normal(size=(n, k)) * 2, class_targets(rng, n, k, kind))


def confident_logits(n, k, kind):
    """Some p_c are within 1e-9 of 1, where 1 − p_c is nothing but rounding."""
    return lambda rng: (rng.normal(size=(n, k)) * 20, class_targets(rng, n, k, kind))


def probs(n, k, kind):
    """Not on a border of a clipping, and not a softmax: whether rows sum to 1 is not this loss's business."""
    return lambda rng: (away_from_clipping(rng, (n, k)), class_targets(rng, n, k, kind))


def away_from_clipping(rng, shape):
    p = rng.uniform(0.03, 0.97, shape)
    while (near := abs(np.minimum(p, 1 - p) - 0.15) < 0.02).any():
        p = np.where(near, rng.uniform(0.03, 0.97, shape), p)
    return p


def yes_or_no(*shape, soft=False):
    return lambda rng: (away_from_clipping(rng, shape), rng.uniform(size=shape) if soft else rng.integers(0, 2, shape))


def logits_yes_or_no(*shape, soft=False):
    return lambda rng: (rng.normal(size=shape) * 3, rng.uniform(size=shape) if soft else rng.integers(0, 2, shape))


NUMBERS = (numbers(5), numbers(1), numbers(3, 4), numbers(2, 3, 2), numbers(), numbers(4, whole=True))
VECTORS = (numbers(4, 3), numbers(5), numbers(1, 1), numbers(2, 3, 4), numbers(3, 2, whole=True))
PERCENT = (numbers_away_from_zero(5), numbers_away_from_zero(3, 4), numbers_away_from_zero(), numbers_away_from_zero(1))
LOGITS = tuple(logits(n, k, kind) for n, k in ((5, 3), (1, 4)) for kind in ("labels", "one_hot", "probs", "zeros"))
PROBS = tuple(probs(n, k, kind) for n, k in ((5, 3), (1, 4)) for kind in ("labels", "one_hot", "probs", "zeros"))
SCORES = (scores_and_signs(5), scores_and_signs(3, 4, dtype=float), scores_and_signs(), scores_and_signs(1))


# Large inputs: ±1e4 in float64, ±80 in float32, where exp overflows at 89


def largest(dtype):
    return 1e4 if dtype == np.float64 else 80.0


def large_numbers(dtype):
    s = largest(dtype)
    return np.array([s, -s, 0, 1e-30, s], dtype), np.array([-0.5, 0.5, 0, 0, s])


def large_vectors(dtype):
    s = largest(dtype)
    return np.array([[s, -s], [s, s], [0, 0], [1e-30, 0]], dtype), np.array([[s, s], [0, 0], [1, s], [-1, 2]])


def large_percentages(dtype):
    s = largest(dtype)
    return np.array([s, -s, 0, s, 1], dtype), np.array([1e-3, s, 0, 0, 1e-30])


def large_above_minus_one(dtype):
    s = largest(dtype)
    return np.array([s, 0, s, np.nextafter(dtype(-1), dtype(0))], dtype), np.array([0, s, s, 0])


def large_log_rates(dtype):
    top = 700.0 if dtype == np.float64 else 80.0
    return np.array([top, -top, -largest(dtype), 0], dtype), np.array([3, 0, 1e4, 0])


def large_scores(dtype):
    s = largest(dtype)
    return np.array([s, -s, s, -s, 0], dtype), np.array([1, 1, -1, -1, 1])


def large_logits(kind):
    def make(dtype):
        s = largest(dtype)
        x = np.array([[s, -s, 0], [s, -s, 0], [-s, -s, -s], [s, s, -s], [0, 0, 40]], dtype)
        labels = np.array([0, 1, 2, 0, 2])
        return x, labels if kind == "labels" else (labels[:, None] == np.arange(3)) * 0.8 + np.array([0.1, 0.1, 0])

    return make


def one_class(dtype):
    return np.array([[3.0], [-80.0]], dtype), np.array([0, 0])


def borders(kind):
    def make(dtype):
        p = np.array([[1, 0, 0], [1, 0, 0], [0, 0, 1], [1, 1e-30, 1e-9]], dtype)
        labels = np.array([0, 1, 1, 2])
        return p, labels if kind == "labels" else (labels[:, None] == np.arange(3)) * 0.8 + np.array([0.1, 0.1, 0])

    return make


def large_yes_or_no(dtype):
    s = largest(dtype)
    return np.array([[s, -s, 0], [s, -s, 0]], dtype), np.array([[1, 0, 1], [0, 1, 0.25]])


def borders_yes_or_no(dtype):
    return np.array([0, 1, 0, 1, 1e-30, 1 - 1e-7], dtype), np.array([0, 1, 1, 0, 0.25, 1])


LARGE_LOGITS = (large_logits("labels"), large_logits("probs"), one_class)
BORDERS = (borders("labels"), borders("probs"))


# Oracles


def by_torch(function):
    """function(reduction, **options) -> a function of tensors, differentiated by autograd."""
    return lambda reduction, **options: lambda arrays, dy: run_twin(function(reduction, **options), arrays, dy)


def of_floats(loss):
    return lambda prediction, target: loss(prediction, target.to(prediction.dtype))


def reduced(losses, reduction):
    return losses if reduction == "none" else getattr(losses, reduction)()


def squared(reduction):
    return of_floats(nn.MSELoss(reduction=reduction))


def euclidean(reduction):
    loss = nn.MSELoss(reduction="none")
    return of_floats(lambda prediction, target: reduced(loss(prediction, target).sum(-1) / 2, reduction))


def absolute_percentage(reduction):
    loss = nn.L1Loss(reduction=reduction)
    return of_floats(lambda prediction, target: loss(prediction / target.abs(), target / target.abs()))


def squared_logarithmic(reduction):
    loss = nn.MSELoss(reduction=reduction)
    return of_floats(lambda prediction, target: loss(prediction.log1p(), target.log1p()))


def cosine(reduction, eps=None):
    """By `normalize` where eps matters: the gradient of PyTorch's guarded CosineSimilarity is not its derivative."""

    def cos(prediction, target):
        if eps is None:
            return nn.CosineSimilarity(dim=-1)(prediction, target)
        unit = [nn.functional.normalize(x, dim=-1, eps=eps) for x in (prediction, target)]
        return (unit[0] * unit[1]).sum(-1)

    return of_floats(lambda prediction, target: reduced(1 - cos(prediction, target), reduction))


def nll_of_clipped(reduction, eps=1e-7):
    """NLLLoss for labels; for probabilities KLDivLoss plus the target's entropy."""

    def loss(prediction, target):
        log_p = prediction.clamp(eps, 1).log()
        if target.ndim == 1:
            return nn.NLLLoss(reduction=reduction)(log_p, target)
        divergence = nn.KLDivLoss(reduction="none")(log_p, target)
        return reduced((divergence + torch.special.entr(target)).sum(-1), reduction)

    return loss


def divergence_of_clipped(reduction, eps=1e-7):
    def loss(prediction, target):
        log_p = prediction.clamp(eps, 1).log()
        if target.ndim == 1:
            target = nn.functional.one_hot(target, prediction.shape[1]).to(prediction.dtype)
        if reduction == "none":
            return nn.KLDivLoss(reduction="none")(log_p, target).sum(-1)
        return nn.KLDivLoss(reduction={"mean": "batchmean", "sum": "sum"}[reduction])(log_p, target)

    return loss


def binary_of_clipped(reduction, eps=1e-7):
    loss = nn.BCELoss(reduction=reduction)
    return of_floats(lambda prediction, target: loss(prediction.clamp(eps, 1 - eps), target))


def margin(power):
    """MultiMarginLoss over the two scores (target·prediction, 0) with the first one right; it halves its sum."""

    def make(reduction):
        def loss(prediction, target):
            first = (target * prediction).reshape(-1)
            scores = torch.stack([first, torch.zeros_like(first)], dim=1)
            right = torch.zeros(len(first), dtype=torch.long)
            losses = 2 * nn.MultiMarginLoss(p=power, reduction="none")(scores, right)
            return reduced(losses.reshape(prediction.shape), reduction)

        return loss

    return make


def by_mpmath(function, example_axes):
    """function(list of numbers, target, **options) -> the loss of one example, differentiated with 50 digits."""

    def make(reduction, **options):
        def oracle(arrays, dy):
            prediction, target = arrays
            losses = np.empty(prediction.shape[: prediction.ndim - example_axes])
            slopes = np.empty_like(prediction)
            for i in np.ndindex(losses.shape):
                row = np.atleast_1d(prediction[i])
                value, slope = mpmath_gradient(lambda x, t=target[i]: function(x, t, **options), row)
                losses[i], slopes[i] = value, slope if example_axes else slope[0]
            each = np.broadcast_to(dy / (losses.size if reduction == "mean" else 1), losses.shape)
            return reduced(losses, reduction), slopes * (each[..., None] if example_axes else each)

        return oracle

    return make


def log_cosh(x, t):
    return mpmath.log(mpmath.cosh(x[0] - mpmath.mpf(float(t))))


def focal(x, t, gamma=2.0):
    """Written with 1 − p as the share of the other classes, as with 50 digits it could be either way."""
    e = [mpmath.exp(entry) for entry in x]
    p = [entry / sum(e) for entry in e]
    weights = [float(c == t) for c in range(len(p))] if np.ndim(t) == 0 else [float(w) for w in t]
    return -sum(w * (1 - q) ** mpmath.mpf(gamma) * mpmath.log(q) for w, q in zip(weights, p) if w)


ROWS = (
    Row("SumSquaredError", by_torch(squared), NUMBERS, (large_numbers,)),
    Row("Euclidean", by_torch(euclidean), VECTORS, (large_vectors,)),
    Row("MeanSquaredError", by_torch(squared), NUMBERS, (large_numbers,)),
    Row(
        "MeanAbsoluteError",
        by_torch(lambda reduction: of_floats(nn.L1Loss(reduction=reduction))),
        NUMBERS,
        (large_numbers,),
    ),
    Row("MeanAbsolutePercentageError", by_torch(absolute_percentage), PERCENT, (large_percentages,)),
    Row(
        "MeanSquaredLogarithmicError",
        by_torch(squared_logarithmic),
        (above_minus_one(5), above_minus_one(3, 4), above_minus_one()),
        (large_above_minus_one,),
    ),
    Row(
        "Huber",
        by_torch(lambda reduction, delta=1.0: of_floats(nn.HuberLoss(reduction, delta))),
        NUMBERS,
        (large_numbers,),
        ({}, {"delta": 0.25}, {"delta": 4.0}),
    ),
    Row(
        "SmoothL1",
        by_torch(lambda reduction, beta=1.0: of_floats(nn.SmoothL1Loss(reduction=reduction, beta=beta))),
        NUMBERS,
        (large_numbers,),
        ({}, {"beta": 0.25}, {"beta": 4.0}),
    ),
    Row("LogCosh", by_mpmath(log_cosh, example_axes=0), NUMBERS, (large_numbers,)),
    Row(
        "PoissonNLL",
        by_torch(lambda reduction: of_floats(nn.PoissonNLLLoss(log_input=True, full=False, reduction=reduction))),
        (log_rates_and_counts(5), log_rates_and_counts(3, 4, dtype=float), log_rates_and_counts()),
        (large_log_rates,),
    ),
    Row("CosineSimilarity", by_torch(cosine), VECTORS, (large_vectors,), ({}, {"eps": 5.0})),
    Row(
        "CrossEntropy",
        by_torch(lambda reduction: nn.CrossEntropyLoss(reduction=reduction)),
        (*LOGITS, confident_logits(4, 3, "labels")),
        LARGE_LOGITS,
    ),
    Row("CategoricalCrossEntropy", by_torch(nll_of_clipped), PROBS, BORDERS, ({}, {"eps": 0.15})),
    Row(
        "BinaryCrossEntropy",
        by_torch(binary_of_clipped),
        (yes_or_no(5), yes_or_no(3, 4), yes_or_no(4, soft=True), yes_or_no()),
        (borders_yes_or_no,),
        ({}, {"eps": 0.15}),
    ),
    Row(
        "BinaryCrossEntropyWithLogits",
        by_torch(lambda reduction: of_floats(nn.BCEWithLogitsLoss(reduction=reduction))),
        (logits_yes_or_no(5), logits_yes_or_no(3, 4), logits_yes_or_no(4, soft=True), logits_yes_or_no()),
        (large_yes_or_no,),
    ),
    Row("KLDivergence", by_torch(divergence_of_clipped), PROBS, BORDERS, ({}, {"eps": 0.15})),
    Row("Hinge", by_torch(margin(1)), SCORES, (large_scores,)),
    Row("SquaredHinge", by_torch(margin(2)), SCORES, (large_scores,)),
    Row(
        "SoftMargin",
        by_torch(lambda reduction: of_floats(nn.SoftMarginLoss(reduction=reduction))),
        SCORES,
        (large_scores,),
    ),
    Row(
        "Focal",
        by_mpmath(focal, example_axes=1),
        (*LOGITS, confident_logits(4, 3, "labels"), confident_logits(3, 4, "probs")),
        LARGE_LOGITS,
        ({}, {"gamma": 0.0}, {"gamma": 0.4}, {"gamma": 5.0}),
    ),
)
