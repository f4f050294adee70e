"""The initializers of `initializers` in PyTorch: tensors of the default dtype, on the device of the generator.

Without a generator PyTorch's own one draws, on the default device.
"""

import math

import torch

from course_lib.initializers import sizes
from course_lib.validation import number

__all__ = [  # noqa: RUF022 in the order of the file
    "zeros", "constant", "normal", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "lecun_normal",
    "lecun_uniform",
]  # fmt: skip


def zeros(shape, rng=None):
    """See `initializers.zeros`."""
    return torch.zeros(sizes(shape), device=device(rng))


def constant(shape, rng=None, value=0.1):
    """See `initializers.constant`."""
    return torch.full(sizes(shape), number("value", value, -math.inf, math.inf), device=device(rng))


def normal(shape, rng=None, mean=0.0, std=0.01):
    """See `initializers.normal`."""
    mean, std = number("mean", mean, -math.inf, math.inf), number("std", std, 0, math.inf)
    return torch.randn(sizes(shape), generator=rng, device=device(rng)) * std + mean


def glorot_normal(shape, rng=None):
    """See `initializers.glorot_normal`."""
    return normal(shape, rng, std=math.sqrt(2 / (fan_in(shape) + fan_out(shape))))


def glorot_uniform(shape, rng=None):
    """See `initializers.glorot_uniform`."""
    return uniform(shape, rng, variance=2 / (fan_in(shape) + fan_out(shape)))


def he_normal(shape, rng=None):
    """See `initializers.he_normal`."""
    return normal(shape, rng, std=math.sqrt(2 / fan_in(shape)))


def he_uniform(shape, rng=None):
    """See `initializers.he_uniform`."""
    return uniform(shape, rng, variance=2 / fan_in(shape))


def lecun_normal(shape, rng=None):
    """See `initializers.lecun_normal`."""
    return normal(shape, rng, std=math.sqrt(1 / fan_in(shape)))


def lecun_uniform(shape, rng=None):
    """See `initializers.lecun_uniform`."""
    return uniform(shape, rng, variance=1 / fan_in(shape))


def uniform(shape, rng, variance):
    a = math.sqrt(3 * variance)
    return torch.rand(sizes(shape), generator=rng, device=device(rng)) * (2 * a) - a


def fan_in(shape):
    return math.prod(weight(shape)[1:])


def fan_out(shape):
    return math.prod(weight(shape)) // shape[1]


def weight(shape):
    shape = sizes(shape)
    if len(shape) < 2:
        raise ValueError(f"shape is {shape}; expected (out, in) or (out, in, *kernel): try zeros for a bias")
    return shape


def device(rng):
    """Of the generator; None leaves the choice to PyTorch."""
    if rng is not None and not isinstance(rng, torch.Generator):
        raise TypeError(f"rng is {rng!r}; expected a generator: try torch.Generator().manual_seed(0)")
    return None if rng is None else rng.device
