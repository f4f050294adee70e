"""The same answers by other formulas."""

import numpy as np


def conv1d(x, weight, bias, stride, padding):
    """One matrix that holds the kernels at every place."""
    n, c, size = x.shape
    o, _, k = weight.shape
    places = (size + 2 * padding - k) // stride + 1
    matrix = np.zeros((o, places, c, size + 2 * padding))
    for place in range(places):
        matrix[:, place, :, place * stride : place * stride + k] = weight
    matrix = matrix[..., padding : padding + size]  # the columns of the zeros are of no use
    return (x.reshape(n, -1) @ matrix.reshape(o * places, -1).T).reshape(n, o, places) + bias[:, np.newaxis]


def places(size, kernel_size, stride, padding, dilation):
    return len(range(0, size + 2 * padding - dilation * (kernel_size - 1), stride))


def receptive_field(kernel_sizes, strides, dilations):
    """From the last layer to the first."""
    width = 1
    for k, s, d in zip(kernel_sizes[::-1], strides[::-1], dilations[::-1]):
        width = (width - 1) * s + d * (k - 1) + 1
    return width


def conv2d(x, weight, bias, stride, padding, dilation):
    """A sum of shifted images, one for each entry of the kernel."""
    n, c, h, w = x.shape
    wide = np.zeros((n, c, h + 2 * padding, w + 2 * padding))
    wide[:, :, padding : padding + h, padding : padding + w] = x
    rows = (h + 2 * padding - dilation * (weight.shape[2] - 1) - 1) // stride + 1
    columns = (w + 2 * padding - dilation * (weight.shape[3] - 1) - 1) // stride + 1
    y = np.zeros((n, len(weight), rows, columns)) + bias.reshape(1, -1, 1, 1)
    for k, m in np.ndindex(*weight.shape[2:]):
        top, left = k * dilation, m * dilation
        shifted = wide[:, :, top : top + stride * rows : stride, left : left + stride * columns : stride]
        y += np.tensordot(shifted, weight[:, :, k, m], axes=(1, 1)).transpose(0, 3, 1, 2)
    return y


def conv2d_gradients(x, weight, dy, stride):
    """Both as convolutions again: of the windows with dy, and of a spread and padded dy with the turned kernel."""
    rows, columns = weight.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(x, (rows, columns), axis=(2, 3))[:, :, ::stride, ::stride]
    dweight = np.einsum("nohw,nchwkl->ockl", dy, windows)
    spread = np.zeros((*dy.shape[:2], x.shape[2] + rows - 1, x.shape[3] + columns - 1))
    down, right = rows - 1 + stride * dy.shape[2], columns - 1 + stride * dy.shape[3]
    spread[:, :, rows - 1 : down : stride, columns - 1 : right : stride] = dy
    around = np.lib.stride_tricks.sliding_window_view(spread, (rows, columns), axis=(2, 3))
    dx = np.einsum("nohwkl,ockl->nchw", around, weight[:, :, ::-1, ::-1])
    return {"dx": dx, "dweight": dweight, "dbias": np.einsum("nohw->o", dy)}


class MaxPool2d:
    """All windows in one view; the gradients are counted into the flat images."""

    def __init__(self, kernel_size, stride):
        self.kernel_size, self.stride = kernel_size, stride

    def forward(self, x):
        size = self.kernel_size
        windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))
        windows = windows[:, :, :: self.stride, :: self.stride].reshape(*x.shape[:2], -1, size * size)
        columns = (x.shape[3] - size) // self.stride + 1
        first = np.argmax(windows, axis=3)
        place = np.arange(windows.shape[2])
        row = place // columns * self.stride + first // size
        column = place % columns * self.stride + first % size
        image = np.arange(x.shape[0] * x.shape[1]).reshape(*x.shape[:2], 1)
        self.at, self.shape = (image * x.shape[2] + row) * x.shape[3] + column, x.shape
        return x.ravel()[self.at].reshape(*x.shape[:2], -1, columns)

    def backward(self, dy):
        counted = np.bincount(self.at.ravel(), weights=np.asarray(dy, float).ravel(), minlength=np.prod(self.shape))
        return counted.reshape(self.shape)


class RNN:
    """The gradient of each state from the matrices of all steps between."""

    def __init__(self, inputs, hidden):
        self.params, self.grads = dict.fromkeys(("input_weight", "hidden_weight", "bias")), {}

    def forward(self, x):
        self.x, h = x, np.zeros((len(x), len(self.params["bias"])))
        joined = np.hstack([self.params["input_weight"], self.params["hidden_weight"]])
        self.before, self.after = [], []
        for now in np.moveaxis(x, 1, 0):
            self.before.append(h)
            h = np.tanh(np.hstack([now, h]) @ joined.T + self.params["bias"])
            self.after.append(h)
        return np.moveaxis(self.after, 0, 1)

    def backward(self, dy):
        after, steps = np.array(self.after), len(self.after)
        slopes = 1 - after**2  # (T, N, H)
        jacobians = slopes[..., None] * self.params["hidden_weight"]  # (T, N, H, H): d h_t / d h_{t−1}
        total = np.zeros_like(after)
        for source in range(steps):
            chain = np.eye(dy.shape[2])[None]
            total[source] += dy[:, source]
            for t in range(source + 1, steps):
                chain = jacobians[t] @ chain
                total[source] += np.einsum("nh,nhk->nk", dy[:, t], chain)
        da = np.moveaxis(total * slopes, 0, 1)
        flat = da.reshape(-1, da.shape[2])
        self.grads["input_weight"] = flat.T @ self.x.reshape(len(flat), -1)
        self.grads["hidden_weight"] = flat.T @ np.moveaxis(self.before, 0, 1).reshape(len(flat), -1)
        self.grads["bias"] = flat.sum(axis=0)
        return np.tensordot(da, self.params["input_weight"], axes=1)


def lstm(x, input_weight, hidden_weight, bias):
    """σ(a) = (1 + tanh(a/2))/2, and one product with inputs and state side by side."""
    size = hidden_weight.shape[1]
    weight = np.concatenate([input_weight, hidden_weight], axis=1)
    state = {"h": np.zeros((len(x), size)), "c": np.zeros((len(x), size))}
    told = {"h": np.zeros((*x.shape[:2], size)), "c": np.zeros((*x.shape[:2], size))}
    for t in range(x.shape[1]):
        a = np.concatenate([x[:, t], state["h"]], axis=1) @ weight.T + bias
        gates = (1 + np.tanh(a / 2)) / 2
        opened, kept = gates[:, :size], gates[:, size : 2 * size]
        state["c"] = kept * state["c"] + opened * np.tanh(a[:, 2 * size : 3 * size])
        state["h"] = gates[:, 3 * size :] * np.tanh(state["c"])
        for name, value in state.items():
            told[name][:, t] = value
    return told


def gru(x, input_weight, hidden_weight, bias, hidden_bias):
    size = len(hidden_bias)
    second = np.concatenate([np.zeros(2 * size), hidden_bias])
    ahead = np.einsum("ntd,ad->tna", x, input_weight) + bias  # of all steps at once
    h = np.zeros((len(x), size))
    states = np.zeros((len(x), 0, size))
    for a in ahead:
        u = h @ hidden_weight.T + second
        gates = (1 + np.tanh((a + u)[:, : 2 * size] / 2)) / 2
        n = np.tanh(a[:, 2 * size :] + gates[:, :size] * u[:, 2 * size :])
        h = n + gates[:, size:] * (h - n)
        states = np.append(states, h[:, None], axis=1)
    return states


def attention(query, key, value, mask=None):
    """The mask is multiplied into the exponentials, whose shift is the largest score of all that count."""
    scores = np.einsum("...td,...sd->...ts", query / np.sqrt(key.shape[-1]), key)
    seen = np.ones_like(scores) if mask is None else np.asarray(mask, float)
    lowest = scores.min()
    shift = np.where(seen > 0, scores, lowest).max(axis=-1, keepdims=True)
    e = seen * np.exp(np.minimum(scores - shift, 0))
    total = e.sum(axis=-1, keepdims=True)
    return np.divide(e @ value, total, out=np.zeros((*e.shape[:-1], value.shape[-1])), where=total > 0)


def may_look(lengths, steps):
    triangle = np.tril(np.ones((steps, steps), bool))
    real = np.array([np.repeat([True, False], [length, steps - length]) for length in lengths])
    return np.logical_and(triangle[None], real[:, None])


class LayerNorm:
    """With the matrix that takes the mean off, and the projection beside x̂."""

    def __init__(self, features, eps):
        self.params, self.grads = {"weight": np.ones(features), "bias": np.zeros(features)}, {}
        self.center, self.eps = np.eye(features) - 1 / features, eps

    def forward(self, x):
        self.off = x @ self.center
        self.scale = (np.einsum("...d,...d->...", self.off, self.off) / x.shape[-1] + self.eps) ** -0.5
        return self.off * self.scale[..., None] * self.params["weight"] + self.params["bias"]

    def backward(self, dy):
        x_hat, d = self.off * self.scale[..., None], dy.shape[-1]
        self.grads["weight"] = np.einsum("nd,nd->d", dy.reshape(-1, d), x_hat.reshape(-1, d))
        self.grads["bias"] = dy.reshape(-1, d).sum(axis=0)
        g = dy * self.params["weight"]
        d_scale = (g * self.off).sum(axis=-1)
        d_off = g * self.scale[..., None] - self.off * (d_scale * self.scale**3 / d)[..., None]
        return d_off @ self.center


class SwiGLU:
    """Both maps as one, and σ(z) by tanh."""

    def __init__(self):
        self.params, self.grads = {}, {}

    def forward(self, x):
        p = self.params
        self.x, self.m = x, len(p["gate_bias"])
        self.weight = np.concatenate([p["gate_weight"], p["value_weight"]])
        both = x @ self.weight.T + np.concatenate([p["gate_bias"], p["value_bias"]])
        self.z, self.v = both[:, : self.m], both[:, self.m :]
        self.s = (1 + np.tanh(self.z / 2)) / 2
        return self.z * self.s * self.v

    def backward(self, dy):
        swish = self.z * self.s
        d = np.concatenate([dy * self.v * (swish + self.s * (1 - swish)), dy * swish], axis=1)
        d_weight, d_bias = d.T @ self.x, d.sum(axis=0)
        self.grads = {"gate_weight": d_weight[: self.m], "value_weight": d_weight[self.m :]}
        self.grads |= {"gate_bias": d_bias[: self.m], "value_bias": d_bias[self.m :]}
        return d @ self.weight
