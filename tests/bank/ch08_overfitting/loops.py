"""Other right answers: one number after the other."""

import numpy as np


def l2_penalty(weight, strength):
    total = 0.0
    for w in np.ravel(weight):
        total += w * w
    return strength * total


def l2_gradient(weight, strength):
    gradient = np.zeros(np.shape(weight))
    for place in np.ndindex(*np.shape(weight)):
        gradient[place] = 2 * strength * weight[place]
    return gradient


def l1_penalty(weight, strength):
    total = 0.0
    for w in np.ravel(weight):
        total += strength * abs(w)
    return total


def l1_gradient(weight, strength):
    gradient = np.zeros(np.shape(weight))
    for place in np.ndindex(*np.shape(weight)):
        if weight[place] != 0:
            gradient[place] = strength if weight[place] > 0 else -strength
    return gradient


def soft_threshold(weight, amount):
    shrunk = np.zeros(np.shape(weight))
    for place in np.ndindex(*np.shape(weight)):
        if weight[place] > amount:
            shrunk[place] = weight[place] - amount
        elif weight[place] < -amount:
            shrunk[place] = weight[place] + amount
    return shrunk


def ridge(x, target, strength):
    """Gradient descent until it rests."""
    N, D = x.shape
    w, lr = np.zeros(D), 1 / (np.linalg.norm(x, 2) ** 2 + N * strength)
    for _ in range(20_000):
        w = w - lr * (x.T @ (x @ w - target) + N * strength * w)
    return w


def monte_carlo(x, w1, b1, w2, b2, p, passes, rng):
    h = x @ w1 + b1
    h = h * (h > 0)
    total, squares = 0.0, 0.0
    for _ in range(passes):
        u = rng.random(h.shape)
        dropped = np.array([[a / (1 - p) if v >= p else 0.0 for a, v in zip(row, us)] for row, us in zip(h, u)])
        y = dropped @ w2 + b2
        total, squares = total + y, squares + y**2
    mean = total / passes
    return mean, np.sqrt(squares / passes - mean**2)
