import numpy as np

from course_lib.figures.introduction import events, spikes

IMAGES = np.random.default_rng(0).uniform(size=(4, 8, 8))
CURRENTS = np.linspace(0, 3, 7)
REACH = {"all": np.ones((6, 6)), "past": np.tril(np.ones((6, 6)))}

CASES = {
    "timeline": [{}, {"shown": events(2012, 2017, ("unit",))}, {"shown": events(1943, 1943)}, {"shown": []}],
    "per_decade": [{"first": 1940, "counts": [1, 1, 0, 4]}],
    "neuron_and_unit": [{}, {"x": (0, 0, 1), "weights": (1.0, -2.0, 0.5), "bias": -0.75}],
    "firing": [{"currents": CURRENTS, "rates": [len(spikes(current)) for current in CURRENTS]}],
    "brain_map": [{}],
    "digits": [
        {"images": IMAGES, "captions": ["0", "1", "2", "3"]},
        {"images": IMAGES, "captions": ["4\nread as 9"] * 4, "title": "Four digits", "wrong": (1,)},
    ],
    "who_hears_whom": [{"reaches": REACH}],
    "column_ranges": [{"tables": {"before": IMAGES[0] * np.arange(8), "after": IMAGES[0]}, "names": list("abcdefgh")}],
    "batch_shapes": [{}, {"n": 6, "d": 2}],
}
WIDGETS = ("history_explorer",)
