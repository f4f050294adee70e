"""Activations with linear maps inside, one of which decides how much of another passes."""

import math

import numpy as np

from course_lib.activations.elementwise import Sigmoid, Swish
from course_lib.activations.shapes import meets_features
from course_lib.validation import floats, number, upstream


class GLU:
    """σ(xWᵀ + b) ⊙ (xVᵀ + c): a gate, and the value that it lets through; (…, D) -> (…, M).

    params gate_weight W (M, D), gate_bias b (M,), value_weight V (M, D), value_bias c (M,), uniform in ±1/√D.
    Dauphin et al. (2017), Language modeling with gated convolutional networks, arXiv:1612.08083.
    """

    activation: type = Sigmoid
    value = None

    def __init__(self, in_features, out_features, *, rng):
        self.params, self.grads = {}, {}
        for part in ("gate", "value"):
            self.params[f"{part}_weight"] = _uniform(rng, in_features, (out_features, in_features))
            self.params[f"{part}_bias"] = _uniform(rng, in_features, (out_features,))
        self.gate = self.activation()

    def forward(self, x):
        self.x = np.array(floats("x", x, axes=1))
        self.gate_weight, gate_bias, self.value_weight, value_bias = _typed(self.params, self.x.dtype)
        meets_features(self.x, self.gate_weight.shape[-1])
        self.open = self.gate.forward(self.x @ self.gate_weight.T + gate_bias)
        self.value = self.x @ self.value_weight.T + value_bias
        return self.open * self.value

    def backward(self, dy):
        dy = upstream(dy, self.value)
        d_gate, d_value = self.gate.backward(dy * self.value), dy * self.open
        for part, d in (("gate", d_gate), ("value", d_value)):
            self.grads[f"{part}_weight"] = _rows(d).T @ _rows(self.x)
            self.grads[f"{part}_bias"] = _rows(d).sum(axis=0)
        return d_gate @ self.gate_weight + d_value @ self.value_weight


class SwiGLU(GLU):
    """Swish(xWᵀ + b) ⊙ (xVᵀ + c) with β = 1: a GLU whose gate is not bounded; shapes and params as there.

    Shazeer (2020), GLU variants improve Transformer, arXiv:2002.05202.
    """

    activation: type = Swish


class Maxout:
    """max_j (xW_jᵀ + b_j): each of the M outputs is the largest of its own `pieces` linear maps; (…, D) -> (…, M).

    params weight (M, pieces, D), bias (M, pieces), uniform in ±1/√D. Of equal pieces the first gets the gradient.
    Goodfellow et al. (2013), Maxout networks, arXiv:1302.4389.
    """

    y = None

    def __init__(self, in_features, out_features, pieces=2, *, rng):
        number("pieces", pieces, 1, np.inf, or_low=True)
        weight = _uniform(rng, in_features, (out_features, pieces, in_features))
        self.params, self.grads = {"weight": weight, "bias": _uniform(rng, in_features, (out_features, pieces))}, {}

    def forward(self, x):
        self.x = np.array(floats("x", x, axes=1))
        self.weight, bias = _typed(self.params, self.x.dtype)
        meets_features(self.x, self.weight.shape[-1])
        z = np.tensordot(self.x, self.weight, axes=(-1, -1)) + bias
        self.largest = z.argmax(axis=-1)[..., None] == np.arange(z.shape[-1])
        self.y = z.max(axis=-1)
        return self.y

    def backward(self, dy):
        dz = upstream(dy, self.y)[..., None] * self.largest
        rows = dz.reshape(-1, *dz.shape[-2:])
        self.grads["weight"] = np.tensordot(rows, _rows(self.x), axes=(0, 0))
        self.grads["bias"] = rows.sum(axis=0)
        return np.tensordot(dz, self.weight, axes=2)


def _uniform(rng, in_features, shape):
    for name, size in (("in_features", in_features), ("out_features", shape[0])):
        number(name, size, 1, np.inf, or_low=True)
    return rng.uniform(-1, 1, shape) / math.sqrt(in_features)


def _typed(params, dtype):
    return [array.astype(dtype) for array in params.values()]


def _rows(x):
    return x.reshape(-1, x.shape[-1])
