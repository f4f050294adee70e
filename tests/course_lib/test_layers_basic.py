"""Every layer of the first half keeps the contract; then what the basic ones refuse, and how they hang together."""

import inspect
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from course_lib import layers, layers_torch
from tests.course_lib import contract
from tests.course_lib.cases_layers import CASES, Given, Masked, load, network, replayed_uniform

HERE = Path(__file__).resolve().parents[2]
ORACLES = {
    "layers.Input": "torch.nn.Identity",
    "layers.Dense": "torch.nn.Linear",
    "layers.Embedding": "torch.nn.Embedding",
    "layers.Masking": "closed form",
    "layers.Lambda": "torch.nn.Tanh",
    "layers.Sequential": "torch.nn.Sequential",
    "layers.Residual": "torch.nn.Linear",
    "layers.Dropout": "torch.nn.Dropout",
    "layers.FeatureDropout": "torch.nn.Dropout2d",
    "layers.AlphaDropout": "torch.nn.AlphaDropout",
    "layers.MonteCarloDropout": "torch.nn.Linear",
    "layers.BatchNorm": "torch.nn.BatchNorm2d",
    "layers.LayerNorm": "torch.nn.LayerNorm",
    "layers.InstanceNorm": "torch.nn.InstanceNorm2d",
    "layers.GroupNorm": "torch.nn.GroupNorm",
    "layers.L1Norm": "torch.nn.functional.normalize",
    "layers.L2Norm": "torch.nn.functional.normalize",
    "layers.Flatten": "torch.nn.Flatten",
}
IDS = tuple(ORACLES)
NAMES = [id.removeprefix("layers.") for id in IDS]
FILES = ("basic", "dropout", "normalization")

# Largest difference as a share of the largest entry, or of dy/x where the entries are what cancelling has left over.
SHARE = {"float64": 1e-12, "float32": 2e-5, "bfloat16": 0.05}

every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_device = pytest.mark.parametrize("device", contract.DEVICES)


@pytest.fixture(autouse=True)
def replayed_noise(monkeypatch):
    monkeypatch.setattr(layers_torch.dropout, "uniform", replayed_uniform)


def drawn(case):
    """Every input of the case, with a unit of its own, and the generator to go on with."""
    rng = np.random.default_rng(zlib.crc32(str(case).encode()))
    for make in case.inputs:
        x = np.asarray(make(rng))
        yield case.unit(rng), x, rng


def upstream(unit, x, rng):
    return contract.random_upstream(unit, [x], rng)


def run(unit, x, dy):
    """-> value and all gradients, by name; ids have none."""
    answers = {"value": unit.forward(x), "x": unit.backward(dy)}
    return {name: answer for name, answer in {**answers, **unit.grads}.items() if answer is not None}


def differences(unit, dy, x, name=None):
    """The gradient of Σ dy·forward(x) for x, or for a parameter, by differences."""
    if name is None:
        return contract.differences(lambda moved: float((dy * unit.forward(moved)).sum()), x)
    array = unit.params[name]

    def of_the_parameter(moved):
        unit.params[name] = moved
        return float((dy * unit.forward(x)).sum())

    gradient = contract.differences(of_the_parameter, array)
    unit.params[name] = array
    return gradient


def run_twin(twin, x, dy, device="cpu", dtype=torch.float64):
    x = torch.tensor(x, device=device)
    x = x.to(dtype).requires_grad_() if x.is_floating_point() else x
    value = twin(x)
    inputs = {"x": x, **dict(twin.named_parameters())}
    inputs = {name: tensor for name, tensor in inputs.items() if tensor.requires_grad}
    if not inputs:
        return {"value": value.cpu().numpy()}
    gradients = torch.autograd.grad(value, list(inputs.values()), torch.tensor(dy, device=device).to(dtype))
    return {name: tensor.detach().cpu() for name, tensor in zip(["value", *inputs], [value, *gradients])}


def assert_answers(got, expected):
    assert list(got) == list(expected)
    for name in expected:
        contract.assert_same(got[name], expected[name], about=name)


def assert_close(got, expected, kind, x, dy):
    assert list(got) == list(expected)
    for name, wanted in expected.items():
        atol = SHARE[kind] * max(abs(wanted).max(), abs(dy).max() / abs(x).max())
        assert_allclose(got[name], wanted, rtol=SHARE[kind], atol=atol, err_msg=name)


def test_the_cases_and_all_files_hold_what_the_course_promises():
    assert sorted({case.name for case in CASES}) == sorted(NAMES)
    assert len({str(case) for case in CASES}) > len(NAMES)
    for package in (layers, layers_torch):
        assert [name for name in package.__all__ if name in NAMES] == NAMES
        files = [getattr(package, file) for file in FILES]
        assert sorted(name for file in files for name in file.__all__) == sorted(NAMES)
        for file in files:
            assert file.__all__ == [name for name in NAMES if name in file.__all__]
            assert contract.classes_in_order(file) == file.__all__
            assert all(getattr(package, name) is getattr(file, name) for name in file.__all__)
    for name in NAMES:
        unit, twin = getattr(layers, name), getattr(layers_torch, name)
        assert inspect.signature(unit) == inspect.signature(twin), name
        assert unit.__module__.split(".")[-1] == twin.__module__.split(".")[-1]
        assert twin.__doc__ == f"See `layers.{name}`."


def test_every_hyperparameter_is_tried_far_from_its_default():
    for name in NAMES:
        units = [case.unit(np.random.default_rng(0)) for case in CASES if case.name == name]
        for parameter in inspect.signature(getattr(layers, name)).parameters.values():
            if isinstance(parameter.default, int | float):
                used = [getattr(unit, parameter.name) for unit in units]
                assert any(abs(value - parameter.default) > parameter.default / 2 for value in used), parameter


@every_case
def test_backward_is_the_derivative_of_forward(case):
    for unit, x, rng in drawn(case):
        dy = upstream(unit, x, rng)
        answers = run(unit, x, dy)
        if "x" in answers:
            smooth, expected = case.smooth(x), differences(unit, dy, x)
            contract.assert_same(answers["x"] * smooth, expected * smooth, "differences", "x")
        assert list(unit.grads) == list(unit.params)
        for name in unit.params:
            contract.assert_same(answers[name], differences(unit, dy, x, name), "differences", name)


@every_device
@every_case
def test_the_twin_agrees_in_value_and_all_gradients(case, device):
    for unit, x, rng in drawn(case):
        dy = upstream(unit, x, rng)
        twin = case.twin(unit, device=device)
        assert_answers(run_twin(twin, x, dy, device), run(unit, x, dy))
        assert [name for name, _ in twin.named_parameters()] == list(unit.params)
        assert [name for name, _ in twin.named_buffers()] == list(unit.buffers)
        for name, buffer in twin.named_buffers():
            contract.assert_same(unit.buffers[name], buffer.cpu(), about=name)


@every_case
def test_an_oracle_agrees_in_value_and_all_gradients(case):
    torch.manual_seed(zlib.crc32(str(case).encode()))
    for unit, x, rng in drawn(case):
        dy = upstream(unit, x, rng)
        oracle = load(case.oracle(), unit)
        expected = run_twin(oracle, x, dy)
        if isinstance(oracle, Masked) and unit.training:
            unit.rng = Given(oracle.keep)
        assert_answers(run(unit, x, dy), expected)
        for name, buffer in oracle.named_buffers():
            if not name.endswith("num_batches_tracked"):
                contract.assert_same(unit.buffers[name], buffer, about=name)


@every_device
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=lambda dtype: dtype.__name__)
@every_case
def test_large_inputs_stay_finite_without_a_warning(case, dtype, device):
    for unit, x, rng in drawn(case):
        if x.dtype.kind == "f":
            big = (x * (1e100 if dtype == np.float64 else 1e15)).astype(dtype)
            dy = upstream(unit, big, rng)
            twin = case.twin(unit, getattr(torch, dtype.__name__), device)
            expected = run(unit, big, dy)
            for name, answer in expected.items():
                assert answer.dtype == dtype
                assert np.isfinite(answer).all(), name
            assert_close(
                run_twin(twin, big, dy, device, getattr(torch, dtype.__name__)), expected, dtype.__name__, big, dy
            )


@every_case
def test_inputs_and_parameters_are_left_alone_and_changing_arrays_later_does_not_matter(case):
    for unit, x, rng in drawn(case):
        dy = upstream(unit, x, rng)
        frozen, frozen_dy = contract.read_only([x, dy])
        for array in unit.params.values():
            array.flags.writeable = False
        expected = run(unit, frozen, frozen_dy)
        y = unit.forward(x)
        y[...] = 0
        assert_allclose(x, frozen, rtol=0)
        x[...] = 0
        after = {"x": unit.backward(dy), **unit.grads}
        for name in [name for name in expected if name != "value"]:
            assert_allclose(after[name], expected[name], rtol=0, err_msg=name)
        if "x" in expected:
            after["x"][...] = 7.0
            assert not (dy == 7.0).any()


@every_case
def test_the_twin_leaves_its_input_alone(case):
    for unit, x, _ in drawn(case):
        tensor = torch.tensor(x)
        case.twin(unit)(tensor)
        assert_allclose(tensor.numpy(), x, rtol=0)


@every_device
@every_case
def test_float32_stays_float32(case, device):
    for unit, x, rng in drawn(case):
        if x.dtype.kind == "f":
            dy = upstream(unit, x, rng)
            small = x.astype(np.float32)
            expected = run(unit, small.astype(float), dy)
            got = run(unit, small, dy)
            assert {answer.dtype for answer in expected.values()} == {np.dtype(np.float64)}
            assert {answer.dtype for answer in got.values()} == {np.dtype(np.float32)}
            assert_close(got, expected, "float32", x, dy)
            twin = run_twin(case.twin(unit, torch.float32, device), small, dy, device, torch.float32)
            assert {answer.dtype for answer in twin.values()} == {torch.float32}
            assert_close(twin, expected, "float32", x, dy)


@every_device
@every_case
def test_the_twin_computes_in_bfloat16(case, device):
    for unit, x, rng in drawn(case):
        dy = upstream(unit, x, rng)
        twin = case.twin(unit, torch.bfloat16, device)
        if x.dtype.kind == "f":
            expected = run(unit, x, dy)
            got = run_twin(twin, x, dy, device, torch.bfloat16)
            assert {answer.dtype for answer in got.values()} == {torch.bfloat16}
            assert_close({name: answer.float() for name, answer in got.items()}, expected, "bfloat16", x, dy)


def test_importing_the_reference_does_not_import_torch():
    code = "import sys; from course_lib import layers; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE)
    assert done.stdout.strip() == "False"


# How layers start, and what makes a network of them


def test_dense_weights_start_with_variance_2_over_inputs_and_biases_at_0():
    weight = layers.Dense(50, 4000, np.random.default_rng(5)).params["weight"]
    twin = layers_torch.Dense(50, 4000, torch.Generator().manual_seed(5))
    for drawn_weight in (weight, twin.weight.detach().numpy()):
        assert_allclose([drawn_weight.mean(), drawn_weight.var()], [0, 2 / 50], atol=5e-4, rtol=0)
        assert_allclose((drawn_weight**4).mean() / drawn_weight.var() ** 2, 3, rtol=0.03)  # normal, and not uniform
    assert_allclose(layers.Dense(3, 2, np.random.default_rng(5)).params["bias"], [0, 0], rtol=0)
    assert_allclose(twin.bias.detach().numpy(), np.zeros(4000), rtol=0)


def test_embedding_rows_start_standard_normal():
    weight = layers.Embedding(4000, 50, np.random.default_rng(5)).params["weight"]
    twin = layers_torch.Embedding(4000, 50, torch.Generator().manual_seed(5)).weight.detach().numpy()
    for drawn_weight in (weight, twin):
        assert_allclose([drawn_weight.mean(), drawn_weight.std()], [0, 1], atol=0.01, rtol=0)


@pytest.mark.parametrize("name", ["Dense", "Embedding"])
def test_the_same_seed_draws_the_same_weights_and_another_seed_others(name):
    one, same, other = (getattr(layers, name)(4, 3, np.random.default_rng(s)).params["weight"] for s in (1, 1, 2))
    assert_allclose(same, one, rtol=0)
    assert abs(other - one).min() > 0
    one, same, other = (getattr(layers_torch, name)(4, 3, torch.Generator().manual_seed(s)).weight for s in (1, 1, 2))
    assert_allclose(same.detach(), one.detach(), rtol=0)
    assert (other - one).abs().min() > 0
    assert getattr(layers_torch, name)(4, 3, None).weight.shape == one.shape


def test_an_id_that_occurs_twice_collects_both_gradients_and_others_none():
    unit = layers.Embedding(4, 2, np.random.default_rng(0))
    unit.forward([[3, 1], [3, 3]])
    assert unit.backward(np.array([[[1.0, 2.0], [10.0, 20.0]], [[3.0, 4.0], [5.0, 6.0]]])) is None
    assert_allclose(unit.grads["weight"], [[0, 0], [10, 20], [0, 0], [9, 12]], rtol=0)


def test_an_embedding_is_a_product_with_one_hot_rows():
    unit, ids = layers.Embedding(5, 3, np.random.default_rng(0)), np.array([4, 0, 4])
    assert_allclose(unit.forward(ids), np.eye(5)[ids] @ unit.params["weight"], rtol=1e-15)


def test_a_step_is_masked_when_all_its_features_are_missing():
    x = np.array([[[-1.0, -1.0], [-1.0, 2.0], [0.0, 0.0]]])
    unit, twin = layers.Masking(-1.0), layers_torch.Masking(-1.0)
    assert_allclose(unit.forward(x), [[[0, 0], [-1, 2], [0, 0]]], rtol=0)
    twin(torch.tensor(x))
    assert unit.mask.tolist() == twin.mask.tolist() == [[False, True, True]]


def test_a_single_step_may_be_masked_and_examples_that_are_numbers_made_rows_of_one():
    for x, present in (([0.0, 0.0], False), ([0.0, 3.0], True)):
        for package, of in ((layers, np.array), (layers_torch, torch.tensor)):
            unit = package.Masking()
            y = unit.forward(of(x))
            assert_allclose(y, x, rtol=0)
            assert bool(unit.mask) == present
    numbers = np.array([3.0, -1.0, 2.0])
    assert_allclose(layers.Flatten().forward(numbers), numbers[:, None], rtol=0)
    assert_allclose(layers_torch.Flatten()(torch.tensor(numbers)), numbers[:, None], rtol=0)


def test_lambda_may_combine_several_inputs():
    unit = layers.Lambda(np.multiply, lambda dy, a, b: (dy * b, dy * a))
    a, b = np.array([1.0, 2.0]), np.array([5.0, 7.0])
    assert_allclose(unit.forward(a, b), [5, 14], rtol=0)
    assert_allclose(unit.backward([1.0, -1.0]), [[5, -7], [1, -2]], rtol=0)
    assert_allclose(layers_torch.Lambda(torch.mul)(torch.tensor(a), torch.tensor(b)), [5, 14], rtol=0)


def test_lambda_keeps_its_input_when_the_function_answers_the_same_array():
    unit = layers.Lambda(lambda x: x, lambda dy, x: dy * x)
    unit.forward(np.array([2.0, 3.0]))[...] = 0
    assert_allclose(unit.backward(np.ones(2)), [2, 3], rtol=0)


def test_lambda_protects_the_input_from_a_function_that_writes_to_it():
    def double(x):
        x *= 2
        return x

    x = np.ones(2)
    assert_allclose(layers.Lambda(double).forward(x), [2, 2], rtol=0)
    assert_allclose(x, [1, 1], rtol=0)


def test_sequential_names_its_parameters_by_position_and_writes_through():
    net = network(layers, np.random.default_rng(0))
    assert list(net.params) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert len(net.params) == 4
    assert len(net.grads) == 0
    assert repr(net.params) == repr(dict(net.params))
    net.params["2.bias"] = np.array([1.0, 2.0])
    assert net.layers[2].params["bias"].tolist() == [1, 2]
    net.params["2.bias"] -= 1  # as an optimizer does
    assert net.layers[2].params["bias"].tolist() == [0, 1]
    net.params.update({"0.bias": np.full(4, 7.0)})
    assert net.layers[0].params["bias"].tolist() == [7] * 4
    del net.params["0.bias"]
    assert list(net.layers[0].params) == ["weight"]


def test_containers_inside_containers_make_longer_names_and_pass_training_on():
    inner = layers.Sequential(layers.Dropout(0.5, np.random.default_rng(0)), layers.BatchNorm(3))
    net = layers.Sequential(layers.Residual(inner), layers.Flatten())
    assert list(net.params) == ["0.layer.1.weight", "0.layer.1.bias"]
    assert list(net.buffers) == ["0.layer.1.running_mean", "0.layer.1.running_var"]
    for training in (False, True):
        net.training = training
        everybody = (net, *net.layers, inner, *inner.layers)
        assert [layer.training for layer in everybody] == [training] * 6
    net.layers[1].training = False
    assert net.training


def test_layers_start_in_training():
    for case in CASES:
        assert case.make(layers, np.random.default_rng(0)).training is True


def test_a_network_of_ones_own_is_a_subclass_as_the_docstring_says():
    class Classifier(layers.Sequential):
        def __init__(self, rng):
            super().__init__(layers.Dense(4, 8, rng), layers.LayerNorm(8), layers.Dense(8, 3, rng))

    net = Classifier(np.random.default_rng(0))
    assert net.forward(np.ones((5, 4))).shape == (5, 3)
    assert net.backward(np.ones((5, 3))).shape == (5, 4)
    assert list(net.grads) == list(net.params)


def test_two_layers_are_the_same_as_one_after_the_other():
    rng = np.random.default_rng(0)
    first, second, x = layers.Dense(3, 4, rng), layers.Dense(4, 2, rng), rng.normal(size=(5, 3))
    assert_allclose(layers.Sequential(first, second).forward(x), second.forward(first.forward(x)), rtol=0)


def test_a_layer_of_somebody_else_without_parameters_fits_in():
    from course_lib.activations import LogSoftmax

    net = layers.Sequential(layers.Dense(3, 2, np.random.default_rng(0)), LogSoftmax())
    assert_allclose(np.exp(net.forward(np.ones((4, 3)))).sum(axis=1), np.ones(4), rtol=1e-12)
    assert net.backward(np.ones((4, 2))).shape == (4, 3)
    assert list(net.grads) == ["0.weight", "0.bias"]


def test_a_residual_of_a_silent_layer_passes_everything_on():
    layer = layers.Dense(3, 3, np.random.default_rng(0))
    layer.params = {name: np.zeros_like(array) for name, array in layer.params.items()}
    unit, x = layers.Residual(layer), np.arange(6.0).reshape(2, 3)
    assert_allclose(unit.forward(x), x, rtol=0)
    assert_allclose(unit.backward(x + 1), x + 1, rtol=0)


def test_a_step_against_the_gradient_lowers_a_loss():
    net, x = network(layers, np.random.default_rng(0)), np.random.default_rng(1).normal(size=(20, 3))
    before = (net.forward(x) ** 2).sum()
    net.backward(2 * net.forward(x))
    for name, g in net.grads.items():
        net.params[name] -= 1e-3 * g
    assert (net.forward(x) ** 2).sum() < 0.95 * before


# What is refused

rng = np.random.default_rng(0)
dense = layers.Dense(2, 3, rng)
ROWS = np.zeros((4, 2))

WRONG = {
    "no inputs": (lambda: layers.Dense(0, 3, rng), "inputs is 0; expected a whole number, 1 or more"),
    "half an output": (lambda: layers.Dense(2, 1.5, rng), "outputs is 1.5; expected a whole number, 1 or more"),
    "a truth for a size": (lambda: layers.Dense(True, 1, rng), "inputs is True; expected a whole number"),
    "no words": (lambda: layers.Embedding(-1, 3, rng), "count is -1; expected a whole number"),
    "no features": (lambda: layers.Embedding(3, 0, rng), "features is 0; expected a whole number"),
    "a shape in brackets": (lambda: layers.Input((2,)), r"a size of Input is \(2,\); expected a whole number"),
    "a value of nan": (lambda: layers.Masking(np.nan), "value is nan; expected a finite number: try np.nan_to_num"),
    "three features for two": (
        lambda: layers.Dense(2, 3, rng).forward(np.zeros((4, 3))),
        r"x has shape \(4, 3\); expected \(…, 2\): try reshape, or another layer size",
    ),
    "a number": (lambda: dense.forward(1.0), "x is a single number; expected an array"),
    "an empty batch": (lambda: dense.forward(np.empty((0, 2))), r"x is empty, with shape \(0, 2\)"),
    "another example": (
        lambda: layers.Input(2, None).forward(np.zeros((4, 3, 1))),
        r"x has shape \(4, 3, 1\); expected \(N, 2, any\), N examples: try reshape",
    ),
    "one axis too few": (lambda: layers.Input(4).forward(np.zeros(4)), r"x has shape \(4,\); expected \(N, 4\), "),
    "a scalar": (lambda: layers.Input().forward(1.0), r"x has shape \(\); expected \(N\)"),
    "a Lambda without gradient": (
        lambda: backward(layers.Lambda(np.sin), ROWS, ROWS),
        r"Lambda has no gradient; expected Lambda\(function, gradient\) with gradient\(dy, x\)",
    ),
    "a Residual that changes the shape": (
        lambda: layers.Residual(dense).forward(ROWS),
        r"the layer made \(4, 3\) of \(4, 2\); expected x's own shape: x \+ f\(x\) adds entry by entry",
    ),
    "a layer twice": (
        lambda: layers.Sequential(dense, layers.Flatten(), dense),
        "a layer stands twice in the chain and would forget its first x; expected one of each",
    ),
} | {
    f"backward of {unit.__class__.__name__} before forward": (
        lambda unit=unit: unit.backward(np.ones(2)),
        "backward came before forward; expected forward first",
    )
    for unit in (
        layers.Input(2),
        layers.Dense(2, 3, rng),
        layers.Embedding(2, 3, rng),
        layers.Masking(),
        layers.Lambda(np.sin),
        layers.Sequential(layers.Flatten()),
        layers.Residual(layers.Flatten()),
        layers.Flatten(),
    )
} | {
    f"dy for {unit.__class__.__name__}": (
        lambda unit=unit, x=x: backward(unit, x, np.ones((1, 5))),
        r"dy has shape \(1, 5\); expected forward's shape \(4, ",
    )
    for unit, x in (
        (layers.Input(2), ROWS),
        (layers.Dense(2, 3, rng), ROWS),
        (layers.Embedding(2, 3, rng), np.zeros((4, 1), int)),
        (layers.Masking(), ROWS),
        (layers.Lambda(np.sin, np.multiply), ROWS),
        (layers.Sequential(layers.Flatten()), ROWS),
        (layers.Residual(layers.Dense(2, 2, rng)), ROWS),
        (layers.Flatten(), ROWS),
    )
}  # fmt: skip

WRONG_TYPE = {
    "a seed for a generator": (
        lambda: layers.Dense(2, 3, 0),
        r"rng is 0; expected a generator: try np\.random\.default_rng\(0\)",
    ),
    "no generator for an Embedding": (lambda: layers.Embedding(2, 3, None), "rng is None; expected a generator"),
    "NumPy's generator for the twin": (
        lambda: layers_torch.Dense(2, 3, rng),
        r"rng is Generator\(PCG64\) at 0x\w+; expected a torch\.Generator or None: try torch\.Generator\(\)",
    ),
    "NumPy's generator for the twin's Embedding": (lambda: layers_torch.Embedding(2, 3, rng), "rng is Generator"),
    "whole numbers": (lambda: dense.forward([[1, 2]]), r"x is int64; expected float64 or float32: try x\.astype"),
    "broken ids": (
        lambda: layers.Embedding(2, 3, rng).forward([0.0, 1.0]),
        r"ids is float64; expected whole numbers, one for each word: try ids\.astype\(int\)",
    ),
    "truths for ids": (lambda: layers.Embedding(2, 3, rng).forward([True]), "ids is bool; expected whole numbers"),
    "the twin's broken ids": (
        lambda: layers_torch.Embedding(2, 3, None)(torch.zeros(2)),
        r"ids is torch\.float32; expected whole numbers",
    ),
    "the twin's truths for ids": (
        lambda: layers_torch.Embedding(2, 3, None)(torch.ones(2, dtype=torch.bool)),
        r"ids is torch\.bool; expected whole numbers",
    ),
    "a list of layers": (
        lambda: layers.Sequential([dense]),
        r"Sequential got no layers or a list; expected layers: try Sequential\(\*layers\)",
    ),
    "no layers": (lambda: layers.Sequential(), "Sequential got no layers or a list; expected layers"),
    "the twin's list of layers": (lambda: layers_torch.Sequential([]), "Sequential got no layers or a list"),
    "the twin's no layers": (lambda: layers_torch.Sequential(), "Sequential got no layers or a list"),
    "a function for a layer": (
        lambda: layers.Sequential(dense, np.tanh),
        "layer 1 is a ufunc; expected an object with forward and backward",
    ),
    "a class for a Residual": (lambda: layers.Residual(1), "layer layer is a int; expected an object with forward"),
}

WRONG_ID = {
    "beyond the table": (
        lambda: layers.Embedding(4, 2, rng).forward([0, 4]),
        "ids holds 4; expected 0 to count − 1 = 3",
    ),
    "from the end": (lambda: layers.Embedding(4, 2, rng).forward([[0], [-1]]), "ids holds -1; expected 0 to count − 1"),
    "the twin's beyond": (lambda: layers_torch.Embedding(4, 2, None)(torch.tensor([4])), "index out of range in self"),
    "the twin's from the end": (lambda: layers_torch.Embedding(4, 2, None)(torch.tensor([-1])), "index out of range"),
}

WRONG_TWIN = {
    "no inputs": (lambda: layers_torch.Dense(0, 3, None), "inputs is 0; "),
    "no outputs": (lambda: layers_torch.Dense(3, 0, None), "outputs is 0; "),
    "no words": (lambda: layers_torch.Embedding(0, 3, None), "count is 0; "),
    "no features": (lambda: layers_torch.Embedding(3, 0, None), "features is 0; "),
    "a shape in brackets": (lambda: layers_torch.Input((2,)), r"a size of Input is \(2,\); "),
    "another shape": (lambda: layers_torch.Input(2)(torch.zeros(4, 3)), r"x has shape \(4, 3\); expected \(N, 2\)"),
    "a value of inf": (lambda: layers_torch.Masking(np.inf), "value is inf; expected a finite number: try torch"),
    "other features": (
        lambda: layers_torch.Dense(2, 3, None)(torch.zeros(4, 3)),
        r"x has shape \(4, 3\); expected \(…, 2",
    ),
    "a changed shape": (
        lambda: layers_torch.Residual(layers_torch.Dense(2, 3, None))(torch.zeros(4, 2)),
        r"the layer made \(4, 3\) of \(4, 2\); expected",
    ),
}


def backward(unit, x, dy):
    unit.forward(x)
    return unit.backward(dy)


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


@pytest.mark.parametrize("wrong, message", WRONG_TYPE.values(), ids=WRONG_TYPE)
def test_a_wrong_type_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(TypeError, match=f"^{message}"):
        wrong()


@pytest.mark.parametrize("wrong, message", WRONG_ID.values(), ids=WRONG_ID)
def test_an_id_beyond_the_table_is_refused(wrong, message):
    with pytest.raises(IndexError, match=f"^{message}"):
        wrong()


@pytest.mark.parametrize("wrong, message", WRONG_TWIN.values(), ids=WRONG_TWIN)
def test_the_twin_refuses_the_same_sizes_and_shapes(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()
