"""Every activation keeps the contract; then what single ones promise, and what they refuse."""

import ast
import importlib
import inspect
import math
from pathlib import Path

import numpy as np
import pytest
import scipy.integrate
import scipy.special
import scipy.stats
import torch
from numpy.testing import assert_allclose
from torch import nn

from course_lib import activations, activations_torch
from tests.course_lib import contract
from tests.course_lib.cases_activations import CHANNELS, FORMULAS, NAMES, ROWS

CASES = [case for row in ROWS for case in row.cases()]
LEARNED = [case for case in CASES if case.row.name in ("PReLU", "Swish", "GLU", "SwiGLU", "Maxout")]
BY_NAME = {row.name: row.cases()[0] for row in ROWS if row.inputs is not CHANNELS}
ELEMENTWISE = NAMES[: NAMES.index("Softmax")]

every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_learned_case = pytest.mark.parametrize("case", LEARNED, ids=str)
every_name = pytest.mark.parametrize("name", NAMES)
every_device = pytest.mark.parametrize("device", contract.DEVICES)
every_dtype = pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=lambda dtype: dtype.__name__)

BFLOAT16 = {"rtol": 0.03, "atol": 0.03}  # 8 bits, so 0.004 for each of the some five operations, and sums of them


def torch_dtype(dtype):
    return torch.float64 if dtype == np.float64 else torch.float32


def test_the_table_and_both_files_hold_what_the_course_promises():
    assert list(BY_NAME) == NAMES
    for package in (activations, activations_torch):
        assert package.__all__ == NAMES
        files = [importlib.import_module(f"{package.__name__}.{file}") for file in ("elementwise", "softmax", "gates")]
        assert [name for file in files for name in classes_in_order(file)] == NAMES
    for name in NAMES:
        unit_class, twin = getattr(activations, name), getattr(activations_torch, name)
        assert inspect.signature(unit_class) == inspect.signature(twin)
        assert twin.__doc__ == f"See `activations.{name}`."


def classes_in_order(file):
    tree = ast.parse(Path(file.__file__).read_text())
    bases = ("Elementwise", "Activation")
    return [node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.name not in bases]


def test_every_hyperparameter_is_tried_far_from_its_default():
    but = ("form", "in_features", "out_features", "rng")
    rows = [row for row in ROWS if row.name != "PReLU"]
    contract.assert_every_hyperparameter_is_moved(rows, activations, but)
    tried = {name: {case.options.get(name) for case in CASES} for name in ("form", "channels", "alpha")}
    assert tried["form"] >= {None, "tanh"}
    assert tried["channels"] >= {None, 3}
    assert tried["alpha"] >= {None, -0.75, 1.5}


@every_case
def test_backward_is_the_derivative_of_forward(case):
    unit = case.unit()
    for x, rng in case.drawn():
        contract.assert_backward_is_the_derivative_of_forward(unit, [x], rng)


@every_device
@every_case
def test_the_twin_agrees_in_value_and_gradient(case, device):
    unit = case.unit()
    twin = case.twin(unit, device=device)
    for x, rng in case.drawn():
        contract.assert_twin_agrees(unit, twin, [x], rng, device)


@every_case
def test_an_oracle_agrees_in_value_and_gradient(case):
    unit = case.unit()
    oracle = case.oracle(unit)
    for x, rng in case.drawn():
        contract.assert_oracle_agrees(unit, lambda arrays, dy: contract.run_twin(oracle, arrays, dy), [x], rng)


@every_device
@every_dtype
@every_case
def test_large_inputs_stay_finite_without_a_warning(case, dtype, device):
    unit = case.unit()
    twin = case.twin(unit, torch_dtype(dtype), device)
    for make in case.row.large:
        contract.assert_stays_finite(unit, twin, [make(dtype)], device)


@every_case
def test_inputs_are_left_alone_and_changing_them_later_does_not_matter(case):
    unit = case.unit()
    twin = case.twin(unit)
    for x, rng in case.drawn():
        contract.assert_leaves_inputs_alone(unit, twin, [x], rng)


@every_device
@every_case
def test_float32_stays_float32(case, device):
    unit = case.unit()
    twin = case.twin(unit, torch.float32, device)
    for x, rng in case.drawn():
        contract.assert_keeps_float32(unit, twin, [x], rng, device)


@every_device
@every_case
def test_a_twin_in_bfloat16_agrees_to_its_few_digits(case, device):
    unit = case.unit()
    twin = case.twin(unit, torch.bfloat16, device)
    for x, _ in case.drawn():
        x = torch.tensor(x).clamp(-8, 8).bfloat16().double().numpy()
        value = unit.forward(x)
        moved = torch.tensor(x, device=device).bfloat16().requires_grad_()
        y = twin(moved)
        (gradient,) = torch.autograd.grad(y.sum(), moved)
        assert y.dtype == gradient.dtype == torch.bfloat16
        assert_allclose(y.detach().double().cpu(), value, **BFLOAT16)
        assert_allclose(gradient.double().cpu(), unit.backward(np.ones_like(value)), **BFLOAT16)


@every_case
def test_backward_does_not_notice_what_the_caller_does_to_x_and_y_after_forward(case):
    unit = case.unit()
    for x, rng in case.drawn():
        dy = contract.random_upstream(unit, [x], rng)
        value, gradient = contract.run(unit, [x], dy)
        learned = dict(getattr(unit, "grads", {}))
        assert not np.shares_memory(value, x)
        x[...] = np.nan
        if np.ndim(value):
            value[...] = np.nan
        assert_allclose(unit.backward(dy), gradient, rtol=0)
        for name, expected in learned.items():
            assert_allclose(unit.grads[name], expected, rtol=0)


@every_device
@every_name
def test_a_nan_shows_where_it_is_and_nowhere_else(name, device):
    case = BY_NAME[name]
    unit = case.unit()
    x = np.array([[0.5, np.nan, -0.3, 2.0], [0.5, 0.7, -0.3, 2.0]])
    for y in (unit.forward(x), case.twin(unit, device=device)(torch.tensor(x, device=device)).detach().cpu().numpy()):
        assert np.isfinite(y[1]).all()
        assert np.isnan(y[0]).tolist() == ([False, True, False, False] if name in ELEMENTWISE else [True] * y.shape[1])


# What is learned


def learned_gradients(function, unit, x, dy, device="cpu"):
    """The gradients for the parameters of a function of x and them, by autograd."""
    x, dy = (torch.tensor(array, device=device) for array in (x, dy))
    params = {name: torch.tensor(array, device=device).requires_grad_() for name, array in unit.params.items()}
    gradients = torch.autograd.grad(function(x, **params), list(params.values()), dy)
    return {name: gradient.cpu().numpy() for name, gradient in zip(params, gradients)}


def assert_same_gradients(got, expected, about):
    assert list(got) == list(expected)
    for name in expected:
        contract.assert_same(got[name], expected[name], about=f"{about} {name}")


@every_learned_case
def test_gradients_for_parameters_are_derivatives_of_forward(case):
    unit = case.unit()
    for x, rng in case.drawn():
        dy = contract.random_upstream(unit, [x], rng)
        contract.run(unit, [x], dy)
        got = dict(unit.grads)
        assert list(got) == list(unit.params)
        for name, start in unit.params.items():

            def moved(param, name=name, dy=dy, x=x):
                unit.params[name] = param
                return float(np.sum(dy * unit.forward(x)))

            contract.assert_same(got[name], contract.differences(moved, start), "differences", name)
            unit.params[name] = start


@every_device
@every_learned_case
def test_the_twin_agrees_in_the_gradients_for_parameters(case, device):
    unit = case.unit()
    twin = case.twin(unit, device=device)
    for x, rng in case.drawn():
        dy = contract.random_upstream(unit, [x], rng)
        contract.run(unit, [x], dy)
        got = learned_gradients(lambda x, **p: torch.func.functional_call(twin, p, (x,)), unit, x, dy, device)
        assert_same_gradients(got, unit.grads, "the twin's")


@every_learned_case
def test_an_oracle_agrees_in_the_gradients_for_parameters(case):
    unit = case.unit()
    for x, rng in case.drawn():
        dy = contract.random_upstream(unit, [x], rng)
        contract.run(unit, [x], dy)
        assert_same_gradients(
            unit.grads, learned_gradients(case.row.oracle(**case.options), unit, x, dy), "the reference's"
        )


@every_device
@every_dtype
@every_learned_case
def test_large_inputs_leave_the_gradients_for_parameters_finite_and_in_their_dtype(case, dtype, device):
    unit = case.unit()
    twin = case.twin(unit, torch_dtype(dtype), device)
    for make in case.row.large:
        x = make(dtype)
        y = unit.forward(x)
        before = {name: array.copy() for name, array in unit.params.items()}
        unit.backward(np.ones_like(y))
        twin.zero_grad()
        twin(torch.tensor(x, device=device)).sum().backward()
        for name, param in twin.named_parameters():
            assert unit.grads[name].dtype == dtype
            assert np.isfinite(unit.grads[name]).all()
            digits = 1e-10 if dtype == np.float64 else 2e-5  # of the largest: the others are sums in which much cancels
            size = abs(unit.grads[name]).max()
            assert_allclose(param.grad.cpu(), unit.grads[name], rtol=digits, atol=digits * size, err_msg=name)
            assert_allclose(unit.params[name], before[name], rtol=0)


@every_learned_case
def test_parameters_start_with_the_same_names_and_shapes_in_both_files(case):
    unit, twin = case.make(activations, np.random.default_rng(0)), case.make(activations_torch, torch.Generator())
    assert {name: p.shape for name, p in unit.params.items()} == {name: p.shape for name, p in twin.named_parameters()}
    assert unit.grads == {}
    assert all(array.dtype == np.float64 for array in unit.params.values())


@pytest.mark.parametrize("name, param, start", [("PReLU", "alpha", 0.25), ("Swish", "beta", 1.0)])
def test_slopes_start_where_their_paper_says_or_where_one_likes(name, param, start):
    for file in (activations, activations_torch):
        for options, expected in (({}, [start]), ({param: -2.0}, [-2.0])):
            unit = getattr(file, name)(**options)
            got = unit.params[param] if file is activations else getattr(unit, param).detach()
            assert_allclose(got, expected, rtol=0)
    assert_allclose(activations.PReLU(3).params["alpha"], [0.25] * 3, rtol=0)
    assert_allclose(activations_torch.PReLU(3).alpha.detach(), [0.25] * 3, rtol=0)


@pytest.mark.parametrize("name", ["GLU", "SwiGLU", "Maxout"])
def test_linear_maps_start_uniform_in_one_over_the_root_of_their_inputs(name):
    def starts(file, rng):
        unit = getattr(file, name)(25, 200, rng=rng)
        params = unit.params if file is activations else {n: p.detach().numpy() for n, p in unit.named_parameters()}
        return [array.ravel() for array in params.values()]

    for file, make in (
        (activations, np.random.default_rng),
        (activations_torch, lambda seed: torch.Generator().manual_seed(seed)),
    ):
        arrays = starts(file, make(3))
        for array in arrays:
            assert scipy.stats.kstest(array, scipy.stats.uniform(-0.2, 0.4).cdf).pvalue > 1e-3
        assert len({float(array[0]) for array in arrays}) == len(arrays)
        for same, other, array in zip(starts(file, make(3)), starts(file, make(4)), arrays):
            assert_allclose(same, array, rtol=0)
            assert abs(other - array).max() > 0.01


# Digits, kinks and formulas


@pytest.mark.parametrize("name", FORMULAS)
def test_values_and_slopes_are_those_of_the_printed_formula_far_out_and_near_0(name):
    x = np.array([-30.0, -8.0, -1.0, -1e-3, -1e-9, 1e-9, 1e-3, 1.0, 8.0, 30.0])
    unit, twin = getattr(activations, name)(), getattr(activations_torch, name)().double()
    expected = [contract.mpmath_gradient(lambda at: FORMULAS[name](at[0]), [each]) for each in x]
    values, slopes = [value for value, _ in expected], [slope for _, (slope,) in expected]
    for value, slope in (contract.run(unit, [x], np.ones(10)), contract.run_twin(twin, [x], np.ones(10))):
        assert_allclose(value, values, rtol=1e-10)
        assert_allclose(slope, slopes, rtol=1e-10, atol=1e-14)


@every_device
@pytest.mark.parametrize(
    "name, options, value, slope",
    [
        ("Heaviside", {}, 1, 0),
        ("Sign", {}, 0, 0),
        ("ReLU", {}, 0, 0),
        ("LeakyReLU", {"alpha": 0.3}, 0, 0.3),
        ("RReLU", {"lower": 0.25, "upper": 0.75}, 0, 0.5),
        ("PReLU", {"alpha": 0.375}, 0, 0.375),
        ("ELU", {"alpha": 0.3}, 0, 0.3),
        ("SELU", {}, 0, 1.0507009873554805 * 1.6732632423543772),
    ],
)
def test_at_the_kink_the_slope_is_the_one_from_the_left_or_0_for_a_step(name, options, value, slope, device):
    case = type(BY_NAME[name])(BY_NAME[name].row, options)
    unit, x = case.make(activations, None), np.array([0.0, -0.0])
    twin = case.make(activations_torch, None).to(device, torch.float64)
    for got in (contract.run(unit, [x], np.ones(2)), contract.run_twin(twin, [x], np.ones(2), device)):
        assert_allclose(got[0], [value] * 2, rtol=0)
        assert_allclose(got[1], [slope] * 2, rtol=1e-15)


def test_the_derivative_of_sigmoid_is_at_most_a_quarter_and_that_of_tanh_at_most_1():
    x = np.linspace(-20, 20, 401)
    for name, most in (("Sigmoid", 0.25), ("Tanh", 1.0)):
        _, slope = contract.run(getattr(activations, name)(), [x], np.ones_like(x))
        assert slope.max() == slope[200] == most
        assert slope.min() >= 0


def test_tanh_is_a_sigmoid_stretched_to_both_sides():
    x = np.linspace(-5, 5, 21)
    contract.assert_same(activations.Tanh().forward(x), 2 * activations.Sigmoid().forward(2 * x) - 1)


def test_sigmoid_and_softplus_are_those_of_scipy():
    x = np.linspace(-50, 50, 101)
    assert_allclose(activations.Sigmoid().forward(x), scipy.special.expit(x), rtol=1e-10)
    assert_allclose(activations.Softplus().forward(x), -scipy.special.log_expit(-x), rtol=1e-10)


def test_softplus_is_not_cut_off_as_in_pytorch():
    x = np.array([20.5])
    unit = activations.Softplus()
    _, slope = contract.run(unit, [x], np.ones(1))
    assert_allclose(1 - slope, np.exp(-20.5), rtol=1e-6)
    _, cut = contract.run_twin(nn.Softplus(), [x], np.ones(1))
    assert cut == 1


def test_gelu_of_tanh_is_within_half_a_thousandth_of_the_exact_one():
    x = np.linspace(-8, 8, 2001)
    apart = abs(activations.GELU().forward(x) - activations.GELU("tanh").forward(x)).max()
    assert 4e-4 < apart < 5e-4


def test_a_steep_swish_is_relu_and_a_flat_one_is_half_of_x():
    x = np.array([-3.0, -0.5, 0.5, 3.0])
    assert_allclose(activations.Swish(1000.0).forward(x), activations.ReLU().forward(x), atol=1e-10)
    assert_allclose(activations.Swish(0.0).forward(x), x / 2, rtol=1e-10)


def test_selu_keeps_the_mean_and_the_variance_of_standard_normal_numbers():
    def moment(power):
        def density(z):
            return activations.SELU().forward(np.array(z)) ** power * scipy.stats.norm.pdf(z)

        return sum(scipy.integrate.quad(density, *side, epsabs=1e-13)[0] for side in ((-30, 0), (0, 30)))

    assert_allclose([moment(1), moment(2)], [0, 1], atol=1e-10)


def test_an_elu_is_a_selu_without_its_factor():
    x = np.linspace(-4, 4, 9)
    unit = activations.SELU()
    for got, expected in zip(contract.run(unit, [x], x), contract.run(activations.ELU(unit.alpha), [x], x)):
        contract.assert_same(got, unit.lambda_ * expected)


# RReLU in training


def training_rrelu(file, seed=0, **options):
    rng = np.random.default_rng(seed) if file is activations else torch.Generator().manual_seed(seed)
    return getattr(file, "RReLU")(**options, rng=rng)  # noqa: B009 both files


def slopes_while_training(file, x, **options):
    """Its value divided by x, and its gradient for a dy of ones."""
    unit = training_rrelu(file, **options)
    run = contract.run if file is activations else contract.run_twin
    value, gradient = run(unit, [x], np.ones_like(x))
    return value / x, gradient


@pytest.mark.parametrize("file", [activations, activations_torch], ids=["reference", "twin"])
@pytest.mark.parametrize("options", [{}, {"lower": 0.4, "upper": 0.5}], ids=str)
def test_rrelu_draws_a_slope_for_each_negative_element_and_its_gradient_is_that_slope(file, options):
    x = np.concatenate([np.linspace(-9, -1, 2000), np.linspace(1, 9, 50)])
    ratio, gradient = slopes_while_training(file, x, **options)
    assert_allclose(gradient, ratio, rtol=1e-12)
    assert_allclose(ratio[2000:], 1, rtol=0)
    low, high = options.get("lower", 1 / 8), options.get("upper", 1 / 3)
    assert low - 1e-15 <= ratio[:2000].min() < ratio[:2000].max() <= high + 1e-15
    assert scipy.stats.kstest(ratio[:2000], scipy.stats.uniform(low, high - low).cdf).pvalue > 1e-3


@pytest.mark.parametrize("file", [activations, activations_torch], ids=["reference", "twin"])
def test_rrelu_draws_anew_at_each_forward_and_the_same_for_the_same_seed(file):
    x = np.full(20, -1.0)
    first, again, other = (training_rrelu(file, seed).forward for seed in (0, 0, 1))
    x = x if file is activations else torch.tensor(x)
    y = np.asarray(first(x))
    assert_allclose(again(x), y, rtol=0)
    assert abs(np.asarray(first(x)) - y).min() > 1e-6
    assert abs(np.asarray(other(x)) - y).min() > 1e-6


def test_rrelu_draws_from_its_own_rng_alone():
    x = np.full(3, -1.0)
    np.random.seed(0)  # the global state that nobody should touch
    torch.manual_seed(0)
    before = np.random.get_state()[1].copy(), torch.get_rng_state().clone()
    training_rrelu(activations).forward(x)
    training_rrelu(activations_torch).forward(torch.tensor(x))
    assert (np.random.get_state()[1] == before[0]).all()
    assert torch.equal(torch.get_rng_state(), before[1])
    activations_torch.RReLU(rng=None)(torch.tensor(x))  # None is PyTorch's global generator
    assert not torch.equal(torch.get_rng_state(), before[1])


def test_rrelu_in_training_differs_from_its_mean_slope_in_evaluation_and_evaluation_draws_nothing():
    rng = np.random.default_rng(0)
    unit, x = activations.RReLU(rng=rng), np.full(4, -1.0)
    assert unit.training
    unit.training = False
    before = rng.bit_generator.state
    for _ in range(2):
        assert_allclose(unit.forward(x), [-11 / 48] * 4, rtol=1e-15)
    assert rng.bit_generator.state == before
    twin = activations_torch.RReLU(rng=None).eval()
    assert_allclose(twin(torch.tensor(x)), [-11 / 48] * 4, rtol=1e-15)


def test_backward_of_rrelu_in_training_is_the_derivative_of_a_forward_with_the_same_draw():
    class Repeated(activations.RReLU):
        def forward(self, x):
            self.rng = np.random.default_rng(5)
            return super().forward(x)

    for x, rng in BY_NAME["RReLU"].drawn():
        contract.assert_backward_is_the_derivative_of_forward(Repeated(rng=None), [x], rng)


def test_rrelu_in_training_keeps_float32():
    x = np.full((2, 3), -1, np.float32)
    value, gradient = contract.run(training_rrelu(activations), [x], np.ones((2, 3)))
    assert value.dtype == gradient.dtype == training_rrelu(activations_torch)(torch.tensor(x)).numpy().dtype


# Softmax and LogSoftmax


def test_softmax_and_its_log_are_those_of_scipy():
    x = np.random.default_rng(1).normal(size=(4, 5)) * 10
    contract.assert_same(activations.Softmax().forward(x), scipy.special.softmax(x, axis=-1))
    contract.assert_same(activations.LogSoftmax().forward(x), scipy.special.log_softmax(x, axis=-1))


def test_the_jacobian_of_softmax_is_pytorchs_and_backward_is_its_product_with_dy():
    unit = activations.Softmax()
    for x, rng in BY_NAME["Softmax"].drawn():
        dy = contract.random_upstream(unit, [x], rng)
        _, gradient = contract.run(unit, [x], dy)
        jacobian = unit.jacobian()
        assert jacobian.shape == (*x.shape, x.shape[-1])
        contract.assert_same(np.einsum("...i,...ij->...j", dy, jacobian), gradient)
        rows = torch.tensor(x.reshape(-1, x.shape[-1]))
        expected = [torch.autograd.functional.jacobian(nn.Softmax(dim=-1), row) for row in rows]
        contract.assert_same(jacobian, torch.stack(expected).numpy().reshape(jacobian.shape))


def test_the_jacobian_of_softmax_keeps_float32():
    unit = activations.Softmax()
    unit.forward(np.zeros((2, 3), np.float32))
    assert unit.jacobian().dtype == np.float32


def test_softmax_does_not_see_a_shift():
    x = np.random.default_rng(2).normal(size=(4, 3))
    contract.assert_same(activations.Softmax().forward(x + 1000), activations.Softmax().forward(x), "float32")


def test_the_log_of_a_probability_near_1_keeps_its_digits():
    y = activations.LogSoftmax().forward(np.array([0.0, -50.0, -60.0]))
    assert_allclose(y[0], -(np.exp(-50) + np.exp(-60)), rtol=1e-10)  # 1 + e⁻⁵⁰ is 1 in float64


@every_device
@pytest.mark.parametrize("name, out", [("Softmax", 0), ("LogSoftmax", -np.inf)])
def test_minus_infinity_is_a_probability_of_0(name, out, device):
    x, dy = np.array([[-np.inf, 0.5, 2.0], [-np.inf, 3.0, 3.0]]), np.array([[0.0, 1.0, -3.0], [0.0, 2.0, 1.0]])
    unit = getattr(activations, name)()
    y, gradient = contract.run(unit, [x], dy)
    assert (y[:, 0] == out).all()
    y_without, gradient_without = contract.run(getattr(activations, name)(), [x[:, 1:]], dy[:, 1:])
    contract.assert_same(y[:, 1:], y_without)
    contract.assert_same(gradient, np.insert(gradient_without, 0, 0, axis=1))
    twin_y, twin_gradient = contract.run_twin(getattr(activations_torch, name)(), [x], dy, device)
    contract.assert_same(twin_y, y)
    contract.assert_same(twin_gradient, gradient)


def test_the_jacobian_of_a_masked_softmax_is_0_in_the_masked_row_and_column():
    unit = activations.Softmax()
    unit.forward(np.array([-np.inf, 0.5, 2.0, -np.inf]))
    jacobian = unit.jacobian()
    unit.forward(np.array([0.5, 2.0]))
    contract.assert_same(jacobian, np.pad(unit.jacobian(), 1))


# With linear maps inside


def test_a_glu_multiplies_its_value_by_an_opening_between_0_and_1_and_swiglu_by_swish():
    x, rng = np.array([[2.0, -1.0]]), np.random.default_rng(0)
    params = {
        "gate_weight": np.array([[1.0, 3.0]]),
        "gate_bias": np.array([0.5]),
        "value_weight": np.array([[-2.0, 1.0]]),
        "value_bias": np.array([4.0]),
    }
    gate, value = -0.5, -1.0
    for name, opening in (("GLU", 1 / (1 + math.exp(0.5))), ("SwiGLU", gate / (1 + math.exp(0.5)))):
        unit = getattr(activations, name)(2, 1, rng=rng)
        unit.params = params
        assert_allclose(unit.forward(x), [[opening * value]], rtol=1e-12)


def test_maxout_can_be_relu_and_the_absolute_value():
    x, unit = np.array([[-3.0], [2.0]]), activations.Maxout(1, 2, rng=np.random.default_rng(0))
    unit.params = {"weight": np.array([[[1.0], [0.0]], [[1.0], [-1.0]]]), "bias": np.zeros((2, 2))}
    assert_allclose(unit.forward(x), [[0, 3], [2, 2]], rtol=0)


@every_device
def test_of_equal_pieces_of_maxout_the_first_gets_the_gradient_and_in_the_twin_a_single_one(device):
    unit = activations.Maxout(2, 1, 3, rng=np.random.default_rng(0))
    twin = activations_torch.Maxout(2, 1, 3, rng=None).to(device, torch.float64)
    unit.params = {"weight": np.array([[[1.0, 0.0], [2.0, 0.0], [2.0, 5.0]]]), "bias": np.zeros((1, 3))}
    _, gradient = contract.run(unit, [np.array([[1.0, 0.0]])], np.ones((1, 1)))
    assert_allclose(gradient, [[2.0, 0.0]], rtol=0)
    assert_allclose(unit.grads["bias"], [[0.0, 1.0, 0.0]], rtol=0)
    twin.load_state_dict({name: torch.tensor(array) for name, array in unit.params.items()})
    twin(torch.tensor([[1.0, 0.0]], dtype=torch.float64, device=device)).sum().backward()
    assert_allclose(twin.bias.grad.cpu().sort().values, [[0.0, 0.0, 1.0]], rtol=0)  # each device has its own first


# What is refused, and in which words


def forward_backward(name, dy):
    unit = getattr(activations, name)()
    unit.forward(np.zeros((2, 3)))
    return unit.backward(dy)


def with_maps(file, name, in_features=4, out_features=3, **options):
    rng = np.random.default_rng(0) if file is activations else torch.Generator()
    return getattr(file, name)(in_features, out_features, **options, rng=rng)


WRONG = (
    {
        f"{name} backward first": (
            lambda name=name: BY_NAME[name].unit().backward([1.0]),
            "backward came before forward; expected forward first",
        )
        for name in NAMES
    }
    | {
        f"{name} of nothing": (
            lambda name=name: BY_NAME[name].unit().forward(np.empty((0, 4))),
            r"x is empty, with shape \(0, 4\); expected at least one example",
        )
        for name in NAMES
    }
    | {
        f"{name} dy": (
            lambda name=name: forward_backward(name, np.ones(3)),
            r"dy has shape \(3,\); expected forward's shape \(2, 3\)",
        )
        for name in ("Heaviside", "Sigmoid", "PReLU", "Swish", "Softmax", "LogSoftmax")
    }
    | {
        f"{name} dy": (
            lambda name=name: (unit := with_maps(activations, name), unit.forward(np.ones((2, 4))), unit.backward(1.0)),
            r"dy has shape \(\); expected forward's shape \(2, 3\)",
        )
        for name in ("GLU", "SwiGLU", "Maxout")
    }
    | {
        f"{name} of a number": (
            lambda name=name: BY_NAME[name].unit().forward(1.0),
            "x is a single number; expected an array: try np.atleast_1d",
        )
        for name in ("Softmax", "LogSoftmax", "GLU", "SwiGLU", "Maxout")
    }
    | {
        f"{name} of {value}": (
            lambda name=name, value=value: getattr(activations, name)().forward(
                np.array([[0.0, 1.0], [value, value if value < 0 else 0.0]])
            ),
            f"the largest logit of a row is {value}; expected a finite one",
        )
        for name in ("Softmax", "LogSoftmax")
        for value in (np.inf, -np.inf)
    }
    | {
        "jacobian first": (
            lambda: activations.Softmax().jacobian(),
            "jacobian came before forward; expected forward first",
        )
    }
)

# The two files refuse these in the same words.
WRONG_IN_BOTH = {
    "negative alpha": (lambda file: file.LeakyReLU(-0.1), "alpha is -0.1; expected 0 ≤ alpha < inf"),
    "alpha of ELU": (lambda file: file.ELU(0), "alpha is 0; expected 0 < alpha < inf"),
    "alpha in words": (lambda file: file.ELU("1"), "alpha is '1'; expected 0 < alpha < inf"),
    "infinite alpha": (lambda file: file.PReLU(alpha=math.inf), "alpha is inf; expected -inf < alpha < inf"),
    "no channels": (lambda file: file.PReLU(0), "channels is 0; expected 1 ≤ channels < inf"),
    "nan beta": (lambda file: file.Swish(math.nan), "beta is nan; expected -inf < beta < inf"),
    "negative lower": (lambda file: file.RReLU(-1, rng=None), "lower is -1; expected 0 ≤ lower < inf"),
    "exchanged": (lambda file: file.RReLU(0.5, 0.2, rng=None), r"upper is 0.2; expected 0.5 ≤ upper < inf"),
    "form": (lambda file: file.GELU("erf"), r"form is 'erf'; expected one of \('exact', 'tanh'\)"),
    "no pieces": (lambda file: with_maps(file, "Maxout", pieces=0), "pieces is 0; expected 1 ≤ pieces < inf"),
} | {
    f"{name} without {what}": (
        lambda file, name=name, what=what: with_maps(file, name, **{what: 0}),
        f"{what} is 0; expected 1 ≤ {what} < inf",
    )
    for name in ("GLU", "SwiGLU", "Maxout")
    for what in ("in_features", "out_features")
}

WRONG_SHAPE = {
    f"features of {name}": (
        lambda file, name=name: with_maps(file, name),
        (2, 3),
        r"x has shape \(2, 3\); expected 4 features in the last axis",
    )
    for name in ("GLU", "SwiGLU", "Maxout")
} | {
    "channels": (
        lambda file: file.PReLU(3),
        (3, 2),
        r"x has shape \(3, 2\); expected 3 channels in the second axis",
    ),
    "no channel axis": (
        lambda file: file.PReLU(3),
        (3,),
        r"x has shape \(3,\); expected 3 channels in the second axis",
    ),
}


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


@pytest.mark.parametrize("file", [activations, activations_torch], ids=["reference", "twin"])
@pytest.mark.parametrize("wrong, message", WRONG_IN_BOTH.values(), ids=WRONG_IN_BOTH)
def test_a_wrong_hyperparameter_is_refused_by_both_files(wrong, message, file):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong(file)


@pytest.mark.parametrize("make, shape, message", WRONG_SHAPE.values(), ids=WRONG_SHAPE)
def test_a_wrong_shape_is_refused_by_both_files(make, shape, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        make(activations).forward(np.ones(shape))
    with pytest.raises(ValueError, match=f"^{message}"):
        make(activations_torch)(torch.ones(shape))


@every_name
def test_whole_numbers_are_refused(name):
    with pytest.raises(TypeError, match=r"^x is int64; expected float64 or float32: try x\.astype\(float\)"):
        BY_NAME[name].unit().forward([1, 2, 3, 4])


@pytest.mark.parametrize("name", ["RReLU", "GLU", "SwiGLU", "Maxout"])
def test_what_draws_wants_to_be_told_from_where(name):
    for file in (activations, activations_torch):
        rng = inspect.signature(getattr(file, name)).parameters["rng"]
        assert rng.kind is rng.KEYWORD_ONLY
        assert rng.default is rng.empty
