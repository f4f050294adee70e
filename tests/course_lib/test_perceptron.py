"""The first neurons compute logic, learn what a line can separate, and learn it as scikit-learn's do."""

import itertools

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from sklearn import linear_model
from sklearn.datasets import load_iris

from course_lib import activations, perceptron
from course_lib.perceptron import McCullochPitts, Perceptron, ThresholdLogicUnit, delta_rule
from tests.course_lib import contract

ORACLES = {
    "perceptron.McCullochPitts": "closed form",
    "perceptron.ThresholdLogicUnit": "torch.nn.functional.linear",
    "perceptron.Perceptron": "sklearn.linear_model.Perceptron",
    "perceptron.delta_rule": "sklearn.linear_model.SGDRegressor",
}
IDS = tuple(ORACLES)

TWO = np.array(list(itertools.product([0, 1], repeat=2)))
AND, OR, XOR = (np.array(column) for column in ([0, 0, 0, 1], [0, 1, 1, 1], [0, 1, 1, 0]))


def test_the_file_holds_what_the_course_promises():
    assert tuple(f"perceptron.{name}" for name in perceptron.__all__) == IDS
    assert [*contract.classes_in_order(perceptron), "delta_rule"] == perceptron.__all__


def clouds(rng, n, d, gap=0.5):
    """x (n, d) and 0 or 1 on which side of a plane it is, at a distance of gap or more."""
    normal, x = rng.normal(size=d), rng.normal(size=(n, d))
    normal /= np.linalg.norm(normal)
    target = (x @ normal > 0.2).astype(int)
    return x + gap * np.outer(2 * target - 1, normal), target


# McCullochPitts


@pytest.mark.parametrize(
    "weights, threshold, expected",
    [((1, 1), 2, AND), ((1, 1), 1, OR), ((0.5, 0.5), 1, AND), ((1, -1), 1, [0, 0, 1, 0]), ((1, 1), 0, [1, 1, 1, 1])],
)
def test_gates_of_two_inputs_follow_their_truth_tables(weights, threshold, expected):
    got = McCullochPitts(weights, threshold).forward(TWO)
    assert got.tolist() == list(expected)
    assert got.dtype == int


def test_not_turns_its_input_round():
    assert McCullochPitts((-1,), 0).forward([[0], [1]]).tolist() == [1, 0]


def test_a_weight_below_what_the_others_can_make_up_for_is_a_veto():
    gate = McCullochPitts((1, 1, -2), 1)
    for x in itertools.product([0, 1], repeat=3):
        assert gate.forward(x) == int((x[0] or x[1]) and not x[2])


def test_two_layers_make_the_xor_that_no_single_neuron_makes():
    either, both = McCullochPitts((1, 1), 1).forward(TWO), McCullochPitts((1, 1), 2).forward(TWO)
    assert McCullochPitts((1, -1), 1).forward(np.stack([either, both], axis=1)).tolist() == XOR.tolist()
    some = [-2, -1, -0.5, 0, 0.5, 1, 2]
    for *weights, threshold in itertools.product(some, repeat=3):
        assert McCullochPitts(weights, threshold).forward(TWO).tolist() != XOR.tolist()


def test_any_shape_and_kind_of_input_that_ends_in_the_inputs_will_do():
    x = np.random.default_rng(1).integers(0, 2, (2, 3, 4))
    expected = x.sum(axis=-1) >= 2
    for kind in (int, bool, np.float32, float):
        assert_allclose(McCullochPitts((1, 1, 1, 1), 2).forward(x.astype(kind)), expected, rtol=0)


# ThresholdLogicUnit


@pytest.mark.parametrize("name", ["Heaviside", "Sign", "Sigmoid", "ReLU", "Identity"])
def test_a_unit_is_the_activation_of_the_weighted_sum(name):
    rng = np.random.default_rng(2)
    x, weights = rng.normal(size=(6, 3)), rng.normal(size=3)
    unit = ThresholdLogicUnit(weights, -0.3, activation=getattr(activations, name))
    z = torch.nn.functional.linear(*(torch.tensor(a) for a in (x, weights[None], np.array([-0.3]))))[:, 0]
    oracle = {
        "Heaviside": lambda z: torch.heaviside(z, torch.tensor(1.0).double()),
        "Sign": torch.sign,
        "Sigmoid": torch.sigmoid,
        "ReLU": torch.relu,
        "Identity": lambda z: z,
    }
    contract.assert_same(unit.forward(x), oracle[name](z).numpy())


def test_a_unit_is_a_heaviside_without_a_bias_unless_told_otherwise():
    assert_allclose(ThresholdLogicUnit((1, 2)).forward([[1, 0], [-1, 0], [2, -1]]), [1, 0, 1], rtol=0)
    assert_allclose(ThresholdLogicUnit((1, 1), bias=-2).forward(TWO), AND, rtol=0)
    assert_allclose(ThresholdLogicUnit((1, 1), -2, activations.Sign).forward(TWO), [-1, -1, -1, 0], rtol=0)


def test_changing_the_weights_of_the_caller_does_not_change_the_unit():
    weights = np.ones(2)
    units = McCullochPitts(weights, 2), ThresholdLogicUnit(weights, -2)
    weights[...] = -1
    for unit in units:
        assert_allclose(unit.forward(TWO), AND, rtol=0)


def test_the_delta_rule_keeps_float32():
    arrays = [np.random.default_rng(13).normal(size=s) for s in ((2, 3), 2, (4, 3), (4, 2))]
    got = delta_rule(*(array.astype(np.float32) for array in arrays), lr=0.5)
    for p, expected in zip(got, delta_rule(*arrays, lr=0.5)):
        assert p.dtype == np.float32
        assert_allclose(p, expected, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("make", [
    lambda: ThresholdLogicUnit(np.ones(3), activation=activations.Sigmoid),
    lambda: Perceptron(3, 2, activation=activations.Sigmoid, rng=np.random.default_rng(0)),
])  # fmt: skip
def test_float32_stays_float32(make):
    x = np.random.default_rng(3).normal(size=(4, 3)).astype(np.float32)
    got = make().forward(x)
    assert got.dtype == np.float32
    assert_allclose(got, make().forward(x.astype(float)), rtol=2e-5)


# Perceptron


def by_sklearn(start, x, target, lr, epochs):
    """Weights after so many epochs in the given order, from the same start; classes 0 and 1, or several."""
    model = linear_model.Perceptron(max_iter=epochs, tol=None, shuffle=False, eta0=lr)
    weight, bias = (np.array(p) for p in start.values())
    model.fit(x, target, coef_init=weight, intercept_init=bias)
    return model.coef_, model.intercept_


@pytest.mark.parametrize("lr", [1.0, 0.03])
@pytest.mark.parametrize("seed", range(3))
def test_the_rule_arrives_at_the_weights_of_scikit_learn(seed, lr):
    rng = np.random.default_rng(seed)
    x, target = rng.normal(size=(40, 3)), rng.integers(0, 2, 40)  # no plane separates them
    unit = Perceptron(3, lr=lr, rng=rng)
    expected = by_sklearn(unit.params, x, target, lr, epochs=4)
    assert len(unit.fit(x, target, epochs=4)) == 4
    for p, oracle in zip(unit.params.values(), expected):
        contract.assert_same(p, oracle)


def test_several_units_are_scikit_learns_one_against_the_rest():
    x, labels = load_iris(return_X_y=True)
    layer = Perceptron(4, units=3, rng=np.random.default_rng(4))
    expected = by_sklearn(layer.params, x, labels, 1.0, epochs=5)
    layer.fit(x, np.eye(3)[labels], epochs=5)
    for p, oracle in zip(layer.params.values(), expected):
        contract.assert_same(p, oracle)


def test_several_units_learn_what_each_learns_alone():
    x, labels = load_iris(return_X_y=True)
    target = np.eye(3)[labels]
    layer = Perceptron(4, units=3)
    mistakes = layer.fit(x, target, epochs=6)
    alone = [Perceptron(4) for _ in range(3)]
    each = [unit.fit(x, target[:, i], epochs=6) for i, unit in enumerate(alone)]
    assert mistakes == [sum(epoch) for epoch in itertools.zip_longest(*each, fillvalue=0)]
    for i, unit in enumerate(alone):
        assert_allclose(layer.params["weight"][i], unit.params["weight"][0], rtol=0)
        assert_allclose(layer.params["bias"][i], unit.params["bias"][0], rtol=0)


def test_one_step_is_the_rule():
    """weight + lr·(target − y)·x by hand: one unit too low, one too high, one right."""
    layer = Perceptron(2, units=3, lr=0.5)
    layer.params = {"weight": np.array([[0.0, -1.0], [1.0, 1.0], [1.0, 0.0]]), "bias": np.array([0.0, 0.0, 3.0])}
    assert layer.learn([2, 3], [1, 0, 1]) == 2
    assert_allclose(layer.params["weight"], [[1, 0.5], [0, -0.5], [1, 0]], rtol=1e-10)
    assert_allclose(layer.params["bias"], [0.5, -0.5, 3], rtol=1e-10)


def test_with_signs_a_mistake_counts_twice_and_a_0_once():
    unit = Perceptron(2, activation=activations.Sign)
    assert unit.learn([1, 2], [-1]) == 1  # from 0: y is 0
    assert_allclose(unit.params["weight"], [[-1, -2]], rtol=0)
    assert unit.learn([1, 2], [1]) == 1
    assert_allclose(unit.params["weight"], [[1, 2]], rtol=0)
    assert unit.learn([1, 2], [1]) == 0


@pytest.mark.parametrize("activation, low", [(activations.Heaviside, 0), (activations.Sign, -1)])
def test_gates_that_a_line_separates_are_learned(activation, low):
    for target in (AND, OR, 1 - AND, [0, 0, 1, 1]):
        target = np.where(target, 1, low)
        unit = Perceptron(2, activation=activation)
        mistakes = unit.fit(TWO, target)
        assert mistakes[-1] == 0 and len(mistakes) < 20
        assert_allclose(unit.forward(TWO)[:, 0], target, rtol=0)


def test_xor_is_not_learned_however_long_it_takes():
    assert min(Perceptron(2).fit(TWO, XOR, epochs=200)) > 0


@pytest.mark.parametrize("lr", [1.0, 0.01])
@pytest.mark.parametrize("seed", range(5))
def test_mistakes_are_at_most_novikoffs_bound(seed, lr):
    x, target = clouds(np.random.default_rng(seed), 60, 3)
    mistakes = Perceptron(3, lr=lr).fit(x, target, epochs=1000)
    assert mistakes[-1] == 0
    extended = np.column_stack([x, np.ones(60)])
    separator = linear_model.Perceptron(max_iter=5000, tol=None, fit_intercept=False).fit(extended, target).coef_[0]
    margins = (2 * target - 1) * (extended @ separator) / np.linalg.norm(separator)
    assert margins.min() > 0
    assert 0 < sum(mistakes) <= (np.linalg.norm(extended, axis=1).max() / margins.min()) ** 2


def test_training_stops_after_the_first_epoch_without_a_mistake_or_after_the_last():
    x, target = clouds(np.random.default_rng(6), 50, 2)
    unit = Perceptron(2)
    mistakes = unit.fit(x, target)
    assert mistakes[-1] == 0 and all(mistakes[:-1])
    assert unit.fit(x, target) == [0]
    assert len(Perceptron(2).fit(TWO, XOR)) == 100
    assert len(Perceptron(2).fit(TWO, XOR, epochs=7)) == 7


def test_an_rng_makes_small_normal_weights_and_no_rng_makes_zeros():
    weight = Perceptron(200, units=50, rng=np.random.default_rng(7)).params["weight"]
    assert weight.shape == (50, 200)
    assert_allclose([weight.mean(), weight.std()], [0, 0.01], atol=3e-4)
    for p in [*Perceptron(3, 2).params.values(), Perceptron(3, 2, rng=np.random.default_rng(7)).params["bias"]]:
        assert_allclose(p, np.zeros(p.shape), rtol=0)


def test_an_rng_shuffles_the_examples_anew_at_each_epoch_and_nothing_else_does():
    class Diary(Perceptron):
        def learn(self, x, target):
            seen.append(int(x[0]))
            return super().learn(x, target)

    x, target = np.arange(8.0)[:, None], np.arange(8) % 2
    seen: list[int] = []
    Diary(1).fit(x, target, epochs=2)
    assert seen == [*range(8)] * 2
    seen.clear()
    Diary(1).fit(x, target, epochs=2, rng=np.random.default_rng(8))
    assert sorted(seen[:8]) == sorted(seen[8:]) == [*range(8)]
    assert seen[:8] != seen[8:] and seen[:8] != [*range(8)]


def test_inputs_are_left_alone():
    x, target = contract.read_only(clouds(np.random.default_rng(9), 20, 2))
    unit = Perceptron(2)
    before = unit.params
    unit.fit(x, target)
    assert_allclose(before["weight"], [[0, 0]], rtol=0)
    weight, bias = contract.read_only([np.ones((1, 2)), np.ones(1)])
    delta_rule(weight, bias, x, target[:, None])


# delta_rule


@pytest.mark.parametrize("name", ["Identity", "Sigmoid", "Tanh"])
@pytest.mark.parametrize("n, units, lr", [(5, 3, 0.01), (1, 1, 2.0), (7, 1, 0.3)])
def test_the_delta_rule_goes_down_the_gradient_that_autograd_finds(name, n, units, lr):
    rng = np.random.default_rng(10)
    weight, bias, x, target = (rng.normal(size=s) for s in ((units, 4), units, (n, 4), (n, units)))
    tensors = [torch.tensor(p, requires_grad=True) for p in (weight, bias)]
    phi = {"Identity": lambda z: z, "Sigmoid": torch.sigmoid, "Tanh": torch.tanh}[name]
    y = phi(torch.nn.functional.linear(torch.tensor(x), *tensors))
    (0.5 * torch.nn.functional.mse_loss(y, torch.tensor(target), reduction="sum") / n).backward()
    optimizer = torch.optim.SGD(tensors, lr=lr)
    optimizer.step()
    got = delta_rule(weight, bias, x, target, lr, getattr(activations, name))
    for mine, theirs in zip(got, tensors):
        contract.assert_same(mine, theirs.detach().numpy())


def test_one_example_after_the_other_it_is_the_squared_error_of_scikit_learn():
    rng = np.random.default_rng(11)
    x, target = rng.normal(size=(30, 3)), rng.normal(size=30)
    model = linear_model.SGDRegressor(
        penalty=None, learning_rate="constant", eta0=0.05, shuffle=False, max_iter=3, tol=None
    ).fit(x, target)
    weight, bias = np.zeros((1, 3)), np.zeros(1)
    for i in [*range(30)] * 3:
        weight, bias = delta_rule(weight, bias, x[i : i + 1], target[i : i + 1, None], lr=0.05)
    assert_allclose(weight[0], model.coef_, rtol=1e-10)
    assert_allclose(bias, model.intercept_, rtol=1e-10)


def test_the_delta_rule_finds_the_line_of_least_squares():
    rng = np.random.default_rng(12)
    x = rng.normal(size=(50, 2))
    target = x @ [[1.5], [-2.0]] + 0.7 + 0.1 * rng.normal(size=(50, 1))
    weight, bias = np.zeros((1, 2)), np.zeros(1)
    for _ in range(400):
        weight, bias = delta_rule(weight, bias, x, target, lr=0.1)
    expected, *_ = np.linalg.lstsq(np.column_stack([x, np.ones(50)]), target, rcond=None)
    assert_allclose(np.append(weight, bias), expected[:, 0], rtol=1e-7)


def test_its_defaults_are_a_hundredth_and_no_activation():
    weight, bias = delta_rule([[0.0, 0.0]], [0.0], [[1, 2]], [[3]])
    assert_allclose(weight, [[0.03, 0.06]], rtol=1e-10)
    assert_allclose(bias, [0.03], rtol=1e-10)


def test_a_step_function_has_no_slope_to_learn_from():
    weight, bias = delta_rule([[0.3, -0.2]], [0.1], TWO, AND[:, None], 1.0, activations.Heaviside)
    assert_allclose(weight, [[0.3, -0.2]], rtol=0)
    assert_allclose(bias, [0.1], rtol=0)


def test_large_inputs_stay_finite():
    x, target = np.array([[1e150, -1e150], [-1e150, 1e150]]), np.array([1, 0])
    unit = Perceptron(2)
    assert unit.fit(x, target)[-1] == 0
    assert np.isfinite(unit.params["weight"]).all()
    weight, _ = delta_rule(np.zeros((1, 2)), np.zeros(1), x, target[:, None], activation=activations.Sigmoid)
    assert np.isfinite(weight).all()


# What is refused, and in which words

WRONG = {
    "not 0 or 1": (lambda: McCullochPitts((1, 1), 2).forward([[0, 2]]), "x holds 2.0; expected 0 or 1: try x > 0"),
    "no weights": (
        lambda: McCullochPitts((), 1),
        r"weights has shape \(0,\); expected \(D,\), one weight for each input",
    ),
    "a table of weights": (lambda: ThresholdLogicUnit(np.ones((2, 2))), r"weights has shape \(2, 2\); expected \(D,\)"),
    "threshold": (lambda: McCullochPitts((1,), np.inf), "threshold is inf; expected -inf < threshold < inf"),
    "bias": (lambda: ThresholdLogicUnit((1,), "1"), "bias is '1'; expected"),
    "three inputs": (
        lambda: ThresholdLogicUnit((1, 1)).forward(np.ones((4, 3))),
        r"x has shape \(4, 3\); expected \(…, 2\), as many inputs as weights",
    ),
    "a number": (lambda: McCullochPitts((1,), 1).forward(1), r"x has shape \(\); expected \(…, 1\)"),
    "inputs of the layer": (lambda: Perceptron(2).fit(np.ones((4, 3)), AND), r"x has shape \(3,\); expected \(…, 2\)"),
    "inputs": (lambda: Perceptron(0), "inputs is 0; expected a whole number, 1 or more"),
    "units": (lambda: Perceptron(2, 1.5), r"units is 1\.5; expected a whole number, 1 or more"),
    "epochs": (lambda: Perceptron(2).fit(TWO, AND, epochs=0), "epochs is 0; expected a whole number, 1 or more"),
    "lr": (lambda: Perceptron(2, lr=0), "lr is 0; expected 0 < lr < inf"),
    "lr of the delta rule": (lambda: delta_rule([[1.0]], [0.0], [[1]], [[1]], lr=-1), "lr is -1; expected 0 < lr"),
    "signs for Heaviside": (
        lambda: Perceptron(2).fit(TWO, 2 * AND - 1),
        "target holds -1; expected 0 or 1: try activation=Sign",
    ),
    "0 and 1 for Sign": (
        lambda: Perceptron(2, activation=activations.Sign).fit(TWO, AND),
        r"target holds 0; expected −1 or \+1: try 2\*target − 1 for 0 and 1",
    ),
    "too few targets": (
        lambda: Perceptron(2).fit(TWO, AND[:3]),
        r"target has shape \(3,\); expected \(4, 1\), one column for each unit",
    ),
    "targets of one unit": (lambda: Perceptron(2, 3).fit(TWO, AND), r"target has shape \(4,\); expected \(4, 3\)"),
    "targets on their side": (
        lambda: Perceptron(2, 3).fit(TWO, np.zeros((3, 4))),
        r"target has shape \(3, 4\); expected \(4, 3\)",
    ),
    "target of the delta rule": (
        lambda: delta_rule([[1.0, 1.0]], [0.0], TWO, AND),
        r"target has shape \(4,\); expected \(4, 1\), one column for each unit: try reshape",
    ),
    "weights of the delta rule": (
        lambda: delta_rule([1.0, 1.0], 0.0, TWO, AND),
        r"weights has shape \(2,\); expected \(units, D\)",
    ),
}


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


def test_words_are_refused():
    with pytest.raises(TypeError, match=r"^x is <U1; expected numbers"):
        ThresholdLogicUnit((1,)).forward(["a"])
    with pytest.raises(TypeError, match=r"^weights is <U1; expected numbers"):
        ThresholdLogicUnit(["a"])
