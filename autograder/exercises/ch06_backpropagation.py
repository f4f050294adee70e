"""The exercises of chapter 06: from one neuron to a network and an autodiff of one's own, and the mistakes on the way."""

import math

import numpy as np

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises import ch06_backpropagation_cases as cases
from autograder.exercises.cases import LARGE
from autograder.sandbox.protocols import Call, Graph, Module, Program
from course_lib import activations, layers, losses

SHARED = (
    "The mean is in dy already: the loss put its 1/N there. A parameter that serves N examples collects a plain sum."
)


def _parts(*shares):
    return [Part(result.removeprefix("d_").replace("_", " "), share, result) for result, share in shares]


# One neuron.


def _neuron(
    loss=lambda p, y: (p - y) ** 2,
    pull=lambda p, y: 2 * (p - y),
    slope=lambda z, p: 1 - p**2,
    roads=lambda dz, x, w, b: (dz * x, dz, dz * w),
):
    """A wrong neuron: loss, d loss/d p, d p/d z and the three last links, one of them replaced."""

    def neuron(x, w, b, y):
        z = w * x + b
        p = math.tanh(z)
        return (loss(p, y), *roads(pull(p, y) * slope(z, p), x, w, b))

    return neuron


neuron = Exercise(
    id="ch06.neuron",
    reference="",
    protocol=Program(("x", "w", "b", "y"), ("loss", "d_w", "d_b", "d_x")),
    cases=cases.one_neuron(),
    answers=lambda reference, inputs: dict(zip(("loss", "d_w", "d_b", "d_x"), _neuron()(**inputs))),
    parts=[
        Part("loss", 1, "loss"),
        Part("slope for w", 1, "d_w"),
        Part("slope for b", 1, "d_b"),
        Part("slope for x", 1, "d_x"),
    ],
    read_again="6.2 The chain rule: how do slopes travel through functions?",
    withholds=("activations.Tanh", "losses.MeanSquaredError", "layers.Dense", "autodiff.Scalar"),
    misconceptions=[
        misconception(
            "a loss without its square",
            "An error of −1 must cost as much as one of +1.",
            unit=_neuron(loss=lambda p, y: p - y),
        ),
        misconception(
            "a chain without the link of tanh: its slope 1 − p² is missing",
            "The loss hears of w only through tanh. Where tanh is flat, w can do nothing; does your slope become 0 there?",
            "Write one factor for each arrow of the chain: w → z, z → p, p → L. You have two of the three.",
            unit=_neuron(slope=lambda z, p: 1.0),
        ),
        misconception(
            "the slope of tanh taken as 1 − z²: z stands where p = tanh z belongs",
            "The slope of tanh is 1 − tanh²(z). The square is that of the output.",
            unit=_neuron(slope=lambda z, p: 1 - z**2),
        ),
        misconception(
            "tanh taken twice: its slope as 1 − tanh²(p)",
            "The number p is tanh(z) already, so the slope of tanh is 1 − p². You send p through tanh once more.",
            unit=_neuron(slope=lambda z, p: 1 - math.tanh(p) ** 2),
        ),
        misconception(
            "the slope of the sigmoid, p(1 − p), for tanh",
            "This neuron bends with tanh, whose slope at 0 is 1. The rule p(1 − p) gives 0 there.",
            unit=_neuron(slope=lambda z, p: p * (1 - p)),
        ),
        misconception(
            "a missing 2 from the square",
            "The derivative of (p − y)² for p is 2(p − y).",
            unit=_neuron(pull=lambda p, y: p - y),
        ),
        misconception(
            "2p for the slope of the square: the target y is missing",
            "The inner number p − y stays in the derivative of (p − y)². Where p has reached y, nothing should pull any more.",
            unit=_neuron(pull=lambda p, y: 2 * p),
        ),
        misconception(
            "a reversed sign: y − p where p − y belongs",
            "If the answer p is too high, raising it raises the loss. Then the slope for b must be positive.",
            unit=_neuron(pull=lambda p, y: 2 * (y - p)),
        ),
        misconception(
            "the last links of w and x exchanged",
            "Look at z = w·x + b. How much does z change when w grows by 1? By x. And when x grows by 1?",
            unit=_neuron(roads=lambda dz, x, w, b: (dz * w, dz, dz * x)),
        ),
        misconception(
            "a bias that is multiplied by the input",
            "In z = w·x + b, when b grows by 1, z grows by 1, whatever x is.",
            unit=_neuron(roads=lambda dz, x, w, b: (dz * x, dz * x, dz * w)),
        ),
        misconception(
            "a slope for b that is multiplied by b",
            "Beside w stands x in z = w·x + b, and beside x stands w. What stands beside b?",
            unit=_neuron(roads=lambda dz, x, w, b: (dz * x, dz * b, dz * w)),
        ),
        misconception(
            "slopes along the chain that are added instead of multiplied",
            "A link that doubles after a link that triples makes six, not five. Along one road slopes multiply.",
            unit=lambda x, w, b, y: (
                (math.tanh(w * x + b) - y) ** 2,
                *(2 * (math.tanh(w * x + b) - y) + 1 - math.tanh(w * x + b) ** 2 + last for last in (x, 1.0, w)),
            ),
        ),
    ],
)


# The reverse sweep.


def _swept(reference, inputs):
    """The same graph of `autodiff.Scalar`s, with the slopes put on its arrows."""
    nodes: list = []
    for row in inputs["slopes"]:
        nodes.append(reference(0.0, [(nodes[j], float(row[j])) for j in np.flatnonzero(row)]))
    multiplications = nodes[-1].backward()
    return {"gradient": [node.grad for node in nodes], "multiplications": multiplications}


def _sweep(
    onto=lambda old, above, slope: old + above * slope, backwards=True, seed=1.0, start=0.0, turned=False, count=None
):
    def reverse_sweep(slopes):
        table = slopes.T if turned else slopes
        n = len(table)
        gradient = np.full(n, start)
        gradient[-1] = seed
        for i in reversed(range(n)) if backwards else range(n):
            for j in np.flatnonzero(table[i]):
                gradient[j] = onto(gradient[j], gradient[i], table[i, j])
        return gradient, (count or np.count_nonzero)(slopes)

    return reverse_sweep


def _road_by_road(slopes):
    """Multiplications when every road is worked out from its beginning: the sum of the roads' lengths."""
    roads, lengths = np.zeros(len(slopes)), np.zeros(len(slopes))
    roads[-1] = 1
    for i in reversed(range(len(slopes))):
        for j in np.flatnonzero(slopes[i]):
            roads[j] += roads[i]
            lengths[j] += lengths[i] + roads[i]
    return lengths.sum()


reverse_sweep = Exercise(
    id="ch06.reverse_sweep",
    reference="autodiff.Scalar",
    protocol=Program(("slopes",), ("gradient", "multiplications")),
    cases=cases.graphs(),
    answers=_swept,
    parts=[
        Part("chains", 1, "gradient"),
        Part("forks", 2, "gradient", where="fork"),
        Part("multiplications", 1, "multiplications"),
        Part("multiplications in graphs with forks", 1, "multiplications", where="fork"),
    ],
    read_again="6.4 Memoization: why is the backward pass so cheap?",
    misconceptions=[
        misconception(
            "an assignment where a sum belongs: the last road overwrites the others",
            "A node that goes into two others is blamed by both. What does your line do with the first blame when the second comes?",
            "Use += for what arrives at a node.",
            unit=_sweep(onto=lambda old, above, slope: above * slope),
        ),
        misconception(
            "a walk from the inputs to the output",
            "A node can pass its gradient on only when it has one. The output has it first; who comes next?",
            unit=_sweep(backwards=False),
        ),
        misconception(
            "slopes along a road that are added instead of multiplied",
            "Where roads meet, sums; along one road, products. gradient[i] · slopes[i, j] is what node i sends to node j.",
            unit=_sweep(onto=lambda old, above, slope: old + above + slope),
        ),
        misconception(
            "an output that starts with 0: nothing is there to be passed on",
            "The slope of the output for itself is 1. Put it in before the sweep.",
            unit=_sweep(seed=0.0),
        ),
        misconception(
            "a sweep that meets no arrow: slopes[j, i] for slopes[i, j], or a last node that is left out",
            "The entry slopes[i, j] with j < i belongs to the arrow from j into i. A sweep of slopes[j, i] reads the upper half of the table, which is empty.",
            "If your indices are right: does your loop reach the output? `range(n - 1)` ends before it, and nobody else has anything to hand on.",
            unit=_sweep(turned=True),
        ),
        misconception(
            "a 1 at every node to begin with",
            "Only the output has the slope 1 for itself. What another node owes must come down the arrows: begin with zeros.",
            unit=_sweep(start=1.0),
        ),
        misconception(
            "slopes handed on without what the node has collected",
            "What goes from node i to node j is gradient[i] · slopes[i, j]. The slope alone says what j does to i, and not what i does to the output.",
            unit=_sweep(onto=lambda old, above, slope: old + slope),
        ),
        misconception(
            "arrows with a negative slope that are left out",
            "Only an entry of exactly 0 means that there is no arrow. A negative slope is an arrow like any other: compare with != 0 instead of > 0.",
            unit=lambda slopes: _sweep()(np.maximum(slopes, 0)),
        ),
        misconception(
            "a gradient that is spread over the parents in equal shares",
            "A fork is no crossroads where one must choose: each parent gets the whole gradient times its slope.",
            unit=lambda slopes: _shares(slopes),
        ),
        misconception(
            "a count of every road from its beginning: that is the price without memoization",
            "In your sweep each arrow is used once, with what the node at its tip already knows. So how many products are there?",
            unit=_sweep(count=_road_by_road),
        ),
        misconception(
            "a count of nodes instead of arrows",
            "A node with three parents sends three products. Count where you multiply.",
            unit=_sweep(count=len),
        ),
        misconception(
            "a count of all pairs of nodes, also of those without an arrow",
            "Where slopes[i, j] is 0 there is no arrow and nothing to multiply.",
            unit=_sweep(count=lambda slopes: len(slopes) * (len(slopes) - 1) // 2),
        ),
    ],
)


def _shares(slopes):
    gradient = np.zeros(len(slopes))
    gradient[-1] = 1.0
    for i in reversed(range(len(slopes))):
        parents = np.flatnonzero(slopes[i])
        for j in parents:
            gradient[j] += gradient[i] * slopes[i, j] / len(parents)
    return gradient, np.count_nonzero(slopes)


# D1's network.

NINE = ("loss", "d_hidden_weight", "d_hidden_bias", "d_output_weight", "d_output_bias")


def _by_layers(reference, inputs):
    network = layers.Sequential(
        layers.Dense(2, 2, np.random.default_rng(0)),
        activations.Sigmoid(),
        layers.Dense(2, 1, np.random.default_rng(0)),
    )
    network.params["0.weight"], network.params["0.bias"] = inputs["hidden_weight"], inputs["hidden_bias"]
    network.params["2.weight"] = inputs["output_weight"][None]
    network.params["2.bias"] = np.array([inputs["output_bias"]])
    loss = losses.MeanSquaredError()
    value = loss.forward(network.forward(inputs["x"][None]), np.array([[inputs["y"]]]))
    network.backward(loss.backward())
    grads = network.grads
    return dict(zip(NINE, (value, grads["0.weight"], grads["0.bias"], grads["2.weight"][0], grads["2.bias"][0])))


def _sigmoid(z):
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def _two_two_one(
    loss=lambda o, y: (y - o) ** 2,
    pull=lambda o, y: -2 * (y - o),
    back=lambda do, output_weight: do * output_weight,
    bend=lambda dh, z, h: dh * h * (1 - h),
    weight=lambda dz, x: np.outer(dz, x),
    bias=lambda dz, x: dz,
    output_weight=lambda do, z, h: do * h,
    output_bias=lambda do, o: do,
):
    """D1's network with one of its links replaced."""

    def two_two_one(x, y, hidden_weight, hidden_bias, output_w, output_b):
        z = hidden_weight @ x + hidden_bias
        h = _sigmoid(z)
        o = h @ output_w + output_b
        do = pull(o, y)
        dz = bend(back(do, output_w), z, h)
        return loss(o, y), weight(dz, x), bias(dz, x), output_weight(do, z, h), output_bias(do, o)

    return two_two_one


two_two_one = Exercise(
    id="ch06.two_two_one",
    reference="layers.Dense",
    protocol=Program(("x", "y", "hidden_weight", "hidden_bias", "output_weight", "output_bias"), NINE),
    cases=cases.two_two_one(),
    answers=_by_layers,
    parts=_parts(
        ("loss", 1), ("d_hidden_weight", 2), ("d_hidden_bias", 1), ("d_output_weight", 1), ("d_output_bias", 1)
    ),
    read_again="6.5 D1's network: nine derivatives by hand",
    withholds=("activations.Sigmoid", "losses.MeanSquaredError", "autodiff.Scalar"),
    misconceptions=[
        misconception(
            "a reversed sign: +2(y − o) for D1's −2(y − o)",
            "The output o stands in (y − o)² with a minus. If the output is too low, raising it must lower the loss: a negative slope.",
            unit=_two_two_one(pull=lambda o, y: 2 * (y - o)),
        ),
        misconception(
            "a missing 2 from the square: link (1)",
            "The derivative of (y − o)² for o is −2(y − o).",
            unit=_two_two_one(pull=lambda o, y: -(y - o)),
        ),
        misconception(
            "link (1) as 2·o: the target is missing",
            "Link (1) is about the error y − o, not about o.",
            unit=_two_two_one(pull=lambda o, y: 2 * o),
        ),
        misconception(
            "no link (3): the output weight is missing on the way to the hidden layer",
            "A hidden unit with output weight 0 has no say in the output. Then its derivatives must be 0; are yours?",
            unit=_two_two_one(back=lambda do, output_weight: do * np.ones(2)),
        ),
        misconception(
            "link (3) as h: the unit's own answer in place of its output weight",
            "The sum is o = θ·h + b. To move a weight you multiply by its input h; to move h you multiply by its weight.",
            unit=_two_two_one(back=lambda do, output_weight: do, bend=lambda dh, z, h: dh * h * h * (1 - h)),
        ),
        misconception(
            "no link (4): the slope of the sigmoid is missing",
            "Between z and h stands a sigmoid. Its slope h(1 − h) is a factor of everything that lies before it.",
            unit=_two_two_one(bend=lambda dh, z, h: dh),
        ),
        misconception(
            "link (4) as z(1 − z): z stands where h = σ(z) belongs",
            "The rule σ(1 − σ) is about the output of the sigmoid.",
            unit=_two_two_one(bend=lambda dh, z, h: dh * z * (1 - z)),
        ),
        misconception(
            "a second sigmoid: link (4) as σ(h)(1 − σ(h))",
            "The hidden h is σ(z) already. A function called sigmoid_slope may expect z; give it z, or write h(1 − h).",
            unit=_two_two_one(bend=lambda dh, z, h: dh * _sigmoid(h) * (1 - _sigmoid(h))),
        ),
        misconception(
            "the hidden weights' gradient transposed",
            "The weight hidden_weight[j, i] leads from input i to hidden unit j. Row j of the gradient belongs to hidden unit j.",
            unit=_two_two_one(weight=lambda dz, x: np.outer(x, dz)),
        ),
        misconception(
            "two slopes for four hidden weights: dz · x entry by entry",
            "Each of the two inputs leads to each of the two hidden units: four pairs, four slopes. "
            "A table of all products has dz down its side and x along its top.",
            unit=_two_two_one(weight=lambda dz, x: dz * x),
        ),
        misconception(
            "no link (5): the input is missing in the hidden weights' gradient",
            "A weight whose input is 0 can do nothing. Link (5) is that input.",
            unit=_two_two_one(weight=lambda dz, x: np.outer(dz, np.ones(2))),
        ),
        misconception(
            "hidden biases that are multiplied by the inputs",
            "A bias is a weight whose input is always 1.",
            unit=_two_two_one(bias=lambda dz, x: dz * x),
        ),
        misconception(
            "output weights' gradient taken at z, before the sigmoid",
            "The output weight multiplies h. What comes with its gradient is what it multiplied on the way forward.",
            unit=_two_two_one(output_weight=lambda do, z, h: do * z),
        ),
        misconception(
            "hidden_weight read as [input, hidden unit]: x @ hidden_weight for hidden_weight @ x",
            "Row j of the table holds the weights that lead into hidden unit j. So the sums are hidden_weight @ x.",
            unit=lambda x, y, hidden_weight, hidden_bias, output_w, output_b: _turned_inputs(
                x, y, hidden_weight, hidden_bias, output_w, output_b
            ),
        ),
        misconception(
            "an output that goes through a sigmoid",
            "D1's output unit is linear: o is the sum itself. Only the two hidden units bend.",
            unit=lambda x, y, hidden_weight, hidden_bias, output_w, output_b: _squeezed_output(
                x, y, hidden_weight, hidden_bias, output_w, output_b
            ),
        ),
        misconception(
            "a sigmoid's slope at the output too",
            "D1's output unit is linear: link (2) is 1.",
            unit=lambda x, y, hidden_weight, hidden_bias, output_w, output_b: _bent_output(
                x, y, hidden_weight, hidden_bias, output_w, output_b
            ),
        ),
    ],
)


def _bent_output(*inputs):
    def pull(o, y):
        return -2 * (y - o) * _sigmoid(o) * (1 - _sigmoid(o))

    return _two_two_one(pull=pull)(*inputs)


def _squeezed_output(*inputs):
    """The sigmoid forward and backward at the output."""

    def pull(o, y):
        return -2 * (y - _sigmoid(o)) * _sigmoid(o) * (1 - _sigmoid(o))

    return _two_two_one(loss=lambda o, y: (y - _sigmoid(o)) ** 2, pull=pull)(*inputs)


def _turned_inputs(x, y, hidden_weight, *others):
    return _two_two_one(weight=lambda dz, x: np.outer(x, dz))(x, y, hidden_weight.T, *others)


# Measuring and comparing.


def _valley(x, weight):
    return np.sum(weight * x) ** 2 + np.sum(weight * x**3)


def _measured(quotient):
    """A wrong measurement: quotient(f, x, step, i) is entry i."""

    def slopes_of_valley(x, weight, step):
        x = np.array(x, float)
        answer = [quotient(lambda at: _valley(at, weight), x, step, i) for i in np.ndindex(x.shape)]
        return np.reshape(answer, x.shape)

    return slopes_of_valley


def _nudged(x, i, by):
    x = x.copy()
    x[i] += by
    return x


def _all_at_once(x, weight, step):
    return (_valley(x + step, weight) - _valley(x - step, weight)) / (2 * step)


def _row_by_row(x, weight, step):
    """The loop runs over the first axis, and a whole row is nudged."""
    answer = np.zeros(np.shape(x))
    for i in range(len(x)):
        answer[i] = (_valley(_nudged(x, i, step), weight) - _valley(_nudged(x, i, -step), weight)) / (2 * step)
    return answer


def _in_one_row(x, weight, step):
    central = _measured(lambda f, x, h, i: (f(_nudged(x, i, h)) - f(_nudged(x, i, -h))) / (2 * h))
    return central(x, weight, step).ravel()


def _left_behind(x, weight, step):
    """x is changed in place and not put back as it was."""
    x, answer = np.array(x, float), np.zeros(np.shape(x))
    for i in np.ndindex(x.shape):
        x[i] += step
        up = _valley(x, weight)
        x[i] -= 2 * step
        answer[i] = (up - _valley(x, weight)) / (2 * step)
    return answer


numerical_gradient = Exercise(
    id="ch06.numerical_gradient",
    reference="gradients.numerical_gradient",
    protocol=Call(value=("x", "weight", "step")),
    cases=cases.valleys(),
    answers=lambda reference, inputs: {
        "value": reference(lambda x: _valley(x, inputs["weight"]), inputs["x"], inputs["step"])
    },
    parts=[Part("measured slopes", 4)],
    read_again="6.6 Measuring: how would we know a gradient without any formula?",
    withholds=("autodiff.Scalar",),
    misconceptions=[
        misconception(
            "a forward difference: f(x + h) − f(x) over h",
            "It is off by about h·f″/2. Step to both sides, and the error shrinks to about h²·f‴/6.",
            value=_measured(lambda f, x, h, i: (f(_nudged(x, i, h)) - f(x)) / h),
        ),
        misconception(
            "a backward difference: f(x) − f(x − h) over h",
            "It is off by about h·f″/2. Step to both sides, and the error shrinks to about h²·f‴/6.",
            value=_measured(lambda f, x, h, i: (f(x) - f(_nudged(x, i, -h))) / h),
        ),
        misconception(
            "a division by h where the two places are 2h apart",
            "From x − h to x + h it is 2h. Rise over run: which run?",
            value=_measured(lambda f, x, h, i: (f(_nudged(x, i, h)) - f(_nudged(x, i, -h))) / h),
        ),
        misconception(
            "a product with h/2: h/2 written without brackets",
            "In Python `a / 2 * h` is (a/2)·h. Write `a / (2 * h)`.",
            value=_measured(lambda f, x, h, i: (f(_nudged(x, i, h)) - f(_nudged(x, i, -h))) / 2 * h),
        ),
        misconception(
            "all entries nudged at once",
            "That measures how f changes when all entries grow together: one number, the sum of the gradient. Nudge one entry at a time.",
            value=_measured(lambda f, x, h, i: (f(x + h) - f(x - h)) / (2 * h)),
        ),
        misconception(
            "one number for the whole array: all entries nudged at once",
            "The step added to x moves every entry. A gradient has one slope for each entry: nudge them one at a time, in a loop.",
            value=_all_at_once,
        ),
        misconception(
            "a whole row nudged at once: the loop runs over the first axis only",
            "In a table x[0] is a row. Let `np.ndindex(x.shape)` give you the index of every single entry.",
            value=_row_by_row,
        ),
        misconception(
            "the slopes of a table in one long row",
            "The numbers are right. The gradient should have the shape of x: begin with `np.zeros(x.shape)` and fill it by the same index.",
            value=_in_one_row,
        ),
        misconception(
            "two names for one array: every difference is 0",
            "After `up = x` and `down = x` both are x itself, so both nudges land in the same array. Write `x.copy()`.",
            value=lambda x, weight, step: np.zeros(np.shape(x)),
        ),
        misconception(
            "half a step to each side",
            "Your two places are one step apart. The exercise goes a whole step up and a whole step down, so they are two steps apart.",
            value=_measured(lambda f, x, h, i: (f(_nudged(x, i, h / 2)) - f(_nudged(x, i, -h / 2))) / h),
        ),
        misconception(
            "an x that is nudged and not put back",
            "After entry 0 your x stays at x − h there, and entry 1 is measured at another place. Work on a copy for each entry.",
            value=_left_behind,
        ),
        misconception(
            "f(x − h) minus f(x + h): the order is reversed",
            "Where f climbs your slope is negative. Later place minus earlier place.",
            value=_measured(lambda f, x, h, i: (f(_nudged(x, i, -h)) - f(_nudged(x, i, h))) / (2 * h)),
        ),
        misconception(
            "the derivative by a formula: h plays no part",
            "Your numbers are the exact slopes of this valley. The exercise is to measure with the step that is given, for any f.",
            value=lambda x, weight, step: 2 * np.sum(weight * x) * weight + 3 * weight * x**2,
        ),
    ],
)


def _compared(
    apart=lambda g, n: abs(g - n), scale=lambda g, n, eps: np.maximum(np.maximum(abs(g), abs(n)), eps), pick=None
):
    def check_gradient(gradient, numerical, eps):
        with np.errstate(all="ignore"):
            errors = apart(gradient, numerical) / scale(gradient, numerical, eps)
        return (pick or _worst)(errors)

    return check_gradient


def _worst(errors):
    at = np.unravel_index(np.argmax(errors), errors.shape)
    return errors[at], tuple(int(i) for i in at)


def _worst_but_nan(errors):
    at = np.unravel_index(np.nanargmax(errors), errors.shape)
    return errors[at], at


check_gradient = Exercise(
    id="ch06.check_gradient",
    reference="gradients.check_gradient",
    protocol=Program(("gradient", "numerical", "eps"), ("error", "index")),
    cases=cases.two_gradients(),
    answers=lambda reference, inputs: dict(zip(("error", "index"), _compared()(**inputs))),
    parts=[
        Part("error", 1, "error"),
        Part("error with small entries", 1, "error", where="tiny"),
        Part("index", 1, "index"),
        Part("nan", 1, "index", where="nan"),
    ],
    read_again="6.7 Gradient checking done well",
    withholds=("autodiff.Scalar",),
    misconceptions=[
        misconception(
            "an absolute error",
            "Off by 0.001 is nothing at a slope of 500 and everything at one of 0.001. Divide by the size of the entries.",
            unit=_compared(scale=lambda g, n, eps: 1.0),
        ),
        misconception(
            "no eps in the denominator: noise of entries near 0 looks like a mistake",
            "Both entries are rounding dust of 1e-9, and you call them 100 % wrong; where both are 0 you get 0/0. Let the denominator be eps at least.",
            unit=_compared(scale=lambda g, n, eps: np.maximum(abs(g), abs(n))),
        ),
        misconception(
            "one denominator for all entries: the largest slope of the whole array",
            "Beside a slope of 500 every error looks small then. Each entry is measured by its own size: `np.maximum` compares entry by entry.",
            unit=_compared(scale=lambda g, n, eps: np.max([np.abs(g).max(), np.abs(n).max(), eps])),
        ),
        misconception(
            "eps added to the denominator instead of taken as the least",
            "Adding eps makes every error a little too small. Where the entries are larger than eps it should play no part.",
            unit=_compared(scale=lambda g, n, eps: np.maximum(abs(g), abs(n)) + eps),
        ),
        misconception(
            "a division by the numerical gradient alone",
            "Then an entry that you call 2 and that is 0 has an infinite error, and the other way round it has 1. Take the larger of the two.",
            unit=_compared(scale=lambda g, n, eps: np.maximum(abs(n), eps)),
        ),
        misconception(
            "a division by the sum of the two sizes",
            "Some books do so, and get half the number. The exercise divides by the larger of the two.",
            unit=_compared(scale=lambda g, n, eps: np.maximum(abs(g) + abs(n), eps)),
        ),
        misconception(
            "a denominator without absolute values",
            "For two negative entries the larger one is the one nearer to 0. Compare their sizes.",
            unit=_compared(scale=lambda g, n, eps: np.maximum(np.maximum(g, n), eps)),
        ),
        misconception(
            "an error with a sign: an entry that is too small can never be the worst",
            "Take the size of the difference before you look for the largest.",
            unit=_compared(apart=lambda g, n: g - n),
        ),
        misconception(
            "the average of the errors",
            "One wrong entry among a million right ones disappears in a mean. Take the worst.",
            unit=lambda gradient, numerical, eps: (
                np.mean(abs(gradient - numerical) / np.maximum(np.maximum(abs(gradient), abs(numerical)), eps)),
                _compared()(gradient, numerical, eps)[1],
            ),
        ),
        misconception(
            "one error for the whole vector: the ratio of two lengths",
            "The ratio ‖g − n‖ over ‖n‖ is a good first number, but a small entry can be wrong from top to bottom and hardly move it. Divide entry by entry.",
            unit=lambda gradient, numerical, eps: (
                np.linalg.norm(gradient - numerical) / max(np.linalg.norm(gradient), np.linalg.norm(numerical), eps),
                _compared()(gradient, numerical, eps)[1],
            ),
        ),
        misconception(
            "a flat position in place of an index",
            "In a table, entry 4 is nowhere; entry (1, 1) is. `np.unravel_index(place, shape)` translates.",
            unit=_compared(pick=lambda errors: (np.max(errors), int(np.argmax(errors)))),
        ),
        misconception(
            "a nan that is passed over",
            "A gradient with a nan is as wrong as can be. `np.argmax` takes a nan for the largest, and here that is what you want.",
            unit=_compared(pick=_worst_but_nan),
        ),
    ],
)


# Layers.


def _far_sigmoid(x):
    with np.errstate(all="ignore"):
        return np.exp(x) / (1 + np.exp(x))


def _slope_from_x(x, y, dy):
    with np.errstate(all="ignore"):
        return dy * np.exp(-x) / (1 + np.exp(-x)) ** 2


def _wrong_unit(forward, backward):
    """A wrong activation: backward(x, y, dy)."""

    class Wrong:
        def forward(self, x):
            self.x, self.y = x, forward(x)
            return self.y

        def backward(self, dy):
            return backward(self.x, self.y, dy)

    return Wrong


sigmoid = Exercise(
    id="ch06.sigmoid",
    reference="activations.Sigmoid",
    protocol=Module(backward="dy"),
    cases=cases.upstream(large=1024.0),
    parts=[Part("value", 1), Part("value far out", 1, where=LARGE), Part("gradient", 2, result="gradient")],
    read_again="6.8 An activation backward: what must be kept?",
    withholds=("layers.Sequential", "losses.CrossEntropy"),
    misconceptions=[
        misconception(
            "the slope alone: dy is missing",
            "The loss reached y with the strength dy. By the chain rule dy times the slope is what reaches x.",
            unit=_wrong_unit(_sigmoid, lambda x, y, dy: y * (1 - y)),
        ),
        misconception(
            "x(1 − x): backward uses the input where the output belongs",
            "The rule σ(1 − σ) is about the output. At x = 3 yours is −6, though the curve rises. What should forward keep?",
            unit=_wrong_unit(_sigmoid, lambda x, y, dy: dy * x * (1 - x)),
        ),
        misconception(
            "a sigmoid of the sigmoid: the slope is computed at y",
            "What forward answered is σ(x) already. Either use y(1 − y), or the slope at x; not the slope at y.",
            unit=_wrong_unit(_sigmoid, lambda x, y, dy: dy * _sigmoid(y) * (1 - _sigmoid(y))),
        ),
        misconception(
            "the slope at dy instead of x",
            "What comes in, dy, is a gradient from above and not a place on the curve. The slope belongs to the x that forward saw.",
            unit=_wrong_unit(_sigmoid, lambda x, y, dy: _sigmoid(dy) * (1 - _sigmoid(dy))),
        ),
        misconception(
            "1 − y², the rule of tanh",
            "The sigmoid is steepest at 0 with a slope of ¼. Yours is ¾ there.",
            unit=_wrong_unit(_sigmoid, lambda x, y, dy: dy * (1 - y**2)),
        ),
        misconception(
            "1 − y without the y in front",
            "The curve is flat on both sides. For large positive x yours is 0; what is it for large negative x?",
            unit=_wrong_unit(_sigmoid, lambda x, y, dy: dy * (1 - y)),
        ),
        misconception(
            "dy divided by the slope",
            "A flat curve lets little through. Yours lets more through the flatter it is.",
            unit=_wrong_unit(_sigmoid, lambda x, y, dy: dy / (y * (1 - y))),
        ),
        misconception(
            "dy added to the slope",
            "Along a road slopes multiply: dy arrives from above and is multiplied by σ′. Only where roads meet are numbers added.",
            unit=_wrong_unit(_sigmoid, lambda x, y, dy: dy + y * (1 - y)),
        ),
        misconception(
            "1/(1 + eˣ): the minus in the exponent is missing",
            "Your curve falls from 1 to 0. The sigmoid climbs: for large x the exponential must vanish, so it is that of −x.",
            unit=_wrong_unit(lambda x: _sigmoid(-x), lambda x, y, dy: dy * y * (1 - y)),
        ),
        misconception(
            "a slope from x, e⁻ˣ/(1 + e⁻ˣ)², which is inf/inf far out",
            "For x = −800 the exponential is infinite, above and below the line. The output knows better: y(1 − y) is 0 there.",
            unit=_wrong_unit(_sigmoid, _slope_from_x),
        ),
        misconception(
            "eˣ/(1 + eˣ), which is inf/inf for large x",
            "Divide above and below by eˣ. What is left has only e⁻ˣ in it, and where that overflows, 1/inf is 0, which is right.",
            unit=_wrong_unit(_far_sigmoid, lambda x, y, dy: dy * y * (1 - y)),
        ),
    ],
)


def _dense(
    weight=lambda x, dy, y: dy.T @ x,
    bias=lambda x, dy: dy.sum(axis=0),
    dx=lambda dy, w: dy @ w,
    onward=lambda x, w: x @ w.T,
):
    """A dense layer with one of its products replaced."""

    class Dense:
        def __init__(self, inputs, outputs, rng):
            self.params, self.grads = {"weight": np.zeros((outputs, inputs)), "bias": np.zeros(outputs)}, {}

        def forward(self, x):
            self.x = x
            self.y = onward(x, self.params["weight"]) + self.params["bias"]
            return self.y

        def backward(self, dy):
            self.grads["weight"], self.grads["bias"] = weight(self.x, dy, self.y), bias(self.x, dy)
            return dx(dy, self.params["weight"])

    return Dense


DENSE = Module(("inputs", "outputs", "rng"), ("x",), ("weight", "bias"), "dy")

dense = Exercise(
    id="ch06.dense",
    reference="layers.Dense",
    protocol=DENSE,
    cases=cases.dense(),
    parts=[
        Part("forward", 1),
        Part("gradient for x", 1, "gradient"),
        Part("gradient for the weights", 2, "grad weight"),
        Part("gradient for the biases", 1, "grad bias"),
    ],
    read_again="6.9 A dense layer backward: three questions, one dy",
    withholds=("layers.Sequential",),
    misconceptions=[
        misconception(
            "a forward pass with W in place of Wᵀ",
            "The weights have the shape (outputs, inputs). From (N, inputs) to (N, outputs) it takes their transpose: x Wᵀ + b.",
            unit=_dense(onward=lambda x, w: x @ w),
        ),
        misconception(
            "the weights' gradient transposed: xᵀ dy for dyᵀ x",
            "A gradient has the shape of what it belongs to: (outputs, inputs). Write the shapes beside the product.",
            unit=_dense(weight=lambda x, dy, y: x.T @ dy),
        ),
        misconception(
            "the output y where the input x belongs in the weights' gradient",
            "A weight multiplied x on the way forward. So x comes with its gradient on the way back.",
            unit=_dense(weight=lambda x, dy, y: dy.T @ y),
        ),
        misconception(
            "the weights' gradient divided by N",
            SHARED,
            unit=_dense(weight=lambda x, dy, y: dy.T @ x / len(x)),
        ),
        misconception(
            "the weights' gradient without dy: the inputs summed",
            "By the chain rule each example contributes its dy times its x.",
            unit=_dense(weight=lambda x, dy, y: np.ones_like(dy).T @ x),
        ),
        misconception(
            "sums taken before the product: dy and x are summed over the examples one by one",
            "The dy of example 1 meets x of example 1 only. Multiply first, then sum; the matrix product does both.",
            unit=_dense(weight=lambda x, dy, y: np.outer(dy.sum(axis=0), x.sum(axis=0))),
        ),
        misconception(
            "the biases' gradient not summed over the examples",
            "One bias serves all N examples, so their wishes add up: the gradient has the shape (outputs,).",
            unit=_dense(bias=lambda x, dy: dy),
        ),
        misconception(
            "the biases' gradient averaged over the examples",
            SHARED,
            unit=_dense(bias=lambda x, dy: dy.mean(axis=0)),
        ),
        misconception(
            "the biases' gradient summed over the outputs instead of the examples",
            "Axis 0 holds the examples, axis 1 the outputs. Each output has a bias of its own.",
            unit=_dense(bias=lambda x, dy: dy.sum(axis=1)),
        ),
        misconception(
            "the biases' gradient as one number",
            "Each output has a bias of its own: sum over the examples only, axis=0.",
            unit=_dense(bias=lambda x, dy: dy.sum()),
        ),
        misconception(
            "dy times the transposed weights for x",
            "Forward multiplies by Wᵀ. The way back multiplies by W itself: (N, outputs) times (outputs, inputs) is (N, inputs).",
            unit=_dense(dx=lambda dy, w: dy @ w.T),
        ),
        misconception(
            "the weights alone for x, as D3's slide ∂h/∂x = w suggests",
            "The weights are the slope of this layer. What reaches x is dy, which came from above, times this slope.",
            unit=_dense(dx=lambda dy, w: np.ones_like(dy) @ w),
        ),
        misconception(
            "the gradient for x divided by N",
            "Each example has an x of its own; nothing is shared, so nothing is averaged.",
            unit=_dense(dx=lambda dy, w: dy @ w / len(dy)),
        ),
    ],
)


def _softmax(logits, axis=1):
    e = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _unshifted(logits):
    e = np.exp(logits)
    return e / e.sum(axis=1, keepdims=True)


def _cost(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return -(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))[np.arange(len(labels)), labels]


def _wrong_loss(
    value=lambda z, t: _cost(z, t).mean(), gradient=lambda p, t, dy: dy * (p - t) / len(p), softmax=_softmax
):
    class Wrong:
        def forward(self, logits, labels):
            self.p, self.target = softmax(logits), np.eye(logits.shape[1])[labels]
            return value(logits, labels)

        def backward(self, dy=1.0):
            return gradient(self.p, self.target, dy)

    return Wrong


def _log_of_softmax(z, labels):
    with np.errstate(divide="ignore"):
        return -np.log(_softmax(z)[np.arange(len(labels)), labels]).mean()


def _log_of_a_little_more(z, labels):
    return -np.log(_softmax(z)[np.arange(len(labels)), labels] + 1e-12).mean()


def _shifted_by_all(z, axis=1):
    e = np.exp(z - z.max())
    return e / e.sum(axis=axis, keepdims=True)


def _cost_shifted_by_all(z, labels):
    shifted = z - z.max()
    with np.errstate(divide="ignore"):
        return -(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))[np.arange(len(labels)), labels].mean()


def _every_label_in_every_row(z, labels):
    with np.errstate(divide="ignore"):
        return -np.log(_softmax(z)[:, labels]).mean()


def _through_the_probabilities(p, t, dy):
    """First −t/p of the cross-entropy, then the Jacobian of the softmax: 0/0 where p has become 0."""
    with np.errstate(all="ignore"):
        dp = -dy * t / p / len(p)
        return p * (dp - (dp * p).sum(axis=1, keepdims=True))


softmax_cross_entropy = Exercise(
    id="ch06.softmax_cross_entropy",
    reference="losses.CrossEntropy",
    protocol=Module((), ("logits", "labels"), (), "dy"),
    cases=cases.logits_and_dy(large=2048.0),
    parts=[
        Part("value", 1),
        Part("value of large logits", 1, where=LARGE),
        Part("gradient", 1, "gradient"),
        Part("gradient of large logits", 1, "gradient", where=LARGE),
    ],
    read_again="6.10 Softmax with cross-entropy: why do they go back together?",
    withholds=("activations.Softmax", "layers.Dense"),
    misconceptions=[
        misconception(
            "the probabilities alone: the target is not subtracted",
            "Where the network is sure and right, p is 1 and nothing should pull. What must be subtracted from p?",
            unit=_wrong_loss(gradient=lambda p, t, dy: dy * p / len(p)),
        ),
        misconception(
            "target − p: the sign is reversed",
            "Raising a wrong class's logit raises the loss: its gradient is positive.",
            unit=_wrong_loss(gradient=lambda p, t, dy: dy * (t - p) / len(p)),
        ),
        misconception(
            "a gradient without 1/N",
            "The loss is the mean of N examples. So each of them has only 1/N of the pull.",
            unit=_wrong_loss(gradient=lambda p, t, dy: dy * (p - t)),
        ),
        misconception(
            "a gradient divided by N·K",
            "The mean runs over the N examples. The K classes of an example are summed.",
            unit=_wrong_loss(gradient=lambda p, t, dy: dy * (p - t) / p.size),
        ),
        misconception(
            "a gradient that does not hear dy",
            "If the final number is 0.25 times this loss, every gradient must be a quarter. dy says so.",
            unit=_wrong_loss(gradient=lambda p, t, dy: (p - t) / len(p)),
        ),
        misconception(
            "the true class alone: the others get nothing",
            "The classes share one denominator. If another class's logit grows, the true class's share shrinks.",
            unit=_wrong_loss(gradient=lambda p, t, dy: dy * (p - 1) * t / len(p)),
        ),
        misconception(
            "the gradient for the probabilities, −t/p: the softmax has not been passed",
            "This is what reaches p. From p to the logits there is the softmax still to go, and much cancels on the way.",
            unit=_wrong_loss(gradient=lambda p, t, dy: dy * -t / p / len(p)),
        ),
        misconception(
            "the softmax passed twice: p − t is multiplied by p(1 − p) again",
            "The difference p − t has the softmax's slope in it already. It is the whole way from the loss to the logits.",
            unit=_wrong_loss(gradient=lambda p, t, dy: dy * (p - t) * p * (1 - p) / len(p)),
        ),
        misconception(
            "the long way through the probabilities, which breaks where a probability has become 0",
            "On paper 1/p meets a p and cancels. In numbers it is 1/0 · 0, which is nan. Cancel on paper and compute p − t.",
            unit=_wrong_loss(gradient=_through_the_probabilities),
        ),
        misconception(
            "a softmax that overflows",
            "In 64 bits exp(800) is infinite, and inf/inf is nan. Subtract each row's largest logit first; the shares do not change.",
            unit=_wrong_loss(softmax=_unshifted),
        ),
        misconception(
            "a logarithm of a probability that has become 0",
            "The softmax of a hopeless class is rounded to 0, and log 0 is −inf. The logarithm of the softmax is z − max − log Σ exp(z − max), and that stays finite.",
            unit=_wrong_loss(value=_log_of_softmax),
        ),
        misconception(
            "a small number added inside the logarithm",
            "It keeps the loss finite and makes it wrong: a hopeless example costs 27.6 and not 3 000, and the value no longer fits the gradient. "
            "Compute the logarithm without the probability: z − max − log Σ exp(z − max).",
            unit=_wrong_loss(value=_log_of_a_little_more),
        ),
        misconception(
            "the largest logit of the whole table subtracted from every row",
            "A row whose logits lie far below that number loses them all: each exponential becomes 0. Every row needs its own largest: `logits.max(axis=1, keepdims=True)`.",
            unit=_wrong_loss(value=_cost_shifted_by_all, softmax=_shifted_by_all),
        ),
        misconception(
            "a loss of every label in every row: p[:, labels]",
            "This takes N columns of the whole table, N · N numbers. One number for each row is wanted: `p[np.arange(N), labels]`.",
            unit=_wrong_loss(value=_every_label_in_every_row),
        ),
        misconception(
            "a 1 taken from the labels' columns in all rows: p[:, labels] −= 1",
            "Each row has one true class, its own. Subtract at `[np.arange(N), labels]`, or subtract a table with a single 1 in each row.",
            unit=_wrong_loss(gradient=lambda p, t, dy: dy * (p - t.any(axis=0)) / len(p)),
        ),
        misconception(
            "the label itself subtracted, as if it were a target of the same kind as p",
            "Label 2 is the name of a class. What is subtracted is 1, in the true class's column: `np.eye(K)[labels]` is such a table.",
            unit=_wrong_loss(gradient=lambda p, t, dy: dy * (p - t.argmax(axis=1)[:, None]) / len(p)),
        ),
        misconception(
            "the softmax over the examples instead of the classes",
            "One row is one example. Its K shares add up to 1: axis=1.",
            unit=_wrong_loss(softmax=lambda z: _softmax(z, axis=0)),
        ),
    ],
)


# Networks.


class _Sigmoid:
    def forward(self, x):
        self.y = _sigmoid(x)
        return self.y

    def backward(self, dy):
        return dy * self.y * (1 - self.y)


ENDS = ("y", "dx", "d_weight1", "d_bias1", "d_weight2", "d_bias2")


def _chain(forward=None, backward=None):
    """A chain whose forward(layers, x) or backward(layers, dy) is replaced."""

    def run(x, dy, weight1, bias1, weight2, bias2):
        links = [_dense()(*weight1.shape[::-1], 0), _Sigmoid(), _dense()(*weight2.shape[::-1], 0)]
        links[0].params, links[2].params = {"weight": weight1, "bias": bias1}, {"weight": weight2, "bias": bias2}
        y = (forward or _onward)(links, x)
        dx = (backward or _back)(links, dy)
        grads = [part.grads.get(name) for part in (links[0], links[2]) for name in ("weight", "bias")]
        return dict(zip(ENDS, (y, dx, *grads)))

    return run


def _onward(links, x):
    for layer in links:
        x = layer.forward(x)
    return x


def _back(links, dy):
    for layer in reversed(links):
        dy = layer.backward(dy)
    return dy


def _each_the_same(links, dy):
    for layer in reversed(links):
        answer = layer.backward(dy)
    return answer


def _all_from_x(links, x):
    for layer in links:
        y = layer.forward(x)
    return y


def _deaf(links, dy):
    _back(links, dy)
    return dy


def _without_first(links, dy):
    dx = _back(links[1:], dy)
    links[0].grads = {
        "weight": np.zeros_like(links[0].params["weight"]),
        "bias": np.zeros_like(links[0].params["bias"]),
    }
    return dx


def _without_bends(links, dy):
    return _back(links[::2], dy)


def _summed(links, dy):
    total = np.zeros_like(dy)
    for layer in reversed(links):
        dy = layer.backward(dy)
        total = total + dy
    return total


def _two_layers(inputs):
    """The two dense layers of `course_lib` with the parameters of a case."""
    made = []
    for weight, bias in (("weight1", "bias1"), ("weight2", "bias2")):
        outputs, width = inputs[weight].shape
        made.append(layers.Dense(width, outputs, np.random.default_rng(0)))
        made[-1].params = {"weight": inputs[weight], "bias": inputs[bias]}
    return made


def _grads(first, last):
    return first.grads["weight"], first.grads["bias"], last.grads["weight"], last.grads["bias"]


def _chained(reference, inputs):
    first, last = _two_layers(inputs)
    network = reference(first, activations.Sigmoid(), last)
    y, dx = network.forward(inputs["x"]), network.backward(inputs["dy"])
    return dict(zip(ENDS, (y, dx, *_grads(first, last))))


sequential = Exercise(
    id="ch06.sequential",
    reference="layers.Sequential",
    protocol=Program(("x", "dy", "weight1", "bias1", "weight2", "bias2"), ENDS),
    cases=cases.two_layers(((1, 2, 2, 2), (3, 3, 3, 3), (5, 4, 4, 4), (8, 2, 2, 2))),
    answers=_chained,
    parts=[
        Part("forward", 1, "y"),
        Part("gradient for x", 2, "dx"),
        Part("gradient for the last weights", 1, "d_weight2"),
    ],
    read_again="6.11 A chain of layers: who hands what to whom?",
    builds_on=("ch06.sigmoid", "ch06.dense"),
    withholds=("activations.Sigmoid",),
    misconceptions=[
        misconception(
            "a backward that runs from the first layer to the last",
            "What comes in, dy, belongs to the output, so the last layer is the first to ask. The way back is the way there, reversed.",
            unit=_chain(backward=lambda links, dy: _back(links[::-1], dy)),
        ),
        misconception(
            "one dy for all layers: what a layer answers is not handed on",
            "Each layer turns the gradient for its output into one for its input, and that is the output of the layer before it.",
            unit=_chain(backward=_each_the_same),
        ),
        misconception(
            "one x for all layers: what a layer answers is not handed on",
            "The second layer takes the first one's answer, not x again.",
            unit=_chain(forward=_all_from_x),
        ),
        misconception(
            "an answer that is still the dy that came in",
            "Your layers did all the work, and then the old dy was returned. Catch what each layer answers.",
            unit=_chain(backward=_deaf),
        ),
        misconception(
            "a first layer that is never asked",
            "Look at where your loop ends: `layers[:0:-1]` leaves the first one out.",
            unit=_chain(backward=_without_first),
        ),
        misconception(
            "a way back that leaves the activations out",
            "A layer without parameters has a slope all the same. Every layer that was passed forward is passed backward.",
            unit=_chain(backward=_without_bends),
        ),
        misconception(
            "a forward that runs from the last layer to the first",
            "Layers stand in the order in which x meets them.",
            unit=_chain(
                forward=lambda links, x: _onward(links[::-1], x), backward=lambda links, dy: _back(links[::-1], dy)
            ),
        ),
    ],
)

LOSS_AND_GRADIENTS = ("loss", "d_weight1", "d_bias1", "d_weight2", "d_bias2")


def _mlp(
    value=lambda z2, labels: _cost(z2, labels).mean(),
    top=lambda z2: z2,
    pull=lambda p, t: (p - t) / len(p),
    pull_back=lambda dz2, z2: dz2,
    weight2=lambda dz2, h, z1: dz2.T @ h,
    bias2=lambda dz2: dz2.sum(axis=0),
    back=lambda dz2, w2: dz2 @ w2,
    gate=lambda dh, z1, h: dh * (z1 > 0),
    weight1=lambda dz1, x: dz1.T @ x,
    bias1=lambda dz1: dz1.sum(axis=0),
):
    """The whole network with one of its lines replaced."""

    def mlp_gradients(x, labels, w1, b1, w2, b2):
        z1 = x @ w1.T + b1
        h = np.maximum(z1, 0)
        below = h @ w2.T + b2
        z2 = top(below)
        dz2 = pull_back(pull(_softmax(z2), np.eye(len(b2))[labels]), below)
        dz1 = gate(back(dz2, w2), z1, h)
        return value(z2, labels), weight1(dz1, x), bias1(dz1), weight2(dz2, h, z1), bias2(dz2)

    return mlp_gradients


def _trained(reference, inputs):
    first, last = _two_layers(inputs)
    network, loss = layers.Sequential(first, activations.ReLU(), last), losses.CrossEntropy()
    value = loss.forward(network.forward(inputs["x"]), inputs["labels"])
    network.backward(loss.backward())
    return dict(zip(LOSS_AND_GRADIENTS, (value, *_grads(first, last))))


mlp = Exercise(
    id="ch06.mlp",
    reference="",
    protocol=Program(("x", "labels", "weight1", "bias1", "weight2", "bias2"), LOSS_AND_GRADIENTS),
    cases=cases.classifiers(((1, 2, 4, 3), (3, 4, 4, 4), (5, 3, 6, 2), (8, 2, 5, 3))),
    answers=_trained,
    parts=[
        Part("loss", 1, "loss"),
        Part("loss of large logits", 1, "loss", where=LARGE),
        Part("gradient for the first weights", 2, "d_weight1", but=LARGE),
        Part("gradient for the first biases", 1, "d_bias1", but=LARGE),
        Part("gradient for the second weights", 1, "d_weight2", but=LARGE),
        Part("gradient for the second biases", 1, "d_bias2", but=LARGE),
    ],
    read_again="6.12 A whole network, there and back",
    withholds=("layers.Dense", "activations.ReLU", "losses.CrossEntropy", "autodiff.Scalar"),
    misconceptions=[
        misconception(
            "no gate: the gradient passes closed units too",
            "A hidden unit whose sum is negative does not change when its weights change a little. Nothing may reach them.",
            unit=_mlp(gate=lambda dh, z1, h: dh),
        ),
        misconception(
            "a gate that looks at the gradient instead of the sum",
            "Whether a unit is open was decided on the way forward, by the sign of its sum.",
            unit=_mlp(gate=lambda dh, z1, h: np.maximum(dh, 0)),
        ),
        misconception(
            "a gate that is open where the sum is exactly 0",
            "At the corner this course, as PyTorch, takes the slope 0. Compare with > and not with ≥.",
            unit=_mlp(gate=lambda dh, z1, h: dh * (z1 >= 0)),
        ),
        misconception(
            "a product with h in place of the gate",
            "The slope of an open ReLU is 1, however large its answer is.",
            unit=_mlp(gate=lambda dh, z1, h: dh * h),
        ),
        misconception(
            "the slope of a sigmoid, h(1 − h), at a ReLU",
            "That rule belongs to the sigmoid. The slope of a ReLU is 1 where its sum is above 0, and 0 elsewhere.",
            unit=_mlp(gate=lambda dh, z1, h: dh * h * (1 - h)),
        ),
        misconception(
            "a ReLU behind the second layer too",
            "The logits go to the softmax as they are. A negative logit says something: this class is unlikely.",
            unit=_mlp(top=lambda z2: np.maximum(z2, 0), pull_back=lambda dz2, z2: dz2 * (z2 > 0)),
        ),
        misconception(
            "the probabilities alone: the target is not subtracted",
            "The difference p − t is what reaches the last sums, t being the row with a single 1.",
            unit=_mlp(pull=lambda p, t: p / len(p)),
        ),
        misconception(
            "target − p: the sign is reversed everywhere",
            "Then the step against your gradient makes the loss larger.",
            unit=_mlp(pull=lambda p, t: (t - p) / len(p)),
        ),
        misconception(
            "no 1/N: gradients of the sum, not of the mean",
            "The loss is a mean over N examples. Its 1/N enters where the loss does, once.",
            unit=_mlp(pull=lambda p, t: p - t),
        ),
        misconception(
            "1/N twice: in the loss's gradient, and again in those of the parameters",
            SHARED,
            unit=_mlp(
                weight2=lambda dz2, h, z1: dz2.T @ h / len(h),
                bias2=lambda dz2: dz2.mean(axis=0),
                weight1=lambda dz1, x: dz1.T @ x / len(x),
                bias1=lambda dz1: dz1.mean(axis=0),
            ),
        ),
        misconception(
            "second weights' gradient taken with the sums before the ReLU",
            "The second layer multiplied h, what came out of the ReLU.",
            unit=_mlp(weight2=lambda dz2, h, z1: dz2.T @ z1),
        ),
        misconception(
            "transposed gradients of the weights",
            "The first weights are (H, D), and so is their gradient: (N, H)ᵀ times (N, D).",
            unit=_mlp(weight2=lambda dz2, h, z1: h.T @ dz2, weight1=lambda dz1, x: x.T @ dz1),
        ),
        misconception(
            "the transposed second weights on the way back",
            "Forward multiplies by W₂ᵀ, backward by W₂: (N, K) times (K, H) is (N, H).",
            unit=_mlp(back=lambda dz2, w2: dz2 @ w2.T),
        ),
        misconception(
            "no W₂ on the way back: a hidden unit's blame does not depend on its weight",
            "A hidden unit with outgoing weights 0 has no say in the answer. Its gradient must be 0.",
            unit=_mlp(back=lambda dz2, w2: dz2 @ np.ones_like(w2)),
        ),
    ],
)


# Autodiff.


class _Number:
    """A right Scalar, to be spoiled in one place."""

    def __init__(self, value, parents=()):
        self.value, self.parents, self.grad = float(value), tuple(parents), 0.0

    def __add__(self, other):
        return type(self)(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return type(self)(self.value * other.value, [(self, other.value), (other, self.value)])

    def __sub__(self, other):
        return self + other * type(self)(-1.0)

    def exp(self):
        y = math.exp(self.value)
        return type(self)(y, [(self, y)])

    def tanh(self):
        y = math.tanh(self.value)
        return type(self)(y, [(self, 1 - y**2)])

    def order(self):
        """Each node after everything that was made of it."""
        found, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent, _ in node.parents:
                    visit(parent)
                found.append(node)

        visit(self)
        return found[::-1]

    def backward(self):
        self.grad = 1.0
        for node in self.order():
            for parent, slope in node.parents:
                parent.grad += node.grad * slope


class _Overwriting(_Number):
    def backward(self):
        self.grad = 1.0
        for node in self.order():
            for parent, slope in node.parents:
                parent.grad = node.grad * slope


class _NoSeed(_Number):
    def backward(self):
        for node in self.order():
            for parent, slope in node.parents:
                parent.grad += node.grad * slope


class _TooEarly(_Number):
    """Passes its whole grad on every time something arrives."""

    def backward(self, first=True):
        if first:
            self.grad = 1.0
        for parent, slope in self.parents:
            parent.grad += self.grad * slope
            parent.backward(first=False)


class _Stack(_Number):
    """Comes back to a number for each road, and passes all of its grad on each time."""

    def backward(self):
        self.grad, stack = 1.0, [self]
        while stack:
            node = stack.pop()
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
                stack.append(parent)


class _NearestFirst(_Number):
    """The output's parents, then their parents; a number's one turn may come too soon."""

    def backward(self):
        self.grad, seen, queue = 1.0, set(), [self]
        while queue:
            node = queue.pop(0)
            if node not in seen:
                seen.add(node)
                for parent, slope in node.parents:
                    parent.grad += node.grad * slope
                    queue.append(parent)


class _KnownByValue(_Number):
    def order(self):
        found, seen = [], set()

        def visit(node):
            if node.value not in seen:
                seen.add(node.value)
                for parent, _ in node.parents:
                    visit(parent)
                found.append(node)

        visit(self)
        return found[::-1]


class _Once(_Number):
    """Goes deep first and never returns to a node."""

    def backward(self):
        self.grad, seen, stack = 1.0, {self}, [self]
        while stack:
            node = stack.pop()
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
                if parent not in seen:
                    seen.add(parent)
                    stack.append(parent)


class _OneLevel(_Number):
    def backward(self):
        self.grad = 1.0
        for parent, slope in self.parents:
            parent.grad += slope


class _OwnFactor(_Number):
    def __mul__(self, other):
        return type(self)(self.value * other.value, [(self, self.value), (other, other.value)])


class _HalfProduct(_Number):
    def __mul__(self, other):
        return type(self)(self.value * other.value, [(self, other.value)])


class _SumOfValues(_Number):
    def __add__(self, other):
        return type(self)(self.value + other.value, [(self, self.value), (other, other.value)])


class _TanhOfInput(_Number):
    def tanh(self):
        return type(self)(math.tanh(self.value), [(self, 1 - self.value**2)])


class _ExpPower(_Number):
    def exp(self):
        y = math.exp(self.value)
        return type(self)(y, [(self, self.value * y)])


class _ExpInput(_Number):
    def exp(self):
        return type(self)(math.exp(self.value), [(self, self.value)])


class _NoSlopeAbove(_Number):
    def backward(self):
        self.grad = 1.0
        for node in self.order():
            for parent, slope in node.parents:
                parent.grad += slope


scalar = Exercise(
    id="ch06.scalar",
    reference="autodiff.Scalar",
    protocol=Graph(),
    cases=cases.expressions(),
    parts=[
        Part("value", 1),
        Part("value where numbers are shared", 1, where="shared"),
        Part("gradient", 2, "gradient"),
        Part("gradient where numbers are shared", 2, "gradient", where="shared"),
    ],
    read_again="6.14 A tiny autodiff: can the numbers do it themselves?",
    withholds=("gradients.numerical_gradient",),
    misconceptions=[
        misconception(
            "an assignment where a sum belongs: the last road overwrites the others",
            "In a·a the number a is blamed twice. Your second blame wipes out the first. Use +=.",
            unit=_Overwriting,
        ),
        misconception(
            "an output whose own grad is 0: nothing is there to be passed on",
            "The slope of a number for itself is 1. Set it before the walk begins.",
            unit=_NoSeed,
        ),
        misconception(
            "a number that passes its grad on before it is complete",
            "Something arrives, the whole grad is sent on, something more arrives, and all is sent on again: the first part counts twice. "
            "Wait until everything made of a number has sent its share.",
            "Put the nodes in an order in which each stands before its parents, then walk through it once.",
            unit=_TooEarly,
        ),
        misconception(
            "a stack that meets a number once for each road, and hands on all of its grad each time",
            "On the second visit the first part is still in the grad and is sent on again. Every number may have one turn only, when its grad is complete.",
            "Put the nodes in an order in which each stands before its parents, then walk through it once.",
            unit=_Stack,
        ),
        misconception(
            "a walk to the nearest first: parents, then their parents",
            "In u + tanh u the number u is a parent of the output and has its turn at once, before tanh u has sent its share. "
            "Nearness to the output is no safe order.",
            "Append a node to a list after its parents are in it, and walk the list backwards.",
            unit=_NearestFirst,
        ),
        misconception(
            "numbers told apart by their value",
            "Two different numbers may both be 0.5. Your walk takes the second for the first and leaves it out. Remember the nodes themselves, not their values.",
            unit=_KnownByValue,
        ),
        misconception(
            "a walk that meets a number before all that was made of it",
            "Going deep first, you leave a number after the first visit with half of its grad. "
            "A number's turn comes after everything that was made of it.",
            "Append a node to a list after its parents are in it, and walk the list backwards.",
            unit=_Once,
        ),
        misconception(
            "a backward that reaches the parents of the output and nobody else",
            "The parents of the output have their grad. Their parents are waiting.",
            "If your walk goes through all nodes: does it begin at the output? The inputs have nothing to pass on yet.",
            unit=_OneLevel,
        ),
        misconception(
            "slopes without the grad from above",
            "What a parent gets is node.grad times the slope, not the slope alone.",
            unit=_NoSlopeAbove,
        ),
        misconception(
            "a product whose slopes are its own factors",
            "If a grows by 1, a·b grows by b. Each factor's slope is the other one.",
            unit=_OwnFactor,
        ),
        misconception(
            "a product that remembers only its first factor",
            "Both numbers are parents. The second one never hears of the loss.",
            unit=_HalfProduct,
        ),
        misconception(
            "a sum whose slopes are the values",
            "If a grows by 1, a + b grows by 1, however large a is.",
            unit=_SumOfValues,
        ),
        misconception(
            "the slope of tanh as 1 − x²",
            "The slope of tanh is 1 − tanh², with the square of the output.",
            unit=_TanhOfInput,
        ),
        misconception(
            "the input as the slope of exp",
            "The slope of eˣ is eˣ: it is the value of the new number, not that of the old one.",
            unit=_ExpInput,
        ),
        misconception(
            "the slope of exp as that of a power",
            "A power xⁿ loses one in the exponent, eˣ does not: it is its own slope.",
            unit=_ExpPower,
        ),
    ],
)
