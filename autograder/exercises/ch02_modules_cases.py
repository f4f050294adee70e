"""Generators of the cases of chapter 02. Sizes differ where shapes can be mixed up, and agree once where a slip would raise."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from autograder.exercise import Case
from autograder.exercises.cases import Cases, both_signs, grid

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TASKS = ("regression", "binary", "multi-label", "multi-class")


def signed(rng: np.random.Generator, shape: int | tuple[int, ...], low: float = 0.25, high: float = 1.5) -> np.ndarray:
    """Numbers of both signs, none near 0."""
    return grid(rng.uniform(low, high, shape)) * both_signs(rng, shape)


def affine(rng: np.random.Generator, inputs: int, outputs: int) -> tuple[np.ndarray, np.ndarray]:
    """A weight (outputs, inputs) and a bias (outputs,)."""
    return signed(rng, (outputs, inputs)), signed(rng, outputs, 0.25, 0.75)


def dense() -> Cases:
    """inputs, outputs, rng for a fresh layer; weight, bias and x (…, inputs) for its forward pass."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for leading, inputs, outputs in (((1,), 2, 3), ((3,), 3, 3), ((5,), 4, 2), ((8,), 3, 5), ((3, 4), 2, 3)):
            weight, bias = affine(rng, inputs, outputs)
            about = f"x of shape {(*leading, inputs)} and {outputs} outputs"
            made = {"inputs": inputs, "outputs": outputs, "rng": int(rng.integers(1000)), "weight": weight}
            tag = "more axes" if len(leading) > 1 else ""
            cases.append(Case({**made, "bias": bias, "x": signed(rng, (*leading, inputs))}, about, tag))
        return cases

    return make


def mlps(shapes: Sequence[tuple[int, ...]]) -> Cases:
    """x (N, D) and three dense layers; a shape is (N, D, H1, H2, K). Some hidden sums are below 0, some above."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, *widths in shapes:
            while True:
                x = signed(rng, (n, widths[0]))
                inputs = {"x": x}
                opened, a = [], x
                for i, (wide, narrow) in enumerate(pairwise(widths), start=1):
                    weight, bias = affine(rng, wide, narrow)
                    inputs |= {f"weight{i}": weight, f"bias{i}": bias}
                    z = a @ weight.T + bias
                    opened.append((z > 0.1).any() and (z < -0.1).any())
                    a = np.maximum(z, 0)
                if all(opened):
                    break
            cases.append(Case(inputs, f"layers of {' → '.join(map(str, widths))}"))
        return cases

    return make


def sizes() -> Cases:
    """Widths from the inputs to the outputs: two or more."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for count in (2, 3, 3, 4, 6):
            widths = [int(width) for width in rng.choice(np.arange(2, 40), count, replace=False)]
            layers = "one layer" if count == 2 else f"{count - 1} layers"
            cases.append(Case({"sizes": widths}, f"{layers}, {' → '.join(map(str, widths))}"))
        return cases

    return make


def nested() -> Cases:
    """The parameters of two dense layers and x (N, D)."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, wide, middle, narrow in ((1, 3, 3, 3), (3, 2, 2, 2), (5, 4, 4, 4), (8, 3, 3, 3)):
            weight1, bias1 = affine(rng, wide, middle)
            weight2, bias2 = affine(rng, middle, narrow)
            x = signed(rng, (n, wide))
            inputs = {"weight1": weight1, "bias1": bias1, "weight2": weight2, "bias2": bias2, "x": x}
            cases.append(Case(inputs, f"x of shape {(n, wide)}"))
        return cases

    return make


def stacks() -> Cases:
    """Lists of weights and biases that fit one behind the other."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for widths in (
            (3, 2),
            (2, 2, 2),
            (2, 4, 3),
            (2, 3, 3),
            (2, 3, 2),
            (3, 1, 2),
            (3, 3, 3, 3),
            (3, 2, 2, 2),
            (4, 2, 5, 3),
            (2, 1, 1, 3),
            (2, 3, 4, 2, 3),
        ):
            pairs = [affine(rng, wide, narrow) for wide, narrow in pairwise(widths)]
            inputs = {"weights": [weight for weight, _ in pairs], "biases": [bias for _, bias in pairs]}
            count = len(pairs)
            about = f"{count} layer{'s' * (count > 1)}, {' → '.join(map(str, widths))}"
            cases.append(Case(inputs, about, "" if count <= 2 else "deep"))
        return cases

    return make


def corners() -> Cases:
    """The four corners in some order, and what the network is to say: off where they agree, on where they differ."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = [Case({"x": CORNERS, "off": 0.0, "on": 1.0}, "the answers 0 and 1")]
        for low, high in ((-1.0, 1.0), (0.5, 3.0), (2.0, -0.75)):
            off, on = (float(number) for number in np.array([low, high]) + grid(rng.uniform(-0.2, 0.2, 2)))
            cases.append(
                Case({"x": rng.permutation(CORNERS), "off": off, "on": on}, f"the answers {off:g} and {on:g}", "scaled")
            )
        return cases

    return make


def folds() -> Cases:
    """x (N,) in [0, 1], multiples of 1/1024, and how many times to fold."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for depth, n in ((1, 5), (2, 8), (3, 8), (5, 8)):
            x = np.sort(grid(rng.uniform(0.02, 0.98, n)))
            about = "one fold" if depth == 1 else f"{depth} folds"
            cases.append(Case({"x": x, "depth": depth}, about, "" if depth == 1 else "deep"))
        return cases

    return make


def lookups() -> Cases:
    """ids of several shapes, a table, and dy; in those with the tag "repeats" some ids occur more than once."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for shape, count, features, repeats in (
            ((1,), 4, 3, False),
            ((3,), 5, 2, False),
            ((2, 3), 8, 4, False),
            ((3,), 4, 3, True),
            ((5,), 6, 2, True),
            ((3, 4), 5, 3, True),
        ):
            size = int(np.prod(shape))
            ids = rng.permutation(count)[:size] if size <= count else rng.integers(0, count, size)
            if repeats:
                ids = ids.copy()
                ids[-1] = ids[0]
                ids[1] = ids[0] if len(shape) > 1 else ids[1]  # also within one row
            made = {"count": count, "features": features, "rng": int(rng.integers(1000)), "ids": ids.reshape(shape)}
            arrays = {"weight": signed(rng, (count, features)), "dy": signed(rng, (*shape, features))}
            cases.append(
                Case(
                    {**made, **arrays}, f"ids of shape {shape}" + ", some of them twice" * repeats, "repeats" * repeats
                )
            )
        return cases

    return make


def padded() -> Cases:
    """x (N, T, D) in which some steps are missing, and dy; steps in which only some features have the value are there, too."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for (n, steps, features), value in (((1, 3, 2), 0.0), ((3, 4, 2), -9.0), ((5, 3, 3), 0.0), ((3, 5, 4), 7.5)):
            x = signed(rng, (n, steps, features))
            lengths = rng.integers(1, steps, n)
            x[np.arange(steps) >= lengths[:, None]] = value
            about = f"x of shape {(n, steps, features)} and the value {value:g}"
            cases.append(Case({"value": value, "x": x, "dy": signed(rng, x.shape)}, about))
        for (n, steps, features), value in (((1, 3, 2), 0.0), ((3, 4, 3), -9.0)):
            x = signed(rng, (n, steps, features))
            x[:, -1] = value
            rows = np.arange(n)
            for step in (0, 1):  # steps that are present, each with one feature of that value, in turn
                x[rows, step, (rows + step) % features] = value
            about = f"the value {value:g} in one feature of a step that is present"
            cases.append(Case({"value": value, "x": x, "dy": signed(rng, x.shape)}, about, "some"))
        return cases

    return make


def averages() -> Cases:
    """x (N, T, D) and mask (N, T); with the tag "empty" one example has no step at all."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, steps, features in ((1, 3, 2), (3, 4, 2), (5, 3, 4), (8, 6, 3)):
            x = signed(rng, (n, steps, features))
            mask = rng.random((n, steps)) < 0.6
            mask[:, 0], mask[:, -1] = True, False
            cases.append(Case({"x": x, "mask": mask}, f"x of shape {x.shape}"))
        for n, steps, features in ((1, 3, 2), (3, 4, 2)):
            x = signed(rng, (n, steps, features))
            mask = np.arange(steps) < rng.integers(1, steps, n)[:, None]
            mask[-1] = False
            cases.append(Case({"x": x, "mask": mask}, "an example without any step", "empty"))
        return cases

    return make


def branches() -> Cases:
    """The parameters of two dense layers and inputs a (N, A), b (N, B). Without the tag "widths" both layers have one
    shape, so that mixing them up raises nothing."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        same = [(n, (wide, narrow), (wide, narrow)) for n, wide, narrow in ((1, 2, 3), (3, 3, 3), (5, 4, 2), (8, 2, 4))]
        for n, left, right in (*same, (1, (2, 3), (4, 2)), (5, (3, 1), (2, 4))):
            inputs = {}
            inputs["left_weight"], inputs["left_bias"] = affine(rng, *left)
            inputs["right_weight"], inputs["right_bias"] = affine(rng, *right)
            arrays = {"a": signed(rng, (n, left[0])), "b": signed(rng, (n, right[0]))}
            about = f"a of shape {(n, left[0])} and b of shape {(n, right[0])}"
            cases.append(Case({**inputs, **arrays}, about, "" if left == right else "widths"))
        return cases

    return make


def scores() -> Cases:
    """Raw scores and a task; (N,) for "binary", (N, K) for the others."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for task in TASKS:
            for n, k in ((1, 3), (3, 4), (5, 3), (8, 2)):
                shape: tuple[int, ...] = (n,) if task == "binary" else (n, k)
                raw = signed(rng, shape, 0.25, 3.0)
                if n == 5:
                    raw[(-1,) * raw.ndim] = 0.0  # a probability of exactly ½
                if task == "multi-class":  # no two alike, and none sure: their order is plain
                    raw = np.stack([rng.permutation(np.linspace(-1.5, 1.5, k)) for _ in range(n)])
                    raw = grid(raw + rng.uniform(-0.2, 0.2, raw.shape))
                cases.append(Case({"scores": raw, "task": task}, f"{task}, scores of shape {shape}", task))
        return cases

    return make
