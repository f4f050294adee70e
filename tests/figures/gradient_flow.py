import numpy as np

RNG = np.random.default_rng(0)
FALLING = 0.5 ** np.arange(12.0)
FLAT = np.linspace(1, 0.8, 12)
FACTORS = {5: 0.1, 10: 0.01, 20: 1e-20}

CASES = {
    "through_layers": [
        {"curves": {"small": FALLING, "right": FLAT}, "quantity": "norm of the gradient"},
        {"curves": {"one": FLAT}, "quantity": "spread", "log": False, "first": 0},
        {"curves": {"nothing is left": FALLING * 1e-100}, "quantity": "norm"},
    ],
    "coming_back": [{"curves": {"too small": FALLING[::-1], "right": FLAT}, "quantity": "norm", "frames": 3}],
    "histograms": [
        {"answers": {"small": [RNG.normal(size=99)] * 3, "right": [np.zeros(9)] * 3}, "layers": (1, 5, 9), "edge": 2},
    ],
    "table": [
        {
            "ratios": {"tanh": {"He": 3.7, "small": 1e-33}, "ReLU": {"He": 1.0, "small": 0.0}},
            "quantity": "first to last",
        },
    ],
    "by_depth": [
        {"ratios": {"tanh": {"He": FACTORS, "small": FACTORS}, "ReLU": {"He": FACTORS}}, "quantity": "first to last"},
    ],
    "symmetry": [{"runs": {"equal": np.ones((5, 4)), "random": RNG.normal(size=(5, 4))}}],
    "half_thrown_away": [{"z": np.linspace(-2, 2, 99), "h": np.maximum(np.linspace(-2, 2, 99), 0)}],
    "fixed_point": [{"starts": [(0.0, 1.5), (0.5, 0.5)]}, {"starts": [(0.0, 1.0)], "steps": 3, "gain": 2.0}],
    "arrows": [{"gradient": [10.0, 1.0], "by_value": [1.0, 1.0], "by_norm": [0.995, 0.0995], "limit": 1.0}],
    "cliff": [
        {"paths": {"off": [1.1, 1.0, -50.0], "on": [1.1, 1.0, 0.9]}, "height": np.square, "edges": (0, 2), "frames": 3},
    ],
    "slopes_of_batch": [{"slopes": np.eye(4) - 0.25, "x": [1.0, 2.0, 3.0, 4.0]}],
    "running": [{"batches": FLAT, "averages": {"0.1": FLAT, "0.5": FALLING}, "truth": 0.9, "quantity": "mean"}],
    "shortcut": [{"straight": 1.0, "inner": 0.03}],
    "board": [
        {
            "results": {"as it is": (np.full(40, 2.3), 0.1), "yours": None, "another": (np.linspace(2, 0.1, 40), 0.95)},
            "guess": 0.1,
        },
    ],
}
WIDGETS = ("explorer",)
