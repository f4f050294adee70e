"""The exercises of chapter 01: from a neuron drawn by hand to one that learns, and the mistakes on the way."""

from itertools import permutations

import numpy as np

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises import ch01_perceptron_cases as cases
from autograder.sandbox.protocols import Call, Estimator, Module, Program

STEP = Call(value=("z",))


def _step(z):
    return np.where(z >= 0, 1.0, 0.0)


# Neurons whose numbers are set by hand.


def _neuron(fires):
    """A McCulloch–Pitts neuron that answers fires(x, weights, threshold)."""

    class McCullochPitts:
        def __init__(self, weights, threshold):
            self.weights, self.threshold = weights, threshold

        def forward(self, x):
            return np.asarray(fires(x, self.weights, self.threshold)) * 1.0

    return McCullochPitts


mcculloch_pitts = Exercise(
    id="ch01.mcculloch_pitts",
    reference="perceptron.McCullochPitts",
    protocol=Module(("weights", "threshold")),
    cases=cases.bits(),
    parts=[
        Part("sums beside the threshold", 1),
        Part("sums at the threshold", 1, where="tie"),
        Part("inhibiting inputs", 1, where="inhibited"),
    ],
    read_again="1.2 McCulloch and Pitts: what can a cell work out that only says yes or no?",
    withholds=("perceptron.ThresholdLogicUnit", "perceptron.Perceptron", "activations.Heaviside"),
    misconceptions=[
        misconception(
            "a neuron that stays silent when the sum is exactly the threshold",
            "AND has weights 1, 1 and threshold 2. With both inputs on, the sum is 2. Should it fire?",
            "The rule says: at least the threshold. Which of > and >= is that?",
            unit=_neuron(lambda x, w, t: x @ w > t),
        ),
        misconception(
            "a neuron that fires only when the sum is exactly the threshold",
            "OR has weights 1, 1 and threshold 1. With both inputs on, the sum is 2, and OR must still fire.",
            unit=_neuron(lambda x, w, t: x @ w == t),
        ),
        misconception(
            "weights that are ignored: every input counts as 1",
            "You count the active inputs. An inhibiting input has the weight −1 and must pull the sum down.",
            "Each input is multiplied by its weight before the sum. The product `x @ weights` does both.",
            unit=_neuron(lambda x, w, t: x.sum(axis=1) >= t),
        ),
        misconception(
            "the mean of the weighted inputs compared with the threshold",
            "The threshold is for the sum. With a mean, AND would need the threshold 1, and with three inputs another one.",
            unit=_neuron(lambda x, w, t: x @ w / len(w) >= t),
        ),
        misconception(
            "a threshold that is added to the sum, as a bias is",
            "Raise the threshold: the neuron must fire less often. Yours fires more often.",
            unit=_neuron(lambda x, w, t: x @ w + t >= 0),
        ),
        misconception(
            "weights without their sign: an inhibiting input excites",
            "A weight of −1 takes 1 from the sum. NOT would never fall silent with a weight of +1.",
            unit=_neuron(lambda x, w, t: x @ np.abs(w) >= t),
        ),
        misconception(
            "an absolute veto: one active inhibiting input silences the neuron whatever the others say",
            "That is the rule of the paper of 1943. In this course an inhibiting input has the weight −1, and the others can outvote it.",
            unit=_neuron(lambda x, w, t: (x @ np.maximum(w, 0) >= t) & ~np.any((x > 0) & (w < 0), axis=1)),
        ),
        misconception(
            "a reversed answer: 0 where the threshold is reached",
            "The neuron fires, which is 1, when the sum reaches the threshold.",
            unit=_neuron(lambda x, w, t: x @ w < t),
        ),
        misconception(
            "the sum itself as the answer",
            "The sum is what the neuron hears. What it says is 0 or 1.",
            unit=_neuron(lambda x, w, t: x @ w),
        ),
        misconception(
            "−1 where the neuron stays silent",
            "This neuron says 1 or 0. The step from −1 to 1 comes in 1.4.",
            unit=_neuron(lambda x, w, t: np.where(x @ w >= t, 1, -1)),
        ),
        misconception(
            "one answer for all examples",
            "Each row of x is an example and gets an answer of its own. Sum along a row, not over the whole table.",
            unit=_neuron(lambda x, w, t: np.sum(x * w) >= t),
        ),
        misconception(
            "one `if` for all examples",
            "An `if` decides once, but there is a sum for each of the N rows. Compare the whole array of sums.",
            "A comparison gives True or False for each row, and these count as 1 and 0.",
            unit=_neuron(lambda x, w, t: 1 if x @ w >= t else 0),
        ),
        misconception(
            "the first example only",
            "Your answer is that of the first row. Does a `return` stand inside the loop over the rows?",
            unit=_neuron(lambda x, w, t: x[0] @ w >= t),
        ),
        misconception(
            "sums down the columns, not along the rows",
            "The inputs of one example stand in one row. Axis 0 goes down, axis 1 goes along.",
            unit=_neuron(lambda x, w, t: (x * w).sum(axis=0) >= t),
        ),
    ],
)

BY_HAND = {
    "AND": (1, 1, 2),
    "OR": (1, 1, 1),
    "NOT": (-1, 0),
    "NAND": (-1, -1, -1),
    "NOR": (-1, -1, 0),
    "A AND NOT B": (1, -1, 1),
    "A IMPLIES B": (-1, 1, 0),
    "MAJORITY": (1, 1, 1, 2),
}


def _truth_table(numbers):
    """What the neuron with these weights and, last, this threshold answers to all inputs: 00, 01, 10, 11."""
    *weights, threshold = numbers
    return (cases.truth_table(len(weights)) @ np.array(weights) >= threshold).astype(float)


def _gate(**changed):
    other = {name.replace("_", " "): numbers for name, numbers in changed.items()}
    return lambda name: np.array((BY_HAND | other)[name], float)


gates = Exercise(
    id="ch01.gates",
    reference="",
    protocol=Call(value=("name",)),
    cases=cases.gates(),
    answers=lambda reference, inputs: {"value": np.array(BY_HAND[inputs["name"]], float)},
    parts=[
        Part("AND, OR, NOT", 2, measure=_truth_table),
        Part("the other gates", 2, where="others", measure=_truth_table),
    ],
    read_again="1.3 Gates by hand: which numbers make a neuron say AND?",
    misconceptions=[
        misconception(
            "AND with the numbers of OR",
            "Your AND fires when one input is on. How high must the threshold be so that one is not enough?",
            value=_gate(AND=(1, 1, 1)),
        ),
        misconception(
            "OR with the numbers of AND",
            "Your OR stays silent when one input is on. One must be enough.",
            value=_gate(OR=(1, 1, 2)),
        ),
        misconception(
            "an OR that always fires: its threshold is 0",
            "With both inputs off the sum is 0. A threshold of 0 is reached by that.",
            value=_gate(OR=(1, 1, 0)),
        ),
        misconception(
            "a NOT with the threshold 1, which is never reached",
            "A weight of −1 makes the sum 0 or −1. The threshold must be reached by 0 and not by −1.",
            value=_gate(NOT=(-1, 1)),
        ),
        misconception(
            "a NOT with an exciting input",
            "NOT must fall silent when its input comes on. Only a negative weight can bring the sum down.",
            value=_gate(NOT=(1, 1)),
        ),
        misconception(
            "a NOT that always fires",
            "Put in 0, then 1, and compare each sum with the threshold: both reach it. The input must bring the sum below.",
            value=_gate(NOT=(1, 0)),
        ),
        misconception(
            "a NAND that always fires",
            "With both on, the sum of −1 and −1 is −2. The threshold must lie above that, and not above −1.",
            value=_gate(NAND=(-1, -1, -2)),
        ),
        misconception(
            "NAND and NOR exchanged",
            "NAND falls silent only when both are on. NOR fires only when both are off.",
            value=_gate(NAND=(-1, -1, 0), NOR=(-1, -1, -1)),
        ),
        misconception(
            "an implication that runs the other way: B implies A",
            "A implies B is broken in one case only: A is on and B is off. So it is A that inhibits.",
            value=_gate(A_IMPLIES_B=(1, -1, 0)),
        ),
        misconception(
            "an implication taken as equality or as A AND B",
            "When A is off, A implies B holds, whatever B is. Only one of the four rows is 0.",
            value=_gate(A_IMPLIES_B=(1, 1, 2)),
        ),
        misconception(
            "an implication that is silent when both are off",
            "When A is off, A implies B holds. With both off the sum is 0, and the threshold must not lie above it.",
            value=_gate(A_IMPLIES_B=(-1, 1, 1)),
        ),
        misconception(
            "A and B exchanged: B AND NOT A",
            "The weights stand in the order of the inputs: the first number belongs to A. Which of the two inhibits?",
            value=_gate(A_AND_NOT_B=(-1, 1, 1)),
        ),
        misconception(
            "A AND NOT B that does not look at A",
            "With both inputs off your neuron fires. A must be on: the sum 0 must not reach the threshold.",
            value=_gate(A_AND_NOT_B=(1, -1, 0)),
        ),
        misconception(
            "a majority that asks for all three",
            "With A and B on and C off the sum is 2, and two of three are a majority. Yours stays silent.",
            value=_gate(MAJORITY=(1, 1, 1, 3)),
        ),
        misconception(
            "a majority for which one of three is enough",
            "One of three is no majority. Raise the threshold.",
            value=_gate(MAJORITY=(1, 1, 1, 1)),
        ),
        misconception(
            "a bias in place of the threshold: the sign of the last number is reversed",
            "The last number is the threshold that the sum must reach: 2 for AND. A bias would be −2.",
            value=lambda name: np.array((*BY_HAND[name][:-1], -BY_HAND[name][-1]), float),
        ),
        misconception(
            "the threshold stands first",
            "The weights come first, in the order of the inputs, and the threshold is the last number: [1, 1, 2] for AND.",
            value=lambda name: np.array((BY_HAND[name][-1], *BY_HAND[name][:-1]), float),
        ),
    ],
)

# Steps.

heaviside = Exercise(
    id="ch01.heaviside",
    reference="activations.Heaviside",
    protocol=STEP,
    cases=cases.numbers(),
    parts=[
        Part("value", 1),
        Part("at exactly 0", 1, where="zero"),
    ],
    read_again="1.4 Two steps: what comes out of a unit?",
    misconceptions=[
        misconception(
            "a 0 at exactly 0",
            "In this course the step is 1 where z ≥ 0, and 0 belongs to that side.",
            value=lambda z: np.where(z > 0, 1.0, 0.0),
        ),
        misconception(
            "½ at exactly 0",
            "Some books put ½ at the jump. A unit that says yes or no has no half: here it says 1.",
            value=lambda z: (1 + np.sign(z)) / 2,
        ),
        misconception(
            "the sign, −1 or 1, where 0 or 1 is asked for",
            "Heaviside's step goes from 0 to 1. The one from −1 to 1 is called the sign and comes next.",
            value=np.sign,
        ),
        misconception(
            "a step that goes down instead of up",
            "Put in 5 and −5: the larger number must give the larger answer. Which of the two values stands first in your choice?",
            value=lambda z: np.where(z >= 0, 0.0, 1.0),
        ),
        misconception(
            "a step at 1 instead of 0",
            "The step stands at 0. A threshold elsewhere is the business of the bias.",
            value=lambda z: np.where(z >= 1, 1.0, 0.0),
        ),
        misconception(
            "positive numbers handed on as they are",
            "A step knows two heights only. However large z is, the answer is 1.",
            value=lambda z: np.maximum(z, 0),
        ),
        misconception(
            "the numbers cut off at 0 and 1: a ramp, no step",
            "Between 0 and 1 your answer grows with z. A step jumps.",
            value=lambda z: np.clip(z, 0, 1),
        ),
        misconception(
            "one answer for the whole array",
            "The step works entry by entry: five numbers in, five numbers out. `np.where` chooses for each.",
            value=lambda z: float(np.all(z >= 0)),
        ),
        misconception(
            "one `if` for the whole array",
            "An `if` decides once. With several numbers it does not know which is meant; `np.where` chooses for each.",
            value=lambda z: 1.0 if z >= 0 else 0.0,
        ),
    ],
)

sign = Exercise(
    id="ch01.sign",
    reference="activations.Sign",
    protocol=STEP,
    cases=cases.numbers(),
    parts=[
        Part("value", 1),
        Part("at exactly 0", 1, where="zero"),
    ],
    read_again="1.4 Two steps: what comes out of a unit?",
    misconceptions=[
        misconception(
            "a 1 at exactly 0",
            "The sign has three values. At 0 it is 0: neither side.",
            value=lambda z: np.where(z >= 0, 1.0, -1.0),
        ),
        misconception(
            "a −1 at exactly 0",
            "The sign has three values. At 0 it is 0: neither side.",
            value=lambda z: np.where(z > 0, 1.0, -1.0),
        ),
        misconception(
            "0/0 at exactly 0: z divided by its absolute value",
            "For all other numbers z/|z| is right. At 0 it is nan. Ask with > and < instead.",
            value=lambda z: z / np.abs(z),
        ),
        misconception(
            "Heaviside's step, 0 or 1",
            "Put in −5: this step answers −1 there, not 0. And it has a third value at 0.",
            value=_step,
        ),
        misconception(
            "a ramp between −1 and 1, no step",
            "Every value between −1 and 1 comes out of yours. The sign knows −1, 0 and 1 only.",
            value=lambda z: np.clip(z, -1, 1),
        ),
        misconception(
            "a reversed sign",
            "Put in 5: the answer must be 1. Exchange the two comparisons, or the two values.",
            value=lambda z: -np.sign(z),
        ),
        misconception(
            "one answer for the whole array",
            "The sign works entry by entry: five numbers in, five numbers out.",
            value=lambda z: float(np.sign(np.sum(z))),
        ),
        misconception(
            "one `if` for the whole array",
            "An `if` decides once. With several numbers it does not know which is meant; `np.where` chooses for each.",
            value=lambda z: 1.0 if z > 0 else -1.0 if z < 0 else 0.0,
        ),
    ],
)


# Units with real weights.


def _unit(answer):
    class ThresholdLogicUnit:
        def __init__(self, weights, bias):
            self.weights, self.bias = weights, bias

        def forward(self, x):
            return answer(x, self.weights, self.bias)

    return ThresholdLogicUnit


threshold_logic_unit = Exercise(
    id="ch01.threshold_logic_unit",
    reference="perceptron.ThresholdLogicUnit",
    protocol=Module(("weights", "bias")),
    cases=cases.one_unit(),
    parts=[Part("value", 2), Part("sums of exactly 0", 1, where="tie")],
    read_again="1.5 The threshold logic unit: what does a bias do to a line?",
    builds_on=("ch01.heaviside",),
    withholds=("perceptron.McCullochPitts", "perceptron.Perceptron"),
    misconceptions=[
        misconception(
            "a bias taken for a threshold: it is subtracted",
            "A larger bias makes the unit fire more easily. It is the threshold with the sign reversed.",
            unit=_unit(lambda x, w, b: _step(x @ w - b)),
        ),
        misconception(
            "a forgotten bias",
            "Your answers do not change with the bias. Add it to the sum before the step.",
            unit=_unit(lambda x, w, b: _step(x @ w)),
        ),
        misconception(
            "a bias that is added once for each input",
            "The bias belongs to the sum: it is added once, after the products have been added up.",
            unit=_unit(lambda x, w, b: _step((x * w + b).sum(axis=1))),
        ),
        misconception(
            "a bias that is added after the step",
            "The step comes last: sum, plus bias, then step. Afterwards only 0 and 1 are left.",
            unit=_unit(lambda x, w, b: _step(x @ w) + b),
        ),
        misconception(
            "a missing step: the sum is the answer",
            "The unit answers 0 or 1. Put the sum through your step.",
            unit=_unit(lambda x, w, b: x @ w + b),
        ),
        misconception(
            "a 0 where the sum is exactly 0",
            "The step is 1 where z ≥ 0. Use your `heaviside`, which knows that.",
            unit=_unit(lambda x, w, b: np.where(x @ w + b > 0, 1.0, 0.0)),
        ),
        misconception(
            "the sign, −1 or 1, where 0 or 1 is asked for",
            "The answers of this unit are no and yes, 0 and 1: it ends with Heaviside's step. With the sign, no would be −1.",
            unit=_unit(lambda x, w, b: np.sign(x @ w + b)),
        ),
        misconception(
            "the step taken of each input before the sum",
            "The inputs go in as they are, also 0.3 or −2. Only the sum meets the step.",
            unit=_unit(lambda x, w, b: _step(_step(x) @ w + b)),
        ),
        misconception(
            "one answer for all examples",
            "Each row of x is an example and gets an answer of its own: `x @ weights` has one sum for each row.",
            unit=_unit(lambda x, w, b: _step(np.sum(x * w) + b)),
        ),
    ],
)

layer = Exercise(
    id="ch01.layer",
    reference="",
    protocol=Call(value=("x", "weight", "bias")),
    cases=cases.units(),
    answers=lambda reference, inputs: {"value": _step(inputs["x"] @ inputs["weight"].T + inputs["bias"])},
    parts=[Part("value", 2), Part("sums of exactly 0", 1, where="tie")],
    read_again="1.6 Several units: what does a layer see?",
    builds_on=("ch01.heaviside",),
    withholds=("perceptron.Perceptron", "perceptron.ThresholdLogicUnit", "layers.Dense"),
    misconceptions=[
        misconception(
            "a transposed answer: units in the rows, examples in the columns",
            "One row for each example, one column for each unit. Multiply x from the left: (N, D) times (D, units).",
            value=lambda x, weight, bias: _step(weight @ x.T + bias[:, None]),
        ),
        misconception(
            "forgotten biases",
            "Your answers do not change with the biases. Add bias[j] to the column of unit j.",
            value=lambda x, weight, bias: _step(x @ weight.T),
        ),
        misconception(
            "one bias for all units: the first",
            "Each unit has a bias of its own. An array (units,) added to (N, units) gives each column its own number.",
            value=lambda x, weight, bias: _step(x @ weight.T + bias[0]),
        ),
        misconception(
            "a missing step",
            "The layer answers 0 and 1. The step comes last, entry by entry.",
            value=lambda x, weight, bias: x @ weight.T + bias,
        ),
        misconception(
            "a competition: only the unit with the largest sum answers 1",
            "Every unit decides for itself. Several may fire at once, or none. Picking a winner comes in 1.13.",
            value=lambda x, weight, bias: np.eye(len(bias))[(x @ weight.T + bias).argmax(axis=1)],
        ),
        misconception(
            "the first unit only",
            "You have one column. There are as many as units: `weight.T` holds them all.",
            value=lambda x, weight, bias: _step(x @ weight[0] + bias[0]),
        ),
        misconception(
            "the answers of the units added up",
            "The layer answers with one number for each unit, not with how many fire.",
            value=lambda x, weight, bias: _step(x @ weight.T + bias).sum(axis=1),
        ),
        misconception(
            "biases that are subtracted, as thresholds are",
            "A larger bias makes a unit fire more easily.",
            value=lambda x, weight, bias: _step(x @ weight.T - bias),
        ),
        misconception(
            "a 0 where the sum is exactly 0",
            "The step is 1 where z ≥ 0. Use your `heaviside`, which knows that.",
            value=lambda x, weight, bias: np.where(x @ weight.T + bias > 0, 1.0, 0.0),
        ),
        misconception(
            "weights that are not transposed",
            "A row of `weight` is a unit, a row of x is an example. For their product the units must stand in columns.",
            "It only fails to raise an error where there are as many units as inputs. Write `weight.T`.",
            value=lambda x, weight, bias: _step(x @ weight + bias),
        ),
        misconception(
            "units in the rows, and the biases added along the wrong side",
            "Your product is (units, N), and the biases meet its columns, which are examples. Begin with x: (N, D) times (D, units).",
            value=lambda x, weight, bias: _step(weight @ x.T + bias),
        ),
        misconception(
            "biases that are added after the step",
            "The step comes last: sum, plus bias, then step. Afterwards only 0 and 1 are left.",
            value=lambda x, weight, bias: _step(x @ weight.T) + bias,
        ),
    ],
)


# Learning.


def _rule(change=lambda error, x, lr: lr * error * x, shift=lambda error, lr: lr * error, answer=_step):
    """The rule for one example, with one of its three formulas replaced."""

    def perceptron_step(weight, bias, x, target, lr):
        error = target - answer(weight @ x + bias)
        return weight + change(error, x, lr), bias + shift(error, lr)

    return perceptron_step


def _hebb(weight, bias, x, target, lr):
    return weight + lr * target * x, bias + lr * target


def _without_bias(weight, bias, x, target, lr):
    error = target - _step(weight @ x)
    return weight + lr * error * x, bias + lr * error


def _only_misses(weight, bias, x, target, lr):
    error = max(0.0, target - float(_step(weight @ x + bias)))
    return weight + lr * error * x, bias + lr * error


perceptron_step = Exercise(
    id="ch01.perceptron_step",
    reference="",
    protocol=Program(("weight", "bias", "x", "target", "lr"), ("weight", "bias")),
    cases=cases.one_example(),
    answers=lambda reference, inputs: dict(zip(("weight", "bias"), _rule()(**inputs))),
    parts=[
        Part("weights after a mistake", 1, "weight"),
        Part("bias after a mistake", 1, "bias"),
        Part("weights after a right answer", 1, "weight", where="right"),
        Part("weights when the sum is exactly 0", 1, "weight", where="tie"),
    ],
    read_again="1.7 The perceptron rule: how does a line learn from a mistake?",
    builds_on=("ch01.heaviside",),
    withholds=("perceptron.Perceptron", "perceptron.delta_rule"),
    misconceptions=[
        misconception(
            "the reversed sign that D1 prints: θ − η(y − ŷ)x",
            "The unit said 0 and should have said 1. Then its sum must grow, and x is what makes it grow: add.",
            "Try it on paper with weight 0, bias −1, x = 1, target 1. Is the sum larger after your step?",
            unit=_rule(change=lambda error, x, lr: -lr * error * x, shift=lambda error, lr: -lr * error),
        ),
        misconception(
            "a learning rate that is ignored",
            "Twice the rate must make a step twice as long.",
            unit=_rule(change=lambda error, x, lr: error * x, shift=lambda error, lr: error),
        ),
        misconception(
            "a bias that does not learn",
            "The bias is the weight of an input that is always 1. It moves by lr times the error, too.",
            unit=_rule(shift=lambda error, lr: 0.0),
        ),
        misconception(
            "weights that all move alike: the input x is missing",
            "An input that was 0 had no part in the mistake, and its weight must stay. Multiply by x.",
            unit=_rule(change=lambda error, x, lr: lr * error * np.ones_like(x)),
        ),
        misconception(
            "an error without its sign",
            "A 1 that should be 0 must move the line the other way than a 0 that should be 1.",
            unit=_rule(change=lambda error, x, lr: lr * abs(error) * x, shift=lambda error, lr: lr * abs(error)),
        ),
        misconception(
            "Hebb's rule: the target times x, whether the answer was right or not",
            "A right answer must change nothing. The rule needs target − answer, not the target.",
            unit=_hebb,
        ),
        misconception(
            "learning from one kind of mistake only: a 0 that should be 1",
            "A 1 that should be 0 is a mistake, too: there the error is −1.",
            unit=_only_misses,
        ),
        misconception(
            "an answer without the bias",
            "The unit answers with the step of `weight @ x + bias`. Without the bias it may see a mistake where there is none.",
            unit=_without_bias,
        ),
        misconception(
            "a bias that moves with x",
            "The bias belongs to an input that is always 1, and it is one number: it moves by lr times the error.",
            unit=lambda weight, bias, x, target, lr: (
                _rule()(weight, bias, x, target, lr)[0],
                bias + lr * (target - _step(weight @ x + bias)) * x,
            ),
        ),
        misconception(
            "the sum z in place of the answer: that is the delta rule",
            "The perceptron compares the target with its answer, 0 or 1. The sum comes into play in 1.12.",
            unit=_rule(answer=lambda z: z),
        ),
        misconception(
            "a 0 as the answer where the sum is exactly 0",
            "The step is 1 where z ≥ 0. Use your `heaviside`.",
            unit=_rule(answer=lambda z: np.where(z > 0, 1.0, 0.0)),
        ),
    ],
)


def _perceptron(
    change=lambda error, x, lr: lr * np.outer(error, x),
    shift=lambda error, lr: lr * error,
    counted=np.count_nonzero,
    answer=_step,
    stops=lambda count: count == 0,
    batch=False,
    told=lambda mistakes: mistakes,
    predicted=_step,
):
    """The whole perceptron with one of its pieces replaced."""

    class Perceptron:
        def __init__(self, inputs, units=1, lr=1.0):
            self.params, self.lr = {"weight": np.zeros((units, inputs)), "bias": np.zeros(units)}, lr

        def sums(self, x):
            return x @ self.params["weight"].T + self.params["bias"]

        def forward(self, x):
            return predicted(self.sums(x))

        def fit(self, x, target, epochs=100):
            mistakes = []
            for _ in range(epochs):
                count, before = 0, answer(self.sums(x))
                for i in range(len(x)):
                    error = target[i] - (before[i] if batch else answer(self.sums(x[i])))
                    self.params["weight"] = self.params["weight"] + change(error, x[i], self.lr)
                    self.params["bias"] = self.params["bias"] + shift(error, self.lr)
                    count += counted(error)
                mistakes.append(count)
                if stops(count):
                    break
            return told(mistakes)

    return Perceptron


PARTS_OF_A_PERCEPTRON = [
    Part("mistakes of each epoch", 2, "history"),
    Part("answers to new examples", 2, "prediction"),
    Part("weights", 1, "weight"),
    Part("biases", 1, "bias"),
    Part("mistakes where no line separates", 1, "history", where="endless"),
]

learner = Exercise(
    id="ch01.perceptron",
    reference="perceptron.Perceptron",
    protocol=Estimator(
        ("inputs", "units", "lr"), ("x", "target", "epochs"), ("x_new",), (), ("weight", "bias"), True, "forward"
    ),
    cases=cases.to_learn(),
    parts=PARTS_OF_A_PERCEPTRON,
    read_again="1.9 The whole perceptron: does it ever stop?",
    builds_on=("ch01.heaviside",),
    withholds=("perceptron.ThresholdLogicUnit", "perceptron.delta_rule"),
    misconceptions=[
        misconception(
            "the reversed sign that D1 prints",
            "Your mistakes do not die out. A unit that said 0 and should say 1 needs a larger sum: add the error times x.",
            unit=_perceptron(lambda error, x, lr: -lr * np.outer(error, x), lambda error, lr: -lr * error),
        ),
        misconception(
            "an epoch learned at once: all errors are taken with the weights from its beginning",
            "The rule learns from one example after the other. The second example meets the weights that the first one has changed.",
            unit=_perceptron(batch=True),
        ),
        misconception(
            "one epoch too few: the count of 0 that ends learning is not in the list",
            "The last epoch, the one without a mistake, counts too: its 0 is what shows that learning is over.",
            unit=_perceptron(told=lambda mistakes: mistakes[:-1] if mistakes[-1] == 0 else mistakes),
        ),
        misconception(
            "a fit that never stops early",
            "An epoch without a mistake changes nothing, and neither will the next. Stop there.",
            unit=_perceptron(stops=lambda count: False),
        ),
        misconception(
            "a fit that stops after the first epoch",
            "A `return` or a `break` stands inside the loop where only an epoch without mistakes may leave it.",
            unit=_perceptron(stops=lambda count: True),
        ),
        misconception(
            "examples counted instead of wrong units",
            "With two units an example can be wrong twice. Count every unit whose error is not 0.",
            unit=_perceptron(counted=np.any),
        ),
        misconception(
            "errors added up with their signs, so that they cancel",
            "A mistake of +1 and one of −1 are two mistakes, not none. Count what is not 0.",
            unit=_perceptron(counted=np.sum, stops=lambda count: False),
        ),
        misconception(
            "a counter that is not set back: mistakes of all epochs so far",
            "Each number belongs to one epoch. Set the counter to 0 at the start of each; else it never comes back to 0.",
            unit=_perceptron(told=lambda mistakes: list(np.cumsum(mistakes)), stops=lambda count: False),
        ),
        misconception(
            "the total of all mistakes in place of the list",
            "Asked for is a list with one number for each epoch. It shows how learning goes.",
            unit=_perceptron(told=sum),
        ),
        misconception(
            "a learning rate that the biases ignore",
            "The bias is a weight as the others are, and its step has the same length: lr times the error.",
            unit=_perceptron(shift=lambda error, lr: error),
        ),
        misconception(
            "biases that do not learn",
            "Without a bias every line goes through the origin, and AND cannot be learned.",
            unit=_perceptron(shift=lambda error, lr: 0.0),
        ),
        misconception(
            "a learning rate that is ignored",
            "The answers may be right all the same, but the weights are asked for, too. Multiply the change by lr.",
            unit=_perceptron(lambda error, x, lr: np.outer(error, x), lambda error, lr: error),
        ),
        misconception(
            "a 0 as the answer where the sum is exactly 0",
            "At the start all sums are exactly 0, so it matters: the step is 1 where z ≥ 0.",
            unit=_perceptron(answer=lambda z: np.where(z > 0, 1.0, 0.0), predicted=lambda z: np.where(z > 0, 1.0, 0.0)),
        ),
        misconception(
            "a `forward` without its step",
            "The answers are 0 or 1. The sums are what stands inside the step.",
            unit=_perceptron(predicted=lambda z: z),
        ),
        misconception(
            "the sum in place of the answer: that is the delta rule, and it makes no end",
            "The error of the perceptron is target minus answer: −1, 0 or 1.",
            unit=_perceptron(answer=lambda z: z),
        ),
    ],
)


# What can be known beforehand.


def _measured(
    nearest=np.min,
    distances=lambda t, z: t * z,
    length=lambda w, b: np.sqrt(w @ w + b**2),
    radius=lambda x: np.sqrt((x**2).sum(axis=1).max() + 1),
    limit=lambda radius, margin: (radius / margin) ** 2,
    careless=False,
    failed=lambda margin: margin,
):
    """Margin and bound, with one of their formulas replaced."""

    def margin(weight, bias, x, target):
        found = nearest(distances(target, x @ weight + bias)) / length(weight, bias)
        if found > 0 or careless:
            return found, limit(radius(x), found)
        return failed(found), np.inf

    return margin


margin = Exercise(
    id="ch01.margin",
    reference="",
    protocol=Program(("weight", "bias", "x", "target"), ("margin", "bound")),
    cases=cases.separated(),
    answers=lambda reference, inputs: dict(zip(("margin", "bound"), _measured()(**inputs))),
    parts=[
        Part("margin", 2, "margin"),
        Part("margin with an example on the wrong side", 1, "margin", where="wrong"),
        Part("bound", 1, "bound"),
        Part("no bound without a margin", 1, "bound", where="wrong"),
    ],
    read_again="1.10 Margins: how many mistakes can there be?",
    misconceptions=[
        misconception(
            "a margin that is not divided by the length",
            "Double all weights and the bias: the line stays where it is, so the margin must stay, too. Yours doubles.",
            unit=_measured(length=lambda w, b: 1.0),
        ),
        misconception(
            "a length without the bias",
            "That is the distance in the plane. For the bound the bias counts as one more weight, so it belongs into the length.",
            unit=_measured(length=lambda w, b: np.sqrt(w @ w)),
        ),
        misconception(
            "the squared length in the denominator",
            "A length is the root of the sum of squares.",
            unit=_measured(length=lambda w, b: w @ w + b**2),
        ),
        misconception(
            "the mean distance instead of the smallest",
            "One example close to the line makes learning hard, however far away the others are. The margin is the smallest.",
            unit=_measured(nearest=np.mean),
        ),
        misconception(
            "the largest distance instead of the smallest",
            "The margin is the gap that is left free: the example nearest to the line decides.",
            unit=_measured(nearest=np.max),
        ),
        misconception(
            "distances without regard to the side: |z| in place of target · z",
            "An example on the wrong side must give a negative number. Multiply each sum by its target, −1 or +1.",
            unit=_measured(distances=lambda t, z: np.abs(z)),
        ),
        misconception(
            "targets that are ignored",
            "For a target of −1 the right side is the negative one. Multiply each sum by its target.",
            unit=_measured(distances=lambda t, z: z),
        ),
        misconception(
            "a bound without its square",
            "The bound is (R/γ)². In the proof the length of the weights grows like a root, and the square undoes it.",
            unit=_measured(limit=lambda radius, margin: radius / margin),
        ),
        misconception(
            "a radius without the constant input",
            "Each example has one more input, the 1 of the bias. It adds 1 under the root of R.",
            unit=_measured(radius=lambda x: np.sqrt((x**2).sum(axis=1).max())),
        ),
        misconception(
            "a radius of the average example instead of the longest",
            "R must be at least as long as every example.",
            unit=_measured(radius=lambda x: np.sqrt((x**2).sum(axis=1).mean() + 1)),
        ),
        misconception(
            "a radius from the largest single number instead of the longest example",
            "The length of an example takes all its numbers: the root of the sum of their squares.",
            unit=_measured(radius=lambda x: np.sqrt((x**2).max() + 1)),
        ),
        misconception(
            "a bound where there is no margin",
            "With an example on the wrong side, or on the line, the theorem promises nothing. Answer `np.inf` there.",
            unit=_measured(careless=True),
        ),
        misconception(
            "no margin told where an example is on the wrong side",
            "Only the bound is infinite there. The margin is the negative number that you get: it says how wrong the worst example is.",
            unit=_measured(failed=lambda margin: np.inf),
        ),
        misconception(
            "a margin of 0 where an example is on the wrong side",
            "The margin is the smallest of the numbers, also when it is negative: it says how wrong the worst example is.",
            unit=_measured(failed=lambda margin: 0.0),
        ),
        misconception(
            "the bound first, then the margin",
            "Two numbers are asked for, in this order: the margin γ, then the bound.",
            unit=lambda weight, bias, x, target: _measured()(weight, bias, x, target)[::-1],
        ),
        misconception(
            "a 1 that is added outside the root",
            "The constant input is one more number of the example, so its square belongs under the root: √(‖x‖² + 1).",
            unit=_measured(radius=lambda x: np.sqrt((x**2).sum(axis=1).max()) + 1),
        ),
        misconception(
            "a radius of all examples together",
            "Each example has a length of its own: sum along its row. Then take the longest.",
            unit=_measured(radius=lambda x: np.sqrt((x**2).sum() + 1)),
        ),
    ],
)


def _tried(right=lambda z, t: _step(z) == t, enough=np.all, told=int, biases=lambda values: values, same=False):
    """How many lines of a grid are right, with one piece replaced."""

    def count_lines(x, target, values):
        count = 0
        for w1 in values:
            for w2 in [w1] if same else values:
                for bias in biases(values):
                    count += enough(right(x @ np.array([w1, w2]) + bias, target))
        return told(count)

    return count_lines


count_lines = Exercise(
    id="ch01.count_lines",
    reference="",
    protocol=Call(value=("x", "target", "values")),
    cases=cases.tables(),
    answers=lambda reference, inputs: {"value": _tried()(**inputs)},
    parts=[Part("tables that a line separates", 2), Part("XOR and its opposite", 2, where="none")],
    read_again="1.11 XOR: what can no single unit do?",
    builds_on=("ch01.heaviside",),
    withholds=("perceptron.ThresholdLogicUnit", "perceptron.Perceptron"),
    misconceptions=[
        misconception(
            "right answers counted instead of lines: a line counts if any example comes out right",
            "A line that gets three of four corners right does not compute the gate. All examples must come out right.",
            value=_tried(enough=np.any),
        ),
        misconception(
            "single right answers counted",
            "You count examples. A line counts once, and only if all its answers are right.",
            value=_tried(enough=np.sum),
        ),
        misconception(
            "a 0 where the sum is exactly 0",
            "On a grid many sums are exactly 0, so it matters: the step is 1 where z ≥ 0.",
            value=_tried(right=lambda z, t: (z > 0) == t),
        ),
        misconception(
            "lines through the origin only: the bias is not tried",
            "The bias runs through `values` as well, which makes three loops.",
            value=_tried(biases=lambda values: [0.0]),
        ),
        misconception(
            "equal weights only: w1 and w2 run together",
            "Each weight takes every value for itself. With G values there are G·G·G lines to try.",
            value=_tried(same=True),
        ),
        misconception(
            "yes or no in place of the number of lines",
            "Asked for is how many lines are right, not whether there is one.",
            value=_tried(told=lambda count: int(count > 0)),
        ),
        misconception(
            "a share in place of a number",
            "Asked for is the number of lines itself; do not divide by how many were tried.",
            value=lambda x, target, values: _tried()(x, target, values) / len(values) ** 3,
        ),
        misconception(
            "lines counted that are wrong everywhere",
            "Compare the answers with the targets for equality.",
            value=_tried(right=lambda z, t: _step(z) != t),
        ),
        misconception(
            "all three numbers run together",
            "One loop goes through G lines with w1 = w2 = b. Three loops, one inside the other, go through G·G·G.",
            value=lambda x, target, values: int(
                sum(np.all(_step(x @ np.array([one, one]) + one) == target) for one in values)
            ),
        ),
        misconception(
            "each value used only once in a line",
            "The three run independently of each other: w1 = w2 = 1 is allowed. The tool for that is `itertools.product`.",
            value=lambda x, target, values: int(
                sum(np.all(_step(x @ np.array([w1, w2]) + b) == target) for w1, w2, b in permutations(values, 3))
            ),
        ),
        misconception(
            "a bias that is subtracted",
            "A bias is added to the sum. It matters here: the numbers of `values` need not come in pairs of + and −.",
            value=_tried(biases=lambda values: [-value for value in values]),
        ),
        misconception(
            "a counter that starts again inside the loops",
            "Your number counts the lines of the last two weights only. Set it to 0 once, before all loops.",
            value=lambda x, target, values: int(
                sum(np.all(_step(x @ np.array([values[-1], values[-1]]) + b) == target) for b in values)
            ),
        ),
    ],
)


# Two other rules.


def _delta(
    output=lambda z: z,
    sign=1.0,
    change=lambda error, x: error.T @ x / len(x),
    shift=lambda error: error.mean(axis=0),
    rate=lambda lr: lr,
):
    def delta_rule(weight, bias, x, target, lr):
        error = sign * (target - output(x @ weight.T + bias))
        return weight + rate(lr) * change(error, x), bias + rate(lr) * shift(error)

    return delta_rule


def _one_by_one(weight, bias, x, target, lr):
    for i in range(len(x)):
        error = target[i] - (weight @ x[i] + bias)
        weight, bias = weight + lr * np.outer(error, x[i]) / len(x), bias + lr * error / len(x)
    return weight, bias


def _weights_first(weight, bias, x, target, lr):
    moved, _ = _delta()(weight, bias, x, target, lr)
    return moved, _delta()(moved, bias, x, target, lr)[1]


def _sums_without_bias(weight, bias, x, target, lr):
    moved, shift = _delta()(weight, np.zeros_like(bias), x, target, lr)
    return moved, bias + shift


delta_rule = Exercise(
    id="ch01.delta_rule",
    reference="perceptron.delta_rule",
    protocol=Program(("weight", "bias", "x", "target", "lr"), ("weight", "bias")),
    cases=cases.for_the_delta_rule(),
    answers=lambda reference, inputs: dict(zip(("weight", "bias"), reference(*inputs.values()))),
    parts=[Part("weights", 2, "weight"), Part("biases", 2, "bias")],
    read_again="1.12 The delta rule: what changes if the unit admits how far off it is?",
    withholds=("perceptron.Perceptron", "layers.Dense", "losses.MeanSquaredError", "losses.Euclidean"),
    misconceptions=[
        misconception(
            "the answer after the step: that is the perceptron rule for a whole batch",
            "The delta rule looks at the sum before the step: how far is it from the target?",
            unit=_delta(output=_step),
        ),
        misconception(
            "a reversed sign",
            "Where the target lies above the sum, the sum must grow: add lr times (target − sum) times x.",
            unit=_delta(sign=-1.0),
        ),
        misconception(
            "a sum over the examples where the mean is asked for",
            "Your step grows with the number of examples. Divide by N, for the weights and for the biases.",
            unit=_delta(change=lambda error, x: error.T @ x, shift=lambda error: error.sum(axis=0)),
        ),
        misconception(
            "a mean over examples and units together",
            "Each unit learns for itself. Divide by N, not by N times the number of units.",
            unit=_delta(
                change=lambda error, x: error.T @ x / error.size, shift=lambda error: error.sum(axis=0) / error.size
            ),
        ),
        misconception(
            "biases that all move by the mean of all errors",
            "Each unit has a bias and errors of its own: take the mean over the examples, axis 0, for each unit.",
            unit=_delta(shift=lambda error: error.mean() * np.ones(error.shape[1])),
        ),
        misconception(
            "a factor 2 from the square",
            "The rule goes down the mean of ½(target − sum)². The ½ takes the 2 away.",
            unit=_delta(rate=lambda lr: 2 * lr),
        ),
        misconception(
            "a learning rate that is ignored",
            "Twice the rate must make a step twice as long.",
            unit=_delta(rate=lambda lr: 1.0),
        ),
        misconception(
            "the sign of the errors in place of the errors",
            "A large error must make a large step here. That is what tells this rule from the perceptron's.",
            unit=_delta(
                change=lambda error, x: np.sign(error).T @ x / len(x), shift=lambda error: np.sign(error).mean(axis=0)
            ),
        ),
        misconception(
            "biases that do not learn",
            "The bias is the weight of an input that is always 1. It moves by lr times the mean error.",
            unit=_delta(shift=lambda error: 0.0),
        ),
        misconception(
            "sums without the biases",
            "The sum of a unit has its bias in it: z = x Wᵀ + b. The error is target minus that.",
            unit=_sums_without_bias,
        ),
        misconception(
            "one example after the other, each with the weights that the last one changed",
            "That is how the perceptron learns. Here all errors are taken with the old weights, and one step is made.",
            unit=_one_by_one,
        ),
        misconception(
            "biases that move by the errors of the new weights",
            "Both move by the same errors. Compute the error once, before anything has changed.",
            unit=_weights_first,
        ),
    ],
)


def _contest(winner=np.argmax, raised=1.0, lowered=1.0, bias_moves=1.0, always=False, others=False):
    """The multi-class rule with one of its pieces replaced."""

    def multiclass_step(weight, bias, x, label):
        scores = weight @ x + bias
        guess = int(winner(scores))
        if always:
            guess = int(np.argmax(np.where(np.arange(len(bias)) == label, -np.inf, scores)))
        change = np.zeros(len(bias))
        if guess != label:
            change[label] += raised
            if others:
                change[np.arange(len(bias)) != label] -= 1
            else:
                change[guess] -= lowered
        return weight + np.outer(change, x), bias + bias_moves * change

    return multiclass_step


def _biases_not_scored(weight, bias, x, label):
    pull = np.eye(len(bias))[label] - np.eye(len(bias))[np.argmax(weight @ x)]
    return weight + np.outer(pull, x), bias + pull


def _always_raised(weight, bias, x, label):
    if np.argmax(weight @ x + bias) != label:
        return _contest()(weight, bias, x, label)
    pull = np.eye(len(bias))[label]
    return weight + np.outer(pull, x), bias + pull


def _each_for_itself(weight, bias, x, label):
    error = np.eye(len(bias))[label] - _step(weight @ x + bias)
    return weight + np.outer(error, x), bias + error


multiclass_step = Exercise(
    id="ch01.multiclass_step",
    reference="",
    protocol=Program(("weight", "bias", "x", "label"), ("weight", "bias")),
    cases=cases.labelled(),
    answers=lambda reference, inputs: dict(zip(("weight", "bias"), _contest()(**inputs))),
    parts=[
        Part("weights after a mistake", 1, "weight"),
        Part("biases after a mistake", 1, "bias"),
        Part("weights after a right answer", 1, "weight", where="right"),
        Part("weights at equal scores", 1, "weight", where="tie"),
    ],
    read_again="1.13 Digits: how do ten units agree on one answer?",
    withholds=("perceptron.Perceptron",),
    misconceptions=[
        misconception(
            "reversed: the true class is lowered and the winner raised",
            "After the step the score of the true class must be higher than before.",
            unit=_contest(raised=-1.0, lowered=-1.0),
        ),
        misconception(
            "the wrong winner is not lowered",
            "Two classes were involved in the mistake. The one that won wrongly gives x away.",
            unit=_contest(lowered=0.0),
        ),
        misconception(
            "the true class is not raised",
            "Two classes were involved in the mistake. The one that should have won receives x.",
            unit=_contest(raised=0.0),
        ),
        misconception(
            "all other classes lowered, not only the one that won",
            "A class that did not win made no mistake. Leave its row alone.",
            unit=_contest(others=True),
        ),
        misconception(
            "learning from right answers, too",
            "When the true class wins already, everything stays as it is.",
            unit=_contest(always=True),
        ),
        misconception(
            "scores without the biases",
            "The score of a class is w · x + b. Without b another class may seem to win.",
            unit=_biases_not_scored,
        ),
        misconception(
            "the true class is raised after right answers, too",
            "When the true class wins already, nothing changes. Either both rows learn or none does.",
            unit=_always_raised,
        ),
        misconception(
            "each unit for itself: the rule of a layer of perceptrons",
            "Here it is no matter whether a score is above 0. The largest one wins, and only the two classes of a mistake learn.",
            unit=_each_for_itself,
        ),
        misconception(
            "biases that do not learn",
            "The bias is the weight of an input that is always 1: +1 for the true class, −1 for the winner.",
            unit=_contest(bias_moves=0.0),
        ),
        misconception(
            "the smallest score taken for the winner",
            "A score says how much speaks for a class. The class with the largest one wins: `np.argmax`.",
            unit=_contest(winner=np.argmin),
        ),
        misconception(
            "the score of the largest size taken for the winner",
            "A score of −5 is a clear no. Take the largest score, not the largest absolute value.",
            unit=_contest(winner=lambda scores: np.argmax(np.abs(scores))),
        ),
        misconception(
            "the last of equal scores taken for the winner",
            "At equal scores the first class wins, as `np.argmax` has it.",
            unit=_contest(winner=lambda scores: len(scores) - 1 - np.argmax(scores[::-1])),
        ),
    ],
)
