"""The pictures of the introduction, and its table of events."""

from course_lib.figures.introduction.brain import REGIONS, brain_map, firing, neuron_and_unit, spikes
from course_lib.figures.introduction.history import HISTORY, KINDS, Event, events
from course_lib.figures.introduction.networks import batch_shapes, column_ranges, digits, who_hears_whom
from course_lib.figures.introduction.play import history_explorer
from course_lib.figures.introduction.timeline import per_decade, timeline

__all__ = [
    "HISTORY",
    "KINDS",
    "REGIONS",
    "Event",
    "batch_shapes",
    "brain_map",
    "column_ranges",
    "digits",
    "events",
    "firing",
    "history_explorer",
    "neuron_and_unit",
    "per_decade",
    "spikes",
    "timeline",
    "who_hears_whom",
]
