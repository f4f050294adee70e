"""The multi-layer perceptron."""

from itertools import pairwise

import numpy as np

from course_lib.activations import ReLU
from course_lib.architectures.data import digits
from course_lib.layers import Dense, Sequential
from course_lib.losses import CrossEntropy
from course_lib.metrics import accuracy
from course_lib.optimizers import Adam
from course_lib.training import fit

__all__ = ["MLP", "train_mlp"]


class MLP(Sequential):
    """Dense, ReLU, Dense, ReLU, …, Dense: x (N, sizes[0]) -> (N, sizes[-1]), logits when used to classify.

    Rumelhart, Hinton and Williams (1986), Learning representations by back-propagating errors, doi:10.1038/323533a0.
    """

    def __init__(self, sizes, rng):
        if len(sizes) < 2:
            raise ValueError(f"sizes is {sizes}; expected two or more, from inputs to outputs: try [64, 32, 10]")
        layers = [layer for pair in pairwise(sizes) for layer in (Dense(*pair, rng), ReLU())]
        super().__init__(*layers[:-1])


def train_mlp(seed=0, sizes=(64, 64, 10), epochs=20, lr=0.003):
    """-> an MLP that reads digits, and its history, as `training.fit` keeps it: validation_accuracy is the test's."""
    rng = np.random.default_rng(seed)
    (x, labels), test = digits(rng)
    model, metrics = MLP(sizes, rng), {"accuracy": accuracy}
    history = fit(model, CrossEntropy(), Adam(lr), x, labels, epochs, validation=test, metrics=metrics, rng=rng)
    return model, history
