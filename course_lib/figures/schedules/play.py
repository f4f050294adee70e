"""The picture with sliders."""

import numpy as np

from course_lib import schedules
from course_lib.figures.controls import played
from course_lib.figures.picture import BLUE, Picture, drawn

STEPS = 120
KINDS = {
    "piecewise constant": lambda lr, decay: schedules.piecewise_constant(lr, [40, 80], [decay, decay]),
    "exponential": lambda lr, decay: schedules.exponential(lr, decay, 40),
    "power": lambda lr, decay: schedules.power(lr, 1 / decay - 1, 40),
    "polynomial": lambda lr, decay: schedules.polynomial(lr, STEPS, decay * lr, 2.0),
    "cosine": lambda lr, decay: schedules.cosine_annealing(lr, STEPS, decay),
    "cosine with restarts": lambda lr, decay: schedules.cosine_restarts(lr, 17, 0.0, 2, decay),
    "one cycle": lambda lr, decay: schedules.one_cycle(lr, STEPS, 0.45, 1 / decay),
}


def explorer():
    """Choose a schedule, its highest rate and how strongly it decays; see the rate and the sum of the rates."""
    import ipywidgets

    highest = ipywidgets.FloatSlider(value=0.4, min=0.05, max=1.0, step=0.05, description="highest rate")
    decay = ipywidgets.FloatSlider(value=0.5, min=0.05, max=0.95, step=0.05, description="decay")
    kind = ipywidgets.Dropdown(options=list(KINDS), value="cosine with restarts", description="schedule")
    highest.continuous_update = decay.continuous_update = False
    return played(_explored, highest, decay, kind)


@drawn
def _explored(lr, decay, kind) -> Picture:
    t = np.arange(STEPS)
    rate = KINDS[kind](lr, decay)(t)
    alt = (
        f"{kind.capitalize()} over {STEPS} steps: from {rate[0]:.3g} to {rate[-1]:.3g}, highest {rate.max():.3g} at "
        f"step {rate.argmax()}. The rates add up to {rate.sum():.3g}."
    )
    picture = Picture(alt, height=2.9)
    left, right = picture.panels("learning rate", "sum of the rates so far")
    left.plot(t, rate, color=BLUE)
    left.set(xlabel="step", ylim=(0, 1.05))
    right.plot(t, np.cumsum(rate), color=BLUE)
    right.set(xlabel="step", ylim=(0, STEPS))
    return picture
