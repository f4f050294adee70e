"""The pictures with sliders."""

from course_lib.figures.controls import played
from course_lib.figures.losses.classification import logits_to_loss
from course_lib.figures.losses.regression import ERROR_LOSSES, outlier_fit, words


def explorer():
    """Drag the outlier, move δ, choose the losses; see the lines and the pulls."""
    import ipywidgets

    names = {words(name): name for name in ERROR_LOSSES if name != "SmoothL1"}
    chosen = ipywidgets.SelectMultiple(options=list(names), value=list(names)[:3], rows=4, description="losses")
    outlier = ipywidgets.FloatSlider(value=20, min=-40, max=40, step=2, description="outlier", continuous_update=False)
    delta = ipywidgets.FloatLogSlider(
        value=1, min=-1, max=1.6, step=0.1, description="δ", continuous_update=False, readout_format=".2f"
    )

    def picture(chosen, outlier, delta):
        return outlier_fit([names[one] for one in chosen], outlier, delta)

    return played(picture, chosen, outlier, delta)


def logit_explorer():
    """Move three logits and γ, choose the true class; see the probabilities, the loss and the gradient."""
    import ipywidgets

    def slider(name, value, low, high, step):
        return ipywidgets.FloatSlider(
            value=value, min=low, max=high, step=step, description=name, continuous_update=False
        )

    logits = [slider(f"logit {c}", value, -5, 5, 0.1) for c, value in enumerate((2.0, 0.5, -1.0))]
    label = ipywidgets.ToggleButtons(options=[0, 1, 2], description="true class")
    gamma = slider("γ", 0, 0, 5, 0.5)

    def picture(z0, z1, z2, label, gamma):
        return logits_to_loss((z0, z1, z2), label, gamma)

    return played(picture, *logits, label, gamma)
