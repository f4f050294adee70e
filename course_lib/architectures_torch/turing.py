"""The neural Turing machine."""

import numpy as np
import torch
from torch import nn

from course_lib.activations_torch import Sigmoid, Softmax, Softplus, Tanh
from course_lib.architectures.data import copy_task
from course_lib.gradients_torch import clip_by_norm
from course_lib.layers_torch import Dense, L2Norm
from course_lib.losses_torch import BinaryCrossEntropyWithLogits
from course_lib.optimizers_torch import Adam

__all__ = ["NeuralTuringMachine", "bits_right", "train_turing"]


class NeuralTuringMachine(nn.Module):
    """A network that reads and writes rows of a memory: x (N, T, inputs) -> logits (N, T, outputs).

    The controller has no state of its own, so all it remembers is in the memory and in where its two heads are. Both
    start at row 0. Graves, Wayne and Danihelka (2014), Neural Turing machines, arXiv:1410.5401.
    """

    def __init__(self, inputs, outputs, rng, rows=20, width=8, hidden=64):
        super().__init__()
        self.rows, self.width = rows, width
        self.controller = Dense(inputs + width, hidden, rng)
        self.read, self.write = (Dense(hidden, width + 6, rng) for _ in range(2))
        self.erase, self.add = (Dense(hidden, width, rng) for _ in range(2))
        self.output = Dense(hidden + width, outputs, rng)

    def address(self, head, memory, before):
        """Where a head goes: to rows like its key or on from before, then a row up or down; -> shares (N, rows)"""
        key, strength, gate, shift, sharp = head.split([self.width, 1, 1, 3, 1], dim=-1)
        alike = torch.einsum("nrw,nw->nr", L2Norm(1e-6)(memory), L2Norm(1e-6)(key))
        found = Softmax()(Softplus()(strength) * alike)
        gate, shift = Sigmoid()(gate), Softmax()(shift)
        at = gate * found + (1 - gate) * before
        at = sum(shift[:, i : i + 1] * at.roll(i - 1, dims=1) for i in range(3))
        at = (at + 1e-12) ** (1 + Softplus()(sharp))
        return at / at.sum(dim=1, keepdim=True)

    def forward(self, x):
        memory = x.new_full((len(x), self.rows, self.width), 1e-6)
        reads = writes = (torch.arange(self.rows, device=x.device) == 0).to(x).expand(len(x), -1)
        seen, answers, self.path = x.new_zeros(len(x), self.width), [], []
        for step in x.unbind(dim=1):
            h = Tanh()(self.controller(torch.cat([step, seen], dim=1)))
            writes = self.address(self.write(h), memory, writes)
            erase, add = Sigmoid()(self.erase(h)), Tanh()(self.add(h))
            memory = memory * (1 - writes[:, :, None] * erase[:, None]) + writes[:, :, None] * add[:, None]
            reads = self.address(self.read(h), memory, reads)
            seen = torch.einsum("nr,nrw->nw", reads, memory)
            answers.append(self.output(torch.cat([h, seen], dim=1)))
            self.path.append((writes.detach(), reads.detach()))  # for a picture: where the heads were
        return torch.stack(answers, dim=1)


def copies(numbers, n, length):
    return (torch.tensor(array, dtype=torch.float32) for array in copy_task(numbers, n, length))


@torch.no_grad()
def bits_right(model, length, n=200, seed=1):
    """The share of bits that are copied rightly, of n fresh sequences."""
    x, target = copies(np.random.default_rng(seed), n, length)
    return ((model(x)[:, -length:] > 0) == (target > 0)).double().mean().item()


def train_turing(seed=0, longest=6, steps=450, batch=32, lr=0.01):
    """-> a machine that copies 1 to `longest` rows of 4 bits, and its history: the loss of each step, in nats a bit."""
    numbers, rng = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    model, loss = NeuralTuringMachine(5, 4, rng), BinaryCrossEntropyWithLogits()
    optimizer, losses = Adam(model.parameters(), lr), []
    for _ in range(steps):
        length = int(numbers.integers(1, longest + 1))
        x, target = copies(numbers, batch, length)
        value = loss(model(x)[:, -length:], target)
        optimizer.zero_grad()
        value.backward()
        clipped = clip_by_norm({name: p.grad for name, p in model.named_parameters()}, 1.0)
        for name, p in model.named_parameters():
            p.grad = clipped[name]
        optimizer.step()
        losses.append(value.item())
    return model, {"loss": losses}
