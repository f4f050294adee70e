"""The pictures of the losses. What is drawn is computed by `course_lib.losses`, not by a second formula."""

import numpy as np

from course_lib import datasets, losses
from course_lib.figures.picture import (
    BLACK,
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    Picture,
    drawn,
)

# One color and one line style for each loss, in every picture.
LOOKS = {
    "MeanSquaredError": (VERMILLION, "-"),
    "MeanAbsoluteError": (BLUE, (0, (5, 2))),
    "Huber": (GREEN, (0, (6, 2, 1.5, 2))),
    "SmoothL1": (SKY, (0, (1.2, 1.5))),
    "LogCosh": (PURPLE, (0, (3, 1.5))),
    "Hinge": (BLUE, (0, (5, 2))),
    "SquaredHinge": (VERMILLION, "-"),
    "SoftMargin": (GREEN, (0, (6, 2, 1.5, 2))),
}
ERROR_LOSSES = ("MeanSquaredError", "MeanAbsoluteError", "Huber", "SmoothL1", "LogCosh")
MARGIN_LOSSES = ("Hinge", "SquaredHinge", "SoftMargin")


def words(name):
    """ "MeanSquaredError" -> "mean squared error", "SmoothL1" -> "smooth L1" """
    spelled = "".join(f" {c}" if c.isupper() and i else c for i, c in enumerate(name)).lower()
    return {"huber": "Huber", "smooth l1": "smooth L1", "log cosh": "log-cosh"}.get(spelled, spelled)


def curve(loss, prediction, target):
    """Loss and gradient of every entry on its own, where `loss` was made with reduction="none"."""
    value = loss.forward(prediction, np.broadcast_to(target, prediction.shape).astype(float))
    return value, loss.backward()


def fit_line(loss, x, y, steps=600, lr=0.5, decay=0.99):
    """Slope and intercept of the line with the smallest loss, by gradient descent with a shrinking rate."""
    z = (x - x.mean()) / x.std()  # centered and scaled, so that slope and level do not disturb each other
    slope = level = 0.0
    for step in range(steps):
        loss.forward(slope * z + level, y)
        g = loss.backward()
        rate = lr * len(x) * decay**step
        slope, level = slope - rate * np.mean(g * z), level - rate * np.mean(g)
    slope = slope / x.std()
    return float(slope), float(level - slope * x.mean())


def _made(name, delta=1.0, **options):
    return losses.Huber(delta, **options) if name == "Huber" else getattr(losses, name)(**options)


@drawn
def best_constant(y=(1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 20.0)) -> Picture:
    """If one number must stand for all of them, which one has the smallest loss?"""
    y = np.asarray(y, dtype=float)
    guesses = np.linspace(y.min() - 1, y.max() + 1, 441)
    mean, median = y.mean(), np.median(y)
    picture = Picture(
        f"Two curves over one guess for seven numbers, six of them from {y[0]:g} to {y[-2]:g} and one at {y[-1]:g}. The mean "
        f"squared error is a parabola with its lowest point at the mean, {mean:.2f}. The mean absolute error is made of "
        f"straight pieces with its lowest point at the median, {median:g}."
    )
    panels = picture.panels("Mean squared error", "Mean absolute error")
    for panel, name, best, label in zip(panels, ERROR_LOSSES, (mean, median), ("mean", "median")):
        loss = _made(name)
        value = [loss.forward(np.full_like(y, guess), y) for guess in guesses]
        lowest = loss.forward(np.full_like(y, best), y)
        panel.plot(guesses, value, color=LOOKS[name][0])
        panel.plot(
            y,
            np.zeros_like(y),
            "|",
            color=BLACK,
            markersize=14,
            markeredgewidth=1.6,
            clip_on=False,
            label="data",
        )
        panel.plot(best, lowest, "o", color=BLACK)
        panel.annotate(
            f"{label} {best:.3g}", (best, lowest), (10, 16), textcoords="offset points", fontsize=10
        )
        panel.set(xlabel="one guess for all seven", ylabel="loss", ylim=(0, None))
    return picture


@drawn
def value_and_gradient(names, delta=1.0) -> Picture:
    """Each loss for one example, and its slope beside it: the slope is what the optimizer feels."""
    names = list(names)
    margins = set(names) <= set(MARGIN_LOSSES)
    if not names or not (margins or set(names) <= set(ERROR_LOSSES)):
        raise ValueError(f"names are {names}; take them all from {ERROR_LOSSES} or all from {MARGIN_LOSSES}")
    x = np.linspace(-3, 3, 601)
    seen = {name: curve(_made(name, delta, reduction="none"), x, 1.0 if margins else 0.0) for name in names}
    where = "margin −2" if margins else "error 3"
    at = 100 if margins else 600
    told = ", ".join(
        f"{words(name)} {value[at]:.2f} with slope {slope[at]:.2f}" for name, (value, slope) in seen.items()
    )
    picture = Picture(f"Loss of one example on the left and its gradient on the right. At {where}: {told}.")
    left, right = picture.panels("Loss", "Gradient: how hard it pulls")
    for name, (value, slope) in seen.items():
        color, style = LOOKS[name]
        left.plot(
            x,
            value,
            color=color,
            linestyle=style,
            label=words(name) + (f", δ = {delta:g}" * (name == "Huber")),
        )
        right.plot(x, slope, color=color, linestyle=style)
    horizontal = "margin  (target × score)" if margins else "error  (prediction − target)"
    left.set(xlabel=horizontal, ylabel="loss", ylim=(-0.15, 5))
    right.set(xlabel=horizontal, ylabel="d loss / d " + ("score" if margins else "prediction"))
    right.set_ylim(*((-4.2, 1) if margins else (-3.4, 3.4)))
    picture.legend_above(left, columns=3 if len(names) == 5 else 4)
    return picture


@drawn
def huber_seam(delta=1.0) -> Picture:
    """The two branches of Huber's loss meet at |e| = δ in height and in slope; without −½δ² they would not."""
    e = np.linspace(-3 * delta, 3 * delta, 601)
    value, slope = curve(losses.Huber(delta, reduction="none"), e, 0.0)
    picture = Picture(
        f"Huber loss with delta {delta:g}: a parabola between −{delta:g} and {delta:g}, straight lines outside. Both meet at height "
        f"{delta**2 / 2:g}. A line δ|e| without its −½δ² would be at {delta**2:g} there, a jump. The gradient beside it rises "
        f"from −{delta:g} to {delta:g} and stays there."
    )
    left, right = picture.panels("The seam in the loss", "The seam in the gradient")
    left.plot(e, value, color=GREEN, linewidth=2.6, label="Huber")
    left.plot(e, e**2 / 2, color=VERMILLION, linestyle=(0, (1.2, 1.5)), label="½e² everywhere")
    far = np.abs(e) >= delta
    for side in (e < 0, e > 0):
        left.plot(
            e[far & side],
            delta * np.abs(e[far & side]),
            color=BLUE,
            linestyle=(0, (5, 2)),
            label="δ|e|: a jump" * bool(side[-1]),
        )
    right.plot(e, slope, color=GREEN, linewidth=2.6)
    right.plot(e, e, color=VERMILLION, linestyle=(0, (1.2, 1.5)))
    for panel in (left, right):
        panel.set_xlabel("error  (prediction − target)")
        panel.set_xticks([-2 * delta, -delta, 0, delta, 2 * delta], ["−2δ", "−δ", "0", "δ", "2δ"])
    left.set(ylabel="loss", ylim=(0, 3.2 * delta**2))
    right.set(ylabel="d loss / d prediction", ylim=(-2 * delta, 2 * delta))
    picture.legend_above(left)
    return picture


@drawn
def huber_and_log_cosh() -> Picture:
    """How near is log-cosh to Huber's loss with δ = 1?"""
    e = np.linspace(-6, 6, 601)
    seen = {name: curve(_made(name, reduction="none"), e, 0.0)[0] for name in ("Huber", "LogCosh")}
    gap = seen["Huber"] - seen["LogCosh"]
    limit = np.log(2) - 0.5
    picture = Picture(
        f"Huber loss with delta 1 and log-cosh have the same shape. Log-cosh is never above Huber; the gap beside it grows "
        f"from 0 to {gap.max():.3f} and stays below log 2 − ½ = {limit:.3f}."
    )
    left, right = picture.panels("Two losses", "Huber minus log-cosh")
    for name, value in seen.items():
        left.plot(e, value, color=LOOKS[name][0], linestyle=LOOKS[name][1], label=words(name))
    right.plot(e, gap, color=BLACK)
    right.axhline(limit, color=GRAY, linestyle=(0, (5, 3)), linewidth=1.3)
    right.annotate(
        f"log 2 − ½ = {limit:.3f}", (0, limit), (0, 4), textcoords="offset points", ha="center", fontsize=9.5
    )
    for panel in (left, right):
        panel.set_xlabel("error  (prediction − target)")
    left.set(ylabel="loss", ylim=(0, None))
    right.set(ylabel="difference", ylim=(0, 0.23))
    picture.legend_above(left)
    return picture


@drawn
def outlier_fit(names, outlier=20.0, delta=1.0) -> Picture:
    """One line fitted by each loss while one point is far off, and how hard that point pulls."""
    x, y = datasets.line(np.random.default_rng(4), outlier=outlier)
    fits = {name: fit_line(_made(name, delta), x, y) for name in names}
    told = "; ".join(f"{words(name)} finds slope {slope:.2f}" for name, (slope, _) in fits.items())
    picture = Picture(
        f"Twelve points near a line of slope 2, one of them lifted by {outlier:g}. {told}. Beside it, the gradient of each loss "
        f"over the error, with a dot where the lifted point is."
    )
    left, right = picture.panels("The fitted lines", "The pull of the lifted point")
    left.plot(x, y, "o", color=BLACK, markersize=5)
    left.plot(x[-2], y[-2], "o", color=BLACK, markersize=11, markerfacecolor="none")
    errors = {name: slope * x[-2] + level - y[-2] for name, (slope, level) in fits.items()}
    reach = max(3.0, 1.15 * max(abs(error) for error in errors.values()))
    e = np.linspace(-reach, reach, 401)
    for name, (slope, level) in fits.items():
        color, style = LOOKS[name]
        loss = _made(name, delta, reduction="none")
        left.plot(
            x, slope * x + level, color=color, linestyle=style, label=f"{words(name)} (slope {slope:.2f})"
        )
        right.plot(e, curve(loss, e, 0.0)[1], color=color, linestyle=style)
        at = np.array([errors[name]])
        right.plot(at, curve(loss, at, 0.0)[1], "o", color=color, markersize=8)
    left.set(xlabel="x", ylabel="y")
    right.set(xlabel="error  (prediction − target)", ylabel="d loss / d prediction")
    pull = max(6.0, 1.3 * delta)
    right.set_ylim(*((-2.2 * reach, 2.2 * reach) if "MeanSquaredError" in fits else (-pull, pull)))
    picture.legend_above(left, columns=2)
    return picture


@drawn
def outlier_drag(names) -> Picture:
    """The slope that each loss finds while one point is dragged upwards."""
    lifts = np.linspace(0, 40, 17)
    slopes = {name: [] for name in names}
    for lift in lifts:
        x, y = datasets.line(np.random.default_rng(4), outlier=lift)
        for name in names:
            slopes[name].append(fit_line(_made(name), x, y)[0])
    told = ", ".join(
        f"{words(name)} from {found[0]:.2f} to {found[-1]:.2f}" for name, found in slopes.items()
    )
    picture = Picture(
        f"Fitted slope while one of twelve points is dragged up by 0 to 40: {told}. The true slope is 2.",
        height=3.0,
    )
    (panel,) = picture.panels("What one point does to the slope")
    panel.axhline(2, color=GRAY, linewidth=1.2)
    panel.annotate(
        "true slope", (40, 2), (0, -12), textcoords="offset points", ha="right", fontsize=9.5, color=GRAY
    )
    for name, found in slopes.items():
        panel.plot(lifts, found, color=LOOKS[name][0], linestyle=LOOKS[name][1], label=words(name))
    panel.set(xlabel="how far the point is lifted (units of y)", ylabel="fitted slope", ylim=(1, None))
    picture.legend_above(panel)
    return picture


@drawn
def relative_errors(target=100.0) -> Picture:
    """Percentage and logarithmic errors of one example: which mistakes do they call equally bad?"""
    prediction = np.linspace(0.5, 3.2 * target, 600)
    names = ("MeanAbsolutePercentageError", "MeanSquaredLogarithmicError")
    half, double = np.array([target / 2, target * 2])
    points = {
        name: curve(_made(name, reduction="none"), np.array([half, double]), target)[0] for name in names
    }
    percent, log = points.values()
    picture = Picture(
        f"Loss of one prediction when the target is {target:g}. The percentage error is a V: {percent[0]:.2f} at {half:g}, "
        f"{percent[1]:.2f} at {double:g}, at most 1 below the target and without limit above. The squared logarithmic error gives "
        f"{log[0]:.2f} and {log[1]:.2f}, nearly the same."
    )
    for panel, name in zip(picture.panels("Absolute percentage error", "Squared logarithmic error"), names):
        panel.plot(prediction, curve(_made(name, reduction="none"), prediction, target)[0], color=ORANGE)
        panel.plot([half, double], points[name], "o", color=BLACK)
        for at, value, label in zip((half, double), points[name], ("half", "double")):
            panel.annotate(
                f"{label}: {value:.2f}", (at, value), (6, 8), textcoords="offset points", fontsize=9.5
            )
        panel.axvline(target, color=GRAY, linestyle=(0, (1.2, 1.5)), linewidth=1.3)
        panel.set(xlabel=f"prediction  (the target is {target:g})", ylabel="loss", ylim=(0, 2.6))
    return picture


@drawn
def poisson_fit() -> Picture:
    """Counts, fitted by a line under squared error and by a log-linear rate under the Poisson loss."""
    x, counts = datasets.counts(np.random.default_rng(2))
    slope, level = fit_line(losses.MeanSquaredError(), x, counts)
    grow, start = fit_line(losses.PoissonNLL(), x, counts, lr=0.05, decay=0.995, steps=1500)
    picture = Picture(
        f"Counts that grow with x. The squared-error line {slope:.2f}x − {abs(level):.2f} predicts {level:.2f} events at x = 0, which "
        f"cannot be. The Poisson rate exp({grow:.2f}x − {abs(start):.2f}) bends with the data and stays above 0. Beside it the Poisson "
        f"loss for counts 0, 1 and 5 over the rate, lowest where the rate is the count."
    )
    left, right = picture.panels("Two fits of counts", "Poisson loss of one count")
    left.plot(x, counts, "o", color=BLACK, markersize=3.5, alpha=0.7)
    grid = np.linspace(0, 2.5, 100)
    left.plot(grid, slope * grid + level, color=VERMILLION, label="line, squared error")
    left.plot(
        grid, np.exp(grow * grid + start), color=GREEN, linestyle=(0, (6, 2, 1.5, 2)), label="rate, Poisson"
    )
    left.axhline(0, color=GRAY, linewidth=1)
    left.set(xlabel="x", ylabel="count")
    left.legend(loc="upper left")
    log_rate = np.log(np.linspace(0.02, 9, 400))
    for count, color, style in zip(
        (0.0, 1.0, 5.0), (BLUE, ORANGE, PURPLE), ("-", (0, (5, 2)), (0, (1.2, 1.5)))
    ):
        value = curve(losses.PoissonNLL(reduction="none"), log_rate, count)[0]
        right.plot(np.exp(log_rate), value, color=color, linestyle=style, label=f"count {count:g}")
    right.set(xlabel="predicted rate", ylabel="loss (nats)", ylim=(-4, 9))
    right.legend(loc="upper center", ncols=3, columnspacing=1, handlelength=2, handletextpad=0.4)
    return picture


@drawn
def cosine_angle() -> Picture:
    """The cosine loss sees the angle between two vectors and not their lengths."""
    angle = np.linspace(0, 180, 181)
    turned = np.stack([np.cos(np.radians(angle)), np.sin(np.radians(angle))], axis=1)
    target = np.tile([1.0, 0.0], (len(angle), 1))
    value = losses.CosineSimilarity(reduction="none").forward(turned, target)
    picture = Picture(
        f"On the left a target arrow and three predictions of different length, all turned by 50 degrees: they have the same loss, "
        f"{value[50]:.2f}. On the right the loss over the angle, from {value[0]:.0f} at 0 to {value[90]:.0f} at 90 and {value[180]:.0f} at 180 degrees."
    )
    left, right = picture.panels("Same direction, same loss", "Loss over the angle")
    arrow = {"arrowstyle": "-|>", "linewidth": 2, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 14}
    for length in (2.4, 1.6, 0.8):
        tip = length * turned[50]
        left.annotate("", tip, (0, 0), arrowprops=arrow | {"color": ORANGE})
        left.annotate(f"{value[50]:.2f}", tip, (7, -4), textcoords="offset points", fontsize=9.5)
    left.annotate("", (1.8, 0), (0, 0), arrowprops=arrow | {"color": BLACK})
    left.annotate("target", (1.8, 0), (6, -3), textcoords="offset points", fontsize=10)
    left.set(
        xlim=(-0.3, 2.8),
        ylim=(-0.3, 2.1),
        aspect="equal",
        xlabel="first component",
        ylabel="second component",
    )
    right.plot(angle, value, color=ORANGE)
    right.set(
        xlabel="angle between prediction and target (degrees)",
        ylabel="1 − cosine",
        xticks=[0, 45, 90, 135, 180],
    )
    return picture


@drawn
def surprise() -> Picture:
    """The price of a probability, and what reaches the logit behind it."""
    p = np.linspace(0.005, 0.995, 400)
    z = np.linspace(-6, 6, 400)
    price = {t: curve(losses.BinaryCrossEntropy(reduction="none"), p, t)[0] for t in (1.0, 0.0)}
    pull = {t: curve(losses.BinaryCrossEntropyWithLogits(reduction="none"), z, t)[1] for t in (1.0, 0.0)}
    fifty, one = -np.log(0.5), -np.log(0.01)
    picture = Picture(
        f"Left: the loss −log p of an event that happened: {fifty:.2f} for p = 0.5, {one:.2f} for p = 0.01, 0 for p = 1, and the mirror "
        f"image for an event that did not. Right: the gradient for the logit is p minus target, always between −1 and 1."
    )
    left, right = picture.panels("What a probability costs", "What reaches the logit")
    for t, color, style in ((1.0, BLUE, "-"), (0.0, VERMILLION, (0, (5, 2)))):
        left.plot(p, price[t], color=color, linestyle=style, label=f"target {t:g}")
        right.plot(z, pull[t], color=color, linestyle=style)
    left.set(xlabel="predicted probability p of class 1", ylabel="loss (nats)", ylim=(0, 5.4))
    right.set(xlabel="logit z, with p = σ(z)", ylabel="d loss / d logit  =  p − target", ylim=(-1.1, 1.1))
    picture.legend_above(left)
    return picture


@drawn
def logits_to_loss(logits=(2.0, 0.5, -1.0), label=0, gamma=0.0) -> Picture:
    """Logits, the probabilities that softmax makes of them, and the gradient that comes back."""
    logits = np.asarray([logits], dtype=float)
    loss = losses.Focal(gamma) if gamma else losses.CrossEntropy()
    value = loss.forward(logits, np.array([label]))
    gradient = loss.backward()[0]
    probs = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))[0]
    name = f"focal loss, γ = {gamma:g}" if gamma else "cross-entropy"
    told = "; ".join(
        f"class {c}: logit {z:.1f}, probability {q:.2f}, gradient {g:.2f}"
        for c, (z, q, g) in enumerate(zip(logits[0], probs, gradient))
    )
    picture = Picture(
        f"Three bar charts for three classes, the true one is {label}. {told}. The {name} is {value:.3f}.",
        height=2.9,
    )
    columns = (logits[0], probs, gradient)
    heights = ((-6, 6), (0, 1.15), (-1.2, 1.2))
    titles = ("Logits", "Probabilities", "Gradient for the logits")
    for panel, bars, (low, high) in zip(picture.panels(*titles), columns, heights):
        colors = [BLUE if c == label else "#b9b9b9" for c in range(3)]
        drawn_bars = panel.bar(range(3), bars, color=colors, edgecolor=GRAY)
        panel.bar_label(drawn_bars, fmt="%.2f", padding=2, fontsize=9.5)
        panel.axhline(0, color=GRAY, linewidth=1)
        panel.set(ylim=(low, high), xlabel="class")
        panel.set_xticks(range(3), [f"{c}\n(true)" if c == label else f"{c}" for c in range(3)])
        panel.grid(axis="x", visible=False)
    picture.suptitle(f"{name}: {value:.3f} nats", x=0.01, ha="left", fontsize=11, fontweight="bold")
    return picture


@drawn
def softmax_floor(classes=3) -> Picture:
    """What is left to learn when a softmax has been put before a loss that has its own."""
    gap = np.linspace(-4, 12, 400)
    logits = np.zeros((len(gap), classes))
    logits[:, 0] = gap
    labels = np.zeros(len(gap), dtype=int)
    probs = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    loss = losses.CrossEntropy(reduction="none")
    once, twice = loss.forward(logits, labels), loss.forward(probs, labels)
    many = np.unique(np.logspace(np.log10(2), 3, 60).astype(int))
    floor = np.log(1 + (many - 1) / np.e)
    lowest = np.log(1 + (classes - 1) / np.e)
    picture = Picture(
        f"Left, {classes} classes: as the true logit moves ahead, the cross-entropy falls to 0; with a second softmax it stops at "
        f"{lowest:.4f}. Right: that floor, log(1 + (K − 1)/e), over the number of classes K, just below log K, the loss of blind guessing."
    )
    left, right = picture.panels(f"{classes} classes", "The floor for K classes")
    left.plot(gap, once, color=BLUE, label="logits into the loss")
    left.plot(gap, twice, color=VERMILLION, linestyle=(0, (5, 2)), label="softmax first")
    left.axhline(lowest, color=GRAY, linewidth=1.2)
    left.annotate(
        f"floor {lowest:.3f}", (12, lowest), (0, 4), textcoords="offset points", ha="right", fontsize=9.5
    )
    left.set(xlabel="lead of the true logit", ylabel="loss (nats)", ylim=(0, 4.5))
    left.legend(loc="upper right")
    right.plot(many, np.log(many), color=BLACK, linestyle=(0, (1.2, 1.5)), label="blind guessing, log K")
    right.plot(many, floor, color=VERMILLION, linestyle=(0, (5, 2)), label="softmax first, at best")
    right.set(xscale="log", xlabel="number of classes K", ylabel="loss (nats)", ylim=(0, 8.6))
    right.set_xticks([2, 10, 100, 1000], ["2", "10", "100", "1000"])
    right.legend(loc="upper left")
    return picture


@drawn
def training_curves(histories, floor=None, ylabel="loss (nats)") -> Picture:
    """histories: a name -> the losses of its steps. A horizontal line at `floor` if one is given."""
    told = "; ".join(
        f"{name} from {history[0]:.3f} to {history[-1]:.3f}" for name, history in histories.items()
    )
    picture = Picture(
        f"Loss over the training steps: {told}" + (f", with a line at {floor:.3f}." if floor else "."),
        height=3.0,
    )
    (panel,) = picture.panels("Loss during training")
    looks = ((BLUE, "-"), (VERMILLION, (0, (5, 2))), (GREEN, (0, (6, 2, 1.5, 2))), (PURPLE, (0, (1.2, 1.5))))
    for (name, history), (color, style) in zip(histories.items(), looks):
        panel.plot(history, color=color, linestyle=style, label=name)
    if floor:
        panel.axhline(floor, color=GRAY, linewidth=1.2)
        panel.annotate(f"floor {floor:.3f}", (0, floor), (4, -13), textcoords="offset points", fontsize=9.5)
    panel.set(xlabel="step", ylabel=ylabel, ylim=(0, None))
    picture.legend_above(panel)
    return picture


@drawn
def focal_curves(gammas=(0.0, 1.0, 2.0, 5.0)) -> Picture:
    """Focal loss over the probability of the true class, and its size beside the cross-entropy's."""
    p = np.linspace(0.005, 0.995, 400)
    logits = np.stack([np.log(p), np.log1p(-p)], axis=1)
    labels = np.zeros(len(p), dtype=int)
    seen = {gamma: losses.Focal(gamma, reduction="none").forward(logits, labels) for gamma in gammas}
    told = ", ".join(f"{np.interp(0.9, p, value):.4f} for γ = {gamma:g}" for gamma, value in seen.items())
    picture = Picture(
        f"Focal loss over the probability p of the true class. An easy example with p = 0.9 costs {told}. Beside it the factor "
        f"(1 − p)^γ by which the cross-entropy is multiplied, on a logarithmic axis."
    )
    left, right = picture.panels("Focal loss", "Factor on the cross-entropy")
    looks = (
        (BLACK, "-"),
        (BLUE, (0, (5, 2))),
        (VERMILLION, "-"),
        (GREEN, (0, (6, 2, 1.5, 2))),
        (PURPLE, (0, (1.2, 1.5))),
    )
    for (gamma, value), (color, style) in zip(seen.items(), looks):
        left.plot(
            p, value, color=color, linestyle=style, label=f"γ = {gamma:g}" + " (cross-entropy)" * (gamma == 0)
        )
        right.plot(p, value / -np.log(p), color=color, linestyle=style)
    left.set(xlabel="probability of the true class", ylabel="loss (nats)", ylim=(0, 4))
    right.set(xlabel="probability of the true class", ylabel="factor", yscale="log", ylim=(1e-4, 2))
    picture.legend_above(left)
    return picture


@drawn
def boundaries(x, labels, lines, recalls) -> Picture:
    """Two classes in the plane, the line w·x + b = 0 of each model, and how many of the rare class each one finds.

    lines: name -> (w1, w2, b); recalls: name -> share of the rare class that is found
    """
    told = ", ".join(f"{name} {recall:.0%}" for name, recall in recalls.items())
    picture = Picture(
        f"{np.sum(labels == 0)} points of a common class and {np.sum(labels == 1)} of a rare one, which overlap, with the boundary of "
        f"each model. Share of the rare class that is found: {told}.",
        height=3.5,
    )
    left, right = picture.panels("Data and boundaries", "Rare class found")
    left.plot(*x[labels == 0].T, ".", color="#b9b9b9", markersize=4)
    left.plot(*x[labels == 1].T, "^", color=BLACK, markersize=5)
    looks = ((BLUE, "-"), (PURPLE, (0, (5, 2))), (GREEN, (0, (6, 2, 1.5, 2))), (VERMILLION, (0, (1.2, 1.2))))
    low, high = x.min(axis=0) - 0.3, x.max(axis=0) + 0.3
    vertical = np.linspace(low[1], high[1], 2)
    for (name, (w1, w2, b)), (color, style) in zip(lines.items(), looks):
        left.plot(-(w2 * vertical + b) / w1, vertical, color=color, linestyle=style, label=name)
    left.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xlabel="first feature", ylabel="second feature")
    bars = right.barh(
        list(recalls), list(recalls.values()), color=[color for color, _ in looks[: len(recalls)]]
    )
    right.bar_label(bars, [f"{recall:.0%}" for recall in recalls.values()], padding=3, fontsize=10)
    right.set(xlim=(0, 1.15), xlabel="share of the rare class found")
    right.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    right.invert_yaxis()
    right.grid(axis="y", visible=False)
    return picture


def explorer():
    """Sliders for the outlier and for δ. Where no widget can be shown, the picture of the first state stands in."""
    import ipywidgets

    names = {words(name): name for name in ERROR_LOSSES if name != "SmoothL1"}
    chosen = ipywidgets.SelectMultiple(
        options=list(names),
        value=[words(name) for name in ("MeanSquaredError", "MeanAbsoluteError", "Huber")],
        description="losses",
    )
    outlier = ipywidgets.FloatSlider(
        value=20, min=-40, max=40, step=2, description="outlier", continuous_update=False
    )
    delta = ipywidgets.FloatLogSlider(
        value=1, min=-1, max=1.6, step=0.1, description="δ", continuous_update=False, readout_format=".2f"
    )
    return _played(
        lambda chosen, outlier, delta: outlier_fit([names[c] for c in chosen], outlier, delta),
        chosen,
        outlier,
        delta,
    )


def logit_explorer():
    """Sliders for three logits and for γ."""
    import ipywidgets

    z = [
        ipywidgets.FloatSlider(
            value=v, min=-5, max=5, step=0.1, description=f"logit {c}", continuous_update=False
        )
        for c, v in enumerate((2.0, 0.5, -1.0))
    ]
    label = ipywidgets.ToggleButtons(options=[0, 1, 2], description="true class")
    gamma = ipywidgets.FloatSlider(value=0, min=0, max=5, step=0.5, description="γ", continuous_update=False)
    return _played(lambda a, b, c, label, gamma: logits_to_loss((a, b, c), label, gamma), *z, label, gamma)


def _played(make, *controls):
    """A box of controls above the picture that `make` draws from their values."""
    import ipywidgets

    class Played(ipywidgets.VBox):
        def _repr_mimebundle_(self, **kwargs):
            return super()._repr_mimebundle_(**kwargs) | {"text/html": shown.value}

    shown = ipywidgets.HTML(make(*(control.value for control in controls))._repr_html_())

    def redraw(change):
        shown.value = make(*(control.value for control in controls))._repr_html_()

    for control in controls:
        control.observe(redraw, names="value")
    return Played([*controls, shown])
