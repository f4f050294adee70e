"""The optimizers of `optimizers` in PyTorch: in place, on any device, many parameters to one kernel (foreach)."""

import math

import torch

from course_lib.validation import number

__all__ = [  # noqa: RUF022 in the order of the file
    "SGD", "Momentum", "Nesterov", "AdaGrad", "RMSprop", "Adam", "Nadam", "AdamW",
]  # fmt: skip

LIMITS = {  # low, high, whether low itself is allowed
    "lr": (0, math.inf, True),
    "momentum": (0, 1, True),
    "beta": (0, 1, True),
    "beta1": (0, 1, True),
    "beta2": (0, 1, True),
    "eps": (0, math.inf, False),
    "momentum_decay": (0, math.inf, True),
    "weight_decay": (0, math.inf, True),
}


class Optimizer(torch.optim.Optimizer):
    """A real `torch.optim.Optimizer`: param groups, closures, state_dict, hooks, schedulers, torch.compile.

    A parameter without a gradient is passed over; each counts its own steps, in state["step"]. The lists that
    update takes hold one entry for each parameter of the group; `buffers` names what is kept between steps.
    """

    buffers: tuple[str, ...] = ()

    def add_param_group(self, param_group):
        for name, value in {**self.defaults, **param_group}.items():
            if name in LIMITS:
                number(name, value, *LIMITS[name])
        super().add_param_group(param_group)

    def init(self, p):
        return {name: torch.zeros_like(p) for name in self.buffers}

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            lists: list[list] = [[] for _ in range(3 + len(self.buffers))]
            p, g, t, *buffers = lists
            self._init_group(group, p, g, t, *buffers)
            if p:
                torch._foreach_add_(t, 1)
                self.update(group, p, g, numbers(t), buffers)
        return loss

    def update(self, group, p, g, t, buffers):
        raise NotImplementedError

    def _init_group(self, group, p, g, t, *buffers):  # under this name torch.compile runs it instead of tracing it
        for param in group["params"]:
            if param.grad is None:
                continue
            if param.grad.layout != torch.strided or param.is_complex():
                raise TypeError(f"a gradient is {param.grad.layout}, {param.dtype}; expected dense real numbers")
            state = self.state[param]
            if not state:
                state["step"] = torch.zeros((), dtype=torch.float64, device="cpu")  # read without waiting
                state.update(self.init(param))
            p.append(param)
            g.append(param.grad)
            t.append(state["step"])
            for name, buffer in zip(self.buffers, buffers):
                buffer.append(state[name])


class SGD(Optimizer):
    """See `optimizers.SGD`."""

    def __init__(self, params, lr=0.01):
        super().__init__(params, {"lr": lr})

    def update(self, group, p, g, t, buffers):
        torch._foreach_add_(p, g, alpha=-group["lr"])


class Momentum(Optimizer):
    """See `optimizers.Momentum`."""

    buffers = ("velocity",)

    def __init__(self, params, lr=0.01, momentum=0.9):
        super().__init__(params, {"lr": lr, "momentum": momentum})

    def update(self, group, p, g, t, buffers):
        (velocity,) = buffers
        torch._foreach_mul_(velocity, group["momentum"])
        torch._foreach_add_(velocity, g)
        torch._foreach_add_(p, velocity, alpha=-group["lr"])


class Nesterov(Momentum):
    """See `optimizers.Nesterov`."""

    def update(self, group, p, g, t, buffers):
        (velocity,) = buffers
        torch._foreach_mul_(velocity, group["momentum"])
        torch._foreach_add_(velocity, g)
        torch._foreach_add_(p, g, alpha=-group["lr"])
        torch._foreach_add_(p, velocity, alpha=-group["lr"] * group["momentum"])


class AdaGrad(Optimizer):
    """See `optimizers.AdaGrad`."""

    buffers = ("s",)

    def __init__(self, params, lr=0.01, eps=1e-10):
        super().__init__(params, {"lr": lr, "eps": eps})

    def update(self, group, p, g, t, buffers):
        (s,) = buffers
        torch._foreach_addcmul_(s, g, g)
        root = torch._foreach_sqrt(s)
        torch._foreach_add_(root, group["eps"])
        torch._foreach_addcdiv_(p, g, root, -group["lr"])


class RMSprop(Optimizer):
    """See `optimizers.RMSprop`."""

    buffers = ("s",)

    def __init__(self, params, lr=0.001, beta=0.9, eps=1e-8):
        super().__init__(params, {"lr": lr, "beta": beta, "eps": eps})

    def update(self, group, p, g, t, buffers):
        (s,) = buffers
        torch._foreach_mul_(s, group["beta"])
        torch._foreach_addcmul_(s, g, g, 1 - group["beta"])
        root = torch._foreach_sqrt(s)
        torch._foreach_add_(root, group["eps"])
        torch._foreach_addcdiv_(p, g, root, -group["lr"])


class Adam(Optimizer):
    """See `optimizers.Adam`."""

    buffers: tuple[str, ...] = ("m", "v")

    def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(params, {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps})

    def update(self, group, p, g, t, buffers):
        m, v = buffers
        root = self.average(group, g, t, m, v)
        m_hat = torch._foreach_div(m, [1 - group["beta1"] ** n for n in t])
        torch._foreach_addcdiv_(p, m_hat, root, -group["lr"])

    def average(self, group, g, t, m, v):
        """m and v of this step in place; -> √v̂ + eps"""
        torch._foreach_lerp_(m, g, 1 - group["beta1"])
        torch._foreach_mul_(v, group["beta2"])
        torch._foreach_addcmul_(v, g, g, 1 - group["beta2"])
        root = torch._foreach_div(v, [1 - group["beta2"] ** n for n in t])
        torch._foreach_sqrt_(root)
        torch._foreach_add_(root, group["eps"])
        return root


class Nadam(Adam):
    """See `optimizers.Nadam`."""

    buffers = ("m", "v", "mu_product")

    def __init__(self, params, lr=0.002, beta1=0.9, beta2=0.999, eps=1e-8, momentum_decay=0.004):
        rates = {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps, "momentum_decay": momentum_decay}
        Optimizer.__init__(self, params, rates)

    def init(self, p):
        return {**super().init(p), "mu_product": torch.ones((), dtype=torch.float64, device="cpu")}

    def update(self, group, p, g, t, buffers):
        m, v, mu_product = buffers
        root = self.average(group, g, t, m, v)
        mu, mu_next = ([self.mu(group, n + k) for n in t] for k in (0, 1))
        torch._foreach_mul_(mu_product, mu)
        product = numbers(mu_product)
        m_hat = torch._foreach_mul(m, [b / (1 - b * c) for b, c in zip(mu_next, product)])
        torch._foreach_add_(m_hat, torch._foreach_mul(g, [(1 - a) / (1 - c) for a, c in zip(mu, product)]))
        torch._foreach_addcdiv_(p, m_hat, root, -group["lr"])

    def mu(self, group, n):
        return group["beta1"] * (1 - 0.5 * 0.96 ** (n * group["momentum_decay"]))

    def load_state_dict(self, state_dict):
        """PyTorch casts all but "step" to the parameter's dtype and device: mu_product comes back as it was."""
        super().load_state_dict(state_dict)
        for group, saved in zip(self.param_groups, state_dict["param_groups"]):
            for p, i in zip(group["params"], saved["params"]):
                if i in state_dict["state"]:
                    self.state[p]["mu_product"] = state_dict["state"][i]["mu_product"]


class AdamW(Adam):
    """See `optimizers.AdamW`."""

    def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
        rates = {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps, "weight_decay": weight_decay}
        Optimizer.__init__(self, params, rates)

    def update(self, group, p, g, t, buffers):
        torch._foreach_mul_(p, 1 - group["lr"] * group["weight_decay"])
        super().update(group, p, g, t, buffers)


def numbers(tensors):
    """Their values; torch.compile goes on with the tensors, so as not to compile again at every step."""
    return tensors if torch.compiler.is_compiling() else [tensor.item() for tensor in tensors]
