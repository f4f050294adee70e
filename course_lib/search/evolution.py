"""Evolutionary search: a population learns from its best."""

import copy

import numpy as np

from course_lib.search.run import Run, affordable, cost, whole
from course_lib.search.space import Choice
from course_lib.validation import number

__all__ = ["genetic", "particle_swarm", "population_based_training"]


def genetic(objective, space, budget, rng, population=20, mutation=0.1):
    """A child takes each value from one of two parents, or with the probability of a mutation anew; the worst dies.

    A parent is the better of two drawn from the population. Holland (1975), Adaptation in natural and artificial
    systems; one child at a time as in Whitley (1989), The GENITOR algorithm and selection pressure.
    """
    run = Run(objective, space, budget, rng)
    population, mutation = whole("population", population, 2), number("mutation", mutation, 0, 1, or_low=True)
    alive = [run.trial(run.draw()) for _ in range(min(population, run.left))]
    while run.left:
        parents = [min((alive[i] for i in rng.choice(population, 2, replace=False)), key=cost) for _ in range(2)]
        anew, child = run.draw(), {}
        for name in run.space:
            child[name] = anew[name] if rng.uniform() < mutation else parents[rng.integers(2)].point[name]
        alive = sorted([*alive, run.trial(child)], key=cost)[:population]
    return run.result()


def particle_swarm(objective, space, budget, rng, particles=10, inertia=0.7298, attraction=1.49618):
    """v ← w·v + c·r1·(own best − x) + c·r2·(best of all − x), x ← x + v, with r1 and r2 uniform in each direction.

    w is the inertia, c the attraction. Particles start at rest in the unit cube, where a Choice is cut into equal
    slices, and stop at its walls. Kennedy and Eberhart (1995), doi:10.1109/ICNN.1995.488968; the defaults are the
    constriction of Clerc and Kennedy (2002), doi:10.1109/4235.985692.
    """
    run, particles = Run(objective, space, budget, rng), whole("particles", particles, 1)
    w, c = number("inertia", inertia, 0, 1, or_low=True), number("attraction", attraction, 0, np.inf)
    x = rng.uniform(size=(particles, len(run.space)))
    v, own, lowest = np.zeros_like(x), x.copy(), np.full(particles, np.inf)
    for step in range(run.left):
        i = step % particles
        if step >= particles:
            r1, r2 = rng.uniform(size=(2, len(run.space)))
            v[i] = w * v[i] + c * r1 * (own[i] - x[i]) + c * r2 * (own[lowest.argmin()] - x[i])
            x[i] = np.clip(x[i] + v[i], 0, 1)
        trial = run.trial({name: span.at(u) for (name, span), u in zip(run.space.items(), x[i])})
        if cost(trial) < lowest[i]:
            own[i], lowest[i] = x[i], cost(trial)
    return run.result()


def population_based_training(objective, space, budget, rng, population=10, resource=1, fraction=0.2, resample=0.25):
    """Trains a population side by side; after each round the worst go on as copies of the best, a little changed.

    objective(point, resource, state) -> value, state: trains that much more from a state it gave before, or from
    None, and costs the resource. Each of the worst fraction takes over point and state of one of the best fraction.
    Then each value is drawn anew with the probability resample, or else multiplied by 0.8 or 1.2; a Choice stays.
    Points change on the way, so what was found is a schedule, and best_point how it ends.
    Jaderberg et al. (2017), Population based training of neural networks, arXiv:1711.09846.
    """
    run, fraction = Run(objective, space, budget, rng), number("fraction", fraction, 0, 0.5)
    population, resource = whole("population", population, 2), whole("resource", resource, 1)
    resample = number("resample", resample, 0, 1, or_low=True)
    affordable(run.left, population * resource, "one round of the population")
    points, states, k = [run.draw() for _ in range(population)], [None] * population, max(1, int(fraction * population))
    while run.left >= population * resource:
        trials = []
        for i, point in enumerate(points):
            value, states[i] = _pair(run.ask(point, resource, states[i]))
            trials.append(run.keep(point, value, resource))
        order = sorted(range(population), key=lambda i: cost(trials[i]))
        for loser in order[-k:]:
            winner = order[rng.integers(k)]
            points[loser], states[loser] = _explored(run, points[winner], resample), copy.deepcopy(states[winner])
    return run.result()


def _explored(run, point, resample):
    anew, explored = run.draw(), dict(point)
    for name, span in run.space.items():
        if run.rng.uniform() < resample:
            explored[name] = anew[name]
        elif not isinstance(span, Choice):
            scaled = point[name] * run.rng.choice([0.8, 1.2])
            explored[name] = span.at(np.clip(span.place(scaled), 0, 1))
    return explored


def _pair(answer):
    if not isinstance(answer, tuple) or len(answer) != 2:
        raise TypeError(f"objective gave {answer!r}; expected value, state: does it return both?")
    return answer
