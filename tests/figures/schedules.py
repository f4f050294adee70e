import numpy as np

from course_lib import schedules

SOME = {"constant": schedules.constant(0.1), "exponential": schedules.exponential(0.1, 0.5, 10)}
FALLING = 1 / np.arange(1.0, 31.0)

CASES = {
    "rates": [
        {"curves": SOME, "steps": 40},
        {"curves": {"restarts": schedules.cosine_restarts(0.2, 7)}, "steps": 50, "log": True},
        {"curves": SOME, "steps": 12, "points": True},
    ],
    "weights_of_steps": [{"curves": SOME, "steps": 60}],
    "cycle": [
        {
            "rate": schedules.one_cycle(0.4, 100),
            "momentum": schedules.one_cycle_momentum(100),
            "steps": 100,
            "turns": (44, 88, 99),
        }
    ],
    "applied": [{"planned": FALLING, "seen": FALLING}, {"planned": FALLING, "seen": np.roll(FALLING, 1)}],
    "descents": [
        {"paths": {"low": 2.0 * 0.9 ** np.arange(9), "high": 1.0 * (-1.3) ** np.arange(9)}, "height": np.square},
    ],
    "noisy_runs": [{"errors": {"one": FALLING, "two": FALLING / 2}, "floors": {"one": 0.02}}],
    "losses_and_rates": [{"histories": {"one": (FALLING, FALLING), "two": (FALLING / 2, FALLING[:10])}}],
    "range_test": [
        {"rates": np.geomspace(1e-3, 1, 30), "losses": FALLING[::-1] + 1, "smooth": FALLING + 1, "chosen": 0.1},
    ],
    "race": [{"results": {"one": [0.1, 0.2, 0.3], "another one": [0.2, 0.2, 0.1]}, "quantity": "error, percent"}],
}
WIDGETS = ("explorer",)
