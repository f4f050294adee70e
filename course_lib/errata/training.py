"""Errata on optimizers, schedules, regularization, and a program."""

import numpy as np

from course_lib import losses
from course_lib.errata.erratum import Erratum

__all__ = ["ROWS"]


def adagrad():
    """½(θ₁² + 100·θ₂²) after 3 steps from (1, 1) with η = 0.5; it starts at 50.5."""

    def descend(rule):
        curvature, theta, s = np.array([1.0, 100.0]), np.ones(2), np.zeros(2)
        for _ in range(3):
            g = curvature * theta
            s = s + g * g
            theta = rule(theta, g, np.sqrt(s + 1e-10))
        return float(curvature @ theta**2 / 2)

    return {
        "printed": descend(lambda theta, g, root: theta - 0.5 * g * root),
        "mended": descend(lambda theta, g, root: theta - 0.5 * g / root),
    }


def adam():
    """θ after 50 steps on ½θ² from 1, η = 0.01."""

    def descend(momentum, step, beta_z=0.9, beta_s=0.999, eps=1e-8):
        theta, z, s = 1.0, 0.0, 0.0
        for t in range(1, 51):
            g = theta
            z = momentum(beta_z, z, g)
            s = beta_s * s + (1 - beta_s) * g * g
            theta = step(theta, z / (1 - beta_z**t), np.sqrt(s / (1 - beta_s**t)), eps)
        return float(theta)

    return {
        "printed": descend(
            lambda beta, z, g: beta * z - (1 - beta) * g,
            lambda theta, z_hat, root, eps: theta - 0.01 * z_hat * root + eps,
        ),
        "mended": descend(
            lambda beta, z, g: beta * z + (1 - beta) * g,
            lambda theta, z_hat, root, eps: theta - 0.01 * z_hat / (root + eps),
        ),
    }


def adamw():
    """How much the decay shrinks a weight of 1 in the first step; gradient 10, η = 0.01, λ = 0.1, so η·λ = 0.001."""
    theta, g, eta, decay, eps = 1.0, 10.0, 0.01, 0.1, 1e-8

    def adam_step(g):  # the first step: both moments, corrected, are g and g²
        return eta * g / (np.sqrt(g * g) + eps)

    plain = theta - adam_step(g)
    in_the_loss = theta - adam_step(g + decay * theta)
    decoupled = theta - eta * decay * theta - adam_step(g)
    return {"printed": float(plain - in_the_loss), "mended": float(plain - decoupled)}


def cosine_annealing():
    """The rate at the start and the end of a cycle, η₀ = 0.1, α = 0.05."""

    def printed(fraction):
        return 0.1 * (1 + np.cos(np.pi * fraction)) / 2 * (1 - 0.05) + 0.05

    def mended(fraction):
        return 0.1 * ((1 + np.cos(np.pi * fraction)) / 2 * (1 - 0.05) + 0.05)

    return {
        "printed start": float(printed(0)),
        "mended start": float(mended(0)),
        "printed end": float(printed(1)),
        "mended end": float(mended(1)),
    }


def batch_size():
    """Share of 500 runs that leave the shallow well of θ⁴/4 − θ²/2 + θ/10 for the deep one; an example's noise is 6."""

    def escaped(batch, rng):
        theta = np.full(500, 0.9)
        for _ in range(500):
            noise = rng.normal(size=500) * 6 / np.sqrt(batch)  # of a mean over the batch
            theta = theta - 0.05 * (theta**3 - theta + 0.1 + noise)
        return float((theta < 0).mean())

    rng = np.random.default_rng(0)
    return {"batch of 8": escaped(8, rng), "batch of 512": escaped(512, rng)}


def l2_penalty():
    """Length of the penalty's gradient at w = (3, 4), and at w/10; α = 1."""

    def length(penalty, w, h=1e-6):
        return float(np.linalg.norm([(penalty(w + d) - penalty(w - d)) / (2 * h) for d in h * np.eye(2)]))

    w, norm, squared = np.array([3.0, 4.0]), np.linalg.norm, lambda w: w @ w
    return {
        "printed at w": length(norm, w),
        "printed at w/10": length(norm, w / 10),
        "mended at w": length(squared, w),
        "mended at w/10": length(squared, w / 10),
    }


def clipping():
    """Degrees between the gradient (10, 1) and what is left of it when it is clipped at 1."""
    g = np.array([10.0, 1.0])
    by_value, by_norm = np.clip(g, -1, 1), g * min(1, 1 / np.linalg.norm(g))
    return {"by value": _degrees(g, by_value), "by norm": _degrees(g, by_norm)}


def learning_rate_methods():
    """What one step changes: degrees off the gradient for a schedule and for momentum, and each weight's own rate."""
    g, velocity, rate = np.array([3.0, 0.3]), np.array([0.0, 2.0]), 0.1
    rmsprop = rate * g / np.sqrt(g * g)
    return {
        "schedule, degrees": _degrees(g, rate / 2 * g),
        "momentum, degrees": _degrees(g, 0.9 * velocity + rate * g),
        "RMSprop, rate of weight 1": float(rmsprop[0] / g[0]),
        "RMSprop, rate of weight 2": float(rmsprop[1] / g[1]),
    }


def softmax_before_cross_entropy():
    """The loss of a perfectly sure and right network with 10 classes, logits 50 and 0."""
    logits, labels = 50 * np.eye(10), np.arange(10)
    p = np.exp(logits - 50) / np.exp(logits - 50).sum(axis=1, keepdims=True)
    loss = losses.CrossEntropy()
    return {"printed": float(loss.forward(p, labels)), "mended": float(loss.forward(logits, labels))}


def unfinished_network():
    """How many outputs come from a network for 3 classes without and with `return`, and whether it can be built."""

    class Printed:
        def weight(self):
            return np.ones((3, input_size))  # type: ignore[name-defined]  # noqa: F821

        def forward(self, x):
            x = np.maximum(0, x)

    class Mended:
        def __init__(self, input_size):
            self.weight = np.ones((3, input_size))

        def forward(self, x):
            return np.maximum(0, x @ self.weight.T)

    try:
        Printed().weight()
        built = 1.0
    except NameError:
        built = 0.0
    answers = Printed().forward(np.ones(3)), Mended(4).forward(np.ones(4))
    printed, mended = (0.0 if answer is None else float(answer.size) for answer in answers)
    return {"printed is built": built, "printed outputs": printed, "mended outputs": mended}


def _degrees(a, b):
    cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    return float(np.degrees(np.arccos(min(1.0, cosine))))


ROWS = (
    Erratum(
        "D2",
        7,
        "gradient clipping imposes a maximum and a minimum value",
        "that is clipping by value, which turns the gradient; clipping by norm keeps its direction",
        clipping,
    ),
    Erratum(
        "D2",
        8,
        "L2 regularization adds α‖x‖₂, with the square root",
        "α‖x‖₂²: its pull grows with the weights; that of the norm has the same length for all",
        l2_penalty,
    ),
    Erratum(
        "D2",
        9,
        "momentum, AdaGrad, RMSProp and Adam are methods for a decreasing learning rate",
        "momentum changes the direction, adaptive methods each weight's step, schedules the rate of all",
        learning_rate_methods,
    ),
    Erratum("D1", 9, "AdaGrad: θ ← θ − η·g ⊙ √(s + ε)", "θ ← θ − η·g ⊘ √(s + ε)", adagrad),
    Erratum(
        "D1", 9, "Adam: z ← βz − (1 − β)g, θ ← θ − η·ẑ ⊗ √ŝ + ε", "z ← βz + (1 − β)g, θ ← θ − η·ẑ ⊘ (√ŝ + ε)", adam
    ),
    Erratum(
        "D1",
        9,
        "AdamW adds the decay to the loss",
        "to the update: in the loss, Adam would divide it by √ŝ and hardly any would be left",
        adamw,
    ),
    Erratum(
        "D1",
        10,
        "cosine annealing: η₀(1 + cos)/2·(1 − α) + α, α a fraction of η₀",
        "η₀((1 + cos)/2·(1 − α) + α)",
        cosine_annealing,
    ),
    Erratum(
        "D1",
        11,
        "large batches help to escape from local minima",
        "small ones do: their gradients are noisy",
        batch_size,
    ),
    Erratum(
        "D4",
        13,
        "softmax before CrossEntropyLoss",
        "logits: the loss applies log-softmax itself, and with probabilities stops at log(1 + (K − 1)/e)",
        softmax_before_cross_entropy,
    ),
    Erratum(
        "D4",
        13,
        "forward has no return, and input_size is defined nowhere",
        "return x, and input_size an argument",
        unfinished_network,
    ),
)
