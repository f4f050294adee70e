"""The same answers number by number, in loops."""

import numpy as np


def conv1d(x, weight, bias, stride, padding):
    (count, channels, size), (outs, _, kernel) = x.shape, weight.shape
    places = (size + 2 * padding - kernel) // stride + 1
    y = [[[float(bias[o]) for _ in range(places)] for o in range(outs)] for _ in range(count)]
    for n in range(count):
        for o in range(outs):
            for place in range(places):
                for c in range(channels):
                    for k in range(kernel):
                        at = place * stride + k - padding
                        if 0 <= at < size:
                            y[n][o][place] += x[n, c, at] * weight[o, c, k]
    return y


def places(size, kernel_size, stride, padding, dilation):
    count, start = 0, -padding
    while start + dilation * (kernel_size - 1) < size + padding:
        count += 1
        start += stride
    return count


def receptive_field(kernel_sizes, strides, dilations):
    seen = {0}
    for k, s, d in reversed(list(zip(kernel_sizes, strides, dilations))):
        seen = {s * place + d * entry for place in seen for entry in range(k)}
    return max(seen) - min(seen) + 1


def conv2d(x, weight, bias, stride, padding, dilation):
    count, _, height, width = x.shape
    outs, _, rows, columns = weight.shape
    down = (height + 2 * padding - dilation * (rows - 1) - 1) // stride + 1
    right = (width + 2 * padding - dilation * (columns - 1) - 1) // stride + 1
    y = np.zeros((count, outs, down, right))
    for i in range(down):
        for j in range(right):
            y[:, :, i, j] = bias
            for k in range(rows):
                for m in range(columns):
                    row, column = i * stride + k * dilation - padding, j * stride + m * dilation - padding
                    if 0 <= row < height and 0 <= column < width:
                        y[:, :, i, j] += x[:, :, row, column] @ weight[:, :, k, m].T
    return y


def conv2d_gradients(x, weight, dy, stride):
    dx, dweight, dbias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(len(weight))
    for n, o, i, j in np.ndindex(*dy.shape):
        dbias[o] += dy[n, o, i, j]
        for c, k, m in np.ndindex(*weight.shape[1:]):
            dweight[o, c, k, m] += dy[n, o, i, j] * x[n, c, i * stride + k, j * stride + m]
            dx[n, c, i * stride + k, j * stride + m] += dy[n, o, i, j] * weight[o, c, k, m]
    return dx, dweight, dbias


class MaxPool2d:
    def __init__(self, kernel_size, stride):
        self.kernel_size, self.stride = kernel_size, stride

    def forward(self, x):
        self.shape, self.winners = x.shape, {}
        rows, columns = ((size - self.kernel_size) // self.stride + 1 for size in x.shape[2:])
        y = np.zeros((*x.shape[:2], rows, columns))
        for n, c, i, j in np.ndindex(*y.shape):
            best = None
            for k in range(self.kernel_size):
                for m in range(self.kernel_size):
                    at = n, c, i * self.stride + k, j * self.stride + m
                    if best is None or x[at] > x[best]:
                        best = at
            self.winners[n, c, i, j] = best
            y[n, c, i, j] = x[best]
        return y

    def backward(self, dy):
        dx = np.zeros(self.shape)
        for place, winner in self.winners.items():
            dx[winner] += dy[place]
        return dx


class RNN:
    def __init__(self, inputs, hidden):
        self.params = {"input_weight": None, "hidden_weight": None, "bias": None}
        self.grads = {}

    def forward(self, x):
        w, u, b = self.params["input_weight"], self.params["hidden_weight"], self.params["bias"]
        self.x, h, self.states = x, np.zeros((len(x), len(b))), [np.zeros((len(x), len(b)))]
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ w.T + h @ u.T + b)
            self.states.append(h)
        return np.stack(self.states[1:], axis=1)

    def backward(self, dy):
        w, u = self.params["input_weight"], self.params["hidden_weight"]
        self.grads = {name: np.zeros(p.shape) for name, p in self.params.items()}
        dx, dh = np.zeros(self.x.shape), np.zeros(dy[:, 0].shape)
        for t in range(dy.shape[1] - 1, -1, -1):
            dh = dh + dy[:, t]
            da = dh * (1 - self.states[t + 1] ** 2)
            self.grads["input_weight"] += da.T @ self.x[:, t]
            self.grads["hidden_weight"] += da.T @ self.states[t]
            self.grads["bias"] += da.sum(axis=0)
            dx[:, t] = da @ w
            dh = da @ u
        return dx


def lstm(x, input_weight, hidden_weight, bias):
    count, steps, _ = x.shape
    size = hidden_weight.shape[1]
    h, c = np.zeros((count, steps + 1, size)), np.zeros((count, steps + 1, size))
    for n in range(count):
        for t in range(steps):
            a = input_weight @ x[n, t] + hidden_weight @ h[n, t] + bias
            for k in range(size):
                i, f, o = (1 / (1 + np.exp(-a[block * size + k])) for block in (0, 1, 3))
                c[n, t + 1, k] = f * c[n, t, k] + i * np.tanh(a[2 * size + k])
                h[n, t + 1, k] = o * np.tanh(c[n, t + 1, k])
    return h[:, 1:], c[:, 1:]


def gru(x, input_weight, hidden_weight, bias, hidden_bias):
    count, steps, _ = x.shape
    size = len(hidden_bias)
    h = np.zeros((count, steps + 1, size))
    for n in range(count):
        for t in range(steps):
            a, u = input_weight @ x[n, t] + bias, hidden_weight @ h[n, t]
            for k in range(size):
                r = 1 / (1 + np.exp(-(a[k] + u[k])))
                z = 1 / (1 + np.exp(-(a[size + k] + u[size + k])))
                candidate = np.tanh(a[2 * size + k] + r * (u[2 * size + k] + hidden_bias[k]))
                h[n, t + 1, k] = candidate + z * (h[n, t, k] - candidate)
    return h[:, 1:]


def attention(query, key, value, mask=None):
    if query.ndim > 2:
        masks = [None] * len(query) if mask is None else mask
        answers = []
        for q, k, v, m in zip(query, key, value, masks):
            answers.append(attention(q, k, v, m))
        return np.stack(answers)
    answer = np.zeros((len(query), value.shape[1]))
    for t, q in enumerate(query):
        seen = [s for s in range(len(key)) if mask is None or mask[t, s]]
        scores = [q @ key[s] / np.sqrt(len(q)) for s in seen]
        shares = [np.exp(score - max(scores)) for score in scores]
        for s, share in zip(seen, shares):
            answer[t] += share / sum(shares) * value[s]
    return answer


def may_look(lengths, steps):
    answer = []
    for length in lengths:
        answer.append([[j <= i and j < int(length) for j in range(steps)] for i in range(steps)])
    return answer


class LayerNorm:
    def __init__(self, features, eps):
        self.params, self.grads = {"weight": np.ones(features), "bias": np.zeros(features)}, {}
        self.eps = eps

    def forward(self, x):
        self.shape, self.kept = x.shape, []
        y = []
        for row in x.reshape(-1, x.shape[-1]):
            mean = sum(row) / len(row)
            std = np.sqrt(sum((entry - mean) ** 2 for entry in row) / len(row) + self.eps)
            self.kept.append(((row - mean) / std, std))
            y.append(self.params["weight"] * self.kept[-1][0] + self.params["bias"])
        return np.reshape(y, self.shape)

    def backward(self, dy):
        d = self.shape[-1]
        self.grads = {"weight": np.zeros(d), "bias": np.zeros(d)}
        dx = []
        for row, (x_hat, std) in zip(dy.reshape(-1, d), self.kept):
            self.grads["weight"] += row * x_hat
            self.grads["bias"] += row
            slopes = (np.eye(d) - 1 / d - np.outer(x_hat, x_hat) / d) / std
            dx.append(slopes @ (row * self.params["weight"]))
        return np.reshape(dx, self.shape)


class SwiGLU:
    def __init__(self):
        self.params, self.grads = {}, {}

    def forward(self, x):
        self.x, y = x, []
        for row in x:
            z = self.params["gate_weight"] @ row + self.params["gate_bias"]
            y.append(z / (1 + np.exp(-z)) * (self.params["value_weight"] @ row + self.params["value_bias"]))
        return np.array(y)

    def backward(self, dy):
        p = self.params
        self.grads, dx = {name: np.zeros(array.shape) for name, array in p.items()}, []
        for row, d in zip(self.x, dy):
            z, v = p["gate_weight"] @ row + p["gate_bias"], p["value_weight"] @ row + p["value_bias"]
            s = 1 / (1 + np.exp(-z))
            gate, value = d * v * (s + z * s * (1 - s)), d * z * s
            for name, one in (("gate", gate), ("value", value)):
                self.grads[f"{name}_weight"] += np.outer(one, row)
                self.grads[f"{name}_bias"] += one
            dx.append(gate @ p["gate_weight"] + value @ p["value_weight"])
        return np.array(dx)
