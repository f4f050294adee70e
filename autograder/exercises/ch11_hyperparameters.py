"""The exercises of chapter 11: from the arithmetic of batches to whole searches, and the mistakes made with them."""

import math
from functools import cache

import numpy as np

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises import ch11_hyperparameters_cases as cases
from autograder.sandbox.protocols import Call, Program

# Choosing the best trial


def _best_trial(
    validation, test,
    means=lambda losses: losses.mean(axis=1),
    choose=lambda means: int(np.nanargmin(means)),
    by=lambda validation, test: validation,
    reported=lambda validation, test: test,
    spread=lambda losses: losses.std(ddof=1),
):  # fmt: skip
    best = choose(means(by(validation, test)))
    told = reported(validation, test)[best]
    return best, told.mean(), spread(told)


def _twisted(function, **twists):
    """The function with some of its steps replaced."""
    return lambda *arguments: function(*arguments, **twists)


def _from_one(validation, test):
    best, mean, spread = _best_trial(validation, test)
    return best + 1, mean, spread


def _spread_of_all(validation, test):
    best, mean, _ = _best_trial(validation, test)
    return best, mean, test.std(ddof=1)


best_trial = Exercise(
    id="ch11.best_trial",
    reference="",
    protocol=Program(("validation", "test"), ("trial", "test_mean", "test_spread")),
    cases=cases.studies(),
    answers=lambda _, inputs: dict(
        zip(("trial", "test_mean", "test_spread"), _best_trial(inputs["validation"], inputs["test"]))
    ),
    parts=[
        Part("the trial", 2, "trial"),
        Part("a run that blew up", 1, "trial", where="nan"),
        Part("the mean that is reported", 1, "test_mean"),
        Part("the spread that is reported", 1, "test_spread"),
    ],
    read_again="11.2 Who won, and is it true?",
    misconceptions=[
        misconception(
            "chosen by the test losses",
            "The test set must not choose. Who picks the trial with the best test loss reports the luck of that trial, too.",
            "Choose with `validation`, then look at the row of that trial in `test`, once.",
            unit=_twisted(_best_trial, by=lambda validation, test: test),
        ),
        misconception(
            "the validation losses of the winner are reported",
            "The winner was chosen because these numbers are low, so they flatter it. Report its row of `test`.",
            unit=_twisted(_best_trial, reported=lambda validation, test: validation),
        ),
        misconception(
            "chosen by the luckiest single run",
            "One lucky seed is no good setting. Compare the means over the seeds of each trial.",
            unit=_twisted(_best_trial, means=lambda losses: losses.min(axis=1)),
        ),
        misconception(
            "chosen by the luckiest single run, even of a trial that blew up",
            "The smallest entry of the table is one lucky seed. Compare means over the seeds; a mean with nan in it is nan and drops out.",
            unit=_twisted(_best_trial, means=lambda losses: np.nanmin(losses, axis=1)),
        ),
        misconception(
            "the trial with the largest loss",
            "These are losses: the smaller the better. Look for the smallest mean.",
            unit=_twisted(_best_trial, choose=lambda means: int(np.nanargmax(means))),
        ),
        misconception(
            "the trials are counted from 1",
            "The first row is number 0, as NumPy counts. Return the number that `np.nanargmin` gives.",
            unit=_from_one,
        ),
        misconception(
            "averaged over the trials instead of the seeds",
            "One row is one trial, its columns are seeds. The mean over the seeds is `mean(axis=1)`: one number for each row.",
            unit=_twisted(_best_trial, means=lambda losses: losses.mean(axis=0)),
        ),
        misconception(
            "the spread divides by S instead of S − 1",
            "A few seeds stand for all seeds that you might have drawn. Then the standard deviation divides by S − 1: `ddof=1`.",
            unit=_twisted(_best_trial, spread=lambda losses: losses.std()),
        ),
        misconception(
            "the standard error instead of the spread of single runs",
            "Divided by √S it says how sure the mean is. Asked for is how far single runs lie apart: do not divide.",
            unit=_twisted(_best_trial, spread=lambda losses: losses.std(ddof=1) / np.sqrt(len(losses))),
        ),
        misconception(
            "the variance instead of its root",
            "The spread has the unit of a loss. What you return is its square: take `std`, not `var`.",
            unit=_twisted(_best_trial, spread=lambda losses: losses.var(ddof=1)),
        ),
        misconception(
            "the spread of the whole table",
            "Asked for is the spread over the seeds of the one trial that was chosen: its row of `test`.",
            unit=_spread_of_all,
        ),
        misconception(
            "a trial with nan is chosen",
            "NumPy's `argmin` takes nan for the smallest. A trial that blew up with one of its seeds must not win.",
            "Its sister `np.nanargmin` passes over nan.",
            unit=_twisted(_best_trial, choose=lambda means: int(np.argmin(means))),
        ),
        misconception(
            "the run that blew up is left out of the mean",
            "Then a trial that fails with every second seed can win by the seeds that worked. Its mean is nan, so leave the trial out.",
            unit=_twisted(_best_trial, means=lambda losses: np.nanmean(losses, axis=1)),
        ),
    ],
)

# Batches and updates


def _counted(_, inputs):
    """Counted, not computed: the batches as `training.fit` cuts them, and epochs until there are enough updates."""
    n, size = inputs["examples"], inputs["batch_size"]
    batches = np.split(np.arange(n), range(size, n, size))
    epochs = next(epochs for epochs in range(10**6) if epochs * len(batches) >= inputs["updates_wanted"])
    return {"per_epoch": len(batches), "last_batch": len(batches[-1]), "epochs": epochs}


def _updates(
    n, size, wanted,
    per_epoch=lambda n, size: -(-n // size),
    last=lambda n, size: n - (-(-n // size) - 1) * size,
    epochs=lambda wanted, per_epoch: -(-wanted // per_epoch),
):  # fmt: skip
    each = per_epoch(n, size)
    return each, last(n, size), epochs(wanted, each)


def _updates_epochs_last(*numbers):
    each, last, epochs = _updates(*numbers)
    return each, epochs, last


updates = Exercise(
    id="ch11.updates",
    reference="",
    protocol=Program(("examples", "batch_size", "updates_wanted"), ("per_epoch", "last_batch", "epochs")),
    cases=cases.sets_and_batches(),
    answers=_counted,
    parts=[
        Part("updates in an epoch", 1, "per_epoch"),
        Part("the last batch", 1, "last_batch"),
        Part("epochs", 1, "epochs"),
    ],
    read_again="11.4 Batch size: how many examples for one step?",
    misconceptions=[
        misconception(
            "the last, smaller batch is dropped",
            "The examples that are left over make a batch of their own, so the number of batches is rounded up.",
            "By hand: 10 examples in batches of 4: 4, 4 and 2, which is three updates.",
            unit=_twisted(_updates, per_epoch=lambda n, size: n // size, last=lambda n, size: size),
        ),
        misconception(
            "the batches are rounded down",
            "The examples that are left over make a batch of their own, and it counts: round up. Even fewer examples than a batch are one update.",
            unit=_twisted(
                _updates,
                per_epoch=lambda n, size: n // size,
                last=lambda n, size: n % size or size,
                epochs=lambda wanted, each: -(-wanted // max(each, 1)),
            ),
        ),
        misconception(
            "rounded to the nearest whole number",
            "A rest makes a batch however small it is, and an epoch that is begun is an epoch. Round up, always.",
            unit=_twisted(
                _updates,
                per_epoch=lambda n, size: round(n / size),
                epochs=lambda wanted, each: round(wanted / max(each, 1)),
            ),
        ),
        misconception(
            "the size of the last batch and the epochs are exchanged",
            "The order is: updates in one epoch, size of the last batch, epochs.",
            unit=_updates_epochs_last,
        ),
        misconception(
            "the last batch is the remainder, 0 where there is none",
            "When the batch size divides the examples, the last batch is a whole one. No batch has 0 examples.",
            unit=_twisted(_updates, last=lambda n, size: n % size),
        ),
        misconception(
            "one update too many where the batches fit exactly",
            "By hand: 12 examples in batches of 4 make three updates, not four. Add one for the rest only if there is a rest.",
            unit=_twisted(_updates, per_epoch=lambda n, size: n // size + 1),
        ),
        misconception(
            "epochs rounded down",
            "After that many whole epochs the updates are not enough yet. Round up.",
            unit=_twisted(_updates, epochs=lambda wanted, each: wanted // each),
        ),
        misconception(
            "one epoch too many where the updates fit exactly",
            "Where the epochs give exactly the updates that are wanted, no further one is needed.",
            unit=_twisted(_updates, epochs=lambda wanted, each: wanted // each + 1),
        ),
        misconception(
            "not rounded: a fraction of an update",
            "An epoch has a whole number of updates. Round the batches up, and then the epochs.",
            unit=_twisted(_updates, per_epoch=lambda n, size: n / size, epochs=lambda wanted, each: wanted / each),
        ),
        misconception(
            "every last batch is taken for a whole one",
            "The last batch holds what the whole batches before it have left over.",
            unit=_twisted(_updates, last=lambda n, size: size),
        ),
    ],
)

# A logarithmic range


def _places(reference, inputs):
    span, u = reference(inputs["low"], inputs["high"]), inputs["u"]
    return {"value": [span.at(one) for one in u] if np.ndim(u) else span.at(u)}


log_uniform = Exercise(
    id="ch11.log_uniform",
    reference="search.LogUniform",
    protocol=Call(value=("low", "high", "u")),
    cases=cases.places_in_a_range(),
    answers=_places,
    parts=[Part("value", 3, atol=1e-9)],
    read_again="11.5 On which scale does a range live?",
    misconceptions=[
        misconception(
            "every number alike: the range is linear",
            "Half-way between 0.0001 and 1 your value is 0.5. On a logarithmic scale it is 0.01: two factors of 10 from either end.",
            value=lambda low, high, u: low + u * (high - low),
        ),
        misconception(
            "the logarithm is returned, not the value",
            "You drew the exponent. Raise it back, with the same base that you took the logarithm to.",
            value=lambda low, high, u: np.log(low) + u * (np.log(high) - np.log(low)),
        ),
        misconception(
            "the logarithm to base 10 is returned, not the value",
            "You drew the exponent. Raise 10 to its power.",
            value=lambda low, high, u: np.log10(low) + u * (np.log10(high) - np.log10(low)),
        ),
        misconception(
            "logarithm to one base, power of another",
            "The function `np.exp` undoes `np.log`, and `10**` undoes `np.log10`. Yours mixes the two.",
            value=lambda low, high, u: np.exp(np.log10(low) + u * (np.log10(high) - np.log10(low))),
        ),
        misconception(
            "a power of 10 of a natural logarithm",
            "The function `np.log` is the natural logarithm, undone by `np.exp`. For powers of 10 take `np.log10`.",
            value=lambda low, high, u: 10 ** (np.log(low) + u * np.log(high / low)),
        ),
        misconception(
            "evenly spaced factors: u is only counted",
            "The values belong to the places u that are handed in, in their order. `np.geomspace` knows nothing of them.",
            value=lambda low, high, u: np.geomspace(low, high, np.size(u)).reshape(np.shape(u)),
        ),
        misconception(
            "the ends are exchanged",
            "The lower end belongs to u = 0 and the higher one to u = 1. Yours runs from the top down.",
            value=lambda low, high, u: high * (low / high) ** u,
        ),
        misconception(
            "the factor low is missing",
            "The factor (high/low)^u goes from 1 to high/low. It says how many times low the value is.",
            value=lambda low, high, u: (high / low) ** u,
        ),
        misconception(
            "high where the factor high/low belongs",
            "At u = 1 your value is low·high. From low to high is a factor of high/low.",
            value=lambda low, high, u: low * high**u,
        ),
    ],
)

# A grid


def _tried(reference, inputs):
    from course_lib.search import Uniform

    space = {f"{i}": Uniform(low, high) for i, (low, high) in enumerate(zip(inputs["low"], inputs["high"]))}
    history = reference(lambda point: 0.0, space, inputs["budget"]).history
    return {"value": np.array([list(trial.point.values()) for trial in history])}


def _most(low, budget):
    n = 1
    while (n + 1) ** len(low) <= budget:
        n += 1
    return n


def _steps(a, b, n):
    return np.linspace(a, b, n) if n > 1 else np.array([(a + b) / 2])


def _grid(low, high, budget, count=_most, axis=_steps, last_fastest=True):
    axes = [axis(a, b, count(low, budget)) for a, b in zip(low, high)]
    if not last_fastest:
        axes = axes[::-1]
    points = np.array(np.meshgrid(*axes, indexing="ij")).reshape(len(low), -1).T
    return points if last_fastest else points[:, ::-1]


def _as_a_picture(low, high, budget):
    axes = [_steps(a, b, _most(low, budget)) for a, b in zip(low, high)]
    return np.array(np.meshgrid(*axes)).reshape(len(low), -1).T


def _side_by_side(low, high, budget):
    return np.array([_steps(a, b, _most(low, budget)) for a, b in zip(low, high)]).T


grid_points = Exercise(
    id="ch11.grid_points",
    reference="search.grid",
    protocol=Call(value=("low", "high", "budget")),
    cases=cases.grids(),
    answers=_tried,
    parts=[
        Part("points", 2),
        Part("a budget that is met exactly", 1, where="exact"),
        Part("one value of each range", 1, where="single"),
    ],
    read_again="11.6 A grid, and what it wastes",
    misconceptions=[
        misconception(
            "the first range moves fastest",
            "The last range moves fastest, like the last digit of a counter. Two points that follow each other differ in their last number.",
            value=_twisted(_grid, last_fastest=False),
        ),
        misconception(
            "the second range moves slowest: `np.meshgrid` without its indexing",
            "By default `np.meshgrid` exchanges the first two axes, as for a picture. With indexing='ij' the axes keep their order.",
            value=_as_a_picture,
        ),
        misconception(
            "the ranges walk side by side instead of being combined",
            "A grid holds every value of one range with every value of the others, n^D points. `zip` pairs them once; `itertools.product` combines them.",
            value=_side_by_side,
        ),
        misconception(
            "a root that is rounded down a little below the whole number",
            "In floating point 64 ** (1/3) is 3.9999999999999996, and `int` makes a 3 of it. Count up in whole numbers instead.",
            value=_twisted(_grid, count=lambda low, budget: int(budget ** (1 / len(low)))),
        ),
        misconception(
            "one value more than the budget pays for",
            "Stop before the grid has more points than the budget. Ask whether the next n still fits.",
            value=_twisted(_grid, count=lambda low, budget: _most(low, budget) + 1),
        ),
        misconception(
            "a budget that is met exactly is not used",
            "A grid of exactly `budget` points is paid for. So it is n^D ≤ budget, with the equals sign.",
            value=_twisted(_grid, count=lambda low, budget: _most(low, budget - 1)),
        ),
        misconception(
            "a single value is the lower end, not the middle",
            "With n = 1, `np.linspace(a, b, 1)` gives a. With one value for a whole range the middle is the fair choice.",
            value=_twisted(_grid, axis=np.linspace),
        ),
        misconception(
            "the upper end is left out",
            "A range goes from end to end, both included.",
            value=_twisted(
                _grid, axis=lambda a, b, n: np.linspace(a, b, n, endpoint=False) if n > 1 else _steps(a, b, n)
            ),
        ),
        misconception(
            "both ends are left out: the middles of equal parts",
            "From end to end, n values lie (high − low)/(n − 1) apart, and the first and the last are the ends.",
            value=_twisted(_grid, axis=lambda a, b, n: a + (np.arange(n) + 0.5) * (b - a) / n),
        ),
        misconception(
            "the budget is divided by the number of ranges",
            "A grid multiplies: n values in each of D ranges are n^D points, not n·D.",
            value=_twisted(_grid, count=lambda low, budget: max(1, budget // len(low))),
        ),
    ],
)

# How many random trials


def _enough(_, inputs):
    """Counted: the first n whose chance is reached."""
    n, missed = 0, 1.0
    while 1 - missed < inputs["chance"]:
        n, missed = n + 1, missed * (1 - inputs["share"])
    return {"value": n}


def _needed(share, chance, turn=math.ceil):
    return turn(np.log(1 - chance) / np.log(1 - share))


trials_needed = Exercise(
    id="ch11.trials_needed",
    reference="",
    protocol=Call(value=("share", "chance")),
    cases=cases.good_regions(),
    answers=_enough,
    parts=[Part("trials", 2), Part("a chance that is met exactly", 1, where="exact")],
    read_again="11.7 Random search: it does not listen, and is hard to beat",
    misconceptions=[
        misconception(
            "rounded down: the chance is not reached",
            "A whole number of trials must reach the chance. One trial fewer falls short of it: round up.",
            value=_twisted(_needed, turn=math.floor),
        ),
        misconception(
            "one trial too many where the chance is met exactly",
            "Rounding down and adding 1 is not rounding up: a whole number stays as it is. Use `np.ceil`.",
            value=lambda share, chance: math.floor(np.log(1 - chance) / np.log(1 - share)) + 1,
        ),
        misconception(
            "rounded to the nearest whole number",
            "Where it rounds down, the chance is not reached. Round up always.",
            value=_twisted(_needed, turn=round),
        ),
        misconception(
            "not rounded: a fraction of a trial",
            "A trial is run or not. Round up, with `np.ceil`.",
            value=_twisted(_needed, turn=float),
        ),
        misconception(
            "the chances of the trials are added up",
            "Twenty trials with 5 % each do not make 100 %: some hit twice, and some runs never do. Multiply the chances to miss.",
            value=lambda share, chance: math.ceil(chance / share),
        ),
        misconception(
            "how long it takes on average, 1/share",
            "That is the mean waiting time. After it the region is hit with about 63 %, not with the chance that is asked for.",
            value=lambda share, chance: math.ceil(1 / share),
        ),
        misconception(
            "share and chance are exchanged",
            "The chance to miss in one trial is 1 − share, and it is raised to the n. So its logarithm is below.",
            value=lambda share, chance: math.ceil(np.log(1 - share) / np.log(1 - chance)),
        ),
        misconception(
            "the chance to hit where the chance to miss belongs",
            "All n trials miss with (1 − share)^n, and that must be at most 1 − chance. So the logarithm above is that of 1 − chance.",
            value=lambda share, chance: math.ceil(np.log(chance) / np.log(1 - share)),
        ),
        misconception(
            "the share where its opposite belongs",
            "One trial misses with 1 − share. That is what is raised to the n, so its logarithm is below.",
            value=lambda share, chance: math.ceil(np.log(1 - chance) / np.log(share)),
        ),
    ],
)

# Random search


def _valley(center, limit):
    def valley(point):
        x = np.array(list(point.values()), float)
        return float("nan") if x[0] > limit else float(np.sum(np.log(x / center) ** 2))

    return valley


def _found(reference, inputs):
    from course_lib.search import LogUniform

    space = {f"x{i}": LogUniform(low, high) for i, (low, high) in enumerate(zip(inputs["low"], inputs["high"]))}
    rng = np.random.default_rng(inputs["rng"])
    best, value, history = reference(_valley(inputs["center"], inputs["limit"]), space, inputs["budget"], rng)
    asked = np.array([list(trial.point.values()) for trial in history])
    return {"asked": asked, "best": [*best.values(), value]}


def _drawn(low, high, budget, rng):
    return low * (high / low) ** rng.uniform(size=(budget, len(low)))


def _first_best(asked, values):
    best = 0
    for i, value in enumerate(values):
        if value < values[best]:
            best = i
    return asked[best], values[best]


def _not_worse(asked, values):
    best, point = np.inf, None
    for x, value in zip(asked, values):
        if not value >= best:
            point, best = x, value
    return point, best


def _asked_twice(*inputs):
    asked, best = _random(*inputs)
    return np.repeat(asked, 2, axis=0), best


def _best_of(asked, values):
    i = int(np.nanargmin(values))
    return asked[i], values[i]


def _random(low, high, center, limit, budget, rng, draw=_drawn, pick=_best_of):
    asked = draw(low, high, budget, rng)
    values = np.array([_valley(center, limit)({f"{i}": x for i, x in enumerate(point)}) for point in asked])
    point, value = pick(asked, values)
    return asked, [*point, value]


random_search = Exercise(
    id="ch11.random_search",
    reference="search.random",
    protocol=Program(("low", "high", "center", "limit", "budget", "rng"), ("asked", "best")),
    cases=cases.valleys(),
    answers=_found,
    parts=[
        Part("what is tried", 2, "asked", atol=1e-9),
        Part("the best point and its value", 2, "best", atol=1e-9),
        Part("a training that blows up", 1, "best", where="nan", atol=1e-9),
    ],
    builds_on=("ch11.log_uniform",),
    read_again="11.7 Random search: it does not listen, and is hard to beat",
    misconceptions=[
        misconception(
            "the largest value is kept",
            "The objective is a loss: the best is the smallest.",
            unit=_twisted(_random, pick=lambda a, v: (a[np.nanargmax(v)], np.nanmax(v))),
        ),
        misconception(
            "the last trial is returned, not the best",
            "Keep the best point and its value in variables of their own, and change them only where a value is smaller.",
            unit=_twisted(_random, pick=lambda a, v: (a[-1], v[-1])),
        ),
        misconception(
            "the best value with the point of the last trial",
            "When a value is the best so far, keep its point at the same time.",
            unit=_twisted(_random, pick=lambda a, v: (a[-1], np.nanmin(v))),
        ),
        misconception(
            "drawn evenly, not log-uniformly",
            "Each value is `log_uniform(low, high, u)` with u a fresh number from the generator. Yours are linear.",
            unit=_twisted(_random, draw=lambda low, high, n, rng: low + (high - low) * rng.uniform(size=(n, len(low)))),
        ),
        misconception(
            "one random number for all ranges of a point",
            "With one u for all, the points lie on a line and most of the space is never seen. Draw anew for each name.",
            unit=_twisted(_random, draw=lambda low, high, n, rng: low * (high / low) ** rng.uniform(size=(n, 1))),
        ),
        misconception(
            "all numbers of one range are drawn before the next range",
            "One point after the other: for each trial one number for each name, in the order of the space.",
            unit=_twisted(
                _random, draw=lambda low, high, n, rng: low * (high / low) ** rng.uniform(size=(len(low), n)).T
            ),
        ),
        misconception(
            "a generator of its own",
            "Use the `rng` that is handed in. With a generator made inside, every search tries the same points, and no seed of yours changes it.",
            unit=_twisted(_random, draw=lambda low, high, n, rng: _drawn(low, high, n, np.random.default_rng(0))),
        ),
        misconception(
            "one trial too few",
            "A budget of 5 buys five trials. `range(budget)` counts them.",
            unit=_twisted(_random, draw=lambda low, high, n, rng: _drawn(low, high, n - 1, rng)),
        ),
        misconception(
            "one trial too many",
            "A budget of 5 buys five trials. Was one tried before the loop?",
            unit=_twisted(_random, draw=lambda low, high, n, rng: _drawn(low, high, n + 1, rng)),
        ),
        misconception(
            "the objective is asked twice for each point",
            "Every question is a training, and the budget counts them. Ask once, and keep the answer in a variable.",
            unit=_asked_twice,
        ),
        misconception(
            "a first value of nan is never beaten",
            "Nothing is smaller than nan, so who starts with the first value keeps it. Start with `np.inf` as the best value.",
            unit=_twisted(_random, pick=_first_best),
        ),
        misconception(
            "a later nan takes the place of the best",
            "A comparison with nan is false, so `not value >= best` is true for it. Ask `value < best`: nan never passes.",
            unit=_twisted(_random, pick=_not_worse),
        ),
    ],
)

# Expected improvement


def _density(z):
    return np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


def _below(z):
    return np.vectorize(lambda one: (1 + math.erf(one / math.sqrt(2))) / 2, otypes=[float])(z)


def _improvement(
    mean, std, best,
    gain=lambda mean, best: best - mean,
    score=lambda gain, std: gain / std,
    formula=lambda gain, std, z: gain * _below(z) + std * _density(z),
    certain=lambda gain: np.maximum(gain, 0),
):  # fmt: skip
    gained = gain(mean, best)
    safe = np.where(std > 0, std, 1.0)
    return np.where(std > 0, formula(gained, std, score(gained, safe)), certain(gained))


expected_improvement = Exercise(
    id="ch11.expected_improvement",
    reference="",
    protocol=Call(value=("mean", "std", "best")),
    cases=cases.beliefs(),
    answers=lambda _, inputs: {"value": _improvement(inputs["mean"], inputs["std"], inputs["best"])},
    parts=[Part("value", 4), Part("points already measured", 1, where="certain")],
    read_again="11.8 Bayesian search: where would it pay to look?",
    misconceptions=[
        misconception(
            "the sign of a search for the largest value",
            "Here the smallest value is wanted: a point improves when its mean lies below the best. The gain is best − mean.",
            value=_twisted(_improvement, gain=lambda mean, best: mean - best),
        ),
        misconception(
            "the probability of an improvement, not its size",
            "Φ(z) says how likely an improvement is. Expected improvement also asks how large it would be.",
            value=_twisted(_improvement, formula=lambda gain, std, z: _below(z), certain=lambda gain: 1.0 * (gain > 0)),
        ),
        misconception(
            "the term with the density is missing",
            "Without σ·φ(z) an uncertain point with a mean above the best gets a value below 0. It can still surprise: add the term.",
            value=_twisted(_improvement, formula=lambda gain, std, z: gain * _below(z)),
        ),
        misconception(
            "the term with the density is subtracted",
            "Uncertainty makes a surprise more likely, so it adds: + σ·φ(z).",
            value=_twisted(_improvement, formula=lambda gain, std, z: gain * _below(z) - std * _density(z)),
        ),
        misconception(
            "the improvement of the mean alone: max(best − mean, 0)",
            "That is right where σ is 0. Elsewhere the loss may come out below its mean: use the formula with Φ and φ.",
            value=_twisted(_improvement, formula=lambda gain, std, z: np.maximum(gain, 0)),
        ),
        misconception(
            "the gain is cut off at 0 inside the formula",
            "The formula has the maximum in it already: it is the mean of max(b − y, 0). In its first term b − μ keeps its sign.",
            value=_twisted(
                _improvement, formula=lambda gain, std, z: np.maximum(gain, 0) * _below(z) + std * _density(z)
            ),
        ),
        misconception(
            "the density is not multiplied by σ",
            "The density φ(z) is a number without a unit, the gain is a loss. σ gives the second term its unit.",
            value=_twisted(_improvement, formula=lambda gain, std, z: gain * _below(z) + _density(z)),
        ),
        misconception(
            "Φ and φ are exchanged",
            "The gain is multiplied by the probability Φ, the standard deviation by the density φ.",
            value=_twisted(_improvement, formula=lambda gain, std, z: gain * _density(z) + std * _below(z)),
        ),
        misconception(
            "z is the gain, not divided by σ",
            "The number z counts in standard deviations: the gain divided by σ.",
            value=_twisted(_improvement, score=lambda gain, std: gain),
        ),
        misconception(
            "σ is taken for a variance",
            "The input is the standard deviation already. No root is needed.",
            value=_twisted(
                _improvement,
                score=lambda gain, std: gain / np.sqrt(std),
                formula=lambda gain, std, z: gain * _below(z) + np.sqrt(std) * _density(z),
            ),
        ),
        misconception(
            "0 for every point without uncertainty",
            "With σ = 0 nothing is left to chance: the improvement is best − mean where that is above 0, and 0 elsewhere.",
            value=_twisted(_improvement, certain=lambda gain: 0 * gain),
        ),
        misconception(
            "a loss counts as a negative improvement",
            "Nobody has to take a worse point. Without uncertainty the improvement is max(best − mean, 0).",
            value=_twisted(_improvement, certain=lambda gain: gain),
        ),
    ],
)

# One child of a genetic search


class _Handed(np.random.Generator):
    """A generator whose numbers are handed in, so that the reference uses the same ones as the student."""

    def __init__(self, uniform=(), integers=(), choice=()):
        super().__init__(np.random.PCG64(0))
        self._uniform, self._integers, self._choice = iter(uniform), iter(integers), iter(choice)

    def uniform(self, *_, **__):
        return next(self._uniform)

    def integers(self, *_, **__):
        return next(self._integers)

    def choice(self, *_, **__):
        return next(self._choice)


def _born(reference, inputs):
    from course_lib.search import Uniform

    points, values, u = inputs["points"], iter([*inputs["values"], 0.0]), inputs["u"]
    rng = _Handed(
        [*points.ravel(), *inputs["fresh"], *u],
        [int(side) for side, one in zip(inputs["source"], u) if one >= inputs["mutation"]],
        inputs["pairs"],
    )
    space = {f"{i}": Uniform(0.0, 1.0) for i in range(points.shape[1])}
    options = {"population": len(points), "mutation": inputs["mutation"]}
    history = reference(lambda point: float(next(values)), space, len(points) + 1, rng, **options).history
    return {"parents": _winners(inputs["values"], inputs["pairs"]), "child": list(history[-1].point.values())}


def _winners(values, pairs):
    return [min(pair, key=lambda i: values[i]) for pair in pairs]


def _child(
    points, values, pairs, source, fresh, u, mutation,
    better=_winners,
    inherit=lambda first, second, source: np.where(source == 0, first, second),
    mutate=lambda inherited, fresh, u, mutation: np.where(u < mutation, fresh, inherited),
):  # fmt: skip
    parents = better(values, pairs)
    inherited = inherit(points[parents[0]], points[parents[1]], source)
    return parents, mutate(inherited, fresh, u, mutation)


def _mutated_too_early(points, values, pairs, source, fresh, u, mutation):
    return _child(points, values, pairs, source, fresh, np.where(source == 0, u, np.inf), mutation)


def _child_first(*inputs):
    parents, child = _child(*inputs)
    return child, parents


genetic_child = Exercise(
    id="ch11.genetic_child",
    reference="search.genetic",
    protocol=Program(("points", "values", "pairs", "source", "fresh", "u", "mutation"), ("parents", "child")),
    cases=cases.families(),
    answers=_born,
    parts=[Part("the parents", 2, "parents"), Part("the child", 3, "child")],
    read_again="11.9 A population learns: genes and flocks",
    misconceptions=[
        misconception(
            "the worse of two becomes the parent",
            "Values are losses. Of each pair the one with the smaller value becomes the parent.",
            unit=_twisted(_child, better=lambda values, pairs: [max(p, key=lambda i: values[i]) for p in pairs]),
        ),
        misconception(
            "the first of each pair becomes the parent, without a contest",
            "A pair is a contest: look up both values and take the number of the smaller one.",
            unit=_twisted(_child, better=lambda values, pairs: [pair[0] for pair in pairs]),
        ),
        misconception(
            "the pairs are read by columns",
            "Each row of `pairs` is one contest: `pairs[0]` for the first parent, `pairs[1]` for the second.",
            unit=_twisted(_child, better=lambda values, pairs: _winners(values, pairs.T)),
        ),
        misconception(
            "the places in the pair, 0 or 1, not the numbers of the points",
            "The place `np.argmin(values[pair])` is 0 or 1. It says which of the pair won; `pair[that]` is its number in the population.",
            unit=_twisted(_child, better=lambda values, pairs: [int(np.argmin(values[pair])) for pair in pairs]),
        ),
        misconception(
            "the two best of all become the parents",
            "Then the same two have all the children, and the population is soon all alike. The pairs say who may compete.",
            unit=_twisted(_child, better=lambda values, pairs: np.argsort(values)[:2]),
        ),
        misconception(
            "the child is the mean of its parents",
            "Each gene comes whole from one of the two, as `source` says. Means draw everything to the middle.",
            unit=_twisted(_child, inherit=lambda first, second, source: (first + second) / 2),
        ),
        misconception(
            "the two parents are exchanged",
            "A source of 0 is the winner of the first pair, 1 the winner of the second.",
            unit=_twisted(_child, inherit=lambda first, second, source: np.where(source == 0, second, first)),
        ),
        misconception(
            "one parent gives all genes",
            "Look up the source for each gene on its own, not just for the first one.",
            unit=_twisted(_child, inherit=lambda first, second, source: second if source[0] else first),
        ),
        misconception(
            "mutated where it should be inherited",
            "A gene is drawn anew where u is below `mutation`. With a mutation of 0 nothing may change.",
            unit=_twisted(_child, mutate=lambda inherited, fresh, u, m: np.where(u < m, inherited, fresh)),
        ),
        misconception(
            "no mutation",
            "Without mutation no value can appear that no ancestor had. Where u is below `mutation` take the gene from `fresh`.",
            unit=_twisted(_child, mutate=lambda inherited, fresh, u, m: inherited),
        ),
        misconception(
            "the fresh number is added to the gene",
            "A mutation replaces the gene: it is `fresh[d]`, whatever was inherited.",
            unit=_twisted(_child, mutate=lambda kept, fresh, u, m: np.where(u < m, kept + fresh, kept)),
        ),
        misconception(
            "one mutation replaces the whole child",
            "Each gene has a u of its own. Only the genes whose u is below `mutation` are replaced.",
            unit=_twisted(_child, mutate=lambda kept, fresh, u, m: fresh if np.any(u < m) else kept),
        ),
        misconception(
            "only genes of the first parent are mutated",
            "The mutation comes last: it may replace any gene of the child, from whichever parent it came.",
            unit=_mutated_too_early,
        ),
        misconception(
            "the child comes first",
            "First the row numbers of the two parents, then the child.",
            unit=_child_first,
        ),
    ],
)

# One step of a particle

FLIGHT = ("velocity", "place")


def _flown(
    x, v, own, best, r1, r2, inertia, attraction,
    slow=lambda inertia, v: inertia * v,
    pulls=lambda x, own, best, r1, r2, c: c * r1 * (own - x) + c * r2 * (best - x),
    move=lambda x, v, new: np.clip(x + new, 0, 1),
    keep=lambda x, new: new,
):  # fmt: skip
    new = slow(inertia, v) + pulls(x, own, best, r1, r2, attraction)
    return keep(x, new), move(x, v, new)


def _attracted_velocity(x, v, own, best, r1, r2, inertia, attraction):
    return _flown(x, v, own, best, r1, r2, attraction * inertia, attraction)


def _place_first(*inputs):
    velocity, place = _flown(*inputs)
    return place, velocity


particle_step = Exercise(
    id="ch11.particle_step",
    reference="",
    protocol=Program(("x", "v", "own", "best", "r1", "r2", "inertia", "attraction"), FLIGHT),
    cases=cases.particles(),
    answers=lambda _, inputs: dict(zip(FLIGHT, _flown(*inputs.values()))),
    withholds=("search.particle_swarm",),
    parts=[
        Part("velocity", 2, "velocity"),
        Part("place", 1, "place"),
        Part("a place at the wall", 1, "place", where="walls"),
    ],
    read_again="11.9 A population learns: genes and flocks",
    misconceptions=[
        misconception(
            "one random number for both pulls",
            "The number r1 belongs to the pull of the own best place, r2 to that of the best of all.",
            unit=_twisted(_flown, pulls=lambda x, own, best, r1, r2, c: c * r1 * (own - x) + c * r1 * (best - x)),
        ),
        misconception(
            "the random numbers of the two pulls are exchanged",
            "The number r1 multiplies the way to the own best place, r2 the way to the best of all.",
            unit=_twisted(_flown, pulls=lambda x, own, best, r1, r2, c: c * r2 * (own - x) + c * r1 * (best - x)),
        ),
        misconception(
            "pushed away from the best places",
            "The way from x to the best place is best − x. With x − best the particle flees.",
            unit=_twisted(_flown, pulls=lambda x, own, best, r1, r2, c: c * r1 * (x - own) + c * r2 * (x - best)),
        ),
        misconception(
            "pushed away from the particle's own best place",
            "One sign: the way to the own best place is own − x, like the other one.",
            unit=_twisted(_flown, pulls=lambda x, own, best, r1, r2, c: c * r1 * (x - own) + c * r2 * (best - x)),
        ),
        misconception(
            "the attraction multiplies only the first pull",
            "The attraction c belongs to both pulls: c·r₁ and c·r₂. A parenthesis is missing.",
            unit=_twisted(_flown, pulls=lambda x, own, best, r1, r2, c: c * r1 * (own - x) + r2 * (best - x)),
        ),
        misconception(
            "the random numbers are left out",
            "Each pull is multiplied by its random number: r₁ for the own best place, r₂ for the best of all.",
            unit=_twisted(_flown, pulls=lambda x, own, best, r1, r2, c: c * (own - x) + c * (best - x)),
        ),
        misconception(
            "the inertia is left out",
            "The old velocity is multiplied by the inertia. Below 1 it lets the flock come to rest.",
            unit=_twisted(_flown, slow=lambda inertia, v: v),
        ),
        misconception(
            "the old velocity is forgotten",
            "A particle keeps a part of its velocity. The pulls are added to it.",
            unit=_twisted(_flown, slow=lambda inertia, v: 0 * v),
        ),
        misconception(
            "the attraction multiplies the old velocity as well",
            "Only the two pulls are multiplied by the attraction. The old velocity has the inertia.",
            unit=_attracted_velocity,
        ),
        misconception(
            "only the best of all pulls",
            "The particle's own best place pulls as well. Without it the whole flock falls into one place.",
            unit=_twisted(_flown, pulls=lambda x, own, best, r1, r2, c: c * r2 * (best - x)),
        ),
        misconception(
            "the velocity is stopped at 0 and 1, like the place",
            "A velocity may be negative, and larger than 1. Only the place has walls.",
            unit=_twisted(_flown, keep=lambda x, new: np.clip(new, 0, 1)),
        ),
        misconception(
            "the velocity is changed by the wall",
            "At a wall the place is cut, the velocity is not: return the one that you computed before the cut.",
            unit=_twisted(_flown, keep=lambda x, new: np.clip(x + new, 0, 1) - x),
        ),
        misconception(
            "place and velocity are returned in the other order",
            "First the new velocity, then the new place.",
            unit=_place_first,
        ),
        misconception(
            "moved by the old velocity",
            "First the new velocity, then the step with it.",
            unit=_twisted(_flown, move=lambda x, v, new: np.clip(x + v, 0, 1)),
        ),
        misconception(
            "flown through the wall",
            "Places stay in the unit cube: stop at 0 and at 1, with `np.clip`.",
            unit=_twisted(_flown, move=lambda x, v, new: x + new),
        ),
    ],
)

# Successive halving


def _rounds(most, eta, top=None, resource=lambda most, eta, top, i: most // eta ** (top - i)):
    if top is None:
        top = 0
        while eta ** (top + 1) <= most:
            top += 1
    return [(eta ** (top - i), resource(most, eta, top, i)) for i in range(top + 1)]


def _by_logarithm(most, eta):
    return int(np.log(most) / np.log(eta))


def _curve(center, wobble, limit):
    def train(x, resource):
        return float("nan") if x > limit else float((x - center) ** 2 + wobble * np.sin(40 * x) / resource)

    return train


@cache
def _history(reference, most, eta, center, wobble, limit, seed):
    """What the reference trains in one bracket: rows of point and resource."""
    from course_lib.search import Uniform

    train, rng = _curve(center, wobble, limit), np.random.default_rng(seed)
    budget = sum(n * resource for n, resource in _rounds(most, eta))
    options = {"max_resource": most, "eta": eta}
    history = reference(lambda point, r: train(point["x"], r), {"x": Uniform(0.0, 1.0)}, budget, rng, **options).history
    return np.array([[trial.point["x"], trial.resource] for trial in history])


def _halved(reference, inputs):
    trained = _history(reference, *inputs.values())
    return {
        "rungs": np.array(_rounds(inputs["max_resource"], inputs["eta"])),
        "trained": trained.copy(),
        "winner": trained[-1, 0],
    }


def _halving(
    max_resource, eta, center, wobble, limit, rng,
    ladder=_rounds,
    order=lambda values: np.argsort(values, kind="stable"),
    again=lambda points, rng: points,
    count=lambda n, first: n,
    winner=lambda alive: alive[0],
):  # fmt: skip
    train, trained = _curve(center, wobble, limit), []
    table = ladder(max_resource, eta)
    alive = rng.uniform(size=table[0][0])
    for n, resource in table:
        points = alive[: count(n, table[0][0])]
        values = np.array([train(x, resource) for x in points])
        trained += [[x, resource] for x in points]
        alive = again(points[order(values)], rng)
    return np.array(table), np.array(trained), winner(alive)


def _loss_of_the_winner(max_resource, eta, center, wobble, limit, rng):
    rungs, trained, winner = _halving(max_resource, eta, center, wobble, limit, rng)
    return rungs, trained, _curve(center, wobble, limit)(winner, rungs[-1][1])


def _resource_first(*inputs):
    rungs, trained, winner = _halving(*inputs)
    return rungs[:, ::-1], trained, winner


def _rows_in_order(trained):
    """Within a rung the order does not matter."""
    rows = np.asarray(trained, float)
    return rows[np.lexsort((rows[:, 0], rows[:, 1]))] if rows.ndim == 2 and rows.shape[1] == 2 else rows


successive_halving = Exercise(
    id="ch11.successive_halving",
    reference="search.successive_halving",
    protocol=Program(("max_resource", "eta", "center", "wobble", "limit", "rng"), ("rungs", "trained", "winner")),
    cases=cases.tournaments(),
    answers=_halved,
    parts=[
        Part("the rungs", 1, "rungs"),
        Part("rungs where R is no power of η", 1, "rungs", where="between"),
        Part("a large power", 1, "rungs", where="power"),
        Part("who is trained, with what", 2, "trained", measure=_rows_in_order),
        Part("trainings that blow up", 1, "trained", where="nan", measure=_rows_in_order),
        Part("the winner", 1, "winner"),
    ],
    read_again="11.10 Stop early: successive halving, Hyperband, ASHA",
    misconceptions=[
        misconception(
            "the worst survive",
            "Values are losses. `np.argsort` puts the smallest first, and the first ones go on.",
            unit=_twisted(_halving, order=lambda values: np.argsort(-values, kind="stable")),
        ),
        misconception(
            "survivors are replaced by points drawn anew",
            "The points that go on are those of the rung before. Nothing is drawn after the start.",
            unit=_twisted(_halving, again=lambda points, rng: rng.uniform(size=len(points))),
        ),
        misconception(
            "the first points go on, whatever their values",
            "Sort the points by their values before you cut the list.",
            unit=_twisted(_halving, order=lambda values: np.arange(len(values))),
        ),
        misconception(
            "a place in the list is returned, not the point",
            "Both `np.argsort` and `np.argmin` answer places. The winner is the point at that place.",
            unit=_twisted(_halving, winner=lambda alive: 0),
        ),
        misconception(
            "the loss of the winner is returned, not the point",
            "Asked for is the point that survived, a number between 0 and 1. Its loss is only what chose it.",
            unit=_loss_of_the_winner,
        ),
        misconception(
            "an array of one point is returned, not the point",
            "On the last rung one point is left, in an array of length 1. Return its only entry: `alive[0]`.",
            unit=_twisted(_halving, winner=lambda alive: alive[:1]),
        ),
        misconception(
            "nobody is cut: all points climb all rungs",
            "Each rung has 1/η of the points of the rung before. Cut the list to the count of the rung.",
            unit=_twisted(_halving, count=lambda n, first: first),
        ),
        misconception(
            "the resource never grows",
            "What is saved by the cut is spent on the survivors: each rung has η times the resource of the one before.",
            "If only the winner is wrong: asked for is the survivor of the last rung, not the lowest loss of all rungs.",
            unit=_twisted(
                _halving, ladder=lambda most, eta: _rounds(most, eta, resource=lambda r, e, top, i: r // e**top)
            ),
        ),
        misconception(
            "the resources are η^i: the last one is not R",
            "The last rung has R, and each before it R divided by a power of η, rounded down. With R = 100 and η = 3 they are 1, 3, 11, 33, 100.",
            unit=_twisted(_halving, ladder=lambda most, eta: _rounds(most, eta, resource=lambda r, e, top, i: e**i)),
        ),
        misconception(
            "one rung too few, by a logarithm that is rounded down",
            "In floating point log(243)/log(3) is 4.999999999999999, and `int` makes a 4 of it. Count the powers in whole numbers.",
            unit=_twisted(_halving, ladder=lambda most, eta: _rounds(most, eta, _by_logarithm(most, eta))),
        ),
        misconception(
            "one rung too few where R is a power of η",
            "The power may be equal to R: it is η^S ≤ R, with the equals sign.",
            unit=_twisted(_halving, ladder=lambda most, eta: _rounds(most, eta, len(_rounds(most - 1, eta)) - 1)),
        ),
        misconception(
            "the last rung is missing",
            "The rungs go from i = 0 up to and with S: S + 1 of them, the last with 1 point. `range` leaves its end out.",
            "The last point is known before its rung, and still it is to be trained with R: that training is what you wanted.",
            unit=_twisted(_halving, ladder=lambda most, eta: _rounds(most, eta)[:-1]),
        ),
        misconception(
            "count and resource are exchanged in the rungs",
            "Each pair is (count, resource): many points with little first.",
            unit=_resource_first,
        ),
        misconception(
            "the resources are not rounded down",
            "A resource is a whole number of epochs, say. Divide with two slashes.",
            unit=_twisted(
                _halving, ladder=lambda most, eta: _rounds(most, eta, resource=lambda r, e, top, i: r / e ** (top - i))
            ),
        ),
        misconception(
            "a training that blew up goes on",
            "A value of nan counts as the worst. `np.argsort` puts nan at the end; Python's own `sorted` does not.",
            unit=_twisted(
                _halving,
                order=lambda values: np.argsort(np.where(np.isnan(values), -np.inf, values), kind="stable"),
            ),
        ),
    ],
)

# Hyperband's brackets


def _table(_, inputs):
    from course_lib.search.halving import _brackets

    brackets = _brackets(inputs["max_resource"], inputs["eta"])
    return {"value": np.array([[*rungs[0], sum(n * r for n, r in rungs)] for rungs in brackets])}


def _price(n, eta, resources):
    return sum((n // eta**i) * resource for i, resource in enumerate(resources))


def _hyperband(
    most, eta,
    top=lambda most, eta: len(_rounds(most, eta)) - 1,
    start=lambda top, eta, s: -(-(top + 1) * eta**s // (s + 1)),
    resource=lambda most, eta, s, i: most // eta ** (s - i),
    price=_price,
    those=lambda top: range(top, -1, -1),
):  # fmt: skip
    table, last = [], top(most, eta)
    for s in those(last):
        n = start(last, eta, s)
        resources = [resource(most, eta, s, i) for i in range(s + 1)]
        table.append([n, resources[0], price(n, eta, resources)])
    return np.array(table)


def _at_full_budget(most, eta):
    table = _hyperband(most, eta)
    table[:, 2] = len(table) * most
    return table


hyperband = Exercise(
    id="ch11.brackets",
    reference="",
    protocol=Call(value=("max_resource", "eta")),
    cases=cases.resources(),
    answers=_table,
    withholds=("search.hyperband",),
    builds_on=("ch11.successive_halving",),
    parts=[
        Part("brackets", 3),
        Part("brackets where R is no power of η", 1, where="between"),
        Part("large powers", 1, where="power"),
    ],
    read_again="11.10 Stop early: successive halving, Hyperband, ASHA",
    misconceptions=[
        misconception(
            "η^s points: the factor (S + 1)/(s + 1) is missing",
            "A bracket with fewer rungs spends less on each point, so it may start with more of them. That is what the factor is for.",
            value=_twisted(_hyperband, start=lambda top, eta, s: eta**s),
        ),
        misconception(
            "the number of points is rounded down",
            "The formula has ⌈ ⌉: round up. In whole numbers, `-(-a // b)` does it.",
            value=_twisted(_hyperband, start=lambda top, eta, s: (top + 1) * eta**s // (s + 1)),
        ),
        misconception(
            "the minus stands outside of the division that rounds up",
            "Write `-(-a // b)`: the inner minus makes the division round the other way. Yours is negative.",
            value=_twisted(_hyperband, start=lambda top, eta, s: -((top + 1) * eta**s // (s + 1))),
        ),
        misconception(
            "the number of points is not rounded",
            "There are no parts of points. Round up. In whole numbers `-(-a // b)` does it.",
            value=_twisted(_hyperband, start=lambda top, eta, s: (top + 1) * eta**s / (s + 1)),
        ),
        misconception(
            "S where S + 1 belongs",
            "There are S + 1 brackets, and that is the factor above: (S + 1)·η^s. `len(rungs(…))` is S + 1.",
            value=_twisted(_hyperband, start=lambda top, eta, s: -(-top * eta**s // (s + 1))),
        ),
        misconception(
            "the brackets come in the other order",
            "The boldest bracket is first: s goes from S down to 0.",
            value=_twisted(_hyperband, those=lambda top: range(top + 1)),
        ),
        misconception(
            "the bracket s = 0 is missing",
            "The last bracket has one rung: its points all get R from the start, as in random search. `range` leaves its end out.",
            value=_twisted(_hyperband, those=lambda top: range(top, 0, -1)),
        ),
        misconception(
            "the price of the first rung only",
            "The rungs above cost as well. Add up count times resource over all rungs of the bracket.",
            value=_twisted(_hyperband, price=lambda n, eta, resources: n * resources[0]),
        ),
        misconception(
            "the price as if nobody were cut",
            "In rung i there are n/η^i points left, rounded down.",
            value=_twisted(_hyperband, price=lambda n, eta, resources: n * sum(resources)),
        ),
        misconception(
            "the price without the last rung",
            "The rungs are i = 0, …, s, the last one included: `range(s + 1)`.",
            value=_twisted(_hyperband, price=lambda n, eta, resources: _price(n, eta, resources[:-1])),
        ),
        misconception(
            "the budget (S + 1)·R as the price",
            "That is about what a bracket costs. Asked for is the exact sum of points times resource, with all that is rounded.",
            value=_at_full_budget,
        ),
        misconception(
            "the points of later rungs are rounded up",
            "Only the start is rounded up. On rung i there are ⌊n/η^i⌋ points: round down.",
            value=_twisted(_hyperband, price=lambda n, eta, r: sum(-(-n // eta**i) * one for i, one in enumerate(r))),
        ),
        misconception(
            "the rounded resource is multiplied up",
            "With R = 100 and η = 3 the rungs get 1, 3, 11, 33, 100. Divide R anew for each rung; times 3 from 1 gives 81 at the end.",
            value=_twisted(_hyperband, resource=lambda most, eta, s, i: most // eta**s * eta**i),
        ),
        misconception(
            "one bracket too few, by a logarithm that is rounded down",
            "In floating point log(243)/log(3) is 4.999999999999999. Count the powers in whole numbers; `len(rungs(…)) - 1` is S.",
            value=_twisted(_hyperband, top=_by_logarithm),
        ),
    ],
)

# One step of population based training


def _copied(reference, inputs):
    from course_lib.search import LogUniform

    n, span = len(inputs["lr"]), LogUniform(inputs["low"], inputs["high"])
    start, told = [span.place(one) for one in inputs["lr"]], iter([*inputs["values"], *np.ones(n)])
    begun, seen = [], []

    def train(point, resource, state):
        if state is None:
            begun.append(point)
            return float(next(told)), len(begun) - 1
        seen.append((state, point["lr"]))
        return float(next(told)), state

    picks, factors = inputs["picks"].tolist() * 2, inputs["factors"].tolist() * 2  # a second round, only to be seen
    rng = _Handed([*start, *np.full(4 * n, 0.5)], picks, factors)
    fraction = min((inputs["k"] + 0.5) / n, 0.4999)
    reference(train, {"lr": span}, 2 * n, rng, population=n, resource=1, fraction=fraction, resample=0)
    parents, rates = zip(*seen)
    return {"parents": np.array(parents), "rates": np.array(rates)}


def _exploited(
    lr, values, k, picks, factors, low, high,
    rank=lambda values: np.argsort(values),
    chosen=lambda order, picks: order[picks],
    source=lambda winners, losers: winners,
    explore=lambda rate, factor: rate * factor,
    keep=lambda rates, low, high: np.clip(rates, low, high),
    copies=True,
):  # fmt: skip
    order = rank(values)
    losers, winners = order[-k:], chosen(order, picks)
    parents, rates = np.arange(len(lr)), np.array(lr, float)
    if copies:
        parents[losers] = winners
    rates[losers] = keep(explore(lr[source(winners, losers)], factors), low, high)
    return parents, rates


def _everyone(lr, values, k, picks, factors, low, high):
    parents, rates = _exploited(lr, values, k, picks, factors, low, high)
    order = np.argsort(values)
    rates[order[picks]] = np.clip(lr[order[picks]] * factors, low, high)
    return parents, rates


def _from_the_worst(lr, values, k, picks, factors, low, high):
    return _exploited(lr, values, k, picks[::-1], factors[::-1], low, high)


def _last_of_the_list(lr, values, k, picks, factors, low, high):
    order = np.argsort(values)
    parents, rates = np.arange(len(lr)), np.array(lr, float)
    parents[-k:] = order[picks]
    rates[-k:] = np.clip(lr[order[picks]] * factors, low, high)
    return parents, rates


def _rates_first(*inputs):
    parents, rates = _exploited(*inputs)
    return rates, parents


def _in_the_order_of_the_ranking(lr, values, *others):
    parents, rates = _exploited(lr, values, *others)
    order = np.argsort(values)
    return parents[order], rates[order]


exploit_explore = Exercise(
    id="ch11.exploit_explore",
    reference="search.population_based_training",
    protocol=Program(("lr", "values", "k", "picks", "factors", "low", "high"), ("parents", "rates")),
    cases=cases.populations(),
    answers=_copied,
    parts=[
        Part("whose weights", 2, "parents"),
        Part("the rates", 1, "rates", atol=1e-9),
        Part("rates at the end of the range", 1, "rates", where="walls", atol=1e-9),
        Part("a member that blew up", 1, "parents", where="nan"),
    ],
    read_again="11.11 Population based training: copy the best, change a little",
    misconceptions=[
        misconception(
            "the best are replaced by the worst",
            "Values are losses: after `np.argsort` the best come first and the last k are replaced.",
            unit=_twisted(_exploited, rank=lambda values: np.argsort(-values)),
        ),
        misconception(
            "those who are replaced are counted from the worst",
            "The j-th of them is `order[-k:][j]`: in the order of the ranking, the very worst last. Turn yours round.",
            unit=_from_the_worst,
        ),
        misconception(
            "the last members of the population are replaced, whatever their loss",
            "The last k of the ranking are replaced, `order[-k:]`. Their numbers are somewhere in the population.",
            unit=_last_of_the_list,
        ),
        misconception(
            "the picks are taken for numbers in the population",
            "A pick of 0 is the best member, whatever its number. Look it up in the ranking: `order[picks]`.",
            unit=_twisted(_exploited, chosen=lambda order, picks: picks),
        ),
        misconception(
            "always a copy of the very best",
            "The picks say which of the k best is copied by whom. Copies of one alone make the population all alike.",
            unit=_twisted(_exploited, chosen=lambda order, picks: order[0 * picks]),
        ),
        misconception(
            "the rate is taken over without a change",
            "That exploits and does not explore. Multiply the copied rate by the factor of this member.",
            unit=_twisted(_exploited, explore=lambda rate, factor: rate),
        ),
        misconception(
            "the factor is added to the rate",
            "A rate lives on a scale of factors: multiply by 0.8 or 1.2.",
            unit=_twisted(_exploited, explore=lambda rate, factor: rate + factor),
        ),
        misconception(
            "each loser changes its own rate, not that of the winner",
            "The loser takes over weights and rate. The factor multiplies the rate of the winner.",
            unit=_twisted(_exploited, source=lambda winners, losers: losers),
        ),
        misconception(
            "the rates are copied and the weights are not",
            "Whoever is replaced goes on from the weights of the winner. Write the number of the winner into its place among the parents.",
            unit=_twisted(_exploited, copies=False),
        ),
        misconception(
            "the winners change their rates, too",
            "Only those who are replaced explore. The best go on as they are.",
            unit=_everyone,
        ),
        misconception(
            "the rates come first",
            "First whose weights, whole numbers, then the rates.",
            unit=_rates_first,
        ),
        misconception(
            "the answers stand in the order of the ranking",
            "Entry i belongs to member i, as in `lr`. Write into the places `order[-k:]`, and leave the others where they are.",
            unit=_in_the_order_of_the_ranking,
        ),
        misconception(
            "a rate leaves its range",
            "After the factor, stop the rate at the ends of its range, with `np.clip`.",
            unit=_twisted(_exploited, keep=lambda rates, low, high: rates),
        ),
        misconception(
            "a member that blew up is taken for the best",
            "A loss of nan counts as the worst, and its weights are lost: it must be replaced. `np.argsort` puts nan last by itself.",
            unit=_twisted(_exploited, rank=lambda values: np.argsort(np.where(np.isnan(values), -np.inf, values))),
        ),
    ],
)
