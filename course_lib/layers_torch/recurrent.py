"""The layers of `layers.recurrent` in PyTorch: any device, gradients by autograd."""

import math

import torch
from torch import nn

from course_lib.layers.sizes import axes_of_x, last_axis, whole
from course_lib.layers_torch.basic import generator

__all__ = ["RNN", "LSTM", "GRU"]  # noqa: RUF022 in the order of the file


class Recurrent(nn.Module):
    """See `layers.recurrent.Recurrent`."""

    gates = 1

    def __init__(self, inputs, hidden, rng):
        super().__init__()
        self.inputs, self.hidden, bound = whole("inputs", inputs), whole("hidden", hidden), 1 / math.sqrt(hidden)
        device = rng.device if generator(rng) else None
        for name, shape in self.shapes().items():
            start = torch.empty(shape, device=device).uniform_(-bound, bound, generator=rng)
            self.register_parameter(name, nn.Parameter(start))

    def shapes(self):
        rows = self.gates * self.hidden
        return {"input_weight": (rows, self.inputs), "hidden_weight": (rows, self.hidden), "bias": (rows,)}

    def forward(self, x):
        axes_of_x(x, 3, "(N, T, D)")
        last_axis("x", x, self.inputs)
        a = x @ self.input_weight.mT + self.bias
        state = (a.new_zeros(len(x), self.hidden),) * 2
        states = []
        for step in a.unbind(dim=1):
            state = self.cell(step, *state)
            states.append(state[0])
        return torch.stack(states, dim=1)

    def cell(self, a, h, c):
        """One step: a = W x + b and the state before, h and c (which only LSTM changes) -> the state after."""
        raise NotImplementedError


class RNN(Recurrent):
    """See `layers.RNN`."""

    def cell(self, a, h, c):
        return torch.tanh(a + h @ self.hidden_weight.mT), c


class LSTM(Recurrent):
    """See `layers.LSTM`."""

    gates = 4

    def cell(self, a, h, c):
        i, f, g, o = (a + h @ self.hidden_weight.mT).chunk(4, dim=-1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class GRU(Recurrent):
    """See `layers.GRU`."""

    gates = 3

    def shapes(self):
        return {**super().shapes(), "hidden_bias": (self.hidden,)}

    def cell(self, a, h, c):
        (ar, az, an), (ur, uz, un) = a.chunk(3, dim=-1), (h @ self.hidden_weight.mT).chunk(3, dim=-1)
        r, z = torch.sigmoid(ar + ur), torch.sigmoid(az + uz)
        n = torch.tanh(an + r * (un + self.hidden_bias))
        return n + z * (h - n), c
