"""The pictures with sliders."""

from course_lib.figures.activations.curves import LOOKS, compare
from course_lib.figures.activations.rows import logits_to_shares
from course_lib.figures.controls import played


def slider(name, value, low, high, step):
    import ipywidgets

    return ipywidgets.FloatSlider(value=value, min=low, max=high, step=step, description=name, continuous_update=False)


def explorer():
    """Move x along the curves, change α or β, choose which activations to compare."""
    import ipywidgets

    chosen = ipywidgets.SelectMultiple(
        options=list(LOOKS), value=["Tanh", "ReLU", "ELU", "Swish"], rows=6, description="curves"
    )
    x = slider("x", -1.0, -4.5, 4.5, 0.1)
    parameter = slider("α or β", 1.0, 0.1, 2.0, 0.1)

    def picture(x, parameter, chosen):
        return compare(list(chosen), x, parameter)

    return played(picture, x, parameter, chosen)


def softmax_explorer():
    """Move four logits and the temperature; see the shares and the table of their slopes."""
    logits = [slider(f"logit {c}", value, -5, 5, 0.1) for c, value in enumerate((2.0, 1.0, 0.0, -1.0))]
    temperature = slider("T", 1.0, 0.1, 5.0, 0.1)

    def picture(*values):
        *logits, temperature = values
        return logits_to_shares(logits, temperature)

    return played(picture, *logits, temperature)
