"""One row for each activation: hyperparameters, inputs, an oracle made of PyTorch's own, and its formula for mpmath.

Inputs stay 0.02 away from 0, where many have a kink; kinks and large numbers have tests of their own.
"""

import inspect
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import mpmath
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from course_lib import activations, activations_torch

ORACLES = {
    "activations.Heaviside": "torch.heaviside",
    "activations.Sign": "torch.sign",
    "activations.Identity": "torch.nn.Identity",
    "activations.Sigmoid": "torch.nn.Sigmoid",
    "activations.Tanh": "torch.nn.Tanh",
    "activations.ReLU": "torch.nn.ReLU",
    "activations.LeakyReLU": "torch.nn.LeakyReLU",
    "activations.RReLU": "torch.nn.RReLU",
    "activations.PReLU": "torch.nn.functional.prelu",
    "activations.ELU": "torch.nn.ELU",
    "activations.SELU": "torch.nn.SELU",
    "activations.Softplus": "torch.nn.Softplus",
    "activations.Swish": "torch.nn.functional.silu",
    "activations.Mish": "torch.nn.Mish",
    "activations.GELU": "torch.nn.GELU",
    "activations.Softmax": "torch.nn.Softmax",
    "activations.LogSoftmax": "torch.nn.LogSoftmax",
    "activations.GLU": "torch.nn.functional.glu",
    "activations.SwiGLU": "torch.nn.functional.silu",
    "activations.Maxout": "torch.nn.functional.max_pool1d",
}
IDS = tuple(ORACLES)
NAMES = [id.removeprefix("activations.") for id in IDS]


@dataclass(frozen=True)
class Row:
    name: str
    oracle: Callable  # (**options) -> a function of x and of the parameters by name, all of them tensors
    inputs: tuple[Callable, ...]  # rng -> x
    large: tuple[Callable, ...]  # dtype -> x
    options: tuple[dict, ...] = ({},)

    def cases(self):
        return [Case(self, options) for options in self.options]


@dataclass(frozen=True)
class Case:
    """A row with one choice of its hyperparameters."""

    row: Row
    options: dict

    def __str__(self):
        return "-".join([self.row.name, *(f"{name}={value}" for name, value in self.options.items())])

    def rng(self):
        return np.random.default_rng(zlib.crc32(str(self).encode()))

    def drawn(self):
        rng = self.rng()
        for make in self.row.inputs:
            yield make(rng), rng

    def make(self, file, rng):
        """The activation of a file, with rng where it wants one, and in evaluation where there is a difference."""
        unit_class = getattr(file, self.row.name)
        wants_rng = {"rng": rng} if "rng" in inspect.signature(unit_class).parameters else {}
        unit = unit_class(**self.options, **wants_rng)
        if self.row.name == "RReLU":
            unit.training = False
        return unit

    def unit(self):
        """The reference; parameters that start equal are moved apart, all to multiples of 1/64, exact in float32."""
        unit, rng = self.make(activations, self.rng()), self.rng()
        for name, start in params_of(unit).items():
            unit.params[name] = np.round((start + rng.uniform(-0.2, 0.2, start.shape)) * 64) / 64
        return unit

    def twin(self, unit, dtype=torch.float64, device="cpu"):
        """The twin with the same parameters."""
        twin = self.make(activations_torch, torch.Generator()).to(device, dtype)
        twin.load_state_dict({name: torch.tensor(array) for name, array in params_of(unit).items()})
        return twin

    def oracle(self, unit):
        """A function of x alone, with the same parameters."""
        params = {name: torch.tensor(array) for name, array in params_of(unit).items()}
        return lambda x: self.row.oracle(**self.options)(x, **params)


def params_of(unit):
    return getattr(unit, "params", {})


# Inputs


def numbers(*shape):
    return lambda rng: np.array(rng.uniform(0.02, 6, shape) * rng.choice([-1, 1], shape))


def normal(*shape, scale=2.0):
    return lambda rng: rng.normal(size=shape) * scale


NUMBERS = (numbers(5), numbers(3, 4), numbers(2, 3, 2), numbers(1), numbers())
CHANNELS = (numbers(5, 3), numbers(1, 3), numbers(2, 3, 4), numbers(2, 3, 2, 2))
ROWS_OF_X = (normal(5, 3), normal(4), normal(2, 3, 4), normal(3, 1), normal(4, 3, scale=20.0))
VECTORS = (normal(5, 4), normal(4), normal(2, 3, 4), normal(1, 4))


# Large inputs: ±1e4 in float64, ±80 in float32, where exp overflows at 89


def largest(dtype):
    return 1e4 if dtype == np.float64 else 80.0


def large_numbers(dtype):
    s = largest(dtype)
    return np.array([s, -s, s / 2, -s / 2, 40, -40, 20, -20, 1e-30, -1e-30, 0, -0.0], dtype)


def large_channels(dtype):
    return large_numbers(dtype).reshape(4, 3)


def large_rows(dtype):
    s = largest(dtype)
    return np.array([[s, -s, 0], [s, s, s], [-s, -s, -s], [0, 0, 40]], dtype)


def ruled_out(dtype):
    return np.array([[[0, 2, 1], [-3, 0, 1]]], dtype) - np.array([100, 0, 0], dtype)


def large_vectors(dtype):
    s = largest(dtype)
    return np.array([[s, -s, 0, 1], [s, s, s, s], [-s, -s, s / 2, -s], [0, 0, 0, 40]], dtype)


# Oracles, of PyTorch's own functions


def exactly(module):
    """A module of PyTorch that has neither parameters nor hyperparameters of ours."""
    return lambda: module


def heaviside():
    return lambda x: torch.heaviside(x.detach(), torch.ones_like(x)) + 0 * x


def sign():
    return lambda x: torch.sign(x.detach()) + 0 * x


def leaky_relu(alpha=0.01):
    return nn.LeakyReLU(alpha)


def rrelu(lower=1 / 8, upper=1 / 3):
    return nn.RReLU(lower, upper).eval()


def prelu(channels=1, alpha=0.25):
    return lambda x, alpha: functional.prelu(x, alpha)


def swish(beta=1.0):
    """βx·σ(βx) is SiLU's."""
    return lambda x, beta: (functional.silu(beta * x) / beta).reshape(x.shape)


def gelu(form="exact"):
    return nn.GELU(approximate={"exact": "none", "tanh": "tanh"}[form])


def glu(**sizes):
    """PyTorch's GLU opens the first half of its input with the second half, and has no linear maps."""

    def oracle(x, gate_weight, gate_bias, value_weight, value_bias):
        value, gate = functional.linear(x, value_weight, value_bias), functional.linear(x, gate_weight, gate_bias)
        return functional.glu(torch.cat([value, gate], dim=-1), dim=-1)

    return oracle


def swiglu(**sizes):
    def oracle(x, gate_weight, gate_bias, value_weight, value_bias):
        gate = functional.silu(functional.linear(x, gate_weight, gate_bias))
        return gate * functional.linear(x, value_weight, value_bias)

    return oracle


def maxout(in_features, out_features, pieces=2):
    def oracle(x, weight, bias):
        z = functional.linear(x, weight.reshape(-1, in_features), bias.reshape(-1))
        return functional.max_pool1d(z.reshape(1, -1, z.shape[-1]), pieces).reshape(*x.shape[:-1], out_features)

    return oracle


SIZES = {"in_features": 4, "out_features": 3}

ROWS = (
    Row("Heaviside", heaviside, NUMBERS, (large_numbers,)),
    Row("Sign", sign, NUMBERS, (large_numbers,)),
    Row("Identity", exactly(nn.Identity()), NUMBERS, (large_numbers,)),
    Row("Sigmoid", exactly(nn.Sigmoid()), NUMBERS, (large_numbers,)),
    Row("Tanh", exactly(nn.Tanh()), NUMBERS, (large_numbers,)),
    Row("ReLU", exactly(nn.ReLU()), NUMBERS, (large_numbers,)),
    Row("LeakyReLU", leaky_relu, NUMBERS, (large_numbers,), ({}, {"alpha": 0.4}, {"alpha": 0.0})),
    Row("RReLU", rrelu, NUMBERS, (large_numbers,), ({}, {"lower": 0.3, "upper": 0.9}, {"lower": 0.0, "upper": 0.0})),
    Row("PReLU", prelu, NUMBERS, (large_numbers,), ({}, {"alpha": -0.75})),
    Row("PReLU", prelu, CHANNELS, (large_channels,), ({"channels": 3}, {"channels": 3, "alpha": 1.5})),
    Row("ELU", lambda alpha=1.0: nn.ELU(alpha), NUMBERS, (large_numbers,), ({}, {"alpha": 0.3}, {"alpha": 2.5})),
    Row("SELU", exactly(nn.SELU()), NUMBERS, (large_numbers,)),
    Row("Softplus", exactly(nn.Softplus(threshold=1000)), NUMBERS, (large_numbers,)),
    Row("Swish", swish, NUMBERS, (large_numbers,), ({}, {"beta": 2.5}, {"beta": -0.75})),
    Row("Mish", exactly(nn.Mish()), NUMBERS, (large_numbers,)),
    Row("GELU", gelu, NUMBERS, (large_numbers,), ({}, {"form": "tanh"})),
    Row("Softmax", exactly(nn.Softmax(dim=-1)), ROWS_OF_X, (large_rows, ruled_out)),
    Row("LogSoftmax", exactly(nn.LogSoftmax(dim=-1)), ROWS_OF_X, (large_rows, ruled_out)),
    Row("GLU", glu, VECTORS, (large_vectors,), (SIZES, SIZES | {"out_features": 1})),
    Row("SwiGLU", swiglu, VECTORS, (large_vectors,), (SIZES, SIZES | {"out_features": 1})),
    Row("Maxout", maxout, VECTORS, (large_vectors,), (SIZES, SIZES | {"pieces": 5}, SIZES | {"pieces": 1})),
)


# The elementwise ones as their papers print them, for 50 digits

FORMULAS = {
    "Sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "Tanh": lambda x: (mpmath.exp(x) - mpmath.exp(-x)) / (mpmath.exp(x) + mpmath.exp(-x)),
    "ReLU": lambda x: max(x, mpmath.mpf(0)),
    "LeakyReLU": lambda x: x if x > 0 else x * mpmath.mpf(0.01),
    "PReLU": lambda x: max(x, mpmath.mpf(0)) + min(x, mpmath.mpf(0)) / 4,
    "ELU": lambda x: x if x > 0 else mpmath.exp(x) - 1,
    "Softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "Swish": lambda x: x / (1 + mpmath.exp(-x)),
    "Mish": lambda x: x * mpmath.tanh(mpmath.log(1 + mpmath.exp(x))),
    "GELU": lambda x: x * mpmath.ncdf(x),
}
