"""Recurrent layers keep the contract of layers; then what they remember, and what each refuses."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn

from course_lib import layers, layers_torch
from course_lib.layers import recurrent
from course_lib.layers_torch import recurrent as recurrent_torch
from tests.course_lib import layer_contract
from tests.course_lib.contract import DEVICES
from tests.course_lib.layer_contract import Case

ORACLES = {
    "layers.RNN": "torch.nn.RNN",
    "layers.LSTM": "torch.nn.LSTM",
    "layers.GRU": "torch.nn.GRU",
}
IDS = tuple(ORACLES)
NAMES = tuple(id.removeprefix("layers.") for id in IDS)


def pytorch(name):
    """PyTorch's layer: its second bias stays 0, but for the part of GRU's that stands within the reset gate's reach."""

    def oracle(inputs, hidden):
        layer = getattr(nn, name)(inputs, hidden, batch_first=True).double()
        layer.bias_hh_l0.data.zero_()
        ours = {"input_weight": layer.weight_ih_l0, "hidden_weight": layer.weight_hh_l0, "bias": layer.bias_ih_l0}
        table = {key: (tensor, ...) for key, tensor in ours.items()}
        if name == "GRU":
            table["hidden_bias"] = layer.bias_hh_l0, slice(2 * hidden, None)
        return lambda x: layer(x)[0], table

    return oracle


def case(name, inputs, hidden, n, steps):
    return Case(
        name, {"inputs": inputs, "hidden": hidden}, lambda rng: [rng.normal(size=(n, steps, inputs))], pytorch(name)
    )


SIZES = ((3, 4, 2, 5), (1, 1, 1, 1), (2, 1, 3, 4), (1, 5, 1, 3), (4, 2, 5, 1))
CASES = tuple(case(name, *sizes) for name in NAMES for sizes in SIZES)

every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_device = pytest.mark.parametrize("device", DEVICES)
every_layer = pytest.mark.parametrize("name", NAMES)


def test_the_cases_and_both_files_hold_what_the_course_promises():
    layer_contract.assert_complete(CASES, recurrent, recurrent_torch, IDS)


class TestContract(layer_contract.Contract):
    cases = CASES


# What they remember


@every_layer
def test_a_step_changes_its_own_state_and_the_later_ones(name):
    layer, x = getattr(layers, name)(2, 3, np.random.default_rng(1)), np.random.default_rng(2).normal(size=(1, 6, 2))
    y = layer.forward(x)
    x[0, 3] += 1
    changed = abs(layer.forward(x) - y)[0].max(axis=1) > 1e-9
    assert changed.tolist() == [False, False, False, True, True, True]


@every_layer
def test_the_gradient_flows_back_through_time_only(name):
    layer, x = getattr(layers, name)(2, 3, np.random.default_rng(1)), np.random.default_rng(2).normal(size=(1, 6, 2))
    dy = np.zeros(layer.forward(x).shape)
    dy[0, 3] = 1
    reached = abs(layer.backward(dy))[0].max(axis=1) > 1e-9
    assert reached.tolist() == [True, True, True, True, False, False]


@every_layer
def test_examples_of_a_batch_do_not_see_each_other_and_no_state_is_left_over(name):
    layer, x = getattr(layers, name)(2, 3, np.random.default_rng(1)), np.random.default_rng(2).normal(size=(4, 5, 2))
    y = layer.forward(x)
    assert_allclose(layer.forward(x[2:3]), y[2:3], rtol=1e-10)
    assert_allclose(layer.forward(x[:, :2]), y[:, :2], rtol=1e-10)


def test_the_gates_order_is_that_of_the_docstring():
    """A bias of ±50 opens or shuts a gate altogether."""
    rng = np.random.default_rng(3)
    x, lstm, gru = rng.normal(size=(1, 8, 2)), layers.LSTM(2, 1, rng), layers.GRU(2, 1, rng)
    lstm.params["bias"] = np.array([-50.0, 0, 0, 0])
    assert_allclose(lstm.forward(x), np.zeros((1, 8, 1)), atol=1e-12)  # i shut: nothing enters
    lstm.params["bias"] = np.array([50.0, 50, 50, 50])
    assert_allclose(lstm.forward(x)[0, :, 0], np.tanh(np.arange(1, 9)), rtol=1e-10)  # all open: c counts the steps
    lstm.params["bias"] = np.array([50.0, -50, 50, 50])
    assert_allclose(lstm.forward(x)[0, :, 0], np.tanh(np.ones(8)), rtol=1e-10)  # f shut: c is the last g
    lstm.params["bias"] = np.array([50.0, 50, 50, -50])
    assert_allclose(lstm.forward(x), np.zeros((1, 8, 1)), atol=1e-12)  # o shut: nothing leaves
    gru.params["bias"] = np.array([0.0, 50, 0])
    assert_allclose(gru.forward(x), np.zeros((1, 8, 1)), atol=1e-12)  # z open: the old state stays
    gru.params["bias"], gru.params["hidden_bias"] = np.array([-50.0, -50, 0]), np.array([50.0])
    candidate = np.tanh(x @ gru.params["input_weight"][2:].T)
    assert_allclose(gru.forward(x), candidate, rtol=1e-10)  # r shut: neither U h nor its bias counts


@every_layer
def test_a_long_sequence_stays_finite_there_and_back(name):
    rng = np.random.default_rng(4)
    layer = getattr(layers, name)(3, 8, rng)
    dy = rng.normal(size=layer.forward(rng.normal(size=(2, 500, 3))).shape)
    assert np.isfinite(layer.backward(dy)).all()
    assert all(np.isfinite(g).all() for g in layer.grads.values())


@every_layer
def test_the_state_that_is_kept_for_backward_is_not_the_one_that_is_answered(name):
    layer, x = getattr(layers, name)(2, 3, np.random.default_rng(1)), np.random.default_rng(2).normal(size=(1, 4, 2))
    assert not np.shares_memory(layer.forward(x), layer.h)


@every_layer
def test_parameters_start_uniform_within_1_over_the_root_of_hidden_as_in_pytorch(name):
    made = (
        {key: p for key, p in getattr(layers, name)(20, 25, np.random.default_rng(5)).params.items()},
        {
            key: p.detach().numpy()
            for key, p in getattr(layers_torch, name)(20, 25, torch.Generator()).named_parameters()
        },
    )
    for params in made:
        for p in params.values():
            assert_allclose(abs(p).max(), 0.2, rtol=0.1)
            assert_allclose(p.std(), 0.2 / np.sqrt(3), rtol=0.35 if p.size < 100 else 0.1)
            assert abs(p).max() <= 0.2
            assert abs(p.mean()) < 0.1
    theirs = torch.cat([p.flatten() for p in getattr(nn, name)(20, 25).parameters()])
    assert_allclose(theirs.abs().max().item(), 0.2, rtol=0.01)


@every_layer
def test_the_same_seed_draws_the_same_parameters(name):
    first, again, other = (
        getattr(layers, name)(2, 3, np.random.default_rng(seed)).params["bias"] for seed in (1, 1, 2)
    )
    assert_allclose(first, again, rtol=0)
    assert abs(first - other).max() > 0.1
    first, again = (getattr(layers_torch, name)(2, 3, torch.Generator().manual_seed(1)).bias for _ in range(2))
    assert_allclose(first.detach(), again.detach(), rtol=0)


# What is refused, and in which words


@pytest.mark.parametrize(
    "file, rng", [(layers, np.random.default_rng(7)), (layers_torch, None)], ids=["reference", "twin"]
)
@every_layer
def test_a_wrong_size_is_refused_in_one_clear_sentence(name, file, rng):
    with pytest.raises(ValueError, match=r"^inputs is 0; expected a whole number, 1 or more"):
        getattr(file, name)(0, 3, rng)
    with pytest.raises(ValueError, match=r"^hidden is 2\.5; expected a whole number, 1 or more"):
        getattr(file, name)(3, 2.5, rng)
    with pytest.raises(TypeError, match=r"^rng is 0; expected a"):
        getattr(file, name)(3, 2, 0)


@pytest.mark.parametrize(
    "shape, message",
    [
        ((5, 3), r"x has shape \(5, 3\); expected \(N, T, D\): try x\[None\] for a single example"),
        ((2, 5, 4), r"x has shape \(2, 5, 4\); expected \(…, 3\)"),
    ],
)
@every_layer
def test_a_wrong_shape_is_refused_in_one_clear_sentence(name, shape, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        getattr(layers, name)(3, 2, np.random.default_rng(7)).forward(np.zeros(shape))
    with pytest.raises(ValueError, match=f"^{message}"):
        getattr(layers_torch, name)(3, 2, None)(torch.zeros(shape))


@every_layer
def test_backward_before_forward_and_a_wrong_dy_are_refused(name):
    layer = getattr(layers, name)(3, 2, np.random.default_rng(7))
    with pytest.raises(ValueError, match=r"^backward came before forward; expected forward first"):
        layer.backward(np.ones((1, 4, 2)))
    layer.forward(np.zeros((1, 4, 3)))
    with pytest.raises(ValueError, match=r"^dy has shape \(1, 2\); expected forward's shape \(1, 4, 2\)"):
        layer.backward(np.ones((1, 2)))  # of the last step only
    with pytest.raises(TypeError, match=r"^x is int64; expected float64 or float32: try x\.astype\(float\)"):
        layer.forward(np.zeros((1, 4, 3), int))
    with pytest.raises(ValueError, match=r"^x is empty, with shape \(1, 0, 3\)"):
        layer.forward(np.zeros((1, 0, 3)))
