"""Pictures of two clouds, one of which learns to lie where the other one lies."""

import numpy as np

from course_lib.figures.moving import Moving
from course_lib.figures.picture import BLUE, DASHED, PALE, SERIES, VERMILLION, Picture, drawn


@drawn
def pulls(steps, curves) -> Picture:
    """How hard the generator is pulled, over the training of its judge; curves: name -> (T,)."""
    told = [f"{name} from {curve[0]:.2g} to {curve[-1]:.2g}" for name, curve in curves.items()]
    picture = Picture(
        f"Length of the generator's gradient while its judge trains from step {steps[0]} to {steps[-1]}: "
        f"{'; '.join(told)}.",
        height=3.0,
    )
    (panel,) = picture.panels("")
    for (name, curve), (color, style) in zip(curves.items(), SERIES):
        panel.plot(steps, curve, color=color, linestyle=style, label=name)
    panel.set(xlabel="steps of the judge", ylabel="length of the gradient", xscale="log", yscale="log")
    picture.legend_above(panel, columns=3)
    return picture


def clouds(fake, real, shifts, steps) -> Moving:
    """The invented cloud on its way; fake, real (N, 2); shifts: name -> (T, 2), how far it has moved; steps to show."""
    goal = real.mean(axis=0) - fake.mean(axis=0)
    left = {
        name: [float(np.linalg.norm(goal - shift[t])) for t in (steps[0], steps[-1])] for name, shift in shifts.items()
    }
    told = [f"{name} from {first:.1f} to {last:.1f}" for name, (first, last) in left.items()]
    return Moving(
        f"Two clouds of {len(real)} points, one of them moves. Distance of the centers over {steps[-1]} steps: "
        f"{'; '.join(told)}.",
        [_moment(fake, real, shifts, t) for t in steps],
        seconds=0.35,
    )


@drawn
def _moment(fake, real, shifts, t) -> Picture:
    far = [f"{name} {np.linalg.norm(real.mean(axis=0) - fake.mean(axis=0) - s[t]):.2f}" for name, s in shifts.items()]
    picture = Picture(f"After {t} steps of the generator; distance of the centers: {', '.join(far)}.", height=2.6)
    panels = picture.panels(*(f"{name}, step {t}" for name in shifts), sharey=True)
    low = np.minimum(fake.min(axis=0), real.min(axis=0)) - 0.5
    high = np.maximum(fake.max(axis=0), real.max(axis=0)) + 0.5
    for panel, shift in zip(panels, shifts.values()):
        panel.plot(*real.T, "o", color=BLUE, markersize=3, alpha=0.6)
        panel.plot(*(fake + shift[t]).T, "^", color=VERMILLION, markersize=3, alpha=0.6)
        panel.plot(*(fake.mean(axis=0) + shift[: t + 1]).T, color=PALE, linestyle=DASHED, linewidth=1.5)
        panel.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        panel.set_xticks([])
        panel.set_yticks([])
    return picture
