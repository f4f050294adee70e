"""The restricted Boltzmann machine, trained by contrastive divergence."""

import numpy as np

from course_lib.activations import Sigmoid
from course_lib.architectures.data import digits
from course_lib.optimizers import Momentum

__all__ = ["RestrictedBoltzmann", "train_boltzmann"]


class RestrictedBoltzmann:
    """p(v, h) ∝ exp(−E), E = −hᵀWv − a·v − b·h; v and h of 0 and 1, and no unit joined to one of its own kind.

    So each side is independent given the other: p(h=1|v) = σ(Wv + b), p(v=1|h) = σ(Wᵀh + a).
    params: weight (hidden, visible), visible_bias a, hidden_bias b. Smolensky (1986); training: Hinton (2002), Training
    products of experts by minimizing contrastive divergence, doi:10.1162/089976602760128018.
    """

    def __init__(self, visible, hidden, rng):
        self.rng, self.grads = rng, {}
        self.params = {
            "weight": 0.01 * rng.normal(size=(hidden, visible)),
            "visible_bias": np.zeros(visible),
            "hidden_bias": np.zeros(hidden),
        }

    def hidden_probs(self, v):
        return Sigmoid().forward(v @ self.params["weight"].T + self.params["hidden_bias"])

    def visible_probs(self, h):
        return Sigmoid().forward(h @ self.params["weight"] + self.params["visible_bias"])

    def sample(self, probs):
        return (self.rng.random(probs.shape) < probs).astype(float)

    def free_energy(self, v):
        """−log Σ_h exp(−E(v, h)) = −a·v − Σ log(1 + exp(Wv + b)), (N, visible) -> (N,)"""
        x = v @ self.params["weight"].T + self.params["hidden_bias"]
        return -v @ self.params["visible_bias"] - np.logaddexp(0, x).sum(axis=-1)

    def contrastive_divergence(self, v, steps=1):
        """Gradients for descent: what the model dreams, `steps` samplings away from v (N, visible), less what it sees.

        -> the probabilities of v as first dreamed. The last hidden side is taken as probabilities: less noise.
        """
        h = self.hidden_probs(v)
        dream_h, first = h, None
        for _ in range(steps):
            dream_v = self.visible_probs(self.sample(dream_h))
            first = dream_v if first is None else first
            dream_v = self.sample(dream_v)
            dream_h = self.hidden_probs(dream_v)
        self.grads["weight"] = (dream_h.T @ dream_v - h.T @ v) / len(v)
        self.grads["visible_bias"] = (dream_v - v).mean(axis=0)
        self.grads["hidden_bias"] = (dream_h - h).mean(axis=0)
        return first

    def dream(self, v, steps):
        """v after `steps` samplings of both sides, as probabilities."""
        for _ in range(steps):
            probs = self.visible_probs(self.sample(self.hidden_probs(v)))
            v = self.sample(probs)
        return probs


def train_boltzmann(seed=0, hidden=64, epochs=30, lr=0.05):
    """-> a machine that knows digits in black and white, and its history, for each epoch.

    error: mean squared, of the test digits as dreamed from their hidden side; gap: by how much the free energy of the
    test digits lies above that of as many training digits, which grows when the machine learns by heart.
    """
    rng = np.random.default_rng(seed)
    (x, _), (test_x, _) = digits(rng)
    x, test_x = (x > 0.5).astype(float), (test_x > 0.5).astype(float)
    model, optimizer = RestrictedBoltzmann(64, hidden, rng), Momentum(lr, momentum=0.5)
    history: dict[str, list[float]] = {"error": [], "gap": []}
    for _ in range(epochs):
        for batch in np.array_split(rng.permutation(len(x)), len(x) // 20):
            model.contrastive_divergence(x[batch])
            optimizer.step(model.params, model.grads)
        again = model.visible_probs(model.hidden_probs(test_x))
        history["error"].append(float(((again - test_x) ** 2).mean()))
        history["gap"].append(float(model.free_energy(test_x).mean() - model.free_energy(x[: len(test_x)]).mean()))
    return model, history
