"""The convolutional network."""

import torch

from course_lib.activations_torch import ReLU
from course_lib.architectures_torch.supervised import digit_images, train_classifier
from course_lib.layers_torch import Conv2d, Dense, Flatten, MaxPool2d, Sequential

__all__ = ["CNN", "train_cnn"]


class CNN(Sequential):
    """Twice convolution, ReLU and pooling, then Dense: x (N, 1, 8, 8) -> logits (N, outputs).

    LeCun et al. (1998), Gradient-based learning applied to document recognition, doi:10.1109/5.726791.
    """

    def __init__(self, outputs, rng):
        super().__init__(
            Conv2d(1, 8, 3, rng, padding=1), ReLU(), MaxPool2d(2),
            Conv2d(8, 16, 3, rng, padding=1), ReLU(), MaxPool2d(2),
            Flatten(), Dense(16 * 2 * 2, outputs, rng),
        )  # fmt: skip


def train_cnn(seed=0, epochs=14, lr=0.005):
    """-> a CNN that reads digits, and its history, as `training.fit` keeps it: validation_accuracy is the test's."""
    rng = torch.Generator().manual_seed(seed)
    model = CNN(10, rng)
    train, test = digit_images(seed, 1, 8, 8)
    return model, train_classifier(model, train, test, rng, epochs, lr)
