"""Cases of chapter 09: starts and gradients, and the hyperparameters of a rule.

The first step of a single number comes first. Rates that change, gradients that are 0, and an eps that matters have
their own tags, so that a mistake about one of them costs what it is worth.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.exercises.cases import Cases, both_signs, grid

RATES, ZEROS, EPS, FIRST, NEIGHBOR = "rates", "zeros", "eps", "first", "neighbor"
LARGE_EPS = (0.5, 0.25, 1.5)


def _start(rng: np.random.Generator, shape: int | tuple[int, ...]) -> np.ndarray:
    return grid(rng.uniform(0.5, 2, shape)) * both_signs(rng, shape)


def _gradients(rng: np.random.Generator, steps: int, shape: int | tuple[int, ...]) -> np.ndarray:
    """Of one sign over the steps, but for one step in three: sums do not cancel, and the direction changes."""
    size = (steps, *np.atleast_1d(shape))
    signs = np.broadcast_to(both_signs(rng, shape), size).copy()
    signs[2::3] *= -1
    return grid(rng.uniform(0.4, 2, size)) * signs


def runs(
    options: Mapping[str, Sequence[Any]] = {},
    *,
    eps: float = 0.0,
    first: str = "",
    zeros: bool = True,
    neighbor: bool = True,
    absent: Sequence[str] = (),
) -> Cases:
    """Starts p, gradients (T, …) and rates, with values of the options in turn, the first being the usual one.

    eps: the usual one; then cases with a large one come last, tagged. first: a tag for cases of a single step.
    neighbor: also cases in which the optimizer serves a second parameter, tagged.
    absent: options that are 0 in cases of their own, tagged with their names.
    """

    def make(rng: np.random.Generator) -> list[Case]:
        count = 0

        def case(shape, steps, about="", tag="", lr=None, chosen: Mapping[str, Any] | None = None, **more) -> Case:
            nonlocal count
            turn = {name: values[count % len(values)] for name, values in options.items()}
            count += 1
            inputs: dict[str, Any] = {"p": _start(rng, shape), "gradients": _gradients(rng, steps, shape)}
            inputs["lr"] = float(grid(rng.uniform(0.05, 0.3, 1))[0]) if lr is None else lr
            inputs |= turn | ({"eps": eps} if eps else {}) | dict(chosen or {}) | more
            return Case(inputs, about, tag)

        cases = [case(1, 1, "a single weight and its first step", first), case(3, 1, "a first step", first)]
        cases += [case(1, 2, "a single weight and two steps"), case(3, 4), case((2, 4), 8, "a table of weights")]
        curvature = grid(rng.uniform(0.5, 1.5, 5))
        cases.append(case(5, 8, "gradients that depend on where the weights are", curvature=curvature))
        for shape, steps in ((1, 2), (3, 6)):
            lr = grid(np.linspace(0.3, 0.05, steps) * rng.uniform(0.7, 1))
            cases.append(case(shape, steps, "a rate that changes from step to step", RATES, lr))
        if zeros:
            for shape, steps in ((1, 3), (3, 6)):
                seldom = case(shape, steps, "a gradient that is 0 in some steps", ZEROS)
                seldom.inputs["gradients"][::2, 0] = 0.0
                cases.append(seldom)
        for name in absent:
            for shape, steps in ((1, 3), (3, 5)):
                cases.append(case(shape, steps, f"{name} 0", name, chosen={name: 0.0}))
        if eps:
            for shape, steps, large in ((1, 1, LARGE_EPS[0]), (1, 2, LARGE_EPS[1]), (3, 5, LARGE_EPS[2])):
                cases.append(case(shape, steps, f"eps {large:g}", EPS, chosen={"eps": large}))
        if neighbor:
            for shape, steps in ((1, 3), (3, 4)):
                cases.append(
                    case(shape, steps, "a second parameter moves in between", NEIGHBOR, neighbor=_start(rng, shape))
                )
        return cases

    return make


def sequences(betas: Sequence[float]) -> Cases:
    """Numbers (T,) to be averaged and a beta: one number, the same number again and again, numbers that grow."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for i, beta in enumerate(betas):
            values = grid(rng.uniform(0.5, 2, 1)) * (-1) ** i
            cases.append(Case({"values": values, "beta": beta}, f"a single number and beta {beta:g}"))
        for beta in betas:
            values = grid(np.linspace(0.5, 2, 3) + rng.uniform(0, 0.25, 3))
            cases.append(Case({"values": values, "beta": beta}, f"three numbers and beta {beta:g}"))
        values = np.full(5, grid(rng.uniform(0.5, 2, 1))[0])
        cases.append(Case({"values": values, "beta": betas[0]}, "the same number five times"))
        for beta, count in zip(betas, (8, 12, 40)):
            values = grid(rng.uniform(0.5, 2, count))
            values[::3] *= -0.25
            cases.append(Case({"values": values, "beta": beta}, f"{count} numbers and beta {beta:g}"))
        return cases

    return make


def first_gradients() -> Cases:
    """A rate, two betas, a momentum and gradients g (N,) of sizes from 1/1024 to 8192, none of them 0."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        sizes = ((1.0,), (0.125, 8.0), (2.0**-10, 1.0, 8192.0), (0.25, 0.5, 2.0, 4.0, 64.0))
        betas = ((0.9, 0.75), (0.5, 0.875), (0.75, 0.9375), (0.875, 0.5))
        for size, (beta1, beta2) in zip(sizes, betas):
            n = len(size)
            g = grid(np.array(size) * rng.uniform(1, 1.5, n)) * both_signs(rng, n)
            lr = float(grid(rng.uniform(0.05, 0.5, 1))[0])
            inputs = {"g": g, "lr": lr, "momentum": 1.5 - beta1 - 0.25, "beta1": beta1, "beta2": beta2}
            about = "a single gradient" if n == 1 else f"gradients of sizes from {min(size):g} to {max(size):g}"
            cases.append(Case(inputs, about))
        return cases

    return make


def one_steps() -> Cases:
    """Weights p (N,), gradients g (N,), a rate and a weight decay, for the first step of Adam with eps = 0."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []

        def add(about, p, g, low=0.125, high=0.25):
            lr, decay = (float(value) for value in grid(rng.uniform((0.05, low), (0.3, high))))
            cases.append(Case({"p": grid(p), "g": grid(g), "lr": lr, "decay": decay}, about))

        for n, size in ((1, 1.0), (1, 8.0), (3, 1.0), (5, 64.0)):
            p = rng.uniform(1, 3, n) * both_signs(rng, n)
            add(f"gradients of size {size:g}", p, size * rng.uniform(1, 2, n) * both_signs(rng, n))
        for n in (1, 3):
            p = rng.uniform(2, 3, n) * both_signs(rng, n)
            against, along = -np.sign(p), np.sign(p)
            add("a gradient against the decay, and weaker", p, rng.uniform(0.05, 0.125, n) * against)
            add("a gradient along the decay, and weaker", p, rng.uniform(0.05, 0.125, n) * along)
            add("a gradient against the decay, and stronger", p, rng.uniform(1, 1.5, n) * against)
            just = rng.uniform(0.4, 0.45, n) * against  # above λp, which is at most 0.375, and below 2λp
            add("a gradient against the decay, and a little stronger", p, just, 0.12, 0.125)
        return cases

    return make
