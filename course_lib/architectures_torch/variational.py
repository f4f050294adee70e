"""The variational autoencoder."""

import torch
from torch import nn

from course_lib.activations_torch import ReLU, Sigmoid
from course_lib.architectures_torch.supervised import digit_images
from course_lib.layers_torch import Dense, Sequential
from course_lib.losses_torch import BinaryCrossEntropyWithLogits
from course_lib.optimizers_torch import Adam

__all__ = ["VariationalAutoencoder", "train_variational"]


class VariationalAutoencoder(nn.Module):
    """x (N, inputs) -> mean and log variance of a code z (N, code), z drawn from them -> logits of x again.

    Kingma and Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114.
    """

    def __init__(self, inputs, hidden, code, rng):
        super().__init__()
        self.code, self.rng = code, rng
        self.encoder = Sequential(Dense(inputs, hidden, rng), ReLU(), Dense(hidden, 2 * code, rng))
        self.decoder = Sequential(Dense(code, hidden, rng), ReLU(), Dense(hidden, inputs, rng))
        self.loss = BinaryCrossEntropyWithLogits(reduction="sum")

    def forward(self, x):
        """-> logits, mean, log_var"""
        mean, log_var = self.encoder(x).chunk(2, dim=-1)
        noise = torch.randn(mean.shape, generator=self.rng).to(mean)
        return self.decoder(mean + (log_var / 2).exp() * noise), mean, log_var

    def elbo(self, x):
        """E log p(x|z) − KL(q(z|x) ‖ normal), in nats, mean over examples: at most the log-likelihood of x.

        Gray is taken as the probability of white. KL = ½ Σ(mean² + var − 1 − log var).
        """
        logits, mean, log_var = self(x)
        divergence = (mean.square() + log_var.exp() - 1 - log_var).sum() / 2
        return -(self.loss(logits, x) + divergence) / len(x)

    @torch.no_grad()
    def sample(self, n):
        """n new images, (n, inputs), of codes drawn from the normal distribution"""
        z = torch.randn((n, self.code), generator=self.rng).to(self.decoder.layers[0].weight)
        return Sigmoid()(self.decoder(z))


def train_variational(seed=0, code=4, epochs=20, lr=0.003):
    """-> a VariationalAutoencoder of digits, and its history: the test elbo before training and after each epoch."""
    rng = torch.Generator().manual_seed(seed)
    (x, _), (test_x, _) = digit_images(seed, 64)
    model = VariationalAutoencoder(64, 128, code, rng)
    optimizer = Adam(model.parameters(), lr)
    with torch.no_grad():
        history = {"elbo": [model.elbo(test_x).item()]}
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=rng).tensor_split(len(x) // 32):
            optimizer.zero_grad()
            (-model.elbo(x[rows])).backward()
            optimizer.step()
        with torch.no_grad():
            history["elbo"].append(model.elbo(test_x).item())
    return model, history
