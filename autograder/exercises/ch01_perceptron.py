"""The exercises of chapter 01: from a neuron drawn by hand to one that learns, and the mistakes on the way."""

import numpy as np

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises import ch01_perceptron_cases as cases
from autograder.sandbox.protocols import Call, Module

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
            "A AND NOT B that does not look at A",
            "With both inputs off your neuron fires. A must be on: the sum 0 must not reach the threshold.",
            value=_gate(A_AND_NOT_B=(1, -1, 0)),
        ),
        misconception(
            "a majority that asks for all three",
            "Two of three are a majority.",
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
            "Positive numbers must give 1.",
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
            "Negative numbers must give −1.",
            value=_step,
        ),
        misconception(
            "a ramp between −1 and 1, no step",
            "Every value between −1 and 1 comes out of yours. The sign knows −1, 0 and 1 only.",
            value=lambda z: np.clip(z, -1, 1),
        ),
        misconception(
            "a reversed sign",
            "Positive numbers must give 1.",
            value=lambda z: -np.sign(z),
        ),
        misconception(
            "one answer for the whole array",
            "The sign works entry by entry: five numbers in, five numbers out.",
            value=lambda z: float(np.sign(np.sum(z))),
        ),
    ],
)
