import numpy as np

from course_lib import optimizers
from course_lib.figures.optimizers import SURFACES, path

NAMES = ("SGD", "Momentum", "Nesterov", "AdaGrad", "RMSprop", "Adam", "Nadam", "AdamW")
TWO = {name: path(getattr(optimizers, name)(0.05), SURFACES["ravine"], 20) for name in ("SGD", "Adam")}
EIGHT = {name: path(getattr(optimizers, name)(0.02), SURFACES["bowl"], 20) for name in NAMES}
FALLING = 1 / np.arange(1.0, 31.0)
RATES = np.geomspace(0.01, 1, 5)
SEEDS = np.array([[0.1, 0.2, 0.15], [0.9, 0.95, 0.93]])

CASES = {
    "gallery": [{}],
    "paths": [{"surface": "ravine", "paths": TWO}, {"surface": "saddle", "paths": TWO, "title": "Two paths"}],
    "race": [{"surface": name, "paths": TWO, "frames": 3} for name in SURFACES],
    "contest": [{"runs": {name: EIGHT for name in SURFACES}, "frames": 2}],
    "curves": [
        {"panels": {"": {"SGD": FALLING, "one more": FALLING * 2}}, "ylabel": "distance", "log": True},
        {"panels": {"left": {"Adam": FALLING}, "right": {"Adam": FALLING**2}}, "ylabel": "rate of each weight"},
    ],
    "scaling": [
        {
            "sizes": RATES,
            "lengths": {"SGD": RATES, "Momentum": RATES, "Adam": 0.1 + 0 * RATES},
            "xlabel": "size of the gradient",
            "ylabel": "length of the step",
        }
    ],
    "averages": [{"values": FALLING, "running": FALLING / 2, "corrected": FALLING, "beta": 0.9}],
    "tuning": [
        {
            "tasks": {task: {name: (RATES, 1 + (RATES - 0.1) ** 2) for name in NAMES} for task in ("one", "two")},
            "ylabel": "validation loss",
        }
    ],
    "quality": [
        {
            "tasks": {task: {name: SEEDS for name in NAMES} for task in ("as they are", "badly scaled")},
            "names": ("loss after 2 epochs", "accuracy after 8 epochs"),
        }
    ],
}
WIDGETS = ("explorer",)
