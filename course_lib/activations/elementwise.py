"""Activations of each element of x, whatever the shape of x."""

import math

import numpy as np

from course_lib.activations.shapes import meets_channels
from course_lib.validation import floats, number, one_of, upstream


class Elementwise:
    """y = f(x) for each element of x, of any shape; forward keeps the slope f′(x), and backward multiplies by it."""

    slope: np.ndarray | None = None

    def backward(self, dy):
        return upstream(dy, self.slope) * self.slope


class Heaviside(Elementwise):
    """1 where x ≥ 0, 0 elsewhere; its slope is 0, also at the step, so nothing learns through it.

    McCulloch and Pitts (1943), A logical calculus of the ideas immanent in nervous activity, doi:10.1007/BF02478259.
    """

    def forward(self, x):
        x = floats("x", x)
        self.slope = np.zeros_like(x)
        return np.heaviside(x, 1)


class Sign(Elementwise):
    """−1 where x < 0, 0 where x = 0, 1 where x > 0; its slope is 0, as Heaviside's."""

    def forward(self, x):
        x = floats("x", x)
        self.slope = np.zeros_like(x)
        return np.sign(x)


class Identity(Elementwise):
    """x, the "linear" activation; slope 1. A network that has no other is a single linear map."""

    def forward(self, x):
        x = floats("x", x)
        self.slope = np.ones_like(x)
        return x.copy()


class Sigmoid(Elementwise):
    """σ(x) = 1/(1 + e⁻ˣ), from 0 to 1; slope σ(1 − σ), at most ¼.

    Rumelhart, Hinton and Williams (1986), Learning representations by back-propagating errors, doi:10.1038/323533a0.
    """

    def forward(self, x):
        y = _sigmoid(floats("x", x))
        self.slope = y * (1 - y)
        return y


class Tanh(Elementwise):
    """(eˣ − e⁻ˣ)/(eˣ + e⁻ˣ) = 2σ(2x) − 1, from −1 to 1; slope 1 − tanh², at most 1.

    LeCun et al. (1998), Efficient backprop, doi:10.1007/3-540-49430-8_2.
    """

    def forward(self, x):
        y = np.tanh(floats("x", x))
        self.slope = 1 - y**2
        return y


class ReLU(Elementwise):
    """max(x, 0); slope 1 where x > 0, and 0 elsewhere, also at 0.

    Nair and Hinton (2010), Rectified linear units improve restricted Boltzmann machines.
    """

    def forward(self, x):
        x = floats("x", x)
        self.slope = np.heaviside(x, 0)
        return np.maximum(x, 0)


class LeakyReLU(Elementwise):
    """x where x > 0, αx elsewhere; slope α at 0.

    Maas, Hannun and Ng (2013), Rectifier nonlinearities improve neural network acoustic models.
    """

    def __init__(self, alpha=0.01):
        self.alpha = number("alpha", alpha, 0, np.inf, or_low=True)

    def forward(self, x):
        x = floats("x", x)
        self.slope = np.where(x > 0, 1, self.alpha).astype(x.dtype)
        return x * self.slope


class RReLU(Elementwise):
    """x where x > 0, ax elsewhere; a is drawn anew for each element from [lower, upper), or their mean in evaluation.

    `training` says which of the two. Xu et al. (2015), Empirical evaluation of rectified activations in convolutional
    network, arXiv:1505.00853, divide by numbers from 3 to 8; PyTorch and we multiply, and average what multiplies.
    """

    training = True

    def __init__(self, lower=1 / 8, upper=1 / 3, *, rng):
        self.lower = number("lower", lower, 0, np.inf, or_low=True)
        self.upper = number("upper", upper, self.lower, np.inf, or_low=True)
        self.rng = rng

    def forward(self, x):
        x = floats("x", x)
        mean = (self.lower + self.upper) / 2
        a = self.rng.uniform(self.lower, self.upper, x.shape) if self.training else mean
        self.slope = np.where(x > 0, 1, a).astype(x.dtype)
        return x * self.slope


class PReLU(Elementwise):
    """x where x > 0, αx elsewhere, α learned: one for all of x, or one for each channel of x (N, C, …).

    alpha is what it starts from; params alpha (channels,).
    He et al. (2015), Delving deep into rectifiers, arXiv:1502.01852.
    """

    def __init__(self, channels=1, alpha=0.25):
        number("channels", channels, 1, np.inf, or_low=True)
        self.params = {"alpha": np.full(channels, number("alpha", alpha, -np.inf, np.inf))}
        self.grads = {}

    def forward(self, x):
        x, alpha = floats("x", x), self.params["alpha"]
        alpha = alpha.astype(x.dtype).reshape(meets_channels(x, alpha.size))
        self.below = np.minimum(x, 0)
        self.slope = np.where(x > 0, 1, alpha)
        return x * self.slope

    def backward(self, dy):
        each, channels = upstream(dy, self.slope) * self.below, self.params["alpha"].size
        others = tuple(axis for axis in range(each.ndim) if axis != 1 or channels == 1)
        self.grads["alpha"] = each.sum(axis=others).reshape(channels)
        return super().backward(dy)


class ELU(Elementwise):
    """x where x > 0, α(eˣ − 1) elsewhere; slope αeˣ there, and α at 0.

    Clevert, Unterthiner and Hochreiter (2015), Fast and accurate deep network learning by exponential linear units,
    arXiv:1511.07289.
    """

    def __init__(self, alpha=1.0):
        self.alpha = number("alpha", alpha, 0, np.inf)

    def forward(self, x):
        x = floats("x", x)
        below = np.minimum(x, 0)  # np.where computes both branches: eˣ must not overflow where it is not wanted
        self.slope = np.where(x > 0, 1, self.alpha * np.exp(below))
        return np.where(x > 0, x, self.alpha * np.expm1(below))


class SELU(Elementwise):
    """λx where x > 0, λα(eˣ − 1) elsewhere; slope λαeˣ there, and λα at 0.

    With these λ and α, standard normal numbers keep mean 0 and variance 1.
    Klambauer et al. (2017), Self-normalizing neural networks, arXiv:1706.02515.
    """

    lambda_, alpha = 1.0507009873554805, 1.6732632423543772

    def forward(self, x):
        x = floats("x", x)
        below = np.minimum(x, 0)
        self.slope = self.lambda_ * np.where(x > 0, 1, self.alpha * np.exp(below))
        return self.lambda_ * np.where(x > 0, x, self.alpha * np.expm1(below))


class Softplus(Elementwise):
    """log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|), a smooth ReLU; slope σ(x).

    Dugas et al. (2000), Incorporating second-order functional knowledge for better option pricing.
    """

    def forward(self, x):
        x = floats("x", x)
        self.slope = _sigmoid(x)
        return _softplus(x)


class Swish(Elementwise):
    """x·σ(βx), β learned; slope σ + βxσ(1 − σ). β = 1 is SiLU, β → ∞ is ReLU.

    beta is what it starts from; params beta (1,).
    Ramachandran, Zoph and Le (2017), Searching for activation functions, arXiv:1710.05941.
    """

    def __init__(self, beta=1.0):
        self.params = {"beta": np.array([number("beta", beta, -np.inf, np.inf)])}
        self.grads = {}

    def forward(self, x):
        x = floats("x", x)
        beta = self.params["beta"].astype(x.dtype).reshape(())
        s = _sigmoid(beta * x)
        bend = x * s * _sigmoid(-beta * x)  # 1 − σ(z) = σ(−z), but with all its digits: x² makes them count
        self.slope, self.beta_slope = s + beta * bend, x * bend
        return x * s

    def backward(self, dy):
        self.grads["beta"] = np.sum(upstream(dy, self.slope) * self.beta_slope).reshape(1)
        return super().backward(dy)


class Mish(Elementwise):
    """x·tanh(log(1 + eˣ)); slope t + x(1 − t²)σ(x), t being that tanh. Nothing in it is learned.

    Misra (2019), Mish: a self regularized non-monotonic activation function, arXiv:1908.08681.
    """

    def forward(self, x):
        x = floats("x", x)
        t = np.tanh(_softplus(x))
        self.slope = t + x * (1 - t**2) * _sigmoid(x)
        return x * t


class GELU(Elementwise):
    """x·Φ(x), Φ the distribution function of a standard normal number and φ its density; slope Φ + xφ.

    form "exact", or "tanh" for Φ(x) ≈ ½(1 + tanh(√(2/π)(x + 0.044715x³))), off by less than 0.0005.
    Hendrycks and Gimpel (2016), Gaussian error linear units, arXiv:1606.08415.
    """

    def __init__(self, form="exact"):
        self.form = one_of("form", form, ("exact", "tanh"))

    def forward(self, x):
        x = floats("x", x)
        if self.form == "exact":
            normal = _erfc(-x / math.sqrt(2)).astype(x.dtype) / 2
            density = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
        else:
            c = math.sqrt(2 / math.pi)
            t = np.tanh(c * (x + 0.044715 * x**3))
            normal, density = (1 + t) / 2, (1 - t**2) / 2 * c * (1 + 3 * 0.044715 * x**2)
        self.slope = normal + x * density
        return x * normal


_erfc = np.vectorize(math.erfc, otypes=[float])  # NumPy has none


def _sigmoid(x):
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-abs(x)))


def _softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-abs(x)))
