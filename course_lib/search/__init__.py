"""Hyperparameter search: `method(objective, space, budget, rng)` -> Result, with the point of the smallest value.

A space is a dict of ranges, a point a dict with one value from each. objective(point) -> value costs 1. Where a
trial can be cut short, objective(point, resource) -> value trains from the start with that much, say epochs, and
costs it. The budget is what may be spent in all, and no method spends more. A value that is not finite, as of a
training that blew up, is kept in the history and counts as the worst.
"""

from course_lib.search.bayesian import gaussian_process, tpe
from course_lib.search.evolution import genetic, particle_swarm, population_based_training
from course_lib.search.halving import asha, hyperband, successive_halving
from course_lib.search.memoryless import grid, random
from course_lib.search.policy import reinforcement
from course_lib.search.run import Result, Trial
from course_lib.search.space import Choice, Integer, LogUniform, Uniform

__all__ = [  # noqa: RUF022 in the order of the course
    "Uniform", "LogUniform", "Integer", "Choice", "Trial", "Result",
    "grid", "random", "tpe", "gaussian_process", "genetic", "particle_swarm", "population_based_training",
    "successive_halving", "hyperband", "asha", "reinforcement",
]  # fmt: skip
