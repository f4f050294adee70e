import numpy as np

from course_lib.figures.perceptron import two_groups

X, TARGET = two_groups(n=8)
LINES = {"one": ((1.0, 2.0), 0.0), "another": ((1.0, -2.0), 0.5)}

CASES = {
    "unit": [{}, {"x": (0.5, -2.0), "weights": (1.5, 0.25), "bias": 2.0}],
    "steps": [{}],
    "gates": [{"neurons": {"AND": ((1, 1), 2), "always": ((1, 1), 0), "never": ((1, 1), 3)}}],
    "cut": [{}, {"w1": -3.0, "w2": 0.0, "bias": 3.0, "gate": "XOR"}, {"w1": 0.0, "w2": 0.0, "bias": -3.0}],
    "regions": [
        {"weight": [[1, 1], [1, -1], [0, 1]], "bias": [0.5, 0.25, -0.75]},
        {"weight": [[1, 0]], "bias": [0.5]},
    ],
    "learning": [{}, {"x": X, "target": TARGET, "most": 2}],
    "two_signs": [{}, {"x": X, "target": TARGET, "epochs": 3}],
    "walls": [{}, {"inputs": 5}],
    "bounds": [{"bound": [10, 1000], "mistakes": [3, 40]}, {"bound": [10.0, 20.0], "mistakes": [30, 1]}],
    "two_rules": [{"sets": {"left": (X, TARGET, LINES), "right": (3 * X, TARGET, LINES)}}],
    "table_counts": [{"counts": [5, 0, 3, 1] * 4}],
    "digits": [{"x": np.random.default_rng(0).random((13, 64)), "labels": range(13)}],
    "templates": [{"weight": np.random.default_rng(0).normal(size=(10, 64))}],
    "over_epochs": [{"curves": {"one rule": [9, 4, 2], "another": [8, 8, 1]}, "quantity": "mistakes"}],
}
WIDGETS = ("cut_explorer",)
