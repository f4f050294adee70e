"""The pictures with sliders."""

from course_lib.figures.controls import played
from course_lib.figures.perceptron.units import GATES, cut


def cut_explorer():
    """Move two weights and the bias; choose a gate; see which corners come out right."""
    import ipywidgets

    def slider(name, value):
        return ipywidgets.FloatSlider(value=value, min=-3, max=3, step=0.25, description=name, continuous_update=False)

    gate = ipywidgets.Dropdown(options=list(GATES), value="AND", description="gate")
    return played(cut, slider("weight A", 1.0), slider("weight B", 0.5), slider("bias", -1.0), gate)
