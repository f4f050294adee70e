import numpy as np

from course_lib.autodiff import Scalar


def one_graph():
    a, b = Scalar(2.0), Scalar(-3.0)
    c = a * b
    return {"output": c.tanh(), "places": {"a": (a, 0, 1), "b": (b, 0, 0), "a·b": (c, 1, 0.5)}}


X = np.random.default_rng(0).uniform(size=(12, 64))

CASES = {
    "nudge": [{}],
    "chain": [{}, {"x": -2.0, "change": 0.5}],
    "graph": [one_graph(), one_graph() | {"backward": False}],
    "roads": [{"depths": [1, 2, 3], "chain": [(1, 1), (2, 3), (3, 6)], "forks": [(2, 2), (4, 10), (6, 34)]}],
    "network": [{}, {"backward": False}, {"x": (-4.0, 4.0), "y": -3.0, "output_weight": (-4.0, 4.0)}],
    "backward_wave": [{}, {"y": 3.0}],
    "step_sizes": [{}, {"x": -1.0}],
    "kink": [{}, {"distance": 0.01, "step": 0.05}],
    "long_way": [{}, {"widest": 300.0}],
    "gates": [{}, {"names": ("Tanh", "LeakyReLU"), "dy": 2.0}],
    "shapes": [{}, {"n": 3, "inputs": 4, "outputs": 1}],
    "layer_chain": [{}, {"sizes": (8, 2), "n": 1}],
    "histories": [
        {"curves": {"train": [2.0, 1.0, 0.5], "test": [2.1, 1.2, 0.9]}, "quantity": "loss", "log": True},
        {"curves": {"one": [0.1, 0.9]}, "quantity": "accuracy", "step": "step"},
    ],
    "mistakes": [
        {"x": X, "labels": np.arange(12) % 10, "predicted": np.arange(12) % 10 + np.arange(12) % 2},
        {"x": X, "labels": np.zeros(12, int), "predicted": np.arange(12) == 3, "most": 3},
    ],
}
WIDGETS = ("network_explorer",)
