"""Initializers: `(shape, rng)` -> an array of first weights, float64.

A weight of a dense layer has shape (out, in), one of a convolution (out, in, *kernel). fan_in counts the inputs
of one output, in·Πkernel, and fan_out the outputs that one input reaches, out·Πkernel.
"""

import numpy as np

from course_lib.validation import number

__all__ = [  # noqa: RUF022 in the order of the file
    "zeros", "constant", "normal", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "lecun_normal",
    "lecun_uniform",
]  # fmt: skip


def zeros(shape, rng=None):
    """0 everywhere, for biases; hidden units with equal weights stay equal for ever."""
    return np.zeros(sizes(shape))


def constant(shape, rng=None, value=0.1):
    """value everywhere; 0.1 as the bias of a ReLU makes it start on its live side."""
    return np.full(sizes(shape), number("value", value, -np.inf, np.inf))


def normal(shape, rng, mean=0.0, std=0.01):
    """N(mean, std²). Krizhevsky, Sutskever and Hinton (2012), ImageNet classification with deep CNNs."""
    mean, std = number("mean", mean, -np.inf, np.inf), number("std", std, 0, np.inf)
    return generator(rng).normal(mean, std, sizes(shape))


def glorot_normal(shape, rng):
    """N(0, 2/(fan_in + fan_out)), for sigmoid, softmax and tanh; as in PyTorch not truncated, in Keras at 2σ.

    Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward neural networks.
    """
    fan_in, fan_out = fans(shape)
    return generator(rng).normal(0, np.sqrt(2 / (fan_in + fan_out)), shape)


def glorot_uniform(shape, rng):
    """U(−a, a), a = √(6/(fan_in + fan_out)): the variance of glorot_normal."""
    fan_in, fan_out = fans(shape)
    a = np.sqrt(6 / (fan_in + fan_out))
    return generator(rng).uniform(-a, a, shape)


def he_normal(shape, rng):
    """N(0, 2/fan_in), for ReLU and its kin: half of their outputs are 0, so the variance is doubled.

    He et al. (2015), Delving deep into rectifiers, arXiv:1502.01852.
    """
    fan_in, _ = fans(shape)
    return generator(rng).normal(0, np.sqrt(2 / fan_in), shape)


def he_uniform(shape, rng):
    """U(−a, a), a = √(6/fan_in): the variance of he_normal."""
    fan_in, _ = fans(shape)
    a = np.sqrt(6 / fan_in)
    return generator(rng).uniform(-a, a, shape)


def lecun_normal(shape, rng):
    """N(0, 1/fan_in), for SELU. LeCun, Bottou, Orr and Müller (1998), Efficient backprop."""
    fan_in, _ = fans(shape)
    return generator(rng).normal(0, np.sqrt(1 / fan_in), shape)


def lecun_uniform(shape, rng):
    """U(−a, a), a = √(3/fan_in): the variance of lecun_normal."""
    fan_in, _ = fans(shape)
    a = np.sqrt(3 / fan_in)
    return generator(rng).uniform(-a, a, shape)


def fans(shape):
    """-> fan_in, fan_out"""
    shape = sizes(shape)
    if len(shape) < 2:
        raise ValueError(f"shape is {shape}; expected (out, in) or (out, in, *kernel): try zeros for a bias")
    n_out, n_in, *kernel = shape
    area = int(np.prod(kernel, dtype=int))
    return n_in * area, n_out * area


def sizes(shape):
    """shape as a tuple of whole numbers, 1 or more each."""
    shape = (shape,) if np.ndim(shape) == 0 else tuple(shape)
    if not all(isinstance(n, (int, np.integer)) and n > 0 for n in shape):
        raise ValueError(f"shape is {shape}; expected whole numbers, 1 or more each")
    return shape


def generator(rng):
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is {rng!r}; expected a generator: try np.random.default_rng(0)")
    return rng
