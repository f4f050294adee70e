"""The pictures of the schedules. What is drawn is computed by `course_lib.schedules`, not by a second formula."""

from course_lib.figures.schedules.curves import applied, cycle, rates, weights_of_steps
from course_lib.figures.schedules.play import explorer
from course_lib.figures.schedules.runs import descents, losses_and_rates, noisy_runs, race, range_test

__all__ = [
    "applied",
    "cycle",
    "descents",
    "explorer",
    "losses_and_rates",
    "noisy_runs",
    "race",
    "range_test",
    "rates",
    "weights_of_steps",
]
