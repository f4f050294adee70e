"""The pictures of hyperparameters and of the searches for them."""

from course_lib.figures.search.choices import coverage, grid_and_random, landscape, scales, sweep
from course_lib.figures.search.guided import belief, beliefs, flock, policy, population, survivors
from course_lib.figures.search.play import explorer
from course_lib.figures.search.results import progress, ranked, winners_luck

__all__ = [
    "belief",
    "beliefs",
    "coverage",
    "explorer",
    "flock",
    "grid_and_random",
    "landscape",
    "policy",
    "population",
    "progress",
    "ranked",
    "scales",
    "survivors",
    "sweep",
    "winners_luck",
]
