import numpy as np

FALLING = 1 / np.arange(1.0, 9.0)
RNG = np.random.default_rng(0)
TARGET = np.resize([0, 0, 1], 60)

CASES = {
    "one_step": [
        {
            "moments": [
                (0, 1.0, 0.0, None),
                (1, 1.0, 0.0, None),
                (2, 1.0, 0.0, 0.5),
                (3, 1.0, -2.0, 0.5),
                (4, 1.2, -2.0, 0.5),
            ]
        }
    ],
    "batches": [
        {
            "epochs": {"as stored": np.repeat([0, 1, 2], 4), "shuffled": np.resize([2, 0, 1], 12)},
            "size": 4,
            "names": "ABC",
        }
    ],
    "curves": [
        {"series": {"one": FALLING, "two": FALLING[::-1]}},
        {
            "series": {"one": np.repeat(FALLING, 4)},
            "quantity": "loss",
            "log": True,
            "mark": 5,
            "mark_words": "saved here",
        },
    ],
    "repeats": [{"answers": {"training mode": FALLING, "evaluation mode": [0.5]}, "quantity": "accuracy"}],
    "shares": [
        {"rows": {"mean of means": [[0.1] * 4, [0.2] * 2], "mean": [[0.15] * 4, [0.15] * 2]}, "quantity": "weight"}
    ],
    "throughput": [{"sizes": [1, 8, 64], "rates": {"float32": [1e4, 6e4, 3e5]}, "where": "CPU"}],
    "tensorboard_page": [{}],
    "confusion": [
        {"table": [[50, 3], [4, 20]], "names": ["negative", "positive"]},
        {"table": np.eye(10, dtype=int) * 40 + 1, "names": list("0123456789")},
    ],
    "separation": [
        {"scores": RNG.normal(size=60) + TARGET, "target": TARGET, "threshold": 0.5},
        {"scores": RNG.normal(size=60), "target": TARGET, "threshold": 9.0},
    ],
    "number_formats": [{"formats": {"float32": (8, 23, 3.4e38, 1.2e-7), "bfloat16": (8, 7, 3.4e38, 0.0078)}}],
}
WIDGETS = ("thresholds",)
