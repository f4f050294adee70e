"""Optimizers: `init(p)` -> state, `update(p, g, state, lr, t)` -> the new parameter; `step` walks many parameters.

First the rules with one rate for all weights, then those that give each weight its own, then the Adam family.
"""

from numbers import Integral

import numpy as np

from course_lib.validation import floats, number

__all__ = [  # noqa: RUF022 in the order of the file
    "SGD", "Momentum", "Nesterov", "AdaGrad", "RMSprop", "Adam", "Nadam", "AdamW",
]  # fmt: skip


class Optimizer:
    """What all optimizers share: `step(params, grads)` walks two dicts and writes into the arrays of params.

    update works on one parameter: p and its gradient g, of one shape; the learning rate lr; t, the number of
    this step, counted from 1 (at t = 0 the bias corrections would divide by 0). p and g are left alone. Entries
    of the state, a dict, are replaced by new arrays and never written into.
    A schedule sets `optimizer.lr`; 0 is allowed and moves nothing.
    """

    def __init__(self, lr):
        self.lr = number("lr", lr, 0, np.inf, or_low=True)
        self.t, self.state = 0, {}

    def init(self, p):
        return {}

    def update(self, p, g, state, lr, t):
        raise NotImplementedError

    def step(self, params, grads):
        if params.keys() != grads.keys():
            names = f"params holds {sorted(params)} and grads {sorted(grads)}"
            raise ValueError(f"{names}; expected the same names: try backward before step")
        self.t += 1
        for name, p in params.items():
            if name not in self.state:
                self.state[name] = self.init(p)
            p[...] = self.update(p, grads[name], self.state[name], self.lr, self.t)


class SGD(Optimizer):
    """p − lr·g. Robbins and Monro (1951), A stochastic approximation method."""

    def __init__(self, lr=0.01):
        super().__init__(lr)

    def update(self, p, g, state, lr, t):
        g, lr, t = checked(p, g, lr, t)
        return p - lr * g


class Momentum(Optimizer):
    """velocity ← momentum·velocity + g; p − lr·velocity.

    The velocity holds gradients, not steps, so a new rate acts at once on the whole of it, as in PyTorch. With
    the rate inside (velocity ← momentum·velocity − lr·g) it is the same while lr stays the same. There is no
    dampening: steady gradients move p by lr·g/(1 − momentum).
    Polyak (1964), Some methods of speeding up the convergence of iteration methods.
    """

    def __init__(self, lr=0.01, momentum=0.9):
        super().__init__(lr)
        self.momentum = number("momentum", momentum, 0, 1, or_low=True)

    def init(self, p):
        return {"velocity": np.zeros_like(p)}

    def update(self, p, g, state, lr, t):
        g, lr, t = checked(p, g, lr, t)
        state["velocity"] = self.momentum * state["velocity"] + g
        return p - lr * state["velocity"]


class Nesterov(Momentum):
    """velocity ← momentum·velocity + g; p − lr·(g + momentum·velocity).

    The gradient is taken at p, as in PyTorch. In Nesterov's own form it is taken ahead of p, at
    p − lr·momentum·velocity; while lr stays the same, those points ahead are the p of this form.
    Nesterov (1983); Sutskever et al. (2013), On the importance of initialization and momentum in deep learning.
    """

    def update(self, p, g, state, lr, t):
        g, lr, t = checked(p, g, lr, t)
        state["velocity"] = self.momentum * state["velocity"] + g
        return p - lr * (g + self.momentum * state["velocity"])


class AdaGrad(Optimizer):
    """s ← s + g²; p − lr·g/(√s + eps): eps outside the root. The first step is lr, whatever the size of g.

    Duchi, Hazan and Singer (2011), Adaptive subgradient methods for online learning and stochastic optimization.
    """

    def __init__(self, lr=0.01, eps=1e-10):
        super().__init__(lr)
        self.eps = number("eps", eps, 0, np.inf)

    def init(self, p):
        return {"s": np.zeros_like(p)}

    def update(self, p, g, state, lr, t):
        g, lr, t = checked(p, g, lr, t)
        state["s"] = state["s"] + g**2
        return p - lr * g / (np.sqrt(state["s"]) + self.eps)


class RMSprop(Optimizer):
    """s ← beta·s + (1 − beta)·g²; p − lr·g/(√s + eps): eps outside the root.

    s starts at 0 and is not corrected for it: the first step is lr/√(1 − beta), three times lr.
    Tieleman and Hinton (2012), Neural networks for machine learning, lecture 6.5.
    """

    def __init__(self, lr=0.001, beta=0.9, eps=1e-8):
        super().__init__(lr)
        self.beta = number("beta", beta, 0, 1, or_low=True)
        self.eps = number("eps", eps, 0, np.inf)

    def init(self, p):
        return {"s": np.zeros_like(p)}

    def update(self, p, g, state, lr, t):
        g, lr, t = checked(p, g, lr, t)
        state["s"] = self.beta * state["s"] + (1 - self.beta) * g**2
        return p - lr * g / (np.sqrt(state["s"]) + self.eps)


class Adam(Optimizer):
    """m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²; p − lr·m̂/(√v̂ + eps), m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).

    eps stands outside the root, after the bias correction. The first step is lr, whatever the size of g.
    Kingma and Ba (2015), Adam: a method for stochastic optimization, arXiv:1412.6980.
    """

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(lr)
        self.beta1 = number("beta1", beta1, 0, 1, or_low=True)
        self.beta2 = number("beta2", beta2, 0, 1, or_low=True)
        self.eps = number("eps", eps, 0, np.inf)

    def init(self, p):
        return {"m": np.zeros_like(p), "v": np.zeros_like(p)}

    def update(self, p, g, state, lr, t):
        g, lr, t = checked(p, g, lr, t)
        state["m"] = self.beta1 * state["m"] + (1 - self.beta1) * g
        state["v"] = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        m_hat = state["m"] / (1 - self.beta1**t)
        v_hat = state["v"] / (1 - self.beta2**t)
        return p - lr * m_hat / (np.sqrt(v_hat) + self.eps)


class Nadam(Adam):
    """Adam with m̂ = μₜ₊₁m/(1 − μ₁⋯μₜ₊₁) + (1 − μₜ)g/(1 − μ₁⋯μₜ), μₜ = β₁(1 − ½·0.96^(t·momentum_decay)).

    The momentum μ grows from about β₁/2 to β₁, as in PyTorch; momentum_decay = 0 keeps it at β₁/2. m itself
    averages with β₁. Dozat (2016), Incorporating Nesterov momentum into Adam.
    """

    def __init__(self, lr=0.002, beta1=0.9, beta2=0.999, eps=1e-8, momentum_decay=0.004):
        super().__init__(lr, beta1, beta2, eps)
        self.momentum_decay = number("momentum_decay", momentum_decay, 0, np.inf, or_low=True)

    def init(self, p):
        return {**super().init(p), "mu_product": 1.0}

    def update(self, p, g, state, lr, t):
        g, lr, t = checked(p, g, lr, t)
        mu, mu_next = (self.beta1 * (1 - 0.5 * 0.96 ** (n * self.momentum_decay)) for n in (t, t + 1))
        state["mu_product"] = state["mu_product"] * mu
        state["m"] = self.beta1 * state["m"] + (1 - self.beta1) * g
        state["v"] = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        ahead = mu_next * state["m"] / (1 - state["mu_product"] * mu_next)
        m_hat = ahead + (1 - mu) * g / (1 - state["mu_product"])
        v_hat = state["v"] / (1 - self.beta2**t)
        return p - lr * m_hat / (np.sqrt(v_hat) + self.eps)


class AdamW(Adam):
    """Adam's new parameter − lr·weight_decay·p, p being the parameter before the step.

    The decay is not part of the gradient, so v does not rescale it; it follows lr, as in PyTorch.
    Loshchilov and Hutter (2019), Decoupled weight decay regularization, arXiv:1711.05101.
    """

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
        super().__init__(lr, beta1, beta2, eps)
        self.weight_decay = number("weight_decay", weight_decay, 0, np.inf, or_low=True)

    def update(self, p, g, state, lr, t):
        g, lr, t = checked(p, g, lr, t)
        return super().update(p, g, state, lr, t) - lr * self.weight_decay * p


def checked(p, g, lr, t):
    """g as an array like p, lr as a float and t as it is; ValueError when one of them cannot be."""
    p, g = floats("p", p), np.asarray(g)
    if g.shape != p.shape:
        raise ValueError(f"p has shape {p.shape} and its gradient g {g.shape}; expected equal shapes")
    if not isinstance(t, Integral) or t < 1:
        raise ValueError(f"t is {t!r}; expected the number of the step: 1 for the first")
    return g.astype(p.dtype, copy=False), number("lr", lr, 0, np.inf, or_low=True), int(t)
