"""Activations of each element of x.

Autograd differentiates both branches of a torch.where, and 0 · inf is nan: what is not wanted must stay finite, too.
"""

import math

import torch
from torch import nn

from course_lib.activations.shapes import meets_channels
from course_lib.validation import number, one_of


class Activation(nn.Module):
    """What the activations share that have nothing to choose: nn.Module's own constructor takes anything."""

    def __init__(self):
        super().__init__()


class Heaviside(Activation):
    """See `activations.Heaviside`."""

    def forward(self, x):
        return ((_sign(x) + 1) / 2).ceil()  # sign and ceil hand on a gradient of 0, a comparison none at all


class Sign(Activation):
    """See `activations.Sign`."""

    def forward(self, x):
        return _sign(x)


class Identity(Activation):
    """See `activations.Identity`."""

    def forward(self, x):
        return x


class Sigmoid(Activation):
    """See `activations.Sigmoid`."""

    def forward(self, x):
        return sigmoid(x)


class Tanh(Activation):
    """See `activations.Tanh`."""

    def forward(self, x):
        return x.tanh()


class ReLU(Activation):
    """See `activations.ReLU`."""

    def forward(self, x):
        return torch.where(x <= 0, 0, x)  # not clamp: its gradient at 0 is 1


class LeakyReLU(nn.Module):
    """See `activations.LeakyReLU`."""

    def __init__(self, alpha=0.01):
        super().__init__()
        self.alpha = number("alpha", alpha, 0, math.inf, or_low=True)

    def forward(self, x):
        return torch.where(x > 0, x, self.alpha * x)


class RReLU(nn.Module):
    """See `activations.RReLU`."""

    def __init__(self, lower=1 / 8, upper=1 / 3, *, rng):
        super().__init__()
        self.lower = number("lower", lower, 0, math.inf, or_low=True)
        self.upper = number("upper", upper, self.lower, math.inf, or_low=True)
        self.rng = rng

    def forward(self, x):
        a = (self.lower + self.upper) / 2
        if self.training:
            a = torch.empty_like(x).uniform_(self.lower, self.upper, generator=self.rng)
        return torch.where(x > 0, x, a * x)


class PReLU(nn.Module):
    """See `activations.PReLU`."""

    def __init__(self, channels=1, alpha=0.25):
        super().__init__()
        number("channels", channels, 1, math.inf, or_low=True)
        self.alpha = nn.Parameter(torch.full((channels,), number("alpha", alpha, -math.inf, math.inf)))

    def forward(self, x):
        alpha = self.alpha.reshape(meets_channels(x, self.alpha.numel()))
        return torch.where(x > 0, x, alpha * x)


class ELU(nn.Module):
    """See `activations.ELU`."""

    def __init__(self, alpha=1.0):
        super().__init__()
        self.alpha = number("alpha", alpha, 0, math.inf)

    def forward(self, x):
        return torch.where(x > 0, x, self.alpha * x.clamp(max=0).expm1())


class SELU(Activation):
    """See `activations.SELU`."""

    lambda_, alpha = 1.0507009873554805, 1.6732632423543772

    def forward(self, x):
        return torch.where(x > 0, self.lambda_ * x, self.lambda_ * self.alpha * x.clamp(max=0).expm1())


class Softplus(Activation):
    """See `activations.Softplus`."""

    def forward(self, x):
        return _softplus(x)


class Swish(nn.Module):
    """See `activations.Swish`."""

    def __init__(self, beta=1.0):
        super().__init__()
        self.beta = nn.Parameter(torch.tensor([number("beta", beta, -math.inf, math.inf)]))

    def forward(self, x):
        return x * sigmoid(self.beta.reshape(()) * x)


class Mish(Activation):
    """See `activations.Mish`."""

    def forward(self, x):
        return x * _softplus(x).tanh()


class GELU(nn.Module):
    """See `activations.GELU`."""

    def __init__(self, form="exact"):
        super().__init__()
        self.form = one_of("form", form, ("exact", "tanh"))

    def forward(self, x):
        if self.form == "exact":
            return x / 2 * torch.erfc(-x / math.sqrt(2))
        return x / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * x * (1 + 0.044715 * x.square())))


def _sign(x):
    return torch.where(x.isnan(), x, x.sign())  # PyTorch's sign of nan is 0


def _softplus(x):
    return torch.logaddexp(x, torch.zeros_like(x))


def sigmoid(x):
    return torch.exp(-_softplus(-x))
