"""Differences find the derivative, the check finds the wrong entry, and clipping keeps its bounds."""

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import mpmath
import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from scipy import optimize

from course_lib import gradients, gradients_torch
from course_lib.activations import LogSoftmax
from tests.course_lib import contract

ORACLES = {
    "gradients.numerical_gradient": "scipy.optimize.approx_fprime",
    "gradients.check_gradient": "scipy.optimize.check_grad",
    "gradients.clip_by_value": "torch.nn.utils.clip_grad_value_",
    "gradients.clip_by_norm": "torch.nn.utils.clip_grad_norm_",
}
IDS = tuple(ORACLES)
TWINS = ("clip_by_value", "clip_by_norm")

TOLERANCE = {
    # h = 1e-5: h²f‴/6 is some 1e-11 and rounding 1e-16·|f|/h as much, for values and third derivatives of about 1.
    "central differences": {"rtol": 1e-7, "atol": 1e-9},
    # SciPy's check_grad and approx_fprime go one way only: h·f″/2 with h = 1.5e-8, and rounding of 1e-16/h.
    "forward differences": {"rtol": 1e-6, "atol": 5e-7},
    # A float32 has 7 digits.
    "float32": {"rtol": 1e-6},
    # A bfloat16 has 3.
    "bfloat16": {"rtol": 1e-2},
}

every_device = pytest.mark.parametrize("device", contract.DEVICES)


def functions_in_order(module):
    tree = ast.parse(Path(module.__file__).read_text())
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


def test_the_files_hold_what_the_course_promises():
    names = [id.removeprefix("gradients.") for id in IDS]
    assert gradients.__all__ == names == functions_in_order(gradients)
    assert gradients_torch.__all__ == list(TWINS) == functions_in_order(gradients_torch)
    for name in TWINS:
        assert inspect.signature(getattr(gradients_torch, name)) == inspect.signature(getattr(gradients, name))
        assert getattr(gradients_torch, name).__doc__ == f"See `gradients.{name}`."


# numerical_gradient


def rosenbrock(x):
    return optimize.rosen(x.ravel())


def waves(x):
    return np.sum(np.sin(x) * np.exp(x / 3))


def row_of_log_softmax(x):
    return np.sum(LogSoftmax().forward(x)[..., 0])


def by_torch(f, x):
    """The gradient by autograd of the same formula."""
    t = torch.tensor(x, requires_grad=True)
    formulas = {
        rosenbrock: lambda: (100 * (t.ravel()[1:] - t.ravel()[:-1] ** 2) ** 2 + (1 - t.ravel()[:-1]) ** 2).sum(),
        waves: lambda: (t.sin() * (t / 3).exp()).sum(),
        row_of_log_softmax: lambda: torch.nn.functional.log_softmax(t, dim=-1)[..., 0].sum(),
    }
    formulas[f]().backward()
    return t.grad.numpy()


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1, 2)])
@pytest.mark.parametrize("f", [rosenbrock, waves, row_of_log_softmax])
def test_differences_are_the_gradient_that_autograd_finds(f, shape):
    x = np.random.default_rng(1).normal(size=shape)
    got = gradients.numerical_gradient(f, x)
    assert got.dtype == np.float64
    assert got.shape == shape
    scale = max(1.0, abs(f(x)))  # what rounding does grows with the value
    assert_allclose(got / scale, by_torch(f, x) / scale, **TOLERANCE["central differences"])


@pytest.mark.parametrize("f", [rosenbrock, waves, row_of_log_softmax])
def test_differences_are_those_of_scipy(f):
    x = np.random.default_rng(2).normal(size=4)
    scale = max(1.0, abs(f(x))) * 100
    expected = optimize.approx_fprime(x, f) / scale
    assert_allclose(gradients.numerical_gradient(f, x) / scale, expected, **TOLERANCE["forward differences"])


@pytest.mark.parametrize("step", [0.5, 1e-3])
def test_the_formula_is_the_central_one_with_the_step_that_was_asked_for(step):
    x = np.array([0.3, -0.8, 5.0])
    h = step * np.array([1, 1, 5])
    expected = (np.exp(x + h) - np.exp(x - h)) / (2 * h)
    got = gradients.numerical_gradient(lambda x: np.exp(x).sum(), x, step)
    assert_allclose(got, expected, rtol=1e-10)


def test_the_error_falls_with_the_square_of_the_step():
    x = np.array([0.7])
    errors = [gradients.numerical_gradient(lambda x: np.sin(x[0]), x, h)[0] - np.cos(0.7) for h in (1e-2, 1e-3)]
    assert_allclose(errors[0] / errors[1], 100, rtol=1e-4)
    assert_allclose(errors[0], -(1e-2**2) / 6 * np.cos(0.7), rtol=1e-4)


def test_the_default_step_is_near_the_best():
    x = np.array([0.7, -1.2])
    error = {h: abs(gradients.numerical_gradient(waves, x, h) - by_torch(waves, x)).max() for h in (1e-2, 1e-5, 1e-9)}
    assert error[1e-5] < 1e-9
    assert error[1e-2] > 100 * error[1e-5] and error[1e-9] > 100 * error[1e-5]


def test_a_large_x_is_moved_by_a_larger_step():
    for x in (1e6, -1e9, 1e12):
        assert_allclose(gradients.numerical_gradient(lambda x: x**2, x), 2 * x, rtol=1e-7)
    x = np.array([1.0, 1e12])
    assert_allclose(gradients.numerical_gradient(lambda x: np.sqrt(x[1]), x), [0, 5e-7], rtol=1e-7)


def test_a_number_has_a_gradient_too():
    got = gradients.numerical_gradient(lambda x: x**3, np.float64(2.0))
    assert_allclose(got, 12.0, **TOLERANCE["central differences"])
    assert got.shape == ()


def test_float32_is_answered_in_float32_and_measured_in_float64():
    x = np.random.default_rng(3).normal(size=(2, 3)).astype(np.float32)
    seen = set()
    got = gradients.numerical_gradient(lambda x: seen.add(x.dtype) or waves(x), x)
    assert seen == {np.dtype(np.float64)}
    assert got.dtype == np.float32
    assert_allclose(got, by_torch(waves, x.astype(float)), **TOLERANCE["float32"])


def test_neither_x_nor_a_function_that_writes_in_its_argument_does_harm():
    (x,) = contract.read_only([np.random.default_rng(4).normal(size=3)])

    def careless(x):
        value = waves(x)
        x[...] = np.nan
        return value

    assert_allclose(gradients.numerical_gradient(careless, x), gradients.numerical_gradient(waves, x), rtol=0)


# check_gradient


def test_a_right_gradient_passes_with_a_small_error():
    x = np.random.default_rng(5).normal(size=(3, 4))
    error, entry = gradients.check_gradient(waves, x, by_torch(waves, x))
    assert error < 1e-8
    assert len(entry) == 2 and all(type(i) is int for i in entry)


@pytest.mark.parametrize("shape, entry", [((4,), (2,)), ((3, 4), (1, 3)), ((2, 2, 3), (1, 0, 2))])
@pytest.mark.parametrize("off", [1.0, -1e-2, 1e-4])
def test_the_worst_entry_is_named_and_measured(shape, entry, off):
    x = np.random.default_rng(6).normal(size=shape)
    right = by_torch(waves, x)
    wrong = right.copy()
    wrong[entry] += off
    error, named = gradients.check_gradient(waves, x, wrong)
    assert named == entry
    expected = abs(off) / max(abs(wrong[entry]), abs(right[entry]))
    assert_allclose(error, expected, rtol=1e-4)


def test_what_is_off_is_about_what_scipy_says_is_off():
    x = np.array([0.3, -1.2, 2.0])
    wrong = by_torch(waves, x) + np.array([0, 0.01, 0])
    error, entry = gradients.check_gradient(waves, x, wrong)
    size = max(abs(wrong[entry]), abs(by_torch(waves, x)[entry]))
    scipy = optimize.check_grad(waves, lambda x: wrong, x)
    assert_allclose(error * size, scipy, **TOLERANCE["forward differences"])


def test_the_error_is_relative_to_the_larger_of_the_two():
    x = np.array([1.0, 2.0])
    error, entry = gradients.check_gradient(lambda x: 3 * x[0] + 5 * x[1], x, np.array([3.0, 10.0]))
    assert entry == (1,)
    assert_allclose(error, 0.5, rtol=1e-7)
    error, _ = gradients.check_gradient(lambda x: 3 * x[0] + 5 * x[1], x, np.array([3.0, 2.5]))
    assert_allclose(error, 0.5, rtol=1e-7)
    error, _ = gradients.check_gradient(lambda x: 3 * x[0] + 5 * x[1], x, np.array([-3.0, 5.0]))
    assert_allclose(error, 2.0, rtol=1e-7)


@pytest.mark.parametrize("eps", [1e-4, 0.5])
def test_entries_below_eps_are_compared_with_eps(eps):
    error, _ = gradients.check_gradient(lambda x: 0 * x[0], np.array([1.0]), np.array([1e-5]), eps=eps)
    assert_allclose(error, 1e-5 / eps, rtol=1e-10)
    assert gradients.check_gradient(lambda x: 0 * x[0], np.array([1.0]), np.array([0.0]), eps=eps)[0] == 0


def test_the_default_eps_is_a_ten_thousandth():
    assert_allclose(gradients.check_gradient(lambda x: 0, np.array([1.0]), np.array([1e-5]))[0], 0.1, rtol=1e-10)


def test_the_step_of_the_check_is_the_one_that_was_asked_for():
    error, _ = gradients.check_gradient(lambda x: np.exp(x[0]), np.array([0.0]), np.array([1.0]), step=0.5)
    assert_allclose(error, 1 - 1 / (np.sinh(0.5) / 0.5), rtol=1e-10)


def test_a_gradient_that_is_nan_is_the_worst_entry():
    error, entry = gradients.check_gradient(waves, np.zeros(3), np.array([1.0, np.nan, 50.0]))
    assert np.isnan(error)
    assert entry == (1,)


def test_float32_gradients_are_compared_in_float64():
    x = np.random.default_rng(7).normal(size=5).astype(np.float32)
    right = by_torch(waves, x.astype(float))
    assert gradients.check_gradient(waves, x, right.astype(np.float32))[0] < 1e-6
    assert gradients.check_gradient(waves, x, right)[0] < 1e-9


def test_a_kink_lies_between_right_and_wrong():
    error, _ = gradients.check_gradient(lambda x: abs(x[0]), np.array([4e-6]), np.array([1.0]))
    assert 1e-3 < error < 1


# The clips


@dataclass(frozen=True)
class Row:
    name: str
    oracle: Callable  # (list of parameters with .grad, limit) -> None, changes .grad
    limits: tuple[float, ...]


def clip_without_eps(parameters, max_norm):
    """PyTorch divides by norm + 1e-6; what it makes of a norm is made up for by a limit that is so much larger."""
    norm = torch.nn.utils.get_total_norm([p.grad for p in parameters])
    torch.nn.utils.clip_grads_with_norm_(parameters, max_norm * (norm + 1e-6) / norm, norm)


ROWS = (
    Row("clip_by_value", torch.nn.utils.clip_grad_value_, (0.01, 0.7, 2.0, 1e3)),
    Row("clip_by_norm", clip_without_eps, (0.01, 0.7, 5.0, 1e3)),
)
every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def some_grads(dtype=float, scale=1.0):
    rng = np.random.default_rng(8)
    shapes = {"weight": (3, 4), "bias": (3,), "slope": ()}
    return {name: np.asarray(rng.normal(size=shape) * scale, dtype) for name, shape in shapes.items()}


def test_the_table_holds_both_clips():
    assert tuple(row.name for row in ROWS) == TWINS


@every_row
def test_clips_are_those_of_pytorch(row):
    for limit in row.limits:
        grads = some_grads()
        parameters = [torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in grads.values()]
        for p, g in zip(parameters, grads.values()):
            p.grad = torch.tensor(g)
        row.oracle(parameters, limit)
        got = getattr(gradients, row.name)(grads, limit)
        assert list(got) == list(grads)
        for g, p in zip(got.values(), parameters):
            contract.assert_same(g, p.grad.numpy(), about=f"limit {limit}")


@every_device
@every_row
def test_the_twin_agrees(row, device):
    for limit in row.limits:
        for scale in (1.0, 1e-3, 1e5):
            grads = some_grads(scale=scale)
            expected = getattr(gradients, row.name)(grads, limit)
            tensors = {name: torch.tensor(g, device=device) for name, g in grads.items()}
            got = getattr(gradients_torch, row.name)(tensors, limit)
            assert list(got) == list(expected)
            for name, g in expected.items():
                contract.assert_same(got[name].cpu().numpy(), g)
                assert_allclose(tensors[name].cpu().numpy(), grads[name], rtol=0)


@every_row
def test_one_array_is_clipped_as_a_dictionary_of_one(row):
    clip, twin = getattr(gradients, row.name), getattr(gradients_torch, row.name)
    g = some_grads()["weight"]
    for limit in row.limits:
        expected = clip({"weight": g}, limit)["weight"]
        assert_allclose(clip(g, limit), expected, rtol=0)
        contract.assert_same(twin(torch.tensor(g), limit).numpy(), expected)


@every_row
def test_inputs_are_left_alone_and_answers_are_new_arrays(row):
    clip = getattr(gradients, row.name)
    for limit in row.limits:
        grads = some_grads()
        frozen = dict(zip(grads, contract.read_only(grads.values())))
        got = clip(frozen, limit)
        for name, g in got.items():
            assert not np.shares_memory(g, frozen[name])


@every_row
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept_and_large_gradients_stay_finite(row, dtype):
    large = 1e300 if dtype == np.float64 else 3e38  # of which nine have a norm beyond float32
    clip, twin = getattr(gradients, row.name), getattr(gradients_torch, row.name)
    for grads in (some_grads(dtype), {"weight": np.full((2, 3), large, dtype), "bias": np.full(3, -large, dtype)}):
        for limit in row.limits:
            got, seen = clip(grads, limit), twin({name: torch.tensor(g) for name, g in grads.items()}, limit)
            for name, g in got.items():
                assert g.dtype == dtype
                assert np.isfinite(g).all() and g.all()
                assert seen[name].numpy().dtype == dtype
                assert_allclose(
                    seen[name].numpy(), g, **TOLERANCE["float32"] if dtype == np.float32 else {"rtol": 1e-10}
                )


@every_row
@every_device
def test_the_twin_clips_half_precision(row, device):
    grads = some_grads(scale=3.0)
    tensors = {name: torch.tensor(g, device=device, dtype=torch.bfloat16) for name, g in grads.items()}
    expected = getattr(gradients, row.name)({name: t.double().cpu().numpy() for name, t in tensors.items()}, 0.7)
    for name, g in getattr(gradients_torch, row.name)(tensors, 0.7).items():
        assert g.dtype == torch.bfloat16
        assert_allclose(g.double().cpu().numpy(), expected[name], **TOLERANCE["bfloat16"])


def test_the_norm_of_all_gradients_together_becomes_the_limit_and_the_direction_stays():
    grads = some_grads()
    clipped = gradients.clip_by_norm(grads, 0.7)
    before, after = (np.concatenate([g.ravel() for g in each.values()]) for each in (grads, clipped))
    assert_allclose(np.linalg.norm(after), 0.7, rtol=1e-10)
    assert_allclose(after / np.linalg.norm(after), before / np.linalg.norm(before), rtol=1e-10)
    by_value = np.concatenate([g.ravel() for g in gradients.clip_by_value(grads, 0.7).values()])
    assert by_value @ before < 0.99 * np.linalg.norm(by_value) * np.linalg.norm(before)


def test_gradients_within_the_limit_pass_untouched():
    grads = {"a": np.array([3.0, 0.0]), "b": np.array([[4.0]])}
    for limit in (5.0, 6.0):
        for got in (
            gradients.clip_by_norm(grads, limit),
            gradients_torch.clip_by_norm({name: torch.tensor(g) for name, g in grads.items()}, limit),
        ):
            for name, g in got.items():
                assert_allclose(np.asarray(g), grads[name], rtol=0)
    assert_allclose(gradients.clip_by_norm(grads, 2.5)["b"], [[2.0]], rtol=1e-10)


def test_a_gradient_of_0_stays_0():
    for clip, zeros in ((gradients.clip_by_norm, np.zeros(3)), (gradients_torch.clip_by_norm, torch.zeros(3))):
        assert_allclose(np.asarray(clip(zeros, 1.0)), np.zeros(3), rtol=0)


def test_a_network_without_parameters_has_nothing_to_clip():
    for file in (gradients, gradients_torch):
        assert file.clip_by_norm({}, 1.0) == file.clip_by_value({}, 1.0) == {}


def test_pytorch_divides_by_a_norm_that_is_a_millionth_larger():
    p = torch.nn.Parameter(torch.zeros(2, dtype=torch.float64))
    p.grad = torch.tensor([3e-3, 4e-3], dtype=torch.float64)
    torch.nn.utils.clip_grad_norm_([p], 1e-3)
    ours = gradients.clip_by_norm(np.array([3e-3, 4e-3]), 1e-3)
    assert_allclose(ours, [6e-4, 8e-4], rtol=1e-10)
    assert_allclose(p.grad.numpy(), ours * 5e-3 / (5e-3 + 1e-6), rtol=1e-10)


def test_clip_by_value_keeps_infinity_within_the_limit_and_shows_nan():
    g = np.array([np.inf, -np.inf, np.nan])
    for got in (gradients.clip_by_value(g, 2.0), gradients_torch.clip_by_value(torch.tensor(g), 2.0).numpy()):
        assert_allclose(got, [2, -2, np.nan], rtol=0)


def test_the_twins_answer_has_the_gradient_of_the_formula():
    g = torch.tensor([3.0, 4.0], dtype=torch.float64, requires_grad=True)
    (got,) = torch.autograd.grad(gradients_torch.clip_by_norm(g, 1.0)[0], g)
    _, expected = contract.mpmath_gradient(lambda x: x[0] / mpmath.sqrt(x[0] ** 2 + x[1] ** 2), [3.0, 4.0])
    assert_allclose(got.numpy(), expected, rtol=1e-10)


# What is refused, and in which words

X = np.ones(2)
WRONG = {
    "f answers an array": (
        lambda: gradients.numerical_gradient(lambda x: x**2, X),
        r"f answered shape \(2,\); expected one number: try np\.sum\(dy \* f\(x\)\) with a random dy",
    ),
    "f answers nothing": (
        lambda: gradients.numerical_gradient(lambda x: None, X),
        "f answered NoneType; expected one number",
    ),
    "step 0": (lambda: gradients.numerical_gradient(np.sum, X, 0), "step is 0; expected 0 < step < inf"),
    "step of the check": (lambda: gradients.check_gradient(np.sum, X, X, step=-1), "step is -1; expected 0 < step"),
    "eps 0": (lambda: gradients.check_gradient(np.sum, X, X, eps=0), "eps is 0; expected 0 < eps < inf"),
    "empty x": (lambda: gradients.numerical_gradient(np.sum, np.empty(0)), r"x is empty, with shape \(0,\)"),
    "shape of the gradient": (
        lambda: gradients.check_gradient(np.sum, np.ones((2, 3)), np.ones((3, 2))),
        r"gradient has shape \(3, 2\) and x \(2, 3\); expected equal shapes: try gradient\.T",
    ),
    "limit": (lambda: gradients.clip_by_value(X, 0), "limit is 0; expected 0 < limit < inf"),
    "max_norm": (lambda: gradients.clip_by_norm(X, -1.0), "max_norm is -1.0; expected 0 < max_norm < inf"),
    "twin's limit": (lambda: gradients_torch.clip_by_value(torch.ones(2), 0), "limit is 0; expected 0 < limit < inf"),
    "twin's max_norm": (lambda: gradients_torch.clip_by_norm(torch.ones(2), np.nan), "max_norm is nan; expected 0 <"),
    "exploded": (
        lambda: gradients.clip_by_norm({"bias": X, "weight": np.array([1.0, np.inf])}, 1.0),
        "grads holds inf; expected finite numbers: try a smaller learning rate",
    ),
    "nan": (lambda: gradients.clip_by_norm(np.array(np.nan), 1.0), "grads holds nan; expected finite numbers"),
}
WRONG_TYPE = {
    "whole x": (
        lambda: gradients.numerical_gradient(np.sum, [1, 2]),
        r"x is int64; expected float64 or float32: try x\.astype\(float\)",
    ),
    "whole gradient": (lambda: gradients.check_gradient(np.sum, X, [1, 1]), "gradient is int64; expected float64"),
    "whole grads": (lambda: gradients.clip_by_value([1, 2], 1.0), "grads is int64; expected float64 or float32"),
    "whole entry": (lambda: gradients.clip_by_norm({"bias": [1]}, 1.0), r"grads\['bias'\] is int64; expected float64"),
}


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


@pytest.mark.parametrize("wrong, message", WRONG_TYPE.values(), ids=WRONG_TYPE)
def test_a_wrong_type_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(TypeError, match=f"^{message}"):
        wrong()
