"""Adaptive allocation of resources: many points start with little, few get much. objective(point, resource) -> value.

Resources are whole numbers, rounded down. The smallest value may come from any resource, as in Hyperband's paper.
"""

import heapq
import itertools

from course_lib.search.run import Run, Trial, affordable, cost, whole

__all__ = ["asha", "hyperband", "successive_halving"]


def successive_halving(objective, space, budget, rng, max_resource=27, eta=3):
    """η^S points get R/η^S each, the best 1/η of them η times as much, and so on, until one gets R.

    R is max_resource, η^S its largest power up to R. Such a bracket is run as often as the budget pays for a whole.
    Jamieson and Talwalkar (2016), Non-stochastic best arm identification, arXiv:1502.07943.
    """
    run = Run(objective, space, budget, rng)
    return _run_brackets(run, itertools.repeat(_brackets(max_resource, eta)[0]))


def hyperband(objective, space, budget, rng, max_resource=27, eta=3):
    """Successive halving from ⌈(S + 1)·η^s/(s + 1)⌉ points with R/η^s each, for s = S, …, 0 and over again.

    R is max_resource, η^S its largest power up to R. It ends at the first bracket that the budget does not pay for.
    Li et al. (2018), Hyperband: a novel bandit-based approach, JMLR 18, arXiv:1603.06560, algorithm 1.
    """
    run = Run(objective, space, budget, rng)
    return _run_brackets(run, itertools.cycle(_brackets(max_resource, eta)))


def asha(objective, space, budget, rng, max_resource=27, eta=3, workers=4):
    """Successive halving without waiting: a free worker promotes a point if it can, or else starts a new one.

    Promoted to η times the resource is, once, a point among the best 1/η of those finished with its resource; the
    highest resource goes first. Workers are simulated: a job takes as long as its resource, and its value is known
    when it ends. It ends at the first job that the budget does not pay for.
    Li et al. (2020), A system for massively parallel hyperparameter tuning, arXiv:1810.05934, algorithm 2.
    """
    run, workers = Run(objective, space, budget, rng), whole("workers", workers, 1)
    resources = [resource for _, resource in _brackets(max_resource, eta)[0]]
    affordable(run.left, resources[0], "one trial")
    rungs: list[list[Trial]] = [[] for _ in resources]  # what has finished with each resource
    promoted: list[set[int]] = [set() for _ in resources]
    busy: list[tuple[int, int, int]] = []  # (end, number of the trial, its rung)
    clock = 0
    while True:
        k, point = _job(run, rungs, promoted, eta)
        if resources[k] > run.left:
            return run.result()
        run.trial(point, resources[k])
        heapq.heappush(busy, (clock + resources[k], len(run.history) - 1, k))
        while busy and (len(busy) == workers or busy[0][0] == clock):
            clock, i, k = heapq.heappop(busy)
            rungs[k].append(run.history[i])


def _job(run, rungs, promoted, eta):
    """-> rung, point"""
    for k in reversed(range(len(rungs) - 1)):
        order = sorted(range(len(rungs[k])), key=lambda i: cost(rungs[k][i]))
        for i in order[: len(order) // eta]:
            if i not in promoted[k]:
                promoted[k].add(i)
                return k + 1, rungs[k][i].point
    return 0, run.draw()


def _brackets(max_resource, eta):
    """For s = S, …, 0 the rungs of a bracket: [(how many points, resource of each), …]."""
    r, eta, top = whole("max_resource", max_resource, 1), whole("eta", eta, 2), 0
    while eta ** (top + 1) <= r:
        top += 1
    starts = [-(-(top + 1) * eta**s // (s + 1)) for s in range(top + 1)]  # rounded up
    return [[(starts[s] // eta**i, r // eta ** (s - i)) for i in range(s + 1)] for s in reversed(range(top + 1))]


def _run_brackets(run, brackets):
    for bracket in brackets:
        price = sum(n * resource for n, resource in bracket)
        if not run.history:
            affordable(run.left, price, "the first bracket")
        if price > run.left:
            return run.result()
        points = [run.draw() for _ in range(bracket[0][0])]
        for n, resource in bracket:
            trials = [run.trial(point, resource) for point in points[:n]]
            points = [trial.point for trial in sorted(trials, key=cost)]
