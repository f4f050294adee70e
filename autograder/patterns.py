"""Mistakes that every exercise shares, told from the numbers alone: a factor, a sign, an axis, an order of arguments.

A pattern looks at several cases at once. It answers with a `Mistake` only if it explains all of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.verdict import Mistake


@dataclass(frozen=True)
class Seen:
    """One case: what came back, what was expected, and how the reference answers for changed inputs."""

    yours: np.ndarray
    expected: np.ndarray
    batch: int  # N, the length of the first input
    transposed: Callable[[], np.ndarray | None]  # the reference on transposed inputs, transposed back
    swapped: Callable[[], np.ndarray | None]  # the reference with the first two inputs exchanged


def recognise(seen: Sequence[Seen], same: Callable[[np.ndarray, np.ndarray], bool]) -> Iterator[Mistake]:
    """Yield the first pattern that explains every case. `same(yours, other)` compares within the part's tolerance."""
    for pattern in (
        _zero,
        _one_per_example,
        _sign,
        _transpose,
        _swap,
        _axis,
        _batch_factor,
        _late,
        _first_only,
        _factor,
        _offset,
    ):
        mistake = pattern(seen, same)
        if mistake:
            yield mistake
            return


def _all(seen, same, change) -> bool:
    """Whether change(case) is the student's answer in every case (None: the change is not possible there)."""
    changed = [change(case) for case in seen]
    return all(
        other is not None and other.shape == case.yours.shape and same(case.yours, other)
        for case, other in zip(seen, changed)
    )


def _differ(seen) -> bool:
    return any(case.yours.shape == case.expected.shape for case in seen)


def _zero(seen, same):
    if (
        _differ(seen)
        and all(case.yours.size and not case.yours.any() for case in seen)
        and any(case.expected.any() for case in seen)
    ):
        return Mistake(
            "always zero",
            ("Your function answers 0 whatever it is given. Does the result reach the `return`?",),
        )


def _one_per_example(seen, same):
    if not all(case.expected.ndim == 0 and case.yours.ndim > 0 and case.yours.size for case in seen):
        return None
    for reduce, word in ((np.mean, "averaging them"), (np.sum, "adding them up")):
        if _all([_with(case, reduce(case.yours)) for case in seen], same, lambda case: case.expected):
            return Mistake(
                "one number for each example where one number for the batch is asked for",
                (f"Your numbers are right for each example; {word} is still to be done. A loss is one number.",),
            )


def _with(case: Seen, yours) -> Seen:
    return Seen(np.asarray(yours), case.expected, case.batch, case.transposed, case.swapped)


def _transpose(seen, same):
    turned = [case for case in seen if case.expected.ndim == 2 and case.expected.shape[0] != case.expected.shape[1]]
    if turned and _all(seen, same, lambda case: case.expected.T):
        return Mistake(
            "transposed",
            ("Your array has its rows and columns exchanged. Write the shape beside every line.",),
        )


def _swap(seen, same):
    if _all(seen, same, lambda case: case.swapped()):
        return Mistake(
            "the first two arguments are exchanged",
            ("Your answer is right for the inputs in the other order. Which argument comes first in the signature?",),
        )


def _axis(seen, same):
    if _all(seen, same, lambda case: case.transposed()):
        return Mistake(
            "summed or normalized over the wrong axis",
            ("One row is one example. axis=-1 runs over the classes of a row, axis=0 over the examples of a column.",),
        )


def _batch_factor(seen, same):
    batches = [case for case in seen if case.batch > 1]
    if len({case.batch for case in batches}) < 2:
        return None
    if _all(seen, same, lambda case: case.expected * case.batch):
        return Mistake(
            "summed over the examples instead of averaged",
            (
                "Your number grows with the batch: it is N times too large.",
                "The loss is a mean over the N examples, so its value and its gradient both carry 1/N. "
                "Then the learning rate does not depend on the batch size.",
            ),
        )
    if _all(seen, same, lambda case: case.expected / case.batch):
        return Mistake(
            "divided by the batch size once too often",
            ("Your number is N times too small. `np.mean` divides by N already.",),
        )
    if _all(seen, same, lambda case: -case.expected * case.batch):
        return Mistake(
            "wrong sign, and summed over the examples instead of averaged",
            ("Two things at once: the sign is reversed, and the division by N is missing.",),
        )


def _late(seen, same):
    long = [
        case
        for case in seen
        if case.yours.shape == case.expected.shape and case.yours.ndim == 1 and case.yours.size > 2
    ]
    if len(long) == len(seen) and all(same(case.yours[1:], case.expected[:-1]) for case in long):
        return Mistake(
            "one step late",
            ("Your element i + 1 is what element i should be. Where does your counting start?",),
        )


def _first_only(seen, same):
    long = [
        case
        for case in seen
        if case.yours.shape == case.expected.shape and case.yours.ndim >= 1 and len(case.yours) > 1
    ]
    if (
        len(long) == len(seen)
        and all(same(case.yours[:1], case.expected[:1]) and case.expected[:1].any() for case in long)
        and all(not case.yours[1:].any() for case in long)
    ):
        return Mistake(
            "right for the first element only",
            ("Only the first element is computed. Does a `return` stand inside the loop?",),
        )


def _sign(seen, same):
    if _all(seen, same, lambda case: -case.expected):
        return Mistake(
            "wrong sign", ("Every number is right but for its sign. Which of the two is subtracted from the other?",)
        )


def _factor(seen, same):
    """One factor for all cases; a single wrong number has one, too, so it takes two cases to tell."""
    pairs = [case for case in seen if case.yours.shape == case.expected.shape and case.expected.any()]
    if len(pairs) != len(seen) or len(pairs) < 2:
        return None
    largest = [np.unravel_index(np.argmax(np.abs(case.expected)), case.expected.shape) for case in pairs]
    factors = [float(case.yours[at] / case.expected[at]) for case, at in zip(pairs, largest)]
    factor = factors[0]
    if not np.isfinite(factor) or factor == 0 or abs(factor - 1) < 1e-3 or not np.allclose(factors, factor, 1e-4):
        return None
    if len(pairs) < 3 and not _plain(factor):
        return None
    if not _all(seen, same, lambda case: case.expected * factor):
        return None
    if np.isclose(factor, 1 / np.log(2), rtol=1e-4) or np.isclose(factor, 1 / np.log(10), rtol=1e-4):
        base = 2 if np.isclose(factor, 1 / np.log(2), rtol=1e-4) else 10
        return Mistake(
            f"logarithm to base {base}",
            ("Losses use the natural logarithm: `np.log`, which measures in nats.",),
        )
    size = f"{factor:.4g} times too large" if abs(factor) > 1 else f"{1 / factor:.4g} times too small"
    return Mistake(
        f"wrong by the constant factor {factor:.4g}",
        (f"Every number is {size}. Look for a constant that is missing, or there twice: a ½, a 2, a minus.",),
    )


def _plain(factor):
    """A whole number up to ten or one over it: two cases that share such a factor are no accident."""
    size = max(abs(factor), 1 / abs(factor))
    return abs(size - round(size)) < 1e-4 * size and round(size) <= 10


def _offset(seen, same):
    pairs = [case for case in seen if case.yours.shape == case.expected.shape and case.expected.ndim == 0]
    if len(pairs) != len(seen) or len(pairs) < 3:
        return None
    offset = float(pairs[0].yours - pairs[0].expected)
    seen_everywhere = all(not same(case.yours, case.expected) for case in pairs)
    if np.isfinite(offset) and seen_everywhere and _all(seen, same, lambda case: case.expected + offset):
        return Mistake(
            f"wrong by the constant {offset:.4g}",
            (f"Every number is off by {offset:+.4g}. Which constant term does the formula add or subtract?",),
        )
