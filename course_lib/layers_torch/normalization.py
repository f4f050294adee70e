"""The layers of `layers.normalization` in PyTorch."""

import math

import torch
from torch import nn

from course_lib.layers.normalization import second_axis, several
from course_lib.layers.sizes import last_axis, whole
from course_lib.validation import number

__all__ = ["BatchNorm", "LayerNorm", "InstanceNorm", "GroupNorm", "L1Norm", "L2Norm"]  # noqa: RUF022


class Normalization(nn.Module):
    """See `layers.normalization.Normalization`."""

    def __init__(self, size, eps):
        super().__init__()
        self.eps = number("eps", eps, 0, math.inf)
        self.weight, self.bias = nn.Parameter(torch.ones(size)), nn.Parameter(torch.zeros(size))

    def scaled(self, x_hat):
        """weight · x̂ + bias along axis 1."""
        return wide(self.weight, x_hat) * x_hat + wide(self.bias, x_hat)

    def standardized(self, x, dims):
        var, mean = torch.var_mean(x, dim=dims, correction=0, keepdim=True)
        return (x - mean) / (var + self.eps).sqrt()


class BatchNorm(Normalization):
    """See `layers.BatchNorm`."""

    running_mean: torch.Tensor
    running_var: torch.Tensor

    def __init__(self, channels, eps=1e-5, momentum=0.1):
        super().__init__(whole("channels", channels), eps)
        self.channels, self.momentum = channels, number("momentum", momentum, 0, 1, or_low=True)
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x):
        second_axis(x, self.channels)
        if not self.training:
            mean, std = self.running_mean, (self.running_var + self.eps).sqrt()
            return self.scaled((x - wide(mean, x)) / wide(std, x))
        dims = [axis for axis in range(x.ndim) if axis != 1]
        several(x, x.numel() // self.channels, "a batch of 2 or more, or training = False")
        with torch.no_grad():
            self.running_mean.lerp_(x.mean(dim=dims), self.momentum)
            self.running_var.lerp_(x.var(dim=dims, correction=1), self.momentum)
        return self.scaled(self.standardized(x, dims))


class LayerNorm(Normalization):
    """See `layers.LayerNorm`."""

    def __init__(self, features, eps=1e-5):
        super().__init__(whole("features", features), eps)
        self.features = features

    def forward(self, x):
        last_axis("x", x, self.features)
        several(x, self.features, "2 features or more")
        return self.weight * self.standardized(x, -1) + self.bias


class InstanceNorm(Normalization):
    """See `layers.InstanceNorm`."""

    def __init__(self, channels, eps=1e-5):
        super().__init__(whole("channels", channels), eps)
        self.channels = channels

    def forward(self, x):
        second_axis(x, self.channels)
        places = x.flatten(start_dim=2) if x.ndim > 2 else x.unsqueeze(-1)
        several(x, places.shape[-1], "an image with 2 places or more")
        return self.scaled(self.standardized(places, -1).reshape(x.shape))


class GroupNorm(Normalization):
    """See `layers.GroupNorm`."""

    def __init__(self, groups, channels, eps=1e-5):
        super().__init__(whole("channels", channels), eps)
        self.groups, self.channels = whole("groups", groups), channels
        if channels % groups:
            raise ValueError(f"channels is {channels}, groups {groups}; expected channels divisible by groups")

    def forward(self, x):
        second_axis(x, self.channels)
        grouped = x.unflatten(1, (self.groups, -1))
        several(x, grouped[0, 0].numel(), "fewer groups")
        return self.scaled(self.standardized(grouped, list(range(2, grouped.ndim))).reshape(x.shape))


class L1Norm(nn.Module):
    """See `layers.L1Norm`."""

    def __init__(self, eps=1e-12):
        super().__init__()
        self.eps = number("eps", eps, 0, math.inf)

    def forward(self, x):
        return x / x.abs().sum(dim=-1, keepdim=True).clamp(min=self.eps)


class L2Norm(nn.Module):
    """See `layers.L2Norm`."""

    def __init__(self, eps=1e-12):
        super().__init__()
        self.eps = number("eps", eps, 0, math.inf)

    def forward(self, x):
        return x / torch.linalg.vector_norm(x, dim=-1, keepdim=True).clamp(min=self.eps)


def wide(array, x):
    """array (C,), ready to be multiplied with x (N, C, …)."""
    return array.reshape(-1, *[1] * (x.ndim - 2))
