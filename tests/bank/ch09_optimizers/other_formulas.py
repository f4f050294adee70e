"""Other right answers: the same numbers by other formulas, or from other memories."""

import numpy as np


class SGD:
    def init(self, p):
        return {}

    def update(self, p, g, state, lr, t):
        new = np.array(p)
        new -= np.multiply(g, lr)
        return new


class Momentum:
    """Remembers all gradients and weighs them anew at every step."""

    def __init__(self, momentum=0.9):
        self.momentum = momentum

    def init(self, p):
        return {"gradients": []}

    def update(self, p, g, state, lr, t):
        state["gradients"].append(np.array(g))
        shares = self.momentum ** np.arange(len(state["gradients"]))[::-1]
        return p - lr * np.tensordot(shares, np.stack(state["gradients"]), axes=1)


class Nesterov:
    """Writes the step in the gradient and the old velocity."""

    def __init__(self, momentum=0.9):
        self.momentum = momentum

    def init(self, p):
        return {"old": 0.0}

    def update(self, p, g, state, lr, t):
        beta = self.momentum
        new = p - lr * ((1 + beta) * g + beta**2 * state["old"])
        state["old"] = beta * state["old"] + g
        return new


class AdaGrad:
    """Remembers the root: √(a² + b²) is a hypotenuse."""

    def __init__(self, eps=1e-10):
        self.eps = eps

    def init(self, p):
        return {"root": np.zeros(p.shape)}

    def update(self, p, g, state, lr, t):
        state["root"] = np.hypot(state["root"], g)
        return p - lr * np.divide(g, state["root"] + self.eps)


class RMSprop:
    """Remembers the root: √(βa² + (1 − β)b²) is a hypotenuse."""

    def __init__(self, beta=0.9, eps=1e-8):
        self.beta, self.eps = beta, eps

    def init(self, p):
        return {"root": np.zeros(p.shape)}

    def update(self, p, g, state, lr, t):
        state["root"] = np.hypot(self.beta**0.5 * state["root"], (1 - self.beta) ** 0.5 * g)
        return p - lr * np.divide(g, state["root"] + self.eps)


def running_average(values, beta):
    ages = np.subtract.outer(np.arange(len(values)), np.arange(len(values)))
    shares = np.where(ages >= 0, (1 - beta) * beta ** np.abs(ages), 0.0)
    return shares @ values


def corrected_average(values, beta):
    ages = np.subtract.outer(np.arange(len(values)), np.arange(len(values)))
    shares = np.where(ages >= 0, 1.0 * beta ** np.abs(ages), 0.0)
    return shares @ values / shares.sum(axis=1)


class Adam:
    """The corrections moved into the rate and into eps, as the paper proposes for speed."""

    def __init__(self, beta1=0.9, beta2=0.999, eps=1e-8):
        self.beta1, self.beta2, self.eps = beta1, beta2, eps

    def init(self, p):
        return {"m": np.zeros(p.shape), "v": np.zeros(p.shape)}

    def update(self, p, g, state, lr, t):
        state["m"] += (1 - self.beta1) * (g - state["m"])
        state["v"] += (1 - self.beta2) * (np.square(g) - state["v"])
        root = np.sqrt(1 - self.beta2**t)
        return p - lr * root / (1 - self.beta1**t) * state["m"] / (np.sqrt(state["v"]) + self.eps * root)


def first_steps(g, lr, momentum, beta1, beta2):
    s = (1 - beta2) * g**2
    steps = {
        "adam": lr * np.sign(g),
        "uncorrected": lr * (1 - beta1) * g / np.sqrt(s),
        "rmsprop": lr * g / np.sqrt(s),
        "adagrad": lr * g / np.sqrt(g**2),
        "nesterov": lr * g + lr * momentum * g,
    }
    return {name: np.abs(step) for name, step in steps.items()}


def one_step(p, g, lr, decay):
    gradient = g + decay * p
    return p - lr * gradient / np.abs(gradient), (1 - lr * decay) * p - lr * g / np.abs(g)


class AdamW:
    """Decays first, then takes Adam's step from there; the step itself does not depend on where the weight is."""

    def __init__(self, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
        self.beta1, self.beta2, self.eps, self.weight_decay = beta1, beta2, eps, weight_decay

    def init(self, p):
        return {"m": 0.0, "v": 0.0}

    def update(self, p, g, state, lr, t):
        state["m"] = state["m"] * self.beta1 + g * (1 - self.beta1)
        state["v"] = state["v"] * self.beta2 + g * g * (1 - self.beta2)
        m_hat, v_hat = state["m"] / (1 - self.beta1**t), state["v"] / (1 - self.beta2**t)
        return (1 - lr * self.weight_decay) * p - lr * m_hat / (v_hat**0.5 + self.eps)


class Nadam:
    """Keeps the two products, that of now and that of the next step, as logarithms."""

    def __init__(self, beta1=0.9, beta2=0.999, eps=1e-8, momentum_decay=0.004):
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.momentum_decay = momentum_decay

    def init(self, p):
        return {"m": np.zeros_like(p), "v": np.zeros_like(p)}

    def update(self, p, g, state, lr, t):
        steps = np.arange(1, t + 2)
        momenta = self.beta1 * (1 - 0.5 * np.exp(steps * self.momentum_decay * np.log(0.96)))
        products = np.exp(np.cumsum(np.log(momenta)))
        state["m"] = state["m"] * self.beta1 + g * (1 - self.beta1)
        state["v"] = state["v"] * self.beta2 + g * g * (1 - self.beta2)
        m_hat = momenta[t] * state["m"] / (1 - products[t]) + (1 - momenta[t - 1]) * g / (1 - products[t - 1])
        return p - lr * m_hat / (np.sqrt(state["v"] / (1 - self.beta2**t)) + self.eps)
