"""The picture with sliders: a polynomial, its degree, the strength of an L2 penalty, and new points."""

import numpy as np

from course_lib.figures.controls import played
from course_lib.figures.picture import BLUE, DASHED, PALE, VERMILLION, Picture, drawn


def explorer():
    """Choose the degree, the penalty and the number of points; see the fit and both errors."""
    import ipywidgets

    degree = ipywidgets.IntSlider(value=11, min=1, max=15, description="degree")
    power = ipywidgets.FloatSlider(value=-8, min=-8, max=1, step=0.5, description="log₁₀ of λ")
    points = ipywidgets.IntSlider(value=14, min=6, max=120, step=2, description="points")
    for slider in (degree, power, points):
        slider.continuous_update = False
    return played(_explored, degree, power, points)


@drawn
def _explored(degree, power, points) -> Picture:
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, points)
    y = truth(x) + 0.3 * rng.normal(size=points)
    powers = np.polynomial.legendre.legvander(x, degree)
    pull = points * 10.0**power * np.diag([0.0] + [1.0] * degree)  # the constant is not penalized
    w = np.linalg.solve(powers.T @ powers + pull, powers.T @ y)
    grid = np.linspace(-1, 1, 400)
    fit = np.polynomial.legendre.legval(grid, w)
    seen, new = np.mean((powers @ w - y) ** 2), np.mean((fit - truth(grid)) ** 2) + 0.3**2
    alt = (
        f"Degree {degree}, λ = 1e{power:g}, {points} points: squared error {seen:.2g} at the points and {new:.2g} for "
        f"new ones; the weights have length {np.linalg.norm(w[1:]):.2g}."
    )
    picture = Picture(alt, height=3.2)
    (panel,) = picture.panels(f"error at the points {seen:.2g}, for new ones {new:.2g}")
    panel.plot(grid, truth(grid), color=PALE, linestyle=DASHED, label="the truth")
    panel.plot(grid, np.clip(fit, -4, 4), color=BLUE, label="the fit")
    panel.plot(x, y, "o", color=VERMILLION, markersize=4.5, label="the points")
    panel.set(ylim=(-2.6, 2.6), xlabel="x", ylabel="y")
    picture.legend_above(panel)
    return picture


def truth(x):
    return np.sin(3 * x)
