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
