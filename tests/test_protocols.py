"""Every protocol brings back what a unit does: the reference is right, a wrong, untouched or broken one is told."""

import numpy as np
import pytest

from autograder import judge
from autograder.exercise import Case, Exercise, Part, misconception
from autograder.sandbox import wire
from autograder.sandbox.observe import observe
from autograder.sandbox.protocols import (
    KINDS,
    Call,
    Estimator,
    Graph,
    Listener,
    Module,
    Optimizer,
    Program,
    Scene,
    Schedule,
    from_dict,
)
from autograder.verdict import COULD_NOT_RUN, NOT_ATTEMPTED, RIGHT, WRONG
from course_lib import autodiff, layers, losses, optimizers, perceptron, regularizers, schedules


def one(inputs):
    return lambda rng: [Case(inputs)]


def exercise(reference, protocol, inputs, wrong=None, **options):
    parts = [Part(result, 1, result) for result in protocol.results]
    named = {"unit": wrong} if protocol.takes == ("unit",) else {protocol.takes[0]: wrong}
    mistakes = [misconception("the planted one", "Look again.", **named)]
    return Exercise("ch99.x", reference, protocol, one(inputs), parts, mistakes, **options)


X = np.array([[1.0, -2.0, 0.5], [0.25, 1.0, -1.0]])


class SilentUntilTheEnd(regularizers.EarlyStopping):
    def step(self, metric, params):
        return super().step(metric, params) or None


class NoBias(layers.Dense):
    def forward(self, x):
        return super().forward(x) - self.params["bias"]


class Doubled(optimizers.Adam):
    def update(self, p, g, state, lr, t):
        return super().update(p, g, state, 2 * lr, t)


class Deaf(schedules.PerformanceDecay):
    def step(self, metric):
        super().step(metric)
        return 1.0


class Impatient(regularizers.EarlyStopping):
    def step(self, metric, params):
        super().step(metric, params)
        return True


class Lazy(perceptron.Perceptron):
    def fit(self, x, target, epochs=1):
        return super().fit(x, target, 1)


class Keepless(layers.Dense):
    """Its backward forgets the parameters."""

    def backward(self, dy):
        self.grads = {}
        return dy @ self.params["weight"]


class Forgetful(autodiff.Scalar):
    def __mul__(self, other):
        product = super().__mul__(other)
        product.parents = product.parents[:1]
        return product


def answered(inputs):
    """What the scene's network answers, in NumPy."""
    logits = inputs["w2"] @ np.tanh(inputs["w1"] @ inputs["x"] + inputs["b1"]) + inputs["b2"]
    return logits.argmax(), np.exp(logits.max()) / np.exp(logits).sum()


def likeliest(logits):
    return logits.softmax(dim=1).max(dim=1)


WEIGHTS = {"weight": np.arange(6.0).reshape(2, 3), "bias": np.array([0.5, -1.0])}
EXERCISES = {
    "call": (
        exercise(
            "losses.MeanSquaredError",
            Call(value=("prediction", "target"), gradient=("prediction", "target")),
            {"prediction": X[0], "target": X[1]},
            wrong=lambda prediction, target: 7.0,
        ),
        [
            lambda prediction, target: losses.MeanSquaredError().forward(prediction, target),
            lambda prediction, target: 2 * (prediction - target) / 3,
        ],
    ),
    "program": (
        exercise(
            "gradients.numerical_gradient",
            Program(("x",), ("sum", "twice")),
            {"x": X},
            wrong=lambda x: {"sum": x.sum(), "twice": x},
            answers=lambda reference, inputs: {"sum": inputs["x"].sum(), "twice": 2 * inputs["x"]},
        ),
        [lambda x: (x.sum(), 2 * x)],
    ),
    "module": (
        exercise(
            "layers.Dense",
            Module(("inputs", "outputs", "rng"), ("x",), ("weight", "bias"), "dy"),
            {"inputs": 3, "outputs": 2, "rng": 1, "x": X, "dy": np.ones((2, 2)), **WEIGHTS},
            wrong=NoBias,
        ),
        [layers.Dense],
    ),
    "optimizer": (
        exercise(
            "optimizers.Adam",
            Optimizer(("beta1",)),
            {"p": X[0], "gradients": np.stack([X[1]] * 4), "lr": 0.1, "beta1": 0.8},
            wrong=Doubled,
        ),
        [optimizers.Adam],
    ),
    "schedule": (
        exercise(
            "schedules.exponential",
            Schedule(("lr", "decay", "per")),
            {"lr": 0.5, "steps": [0, 1, 10]},
            wrong=lambda lr: lambda step: lr,
            answers=lambda reference, inputs: {"rates": [0.5, 0.25, 0.5**11]},
        ),
        [lambda lr: lambda step: lr * 0.5**step],
    ),
    "listener": (
        exercise(
            "regularizers.EarlyStopping",
            Listener(("patience",), ("best",), restores=True),
            {"metrics": [3.0, 2.0, 2.5, 2.6, 2.7], "params": np.arange(10.0).reshape(5, 2), "patience": 2},
            wrong=Impatient,
        ),
        [regularizers.EarlyStopping],
    ),
    "estimator": (
        exercise(
            "perceptron.Perceptron",
            Estimator(("inputs",), ("x", "target"), ("x_new",), (), ("weight",), True, "forward"),
            {
                "inputs": 2,
                "x": np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]),
                "target": np.array([0, 0, 0, 1.0]),
                "x_new": X[:, :2],
            },
            wrong=Lazy,
        ),
        [perceptron.Perceptron],
    ),
    "graph": (
        exercise(
            "autodiff.Scalar",
            Graph(),
            {"leaves": np.array([0.5, -1.5]), "program": [["*", 0, 1], ["tanh", 2], ["+", 3, 0], ["**", 4, 2]]},
            wrong=Forgetful,
        ),
        [autodiff.Scalar],
    ),
    "scene": (
        exercise(
            "",
            Scene("answer", ("label", "probability")),
            {
                "x": np.array([1.0, -2.0]),
                "mean": np.zeros(2),
                "std": np.ones(2),
                "w1": np.array([[1.0, 0.5], [-0.5, 1.0], [0.25, 0.0]]),
                "b1": np.zeros(3),
                "w2": np.array([[1.0, 0.0, 0.5], [0.0, -1.0, 0.5]]),
                "b2": np.array([0.0, 0.25]),
            },
            wrong=lambda model, x, mean, std: (0, 0.5),
            answers=lambda reference, inputs: dict(zip(("label", "probability"), answered(inputs))),
        ),
        [lambda model, x, mean, std: tuple(t.max() for t in reversed(likeliest(model.eval()(x[None]))))],
    ),
}
every_protocol = pytest.mark.parametrize("kind", KINDS)


def test_every_protocol_has_a_row():
    assert set(EXERCISES) == set(KINDS)


@every_protocol
def test_the_reference_is_right(kind):
    record, right = EXERCISES[kind]
    told = judge.run_locally(record, right, 4, 0)
    assert told.state == RIGHT, told


@every_protocol
def test_a_wrong_one_loses_points_and_is_named(kind):
    record, right = EXERCISES[kind]
    wrong = [record.misconceptions[0].wrong[record.protocol.takes[0]], *right[1:]]
    told = judge.run_locally(record, wrong, 4, 0)
    assert told.state == WRONG and told.points < 4
    assert [mistake.name for mistake in told.mistakes] == ["the planted one"], told


@every_protocol
@pytest.mark.parametrize("problem, state", [(NotImplementedError, NOT_ATTEMPTED), (ZeroDivisionError, COULD_NOT_RUN)])
def test_untouched_and_broken_ones_are_told_apart(kind, problem, state):
    def candidate(*arguments, **named):
        raise problem

    record, right = EXERCISES[kind]
    assert judge.run_locally(record, [candidate] * len(right), 4, 0).state == state


@every_protocol
def test_a_protocol_and_its_inputs_cross_the_boundary(kind):
    record, right = EXERCISES[kind]
    inputs = record.make_cases()[0].inputs
    sent = wire.unpack(wire.pack({"protocol": record.protocol.to_dict(), "inputs": dict(inputs)}))
    seen = observe(from_dict(sent["protocol"]), right, [sent["inputs"]])
    assert judge.judge(record, record.make_cases(), seen, 4).state == RIGHT


@pytest.mark.parametrize(
    "kind, forgetful, sentence",
    [
        ("schedule", lambda lr, *_: lambda step: None, "the schedule returned None at step 0: is a `return` missing?"),
        ("module", Keepless, "backward left nothing in self.grads['weight']"),
        ("listener", SilentUntilTheEnd, "step returned None after metric number 1: is a `return` missing?"),
    ],
)
def test_what_was_forgotten_is_told_in_words(kind, forgetful, sentence):
    record, _ = EXERCISES[kind]
    assert sentence in str(judge.run_locally(record, [forgetful], 4, 0))


def test_restored_weights_must_be_in_the_arrays_that_the_model_has():
    class NewNames(regularizers.EarlyStopping):
        def restore(self, params):
            fresh = {name: p.copy() for name, p in params.items()}
            super().restore(fresh)
            params.update(fresh)

    record, _ = EXERCISES["listener"]
    told = judge.run_locally(record, [NewNames], 4, 0)
    assert [part.name for part in told.parts if not part.right] == ["restored"]


def test_a_dictionary_that_was_changed_in_place_is_noticed():
    def halve(grads):
        for g in grads.values():
            g /= 2
        return grads["weight"]

    record = Exercise("ch99.halved", "", Call(value=("grads",)), one({"grads": {"weight": X}}), [Part("half", 1)],
                      answers=lambda reference, inputs: {"value": inputs["grads"]["weight"] / 2})  # fmt: skip
    told = judge.run_locally(record, [halve], 1, 0)
    assert told.state == RIGHT and "changes its input grads in place" in str(told)


def test_a_random_answer_is_compared_by_what_is_measured():
    def spread(answer):
        return np.array([answer.std()])

    parts = [Part("spread", 1, rtol=0.05, measure=spread)]
    draws = Exercise(
        "ch99.draws", "", Call(value=("n", "rng")), lambda rng: [Case({"n": 4000, "rng": 3})], parts,
        answers=lambda reference, inputs: {"value": np.random.default_rng(0).normal(size=inputs["n"])},
    )  # fmt: skip
    assert judge.run_locally(draws, [lambda n, rng: rng.normal(size=n)], 1, 0).state == RIGHT
    assert judge.run_locally(draws, [lambda n, rng: rng.uniform(size=n)], 1, 0).state == WRONG
