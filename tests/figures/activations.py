import numpy as np

from course_lib import activations

X = np.linspace(-2, 2, 30)

CASES = {
    "gallery": [{}],
    "value_and_slope": [
        {"units": ["Sigmoid", "Tanh"]},
        {"units": {"Swish, β = 5": activations.Swish(5.0), "ReLU": activations.ReLU()}, "reach": 2.0},
        {"units": ["ReLU", "LeakyReLU", "ELU", "Swish", "GELU"]},
    ],
    "gelu_forms": [{}],
    "compare": [
        {"names": ["ReLU"]},
        {"names": ["PReLU", "ELU", "Swish", "Tanh"], "x": -1.0, "parameter": 3.0},
        {"names": []},
    ],
    "fits": [{"x": X, "y": np.sin(X), "answers": {"Identity": X / 2, "ReLU": np.maximum(X, 0), "Tanh": np.tanh(X)}}],
    "along_layers": [
        {"series": {"Sigmoid": [1e-7, 1e-3, 1.0], "Tanh": [0.3, 0.5, 1.0]}, "title": "Gradients", "quantity": "size"},
        {"series": {"my own": [0.1, 0.5]}, "title": "Shares", "quantity": "share", "log": False},
    ],
    "over_steps": [
        {
            "histories": {"ReLU": [2.3, 1.0, 0.5], "Tanh": ([10, 20], [2.3, 1.1])},
            "title": "Training",
            "quantity": "loss",
        }
    ],
    "output_histograms": [{"outputs": {"Tanh": np.tanh(3 * X), "ReLU": np.maximum(X, 0), "other": X}}],
    "dying_unit": [{}, {"lr": 0.1, "steps": 3}],
    "zigzag": [{}, {"shift": 0.5, "steps": 10}],
    "temperatures": [{}, {"logits": (1.0, 0.0), "chosen": (0.1, 1.0)}],
    "logits_to_shares": [{}, {"logits": (5.0, -5.0, 0.3, 0.2), "temperature": 0.1}],
}
WIDGETS = ("explorer", "softmax_explorer")
