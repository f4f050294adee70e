import numpy as np

X = np.linspace(-1, 1, 9)
FALLING = 1 / np.arange(1.0, 13.0)
TURNING = FALLING + 0.02 * np.arange(12)
CIRCLE = np.stack([np.cos(np.linspace(0, 2 * np.pi, 50)), np.sin(np.linspace(0, 2 * np.pi, 50))], axis=1)
MASKS = np.array([[1] * 12, [1, 0] * 6, [0, 1, 1] * 4])

CASES = {
    "fits": [{"x": X, "y": X + 0.1, "curves": {"degree 1": np.copy, "degree 2": np.square}, "truth": np.copy}],
    "learning_curves": [
        {"histories": {"one": (FALLING, TURNING)}},
        {"histories": {"one": (FALLING, TURNING), "two": (FALLING, FALLING)}, "quantity": "error"},
    ],
    "gap_over_examples": [{"counts": [10, 100], "seen": [[0.0, 0.1], [0.1, 0.1]], "new": [[0.4, 0.5], [0.2, 0.3]]}],
    "stopped": [{"validation": TURNING, "best": 7, "stop": 10, "patience": 3}],
    "pulls": [{"penalties": {"L1": (np.abs, np.sign), "L2": (np.square, lambda w: 2 * w)}}],
    "touching": [
        {
            "loss": lambda a, b: (a - 2) ** 2 + b**2,
            "best": (2.0, 0.0),
            "budgets": {"L2": (CIRCLE, (1.0, 0.0)), "also L2": (CIRCLE / 2, (0.5, 0.0))},
        }
    ],
    "paths": [
        {
            "strengths": np.array([0.01, 0.1, 1.0]),
            "weights": {
                "L2": np.array([[1.0, 2.0], [0.5, 1.0], [0.1, 0.2]]),
                "L1": np.array([[1.0, 2.0], [0, 1], [0, 0]]),
            },
            "errors": {"L2": np.array([0.5, 0.4, 0.6]), "L1": np.array([0.5, 0.45, 0.7])},
            "names": ["age", "weight"],
        }
    ],
    "landings": [{"runs": {"steps along the slope": FALLING, "shrunk": np.maximum(FALLING - 0.2, 0)}}],
    "subnetworks": [{"masks": MASKS, "p": 0.5}],
    "bands": [
        {
            "x": X,
            "y": X,
            "grid": np.linspace(-2, 2, 40),
            "mean": np.linspace(-2, 2, 40),
            "spread": np.full(40, 0.2),
            "truth": np.sin,
            "gap": (-0.2, 0.2),
        }
    ],
}
WIDGETS = ("explorer",)
