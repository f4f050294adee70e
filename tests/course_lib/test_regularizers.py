"""Both penalties keep the contract over a dict of params; then early stopping, and what is refused."""

import inspect
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
from torch.optim import lr_scheduler

from course_lib import regularizers, regularizers_torch
from course_lib.optimizers import SGD
from course_lib.regularizers import EarlyStopping
from tests.course_lib import contract

HERE = Path(__file__).resolve().parents[2]
ORACLES = {
    "regularizers.L1": "torch.nn.L1Loss",
    "regularizers.L2": "torch.nn.MSELoss",
    "regularizers.EarlyStopping": "torch.optim.lr_scheduler.ReduceLROnPlateau",
}
IDS = tuple(ORACLES)
PENALTIES = ["L1", "L2"]


@dataclass(frozen=True)
class Row:
    name: str
    oracle: Callable  # (strength) -> a function of a dict of tensors
    options: tuple[dict, ...] = ({}, {"strength": 3.0}, {"strength": 0.0})


def distance_from_0(loss):
    def make(strength=0.01):
        return lambda params: strength * sum(loss(p, torch.zeros_like(p)) for p in params.values())

    return make


ROWS = (
    Row("L1", distance_from_0(nn.L1Loss(reduction="sum"))),
    Row("L2", distance_from_0(nn.MSELoss(reduction="sum"))),
)
CASES = [(row, options) for row in ROWS for options in row.options]
every_case = pytest.mark.parametrize("row, options", CASES, ids=[f"{row.name}-{options}" for row, options in CASES])
every_name = pytest.mark.parametrize("name", PENALTIES)
every_device = pytest.mark.parametrize("device", contract.DEVICES)


def weights(seed=0, dtype=np.float64):
    """Not near the kink of |p|."""
    rng = np.random.default_rng(seed)
    shapes = {"weight": (3, 4), "kernel": (2, 2, 3), "gain": ()}
    return {
        name: np.array(rng.uniform(0.1, 3, shape) * rng.choice([-1, 1], shape), dtype) for name, shape in shapes.items()
    }


def run(unit, params, dy=1.0):
    return unit.forward(params), unit.backward(dy)


def run_tensors(function, params, dy=1.0, device="cpu"):
    tensors = {name: torch.tensor(p, device=device, requires_grad=True) for name, p in params.items()}
    value = function(tensors)
    gradients = torch.autograd.grad(value, list(tensors.values()), torch.tensor(dy, dtype=value.dtype, device=device))
    return value.detach().cpu().numpy(), {name: g.cpu().numpy() for name, g in zip(tensors, gradients)}


def assert_agree(got, expected, kind="float64"):
    contract.assert_same(got[0], expected[0], kind, "value")
    assert got[1].keys() == expected[1].keys()
    for name in got[1]:
        contract.assert_same(got[1][name], expected[1][name], kind, name)


# The contract


def test_the_table_and_both_files_hold_what_the_course_promises():
    names = [id.removeprefix("regularizers.") for id in IDS]
    assert [row.name for row in ROWS] == names[:2]
    assert regularizers.__all__ == contract.classes_in_order(regularizers) == names
    assert regularizers_torch.__all__ == contract.classes_in_order(regularizers_torch) == names[:2]
    for name in names[:2]:
        unit, twin = getattr(regularizers, name), getattr(regularizers_torch, name)
        assert inspect.signature(unit) == inspect.signature(twin)
        assert twin.__doc__ == f"See `regularizers.{name}`."


def test_every_hyperparameter_is_tried_far_from_its_default():
    contract.assert_every_hyperparameter_is_moved(ROWS, regularizers)


@every_case
def test_backward_is_the_derivative_of_forward_for_every_param(row, options):
    unit, params = getattr(regularizers, row.name)(**options), weights()
    _, gradients = run(unit, params, -1.7)
    assert gradients.keys() == params.keys()
    for name, p in params.items():
        expected = contract.differences(lambda moved, name=name: -1.7 * float(unit.forward({**params, name: moved})), p)
        contract.assert_same(gradients[name], expected, "differences", name)


@every_device
@every_case
def test_the_twin_agrees_in_value_and_all_gradients(row, options, device):
    unit, twin = (getattr(file, row.name)(**options) for file in (regularizers, regularizers_torch))
    assert_agree(run_tensors(twin, weights(), 0.6, device), run(unit, weights(), 0.6))


@every_case
def test_an_oracle_agrees_in_value_and_all_gradients(row, options):
    unit = getattr(regularizers, row.name)(**options)
    assert_agree(run(unit, weights(), 0.6), run_tensors(row.oracle(**options), weights(), 0.6))


@every_device
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["float64", "float32"])
@every_name
def test_large_params_stay_finite_without_a_warning(name, dtype, device):
    s = 1e100 if dtype == np.float64 else 1e15
    params = {"weight": np.array([s, -s, 0, 1e-30, 1], dtype)}
    expected = run(getattr(regularizers, name)(), params)
    assert np.isfinite(expected[0])
    assert np.isfinite(expected[1]["weight"]).all()
    assert_agree(run_tensors(getattr(regularizers_torch, name)(), params, device=device), expected, dtype.__name__)


def test_a_penalty_beyond_its_dtype_is_inf_without_a_warning():
    value, gradients = run(regularizers.L2(), {"weight": np.array([1e200, 1.0])})
    assert value == np.inf
    assert_allclose(gradients["weight"], [2e198, 0.02], rtol=1e-12)


@every_name
def test_params_are_left_alone_and_changing_them_later_does_not_matter(name):
    unit, params = getattr(regularizers, name)(), weights()
    frozen = dict(zip(params, contract.read_only(params.values())))
    _, expected = run(unit, frozen)
    unit.forward(params)
    for p in params.values():
        p[...] = 0  # an optimizer writes into them
    for key, g in unit.backward().items():
        assert_allclose(g, expected[key], rtol=0)


@every_name
def test_float32_stays_float32(name):
    params = weights(dtype=np.float32)
    expected = run(getattr(regularizers, name)(), {key: p.astype(float) for key, p in params.items()})
    for file, go in ((regularizers, run), (regularizers_torch, run_tensors)):
        value, gradients = go(getattr(file, name)(), params)
        for made in (value, *gradients.values()):
            assert made.dtype == np.float32
        assert_agree((value, gradients), expected, "float32")


def test_importing_the_reference_does_not_import_torch():
    code = "import sys; from course_lib import regularizers; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE)
    assert done.stdout.strip() == "False"


# Conventions


def test_the_slope_of_l1_at_0_is_0():
    params = {"weight": np.array([0.0, -2.0, -0.0])}
    for _, gradients in (run(regularizers.L1(0.5), params), run_tensors(regularizers_torch.L1(0.5), params)):
        assert_allclose(gradients["weight"], [0, -0.5, 0], rtol=0)


def test_l2_is_the_squared_norm_without_a_root_or_a_half():
    value, gradients = run(regularizers.L2(0.1), {"weight": np.array([3.0, 4.0])})
    assert_allclose(value, 2.5, rtol=1e-12)
    assert_allclose(gradients["weight"], [0.6, 0.8], rtol=1e-12)


def test_the_weight_decay_of_pytorchs_sgd_is_twice_our_strength():
    params, penalty, sgd = {"weight": np.array([3.0, -4.0])}, regularizers.L2(0.05), SGD(0.3)
    parameter = nn.Parameter(torch.tensor(params["weight"]))
    oracle = optim.SGD([parameter], lr=0.3, weight_decay=0.1)
    for t in range(5):
        g = np.array([0.5, t])
        penalty.forward(params)
        sgd.step(params, {"weight": g + penalty.backward()["weight"]})
        parameter.grad = torch.tensor(g)
        oracle.step()
        contract.assert_same(params["weight"], parameter.detach().numpy())


def test_a_model_gives_its_parameters_by_name():
    model = nn.Linear(3, 2)
    value = regularizers_torch.L2(0.5)(dict(model.named_parameters()))
    value.backward()
    assert_allclose(model.weight.grad, model.weight.detach(), rtol=1e-6)
    assert_allclose(model.bias.grad, model.bias.detach(), rtol=1e-6)


# Early stopping


def stops_after(metrics, **options):
    stopping = EarlyStopping(**options)
    return next((t for t, metric in enumerate(metrics) if stopping.step(metric, {})), None), stopping


def plateau_after(metrics, patience, min_delta):
    """The step at which PyTorch's ReduceLROnPlateau, which waits for one step more, makes its first cut."""
    optimizer = optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = lr_scheduler.ReduceLROnPlateau(
        optimizer, patience=patience - 1, threshold=min_delta, threshold_mode="abs", eps=0
    )
    for t, metric in enumerate(metrics):
        scheduler.step(metric)
        if optimizer.param_groups[0]["lr"] < 1:
            return t, scheduler.best
    return None, scheduler.best


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("options", [{}, {"patience": 1}, {"patience": 4}, {"patience": 3, "min_delta": 0.05}], ids=str)
def test_it_stops_when_pytorch_would_cut_the_rate(options, seed):
    rng = np.random.default_rng(seed)
    metrics = np.exp(-np.arange(100) / 20) + 0.03 * rng.normal(size=100)
    metrics[rng.integers(0, 100, 3)] = np.nan
    at, stopping = stops_after(metrics, **options)
    assert (at, stopping.best) == plateau_after(metrics, **{"patience": 10, "min_delta": 0.0, **options})
    assert at is not None


def test_a_metric_that_falls_by_exactly_min_delta_is_no_improvement():
    at, stopping = stops_after([1.0, 0.75, 0.5], patience=2, min_delta=0.25)
    assert (at, stopping.best) == (None, 0.5)  # 0.5 is below 1 − 0.25
    at, stopping = stops_after([1.0, 0.75, 0.75], patience=2, min_delta=0.25)
    assert (at, stopping.best) == (2, 1.0)


def test_it_goes_on_while_the_metric_improves_and_counts_anew_after_each_improvement():
    assert stops_after([3, 4, 4, 2, 4, 4, 1, 4, 4, 4, 4], patience=3)[0] == 9
    assert stops_after(np.arange(50, 0, -1), patience=1)[0] is None


def test_a_loss_of_nan_counts_as_no_improvement_from_the_first_step_on():
    at, stopping = stops_after([np.nan] * 5, patience=3)
    assert at == 2
    with pytest.raises(ValueError, match=r"^there are no best params yet; expected a step whose metric was a finite"):
        stopping.restore({})


def test_restore_brings_the_best_weights_back_into_the_same_arrays():
    params = {"weight": np.zeros((2, 2)), "bias": np.array(0.0)}
    arrays, stopping = dict(params), EarlyStopping(patience=2)
    for t, metric in enumerate([3.0, 1.0, 2.0, 2.5]):
        for p in params.values():
            p[...] = t  # as an optimizer does, in place
        stopped = stopping.step(metric, params)
    assert stopped
    assert stopping.best == 1
    stopping.restore(params)
    for name, p in params.items():
        assert p is arrays[name]
        assert_allclose(p, np.ones(p.shape), rtol=0)
    params["weight"][...] = 9
    stopping.restore(params)  # again: what was kept was not touched
    assert_allclose(params["weight"], np.ones((2, 2)), rtol=0)


@every_device
def test_restore_brings_back_a_model_of_pytorch_and_what_batch_normalisation_has_counted(device):
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)).to(device)
    optimizer, stopping = optim.SGD(model.parameters(), lr=0.5), EarlyStopping(patience=1)
    x = torch.randn(8, 3, generator=torch.Generator().manual_seed(0)).to(device)
    for metric in (1.0, 2.0):
        optimizer.zero_grad()
        model(x).square().sum().backward()
        optimizer.step()
        stopped = stopping.step(metric, model.state_dict())
        if metric == 1.0:
            best = {name: value.clone() for name, value in model.state_dict().items()}
    assert stopped
    assert abs(model[0].weight - best["0.weight"]).max() > 0
    stopping.restore(model.state_dict())
    for name, value in model.state_dict().items():
        assert_allclose(value.cpu(), best[name].cpu(), rtol=0)


# What is refused, and in which words

WRONG = {
    "strength": (lambda: regularizers.L2(-0.1), "strength is -0.1; expected 0 ≤ strength < inf"),
    "infinite": (lambda: regularizers.L1(np.inf), "strength is inf; expected 0 ≤ strength < inf"),
    "twin": (lambda: regularizers_torch.L1(-1), "strength is -1; expected 0 ≤ strength < inf"),
    "empty": (lambda: regularizers.L2().forward({}), "params is empty; expected a dict with at least one array"),
    "the twin's empty": (
        lambda: regularizers_torch.L2()({}),
        "params is empty; expected a dict with at least one tensor",
    ),
    "backward first": (
        lambda: regularizers.L1().backward(),
        r"backward came before forward; expected forward\(params\) first",
    ),
    "patience": (lambda: EarlyStopping(0), "patience is 0; expected a whole number, 1 or more"),
    "half a step": (lambda: EarlyStopping(1.5), "patience is 1.5; expected a whole number, 1 or more"),
    "min_delta": (lambda: EarlyStopping(min_delta=-1), "min_delta is -1; expected 0 ≤ min_delta < inf"),
}


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


@every_name
def test_whole_params_are_refused_by_name(name):
    with pytest.raises(TypeError, match=r"^weight is int64; expected float64 or float32: try weight\.astype\(float\)"):
        getattr(regularizers, name)().forward({"weight": np.array([1, 2])})
