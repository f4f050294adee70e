"""Pictures of clipping: what is left of an arrow, and a cliff with and without it."""

import numpy as np
from matplotlib.patches import Circle, Rectangle

from course_lib.figures.moving import Moving
from course_lib.figures.picture import BLUE, GRAY, GREEN, PALE, VERMILLION, Picture, drawn, note


def _degrees(a, b):
    return float(np.degrees(np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1))))


@drawn
def arrows(gradient, by_value, by_norm, limit) -> Picture:
    """A gradient (2,) and what each way of clipping leaves of it; the limits as a square and a circle."""
    gradient, by_value, by_norm = (np.asarray(g, float) for g in (gradient, by_value, by_norm))
    turned = _degrees(gradient, by_value), _degrees(gradient, by_norm)
    alt = (
        f"The gradient ({gradient[0]:.3g}, {gradient[1]:.3g}), clipped at {limit:g}. By value "
        f"({by_value[0]:.3g}, {by_value[1]:.3g}), turned by {turned[0]:.0f} degrees. By norm "
        f"({by_norm[0]:.3g}, {by_norm[1]:.3g}), turned by {turned[1]:.0f} degrees."
    )
    picture = Picture(alt, height=2.9)
    left, right = picture.panels(f"by value: turned by {turned[0]:.0f}°", f"by norm: turned by {turned[1]:.0f}°")
    side = 1.25 * limit
    for panel, clipped, color in ((left, by_value, VERMILLION), (right, by_norm, GREEN)):
        far = gradient * side / np.abs(gradient).max()
        panel.plot([0, far[0]], [0, far[1]], color=PALE, linewidth=5, solid_capstyle="butt")
        note(panel, "gray: to the gradient", (0, -0.5 * limit), (0, 0), ha="center", color=GRAY)
        panel.annotate("", clipped, (0, 0), arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2.4})
        panel.set(xlim=(-side, side * 1.04), ylim=(-side, side), aspect="equal", xlabel="weight 1", ylabel="weight 2")
    left.add_patch(Rectangle((-limit, -limit), 2 * limit, 2 * limit, fill=False, edgecolor=GRAY, linestyle="--"))
    right.add_patch(Circle((0, 0), limit, fill=False, edgecolor=GRAY, linestyle="--"))
    return picture


def cliff(paths, height, edges, frames=6) -> Moving:
    """Descents on a curve with a cliff, a panel for each name; paths: name -> places (T,); edges: what is drawn."""
    low, high = edges
    told = [f"{name}: from {p[0]:.3g} to {p[-1]:.3g}, {_most(p)} the longest step" for name, p in paths.items()]
    steps = len(next(iter(paths.values()))) - 1
    alt = f"Descent on a curve with a cliff, {steps} steps. {'; '.join(told)}."
    shown = np.unique(np.linspace(0, steps, frames).round().astype(int))
    return Moving(alt, [_descended(paths, height, low, high, int(n)) for n in shown], seconds=0.6)


def _most(path):
    return f"{np.abs(np.diff(path)).max():.2g}"


@drawn
def _descended(paths, height, low, high, n):
    picture = Picture(f"The descents after {n} steps, each on its own curve, beside one another.", height=2.7)
    panels = picture.panels(*paths, sharey=True)
    w = np.linspace(low, high, 400)
    for panel, path in zip(panels, paths.values()):
        seen = np.asarray(path[: n + 1])
        panel.plot(w, height(w), color=PALE, linewidth=3)
        inside = seen[(seen >= low) & (seen <= high)]
        panel.plot(inside, height(inside), "o", color=BLUE, markersize=4)
        if low <= seen[-1] <= high:
            panel.plot(seen[-1], height(seen[-1]), "o", color=VERMILLION, markersize=8)
        else:
            panel.text(
                0.5, 0.88, f"out of the picture: {seen[-1]:.3g}".replace("-", "−"),
                transform=panel.transAxes, ha="center", color=VERMILLION, fontsize=9.5,
            )  # fmt: skip
        panel.text(0.03, 0.76, f"step {n}", transform=panel.transAxes, fontsize=9.5)
        panel.set(xlabel="weight", xlim=(low, high), ylim=(-0.05 * height(w).max(), 1.05 * height(w).max()))
    panels[0].set_ylabel("loss")
    return picture
