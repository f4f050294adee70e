"""Generators of cases. Batches have 1, 3, 5 or 8 examples, so that a factor N is never mistaken for a factor 2.

Small cases come first: what a student is shown is the smallest one that is wrong. Numbers are multiples of 1/1024 and keep
clear of places where nearly everything cancels, so that a right answer worked out in float32 is within the tolerance, too.
"""

from collections.abc import Callable, Sequence

import numpy as np

from autograder.exercise import Case

Cases = Callable[[np.random.Generator], list[Case]]
BATCHES = (1, 3, 5, 8)
LARGE = "large"


def grid(values: np.ndarray) -> np.ndarray:
    """The nearest multiples of 1/1024: exact in float32 up to 16384."""
    return np.round(np.asarray(values, float) * 1024) / 1024


def both_signs(rng: np.random.Generator, shape: int | tuple[int, ...]) -> np.ndarray:
    """−1 and 1 in random order, as many of one as of the other if their number is even."""
    return rng.permutation(np.resize(rng.permutation([-1.0, 1.0]), np.prod(shape))).reshape(shape)


def regression(large: float = 0.0, zero_error: bool = False, names: Sequence[str] = ("prediction", "target")) -> Cases:
    """Predictions (N,) and targets (N,); with `large`, also errors of that size; with `zero_error`, exact predictions, too."""

    def make(rng: np.random.Generator) -> list[Case]:
        def case(prediction, target, about="", tag=""):
            return Case(dict(zip(names, (prediction, target))), about, tag)

        cases = []
        for n in BATCHES:
            target = grid(rng.normal(size=n))
            error = grid(rng.uniform(0.25, 2.5, n)) * (both_signs(rng, n) if n > 1 else -1)
            cases.append(case(target + error, target, "a single example" if n == 1 else ""))
        if zero_error:
            target = grid(rng.normal(size=3))
            cases.append(case(target + np.array([1.5, -0.5, 0.0]), target, "an error that is exactly 0"))
        if large:
            for n in (1, 3):
                target = grid(rng.normal(size=n))
                error = grid(rng.uniform(0.5, 1, n) * large) * (both_signs(rng, n) if n > 1 else 1)
                cases.append(case(target + error, target, f"errors around {large:g}", LARGE))
        return cases

    return make


def huber_errors(deltas: Sequence[float]) -> Cases:
    """For every delta: errors below it, one on the border, errors beyond it on both sides, up to 1e6 times delta."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for delta in deltas:
            near = grid(rng.uniform(0.1, 0.95, 4) * delta) * both_signs(rng, 4)
            near_and_border = np.append(near, delta)
            for errors in (near[:1], near[:3], near_and_border):
                cases.append(_huber_case(rng, errors, delta, "errors up to delta", ""))
        for delta in deltas:
            far = grid(rng.uniform(1.5, 8, 3) * delta)
            for errors in (far[:1], -far[:1], far * [1, -1, 1], np.append(near[:1], [-1e6 * delta, far[0]])):
                cases.append(_huber_case(rng, errors, delta, "errors beyond delta", "far"))
            mixed = np.append(0.0, far[:2] * [1, -1])  # who decides for the whole batch is wrong here
            cases.append(_huber_case(rng, mixed, delta, "an error of 0 beside errors beyond delta", "far"))
        return cases

    return make


def _huber_case(rng: np.random.Generator, errors: np.ndarray, delta: float, about: str, tag: str) -> Case:
    target = grid(rng.normal(size=len(errors)))
    return Case({"prediction": target + errors, "target": target, "delta": delta}, about, tag)


def counts() -> Cases:
    """Log-rates (N,) and counts (N,), a count of 0 among them."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = [
            Case(
                {"log_rate": grid(rng.uniform(-1.5, -0.25, 1)), "count": rng.poisson(3.0, 1) + 1.0}, "a single example"
            )
        ]
        for n in BATCHES[1:]:
            log_rate = grid(np.append(rng.uniform(2, 3), rng.uniform(-1, 1, n - 1)))
            count = np.concatenate([[0.0, 4.0], rng.poisson(3.0, n - 2)])
            order = rng.permutation(n)
            cases.append(Case({"log_rate": log_rate[order], "count": count[order]}))
        return cases

    return make


def _logits(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return grid(rng.uniform(-2, 2, shape))


def _large_logits(rng: np.random.Generator, shape: tuple[int, int], large: float) -> np.ndarray:
    """The largest of a row is near `large`; in the second row it is far below 0. No two of a row are close."""
    logits = rng.uniform(-1, 0.4, shape)
    logits[np.arange(shape[0]), rng.integers(0, shape[1], shape[0])] = rng.uniform(0.6, 1, shape[0])
    logits[1:2] = rng.permutation(np.linspace(-1, -0.25, shape[1]))
    return grid(logits * large)


def logits_and_labels(large: float = 0.0, gammas: Sequence[float] = ()) -> Cases:
    """Logits (N, K) and integer labels (N,); with `large`, also logits of that size; with `gammas`, one of them in each case."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, k in ((1, 3), (3, 4), (5, 3), (8, 6)):
            logits = _logits(rng, (n, k))
            if n == 1:
                logits = np.abs(logits) + 0.5  # a logarithm taken of logits is a number here, which names the mistake
            cases.append(({"logits": logits, "labels": rng.integers(0, k, n)}, "", ""))
        if large:
            for n, k in ((1, 3), (3, 5)):
                logits = _large_logits(rng, (n, k), large)
                labels = (logits.argmax(axis=1) + 1) % k  # never the likeliest class: the loss is large, too
                cases.append(({"logits": logits, "labels": labels}, f"logits around ±{large:g}", LARGE))
            # No exp overflows here; the softmax of the true class is rounded to 0 all the same.
            logits = _large_logits(rng, (2, 4), large)
            logits -= logits.max(axis=1, keepdims=True)
            labels = (logits.argmax(axis=1) + 1) % 4
            cases.append(({"logits": logits, "labels": labels}, f"logits from −{large:g} to 0", LARGE))
        if not gammas:
            return [Case(*case) for case in cases]
        chosen = [gammas[i % len(gammas)] for i in range(len(cases))]
        return [
            Case(
                {**inputs, "gamma": gamma},
                f"{about} and gamma {gamma:g}" if about else f"gamma {gamma:g}",
                tag,
            )
            for (inputs, about, tag), gamma in zip(cases, chosen)
        ]

    return make


def logits_and_upstream(large: float) -> Cases:
    """Logits (N, K) and an upstream gradient dy (N, K)."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = [
            Case({"logits": _logits(rng, shape), "dy": grid(rng.normal(size=shape))})
            for shape in ((1, 3), (3, 4), (5, 3), (8, 6))
        ]
        for shape in ((1, 3), (3, 5)):
            logits = _large_logits(rng, shape, large)
            second, first = logits[0].argsort()[-2:]
            logits[0, second] = logits[0, first] - 0.5  # or one class would have all the probability in every row
            inputs = {"logits": logits, "dy": grid(rng.normal(size=shape))}
            cases.append(Case(inputs, f"logits around ±{large:g}", LARGE))
        return cases

    return make


def logits_and_multilabel(large: float) -> Cases:
    """Logits (N, K) and targets (N, K) in {0, 1}, any number of them 1 in a row."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for shape in ((1, 1), (3, 4), (5, 2), (8, 3)):
            logits = _logits(rng, shape)
            if shape == (1, 1):
                logits = grid(
                    rng.uniform(0.1, 0.9, shape)
                )  # one that a probability could be, to name who takes it for one
            cases.append(Case({"logits": logits, "target": rng.integers(0, 2, shape) + 0.0}))
        for shape in ((1, 3), (3, 4)):
            logits = grid(rng.uniform(0.1, 1, shape) * large) * both_signs(rng, shape)
            target = (logits < 0).astype(float)  # wrong on every label: the loss is large, too
            target[0, 0] = 1 - target[0, 0]
            cases.append(Case({"logits": logits, "target": target}, f"logits around ±{large:g}", LARGE))
        return cases

    return make


def _simplex(rng: np.random.Generator, n: int, k: int) -> np.ndarray:
    """Rows of probabilities that sum to 1, none below 0.015."""
    probs = grid(0.02 + (1 - 0.02 * k) * rng.dirichlet(np.ones(k), n))
    probs[:, 0] += 1 - probs.sum(axis=1)
    return probs


def probs_and_targets(zero: str = "", eps: Sequence[float] = ()) -> Cases:
    """Probabilities (N, K) and targets (N, K), one-hot and soft ones.

    `zero="probs"` adds cases in which a class that the target holds for possible has probability 0; with `zero="target"` the cases
    in which some targets are 0 have the tag "zero". Where no probability is 0, eps is the first one, too small to matter: who adds
    it instead of clipping loses the points for zeros only.
    """

    def make(rng: np.random.Generator) -> list[Case]:
        cases: list[tuple[dict, str, str]] = []
        for n, k in ((1, 3), (3, 4), (5, 3), (8, 6)):
            probs, target = _simplex(rng, n, k), _simplex(rng, n, k)
            while np.abs(probs - target).max() < 0.1:
                target = _simplex(rng, n, k)
            cases.append(({"probs": probs, "target": target}, "soft targets", ""))
        tag = "zero" if zero == "target" else ""
        for n, k in ((1, 3), (5, 4)):
            target = np.eye(k)[rng.integers(0, k, n)]
            cases.append(({"probs": _simplex(rng, n, k), "target": target}, "one-hot targets", tag))
        if zero == "target":
            for n in (1, 3):
                target = rng.permuted(np.tile([0.0, 0.25, 0.75], (n, 1)), axis=1)
                cases.append(({"probs": _simplex(rng, n, 3), "target": target}, "soft targets, some of them 0", tag))
        if zero == "probs":
            for n, row in ((1, [1.0, 0.0, 0.0]), (1, [0.5, 0.5, 0.0]), (3, [0.5, 0.5, 0.0]), (3, [0.5, 0.0, 0.5])):
                order = rng.permutation(3)
                probs = np.tile([0.0, 0.25, 0.75], (n, 1))[:, order]
                inputs = {"probs": probs, "target": np.tile(row, (n, 1))[:, order]}
                cases.append((inputs, "a probability of exactly 0", "zero"))
        if not eps:
            return [Case(*case) for case in cases]
        return [
            Case({**inputs, "eps": eps[i % len(eps)] if tag else eps[0]}, about, tag)
            for i, (inputs, about, tag) in enumerate(cases)
        ]

    return make


def binary_probs(eps: Sequence[float]) -> Cases:
    """Probabilities (N,) of class 1 and targets (N,) in {0, 1}; the last cases have probabilities of exactly 0 and 1.

    Other cases have the first eps only, as in `probs_and_targets`.
    """

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for i, n in enumerate((1, 1, 3, 5, 8)):
            target = np.array([float(i)]) if n == 1 else np.resize([1.0, 0.0, 1.0, 1.0, 0.0], n)
            inputs = {"p": grid(rng.uniform(0.03, 0.97, n)), "target": target, "eps": eps[0]}
            cases.append(Case(inputs, f"a target of {i}" if n == 1 else ""))
        edges = [
            ([0.0], [1.0]),
            ([1.0], [0.0]),
            ([0.0, 1.0, 0.5], [1.0, 0.0, 1.0]),
            ([0.25, 1.0, 0.0, 0.75, 1.0], [0.0, 0.0, 1.0, 1.0, 0.0]),
        ]
        for i, (p, happened) in enumerate(edges):
            inputs = {"p": np.array(p), "target": np.array(happened), "eps": eps[i % len(eps)]}
            cases.append(Case(inputs, "a probability of exactly 0 or 1", "zero"))
        return cases

    return make


def scores() -> Cases:
    """Scores (N,) and targets (N,) in {−1, +1}, on both sides of the margin and on it."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for margin, about in (
            (-1.5, "a wrong side"),
            (0.25, "a point inside the margin"),
            (2.5, "a point beyond the margin"),
            (1.0, "a point exactly on the margin"),
        ):
            for side in (1.0, -1.0):
                cases.append(Case({"score": np.array([side * margin]), "target": np.array([side])}, about))
        for n in (3, 5, 8):
            target = both_signs(rng, n)
            margins = grid(np.resize([0.4, -1.0, 1.8], n) + rng.uniform(-0.3, 0.3, n))
            cases.append(Case({"score": target * margins, "target": target}))
        return cases

    return make
