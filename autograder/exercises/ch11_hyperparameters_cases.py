"""Generators of the cases of chapter 11. Small ones first; where a choice is to be made, each mistake would choose
differently."""

import numpy as np

from autograder.exercise import Case
from autograder.exercises.cases import Cases, grid

NAN = float("nan")


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return float(grid(rng.uniform(low, high, 1))[0])


def studies() -> Cases:
    """Losses of T trials with S seeds, on validation and on test data. Each mistake would choose another trial."""

    def choices(validation, test):
        means = validation.mean(axis=1)
        return (
            means.argmin(),
            test.mean(axis=1).argmin(),
            validation.min(axis=1).argmin(),
            means.argmax(),
            validation.mean(axis=0).argmin(),
        )

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for trials, seeds in ((6, 2), (7, 3), (6, 4), (8, 5)):
            while True:
                validation, test = grid(rng.uniform(0.25, 1, (2, trials, seeds)))
                chosen = choices(validation, test)
                best = chosen[0]
                if len(set(chosen)) == 5 and test[best].std() > 0.05 and np.ptp(np.sort(validation.mean(1))[:2]) > 0.01:
                    break
            cases.append(Case({"validation": validation, "test": test}, f"{trials} trials, {seeds} seeds"))
            if seeds > 2:
                broken = validation.copy()
                first, second = sorted(rng.choice([i for i in range(trials) if i != best], 2, replace=False))
                broken[second] = 0.125  # the best of all, but for the run that blew up
                broken[[first, second], rng.integers(seeds)] = NAN
                cases.append(Case({"validation": broken, "test": test}, "a run that blew up", "nan"))
        return cases

    return make


def sets_and_batches() -> Cases:
    """Examples, a batch size and updates: with and without a rest, a batch larger than the set."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for batch in (4, 10, 32, 100):
            full, rest = int(rng.integers(3, 12)), int(rng.integers(1, batch))
            wanted = int(rng.integers(3, 9)) * (full + 1) + int(rng.integers(1, full))
            inputs = {"examples": full * batch + rest, "batch_size": batch, "updates_wanted": wanted}
            cases.append(Case(inputs, "a last batch that is smaller"))
        for batch in (8, 25):
            full = int(rng.integers(3, 12))
            inputs = {"examples": full * batch, "batch_size": batch, "updates_wanted": full * int(rng.integers(3, 9))}
            cases.append(Case(inputs, "batches and epochs without a rest", "even"))
        few = int(rng.integers(5, 30))
        cases.append(
            Case(
                {"examples": few, "batch_size": 64, "updates_wanted": int(rng.integers(3, 9))},
                "fewer examples than a batch",
            )
        )
        return cases

    return make


RANGES = ((1e-4, 1.0), (0.5, 8.0), (2.0, 512.0), (1e-3, 10.0))


def places_in_a_range() -> Cases:
    """Numbers u of [0, 1], their two ends among them, and ranges over one to four powers of 10."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for low, high in RANGES:
            u = _between(rng, 0.2, 0.8)
            cases.append(Case({"low": low, "high": high, "u": u}, "one number"))
        for n, (low, high) in zip((1, 3, 5, 8), RANGES):
            cases.append(Case({"low": low, "high": high, "u": grid(rng.uniform(0.05, 0.95, n))}))
        low, high = RANGES[int(rng.integers(4))]
        ends = np.append([0.0, 1.0], _between(rng, 0.2, 0.8))
        cases.append(Case({"low": low, "high": high, "u": ends}, "both ends of the range"))
        return cases

    return make


def grids() -> Cases:
    """One to three ranges and a budget; some are the exact number of points, some buy one value of each range."""

    def make(rng: np.random.Generator) -> list[Case]:
        def case(budget, ranges, about="", tag=""):
            low = grid(rng.uniform(-4, 0, ranges))
            high = grid(low + rng.uniform(1, 8, ranges))
            return Case({"low": low, "high": high, "budget": budget}, about, tag)

        return [
            case(int(rng.integers(3, 7)), 1, "one range"),
            case(int(rng.integers(5, 8)), 2, "two ranges, and trials left over"),
            case(int(rng.integers(11, 15)), 2, "two ranges, and trials left over"),
            case(int(rng.integers(28, 60)), 3, "three ranges, and trials left over"),
            case(int(rng.choice([4, 9])), 2, "as many trials as points"),
            case(64, 3, "as many trials as points, 4 × 4 × 4", "exact"),
            case(125, 3, "as many trials as points, 5 × 5 × 5", "exact"),
            case(1, 1, "a single trial", "single"),
            case(int(rng.integers(2, 4)), 2, "one value of each range", "single"),
            case(int(rng.integers(2, 8)), 3, "one value of each range", "single"),
        ]

    return make


def good_regions() -> Cases:
    """A share of good points and a chance to hit one; what the formula gives before rounding is near no whole number."""

    def make(rng: np.random.Generator) -> list[Case]:
        def case(low, high, rare=False):
            """The part of the needed number behind the point lies between low and high."""
            while True:
                share, chance = _between(rng, 0.03, 0.4), _between(rng, 0.6, 0.99)
                if rare:
                    share, chance = share / 4, 0.625
                exact = np.log(1 - chance) / np.log(1 - share)
                if low < exact % 1 < high and abs(share + chance - 1) > 0.02:
                    return Case({"share": share, "chance": chance})

        cases = [case(0.1, 0.4), case(0.6, 0.9), case(0.1, 0.4), case(0.6, 0.9), case(0.1, 0.9, rare=True)]
        cases.append(Case({"share": 0.05, "chance": 0.95}, "the best 5 % with a chance of 95 %"))
        for chance in (0.75, 0.875):
            cases.append(Case({"share": 0.5, "chance": chance}, "a chance that is met exactly", "exact"))
        return cases

    return make


def valleys() -> Cases:
    """Log-uniform ranges, the bottom of a valley, a place from which on trainings blow up, a budget, a seed."""

    def make(rng: np.random.Generator) -> list[Case]:
        def case(ranges, budget, fails, about):
            low, high = (np.array(ends)[:ranges] for ends in zip(*RANGES[:3]))
            center = low * (high / low) ** grid(rng.uniform(0.25, 0.75, ranges))
            while True:
                seed = int(rng.integers(2**20))
                u = np.random.default_rng(seed).uniform(size=(budget, ranges))
                x = low * (high / low) ** u
                values = np.sum(np.log(x / center) ** 2, axis=1)
                limit, order = float(high[0] * 2), np.argsort(values)
                if fails:
                    limit = float(x[0, 0] * 0.99)
                    values = np.where(x[:, 0] > limit, np.nan, values)
                    order = np.argsort(values)
                clear = np.isfinite(values).sum() > 2 and values[order[1]] > 1.05 * values[order[0]]
                if clear and 0 < order[0] < budget - 1 and np.isfinite(values[-1]):
                    inputs = {"low": low, "high": high, "center": center, "limit": limit, "budget": budget, "rng": seed}
                    return Case(inputs, about, "nan" if fails else "")

        return [
            case(1, 3, False, "one range"),
            case(2, 5, False, "two ranges"),
            case(3, 8, False, "three ranges"),
            case(3, 20, False, "three ranges"),
            case(1, 6, True, "a first training that blows up"),
            case(2, 9, True, "a first training that blows up"),
        ]

    return make


def beliefs() -> Cases:
    """Means and standard deviations of what a model expects at N points, and the best value so far."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for n in (1, 3, 5, 8):
            std = grid(rng.uniform(0.3, 2.5, n))
            z = rng.uniform(0.2, 1.8, n) * np.resize(rng.permutation([-1.0, 1.0]), n)
            best = _between(rng, -2, 2)
            cases.append(Case({"mean": grid(best - z * std), "std": std, "best": best}))
        for n in (2, 4):
            best = _between(rng, -2, 2)
            mean = best + np.resize([-0.5, 0.75], n) + grid(rng.uniform(-0.2, 0.2, n))
            cases.append(Case({"mean": mean, "std": np.zeros(n), "best": best}, "points already measured", "certain"))
        best = _between(rng, -2, 2)
        mean = best + grid(np.array([-0.75, 0.5, -0.375]) + rng.uniform(-0.2, 0.2, 3))
        mixed = np.array([0.0, 0.75, 1.25])
        cases.append(Case({"mean": mean, "std": mixed, "best": best}, "one point already measured", "certain"))
        return cases

    return make


def families() -> Cases:
    """Points (P, D) in the unit cube with their losses (P,), and every random number that one child needs."""

    def make(rng: np.random.Generator) -> list[Case]:
        cases = []
        for size, genes, mutation in ((5, 2, 0.0), (6, 3, 0.25), (6, 4, 0.25), (8, 6, 0.375), (7, 5, 0.375)):
            while True:
                values = grid(rng.permutation(np.linspace(0.25, 2, size)))
                pairs = np.array([rng.choice(size, 2, replace=False) for _ in range(2)])
                winners = [min(pair, key=lambda i: values[i]) for pair in pairs]
                losers = [max(pair, key=lambda i: values[i]) for pair in pairs]
                source, u = rng.integers(0, 2, genes), grid(rng.uniform(0.01, 0.99, genes))
                mutates = u < mutation
                several = 0 < mutates.sum() < genes - 1 if mutation else True
                both = len(set(source[~mutates].tolist())) == 2 and len(set(source.tolist())) == 2
                others = len({*winners, *losers}) == 4 and values.argmin() not in winners
                if several and both and others and np.abs(u - mutation).min() > 0.01:
                    break
            inputs = {
                "points": grid(rng.uniform(0.05, 0.95, (size, genes))),
                "values": values,
                "pairs": pairs,
                "source": source,
                "fresh": grid(rng.uniform(0.05, 0.95, genes)),
                "u": u,
                "mutation": mutation,
            }
            cases.append(Case(inputs, f"{genes} genes" if mutation else "no mutation"))
        return cases

    return make


def particles() -> Cases:
    """One particle's place x, velocity v and best place, the best place of all, and two random numbers a direction."""

    def make(rng: np.random.Generator) -> list[Case]:
        def case(n, walls, about="", tag=""):
            while True:
                x, own, best = grid(rng.uniform(0.25, 0.75, (3, n)))
                if walls:
                    x, v = grid(rng.uniform(0.75, 0.9, n)), grid(rng.uniform(0.5, 0.75, n))
                    x[1:2], v[1:2] = grid(1 - x[1:2]), -v[1:2]
                else:
                    v = grid(rng.uniform(0.03, 0.125, n)) * rng.choice([-1, 1], n)
                r1, r2 = grid(rng.uniform(0.125, 0.875, (2, n)))
                inertia, attraction = _between(rng, 0.5, 0.9), _between(rng, 0.8, 1.6)
                new = inertia * v + attraction * (r1 * (own - x) + r2 * (best - x))
                outside = (x + new < -0.05) | (x + new > 1.05)
                inside = (x + new > 0.02) & (x + new < 0.98)
                if (outside[:2].all() if walls else inside.all()) and np.abs(new).min() > 0.02:
                    break
            inputs = {"x": x, "v": v, "own": own, "best": best, "r1": r1, "r2": r2}
            return Case({**inputs, "inertia": inertia, "attraction": attraction}, about, tag)

        free = [case(n, False, "one direction" if n == 1 else "") for n in (1, 2, 3, 5)]
        return [*free, *(case(n, True, "a wall in the way", "walls") for n in (1, 2))]

    return make


def tournaments() -> Cases:
    """max_resource and eta; a valley's bottom, how strongly curves cross, the place where trainings blow up; a seed."""

    def make(rng: np.random.Generator) -> list[Case]:
        def case(most, eta, about="", tag=""):
            limit, seed = 0.6 if tag == "nan" else 2.0, int(rng.integers(2**20))
            while tag == "nan":  # enough finite values for the second rung, so that no two of nan compete
                finite = (np.random.default_rng(seed).uniform(size=most) <= limit).sum()
                if most // eta <= finite < most - 1:
                    break
                seed += 1
            inputs = {"max_resource": most, "eta": eta, "center": _between(rng, 0.3, 0.5)}
            return Case({**inputs, "wobble": 0.5, "limit": limit, "rng": seed}, about, tag)

        return [
            case(4, 2, "R = 4, η = 2"),
            case(9, 3, "R = 9, η = 3"),
            case(16, 2, "R = 16, η = 2"),
            case(27, 3, "R = 27, η = 3"),
            case(int(rng.integers(12, 16)), 2, "an R that is no power of η", "between"),
            case(2, 3, "an R below η", "between"),
            case(100, 3, "an R that is no power of η", "between"),
            case(243, 3, "R = 243, η = 3", "power"),
            case(8, 2, "trainings that blow up", "nan"),
            case(27, 3, "trainings that blow up", "nan"),
        ]

    return make


def resources() -> Cases:
    """max_resource and eta: powers, numbers between them, and powers whose logarithms divide to a little too little."""

    def make(rng: np.random.Generator) -> list[Case]:
        chosen = [(4, 2, ""), (9, 3, ""), (16, 2, ""), (81, 3, ""), (64, 4, "")]
        between = [(2, 3), (int(rng.integers(12, 16)), 2), (int(rng.integers(28, 81)), 3), (100, 3)]
        cases = [Case({"max_resource": r, "eta": e}, f"R = {r}, η = {e}", tag) for r, e, tag in chosen]
        cases += [Case({"max_resource": r, "eta": e}, "an R that is no power of η", "between") for r, e in between]
        cases += [Case({"max_resource": r, "eta": e}, f"R = {r}, η = {e}", "power") for r, e in ((243, 3), (1000, 10))]
        return cases

    return make


def populations() -> Cases:
    """Rates (N,) and losses (N,) of a population, and every random number of one step of exploit and explore."""

    def make(rng: np.random.Generator) -> list[Case]:
        def case(size, k, tag="", about=""):
            low, high = 1e-3, 1.0
            while True:
                u = grid(rng.uniform(0.2, 0.8, size))
                values = grid(rng.permutation(np.linspace(0.25, 2, size)))
                order = np.argsort(values)
                picks, factors = rng.integers(0, k, k), rng.permutation(np.resize([0.8, 1.2], k))
                if tag == "walls":
                    side = (size + k) % 2  # the upper end for 8 and 3, the lower one for 6 and 2
                    u[order[picks[0]]], factors[0] = (0.99, 1.2) if side else (0.01, 0.8)
                if tag == "nan":
                    values[order[0]] = NAN  # the best but for this
                    order = np.argsort(values)
                lr = low * (high / low) ** u
                # Which one is copied must not agree with its number in the population, or with its own rate.
                if all(order[p] != p for p in picks) and (k == 1 or len(set(picks.tolist())) > 1):
                    break
            inputs = {"lr": lr, "values": values, "k": k, "picks": picks, "factors": factors}
            return Case({**inputs, "low": low, "high": high}, about or f"{size} members, {k} of them replaced", tag)

        return [
            case(4, 1),
            case(5, 2),
            case(8, 3),
            case(10, 2),
            case(6, 2, "walls", "a rate that would leave its range"),
            case(8, 3, "walls", "a rate that would leave its range"),
            case(5, 1, "nan", "a member that blew up"),
            case(8, 2, "nan", "a member that blew up"),
        ]

    return make
