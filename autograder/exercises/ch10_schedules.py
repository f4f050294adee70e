"""The exercises of chapter 10: eleven plans for the learning rate, and the mistakes that students make with them."""

import numpy as np

from autograder.exercise import Case, Exercise, Part, misconception
from autograder.exercises.cases import grid
from autograder.sandbox.protocols import Listener, Schedule

FROM_ZERO = "Steps count from 0. At step 0 the rate is the first one, unchanged."


def _rate(rng):
    return float(grid(rng.uniform(0.1, 0.9)))


def _piecewise(
    lr, steps, factors, reached=lambda step, start: step >= start, join=lambda lr, rate, factor: rate * factor
):
    def schedule(step):
        rate = lr
        for start, factor in zip(steps, factors):
            if reached(step, start):
                rate = join(lr, rate, factor)
        return rate

    return schedule


class _Shrinking:
    """The remembered rate is multiplied at each call, or (`exact`) at each call for just the step of a change."""

    def __init__(self, lr, steps, factors, exact=False):
        self.lr, self.changes, self.exact = lr, list(zip(steps, factors)), exact

    def __call__(self, step):
        for start, factor in self.changes:
            if step == start if self.exact else step >= start:
                self.lr *= factor
        return self.lr


def _staircases(rng):
    made = []
    for count in (1, 2, 3):
        steps = [int(step) for step in np.cumsum(rng.integers(2, 9, count))]
        factors = [float(factor) for factor in grid(rng.uniform(0.125, 0.75, count))]
        inputs = {"lr": _rate(rng), "steps_of_change": steps, "factors": factors}
        about = ("one change", "two changes", "three changes")[count - 1]
        made.append(Case({**inputs, "steps": [0, 1]}, "steps before the first change"))
        asked = sorted({0, *steps, *(step - 1 for step in steps), *(step + 1 for step in steps), steps[-1] + 40})
        made.append(Case({**inputs, "steps": asked}, f"{about} and the steps around"))
        made.append(
            Case({**inputs, "steps": [steps[-1] + 5, steps[0] - 1, steps[-1] + 1, 0]}, "steps asked out of order")
        )
    return made


piecewise_constant = Exercise(
    id="ch10.piecewise_constant",
    reference="schedules.piecewise_constant",
    protocol=Schedule(("lr", "steps_of_change", "factors")),
    cases=_staircases,
    parts=[Part("rates", 3, "rates")],
    read_again="10.2 A staircase: the piecewise constant rate",
    misconceptions=[
        misconception(
            "the change comes one step late",
            "A step at which the rate changes belongs to what comes after it. Ask whether the step is at or beyond it, with an equals sign.",
            unit=lambda lr, steps, factors: _piecewise(lr, steps, factors, lambda step, start: step > start),
        ),
        misconception(
            "each factor multiplies the first rate, not the rate before it",
            "After two changes the rate is lr times both factors. Yours forgets the first of them.",
            "Two factors of ½ make a quarter.",
            unit=lambda lr, steps, factors: _piecewise(
                lr, steps, factors, join=lambda first, rate, factor: first * factor
            ),
        ),
        misconception(
            "the factors are taken for rates",
            "A factor says how many times as large the rate becomes. It is multiplied; it does not replace the rate.",
            unit=lambda lr, steps, factors: _piecewise(lr, steps, factors, join=lambda first, rate, factor: factor),
        ),
        misconception(
            "the factors are divisors",
            "A factor of 0.1 makes the rate ten times smaller. Yours grows at each change.",
            unit=lambda lr, steps, factors: _piecewise(
                lr, steps, factors, join=lambda first, rate, factor: rate / factor
            ),
        ),
        misconception(
            "the factor acts at its own step only",
            "From that step on, the rate stays changed. At the next step it must not jump back.",
            unit=lambda lr, steps, factors: _piecewise(lr, steps, factors, lambda step, start: step == start),
        ),
        misconception(
            "the inner function changes what it remembers",
            "The first question is answered rightly, and then lr itself is smaller: the next question multiplies it again. "
            "Begin each answer with a rate of its own, `rate = lr`.",
            unit=lambda lr, steps, factors: _Shrinking(lr, steps, factors),
        ),
        misconception(
            "a plan that must be asked step by step",
            "Yours changes the remembered rate when it is asked for just that step. Asked for step 50 at once, it has missed the change. "
            "Work out every answer anew from lr and the step.",
            unit=lambda lr, steps, factors: _Shrinking(lr, steps, factors, exact=True),
        ),
        misconception(
            "only the first change takes place",
            "All the steps that have been reached count, not just the first. Does your loop end, or return, too early?",
            unit=lambda lr, steps, factors: _piecewise(lr, steps[:1], factors[:1]),
        ),
    ],
)


def _decays(rng):
    made = []
    for decay_steps in (1, 4, 10, 25):
        inputs = {"lr": _rate(rng), "gamma": float(grid(rng.uniform(0.3, 0.9))), "decay_steps": decay_steps}
        made.append(Case({**inputs, "steps": [0]}, "the first step"))
        asked = sorted({1, 3, decay_steps, 2 * decay_steps, 2 * decay_steps + 3})
        made.append(Case({**inputs, "steps": asked}, f"decay steps {decay_steps}"))
    return made


exponential = Exercise(
    id="ch10.exponential",
    reference="schedules.exponential",
    protocol=Schedule(("lr", "gamma", "decay_steps")),
    cases=_decays,
    parts=[Part("rates", 2, "rates")],
    read_again="10.3 Exponential decay: the same factor, again and again",
    misconceptions=[
        misconception(
            "a staircase: the exponent is rounded down",
            "Between two multiples of the decay steps the rate goes on falling. Divide with one slash, not with two.",
            unit=lambda lr, gamma, s: lambda t: lr * gamma ** (t // s),
        ),
        misconception(
            "the decay steps are left out",
            "The rate becomes γ times as large after s steps, not after each. The exponent is t/s.",
            unit=lambda lr, gamma, s: lambda t: lr * gamma**t,
        ),
        misconception(
            "the power is divided by the decay steps, not the exponent",
            "In Python the power is taken before the division. Put the exponent t/s in parentheses.",
            unit=lambda lr, gamma, s: lambda t: lr * gamma**t / s,
        ),
        misconception(
            "the first rate is inside the power",
            "Only γ is raised to the power. The first rate stands in front of it.",
            unit=lambda lr, gamma, s: lambda t: (lr * gamma) ** (t / s),
        ),
        misconception(
            "steps counted from 1",
            FROM_ZERO,
            unit=lambda lr, gamma, s: lambda t: lr * gamma ** ((t + 1) / s),
        ),
        misconception(
            "exp(−γt/s) where γ^(t/s) belongs",
            "Both are exponential curves, but here γ is the factor after s steps: the base, not a speed in the exponent.",
            unit=lambda lr, gamma, s: lambda t: lr * np.exp(-gamma * t / s),
        ),
        misconception(
            "1 − γ in place of γ",
            "Here γ is what is left after s steps, not what is lost: with γ = 0.9 nine tenths remain.",
            unit=lambda lr, gamma, s: lambda t: lr * (1 - gamma) ** (t / s),
        ),
        misconception(
            "γ multiplied by t/s, not raised to it",
            "Every s steps the rate is multiplied by γ once more. That is a power: two stars, not one.",
            unit=lambda lr, gamma, s: lambda t: lr * gamma * (t / s),
        ),
        misconception(
            "the exponent is t times s",
            "More decay steps mean a slower decay. Divide the step by them.",
            unit=lambda lr, gamma, s: lambda t: lr * gamma ** (t * s),
        ),
    ],
)


def _powers(rng):
    made = []
    for exponent in (1.0, 2.0, 0.5, 3.0):
        decay_steps = int(rng.integers(3, 12))
        inputs = {
            "lr": _rate(rng),
            "gamma": float(grid(rng.uniform(0.25, 3))),
            "decay_steps": decay_steps,
            "exponent": exponent,
        }
        made.append(Case({**inputs, "steps": [0]}, "the first step"))
        made.append(Case({**inputs, "steps": [1, decay_steps, 50, 1000]}, f"exponent {exponent:g}"))
    return made


power = Exercise(
    id="ch10.power",
    reference="schedules.power",
    protocol=Schedule(("lr", "gamma", "decay_steps", "exponent")),
    cases=_powers,
    parts=[Part("rates", 3, "rates")],
    read_again="10.4 Power decay: never too tired to arrive",
    misconceptions=[
        misconception(
            "the exponent reaches only γt/s, not the whole parenthesis",
            "The 1 belongs to what is raised to the power: (1 + γt/s)^p.",
            unit=lambda lr, gamma, s, p: lambda t: lr / (1 + (gamma * t / s) ** p),
        ),
        misconception(
            "the whole rate is raised to the power",
            "The first rate is divided by the power. It is not raised itself: at step 0 the rate must be lr.",
            unit=lambda lr, gamma, s, p: lambda t: (lr / (1 + gamma * t / s)) ** p,
        ),
        misconception(
            "the exponent is missing",
            "The parenthesis is raised to the power p before the division.",
            unit=lambda lr, gamma, s, p: lambda t: lr / (1 + gamma * t / s),
        ),
        misconception(
            "multiplied by the exponent, not raised to it",
            "The parenthesis is taken p times as a factor: two stars. At step 0 it is 1, and 1 to any power is 1.",
            unit=lambda lr, gamma, s, p: lambda t: lr / ((1 + gamma * t / s) * p),
        ),
        misconception(
            "the decay steps multiply t",
            "More decay steps mean a slower decay: t is divided by s.",
            unit=lambda lr, gamma, s, p: lambda t: lr / (1 + gamma * t * s) ** p,
        ),
        misconception(
            "a staircase: t/s is rounded down",
            "The rate falls a little at every step. Divide with one slash, not with two.",
            unit=lambda lr, gamma, s, p: lambda t: lr / (1 + gamma * (t // s)) ** p,
        ),
        misconception(
            "multiplied by the power: the rate grows",
            "A schedule that decays divides by something that grows.",
            unit=lambda lr, gamma, s, p: lambda t: lr * (1 + gamma * t / s) ** p,
        ),
        misconception(
            "the decay steps are left out",
            "With more decay steps the rate falls more slowly: t is divided by s.",
            unit=lambda lr, gamma, s, p: lambda t: lr / (1 + gamma * t) ** p,
        ),
        misconception(
            "γ is left out",
            "The factor γ says how strongly the rate falls. It multiplies t/s.",
            unit=lambda lr, gamma, s, p: lambda t: lr / (1 + t / s) ** p,
        ),
        misconception(
            "steps counted from 1",
            FROM_ZERO,
            unit=lambda lr, gamma, s, p: lambda t: lr / (1 + gamma * (t + 1) / s) ** p,
        ),
    ],
)


def _polynomials(rng):
    made = []
    for exponent in (1.0, 2.0, 0.5, 3.0):
        lr, decay_steps = _rate(rng), int(rng.integers(6, 40))
        end_lr = float(grid(lr * rng.uniform(0.05, 0.3)))
        inputs = {"lr": lr, "decay_steps": decay_steps, "end_lr": end_lr, "exponent": exponent}
        made.append(
            Case({**inputs, "steps": [0, 1, decay_steps // 2, decay_steps - 1, decay_steps]}, f"exponent {exponent:g}")
        )
        made.append(
            Case({**inputs, "steps": [decay_steps + 1, 2 * decay_steps, 1000]}, "steps after the last one", "after")
        )
    return made


polynomial = Exercise(
    id="ch10.polynomial",
    reference="schedules.polynomial",
    protocol=Schedule(("lr", "decay_steps", "end_lr", "exponent")),
    cases=_polynomials,
    parts=[Part("rates on the way", 2, "rates"), Part("rates after the end", 1, "rates", where="after")],
    read_again="10.5 Polynomial decay: down to a given rate at a given step",
    misconceptions=[
        misconception(
            "the step goes past the end",
            "After the last decay step the rate stays at the end rate. Stop the step there, with min, before you use it.",
            "The power of a negative number climbs again, or has no value.",
            unit=lambda lr, s, end, p: lambda t: (lr - end) * (1 - t / s) ** p + end,
        ),
        misconception(
            "the end rate is not added",
            "At the last step the parenthesis is 0. What is left over must be the end rate.",
            unit=lambda lr, s, end, p: lambda t: (lr - end) * (1 - min(t, s) / s) ** p,
        ),
        misconception(
            "the end rate is not taken off the first rate",
            "At step 0 the parenthesis is 1, and your rate is lr + end_lr. Multiply the difference of the two rates.",
            unit=lambda lr, s, end, p: lambda t: lr * (1 - min(t, s) / s) ** p + end,
        ),
        misconception(
            "the exponent is missing",
            "The fraction that is left is raised to the power p. With p = 1 yours is right.",
            unit=lambda lr, s, end, p: lambda t: (lr - end) * (1 - min(t, s) / s) + end,
        ),
        misconception(
            "the end rate as a floor: the larger of the curve and the end rate",
            "With max the curve falls as if it went to 0, and then breaks off. Here the whole curve is squeezed so that it ends at end_lr.",
            unit=lambda lr, s, end, p: lambda t: max(lr * (1 - min(t, s) / s) ** p, end),
        ),
        misconception(
            "the difference of the rates is inside the power",
            "Only the fraction 1 − t/s is raised to the power p. The difference lr − end_lr multiplies it afterwards.",
            unit=lambda lr, s, end, p: lambda t: ((lr - end) * (1 - min(t, s) / s)) ** p + end,
        ),
        misconception(
            "(t/s)^p: it rises",
            "What counts is the fraction of the way that is left, 1 − t/s. It is 1 at step 0.",
            unit=lambda lr, s, end, p: lambda t: (lr - end) * (min(t, s) / s) ** p + end,
        ),
        misconception(
            "the difference of the rates the wrong way round",
            "At step 0 what you multiply must be lr − end_lr, so that adding end_lr gives lr.",
            unit=lambda lr, s, end, p: lambda t: (end - lr) * (1 - min(t, s) / s) ** p + end,
        ),
        misconception(
            "1 − (t/s)^p in place of (1 − t/s)^p",
            "First subtract, then raise. The other way round, the curve is bent to the other side.",
            unit=lambda lr, s, end, p: lambda t: (lr - end) * (1 - (min(t, s) / s) ** p) + end,
        ),
        misconception(
            "0 after the end",
            "The rate does not vanish after the last decay step; it stays at the end rate.",
            unit=lambda lr, s, end, p: lambda t: (lr - end) * (1 - t / s) ** p + end if t <= s else 0.0,
        ),
    ],
)


def _waves(rng):
    made = []
    for alpha in (0.0, 0.05, 0.25, 0.5):
        lr, s = _rate(rng), int(rng.integers(8, 60))
        inputs = {"lr": lr, "decay_steps": s, "alpha": alpha}
        made.append(Case({**inputs, "steps": [0, 1, s // 3, s // 2, s - 1]}, f"α = {alpha:g}"))
        if alpha:
            made.append(Case({**inputs, "steps": [s]}, "the last step"))
    return made


cosine_annealing = Exercise(
    id="ch10.cosine_annealing",
    reference="schedules.cosine_annealing",
    protocol=Schedule(("lr", "decay_steps", "alpha")),
    cases=_waves,
    parts=[Part("rates", 4, "rates")],
    read_again="10.6 Cosine annealing: a soft start and a soft landing",
    misconceptions=[
        misconception(
            "α is added outside, without the first rate: the formula as D1 prints it",
            "Here α is a fraction of the first rate. So the parenthesis that lr multiplies must hold both terms.",
            "At step 0 the rate must be lr. Yours is higher.",
            unit=lambda lr, s, a: lambda t: lr * (1 + np.cos(np.pi * t / s)) / 2 * (1 - a) + a,
        ),
        misconception(
            "a whole turn of the cosine: it comes back up",
            "From 1 to −1 is half a turn: π, not 2π, at the last step.",
            unit=lambda lr, s, a: lambda t: lr * ((1 + np.cos(2 * np.pi * t / s)) / 2 * (1 - a) + a),
        ),
        misconception(
            "a quarter of a turn: the soft landing is missing",
            "The cosine itself, from 1 to 0, lands with its steepest slope. Half a turn, plus 1, halved, lands softly.",
            unit=lambda lr, s, a: lambda t: lr * (np.cos(np.pi * t / s / 2) * (1 - a) + a),
        ),
        misconception(
            "not halved: the wave goes from 2 to 0",
            "At step 0, 1 + cos is 2. Halve it, so that the wave goes from 1 to 0.",
            unit=lambda lr, s, a: lambda t: lr * ((1 + np.cos(np.pi * t / s)) * (1 - a) + a),
        ),
        misconception(
            "halved too early: 1 + cos/2",
            "The sum is halved, not the cosine alone: (1 + cos)/2, with the parenthesis around the sum.",
            unit=lambda lr, s, a: lambda t: lr * ((1 + np.cos(np.pi * t / s) / 2) * (1 - a) + a),
        ),
        misconception(
            "the cosine alone: neither 1 added nor halved",
            "The cosine goes down to −1, and a rate below 0 climbs the hill. Add 1 and halve.",
            unit=lambda lr, s, a: lambda t: lr * (np.cos(np.pi * t / s) * (1 - a) + a),
        ),
        misconception(
            "no π in the angle",
            "At the last step the angle must be half a turn, π. The fraction t/s goes from 0 to 1.",
            unit=lambda lr, s, a: lambda t: lr * ((1 + np.cos(t / s)) / 2 * (1 - a) + a),
        ),
        misconception(
            "the last rate reached one step too early: s − 1 for s",
            "The wave ends at step s, so the angle is π·t/s.",
            unit=lambda lr, s, a: lambda t: lr * ((1 + np.cos(np.pi * t / (s - 1))) / 2 * (1 - a) + a),
        ),
        misconception(
            "α as a rate: the wave goes from lr to α",
            "Here α is a fraction of lr. The lowest rate is α · lr.",
            unit=lambda lr, s, a: lambda t: (lr - a) * (1 + np.cos(np.pi * t / s)) / 2 + a,
        ),
        misconception(
            "α as a floor: the larger of the wave and α · lr",
            "With max the wave goes on towards 0 and breaks off. Here it is squeezed between lr and α · lr, and lands softly.",
            unit=lambda lr, s, a: lambda t: max(lr * (1 + np.cos(np.pi * t / s)) / 2, a * lr),
        ),
        misconception(
            "the wave is not squeezed by 1 − α",
            "Without the factor 1 − α the first rate is lr·(1 + α).",
            unit=lambda lr, s, a: lambda t: lr * ((1 + np.cos(np.pi * t / s)) / 2 + a),
        ),
        misconception(
            "α is left out: it falls to 0",
            "The last rate is α times the first. Yours has no α in it at all.",
            unit=lambda lr, s, a: lambda t: lr * (1 + np.cos(np.pi * t / s)) / 2,
        ),
        misconception(
            "the angle in degrees",
            "NumPy's cosine wants radians. Half a turn is π.",
            unit=lambda lr, s, a: lambda t: lr * ((1 + np.cos(180 * t / s)) / 2 * (1 - a) + a),
        ),
        misconception(
            "1 − cos: it rises",
            "At step 0 the cosine is 1 and the rate is the highest. Add the cosine, do not subtract it.",
            unit=lambda lr, s, a: lambda t: lr * ((1 - np.cos(np.pi * t / s)) / 2 * (1 - a) + a),
        ),
    ],
)


def _restarts(lr, first, longer=2, lower=0.5, inside=lambda step, end: step < end, short=0):
    def schedule(step):
        start, length, rate = 0, first, lr
        while not inside(step, start + length):
            start, length, rate = start + length, longer * length, lower * rate
        return rate * (1 + np.cos(np.pi * (step - start) / (length - short))) / 2

    return schedule


def _late_doubling(lr, first):
    """The length doubles before the start moves."""

    def schedule(step):
        start, length, rate = 0, first, lr
        while step >= start + length:
            length, rate = 2 * length, rate / 2
            start = start + length
        return rate * (1 + np.cos(np.pi * (step - start) / length)) / 2

    return schedule


def _own_steps_forgotten(lr, first):
    def schedule(step):
        start, length, rate = 0, first, lr
        while step >= start + length:
            start, length, rate = start + length, 2 * length, rate / 2
        return rate * (1 + np.cos(np.pi * step / length)) / 2

    return schedule


def _cycles(rng):
    made = []
    for first in (1, 3, 5, 8):
        inputs = {"lr": _rate(rng), "first_steps": first}
        if first > 1:
            made.append(Case({**inputs, "steps": list(range(first))}, "the first cycle", "first"))
        ends = [first * (2**k - 1) for k in range(1, 6)]
        made.append(Case({**inputs, "steps": ends}, "the first step of each later cycle"))
        asked = sorted({step for end in ends for step in (end - 1, end + 1, end + first)})
        made.append(Case({**inputs, "steps": asked}, "steps inside the later cycles"))
        made.append(Case({**inputs, "steps": [ends[3], ends[1] + 1, ends[2] + 1, ends[0]]}, "steps asked out of order"))
    return made


cosine_restarts = Exercise(
    id="ch10.cosine_restarts",
    reference="schedules.cosine_restarts",
    protocol=Schedule(("lr", "first_steps")),
    cases=_cycles,
    parts=[Part("the first cycle", 2, "rates", where="first"), Part("all later cycles", 3, "rates")],
    read_again="10.7 Warm restarts: down, and up again",
    misconceptions=[
        misconception(
            "all cycles have the same length",
            "Each cycle is twice as long as the one before. The second one starts at s and the third at 3s.",
            unit=lambda lr, first: _restarts(lr, first, longer=1),
        ),
        misconception(
            "every cycle starts from the first rate",
            "Each cycle starts from half the rate of the one before.",
            unit=lambda lr, first: _restarts(lr, first, lower=1.0),
        ),
        misconception(
            "the step at the end still belongs to the old cycle",
            "A cycle of s steps has the steps 0 to s − 1. Step s is the first of the next one, at its full rate, not the last of the old one, at 0.",
            unit=lambda lr, first: _restarts(lr, first, inside=lambda step, end: step <= end),
        ),
        misconception(
            "inside a cycle the steps of the whole run are counted",
            "The wave of a cycle begins at its own first step. Use the step minus the start of the cycle.",
            unit=_own_steps_forgotten,
        ),
        misconception(
            "no restart: the wave just goes on",
            "After half a turn the cosine comes back up by itself, softly. A restart jumps to the top of a new, longer wave.",
            unit=lambda lr, first: lambda t: lr * (1 + np.cos(np.pi * t / first)) / 2,
        ),
        misconception(
            "the length doubles before the start moves",
            "The next cycle starts where this one ends: at start plus the old length. Double the length after that, or change all three at once.",
            unit=_late_doubling,
        ),
        misconception(
            "a search that goes on where it stopped the last time",
            "Start, length and rate are remembered from question to question, so an earlier step is looked for in a later cycle. "
            "Begin each search at the first cycle.",
            unit=lambda lr, first: _Forward(lr, first),
        ),
        misconception(
            "one step to the next cycle only: if in place of while",
            "A late step may lie many cycles on. Ask again and again, with while, until the step is inside.",
            unit=lambda lr, first: _second_at_most(lr, first),
        ),
        misconception(
            "cycles that start at s, 2s, 4s: a length taken for a start",
            "The second cycle has 2s steps of its own and starts at s. So it ends at 3s: the starts are s, 3s, 7s.",
            unit=lambda lr, first: _doubling_ends(lr, first),
        ),
        misconception(
            "each cycle reaches 0 at its last step: length − 1 for length",
            "The step that would end a cycle, with rate 0, is the first of the next one. So a cycle of s steps divides by s.",
            unit=lambda lr, first: _restarts(lr, first, short=1),
        ),
        misconception(
            "it stops after the first cycle",
            "After the first cycle there is a second and a third. Find the cycle that the step is in with a while loop.",
            unit=lambda lr, first: lambda t: lr * (1 + np.cos(np.pi * min(t, first) / first)) / 2,
        ),
        misconception(
            "the cycles get shorter, not longer",
            "Twice as long means: multiply the length by 2, and halve only the rate.",
            unit=lambda lr, first: _shorter(lr, first),
        ),
    ],
)


class _Forward:
    """Never goes back to an earlier cycle."""

    def __init__(self, lr, first):
        self.start, self.length, self.rate = 0, first, lr

    def __call__(self, step):
        while step >= self.start + self.length:
            self.start, self.length, self.rate = self.start + self.length, 2 * self.length, self.rate / 2
        return self.rate * (1 + np.cos(np.pi * (step - self.start) / self.length)) / 2


def _second_at_most(lr, first):
    def schedule(step):
        start, length, rate = (0, first, lr) if step < first else (first, 2 * first, lr / 2)
        return rate * (1 + np.cos(np.pi * (step - start) / length)) / 2

    return schedule


def _doubling_ends(lr, first):
    def schedule(step):
        start, end, rate = 0, first, lr
        while step >= end:
            start, end, rate = end, 2 * end, rate / 2
        return rate * (1 + np.cos(np.pi * (step - start) / (end - start))) / 2

    return schedule


def _shorter(lr, first):
    def schedule(step):
        start, length, rate = 0, first, lr
        while step >= start + length and length > 1e-6:
            start, length, rate = start + length, length / 2, rate / 2
        return rate * (1 + np.cos(np.pi * (step - start) / length)) / 2

    return schedule


def _warm_ups(rng):
    made = []
    for warm in (1, 2, 5, 8):
        inputs = {"lr": _rate(rng), "gamma": float(grid(rng.uniform(0.6, 0.95))), "warm_steps": warm}
        made.append(Case({**inputs, "steps": [0]}, "the first step"))
        made.append(
            Case(
                {**inputs, "steps": [1, 2, warm - 1, warm, warm + 1, 3 * warm]},
                f"a warm-up of {warm} step{'s' * (warm > 1)}",
            )
        )
    return made


def _warm_up(lr, gamma, warm):
    """(t + 1)/warm_steps of the rate, at most all of it."""
    return lambda t: lr * gamma**t * min(1, (t + 1) / warm)


def _rates_of(make):
    return lambda _, inputs: {"rates": _answers(make, inputs)}


def _answers(make, inputs):
    plan = make(*(value for name, value in inputs.items() if name != "steps"))
    return [plan(step) for step in inputs["steps"]]


warm_up = Exercise(
    id="ch10.warm_up",
    reference="",
    protocol=Schedule(("lr", "gamma", "warm_steps")),
    cases=_warm_ups,
    parts=[Part("rates", 3, "rates")],
    answers=_rates_of(_warm_up),
    read_again="10.8 Warm-up, and schedules made of schedules",
    misconceptions=[
        misconception(
            "the first step has rate 0",
            "With t/m the first step does nothing. The factor is (t + 1)/m: at step 0 it is 1/m.",
            unit=lambda lr, gamma, m: lambda t: lr * gamma**t * min(1, t / m),
        ),
        misconception(
            "the factor goes on growing after the warm-up",
            "After the warm-up the rates are those of the schedule. The factor is at most 1.",
            unit=lambda lr, gamma, m: lambda t: lr * gamma**t * (t + 1) / m,
        ),
        misconception(
            "the schedule waits until the warm-up is over",
            "The schedule that you were given is asked for the same step, during the warm-up, too. It does not start later.",
            unit=lambda lr, gamma, m: lambda t: lr * gamma ** max(0, t - m) * min(1, (t + 1) / m),
        ),
        misconception(
            "the schedule begins anew after the warm-up",
            "It counts the steps of the warm-up, too. After it, go on asking for the step itself, not for step − warm_steps.",
            unit=lambda lr, gamma, m: lambda t: lr * gamma**t * (t + 1) / m if t < m else lr * gamma ** (t - m),
        ),
        misconception(
            "the warm-up climbs to the rate at its end, not along the schedule",
            "While it warms up, the rate is the schedule's rate at this step, times the factor. Yours asks the schedule for step warm_steps.",
            unit=lambda lr, gamma, m: lambda t: lr * gamma**m * (t + 1) / m if t < m else lr * gamma**t,
        ),
        misconception(
            "the factor alone: the schedule is never asked",
            "The factor says which part of the rate is applied. The rate itself comes from the schedule: `schedule(step)`.",
            unit=lambda lr, gamma, m: lambda t: min(1, (t + 1) / m),
        ),
        misconception(
            "the smaller of the rate and the factor",
            "A rate of 0.01 is below every factor, so it would not be warmed up at all. Multiply the two.",
            unit=lambda lr, gamma, m: lambda t: min(lr * gamma**t, (t + 1) / m),
        ),
        misconception(
            "the larger of 1 and the factor",
            "The factor begins at 1/m and may not become larger than 1. The smaller of the two is min.",
            unit=lambda lr, gamma, m: lambda t: lr * gamma**t * max(1, (t + 1) / m),
        ),
        misconception(
            "the warm-up climbs to the first rate, not along the schedule",
            "While it warms up, the rate is the schedule's rate at this step, times the factor. Yours asks the schedule for step 0.",
            unit=lambda lr, gamma, m: lambda t: lr * (t + 1) / m if t < m else lr * gamma**t,
        ),
        misconception(
            "no warm-up at all",
            "The new schedule gives the same rates as the old one. Multiply the first ones by (t + 1)/m.",
            unit=lambda lr, gamma, m: lambda t: lr * gamma**t,
        ),
        misconception(
            "the rate is 0 during the warm-up",
            "A warm-up is a climb, not a pause: at step 0 the factor is already 1/m.",
            unit=lambda lr, gamma, m: lambda t: lr * gamma**t * (t + 1 >= m),
        ),
    ],
)


def _chained(starts, slopes, lengths, own=True, late=False, again=False, end=False):
    def schedule(step):
        left = step
        for number, length in enumerate(lengths):
            if left < length or (late and left == length):
                return starts[number] + slopes[number] * (left if own else step)
            left -= length
        if end:
            return 0.0
        last = len(starts) - 1
        if again:
            left %= max(1, sum(lengths))
            return _chained(starts, slopes, lengths)(left)
        return starts[last] + slopes[last] * (left if own else step)

    return schedule


def _compared_whole(starts, slopes, lengths):
    def schedule(step):
        number = next((i for i, length in enumerate(lengths) if step < length), len(starts) - 1)
        return starts[number] + slopes[number] * step

    return schedule


def _last_length(starts, slopes, lengths):
    def schedule(step):
        begin = 0
        for number, length in enumerate(lengths):
            if step < begin + length:
                return starts[number] + slopes[number] * (step - begin)
            begin = length
        return starts[-1] + slopes[-1] * (step - begin)

    return schedule


def _chains(rng):
    made = []
    for count in (1, 2, 3, 4):
        starts = [float(value) for value in grid(rng.uniform(1, 4, count))]
        slopes = [float(value) for value in grid(rng.uniform(0.1, 0.5, count)) * rng.choice([-1.0, 1.0], count)]
        lengths = [int(value) for value in rng.integers(2, 7, count - 1)]
        inputs = {"starts": starts, "slopes": slopes, "lengths": lengths}
        borders = np.cumsum(lengths).tolist() if lengths else [3]
        asked = sorted({0, 1, *borders, *(b - 1 for b in borders), *(b + 1 for b in borders), borders[-1] + 10})
        made.append(Case({**inputs, "steps": asked}, "one part" if count == 1 else f"{count} parts"))
    return made


chain = Exercise(
    id="ch10.chain",
    reference="",
    protocol=Schedule(("starts", "slopes", "lengths")),
    cases=_chains,
    parts=[Part("rates", 4, "rates")],
    answers=_rates_of(_chained),
    read_again="10.8 Warm-up, and schedules made of schedules",
    misconceptions=[
        misconception(
            "the later parts are asked with the step of the whole run",
            "Each part counts its own steps from 0. Take off the steps that the parts before it have used.",
            unit=lambda starts, slopes, lengths: _chained(starts, slopes, lengths, own=False),
        ),
        misconception(
            "a part lasts one step too long",
            "A part of length 10 has the steps 0 to 9. Step 10 is the next part's step 0.",
            unit=lambda starts, slopes, lengths: _chained(starts, slopes, lengths, late=True),
        ),
        misconception(
            "nothing is taken off the step: each length is compared with the step of the whole run",
            "Past the first part, 12 steps are 2 steps into the second. Take each length off the step before you look at the next part.",
            unit=lambda starts, slopes, lengths: _compared_whole(starts, slopes, lengths),
        ),
        misconception(
            "the start of a part is the last length, not the sum of all lengths before it",
            "The third part starts after the first and the second. Add each length to the start, do not replace it.",
            unit=lambda starts, slopes, lengths: _last_length(starts, slopes, lengths),
        ),
        misconception(
            "the first part goes on for ever",
            "When the first length is used up, the next part answers.",
            unit=lambda starts, slopes, lengths: lambda t: starts[0] + slopes[0] * t,
        ),
        misconception(
            "the last part is forgotten: the rate is 0 at the end",
            "There is one length less than there are parts. What is left over after all lengths belongs to the last part.",
            unit=lambda starts, slopes, lengths: _chained(starts, slopes, lengths, end=True),
        ),
        misconception(
            "it begins anew after the last length",
            "The last part has no end. Nothing is repeated.",
            unit=lambda starts, slopes, lengths: _chained(starts, slopes, lengths, again=True),
        ),
        misconception(
            "the parts are added up",
            "At each step one part answers, and only one.",
            unit=lambda starts, slopes, lengths: lambda t: sum(a + b * t for a, b in zip(starts, slopes)) + 0.0,
        ),
    ],
)


def _one_cycle(max_lr, total, warm, div=25.0, end=1e4, shift=-1, last=None, peak=None, down=None):
    peak = warm * total + shift if peak is None else peak
    start = max_lr / div
    corners = [0, peak, 2 * peak if down is None else down, total - 1 if last is None else last]

    def schedule(step):
        return float(np.interp(step, corners, [start, max_lr, start, start / end]))

    return schedule


def _runs(names):
    def make(rng):
        made = []
        for total, warm in ((20, 0.25), (40, 0.45), (101, 0.3), (200, 0.45)):
            peak = warm * total - 1
            options = {
                "max_lr": _rate(rng),
                "total_steps": total,
                "warm_up": warm,
                "low": float(grid(rng.uniform(0.5, 0.85))),
                "high": float(grid(rng.uniform(0.88, 0.98))),
            }
            inputs = {name: options[name] for name in names}
            phases = {
                "the warm-up": [0, 1, int(peak) - 1],
                "the steps around the peak": [int(peak), int(peak) + 1],
                "the annealing": [int(1.5 * peak), int(2 * peak) - 1],
                "the cool-down": [int(2 * peak) + 1, (int(2 * peak) + total) // 2, total - 1],
                "steps after the last one": [total, 2 * total],
            }
            made += [Case({**inputs, "steps": steps}, about) for about, steps in phases.items()]
        return made

    return make


one_cycle = Exercise(
    id="ch10.one_cycle",
    reference="schedules.one_cycle",
    protocol=Schedule(("max_lr", "total_steps", "warm_up")),
    cases=_runs(("max_lr", "total_steps", "warm_up")),
    parts=[Part("rates", 5, "rates")],
    read_again="10.9 The range test, and one cycle",
    misconceptions=[
        misconception(
            "the peak is one step late: it is at u·T",
            "Steps count from 0, so the first u·T steps end at step u·T − 1.",
            unit=lambda max_lr, total, warm: _one_cycle(max_lr, total, warm, shift=0),
        ),
        misconception(
            "all corners are one step late: u·T, 2·u·T and T",
            "Steps count from 0. The first u·T steps end at step u·T − 1, and the last of T steps is T − 1.",
            unit=lambda max_lr, total, warm: _one_cycle(max_lr, total, warm, shift=0, last=total),
        ),
        misconception(
            "the way down is one step longer than the way up: 2·u·T − 1 for 2a",
            "The third corner is at 2a, twice the second: 2 · (u·T − 1) = 2·u·T − 2.",
            unit=lambda max_lr, total, warm: _one_cycle(max_lr, total, warm, down=2 * warm * total - 1),
        ),
        misconception(
            "the peak rounded to a whole step",
            "A corner may lie between two steps: with 101 steps and u = 0.3 it is at 29.3. Leave the number as it is.",
            unit=lambda max_lr, total, warm: _one_cycle(max_lr, total, warm, peak=int(warm * total - 1)),
        ),
        misconception(
            "the cool-down goes to 0",
            "The last rate is small but not 0: max_lr / 25 / 10 000. A step with rate 0 learns nothing.",
            unit=lambda max_lr, total, warm: _one_cycle(max_lr, total, warm, end=np.inf),
        ),
        misconception(
            "no cool-down: the rate ends where it started",
            "After the annealing the rate sinks on, to a ten-thousandth of where it started.",
            unit=lambda max_lr, total, warm: _one_cycle(max_lr, total, warm, end=1.0),
        ),
        misconception(
            "the last rate is the highest rate divided by 10 000",
            "It is the first rate that is divided by 10 000, and the first rate is already max_lr/25.",
            unit=lambda max_lr, total, warm: _one_cycle(max_lr, total, warm, end=1e4 / 25),
        ),
        misconception(
            "it starts from 0",
            "The first rate is max_lr/25. A step with rate 0 learns nothing.",
            unit=lambda max_lr, total, warm: (
                lambda t: float(
                    np.interp(
                        t,
                        [0, warm * total - 1, 2 * warm * total - 2, total - 1],
                        [0, max_lr, max_lr / 25, max_lr / 25e4],
                    )
                )
            ),
        ),
        misconception(
            "the annealing takes all the steps that are left",
            "Down takes as many steps as up. It ends at 2a, and there is a corner before the cool-down.",
            unit=lambda max_lr, total, warm: (
                lambda t: float(np.interp(t, [0, warm * total - 1, total - 1], [max_lr / 25, max_lr, max_lr / 25e4]))
            ),
        ),
        misconception(
            "upside down: it starts at the highest rate",
            "The rate climbs first. The highest one is at the corner a, not at step 0.",
            unit=lambda max_lr, total, warm: (
                lambda t: float(
                    np.interp(
                        t,
                        [0, warm * total - 1, 2 * warm * total - 2, total - 1],
                        [max_lr, max_lr / 25, max_lr, max_lr / 1e4],
                    )
                )
            ),
        ),
        misconception(
            "the last corner is at T, not at T − 1",
            "The last of T steps has the number T − 1.",
            unit=lambda max_lr, total, warm: _one_cycle(max_lr, total, warm, last=total),
        ),
    ],
)


def _momentum(total, warm, low, high, values=None, shift=-1):
    lowest = warm * total + shift
    values = [high, low, high, high] if values is None else values
    return lambda t: float(np.interp(t, [0, lowest, 2 * lowest, total - 1], values))


one_cycle_momentum = Exercise(
    id="ch10.one_cycle_momentum",
    reference="schedules.one_cycle_momentum",
    protocol=Schedule(("total_steps", "warm_up", "low", "high")),
    cases=_runs(("total_steps", "warm_up", "low", "high")),
    parts=[Part("momentum", 3, "rates")],
    read_again="10.9 The range test, and one cycle",
    misconceptions=[
        misconception(
            "with the rate instead of against it",
            "While the rate climbs, the momentum falls. It starts high.",
            unit=lambda total, warm, low, high: _momentum(total, warm, low, high, [low, high, low, low]),
        ),
        misconception(
            "it falls again in the cool-down",
            "In the cool-down the momentum stays high until the end.",
            unit=lambda total, warm, low, high: _momentum(total, warm, low, high, [high, low, high, low]),
        ),
        misconception(
            "it stays low after the peak",
            "When the rate comes back down, the momentum goes back up.",
            unit=lambda total, warm, low, high: _momentum(total, warm, low, high, [high, low, low, low]),
        ),
        misconception(
            "the lowest place is one step late, at u·T",
            "It is at the corner of the rate, u·T − 1.",
            unit=lambda total, warm, low, high: _momentum(total, warm, low, high, shift=0),
        ),
        misconception(
            "back to high at the very end only",
            "The way back takes as many steps as the way down. After 2a the momentum is high.",
            unit=lambda total, warm, low, high: (
                lambda t: float(np.interp(t, [0, warm * total - 1, total - 1], [high, low, high]))
            ),
        ),
        misconception(
            "the way back is one step longer than the way down: 2·u·T − 1 for 2a",
            "The third corner is at 2a, twice the second: 2 · (u·T − 1) = 2·u·T − 2.",
            unit=lambda total, warm, low, high: (
                lambda t: float(np.interp(t, [0, warm * total - 1, 2 * warm * total - 1], [high, low, high]))
            ),
        ),
        misconception(
            "the momentum sinks to 0 at the end",
            "In the cool-down the momentum stays high: the last two corners have the same value.",
            unit=lambda total, warm, low, high: _momentum(total, warm, low, high, [high, low, high, 0]),
        ),
        misconception(
            "it jumps instead of following a straight line",
            "Between the corners the momentum changes a little at every step.",
            unit=lambda total, warm, low, high: lambda t: low if t <= 2 * (warm * total - 1) else high,
        ),
    ],
)


class _Decay:
    """The right one, with places to go wrong."""

    ahead = 0  # checks too early (or late)
    forgets = True  # the waiting starts anew after a decay
    look_at_all = False
    relative = True
    any_lower = False
    follows = False  # the best is always the last
    first_call = 1

    def __init__(self, lr, factor, patience, threshold, check_every):
        self.lr, self.factor, self.patience = lr, factor, patience
        self.threshold, self.check_every = threshold, check_every
        self.best, self.calls, self.waited = np.inf, self.first_call - 1, 0

    def lowered(self):
        return self.lr * self.factor

    def improved(self, metric):
        if self.any_lower:
            return metric < self.best
        return metric < (self.best * (1 - self.threshold) if self.relative else self.best - self.threshold)

    def step(self, metric):
        self.calls += 1
        if not self.look_at_all and self.calls % self.check_every:
            return self.lr
        if self.improved(metric):
            self.best, self.waited = metric, 0
        else:
            self.waited += 1
            if self.follows:
                self.best = metric
            if self.waited >= self.patience + self.ahead:
                self.lr = self.lowered()
                if self.forgets:
                    self.waited = 0
        return self.lr


class _OneLate(_Decay):
    ahead = 1


class _NeverForgets(_Decay):
    forgets = False


class _EveryCall(_Decay):
    look_at_all = True


class _Absolute(_Decay):
    relative = False


class _AnyLower(_Decay):
    any_lower = True


class _Follows(_Decay):
    follows = True


class _CallsFromZero(_Decay):
    first_call = 0


class _InAll(_Decay):
    """An improvement does not end the waiting: checks in vain are counted in all, not in a row."""

    def step(self, metric):
        waited, best = self.waited, self.best
        rate = super().step(metric)
        if self.best != best:
            self.waited = waited
        return rate


class _LowestSeen(_Decay):
    """Waits as it should, and yet takes every lower loss for the best."""

    def step(self, metric):
        before = self.calls
        rate = super().step(metric)
        if (before + 1) % self.check_every == 0:
            self.best = min(self.best, metric)
        return rate


class _NotWorse(_Decay):
    """The question the other way round: what is not bad is an improvement, and nan is not."""

    def improved(self, metric):
        return not metric >= self.best * (1 - self.threshold)


class _TimesThreshold(_Decay):
    def improved(self, metric):
        return metric < self.best * self.threshold


class _Generous(_Decay):
    def improved(self, metric):
        return metric < self.best * (1 + self.threshold)


class _Divides(_Decay):
    def lowered(self):
        return self.lr / self.factor


class _Subtracts(_Decay):
    def lowered(self):
        return self.lr - self.factor


_ORDINAL = {1: "", 3: "third ", 4: "fourth "}


def _losses(rng):
    def run(n):
        """Losses that fall, stand still, fall by less than a threshold, and fall again."""
        falls = [4.0]
        for kind in rng.choice(["fall", "still", "rise", "little"], n - 1, p=[0.25, 0.25, 0.2, 0.3]):
            factor = {"fall": rng.uniform(0.6, 0.8), "still": 1.0, "rise": rng.uniform(1.05, 1.2), "little": 0.96}[kind]
            falls.append(falls[-1] * factor)
        return [float(value) for value in np.maximum(grid(np.array(falls)), 1 / 1024)]

    made = []
    shared = {"factor": 0.5, "threshold": 0.0625}
    stands = [3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]
    made.append(
        Case({"lr": 0.5, **shared, "patience": 2, "check_every": 1, "metrics": stands}, "a loss that stands still")
    )
    little = [4.0, 3.9375, 3.875, 3.8125, 3.75, 3.6875, 3.625]
    made.append(
        Case({"lr": 0.5, **shared, "patience": 2, "check_every": 1, "metrics": little}, "a loss that falls by little")
    )
    turns = [4.0, 4.0, 3.0, 3.0, 2.0, 2.0, 2.0, 2.0]
    made.append(
        Case(
            {"lr": 0.5, **shared, "patience": 2, "check_every": 1, "metrics": turns},
            "a loss that stands still and falls in turn",
        )
    )
    small = [0.5, 0.453125, 0.40625, 0.3671875, 0.3125]
    made.append(
        Case(
            {"lr": 0.5, **shared, "patience": 1, "check_every": 1, "metrics": small},
            "small losses that fall by a tenth",
        )
    )
    for patience, every in ((1, 1), (3, 1), (2, 3), (1, 4)):
        options = {"lr": _rate(rng), **shared, "patience": patience, "check_every": every}
        made.append(
            Case(
                {**options, "metrics": run(8 * every + 3)},
                f"patience {patience} and a check at every {_ORDINAL[every]}call",
            )
        )
    made.append(
        Case(
            {"lr": 0.5, **shared, "patience": 1, "check_every": 1, "metrics": [2.0, float("nan"), 1.0, 1.5]},
            "a loss of nan",
            "nan",
        )
    )
    first = [float("nan"), 2.0, 2.0, 2.0]
    options = {"lr": 0.5, **shared, "patience": 2, "check_every": 1}
    made.append(Case({**options, "metrics": first}, "a loss of nan at the very first", "nan"))
    return made


performance_decay = Exercise(
    id="ch10.performance_decay",
    reference="schedules.PerformanceDecay",
    protocol=Listener(("lr", "factor", "patience", "threshold", "check_every")),
    cases=_losses,
    parts=[Part("rates", 5, "answers"), Part("a loss of nan", 1, "answers", where="nan")],
    read_again="10.10 Performance decay: a schedule that listens",
    misconceptions=[
        misconception(
            "the rate falls one check too late",
            "It falls at the check at which the waiting reaches the patience. Count this check first, then compare.",
            unit=_OneLate,
        ),
        misconception(
            "the waiting does not start anew after a decay",
            "After a decay the run deserves the whole patience again. Set the waiting back to 0.",
            unit=_NeverForgets,
        ),
        misconception(
            "every call is a check",
            "Only every check_every-th call looks at the metric. The others answer the rate and leave all else alone.",
            unit=_EveryCall,
        ),
        misconception(
            "the threshold is taken as an amount, not as a fraction",
            "A threshold of 0.01 asks for 1 % less than the best: below best · (1 − threshold).",
            unit=_Absolute,
        ),
        misconception(
            "any lower loss is an improvement",
            "A loss that falls by less than the threshold counts as waiting.",
            unit=_AnyLower,
        ),
        misconception(
            "the best sinks with every lower loss, also where it is no improvement",
            "The best is the loss of the last improvement. If it sinks by a little at each check, a slow fall never comes to 1 % below it.",
            unit=_LowestSeen,
        ),
        misconception(
            "a loss of nan counted as an improvement",
            "Every comparison with nan is false. Ask whether the loss is an improvement, and let the waiting stand in the else.",
            unit=_NotWorse,
        ),
        misconception(
            "the threshold itself as the factor: best · threshold",
            "With a threshold of 0.01 the loss would have to fall to a hundredth. One per cent less is best · (1 − threshold).",
            unit=_TimesThreshold,
        ),
        misconception(
            "1 + threshold for 1 − threshold",
            "Then a loss that has grown a little is an improvement. It must be below the best by the threshold.",
            unit=_Generous,
        ),
        misconception(
            "compared with the last check, not with the best",
            "A loss that rises and falls back has not improved. Keep the best of all checks.",
            unit=_Follows,
        ),
        misconception(
            "the calls are counted from 0",
            "The first call is number 1. With check_every = 3 the third call is the first check, not the first or the fourth.",
            unit=_CallsFromZero,
        ),
        misconception(
            "checks in vain are counted in all, not in a row",
            "An improvement ends the waiting: set it back to 0.",
            unit=_InAll,
        ),
        misconception(
            "a division by the factor",
            "The factor is below 1, so dividing by it makes the rate larger. Multiply.",
            unit=_Divides,
        ),
        misconception(
            "the factor is subtracted",
            "The rate is multiplied by the factor: 0.1 makes a tenth of it.",
            unit=_Subtracts,
        ),
    ],
)
