"""Errata on perceptrons, activations and layers."""

import inspect

import numpy as np

from course_lib.errata.erratum import Erratum, sigmoid, slope

__all__ = ["ROWS"]


def perceptron_rule():
    """Mistakes on 40 points that a line separates, after 50 passes."""
    x = np.random.default_rng(0).normal(size=(60, 3))
    x[:, 2] = 1  # the bias
    distance = x @ [2.0, -1.0, 0.5]
    x, y = x[abs(distance) > 0.3][:40], (distance[abs(distance) > 0.3] > 0)[:40]

    def mistakes(rule):
        theta = np.zeros(3)
        for _ in range(50):
            for xi, yi in zip(x, y):
                theta = rule(theta, 0.1, yi - float(theta @ xi >= 0), xi)
        return float(((x @ theta >= 0) != y).sum())

    return {
        "printed": mistakes(lambda theta, eta, error, xi: theta - eta * error * xi),
        "mended": mistakes(lambda theta, eta, error, xi: theta + eta * error * xi),
    }


def perceptron_output():
    """How many different outputs 1001 different inputs from −1 to 1 have."""
    z = np.linspace(-1, 1, 1001)
    return {
        "any value": float(np.unique(z).size),
        "sign": float(np.unique(np.sign(z)).size),
        "Heaviside": float(np.unique(np.heaviside(z, 1)).size),
    }


def relu_derivative():
    """Largest difference from the measured slope of max(0, z), away from the corner."""
    z = np.array([-2.0, -0.5, 0.5, 2.0])
    measured = slope(lambda z: np.maximum(0, z), z)
    return {
        "printed": float(abs(np.where(z <= 0, 1, 0) - measured).max()),
        "mended": float(abs(np.where(z > 0, 1, 0) - measured).max()),
    }


def linear_vanishing():
    """Gradient through 20 units in a row, each with weight 1, from 0.5: linear, and sigmoid for comparison."""

    def gradient(activation, derivative):
        z, factor = 0.5, 1.0
        for _ in range(20):
            factor *= derivative(z)
            z = activation(z)
        return float(factor)

    return {
        "linear": gradient(lambda z: z, lambda z: 1.0),
        "sigmoid": gradient(sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    }


def tanh_exploding():
    """Largest slope of tanh, and of 20 in a row, each with weight 1; beside it what 20 weights of 2 do alone."""
    z = np.linspace(-5, 5, 1001)
    deep, gradient = z, np.ones_like(z)
    for _ in range(20):
        deep = np.tanh(deep)
        gradient = gradient * (1 - deep**2)
    return {
        "one": float((1 - np.tanh(z) ** 2).max()),
        "20 in a row": float(gradient.max()),
        "20 weights of 2": 2.0**20,
    }


def elu_smooth():
    """Jump of the slope at 0, for α = 1 and α = 0.3."""

    def jump(alpha):
        def elu(z):
            return np.where(z > 0, z, alpha * np.expm1(z))

        return float(slope(elu, 1e-3) - slope(elu, -1e-3))

    return {"α = 1": jump(1.0), "α = 0.3": jump(0.3)}


def relu_wrong_variable():
    """Slopes of max(0, w·x) at w = 2, x = 3, where the printed ∂h/∂w is 1."""
    return {
        "printed ∂h/∂w": float(2 * 3 > 0),
        "measured ∂h/∂w": float(slope(lambda w: np.maximum(0, w * 3), 2.0)),
        "measured ∂h/∂z, z = w·x": float(slope(lambda z: np.maximum(0, z), 2.0 * 3)),
    }


def dead_relu_rate():
    """Of 200 units max(0, wx + b) fitted to x² on [−1, 1]: how many die, and how many dead ones come back."""
    x = np.linspace(-1, 1, 21)[:, None]

    def gradient(w, b):
        z = w * x + b
        dz = 2 * (np.maximum(0, z) - x**2) * (z > 0) / len(x)
        return (dz * x).sum(axis=0), dz.sum(axis=0)

    def dead(w, b):
        return (w * x + b <= 0).all(axis=0)

    def train(rate, w, b, steps=60):
        for _ in range(steps):
            dw, db = gradient(w, b)
            w, b = w - rate * dw, b - rate * db
        return w, b

    rng = np.random.default_rng(0)
    start = rng.normal(size=200), np.full(200, 0.1)
    shot = train(1.5, *start)
    killed = dead(*shot)
    back = ~dead(*train(300.0, shot[0][killed], shot[1][killed]))
    return {
        "dead at rate 0.1": float(dead(*train(0.1, *start)).sum()),
        "dead at rate 1.5": float(killed.sum()),
        "of these back at rate 300": float(back.sum()),
    }


def mish_parameters():
    """How many parameters each activation has beside its input, and the slope of Swish at 1 for its own, β = 1."""

    def mish(z):
        return z * np.tanh(np.log1p(np.exp(z)))

    def swish(z, beta):
        return z * sigmoid(beta * z)

    def prelu(z, alpha):
        return np.where(z > 0, z, alpha * z)

    count = {f.__name__: float(len(inspect.signature(f).parameters) - 1) for f in (mish, swish, prelu)}
    return count | {"slope of swish for β": float(slope(lambda beta: swish(1.0, beta), 1.0))}


def dropout_masks():
    """Different masks of 20 neurons among the 100 forward passes of one epoch."""
    rng = np.random.default_rng(0)
    each_epoch = np.repeat(rng.uniform(size=(1, 20)) < 0.5, 100, axis=0)
    each_pass = rng.uniform(size=(100, 20)) < 0.5
    return {"printed": float(len(np.unique(each_epoch, axis=0))), "mended": float(len(np.unique(each_pass, axis=0)))}


def batch_norm():
    """A batch in which a feature has the same value for all examples, normalized; ε = 1e-5."""
    x = np.full(8, 3.0)
    with np.errstate(invalid="ignore"):
        printed = (x - x.mean()) / x.std()
    return {"printed": float(printed[0]), "mended": float(((x - x.mean()) / np.sqrt(x.var() + 1e-5))[0])}


ROWS = (
    Erratum(
        "D1",
        1,
        "θ ← θ − η(y − ŷ)x",
        "θ ← θ + η(y − ŷ)x: the printed sign walks away from the solution",
        perceptron_rule,
    ),
    Erratum(
        "D1",
        1,
        "a perceptron's output is any value between −1 and 1",
        "0 or 1 with Heaviside; −1, 0 or 1 with sign",
        perceptron_output,
    ),
    Erratum("D1", 3, "ReLU′ = 1 for z ≤ 0, 0 for z > 0", "ReLU′ = 1 for z > 0, 0 for z ≤ 0", relu_derivative),
    Erratum(
        "D1",
        3,
        "a linear activation can make gradients vanish",
        "its derivative is 1 and changes no gradient; what it lacks is nonlinearity",
        linear_vanishing,
    ),
    Erratum(
        "D1",
        3,
        "tanh can make gradients explode",
        "tanh′ ≤ 1, so it never enlarges a gradient; the weights do",
        tanh_exploding,
    ),
    Erratum("D1", 3, "ELU is smooth everywhere", "for α = 1; otherwise its slope jumps at 0, by 1 − α", elu_smooth),
    Erratum(
        "D3",
        3,
        "ReLU: ∂h/∂w = 1 when x > 0",
        "∂h/∂x = 1 when x > 0; for a weight, x comes as a factor",
        relu_wrong_variable,
    ),
    Erratum(
        "D3",
        3,
        "against dead neurons, higher learning rates might help",
        "they kill more; a dead unit has gradient 0, and no rate brings it back",
        dead_relu_rate,
    ),
    Erratum("D0", 3, "Mish has learnable parameters", "it has none; Swish with β and PReLU have one", mish_parameters),
    Erratum("D1", 7, "x̂ = (x − μ)/σ", "x̂ = (x − μ)/√(σ² + ε), or a constant feature gives 0/0", batch_norm),
    Erratum(
        "D1",
        8,
        "dropout disables neurons at each epoch",
        "at each forward pass: a new mask for every batch",
        dropout_masks,
    ),
)
