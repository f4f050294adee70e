"""The first artificial neurons: McCulloch and Pitts's, Rosenblatt's, and the rules they were taught by.

Plain whole numbers will do for x, weights and targets; they are counted with as floats.
"""

from numbers import Integral

import numpy as np

from course_lib.activations import Heaviside, Identity, Sign
from course_lib.validation import number, require

__all__ = [  # noqa: RUF022 in the order of the file
    "McCullochPitts", "ThresholdLogicUnit", "Perceptron", "delta_rule",
]  # fmt: skip


class McCullochPitts:
    """1 where Σ weight·x ≥ threshold, else 0; x (…, D) of 0 and 1 -> (…), whole numbers. Nothing is learned.

    A weight is +1 where an input excites and −1 where it inhibits. AND: weights (1, 1), threshold 2. OR: (1, 1) and 1.
    NOT: (−1,) and 0. In the paper one inhibiting input silences the neuron, whatever the others say: a weight below
    threshold − Σ of the others does that.
    McCulloch and Pitts (1943), A logical calculus of the ideas immanent in nervous activity, doi:10.1007/BF02478259.
    """

    def __init__(self, weights, threshold):
        self.weights = _weights(weights, axes=1)
        self.threshold = number("threshold", threshold, -np.inf, np.inf)

    def forward(self, x):
        x = _inputs(x, self.weights)
        require("x holds", x, (x == 0) | (x == 1), "expected 0 or 1: try x > 0")
        return (x @ self.weights.astype(x.dtype) >= self.threshold).astype(int)


class ThresholdLogicUnit:
    """φ(Σ weight·x + bias), x (…, D) -> (…); φ is Heaviside unless told otherwise, so −bias is the threshold.

    Rosenblatt (1958), The perceptron, doi:10.1037/h0042519.
    """

    def __init__(self, weights, bias=0.0, activation=Heaviside):
        self.weights, self.bias = _weights(weights, axes=1), number("bias", bias, -np.inf, np.inf)
        self.activation = activation()

    def forward(self, x):
        x = _inputs(x, self.weights)
        return self.activation.forward(x @ self.weights.astype(x.dtype) + self.bias)


class Perceptron:
    """y = φ(x Wᵀ + b), one layer of threshold logic units, x (N, inputs) -> (N, units), and its learning rule.

    After each example, unit by unit: weight + lr·(target − y)·x, bias + lr·(target − y); so only mistakes change it.
    Targets are 0 and 1 for Heaviside, −1 and +1 for Sign. Weights start at 0, or with an rng normal with standard
    deviation 0.01: units that start alike learn what their own targets teach them.
    Rosenblatt (1958), The perceptron, doi:10.1037/h0042519.
    """

    def __init__(self, inputs, units=1, lr=1.0, activation=Heaviside, rng=None):
        shape = _whole("units", units), _whole("inputs", inputs)
        self.lr, self.activation = number("lr", lr, 0, np.inf), activation()
        self.params = {
            "weight": np.zeros(shape) if rng is None else rng.normal(0, 0.01, shape),
            "bias": np.zeros(units),
        }

    def forward(self, x):
        weight, bias = self.params.values()
        x = _inputs(x, weight)
        return self.activation.forward(x @ weight.T.astype(x.dtype) + bias.astype(x.dtype))

    def learn(self, x, target):
        """The rule for one example, x (inputs,), target (units,) -> how many units were wrong."""
        error = self._targets(target, ()) - self.forward(x)
        self.params = {
            "weight": self.params["weight"] + self.lr * np.outer(error, x),
            "bias": self.params["bias"] + self.lr * error,
        }
        return int(np.count_nonzero(error))

    def fit(self, x, target, epochs=100, rng=None):
        """Learn from one example after the other until an epoch passes without a mistake -> mistakes of each epoch.

        x (N, inputs), target (N, units), or (N,) for one unit; in the order given, or with an rng in a new one each
        epoch. Where a line separates the classes, at a distance of γ or more and with all |x| ≤ R, there are at most
        (R/γ)² mistakes for a Heaviside unit that starts at 0, the bias counting as a weight of an input 1.
        Novikoff (1962), On convergence proofs on perceptrons.
        """
        x = np.asarray(x)
        target = self._targets(target, x.shape[:1])
        mistakes = []
        for _ in range(_whole("epochs", epochs)):
            order = np.arange(len(x)) if rng is None else rng.permutation(len(x))
            mistakes.append(sum(self.learn(x[i], target[i]) for i in order))
            if not mistakes[-1]:
                break
        return mistakes

    def _targets(self, target, examples):
        target, units = np.asarray(target), len(self.params["bias"])
        if target.shape != (*examples, units) and not (units == 1 and target.shape == examples):
            raise ValueError(
                f"target has shape {target.shape}; expected {(*examples, units)}, one column for each unit"
            )
        if isinstance(self.activation, Heaviside):
            require("target holds", target, (target == 0) | (target == 1), "expected 0 or 1: try activation=Sign")
        if isinstance(self.activation, Sign):
            require("target holds", target, abs(target) == 1, "expected −1 or +1: try 2*target − 1 for 0 and 1")
        return target.reshape(*examples, units)


def delta_rule(weight, bias, x, target, lr=0.01, activation=Identity):
    """weight + lr·mean of (target − y)·φ′(z)·x, y = φ(z), z = x Wᵀ + b: a step down the mean of ½‖target − y‖².

    weight (units, D), bias (units,), x (N, D), target (N, units) -> new weight, new bias. It learns from how far y is
    off, and so needs a φ with a slope: Identity as in the paper, or Sigmoid. Of one example it is the paper's.
    Widrow and Hoff (1960), Adaptive switching circuits.
    """
    weight, bias = _weights(weight, axes=2), np.asarray(bias)
    x, target, lr = np.atleast_2d(_inputs(x, weight)), np.asarray(target), number("lr", lr, 0, np.inf)
    phi = activation()
    y = phi.forward(x @ weight.T + bias)
    if target.shape != y.shape:
        raise ValueError(f"target has shape {target.shape}; expected {y.shape}, one column for each unit: try reshape")
    dz = phi.backward(y - target) / len(x)
    return weight - lr * dz.T @ x, bias - lr * dz.sum(axis=0)


def _weights(weights, axes):
    weights = _floating("weights", weights)
    if weights.ndim != axes or weights.size == 0:
        expected = "(D,), one weight for each input" if axes == 1 else "(units, D)"
        raise ValueError(f"weights has shape {weights.shape}; expected {expected}")
    return weights.copy()


def _inputs(x, weights):
    x = _floating("x", x)
    if x.ndim == 0 or x.shape[-1] != weights.shape[-1]:
        raise ValueError(f"x has shape {x.shape}; expected (…, {weights.shape[-1]}), as many inputs as weights")
    return x


def _floating(name, x):
    x = np.asarray(x)
    if x.dtype.kind not in "biuf":
        raise TypeError(f"{name} is {x.dtype}; expected numbers")
    return x if x.dtype in (np.float32, np.float64) else x.astype(float)


def _whole(name, value):
    if not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name} is {value!r}; expected a whole number, 1 or more")
    return int(value)
