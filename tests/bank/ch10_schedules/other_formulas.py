"""Other right answers: the same numbers by other formulas, or by other means."""

import numpy as np


def piecewise_constant(lr, steps, factors):
    return lambda step: lr * np.prod([f for s, f in zip(steps, factors) if s <= step])


def exponential(lr, gamma, decay_steps):
    return lambda step: lr * np.exp(np.log(gamma) * step / decay_steps)


def power(lr, gamma, decay_steps, exponent):
    return lambda step: lr * (decay_steps / (decay_steps + gamma * step)) ** exponent


def polynomial(lr, decay_steps, end_lr, exponent):
    def schedule(step):
        if step >= decay_steps:
            return end_lr
        left = ((decay_steps - step) / decay_steps) ** exponent
        return lr * left + end_lr * (1 - left)

    return schedule


def cosine_annealing(lr, decay_steps, alpha):
    low = alpha * lr
    return lambda step: low + (lr - low) * np.cos(np.pi * step / (2 * decay_steps)) ** 2


def cosine_restarts(lr, first_steps):
    def schedule(step):
        cycle = int(np.floor(np.log2(step // first_steps + 1)))
        place = step - first_steps * (2**cycle - 1)
        return lr / 2**cycle * np.cos(np.pi * place / (2 * first_steps * 2**cycle)) ** 2

    return schedule


def warmed_exponential(lr, gamma, warm_steps):
    def warm_up(schedule, warm_steps):
        def warmed(step):
            if step + 1 < warm_steps:
                return schedule(step) * (step + 1) / warm_steps
            return schedule(step)

        return warmed

    return warm_up(lambda t: lr * gamma**t, warm_steps)


def chain_of_lines(starts, slopes, lengths):
    def chain(parts, lengths):
        begins = np.concatenate([[0], np.cumsum(lengths)]).astype(int)

        def schedule(step):
            which = int(np.searchsorted(begins, step, side="right")) - 1
            return parts[which](step - int(begins[which]))

        return schedule

    return chain([lambda t, a=a, b=b: a + b * t for a, b in zip(starts, slopes)], lengths)


def one_cycle(max_lr, total_steps, warm_up):
    start, end = max_lr / 25, max_lr / 250_000
    turn = warm_up * total_steps - 1

    def schedule(step):
        if step <= turn:
            return start + (max_lr - start) * step / turn
        if step <= 2 * turn:
            return max_lr - (max_lr - start) * (step - turn) / turn
        if step < total_steps - 1:
            return start + (end - start) * (step - 2 * turn) / (total_steps - 1 - 2 * turn)
        return end

    return schedule


def one_cycle_momentum(total_steps, warm_up, low, high):
    turn = warm_up * total_steps - 1
    return lambda step: high - (high - low) * max(0.0, 1 - abs(step - turn) / turn)


class PerformanceDecay:
    """Remembers all that it has heard and computes the rate anew."""

    def __init__(self, lr, factor, patience, threshold, check_every):
        self.first, self.factor, self.patience = lr, factor, patience
        self.wanted, self.check_every, self.heard = 1 - threshold, check_every, []

    def step(self, metric):
        self.heard.append(metric)
        best, waited, rate = float("inf"), 0, self.first
        for seen in self.heard[self.check_every - 1 :: self.check_every]:
            if seen < best * self.wanted:
                best, waited = seen, 0
                continue
            waited += 1
            if waited == self.patience:
                rate, waited = rate * self.factor, 0
        return rate
