import numpy as np

from course_lib import activations, layers
from course_lib.figures.modules import rings, spirals

RNG = np.random.default_rng(0)
NETWORK = layers.Sequential(layers.Dense(4, 3, RNG), activations.ReLU(), layers.Dense(3, 2, RNG))
POINTS, LABELS = spirals(n=20)
SCORES = {"line": lambda x: x[:, 0], "always": lambda x: np.ones(len(x))}
LINE = np.linspace(0, 1, 65)

CASES = {
    "branches": [
        {
            "left": layers.Sequential(layers.Dense(4, 3, RNG)),
            "right": layers.Sequential(layers.Dense(2, 5, RNG), activations.ReLU()),
            "a": RNG.normal(size=(5, 4)),
            "b": RNG.normal(size=(5, 2)),
        }
    ],
    "chain": [{"model": NETWORK, "x": RNG.normal(size=(5, 4))}],
    "product": [{"x": RNG.normal(size=(4, 3)), "weight": RNG.normal(size=(2, 3)), "bias": np.array([0.5, -1.0])}],
    "passage": [{"model": NETWORK, "x": RNG.normal(size=(1, 4))}],
    "counts": [{"networks": {"small": [64, 10], "with one hidden layer": [64, 32, 10]}}],
    "decisions": [
        {"scores": SCORES, "x": POINTS, "labels": LABELS},
        {"scores": {"one": SCORES["line"]}, "x": rings()[0], "labels": rings()[1], "reach": 1.4},
    ],
    "grid_of_decisions": [
        {"scores": {(d, w): SCORES["line"] for d in (1, 2) for w in (2, 8)}, "x": POINTS, "labels": LABELS}
    ],
    "hidden_space": [
        {"weight": [[1, 1], [1, 1]], "bias": [0, -1], "output_weight": [[1, -2]], "output_bias": [0]},
    ],
    "zigzags": [{"curves": {"one": (LINE, LINE), "two": (LINE, 1 - abs(2 * LINE - 1))}}],
    "piece_counts": [{"units": [2, 4, 6], "curves": {"deep": [2, 4, 8], "wide": [3, 5, 7]}}],
    "lookup": [{"weight": RNG.normal(size=(5, 3)), "ids": [1, 4, 1], "names": ["the", "cat", "a", "sat", "dog"]}],
    "padded": [
        {
            "x": np.array([[[1.0, 2.0], [0.0, 0.0]], [[3.0, 0.0], [-1.5, 2.0]]]),
            "mask": np.array([[True, False], [True, True]]),
            "names": ["first", "second"],
        }
    ],
    "words": [
        {
            "history": [RNG.normal(size=(4, 2)) for _ in range(3)],
            "names": ["cat", "dog", "sees", "hears"],
            "groups": [0, 0, 1, 1],
        }
    ],
    "heads": [
        {
            "scores": {
                "regression": (["degrees"], [2.5]),
                "binary": (["spam"], [0.8]),
                "multi-label": (["beach", "sunset"], [2.0, -1.0]),
                "multi-class": (["cat", "dog", "bird"], [2.0, 1.0, -1.0]),
            }
        }
    ],
}
WIDGETS = ("depth_and_width",)
