"""The exercises of chapter 09: eight optimizers, what is behind them, and the mistakes that students make with them."""

import numpy as np

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises.ch09_optimizers_cases import RATES, ZEROS, first_gradients, one_steps, runs, sequences
from autograder.sandbox.protocols import Call, Optimizer, Program

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

nesterov = Exercise(
    id="ch09.nesterov",
    reference="optimizers.Nesterov",
    protocol=Optimizer(("momentum",)),
    cases=runs(MOMENTA),
    parts=[_steps(2), CHANGING, SELDOM],
    read_again="9.4 Nesterov: what if one looks before one leaps?",
    misconceptions=[
        misconception(
            "plain momentum: the step is the velocity alone",
            "After the new gradient has joined the velocity, look ahead once more: step with g + βv, v being the new one.",
            "With the old velocity in g + βv you get plain momentum, too.",
            unit=_momentum(lambda v, g, b, lr: b * v + g, lambda v, g, b, lr, old: lr * v),
        ),
        misconception(
            "the gradient is missing from the step: only βv is left",
            "The step has two parts: the gradient itself, and the share β of the new velocity.",
            unit=_momentum(lambda v, g, b, lr: b * v + g, lambda v, g, b, lr, old: lr * b * v),
        ),
        misconception(
            "the new velocity is not multiplied by the momentum in the step",
            "Looking ahead means asking what the velocity will be after it has lost its share: βv, not v.",
            unit=_momentum(lambda v, g, b, lr: b * v + g, lambda v, g, b, lr, old: lr * (g + v)),
        ),
        misconception(
            "the gradient is weighted with 1 − momentum",
            "Gradients add up in the velocity of this course: the whole g joins it. Averages come with Adam.",
            unit=_momentum(lambda v, g, b, lr: b * v + (1 - b) * g, lambda v, g, b, lr, old: lr * (g + b * v)),
        ),
        misconception(
            "the velocity is not kept: it starts from 0 at every step",
            "A local variable is gone when the function returns. Write the new velocity into the state.",
            unit=_momentum(lambda v, g, b, lr: np.zeros_like(v), lambda v, g, b, lr, old: lr * (g + b * g)),
        ),
        misconception(
            "the rate is inside the velocity, so a new rate acts late",
            *LOOSE_RATE,
            unit=_momentum(lambda v, g, b, lr: b * v + lr * g, lambda v, g, b, lr, old: lr * g + b * v),
        ),
        misconception(
            "the look-ahead is kept as the velocity",
            "What you step with and what you remember are two things. The velocity is βv + g, without the look ahead.",
            unit=_momentum(lambda v, g, b, lr: g + b * (b * v + g), lambda v, g, b, lr, old: lr * v),
        ),
        misconception(
            "the momentum multiplies both parts of the step",
            "The gradient of this moment counts in full: g + βv, not β(g + v).",
            unit=_momentum(lambda v, g, b, lr: b * v + g, lambda v, g, b, lr, old: lr * b * (g + v)),
        ),
    ],
)


EPSILON = Part("where eps stands", 1, TRAJECTORY, where="eps")


def _squares(s, step, **defaults):
    """s(self, s, g, t) is kept; step(self, g, s, t, old) times lr is subtracted from p."""

    def update(self, p, g, state, lr, t):
        old = state["s"]
        state["s"] = s(self, old, g, t)
        return p - lr * step(self, g, state["s"], t, old)

    return _rule(update, "s", **({"eps": 1e-8} | defaults))


def _added(self, s, g, t):
    return s + g**2


def _averaged(self, s, g, t):
    return self.beta * s + (1 - self.beta) * g**2


def _divided(self, g, s, t, old):
    return g / (np.sqrt(s) + self.eps)


EPS_INSIDE = (
    "Here eps stands outside: √s + eps, as in PyTorch and in the papers. Under the root it acts like its own root, "
    "which is much larger: √0.0001 is 0.01.",
)
NO_EPS = (
    "A weight that has seen no gradient yet has s = 0, and 0/0 is nan. Add eps to the root.",
    "After that one nan, everything the weight touches is nan.",
)

adagrad = Exercise(
    id="ch09.adagrad",
    reference="optimizers.AdaGrad",
    protocol=Optimizer(("eps",)),
    cases=runs(eps=1e-10),
    parts=[_steps(1), CHANGING, SELDOM, EPSILON],
    read_again="9.5 AdaGrad: a rate of its own for every weight",
    misconceptions=[
        misconception(
            "the root multiplies the gradient, as D1 prints it",
            "Where slopes have been steep the steps must become shorter. Divide by the root.",
            unit=_squares(_added, lambda self, g, s, t, old: g * (np.sqrt(s) + self.eps)),
        ),
        misconception(
            "the root is missing",
            "Divided by the sum of squares, the first step is lr/g: the steeper, the shorter. With the root it is lr.",
            unit=_squares(_added, lambda self, g, s, t, old: g / (s + self.eps)),
        ),
        misconception(
            "eps stands inside the root",
            *EPS_INSIDE,
            unit=_squares(_added, lambda self, g, s, t, old: g / np.sqrt(s + self.eps)),
        ),
        misconception(
            "the eps is missing",
            *NO_EPS,
            unit=_squares(_added, lambda self, g, s, t, old: g / np.sqrt(s)),
        ),
        misconception(
            "the step uses the sum from before this gradient",
            "In your first step the sum is still 0, so you divide by eps alone. First add g², then step.",
            unit=_squares(_added, lambda self, g, s, t, old: g / (np.sqrt(old) + self.eps)),
        ),
        misconception(
            "the squares are not kept: each step is lr long",
            "The sum must live on in the state. Yours holds the square of the last gradient only.",
            unit=_squares(lambda self, s, g, t: g**2, _divided),
        ),
        misconception(
            "a mean of the squares instead of their sum",
            "AdaGrad adds up and never divides by t. Its steps therefore become shorter and shorter.",
            unit=_squares(_added, lambda self, g, s, t, old: g / (np.sqrt(s / t) + self.eps)),
        ),
        misconception(
            "one sum for all weights",
            "Each weight has its own history. Keep an array of the shape of p, and square entry by entry.",
            unit=_squares(lambda self, s, g, t: s + np.sum(g**2), _divided),
        ),
        misconception(
            "absolute values are added where squares belong",
            "The sum holds g², so that its root has the unit of a gradient.",
            unit=_squares(lambda self, s, g, t: s + np.abs(g), _divided),
        ),
    ],
)

rmsprop = Exercise(
    id="ch09.rmsprop",
    reference="optimizers.RMSprop",
    protocol=Optimizer(("beta", "eps")),
    cases=runs({"beta": (0.9, 0.5, 0.75, 0.9, 0.25)}, eps=1e-8),
    parts=[_steps(2), CHANGING, EPSILON],
    read_again="9.6 RMSprop: what if old slopes are forgotten?",
    misconceptions=[
        misconception(
            "this is AdaGrad: squares are added and never forgotten",
            "The old average loses a share: β times the old one, plus 1 − β times the new square.",
            unit=_squares(_added, _divided, beta=0.9),
        ),
        misconception(
            "the two shares are exchanged: β weighs the new square",
            "The share β is usually 0.9 and belongs to the memory. The new square gets the small rest, 1 − β.",
            unit=_squares(lambda self, s, g, t: (1 - self.beta) * s + self.beta * g**2, _divided, beta=0.9),
        ),
        misconception(
            "the new square joins in full: 1 − β is missing",
            "Then it is no average. With steady gradients s must end at g², and yours ends at g²/(1 − β).",
            unit=_squares(lambda self, s, g, t: self.beta * s + g**2, _divided, beta=0.9),
        ),
        misconception(
            "the average is corrected for its start, as in Adam",
            "RMSprop leaves s as it is, though it starts at 0. Its first step is lr/√(1 − β), and here that is wanted.",
            unit=_squares(
                _averaged,
                lambda self, g, s, t, old: g / (np.sqrt(s / (1 - self.beta**t)) + self.eps),
                beta=0.9,
            ),
        ),
        misconception(
            "the root is missing",
            "A mean of squares has the unit of a square. Only its root can be compared with a gradient.",
            unit=_squares(_averaged, lambda self, g, s, t, old: g / (s + self.eps), beta=0.9),
        ),
        misconception(
            "eps stands inside the root",
            *EPS_INSIDE,
            unit=_squares(_averaged, lambda self, g, s, t, old: g / np.sqrt(s + self.eps), beta=0.9),
        ),
        misconception(
            "the eps is missing",
            *NO_EPS,
            unit=_squares(_averaged, lambda self, g, s, t, old: g / np.sqrt(s), beta=0.9),
        ),
        misconception(
            "the step uses the average from before this gradient",
            "In your first step the average is still 0, so you divide by eps alone. First renew it, then step.",
            unit=_squares(_averaged, lambda self, g, s, t, old: g / (np.sqrt(old) + self.eps), beta=0.9),
        ),
        misconception(
            "the root multiplies the gradient",
            "Where slopes are steep the steps must become shorter. Divide by the root.",
            unit=_squares(_averaged, lambda self, g, s, t, old: g * (np.sqrt(s) + self.eps), beta=0.9),
        ),
    ],
)


# Averages.


def _running(values, beta, weigh=lambda beta, m, value: beta * m + (1 - beta) * value, m=0.0):
    averages = []
    for value in values:
        m = weigh(beta, m, value)
        averages.append(m)
    return np.array(averages)


def _corrected(values, beta, correct):
    """correct(m, β, t) of the running averages, t from 1."""
    return correct(_running(values, beta), beta, np.arange(1, len(values) + 1))


def _fed_back(values, beta):
    m, told = 0.0, []
    for t, value in enumerate(values, start=1):
        m = (beta * m + (1 - beta) * value) / (1 - beta**t)
        told.append(m)
    return np.array(told)


def _averages(reference, inputs):
    values, beta = inputs["values"], inputs["beta"]
    return {
        "average": _running(values, beta),
        "corrected": _corrected(values, beta, lambda m, beta, t: m / (1 - beta**t)),
    }


bias_correction = Exercise(
    id="ch09.bias_correction",
    reference="",
    answers=_averages,
    protocol=Call(average=("values", "beta"), corrected=("values", "beta")),
    cases=sequences((0.9, 0.5, 0.75)),
    parts=[Part("running average", 2, "average"), Part("corrected average", 2, "corrected")],
    read_again="9.7 What is wrong with an average that starts at 0?",
    misconceptions=[
        misconception(
            "the average starts at the first number",
            "That is another cure for the same trouble. Here the average starts at 0, and the first answer is (1 − β) "
            "times the first number.",
            average=lambda values, beta: _running(values, beta, m=values[0]),
        ),
        misconception(
            "the two shares are exchanged: β weighs the new number",
            "The memory keeps the share β, the new number brings 1 − β.",
            average=lambda values, beta: _running(values, beta, lambda b, m, value: (1 - b) * m + b * value),
        ),
        misconception(
            "the new number joins in full: 1 − β is missing",
            "The two shares must sum to 1, or it is no average. Yours grows to 1/(1 − β) times the numbers.",
            average=lambda values, beta: _running(values, beta, lambda b, m, value: b * m + value),
        ),
        misconception(
            "the average from before each number is given",
            "Your answers come one step late: the first is 0. Renew the average first, then write it down.",
            average=lambda values, beta: np.append(0.0, _running(values, beta)[:-1]),
        ),
        misconception(
            "the average is not kept from one number to the next",
            "Each of your answers knows its own number only. Carry the average along in a variable outside of the loop.",
            average=lambda values, beta: (1 - beta) * values,
        ),
        misconception(
            "every average is divided by 1 − β, whatever t is",
            "That is right for the first one only. After t numbers the shares sum to 1 − βᵗ.",
            corrected=lambda values, beta: _corrected(values, beta, lambda m, beta, t: m / (1 - beta)),
        ),
        misconception(
            "t counts from 0 in the correction",
            "After the first number the shares sum to 1 − β, so t is 1 there. With 0 you divide by 0.",
            corrected=lambda values, beta: _corrected(values, beta, lambda m, beta, t: m / (1 - beta ** (t - 1.0))),
        ),
        misconception(
            "t is one too large in the correction",
            "After the first number the shares sum to 1 − β¹. Does your counter grow before it is needed, or start at 2?",
            corrected=lambda values, beta: _corrected(values, beta, lambda m, beta, t: m / (1 - beta ** (t + 1))),
        ),
        misconception(
            "multiplied by 1 − βᵗ instead of divided",
            "The average is too small at first. Divided by a number below 1 it grows.",
            corrected=lambda values, beta: _corrected(values, beta, lambda m, beta, t: m * (1 - beta**t)),
        ),
        misconception(
            "the corrected number is fed back into the average",
            "Two numbers are needed: the average as it runs, which is remembered, and its corrected copy, which is not.",
            corrected=_fed_back,
        ),
        misconception(
            "β times t where a power belongs",
            "The share of the 0 at the start is β·β·…·β, once for each step: βᵗ, in Python `beta**t`.",
            corrected=lambda values, beta: _corrected(values, beta, lambda m, beta, t: m / (1 - beta * t)),
        ),
        misconception(
            "the plain mean of all numbers so far",
            "A plain mean gives all numbers the same share. Here the newer ones count more; only the shares' sum is mended.",
            corrected=lambda values, beta: np.cumsum(values) / np.arange(1, len(values) + 1),
        ),
    ],
    withholds=("optimizers.Adam", "optimizers.Nadam", "optimizers.AdamW"),
)
