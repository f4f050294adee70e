"""Every activation keeps the contract."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import scipy.special
from numpy.testing import assert_allclose
from torch import nn

from course_lib import activations, activations_torch
from tests.course_lib import contract
from tests.course_lib.coverage_ids import names


@dataclass(frozen=True)
class Row:
    name: str
    oracle: Callable  # (**options) -> a function of tensors
    inputs: tuple[Callable, ...]  # rng -> x
    large: tuple[Callable, ...]  # dtype -> x
    options: tuple[dict, ...] = ({},)

    def units(self):
        """The reference, its twin and the oracle, for every choice of hyperparameters."""
        for options in self.options:
            unit, twin = (getattr(file, self.name)(**options) for file in (activations, activations_torch))
            yield unit, twin, self.oracle(**options)

    def drawn(self):
        rng = np.random.default_rng(zlib.crc32(self.name.encode()))
        for make in self.inputs:
            yield make(rng), rng


def normal(*shape, scale=2.0):
    return lambda rng: rng.normal(size=shape) * scale


def large(dtype):
    size = 1e4 if dtype == np.float64 else 80.0
    return np.array([[size, -size, 0], [size, size, size], [-size, -size, -size], [0, 0, 40]], dtype)


def ruled_out(dtype):
    return np.array([[[0, 2, 1], [-3, 0, 1]]], dtype) - np.array([100, 0, 0], dtype)


ROWS = (
    Row(
        "LogSoftmax",
        lambda: nn.LogSoftmax(dim=-1),
        (normal(5, 3), normal(4), normal(2, 3, 4), normal(3, 1), normal(4, 3, scale=20.0)),
        (large, ruled_out),
    ),
)

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
every_device = pytest.mark.parametrize("device", contract.DEVICES)


def test_the_table_and_both_files_hold_what_the_course_promises():
    contract.assert_complete(ROWS, activations, activations_torch, names("activations"))


def test_every_hyperparameter_is_tried_far_from_its_default():
    contract.assert_every_hyperparameter_is_moved(ROWS, activations)


@every_row
def test_backward_is_the_derivative_of_forward(row):
    for unit, _, _ in row.units():
        for x, rng in row.drawn():
            contract.assert_backward_is_the_derivative_of_forward(unit, [x], rng)


@every_device
@every_row
def test_the_twin_agrees_in_value_and_gradient(row, device):
    for unit, twin, _ in row.units():
        for x, rng in row.drawn():
            contract.assert_twin_agrees(unit, twin, [x], rng, device)


@every_row
def test_an_oracle_agrees_in_value_and_gradient(row):
    for unit, _, oracle in row.units():
        for x, rng in row.drawn():
            contract.assert_oracle_agrees(unit, lambda arrays, dy, f=oracle: contract.run_twin(f, arrays, dy), [x], rng)


@every_device
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=lambda dtype: dtype.__name__)
@every_row
def test_large_inputs_stay_finite_without_a_warning(row, dtype, device):
    for unit, twin, _ in row.units():
        for make in row.large:
            contract.assert_stays_finite(unit, twin, [make(dtype)], device)


@every_row
def test_inputs_are_left_alone_and_changing_them_later_does_not_matter(row):
    for unit, twin, _ in row.units():
        for x, rng in row.drawn():
            contract.assert_leaves_inputs_alone(unit, twin, [x], rng)


@every_device
@every_row
def test_float32_stays_float32(row, device):
    for unit, twin, _ in row.units():
        for x, rng in row.drawn():
            contract.assert_keeps_float32(unit, twin, [x], rng, device)


# LogSoftmax


def test_log_softmax_is_that_of_scipy():
    x = np.random.default_rng(1).normal(size=(4, 5)) * 10
    contract.assert_same(activations.LogSoftmax().forward(x), scipy.special.log_softmax(x, axis=-1))


def test_the_log_of_a_probability_near_1_keeps_its_digits():
    y = activations.LogSoftmax().forward(np.array([0.0, -50.0, -60.0]))
    assert_allclose(y[0], -(np.exp(-50) + np.exp(-60)), rtol=1e-10)  # 1 + e⁻⁵⁰ is 1 in float64


def test_minus_infinity_is_a_probability_of_0():
    x, dy = np.array([-np.inf, 0.5, 2.0]), np.array([0.0, 1.0, -3.0])
    unit = activations.LogSoftmax()
    y, gradient = contract.run(unit, [x], dy)
    assert y[0] == -np.inf
    y_without, gradient_without = contract.run(unit, [x[1:]], dy[1:])
    contract.assert_same(y[1:], y_without)
    contract.assert_same(gradient, np.append(0, gradient_without))
    twin_y, twin_gradient = contract.run_twin(activations_torch.LogSoftmax(), [x], dy)
    contract.assert_same(twin_y, y)
    contract.assert_same(twin_gradient, gradient)


WRONG = {
    "backward first": (
        lambda: activations.LogSoftmax().backward([1.0]),
        "backward came before forward; expected forward first",
    ),
    "dy": (lambda: backward(np.ones(3)), r"dy has shape \(3,\); expected forward's shape \(2, 3\)"),
    "a number": (lambda: activations.LogSoftmax().forward(1.0), "x is a single number; expected an array"),
    "empty": (lambda: activations.LogSoftmax().forward(np.empty((0, 2))), r"x is empty, with shape \(0, 2\)"),
    "infinite": (
        lambda: activations.LogSoftmax().forward(np.array([[0.0, 1.0], [np.inf, 1.0]])),
        "the largest logit of a row is inf; expected a finite one",
    ),
}


def backward(dy):
    unit = activations.LogSoftmax()
    unit.forward(np.zeros((2, 3)))
    return unit.backward(dy)


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


def test_whole_numbers_are_refused():
    with pytest.raises(TypeError, match=r"^x is int64; expected float64 or float32: try x\.astype\(float\)"):
        activations.LogSoftmax().forward([1, 2])
