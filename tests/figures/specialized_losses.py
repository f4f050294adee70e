import numpy as np

RNG = np.random.default_rng(0)
WORTH = RNG.normal(size=(3, 6))
POINTS, LABELS = RNG.normal(size=(30, 2)), np.arange(30) % 3
IMAGES, MASKS = RNG.normal(size=(2, 6, 6)), np.zeros((2, 6, 6))
MASKS[:, 2:4, 2:4] = 1
LETTERS = np.array([list("..P"), list(".#G")])
SIZES = np.array([64, 128, 256])
TABLES = {"q": RNG.uniform(-1, 1, (6, 4)), "none yet": np.zeros((6, 4))}

CASES = {
    "judges": [{"worth": WORTH, "grades": 2 * WORTH + 1, "found": {"squared error": 0.8, "hinge": 0.9}}],
    "pair_losses": [{}, {"margin": 0.5}],
    "pair_table": [{"scores": [2.0, 0.5, 1.0], "relevance": [0, 2, 1]}],
    "bars": [{"scores": [2.0, 0.5, 1.0, -1.0], "relevant": [0, 1, 0, 1]}],
    "growth": [{"measured": {"pairs": (SIZES, SIZES**2 / 1e6, SIZES**2), "sorted": (SIZES, SIZES / 1e6, SIZES)}}],
    "embedding": [{"panels": {"one": (POINTS, LABELS), "another": (POINTS + LABELS[:, None], LABELS)}}],
    "learning_film": [{"moments": {0: POINTS, 10: POINTS + LABELS[:, None]}, "labels": LABELS}],
    "pair_distance": [{}, {"margin": 2.0}],
    "triplet_arrows": [{}, {"positive": (0.2, 0.0), "negative": (3.0, 1.0), "margin": 0.5}],
    "similarities": [
        {"panels": {"a": np.eye(4), "b": np.eye(4) - 0.5}, "found": {"a": 1.0, "b": 0.5}},
    ],
    "temperature": [{}, {"tau": 0.01}],
    "words": [
        {
            "cosines": np.eye(4),
            "names": ["cat", "dog", "soup", "rice"],
            "family": [0, 0, 1, 1],
            "families": ["animals", "foods"],
        }
    ],
    "marked": [{"images": IMAGES, "targets": MASKS, "predictions": {"one": MASKS, "none": 0 * MASKS}}],
    "thresholds": [{"curves": {"one": (np.linspace(0, 1, 5), np.array([0.1, 0.4, 0.5, 0.3, 0.0]))}}],
    "pulls": [{"steps": SIZES, "curves": {"one": 1 / SIZES, "two": np.ones(3)}}],
    "clouds": [
        {"fake": POINTS, "real": POINTS + 5, "shifts": {"one": np.linspace([0, 0], [5, 5], 4)}, "steps": (0, 3)},
    ],
    "grid_world": [{"letters": LETTERS, "tables": TABLES}],
    "values_spread": [{"letters": LETTERS, "moments": {0: TABLES["none yet"], 5: TABLES["q"]}}],
    "returns": [
        {"curves": {"one": (SIZES, SIZES / 256)}, "best": 1.0},
        {"curves": {"two": (SIZES, SIZES / 256)}, "xlabel": "episodes", "ylabel": "probability", "log": True},
    ],
}
WIDGETS = ("explorer", "temperature_explorer")
