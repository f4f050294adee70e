"""The picture with sliders."""

from course_lib.figures.controls import played
from course_lib.figures.units.fields import windows


def explorer():
    """Choose kernel, stride, padding and dilation; see where the windows lie and how many there are."""
    import ipywidgets

    def slider(name, value, low, high):
        return ipywidgets.IntSlider(value=value, min=low, max=high, description=name, continuous_update=False)

    sliders = [
        slider("entries", 12, 6, 16),
        slider("kernel", 3, 1, 5),
        slider("stride", 2, 1, 4),
        slider("padding", 1, 0, 3),
        slider("dilation", 1, 1, 4),
    ]
    return played(windows, *sliders)
