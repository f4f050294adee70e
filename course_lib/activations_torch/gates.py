"""Activations with linear maps inside."""

import math

import torch
from torch import nn

from course_lib.activations.shapes import meets_features
from course_lib.activations_torch.elementwise import sigmoid
from course_lib.validation import number


class GLU(nn.Module):
    """See `activations.GLU`."""

    def __init__(self, in_features, out_features, *, rng):
        super().__init__()
        self.gate_weight = _uniform(rng, in_features, (out_features, in_features))
        self.gate_bias = _uniform(rng, in_features, (out_features,))
        self.value_weight = _uniform(rng, in_features, (out_features, in_features))
        self.value_bias = _uniform(rng, in_features, (out_features,))

    def forward(self, x):
        meets_features(x, self.gate_weight.shape[-1])
        gate = self.activation(x @ self.gate_weight.T + self.gate_bias)
        return gate * (x @ self.value_weight.T + self.value_bias)

    def activation(self, z):
        return sigmoid(z)


class SwiGLU(GLU):
    """See `activations.SwiGLU`."""

    def activation(self, z):
        return z * sigmoid(z)


class Maxout(nn.Module):
    """See `activations.Maxout`."""

    def __init__(self, in_features, out_features, pieces=2, *, rng):
        super().__init__()
        number("pieces", pieces, 1, math.inf, or_low=True)
        self.weight = _uniform(rng, in_features, (out_features, pieces, in_features))
        self.bias = _uniform(rng, in_features, (out_features, pieces))

    def forward(self, x):
        meets_features(x, self.weight.shape[-1])
        z = x @ self.weight.flatten(0, 1).T + self.bias.flatten()
        return z.unflatten(-1, self.bias.shape).max(dim=-1).values


def _uniform(rng, in_features, shape):
    for name, size in (("in_features", in_features), ("out_features", shape[0])):
        number(name, size, 1, math.inf, or_low=True)
    return nn.Parameter(torch.empty(shape).uniform_(-1, 1, generator=rng) / math.sqrt(in_features))
