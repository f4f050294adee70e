"""Pictures of what activations do to networks: fits, depth, dead units, the path of a descent."""

import numpy as np

from course_lib import activations, losses
from course_lib.figures.activations.curves import LOOKS
from course_lib.figures.moving import Moving
from course_lib.figures.picture import (
    BLACK,
    BLUE,
    DASHED,
    GRAY,
    GREEN,
    PALE,
    SERIES,
    VERMILLION,
    Picture,
    drawn,
    note,
)


def look(name, number):
    """The activation's own look where the label begins with its name, else the next of the series."""
    own = LOOKS.get(name.replace(",", " ").split()[0])
    color, style = SERIES[number % len(SERIES)]
    return own or {"color": color, "linestyle": style}


@drawn
def fits(x, y, answers) -> Picture:
    """Points, and the curves that several networks draw through them; answers: label -> predictions at x."""
    errors = {label: np.mean((np.ravel(found) - y) ** 2) for label, found in answers.items()}
    told = [f"{label} {error:.3f}" for label, error in errors.items()]
    picture = Picture(
        f"{len(x)} points and the curves of {len(answers)} networks; mean squared error: {', '.join(told)}."
    )
    panels = picture.panels(*answers, sharey=True)
    for i, (panel, (label, found)) in enumerate(zip(panels, answers.items())):
        panel.plot(x, y, "o", color=PALE, markersize=3)
        panel.plot(x, np.ravel(found), **look(label, i))
        panel.set_xlabel("x")
        note(panel, f"error {errors[label]:.3f}", (0.5, 0), (0, 6), xycoords="axes fraction", ha="center")
    panels[0].set_ylabel("y")
    low, high = y.min(), y.max()
    panels[0].set_ylim(low - 0.35 * (high - low), high + 0.1 * (high - low))
    return picture


@drawn
def along_layers(series, title, quantity, log=True) -> Picture:
    """One line for each label over the layers 1, 2, …; series: label -> a number for each layer."""
    told = [
        f"{label} {values[0]:.2g} in layer 1 and {values[-1]:.2g} in layer {len(values)}"
        for label, values in series.items()
    ]
    picture = Picture(f"{title}. {quantity}: {'; '.join(told)}.", height=3.1)
    (panel,) = picture.panels(title)
    for i, (label, values) in enumerate(series.items()):
        panel.plot(range(1, len(values) + 1), values, marker="o", markersize=4, **look(label, i), label=label)
    panel.set(xlabel="layer (1 is next to the input)", ylabel=quantity, yscale="log" if log else "linear")
    panel.set_xticks(range(1, 1 + max(map(len, series.values()))))
    picture.legend_above(panel, columns=5)
    return picture


@drawn
def over_steps(histories, title, quantity, steps="step") -> Picture:
    """One line for each label; histories: label -> numbers, or (places, numbers)."""
    lines = {
        label: seen if isinstance(seen, tuple) else (range(1, len(seen) + 1), seen) for label, seen in histories.items()
    }
    told = [f"{label} goes from {seen[0]:.3g} to {seen[-1]:.3g}" for label, (_, seen) in lines.items()]
    picture = Picture(f"{title}. {quantity}: {'; '.join(told)}.", height=3.1)
    (panel,) = picture.panels(title)
    for i, (label, (places, seen)) in enumerate(lines.items()):
        panel.plot(places, seen, **look(label, i), label=label)
    panel.set(xlabel=steps, ylabel=quantity)
    picture.legend_above(panel, columns=5)
    return picture


@drawn
def output_histograms(outputs) -> Picture:
    """Which outputs the units of a network give; outputs: label -> array."""
    told = [
        f"{label} from {y.min():.2f} to {y.max():.2f} with mean {y.mean().round(2) + 0:.2f}, "
        f"{np.mean(y == 0):.0%} exactly 0"
        for label, y in outputs.items()
    ]
    picture = Picture(f"Histograms of outputs: {'; '.join(told)}.", height=2.8)
    for i, (panel, (label, y)) in enumerate(zip(picture.panels(*outputs), outputs.items())):
        panel.hist(np.ravel(y), bins=41, color=look(label, i)["color"], weights=np.full(y.size, 100 / y.size))
        panel.axvline(y.mean(), color=BLACK, linewidth=1.5, linestyle=DASHED)
        panel.set(xlabel="output", ylabel="% of outputs" if i == 0 else None)
        panel.margins(y=0.18)
        note(
            panel,
            f"mean {y.mean().round(2) + 0:.2f}".replace("-", "−"),
            (0.97, 0.99),
            (0, -4),
            xycoords="axes fraction",
            ha="right",
            va="top",
        )
    return picture


def train_one_unit(lr, steps, w=0.5, b=0.1):
    """max(0, wx + b) fitted to x² on [−1, 1] -> w and b before each step, one more at the end."""
    x = np.linspace(-1, 1, 21)
    unit, loss, path = activations.ReLU(), losses.MeanSquaredError(), [(w, b)]
    for _ in range(steps):
        loss.forward(unit.forward(w * x + b), x**2)
        dz = unit.backward(loss.backward())
        w, b = w - lr * float(np.sum(dz * x)), b - lr * float(np.sum(dz))
        path.append((w, b))
    return path


@drawn
def dying_unit(lr=2.3, steps=7) -> Moving:
    """One ReLU learns x² with a rate that is too high: a step throws it off the data."""
    x = np.linspace(-1, 1, 21)
    path = train_one_unit(lr, steps)
    open_for = [int(np.sum(w * x + b > 0)) for w, b in path]
    frames = []
    for step, ((w, b), alive) in enumerate(zip(path, open_for)):
        frame = Picture(f"Step {step}: w = {w:.2f}, b = {b:.2f}, open for {alive} of 21 points.", 7.2, 3.0)
        left, right = frame.panels(f"Step {step}", "Before the bend: z = wx + b")
        left.plot(x, x**2, "o", color=PALE, label="target x²")
        left.plot(x, activations.ReLU().forward(w * x + b), color=BLUE, label="max(0, z)")
        left.set(xlabel="x", ylabel="y", ylim=(-0.3, 1.9))
        left.legend(loc="upper left")
        right.plot(x, w * x + b, color=GREEN)
        right.fill_between(x, -4, 0, color=VERMILLION, alpha=0.12, linewidth=0)
        right.text(0, -3.6, "closed: no gradient", ha="center", color=GRAY)
        right.set(xlabel="x", ylabel="z", ylim=(-4, 2))
        right.text(0, 1.5, f"open for {alive} of 21 points" if alive else "closed for all points: dead", ha="center")
        frames.append(frame)
    told = ", ".join(map(str, open_for))
    return Moving(
        f"One ReLU unit learns x² at the rate {lr:g}. Before each step it is open for so many of 21 points: {told}. "
        f"At 0 it has no gradient and stays where it is.",
        frames,
        seconds=1.0,
    )


def descend(x, target, lr, steps):
    """Weights of a linear unit without bias, before every step, and the loss at the end."""
    w, path, loss = np.zeros(x.shape[1]), [], losses.MeanSquaredError()
    for _ in range(steps):
        path.append(w)
        loss.forward(x @ w, target)
        w = w - lr * (x.T @ loss.backward())
    return np.array(path), float(loss.forward(x @ w, target))


@drawn
def zigzag(shift=2.0, steps=20) -> Picture:
    """The same two weights, learned from centered inputs and from inputs that are all moved to one side."""
    x, right = np.random.default_rng(0).normal(size=(200, 2)), np.array([1.5, -0.5])
    panels_of = {"Centered inputs": x - x.mean(axis=0), f"The same inputs + {shift:g}": x - x.mean(axis=0) + shift}
    found = {}
    for label, inputs in panels_of.items():
        steepest = np.linalg.eigvalsh(2 * inputs.T @ inputs / len(x))[-1]
        found[label] = descend(inputs, inputs @ right, 1.65 / steepest, steps)
    told = [f"{label.lower()}: error {error:.1e}" for label, (_, error) in found.items()]
    picture = Picture(
        f"Contours of the error over two weights and the path of {steps} gradient steps, each with a rate that "
        f"suits its valley. {'; '.join(told)}. The path with shifted inputs jumps across a narrow valley.",
        height=3.4,
    )
    a, b = np.meshgrid(np.linspace(-0.6, 2.8, 80), np.linspace(-1.9, 1.5, 80))
    for panel, (label, inputs) in zip(picture.panels(*panels_of), panels_of.items()):
        weights = np.stack([a.ravel(), b.ravel()])
        height = np.mean((inputs @ (weights - right[:, None])) ** 2, axis=0).reshape(a.shape)
        panel.contour(a, b, height, levels=np.geomspace(0.02, 40, 12), colors=PALE, linewidths=1)
        path, error = found[label]
        panel.plot(*path.T, "-o", color=BLUE, markersize=3, linewidth=1.2)
        panel.plot(*right, "*", color=VERMILLION, markersize=13)
        panel.set(xlabel="weight 1", ylabel="weight 2", aspect="equal")
        note(panel, f"error {error:.1e}".replace("e-", "e−"), (0.03, 0.04), (0, 0), xycoords="axes fraction")
    return picture
