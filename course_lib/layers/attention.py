"""Attention: every step of a sequence looks at all others and takes the mean of what it finds there."""

import numpy as np

from course_lib.activations import ReLU
from course_lib.layers.basic import Container, Dense, Layer, Sequential
from course_lib.layers.normalization import LayerNorm
from course_lib.layers.sizes import axes_of_x, last_axis, whole
from course_lib.validation import floats, upstream

__all__ = ["ScaledDotProductAttention", "MultiHeadAttention", "TransformerBlock"]  # noqa: RUF022 in the order of the file


class ScaledDotProductAttention(Layer):
    """softmax(query keyᵀ/√D) value: means of the values, weighted by how well their key fits the query.

    query (…, T, D), key (…, S, D), value (…, S, V) -> (…, T, V); backward(dy) -> gradients for all three. The mask,
    booleans that broadcast to (…, T, S), is True where a query may look (in nn.MultiheadAttention where it may not).
    A query that may look nowhere gets zeros, and has no gradient but zeros. `weights` (…, T, S) sum to 1 elsewhere.
    Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762.
    """

    def forward(self, query, key, value, mask=None):
        arrays = {"query": query, "key": key, "value": value}
        self.query, self.key, self.value = (floats(name, array, axes=1).copy() for name, array in arrays.items())
        fitting(self.query, self.key, self.value)
        self.scale = self.query.shape[-1] ** -0.5
        scores = self.scale * self.query @ self.key.mT
        if mask is not None:
            mask = np.asarray(mask)
            booleans(mask, scores, mask.dtype == bool)
            scores = np.where(mask, scores, -np.inf)
        largest = scores.max(axis=-1, keepdims=True)
        e = np.exp(scores - np.where(np.isinf(largest), 0, largest))
        total = e.sum(axis=-1, keepdims=True)
        self.weights = e / np.maximum(total, 1)  # a total is 1 or more, or 0 where all is masked
        self.y = self.weights @ self.value
        return self.y

    def backward(self, dy):
        dy = upstream(dy, self.y)
        dweights = dy @ self.value.mT
        dscores = self.weights * (dweights - (self.weights * dweights).sum(axis=-1, keepdims=True))
        return self.scale * dscores @ self.key, self.scale * dscores.mT @ self.query, self.weights.mT @ dy


class MultiHeadAttention(Container):
    """Self-attention: y = Dense(attention(q, k, v)) with (q, k, v) = Dense(x), each head for features/heads of them.

    x (N, T, features) -> (N, T, features); mask (T, T) or (N, T, T), booleans, True where a step (row) may look.
    The rows of input.weight (3·features, features) make the queries, then keys, then values, head after head, as in
    PyTorch. No ReLU follows the weights, so their variance starts at 1/features. Vaswani et al. (2017),
    arXiv:1706.03762.
    """

    def __init__(self, features, heads, rng):
        self.features, self.heads = whole("features", features), whole("heads", heads)
        divisible(features, heads)
        self.input, self.output = Dense(features, 3 * features, rng), Dense(features, features, rng)
        super().__init__({"input": self.input, "output": self.output})
        for layer in (self.input, self.output):
            layer.params["weight"] /= np.sqrt(2)
        self.attention = ScaledDotProductAttention()

    def forward(self, x, mask=None):
        x = floats("x", x)
        axes_of_x(x, 3, "(N, T, D)")
        last_axis("x", x, self.features)
        qkv = self.input.forward(x).reshape(*x.shape[:2], 3, self.heads, -1)
        q, k, v = qkv.transpose(2, 0, 3, 1, 4)  # (N, heads, T, features/heads) each
        if mask is not None:
            mask = pairs(np.asarray(mask), x)[..., None, :, :]  # the same for all heads
        y = self.attention.forward(q, k, v, mask)
        return self.output.forward(y.swapaxes(1, 2).reshape(x.shape))

    def backward(self, dy):
        dy = self.output.backward(dy)
        dy = dy.reshape(*dy.shape[:2], self.heads, -1).swapaxes(1, 2)
        dqkv = np.stack(self.attention.backward(dy))  # (3, N, heads, T, features/heads)
        return self.input.backward(dqkv.transpose(1, 3, 0, 2, 4).reshape(dy.shape[0], dy.shape[2], -1))


class TransformerBlock(Container):
    """h = x + attention(LayerNorm(x)), y = h + Dense(ReLU(Dense(LayerNorm(h)))): "pre-norm", and no dropout.

    x (N, T, features) -> (N, T, features); hidden between the two Dense; mask as in MultiHeadAttention. The paper
    normalizes the sums instead ("post-norm"), which needs a warm-up of the learning rate: Xiong et al. (2020),
    arXiv:2002.04745. Pre-norm, a network of blocks ends with a LayerNorm. Vaswani et al. (2017), arXiv:1706.03762.
    """

    def __init__(self, features, heads, hidden, rng):
        self.attention_norm, self.attention = LayerNorm(features), MultiHeadAttention(features, heads, rng)
        self.dense_norm = LayerNorm(features)
        self.dense = Sequential(Dense(features, whole("hidden", hidden), rng), ReLU(), Dense(hidden, features, rng))
        names = ("attention_norm", "attention", "dense_norm", "dense")
        super().__init__({name: getattr(self, name) for name in names})

    def forward(self, x, mask=None):
        x = floats("x", x)
        h = x + self.attention.forward(self.attention_norm.forward(x), mask)
        self.y = h + self.dense.forward(self.dense_norm.forward(h))
        return self.y

    def backward(self, dy):
        dy = upstream(dy, self.y)
        dh = dy + self.dense_norm.backward(self.dense.backward(dy))
        return dh + self.attention_norm.backward(self.attention.backward(dh))


def fitting(query, key, value):
    same = query.shape[:-2] == key.shape[:-2] == value.shape[:-2]
    if min(query.ndim, key.ndim, value.ndim) < 2 or not same or query.shape[-1] != key.shape[-1]:
        raise ValueError(f"{shapes(query, key, value)}; expected (…, T, D), (…, S, D) and (…, S, V)")
    if key.shape[-2] != value.shape[-2]:
        raise ValueError(f"{shapes(query, key, value)}; expected a value for each key, (…, S, D) and (…, S, V)")


def shapes(query, key, value):
    return f"query has shape {tuple(query.shape)}, key {tuple(key.shape)} and value {tuple(value.shape)}"


def booleans(mask, scores, right):
    if not right:
        raise TypeError(f"mask is {mask.dtype}; expected booleans, True where a query may look: try mask.astype(bool)")
    fits = mask.ndim <= scores.ndim and all(m in (1, s) for m, s in zip(mask.shape[::-1], scores.shape[::-1]))
    if not fits:
        raise ValueError(f"mask has shape {tuple(mask.shape)}; expected one that broadcasts to {tuple(scores.shape)}")


def pairs(mask, x):
    """mask, when it says of each step which steps it may look at."""
    n, t = x.shape[:2]
    if mask.shape not in ((t, t), (n, t, t)):
        raise ValueError(f"mask has shape {tuple(mask.shape)}; expected (T, T) or (N, T, T) with N = {n} and T = {t}")
    return mask


def divisible(features, heads):
    if features % heads:
        raise ValueError(f"features is {features}, heads {heads}; expected features divisible by heads")
