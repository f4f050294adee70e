"""Every loss of numbers and classes keeps the contract; then what each refuses, and how some of them are related."""

import subprocess
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from course_lib import losses, losses_torch
from tests.course_lib import contract
from tests.course_lib.cases_losses import IDS, ROWS, Row, class_targets, softmax
from tests.course_lib.cases_losses_specialized import IDS as SPECIALIZED_IDS
from tests.course_lib.cases_losses_specialized import ROWS as SPECIALIZED

HERE = Path(__file__).resolve().parents[2]
NAMES = [id.removeprefix("losses.") for id in IDS]
REDUCTIONS = ("mean", "sum", "none")
EMPTY = np.empty((0, 3))


@dataclass(frozen=True)
class Case:
    """A row with one choice of its hyperparameters and a reduction."""

    row: Row
    options: dict
    reduction: str

    def __str__(self):
        return "-".join([self.row.name, *(f"{name}={value:g}" for name, value in self.options.items()), self.reduction])

    @property
    def unit(self):
        return getattr(losses, self.row.name)(**self.options, reduction=self.reduction)

    @property
    def twin(self):
        return getattr(losses_torch, self.row.name)(**self.options, reduction=self.reduction)

    @property
    def oracle(self):
        return self.row.oracle(self.reduction, **self.options)

    def drawn(self):
        """Every kind of input of the row, and the generator to go on with."""
        rng = np.random.default_rng(zlib.crc32(str(self).encode()))
        for make in self.row.inputs:
            yield [np.array(array) for array in make(rng)], rng


CASES = [Case(row, options, reduction) for row in ROWS for options in row.options for reduction in REDUCTIONS]
every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_device = pytest.mark.parametrize("device", contract.DEVICES)


def test_the_table_and_both_files_hold_what_the_course_promises():
    contract.assert_complete(
        [*ROWS, *SPECIALIZED], losses, losses_torch, [id.removeprefix("losses.") for id in (*IDS, *SPECIALIZED_IDS)]
    )


def test_every_hyperparameter_is_tried_far_from_its_default():
    contract.assert_every_hyperparameter_is_moved(ROWS, losses, but=("reduction",))


@every_case
def test_backward_is_the_derivative_of_forward(case):
    for arrays, rng in case.drawn():
        contract.assert_backward_is_the_derivative_of_forward(case.unit, arrays, rng)


@every_device
@every_case
def test_the_twin_agrees_in_value_and_gradient(case, device):
    for arrays, rng in case.drawn():
        contract.assert_twin_agrees(case.unit, case.twin, arrays, rng, device)


@every_case
def test_an_oracle_agrees_in_value_and_gradient(case):
    for arrays, rng in case.drawn():
        contract.assert_oracle_agrees(case.unit, case.oracle, arrays, rng)


@every_device
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=lambda dtype: dtype.__name__)
@every_case
def test_large_inputs_stay_finite_without_a_warning(case, dtype, device):
    for make in case.row.large:
        contract.assert_stays_finite(case.unit, case.twin, make(dtype), device)


@every_case
def test_inputs_are_left_alone_and_changing_them_later_does_not_matter(case):
    for arrays, rng in case.drawn():
        contract.assert_leaves_inputs_alone(case.unit, case.twin, arrays, rng)


@every_case
def test_what_happens_to_the_inputs_after_forward_is_no_business_of_backward(case):
    for arrays, rng in case.drawn():
        unit, dy = case.unit, contract.random_upstream(case.unit, arrays, rng)
        _, gradient = contract.run(unit, arrays, dy)
        for array in arrays:
            array[...] = 0
        assert_allclose(unit.backward(dy), gradient, rtol=0)


@every_device
@every_case
def test_float32_stays_float32(case, device):
    for arrays, rng in case.drawn():
        contract.assert_keeps_float32(case.unit, case.twin, arrays, rng, device)


@every_case
def test_forward_answers_a_numpy_scalar_or_an_array_of_losses_that_is_the_callers(case):
    for arrays, _ in case.drawn():
        unit = case.unit
        value = unit.forward(*arrays)
        if case.reduction != "none":
            assert isinstance(value, np.float64)
            continue
        gradient = unit.backward(np.ones(value.shape))
        value[...] = np.nan
        assert_allclose(unit.backward(), gradient, rtol=0)  # and 1 is what dy is without being told


def test_importing_the_reference_does_not_import_torch():
    code = "import sys; from course_lib import activations, losses; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE)
    assert done.stdout.strip() == "False"


# What the contract's inputs keep away from


@pytest.mark.parametrize(
    "name, prediction, target",
    [
        ("MeanAbsoluteError", [2.0], [2.0]),
        ("MeanAbsolutePercentageError", [2.0], [2.0]),
        ("Hinge", [-1.0, 1.0], [-1, 1]),
        ("SquaredHinge", [-1.0, 1.0], [-1, 1]),
        ("CosineSimilarity", [0.0, 0.0], [0.0, 0.0]),
    ],
)
def test_the_subgradient_at_a_kink_is_0(name, prediction, target):
    arrays = np.array(prediction), np.array(target)
    _, gradient = contract.run(getattr(losses, name)(), arrays, 1.0)
    assert_allclose(gradient, np.zeros_like(gradient), rtol=0)
    _, gradient = contract.run_twin(getattr(losses_torch, name)(), arrays, 1.0)
    assert_allclose(gradient, np.zeros_like(gradient), rtol=0)


@pytest.mark.parametrize("name", ["Huber", "SmoothL1"])
def test_the_two_branches_meet_in_value_and_slope(name):
    unit, border = getattr(losses, name)(0.7, reduction="none"), np.array([0.7 - 1e-9, 0.7, 0.7 + 1e-9])
    value, slope = contract.run(unit, (border, np.zeros(3)), 1.0)
    assert_allclose(value, value[1], rtol=1e-8)
    assert_allclose(slope, slope[1], rtol=1e-8)


@pytest.mark.parametrize(
    "name, prediction, target",
    [
        ("PoissonNLL", 1e4, 2.0),
        ("SumSquaredError", 1e200, 0.0),
        ("MeanSquaredError", 1e200, 0.0),
        ("Euclidean", 1e200, 0.0),
        ("SquaredHinge", 1e200, -1.0),
    ],
)
def test_a_loss_beyond_its_dtype_is_inf_and_not_nan(name, prediction, target):
    arrays = np.array([prediction]), np.array([target])
    assert contract.run(getattr(losses, name)(), arrays, 1.0)[0] == np.inf
    assert contract.run_twin(getattr(losses_torch, name)(), arrays, 1.0)[0] == np.inf


@pytest.mark.parametrize("name", [name for name in NAMES if "Logarithmic" not in name])
def test_a_prediction_that_is_nan_shows_in_the_loss_or_is_refused(name):
    prediction, target = np.array([[0.3, 0.7], [np.nan, 0.5]]), np.array([[1, 0], [0, 1]])
    target = 2 * target - 1 if "Hinge" in name or name == "SoftMargin" else target
    loss = getattr(losses, name)()
    if name in ("CategoricalCrossEntropy", "BinaryCrossEntropy", "KLDivergence"):
        with pytest.raises(ValueError, match=r"^prediction holds nan; expected probabilities"):
            loss.forward(prediction, target)
    else:
        value, gradient = contract.run(loss, (prediction, target), 1.0)
        assert np.isnan(value)
        assert np.isfinite(gradient[0]).all()
    assert np.isnan(contract.run_twin(getattr(losses_torch, name)(), (prediction, target), 1.0)[0])


def test_a_vector_as_long_as_eps_already_turns_as_in_pytorch():
    arrays = np.array([[3.0, 4.0]]), np.array([[5.0, -12.0]])
    row = next(row for row in ROWS if row.name == "CosineSimilarity")
    expected = row.oracle("mean", eps=5.0)(arrays, 1.0)
    for got, wanted in zip(contract.run(losses.CosineSimilarity(eps=5.0), arrays, 1.0), expected):
        contract.assert_same(got, wanted)


def test_a_long_vector_has_a_direction_too():
    prediction, target = np.array([[3e200, 4e200]]), np.array([[4e200, 3e200]])
    value, gradient = contract.run(losses.CosineSimilarity(), (prediction, target), 1.0)
    assert_allclose(value, 1 - 24 / 25, rtol=1e-10)
    assert_allclose(gradient * 5e200, [[24 / 25 * 3 / 5 - 4 / 5, 24 / 25 * 4 / 5 - 3 / 5]], rtol=1e-10)


def test_the_cosine_is_that_of_the_embedding_loss_for_similar_pairs():
    rng = np.random.default_rng(3)
    arrays = rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    expected = contract.run_twin(lambda p, t: torch.nn.CosineEmbeddingLoss()(p, t, torch.ones(5)), arrays, 1.0)
    for got, wanted in zip(contract.run(losses.CosineSimilarity(), arrays, 1.0), expected):
        assert_allclose(got, wanted, rtol=1e-10)


def test_percentages_of_a_target_of_0_are_counted_in_machine_epsilons_as_in_scikit_learn():
    from sklearn.metrics import mean_absolute_percentage_error

    prediction, target = np.array([1.0, 2.0, -3.0]), np.array([0.0, 1e-20, -2.0])
    value = losses.MeanAbsolutePercentageError().forward(prediction, target)
    assert_allclose(value, mean_absolute_percentage_error(target, prediction), rtol=1e-10)


def test_the_squared_logarithmic_error_is_that_of_scikit_learn():
    from sklearn.metrics import mean_squared_log_error

    prediction, target = np.array([0.5, 2.0, 0.0]), np.array([1.0, 0.0, 7.0])
    value = losses.MeanSquaredLogarithmicError().forward(prediction, target)
    assert_allclose(value, mean_squared_log_error(target, prediction), rtol=1e-10)


def test_cross_entropies_are_those_of_scikit_learn():
    from sklearn.metrics import log_loss

    probs, labels = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]]), np.array([0, 1])
    expected = log_loss(labels, probs, labels=[0, 1, 2])
    assert_allclose(losses.CategoricalCrossEntropy().forward(probs, labels), expected, rtol=1e-10)
    assert_allclose(losses.CrossEntropy().forward(np.log(probs) + 3, labels), expected, rtol=1e-10)
    expected = log_loss(labels, probs[:, 0])
    assert_allclose(losses.BinaryCrossEntropy().forward(probs[:, 0], labels), expected, rtol=1e-10)


def test_the_divergence_is_that_of_scipy():
    from scipy.stats import entropy

    p, target = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]]), np.array([[0.5, 0.5, 0.0], [0.1, 0.3, 0.6]])
    value = losses.KLDivergence().forward(p, target)
    assert_allclose(value, entropy(target, p, axis=1).mean(), rtol=1e-10)


def test_hinges_are_those_of_scikit_learn():
    from sklearn.linear_model import _sgd_fast
    from sklearn.metrics import hinge_loss

    score, target = np.array([0.3, -2.0, 1.5, 0.2]), np.array([1, 1, 1, -1])
    assert_allclose(losses.Hinge().forward(score, target), hinge_loss(target, score), rtol=1e-10)
    value, slope = contract.run(losses.SquaredHinge("none"), (score, target), 1.0)
    oracle = _sgd_fast.SquaredHinge(1.0)
    assert_allclose(value, [oracle.py_loss(s, t) for s, t in zip(score, target)], rtol=1e-10)
    assert_allclose(slope, [oracle.py_dloss(s, t) for s, t in zip(score, target)], rtol=1e-10)


# Classes that are ruled out


@pytest.mark.parametrize("kind", ["labels", "probs"])
@pytest.mark.parametrize("name, options", [("CrossEntropy", {}), ("Focal", {}), ("Focal", {"gamma": 0.3})])
def test_a_class_with_a_logit_of_minus_infinity_is_as_good_as_absent(name, options, kind):
    rng = np.random.default_rng(4)
    logits, target = rng.normal(size=(4, 3)), class_targets(rng, 4, 3, kind)
    masked = np.insert(logits, 3, -np.inf, axis=1)
    with_it = target if kind == "labels" else np.insert(target, 3, 0, axis=1)
    value, gradient = contract.run(getattr(losses, name)(**options), (logits, target), 1.0)
    for seen in (
        contract.run(getattr(losses, name)(**options), (masked, with_it), 1.0),
        contract.run_twin(getattr(losses_torch, name)(**options), (masked, with_it), 1.0),
    ):
        contract.assert_same(seen[0], value)
        contract.assert_same(seen[1], np.insert(gradient, 3, 0, axis=1))


@pytest.mark.parametrize("name", ["CrossEntropy", "Focal"])
def test_a_right_answer_that_was_ruled_out_costs_infinitely_much(name):
    logits, labels = np.array([[-np.inf, 0.0, 1.0], [2.0, 0.0, 1.0]]), np.array([0, 0])
    value, gradient = contract.run(getattr(losses, name)(reduction="none"), (logits, labels), 1.0)
    assert value[0] == np.inf
    assert np.isfinite(value[1])
    assert not np.isnan(gradient).any()


@pytest.mark.parametrize(
    "name, prediction, target",
    [
        ("CategoricalCrossEntropy", [[0.25, 0.75], [0.75, 0.25]], [0, 1]),
        ("KLDivergence", [[0.25, 0.75], [0.75, 0.25]], [0, 1]),
        ("BinaryCrossEntropy", [0.25, 0.75, 0.25], [1.0, 0.0, 0.0]),
    ],
)
def test_a_probability_on_the_border_of_the_clipping_was_not_clipped_as_in_pytorch(name, prediction, target):
    row = next(row for row in ROWS if row.name == name)
    arrays = np.array(prediction), np.array(target)
    _, gradient = contract.run(getattr(losses, name)(eps=0.25), arrays, 1.0)
    _, expected = row.oracle("mean", eps=0.25)(arrays, 1.0)
    contract.assert_same(gradient, expected)
    assert (abs(gradient).reshape(len(target), -1).max(axis=1) > 0.1).all()


# Relations that the chapter tells


def test_smooth_l1_is_huber_divided_by_its_border():
    rng = np.random.default_rng(5)
    arrays = rng.normal(size=20) * 3, rng.normal(size=20)
    got, huber = (contract.run(unit, arrays, 1.0) for unit in (losses.SmoothL1(0.4), losses.Huber(0.4)))
    for a, b in zip(got, huber):
        assert_allclose(a, b / 0.4, rtol=1e-10)


@pytest.mark.parametrize("kind", ["labels", "probs"])
def test_focal_without_focus_is_cross_entropy(kind):
    rng = np.random.default_rng(6)
    arrays = rng.normal(size=(6, 4)) * 5, class_targets(rng, 6, 4, kind)
    for a, b in zip(contract.run(losses.Focal(0), arrays, 1.0), contract.run(losses.CrossEntropy(), arrays, 1.0)):
        contract.assert_same(a, b)


def test_the_divergence_is_cross_entropy_without_the_targets_entropy_and_has_its_gradient():
    rng = np.random.default_rng(7)
    p, target = (softmax(rng.normal(size=(6, 4))) for _ in range(2))
    divergence, cross = (
        contract.run(loss, (p, target), 1.0) for loss in (losses.KLDivergence(), losses.CategoricalCrossEntropy())
    )
    contract.assert_same(divergence[0], cross[0] + (target * np.log(target)).sum(axis=1).mean())
    assert_allclose(divergence[1], cross[1], rtol=0)
    contract.assert_same(losses.KLDivergence().forward(target, target), 0.0)


def test_binary_cross_entropy_of_a_sigmoid_is_the_one_with_logits():
    rng = np.random.default_rng(8)
    x, target = rng.normal(size=(5, 3)), rng.uniform(size=(5, 3))
    p = 1 / (1 + np.exp(-x))
    (value, slope), (expected, gradient) = (
        contract.run(losses.BinaryCrossEntropy(), (p, target), 1.0),
        contract.run(losses.BinaryCrossEntropyWithLogits(), (x, target), 1.0),
    )
    contract.assert_same(value, expected)
    contract.assert_same(slope * p * (1 - p), gradient)


def test_labels_and_their_rows_with_a_single_1_are_the_same_target():
    rng = np.random.default_rng(9)
    labels = rng.integers(0, 4, 6)
    p, rows = softmax(rng.normal(size=(6, 4))), labels[:, None] == np.arange(4)
    for name in ("CrossEntropy", "CategoricalCrossEntropy", "KLDivergence", "Focal"):
        for target in (labels.astype(np.int16), rows, rows.astype(int), rows.astype(np.float32)):
            loss = getattr(losses, name)
            for a, b in zip(contract.run(loss(), (p, target), 1.0), contract.run(loss(), (p, labels), 1.0)):
                assert_allclose(a, b, rtol=0)


# What is refused, and in which words

WRONG = {
    "reduction": (
        lambda: losses.Huber(reduction="average"),
        "reduction is 'average'; expected one of .*'mean', 'sum', 'none'",
    ),
    "delta 0": (lambda: losses.Huber(0), "delta is 0; expected 0 < delta < inf"),
    "delta inf": (lambda: losses.Huber(np.inf), "delta is inf; expected 0 < delta < inf"),
    "delta nan": (lambda: losses.Huber(np.nan), "delta is nan"),
    "delta text": (lambda: losses.Huber("mean"), "delta is 'mean'"),
    "beta": (lambda: losses.SmoothL1(-1), "beta is -1; expected 0 < beta < inf"),
    "cosine eps": (lambda: losses.CosineSimilarity(0), "eps is 0; expected 0 < eps < inf"),
    "categorical eps": (lambda: losses.CategoricalCrossEntropy(1), "eps is 1; expected 0 < eps < 1"),
    "binary eps": (lambda: losses.BinaryCrossEntropy(0.5), r"eps is 0.5; expected 0 < eps < 0\.5"),
    "divergence eps": (lambda: losses.KLDivergence(-1e-7), "eps is -1e-07; expected 0 < eps < 1"),
    "gamma": (lambda: losses.Focal(-1), "gamma is -1; expected 0 ≤ gamma < inf"),
    "eps below float32": (
        lambda: losses.KLDivergence(1e-60).forward(np.float32([[1, 0]]), [0]),
        "eps is 1e-60, which float32 cannot tell from 0 near 1; try 1e-7",
    ),
    "1 − eps rounds to 1": (
        lambda: losses.BinaryCrossEntropy(1e-9).forward(np.float32([1, 0]), [0, 1]),
        "eps is 1e-09, which float32 cannot tell",
    ),
    "backward first": (
        lambda: losses.Hinge().backward(),
        r"backward came before forward; expected forward\(prediction, target\)",
    ),
    "dy of a scalar": (
        lambda: backward("mean", np.ones(3)),
        r"dy has shape \(3,\); expected a number or forward's shape \(\)",
    ),
    "dy of losses": (
        lambda: backward("none", np.ones(2)),
        r"dy has shape \(2,\); expected a number or forward's shape \(3,\)",
    ),
    "column": (
        lambda: losses.MeanSquaredError().forward(np.zeros((3, 1)), np.zeros(3)),
        r"prediction has shape \(3, 1\) and target \(3,\); expected equal shapes: try reshape",
    ),
    "empty": (lambda: losses.MeanSquaredError().forward(EMPTY, EMPTY), r"prediction is empty, with shape \(0, 3\)"),
    "no axis": (lambda: losses.Euclidean().forward(1.0, 2.0), "prediction is a single number; expected an array"),
    "no axis, cosine": (lambda: losses.CosineSimilarity().forward(1.0, 2.0), "prediction is a single number"),
    "logits of one example": (
        lambda: losses.CrossEntropy().forward(np.zeros(3), np.zeros(3)),
        r"prediction has shape \(3,\) and target \(3,\); expected \(N, K\) with integer labels \(N,\) or probabilities",
    ),
    "too few labels": (
        lambda: losses.Focal().forward(np.zeros((2, 3)), [1]),
        r"prediction has shape \(2, 3\) and target \(1,\); expected \(N, K\)",
    ),
    "label K": (
        lambda: losses.CrossEntropy().forward(np.zeros((2, 3)), [0, 3]),
        "target holds 3; expected labels from 0 to K − 1 = 2",
    ),
    "label −1": (lambda: losses.CrossEntropy().forward(np.zeros((2, 3)), [-1, 0]), "target holds -1; expected labels"),
    "negative target": (
        lambda: losses.CrossEntropy().forward(np.zeros((1, 2)), [[1.5, -0.5]]),
        "target holds 1.5; expected probabilities",
    ),
    "target rows": (
        lambda: losses.CategoricalCrossEntropy().forward(np.full((2, 2), 0.5), [[1, 0], [0.5, 0.25]]),
        "a row of target sums to 0.75; expected 1",
    ),
    "several classes at once": (
        lambda: losses.KLDivergence().forward(np.full((2, 2), 0.5), [[1, 0], [1, 1]]),
        "a row of target sums to 2.0; expected 1",
    ),
    "logits as probabilities": (
        lambda: losses.CategoricalCrossEntropy().forward(np.array([[2.0, -1.0]]), [0]),
        "prediction holds 2.0; expected probabilities: try sigmoid or softmax",
    ),
    "a binary probability of nan": (
        lambda: losses.BinaryCrossEntropy().forward(np.array([np.nan]), [0]),
        "prediction holds nan; expected probabilities",
    ),
    "binary signs": (
        lambda: losses.BinaryCrossEntropyWithLogits().forward(np.zeros(2), [-1, 1]),
        r"target holds -1.0; expected 0 to 1: try \(target \+ 1\) / 2",
    ),
    "binary target": (
        lambda: losses.BinaryCrossEntropy().forward(np.full(2, 0.5), [0, 2]),
        "target holds 2.0; expected 0 to 1",
    ),
    "every class ruled out": (
        lambda: losses.CrossEntropy().forward(np.full((1, 2), -np.inf), [0]),
        "the largest logit of a row is -inf; expected a finite one",
    ),
    "an infinite logit": (
        lambda: losses.Focal().forward(np.array([[np.inf, 0.0]]), [0]),
        "the largest logit of a row is inf; expected a finite one",
    ),
    "negative counts": (
        lambda: losses.PoissonNLL().forward(np.zeros(2), [3, -1]),
        "target holds -1.0; expected counts, 0 or more",
    ),
    "log of a negative prediction": (
        lambda: losses.MeanSquaredLogarithmicError().forward(np.array([-1.0]), [0]),
        "prediction holds -1.0; expected > −1: try clipping it at 0",
    ),
    "log of a negative target": (
        lambda: losses.MeanSquaredLogarithmicError().forward(np.array([0.0]), [-2]),
        "target holds -2.0; expected > −1",
    ),
    "log of a target of −1": (
        lambda: losses.MeanSquaredLogarithmicError().forward(np.array([0.0]), [-1]),
        "target holds -1.0; expected > −1",
    ),
} | {
    f"{name} with 0 and 1": (
        lambda name=name: getattr(losses, name)().forward(np.zeros(2), [0, 1]),
        r"target holds 0.0; expected −1 or \+1: try 2\*target − 1 for 0 and 1",
    )
    for name in ("Hinge", "SquaredHinge", "SoftMargin")
}

WRONG_TYPE = {
    "whole predictions": (
        lambda: losses.MeanSquaredError().forward([1, 2], [1.0, 2.0]),
        r"prediction is int64; expected float64 or float32: try prediction\.astype\(float\)",
    ),
    "half precision": (lambda: losses.Hinge().forward(np.zeros(1, np.float16), [1]), "prediction is float16"),
    "words": (lambda: losses.MeanSquaredError().forward([1.0], ["one"]), r"target is <U3; expected numbers"),
    "labels as floats": (
        lambda: losses.CrossEntropy().forward(np.zeros((2, 3)), [0.0, 1.0]),
        r"target is float64; expected integer labels: try target\.astype\(int\)",
    ),
    "the twin's labels as floats": (
        lambda: losses_torch.CrossEntropy()(torch.zeros(2, 3), torch.zeros(2)),
        r"target is torch.float32; expected integer labels: try target\.long\(\)",
    ),
}


def backward(reduction, dy):
    loss = losses.MeanSquaredError(reduction)
    loss.forward(np.ones(3), np.zeros(3))
    return loss.backward(dy)


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


@pytest.mark.parametrize("wrong, message", WRONG_TYPE.values(), ids=WRONG_TYPE)
def test_a_wrong_type_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(TypeError, match=f"^{message}"):
        wrong()


def test_the_twin_refuses_the_same_hyperparameters_and_shapes():
    wrong = {
        "^reduction is 'average'": lambda: losses_torch.Hinge(reduction="average"),
        "^delta is 0; ": lambda: losses_torch.Huber(0),
        "^beta is -1; ": lambda: losses_torch.SmoothL1(-1),
        "^eps is 0; ": lambda: losses_torch.CosineSimilarity(0),
        "^eps is 1; ": lambda: losses_torch.CategoricalCrossEntropy(1),
        "^eps is 2; ": lambda: losses_torch.KLDivergence(2),
        "^eps is 0.5; ": lambda: losses_torch.BinaryCrossEntropy(0.5),
        "^gamma is -1; ": lambda: losses_torch.Focal(-1),
    }
    for message, make in wrong.items():
        with pytest.raises(ValueError, match=message):
            make()


@pytest.mark.parametrize("name", NAMES)
def test_a_column_beside_a_row_is_refused_and_not_broadcast(name):
    loss, twin = getattr(losses, name)(), getattr(losses_torch, name)()
    prediction, target = np.full((3, 1), 0.5), np.ones((1, 3))
    with pytest.raises(ValueError, match=r"^prediction has shape \(3, 1\) and target \(1, 3\); expected "):
        loss.forward(prediction, target)
    with pytest.raises(ValueError, match=r"^prediction has shape \(3, 1\) and target \(1, 3\); expected "):
        twin(torch.tensor(prediction), torch.tensor(target))


@pytest.mark.parametrize("dtype, off", [(np.float32, 1e-4), (np.float64, 1e-8)])
def test_rows_may_miss_1_by_what_rounding_does(dtype, off):
    target = np.array([[0.5, 0.5 - off]], dtype)
    assert np.isfinite(losses.CrossEntropy().forward(np.zeros((1, 2)), target))
    with pytest.raises(ValueError, match="sums to"):
        losses.CrossEntropy().forward(np.zeros((1, 2)), target - np.array(100 * off, dtype))
