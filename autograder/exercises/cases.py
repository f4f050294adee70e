"""Generators of cases. Batches have 1, 3, 5 or 8 examples, so that a factor N is never mistaken for a factor 2.

Small cases come first: what a student is shown is the smallest one that is wrong. Numbers of large cases are multiples of
1/8, so that an answer worked out in float32 starts from the same numbers.
"""

from collections.abc import Callable, Sequence

import numpy as np

from autograder.exercise import Case

Cases = Callable[[np.random.Generator], list[Case]]
BATCHES = (1, 3, 5, 8)
LARGE = "large"


def eighths(values: np.ndarray) -> np.ndarray:
    return np.round(np.asarray(values, float) * 8) / 8


def regression(large: float = 0.0, zero_error: bool = False, names: Sequence[str] = ("prediction", "target")) -> Cases:
    """Predictions (N,) and targets (N,); with `large`, also errors of that size; with `zero_error`, exact predictions, too."""

    def make(rng: np.random.Generator) -> list[Case]:
        def case(prediction, target, about="", tag=""):
            return Case(dict(zip(names, (prediction, target))), about, tag)

        cases = [
            case(rng.normal(size=n), rng.normal(size=n) + 0.5, "a single example" if n == 1 else "") for n in BATCHES
        ]
        if zero_error:
            target = rng.normal(size=3)
            cases.append(case(target + np.array([0.0, 1.5, -0.5]), target, "an error that is exactly 0"))
        if large:
            for n in (1, 3):
                target = eighths(rng.normal(size=n))
                error = eighths(rng.uniform(0.5, 1, n) * large) * rng.choice([-1.0, 1.0], n)
                cases.append(case(target + error, target, f"errors around {large:g}", LARGE))
        return cases

    return make


def huber_errors(deltas: Sequence[float]) -> Cases:
    """For every delta: errors below it, one on the border, errors beyond it on both sides, up to 1e6 times delta."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for delta in deltas:
            near = rng.uniform(0.1, 0.95, 4) * delta * rng.choice([-1.0, 1.0], 4)
            near_and_border = np.append(near, delta)
            for errors in (near[:1], near[:3], near_and_border):
                cases.append(_huber_case(rng, errors, delta, "errors up to delta", ""))
        for delta in deltas:
            far = rng.uniform(1.5, 8, 3) * delta
            for errors in (far[:1], -far[:1], far * [1, -1, 1], np.append(near[:1], [-1e6 * delta, far[0]])):
                cases.append(_huber_case(rng, errors, delta, "errors beyond delta", "far"))
        return cases

    return make


def _huber_case(rng: np.random.Generator, errors: np.ndarray, delta: float, about: str, tag: str) -> Case:
    target = eighths(rng.normal(size=len(errors)))
    return Case({"prediction": target + errors, "target": target, "delta": delta}, about, tag)


def logits_and_labels(large: float = 0.0, gammas: Sequence[float] = ()) -> Cases:
    """Logits (N, K) and integer labels (N,); with `large`, also logits of that size; with `gammas`, one of them in each case."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, k in ((1, 3), (3, 4), (5, 3), (8, 6)):
            cases.append(({"logits": rng.normal(size=(n, k)) * 2, "labels": rng.integers(0, k, n)}, "", ""))
        if large:
            for n, k in ((1, 3), (3, 5)):
                logits = eighths(rng.uniform(-large, large, (n, k)))
                labels = (logits.argmax(axis=1) + 1) % k  # never the likeliest class: the loss is large, too
                cases.append(({"logits": logits, "labels": labels}, f"logits around ±{large:g}", LARGE))
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
            Case({"logits": rng.normal(size=shape) * 2, "dy": rng.normal(size=shape)})
            for shape in ((1, 3), (3, 4), (5, 3), (8, 6))
        ]
        for shape in ((1, 3), (3, 5)):
            logits = eighths(rng.uniform(-large, large, shape))
            cases.append(Case({"logits": logits, "dy": rng.normal(size=shape)}, f"logits around ±{large:g}", LARGE))
        return cases

    return make


def logits_and_multilabel(large: float) -> Cases:
    """Logits (N, K) and targets (N, K) in {0, 1}, any number of them 1 in a row."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for shape in ((1, 1), (3, 4), (5, 2), (8, 3)):
            cases.append(
                Case({"logits": rng.normal(size=shape) * 2, "target": rng.integers(0, 2, shape).astype(float)})
            )
        for shape in ((1, 3), (3, 4)):
            logits = eighths(rng.uniform(0.1, 1, shape) * large) * rng.choice([-1.0, 1.0], shape)
            target = (logits < 0).astype(float)  # wrong on every label: the loss is large, too
            target[0, 0] = 1 - target[0, 0]
            cases.append(Case({"logits": logits, "target": target}, f"logits around ±{large:g}", LARGE))
        return cases

    return make


def _simplex(rng: np.random.Generator, n: int, k: int) -> np.ndarray:
    """Rows of probabilities that sum to 1, none below 0.02."""
    return 0.02 + (1 - 0.02 * k) * rng.dirichlet(np.ones(k), n)


def probs_and_targets(zero: str = "", eps: Sequence[float] = ()) -> Cases:
    """Probabilities (N, K) and targets (N, K), one-hot and soft ones.

    `zero="probs"` adds cases in which the true class has probability 0, `zero="target"` cases in which some targets are 0.
    """

    def make(rng: np.random.Generator) -> list[Case]:
        cases: list[tuple[dict, str, str]] = []
        for n, k in ((1, 3), (3, 4), (5, 3), (8, 6)):
            cases.append(({"probs": _simplex(rng, n, k), "target": _simplex(rng, n, k)}, "soft targets", ""))
        for n, k in ((1, 3), (5, 4)):
            target = np.eye(k)[rng.integers(0, k, n)]
            tag = "zero" if zero == "target" else ""
            cases.append(({"probs": _simplex(rng, n, k), "target": target}, "one-hot targets", tag))
        if zero == "probs":
            for n in (1, 3):
                probs = np.tile([0.0, 0.25, 0.75], (n, 1))
                cases.append(
                    (
                        {"probs": probs, "target": np.tile([1.0, 0.0, 0.0], (n, 1))},
                        "a probability of exactly 0",
                        "zero",
                    )
                )
        if not eps:
            return [Case(*case) for case in cases]
        return [Case({**inputs, "eps": eps[i % len(eps)]}, about, tag) for i, (inputs, about, tag) in enumerate(cases)]

    return make


def binary_probs(eps: Sequence[float]) -> Cases:
    """Probabilities (N,) of class 1 and targets (N,) in {0, 1}; the last cases have probabilities of exactly 0 and 1."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for i, n in enumerate((1, 1, 3, 5, 8)):
            target = np.array([float(i)]) if n == 1 else np.resize([1.0, 0.0, 1.0, 1.0, 0.0], n)
            inputs = {"p": rng.uniform(0.03, 0.97, n), "target": target, "eps": eps[i % len(eps)]}
            cases.append(Case(inputs, f"a target of {i}" if n == 1 else ""))
        for i, (p, target) in enumerate((([0.0], [1.0]), ([1.0], [0.0]), ([0.0, 1.0, 0.5], [1.0, 0.0, 1.0]))):
            inputs = {"p": np.array(p), "target": np.array(target), "eps": eps[i % len(eps)]}
            cases.append(Case(inputs, "a probability of exactly 0 or 1", "zero"))
        return cases

    return make


def scores() -> Cases:
    """Scores (N,) and targets (N,) in {−1, +1}, on both sides of the margin, never on it."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for margin in (-1.5, 0.25, 2.5):
            about = (
                "a wrong side"
                if margin < 0
                else "a point inside the margin"
                if margin < 1
                else "a point beyond the margin"
            )
            for target in (1.0, -1.0):
                cases.append(Case({"score": np.array([target * margin]), "target": np.array([target])}, about))
        for n in (3, 5, 8):
            target = rng.choice([-1.0, 1.0], n)
            margins = np.resize([0.4, -1.0, 1.8], n) + rng.uniform(-0.3, 0.3, n)
            cases.append(Case({"score": target * margins, "target": target}))
        return cases

    return make
