"""The pictures with sliders."""

import numpy as np

from course_lib.figures.controls import played
from course_lib.figures.specialized_losses.embeddings import temperature, triplet_arrows


def explorer():
    """Move the positive and the negative around the anchor, change the margin; see the loss and the three arrows."""
    import ipywidgets

    def slider(name, value, low, high, step):
        return ipywidgets.FloatSlider(
            value=value, min=low, max=high, step=step, description=name, continuous_update=False
        )

    near, far = slider("d(a, p)", 1.7, 0.1, 3, 0.1), slider("d(a, n)", 1.1, 0.1, 4, 0.1)
    turn, margin = slider("angle", 85, 0, 180, 5), slider("margin", 1, 0.1, 2, 0.1)

    def picture(near, far, turn, margin):
        first, second = np.deg2rad(20), np.deg2rad(20 + turn)
        positive = near * np.cos(first), near * np.sin(first)
        return triplet_arrows(positive, (far * np.cos(second), far * np.sin(second)), margin)

    return played(picture, near, far, turn, margin)


def temperature_explorer():
    """Move the temperature and the cosine of the partner; see the probabilities and the slopes."""
    import ipywidgets

    tau = ipywidgets.FloatLogSlider(
        value=0.1, min=-2, max=0.5, step=0.1, description="τ", continuous_update=False, readout_format=".3f"
    )
    partner = ipywidgets.FloatSlider(
        value=0.6, min=-1, max=1, step=0.05, description="partner", continuous_update=False
    )
    return played(lambda partner, tau: temperature((partner, 0.75, 0.4, 0.1, -0.3), tau), partner, tau)
