"""Generators of the cases of chapter 07. Tables are not square, so that a turned shape or axis shows."""

from itertools import pairwise

import numpy as np

from autograder.exercise import Case
from autograder.exercises.cases import LARGE, Cases, both_signs, grid
from course_lib import layers

DRAWN, EVALUATION, SMALL, ZERO, CONSTANT = "drawn", "evaluation", "small", "zero", "constant"


def signed(rng: np.random.Generator, shape: int | tuple[int, ...], low: float = 0.25, high: float = 2.0) -> np.ndarray:
    """Numbers of both signs, none near 0."""
    return grid(rng.uniform(low, high, shape)) * both_signs(rng, shape)


def deep_nets() -> Cases:
    """x (N, D), weights of one to five layers from the first to the last, dy for the last layer's answers."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, widths in ((1, (2, 3)), (3, (2, 4, 3)), (5, (3, 2, 4, 2)), (8, (4, 3, 3, 2, 3, 2))):
            weights = [signed(rng, (b, a), 0.25, 1.0) for a, b in pairwise(widths)]
            inputs = {"x": signed(rng, (n, widths[0])), "weights": weights, "dy": signed(rng, (n, widths[-1]))}
            cases.append(Case(inputs, "one layer" if len(weights) == 1 else f"{len(weights)} layers"))
        return cases

    return make


def shapes(kernels: bool = False) -> Cases:
    """Shapes of weights and seeds: large ones, whose spread can be measured, and small ones to compare entry by entry.

    The large ones have several times as many outputs as inputs, or the other way round.
    """

    def make(rng: np.random.Generator) -> list[Case]:
        def case(shape, about, tag=""):
            return Case({"shape": list(shape), "rng": int(rng.integers(1_000_000))}, about, tag)

        small = [(2, 3), (4, 1)] + [(2, 3, 2)] * kernels
        large = [(60, 700), (800, 50)] + [(70, 8, 9, 11), (300, 20, 7)] * kernels
        told = [case(shape, f"shape {shape}", DRAWN) for shape in small]
        return told + [case(shape, f"shape {shape}, {np.prod(shape)} weights") for shape in large]

    return make


def activations_and_upstream() -> Cases:
    """x and dy of the same shape: both signs, an exact 0, and numbers up to ±8192."""

    def make(rng: np.random.Generator) -> list[Case]:
        tables = [(grid(rng.uniform(0.25, 2, 1)), "a single positive number", "")]
        tables.append((-grid(rng.uniform(0.25, 2, 1)), "a single negative number", ""))
        tables += [(signed(rng, shape, high=3), "", "") for shape in (3, 8, (3, 2), (2, 5))]
        tables.append((np.append(signed(rng, 2), 0.0), "a number that is exactly 0", ""))
        far = np.append(signed(rng, 2), grid(rng.uniform(0.5, 1, 2) * 8192) * [1, -1])
        tables.append((far, "numbers up to ±8192", LARGE))
        return [Case({"x": x, "dy": signed(rng, x.shape)}, about, tag) for x, about, tag in tables]

    return make


def gradients_to_clip(norm: bool) -> Cases:
    """grads {"weight": (K, D), "bias": (K,)} and a limit for their entries, or with `norm` for their common norm.

    Gradients within the limit are tagged "small", those that are all 0 "zero".
    """

    def make(rng: np.random.Generator) -> list[Case]:
        def grads(k, d, low, high):
            weight, bias = signed(rng, (k, d), low, high), signed(rng, k, low, high)
            bias[0] = high if abs(bias[0]) == bias[0] else -high
            weight[0, 0] = np.copysign(high, weight[0, 0])
            return {"weight": weight, "bias": bias}

        name = "max_norm" if norm else "limit"
        cases = []
        for k, d, limit in ((1, 2, 1.0), (2, 3, 0.5), (3, 2, 2.0), (4, 5, 1.25)):
            cases.append(Case({"grads": grads(k, d, limit / 4, 4 * limit), name: limit}, "large gradients"))
        for k, d in ((1, 2), (3, 2)):
            cases.append(Case({"grads": grads(k, d, 0.125, 0.75), name: 8.0}, "gradients within the limit", SMALL))
        if norm:
            zero = {"weight": np.zeros((2, 3)), "bias": np.zeros(2)}
            cases.append(Case({"grads": zero, name: float(signed(rng, 1)[0] ** 2)}, "gradients that are all 0", ZERO))
        return cases

    return make


def _batch(rng: np.random.Generator, n: int, c: int) -> np.ndarray:
    """x (N, C): every channel has a mean and a spread of its own."""
    return grid(rng.normal(size=(n, c)) * rng.uniform(0.5, 3, c) + signed(rng, c, 0.5, 4))


def _scale_and_shift(rng: np.random.Generator, c: int) -> dict[str, np.ndarray]:
    return {"weight": signed(rng, c, 0.5, 2), "bias": signed(rng, c)}


def batches() -> Cases:
    """x (N, C), weight (C,), bias (C,), eps; a channel that is constant in the cases with that tag."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, c, eps in ((3, 2, 1e-5), (5, 3, 0.25), (8, 4, 1e-5), (3, 5, 0.25)):
            inputs = {"x": _batch(rng, n, c), **_scale_and_shift(rng, c), "eps": eps}
            cases.append(Case(inputs, "a large eps" if eps > 0.1 else ""))
        for n, c in ((3, 2), (5, 3)):
            x = _batch(rng, n, c)
            x[:, -1] = abs(signed(rng, 1, 1, 3))
            inputs = {"x": x, **_scale_and_shift(rng, c), "eps": 1e-5}
            cases.append(Case(inputs, "a feature that is the same for all examples", CONSTANT))
        return cases

    return make


def batches_back() -> Cases:
    """dy (N, C), x_hat (N, C), std (C,), weight (C,); x and eps, of which x_hat and std were made."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, c, eps in ((3, 2, 1e-5), (5, 3, 0.25), (8, 4, 1e-5), (3, 5, 0.25)):
            x, dy, weight = _batch(rng, n, c), signed(rng, (n, c)), signed(rng, c, 0.5, 2)
            unit = layers.BatchNorm(c, eps)
            unit.forward(x)
            inputs = {"dy": dy, "x_hat": unit.x_hat, "std": unit.std.ravel(), "weight": weight, "x": x, "eps": eps}
            cases.append(Case(inputs))
        return cases

    return make


EPS = 0.125  # of a layer with two modes: large enough to be seen


def batch_after_batch() -> Cases:
    """A class's numbers, its parameters, earlier batches, and a batch x in training or in evaluation, there and back."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, c, before, training in (
            (3, 2, 0, True), (5, 3, 1, True), (8, 2, 2, True), (1, 2, 2, False), (5, 3, 1, False), (3, 4, 3, False),
        ):  # fmt: skip
            earlier = [_batch(rng, int(rng.integers(4, 8)), c) for _ in range(before)]
            inputs = {"channels": c, "eps": EPS, "momentum": 0.25 if c == 2 else 0.375, **_scale_and_shift(rng, c)}
            inputs |= {"earlier": earlier, "training": training, "x": _batch(rng, n, c), "dy": signed(rng, (n, c))}
            about = "in training" if training else "in evaluation, one example" if n == 1 else "in evaluation"
            after = f", after {before} earlier batch{'es' * (before != 1)}" if before else ""
            cases.append(Case(inputs, about + after, "" if training else EVALUATION))
        return cases

    return make


def around_a_layer() -> Cases:
    """x (N, D), dy (N, D), and the weight (D, D) of the layer that the shortcut leads around."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, d in ((1, 1), (1, 2), (3, 2), (5, 3), (8, 4)):
            weight = signed(rng, (d, d), 0.25, 0.75)
            cases.append(Case({"x": signed(rng, (n, d)), "dy": signed(rng, (n, d)), "weight": weight}))
        return cases

    return make


def blocks() -> Cases:
    """x (N, D), the block's weight (D, D), gamma (D,), beta (D,), eps, dy (N, D); no ReLU is near its corner."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, d, eps in ((3, 2, 1e-5), (5, 3, 0.125), (8, 4, 1e-5), (8, 2, 0.125)):
            while True:
                x, gamma, beta = _batch(rng, n, d), signed(rng, d, 0.5, 2), signed(rng, d, 0.125, 0.5)
                before = gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta
                is_open = before > 0
                if np.abs(before).min() > 0.03 and is_open.any(axis=0).all() and not is_open.all(axis=0).any():
                    break
            inputs = {"x": x, "weight": signed(rng, (d, d), 0.25, 1), "gamma": gamma, "beta": beta, "eps": eps}
            cases.append(Case(inputs | {"dy": signed(rng, (n, d))}, "a large eps" if eps > 0.1 else ""))
        x, beta = _batch(rng, 8, 3), signed(rng, 3, 0.125, 0.5)  # a mean of 8 numbers is exact, however it is taken
        x[:, -1], beta[-1] = signed(rng, 1, 1, 3), 0.0
        inputs = {"x": x, "weight": signed(rng, (3, 3), 0.25, 1), "gamma": signed(rng, 3, 0.5, 2), "beta": beta}
        inputs |= {"eps": 0.125, "dy": signed(rng, (8, 3))}
        cases.append(Case(inputs, "a unit where ReLU gets exactly 0"))
        return cases

    return make
