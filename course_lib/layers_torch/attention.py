"""The layers of `layers.attention` in PyTorch: any device, gradients by autograd."""

import math

import torch
from torch import nn

from course_lib.activations_torch import ReLU
from course_lib.layers.attention import booleans, divisible, fitting, pairs
from course_lib.layers.sizes import axes_of_x, last_axis, whole
from course_lib.layers_torch.basic import Dense, Sequential
from course_lib.layers_torch.normalization import LayerNorm

__all__ = ["ScaledDotProductAttention", "MultiHeadAttention", "TransformerBlock"]  # noqa: RUF022 in the order of the file


class ScaledDotProductAttention(nn.Module):
    """See `layers.ScaledDotProductAttention`."""

    def __init__(self):
        super().__init__()

    def forward(self, query, key, value, mask=None):
        fitting(query, key, value)
        scores = torch.einsum("...td,...sd->...ts", query, key) / math.sqrt(query.shape[-1])
        if mask is None:
            self.weights = scores.softmax(dim=-1)
        else:
            booleans(mask, scores, mask.dtype == torch.bool)
            lowest = torch.finfo(scores.dtype).min  # unlike −inf it makes no nan of a row that is masked altogether
            self.weights = scores.masked_fill(~mask, lowest).softmax(dim=-1).masked_fill(~mask, 0)
        return torch.einsum("...ts,...sv->...tv", self.weights, value)


class MultiHeadAttention(nn.Module):
    """See `layers.MultiHeadAttention`."""

    def __init__(self, features, heads, rng):
        super().__init__()
        self.features, self.heads = whole("features", features), whole("heads", heads)
        divisible(features, heads)
        self.input, self.output = Dense(features, 3 * features, rng), Dense(features, features, rng)
        with torch.no_grad():
            for weight in (self.input.weight, self.output.weight):
                weight.div_(math.sqrt(2))
        self.attention = ScaledDotProductAttention()

    def forward(self, x, mask=None):
        axes_of_x(x, 3, "(N, T, D)")
        last_axis("x", x, self.features)
        q, k, v = (each.unflatten(2, (self.heads, -1)).transpose(1, 2) for each in self.input(x).chunk(3, dim=-1))
        mask = None if mask is None else pairs(mask, x).unsqueeze(-3)
        return self.output(self.attention(q, k, v, mask).transpose(1, 2).flatten(2))


class TransformerBlock(nn.Module):
    """See `layers.TransformerBlock`."""

    def __init__(self, features, heads, hidden, rng):
        super().__init__()
        self.attention_norm, self.attention = LayerNorm(features), MultiHeadAttention(features, heads, rng)
        self.dense_norm = LayerNorm(features)
        self.dense = Sequential(Dense(features, whole("hidden", hidden), rng), ReLU(), Dense(hidden, features, rng))

    def forward(self, x, mask=None):
        h = x + self.attention(self.attention_norm(x), mask)
        return h + self.dense(self.dense_norm(h))
