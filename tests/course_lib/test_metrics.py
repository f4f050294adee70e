"""Every metric is that of scikit-learn, and its twin answers the same without waiting for the device."""

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import sklearn.metrics
import torch
from numpy.testing import assert_allclose
from scipy.spatial import distance

from course_lib import losses, metrics, metrics_torch
from tests.course_lib import contract

ORACLES = {
    "metrics.confusion": "sklearn.metrics.confusion_matrix",
    "metrics.accuracy": "sklearn.metrics.accuracy_score",
    "metrics.precision": "sklearn.metrics.precision_score",
    "metrics.recall": "sklearn.metrics.recall_score",
    "metrics.sensitivity": "sklearn.metrics.recall_score",
    "metrics.specificity": "sklearn.metrics.recall_score",
    "metrics.roc_auc": "sklearn.metrics.roc_auc_score",
    "metrics.cross_entropy": "sklearn.metrics.log_loss",
    "metrics.cosine_similarity": "scipy.spatial.distance.cosine",
}
IDS = tuple(ORACLES)


@dataclass(frozen=True)
class Row:
    name: str
    oracle: Callable  # (prediction, target) -> number
    inputs: tuple[Callable, ...]  # rng -> prediction, target
    options: tuple[dict, ...] = ({},)

    @property
    def metric(self):
        return getattr(metrics, self.name)

    @property
    def twin(self):
        return getattr(metrics_torch, self.name)

    def drawn(self):
        rng = np.random.default_rng(1)
        for options in self.options:
            for make in self.inputs:
                for _ in range(5):
                    yield make(rng, **options), options


def yes_or_no(n, share=0.4, dtype=int):
    """Labels that are right two times in three; of few, one class may be missing."""

    def make(rng, classes=2):
        target = (rng.random(n) < share) * (classes - 1)
        return np.where(rng.random(n) < 2 / 3, target, rng.integers(0, classes, n)).astype(dtype), target.astype(dtype)

    return make


def labels(*shape, k=4):
    def make(rng, classes=None):
        target = rng.integers(0, classes or k, shape)
        return np.where(rng.random(shape) < 0.5, target, rng.integers(0, classes or k, shape)), target

    return make


def class_scores(n, k=2):
    return lambda rng, classes=None: (rng.normal(size=(n, classes or k)), rng.integers(0, classes or k, n))


def scores(n, ties):
    def make(rng):
        target = rng.permutation(np.arange(n) % 3 == 0).astype(int)  # both classes, from n = 2 on
        score = rng.normal(size=n) + target
        return np.round(score, 0 if ties else 12), target

    return make


def probs(n, k):
    return lambda rng: (rng.dirichlet(np.ones(k), n), np.append(np.arange(k), rng.integers(0, k, n - k)))


def vectors(*shape):
    return lambda rng: (rng.normal(size=shape), rng.normal(size=shape) + 0.5)


def chosen(prediction, target):
    return prediction.argmax(axis=-1) if prediction.ndim > target.ndim else prediction


def by_sklearn(metric, **options):
    def oracle(prediction, target):
        return metric(np.ravel(target), np.ravel(chosen(prediction, target)), **options)

    return oracle


def confusion_by_sklearn(prediction, target, classes=2):
    return by_sklearn(sklearn.metrics.confusion_matrix, labels=range(classes))(prediction, target)


def cosine_by_scipy(prediction, target):
    rows = (x.reshape(-1, x.shape[-1]) for x in (prediction, target))
    return np.mean([1 - distance.cosine(p, t) for p, t in zip(*rows)])


BINARY = (yes_or_no(30), yes_or_no(30, dtype=bool), yes_or_no(4), yes_or_no(1), yes_or_no(50, 0.05), class_scores(20))
ROWS = (
    Row("confusion", confusion_by_sklearn, (*BINARY, labels(20, k=2)), ({}, {"classes": 2}, {"classes": 5})),
    Row(
        "accuracy",
        by_sklearn(sklearn.metrics.accuracy_score),
        (*BINARY, labels(30), labels(4, 5), class_scores(20, 5), class_scores(1, 3)),
    ),
    Row("precision", by_sklearn(sklearn.metrics.precision_score, zero_division=0.0), BINARY),
    Row("recall", by_sklearn(sklearn.metrics.recall_score, zero_division=0.0), BINARY),
    Row("sensitivity", by_sklearn(sklearn.metrics.recall_score, zero_division=0.0), BINARY),
    Row("specificity", by_sklearn(sklearn.metrics.recall_score, pos_label=0, zero_division=0.0), BINARY),
    Row(
        "roc_auc",
        lambda prediction, target: sklearn.metrics.roc_auc_score(target, prediction),
        (scores(40, ties=True), scores(40, ties=False), scores(5, ties=True), scores(2, ties=False)),
    ),
    Row(
        "cross_entropy",
        lambda prediction, target: sklearn.metrics.log_loss(target, prediction),
        (probs(20, 4), probs(3, 2)),
    ),
    Row("cosine_similarity", cosine_by_scipy, (vectors(6, 4), vectors(5), vectors(2, 3, 4))),
)
every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
every_device = pytest.mark.parametrize("device", contract.DEVICES)


def functions_in_order(module):
    tree = ast.parse(Path(module.__file__).read_text())
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


def test_the_table_and_both_files_hold_what_the_course_promises():
    names = [id.removeprefix("metrics.") for id in IDS]
    assert [row.name for row in ROWS] == names
    for file in (metrics, metrics_torch):
        assert file.__all__ == names == functions_in_order(file)
    for row in ROWS:
        assert inspect.signature(row.twin) == inspect.signature(row.metric)
        assert row.twin.__doc__.startswith(f"See `metrics.{row.name}`.")


@every_row
def test_every_metric_is_that_of_scikit_learn_or_scipy(row):
    for (prediction, target), options in row.drawn():
        got = row.metric(prediction, target, **options)
        contract.assert_same(got, row.oracle(prediction, target, **options))
        if row.name == "confusion":
            assert got.dtype == int
        else:
            assert type(got) is float


@every_device
@every_row
def test_the_twin_agrees(row, device):
    for (prediction, target), options in row.drawn():
        tensors = [torch.tensor(array, device=device) for array in (prediction, target)]
        got = row.twin(*tensors, **options)
        assert got.device.type == device
        contract.assert_same(got.cpu().numpy(), row.metric(prediction, target, **options))


@every_row
def test_the_twin_does_not_wait_for_the_device(row):
    """On the device "meta" there are shapes and no numbers: to look at one raises an error."""
    for (prediction, target), options in row.drawn():
        meta = [torch.tensor(array, device="meta") for array in (prediction, target)]
        answer = row.twin(*meta, **options)
        assert answer.is_meta
        with pytest.raises(RuntimeError):
            answer.sum().item()


@every_row
def test_inputs_are_left_alone(row):
    for arrays, options in row.drawn():
        row.metric(*contract.read_only(arrays), **options)
        tensors = [torch.tensor(array) for array in arrays]
        row.twin(*tensors, **options)
        for tensor, array in zip(tensors, arrays):
            assert_allclose(tensor.numpy(), array, rtol=0)


@pytest.mark.parametrize("row", ROWS[6:], ids=lambda row: row.name)
def test_float32_predictions_are_measured_too(row):
    for (prediction, target), _ in row.drawn():
        got = row.metric(prediction.astype(np.float32), target)
        assert type(got) is float
        assert_allclose(got, row.metric(prediction, target), rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("row", ROWS[:6], ids=lambda row: row.name)
def test_lists_of_labels_will_do(row):
    contract.assert_same(
        row.metric([1, 0, 1, 1], [1, 1, 0, 1]), row.oracle(np.array([1, 0, 1, 1]), np.array([1, 1, 0, 1]))
    )


def test_rows_are_targets_and_columns_are_predictions():
    assert metrics.confusion([1, 1, 1, 0], [0, 0, 1, 1]).tolist() == [[0, 2], [1, 1]]
    assert metrics.confusion([2, 0], [1, 1], classes=3).tolist() == [[0, 0, 0], [1, 0, 1], [0, 0, 0]]
    assert metrics_torch.confusion(torch.tensor([2, 0]), torch.tensor([1, 1]), 3)[1].tolist() == [1, 0, 1]


def test_confusions_of_batches_add_up():
    prediction, target = labels(50)(np.random.default_rng(2))
    whole = metrics.confusion(prediction, target, 4)
    parts = [slice(0, 17), slice(17, 50)]
    assert sum(metrics.confusion(prediction[part], target[part], 4) for part in parts).tolist() == whole.tolist()
    tensors = torch.tensor(prediction), torch.tensor(target)
    summed = sum(metrics_torch.confusion(tensors[0][part], tensors[1][part], 4) for part in parts)
    assert summed.tolist() == whole.tolist()


def test_one_class_of_several_is_asked_about_with_an_equation():
    prediction, target = labels(60)(np.random.default_rng(3))
    each = [metrics.precision(prediction == c, target == c) for c in range(4)]
    assert_allclose(each, sklearn.metrics.precision_score(target, prediction, average=None), rtol=1e-10)


@pytest.mark.parametrize("name, prediction, target", [
    ("precision", [0, 0], [1, 0]),
    ("recall", [1, 0], [0, 0]),
    ("sensitivity", [1, 0], [0, 0]),
    ("specificity", [1, 0], [1, 1]),
])  # fmt: skip
def test_a_share_of_nothing_is_0(name, prediction, target):
    assert getattr(metrics, name)(prediction, target) == 0.0
    assert getattr(metrics_torch, name)(torch.tensor(prediction), torch.tensor(target)).item() == 0.0


# The area under the curve


def test_the_area_is_the_share_of_pairs_in_the_right_order_and_half_of_the_ties():
    prediction, target = np.array([0.1, 0.4, 0.4, 0.4, 0.8, 0.2]), np.array([0, 0, 1, 1, 1, 0])
    pairs = [(p > n) + (p == n) / 2 for p in prediction[target == 1] for n in prediction[target == 0]]
    assert_allclose(metrics.roc_auc(prediction, target), np.mean(pairs), rtol=1e-10)
    assert metrics.roc_auc(np.zeros(5), np.array([0, 1, 1, 0, 1])) == 0.5
    assert metrics.roc_auc(-prediction, target) == pytest.approx(1 - np.mean(pairs), rel=1e-10)


def test_the_area_is_that_of_the_trapezoids_below_the_curve():
    prediction, target = scores(60, ties=True)(np.random.default_rng(4))
    thresholds = [np.inf, *np.unique(prediction)[::-1]]
    called = [(prediction >= threshold).astype(int) for threshold in thresholds]
    curve = [(1 - metrics.specificity(labels, target), metrics.recall(labels, target)) for labels in called]
    assert_allclose(metrics.roc_auc(prediction, target), np.trapezoid(*np.transpose(curve)[::-1]), rtol=1e-10)


def test_only_the_order_of_the_scores_matters():
    prediction, target = scores(30, ties=False)(np.random.default_rng(5))
    expected = metrics.roc_auc(prediction, target)
    infinite = np.where(prediction == prediction.max(), np.inf, prediction)
    for stretched in (np.exp(prediction), prediction * 1e300, infinite):
        assert metrics.roc_auc(stretched, target) == expected
        assert_allclose(metrics_torch.roc_auc(*map(torch.tensor, (stretched, target))).item(), expected, rtol=1e-10)


def test_booleans_and_floats_are_targets_too():
    prediction, target = scores(20, ties=True)(np.random.default_rng(6))
    for kind in (bool, float, np.int8):
        assert metrics.roc_auc(prediction, target.astype(kind)) == metrics.roc_auc(prediction, target)
        twin = metrics_torch.roc_auc(torch.tensor(prediction), torch.tensor(target.astype(kind)))
        assert_allclose(twin.item(), metrics.roc_auc(prediction, target), rtol=1e-10)


@pytest.mark.parametrize("name", [row.name for row in ROWS[1:7]])
def test_the_twin_answers_in_float64_whatever_the_predictions_are(name):
    prediction, target = torch.tensor([0.1, 0.7, 0.9]), torch.tensor([0, 1, 0])
    prediction = prediction if name == "roc_auc" else prediction > 0.5
    assert getattr(metrics_torch, name)(prediction, target).dtype == torch.float64


def test_many_examples_do_not_overflow():
    n = 100_000
    target = np.arange(n) % 2
    assert metrics.roc_auc(target * 1.0, target) == 1.0
    assert metrics_torch.roc_auc(torch.tensor(target * 1.0), torch.tensor(target)).item() == 1.0


def test_the_twin_says_nan_of_one_class():
    assert torch.isnan(metrics_torch.roc_auc(torch.tensor([0.1, 0.2]), torch.tensor([1, 1])))


# Of probabilities and vectors


def test_cross_entropy_is_the_loss_of_probabilities_and_of_the_logits_behind_them():
    prediction, target = probs(12, 3)(np.random.default_rng(7))
    got = metrics.cross_entropy(prediction, target)
    assert_allclose(got, losses.CrossEntropy().forward(np.log(prediction), target), rtol=1e-10)
    rows = np.eye(3)[target]
    assert_allclose(metrics.cross_entropy(prediction, rows), got, rtol=1e-10)


def test_a_right_class_of_probability_0_costs_what_the_clipping_says():
    assert_allclose(metrics.cross_entropy(np.array([[1.0, 0.0]]), [1]), -np.log(1e-7), rtol=1e-10)


def test_the_cosine_is_1_for_the_same_direction_and_minus_1_for_the_opposite():
    x = np.array([[3.0, 4.0], [1e200, 0.0]])
    assert_allclose(metrics.cosine_similarity(x, 2 * x), 1.0, rtol=1e-10)
    assert_allclose(metrics.cosine_similarity(x, -x), -1.0, rtol=1e-10)


# What is refused, and in which words

SCORES = np.array([0.1, 0.7, 0.4])
WRONG = {
    "shapes": (
        lambda: metrics.accuracy([1, 0], [1]),
        r"prediction has shape \(2,\) and target \(1,\); expected equal shapes: try reshape",
    ),
    "a column": (
        lambda: metrics.accuracy(np.ones((3, 1)), [1, 1, 1]),
        r"prediction has shape \(3, 1\) and target \(3,\)",
    ),
    "empty": (lambda: metrics.accuracy(np.empty(0, int), np.empty(0, int)), r"target is empty, with shape \(0,\)"),
    "class 2": (
        lambda: metrics.precision([0, 2], [0, 1]),
        "prediction holds 2; expected labels from 0 to 1: for one class c of several, try prediction == c",
    ),
    "target 3": (lambda: metrics.confusion([0, 2], [0, 3], classes=3), "target holds 3; expected labels from 0 to 2"),
    "−1 and +1": (lambda: metrics.recall([1, 1], [-1, 1]), "target holds -1; expected labels from 0 to 1"),
    "one class": (
        lambda: metrics.roc_auc(SCORES, [1, 1, 1]),
        "target holds only 1; expected both 0 and 1: try more examples, or shuffle before a split",
    ),
    "a single example": (lambda: metrics.roc_auc(SCORES[:1], [1]), "target holds only 1; expected both 0 and 1"),
    "the other class": (lambda: metrics.roc_auc(SCORES, [0, 0, 0]), "target holds only 0; expected both 0 and 1"),
    "signs": (
        lambda: metrics.roc_auc(SCORES, [-1, 1, 1]),
        "target holds -1; expected 0 or 1: try target > 0 for −1 and \\+1",
    ),
    "a score of nan": (
        lambda: metrics.roc_auc(np.array([0.1, np.nan]), [0, 1]),
        "prediction holds nan; expected scores that can be put in order",
    ),
    "two columns": (
        lambda: metrics.roc_auc(np.ones((3, 2)), [0, 1, 1]),
        r"prediction has shape \(3, 2\); expected one score each: try prediction\[:, 1\]",
    ),
    "scores of another shape": (
        lambda: metrics.roc_auc(SCORES, [0, 1]),
        r"prediction has shape \(3,\) and target \(2,\)",
    ),
    "logits": (
        lambda: metrics.cross_entropy(np.array([[2.0, -1.0]]), [0]),
        "prediction holds 2.0; expected probabilities",
    ),
    "the twin's shapes": (
        lambda: metrics_torch.accuracy(torch.tensor([1, 0]), torch.tensor([1])),
        r"prediction has shape \(2,\) and target \(1,\)",
    ),
    "the twin's scores": (
        lambda: metrics_torch.roc_auc(torch.ones(2), torch.tensor([1])),
        r"prediction has shape \(2,\) and target \(1,\)",
    ),
}
WRONG_TYPE = {
    "probabilities": (
        lambda: metrics.precision(SCORES, [0, 1, 1]),
        r"prediction is float64; expected integer labels: try prediction > 0\.5 or prediction\.astype\(int\)",
    ),
    "targets": (lambda: metrics.accuracy([0, 1], [0.0, 1.0]), "target is float64; expected integer labels"),
    "words": (lambda: metrics.accuracy(["a"], ["b"]), "prediction is <U1; expected integer labels"),
    "whole scores": (lambda: metrics.roc_auc([1, 2], [0, 1]), "prediction is int64; expected float64 or float32"),
    "the twin's probabilities": (
        lambda: metrics_torch.recall(torch.ones(2), torch.tensor([0, 1])),
        r"prediction is torch\.float32; expected integer labels: try prediction > 0\.5 or prediction\.long\(\)",
    ),
}


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


@pytest.mark.parametrize("wrong, message", WRONG_TYPE.values(), ids=WRONG_TYPE)
def test_a_wrong_type_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(TypeError, match=f"^{message}"):
        wrong()
