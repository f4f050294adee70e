"""Pictures of the losses of a number and of the losses of a margin."""

from typing import Any

import numpy as np

from course_lib import datasets, losses
from course_lib.figures.picture import (
    BLACK,
    BLUE,
    DASHDOT,
    DASHED,
    DOTTED,
    GRAY,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    SOLID,
    VERMILLION,
    Picture,
    drawn,
    note,
)

# One color and one line style for each loss, in every picture.
LOOKS: dict[str, dict[str, Any]] = {
    "MeanSquaredError": {"color": VERMILLION, "linestyle": SOLID},
    "MeanAbsoluteError": {"color": BLUE, "linestyle": DASHED},
    "Huber": {"color": GREEN, "linestyle": DASHDOT},
    "SmoothL1": {"color": SKY, "linestyle": DOTTED},
    "LogCosh": {"color": PURPLE, "linestyle": (0, (3, 1.5))},
    "Hinge": {"color": BLUE, "linestyle": DASHED},
    "SquaredHinge": {"color": VERMILLION, "linestyle": SOLID},
    "SoftMargin": {"color": GREEN, "linestyle": DASHDOT},
}
ERROR_LOSSES = ("MeanSquaredError", "MeanAbsoluteError", "Huber", "SmoothL1", "LogCosh")
MARGIN_LOSSES = ("Hinge", "SquaredHinge", "SoftMargin")
ERROR, PULL = "error  (prediction − target)", "d loss / d prediction"


def words(name):
    """The loss's name as one writes it in a sentence: "MeanSquaredError" -> "mean squared error"."""
    spelled = "".join(f" {c}" if c.isupper() and i else c for i, c in enumerate(name)).lower()
    return {"huber": "Huber", "smooth l1": "smooth L1", "log cosh": "log-cosh"}.get(spelled, spelled)


def make(name, delta=1.0, **options):
    return losses.Huber(delta, **options) if name == "Huber" else getattr(losses, name)(**options)


def curve(name, prediction, target, delta=1.0):
    """Loss and gradient of every entry on its own."""
    loss = make(name, delta, reduction="none")
    value = loss.forward(prediction, np.broadcast_to(target, prediction.shape).astype(float))
    return value, loss.backward()


def fit_line(loss, x, y, steps=600, lr=0.5, decay=0.99):
    """Slope and intercept of the line with the smallest loss, by gradient descent with a shrinking rate."""
    z = (x - x.mean()) / x.std()  # centered and scaled, so that slope and level do not disturb each other
    slope = level = 0.0
    for step in range(steps):
        loss.forward(slope * z + level, y)
        g = loss.backward()
        rate = lr * decay**step
        slope, level = slope - rate * np.sum(g * z), level - rate * np.sum(g)
    slope = slope / x.std()
    return float(slope), float(level - slope * x.mean())


@drawn
def best_constant(y=(1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 20.0)) -> Picture:
    """If one number must stand for all of them, which one has the smallest loss?"""
    y = np.asarray(y, dtype=float)
    guesses = np.linspace(y.min() - 1, y.max() + 1, 441)
    picture = Picture(
        f"Two curves over one guess for {len(y)} numbers between {y.min():g} and {y.max():g}. The mean squared error "
        f"is a parabola, lowest at the mean, {y.mean():.2f}. The mean absolute error has straight pieces and is lowest "
        f"at the median, {np.median(y):g}."
    )
    height = [0.03 + 0.05 * np.sum(y[:i] == number) for i, number in enumerate(y)]  # equal numbers are stacked
    panels = picture.panels("Mean squared error", "Mean absolute error")
    for panel, name, label, center in zip(panels, ERROR_LOSSES, ("mean", "median"), (y.mean(), np.median(y))):
        value = [make(name).forward(np.full_like(y, guess), y) for guess in guesses]
        best = center, make(name).forward(np.full_like(y, center), y)
        panel.plot(guesses, value, **LOOKS[name] | {"linestyle": SOLID})
        panel.plot(y, height, "o", color=GRAY, markersize=4.5, transform=panel.get_xaxis_transform())
        panel.plot(*best, "o", color=BLACK)
        note(panel, f"{label} {center:.3g}", best, (10, -14), fontsize=10)
        panel.set(xlabel=f"one guess for all {len(y)}  (gray dots)", ylabel="loss", ylim=(0, None))
    return picture


@drawn
def value_and_gradient(names, delta=1.0) -> Picture:
    """Each loss for one example, and its slope beside it: the slope is what the optimizer feels."""
    names = list(names)
    margins = set(names) <= set(MARGIN_LOSSES)
    if not names or not (margins or set(names) <= set(ERROR_LOSSES)):
        raise ValueError(f"names are {names}; take them all from {ERROR_LOSSES} or all from {MARGIN_LOSSES}")
    x = np.linspace(-3, 3, 601)
    seen = {name: curve(name, x, 1.0 if margins else 0.0, delta) for name in names}
    where, at = ("margin −2", 100) if margins else ("error 3", 600)
    told = [f"{words(name)} {value[at]:.2f} with slope {slope[at]:.2f}" for name, (value, slope) in seen.items()]
    picture = Picture(f"Loss of one example and, beside it, its gradient. At {where}: {', '.join(told)}.")
    left, right = picture.panels("Loss", "Gradient: how hard it pulls")
    for name, (value, slope) in seen.items():
        label = words(name) + f", δ = {delta:g}" * (name == "Huber")
        left.plot(x, value, **LOOKS[name], label=label)
        jump = np.abs(np.diff(slope, prepend=slope[0])) > 0.5
        right.plot(x, np.where(jump, np.nan, slope), **LOOKS[name])  # a jump is not a steep line
    horizontal = "margin  (target × score)" if margins else ERROR
    left.set(xlabel=horizontal, ylabel="loss", ylim=(-0.15, 5))
    right.set(xlabel=horizontal, ylabel="d loss / d score" if margins else PULL)
    right.set_ylim((-4.2, 1) if margins else (-3.4, 3.4))
    picture.legend_above(left, columns=3 if len(names) == 5 else 4)
    return picture


@drawn
def huber_seam(delta=1.0) -> Picture:
    """The two branches of Huber's loss meet at |e| = δ in height and in slope; without −½δ² they would not."""
    e = np.linspace(-3 * delta, 3 * delta, 601)
    value, slope = curve("Huber", e, 0.0, delta)
    picture = Picture(
        f"Huber loss with δ = {delta:g}: a parabola between −{delta:g} and {delta:g}, straight lines outside. They "
        f"meet at height {delta**2 / 2:g}; a line δ|e| without −½δ² is at {delta**2:g} there, a jump. The gradient "
        f"rises from −{delta:g} to {delta:g} and stays there."
    )
    left, right = picture.panels("The seam in the loss", "The seam in the gradient")
    left.plot(e, value, color=GREEN, linewidth=2.6, label="Huber")
    left.plot(e, e**2 / 2, color=VERMILLION, linestyle=DOTTED, label="½e² everywhere")
    jumping = np.where(np.abs(e) < delta, np.nan, delta * np.abs(e))
    left.plot(e, jumping, color=BLUE, linestyle=DASHED, label="δ|e|: a jump")
    right.plot(e, slope, color=GREEN, linewidth=2.6)
    right.plot(e, e, color=VERMILLION, linestyle=DOTTED)
    for panel in (left, right):
        panel.set_xlabel(ERROR)
        panel.set_xticks([-2 * delta, -delta, 0, delta, 2 * delta], ["−2δ", "−δ", "0", "δ", "2δ"])
    left.set(ylabel="loss", ylim=(0, 3.2 * delta**2))
    right.set(ylabel=PULL, ylim=(-2 * delta, 2 * delta))
    picture.legend_above(left)
    return picture


@drawn
def huber_and_log_cosh() -> Picture:
    """How near is log-cosh to Huber's loss with δ = 1?"""
    e = np.linspace(-6, 6, 601)
    seen = {name: curve(name, e, 0.0)[0] for name in ("Huber", "LogCosh")}
    gap, limit = seen["Huber"] - seen["LogCosh"], np.log(2) - 0.5
    picture = Picture(
        f"Huber with δ = 1 and log-cosh have the same shape, log-cosh a little lower. The gap beside it grows from 0 "
        f"at error 0 to {gap.max():.3f} and does not exceed log 2 − ½ = {limit:.3f}."
    )
    left, right = picture.panels("Two losses", "Huber minus log-cosh")
    for name, value in seen.items():
        left.plot(e, value, **LOOKS[name], label=words(name))
    right.plot(e, gap, color=BLACK)
    right.axhline(limit, color=GRAY, linestyle=DASHED, linewidth=1.3)
    note(right, f"log 2 − ½ = {limit:.3f}", (0, limit), (0, 4), ha="center")
    left.set(xlabel=ERROR, ylabel="loss", ylim=(0, None))
    right.set(xlabel=ERROR, ylabel="difference", ylim=(0, 0.23))
    picture.legend_above(left)
    return picture


@drawn
def outlier_fit(names, outlier=20.0, delta=1.0) -> Picture:
    """One line fitted by each loss while one point is far off, and how hard that point pulls."""
    x, y = datasets.line(np.random.default_rng(4), outlier=outlier)
    fits = {name: fit_line(make(name, delta), x, y, lr=0.5 / min(delta, 1)) for name in names}
    told = [f"{words(name)} finds slope {slope:.2f}" for name, (slope, _) in fits.items()]
    picture = Picture(
        f"Twelve points near a line of slope 2, one of them lifted by {outlier:g}: {'; '.join(told)}. Beside it the "
        f"gradient of each loss over the error, with a dot where the lifted point is."
    )
    left, right = picture.panels("The fitted lines", "The pull of the lifted point")
    left.plot(x, y, "o", color=BLACK, markersize=5)
    left.plot(x[-2], y[-2], "o", color=BLACK, markersize=11, markerfacecolor="none")
    errors = {name: slope * x[-2] + level - y[-2] for name, (slope, level) in fits.items()}
    reach = 1.15 * max([3.0, *map(abs, errors.values())])
    e = np.linspace(-reach, reach, 401)
    for i, (name, (slope, level)) in enumerate(fits.items()):
        left.plot(x, slope * x + level, **LOOKS[name], label=f"{words(name)} (slope {slope:.2f})")
        right.plot(e, curve(name, e, 0.0, delta)[1], **LOOKS[name])
        at = np.array([errors[name]])
        pull = curve(name, at, 0.0, delta)[1]
        right.plot(at, pull, "o", color=LOOKS[name]["color"], markersize=12 - 2 * i)  # dots in one place stay visible
    left.set(xlabel="x", ylabel="y")
    right.set(xlabel=ERROR, ylabel=PULL)
    most = 2.2 * reach if "MeanSquaredError" in fits else max(2.0, 1.3 * delta)
    right.set_ylim(-most, most)
    picture.legend_above(left, columns=2)
    return picture


@drawn
def outlier_drag(names) -> Picture:
    """The slope that each loss finds while one point is dragged upwards."""
    lifts = np.linspace(0, 40, 17)
    clouds = [datasets.line(np.random.default_rng(4), outlier=lift) for lift in lifts]
    slopes = {name: [fit_line(make(name), x, y)[0] for x, y in clouds] for name in names}
    told = [f"{words(name)} from {found[0]:.2f} to {found[-1]:.2f}" for name, found in slopes.items()]
    picture = Picture(
        f"Fitted slope while one of twelve points is dragged up by 0 to 40, where 2 is true: {', '.join(told)}.",
        height=3,
    )
    (panel,) = picture.panels("What one point does to the slope")
    panel.axhline(2, color=GRAY, linewidth=1.2)
    note(panel, "true slope", (40, 2), (0, -12), ha="right", color=GRAY)
    for name, found in slopes.items():
        panel.plot(lifts, found, **LOOKS[name], label=words(name))
    panel.set(xlabel="how far the point is lifted (units of y)", ylabel="fitted slope", ylim=(1, None))
    picture.legend_above(panel)
    return picture


@drawn
def relative_errors(target=100.0) -> Picture:
    """Percentage and logarithmic errors of one example: which mistakes do they call equally bad?"""
    prediction, marks = np.linspace(0.5, 3.2 * target, 600), np.array([target / 2, target * 2])
    names = ("MeanAbsolutePercentageError", "MeanSquaredLogarithmicError")
    percent, log = (curve(name, marks, target)[0] for name in names)
    picture = Picture(
        f"Loss of one prediction when the target is {target:g}. The percentage error is a V: {percent[0]:.2f} at half "
        f"of the target, {percent[1]:.2f} at double. The squared logarithmic error is steep below the target and flat "
        f"above: {log[0]:.2f} and {log[1]:.2f}."
    )
    panels = picture.panels("Absolute percentage error", "Squared logarithmic error")
    for panel, name, costs in zip(panels, names, (percent, log)):
        panel.plot(prediction, curve(name, prediction, target)[0], color=ORANGE)
        panel.plot(marks, costs, "o", color=BLACK)
        for label, mark, cost, shift in zip(("half", "double"), marks, costs, ((8, 4), (8, -12))):
            note(panel, f"{label}: {cost:.2f}", (mark, cost), shift)
        panel.axvline(target, color=GRAY, linestyle=DOTTED, linewidth=1.3)
        panel.set(xlabel=f"prediction  (the target is {target:g})", ylabel="loss", ylim=(0, 2.6))
    return picture


@drawn
def poisson_fit() -> Picture:
    """Counts, fitted by a line under squared error and by a log-linear rate under the Poisson loss."""
    x, counts = datasets.counts(np.random.default_rng(2))
    slope, level = fit_line(losses.MeanSquaredError(), x, counts)
    growth, start = fit_line(losses.PoissonNLL(), x, counts, lr=0.05, decay=0.995, steps=1500)
    picture = Picture(
        f"Counts that grow with x. The squared-error line predicts {level:.2f} events at x = 0, which cannot be. The "
        f"Poisson rate bends with the data and is {np.exp(start):.2f} there. Beside it the Poisson loss for counts 0, "
        f"1 and 5 over the rate, each lowest where the rate is the count."
    )
    left, right = picture.panels("Two fits of counts", "Poisson loss of one count")
    left.plot(x, counts, "o", color=BLACK, markersize=3.5, alpha=0.7)
    grid = np.linspace(0, 2.5, 100)
    left.plot(grid, slope * grid + level, color=VERMILLION, label="line, squared error")
    left.plot(grid, np.exp(growth * grid + start), color=GREEN, linestyle=DASHDOT, label="rate, Poisson")
    left.axhline(0, color=GRAY, linewidth=1)
    left.set(xlabel="x", ylabel="count")
    left.legend(loc="upper left")
    rate = np.linspace(0.02, 9, 400)
    looks = (
        (0.0, BLUE, SOLID, (-8, 4), "right"),
        (1.0, ORANGE, DASHED, (8, -12), "left"),
        (5.0, PURPLE, DOTTED, (0, 8), "center"),
    )
    for count, color, style, shift, side in looks:
        right.plot(rate, curve("PoissonNLL", np.log(rate), count)[0], color=color, linestyle=style)
        note(right, f"count {count:g}", (6, 6 - count * np.log(6)), shift, ha=side)
    right.set(xlabel="predicted rate", ylabel="loss (nats)", ylim=(-4, 9))
    return picture


@drawn
def cosine_angle() -> Picture:
    """The cosine loss sees the angle between two vectors and not their lengths."""
    angle = np.linspace(0, 180, 181)
    turned = np.stack([np.cos(np.radians(angle)), np.sin(np.radians(angle))], axis=1)
    value = losses.CosineSimilarity(reduction="none").forward(turned, np.tile([1.0, 0.0], (181, 1)))
    picture = Picture(
        f"Left: a target arrow and three predictions of different length, all turned away by 50 degrees; each has the "
        f"loss {value[50]:.2f}. Right: the loss over the angle, {value[0]:.0f} at 0, {value[90]:.0f} at 90 and "
        f"{value[180]:.0f} at 180 degrees."
    )
    left, right = picture.panels("Same direction, same loss", "Loss over the angle")
    arrow = {"arrowstyle": "-|>", "linewidth": 2, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 14}
    for length in (2.4, 1.6, 0.8):
        left.annotate("", length * turned[50], (0, 0), arrowprops=arrow | {"color": ORANGE})
        note(left, f"{value[50]:.2f}", length * turned[50], (7, -4))
    left.annotate("", (1.8, 0), (0, 0), arrowprops=arrow | {"color": BLACK})
    note(left, "target", (1.8, 0), (6, -3))
    left.set(xlim=(-0.3, 2.8), ylim=(-0.3, 2.1), xlabel="first component", ylabel="second component", aspect="equal")
    right.plot(angle, value, color=ORANGE)
    right.set(xlabel="angle to the target (degrees)", ylabel="1 − cosine", xticks=[0, 45, 90, 135, 180])
    return picture
