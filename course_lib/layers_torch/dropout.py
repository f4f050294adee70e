"""The layers of `layers.dropout` in PyTorch."""

import torch
from torch import nn

from course_lib.layers.dropout import two_axes
from course_lib.layers.sizes import whole
from course_lib.layers_torch.basic import generator
from course_lib.validation import number

__all__ = ["Dropout", "FeatureDropout", "AlphaDropout", "MonteCarloDropout"]  # noqa: RUF022


class Dropout(nn.Module):
    """See `layers.Dropout`."""

    def __init__(self, p, rng):
        super().__init__()
        self.p, self.rng = number("p", p, 0, 1, or_low=True), generator(rng)

    def dropped(self, x):
        return uniform(x.shape, self.rng, x.device) < self.p

    def forward(self, x):
        return x.masked_fill(self.dropped(x), 0) / (1 - self.p) if self.training else x


class FeatureDropout(Dropout):
    """See `layers.FeatureDropout`."""

    def dropped(self, x):
        two_axes(x)
        return uniform((*x.shape[:2], *[1] * (x.ndim - 2)), self.rng, x.device) < self.p


class AlphaDropout(Dropout):
    """See `layers.AlphaDropout`."""

    lowest = -1.7580993408473766

    def forward(self, x):
        if not self.training:
            return x
        mean = self.p * self.lowest  # of what the mask makes of an x with mean 0 and variance 1
        variance = (1 - self.p) + self.p * self.lowest**2 - mean**2
        return (x.masked_fill(self.dropped(x), self.lowest) - mean) / variance**0.5


class MonteCarloDropout(nn.Module):
    """See `layers.MonteCarloDropout`."""

    def __init__(self, layer, passes=100):
        super().__init__()
        self.layer, self.passes = layer, whole("passes", passes)
        if not self.dropouts():
            raise ValueError("the layer has no dropout and would answer the same each time; expected Dropout inside")

    def dropouts(self):
        return [layer for layer in self.layer.modules() if isinstance(layer, Dropout)]

    def forward(self, x):
        passes = 1 if self.training else self.passes
        for layer in self.dropouts():
            layer.train()
        y = self.layer(x.repeat(passes, *[1] * (x.ndim - 1)))
        self.train(self.training)
        y = y.unflatten(0, (passes, len(x)))
        mean = y.mean(dim=0)
        self.spread = (y - mean).detach().square().mean(dim=0).sqrt()
        return mean


def uniform(shape, rng, device):
    """Uniform numbers in [0, 1), drawn where the generator lives."""
    return torch.rand(shape, generator=rng, device=rng.device if rng else device).to(device)
