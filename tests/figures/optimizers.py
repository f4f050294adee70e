from course_lib import optimizers
from course_lib.figures.optimizers import SURFACES, path

TWO = {name: path(getattr(optimizers, name)(0.05), SURFACES["ravine"], 20) for name in ("SGD", "Adam")}

CASES = {
    "gallery": [{}],
    "paths": [{"surface": "ravine", "paths": TWO}, {"surface": "saddle", "paths": TWO, "title": "Two paths"}],
    "race": [{"surface": name, "paths": TWO, "frames": 3} for name in SURFACES],
}
WIDGETS = ()
