"""Dropout: noise that a network has to cope with while training, and what the noise says of its certainty."""

import numpy as np

from course_lib.layers.basic import Container, Layer, generator
from course_lib.layers.sizes import whole
from course_lib.validation import floats, number, upstream

__all__ = ["Dropout", "FeatureDropout", "AlphaDropout", "MonteCarloDropout"]  # noqa: RUF022


class Dropout(Layer):
    """mask · x / (1 − p) while training, x afterwards; the mask is 0 with probability p, 0 ≤ p < 1, drawn at each pass.

    "Inverted": the division keeps the expected value, so that evaluation has nothing to do. The paper multiplies by
    1 − p in evaluation instead, the same in expectation, and its p is the probability to keep; ours is PyTorch's.
    Hinton et al. (2012), arXiv:1207.0580; Srivastava et al. (2014), Dropout: a simple way to prevent neural networks
    from overfitting.
    """

    def __init__(self, p, rng):
        super().__init__()
        self.p, self.rng = number("p", p, 0, 1, or_low=True), generator(rng)

    def keep(self, x):
        """1 where x stays, 0 where it is dropped."""
        return (self.rng.random(x.shape) >= self.p).astype(x.dtype)

    def forward(self, x):
        x = floats("x", x)
        self.scale = self.keep(x) / (1 - self.p) if self.training else 1.0
        self.y = x * self.scale
        return self.y

    def backward(self, dy):
        return upstream(dy, self.y) * self.scale


class FeatureDropout(Dropout):
    """Dropout of whole channels: x (N, C, …), one draw for each example and channel.

    Neighbouring pixels say nearly the same, so dropping single ones would take little away.
    Tompson et al. (2015), Efficient object localization using convolutional networks, arXiv:1411.4280.
    """

    def keep(self, x):
        two_axes(x)
        return (self.rng.random(x.shape[:2] + (1,) * (x.ndim - 2)) >= self.p).astype(x.dtype)


class AlphaDropout(Dropout):
    """a(x · mask + α′(1 − mask)) + b while training, x afterwards: Dropout for SELU, to whose lowest value α′ it drops.

    a = 1/√(q + α′²q·p) and b = −a·α′·p with q = 1 − p keep mean 0 and variance 1 what they are; α′ = −λα ≈ −1.7581.
    Klambauer et al. (2017), Self-normalizing neural networks, arXiv:1706.02515.
    """

    lowest = -1.0507009873554805 * 1.6732632423543772

    def forward(self, x):
        x = floats("x", x)
        self.scale, shift = 1.0, 0.0
        if self.training:
            keep, q = self.keep(x), 1 - self.p
            a = (q + self.lowest**2 * q * self.p) ** -0.5
            self.scale, shift = a * keep, a * self.lowest * (1 - keep) - a * self.lowest * self.p
        self.y = x * self.scale + shift
        return self.y


class MonteCarloDropout(Container):
    """y = the mean of `passes` passes through the layer with its dropout left on; `spread`, their standard deviation.

    The answer of evaluation; while training it is one pass, the layer's own. Other layers inside obey `training`.
    All passes are one large batch, repeated along the first axis; the spread divides by passes, not passes − 1.
    Gal and Ghahramani (2016), Dropout as a Bayesian approximation, arXiv:1506.02142.
    """

    def __init__(self, layer, passes=100):
        super().__init__({"layer": layer})
        self.layer, self.passes = layer, whole("passes", passes)
        if not list(dropouts(layer)):
            raise ValueError("the layer has no dropout and would answer the same each time; expected Dropout inside")

    def forward(self, x):
        x = np.asarray(x)
        self.shape = (1 if self.training else self.passes, *x.shape)
        for layer in dropouts(self.layer):
            layer.training = True
        y = self.layer.forward(np.concatenate([x] * self.shape[0]))
        self.training = self.training  # the dropout, too
        y = y.reshape(self.shape[:2] + y.shape[1:])
        self.y, self.spread = y.mean(axis=0), y.std(axis=0)
        return self.y

    def backward(self, dy):
        each = upstream(dy, self.y) / self.shape[0]
        dx = self.layer.backward(np.concatenate([each] * self.shape[0]))
        return None if dx is None else dx.reshape(self.shape).sum(axis=0)


def dropouts(layer):
    """The dropout layers of a layer, however deep."""
    if isinstance(layer, Dropout):
        yield layer
    for child in getattr(layer, "children", {}).values():
        yield from dropouts(child)


def two_axes(x):
    if x.ndim < 2:
        raise ValueError(f"x has shape {tuple(x.shape)}; expected (N, C, …), examples and channels: try reshape")
