"""The exercises of chapter 09: eight optimizers, what is behind them, and the mistakes that students make with them."""

import numpy as np

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises.ch09_optimizers_cases import RATES, ZEROS, runs
from autograder.sandbox.protocols import Optimizer

TRAJECTORY = "trajectory"


def _steps(share=2):
    return Part("weights after every step", share, TRAJECTORY)


CHANGING = Part("a rate that changes", 1, TRAJECTORY, where=RATES)
SELDOM = Part("gradients that are 0", 1, TRAJECTORY, where=ZEROS)


def _rule(update, *names, **defaults):
    """A wrong optimizer: update(self, p, g, state, lr, t) with these names in the state, all of them 0 at first."""

    class Wrong:
        def __init__(self, **options):
            vars(self).update(defaults | options)

        def init(self, p):
            return {name: np.zeros_like(p) for name in names}

        def update(self, p, g, state, lr, t):
            return update(self, p, g, state, lr, t)

    return Wrong


sgd = Exercise(
    id="ch09.sgd",
    reference="optimizers.SGD",
    protocol=Optimizer(),
    cases=runs(zeros=False),
    parts=[_steps(1), CHANGING],
    read_again="9.2 Gradient descent: which way is down?",
    misconceptions=[
        misconception(
            "a step uphill: the gradient is added",
            "The gradient points to where the loss grows. To make it smaller, go the other way.",
            unit=_rule(lambda self, p, g, state, lr, t: p + lr * g),
        ),
        misconception(
            "the rate is left out",
            "A gradient is not a distance. The learning rate says how far to go along it.",
            unit=_rule(lambda self, p, g, state, lr, t: p - g),
        ),
        misconception(
            "the step is returned, not the new parameter",
            "After the step the optimizer is asked where the weights are now: the old place plus the step.",
            unit=_rule(lambda self, p, g, state, lr, t: -lr * g),
        ),
        misconception(
            "only the sign of the gradient counts",
            "Here a steep slope makes a long step and a flat one a short one. Use the gradient itself.",
            "Rules that mostly forget the size come later in the chapter.",
            unit=_rule(lambda self, p, g, state, lr, t: p - lr * np.sign(g)),
        ),
        misconception(
            "the gradient is scaled to length 1",
            "Your steps all have the length lr. In plain gradient descent the step shrinks as the slope does.",
            unit=_rule(lambda self, p, g, state, lr, t: p - lr * g / np.linalg.norm(g)),
        ),
        misconception(
            "one step for all weights: the mean of the gradient",
            "Each weight has a slope of its own. Subtract arrays, entry by entry, and average nothing.",
            unit=_rule(lambda self, p, g, state, lr, t: p - lr * g.mean()),
        ),
        misconception(
            "the rate is divided by t",
            "The first step is right and the later ones are too short. How the rate changes is a schedule's business.",
            unit=_rule(lambda self, p, g, state, lr, t: p - lr / t * g),
        ),
    ],
    withholds=("optimizers.Momentum", "optimizers.Nesterov"),
)


def _momentum(velocity, step):
    """velocity(v, g, β, lr) is kept; step(v, g, β, lr, old) is subtracted from p."""

    def update(self, p, g, state, lr, t):
        old = state["velocity"]
        state["velocity"] = velocity(old, g, self.momentum, lr)
        return p - step(state["velocity"], g, self.momentum, lr, old)

    return _rule(update, "velocity", momentum=0.9)


MOMENTA = {"momentum": (0.9, 0.5, 0.75, 0.9, 0.25)}
LOOSE_RATE = (
    "The velocity must hold gradients and not steps. Then a new rate acts at once on all of it.",
    "While the rate stays the same, both forms give the same steps. They part when a schedule lowers it: yours goes "
    "on with the old rate in its memory.",
)

momentum = Exercise(
    id="ch09.momentum",
    reference="optimizers.Momentum",
    protocol=Optimizer(("momentum",)),
    cases=runs(MOMENTA),
    parts=[_steps(2), CHANGING, SELDOM],
    read_again="9.3 Momentum: what if the ball may roll?",
    misconceptions=[
        misconception(
            "the rate is inside the velocity, so a new rate acts late",
            *LOOSE_RATE,
            unit=_momentum(lambda v, g, b, lr: b * v + lr * g, lambda v, g, b, lr, old: v),
        ),
        misconception(
            "the gradient is weighted with 1 − momentum",
            "That makes an average of gradients, as in Adam. Here gradients add up: the whole g joins the velocity.",
            "With steady gradients the velocity must grow to g/(1 − momentum). Yours stays at g.",
            unit=_momentum(lambda v, g, b, lr: b * v + (1 - b) * g, lambda v, g, b, lr, old: lr * v),
        ),
        misconception(
            "the velocity is not kept: this is plain gradient descent",
            "A local variable is gone when the function returns. What must live on goes into the state, under a name.",
            unit=_momentum(lambda v, g, b, lr: np.zeros_like(v), lambda v, g, b, lr, old: lr * g),
        ),
        misconception(
            "the step uses the velocity from before this gradient",
            "Your first step goes nowhere. First renew the velocity, then step with the new one.",
            unit=_momentum(lambda v, g, b, lr: b * v + g, lambda v, g, b, lr, old: lr * old),
        ),
        misconception(
            "the momentum multiplies the new gradient, too",
            "Only the old velocity loses its share. The new gradient joins in full: βv + g, not β(v + g).",
            unit=_momentum(lambda v, g, b, lr: b * (v + g), lambda v, g, b, lr, old: lr * v),
        ),
        misconception(
            "nothing is ever forgotten: the velocity is the sum of all gradients",
            "Without β in front of the old velocity the ball has no friction, and it never comes to rest.",
            unit=_momentum(lambda v, g, b, lr: v + g, lambda v, g, b, lr, old: lr * v),
        ),
        misconception(
            "one sign too many: the velocity holds −g and is subtracted",
            "If the velocity is made of −g, it is added to p. If it is made of g, it is subtracted. Yours climbs.",
            unit=_momentum(lambda v, g, b, lr: b * v - g, lambda v, g, b, lr, old: lr * v),
        ),
        misconception(
            "this is Nesterov's step, which looks ahead",
            "Here the step is lr times the velocity. The gradient is in the velocity already.",
            unit=_momentum(lambda v, g, b, lr: b * v + g, lambda v, g, b, lr, old: lr * (g + b * v)),
        ),
    ],
    withholds=("optimizers.Nesterov",),
)
