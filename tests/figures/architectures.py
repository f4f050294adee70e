import numpy as np

from course_lib.architectures.data import GridWorld

rng = np.random.default_rng(0)
FALLING = 1 / np.arange(1.0, 9.0)
SIGNS = rng.choice([-1.0, 1.0], 64)
WORLD = GridWorld()

CASES = {
    "jungle_map": [{}, {"mark": ("GAN", "MLP")}],
    "curves": [
        {"panels": {"accuracy": {"MLP": 1 - FALLING, "CNN": 1 - FALLING / 2}}, "level": (0.1, "chance")},
        {
            "panels": {"loss": {"one": FALLING, "two": FALLING[:4]}, "return": {"one": FALLING}},
            "over": "step",
            "log": True,
        },
    ],
    "image_rows": [
        {"rows": {"in": rng.random((6, 64)), "out": rng.random((4, 8, 8))}, "title": "Digits", "marks": list("123456")},
        {"rows": {"small": rng.random((3, 4, 4)), "large": rng.random((3, 8, 8))}},
    ],
    "stamps": [{"x": [1.0, -0.5, 2.0], "kernel": [1.0, 2.0, 1.0], "stride": 2}],
    "word_map": [
        {
            "vectors": rng.normal(size=(6, 4)),
            "words": ["a", "b", "c", "d", "e", "f"],
            "families": {"first": ("a", "b", "c"), "second": ("d", "e", "missing")},
        }
    ],
    "invented_points": [
        {
            "real": rng.normal(size=(30, 2)),
            "invented": [rng.normal(size=(20, 2)) for _ in range(2)],
            "steps": [0, 100],
            "distances": [0.7, 0.2],
        }
    ],
    "recall": [{"states": [-SIGNS, np.abs(SIGNS), SIGNS], "energies": [-3.0, -5.0, -9.0], "stored": SIGNS}],
    "heads": [
        {
            "given": rng.integers(0, 2, (7, 5)),
            "answered": rng.random((7, 4)),
            "writes": rng.dirichlet(np.ones(6), 7),
            "reads": rng.dirichlet(np.ones(6), 7),
        }
    ],
    "who_looks_where": [
        {"weights": rng.dirichlet(np.ones(12), (4, 12)), "characters": list("the cat and.")},
        {"weights": rng.dirichlet(np.ones(9), (2, 9)), "characters": list("the goat.")},
    ],
    "spread_marks": [{"codes": rng.normal(size=(40, 2)), "labels": rng.integers(0, 10, 40), "title": "Codes"}],
    "best_ways": [
        {"tables": {"one": rng.normal(size=(25, 4)), "two": WORLD.pay}, "letters": WORLD.letters, "moves": WORLD.moves}
    ],
}
WIDGETS = ("hopfield_explorer",)
