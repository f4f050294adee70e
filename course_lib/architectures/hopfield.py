"""The Hopfield net, which remembers patterns as the low points of an energy."""

import numpy as np

from course_lib.architectures.data import patterns

__all__ = ["Hopfield", "train_hopfield"]


class Hopfield:
    """s_i ← sign(Σ_j W_ij s_j), one unit after another, with W = Σ_p pᵀp / units and no unit joined to itself.

    Each update lowers the energy −½ sᵀWs or leaves it, so the net comes to rest. About 0.14 patterns for each unit can
    be told apart. Hopfield (1982), Neural networks and physical systems with emergent collective computational
    abilities, doi:10.1073/pnas.79.8.2554.
    """

    def __init__(self, units):
        self.weight = np.zeros((units, units))

    def store(self, patterns):
        """Hebb's rule: units that are alike in a pattern (n, units) of −1 and +1 are joined more strongly."""
        units = len(self.weight)
        if patterns.ndim != 2 or patterns.shape[1] != units or not (abs(patterns) == 1).all():
            raise ValueError(
                f"patterns has shape {patterns.shape}; expected (n, {units}), of −1 and +1: try 2*bits − 1"
            )
        self.weight += patterns.T @ patterns / units
        np.fill_diagonal(self.weight, 0)

    def energy(self, state):
        """−½ sᵀWs for states (…, units)"""
        return -0.5 * np.einsum("...i,ij,...j->...", state, self.weight, state)

    def recall(self, state, rng, sweeps=10):
        """States (n, units) -> those after all sweeps over the units in random order, energies (sweeps + 1, n)"""
        state, energies = state.copy(), [self.energy(state)]
        for _ in range(sweeps):
            for i in rng.permutation(len(self.weight)):
                field = state @ self.weight[i]
                state[:, i] = np.where(field == 0, state[:, i], np.sign(field))
            energies.append(self.energy(state))
        return state, np.array(energies)


def train_hopfield(seed=0, n=8, units=100, flipped=0.2):
    """-> a net that holds n random patterns, and its history while it recalls them with some of their units flipped.

    energy (sweeps + 1, n); recalled, the share of units that are right, for each pattern, before and after.
    """
    rng = np.random.default_rng(seed)
    stored = patterns(rng, n, units)
    model = Hopfield(units)
    model.store(stored)
    corrupted = np.where(rng.random(stored.shape) < flipped, -stored, stored)
    state, energy = model.recall(corrupted, rng)
    right = {"before": (corrupted == stored).mean(axis=1), "recalled": (state == stored).mean(axis=1)}
    return model, {"energy": energy, **right}
