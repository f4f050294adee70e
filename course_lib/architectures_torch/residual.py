"""The deep residual net."""

import torch

from course_lib.activations_torch import ReLU
from course_lib.architectures_torch.supervised import digit_images, train_classifier
from course_lib.layers_torch import BatchNorm, Conv2d, Dense, Flatten, MaxPool2d, Residual, Sequential

__all__ = ["ResidualNet", "train_residual"]


class ResidualNet(Sequential):
    """A convolution, `blocks` times ReLU(x + f(x)) with two convolutions in each f, then Dense.

    x (N, 1, 8, 8) -> logits (N, outputs); 2·blocks + 2 layers with weights. skip=False leaves out the "x +".
    He et al. (2016), Deep residual learning for image recognition, arXiv:1512.03385.
    """

    def __init__(self, blocks, channels, outputs, rng, skip=True):
        layers = [Conv2d(1, channels, 3, rng, padding=1), BatchNorm(channels), ReLU(), MaxPool2d(2)]
        for _ in range(blocks):
            f = Sequential(
                Conv2d(channels, channels, 3, rng, padding=1), BatchNorm(channels), ReLU(),
                Conv2d(channels, channels, 3, rng, padding=1), BatchNorm(channels),
            )  # fmt: skip
            layers += [Residual(f) if skip else f, ReLU()]
        super().__init__(*layers, Flatten(), Dense(channels * 4 * 4, outputs, rng))


def train_residual(seed=0, blocks=8, channels=8, skip=True, epochs=10, lr=0.003):
    """-> a ResidualNet that reads digits, and its history, as train_cnn's."""
    rng = torch.Generator().manual_seed(seed)
    model = ResidualNet(blocks, channels, 10, rng, skip)
    train, test = digit_images(seed, 1, 8, 8)
    return model, train_classifier(model, train, test, rng, epochs, lr)
