"""The picture with sliders."""

from course_lib.figures.backpropagation.network import START, network
from course_lib.figures.controls import played


def network_explorer():
    """Move the inputs, the target and two of the weights; see all values and all slopes."""
    import ipywidgets

    def slider(name, value, low, high, step=0.25):
        return ipywidgets.FloatSlider(
            value=value, min=low, max=high, step=step, description=name, continuous_update=False
        )

    (w11, w12), (w21, w22) = START["hidden_weight"]
    sliders = [
        slider("x1", START["x"][0], -4, 4),
        slider("x2", START["x"][1], -4, 4),
        slider("target y", START["y"], -3, 3),
        slider("x1→h1", w11, -4, 4),
        slider("h1→o", START["output_weight"][0], -4, 4),
    ]

    def picture(x1, x2, y, first, last):
        hidden = ((first, w12), (w21, w22))
        return network((x1, x2), y, hidden_weight=hidden, output_weight=(last, START["output_weight"][1]))

    return played(picture, *sliders)
