"""The pictures of backpropagation. What is drawn is computed by `course_lib`, not by a second formula."""

from course_lib.figures.backpropagation.checking import kink, long_way, nudge, step_sizes
from course_lib.figures.backpropagation.graphs import graph, roads
from course_lib.figures.backpropagation.layers import gates, layer_chain, shapes
from course_lib.figures.backpropagation.network import START, backward_wave, chain, network, run
from course_lib.figures.backpropagation.play import network_explorer
from course_lib.figures.backpropagation.training import histories, mistakes

__all__ = [
    "START",
    "backward_wave",
    "chain",
    "gates",
    "graph",
    "histories",
    "kink",
    "layer_chain",
    "long_way",
    "mistakes",
    "network",
    "network_explorer",
    "nudge",
    "roads",
    "run",
    "shapes",
    "step_sizes",
]
