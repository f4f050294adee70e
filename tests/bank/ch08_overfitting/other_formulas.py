"""Other right answers: the same numbers by other formulas, or by other means."""

import numpy as np


def read_curves(training_losses, validation_losses):
    best = min(range(len(validation_losses)), key=lambda e: validation_losses[e])
    gap = float(np.diff([training_losses[-1], validation_losses[-1]])[0])
    return {"best epoch": best + 1, "gap": gap, "cost": validation_losses[-1] - validation_losses[best]}


class EarlyStopping:
    """Remembers all that it has heard and finds the best anew."""

    def __init__(self, patience, min_delta):
        self.patience, self.min_delta = patience, min_delta
        self.heard, self.kept = [], []

    @property
    def best(self):
        return self._best()[0]

    def _best(self):
        best, at = float("inf"), -1
        for number, metric in enumerate(self.heard):
            if best - metric > self.min_delta:
                best, at = metric, number
        return best, at

    def step(self, metric, params):
        self.heard.append(metric)
        self.kept.append({name: np.array(p) for name, p in params.items()})
        return len(self.heard) - 1 - self._best()[1] >= self.patience

    def restore(self, params):
        at = self._best()[1]
        for name in params:
            np.copyto(params[name], self.kept[at][name])


def l2_penalty(weight, strength):
    return strength * np.linalg.norm(np.ravel(weight)) ** 2


def l2_gradient(weight, strength):
    return strength * (weight + weight)


def decayed_step(weight, bias, grad_weight, grad_bias, lr, strength):
    return (1 - 2 * lr * strength) * weight - lr * grad_weight, bias - lr * grad_bias


def ridge(x, target, strength):
    rows = np.concatenate([x, np.sqrt(len(x) * strength) * np.eye(x.shape[1])])
    return np.linalg.lstsq(rows, np.concatenate([target, np.zeros(x.shape[1])]), rcond=None)[0]


def l1_penalty(weight, strength):
    return strength * np.linalg.norm(np.ravel(weight), 1)


def l1_gradient(weight, strength):
    return strength * ((weight > 0) * 1.0 - (weight < 0))


def soft_threshold(weight, amount):
    return weight - np.clip(weight, -amount, amount)


class Dropout:
    def __init__(self, p, rng):
        self.keep, self.rng, self.training = 1 - p, rng, True

    def forward(self, x):
        self.mask = None
        if not self.training:
            return x
        self.mask = np.where(self.rng.random(x.shape) < 1 - self.keep, 0, 1 / self.keep)
        return self.mask * x

    def backward(self, dy):
        return dy if self.mask is None else self.mask * dy


def paper_dropout(x, p, training, rng):
    return np.where(rng.random(x.shape) < p, 0, x) if training else x - p * x


def monte_carlo(x, w1, b1, w2, b2, p, passes, rng):
    h = np.clip(x @ w1 + b1, 0, None)
    answers = np.stack([np.where(rng.random(h.shape) < p, 0, h) / (1 - p) @ w2 + b2 for _ in range(passes)])
    mean = answers.sum(axis=0) / passes
    return mean, np.sqrt(((answers - mean) ** 2).sum(axis=0) / passes)
