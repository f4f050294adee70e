import numpy as np

FALLING = 0.8 ** np.arange(12.0)
WEIGHTS = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.2, 0.3, 0.5]])
MOVED = np.zeros((3, 4, 2), bool)
MOVED[0] = True

CASES = {
    "slide": [{"x": [0, 0, 1, 1, 0], "kernel": [1, -1]}, {"x": [0.5, -1, 2, 1], "kernel": [0.5, 1, -0.25]}],
    "matrix": [{"kernel": [1, -2, 1], "size": 8}, {"kernel": [0.5, -0.25], "size": 4}],
    "images": [
        {"named": {"a digit": np.eye(8), "its edges": np.eye(6) - 0.5}},
        {"named": {"nothing": np.zeros((2, 3))}, "height": 1.8},
    ],
    "windows": [
        {"size": 7, "kernel_size": 3},
        {"size": 16, "kernel_size": 5, "stride": 1, "padding": 3},
        {"size": 6, "kernel_size": 5, "stride": 4, "padding": 1, "dilation": 2},
        {"size": 6, "kernel_size": 5, "dilation": 4},
    ],
    "field": [
        {"kernel_sizes": [3, 3], "strides": [1, 1], "dilations": [1, 1]},
        {"kernel_sizes": [3, 2, 3], "strides": [1, 2, 1], "dilations": [1, 1, 2], "outputs": 1},
    ],
    "lives_of_gradients": [{"norms": {"one": FALLING, "another unit": FALLING[::-1] * 10}}],
    "back_through_time": [{"norms": FALLING[::-1], "bends": np.full(12, 0.9)}],
    "cell": [{"rows": {"input": FALLING, "cell": -FALLING, "gate": FALLING}, "marks": (2, 5)}],
    "learning": [{"curves": {"one task": {"a": FALLING, "b": 1 - FALLING}, "other": {"a": FALLING}}, "level": 0.5}],
    "weights_of_attention": [
        {"named": {"all": WEIGHTS, "causal": WEIGHTS}, "queries": ["a", "b", "c"], "keys": ["a", "b", "c"]},
    ],
    "normalized_together": [{"moved": {"Batch": MOVED, "Layer": ~MOVED, "Instance": MOVED, "Group": MOVED}}],
    "gates_of_one_input": [{"x": np.linspace(-2, 2, 9), "parts": {"one": ({"gate": np.ones(9)}, np.arange(9.0))}}],
}
WIDGETS = ("explorer",)
