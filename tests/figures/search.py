import numpy as np

RNG = np.random.default_rng(0)
RUNS = {"one": [0.2, 0.25, 0.3], "another": [0.4, 0.5, 0.3], "third": [0.1, 0.2, 0.15]}
PLACES = np.linspace(0, 1, 40)
RANDOM = RNG.uniform(size=(9, 2))
GRID = np.array([[x, y] for x in (0, 0.5, 1) for y in (0, 0.5, 1)])
CURVES = 1 / np.arange(1, 10) ** RNG.uniform(0.2, 1, (9, 1))
RATES = np.exp(RNG.normal(size=(4, 6)))
STEP = (np.sin(5 * PLACES), 0.1 + PLACES * (1 - PLACES), [[0.1, 0.5], [0.7, -0.3]], PLACES**2)


def height(x, y):
    return (x - 0.6) ** 2 + 0.1 * (y - 0.3) ** 2


CASES = {
    "ranked": [
        {"results": RUNS, "quantity": "validation loss"},
        {"results": RUNS, "quantity": "error", "reference": "one"},
    ],
    "winners_luck": [
        {"trials": [1, 3, 10], "chosen": [0.9, 0.92, 0.94], "fresh": [0.9, 0.9, 0.9], "truth": 0.9},
    ],
    "progress": [
        {
            "spent": np.arange(1, 11),
            "best": {f"the search number {i}": np.ones((2, 10)) / np.arange(1, 11) + i for i in range(5)},
            "quantity": "loss",
        },
    ],
    "sweep": [
        {"values": [1, 4, 16], "runs": {"training": np.ones((3, 2))}, "name": "width", "quantity": "loss"},
        {
            "values": [0, 1, 8],
            "runs": {"training": RNG.uniform(size=(3, 4)), "validation": RNG.uniform(size=(3, 4))},
            "name": "hidden layers",
            "quantity": "loss",
            "log": False,
            "baseline": ("guessing", 0.9),
        },
    ],
    "scales": [
        {
            "linear": RNG.uniform(1e-4, 1, 20),
            "logarithmic": 1e-4 ** RNG.uniform(size=20),
            "low": 1e-4,
            "high": 1.0,
            "good": (1e-3, 1e-1),
        },
    ],
    "grid_and_random": [{"grid": GRID, "random": RANDOM, "height": height}],
    "coverage": [{"shares": (0.2, 0.05), "trials": 100}],
    "landscape": [
        {
            "rates": np.geomspace(1e-3, 1, 9),
            "others": [0.0, 0.5, 0.9],
            "losses": RNG.uniform(size=(9, 3)),
            "name": "momentum",
        },
    ],
    "belief": [dict(zip(("mean", "std", "seen", "worth"), STEP)) | {"x": PLACES}],
    "beliefs": [{"x": PLACES, "steps": [STEP, STEP]}],
    "flock": [{"places": RNG.uniform(size=(3, 5, 2)), "height": height}],
    "survivors": [{"curves": CURVES, "rungs": [(9, 1), (3, 3), (1, 9)], "quantity": "loss"}],
    "population": [{"rates": RATES, "parents": RNG.integers(0, 6, (4, 6)), "losses": RATES}],
    "policy": [
        {"probabilities": np.full((5, 4), 0.25), "options": [0.01, 0.1, 1.0, 10.0], "name": "the learning rate"},
    ],
}
WIDGETS = ("explorer",)
