"""Normalization: (x − μ)/√(σ² + ε), scaled and shifted again; the layers differ in what μ and σ² are taken over."""

import numpy as np

from course_lib.layers.basic import Layer
from course_lib.layers.sizes import last_axis, whole
from course_lib.validation import floats, number, upstream

__all__ = ["BatchNorm", "LayerNorm", "InstanceNorm", "GroupNorm", "L1Norm", "L2Norm"]  # noqa: RUF022


class Normalization(Layer):
    """y = weight · x̂ + bias, both (size,), 1 and 0 at first, along the axis `axis`; the subclasses make x̂ of x."""

    axis = 1

    def __init__(self, size, eps):
        super().__init__()
        self.eps = number("eps", eps, 0, np.inf)
        self.params = {"weight": np.ones(size), "bias": np.zeros(size)}

    def wide(self, array, x):
        """array (C,), ready to be multiplied with x (N, C, …)."""
        shape = [1] * x.ndim
        shape[self.axis] = -1
        return array.astype(x.dtype, copy=False).reshape(shape)

    def scaled(self, x_hat):
        self.y = self.wide(self.params["weight"], x_hat) * x_hat + self.wide(self.params["bias"], x_hat)
        return self.y

    def unscaled(self, dy, x_hat):
        """The gradient for x̂, after those for the parameters."""
        others = tuple(axis for axis in range(dy.ndim) if axis != self.axis % dy.ndim)
        self.grads["weight"], self.grads["bias"] = (dy * x_hat).sum(axis=others), dy.sum(axis=others)
        return self.wide(self.params["weight"], dy) * dy


class BatchNorm(Normalization):
    """x̂ = (x − μ)/√(σ² + ε), μ and σ² of each channel over the batch and all places; x (N, C) or (N, C, …).

    Evaluation uses running averages instead: running ← (1 − momentum)·running + momentum·batch, kept in `buffers`, and
    like PyTorch with Σ(x − μ)²/(n − 1) for the variance, where x̂ has /n. Keras calls 1 − momentum momentum.
    ValueError while training when a channel has one value only.
    Ioffe and Szegedy (2015), Batch normalization, arXiv:1502.03167.
    """

    def __init__(self, channels, eps=1e-5, momentum=0.1):
        super().__init__(whole("channels", channels), eps)
        self.channels, self.momentum = channels, number("momentum", momentum, 0, 1, or_low=True)
        self.buffers = {"running_mean": np.zeros(channels), "running_var": np.ones(channels)}

    def forward(self, x):
        x = floats("x", x)
        second_axis(x, self.channels)
        self.axes = (0, *range(2, x.ndim)) if self.training else ()
        if self.training:
            n = x.size // self.channels
            several(x, n, "a batch of 2 or more, or training = False")
            mean, var = x.mean(axis=self.axes), x.var(axis=self.axes)
            for running, batch in zip(self.buffers.values(), (mean, var * (n / (n - 1)))):
                running += self.momentum * (batch - running)
        else:
            mean, var = self.buffers["running_mean"], self.buffers["running_var"]
        self.std = np.sqrt(self.wide(var, x) + self.eps)
        self.x_hat = (x - self.wide(mean, x)) / self.std
        return self.scaled(self.x_hat)

    def backward(self, dy):
        g = self.unscaled(upstream(dy, self.y), self.x_hat)
        return centered(g, self.x_hat, self.axes) / self.std if self.axes else g / self.std


class LayerNorm(Normalization):
    """x̂ = (x − μ)/√(σ² + ε), μ and σ² over the last axis, (…, features) -> (…, features); no running averages.

    Ba, Kiros and Hinton (2016), Layer normalization, arXiv:1607.06450.
    """

    axis = -1

    def __init__(self, features, eps=1e-5):
        super().__init__(whole("features", features), eps)
        self.features = features

    def forward(self, x):
        x = floats("x", x, axes=1)
        last_axis("x", x, self.features)
        several(x, self.features, "2 features or more")
        self.std = np.sqrt(x.var(axis=-1, keepdims=True) + self.eps)
        self.x_hat = (x - x.mean(axis=-1, keepdims=True)) / self.std
        return self.scaled(self.x_hat)

    def backward(self, dy):
        g = self.unscaled(upstream(dy, self.y), self.x_hat)
        return centered(g, self.x_hat, -1) / self.std


class InstanceNorm(Normalization):
    """x̂ = (x − μ)/√(σ² + ε), μ and σ² of each example and channel over its places; x (N, C, …) with places.

    With weight and bias, which PyTorch leaves out unless affine=True, and without running averages.
    Ulyanov, Vedaldi and Lempitsky (2016), Instance normalization, arXiv:1607.08022.
    """

    def __init__(self, channels, eps=1e-5):
        super().__init__(whole("channels", channels), eps)
        self.channels = channels

    def forward(self, x):
        x = floats("x", x)
        second_axis(x, self.channels)
        self.axes = tuple(range(2, x.ndim))
        several(x, x[0, 0].size, "an image with 2 places or more")
        self.std = np.sqrt(x.var(axis=self.axes, keepdims=True) + self.eps)
        self.x_hat = (x - x.mean(axis=self.axes, keepdims=True)) / self.std
        return self.scaled(self.x_hat)

    def backward(self, dy):
        g = self.unscaled(upstream(dy, self.y), self.x_hat)
        return centered(g, self.x_hat, self.axes) / self.std


class GroupNorm(Normalization):
    """x̂ = (x − μ)/√(σ² + ε), μ and σ² of each example over a group of channels/groups neighbours and all their places.

    x (N, C) or (N, C, …). One group is a LayerNorm of the whole example, C groups are InstanceNorm.
    Wu and He (2018), Group normalization, arXiv:1803.08494.
    """

    def __init__(self, groups, channels, eps=1e-5):
        super().__init__(whole("channels", channels), eps)
        self.groups, self.channels = whole("groups", groups), channels
        if channels % groups:
            raise ValueError(f"channels is {channels}, groups {groups}; expected channels divisible by groups")

    def forward(self, x):
        x = floats("x", x)
        second_axis(x, self.channels)
        grouped = x.reshape(len(x), self.groups, -1)
        several(x, grouped.shape[2], "fewer groups")
        self.std = np.sqrt(grouped.var(axis=2, keepdims=True) + self.eps)
        self.x_hat = (grouped - grouped.mean(axis=2, keepdims=True)) / self.std
        return self.scaled(self.x_hat.reshape(x.shape))

    def backward(self, dy):
        dy = upstream(dy, self.y)
        g = self.unscaled(dy, self.x_hat.reshape(dy.shape)).reshape(self.x_hat.shape)
        return (centered(g, self.x_hat, 2) / self.std).reshape(dy.shape)


class L1Norm(Layer):
    """y = x / max(Σ|x|, eps) over the last axis: sizes of each example that sum to 1."""

    def __init__(self, eps=1e-12):
        super().__init__()
        self.eps = number("eps", eps, 0, np.inf)

    def forward(self, x):
        x = floats("x", x, axes=1)
        norm = abs(x).sum(axis=-1, keepdims=True)
        self.slope, self.norm = np.sign(x) * (norm >= self.eps), np.maximum(norm, self.eps)
        self.y = x / self.norm
        return self.y.copy()

    def backward(self, dy):
        dy = upstream(dy, self.y)
        return (dy - self.slope * (dy * self.y).sum(axis=-1, keepdims=True)) / self.norm


class L2Norm(Layer):
    """y = x / max(√Σx², eps) over the last axis: each example keeps its direction and gets length 1.

    hypot does not square, so long vectors do not overflow.
    """

    def __init__(self, eps=1e-12):
        super().__init__()
        self.eps = number("eps", eps, 0, np.inf)

    def forward(self, x):
        x = floats("x", x, axes=1)
        norm = np.hypot.reduce(x, axis=-1, keepdims=True)
        self.turns, self.norm = norm >= self.eps, np.maximum(norm, self.eps)
        self.y = x / self.norm
        return self.y.copy()

    def backward(self, dy):
        dy = upstream(dy, self.y)
        return (dy - self.turns * self.y * (dy * self.y).sum(axis=-1, keepdims=True)) / self.norm


def centered(g, x_hat, axes):
    """g − mean g − x̂·mean(g·x̂): g without what a shift and a stretch of x would have done, which x̂ does not see."""
    return g - g.mean(axis=axes, keepdims=True) - x_hat * (g * x_hat).mean(axis=axes, keepdims=True)


def second_axis(x, channels):
    if x.ndim < 2 or x.shape[1] != channels:
        raise ValueError(f"x has shape {tuple(x.shape)}; expected (N, {channels}, …): try reshape, or other channels")


def several(x, n, advice):
    if n == 1:
        raise ValueError(f"x has shape {tuple(x.shape)}, one value for each mean, so x − μ is 0; expected {advice}")
