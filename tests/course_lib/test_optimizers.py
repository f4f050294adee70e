"""Every optimizer follows PyTorch's, step for step; then the conventions, the twins' manners, and what is refused."""

import inspect
import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn, optim

from course_lib import optimizers, optimizers_torch
from course_lib.regularizers import L2
from tests.course_lib import contract

HERE = Path(__file__).resolve().parents[2]
ORACLES = {
    "optimizers.SGD": "torch.optim.SGD",
    "optimizers.Momentum": "torch.optim.SGD",
    "optimizers.Nesterov": "torch.optim.SGD",
    "optimizers.AdaGrad": "torch.optim.Adagrad",
    "optimizers.RMSprop": "torch.optim.RMSprop",
    "optimizers.Adam": "torch.optim.Adam",
    "optimizers.Nadam": "torch.optim.NAdam",
    "optimizers.AdamW": "torch.optim.AdamW",
}
IDS = tuple(ORACLES)
STEPS = 50
TOLERANCE = {
    "float32": {"rtol": 2e-4, "atol": 2e-5},  # 7 digits, and 50 steps on which each rounding travels
    "bfloat16": {"rtol": 0.05, "atol": 0.02},  # 3 digits and 10 steps
}


@dataclass(frozen=True)
class Row:
    name: str
    oracle: Callable  # (params, **options) -> an optimizer of torch.optim
    options: tuple[dict, ...]

    def unit(self, **options):
        return getattr(optimizers, self.name)(**options)

    def twin(self, params, **options):
        return getattr(optimizers_torch, self.name)(params, **options)


@pytest.fixture
def double():
    """PyTorch's NAdam keeps its product of momenta in the default dtype."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def nadam(params, beta1=0.9, beta2=0.999, **options):
    return optim.NAdam(params, betas=(beta1, beta2), **{"lr": 0.002, **options})


ROWS = (
    Row(
        "SGD",
        lambda params, lr=0.01: optim.SGD(params, lr=lr),
        ({"lr": 5e-4}, {"lr": 1e-3}, {"lr": 0.0}),
    ),
    Row(
        "Momentum",
        lambda params, lr=0.01, momentum=0.9: optim.SGD(params, lr=lr, momentum=momentum),
        ({"lr": 2e-4}, {"lr": 2e-4, "momentum": 0.3}, {"lr": 2e-4, "momentum": 0.0}),
    ),
    Row(
        "Nesterov",
        lambda params, lr=0.01, momentum=0.9: optim.SGD(params, lr=lr, momentum=momentum, nesterov=True),
        ({"lr": 2e-4}, {"lr": 2e-4, "momentum": 0.3}),
    ),
    Row(
        "AdaGrad",
        lambda params, lr=0.01, eps=1e-10: optim.Adagrad(params, lr=lr, eps=eps),
        ({}, {"lr": 0.3}, {"lr": 0.3, "eps": 3.0}),
    ),
    Row(
        "RMSprop",
        lambda params, lr=0.001, beta=0.9, eps=1e-8: optim.RMSprop(params, lr=lr, alpha=beta, eps=eps),
        ({}, {"lr": 0.02, "beta": 0.2}, {"lr": 0.02, "beta": 0.0}, {"lr": 0.02, "eps": 3.0}),
    ),
    Row(
        "Adam",
        lambda params, beta1=0.9, beta2=0.999, **options: optim.Adam(params, betas=(beta1, beta2), **options),
        ({}, {"lr": 0.1}, {"lr": 0.1, "beta1": 0.2}, {"lr": 0.1, "beta2": 0.3}, {"lr": 0.1, "eps": 3.0}),
    ),
    Row(
        "Nadam",
        nadam,
        (
            {},
            {"lr": 0.1},
            {"lr": 0.1, "beta1": 0.2},
            {"lr": 0.1, "beta2": 0.3},
            {"lr": 0.1, "eps": 3.0},
            {"lr": 0.1, "momentum_decay": 0.5},
            {"lr": 0.1, "momentum_decay": 0.0},
        ),
    ),
    Row(
        "AdamW",
        lambda params, beta1=0.9, beta2=0.999, weight_decay=0.01, **options: optim.AdamW(
            params, betas=(beta1, beta2), weight_decay=weight_decay, **options
        ),
        (
            {},
            {"lr": 0.1},
            {"lr": 0.1, "beta1": 0.2},
            {"lr": 0.1, "beta2": 0.3},
            {"lr": 0.1, "eps": 3.0},
            {"lr": 0.1, "weight_decay": 0.7},
        ),
    ),
)
BY_NAME = {row.name: row for row in ROWS}


# Two problems: params and a function of them that gives their gradients


def rosenbrock():
    """(1 − x)² + 100(y − x²)² from three starts at once."""

    def gradients(params):
        x, y = params["x"], params["y"]
        return {"x": -2 * (1 - x) - 400 * x * (y - x**2), "y": 200 * (y - x**2)}

    return {"x": np.array([-1.2, 0.5, 1.3]), "y": np.array([1.0, -0.5, 1.2])}, gradients


def ravine():
    """A quadratic in seven unknowns with curvatures from 100 to 0.01: condition 1e4."""
    rng = np.random.default_rng(0)
    turn, _ = np.linalg.qr(rng.normal(size=(7, 7)))
    hessian = turn @ np.diag(np.logspace(2, -2, 7)) @ turn.T
    lowest = rng.uniform(1, 2, 7)

    def gradients(params):
        slope = hessian @ (np.append(params["weight"], params["bias"]) - lowest)
        return {"weight": slope[:6].reshape(2, 3), "bias": slope[6]}

    return {"weight": rng.normal(size=(2, 3)), "bias": np.array(-1.0)}, gradients


PROBLEMS = {"rosenbrock": rosenbrock, "ravine": ravine}
CASES = [(row, options) for row in ROWS for options in row.options]
case_ids = ["-".join([row.name, *(f"{name}={value:g}" for name, value in o.items())]) for row, o in CASES]
every_case = pytest.mark.parametrize("row, options", CASES, ids=case_ids)
every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
every_problem = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
every_device = pytest.mark.parametrize("device", contract.DEVICES)


def walk(unit, problem, steps=STEPS, dtype=np.float64):
    """-> the params after each step of the reference, by its rule alone"""
    params, gradients = problem()
    params = {name: p.astype(dtype) for name, p in params.items()}
    states = {name: unit.init(p) for name, p in params.items()}
    for t in range(1, steps + 1):
        grads = gradients(params)
        params = {name: unit.update(p, grads[name], states[name], unit.lr, t) for name, p in params.items()}
        yield params


def as_parameters(params, dtype=torch.float64, device="cpu"):
    return {name: nn.Parameter(torch.tensor(p, dtype=dtype, device=device)) for name, p in params.items()}


def as_arrays(tensors):
    return {name: p.detach().double().cpu().numpy().copy() for name, p in tensors.items()}


def give_gradients(parameters, gradients):
    for name, g in gradients(as_arrays(parameters)).items():
        p = parameters[name]
        p.grad = torch.tensor(g, dtype=p.dtype, device=p.device)


def walk_torch(make, problem, steps=STEPS, dtype=torch.float64, device="cpu", step=None):
    """-> the params after each step of an optimizer of PyTorch's shape"""
    params, gradients = problem()
    parameters = as_parameters(params, dtype, device)
    optimizer = make(list(parameters.values()))
    for _ in range(steps):
        give_gradients(parameters, gradients)
        (optimizer.step if step is None else step(optimizer))()
        yield as_arrays(parameters)


def assert_same_walk(got, expected, **tolerance):
    tolerance = tolerance or contract.TOLERANCE["float64"]
    steps = 0
    for t, (here, there) in enumerate(zip(got, expected, strict=True), start=1):
        steps = t
        assert here.keys() == there.keys()
        for name in here:
            assert_allclose(here[name], there[name], **tolerance, err_msg=f"{name} after step {t}")
    assert steps


# The contract


def test_the_table_and_both_files_hold_what_the_course_promises():
    names = [id.removeprefix("optimizers.") for id in IDS]
    assert [row.name for row in ROWS] == names
    for file in (optimizers, optimizers_torch):
        assert file.__all__ == names
        assert contract.classes_in_order(file) == names
    for name in names:
        unit, twin = getattr(optimizers, name), getattr(optimizers_torch, name)
        own, (params, *others) = (list(inspect.signature(made).parameters.values()) for made in (unit, twin))
        assert (params.name, others) == ("params", own)
        assert twin.__doc__ == f"See `optimizers.{name}`."


def test_every_hyperparameter_is_tried_far_from_its_default():
    contract.assert_every_hyperparameter_is_moved(ROWS, optimizers)


@every_problem
@every_case
def test_the_reference_goes_where_pytorch_goes_for_50_steps(row, options, problem, double):
    assert_same_walk(
        walk(row.unit(**options), problem),
        walk_torch(lambda params: row.oracle(params, **options), problem),
    )


@every_device
@every_problem
@every_case
def test_the_twin_goes_where_the_reference_goes_for_50_steps(row, options, problem, device):
    assert_same_walk(
        walk_torch(lambda params: row.twin(params, **options), problem, device=device),
        walk(row.unit(**options), problem),
    )


@every_row
def test_the_walker_does_to_a_dict_what_the_rule_does_to_each_parameter(row):
    unit, (params, gradients) = row.unit(**row.options[-1]), ravine()
    arrays = dict(params)
    for expected in walk(row.unit(**row.options[-1]), ravine):
        unit.step(params, gradients(params))
        for name, p in params.items():
            assert p is arrays[name]  # in place: a layer that holds the array sees it
            assert_allclose(p, expected[name], rtol=0)
    assert unit.t == STEPS


@every_row
def test_both_keep_the_same_state_under_the_same_names(row):
    options = row.options[-1]
    unit, (params, gradients) = row.unit(**options), ravine()
    parameters = as_parameters(params)
    twin = row.twin(list(parameters.values()), **options)
    for _ in range(10):
        give_gradients(parameters, gradients)
        unit.step(params, gradients(params))
        twin.step()
    for name, p in parameters.items():
        kept = twin.state[p]
        assert kept.pop("step").item() == unit.t == 10
        assert kept.keys() == unit.state[name].keys()
        for key, value in kept.items():
            contract.assert_same(value.numpy(), unit.state[name][key], about=key)


@every_row
def test_an_update_leaves_everything_alone_but_the_entries_of_the_state(row):
    unit, rng = row.unit(), np.random.default_rng(1)
    state, kept = unit.init(np.zeros((2, 3))), []
    for t in (1, 2, 3):
        p, g = contract.read_only([rng.normal(size=(2, 3)), rng.normal(size=(2, 3))])
        before = {name: np.copy(value) for name, value in state.items()}
        kept.append((dict(state), before))
        assert unit.update(p, g, state, 0.1, t) is not p
    for snapshot, before in kept:
        for name, value in snapshot.items():
            assert_allclose(value, before[name], rtol=0)


@pytest.mark.parametrize("lr", [0.1, np.float64(0.1), 0], ids=["float", "numpy", "whole"])
@every_row
def test_float32_stays_float32_whatever_the_rate_and_the_gradient_are(row, lr):
    unit, p = row.unit(), np.ones((2, 3), np.float32)
    state = unit.init(p)
    for t in (1, np.int64(2)):
        p = unit.update(p, np.ones((2, 3)), state, lr, t)
        assert p.dtype == np.float32
    for value in state.values():
        assert isinstance(value, float) or value.dtype == np.float32


@every_device
@every_problem
@every_row
def test_float32_goes_about_where_float64_goes(row, problem, device):
    options = row.options[1]
    expected = list(walk(row.unit(**options), problem))
    tolerance = TOLERANCE["float32"]
    assert_same_walk(walk(row.unit(**options), problem, dtype=np.float32), expected, **tolerance)
    twin = walk_torch(lambda params: row.twin(params, **options), problem, dtype=torch.float32, device=device)
    assert_same_walk(twin, expected, **tolerance)


@every_device
@every_row
def test_bfloat16_goes_about_where_float64_goes(row, device):
    options = row.options[1]
    twin = walk_torch(lambda params: row.twin(params, **options), ravine, 10, torch.bfloat16, device)
    assert_same_walk(twin, walk(row.unit(**options), ravine, 10), **TOLERANCE["bfloat16"])


@every_device
@pytest.mark.parametrize("dtype, size", [(np.float64, 1e150), (np.float32, 1e18)], ids=["float64", "float32"])
@every_row
def test_large_and_vanishing_gradients_stay_finite_without_a_warning(row, dtype, size, device):
    gradients = np.array([size, -size, 0, 1 / size, -1e-30], dtype)
    unit, p = row.unit(), np.array([1, 1e4, 0, -3, 1e-30], dtype)
    parameter = nn.Parameter(torch.tensor(p, device=device))
    state, twin = unit.init(p), row.twin([parameter])
    for t, g in enumerate([gradients, gradients[::-1], 0 * gradients], start=1):
        p = unit.update(p, g, state, unit.lr, t)
        parameter.grad = torch.tensor(g.copy(), device=device)
        twin.step()
        assert np.isfinite(p).all(), p
        for value in state.values():
            assert np.isfinite(value).all()
        scale = {"rtol": 2e-5, "atol": 2e-6} if dtype == np.float32 else contract.TOLERANCE["float64"]
        assert_allclose(parameter.detach().cpu().numpy(), p, **scale)


@every_row
def test_a_gradient_of_0_and_a_rate_of_0_move_nothing(row):
    p, zero = np.array([0.5, -2.0]), np.zeros(2)
    unit = row.unit() if row.name != "AdamW" else row.unit(weight_decay=0.0)
    assert_allclose(unit.update(p, zero, unit.init(p), 0.1, 1), p, rtol=0)
    assert_allclose(unit.update(p, p, unit.init(p), 0, 1), p, rtol=0)


def test_importing_the_reference_does_not_import_torch():
    code = "import sys; from course_lib import optimizers; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE)
    assert done.stdout.strip() == "False"


# Conventions

FIRST_STEPS = {  # over lr, for the gradients 0.01 and 1000
    "SGD": (0.01, 1e3),
    "Momentum": (0.01, 1e3),
    "Nesterov": (0.019, 1.9e3),
    "AdaGrad": (1, 1),
    "RMSprop": (10**0.5, 10**0.5),
    "Adam": (1, 1),
    "Nadam": None,
    "AdamW": (1.01, 1.01),
}


@pytest.mark.parametrize("name", FIRST_STEPS)
def test_the_first_step_has_the_size_that_theory_says(name):
    unit, p, g = BY_NAME[name].unit(), np.array([1.0, 1.0]), np.array([0.01, 1e3])
    expected = FIRST_STEPS[name]
    if name == "Nadam":  # m = (1 − β₁)g, v̂ = g², so g's share and m's share of the step, both over |g|
        mu, mu_next = (0.9 * (1 - 0.5 * 0.96 ** (n / 250)) for n in (1, 2))
        expected = np.full(2, (1 - mu) / (1 - mu) + mu_next * 0.1 / (1 - mu * mu_next))
    step = (p - unit.update(p, g, unit.init(p), 0.5, 1)) / 0.5
    assert_allclose(step, expected, rtol=5e-6)  # eps is 1e-8, beside 0.01


@pytest.mark.parametrize(
    "name, root, expected",
    [
        ("AdaGrad", 4.0, 4 / (4 + 2)),
        ("RMSprop", 4.0, 4 / (np.sqrt(0.1 * 16) + 2)),
        ("Adam", 4.0, 4 / (4 + 2)),  # after the bias correction: before it, 0.4 / (√0.016 + 2) / …
        ("AdamW", 4.0, 4 / (4 + 2) + 0.01 * 3),
    ],
)
def test_eps_stands_outside_the_root_and_after_the_bias_correction(name, root, expected):
    unit, p, g = BY_NAME[name].unit(eps=2.0), np.array([3.0]), np.array([root])
    assert_allclose((p - unit.update(p, g, unit.init(p), 0.5, 1)) / 0.5, [expected], rtol=1e-12)


def with_the_rate_inside(problem, rates, momentum, ahead):
    """z ← momentum·z − lr·∇(θ or θ + momentum·z), θ ← θ + z. -> θ and θ + momentum·z after each step"""
    theta, gradients = problem()
    z = {name: np.zeros_like(p) for name, p in theta.items()}
    for lr in rates:
        grads = gradients({name: p + ahead * momentum * z[name] for name, p in theta.items()})
        z = {name: momentum * z[name] - lr * grads[name] for name in z}
        theta = {name: p + z[name] for name, p in theta.items()}
        yield theta, {name: p + momentum * z[name] for name, p in theta.items()}


def test_a_velocity_with_the_rate_inside_is_the_same_while_the_rate_is():
    inside = [theta for theta, _ in with_the_rate_inside(ravine, [2e-4] * STEPS, 0.9, ahead=0)]
    assert_same_walk(walk(optimizers.Momentum(2e-4), ravine), inside)


def test_the_look_ahead_points_of_nesterov_are_the_points_of_ours_while_the_rate_is_the_same():
    points = [point for _, point in with_the_rate_inside(ravine, [2e-4] * STEPS, 0.9, ahead=1)]
    assert_same_walk(walk(optimizers.Nesterov(2e-4), ravine), points)


@pytest.mark.parametrize("name, nesterov", [("Momentum", False), ("Nesterov", True)])
def test_a_new_rate_acts_at_once_on_the_whole_velocity_as_in_pytorch(name, nesterov):
    (params, gradients), rates = ravine(), [2e-4] * 5 + [2e-6] * 5
    unit, parameters = BY_NAME[name].unit(), as_parameters(params)
    twin, oracle_parameters = BY_NAME[name].twin(list(parameters.values())), as_parameters(params)
    oracle = optim.SGD(list(oracle_parameters.values()), lr=1.0, momentum=0.9, nesterov=nesterov)
    for lr in rates:
        unit.lr = twin.param_groups[0]["lr"] = oracle.param_groups[0]["lr"] = lr
        unit.step(params, gradients(params))
        for optimizer, there in ((twin, parameters), (oracle, oracle_parameters)):
            give_gradients(there, gradients)
            optimizer.step()
    *_, inside = with_the_rate_inside(ravine, rates, 0.9, ahead=int(nesterov))
    for name, p in params.items():
        contract.assert_same(p, as_arrays(oracle_parameters)[name])
        contract.assert_same(p, as_arrays(parameters)[name])
        assert abs(p - inside[int(nesterov)][name]).max() > 1e-3


def test_steady_gradients_end_in_steps_of_the_gradient_over_1_minus_momentum():
    for name in ("Momentum", "Nesterov"):  # with dampening they would end in steps of the gradient
        unit, p = BY_NAME[name].unit(), np.zeros(1)
        state = unit.init(p)
        for t in range(1, 300):
            before, p = p, unit.update(p, np.ones(1), state, 0.5, t)
        assert_allclose(before - p, [0.5 / (1 - 0.9)], rtol=1e-10)


def test_the_decay_of_adamw_is_that_of_the_parameter_before_the_step_and_not_a_gradient():
    p, g, lr, decay = np.array([3.0, -2.0]), np.array([0.5, 100.0]), 0.1, 0.3
    adam, adamw = optimizers.Adam(), optimizers.AdamW(weight_decay=decay)
    step = p - adam.update(p, g, adam.init(p), lr, 1)
    decayed = adamw.update(p, g, adamw.init(p), lr, 1)
    assert_allclose(decayed, p - step - lr * decay * p, rtol=1e-12)
    assert abs(decayed - (p - step) * (1 - lr * decay)).max() > 1e-3  # not of the one after it
    penalty = L2(decay / 2)  # Adam divides this one away: its first step is lr, as without
    penalty.forward({"p": p})
    with_l2 = adam.update(p, g + penalty.backward()["p"], adam.init(p), lr, 1)
    assert_allclose(p - with_l2, lr * np.sign(g), rtol=1e-6)


def test_the_momentum_of_nadam_grows_from_half_of_beta1_to_beta1():
    unit, p = optimizers.Nadam(), np.zeros(1)
    state, products = unit.init(p), [1.0]
    for t in range(1, 5):
        p = unit.update(p, np.ones(1), state, 0.1, t)
        products.append(state["mu_product"])
    mu = np.array(products[1:]) / products[:-1]
    assert_allclose(mu, 0.9 * (1 - 0.5 * 0.96 ** (np.arange(1, 5) / 250)), rtol=1e-12)
    assert mu[0] < 0.4502 < mu[3]


# A twin is one of PyTorch's own


@every_row
def test_each_param_group_keeps_its_own_hyperparameters(row):
    first, second = row.options[0], row.options[-1]
    groups = walk_torch(lambda p: row.twin([{"params": p[:1], **first}, {"params": p[1:], **second}]), ravine)
    (params, gradients), units = ravine(), {"weight": row.unit(**first), "bias": row.unit(**second)}
    for got in groups:
        grads = gradients(params)
        for name, unit in units.items():
            unit.step({name: params[name]}, {name: grads[name]})
            contract.assert_same(got[name], params[name], about=name)


def defaults(row):
    return {p.name: p.default for p in inspect.signature(getattr(optimizers, row.name)).parameters.values()}


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=str)
@every_row
def test_after_reloading_its_state_a_twin_goes_on_bit_for_bit(row, dtype):
    options, (params, gradients) = row.options[-1], rosenbrock()
    parameters = as_parameters(params, dtype)
    twin = row.twin(list(parameters.values()), **options)

    def go_on(optimizer, there):
        for _ in range(4):
            give_gradients(there, gradients)
            optimizer.step()
        return as_arrays(there)

    middle, file = go_on(twin, parameters), io.BytesIO()
    torch.save(twin.state_dict(), file)
    expected = go_on(twin, parameters)
    file.seek(0)
    again = as_parameters(middle, dtype)
    loaded = row.twin(list(again.values()))
    saved = torch.load(file, weights_only=True)
    loaded.load_state_dict(saved)
    for i, p in enumerate(again.values()):
        for key, value in saved["state"][i].items():
            assert loaded.state[p][key].dtype == value.dtype, key
            assert_allclose(loaded.state[p][key].double(), value.double(), rtol=0, err_msg=key)
    for name, p in go_on(loaded, again).items():
        assert_allclose(p, expected[name], rtol=0)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")  # what torch.compile imports of PyTorch's own
@every_row
def test_a_compiled_step_goes_the_same_way_and_is_compiled_only_twice(row):
    """Once for the first step, which makes the state, and once for all others."""
    from torch._dynamo.testing import CompileCounterWithBackend

    torch._dynamo.reset()
    counter, compiled = CompileCounterWithBackend("aot_eager"), []

    def step(optimizer):
        if not compiled:
            compiled.append(torch.compile(optimizer.step, backend=counter))
        return compiled[0]

    options = row.options[1]
    got = walk_torch(lambda params: row.twin(params, **options), ravine, 12, step=step)
    assert_same_walk(got, walk(row.unit(**options), ravine, 12))
    assert 1 <= counter.frame_count <= 2
    torch._dynamo.reset()


@every_row
def test_a_parameter_without_a_gradient_stays_and_begins_to_count_when_it_has_one(row):
    options = row.options[1]
    moved, frozen = nn.Parameter(torch.ones(2).double()), nn.Parameter(torch.ones(3).double())
    twin, alone = row.twin([moved, frozen], **options), nn.Parameter(torch.ones(3).double())
    for _ in range(5):
        moved.grad = torch.full((2,), 0.5).double()
        twin.step()
    assert_allclose(frozen.detach(), np.ones(3), rtol=0)
    late = row.twin([alone], **options)
    for _ in range(3):
        frozen.grad, alone.grad = (torch.full((3,), 0.5).double() for _ in range(2))
        twin.step()
        late.step()
    assert_allclose(frozen.detach(), alone.detach(), rtol=1e-12)


def test_a_closure_is_called_with_gradients_on_and_its_loss_comes_back():
    p = nn.Parameter(torch.tensor([3.0]))
    twin = optimizers_torch.SGD([p], lr=0.1)

    def closure():
        twin.zero_grad()
        loss = p.square().sum()
        loss.backward()
        return loss

    assert twin.step(closure).item() == 9
    assert_allclose(p.detach(), [3 - 0.1 * 6], rtol=1e-6)
    assert twin.step() is None


def test_params_of_several_dtypes_go_in_one_group():
    p = [nn.Parameter(torch.ones(2, dtype=dtype)) for dtype in (torch.float64, torch.float32)]
    twin = optimizers_torch.Adam(p, lr=0.1)
    for q in p:
        q.grad = torch.full_like(q, 0.5)
    twin.step()
    for q in p:
        assert_allclose(q.detach(), [0.9, 0.9], rtol=1e-6)


def test_the_schedulers_of_pytorch_take_a_twin():
    twin = optimizers_torch.Momentum([nn.Parameter(torch.ones(1))], lr=0.1, momentum=0.9)
    cycle = optim.lr_scheduler.OneCycleLR(twin, max_lr=1.0, total_steps=10)
    assert_allclose(twin.param_groups[0]["momentum"], 0.95, rtol=1e-12)
    twin.step()
    cycle.step()
    assert twin.param_groups[0]["lr"] > 1 / 25


# What is refused, and in which words


def update(**changes):
    arguments = {"p": np.ones(2), "g": np.ones(2), "state": {}, "lr": 0.1, "t": 1, **changes}
    return optimizers.SGD().update(**arguments)


WRONG = {
    "lr": (lambda: optimizers.SGD(-0.1), "lr is -0.1; expected 0 ≤ lr < inf"),
    "lr nan": (lambda: optimizers.SGD(np.nan), "lr is nan; expected 0 ≤ lr < inf"),
    "lr text": (lambda: optimizers.Adam("fast"), "lr is 'fast'; expected 0 ≤ lr < inf"),
    "momentum": (lambda: optimizers.Momentum(momentum=1), "momentum is 1; expected 0 ≤ momentum < 1"),
    "nesterov": (lambda: optimizers.Nesterov(momentum=-0.1), "momentum is -0.1; expected 0 ≤ momentum < 1"),
    "adagrad eps": (lambda: optimizers.AdaGrad(eps=0), "eps is 0; expected 0 < eps < inf"),
    "beta": (lambda: optimizers.RMSprop(beta=1.0), "beta is 1.0; expected 0 ≤ beta < 1"),
    "rmsprop eps": (lambda: optimizers.RMSprop(eps=-1), "eps is -1; expected 0 < eps < inf"),
    "beta1": (lambda: optimizers.Adam(beta1=1), "beta1 is 1; expected 0 ≤ beta1 < 1"),
    "beta2": (lambda: optimizers.Nadam(beta2=-0.5), "beta2 is -0.5; expected 0 ≤ beta2 < 1"),
    "adam eps": (lambda: optimizers.Adam(eps=0), "eps is 0; expected 0 < eps < inf"),
    "momentum_decay": (
        lambda: optimizers.Nadam(momentum_decay=-1),
        "momentum_decay is -1; expected 0 ≤ momentum_decay",
    ),
    "weight_decay": (lambda: optimizers.AdamW(weight_decay=-1), "weight_decay is -1; expected 0 ≤ weight_decay < inf"),
    "step 0": (lambda: update(t=0), "t is 0; expected the number of the step: 1 for the first"),
    "half a step": (lambda: update(t=1.5), "t is 1.5; expected the number of the step"),
    "a rate below 0": (lambda: update(lr=-1), "lr is -1; expected 0 ≤ lr < inf"),
    "column": (
        lambda: update(g=np.ones((2, 1))),
        r"p has shape \(2,\) and its gradient g \(2, 1\); expected equal shapes",
    ),
    "names": (
        lambda: optimizers.SGD().step({"weight": np.ones(1), "bias": np.ones(1)}, {"weight": np.ones(1)}),
        r"params holds \['bias', 'weight'\] and grads \['weight'\]; expected the same names: try backward before step",
    ),
}


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


@every_row
def test_every_rule_looks_at_its_gradient_its_rate_and_its_step(row):
    unit, p = row.unit(), np.ones((2, 3))
    with pytest.raises(ValueError, match=r"^t is 0; expected"):
        unit.update(p, p, unit.init(p), 0.1, 0)
    with pytest.raises(ValueError, match=r"^lr is -1; expected"):
        unit.update(p, p, unit.init(p), -1, 1)
    with pytest.raises(ValueError, match=r"^p has shape"):
        unit.update(p, np.ones(3), unit.init(p), 0.1, 1)


def test_whole_parameters_are_refused():
    with pytest.raises(TypeError, match=r"^p is int64; expected float64 or float32: try p\.astype\(float\)"):
        update(p=np.array([1, 2]))


@every_row
def test_the_twin_refuses_the_same_hyperparameters_in_the_same_words(row):
    p = nn.Parameter(torch.ones(1))
    for name in defaults(row):
        sentence = f"^{name} is -1; expected 0 "
        for make in (
            lambda bad: row.unit(**bad),
            lambda bad: row.twin([p], **bad),
            lambda bad: row.twin([{"params": [p], **bad}]),
        ):
            with pytest.raises(ValueError, match=sentence):
                make({name: -1})
    for name in defaults(row).keys() & {"momentum", "beta", "beta1", "beta2"}:
        with pytest.raises(ValueError, match=f"^{name} is 1; expected 0 ≤ {name} < 1"):
            row.twin([p], **{name: 1})
    if "eps" in defaults(row):
        with pytest.raises(ValueError, match=r"^eps is 0; expected 0 < eps"):
            row.twin([p], eps=0)


@pytest.mark.parametrize("kind", ["sparse", "complex"])
def test_the_twin_refuses_gradients_that_are_not_dense_real_numbers(kind):
    p = nn.Parameter(torch.ones(2, 2, dtype=torch.complex64 if kind == "complex" else torch.float32))
    p.grad = torch.ones(2, 2).to_sparse() if kind == "sparse" else torch.ones_like(p)
    with pytest.raises(TypeError, match=r"^a gradient is torch\..*; expected dense real numbers"):
        optimizers_torch.Adam([p]).step()
