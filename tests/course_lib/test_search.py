"""Every search keeps the contract; then each does what its paper says."""

import heapq
import random as python_random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import optuna
import pytest
import scipy.stats
import torch
from numpy.testing import assert_allclose
from sklearn.model_selection import ParameterGrid

from course_lib import search
from course_lib.search import Choice, Integer, LogUniform, Uniform
from course_lib.search.policy import _advantage, _policy_gradient

HERE = Path(__file__).resolve().parents[2]
ORACLES = {
    "search.grid": "sklearn.model_selection.ParameterGrid",
    "search.random": "scipy.stats.kstest",
    "search.tpe": "optuna.samplers.TPESampler",
    "search.gaussian_process": "optuna.samplers.GPSampler",
    "search.genetic": "closed form",
    "search.particle_swarm": "closed form",
    "search.population_based_training": "closed form",
    "search.successive_halving": "closed form",
    "search.hyperband": "closed form",
    "search.asha": "closed form",
    "search.reinforcement": "torch.optim.SGD",
}
IDS = tuple(ORACLES)
SPACE = {
    "lr": LogUniform(1e-4, 1.0),
    "layers": Integer(1, 8),
    "shift": Uniform(-1.0, 1.0),
    "activation": Choice(["relu", "tanh", "elu"]),
}
CATEGORICAL = {name: Choice(span.ladder(5)) for name, span in SPACE.items()}


def loss(point):
    """Smallest, 0, at lr = 0.01, layers = 5, shift = 0.3 and tanh."""
    bowl = (np.log10(point["lr"]) + 2) ** 2 / 4 + (point["shift"] - 0.3) ** 2 + abs(point["layers"] - 5) / 8
    return float(bowl + 0.5 * (point["activation"] != "tanh"))


def loss_after(point, resource):
    return loss(point) + 1 / resource


def loss_and_state(point, resource, state):
    trained = (state or 0) + resource
    return loss(point) + 1 / trained, trained


@dataclass(frozen=True)
class Row:
    name: str
    budget: int = 30
    objective: Callable = loss
    space: dict = field(default_factory=lambda: SPACE)
    options: tuple[dict, ...] = ({},)  # every hyperparameter far from its default

    @property
    def method(self):
        return getattr(search, self.name)

    def run(self, seed=0, objective=None, budget=None, **options):
        rng = np.random.default_rng(seed)
        return self.method(objective or self.objective, self.space, budget or self.budget, rng, **options)

    def wrapped(self, around):
        """An objective that answers around(point, value), with a state where one is asked for."""

        def objective(point, *arguments):
            answer = self.objective(point, *arguments)
            return (around(point, answer[0]), answer[1]) if isinstance(answer, tuple) else around(point, answer)

        return objective


HALVING = ({}, {"max_resource": 64, "eta": 8}, {"max_resource": 100}, {"max_resource": 1})
ROWS = (
    Row("grid"),
    Row("random"),
    Row("tpe"),
    Row("gaussian_process", 12),
    Row("genetic", 60, options=({}, {"population": 5, "mutation": 0.6}, {"population": 2, "mutation": 0})),
    Row("particle_swarm", 40, options=({}, {"particles": 3, "inertia": 0.1, "attraction": 4.0}, {"particles": 1})),
    Row(
        "population_based_training",
        120,
        loss_and_state,
        options=({}, {"population": 4, "resource": 7, "fraction": 0.45, "resample": 0.9}, {"resample": 0}),
    ),
    Row("successive_halving", 500, loss_after, options=HALVING),
    Row("hyperband", 500, loss_after, options=HALVING),
    Row("asha", 500, loss_after, options=(*HALVING, {"workers": 1}, {"workers": 30})),
    Row("reinforcement", 60, space=CATEGORICAL, options=({}, {"batch": 3, "lr": 4.0})),
)
METHOD = {row.name: row for row in ROWS}
every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
every_option = pytest.mark.parametrize(
    "row, options",
    [(row, options) for row in ROWS for options in row.options],
    ids=lambda part: getattr(part, "name", str(part)[:60]),
)
# What draws all it needs from rng and stops when the budget is spent to the last.
SPENDS_ALL = ("random", "tpe", "gaussian_process", "genetic", "particle_swarm", "reinforcement")


def seen(result):
    return [(trial.point, trial.value, trial.resource) for trial in result.history]


# The contract


def test_the_table_and_the_package_hold_what_the_course_promises():
    names = [id.removeprefix("search.") for id in IDS]
    assert [row.name for row in ROWS] == names
    assert search.__all__ == ["Uniform", "LogUniform", "Integer", "Choice", "Trial", "Result", *names]
    for name in search.__all__:
        assert getattr(search, name).__doc__, name


@every_option
def test_the_history_holds_every_call_and_the_best_of_them(row, options):
    calls = []
    result = row.run(objective=row.wrapped(lambda point, value: calls.append((dict(point), value)) or value), **options)
    assert calls == [(trial.point, trial.value) for trial in result.history]
    values = [trial.value for trial in result.history]
    assert result.best_value == min(values)
    assert result.best_point == result.history[int(np.argmin(values))].point


@every_option
def test_the_budget_is_never_exceeded_and_mostly_spent(row, options):
    spent = sum(trial.resource for trial in row.run(**options).history)
    assert 0 < spent <= row.budget
    if row.name in SPENDS_ALL:
        assert spent == row.budget
    elif row.name == "population_based_training":
        assert row.budget - spent < options.get("population", 10) * options.get("resource", 1)
    elif row.name == "asha":
        assert row.budget - spent < options.get("max_resource", 27)


@every_option
def test_every_point_lies_in_the_space_and_has_its_types(row, options):
    for trial in row.run(**options).history:
        assert list(trial.point) == list(row.space)
        for name, span in row.space.items():
            value = trial.point[name]
            if isinstance(span, Choice):
                assert value in span.options
            else:
                assert type(value) is (int if isinstance(span, Integer) else float)
                assert span.low <= value <= span.high
        assert type(trial.value) is float
        assert type(trial.resource) is int


@every_option
def test_the_same_generator_gives_the_same_history_and_another_gives_another(row, options):
    history = seen(row.run(3, **options))
    assert seen(row.run(3, **options)) == history
    assert (seen(row.run(4, **options)) == history) == (row.name == "grid")


@every_row
def test_nothing_global_is_touched_and_nothing_is_printed(row, capfd):
    def state():
        return python_random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()

    before, space, first = state(), dict(row.space), dict(row.space)
    optuna.logging.set_verbosity(optuna.logging.INFO)  # its default, and loud
    row.method(row.objective, space, row.budget, np.random.default_rng(0))
    assert state() == before
    assert optuna.logging.get_verbosity() == optuna.logging.INFO
    assert space == first
    assert capfd.readouterr() == ("", "")


@every_row
def test_an_objective_that_changes_its_point_changes_nothing_else(row):
    def spoil(point, value):
        point.clear()
        return value

    assert seen(row.run(objective=row.wrapped(spoil))) == seen(row.run())


@every_row
@pytest.mark.parametrize("failed", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_kept_and_counts_as_the_worst(row, failed):
    def half_failed(point, value):
        return failed if point["activation"] == "relu" else value

    result = row.run(objective=row.wrapped(half_failed))
    values = np.array([trial.value for trial in result.history])
    assert 0 < np.isfinite(values).sum() < len(values)
    assert_allclose(values[~np.isfinite(values)], failed)
    assert result.best_value == values[np.isfinite(values)].min()
    assert result.best_point["activation"] != "relu"


@every_row
def test_numbers_of_numpy_and_torch_are_numbers(row):
    expected = seen(row.run())
    for number in (np.float64, np.asarray, lambda value: torch.tensor(value, dtype=torch.float64)):
        assert seen(row.run(objective=row.wrapped(lambda point, value, number=number: number(value)))) == expected


# What is refused


@every_row
def test_a_search_without_one_finite_value_says_so(row):
    with pytest.raises(ValueError, match=r"^no value was finite, the first was nan; expected one at least: try other"):
        row.run(objective=row.wrapped(lambda point, value: np.nan))


@every_row
def test_an_objective_that_raises_is_named_with_its_point(row):
    def broken(point, *arguments):
        raise ZeroDivisionError("no examples")

    message = r"^objective raised ZeroDivisionError: no examples; expected a number: try objective\(\{'lr': .*\}.*\) on"
    with pytest.raises(RuntimeError, match=message) as caught:
        row.run(objective=broken)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@every_row
@pytest.mark.parametrize("answer", [None, "0.5", [0.5], np.ones(1), 1j])
def test_an_answer_that_is_no_number_is_refused(row, answer):
    with pytest.raises(TypeError, match=r"^objective gave .*; expected a number: does it end with return\?$"):
        row.run(objective=row.wrapped(lambda point, value: answer))


@every_row
@pytest.mark.parametrize("budget", [0, -3, 2.5, True, None])
def test_a_budget_that_buys_nothing_is_refused(row, budget):
    with pytest.raises(ValueError, match=rf"^budget is {budget}; expected a whole number, 1 or more$"):
        row.method(row.objective, row.space, budget, np.random.default_rng(0))


@every_row
def test_a_space_without_ranges_is_refused(row):
    rng = np.random.default_rng(0)
    for space in ({}, [Uniform(0, 1)], None):
        with pytest.raises(ValueError, match=r"^space is .*; expected a dict of ranges: try \{'lr': LogUniform\(1e-4"):
            row.method(row.objective, space, row.budget, rng)
    with pytest.raises(TypeError, match=r"^space\['lr'\] is \[1, 2\]; expected Uniform, LogUniform, Integer or Choice"):
        row.method(row.objective, {"lr": [1, 2]}, row.budget, rng)


@every_row
def test_a_seed_is_not_a_generator(row):
    with pytest.raises(TypeError, match=r"^rng is 0; expected a generator: try np\.random\.default_rng\(0\)$"):
        row.method(row.objective, row.space, row.budget, 0)


REFUSED = {
    "an empty range": (lambda: Uniform(1, 1), r"Uniform\(low=1, high=1\) holds nothing; expected low < high"),
    "ends exchanged": (lambda: LogUniform(1, 0.1), r"LogUniform\(low=1, high=0.1\) holds nothing; expected low < high"),
    "no end": (lambda: Uniform(0, np.inf), "high is inf; expected -inf < high < inf"),
    "log of 0": (lambda: LogUniform(0, 1), "low is 0; expected 0 < low < inf"),
    "half numbers": (lambda: Integer(0.5, 2), r"Integer\(low=0.5, high=2\) holds nothing; expected whole numbers"),
    "no numbers": (
        lambda: Integer(3, 2),
        r"Integer\(low=3, high=2\) holds nothing; expected whole numbers, low ≤ high",
    ),
    "no options": (lambda: Choice([]), r"Choice got \[\]; expected a list of options: try Choice\(\['relu', 'tanh'\]"),
    "a word": (lambda: Choice("relu"), "Choice got 'relu'; expected a list of options"),
    "grid": (
        lambda: METHOD["grid"].run(budget=2),
        "budget is 2; expected 3 or more, the price of every combination of options",
    ),
    "halving": (
        lambda: METHOD["successive_halving"].run(budget=107),
        "budget is 107; expected 108 or more, the price of the first bracket",
    ),
    "hyperband": (lambda: METHOD["hyperband"].run(budget=9), "budget is 9; expected 108 or more, the price of the fir"),
    "asha": (
        lambda: METHOD["asha"].run(budget=1, max_resource=2),
        "budget is 1; expected 2 or more, the price of one trial",
    ),
    "population": (
        lambda: METHOD["population_based_training"].run(budget=19, resource=2),
        "budget is 19; expected 20 or more, the price of one round of the population",
    ),
    "state": (
        lambda: METHOD["population_based_training"].run(objective=lambda *arguments: 0.5),
        "objective gave 0.5; expected value, state: does it return both?",
    ),
    "numbers for a policy": (
        lambda: search.reinforcement(loss, SPACE, 9, np.random.default_rng(0)),
        r"space\['lr'\] is LogUniform\(low=0.0001, high=1.0\); expected Choice: try Choice\(\[…\]\) with a few",
    ),
    "eta": (lambda: METHOD["asha"].run(eta=1), "eta is 1; expected a whole number, 2 or more"),
    "max_resource": (lambda: METHOD["hyperband"].run(max_resource=0), "max_resource is 0; expected a whole number, 1"),
    "workers": (lambda: METHOD["asha"].run(workers=0), "workers is 0; expected a whole number, 1 or more"),
    "parents": (lambda: METHOD["genetic"].run(population=1), "population is 1; expected a whole number, 2 or more"),
    "mutation": (lambda: METHOD["genetic"].run(mutation=1), "mutation is 1; expected 0 ≤ mutation < 1"),
    "particles": (lambda: METHOD["particle_swarm"].run(particles=0), "particles is 0; expected a whole number, 1 or"),
    "inertia": (lambda: METHOD["particle_swarm"].run(inertia=1), "inertia is 1; expected 0 ≤ inertia < 1"),
    "attraction": (
        lambda: METHOD["particle_swarm"].run(attraction=0),
        "attraction is 0; expected 0 < attraction < inf",
    ),
    "members": (
        lambda: METHOD["population_based_training"].run(population=1),
        "population is 1; expected a whole number, 2 or more",
    ),
    "resource": (
        lambda: METHOD["population_based_training"].run(resource=0),
        "resource is 0; expected a whole number, 1 or more",
    ),
    "fraction": (
        lambda: METHOD["population_based_training"].run(fraction=0.5),
        "fraction is 0.5; expected 0 < fraction < 0.5",
    ),
    "resample": (
        lambda: METHOD["population_based_training"].run(resample=1),
        "resample is 1; expected 0 ≤ resample < 1",
    ),
    "batch": (lambda: METHOD["reinforcement"].run(batch=1), "batch is 1; expected a whole number, 2 or more"),
    "lr": (lambda: METHOD["reinforcement"].run(lr=0), "lr is 0; expected 0 < lr < inf"),
}


@pytest.mark.parametrize("wrong, message", REFUSED.values(), ids=REFUSED)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises((ValueError, TypeError), match=f"^{message}"):
        wrong()


def test_importing_search_imports_neither_torch_nor_optuna():
    code = "import sys; from course_lib import search; print({'torch', 'optuna'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE)
    assert done.stdout.strip() == "set()"


# Ranges


@pytest.mark.parametrize("span", [Uniform(-3, 7), LogUniform(1e-5, 20), Integer(-2, 9)], ids=str)
def test_place_is_the_way_back(span):
    for u in np.linspace(0, 1, 41):
        value = span.at(u)
        assert_allclose(span.at(span.place(value)), value, rtol=1e-10)
    assert_allclose([span.at(0), span.at(1)], [span.low, span.high], rtol=0)


def test_a_ladder_of_two_has_both_ends():
    assert Uniform(-3, 7).ladder(2) == [-3, 7]


def test_a_ladder_reaches_from_end_to_end():
    assert_allclose(Uniform(-3, 7).ladder(6), np.linspace(-3, 7, 6), rtol=1e-12)
    assert_allclose(LogUniform(1e-4, 10).ladder(6), np.geomspace(1e-4, 10, 6), rtol=1e-12)
    assert Integer(1, 10).ladder(4) == [1, 4, 7, 10]
    assert Integer(2, 5).ladder(9) == [2, 3, 4, 5]
    assert Choice(["ab", "cd", "ef"]).ladder(2) == ["ab", "cd", "ef"]
    middles = [span.ladder(1) for span in (Uniform(0, 4), LogUniform(1e-4, 1), Integer(1, 5), Integer(6, 6))]
    assert_allclose(np.ravel(middles), [2, 0.01, 3, 6], rtol=1e-12)
    for high in range(1, 30):
        for n in range(1, high + 1):
            rungs = Integer(1, high).ladder(n)
            assert len(set(rungs)) == n, (high, n)


def test_draws_are_distributed_as_their_range_says():
    history = search.random(loss, SPACE, 4000, np.random.default_rng(5)).history
    drawn = {name: [trial.point[name] for trial in history] for name in SPACE}
    assert scipy.stats.kstest(drawn["lr"], scipy.stats.loguniform(1e-4, 1).cdf).pvalue > 0.01
    assert scipy.stats.kstest(drawn["shift"], scipy.stats.uniform(-1, 2).cdf).pvalue > 0.01
    assert scipy.stats.chisquare(np.bincount(drawn["layers"], minlength=9)[1:]).pvalue > 0.01
    counts = [drawn["activation"].count(option) for option in SPACE["activation"].options]
    assert scipy.stats.chisquare(counts).pvalue > 0.01
    assert abs(scipy.stats.spearmanr(drawn["lr"], drawn["shift"]).statistic) < 0.05


def test_options_may_be_anything():
    space = {"layers": Choice([[64, 64], None, np.tanh, {"width": 3}])}
    for name in ("grid", "random", "tpe", "gaussian_process", "genetic", "particle_swarm", "reinforcement"):
        result = getattr(search, name)(
            lambda point: float(point["layers"] is not None), space, 12, np.random.default_rng(1)
        )
        assert result.best_point == {"layers": None}, name


# Grid and random


def test_a_grid_is_the_parameter_grid_of_scikit_learn():
    space = {name: SPACE[name] for name in sorted(SPACE)}  # as ParameterGrid does
    for budget, n in ((3, 1), (23, 1), (24, 2), (81, 3), (191, 3), (192, 4)):
        tried = [trial.point for trial in search.grid(loss, space, budget).history]
        assert tried == list(ParameterGrid({name: span.ladder(n) for name, span in space.items()})), budget
    whole = {"a": Integer(1, 2), "b": Integer(0, 1)}
    assert len(search.grid(lambda point: 0.0, whole, 1000).history) == 4


def test_random_search_does_not_listen():
    one, other = (
        search.random(objective, SPACE, 9, np.random.default_rng(2)) for objective in (loss, lambda point: -loss(point))
    )
    assert [trial.point for trial in one.history] == [trial.point for trial in other.history]


def test_where_one_range_of_many_matters_random_beats_the_grid():
    space = {name: Uniform(0, 1) for name in "abcd"}
    by_grid = search.grid(lambda point: (point["a"] - 0.57) ** 2, space, 256)
    by_random = [
        search.random(lambda point: (point["a"] - 0.57) ** 2, space, 256, np.random.default_rng(seed)).best_value
        for seed in range(10)
    ]
    assert len({trial.point["a"] for trial in by_grid.history}) == 4
    assert max(by_random) < by_grid.best_value


# Bayesian optimization


@pytest.mark.parametrize(
    "name, sampler, budget", [("tpe", "TPESampler", 40), ("gaussian_process", "GPSampler", 13)], ids=str
)
def test_the_history_is_that_of_optuna_itself(name, sampler, budget):
    def objective(trial):
        point = {
            "lr": trial.suggest_float("lr", 1e-4, 1.0, log=True),
            "layers": trial.suggest_int("layers", 1, 8),
            "shift": trial.suggest_float("shift", -1.0, 1.0),
            "activation": trial.suggest_categorical("activation", ["relu", "tanh", "elu"]),
        }
        if point["activation"] == "elu":
            raise FloatingPointError
        return loss(point)

    def blown_up(point):
        return np.nan if point["activation"] == "elu" else loss(point)

    rng = np.random.default_rng(11)
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    try:
        study = optuna.create_study(sampler=getattr(optuna.samplers, sampler)(seed=int(rng.integers(2**31))))
        study.optimize(objective, n_trials=budget, catch=(FloatingPointError,))
    finally:
        optuna.logging.set_verbosity(verbosity)
    result = getattr(search, name)(blown_up, SPACE, budget, np.random.default_rng(11))
    assert [trial.point for trial in result.history] == [trial.params for trial in study.trials]
    assert_allclose(result.best_value, study.best_value, rtol=1e-12)
    assert result.best_point == study.best_params


# Evolution


def test_without_mutation_a_child_has_the_values_of_the_living():
    population = 6
    history = search.genetic(loss, SPACE, 60, np.random.default_rng(4), population=population, mutation=0).history
    for i in range(population, 60):
        living = sorted(history[:i], key=lambda trial: trial.value)[:population]
        for name in SPACE:
            assert history[i].point[name] in [trial.point[name] for trial in living]


def test_of_two_the_better_becomes_both_parents():
    for seed in range(10):
        history = search.genetic(loss, SPACE, 20, np.random.default_rng(seed), population=2, mutation=0).history
        best = min(history[:2], key=lambda trial: trial.value)
        assert all(trial.point == best.point for trial in history[2:])


def test_a_child_has_values_of_both_parents():
    history = search.genetic(loss, SPACE, 40, np.random.default_rng(4), population=20, mutation=0).history
    first = [trial.point for trial in history[:20]]
    assert any(trial.point not in first for trial in history[20:])


@pytest.mark.parametrize("mutation", [0.1, 0.7])
def test_values_are_anew_as_often_as_mutation_says(mutation):
    space, rng = {name: Uniform(0, 1) for name in "abcdefgh"}, np.random.default_rng(6)
    history = search.genetic(lambda point: point["a"], space, 520, rng, mutation=mutation).history
    known, anew = {(name, trial.point[name]) for trial in history[:20] for name in space}, 0
    for trial in history[20:]:
        values = set(trial.point.items())
        anew += len(values - known)
        known |= values
    assert_allclose(anew / (500 * 8), mutation, atol=3 * np.sqrt(mutation * (1 - mutation) / 4000))


@pytest.mark.parametrize("digits", [12, 0])  # rounded to whole numbers, most values are ties: the earlier one stays
def test_particles_fly_as_kennedy_and_eberhart_wrote(digits):
    space, particles, w, c = {"a": Uniform(0, 1), "b": Uniform(0, 1)}, 4, 0.3, 2.5
    options = {"particles": particles, "inertia": w, "attraction": c}

    def bowl(point):
        return round((point["a"] - 0.9) ** 2 + 3 * (point["b"] - 0.2) ** 2, digits)

    history = search.particle_swarm(bowl, space, 40, np.random.default_rng(8), **options).history
    rng = np.random.default_rng(8)
    flock = [{"x": x, "v": np.zeros(2), "best": (np.inf, x)} for x in rng.uniform(size=(particles, 2))]
    for i, trial in enumerate(history):
        bird = flock[i % particles]
        if i >= particles:
            leader = min((other["best"] for other in flock), key=lambda best: best[0])[1]
            r1, r2 = rng.uniform(size=(2, 2))
            pull = [
                c * (r1[d] * (bird["best"][1][d] - bird["x"][d]) + r2[d] * (leader[d] - bird["x"][d])) for d in (0, 1)
            ]
            bird["v"] = w * bird["v"] + pull
            bird["x"] = np.minimum(1, np.maximum(0, bird["x"] + bird["v"]))
        assert_allclose([trial.point["a"], trial.point["b"]], bird["x"], rtol=1e-10)
        if trial.value < bird["best"][0]:
            bird["best"] = (trial.value, bird["x"])


def test_a_lonely_particle_sees_no_reason_to_move():
    history = search.particle_swarm(loss, SPACE, 5, np.random.default_rng(1), particles=1).history
    assert all(trial.point == history[0].point for trial in history)


def test_population_based_training_finds_the_schedule_that_no_fixed_point_is():
    """The example of Jaderberg et al.'s figure 2: each of two surrogates moves only one of two weights."""

    def train(point, resource, theta):
        theta = np.array([0.9, 0.9]) if theta is None else theta
        for _ in range(resource):
            theta = theta - 0.05 * 2 * np.array(point["h"]) * theta
        return theta @ theta - 1.2, theta

    space = {"h": Choice([(1, 0), (0, 1)])}
    fixed = [train({"h": h}, 1000, None)[0] for h in space["h"].options]
    assert_allclose(fixed, 0.81 - 1.2, rtol=1e-10)
    for seed in range(5):
        best = search.population_based_training(train, space, 400, np.random.default_rng(seed)).best_value
        assert best < -1.1


@pytest.mark.parametrize("fraction, k", [(0.2, 2), (0.4, 4), (0.01, 1)])
@pytest.mark.parametrize("resample", [0, 0.6])
def test_the_worst_go_on_from_the_best_with_values_a_fifth_larger_or_smaller(fraction, k, resample):
    calls = []

    def train(point, resource, state):
        before = list(state or [])
        state = state or []
        state.append(len(calls))  # in place, as networks are trained
        calls.append((point, resource, before))
        return loss(point), state

    options = {"fraction": fraction, "resample": resample, "resource": 3}
    search.population_based_training(train, SPACE, 10 * 3 * 8, np.random.default_rng(7), **options)
    assert len(calls) == 80
    changed = []
    for n in range(10, 80):
        point, resource, before = calls[n]
        start = n // 10 * 10 - 10
        order = sorted(range(start, start + 10), key=lambda i: loss(calls[i][0]))
        assert resource == 3
        assert len(before) == n // 10  # one entry for each round: nobody else wrote into it
        parent = before[-1]
        if n - 10 in order[-k:]:
            assert parent in order[:k]
            for name in ("lr", "shift", "layers"):
                was, span = calls[parent][0][name], SPACE[name]
                allowed = [np.clip(was * factor, span.low, span.high) for factor in (0.8, 1.2)]
                allowed = np.rint(allowed) if name == "layers" else allowed
                changed.append(not np.isclose(point[name], allowed, rtol=1e-9).any())
            if not resample:
                assert point["activation"] == calls[parent][0]["activation"]
        else:
            assert parent == n - 10
            assert point == calls[parent][0]
    if resample:
        assert 0.25 < np.mean(changed) < 0.75  # a value drawn anew may be one of the two by chance
    else:
        assert not any(changed)


def test_both_factors_and_every_winner_have_their_turn():
    space, parents, factors = {"x": Uniform(0.0, 1e6)}, set(), set()

    def train(point, resource, state):
        if state is not None and state[0] != point["x"]:
            factors.add(round(point["x"] / state[0], 9))
            parents.add(state[0])
        return abs(point["x"] - 5e5), (point["x"],)

    search.population_based_training(train, space, 100, np.random.default_rng(3), resample=0, fraction=0.4)
    assert factors == {0.8, 1.2}
    assert len(parents) > 3


# Halving


TABLES = {  # Li et al. (2018), algorithm 1, brackets s = S, …, 0
    (81, 3): (
        [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)],
        [(34, 3), (11, 9), (3, 27), (1, 81)],
        [(15, 9), (5, 27), (1, 81)],
        [(8, 27), (2, 81)],
        [(5, 81)],
    ),
    (8, 2): ([(8, 1), (4, 2), (2, 4), (1, 8)], [(6, 2), (3, 4), (1, 8)], [(4, 4), (2, 8)], [(4, 8)]),
    (100, 3): (
        [(81, 1), (27, 3), (9, 11), (3, 33), (1, 100)],
        [(34, 3), (11, 11), (3, 33), (1, 100)],
        [(15, 11), (5, 33), (1, 100)],
        [(8, 33), (2, 100)],
        [(5, 100)],
    ),
    (125, 5): ([(125, 1), (25, 5), (5, 25), (1, 125)], [(34, 5), (6, 25), (1, 125)], [(10, 25), (2, 125)], [(4, 125)]),
    (2, 3): ([(1, 2)],),
}
every_table = pytest.mark.parametrize("most, eta", TABLES, ids=str)


def price(bracket):
    return sum(n * resource for n, resource in bracket)


@every_table
def test_hyperband_runs_the_brackets_of_its_paper(most, eta):
    table = TABLES[most, eta]
    top = len(table) - 1
    for s, bracket in zip(range(top, -1, -1), table):  # the closed form of the first rung, and of the others
        n = int(np.ceil(round((top + 1) / (s + 1) * eta**s, 9)))
        assert bracket == [(int(n * eta**-i + 1e-9), int(most * float(eta) ** (i - s) + 1e-9)) for i in range(s + 1)]
    budget = sum(map(price, table))
    rng = np.random.default_rng(0)
    history = search.hyperband(loss_after, SPACE, budget, rng, max_resource=most, eta=eta).history
    expected = [trial for bracket in table for n, resource in bracket for trial in [resource] * n]
    assert [trial.resource for trial in history] == expected
    twice = search.hyperband(loss_after, SPACE, 2 * budget, rng, max_resource=most, eta=eta).history
    assert [trial.resource for trial in twice] == 2 * expected
    less = search.hyperband(loss_after, SPACE, 2 * budget - 1, rng, max_resource=most, eta=eta).history
    last = sum(n for n, _ in table[-1])
    assert [trial.resource for trial in less] == (2 * expected)[:-last]


@every_table
def test_successive_halving_runs_the_boldest_bracket_again_and_again(most, eta):
    bracket = TABLES[most, eta][0]
    expected = [resource for n, resource in bracket for _ in range(n)]
    for budget, times in ((price(bracket), 1), (3 * price(bracket), 3), (3 * price(bracket) - 1, 2)):
        history = search.successive_halving(
            loss_after, SPACE, budget, np.random.default_rng(0), max_resource=most, eta=eta
        ).history
        assert [trial.resource for trial in history] == times * expected


@pytest.mark.parametrize("name", ["successive_halving", "hyperband"])
def test_the_best_of_a_rung_and_only_they_go_on(name):
    def noisy(point, resource):
        return loss(point) + np.sin(1e4 * point["shift"]) / resource

    most, eta = 81, 3
    method, brackets = getattr(search, name), TABLES[most, eta]
    brackets = brackets if name == "hyperband" else brackets[:1]
    budget = sum(map(price, brackets))
    trials = iter(method(noisy, SPACE, budget, np.random.default_rng(3), max_resource=most).history)
    known = []
    for bracket in brackets:
        wanted = None
        for n, _ in bracket:
            rung = [next(trials) for _ in range(n)]
            shifts = sorted(trial.point["shift"] for trial in rung)
            assert wanted is None or shifts == sorted(wanted[:n])
            assert wanted is not None or not set(shifts) & set(known)  # the first rung is new
            known += shifts
            wanted = [trial.point["shift"] for trial in sorted(rung, key=lambda trial: trial.value)]


@pytest.mark.parametrize("workers", [1, 2, 5, 40])
@pytest.mark.parametrize("most, eta", [(27, 3), (16, 4), (10, 2)])
def test_asha_promotes_as_algorithm_2_says(workers, most, eta):
    """Replayed with the rule written out: who is free when, what has finished by then, who may be promoted."""

    def noisy(point, resource):
        return loss(point) + np.sin(1e4 * point["shift"]) / resource

    budget, rng = 1200, np.random.default_rng(workers)
    history = search.asha(noisy, SPACE, budget, rng, max_resource=most, eta=eta, workers=workers).history
    ladder = sorted({trial.resource for trial in history})
    assert ladder == [resource for _, resource in _brackets_by_hand(most, eta)]
    free, ends, started = [0] * workers, [], {}  # started: shift -> the resources it has been given
    promotions = 0
    for trial in history:
        now = heapq.heappop(free)
        finished = [other for other, end in zip(history, ends) if end <= now]
        allowed = None
        for lower, higher in zip(ladder[-2::-1], ladder[:0:-1]):
            rung = sorted((t.value, t.point["shift"]) for t in finished if t.resource == lower)
            top = [shift for _, shift in rung[: len(rung) // eta]]
            candidates = [shift for shift in top if higher not in started[shift]]
            if candidates:
                allowed = higher, candidates[0]
                break
        shift = trial.point["shift"]
        if allowed is None:
            assert trial.resource == ladder[0]
            assert shift not in started
        else:
            assert (trial.resource, shift) == allowed
            promotions += 1
        started.setdefault(shift, set()).add(trial.resource)
        ends.append(now + trial.resource)
        heapq.heappush(free, ends[-1])
    assert promotions > 10


def _brackets_by_hand(most, eta):
    top = max(s for s in range(20) if eta**s <= most)
    return [(None, most // eta ** (top - i)) for i in range(top + 1)]


def test_asha_gives_the_highest_resource_sooner_than_a_worker_alone_would():
    """With more workers more new points are started before the first answers are there."""
    firsts = []
    for workers in (1, 9, 81):
        history = search.asha(loss_after, SPACE, 500, np.random.default_rng(0), workers=workers).history
        firsts.append([trial.resource for trial in history].index(3))
    assert firsts == [3, 9, 81]


# Reinforcement


def test_the_policy_gradient_is_that_of_autograd():
    rng = np.random.default_rng(1)
    theta, drawn, advantage = rng.normal(size=4), rng.integers(0, 4, 9), rng.normal(size=9)
    t = torch.tensor(theta, requires_grad=True)
    (torch.log_softmax(t, 0)[torch.tensor(drawn)] * torch.tensor(advantage)).mean().backward()
    assert_allclose(_policy_gradient(theta, drawn, advantage), t.grad.numpy(), rtol=1e-10)


def test_a_policy_that_is_certain_has_no_overflow():
    gradient = _policy_gradient(np.array([1e4, 0.0, -1e4]), np.array([0, 1]), np.array([1.0, 1.0]))
    assert_allclose(gradient, [-0.5, 0.5, 0], atol=1e-15)


def test_the_advantage_is_a_standard_score_and_a_failure_the_worst():
    costs = np.array([3.0, 1.0, 7.0, 2.0])
    assert_allclose(_advantage(costs), scipy.stats.zscore(-costs), rtol=1e-10)
    assert_allclose(_advantage(np.array([3.0, np.inf, 7.0])), scipy.stats.zscore([-3.0, -7.0, -7.0]), rtol=1e-10)
    assert_allclose(_advantage(np.full(3, 2.0)), np.zeros(3), atol=0)
    assert_allclose(_advantage(np.full(3, np.inf)), np.zeros(3), atol=0)


def test_the_policy_is_trained_by_gradient_ascent():
    """Replayed with torch's optimizer: the same draws come out, batch by batch."""
    batch, lr, rng = 6, 0.9, np.random.default_rng(5)
    result = search.reinforcement(loss, CATEGORICAL, 40, np.random.default_rng(5), batch=batch, lr=lr)
    theta = {
        name: torch.zeros(len(span), dtype=torch.float64, requires_grad=True) for name, span in CATEGORICAL.items()
    }
    optimizer = torch.optim.SGD(theta.values(), lr=lr, maximize=True)
    for start in range(0, 40, batch):
        trials = result.history[start : start + batch]
        log_p = 0
        for name, t in theta.items():
            p = torch.softmax(t, 0).detach().numpy()
            drawn = rng.choice(len(p), len(trials), p=p)
            assert [trial.point[name] for trial in trials] == [CATEGORICAL[name].options[i] for i in drawn]
            log_p = log_p + torch.log_softmax(t, 0)[torch.tensor(drawn)]
        reward = torch.tensor([-trial.value for trial in trials], dtype=torch.float64)
        optimizer.zero_grad()
        (log_p * (reward - reward.mean()) / reward.std(correction=0)).mean().backward()
        optimizer.step()


# What it is all for


@dataclass(frozen=True)
class Race:
    """A method against random search at the same price: how often it wins at least, by what factor on average."""

    name: str
    budget: int
    wins: int
    factor: float
    seeds: range = range(20)
    objective: Callable | None = None
    space: dict | None = None


def misses(point):
    """How many of eight options are wrong."""
    return float(sum(value != i % 6 for i, value in enumerate(point.values())))


RACES = (  # random search gets its whole resource for every trial: 27, or 100 with a state
    Race("tpe", 80, 7, 0.1, range(8)),
    Race("gaussian_process", 20, 3, 0.1, range(3)),
    Race("genetic", 400, 15, 0.4),
    Race("particle_swarm", 200, 17, 0.3),
    Race("population_based_training", 1000, 18, 0.15),
    Race("successive_halving", 1080, 16, 0.5),
    Race("hyperband", 1080, 14, 0.7),
    Race("asha", 1080, 15, 0.6),
    Race("reinforcement", 400, 18, 0.3, objective=misses, space={name: Choice(range(6)) for name in "abcdefgh"}),
)
AT_FULL_RESOURCE = {
    loss_after: (27, lambda point: loss_after(point, 27)),
    loss_and_state: (100, lambda point: loss_and_state(point, 100, None)[0]),
}


def test_every_search_that_learns_has_its_race():
    assert {race.name for race in RACES} == set(METHOD) - {"grid", "random"}


@pytest.mark.slow
@pytest.mark.parametrize("race", RACES, ids=lambda race: race.name)
def test_a_search_that_learns_beats_random_search(race):
    row, found, by_random = METHOD[race.name], [], []
    objective, space = race.objective or row.objective, race.space or row.space
    each, whole = AT_FULL_RESOURCE.get(objective, (1, objective))
    for seed in race.seeds:
        found.append(row.method(objective, space, race.budget, np.random.default_rng(seed)).best_value)
        rng = np.random.default_rng(1000 + seed)
        by_random.append(search.random(whole, space, race.budget // each, rng).best_value)
    assert sum(a < b for a, b in zip(found, by_random)) >= race.wins, (found, by_random)
    assert np.mean(found) < race.factor * np.mean(by_random), (np.mean(found), np.mean(by_random))
