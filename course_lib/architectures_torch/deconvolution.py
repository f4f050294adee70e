"""The deconvolutional net: from a small image to a large one."""

import torch

from course_lib.activations_torch import ReLU, Sigmoid
from course_lib.architectures_torch.supervised import digit_images
from course_lib.layers_torch import AveragePool2d, Conv2d, ConvTranspose2d, Sequential
from course_lib.losses_torch import MeanSquaredError
from course_lib.optimizers_torch import Adam
from course_lib.training_torch import fit

__all__ = ["DeconvolutionalNet", "train_deconvolution"]


class DeconvolutionalNet(Sequential):
    """Convolution, transposed convolution with stride 2, convolution: x (N, 1, H, W) -> (N, 1, 2H, 2W), from 0 to 1.

    Zeiler et al. (2010), Deconvolutional networks, doi:10.1109/CVPR.2010.5539957; as here, learned from pairs: Dong et
    al. (2016), Accelerating the super-resolution convolutional neural network, arXiv:1608.00367.
    """

    def __init__(self, channels, rng):
        super().__init__(
            Conv2d(1, channels, 3, rng, padding=1), ReLU(),
            ConvTranspose2d(channels, channels, 4, rng, stride=2, padding=1), ReLU(),
            Conv2d(channels, 1, 3, rng, padding=1), Sigmoid(),
        )  # fmt: skip


def train_deconvolution(seed=0, channels=16, epochs=8, lr=0.01):
    """-> a net that guesses digits of 8 × 8 from the means of their 2 × 2 squares, and its history.

    The history is that of `training.fit`, validation_loss the mean squared test error; repeated is the error of
    each mean said four times.
    """
    rng = torch.Generator().manual_seed(seed)
    (x, _), (test_x, _) = digit_images(seed, 1, 8, 8)
    small, model, loss = AveragePool2d(2), DeconvolutionalNet(channels, rng), MeanSquaredError()
    optimizer = Adam(model.parameters(), lr)
    repeated = small(test_x).repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    history = fit(model, loss, optimizer, small(x), x, epochs, validation=(small(test_x), test_x), rng=rng)
    return model, {**history, "repeated": loss(repeated, test_x).item()}
