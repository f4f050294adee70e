"""Generators of the cases of chapter 01. Inputs, weights and rates are multiples of 1/8 and small: sums are then exact
in float32, too, and a sum that is exactly 0 is 0 in every order of adding."""

from itertools import product

import numpy as np

from autograder.exercise import Case
from autograder.exercises.cases import Cases, both_signs

GATES = ("AND", "OR", "NOT", "NAND", "NOR", "A AND NOT B", "A IMPLIES B", "MAJORITY")
FIRST_GATES = GATES[:3]


def eighths(rng: np.random.Generator, shape: int | tuple[int, ...], low: float = 0.25, high: float = 2.0) -> np.ndarray:
    """Multiples of 1/8 of both signs, none near 0."""
    return np.round(rng.uniform(low, high, shape) * 8) / 8 * both_signs(rng, shape)


def truth_table(inputs: int) -> np.ndarray:
    """All rows of 0 and 1, (2^inputs, inputs): 00, 01, 10, 11."""
    return np.array(list(product((0.0, 1.0), repeat=inputs)))


def numbers() -> Cases:
    """z of several shapes and sizes; some exactly 0 with the tag "zero"."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = [Case({"z": side * abs(eighths(rng, 1))}, f"one {word} number") for side, word in SIDES]
        cases += [Case({"z": eighths(rng, shape)}) for shape in (3, 5, 8)]
        cases.append(Case({"z": eighths(rng, (2, 4))}, "a table"))
        cases.append(Case({"z": eighths(rng, 4) / 2**10}, "numbers near 0"))
        cases.append(Case({"z": eighths(rng, 4) * 2**20}, "numbers of size one million"))
        cases.append(Case({"z": np.zeros(1)}, "a number that is exactly 0", "zero"))
        for n in (2, 4):
            z = rng.permutation(np.append(eighths(rng, n), 0.0))
            cases.append(Case({"z": z}, "a number that is exactly 0", "zero"))
        return cases

    return make


SIDES = ((1.0, "positive"), (-1.0, "negative"))


def bits() -> Cases:
    """weights (D,) and a threshold, whole numbers, and x (N, D) of 0 and 1. Cases with the tag "tie" have a row whose sum is
    the threshold; with the tag "inhibited" some weights are −1."""

    def make(rng: np.random.Generator) -> list[Case]:
        def case(weights: np.ndarray, threshold: float, x: np.ndarray, about: str = "", tag: str = "") -> Case:
            return Case({"weights": weights, "threshold": float(threshold), "x": x}, about, tag)

        table = truth_table(3)
        cases = [case(np.ones(1), 0.5, np.array([[float(bit)]]), "one input") for bit in (1, 0)]
        cases.append(case(np.array([2.0, 1.0, 4.0]), 2.5, rng.permutation(table)[:5], "weights 2, 1 and 4"))
        cases.append(case(np.array([1.0, 2.0, 3.0]), 1.5, rng.permutation(table), "weights 1, 2 and 3"))
        cases.append(case(np.ones(4), 2.5, rng.permutation(truth_table(4))[:3], "four inputs"))
        for threshold in (1, 2, 3):
            x = rng.permutation(table)
            cases.append(case(np.ones(3), threshold, x, "a sum that is exactly the threshold", "tie"))
        cases.append(case(np.ones(2), 2, truth_table(2)[3:], "a sum that is exactly the threshold", "tie"))
        cases.append(case(np.array([-1.0]), 0, np.array([[0.0]]), "one inhibiting input", "inhibited"))
        cases.append(case(np.array([-1.0]), 0, np.array([[0.0], [1.0], [0.0]]), "one inhibiting input", "inhibited"))
        for threshold in (0, 1):
            weights = rng.permutation([1.0, 1.0, -1.0])
            cases.append(case(weights, threshold, rng.permutation(table), "an inhibiting input", "inhibited"))
        return cases

    return make


def gates() -> Cases:
    """The names of the gates, the first three of them untagged, each group in random order."""

    def make(rng: np.random.Generator) -> list[Case]:
        others = GATES[len(FIRST_GATES) :]
        first = [Case({"name": str(name)}, str(name)) for name in rng.permutation(FIRST_GATES)]
        return first + [Case({"name": str(name)}, str(name), "others") for name in rng.permutation(others)]

    return make


def one_unit() -> Cases:
    """weights (D,), bias, x (N, D); with the tag "tie" a sum is exactly 0."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, inputs in ((1, 1), (1, 2), (3, 2), (5, 3), (8, 4)):
            x, weights = eighths(rng, (n, inputs)), eighths(rng, inputs)
            z = np.sort(x @ weights)
            bias = -(z[n // 2] + z[n // 2 - 1]) / 2 + 1 / 128 if n > 1 else float(-z[0] + 0.25 * rng.choice((-1, 1)))
            cases.append(Case({"weights": weights, "bias": float(bias), "x": x}, "one example" if n == 1 else ""))
        for n in (1, 3, 8):
            x, weights = eighths(rng, (n, 2)), eighths(rng, 2)
            bias = -float(x[rng.integers(n)] @ weights)
            cases.append(Case({"weights": weights, "bias": bias, "x": x}, "a sum that is exactly 0", "tie"))
        for bias in (-1.5, 1.5):
            x = eighths(rng, (3, 2), 0.25, 1.0) / 4
            cases.append(Case({"weights": eighths(rng, 2), "bias": bias, "x": x}, f"a bias of {bias:g}"))
        return cases

    return make


def units() -> Cases:
    """x (N, D), weight (units, D), bias (units,); in each table of answers both 0 and 1 occur where there are several."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, inputs, count in ((1, 2, 1), (1, 3, 2), (3, 2, 3), (5, 3, 2), (8, 4, 5), (3, 3, 3)):
            while True:
                x, weight, bias = eighths(rng, (n, inputs)), eighths(rng, (count, inputs)), eighths(rng, count)
                z = x @ weight.T + bias
                if np.all(z != 0) and (n * count < 3 or 0.2 < np.mean(z > 0) < 0.8):
                    break
            about = "one unit" if count == 1 else "one example" if n == 1 else ""
            cases.append(Case({"x": x, "weight": weight, "bias": bias}, about))
        x, weight = eighths(rng, (3, 2)), eighths(rng, (2, 2))
        bias = -(x[rng.integers(3)] @ weight.T)
        cases.append(Case({"x": x, "weight": weight, "bias": bias}, "a sum that is exactly 0", "tie"))
        return cases

    return make


def one_example() -> Cases:
    """weight (D,), bias, x (D,), target 0 or 1, lr; right answers have the tag "right", a sum of exactly 0 the tag "tie"."""

    def make(rng: np.random.Generator) -> list[Case]:
        def case(inputs: int, side: float, target: float, about: str, tag: str = "") -> Case:
            x, weight = eighths(rng, inputs), eighths(rng, inputs)
            bias = float(side * abs(eighths(rng, 1, 0.5))[0] - x @ weight)
            lr = float(rng.choice((0.25, 0.5, 2.0)))
            given = {"weight": weight, "bias": bias, "x": x, "target": target, "lr": lr}
            return Case(given, about, tag)

        cases = []
        for inputs in (1, 2, 3, 5):
            cases.append(case(inputs, 1.0, 0.0, "a 1 that should be 0"))
            cases.append(case(inputs, -1.0, 1.0, "a 0 that should be 1"))
        for inputs in (1, 3):
            cases.append(case(inputs, 1.0, 1.0, "a right answer", "right"))
            cases.append(case(inputs, -1.0, 0.0, "a right answer", "right"))
        for target in (0.0, 1.0):
            cases.append(case(2, 0.0, target, f"a sum of exactly 0 and target {target:g}", "tie"))
        return cases

    return make


def to_learn() -> Cases:
    """inputs, units, lr, x (N, inputs), target (N, units), epochs, x_new.

    Lines separate most targets, so that learning ends early; with the tag "endless" none does, and the epochs run out.
    """

    def make(rng: np.random.Generator) -> list[Case]:
        def case(x: np.ndarray, target: np.ndarray, lr: float, epochs: int, about: str, tag: str = "") -> Case:
            inputs, count = x.shape[1], target.shape[1]
            x_new = eighths(rng, (5, inputs))
            given = {"inputs": inputs, "units": count, "lr": lr, "x": x, "target": target, "epochs": epochs}
            return Case(given | {"x_new": x_new}, about, tag)

        corners = rng.permutation(truth_table(2))
        a, b = corners.T
        cases = [
            case(corners, (a * b)[:, None], 1.0, 30, "AND"),
            case(corners, np.maximum(a, b)[:, None], 0.5, 30, "OR"),
        ]
        for n, inputs, count, lr in ((3, 2, 1, 0.25), (5, 3, 2, 1.0), (8, 2, 3, 0.5), (20, 2, 2, 2.0)):
            while True:
                x, lines, offset = eighths(rng, (n, inputs)), eighths(rng, (count, inputs)), eighths(rng, count)
                distance = x @ lines.T + offset
                target = (distance > 0).astype(float)
                # Something to learn for each unit: the start at 0 answers 1 everywhere.
                if (
                    np.all(np.abs(distance) > 0.2)
                    and np.all(target.min(axis=0) == 0)
                    and np.all(target.max(axis=0) == 1)
                ):
                    break
            cases.append(case(x, target, lr, 60, f"{count} unit{'s' * (count > 1)}"))
        xor = (corners.sum(axis=1) == 1).astype(float)
        cases.append(case(corners, xor[:, None], 1.0, 4, "XOR, which no line separates", "endless"))
        cases.append(case(corners, np.stack([xor, a * b], axis=1), 0.5, 9, "XOR and AND", "endless"))
        return cases

    return make


def separated() -> Cases:
    """weight (D,), bias, x (N, D), target −1 or +1. With the tag "wrong" an example is on the wrong side, or on the line."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, inputs in ((1, 1), (1, 2), (3, 2), (5, 3), (8, 2)):
            while True:
                x, weight, bias = eighths(rng, (n, inputs), 0.25, 3.0), eighths(rng, inputs), float(eighths(rng, 1)[0])
                z = x @ weight + bias
                if np.all(np.abs(z) > 0.25) and (n == 1 or np.unique(np.sign(z)).size == 2):
                    break
            cases.append(Case({"weight": weight, "bias": bias, "x": x, "target": np.sign(z)}, "one example" * (n == 1)))
        for n in (1, 3, 5):
            case = _separated_but_one(rng, n, -1.0)
            cases.append(Case(case, "an example on the wrong side", "wrong"))
        cases.append(Case(_separated_but_one(rng, 3, 0.0), "an example on the line itself", "wrong"))
        return cases

    return make


def _separated_but_one(rng: np.random.Generator, n: int, side: float) -> dict:
    """One example lies on the wrong side (−1) or on the line (0); it is not the nearest one to the line if n > 1."""
    weight, x = eighths(rng, 2), eighths(rng, (n, 2))
    z = x @ weight
    at = int(np.argmax(np.abs(z)))
    bias = 0.0
    target = np.where(z >= 0, 1.0, -1.0)
    if side < 0:
        target[at] *= -1
    else:
        bias = -float(z[at])
        target = np.where(z + bias > 0, 1.0, -1.0)
    return {"weight": weight, "bias": bias, "x": x, "target": target}


def tables() -> Cases:
    """x (N, 2), target (N,) of 0 and 1, values (G,): gates on a grid of weights, XOR, and points in the plane."""

    def make(rng: np.random.Generator) -> list[Case]:
        corners = rng.permutation(truth_table(2))
        a, b = corners.T
        # Not the same on both sides of 0, so that a line and its opposite are not both in the grid.
        grid = np.arange(-2.0, 2.0)
        fine = np.arange(-2.0, 1.25, 0.5)
        named = {
            "AND": a * b, "OR": np.maximum(a, b), "NAND": 1 - a * b, "A and not B": a * (1 - b), "XOR": abs(a - b),
        }  # fmt: skip
        cases = [Case({"x": corners[:1], "target": a[:1], "values": np.array([-1.0, 0.0, 1.0, 2.0])}, "one example")]
        for (name, target), values in zip(named.items(), (grid, fine, grid, fine, fine)):
            tag = "none" if name == "XOR" else ""
            cases.append(Case({"x": corners, "target": target, "values": values}, name, tag))
        cases.append(Case({"x": corners, "target": 1 - abs(a - b), "values": grid}, "XNOR", "none"))
        for n in (3, 5):
            x = eighths(rng, (n, 2))
            target = (x @ eighths(rng, 2) >= 0).astype(float)
            values = np.append(-1.75, np.sort(rng.permutation(np.arange(-1.5, 2.5, 0.5))[:5]))
            cases.append(Case({"x": x, "target": target, "values": values}, f"{n} points in the plane"))
        return cases

    return make


def for_the_delta_rule() -> Cases:
    """weight (units, D), bias (units,), x (N, D), target (N, units), lr. Errors are well away from 0."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, inputs, count in ((1, 1, 1), (1, 3, 2), (3, 2, 1), (3, 2, 3), (5, 3, 2), (8, 2, 2)):
            x = eighths(rng, (n, inputs))
            weight, bias = eighths(rng, (count, inputs)), eighths(rng, count)
            error = (
                np.round(rng.uniform(0.5, 1.5, (n, count)) * 8) / 8 * (both_signs(rng, (n, count)) if n > 3 else 1.0)
            )
            inputs_of = {"weight": weight, "bias": bias, "x": x, "target": x @ weight.T + bias + error}
            lr = float(rng.choice((0.25, 0.5)))
            cases.append(
                Case(inputs_of | {"lr": lr}, "one example" if n == 1 else "several units" if count > 1 else "")
            )
        return cases

    return make


def labelled() -> Cases:
    """weight (K, D), bias (K,), x (D,), a whole-number label. Right answers have the tag "right"; ties the tag "tie"."""

    def make(rng: np.random.Generator) -> list[Case]:
        def case(inputs: int, classes: int, about: str, tag: str = "") -> Case:
            while True:
                weight, bias, x = eighths(rng, (classes, inputs)), eighths(rng, classes), eighths(rng, inputs)
                scores = weight @ x + bias
                first, second, *_ = np.sort(scores)[::-1]
                # Scores clearly apart, on both sides of 0, and neither the biases nor the products alone tell the winner.
                if first - second > 0.3 and (classes < 3 or _contested(scores, bias)):
                    break
            winner = int(scores.argmax())
            label = winner if tag == "right" else int(rng.choice(np.delete(np.arange(classes), winner)))
            return Case({"weight": weight, "bias": bias, "x": x, "label": label}, about, tag)

        cases = [
            case(inputs, classes, f"{classes} classes") for inputs, classes in ((1, 2), (2, 3), (3, 4), (5, 4), (2, 5))
        ]
        cases += [case(inputs, classes, "a right answer", "right") for inputs, classes in ((2, 3), (3, 4))]
        for label in (0, 2):
            start = {"weight": np.zeros((3, 2)), "bias": np.zeros(3), "x": eighths(rng, 2), "label": label}
            cases.append(Case(start, f"equal scores and label {label}", "tie"))
        return cases

    return make


def _contested(scores: np.ndarray, bias: np.ndarray) -> bool:
    both_sides = (scores < -0.1).any() and (scores > 0.1).sum() > 1
    return bool(both_sides and scores.argmax() not in (bias.argmax(), (scores - bias).argmax()))
