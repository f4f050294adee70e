"""Schedules: a function makes one, and it maps a step, or an array of steps, to learning rates; steps count from 0.

PerformanceDecay listens to a metric instead: `step(metric)` -> the learning rate.
"""

from numbers import Integral

import numpy as np

from course_lib.validation import number, require

__all__ = [  # noqa: RUF022 in the order of the file
    "constant", "piecewise_constant", "exponential", "power", "polynomial", "cosine_annealing", "cosine_restarts",
    "one_cycle", "one_cycle_momentum", "PerformanceDecay", "range_test",
]  # fmt: skip


def constant(lr):
    """lr at every step."""
    lr = positive("lr", lr)
    return of_step(lambda t: np.full_like(t, lr))


def piecewise_constant(lr, steps, factors):
    """lr, from each of the steps on multiplied by the factor beside it: lr·Π factors of the steps reached.

    A step belongs to what comes after it, as in PyTorch's MultiStepLR; Keras lists rates instead of factors and
    changes one step later.
    """
    lr, steps, factors = positive("lr", lr), np.asarray(steps), np.asarray(factors, float)
    if steps.ndim != 1 or steps.shape != factors.shape:
        shapes = f"steps has shape {steps.shape} and factors {factors.shape}"
        raise ValueError(f"{shapes}; expected two lists of one length")
    require("steps holds", steps, np.diff(steps, prepend=-1) > 0, "expected steps that grow, from 0 or later")
    require("factors holds", factors, factors > 0, "expected numbers above 0: 0.1 for a tenth of the rate")
    rates = lr * np.cumprod([1, *factors])
    return of_step(lambda t: rates[np.searchsorted(steps, t, side="right")])


def exponential(lr, gamma, decay_steps=1):
    """lr·γ^(t/s), s = decay_steps: every s steps the rate has become γ times as large. Smooth, no staircase."""
    lr, gamma, s = positive("lr", lr), number("gamma", gamma, 0, 1), positive("decay_steps", decay_steps)
    return of_step(lambda t: lr * gamma ** (t / s))


def power(lr, gamma, decay_steps=1, power=1.0):
    """lr/(1 + γt/s)^power, s = decay_steps; power 1 is inverse-time decay, as Robbins and Monro (1951) ask for."""
    lr, gamma, s = positive("lr", lr), positive("gamma", gamma), positive("decay_steps", decay_steps)
    power = positive("power", power)
    return of_step(lambda t: lr / (1 + gamma * t / s) ** power)


def polynomial(lr, decay_steps, end_lr=0.0, power=1.0):
    """(lr − end_lr)·(1 − t/s)^power + end_lr, s = decay_steps; end_lr from step s on."""
    lr, s, power = positive("lr", lr), positive("decay_steps", decay_steps), positive("power", power)
    end_lr = number("end_lr", end_lr, 0, np.inf, or_low=True)
    return of_step(lambda t: (lr - end_lr) * (1 - np.minimum(t, s) / s) ** power + end_lr)


def cosine_annealing(lr, decay_steps, alpha=0.0):
    """lr·((1 + cos(πt/s))/2·(1 − α) + α), s = decay_steps; α is the lowest rate as a fraction of lr.

    After step s the rate comes back up, and is lr again at 2s, as in PyTorch's CosineAnnealingLR; Keras stays down.
    Loshchilov and Hutter (2017), SGDR: stochastic gradient descent with warm restarts, arXiv:1608.03983.
    """
    lr, s = positive("lr", lr), positive("decay_steps", decay_steps)
    alpha = number("alpha", alpha, 0, 1, or_low=True)
    return of_step(lambda t: lr * ((1 + np.cos(np.pi * t / s)) / 2 * (1 - alpha) + alpha))


def cosine_restarts(lr, first_steps, alpha=0.0, longer=2, lower=0.5):
    """Cycles of cosine_annealing, each `longer` times as long as the one before and from `lower` times its rate.

    The step that ends a cycle begins the next one, at its full rate. α is a fraction of each cycle's own first
    rate; in Keras it is one of lr in all cycles. With lower = 1 it is PyTorch's CosineAnnealingWarmRestarts.
    Loshchilov and Hutter (2017), arXiv:1608.03983.
    """
    lr, s, longer = positive("lr", lr), whole("first_steps", first_steps, 1), whole("longer", longer, 1)
    alpha, lower = number("alpha", alpha, 0, 1, or_low=True), positive("lower", lower)
    first_cycle = cosine_annealing(lr, s, alpha)

    def rate(t):
        if longer == 1:
            cycle, start = t // s, t // s * s
        else:
            restarts = int(np.log2(1 + t.max(initial=0)))  # or fewer: cycles become at least twice as long
            starts = s * np.cumsum([0, *float(longer) ** np.arange(restarts)])
            cycle = np.searchsorted(starts, t, side="right") - 1
            start = starts[cycle]
        return lower**cycle * first_cycle((t - start) / float(longer) ** cycle)

    return of_step(rate)


def one_cycle(max_lr, total_steps, warm_up=0.45, start_div=25.0, end_div=1e4):
    """Linear from max_lr/start_div up to max_lr, back down, and then on down to max_lr/start_div/end_div.

    warm_up is the fraction of the steps that lead up; as many lead down; what is left cools down, until step
    total_steps − 1, and from there the rate stays. PyTorch's OneCycleLR with three_phase and linear annealing.
    Smith (2018), A disciplined approach to neural network hyper-parameters: part 1, arXiv:1803.09820.
    """
    max_lr, knots = positive("max_lr", max_lr), cycle_knots(total_steps, warm_up)
    start = max_lr / positive("start_div", start_div)
    rates = [start, max_lr, start, start / positive("end_div", end_div)]
    return of_step(lambda t: np.interp(t, knots, rates))


def one_cycle_momentum(total_steps, warm_up=0.45, low=0.85, high=0.95):
    """The momentum beside one_cycle: from high to low while the rate goes up, back, and high while it cools down."""
    knots = cycle_knots(total_steps, warm_up)
    low, high = number("low", low, 0, 1, or_low=True), number("high", high, 0, 1, or_low=True)
    if low > high:
        raise ValueError(f"low is {low} and high {high}; expected low ≤ high")
    return of_step(lambda t: np.interp(t, knots, [high, low, high, high]))


class PerformanceDecay:
    """step(metric) -> lr, which shrinks by factor after `patience` checks in a row without improvement.

    Call it once an epoch with the validation loss, less being better: every `check_every`-th call is a check.
    An improvement is a loss below best − threshold·|best|; nan is none. The defaults: every 10 epochs, a tenth
    of the rate when three checks did not see the loss 1 % better. PyTorch's ReduceLROnPlateau waits for one
    check more: its patience is ours − 1.
    """

    def __init__(self, lr, factor=0.1, patience=3, threshold=0.01, check_every=10):
        self.lr, self.factor = positive("lr", lr), number("factor", factor, 0, 1)
        self.patience, self.check_every = whole("patience", patience, 1), whole("check_every", check_every, 1)
        self.threshold = number("threshold", threshold, 0, 1, or_low=True)
        self.best, self.calls, self.waited = np.inf, 0, 0

    def step(self, metric):
        self.calls += 1
        if self.calls % self.check_every == 0:
            if metric < self.best * (1 - self.threshold * np.sign(self.best)):  # inf stays inf
                self.best, self.waited = float(metric), 0
            else:
                self.waited += 1
            if self.waited == self.patience:
                self.lr, self.waited = self.lr * self.factor, 0
        return self.lr


def range_test(low, high, total_steps):
    """low·(high/low)^(t/(total_steps − 1)): the same factor at each step, from low to high, where it stays.

    Train with it for some hundred steps and plot the loss over the rate: the largest rate at which the loss
    still falls is the max_lr of one_cycle.
    Smith (2017), Cyclical learning rates for training neural networks, arXiv:1506.01186.
    """
    low, high, last = positive("low", low), positive("high", high), whole("total_steps", total_steps, 2) - 1
    if low >= high:
        raise ValueError(f"low is {low} and high {high}; expected low < high")
    return of_step(lambda t: low * (high / low) ** (np.minimum(t, last) / last))


def of_step(rate):
    """rate, a function of an array, as a schedule: a number in, a float out; an array in, an array out."""

    def schedule(step):
        t = np.asarray(step, float)
        require("step is", t, (t >= 0) & (t < np.inf), "expected 0 or more: steps count from 0")
        return rate(t) if t.ndim else float(rate(t))

    return schedule


def cycle_knots(total_steps, warm_up):
    """The steps at which one_cycle turns."""
    total, up = whole("total_steps", total_steps, 3), number("warm_up", warm_up, 0, 0.5) * total_steps
    if up <= 1:
        raise ValueError(f"warm_up is {warm_up} of {total} steps; expected more than one step: try a larger warm_up")
    return [0, up - 1, 2 * up - 2, total - 1]


def positive(name, value):
    return number(name, value, 0, np.inf)


def whole(name, value, low):
    if not isinstance(value, Integral) or value < low:
        raise ValueError(f"{name} is {value!r}; expected a whole number, {low} or more")
    return int(value)
