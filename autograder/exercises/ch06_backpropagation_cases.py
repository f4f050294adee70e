"""Generators of the cases of chapter 06. Sizes differ where shapes can be mixed up, and agree once where a slip would raise."""

from itertools import pairwise

import numpy as np

from autograder.exercise import Case
from autograder.exercises.cases import LARGE, Cases, both_signs, grid, logits_and_labels


def signed(rng: np.random.Generator, shape: int | tuple[int, ...], low: float = 0.25, high: float = 1.5) -> np.ndarray:
    """Numbers of both signs, none near 0."""
    return grid(rng.uniform(low, high, shape)) * both_signs(rng, shape)


def _examples(n: int) -> str:
    return "1 example" if n == 1 else f"{n} examples"


def one_neuron() -> Cases:
    """x, w, b, y, single numbers; tanh is bent at w·x + b and not flat, and the answer is off."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for side in (1.0, -1.0, 1.0, -1.0):
            x, w, b = (float(signed(rng, 1, 0.375, 0.875)[0]) for _ in range(3))
            y = float(np.round(np.tanh(w * x + b) * 64) / 64 + side * abs(signed(rng, 1, 0.5, 1.5)[0]))
            cases.append(Case({"x": x, "w": w, "b": b, "y": y}))
        cases.append(Case({"x": 0.0, "w": 0.75, "b": float(signed(rng, 1, 0.25, 0.75)[0]), "y": 2.0}, "an input of 0"))
        cases.append(
            Case({"x": 2.0, "w": 3.0, "b": float(abs(signed(rng, 1, 2, 4))[0]), "y": -1.0}, "a saturated neuron")
        )
        return cases

    return make


def _edges(slopes: dict[tuple[int, int], float]) -> np.ndarray:
    n = 1 + max(i for i, _ in slopes)
    table = np.zeros((n, n))
    for (i, j), slope in slopes.items():
        table[i, j] = slope
    return table


def graphs() -> Cases:
    """Tables slopes (n, n) of graphs in which all nodes lead to the last."""

    def make(rng: np.random.Generator) -> list[Case]:
        def some(*edges: tuple[int, int]) -> np.ndarray:
            return _edges(dict(zip(edges, signed(rng, len(edges), 0.375, 2.0))))

        diamond = ((1, 0), (2, 0), (3, 1), (3, 2))
        cases = [
            Case({"slopes": some((1, 0))}, "one arrow"),
            Case({"slopes": some((1, 0), (2, 1))}, "a chain of three nodes"),
            Case({"slopes": some(*pairwise_down(6))}, "a chain of six nodes"),
            Case({"slopes": some((2, 0), (2, 1))}, "two inputs", "fork"),
            Case({"slopes": some((1, 0), (2, 0), (2, 1))}, "a road and a shortcut", "fork"),
            Case({"slopes": some(*diamond)}, "a fork that joins again", "fork"),
            Case({"slopes": some(*diamond, *((i + 3, j + 3) for i, j in diamond))}, "two forks in a row", "fork"),
        ]
        for n in (6, 8):
            edges = {(i, j) for i in range(1, n) for j in range(i) if rng.random() < 0.4}
            edges |= {(n - 1, j) for j in range(n - 1) if not any(child == j for _, child in edges)}
            edges |= {(2, 0), (2, 1), (n - 1, 2)}
            cases.append(Case({"slopes": some(*sorted(edges))}, f"a tangle of {n} nodes", "fork"))
        return cases

    return make


def pairwise_down(n: int) -> list[tuple[int, int]]:
    return [(after, before) for before, after in pairwise(range(n))]


def two_two_one() -> Cases:
    """D1's network: x (2,), y, and its nine parameters."""

    def make(rng: np.random.Generator) -> list[Case]:
        def parameters() -> dict[str, np.ndarray | float]:
            return {
                "hidden_weight": signed(rng, (2, 2)),
                "hidden_bias": signed(rng, 2, 0.25, 0.75),
                "output_weight": signed(rng, 2),
                "output_bias": float(signed(rng, 1)[0]),
            }

        def case(x: np.ndarray, y: float, about: str = "") -> Case:
            return Case({"x": x, "y": y, **parameters()}, about)

        cases = [case(signed(rng, 2), side * float(abs(signed(rng, 1, 4, 6))[0])) for side in (1, -1, 1, -1)]
        cases.append(case(np.array([0.0, float(signed(rng, 1)[0])]), 5.0, "an input of 0"))
        return cases

    return make


def valleys() -> Cases:
    """x of several shapes with entries in [−1, 1], weights of x's shape, and steps so large that a step matters."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        shapes: tuple[tuple[int, ...], ...] = ((1,), (3,), (2, 3), (5,), (3, 2), (2, 2, 2))
        for shape, step in zip(shapes, (0.5, 0.25, 0.5, 0.125, 0.25, 0.5)):
            x, weight = signed(rng, shape, 0.25, 1.0), signed(rng, shape, 0.25, 1.5)
            cases.append(Case({"x": x, "weight": weight, "step": step}, f"x of shape {shape} and step {step:g}"))
        return cases

    return make


def two_gradients() -> Cases:
    """gradient, numerical, eps. The worst entry by the relative error is seldom the worst by the absolute one."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for shape in ((1,), (3,), (2, 3), (5,), (3, 2), (2, 2, 2)):
            n = int(np.prod(shape))
            numerical = grid(np.geomspace(0.1, 3.0, n)) * both_signs(rng, n)
            off = grid(np.geomspace(0.0625, 0.2, n)) * np.resize([-1.0, 1.0], n)
            order = rng.permutation(n)
            measured = numerical[order].reshape(shape)
            cases.append(Case({"gradient": measured + off[order].reshape(shape), "numerical": measured, "eps": 1e-4}))
        numerical = signed(rng, 4, 0.5, 1.0)
        gradient = numerical * [1.0, -1.0, 1.0, 1.125]
        cases.append(Case({"gradient": gradient, "numerical": numerical, "eps": 1e-4}, "an entry of the wrong sign"))
        numerical = np.array([-2.0, 1.0, -1.0])
        gradient = np.array([-1.25, 1.0625, -1.0])
        cases.append(Case({"gradient": gradient, "numerical": numerical, "eps": 1e-4}, "negative slopes"))
        tiny = np.array([[2.0**-30, -0.75, 1.0], [0.5, -(2.0**-28), 0.0]])
        wobble = np.array([[3 * 2.0**-30, -0.6875, 1.0], [0.5, 2.0**-28, 0.0]])
        cases.append(
            Case({"gradient": tiny, "numerical": wobble, "eps": 1e-4}, "entries smaller than eps, and a 0", "tiny")
        )
        small = np.array([0.25, 0.5, -0.125])
        cases.append(
            Case(
                {"gradient": small, "numerical": small + np.array([0.125, 0.0625, 0.0]), "eps": 0.5}, "eps 0.5", "tiny"
            )
        )
        both = np.array([0.0, 0.5, -1.0])
        cases.append(
            Case(
                {"gradient": both, "numerical": both + np.array([0, 0.0625, 0]), "eps": 1e-4},
                "an entry that is 0 in both",
            )
        )
        lost = np.array([0.5, np.nan, -1.0, 0.25])
        cases.append(
            Case({"gradient": lost, "numerical": np.array([0.625, 1.0, -1.0, 0.5]), "eps": 1e-4}, "a nan", "nan")
        )
        return cases

    return make


def upstream(large: float) -> Cases:
    """x and an upstream gradient dy of its shape; also x of size `large`, tagged."""

    def make(rng: np.random.Generator) -> list[Case]:
        shapes: tuple[int | tuple[int, ...], ...] = (1, 1, 3, (2, 3), (5, 2), (8, 1))
        cases = []
        for number, shape in enumerate(shapes):
            x = signed(rng, shape, 0.375, 2.5)
            x = abs(x) * (-1) ** number if shape == 1 else x
            cases.append(Case({"x": x, "dy": signed(rng, shape, 0.375, 2.0)}))
        for shape in (3, (3, 2)):
            x = signed(rng, shape, 0.5, 1.0) * large
            x.flat[0] = 0.5  # beside it the rounding of the others is small
            cases.append(Case({"x": x, "dy": signed(rng, shape)}, f"x up to ±{large:g}", LARGE))
        return cases

    return make


def dense() -> Cases:
    """inputs, outputs, the parameters, x (N, inputs) and dy (N, outputs)."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, inputs, outputs in ((1, 2, 3), (3, 2, 2), (3, 4, 2), (5, 3, 1), (8, 1, 3), (5, 5, 5)):
            cases.append(
                Case(
                    {
                        "inputs": inputs,
                        "outputs": outputs,
                        "rng": 0,
                        "weight": signed(rng, (outputs, inputs)),
                        "bias": signed(rng, outputs),
                        "x": signed(rng, (n, inputs)),
                        "dy": signed(rng, (n, outputs)),
                    },
                    f"{_examples(n)}, {inputs} inputs, {outputs} outputs",
                )
            )
        return cases

    return make


def logits_and_dy(large: float) -> Cases:
    """The cases of `logits_and_labels` with a number dy that comes from above."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = logits_and_labels(large)(rng)
        slopes = np.resize([1.0, -0.5, 2.5, 0.25], len(cases))
        return [
            Case({**case.inputs, "dy": float(dy)}, case.about or f"dy {dy:g}", case.tag)
            for case, dy in zip(cases, slopes)
        ]

    return make


def two_layers(sizes: tuple[tuple[int, int, int, int], ...]) -> Cases:
    """x (N, D), dy (N, K) and the parameters of two dense layers, D to H to K; sizes: N, D, H, K."""

    def make(rng: np.random.Generator) -> list[Case]:
        return [
            Case(
                {"x": signed(rng, (n, d)), "dy": signed(rng, (n, k)), **_layers(rng, d, h, k)},
                f"{_examples(n)} and layers of {d}, {h}, {k}",
            )
            for n, d, h, k in sizes
        ]

    return make


def classifiers(sizes: tuple[tuple[int, int, int, int], ...]) -> Cases:
    """x (N, D), labels (N,) and the parameters of two layers; the ReLUs are partly open. sizes: N, D, H, K.

    In the last case one hidden unit has weights and bias 0: its sum is exactly 0 for all examples.
    """

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n, d, h, k in sizes:
            inputs = {"x": signed(rng, (n, d)), "labels": rng.integers(0, k, n), **_layers(rng, d, h, k)}
            for _ in range(99):  # until no sum is near the corner, and the gates are neither all open nor all closed
                z = inputs["x"] @ inputs["weight1"].T + inputs["bias1"]
                if abs(z).min() > 0.05 and 0.2 < np.mean(z > 0) < 0.8:
                    break
                inputs |= _layers(rng, d, h, k) | {"x": signed(rng, (n, d))}
            cases.append(Case(inputs, f"{_examples(n)} and layers of {d}, {h}, {k}"))
        cases.append(Case(_far(rng), "an example with very large logits", LARGE))
        silent = {name: np.array(value) for name, value in cases[3].inputs.items()}
        silent["weight1"][0], silent["bias1"][0] = 0.0, 0.0
        cases.append(Case(silent, "a hidden unit whose sum is exactly 0"))
        return cases

    return make


def _far(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Three examples, the first of which has logits in the thousands, and never the likeliest class for a label."""
    while True:
        inputs = {"x": signed(rng, (3, 4)) * [[1024], [1], [1]], "labels": np.zeros(3, int), **_layers(rng, 4, 4, 3)}
        h = np.maximum(inputs["x"] @ inputs["weight1"].T + inputs["bias1"], 0)
        logits = h @ inputs["weight2"].T + inputs["bias2"]
        if logits[0].max() + logits[0].min() > 1000 and np.ptp(logits[0]) > 1500 and abs(logits[1:]).max() < 100:
            return inputs | {"labels": (logits.argmax(axis=1) + 1) % 3}


def _layers(rng: np.random.Generator, d: int, h: int, k: int) -> dict[str, np.ndarray]:
    return {
        "weight1": signed(rng, (h, d), 0.25, 1.0),
        "bias1": signed(rng, h, 0.25, 0.75),
        "weight2": signed(rng, (k, h), 0.25, 1.0),
        "bias2": signed(rng, k, 0.25, 0.75),
    }


def expressions() -> Cases:
    """Leaves and programs for `Graph`; numbers that are used again are tagged "shared"."""

    def make(rng: np.random.Generator) -> list[Case]:
        def case(leaves: int, program: list[list], about: str, tag: str = "", high: float = 1.5) -> Case:
            return Case({"leaves": signed(rng, leaves, 0.375, high), "program": program}, about, tag)

        layers: list[list] = []
        for u in range(0, 20, 2):  # node u becomes node u + 2
            layers += [["tanh", u], ["+", u, u + 1]]
        return [
            case(2, [["+", 0, 1]], "a + b"),
            case(2, [["*", 0, 1]], "a·b"),
            case(1, [["tanh", 0]], "tanh a"),
            case(1, [["exp", 0]], "exp a"),
            case(3, [["*", 0, 1], ["+", 3, 2]], "a·b + c"),
            case(3, [["*", 0, 1], ["+", 3, 2], ["tanh", 4]], "tanh(a·b + c)"),
            case(3, [["-", 0, 1], ["exp", 3], ["*", 4, 2]], "exp(a − b)·c"),
            case(3, [["+", 0, 1]], "a + b, and c takes no part"),
            case(1, [["*", 0, 0]], "a·a", "shared"),
            case(1, [["+", 0, 0]], "a + a", "shared"),
            case(2, [["*", 0, 1], ["+", 2, 0]], "a·b + a", "shared"),
            case(1, [["exp", 0], ["*", 0, 1]], "a·exp a", "shared"),
            case(1, [["+", 0, 0], ["*", 1, 1], ["+", 2, 1]], "u·u + u with u = a + a", "shared"),
            case(
                2, [["*", 0, 1], ["tanh", 2], ["exp", 2], ["*", 3, 4], ["+", 5, 2]], "tanh u·exp u + u", "shared", 1.0
            ),
            case(1, layers, "ten times u + tanh u", "shared"),
            Case(
                {"leaves": np.repeat(signed(rng, 1, 0.375), 2), "program": [["tanh", 0], ["tanh", 1], ["*", 2, 3]]},
                "tanh a·tanh b, where a and b have the same value",
                "shared",
            ),
        ]

    return make
