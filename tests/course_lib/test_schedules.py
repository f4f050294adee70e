"""Every schedule, at every step of three cycles, against PyTorch's; then ScheduleLR, and what is refused."""

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
from torch.optim import lr_scheduler

from course_lib import optimizers_torch, schedules, schedules_torch
from course_lib.schedules_torch import ScheduleLR

HERE = Path(__file__).resolve().parents[2]
ORACLES = {
    "schedules.constant": "torch.optim.lr_scheduler.ConstantLR",
    "schedules.piecewise_constant": "torch.optim.lr_scheduler.MultiStepLR",
    "schedules.exponential": "torch.optim.lr_scheduler.ExponentialLR",
    "schedules.power": "closed form",
    "schedules.polynomial": "torch.optim.lr_scheduler.PolynomialLR",
    "schedules.cosine_annealing": "torch.optim.lr_scheduler.CosineAnnealingLR",
    "schedules.cosine_restarts": "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts",
    "schedules.one_cycle": "torch.optim.lr_scheduler.OneCycleLR",
    "schedules.one_cycle_momentum": "torch.optim.lr_scheduler.OneCycleLR",
    "schedules.PerformanceDecay": "torch.optim.lr_scheduler.ReduceLROnPlateau",
    "schedules.range_test": "torch.optim.lr_scheduler.ExponentialLR",
}
IDS = tuple(ORACLES)


@dataclass(frozen=True)
class Row:
    name: str
    arguments: dict
    steps: int  # at least three cycles where there are any
    oracle: Callable  # (steps) -> the rates that PyTorch, or the closed form, has at steps 0, 1, …

    def schedule(self):
        return getattr(schedules, self.name)(**self.arguments)


def by_torch(lr, make, key="lr", **group):
    """What a scheduler of PyTorch does to an SGD."""

    def rates(steps):
        optimizer = optim.SGD([nn.Parameter(torch.zeros(1))], lr=lr, **group)
        scheduler = make(optimizer)
        seen = [optimizer.param_groups[0][key]]
        for _ in range(steps - 1):
            optimizer.step()
            scheduler.step()
            seen.append(optimizer.param_groups[0][key])
        return seen

    return rates


def one_cycle_of_torch(key, steps, div_factor=25.0, final_div_factor=1e4, pct_start=0.45, low=0.85, high=0.95, lr=2.0):
    return by_torch(
        1.0,
        lambda optimizer: lr_scheduler.OneCycleLR(
            optimizer,
            max_lr=lr,
            total_steps=steps,
            pct_start=pct_start,
            anneal_strategy="linear",
            base_momentum=low,
            max_momentum=high,
            div_factor=div_factor,
            final_div_factor=final_div_factor,
            three_phase=True,
        ),
        key,
        momentum=0.9,
    )


def restarts_by_hand(lr, first_steps, alpha, longer, lower):
    """Cycle after cycle."""

    def rates(steps):
        seen, length, top = [], first_steps, lr
        while len(seen) < steps:
            for t in range(length):
                seen.append(top * ((1 + np.cos(np.pi * t / length)) / 2 * (1 - alpha) + alpha))
            length, top = length * longer, top * lower
        return seen[:steps]

    return rates


def shifted(rates, by):
    return lambda steps: np.array(rates(steps)) + by


ROWS = (
    Row("constant", {"lr": 0.3}, 20, by_torch(0.3, lambda o: lr_scheduler.ConstantLR(o, factor=1.0))),
    Row(
        "piecewise_constant",
        {"lr": 0.3, "steps": [5, 12, 13], "factors": [0.1, 0.1, 0.1]},
        30,
        by_torch(0.3, lambda o: lr_scheduler.MultiStepLR(o, [5, 12, 13], gamma=0.1)),
    ),
    Row(
        "piecewise_constant",
        {"lr": 2, "steps": (3, 10), "factors": (0.5, 0.2)},
        20,
        by_torch(
            2.0,
            lambda o: lr_scheduler.ChainedScheduler(
                [lr_scheduler.MultiStepLR(o, [3], gamma=0.5), lr_scheduler.MultiStepLR(o, [10], gamma=0.2)]
            ),
        ),
    ),
    Row(
        "exponential",
        {"lr": 0.3, "gamma": 0.9},
        40,
        by_torch(0.3, lambda o: lr_scheduler.ExponentialLR(o, gamma=0.9)),
    ),
    Row(
        "exponential",
        {"lr": 0.3, "gamma": 0.5, "decay_steps": 8},
        40,
        by_torch(0.3, lambda o: lr_scheduler.ExponentialLR(o, gamma=0.5 ** (1 / 8))),
    ),
    Row("power", {"lr": 0.3, "gamma": 0.5}, 40, lambda steps: [0.3 / (1 + t / 2) for t in range(steps)]),
    Row(
        "power",
        {"lr": 0.3, "gamma": 2.0, "decay_steps": 10, "power": 3},
        40,
        lambda steps: [0.3 / ((5 + t) / 5) ** 3 for t in range(steps)],
    ),
    Row(
        "polynomial",
        {"lr": 0.3, "decay_steps": 20},
        60,
        by_torch(0.3, lambda o: lr_scheduler.PolynomialLR(o, total_iters=20)),
    ),
    Row(
        "polynomial",
        {"lr": 0.3, "decay_steps": 20, "power": 2.5},
        60,
        by_torch(0.3, lambda o: lr_scheduler.PolynomialLR(o, total_iters=20, power=2.5)),
    ),
    Row(
        "polynomial",
        {"lr": 0.3, "decay_steps": 20, "end_lr": 0.06},
        60,
        by_torch(0.3, lambda o: lr_scheduler.LinearLR(o, 1.0, 0.2, total_iters=20)),
    ),
    Row(
        "polynomial",
        {"lr": 0.3, "decay_steps": 20, "end_lr": 0.06, "power": 3.0},
        60,
        shifted(by_torch(0.24, lambda o: lr_scheduler.PolynomialLR(o, total_iters=20, power=3.0)), 0.06),
    ),
    Row(
        "cosine_annealing",
        {"lr": 0.3, "decay_steps": 12},
        73,
        by_torch(0.3, lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=12)),
    ),
    Row(
        "cosine_annealing",
        {"lr": 0.3, "decay_steps": 12, "alpha": 0.2},
        73,
        by_torch(0.3, lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=12, eta_min=0.06)),
    ),
    Row("cosine_restarts", {"lr": 0.3, "first_steps": 10}, 80, restarts_by_hand(0.3, 10, 0.0, 2, 0.5)),
    Row(
        "cosine_restarts",
        {"lr": 0.3, "first_steps": 10, "alpha": 0.2, "longer": 3, "lower": 0.9},
        131,
        restarts_by_hand(0.3, 10, 0.2, 3, 0.9),
    ),
    Row(
        "cosine_restarts",
        {"lr": 0.3, "first_steps": 10, "alpha": 0.2, "lower": 1},
        80,
        by_torch(0.3, lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=10, T_mult=2, eta_min=0.06)),
    ),
    Row(
        "cosine_restarts",
        {"lr": 0.3, "first_steps": 7, "longer": 1, "lower": 1},
        40,
        by_torch(0.3, lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=7)),
    ),
    Row("cosine_restarts", {"lr": 0.3, "first_steps": 1, "longer": 2}, 40, restarts_by_hand(0.3, 1, 0.0, 2, 0.5)),
    Row("cosine_restarts", {"lr": 0.3, "first_steps": 6, "longer": 1}, 40, restarts_by_hand(0.3, 6, 0.0, 1, 0.5)),
    Row("one_cycle", {"max_lr": 2.0, "total_steps": 100}, 100, one_cycle_of_torch("lr", 100)),
    Row(
        "one_cycle",
        {"max_lr": 2.0, "total_steps": 37, "warm_up": 0.2, "start_div": 10.0, "end_div": 50.0},
        37,
        one_cycle_of_torch("lr", 37, div_factor=10.0, final_div_factor=50.0, pct_start=0.2),
    ),
    Row("one_cycle_momentum", {"total_steps": 100}, 100, one_cycle_of_torch("momentum", 100)),
    Row(
        "one_cycle_momentum",
        {"total_steps": 37, "warm_up": 0.2, "low": 0.3, "high": 0.4},
        37,
        one_cycle_of_torch("momentum", 37, pct_start=0.2, low=0.3, high=0.4),
    ),
    Row(
        "range_test",
        {"low": 1e-6, "high": 10.0, "total_steps": 50},
        50,
        by_torch(1e-6, lambda o: lr_scheduler.ExponentialLR(o, gamma=1e7 ** (1 / 49))),
    ),
)

RATES = [row for row in ROWS if row.name != "one_cycle_momentum"]
every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join([row.name, *map(str, row.arguments)]))


# The contract


def test_the_table_and_both_files_hold_what_the_course_promises():
    names = [id.removeprefix("schedules.") for id in IDS]
    assert schedules.__all__ == names
    assert {row.name for row in ROWS} | {"PerformanceDecay"} == set(names)
    defined = [name for name, value in vars(schedules).items() if name in names and value.__doc__]
    assert defined == names
    assert schedules_torch.__all__ == ["ScheduleLR"]


def test_every_hyperparameter_is_tried_far_from_its_default():
    for name in {row.name for row in ROWS}:
        for parameter in inspect.signature(getattr(schedules, name)).parameters.values():
            if parameter.default is not parameter.empty:
                used = [row.arguments.get(parameter.name, parameter.default) for row in ROWS if row.name == name]
                default = parameter.default
                far = [not 0.5 < value / default < 2 if default else value > 0.05 for value in used]
                assert any(far), (name, parameter.name)


@every_row
def test_every_step_has_the_rate_that_an_oracle_has(row):
    schedule, expected = row.schedule(), row.oracle(row.steps)
    assert len(expected) == row.steps
    for step, rate in enumerate(expected):
        assert_allclose(schedule(step), rate, rtol=1e-10, atol=1e-15, err_msg=f"step {step}")


@every_row
def test_an_array_of_steps_gives_an_array_of_rates_and_a_step_a_float(row):
    schedule, steps = row.schedule(), np.arange(3 * row.steps)
    steps.flags.writeable = False
    rates = schedule(steps)
    one_by_one = [schedule(step) for step in steps]
    assert all(type(rate) is float for rate in one_by_one)
    assert_allclose(rates, one_by_one, rtol=1e-14, atol=1e-17)
    assert_allclose(schedule(steps.reshape(3, -1)), rates.reshape(3, -1), rtol=0)
    assert_allclose(schedule(list(steps[::-1])), rates[::-1], rtol=0)
    assert schedule(np.array([])).shape == (0,)
    assert type(schedule(np.int64(2))) is type(schedule(2.5)) is float


@every_row
def test_rates_stay_finite_and_not_negative_far_beyond_the_end(row):
    rates = row.schedule()(np.array([0, 1, 1e3, 1e6, 2**53, 1e30]))
    assert np.isfinite(rates).all()
    assert (rates >= 0).all()


@every_row
def test_a_step_below_0_is_refused(row):
    for step in (-1, np.array([3, -1]), np.nan, np.inf):
        with pytest.raises(ValueError, match=r"^step is (-1\.0|nan|inf); expected 0 or more: steps count from 0"):
            row.schedule()(step)


def test_importing_the_reference_does_not_import_torch():
    code = "import sys; from course_lib import schedules; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE)
    assert done.stdout.strip() == "False"


# What the chapter says of them


def test_a_step_of_a_list_belongs_to_what_comes_after_it():
    schedule = schedules.piecewise_constant(1.0, [10, 20], [0.5, 0.1])
    assert_allclose(schedule([9, 10, 19, 20, 500]), [1, 0.5, 0.5, 0.05, 0.05], rtol=1e-12)
    assert schedules.piecewise_constant(1.0, [0], [0.5])(0) == 0.5
    assert schedules.piecewise_constant(1.0, [], [])(7) == 1


def test_exponential_decay_loses_its_factor_in_decay_steps_and_not_in_stairs():
    schedule = schedules.exponential(0.8, gamma=0.5, decay_steps=30)
    assert_allclose(schedule([0, 15, 30, 60]), [0.8, 0.8 * 0.5**0.5, 0.4, 0.2], rtol=1e-12)


def test_the_lowest_rate_of_a_cosine_is_a_fraction_of_the_first_one():
    schedule = schedules.cosine_annealing(0.01, 100, alpha=0.1)
    assert_allclose(schedule([0, 100]), [0.01, 0.001], rtol=1e-12)
    as_printed = 0.01 * (1 + np.cos(np.pi)) / 2 * (1 - 0.1) + 0.1  # + α, not + α·η₀: ends ten times above its start
    assert_allclose(as_printed, 0.1, rtol=1e-12)


def test_after_its_end_a_cosine_comes_back_up_and_the_other_decays_stay_down():
    assert_allclose(schedules.cosine_annealing(0.3, 50)([50, 75, 100]), [0, 0.15, 0.3], atol=1e-15)
    assert_allclose(schedules.polynomial(0.3, 50, end_lr=0.1)([50, 75, 1000]), [0.1] * 3, rtol=1e-12)
    assert_allclose(schedules.range_test(0.1, 10, 50)([49, 50, 1000]), [10] * 3, rtol=1e-12)


def test_each_cycle_is_twice_as_long_as_the_one_before_and_from_half_its_rate():
    schedule = schedules.cosine_restarts(0.8, first_steps=10, alpha=0.25)
    assert_allclose(schedule([0, 10, 30, 70, 150]), [0.8, 0.4, 0.2, 0.1, 0.05], rtol=1e-12)
    assert_allclose(schedule([5, 20, 50, 110]), np.array([0.5, 0.25, 0.125, 0.0625]), rtol=1e-12)  # half of (1 + α)
    for before_the_end, cycle in ((10, 0), (30, 1), (70, 2)):
        assert_allclose(schedule(before_the_end - 1e-6), 0.25 * 0.8 / 2**cycle, rtol=1e-6)


def test_one_cycle_warms_up_anneals_and_cools_down_and_its_momentum_goes_the_other_way():
    rate = schedules.one_cycle(1.0, 100, warm_up=0.3)(np.arange(120))
    momentum = schedules.one_cycle_momentum(100, warm_up=0.3)(np.arange(120))
    turns = [0, 29, 58, 99]
    assert_allclose(rate[turns], [1 / 25, 1, 1 / 25, 1 / 25e4], rtol=1e-12)
    assert_allclose(momentum[turns], [0.95, 0.85, 0.95, 0.95], rtol=1e-12)
    for first, last, way in ((0, 29, 1), (29, 58, -1), (58, 99, -1)):
        assert (np.diff(rate[first : last + 1]) * way > 0).all()
    assert (np.diff(momentum[:30]) < 0).all()
    assert (np.diff(momentum[29:59]) > 0).all()
    assert_allclose(momentum[58:], 0.95, rtol=1e-12)
    assert_allclose(rate[99:], rate[99], rtol=1e-12)


def test_a_range_test_multiplies_the_rate_by_the_same_factor_at_each_step():
    rate = schedules.range_test(1e-5, 1.0, 101)(np.arange(101))
    assert_allclose(rate[[0, 20, 100]], [1e-5, 1e-4, 1], rtol=1e-12)
    assert_allclose(rate[1:] / rate[:-1], 10 ** (5 / 100), rtol=1e-12)


# PerformanceDecay


def noisy_losses(seed, n=200):
    """They fall, lie flat, jump, and are nan twice."""
    rng = np.random.default_rng(seed)
    loss = np.exp(-np.arange(n) / 15) + 0.02 * rng.normal(size=n) + 0.3
    loss[rng.integers(0, n, 2)] = np.nan
    return loss


def plateau_rates(losses, lr, factor, patience, threshold):
    optimizer = optim.SGD([nn.Parameter(torch.zeros(1))], lr=lr)
    scheduler = lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=factor, patience=patience, threshold=threshold, threshold_mode="rel", eps=0
    )
    for loss in losses:
        scheduler.step(loss)
        yield optimizer.param_groups[0]["lr"]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"factor": 0.7, "check_every": 1},
        {"patience": 1, "check_every": 1},
        {"patience": 6, "check_every": 2, "threshold": 0.0},
        {"threshold": 0.2, "check_every": 3},
    ],
    ids=str,
)
def test_performance_decay_is_reduce_on_plateau_with_one_check_of_patience_more(options, seed):
    decay, losses = schedules.PerformanceDecay(0.5, **options), noisy_losses(seed)
    full = {"factor": 0.1, "patience": 3, "threshold": 0.01, "check_every": 10, **options}
    every = full.pop("check_every")
    got = [decay.step(loss) for loss in losses]
    full["patience"] -= 1
    expected = list(plateau_rates(losses[every - 1 :: every], 0.5, **full))
    assert_allclose(got[every - 1 :: every], expected, rtol=1e-12)
    assert_allclose(got[: every - 1], 0.5, rtol=0)  # no check yet
    for check, rate in enumerate(expected):
        assert_allclose(got[(check + 1) * every - 1 : (check + 2) * every - 1], rate, rtol=1e-12)
    assert got[-1] < 0.5


def test_the_documents_example_of_performance_decay():
    """Look every 10 epochs; a tenth of the rate after three looks in a row without one percent of improvement."""
    decay = schedules.PerformanceDecay(1.0)
    losses = [2.0] * 10 + [1.99] * 10 + [1.985] * 10 + [1.981] * 10  # never below 0.99 · 2
    rates = [decay.step(loss) for loss in losses]
    assert rates[:39] == [1.0] * 39
    assert_allclose(rates[39], 0.1, rtol=1e-12)
    assert_allclose(decay.lr, 0.1, rtol=1e-12)
    assert_allclose([decay.step(1.0) for _ in range(20)], 0.1, rtol=1e-12)  # better: no more waiting


def test_an_improvement_starts_the_waiting_anew():
    decay = schedules.PerformanceDecay(1.0, factor=0.5, patience=2, threshold=0.1, check_every=1)
    rates = [decay.step(loss) for loss in (1.0, 0.95, 0.89, 0.88, 0.85, 0.85, 0.85)]
    assert rates == [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25]


@pytest.mark.parametrize("first", [-2.0, 0.0])
def test_a_loss_below_0_improves_downwards_too(first):
    decay = schedules.PerformanceDecay(1.0, factor=0.5, patience=1, threshold=0.1, check_every=1)
    decay.step(first)
    assert decay.step(first - 0.1 * abs(first)) == 0.5  # exactly at the threshold
    assert decay.step(first - 0.2 * abs(first) - 1e-9) == 0.5
    assert decay.best < first


def test_a_first_loss_that_is_not_finite_does_not_stop_later_ones_from_improving():
    decay = schedules.PerformanceDecay(1.0, patience=5, check_every=1)
    for loss in (np.nan, np.inf, 1e30):
        decay.step(loss)
    assert (decay.best, decay.waited) == (1e30, 0)


# ScheduleLR


def optimizer_with(name, *rates):
    groups = [{"params": [nn.Parameter(torch.zeros(1))], "lr": lr} for lr in rates or (1.0,)]
    return getattr(optim if name in ("AdamW", "SGD", "RMSprop") else optimizers_torch, name)(groups)


def rates_of(scheduler, steps):
    for _ in range(steps):
        assert scheduler.get_last_lr() == [group["lr"] for group in scheduler.optimizer.param_groups]
        yield scheduler.get_last_lr()
        scheduler.optimizer.step()
        scheduler.step()


@pytest.mark.parametrize("name", ["AdamW", "Nadam"])
@pytest.mark.parametrize("row", RATES, ids=lambda row: "-".join([row.name, *map(str, row.arguments)]))
def test_schedule_lr_puts_every_schedule_on_every_optimizer(row, name):
    optimizer = optimizer_with(name)
    scheduler = ScheduleLR(optimizer, row.schedule())
    assert isinstance(scheduler, lr_scheduler.LRScheduler)
    assert_allclose(np.squeeze(list(rates_of(scheduler, row.steps))), row.schedule()(np.arange(row.steps)), rtol=1e-12)


def test_one_schedule_goes_to_all_groups_and_a_list_to_each():
    both = ScheduleLR(optimizer_with("SGD", 1.0, 7.0), schedules.exponential(0.5, 0.9))
    assert list(rates_of(both, 2))[1] == [0.45, 0.45]
    each = ScheduleLR(optimizer_with("SGD", 1.0, 7.0), [schedules.exponential(0.5, 0.9), schedules.constant(3)])
    assert list(rates_of(each, 2))[1] == [0.45, 3.0]


def test_a_performance_decay_hears_the_metric_once_whatever_the_groups():
    decay = schedules.PerformanceDecay(0.8, factor=0.5, patience=2, check_every=1)
    optimizer = optimizer_with("SGD", 1.0, 2.0)
    scheduler, alone = ScheduleLR(optimizer, decay), schedules.PerformanceDecay(0.8, 0.5, patience=2, check_every=1)
    assert scheduler.get_last_lr() == [0.8, 0.8]
    for loss in noisy_losses(1, 40):
        optimizer.step()
        scheduler.step(loss)
        assert scheduler.get_last_lr() == [alone.step(loss)] * 2
    assert alone.lr < 0.8
    mixed = ScheduleLR(
        optimizer_with("SGD", 1, 1), [schedules.constant(3), schedules.PerformanceDecay(0.5, 0.5, 1, check_every=1)]
    )
    mixed.optimizer.step()
    mixed.step(metric=np.nan)
    assert mixed.get_last_lr() == [3.0, 0.25]


@pytest.mark.parametrize(
    "name, key", [("SGD", "momentum"), ("AdamW", "betas"), ("Momentum", "momentum"), ("Adam", "beta1")]
)
def test_a_momentum_schedule_goes_where_the_optimizer_keeps_its_momentum(name, key):
    optimizer, momentum = optimizer_with(name, 1.0, 2.0), schedules.one_cycle_momentum(10)
    scheduler = ScheduleLR(optimizer, schedules.one_cycle(1.0, 10), momentum)
    for step in range(10):
        for group in optimizer.param_groups:
            assert group[key] == ((momentum(step), 0.999) if key == "betas" else momentum(step))
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize("optimizer_first", [True, False])
def test_after_reloading_its_state_a_schedule_goes_on(optimizer_first):
    def made():
        parameter = nn.Parameter(torch.ones(2).double())
        optimizer = optimizers_torch.Adam([parameter], lr=1.0)
        decay = schedules.PerformanceDecay(0.5, 0.5, patience=2, check_every=2)
        cycle, momentum = schedules.one_cycle(1.0, 30), schedules.one_cycle_momentum(30)
        optimizer.add_param_group({"params": [nn.Parameter(torch.ones(1).double())]})
        return parameter, optimizer, ScheduleLR(optimizer, [cycle, decay], momentum)

    def go_on(parameter, optimizer, scheduler, losses):
        for loss in losses:
            parameter.grad = torch.sin(parameter.detach() + loss)
            optimizer.step()
            scheduler.step(loss)
        return *scheduler.get_last_lr(), *parameter.tolist(), optimizer.param_groups[1]["beta1"]

    losses = [2, 1, 1, 1, 1, 1, 1.5, 2, 2, 2, 2, 2]
    expected = go_on(*(first := made()), losses[:7]) and go_on(*first, losses[7:])
    parameter, optimizer, scheduler = made()
    go_on(parameter, optimizer, scheduler, losses[:7])
    file = io.BytesIO()
    torch.save((scheduler.state_dict(), optimizer.state_dict()), file)
    file.seek(0)
    schedule_state, optimizer_state = torch.load(file, weights_only=True)
    again = made()
    again[0].data.copy_(parameter)
    if optimizer_first:
        again[1].load_state_dict(optimizer_state)
        late = ScheduleLR(again[1], again[2].schedules, again[2].momentum)  # sets step 0's rates
        again = (*again[:2], late)
    again[2].load_state_dict(schedule_state)
    assert again[2].get_last_lr() == [group["lr"] for group in again[1].param_groups] == scheduler.get_last_lr()
    if not optimizer_first:
        again[1].load_state_dict(optimizer_state)
    assert go_on(*again, losses[7:]) == expected


def test_a_state_that_was_taken_does_not_change_when_the_schedule_goes_on():
    scheduler = ScheduleLR(optimizer_with("SGD"), schedules.PerformanceDecay(0.5, check_every=1))
    taken = scheduler.state_dict()
    scheduler.optimizer.step()
    scheduler.step(3.0)
    assert (taken["last_epoch"], taken["listeners"][0]["calls"], taken["listeners"][0]["best"]) == (0, 0, np.inf)
    assert scheduler.state_dict()["listeners"][0]["best"] == 3


def test_schedules_follow_one_another_in_pytorchs_sequence():
    optimizer = optimizer_with("SGD")
    parts = [schedules.range_test(0.1, 1.0, 4), schedules.exponential(1.0, 0.5)]
    scheduler = lr_scheduler.SequentialLR(optimizer, [ScheduleLR(optimizer, part) for part in parts], milestones=[4])
    rates = np.squeeze(list(rates_of(scheduler, 7)))
    assert_allclose(rates, [*parts[0](np.arange(4)), 1, 0.5, 0.25], rtol=1e-12)


def test_pytorch_warns_when_the_schedule_steps_before_the_optimizer():
    scheduler = ScheduleLR(optimizer_with("SGD"), schedules.constant(1.0))
    with pytest.warns(UserWarning, match=r"lr_scheduler\.step\(\)` before `optimizer\.step\(\)"):
        scheduler.step()


# What is refused, and in which words


def stepped(schedule, *metric):
    scheduler = ScheduleLR(optimizer_with("SGD"), schedule)
    scheduler.optimizer.step()
    scheduler.step(*metric)


WRONG = {
    "constant": (lambda: schedules.constant(0), "lr is 0; expected 0 < lr < inf"),
    "negative": (lambda: schedules.exponential(-0.1, 0.9), "lr is -0.1; expected 0 < lr < inf"),
    "growth": (lambda: schedules.exponential(0.1, 1.1), "gamma is 1.1; expected 0 < gamma < 1"),
    "decay steps": (lambda: schedules.exponential(0.1, 0.9, 0), "decay_steps is 0; expected 0 < decay_steps < inf"),
    "lengths": (
        lambda: schedules.piecewise_constant(0.1, [10, 20], [0.1]),
        r"steps has shape \(2,\) and factors \(1,\); expected two lists of one length",
    ),
    "order": (
        lambda: schedules.piecewise_constant(0.1, [10, 5], [0.1, 0.1]),
        "steps holds 5; expected steps that grow, from 0 or later",
    ),
    "step −1": (lambda: schedules.piecewise_constant(0.1, [-1], [0.1]), "steps holds -1; expected steps that grow"),
    "factor 0": (
        lambda: schedules.piecewise_constant(0.1, [5], [0]),
        "factors holds 0.0; expected numbers above 0: 0.1 for a tenth of the rate",
    ),
    "power's lr": (lambda: schedules.power("a", 1), "lr is 'a'; expected 0 < lr < inf"),
    "power's gamma": (lambda: schedules.power(1, -1), "gamma is -1; expected 0 < gamma < inf"),
    "power's steps": (lambda: schedules.power(1, 1, 0), "decay_steps is 0; expected"),
    "power": (lambda: schedules.power(1, 1, 1, 0), "power is 0; expected 0 < power < inf"),
    "polynomial's lr": (lambda: schedules.polynomial(0, 1), "lr is 0; expected"),
    "polynomial's steps": (lambda: schedules.polynomial(1, 0), "decay_steps is 0; expected"),
    "end": (lambda: schedules.polynomial(1, 5, -1), "end_lr is -1; expected 0 ≤ end_lr < inf"),
    "polynomial's power": (lambda: schedules.polynomial(1, 5, power=-2), "power is -2; expected 0 < power < inf"),
    "cosine's lr": (lambda: schedules.cosine_annealing(0, 5), "lr is 0; expected"),
    "cosine's steps": (lambda: schedules.cosine_annealing(1, 0), "decay_steps is 0; expected"),
    "alpha": (lambda: schedules.cosine_annealing(1, 5, 1.0), "alpha is 1.0; expected 0 ≤ alpha < 1"),
    "restarts' lr": (lambda: schedules.cosine_restarts(-1, 5), "lr is -1; expected"),
    "first steps": (
        lambda: schedules.cosine_restarts(1, 2.5),
        "first_steps is 2.5; expected a whole number, 1 or more",
    ),
    "restarts' alpha": (lambda: schedules.cosine_restarts(1, 5, -0.1), "alpha is -0.1; expected 0 ≤ alpha < 1"),
    "longer": (lambda: schedules.cosine_restarts(1, 5, longer=0), "longer is 0; expected a whole number, 1 or more"),
    "lower": (lambda: schedules.cosine_restarts(1, 5, lower=0), "lower is 0; expected 0 < lower < inf"),
    "max": (lambda: schedules.one_cycle(0, 100), "max_lr is 0; expected 0 < max_lr < inf"),
    "total": (lambda: schedules.one_cycle(1, 2), "total_steps is 2; expected a whole number, 3 or more"),
    "warm-up": (lambda: schedules.one_cycle(1, 100, 0.5), r"warm_up is 0\.5; expected 0 < warm_up < 0\.5"),
    "short warm-up": (
        lambda: schedules.one_cycle(1, 10, 0.1),
        r"warm_up is 0\.1 of 10 steps; expected more than one step: try a larger warm_up",
    ),
    "start": (lambda: schedules.one_cycle(1, 100, start_div=0), "start_div is 0; expected 0 < start_div < inf"),
    "end_div": (lambda: schedules.one_cycle(1, 100, end_div=-1), "end_div is -1; expected 0 < end_div < inf"),
    "momentum 1": (lambda: schedules.one_cycle_momentum(100, high=1), "high is 1; expected 0 ≤ high < 1"),
    "momentum −1": (lambda: schedules.one_cycle_momentum(100, low=-1), "low is -1; expected 0 ≤ low < 1"),
    "momentum's total": (lambda: schedules.one_cycle_momentum(0), "total_steps is 0; expected a whole number"),
    "momenta": (
        lambda: schedules.one_cycle_momentum(100, low=0.9, high=0.8),
        r"low is 0\.9 and high 0\.8; expected low ≤ high",
    ),
    "decay's lr": (lambda: schedules.PerformanceDecay(0), "lr is 0; expected 0 < lr < inf"),
    "factor": (lambda: schedules.PerformanceDecay(1, 10), "factor is 10; expected 0 < factor < 1"),
    "patience": (
        lambda: schedules.PerformanceDecay(1, patience=0),
        "patience is 0; expected a whole number, 1 or more",
    ),
    "threshold": (lambda: schedules.PerformanceDecay(1, threshold=1), "threshold is 1; expected 0 ≤ threshold < 1"),
    "check": (lambda: schedules.PerformanceDecay(1, check_every=0.5), "check_every is 0.5; expected a whole number"),
    "range": (lambda: schedules.range_test(1, 0.1, 50), r"low is 1\.0 and high 0\.1; expected low < high"),
    "range's low": (lambda: schedules.range_test(0, 1, 50), "low is 0; expected 0 < low < inf"),
    "range's high": (lambda: schedules.range_test(1, np.inf, 50), "high is inf; expected 0 < high < inf"),
    "range's total": (lambda: schedules.range_test(0.1, 1, 1), "total_steps is 1; expected a whole number, 2 or more"),
    "too many schedules": (
        lambda: ScheduleLR(optimizer_with("SGD"), [schedules.constant(1)] * 2),
        "there are 2 schedules; expected one, or 1: one for each group",
    ),
    "no metric": (
        lambda: stepped(schedules.PerformanceDecay(1)),
        r"step\(\) came without a metric; expected step\(metric\): try the validation loss",
    ),
    "a metric": (
        lambda: stepped(schedules.constant(1), 0.5),
        r"step\(0\.5\) came with a metric, but no schedule listens; expected step\(\)",
    ),
    "no momentum": (
        lambda: ScheduleLR(
            optim.Adagrad([nn.Parameter(torch.zeros(1))]), schedules.constant(1), schedules.constant(0.9)
        ),
        "the optimizer has no momentum, beta1 or betas; expected one: try Momentum or Adam",
    ),
}


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


def test_a_number_is_not_a_schedule():
    with pytest.raises(TypeError, match=r"^schedule is 0\.1; expected a function of the step: try schedules\.constant"):
        ScheduleLR(optimizer_with("SGD"), 0.1)
