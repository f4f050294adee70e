"""Policy gradient: balancing a pole."""

import numpy as np
import torch

from course_lib.activations_torch import Softmax, Tanh
from course_lib.architectures.data import CartPole
from course_lib.layers_torch import Dense, Sequential
from course_lib.losses_torch import PolicyGradient
from course_lib.optimizers_torch import Adam

__all__ = ["Policy", "play", "train_policy"]


class Policy(Sequential):
    """x (N, inputs) -> logits (N, actions) of what to do."""

    def __init__(self, inputs, hidden, actions, rng):
        super().__init__(Dense(inputs, hidden, rng), Tanh(), Dense(hidden, actions, rng))
        self.rng = rng

    @torch.no_grad()
    def act(self, x):
        return torch.multinomial(Softmax()(self(x)), 1, generator=self.rng)[:, 0]


def play(policy, world, steps):
    """One episode for each pole: -> x (steps, n, 4), action (steps, n), alive (steps, n), False once it has fallen"""
    x, alive = world.reset(), np.ones(world.n, bool)
    moments: list[tuple[torch.Tensor, ...]] = []
    while alive.any() and len(moments) < steps:
        state = torch.tensor(x, dtype=torch.float32)
        action = policy.act(state)
        moments.append((state, action, torch.tensor(alive)))
        x, done = world.step(action.numpy())
        alive = alive & ~done
    return tuple(torch.stack(each) for each in zip(*moments))


def train_policy(seed=0, episodes=70, poles=32, steps=200, gamma=0.99, lr=0.01):
    """-> a Policy that balances poles, and its history: the mean return of each batch of episodes, at most `steps`.

    The return from each moment on, compared with the other poles' at that moment, says how good the action was.
    REINFORCE: Williams (1992), Simple statistical gradient-following algorithms, doi:10.1007/BF00992696.
    """
    rng = torch.Generator().manual_seed(seed)
    world, policy, loss = CartPole(poles, np.random.default_rng(seed)), Policy(4, 32, 2, rng), PolicyGradient()
    optimizer, returns = Adam(policy.parameters(), lr), []
    for _ in range(episodes):
        x, action, alive = play(policy, world, steps)
        returns.append(alive.sum(dim=0).double().mean().item())
        g = alive.float()
        for t in range(len(g) - 2, -1, -1):
            g[t] += gamma * g[t + 1]
        advantage = g - g.mean(dim=1, keepdim=True)
        advantage = advantage / (advantage[alive].square().mean().sqrt() + 1e-8)
        value = loss(policy(x[alive]), action[alive], advantage[alive])
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    return policy, {"return": returns}
