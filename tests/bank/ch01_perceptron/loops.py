"""Right answers as plain loops over Python numbers."""

import numpy as np


class McCullochPitts:
    def __init__(self, weights, threshold):
        self.pairs, self.threshold = list(enumerate(weights)), threshold

    def forward(self, x):
        answers = []
        for row in x:
            votes = 0
            for i, weight in self.pairs:
                if row[i] == 1:
                    votes += weight
            answers.append(1 if votes >= self.threshold else 0)
        return answers


def gate(name):
    if name == "NOT":
        return [-2.5, -1]
    if name == "MAJORITY":
        return np.array([3, 2, 3, 4.5])
    a, b, threshold = {
        "AND": (0.5, 0.5, 1),
        "OR": (1, 1, 0.5),
        "NAND": (-1, -1, -1.5),
        "NOR": (-3, -2, -0.5),
        "A AND NOT B": (2, -2, 2),
        "A IMPLIES B": (-1, 1, -0.5),
    }[name]
    return [a, b, threshold]


def heaviside(z):
    y = np.zeros(z.shape)
    for at in np.ndindex(z.shape):
        if not z[at] < 0:
            y[at] = 1
    return y


def sign(z):
    y = np.zeros(z.shape)
    for at in np.ndindex(z.shape):
        if z[at] > 0:
            y[at] = 1
        elif z[at] < 0:
            y[at] = -1
    return y


class ThresholdLogicUnit:
    def __init__(self, weights, bias):
        self.weights, self.bias = weights, bias

    def forward(self, x):
        answers = np.zeros(len(x))
        for n in range(len(x)):
            z = self.bias
            for i in range(len(self.weights)):
                z += self.weights[i] * x[n, i]
            answers[n] = z >= 0
        return answers


def layer(x, weight, bias):
    y = np.zeros((len(x), len(weight)))
    for n in range(len(x)):
        for j in range(len(weight)):
            y[n, j] = 1 if sum(weight[j, i] * x[n, i] for i in range(x.shape[1])) + bias[j] >= 0 else 0
    return y


def perceptron_step(weight, bias, x, target, lr):
    z = bias
    for w, value in zip(weight, x):
        z += w * value
    answer = 1 if z >= 0 else 0
    if answer == target:
        return weight, bias
    direction = 1 if target == 1 else -1
    return [w + lr * direction * value for w, value in zip(weight, x)], bias + lr * direction


class Perceptron:
    def __init__(self, inputs, units=1, lr=1.0):
        self.lr = lr
        self.params = {"weight": np.zeros((units, inputs)), "bias": np.zeros(units)}

    def forward(self, x):
        return np.array([[self.answer(j, row) for j in range(len(self.params["bias"]))] for row in x])

    def answer(self, j, row):
        z = self.params["bias"][j]
        for w, value in zip(self.params["weight"][j], row):
            z += w * value
        return 1 if z >= 0 else 0

    def fit(self, x, target, epochs=100):
        mistakes, wrong = [], 1
        while wrong and len(mistakes) < epochs:
            wrong = 0
            for i in range(len(x)):
                for j in range(target.shape[1]):
                    error = target[i, j] - self.answer(j, x[i])
                    if error:
                        wrong += 1
                        self.params["weight"][j] += self.lr * error * x[i]
                        self.params["bias"][j] += self.lr * error
            mistakes.append(wrong)
        return mistakes


def margin(weight, bias, x, target):
    import math

    length = math.sqrt(sum(w * w for w in weight) + bias * bias)
    gaps = [t * (sum(w * v for w, v in zip(weight, row)) + bias) / length for row, t in zip(x, target)]
    longest = max(math.sqrt(1 + sum(v * v for v in row)) for row in x)
    if min(gaps) <= 0:
        return min(gaps), math.inf
    return min(gaps), longest**2 / min(gaps) ** 2


def count_lines(x, target, values):
    from itertools import product

    found = 0
    for w1, w2, b in product(values, repeat=3):
        found += all((w1 * x1 + w2 * x2 + b >= 0) == (t == 1) for (x1, x2), t in zip(x, target))
    return found


def delta_rule(weight, bias, x, target, lr):
    new_weight, new_bias = weight.copy(), bias.copy()
    for row, wanted in zip(x, target):
        for j in range(len(weight)):
            z = bias[j]
            for i in range(len(row)):
                z += weight[j, i] * row[i]
            new_weight[j] += lr * (wanted[j] - z) * row / len(x)
            new_bias[j] += lr * (wanted[j] - z) / len(x)
    return new_weight, new_bias


def multiclass_step(weight, bias, x, label):
    best, winner = None, 0
    for k in range(len(bias)):
        score = sum(w * v for w, v in zip(weight[k], x)) + bias[k]
        if best is None or score > best:
            best, winner = score, k
    if winner == label:
        return weight, bias
    weight, bias = weight.copy(), bias.copy()
    weight[label] += x
    bias[label] += 1
    weight[winner] -= x
    bias[winner] -= 1
    return weight, bias
