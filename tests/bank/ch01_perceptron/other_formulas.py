"""Right answers by other formulas."""

import numpy as np


class McCullochPitts:
    def __init__(self, weights, threshold):
        self.weights, self.threshold = np.asarray(weights), threshold

    def forward(self, x):
        return (x * self.weights).sum(axis=1) - self.threshold > -0.25  # whole numbers, and one threshold of a half


def heaviside(z):
    return np.heaviside(z, 1.0)


def sign(z):
    return np.sign(z)


class ThresholdLogicUnit:
    def __init__(self, weights, bias):
        self.all = np.append(weights, bias)  # the bias is the weight of an input 1

    def forward(self, x):
        return (np.column_stack([x, np.ones(len(x))]) @ self.all >= 0) * 1


def layer(x, weight, bias):
    return (np.einsum("nd,jd->nj", x, weight) >= -bias).astype(int)


def perceptron_step(weight, bias, x, target, lr):
    error = target - float(np.dot(weight, x) >= -bias)
    return {"weight": weight + x * (lr * error), "bias": bias + error * lr}


class Perceptron:
    def __init__(self, inputs, units=1, lr=1.0):
        self.lr = lr
        self.params = {"weight": np.zeros((units, inputs)), "bias": np.zeros(units)}

    def forward(self, x):
        return (x @ self.params["weight"].T >= -self.params["bias"]).astype(float)

    def fit(self, x, target, epochs=100):
        history = np.zeros(epochs, int)
        for epoch in range(epochs):
            for xi, wanted in zip(x, target):
                missed = np.flatnonzero(self.forward(xi) != wanted)
                side = 2 * wanted[missed] - 1
                self.params["weight"][missed] += self.lr * side[:, None] * xi
                self.params["bias"][missed] += self.lr * side
                history[epoch] += len(missed)
            if history[epoch] == 0:
                return history[: epoch + 1]
        return history


def margin(weight, bias, x, target):
    line = np.append(weight, bias)
    longer = np.column_stack([x, np.ones(len(x))])
    gap = ((longer @ line) * target / np.linalg.norm(line)).min()
    bound = np.inf if gap <= 0 else (longer**2).sum(axis=1).max() / gap**2
    return {"margin": gap, "bound": bound}


def count_lines(x, target, values):
    w1, w2, b = np.meshgrid(values, values, values)
    sums = w1[..., None] * x[:, 0] + w2[..., None] * x[:, 1] + b[..., None]
    return ((sums >= 0) == target.astype(bool)).all(axis=-1).sum()


def delta_rule(weight, bias, x, target, lr):
    together = np.column_stack([weight, bias])
    longer = np.column_stack([x, np.ones(len(x))])
    together = together - lr * (longer @ together.T - target).T @ longer / len(x)
    return together[:, :-1], together[:, -1]


def multiclass_step(weight, bias, x, label):
    one = np.eye(len(bias))
    change = one[label] - one[(weight @ x + bias).argmax()]
    return weight + np.outer(change, x), bias + change
