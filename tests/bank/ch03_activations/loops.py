"""Right answers as plain loops over Python numbers, with `math` for the formulas."""

import numpy as np


def sigmoid(x):
    import math

    y = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        u = math.exp(-abs(x[at]))
        y[at] = 1 / (1 + u) if x[at] >= 0 else u / (1 + u)
    return y


def sigmoid_derivative(x):
    import math

    y = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        u = math.exp(-abs(x[at]))
        y[at] = u / (1 + u) ** 2
    return y


class Tanh:
    def forward(self, x):
        import math

        self.slopes, y = np.zeros(x.shape), np.zeros(x.shape)
        for at in np.ndindex(x.shape):
            y[at] = math.tanh(x[at])
            self.slopes[at] = 1 - y[at] * y[at]
        return y

    def backward(self, dy):
        dx = np.zeros(dy.shape)
        for at in np.ndindex(dy.shape):
            dx[at] = dy[at] * self.slopes[at]
        return dx


class ReLU:
    def forward(self, x):
        self.seen, y = x, np.zeros(x.shape)
        for at in np.ndindex(x.shape):
            if x[at] > 0:
                y[at] = x[at]
        return y

    def backward(self, dy):
        dx = np.zeros(dy.shape)
        for at in np.ndindex(dy.shape):
            if self.seen[at] > 0:
                dx[at] = dy[at]
        return dx


def leaky_relu(x, alpha=0.01):
    y = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        y[at] = x[at] if x[at] > 0 else alpha * x[at]
    return y


def leaky_relu_derivative(x, alpha=0.01):
    y = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        y[at] = 1 if x[at] > 0 else alpha
    return y


class PReLU:
    def __init__(self, channels=1):
        self.params = {"alpha": np.full(channels, 0.25)}
        self.grads = {}

    def forward(self, x):
        self.x, y = x, x.copy()
        for n in range(x.shape[0]):
            for c in range(x.shape[1]):
                if x[n, c] <= 0:
                    y[n, c] *= self.params["alpha"][c]
        return y

    def backward(self, dy):
        dx, d_alpha = dy.copy(), np.zeros(dy.shape[1])
        for n in range(dy.shape[0]):
            for c in range(dy.shape[1]):
                if self.x[n, c] <= 0:
                    dx[n, c] *= self.params["alpha"][c]
                    d_alpha[c] += dy[n, c] * self.x[n, c]
        self.grads["alpha"] = d_alpha
        return dx


def elu(x, alpha=1.0):
    import math

    y = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        y[at] = x[at] if x[at] > 0 else alpha * (math.exp(x[at]) - 1)
    return y


def elu_derivative(x, alpha=1.0):
    import math

    y = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        y[at] = 1 if x[at] > 0 else alpha * math.exp(x[at])
    return y


def softplus(x):
    import math

    y = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        z = float(x[at])
        y[at] = z + math.log1p(math.exp(-z)) if z > 0 else math.log1p(math.exp(z))
    return y


def softplus_derivative(x):
    import math

    y = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        z = float(x[at])
        y[at] = 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))
    return y


class Swish:
    def __init__(self):
        self.params = {"beta": np.array([1.0])}
        self.grads = {}

    def forward(self, x):
        import math

        self.x, self.s = x, np.zeros(x.shape)
        beta = float(self.params["beta"][0])
        for at in np.ndindex(x.shape):
            self.s[at] = 1 / (1 + math.exp(-beta * x[at]))
        return x * self.s

    def backward(self, dy):
        beta, total, dx = float(self.params["beta"][0]), 0.0, np.zeros(dy.shape)
        for at in np.ndindex(dy.shape):
            x, s = self.x[at], self.s[at]
            dx[at] = dy[at] * s * (1 + beta * x * (1 - s))
            total += dy[at] * x * x * s * (1 - s)
        self.grads["beta"] = np.array([total])
        return dx


def gelu(x):
    from statistics import NormalDist

    y = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        y[at] = x[at] * NormalDist().cdf(float(x[at]))
    return y


def gelu_tanh(x):
    import math

    y = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        z = float(x[at])
        y[at] = 0.5 * z * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))
    return y


def gelu_derivative(x):
    from statistics import NormalDist

    y = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        z = float(x[at])
        y[at] = NormalDist().cdf(z) + z * NormalDist().pdf(z)
    return y


def softmax(logits, temperature=1.0):
    import math

    answer = np.zeros(logits.shape)
    for i in range(logits.shape[0]):
        row = [float(z) / temperature for z in logits[i]]
        largest, total = max(row), 0.0
        for z in row:
            total += math.exp(z - largest)
        for c in range(len(row)):
            answer[i, c] = math.exp(row[c] - largest) / total
    return answer


def softmax_jacobian(p):
    k = len(p)
    table = np.zeros((k, k))
    for i in range(k):
        for j in range(k):
            table[i, j] = p[i] * (1 - p[i]) if i == j else -p[i] * p[j]
    return table


def softmax_gradient(probs, dy):
    answer = np.zeros(probs.shape)
    for n in range(probs.shape[0]):
        average = 0.0
        for i in range(probs.shape[1]):
            average += probs[n, i] * dy[n, i]
        for j in range(probs.shape[1]):
            answer[n, j] = probs[n, j] * (dy[n, j] - average)
    return answer
