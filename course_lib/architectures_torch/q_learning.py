"""Deep Q-learning in a grid world."""

import numpy as np
import torch

from course_lib.activations_torch import ReLU
from course_lib.architectures.data import GridWorld
from course_lib.layers_torch import Dense, Embedding, Sequential
from course_lib.losses_torch import BellmanMSE
from course_lib.optimizers_torch import Adam

__all__ = ["QNetwork", "greedy_return", "train_q_learning"]


class QNetwork(Sequential):
    """Cells (N,) -> q (N, actions), the return that each action promises; 0 at first.

    A promise that is too high at first would be handed on from cell to cell, and sinks by a step's cost only.
    """

    def __init__(self, cells, hidden, actions, rng):
        last = Dense(hidden, actions, rng)
        last.weight.data.zero_()
        super().__init__(Embedding(cells, hidden, rng), Dense(hidden, hidden, rng), ReLU(), last)


class Replay:
    """The last `size` transitions, each a row of numbers; a batch is drawn from them at random, and so unordered."""

    def __init__(self, size, rng):
        self.size, self.rng, self.rows = size, rng, torch.empty(0, 5)

    def add(self, *columns):
        new = torch.stack([torch.as_tensor(column, dtype=torch.float32) for column in columns], dim=1)
        self.rows = torch.cat([self.rows, new])[-self.size :]

    def draw(self, n):
        """-> cell, action, reward, next cell, whether that ended it"""
        rows = self.rows[torch.randint(len(self.rows), (n,), generator=self.rng)]
        return rows[:, 0].long(), rows[:, 1].long(), rows[:, 2], rows[:, 3].long(), rows[:, 4]


@torch.no_grad()
def greedy_return(model):
    """The return of an episode in which the best action is always taken, mean over all cells it may begin at."""
    world = GridWorld()
    cells, going, total = world.starts, np.ones(len(world.starts)), np.zeros(len(world.starts))
    for _ in range(world.most_steps):
        action = model(torch.tensor(cells)).argmax(dim=1).numpy()
        total += going * world.pay[cells, action]
        going, cells = going * ~world.ends[cells, action], world.next[cells, action]
    return total.mean().item()


def train_q_learning(seed=0, steps=1500, walkers=8, gamma=0.98, lr=0.002, copy_every=20):
    """-> a QNetwork that knows its way, and its history: loss, return (greedy) every 100 steps, and best, the optimum.

    Returns are means over all cells where an episode may begin, as each does here at random.

    Actions are random with a share that falls from 1 to 0.1; a copy of the network, renewed every `copy_every` steps,
    says what the next cell is worth. Mnih et al. (2015), Human-level control through deep reinforcement learning,
    doi:10.1038/nature14236.
    """
    rng = torch.Generator().manual_seed(seed)
    world, replay, loss = GridWorld(walkers, np.random.default_rng(seed)), Replay(5000, rng), BellmanMSE(gamma)
    model, still = (QNetwork(world.size, 32, 4, rng) for _ in range(2))
    optimizer = Adam(model.parameters(), lr)
    history: dict = {"loss": [], "return": [], "best": world.values()[world.starts].mean().item()}
    for step in range(1, steps + 1):
        cell = torch.tensor(world.cell)
        explores = torch.rand(walkers, generator=rng) < max(0.1, 1 - 2 * step / steps)
        with torch.no_grad():
            action = torch.where(explores, torch.randint(4, (walkers,), generator=rng), model(cell).argmax(dim=1))
        there, reward, ends = world.step(action.numpy())
        replay.add(cell, action, reward, there, ends)
        if step % copy_every == 1:
            still.load_state_dict(model.state_dict())
        cell, action, reward, there, ends = replay.draw(64)
        with torch.no_grad():
            next_q = still(there)
        value = loss(model(cell), action, reward, next_q, ends)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        history["loss"].append(value.item())
        if step % 100 == 0:
            history["return"].append(greedy_return(model))
    return model, history
