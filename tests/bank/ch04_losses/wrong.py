"""Wrong answers that are no named misconception: careless, lazy, or right by accident in some cases only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Wrong:
    """One wrong answer: what it does, the functions that do it, and the points of the chapter that are left.

    `named` is how the generic mistake begins that the check names; empty where there is none to name.
    """

    exercise: str
    points_left: float
    what: str
    functions: Mapping[str, Callable[..., Any]]
    named: str = ""


def wrong(exercise: str, points_left: float, what: str, named: str = "", **functions: Callable) -> Wrong:
    return Wrong(f"ch04.{exercise}", points_left, what, functions, named)


def _huber(prediction, target, delta):
    error = np.abs(prediction - target)
    return np.mean(np.where(error <= delta, error**2 / 2, delta * (error - delta / 2)))


def _huber_gradient(prediction, target, delta):
    return np.clip(prediction - target, -delta, delta) / len(target)


def _log_softmax(logits):
    return logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)


def _prints_its_answer(prediction, target):
    print(np.mean(np.abs(prediction - target)))


def _spoils_its_input(probs, target):
    probs -= target
    return float(np.sum(probs**2))


def _every_call_adds_up():
    total = 0.0

    def hinge(score, target):
        nonlocal total
        total += float(np.mean(np.maximum(0, 1 - target * score)))
        return total

    return hinge


def _returns_inside_the_loop(score, target):
    for s, t in zip(score, target):
        return max(0.0, 1 - t * s)


def _softmax_of_all_entries(logits, dy):
    softmax = np.exp(logits - logits.max())
    return dy - softmax / softmax.sum() * dy.sum()


WRONG = [
    wrong("mean_squared_error", 2, "answers 0", "always zero", value=lambda prediction, target: 0.0),
    wrong("mean_squared_error", 2, "answers a constant", value=lambda prediction, target: 1.7310),
    wrong(
        "mean_squared_error",
        2,
        "gives the gradient as a column (N, 1), which broadcasts",
        gradient=lambda prediction, target: (2 * (prediction - target) / len(target))[:, np.newaxis],
    ),
    wrong(
        "mean_squared_error",
        2,
        "divides and rounds down",
        gradient=lambda prediction, target: 2 * (prediction - target) // len(target),
    ),
    wrong(
        "mean_squared_error",
        2,
        "subtracts every target from every prediction",
        value=lambda prediction, target: np.mean((prediction[:, np.newaxis] - target) ** 2),
    ),
    wrong("mean_absolute_error", 2, "prints the answer and returns None", value=_prints_its_answer),
    wrong(
        "mean_absolute_error",
        1,
        "gives the number of examples in place of their gradient",
        gradient=lambda prediction, target: len(target),
    ),
    wrong("huber", 2, "answers NaN", gradient=lambda prediction, target, delta: np.full(len(target), np.nan)),
    wrong("huber", 2, "answers the value in text", value=lambda prediction, target, delta: "0.125"),
    wrong(
        "huber",
        2,
        "gives the gradient as a row (1, N)",
        gradient=lambda prediction, target, delta: [list(_huber_gradient(prediction, target, delta))],
    ),
    wrong(
        "huber",
        3,
        "clips the errors at 100 delta",
        value=lambda prediction, target, delta: _huber(
            np.clip(prediction - target, -100 * delta, 100 * delta), np.zeros(len(target)), delta
        ),
    ),
    wrong(
        "log_cosh",
        1,
        "answers a complex number whose real part is right",
        value=lambda prediction, target: np.mean(np.log(np.cosh(prediction - target + 0j))),
    ),
    wrong(
        "poisson_nll",
        1,
        "is right for a single example only",
        value=lambda log_rate, count: np.exp(log_rate[0]) - count[0] * log_rate[0],
    ),
    wrong(
        "poisson_nll",
        2,
        "raises for more than one example",
        gradient=lambda log_rate, count: [np.exp(log_rate.item()) - count.item()],
    ),
    wrong(
        "log_softmax",
        2,
        "computes in float16",
        value=lambda logits: _log_softmax(logits.astype(np.float16)),
    ),
    wrong("log_softmax", 2, "takes the softmax of the whole table", gradient=_softmax_of_all_entries),
    wrong(
        "cross_entropy",
        4,
        "replaces NaN and infinity by what NumPy finds suitable",
        value=lambda logits, labels: (
            -np.mean(np.nan_to_num(np.log(np.exp(_log_softmax(logits))[np.arange(len(labels)), labels])))
        ),
    ),
    wrong("categorical_cross_entropy", 3, "answers ∞", gradient=lambda probs, target, eps: probs + np.inf),
    wrong(
        "binary_cross_entropy",
        1,
        "rounds to two digits",
        value=lambda p, target, eps: round(
            np.mean(-np.log(np.clip(np.where(target == 1, p, 1 - p), eps, 1 - eps))), ndigits=2
        ),
    ),
    wrong("kl_divergence", 1, "spoils its input and returns something wrong", value=_spoils_its_input),
    wrong(
        "kl_divergence",
        2,
        "answers lists of different lengths",
        gradient=lambda probs, target: [[0.0] * (i + 1) for i in range(len(probs) + 1)],
    ),
    wrong("hinge", 1, "keeps a sum from call to call", value=_every_call_adds_up()),
    wrong("hinge", 1, "returns inside the loop", value=_returns_inside_the_loop),
    wrong(
        "hinge",
        1,
        "averages over the examples inside the margin only",
        value=lambda score, target: (
            np.sum(np.maximum(0, 1 - target * score)) / max(1, np.count_nonzero(target * score < 1))
        ),
    ),
    wrong(
        "focal",
        0,
        "gives the loss of each example, and none of the batch",
        "one number for each example",
        value=lambda logits, labels, gamma: [
            -((1 - np.exp(row[label])) ** gamma) * row[label]  # as the formula says, for each
            for row, label in zip(_log_softmax(logits), labels)
        ],
    ),
    wrong(
        "focal",
        0,
        "answers as many equal numbers as there are examples",
        value=lambda logits, labels, gamma: np.full(len(labels), len(labels) * gamma),
    ),
]
