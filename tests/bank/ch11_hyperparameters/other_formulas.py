"""Other right answers: the same numbers by other formulas, or by other means."""

import numpy as np


def best_trial(validation, test):
    means = np.where(np.isnan(validation).any(axis=1), np.inf, validation.sum(axis=1))
    row = test[int(np.argmin(means))]
    return int(np.argmin(means)), row.mean(), np.sqrt(((row - row.mean()) ** 2).sum() / (len(row) - 1))


def updates(examples, batch_size, updates_wanted):
    per_epoch = int(np.ceil(examples / batch_size))
    return per_epoch, (examples - 1) % batch_size + 1, int(np.ceil(updates_wanted / per_epoch))


def log_uniform(low, high, u):
    return 10 ** (np.log10(low) + np.asarray(u) * (np.log10(high) - np.log10(low)))


def grid_points(low, high, budget):
    import itertools

    n = max(n for n in range(1, budget + 1) if n ** len(low) <= budget)
    if n == 1:
        return (np.asarray(low) + high)[None] / 2
    return list(itertools.product(*(a + (b - a) * np.arange(n) / (n - 1) for a, b in zip(low, high))))


def trials_needed(share, chance):
    n = 1
    while (1 - share) ** n > 1 - chance:
        n += 1
    return n


def search_a_valley(low, high, center, limit, budget, rng):
    def random_search(objective, space, budget, rng):
        names, ends = list(space), np.array(list(space.values()))
        drawn = ends[:, 0] ** (1 - (u := rng.uniform(size=(budget, len(names))))) * ends[:, 1] ** u
        points = [dict(zip(names, row)) for row in drawn]
        values = [objective(point) for point in points]
        return points[int(np.nanargmin(values))], np.nanmin(values)

    asked = []

    def valley(point):
        x = np.array(list(point.values()), float)
        asked.append(x)
        return np.nan if x[0] > limit else np.sum(np.log(x / center) ** 2)

    space = {f"x{i}": (low[i], high[i]) for i in range(len(low))}
    point, value = random_search(valley, space, budget, rng)
    return {"asked": asked, "best": [*point.values(), value]}


def expected_improvement(mean, std, best):
    """The integral of the improvement over the normal distribution, with 40 000 strips."""
    z = np.linspace(-12, 12, 40_001)
    weight = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    gained = np.maximum(best - (mean[:, None] + std[:, None] * z), 0)
    return gained @ weight


def genetic_child(points, values, pairs, source, fresh, u, mutation):
    winners = np.take_along_axis(pairs, values[pairs].argmin(axis=1)[:, None], axis=1)[:, 0]
    genes = points[winners[source], np.arange(points.shape[1])]
    genes[u < mutation] = fresh[u < mutation]
    return {"parents": winners, "child": genes}


def particle_step(x, v, own, best, r1, r2, inertia, attraction):
    pull, goal = r1 + r2, (r1 * own + r2 * best) / (r1 + r2)
    velocity = inertia * v - attraction * pull * (x - goal)
    return velocity, np.minimum(1, np.maximum(0, x + velocity))


def halve_a_valley(max_resource, eta, center, wobble, limit, rng):
    def rungs(max_resource, eta):
        found = [(1, max_resource)]
        while found[-1][0] * eta <= max_resource:
            found.append((found[-1][0] * eta, max_resource // (found[-1][0] * eta)))
        return found[::-1]

    def successive_halving(train, max_resource, eta, rng):
        table = rungs(max_resource, eta)
        points = list(rng.uniform(size=table[0][0]))
        for (_, resource), (survivors, _) in zip(table, [*table[1:], (1, 0)]):
            scored = [(np.inf if np.isnan(loss := train(x, resource)) else loss, x) for x in points]
            points = [x for _, x in sorted(scored)[:survivors]]
        return points[0]

    trained = []

    def train(x, resource):
        trained.append([x, resource])
        return np.nan if x > limit else (x - center) ** 2 + wobble * np.sin(40 * x) / resource

    return rungs(max_resource, eta), trained, successive_halving(train, max_resource, eta, rng)


def brackets(max_resource, eta):
    top = max(s for s in range(64) if eta**s <= max_resource)
    rows = []
    for s in reversed(range(top + 1)):
        points, price = int(np.ceil((top + 1) * eta**s / (s + 1))), 0
        first = points
        for divisor in [eta**k for k in range(s, -1, -1)]:
            price += points * (max_resource // divisor)
            points //= eta
        rows.append([first, max_resource // eta**s, price])
    return rows


def exploit_explore(lr, values, k, picks, factors, low, high):
    ranked = sorted(range(len(lr)), key=lambda i: (np.isnan(values[i]), values[i]))
    parents, rates = list(range(len(lr))), [float(rate) for rate in lr]
    for loser, pick, factor in zip(ranked[len(lr) - k :], picks, factors):
        parents[loser] = ranked[pick]
        rates[loser] = min(high, max(low, float(lr[ranked[pick]]) * factor))
    return {"parents": parents, "rates": rates}
