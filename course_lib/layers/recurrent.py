"""Recurrent layers: sequences (N, T, D) in, the hidden states of all steps (N, T, H) out; before the first step h is 0.

`backward` is back-propagation through time (Werbos 1990, doi:10.1109/5.58337): from the last step to the first the
gradients da for what goes into the gates, and then every sum over the steps at once.
"""

import numpy as np

from course_lib.layers.basic import Layer, generator
from course_lib.layers.sizes import axes_of_x, last_axis, whole
from course_lib.validation import floats, upstream

__all__ = ["RNN", "LSTM", "GRU"]  # noqa: RUF022 in the order of the file


class Recurrent(Layer):
    """What the recurrent layers share: the parameters of G gates, one below the other, and their gradients.

    input_weight W (G·H, D), hidden_weight U (G·H, H) and bias b (G·H,) start uniform in ±1/√H, as in PyTorch. There a
    second bias stands beside U; the two only ever act as their sum, except in GRU.
    """

    gates = 1

    def __init__(self, inputs, hidden, rng):
        super().__init__()
        self.inputs, self.hidden, bound = whole("inputs", inputs), whole("hidden", hidden), 1 / np.sqrt(hidden)
        rng = generator(rng)
        self.params = {name: rng.uniform(-bound, bound, shape) for name, shape in self.shapes().items()}

    def shapes(self):
        rows = self.gates * self.hidden
        return {"input_weight": (rows, self.inputs), "hidden_weight": (rows, self.hidden), "bias": (rows,)}

    def begin(self, x):
        """Keeps x, parameters in its dtype and room for the states; -> W x + b of every step, (N, T, G·H)."""
        x = floats("x", x)
        axes_of_x(x, 3, "(N, T, D)")
        last_axis("x", x, self.inputs)
        self.x, self.p = x.copy(), {name: p.astype(x.dtype) for name, p in self.params.items()}
        self.W, self.U = self.p["input_weight"], self.p["hidden_weight"]
        self.h = np.zeros((x.shape[0], x.shape[1] + 1, self.hidden), x.dtype)  # h[:, t] is before step t
        self.y = self.h[:, 1:]
        return x @ self.W.T + self.p["bias"]

    def finish(self, da, du):
        """Gradients of the parameters, from da for W x + b and du for U h; -> the gradient for x."""
        self.grads["input_weight"] = np.einsum("nta,ntd->ad", da, self.x, optimize=True)
        self.grads["hidden_weight"] = np.einsum("nta,nth->ah", du, self.h[:, :-1], optimize=True)
        self.grads["bias"] = da.sum(axis=(0, 1))
        return da @ self.W


class RNN(Recurrent):
    """h_t = tanh(W x_t + U h_{t−1} + b), (N, T, D) -> (N, T, H).

    Elman (1990), Finding structure in time, doi:10.1207/s15516709cog1402_1.
    """

    def forward(self, x):
        a, h = self.begin(x), self.h
        for t in range(a.shape[1]):
            h[:, t + 1] = np.tanh(a[:, t] + h[:, t] @ self.U.T)
        return self.y.copy()

    def backward(self, dy):
        dy = upstream(dy, self.y)
        da, dh = np.empty_like(dy), 0
        for t in reversed(range(dy.shape[1])):
            da[:, t] = (dy[:, t] + dh) * (1 - self.h[:, t + 1] ** 2)
            dh = da[:, t] @ self.U
        return self.finish(da, da)


class LSTM(Recurrent):
    """c_t = f∘c_{t−1} + i∘g, h_t = o∘tanh c_t; i, f, o the sigmoids and g the tanh of W x_t + U h_{t−1} + b.

    (N, T, D) -> (N, T, H); c is 0 before the first step. The gates' order is i, f, g, o, as in PyTorch.
    Hochreiter and Schmidhuber (1997), doi:10.1162/neco.1997.9.8.1735; with the forget gate f of Gers, Schmidhuber and
    Cummins (2000), doi:10.1162/089976600300015015.
    """

    gates = 4

    def forward(self, x):
        a, h = self.begin(x), self.h
        self.c, self.ifgo = np.zeros_like(h), np.empty_like(a)
        for t in range(a.shape[1]):
            i, f, g, o = np.split(a[:, t] + h[:, t] @ self.U.T, 4, axis=-1)
            i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
            self.c[:, t + 1] = f * self.c[:, t] + i * g
            h[:, t + 1] = o * np.tanh(self.c[:, t + 1])
            self.ifgo[:, t] = np.concatenate([i, f, g, o], axis=-1)
        return self.y.copy()

    def backward(self, dy):
        dy = upstream(dy, self.y)
        da, dh, dc = np.empty_like(self.ifgo), 0, 0
        for t in reversed(range(dy.shape[1])):
            (i, f, g, o), tanh_c = np.split(self.ifgo[:, t], 4, axis=-1), np.tanh(self.c[:, t + 1])
            dh = dh + dy[:, t]
            dc = dc + dh * o * (1 - tanh_c**2)
            di, df, dg, do = dc * g, dc * self.c[:, t], dc * i, dh * tanh_c
            gates = [di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)]
            da[:, t] = np.concatenate(gates, axis=-1)
            dh, dc = da[:, t] @ self.U, dc * f
        return self.finish(da, da)


class GRU(Recurrent):
    """h_t = (1 − z)∘n + z∘h_{t−1}, n = tanh(W_n x_t + b_n + r∘(U_n h_{t−1} + c)).

    r and z are sigmoids of W x_t + U h_{t−1} + b; (N, T, D) -> (N, T, H). The gates' order is r, z, n, and the reset
    gate r acts after the product with U_n, as in PyTorch; in the paper it acts on h_{t−1}, before. So a bias of its own
    stands within its reach: c is hidden_bias (H,). The update gate z keeps the old state, as in the paper.
    Cho et al. (2014), Learning phrase representations using RNN encoder–decoder, arXiv:1406.1078.
    """

    gates = 3

    def shapes(self):
        return {**super().shapes(), "hidden_bias": (self.hidden,)}

    def forward(self, x):
        a, h = self.begin(x), self.h
        self.rzn, self.m = np.empty_like(a), np.empty_like(self.y)
        for t in range(a.shape[1]):
            (ar, az, an), (ur, uz, un) = (np.split(s, 3, axis=-1) for s in (a[:, t], h[:, t] @ self.U.T))
            self.m[:, t] = un + self.p["hidden_bias"]
            r, z = _sigmoid(ar + ur), _sigmoid(az + uz)
            n = np.tanh(an + r * self.m[:, t])
            h[:, t + 1] = (1 - z) * n + z * h[:, t]
            self.rzn[:, t] = np.concatenate([r, z, n], axis=-1)
        return self.y.copy()

    def backward(self, dy):
        dy = upstream(dy, self.y)
        da, du, dh = np.empty_like(self.rzn), np.empty_like(self.rzn), 0
        for t in reversed(range(dy.shape[1])):
            r, z, n = np.split(self.rzn[:, t], 3, axis=-1)
            dh = dh + dy[:, t]
            dn = dh * (1 - z) * (1 - n**2)
            dr, dz = dn * self.m[:, t] * r * (1 - r), dh * (self.h[:, t] - n) * z * (1 - z)
            da[:, t], du[:, t] = np.concatenate([dr, dz, dn], axis=-1), np.concatenate([dr, dz, dn * r], axis=-1)
            dh = dh * z + du[:, t] @ self.U
        self.grads["hidden_bias"] = du[..., -self.hidden :].sum(axis=(0, 1))
        return self.finish(da, du)


def _sigmoid(x):
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-abs(x)))
