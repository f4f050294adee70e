"""The exercises of chapter 09: eight optimizers, what is behind them, and the mistakes that students make with them."""

import numpy as np

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises.ch09_optimizers_cases import (
    FIRST,
    NEIGHBOR,
    RATES,
    ZEROS,
    first_gradients,
    one_steps,
    runs,
    sequences,
)
from autograder.sandbox.protocols import Call, Optimizer, Program
from course_lib import optimizers

TRAJECTORY = "trajectory"


def _steps(share=2):
    return Part("weights after every step", share, TRAJECTORY)


CHANGING = Part("a rate that changes", 1, TRAJECTORY, where=RATES)
SELDOM = Part("gradients that are 0", 1, TRAJECTORY, where=ZEROS)
IN_BETWEEN = Part("a second parameter in between", 1, TRAJECTORY, where=NEIGHBOR)


def _memory_on_self(rule):
    """The reference, but what `init` makes belongs to the optimizer: all parameters share the memory of the last one."""

    class OnSelf:
        def __init__(self, **options):
            self.rule = rule(**options)

        def init(self, p):
            self.shared = self.rule.init(p)
            return {}

        def update(self, p, g, state, lr, t):
            return self.rule.update(p, g, self.shared, lr, t)

    return misconception(
        "the memory is on self, so all parameters share one",
        "One optimizer serves all the weights of a network, each with a state of its own. What changes from step to step "
        "goes into `state`; on `self` live only the numbers that were chosen beforehand.",
        "Ask yourself what happens when `init` is called for the biases after it was called for the weights.",
        unit=OnSelf,
    )


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
    cases=runs(zeros=False, neighbor=False),
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
            "the step is returned with a plus, not the new parameter",
            "The answer is where the weight is now: p − lr·g. Yours is the length of the way only.",
            unit=_rule(lambda self, p, g, state, lr, t: lr * g),
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


class _FromWeights:
    """Momentum whose velocity is p at first."""

    def __init__(self, momentum=0.9):
        self.momentum = momentum

    def init(self, p):
        return {"velocity": np.array(p)}

    def update(self, p, g, state, lr, t):
        state["velocity"] = self.momentum * state["velocity"] + g
        return p - lr * state["velocity"]


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
    parts=[_steps(2), CHANGING, SELDOM, IN_BETWEEN],
    read_again="9.3 Momentum: what if the ball may roll?",
    misconceptions=[
        _memory_on_self(optimizers.Momentum),
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
            "the velocity starts at the weights, not at 0",
            "The ball lies still at first. Start with zeros in the shape of p: `np.zeros_like(p)`.",
            unit=_FromWeights,
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
        misconception(
            "the momentum multiplies the new gradient, not the old velocity",
            "What loses a share is the memory: βv + g. In yours the old velocity stays whole, and the ball never comes to rest.",
            unit=_momentum(lambda v, g, b, lr: v + b * g, lambda v, g, b, lr, old: lr * v),
        ),
        misconception(
            "the rate multiplies twice",
            "It is in your velocity already, and once more in the step. Multiply by lr in the step only.",
            unit=_momentum(lambda v, g, b, lr: b * v + lr * g, lambda v, g, b, lr, old: lr * v),
        ),
    ],
    withholds=("optimizers.Nesterov",),
)

nesterov = Exercise(
    id="ch09.nesterov",
    reference="optimizers.Nesterov",
    protocol=Optimizer(("momentum",)),
    cases=runs(MOMENTA),
    parts=[_steps(2), CHANGING, SELDOM, IN_BETWEEN],
    read_again="9.4 Nesterov: what if one looks before one leaps?",
    misconceptions=[
        _memory_on_self(optimizers.Nesterov),
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
        misconception(
            "the momentum multiplies the gradient, not the velocity",
            "The gradient of this moment counts in full, and the velocity with the share that it will keep: g + βv.",
            unit=_momentum(lambda v, g, b, lr: b * v + g, lambda v, g, b, lr, old: lr * (v + b * g)),
        ),
        misconception(
            "the rate multiplies the gradient only",
            "The rate multiplies the whole step: lr·(g + βv). Look at your parentheses.",
            unit=_momentum(lambda v, g, b, lr: b * v + g, lambda v, g, b, lr, old: lr * g + b * v),
        ),
        misconception(
            "the velocity stands in both parts of the step",
            "The step is g + βv with the gradient g itself. The new velocity v has older gradients in it, too.",
            unit=_momentum(lambda v, g, b, lr: b * v + g, lambda v, g, b, lr, old: lr * (v + b * v)),
        ),
        misconception(
            "the step is an average: 1 − β stands before the gradient",
            "Here the gradient counts in full: g + βv. Averages come with Adam.",
            unit=_momentum(lambda v, g, b, lr: b * v + g, lambda v, g, b, lr, old: lr * ((1 - b) * g + b * v)),
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


def _loose(self, p, g, state, lr, t):
    state["s"] = (_averaged if hasattr(self, "beta") else _added)(self, state["s"], g, t)
    return p - lr * g / np.sqrt(state["s"]) + self.eps


NO_EPS = (
    "A weight that has seen no gradient yet has s = 0, and 0/0 is nan. Add eps to the root.",
    "After that one nan, everything the weight touches is nan.",
)

adagrad = Exercise(
    id="ch09.adagrad",
    reference="optimizers.AdaGrad",
    protocol=Optimizer(("eps",)),
    cases=runs(eps=1e-10),
    parts=[_steps(1), CHANGING, SELDOM, EPSILON, IN_BETWEEN],
    read_again="9.5 AdaGrad: a rate of its own for every weight",
    misconceptions=[
        _memory_on_self(optimizers.AdaGrad),
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
            "eps is added to the new weight: parentheses are missing",
            "Python divides first and adds afterwards. Put the root and eps into parentheses: they divide together.",
            unit=_rule(_loose, "s", eps=1e-10),
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
        misconception(
            "gradients are added, not their squares",
            "Gradients of opposite signs cancel, and below 0 there is no root. Add g², entry by entry.",
            unit=_squares(lambda self, s, g, t: s + g, _divided),
        ),
        misconception(
            "divided by the sum of the absolute values",
            "The divisor is the root of the summed squares. With steady gradients it grows as √t, yours as t.",
            unit=_squares(lambda self, s, g, t: s + np.abs(g), lambda self, g, s, t, old: g / (s + self.eps)),
        ),
    ],
)

rmsprop = Exercise(
    id="ch09.rmsprop",
    reference="optimizers.RMSprop",
    protocol=Optimizer(("beta", "eps")),
    cases=runs({"beta": (0.9, 0.5, 0.75, 0.9, 0.25)}, eps=1e-8),
    parts=[_steps(2), CHANGING, EPSILON, IN_BETWEEN],
    read_again="9.6 RMSprop: what if old slopes are forgotten?",
    misconceptions=[
        _memory_on_self(optimizers.RMSprop),
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
            "the average is of the gradients, not of their squares",
            "Average g², entry by entry. An average of g is a momentum: it can be 0 where slopes are steep, and below 0 it has no root.",
            unit=_squares(
                lambda self, s, g, t: self.beta * s + (1 - self.beta) * g,
                lambda self, g, s, t, old: g / (np.sqrt(s) + self.eps),
                beta=0.9,
            ),
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
            "eps is added to the new weight: parentheses are missing",
            "Python divides first and adds afterwards. Put the root and eps into parentheses: they divide together.",
            unit=_rule(_loose, "s", beta=0.9, eps=1e-8),
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
        misconception(
            "the average is not kept from step to step",
            "A local variable is gone when update returns. Write the new average into the state.",
            unit=_squares(
                lambda self, s, g, t: np.zeros_like(g),
                lambda self, g, s, t, old: g / (np.sqrt((1 - self.beta) * g**2) + self.eps),
                beta=0.9,
            ),
        ),
        misconception(
            "divided by an average of the absolute values",
            "RMS means root of the mean of the squares: average g², then take the root.",
            unit=_squares(
                lambda self, s, g, t: self.beta * s + (1 - self.beta) * np.abs(g),
                lambda self, g, s, t, old: g / (s + self.eps),
                beta=0.9,
            ),
        ),
        misconception(
            "the share 1 − β is squared along with the gradient",
            "The share multiplies the square: (1 − β)·g². In Python the power binds first, so no parentheses are needed.",
            unit=_squares(lambda self, s, g, t: self.beta * s + ((1 - self.beta) * g) ** 2, _divided, beta=0.9),
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
            "a plain mean, in which all numbers have the same share",
            "In a running average the newest number has the share 1 − β, the one before β times that, and so on.",
            average=lambda values, beta: np.cumsum(values) / np.arange(1, len(values) + 1),
        ),
        misconception(
            "every average is divided by 1 − β, whatever t is",
            "That is right for the first one only. After t numbers the shares sum to 1 − βᵗ.",
            corrected=lambda values, beta: _corrected(values, beta, lambda m, beta, t: m / (1 - beta)),
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
        misconception(
            "the average is handed on without its correction",
            "The first of these numbers must be the first value itself. Divide the average after t numbers by 1 − βᵗ.",
            corrected=_running,
        ),
        misconception(
            "all averages are divided by the last correction",
            "The correction changes from number to number: t is 1 for the first, 2 for the second, and so on.",
            corrected=lambda values, beta: _corrected(values, beta, lambda m, beta, t: m / (1 - beta ** len(m))),
        ),
        misconception(
            "the power is taken of 1 − β",
            "The shares of the numbers sum to 1 − βᵗ: first the power, then the difference.",
            corrected=lambda values, beta: _corrected(values, beta, lambda m, beta, t: m / (1 - beta) ** t),
        ),
    ],
    withholds=("optimizers.Adam", "optimizers.Nadam", "optimizers.AdamW"),
)


# The Adam family.


def _m(self, m, g):
    return self.beta1 * m + (1 - self.beta1) * g


def _v(self, v, g):
    return self.beta2 * v + (1 - self.beta2) * g**2


def _m_hat(self, state, t):
    return state["m"] / (1 - self.beta1**t)


def _v_hat(self, state, t):
    return state["v"] / (1 - self.beta2**t)


def _ratio(self, m_hat, v_hat):
    return m_hat / (np.sqrt(v_hat) + self.eps)


ADAM = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}


def _adam(step=lambda self, state, g, t, old: _ratio(self, _m_hat(self, state, t), _v_hat(self, state, t)), m=_m, v=_v):
    """m(self, m, g) and v(self, v, g) are kept; step(self, state, g, t, old) times lr is subtracted from p."""

    def update(self, p, g, state, lr, t):
        old = dict(state)
        state["m"], state["v"] = m(self, old["m"], g), v(self, old["v"], g)
        return p - lr * step(self, state, g, t, old)

    return _rule(update, "m", "v", **ADAM)


def _adam_fed_back(self, p, g, state, lr, t):
    state["m"], state["v"] = _m(self, state["m"], g), _v(self, state["v"], g)
    state["m"], state["v"] = _m_hat(self, state, t), _v_hat(self, state, t)
    return p - lr * _ratio(self, state["m"], state["v"])


def _squared_mean(self, p, g, state, lr, t):
    state["m"] = _m(self, state["m"], g)
    state["v"] = _v(self, state["v"], state["m"])
    return p - lr * _ratio(self, _m_hat(self, state, t), _v_hat(self, state, t))


def _adam_loose(self, p, g, state, lr, t):
    state["m"], state["v"] = _m(self, state["m"], g), _v(self, state["v"], g)
    return p - lr * _m_hat(self, state, t) / np.sqrt(_v_hat(self, state, t)) + self.eps


def _hard_coded(self, p, g, state, lr, t):
    state["m"], state["v"] = 0.9 * state["m"] + 0.1 * g, 0.999 * state["v"] + 0.001 * g**2
    return p - lr * state["m"] / (1 - 0.9**t) / (np.sqrt(state["v"] / (1 - 0.999**t)) + 1e-8)


def _forgotten(self, p, g, state, lr, t):
    m, v = (1 - self.beta1) * g, (1 - self.beta2) * g**2
    return p - lr * _ratio(self, m / (1 - self.beta1**t), v / (1 - self.beta2**t))


adam = Exercise(
    id="ch09.adam",
    reference="optimizers.Adam",
    protocol=Optimizer(("beta1", "beta2", "eps")),
    cases=runs({"beta1": (0.9, 0.5, 0.75), "beta2": (0.99, 0.75, 0.9375, 0.875)}, eps=1e-8, absent=("beta1", "beta2")),
    parts=[
        Part("squares alone: β₁ = 0", 1, TRAJECTORY, where="beta1"),
        Part("momentum alone: β₂ = 0", 1, TRAJECTORY, where="beta2"),
        _steps(2),
        CHANGING,
        EPSILON,
        IN_BETWEEN,
    ],
    read_again="9.8 Adam: momentum, with a rate for every weight",
    misconceptions=[
        _memory_on_self(optimizers.Adam),
        misconception(
            "the averages are not corrected for their start",
            "Both averages start at 0 and are too small at first, by the factors 1 − β₁ᵗ and 1 − β₂ᵗ. Divide by them.",
            "At the first step, m is (1 − β₁)g and √v is √(1 − β₂)·|g|. The step must be lr, and yours is lr times "
            "their ratio.",
            unit=_adam(lambda self, state, g, t, old: _ratio(self, state["m"], state["v"])),
        ),
        misconception(
            "only the average of the gradients is corrected",
            "The average of the squares starts at 0, too, and its β is nearer to 1: it needs the correction even more.",
            unit=_adam(lambda self, state, g, t, old: _ratio(self, _m_hat(self, state, t), state["v"])),
        ),
        misconception(
            "only the average of the squares is corrected",
            "The average of the gradients starts at 0, too. Divide it by 1 − β₁ᵗ.",
            unit=_adam(lambda self, state, g, t, old: _ratio(self, state["m"], _v_hat(self, state, t))),
        ),
        misconception(
            "the correction is fed back into the averages",
            "The state must hold m and v as they run. Their corrected copies serve this step only: give them other names.",
            unit=_rule(_adam_fed_back, "m", "v", **ADAM),
        ),
        misconception(
            "t is one too large in the correction",
            "In the first step t is 1 already. It is handed to you: do not count again.",
            unit=_adam(
                lambda self, state, g, t, old: _ratio(self, _m_hat(self, state, t + 1), _v_hat(self, state, t + 1))
            ),
        ),
        misconception(
            "the two betas are exchanged",
            "The average of the gradients has β₁, the average of their squares has β₂, which is usually nearer to 1.",
            unit=_adam(
                lambda self, state, g, t, old: _ratio(
                    self, state["m"] / (1 - self.beta2**t), state["v"] / (1 - self.beta1**t)
                ),
                lambda self, m, g: self.beta2 * m + (1 - self.beta2) * g,
                lambda self, v, g: self.beta1 * v + (1 - self.beta1) * g**2,
            ),
        ),
        misconception(
            "gradients join in full, as in Momentum: 1 − β₁ is missing",
            "Adam averages. The new gradient has the share 1 − β₁, so that the shares sum to 1 after the correction.",
            unit=_adam(m=lambda self, m, g: self.beta1 * m + g),
        ),
        misconception(
            "v averages gradients where squares belong",
            "The second average is of g², entry by entry. Its root then has the unit of a gradient.",
            unit=_adam(v=lambda self, v, g: self.beta2 * v + (1 - self.beta2) * np.abs(g)),
        ),
        misconception(
            "v takes the square of the average m",
            "Average the squares of the gradients. The square of their average is small where gradients change sign, and "
            "then the step would be large.",
            unit=_rule(_squared_mean, "m", "v", **ADAM),
        ),
        misconception(
            "the root is missing",
            "A mean of squares has the unit of a square. Divide by its root.",
            unit=_adam(
                lambda self, state, g, t, old: _m_hat(self, state, t) / (_v_hat(self, state, t) + self.eps),
            ),
        ),
        misconception(
            "the root multiplies, as D1 prints it",
            "Where slopes are steep the steps must become shorter. Divide by the root plus eps.",
            unit=_adam(
                lambda self, state, g, t, old: _m_hat(self, state, t) * (np.sqrt(_v_hat(self, state, t)) + self.eps),
            ),
        ),
        misconception(
            "the momentum has a minus, as D1 prints it, and the step has one, too",
            "Two minus signs make a plus: the step goes uphill. Average +g, and subtract the step.",
            unit=_adam(
                lambda self, state, g, t, old: -_ratio(self, _m_hat(self, state, t), _v_hat(self, state, t)),
            ),
        ),
        misconception(
            "eps stands inside the root",
            *EPS_INSIDE,
            unit=_adam(
                lambda self, state, g, t, old: _m_hat(self, state, t) / np.sqrt(_v_hat(self, state, t) + self.eps),
            ),
        ),
        misconception(
            "eps is added before the correction",
            "First correct v, then take the root, then add eps. Otherwise the correction enlarges eps, too.",
            unit=_adam(
                lambda self, state, g, t, old: (
                    _m_hat(self, state, t) * np.sqrt(1 - self.beta2**t) / (np.sqrt(state["v"]) + self.eps)
                ),
            ),
        ),
        misconception(
            "eps is added to the new weight: parentheses are missing",
            "Python divides first and adds afterwards. Put the root and eps into parentheses: they divide together.",
            unit=_rule(_adam_loose, "m", "v", **ADAM),
        ),
        misconception(
            "the usual betas and eps are written into the code",
            "Use `self.beta1`, `self.beta2` and `self.eps`: the check tries other values than the usual ones, too.",
            unit=_rule(_hard_coded, "m", "v", **ADAM),
        ),
        misconception(
            "the averages are not kept from step to step",
            "A local variable is gone when update returns. Write the new m and v into the state.",
            unit=_rule(_forgotten, "m", "v", **ADAM),
        ),
        misconception(
            "the gradient itself is divided: the momentum is not used",
            "This is RMSprop with a correction. In Adam the corrected average of the gradients stands above the root.",
            unit=_adam(lambda self, state, g, t, old: _ratio(self, g, _v_hat(self, state, t))),
        ),
        misconception(
            "the eps is missing",
            "Here eps is added to the root, outside of it: √v̂ + eps. Without it a weight that has seen no gradient becomes nan.",
            unit=_adam(lambda self, state, g, t, old: _m_hat(self, state, t) / np.sqrt(_v_hat(self, state, t))),
        ),
        misconception(
            "v is corrected with β₁",
            "Each average is corrected with its own β: m with β₁, v with β₂.",
            unit=_adam(
                lambda self, state, g, t, old: _ratio(self, _m_hat(self, state, t), state["v"] / (1 - self.beta1**t))
            ),
        ),
        misconception(
            "v averages with β₁",
            "The average of the squares has a memory of its own, β₂.",
            unit=_adam(v=lambda self, v, g: self.beta1 * v + (1 - self.beta1) * g**2),
        ),
        misconception(
            "v averages the gradients as they are",
            "The second average is of g², entry by entry. An average of g may be below 0, where it has no root.",
            unit=_adam(v=lambda self, v, g: self.beta2 * v + (1 - self.beta2) * g),
        ),
        misconception(
            "squares join in full: 1 − β₂ is missing",
            "Adam averages. The new square has the share 1 − β₂, so that the shares sum to 1 after the correction.",
            unit=_adam(v=lambda self, v, g: self.beta2 * v + g**2),
        ),
        misconception(
            "the shares are exchanged: the betas weigh what is new",
            "The memory keeps the share β. The new gradient and its square bring 1 − β.",
            unit=_adam(
                m=lambda self, m, g: (1 - self.beta1) * m + self.beta1 * g,
                v=lambda self, v, g: (1 - self.beta2) * v + self.beta2 * g**2,
            ),
        ),
        misconception(
            "the averages are divided by 1 − β, whatever t is",
            "That is right in the first step only. After t steps the shares sum to 1 − βᵗ.",
            unit=_adam(
                lambda self, state, g, t, old: _ratio(
                    self, state["m"] / (1 - self.beta1), state["v"] / (1 - self.beta2)
                )
            ),
        ),
        misconception(
            "β times t where a power belongs",
            "The share of the 0 at the start is β·β·…·β, once for each step: `self.beta1**t`.",
            unit=_adam(
                lambda self, state, g, t, old: _ratio(
                    self, state["m"] / (1 - self.beta1 * t), state["v"] / (1 - self.beta2 * t)
                )
            ),
        ),
        misconception(
            "the root is taken of v before its correction",
            "First correct v, then take the root. The root belongs to 1 − β₂ᵗ as well.",
            unit=_adam(
                lambda self, state, g, t, old: (
                    _m_hat(self, state, t) / (np.sqrt(state["v"]) / (1 - self.beta2**t) + self.eps)
                )
            ),
        ),
    ],
    withholds=("optimizers.Nadam", "optimizers.AdamW"),
)


# First steps.

FIRSTS = ("nesterov", "adagrad", "rmsprop", "adam", "uncorrected")


def _first_steps(g, lr, momentum, beta1, beta2):
    one = np.ones_like(g)
    return {
        "nesterov": lr * (1 + momentum) * np.abs(g),
        "adagrad": lr * one,
        "rmsprop": lr / np.sqrt(1 - beta2) * one,
        "adam": lr * one,
        "uncorrected": lr * (1 - beta1) / np.sqrt(1 - beta2) * one,
    }


def _wrong_firsts(**changes):
    """The right lengths but for these: each is given g, lr, momentum, beta1, beta2 and 1 for each gradient."""

    def told(g, lr, momentum, beta1, beta2):
        one = np.ones_like(g)
        wrong = {name: change(g, lr, momentum, beta1, beta2, one) for name, change in changes.items()}
        return _first_steps(g, lr, momentum, beta1, beta2) | wrong

    return told


first_steps = Exercise(
    id="ch09.first_steps",
    reference="",
    answers=lambda reference, inputs: _first_steps(**inputs),
    protocol=Program(("g", "lr", "momentum", "beta1", "beta2"), FIRSTS),
    cases=first_gradients(),
    parts=[
        Part("Nesterov", 1, "nesterov"),
        Part("AdaGrad", 1, "adagrad"),
        Part("RMSprop", 1, "rmsprop"),
        Part("Adam", 1, "adam"),
        Part("Adam without its correction", 1, "uncorrected"),
    ],
    read_again="9.9 How long is the first step?",
    misconceptions=[
        misconception(
            "Nesterov's first step is that of gradient descent",
            "The velocity is g after the first gradient, and the step is lr·(g + βv). Put g in place of v.",
            unit=_wrong_firsts(nesterov=lambda g, lr, momentum, beta1, beta2, one: lr * np.abs(g)),
        ),
        misconception(
            "Nesterov's gradient is missing: only βv is left",
            "The step is lr·(g + βv): two parts. At first v is g, so there is 1 + β of it.",
            unit=_wrong_firsts(nesterov=lambda g, lr, momentum, beta1, beta2, one: lr * momentum * np.abs(g)),
        ),
        misconception(
            "a length that has the sign of the gradient",
            "A length is never below 0. Take the absolute value of the gradient, or repeat the number for all weights.",
            unit=lambda g, lr, momentum, beta1, beta2: {
                name: length * np.sign(g) for name, length in _first_steps(g, lr, momentum, beta1, beta2).items()
            },
        ),
        misconception(
            "AdaGrad's first step grows with the gradient",
            "The sum is g² after the first gradient, and its root is |g|. What is g divided by that?",
            unit=_wrong_firsts(adagrad=lambda g, lr, momentum, beta1, beta2, one: lr * np.abs(g)),
        ),
        misconception(
            "AdaGrad divides by the sum, without its root",
            "Divided by g² there would be 1/|g| left. Divided by its root, only the sign is left.",
            unit=_wrong_firsts(adagrad=lambda g, lr, momentum, beta1, beta2, one: lr / np.abs(g)),
        ),
        misconception(
            "RMSprop's first step is taken for that of AdaGrad",
            "After one gradient the average is (1 − β)g², not g², because it started at 0 and is not corrected.",
            unit=_wrong_firsts(rmsprop=lambda g, lr, momentum, beta1, beta2, one: lr * one),
        ),
        misconception(
            "RMSprop's 1 − β has no root",
            "The average is (1 − β)g². The root is taken of both factors.",
            unit=_wrong_firsts(rmsprop=lambda g, lr, momentum, beta1, beta2, one: lr / (1 - beta2) * one),
        ),
        misconception(
            "RMSprop's √(1 − β) multiplies instead of dividing",
            "The average is too small at first. Dividing by something too small makes the step longer than lr.",
            unit=_wrong_firsts(rmsprop=lambda g, lr, momentum, beta1, beta2, one: lr * np.sqrt(1 - beta2) * one),
        ),
        misconception(
            "RMSprop's average keeps β of the new square",
            "The new square joins with the share 1 − β. The share β belongs to the old average, which is 0.",
            unit=_wrong_firsts(rmsprop=lambda g, lr, momentum, beta1, beta2, one: lr / np.sqrt(beta2) * one),
        ),
        misconception(
            "Adam's first step is computed without the correction",
            "At t = 1 the correction divides m by 1 − β₁ and v by 1 − β₂. What is left of the two averages then?",
            unit=_wrong_firsts(
                adam=lambda g, lr, momentum, beta1, beta2, one: lr * (1 - beta1) / np.sqrt(1 - beta2) * one
            ),
        ),
        misconception(
            "Adam's first step grows with the gradient",
            "After the correction m̂ is g and v̂ is g². What is g divided by the root of g²?",
            unit=_wrong_firsts(adam=lambda g, lr, momentum, beta1, beta2, one: lr * np.abs(g)),
        ),
        misconception(
            "without the correction the step is taken for lr",
            "It is the correction that makes it lr. Without it, m is (1 − β₁)g and v is (1 − β₂)g².",
            unit=_wrong_firsts(uncorrected=lambda g, lr, momentum, beta1, beta2, one: lr * one),
        ),
        misconception(
            "without the correction, 1 − β₂ has no root",
            "The root is taken of v, which is (1 − β₂)g²: of both factors.",
            unit=_wrong_firsts(
                uncorrected=lambda g, lr, momentum, beta1, beta2, one: lr * (1 - beta1) / (1 - beta2) * one
            ),
        ),
        misconception(
            "without the correction, 1 − β₁ is forgotten",
            "The average above the root starts at 0, too: it is (1 − β₁)g after one gradient.",
            unit=_wrong_firsts(uncorrected=lambda g, lr, momentum, beta1, beta2, one: lr / np.sqrt(1 - beta2) * one),
        ),
        misconception(
            "only one half of Adam's correction is made",
            "At t = 1 the correction divides m by 1 − β₁, too: m̂ is the gradient itself.",
            unit=_wrong_firsts(adam=lambda g, lr, momentum, beta1, beta2, one: lr * (1 - beta1) * one),
        ),
        misconception(
            "RMSprop with the β of Adam's momentum",
            "RMSprop averages squares, as Adam's v does. Its β is `beta2` here.",
            unit=_wrong_firsts(rmsprop=lambda g, lr, momentum, beta1, beta2, one: lr / np.sqrt(1 - beta1) * one),
        ),
        misconception(
            "without the correction the betas stand where their rests belong",
            "The memories are 0, so what they keep does not count. What is new joins with 1 − β₁ and 1 − β₂.",
            unit=_wrong_firsts(
                uncorrected=lambda g, lr, momentum, beta1, beta2, one: lr * beta1 / np.sqrt(beta2) * one
            ),
        ),
    ],
    withholds=("optimizers.Nesterov", "optimizers.AdaGrad", "optimizers.RMSprop", "optimizers.Adam"),
)


# Weight decay.


def _one_step(p, g, lr, decay):
    return {"l2": p - lr * np.sign(g + decay * p), "decoupled": p - lr * np.sign(g) - lr * decay * p}


def _wrong_step(**changes):
    """The right weights but for these."""

    def told(p, g, lr, decay):
        return _one_step(p, g, lr, decay) | {name: change(p, g, lr, decay) for name, change in changes.items()}

    return told


ROOT_LESS = 0.1 / np.sqrt(0.001)

one_step = Exercise(
    id="ch09.one_step",
    reference="",
    answers=lambda reference, inputs: _one_step(**inputs),
    protocol=Program(("p", "g", "lr", "decay"), ("l2", "decoupled")),
    cases=one_steps(),
    parts=[Part("Adam with L2", 2, "l2"), Part("AdamW", 2, "decoupled")],
    read_again="9.10 AdamW: where does weight decay belong?",
    misconceptions=[
        misconception(
            "the decay is decoupled in Adam with L2, too",
            "In Adam with L2 the decay is added to the gradient, before the averages see it. Then it goes through the "
            "division as the gradient does.",
            unit=_wrong_step(l2=lambda p, g, lr, decay: p - lr * np.sign(g) - lr * decay * p),
        ),
        misconception(
            "with L2 the step is lr times the gradient: this is gradient descent",
            "In the first step Adam divides what it averages by its own size. Only the sign is left of it.",
            unit=_wrong_step(l2=lambda p, g, lr, decay: p - lr * (g + decay * p)),
        ),
        misconception(
            "with L2 the gradient and the decay each make a step of their own",
            "They are added first, and the sum has one sign. It is a single step of length lr.",
            unit=_wrong_step(l2=lambda p, g, lr, decay: p - lr * np.sign(g) - lr * np.sign(p)),
        ),
        misconception(
            "with L2 the decay is forgotten",
            "The gradient that Adam gets is g + λp. Where the decay is larger than the gradient, its sign decides.",
            unit=_wrong_step(l2=lambda p, g, lr, decay: p - lr * np.sign(g)),
        ),
        misconception(
            "with L2 the decay is subtracted from the gradient",
            "The gradient of ½λp² is +λp. Stepping against it makes the weight smaller.",
            unit=_wrong_step(l2=lambda p, g, lr, decay: p - lr * np.sign(g - decay * p)),
        ),
        misconception(
            "with L2 the bias correction is missing",
            "Corrected, the averages of the first step are the gradient and its square. So the step is lr, not 3.16·lr.",
            unit=_wrong_step(l2=lambda p, g, lr, decay: p - ROOT_LESS * lr * np.sign(g + decay * p)),
        ),
        misconception(
            "AdamW's decay is in the gradient, too",
            "In AdamW the gradient stays as it is. The decay is subtracted at the end, beside Adam's step.",
            unit=_wrong_step(decoupled=lambda p, g, lr, decay: p - lr * np.sign(g + decay * p)),
        ),
        misconception(
            "AdamW's decay is not multiplied by the rate",
            "As in PyTorch, the decay follows the rate: lr·λ·p is taken off.",
            unit=_wrong_step(decoupled=lambda p, g, lr, decay: p - lr * np.sign(g) - decay * p),
        ),
        misconception(
            "AdamW's decay makes the weight larger",
            "Decay pulls a weight towards 0. Subtract lr·λ·p.",
            unit=_wrong_step(decoupled=lambda p, g, lr, decay: p - lr * np.sign(g) + lr * decay * p),
        ),
        misconception(
            "AdamW decays the weight after the step",
            "The decay is that of the weight before the step. Yours is a little too small or too large.",
            unit=_wrong_step(decoupled=lambda p, g, lr, decay: (p - lr * np.sign(g)) * (1 - lr * decay)),
        ),
        misconception(
            "AdamW's step is lr times the gradient",
            "The step of AdamW is Adam's: in the first step its length is lr, whatever the size of the gradient.",
            unit=_wrong_step(decoupled=lambda p, g, lr, decay: p - lr * g - lr * decay * p),
        ),
        misconception(
            "with L2 the decay is taken off once more",
            "In Adam with L2 the decay is in the gradient and nowhere else.",
            unit=_wrong_step(l2=lambda p, g, lr, decay: p - lr * np.sign(g + decay * p) - lr * decay * p),
        ),
        misconception(
            "AdamW's decay is in the gradient and beside it",
            "In AdamW the gradient stays as it is: the sign is that of g. The decay is subtracted once.",
            unit=_wrong_step(decoupled=lambda p, g, lr, decay: p - lr * np.sign(g + decay * p) - lr * decay * p),
        ),
        misconception(
            "AdamW's decay has the size of the rate, whatever the weight is",
            "The decay is in proportion to the weight: lr·λ·p. Yours has only its sign.",
            unit=_wrong_step(decoupled=lambda p, g, lr, decay: p - lr * np.sign(g) - lr * decay * np.sign(p)),
        ),
        misconception(
            "AdamW's decay is twice as large",
            "The decay is lr·λ·p, without a 2: it is not the derivative of λp².",
            unit=_wrong_step(decoupled=lambda p, g, lr, decay: p - lr * np.sign(g) - 2 * lr * decay * p),
        ),
        misconception(
            "with L2 the decay is twice as large",
            "The gradient is g + λp, without a 2: the penalty has a ½.",
            unit=_wrong_step(l2=lambda p, g, lr, decay: p - lr * np.sign(g + 2 * decay * p)),
        ),
        misconception(
            "a step uphill",
            "Both rules step against the gradient: where it is above 0, the weight becomes smaller.",
            unit=_wrong_step(
                l2=lambda p, g, lr, decay: p + lr * np.sign(g + decay * p),
                decoupled=lambda p, g, lr, decay: p + lr * np.sign(g) - lr * decay * p,
            ),
        ),
        misconception(
            "all weights go the same way",
            "The length of the step is lr for all. Which way it goes is the sign of each gradient.",
            unit=_wrong_step(
                l2=lambda p, g, lr, decay: p - lr, decoupled=lambda p, g, lr, decay: p - lr - lr * decay * p
            ),
        ),
    ],
    withholds=("optimizers.Adam", "optimizers.AdamW"),
)


def _adamw(decayed):
    """decayed(self, p, lr, step) is the new parameter, step being lr·m̂/(√v̂ + eps)."""

    def update(self, p, g, state, lr, t):
        state["m"], state["v"] = _m(self, state["m"], g), _v(self, state["v"], g)
        return decayed(self, p, lr, lr * _ratio(self, _m_hat(self, state, t), _v_hat(self, state, t)))

    return _rule(update, "m", "v", **ADAM, weight_decay=0.01)


def _with_l2(factor):
    def update(self, p, g, state, lr, t):
        g = g + factor * self.weight_decay * p
        state["m"], state["v"] = _m(self, state["m"], g), _v(self, state["v"], g)
        return p - lr * _ratio(self, _m_hat(self, state, t), _v_hat(self, state, t))

    return _rule(update, "m", "v", **ADAM, weight_decay=0.01)


def _divided_decay(self, p, g, state, lr, t):
    state["m"], state["v"] = _m(self, state["m"], g), _v(self, state["v"], g)
    return p - lr * _ratio(self, _m_hat(self, state, t) + self.weight_decay * p, _v_hat(self, state, t))


def _decay_of_g(self, p, g, state, lr, t):
    state["m"], state["v"] = _m(self, state["m"], g), _v(self, state["v"], g)
    return p - lr * _ratio(self, _m_hat(self, state, t), _v_hat(self, state, t)) - lr * self.weight_decay * g


def _decayed_twice(self, p, g, state, lr, t):
    l2 = g + self.weight_decay * p
    state["m"], state["v"] = _m(self, state["m"], l2), _v(self, state["v"], l2)
    return p - lr * _ratio(self, _m_hat(self, state, t), _v_hat(self, state, t)) - lr * self.weight_decay * p


def _twice(self, p, g, state, lr, t):
    for _ in range(2):
        state["m"], state["v"] = _m(self, state["m"], g), _v(self, state["v"], g)
    return p - lr * _ratio(self, _m_hat(self, state, t), _v_hat(self, state, t)) - lr * self.weight_decay * p


adamw = Exercise(
    id="ch09.adamw",
    reference="optimizers.AdamW",
    protocol=Optimizer(("beta1", "beta2", "eps", "weight_decay")),
    cases=runs(
        {"beta1": (0.9, 0.5, 0.75), "beta2": (0.99, 0.75, 0.9375, 0.875), "weight_decay": (0.25, 0.5, 0.125, 1.0)},
        eps=1e-8,
    ),
    parts=[_steps(1), CHANGING, SELDOM, IN_BETWEEN],
    builds_on=("ch09.adam",),
    read_again="9.10 AdamW: where does weight decay belong?",
    misconceptions=[
        _memory_on_self(optimizers.AdamW),
        misconception(
            "the decay is in the gradient: this is Adam with L2",
            "Then the division by √v̂ shrinks it, most where gradients are large. Hand Adam the gradient as it is.",
            "In AdamW the decay is subtracted beside Adam's step: that is what decoupled means.",
            unit=_with_l2(1),
        ),
        misconception(
            "the decay is in the gradient, and twice as large",
            "The derivative of λp² is 2λp, but AdamW has no such penalty. The decay does not go through the gradient.",
            unit=_with_l2(2),
        ),
        misconception(
            "the decay is divided by the root, too",
            "Only the average of the gradients stands above the root. The decay is subtracted apart from it.",
            unit=_rule(_divided_decay, "m", "v", **ADAM, weight_decay=0.01),
        ),
        misconception(
            "the decay is not multiplied by the rate",
            "Here the decay follows the rate, as in PyTorch: a schedule lowers both.",
            unit=_adamw(lambda self, p, lr, step: p - step - self.weight_decay * p),
        ),
        misconception(
            "the decay makes weights larger",
            "Decay pulls weights towards 0, so it is subtracted.",
            unit=_adamw(lambda self, p, lr, step: p - step + lr * self.weight_decay * p),
        ),
        misconception(
            "the decay is that of the weight after the step",
            "Both the step and the decay start from the old weight. Compute both with p, then subtract both.",
            unit=_adamw(lambda self, p, lr, step: (p - step) * (1 - lr * self.weight_decay)),
        ),
        misconception(
            "the decay has the same size for all weights",
            "A decay in proportion to the weight is λp. Yours has only the sign of the weight: that is L1's pull.",
            unit=_adamw(lambda self, p, lr, step: p - step - lr * self.weight_decay * np.sign(p)),
        ),
        misconception(
            "Adam's update is called twice",
            "Each call of Adam's update is one step for its averages. Call it once, and keep what it answers under a name.",
            unit=_rule(_twice, "m", "v", **ADAM, weight_decay=0.01),
        ),
        misconception(
            "there is no decay: this is Adam",
            "Subtract lr·λ·p from what Adam answers, λ being `self.weight_decay`.",
            unit=_adamw(lambda self, p, lr, step: p - step),
        ),
        misconception(
            "the decayed weight is answered, without Adam's step",
            "Both belong to the answer: Adam's new weight, less the decay.",
            unit=_adamw(lambda self, p, lr, step: p - lr * self.weight_decay * p),
        ),
        misconception(
            "the decay is twice as large",
            "The decay is lr·λ·p, without a 2: it is not the derivative of λp².",
            unit=_adamw(lambda self, p, lr, step: p - step - 2 * lr * self.weight_decay * p),
        ),
        misconception(
            "what decays is the gradient, not the weight",
            "Weight decay takes a share of the weight: lr·λ·p.",
            unit=_rule(_decay_of_g, "m", "v", **ADAM, weight_decay=0.01),
        ),
        misconception(
            "the decay is in the gradient and beside it",
            "Hand Adam the gradient as it is, and subtract the decay once.",
            unit=_rule(_decayed_twice, "m", "v", **ADAM, weight_decay=0.01),
        ),
        misconception(
            "Adam's answer is taken for a step",
            "What `self.adam.update` returns is the new weight already. Only the decay is still to be subtracted from it.",
            unit=_adamw(lambda self, p, lr, step: p - (p - step) - lr * self.weight_decay * p),
        ),
    ],
)


# Nadam.


def _mu(self, t):
    return self.beta1 * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))


def _nadam(
    mu=_mu,
    ahead=None,
    rest=None,
    m=lambda self, m, g, now: _m(self, m, g),
    v_hat=_v_hat,
    shift=0,
    product=lambda old, now, soon: old * now,
    ratio=_ratio,
    rest_ahead=False,
):
    """ahead(self, state, mu, mu_next) and rest(self, g, state, mu) sum to m̂; product(old, μ) is kept."""

    def right_ahead(self, state, now, soon):
        return soon * state["m"] / (1 - state["mu_product"] * soon)

    def right_rest(self, g, state, now):
        return (1 - now) * g / (1 - state["mu_product"])

    def update(self, p, g, state, lr, t):
        now, soon = mu(self, t + shift), mu(self, t + shift + 1)
        state["mu_product"] = product(state.get("mu_product", 1.0), now, soon)
        state["m"], state["v"] = m(self, state["m"], g, now), _v(self, state["v"], g)
        m_hat = (ahead or right_ahead)(self, state, now, soon) + (rest or right_rest)(
            self, g, state, soon if rest_ahead else now
        )
        return p - lr * ratio(self, m_hat, v_hat(self, state, t))

    return _rule(update, "m", "v", **ADAM, momentum_decay=0.004)


def _adam_in_nadam(self, state, now, soon):
    return soon * state["m"] / (1 - state["mu_product"])


nadam = Exercise(
    id="ch09.nadam",
    reference="optimizers.Nadam",
    protocol=Optimizer(("beta1", "beta2", "eps", "momentum_decay")),
    cases=runs(
        {
            "beta1": (0.9, 0.5, 0.75),
            "beta2": (0.99, 0.75, 0.9375, 0.875),
            "momentum_decay": (4.0, 8.0, 2.0, 6.0, 3.0),
        },
        eps=1e-8,
        first=FIRST,
    ),
    parts=[Part("the first step", 1, TRAJECTORY, where=FIRST), _steps(2), CHANGING, EPSILON, IN_BETWEEN],
    read_again="9.11 Nadam: Adam that looks ahead",
    misconceptions=[
        _memory_on_self(optimizers.Nadam),
        misconception(
            "this is Adam: it does not look ahead",
            "The step needs a mixture of the new m and the newest gradient, each with its own correction.",
            unit=_adam(),
        ),
        misconception(
            "the momentum does not grow: β₁ stands where μ belongs",
            "The average m has β₁. In the look-ahead the momentum is μₜ, which grows from about β₁/2 to β₁.",
            unit=_nadam(mu=lambda self, t: self.beta1),
        ),
        misconception(
            "the product of the μ is not kept",
            "The correction needs μ₁·μ₂·…·μₜ. Multiply the product in the state by the new μ at every step.",
            unit=_nadam(product=lambda old, now, soon: now),
        ),
        misconception(
            "both terms have the same μ",
            "The term with m looks one step ahead: its μ is that of step t + 1.",
            unit=_nadam(ahead=lambda self, state, now, soon: now * state["m"] / (1 - state["mu_product"] * now)),
        ),
        misconception(
            "the correction of the first term misses the μ of the next step",
            "The term with m is one step ahead, and so is its product: 1 − μ₁⋯μₜ·μₜ₊₁.",
            unit=_nadam(ahead=_adam_in_nadam),
        ),
        misconception(
            "the newest gradient has the share 1 − β₁, not 1 − μ",
            "In the look-ahead the two shares are μₜ₊₁ for m and 1 − μₜ for the gradient.",
            unit=_nadam(rest=lambda self, g, state, now: (1 - self.beta1) * g / (1 - state["mu_product"])),
        ),
        misconception(
            "m averages with μ, not with β₁",
            "The average m is that of Adam, with β₁. The growing μ appears in the look-ahead only.",
            unit=_nadam(m=lambda self, m, g, now: now * m + (1 - now) * g),
        ),
        misconception(
            "the newest gradient is not corrected",
            "Both terms have a correction. That of the gradient is 1 − μ₁⋯μₜ.",
            unit=_nadam(rest=lambda self, g, state, now: (1 - now) * g),
        ),
        misconception(
            "the average of the squares is not corrected",
            "The part below the root is Adam's: v̂ = v/(1 − β₂ᵗ).",
            unit=_nadam(v_hat=lambda self, state, t: state["v"]),
        ),
        misconception(
            "the ½ in μ is missing",
            "In μ the power of 0.96 is halved: at first μ is about half of β₁, not 0.",
            unit=_nadam(mu=lambda self, t: self.beta1 * (1 - 0.96 ** (t * self.momentum_decay))),
        ),
        misconception(
            "μ is taken one step too early",
            "In the first step t is 1: now is μ₁ and next is μ₂.",
            unit=_nadam(shift=-1),
        ),
        misconception(
            "the term with m is missing: only the newest gradient is used",
            "The step has two terms, the average that looks ahead and the newest gradient.",
            unit=_nadam(ahead=lambda self, state, now, soon: 0.0 * state["m"]),
        ),
        misconception(
            "the product takes the μ of the next step",
            "What is kept in step t is μ₁⋯μₜ. The μ of the next step joins in the first correction only, and is not kept.",
            unit=_nadam(product=lambda old, now, soon: old * soon),
        ),
        misconception(
            "m is multiplied by the μ of this step",
            "The term with m looks one step ahead: μₜ₊₁ stands above its fraction as well as below.",
            unit=_nadam(ahead=lambda self, state, now, soon: now * state["m"] / (1 - state["mu_product"] * soon)),
        ),
        misconception(
            "the term with m is alone: the newest gradient is missing",
            "The step has two terms, the average that looks ahead and the newest gradient.",
            unit=_nadam(rest=lambda self, g, state, now: 0.0 * g),
        ),
        misconception(
            "eps stands inside the root",
            *EPS_INSIDE,
            unit=_nadam(ratio=lambda self, m_hat, v_hat: m_hat / np.sqrt(v_hat + self.eps)),
        ),
        misconception(
            "the newest gradient has the μ of the next step",
            "The share of the newest gradient is 1 − μₜ, over 1 − μ₁⋯μₜ. Only the term with m looks ahead.",
            unit=_nadam(rest_ahead=True),
        ),
        misconception(
            "the two shares are made of β₁, the corrections of μ",
            "In the look-ahead μ stands in all four places: μₜ₊₁ before m, 1 − μₜ before g, and their products below.",
            unit=_nadam(
                ahead=lambda self, state, now, soon: self.beta1 * state["m"] / (1 - state["mu_product"] * soon),
                rest=lambda self, g, state, now: (1 - self.beta1) * g / (1 - state["mu_product"]),
            ),
        ),
        misconception(
            "m is corrected with the product of the μ, and does not look ahead",
            "That is Adam's m̂ with another correction. The step needs two terms, with m and with the newest gradient.",
            unit=_nadam(
                ahead=lambda self, state, now, soon: state["m"] / (1 - state["mu_product"]),
                rest=lambda self, g, state, now: 0.0 * g,
            ),
        ),
    ],
)
