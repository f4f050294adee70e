import numpy as np

from course_lib import datasets

REGRESSION = ["MeanSquaredError", "MeanAbsoluteError", "Huber", "SmoothL1", "LogCosh"]
CLOUDS = datasets.two_classes(np.random.default_rng(0), majority=90, minority=10)

CASES = {
    "best_constant": [{}, {"y": (2.0, 3.0, 3.0, 5.0, 90.0)}],
    "value_and_gradient": [
        {"names": REGRESSION[:2]},
        {"names": REGRESSION, "delta": 2.0},
        {"names": ["Hinge", "SquaredHinge", "SoftMargin"]},
    ],
    "huber_seam": [{}, {"delta": 0.2}, {"delta": 25.0}],
    "huber_and_log_cosh": [{}],
    "outlier_fit": [{"names": REGRESSION}, {"names": ["Huber", "LogCosh"], "outlier": -40.0, "delta": 30.0}],
    "outlier_drag": [{"names": ["Huber"]}],
    "relative_errors": [{}, {"target": 3.0}],
    "poisson_fit": [{}],
    "cosine_angle": [{}],
    "surprise": [{}],
    "distributions": [
        {"target": [0, 0, 1], "predictions": {"one": [0.2, 0.2, 0.6], "two": [0.4, 0.0, 0.6]}},
        {"target": [1, 1, 0], "predictions": {"one": [0.5, 0.5, 0.0]}, "loss": "BinaryCrossEntropy"},
    ],
    "logits_to_loss": [{}, {"logits": (5.0, -5.0, 0.3), "label": 1, "gamma": 2.0}],
    "softmax_floor": [{}, {"classes": 10}],
    "training_curves": [
        {"histories": {"one": [1.0, 0.8, 0.6], "two": [1.0, 0.9, 0.8]}},
        {"histories": {"one": [1.0, 0.8]}, "floor": 0.551},
    ],
    "focal_curves": [{}, {"gammas": (0.5, 3.0)}],
    "boundaries": [
        {"x": CLOUDS[0], "labels": CLOUDS[1], "lines": {"a model": (1, 0, -1)}, "recalls": {"a model": 0.25}},
    ],
}
WIDGETS = ("explorer", "logit_explorer")
