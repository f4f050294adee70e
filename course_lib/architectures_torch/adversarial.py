"""Generative adversarial networks: one network invents, the other one judges."""

import numpy as np
import torch

from course_lib.activations_torch import LeakyReLU
from course_lib.architectures.data import ring
from course_lib.layers_torch import Dense, Sequential
from course_lib.losses_torch import BinaryCrossEntropyWithLogits, Wasserstein
from course_lib.optimizers_torch import Adam

__all__ = ["Discriminator", "Generator", "sliced_distance", "train_gan", "train_wasserstein_gan"]


class Generator(Sequential):
    """Noise (N, noise) -> invented points (N, outputs)."""

    def __init__(self, noise, hidden, outputs, rng):
        super().__init__(
            Dense(noise, hidden, rng), LeakyReLU(0.2),
            Dense(hidden, hidden, rng), LeakyReLU(0.2),
            Dense(hidden, outputs, rng),
        )  # fmt: skip
        self.noise, self.rng = noise, rng

    def sample(self, n):
        return self(torch.randn((n, self.noise), generator=self.rng))


class Discriminator(Sequential):
    """Points (N, inputs) -> scores (N, 1): the logit of being real, or what the critic of a Wasserstein GAN says."""

    def __init__(self, inputs, hidden, rng):
        super().__init__(
            Dense(inputs, hidden, rng), LeakyReLU(0.2),
            Dense(hidden, hidden, rng), LeakyReLU(0.2),
            Dense(hidden, 1, rng),
        )  # fmt: skip


def sliced_distance(a, b, directions=64):
    """The Wasserstein distance of two sets of n points in the plane, mean over directions: that of sorted shadows."""
    angle = torch.arange(directions) * (torch.pi / directions)
    shadows = ((x @ torch.stack([angle.cos(), angle.sin()])).sort(dim=0).values for x in (a, b))
    return (next(shadows) - next(shadows)).abs().mean().item()


def real_points(rng, n):
    return torch.tensor(ring(rng, n), dtype=torch.float32)


def train_gan(seed=0, steps=1500, batch=128, lr=0.001):
    """-> a Generator of points on a ring, and its history: distance, sliced, to the data every 100 steps, and losses.

    The generator raises the logit of what it invents ("non-saturating"). Goodfellow et al. (2014), Generative
    adversarial nets, arXiv:1406.2661.
    """
    numbers, rng = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    generator, discriminator, loss = Generator(4, 64, 2, rng), Discriminator(2, 64, rng), BinaryCrossEntropyWithLogits()
    invent, judge = Adam(generator.parameters(), lr, beta1=0.5), Adam(discriminator.parameters(), 2 * lr, beta1=0.5)
    real, fake = torch.ones(batch, 1), torch.zeros(batch, 1)
    history: dict[str, list[float]] = {"generator": [], "discriminator": [], "distance": []}
    for step in range(steps):
        if step % 100 == 0:
            history["distance"].append(distance(generator, numbers))
        points = generator.sample(batch)
        judged = loss(discriminator(real_points(numbers, batch)), real) + loss(discriminator(points.detach()), fake)
        take_step(judge, judged)
        fooled = loss(discriminator(points), real)
        take_step(invent, fooled)
        history["discriminator"].append(judged.item())
        history["generator"].append(fooled.item())
    history["distance"].append(distance(generator, numbers))
    return generator, history


def train_wasserstein_gan(seed=0, steps=400, critic_steps=5, batch=128, lr=0.003, penalty=1.0):
    """-> a Generator of points on a ring, and its history: distance as train_gan's, and the critic's estimate of it.

    The critic is held near slope 1 between real and invented points by a penalty. Arjovsky, Chintala and Bottou (2017),
    arXiv:1701.07875; penalty: Gulrajani et al. (2017), Improved training of Wasserstein GANs, arXiv:1704.00028.
    """
    numbers, rng = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    generator, critic = Generator(4, 64, 2, rng), Discriminator(2, 64, rng)
    invent, judge = (Adam(net.parameters(), lr, beta1=0.5, beta2=0.9) for net in (generator, critic))
    critic_loss, generator_loss = Wasserstein("critic"), Wasserstein("generator")
    history: dict[str, list[float]] = {"estimate": [], "distance": []}
    for step in range(steps):
        if step % 50 == 0:
            history["distance"].append(distance(generator, numbers))
        for _ in range(critic_steps):
            real, fake = real_points(numbers, batch), generator.sample(batch).detach()
            judged = critic_loss(critic(fake), critic(real))
            take_step(judge, judged + penalty * slope_penalty(critic, real, fake, rng))
        history["estimate"].append(-judged.item())
        take_step(invent, generator_loss(critic(generator.sample(batch))))
    history["distance"].append(distance(generator, numbers))
    return generator, history


def slope_penalty(critic, real, fake, rng):
    """(‖∇critic‖ − 1)², mean over points drawn between real and invented ones"""
    share = torch.rand((len(real), 1), generator=rng)
    between = (share * real + (1 - share) * fake).requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return (torch.linalg.vector_norm(slope, dim=1) - 1).square().mean()


def take_step(optimizer, value):
    optimizer.zero_grad()
    value.backward()
    optimizer.step()


@torch.no_grad()
def distance(generator, numbers, n=1000):
    return sliced_distance(generator.sample(n), real_points(numbers, n))
