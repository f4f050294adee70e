"""Autoencoders: a network that says its input again through a narrow place, plain and from noise."""

import numpy as np

from course_lib.activations import ReLU, Sigmoid
from course_lib.architectures.data import digits
from course_lib.layers import Dense, Sequential
from course_lib.losses import MeanSquaredError
from course_lib.optimizers import Adam

__all__ = ["Autoencoder", "train_autoencoder", "train_denoising_autoencoder"]


class Autoencoder(Sequential):
    """x (N, inputs) -> code (N, code) -> x again, from 0 to 1; layer "0" is the encoder, layer "1" the decoder.

    Hinton and Salakhutdinov (2006), Reducing the dimensionality of data with neural networks,
    doi:10.1126/science.1127647.
    """

    def __init__(self, inputs, hidden, code, rng):
        self.encoder = Sequential(Dense(inputs, hidden, rng), ReLU(), Dense(hidden, code, rng))
        self.decoder = Sequential(Dense(code, hidden, rng), ReLU(), Dense(hidden, inputs, rng), Sigmoid())
        super().__init__(self.encoder, self.decoder)


def train_autoencoder(seed=0, code=8, epochs=60, lr=0.003, noise=0.0):
    """-> an Autoencoder of digits, and its history: mean squared error of each epoch, training (loss) and test (error).

    noise is the standard deviation of what is added to the input, and never to the target.
    """
    rng = np.random.default_rng(seed)
    (x, _), (test_x, _) = digits(rng)
    model, loss, optimizer = Autoencoder(64, 128, code, rng), MeanSquaredError(), Adam(lr)
    noisy_test = test_x + noise * rng.normal(size=test_x.shape)
    history: dict[str, list[float]] = {"loss": [], "error": []}
    for _ in range(epochs):
        losses = []
        for batch in np.array_split(rng.permutation(len(x)), len(x) // 32):
            noisy = x[batch] + noise * rng.normal(size=x[batch].shape)
            losses.append(loss.forward(model.forward(noisy), x[batch]))
            model.backward(loss.backward())
            optimizer.step(model.params, model.grads)
        history["loss"].append(float(np.mean(losses)))
        history["error"].append(float(loss.forward(model.forward(noisy_test), test_x)))
    return model, history


def train_denoising_autoencoder(seed=0, code=32, epochs=60, lr=0.003, noise=0.3):
    """As train_autoencoder, with noise; the noisy input's own error is noise².

    Vincent et al. (2008), Extracting and composing robust features with denoising autoencoders,
    doi:10.1145/1390156.1390294.
    """
    return train_autoencoder(seed, code, epochs, lr, noise)
