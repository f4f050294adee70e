"""Normalization: running averages, means and variances, refusals; the contract is in test_layers_basic."""

import numpy as np
import pytest
import sklearn.preprocessing
import torch
from numpy.testing import assert_allclose
from torch import nn

from course_lib import layers, layers_torch

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("name", ["BatchNorm", "LayerNorm", "InstanceNorm", "GroupNorm"])
def test_weights_start_at_1_and_biases_at_0(name):
    twin = dict(make(name, layers_torch)().named_parameters())
    for start in (make(name, layers)().params, {key: value.detach() for key, value in twin.items()}):
        assert_allclose(start["weight"], np.ones(3), rtol=0)
        assert_allclose(start["bias"], np.zeros(3), rtol=0)


def test_running_averages_start_at_mean_0_and_variance_1():
    for start in (layers.BatchNorm(2).buffers, dict(layers_torch.BatchNorm(2).named_buffers())):
        assert_allclose(start["running_mean"], [0, 0], rtol=0)
        assert_allclose(start["running_var"], [1, 1], rtol=0)


def test_running_averages_follow_the_batches_with_the_unbiased_variance():
    unit, twin = layers.BatchNorm(2, momentum=0.25), layers_torch.BatchNorm(2, momentum=0.25).double()
    oracle, mean, var = nn.BatchNorm1d(2, momentum=0.25).double(), np.zeros(2), np.ones(2)
    for _ in range(3):
        x = RNG.normal(size=(4, 2)) * 3 + 1
        for layer in (unit.forward, lambda x: twin(torch.tensor(x)), lambda x: oracle(torch.tensor(x))):
            layer(x)
        mean = 0.75 * mean + 0.25 * x.mean(axis=0)
        var = 0.75 * var + 0.25 * x.var(axis=0, ddof=1)
        for state in (unit.buffers, dict(twin.named_buffers()), dict(oracle.named_buffers())):
            assert_allclose(state["running_mean"], mean, rtol=1e-12)
            assert_allclose(state["running_var"], var, rtol=1e-12)


def test_evaluation_uses_the_running_averages_and_leaves_them():
    unit = layers.BatchNorm(2)
    unit.forward(RNG.normal(size=(5, 2)))
    before = {name: array.copy() for name, array in unit.buffers.items()}
    unit.training = False
    x = RNG.normal(size=(1, 2))
    expected = (x - before["running_mean"]) / np.sqrt(before["running_var"] + 1e-5)
    assert_allclose(unit.forward(x), expected, rtol=1e-12)
    for name, array in before.items():
        assert_allclose(unit.buffers[name], array, rtol=0)


def test_backward_is_that_of_the_mode_forward_ran_in():
    x, dy = RNG.normal(size=(5, 2)), RNG.normal(size=(5, 2))
    unit = layers.BatchNorm(2)
    unit.forward(x)
    expected = unit.backward(dy)
    unit.training = False
    assert_allclose(unit.backward(dy), expected, rtol=0)


def test_dividing_by_sigma_instead_would_fail_on_a_constant_channel():
    x = np.array([[3.0, 1.0], [3.0, 2.0]])
    y = layers.BatchNorm(2).forward(x)
    assert_allclose(y[:, 0], [0, 0], rtol=0)
    assert_allclose(y[:, 1], np.array([-1, 1]) / np.sqrt(1 + 4e-5), rtol=1e-12)


@pytest.mark.parametrize(
    "unit, shape, axes",
    [
        (layers.BatchNorm(4), (6, 4), 0),
        (layers.BatchNorm(4), (6, 4, 3, 2), (0, 2, 3)),
        (layers.LayerNorm(4), (6, 4), 1),
        (layers.LayerNorm(4), (6, 3, 4), 2),
        (layers.InstanceNorm(4), (6, 4, 3, 2), (2, 3)),
        (layers.GroupNorm(1, 4), (6, 4, 3, 2), (1, 2, 3)),
        (layers.GroupNorm(4, 4), (6, 4, 3, 2), (2, 3)),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "params") else str(value),
)
def test_mean_and_variance_over_its_axes_become_0_and_1(unit, shape, axes):
    y = unit.forward(RNG.normal(size=shape) * 100 + 1000)
    assert_allclose(y.mean(axis=axes), np.zeros_like(y.mean(axis=axes)), atol=1e-10)
    assert_allclose(y.var(axis=axes), np.ones_like(y.var(axis=axes)), rtol=1e-5)


def test_two_groups_are_neighbouring_channels():
    x = RNG.normal(size=(3, 4, 5))
    y = layers.GroupNorm(2, 4).forward(x)
    for half in (slice(0, 2), slice(2, 4)):
        assert_allclose(y[:, half], layers.GroupNorm(1, 2).forward(x[:, half]), rtol=1e-12)


def test_one_example_does_not_change_another_but_for_batch_norm():
    x = RNG.normal(size=(3, 4, 5))
    for unit in (layers.InstanceNorm(4), layers.GroupNorm(2, 4), layers.LayerNorm(5)):
        alone = [unit.forward(example[None])[0] for example in x]
        assert_allclose(unit.forward(x), alone, rtol=1e-12)
    together = layers.BatchNorm(4).forward(x)
    assert abs(together[0] - layers.BatchNorm(4).forward(x[:1])[0]).max() > 0.1


@pytest.mark.parametrize("norm", ["l1", "l2"])
def test_l1_and_l2_are_those_of_scikit_learn_and_a_row_of_zeros_stays(norm):
    x = RNG.normal(size=(5, 3)) * 10
    x[2] = 0
    expected = sklearn.preprocessing.normalize(x, norm)
    for package in (layers, layers_torch):
        unit = getattr(package, f"{norm.upper()}Norm")()
        y = unit.forward(x if package is layers else torch.tensor(x))
        assert_allclose(y, expected, rtol=1e-12)
    unit = getattr(layers, f"{norm.upper()}Norm")()
    unit.forward(np.zeros((1, 3)))
    assert_allclose(unit.backward(np.ones((1, 3))), np.full((1, 3), 1e12), rtol=1e-12)


@pytest.mark.parametrize("name", ["L1Norm", "L2Norm"])
def test_a_zero_among_others_has_the_slope_0_of_its_size(name):
    x, dy = np.array([[0.0, 3.0, -4.0]]), np.array([[1.0, -2.0, 0.5]])
    unit = getattr(layers, name)()
    unit.forward(x)
    tensor = torch.tensor(x, requires_grad=True)
    twin = getattr(layers_torch, name)()(tensor)
    (expected,) = torch.autograd.grad(twin, tensor, torch.tensor(dy))
    assert_allclose(unit.backward(dy), expected, rtol=1e-12)
    assert_allclose(expected[0, 0], 1 / (7 if name == "L1Norm" else 5), rtol=1e-12)


@pytest.mark.parametrize("name, x", [("L1Norm", [[1.5, -1.0]]), ("L2Norm", [[1.5, -2.0]])])
def test_a_row_as_long_as_eps_already_turns_as_in_pytorch(name, x):
    unit, tensor, dy = getattr(layers, name)(eps=2.5), torch.tensor(x).double().requires_grad_(), np.array([[1.0, 0.5]])
    unit.forward(np.array(x))
    oracle = nn.functional.normalize(tensor, p=int(name[1]), dim=-1, eps=2.5)
    (expected,) = torch.autograd.grad(oracle, tensor, torch.tensor(dy))
    assert_allclose(unit.backward(dy), expected, rtol=1e-12, atol=1e-15)


def test_an_image_of_one_channel_is_normalized_too():
    x = RNG.normal(size=(2, 1, 5))
    expected = nn.InstanceNorm1d(1)(torch.tensor(x))
    for y in (layers.InstanceNorm(1).forward(x), layers_torch.InstanceNorm(1).double()(torch.tensor(x)).detach()):
        assert_allclose(y, expected, rtol=1e-12)


def test_a_long_vector_has_a_length_too():
    assert_allclose(layers.L2Norm().forward(np.array([[3e200, -4e200]])), [[0.6, -0.8]], rtol=1e-12)


def make(name, package):
    sizes = {"LayerNorm": (3,), "GroupNorm": (1, 3), "L1Norm": (), "L2Norm": ()}.get(name, (3,))
    return lambda **options: getattr(package, name)(*sizes, **options)


IMAGE = np.ones((2, 3, 4))
ALL = ("BatchNorm", "LayerNorm", "InstanceNorm", "GroupNorm", "L1Norm", "L2Norm")
BOTH = ((layers, ""), (layers_torch, "twin's "))

WRONG = {
    f"{who}{name} eps": (
        lambda name=name, package=package: make(name, package)(eps=0),
        "eps is 0; expected 0 < eps < inf",
    )
    for name in ALL
    for package, who in BOTH
} | {
    f"{who}{name} size": (
        lambda name=name, package=package, sizes=sizes: getattr(package, name)(*sizes),
        f"{argument} is 0; expected a whole number, 1 or more",
    )
    for package, who in BOTH
    for name, sizes, argument in (
        ("BatchNorm", (0,), "channels"),
        ("LayerNorm", (0,), "features"),
        ("InstanceNorm", (0,), "channels"),
        ("GroupNorm", (1, 0), "channels"),
        ("GroupNorm", (0, 4), "groups"),
    )
} | {
    f"{who}momentum {momentum}": (
        lambda package=package, momentum=momentum: package.BatchNorm(3, momentum=momentum),
        rf"momentum is {momentum}; expected 0 ≤ momentum < 1",
    )
    for momentum in (1, -0.1)
    for package, who in BOTH
} | {
    f"{who}groups that do not divide": (
        lambda package=package: package.GroupNorm(2, 3),
        "channels is 3, groups 2; expected channels divisible by groups",
    )
    for package, who in BOTH
} | {
    f"{who}{name} {shape}": (
        lambda name=name, package=package, shape=shape: forward(make(name, package)(), shape),
        rf"x has shape \({', '.join(map(str, shape))},?\); expected \(N, 3, …\): try reshape, or other channels",
    )
    for name in ("BatchNorm", "InstanceNorm", "GroupNorm")
    for shape in ((2, 4, 5), (3,))
    for package, who in BOTH
} | {
    f"{who}one value for {name} in {shape}": (
        lambda unit=unit, shape=shape: forward(unit, shape),
        rf"x has shape \({', '.join(map(str, shape))}\), one value for each mean, so x − μ is 0; expected {advice}",
    )
    for package, who in BOTH
    for name, unit, shape, advice in (
        ("BatchNorm", package.BatchNorm(3), (1, 3), "a batch of 2 or more, or training = False"),
        ("BatchNorm", package.BatchNorm(3), (1, 3, 1, 1), "a batch of 2 or more, or training = False"),
        ("LayerNorm", package.LayerNorm(1), (4, 1), "2 features or more"),
        ("InstanceNorm", package.InstanceNorm(3), (4, 3, 1, 1), "an image with 2 places or more"),
        ("InstanceNorm", package.InstanceNorm(3), (4, 3), "an image with 2 places or more"),
        ("GroupNorm", package.GroupNorm(3, 3), (4, 3), "fewer groups"),
    )
} | {
    f"{who}LayerNorm of other features": (
        lambda package=package: forward(package.LayerNorm(3), (2, 4)),
        r"x has shape \(2, 4\); expected \(…, 3\)",
    )
    for package, who in BOTH
} | {
    f"{name} backward first": (
        lambda name=name: make(name, layers)().backward(IMAGE),
        "backward came before forward; expected forward first",
    )
    for name in ALL
} | {
    f"{name} dy": (
        lambda name=name: backward(make(name, layers)(), IMAGE if "Layer" not in name else IMAGE.transpose(0, 2, 1)),
        r"dy has shape \(3,\); expected forward's shape \(2, ",
    )
    for name in ALL
}  # fmt: skip


def forward(unit, shape):
    x = np.random.default_rng(0).normal(size=shape)
    return unit.forward(torch.tensor(x) if isinstance(unit, nn.Module) else x)


def backward(unit, x):
    unit.forward(x)
    return unit.backward(np.ones(3))


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


def test_pytorch_refuses_the_same_single_values():
    for oracle, shape in (
        (nn.BatchNorm1d(3), (1, 3)),
        (nn.BatchNorm2d(3), (1, 3, 1, 1)),
        (nn.InstanceNorm2d(3), (4, 3, 1, 1)),
    ):
        with pytest.raises(ValueError, match=r"^Expected more than 1 "):
            oracle(torch.ones(shape))


@pytest.mark.parametrize("name", ALL)
def test_whole_numbers_are_refused(name):
    with pytest.raises(TypeError, match=r"^x is int64; expected float64 or float32: try x\.astype\(float\)"):
        make(name, layers)().forward(np.ones((2, 3, 4), int))
