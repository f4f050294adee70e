"""Convolution and pooling keep the contract of layers; then ties, borders and what each refuses."""

import pkgutil

import numpy as np
import pytest
import scipy.signal
import torch
from numpy.testing import assert_allclose
from torch import nn

from course_lib import layers, layers_torch
from course_lib.layers import convolution
from course_lib.layers_torch import convolution as convolution_torch
from tests.course_lib import layer_contract
from tests.course_lib.contract import DEVICES
from tests.course_lib.layer_contract import Case

ORACLES = {
    "layers.Conv1d": "torch.nn.Conv1d",
    "layers.Conv2d": "torch.nn.Conv2d",
    "layers.ConvTranspose2d": "torch.nn.ConvTranspose2d",
    "layers.MaxPool1d": "torch.nn.MaxPool1d",
    "layers.MaxPool2d": "torch.nn.MaxPool2d",
    "layers.AveragePool1d": "torch.nn.AvgPool1d",
    "layers.AveragePool2d": "torch.nn.AvgPool2d",
}
IDS = tuple(ORACLES)


def normal(*shape):
    return lambda rng: [rng.normal(size=shape)]


def apart(*shape):
    """No two entries nearer than 0.1: what differences move does not change which is the largest."""
    return lambda rng: [rng.permutation(np.arange(np.prod(shape)) * 0.1 - 2).reshape(shape)]


def convolution_of(make):
    def oracle(in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1):
        layer = make(in_channels, out_channels, kernel_size, stride, padding, dilation=dilation).double()
        return layer, {"weight": (layer.weight, ...), "bias": (layer.bias, ...)}

    return oracle


def pooling_of(make):
    return lambda **options: (make(**options), {})


def conv(name, sizes, shape, **options):
    names = ("in_channels", "out_channels", "kernel_size")
    return Case(name, dict(zip(names, sizes)) | options, normal(*shape), convolution_of(getattr(nn, name)))


def pool(name, shape, **options):
    oracle = pooling_of(pkgutil.resolve_name(ORACLES[f"layers.{name}"]))
    return Case(name, options, (apart if "Max" in name else normal)(*shape), oracle)


CASES = (
    conv("Conv1d", (1, 1, 1), (1, 1, 1)),
    conv("Conv1d", (3, 4, 3), (2, 3, 7)),
    conv("Conv1d", (2, 3, 2), (3, 2, 8), stride=3),  # the last two entries are not looked at
    conv("Conv1d", (2, 3, 3), (2, 2, 9), stride=(2,), padding=4, dilation=3),
    conv("Conv1d", (1, 2, 1), (2, 1, 4), stride=2, padding=3),  # windows of nothing but padding
    conv("Conv2d", (1, 1, 1), (1, 1, 1, 1)),
    conv("Conv2d", (3, 2, 3), (2, 3, 5, 4)),
    conv("Conv2d", (2, 3, (1, 3)), (2, 2, 4, 6), stride=2, padding=1),
    conv("Conv2d", (2, 2, (3, 2)), (2, 2, 8, 6), stride=(1, 3), padding=(2, 1), dilation=(3, 2)),
    conv("Conv2d", (1, 2, 2), (2, 1, 6, 5), stride=3),
    conv("Conv2d", (2, 1, (1, 2)), (1, 2, 3, 2), padding=(2, 3)),
    conv("ConvTranspose2d", (1, 1, 1), (1, 1, 1, 1)),
    conv("ConvTranspose2d", (3, 2, 3), (2, 3, 3, 4)),
    conv("ConvTranspose2d", (2, 3, (2, 3)), (2, 2, 2, 3), stride=(3, 2), padding=(0, 2), dilation=(2, 1)),
    conv("ConvTranspose2d", (2, 1, (3, 2)), (1, 2, 4, 5), stride=2, padding=(1, 2), dilation=(2, 3)),
    conv("ConvTranspose2d", (1, 2, 1), (2, 1, 5, 6), padding=2),
    conv("ConvTranspose2d", (1, 2, 2), (1, 1, 2, 2), stride=3),  # places between the windows keep the bias
    pool("MaxPool1d", (2, 3, 8), kernel_size=2),
    pool("MaxPool1d", (2, 1, 9), kernel_size=4, stride=2),
    pool("MaxPool1d", (1, 2, 9), kernel_size=(2,), stride=3),
    pool("MaxPool2d", (2, 3, 4, 6), kernel_size=2),
    pool("MaxPool2d", (2, 2, 7, 6), kernel_size=(3, 2)),
    pool("MaxPool2d", (1, 2, 6, 8), kernel_size=3, stride=(1, 2)),
    pool("MaxPool2d", (1, 1, 3, 3), kernel_size=3),
    pool("AveragePool1d", (2, 3, 8), kernel_size=2),
    pool("AveragePool1d", (2, 1, 9), kernel_size=4, stride=2),
    pool("AveragePool1d", (1, 2, 9), kernel_size=(2,), stride=3),
    pool("AveragePool2d", (2, 3, 4, 6), kernel_size=2),
    pool("AveragePool2d", (2, 2, 7, 6), kernel_size=(3, 2)),
    pool("AveragePool2d", (1, 2, 6, 8), kernel_size=3, stride=(1, 2)),
)

every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_device = pytest.mark.parametrize("device", DEVICES)


def test_the_cases_and_both_files_hold_what_the_course_promises():
    layer_contract.assert_complete(CASES, convolution, convolution_torch, IDS)


def test_every_hyperparameter_is_tried_far_from_its_default():
    layer_contract.assert_every_default_is_left(CASES, convolution)


class TestContract(layer_contract.Contract):
    cases = CASES


# What a convolution is


def test_the_kernel_is_not_flipped():
    layer = layers.Conv1d(1, 1, 3, np.random.default_rng(0))
    layer.params["weight"], x = np.array([[[1.0, 10.0, 100.0]]]), np.array([1.0, 2.0, 3.0, 4.0])
    assert_allclose(layer.forward(x[None, None])[0, 0], [321.0, 432.0], rtol=1e-10)
    assert_allclose(np.convolve(x, [1.0, 10.0, 100.0], mode="valid"), [123.0, 234.0], rtol=1e-10)


def test_a_convolution_of_an_image_is_scipys_correlation_summed_over_channels():
    rng = np.random.default_rng(1)
    layer, x = layers.Conv2d(3, 2, (3, 4), rng), rng.normal(size=(1, 3, 6, 7))
    expected = [
        sum(scipy.signal.correlate2d(x[0, c], w[c], mode="valid") for c in range(3)) for w in layer.params["weight"]
    ]
    assert_allclose(layer.forward(x)[0], expected, rtol=1e-10, atol=1e-13)


def test_a_signal_is_an_image_of_one_row():
    rng = np.random.default_rng(2)
    signal, image = layers.Conv1d(2, 3, 3, rng, 2, 1, 2), layers.Conv2d(2, 3, (1, 3), rng, (1, 2), (0, 1), (1, 2))
    image.params["weight"] = signal.params["weight"][:, :, None]
    x = rng.normal(size=(2, 2, 9))
    assert_allclose(image.forward(x[:, :, None])[:, :, 0], signal.forward(x), rtol=1e-10)


@pytest.mark.parametrize("options", [{}, {"stride": (2, 3), "padding": (1, 2), "dilation": (2, 1)}])
def test_a_transposed_convolution_is_the_way_back_of_a_convolution_with_the_same_weights(options):
    rng = np.random.default_rng(3)
    there, back = layers.Conv2d(3, 4, (3, 2), rng, **options), layers.ConvTranspose2d(4, 3, (3, 2), rng, **options)
    back.params["weight"] = there.params["weight"]  # (4, 3, …): out and in have changed places
    x = rng.normal(size=(2, 3, 7, 7))
    y = there.forward(x)
    dy = rng.normal(size=y.shape)
    dx = back.forward(dy)
    assert_allclose(dx, there.backward(dy), rtol=1e-10, atol=1e-13)
    assert_allclose((x * dx).sum(), (y * dy).sum(), rtol=1e-10)


def test_entries_that_no_window_reaches_have_no_gradient():
    rng = np.random.default_rng(4)
    for layer in (layers.Conv2d(1, 1, 2, rng, stride=3), layers.AveragePool2d(2, 3), layers.MaxPool2d(2, 3)):
        layer.forward(rng.normal(size=(1, 1, 6, 6)))
        dx = layer.backward(np.ones((1, 1, 2, 2)))[0, 0]
        assert_allclose(dx[2::3], 0, rtol=0)
        assert_allclose(dx[:, 2::3], 0, rtol=0)


def test_weights_start_with_variance_2_over_what_an_output_sums_and_biases_at_0():
    layer = layers.Conv2d(30, 50, 3, np.random.default_rng(5))
    assert_allclose(layer.params["weight"].std(), np.sqrt(2 / 270), rtol=0.03)
    assert_allclose(layer.params["weight"].mean(), 0, atol=0.005)
    assert_allclose(layer.params["bias"], np.zeros(50), rtol=0)
    twin = layers_torch.Conv2d(30, 50, 3, torch.Generator().manual_seed(5))
    assert_allclose(twin.weight.detach().std(), np.sqrt(2 / 270), rtol=0.03)
    assert_allclose(twin.bias.detach(), np.zeros(50), rtol=0)
    back = layers.ConvTranspose2d(30, 50, 3, np.random.default_rng(5))
    assert back.params["weight"].shape == (30, 50, 3, 3)
    assert_allclose(back.params["weight"].std(), np.sqrt(2 / 270), rtol=0.03)
    twin = layers_torch.ConvTranspose2d(30, 50, 3, torch.Generator().manual_seed(5))
    assert twin.weight.shape == (30, 50, 3, 3)
    assert_allclose(twin.weight.detach().std(), np.sqrt(2 / 270), rtol=0.03)


@pytest.mark.parametrize("name", ["Conv1d", "Conv2d", "ConvTranspose2d"])
def test_the_same_seed_draws_the_same_weights(name):
    first, again, other = (
        getattr(layers, name)(2, 3, 2, np.random.default_rng(seed)).params["weight"] for seed in (1, 1, 2)
    )
    assert_allclose(first, again, rtol=0)
    assert abs(first - other).max() > 0.1
    first, again = (getattr(layers_torch, name)(2, 3, 2, torch.Generator().manual_seed(1)).weight for _ in range(2))
    assert_allclose(first.detach(), again.detach(), rtol=0)


# Ties and nan


@every_device
@pytest.mark.parametrize(
    "name, shape, options",
    [
        ("MaxPool1d", (3, 2, 12), {"kernel_size": 4}),
        ("MaxPool1d", (3, 2, 12), {"kernel_size": 4, "stride": 3}),
        ("MaxPool2d", (3, 2, 6, 6), {"kernel_size": 3}),
        ("MaxPool2d", (3, 2, 6, 6), {"kernel_size": (3, 2), "stride": (1, 1)}),
    ],
)
def test_the_first_of_equal_entries_takes_the_gradient_as_in_pytorch(name, shape, options, device):
    ties = lambda rng: [rng.integers(0, 2, shape).astype(float)]  # noqa: E731
    case = Case(name, options, ties, pooling_of(getattr(nn, name)))
    layer_contract.assert_oracle_agrees(case)
    layer_contract.assert_twin_agrees(case, device)


def test_among_nothing_but_equals_the_first_entry_of_the_first_row_wins():
    layer = layers.MaxPool2d(2)
    layer.forward(np.zeros((1, 1, 2, 4)))
    assert_allclose(layer.backward(np.array([[[[3.0, 5.0]]]]))[0, 0], [[3.0, 0, 5.0, 0], [0, 0, 0, 0]], rtol=0)


@pytest.mark.parametrize("name", ["MaxPool1d", "AveragePool1d"])
def test_nan_shows_in_the_windows_that_hold_it(name):
    x = np.array([[[1.0, np.nan, 3.0, 4.0]]])
    assert_allclose(np.isnan(getattr(layers, name)(2).forward(x))[0, 0], [True, False], rtol=0)
    assert_allclose(torch.isnan(getattr(layers_torch, name)(2)(torch.tensor(x)))[0, 0], [True, False], rtol=0)


def test_a_small_number_of_python_calls_does_a_whole_batch():
    """No loop over examples, pixels or channels: the calls do not grow with the input."""

    def calls(scale):
        import sys

        rng, count = np.random.default_rng(6), 0
        layer = layers.Conv2d(scale, scale, 3, rng, padding=1)
        x = rng.normal(size=(scale, scale, 4 * scale, 4 * scale))

        def profile(frame, event, argument):
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(profile)
        try:
            layer.backward(layer.forward(x))
        finally:
            sys.setprofile(None)
        return count

    assert calls(5) == calls(2)


# What is refused, and in which words

RNG = np.random.default_rng(7)

WRONG = {
    "kernel of 0": (lambda f, r: f.MaxPool1d(0), "kernel_size is 0; expected a whole number, 1 or more"),
    "half a kernel": (lambda f, r: f.AveragePool2d(2.5), "kernel_size is 2.5; expected a whole number, 1 or more"),
    "three axes": (lambda f, r: f.MaxPool2d((2, 2, 2)), r"kernel_size is \(2, 2, 2\); expected .*, or a tuple of 2"),
    "stride 0": (lambda f, r: f.Conv1d(1, 1, 3, r, stride=0), "stride is 0; expected a whole number, 1 or more"),
    "padding −1": (lambda f, r: f.Conv2d(1, 1, 3, r, padding=-1), "padding is -1; expected a whole number, 0 or more"),
    "dilation": (lambda f, r: f.ConvTranspose2d(1, 1, 3, r, dilation=(1, 0)), "dilation is 0; expected a whole number"),
    "in_channels": (lambda f, r: f.Conv2d(0, 1, 3, r), "in_channels is 0; expected a whole number"),
    "out_channels": (lambda f, r: f.Conv2d(1, True, 3, r), "out_channels is True; expected a whole number"),
}
SEEN = {
    "a flat image": (
        lambda f, r: f.Conv2d(1, 1, 3, r),
        (5, 28, 28),
        r"x has shape \(5, 28, 28\); expected \(N, C, H, W\): try x\[None\]",
    ),
    "an image as a signal": (lambda f, r: f.MaxPool1d(2), (1, 1, 5, 5), r"x has shape .*; expected \(N, C, L\)"),
    "channels last": (
        lambda f, r: f.Conv2d(3, 1, 3, r),
        (1, 8, 8, 3),
        r"x has shape \(1, 8, 8, 3\); expected 3 channels in its second axis: try moveaxis",
    ),
    "transposed": (lambda f, r: f.ConvTranspose2d(3, 1, 3, r), (1, 1, 8, 8), "x has shape .*; expected 3 channels"),
    "too small": (
        lambda f, r: f.Conv2d(1, 1, 3, r, padding=(1, 0), dilation=2),
        (1, 1, 4, 3),
        r"with its padding x has \(6, 3\) places and the kernel reaches over \(5, 5\); expected no kernel beyond x",
    ),
    "too small to pool": (lambda f, r: f.MaxPool1d(3), (1, 1, 2), r"with its padding x has \(2,\) places"),
    "all cut away": (
        lambda f, r: f.ConvTranspose2d(1, 1, 2, r, padding=1),
        (1, 1, 1, 2),
        r"y would have \(0, 1\) places; expected one or more: try less padding",
    ),
}


@pytest.mark.parametrize("file, rng", [(layers, RNG), (layers_torch, None)], ids=["reference", "twin"])
@pytest.mark.parametrize("make, message", WRONG.values(), ids=WRONG)
def test_a_wrong_size_is_refused_in_one_clear_sentence(make, message, file, rng):
    with pytest.raises(ValueError, match=f"^{message}"):
        make(file, rng)


@pytest.mark.parametrize("make, shape, message", SEEN.values(), ids=SEEN)
def test_a_wrong_shape_is_refused_in_one_clear_sentence(make, shape, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        make(layers, RNG).forward(np.zeros(shape))
    with pytest.raises(ValueError, match=f"^{message}"):
        make(layers_torch, None)(torch.zeros(shape))


@pytest.mark.parametrize("case", {case.name: case for case in CASES}.values(), ids=lambda case: case.name)
def test_backward_before_forward_and_a_wrong_dy_are_refused(case):
    unit, arrays = case.unit, case.arrays
    with pytest.raises(ValueError, match=r"^backward came before forward; expected forward first"):
        unit.backward(np.ones(3))
    y = unit.forward(*arrays)
    with pytest.raises(ValueError, match=r"^dy has shape \(7,\); expected forward's shape \("):
        unit.backward(np.ones(7))
    assert unit.backward(np.ones(y.shape, np.float32)).dtype == np.float64
    with pytest.raises(TypeError, match=r"^x is int64; expected float64 or float32: try x\.astype\(float\)"):
        unit.forward(arrays[0].astype(int))


def test_a_seed_is_not_a_generator():
    for wrong in (lambda: layers.Conv1d(1, 1, 3, 0), lambda: layers_torch.Conv1d(1, 1, 3, 0)):
        with pytest.raises(TypeError, match=r"^rng is 0; expected a"):
            wrong()
