"""Pictures of a line that learns: its steps, its two signs, the walls of the proof, and a rule beside another."""

from typing import Any

import numpy as np

from course_lib import perceptron
from course_lib.figures.moving import Moving
from course_lib.figures.perceptron.units import said
from course_lib.figures.picture import (
    BLACK,
    BLUE,
    DASHED,
    DOTTED,
    GRAY,
    GREEN,
    ORANGE,
    PALE,
    SERIES,
    SKY,
    VERMILLION,
    Picture,
    drawn,
    note,
)


class AsPrinted(perceptron.Perceptron):
    """A perceptron that steps the other way: θ ← θ − η(y − ŷ)x, as D1 prints it in our copy."""

    def learn(self, x, target):
        before = self.params
        wrong = super().learn(x, target)
        self.params = {name: 2 * before[name] - after for name, after in self.params.items()}
        return wrong


def two_groups(n=16, gap=0.25, seed=39):
    """Points (n, 2) in a square and their targets 0 or 1; all are `gap` or more from a line through the square."""
    rng = np.random.default_rng(seed)
    direction = np.array([0.8, 0.6])
    x = rng.uniform(-2, 2, size=(40 * n, 2))
    distance = x @ direction - 0.35
    x, distance = x[np.abs(distance) >= gap], distance[np.abs(distance) >= gap]
    return x[:n], (distance[:n] > 0).astype(float)


def points(panel, x, target, reach=None):
    """Filled where a 1 is wanted, empty squares where a 0 is."""
    ones = np.asarray(target) > 0
    panel.plot(*x[ones].T, "o", markersize=7, color=BLACK, linestyle="none", zorder=3)
    panel.plot(*x[~ones].T, "s", markersize=6.5, color="white", markeredgecolor=BLACK, linestyle="none", zorder=3)
    if reach:
        panel.set(xlim=(-reach, reach), ylim=(-reach, reach))


def line(panel, weight, bias, reach, shade=True, **look):
    """The line where the sum is 0, within ±reach, and the side where the unit fires."""
    ends = np.linspace(-reach, reach, 241)
    x1, x2 = np.meshgrid(ends, ends)
    z = weight[0] * x1 + weight[1] * x2 + bias
    look = {"colors": [BLUE], "linewidths": 2} | look
    if shade:
        y = perceptron.ThresholdLogicUnit(weight, bias).forward(np.stack([x1, x2], axis=-1))
        if 0 < y.mean() < 1:
            panel.contourf(x1, x2, y, levels=[0.5, 1.5], colors=[SKY], alpha=0.25)
        elif y.all():
            panel.contourf(x1, x2, np.ones_like(x1), levels=[0.5, 1.5], colors=[SKY], alpha=0.25)
    if z.min() < 0 < z.max():
        panel.contour(x1, x2, z, levels=[0], **look)


@drawn
def regions(weight, bias, reach=2.0) -> Picture:
    """The regions into which units cut the plane, with the answers of all units in each. weight (units, 2)."""
    units = perceptron.Perceptron(2, len(weight))
    units.params = {"weight": np.array(weight, float), "bias": np.array(bias, float)}
    ends = np.linspace(-reach, reach, 241)
    plane = np.stack(np.meshgrid(ends, ends), axis=-1)
    answers = units.forward(plane.reshape(-1, 2)).astype(int)
    codes = answers @ (1 << np.arange(len(weight)))
    told: list[str] = []
    picture = Picture("This alternative text is written below, when the regions are known.", height=4.0)
    (panel,) = picture.panels("")
    shades = [SKY, ORANGE, GREEN, VERMILLION, PALE, "#F0E442", "#CC79A7", "white"]
    for number, code in enumerate(np.unique(codes)):
        inside = codes == code
        panel.contourf(
            plane[..., 0], plane[..., 1], inside.reshape(241, 241).astype(float), levels=[0.5, 1.5],
            colors=[shades[number % len(shades)]], alpha=0.22,
        )  # fmt: skip
        word = "".join(map(str, answers[inside][0]))
        told.append(word)
        across, up = np.median(plane.reshape(-1, 2)[inside], axis=0)
        panel.text(across, up, word, ha="center", va="center", fontsize=10)
    for (w1, w2), b, (color, style) in zip(weight, bias, SERIES):
        z = w1 * plane[..., 0] + w2 * plane[..., 1] + b
        panel.contour(plane[..., 0], plane[..., 1], z, levels=[0], colors=[color], linestyles=[style], linewidths=2)
    panel.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    picture.alt = (
        f"{len(weight)} lines cut the plane into {len(told)} regions, in which the units answer {', '.join(told)}."
    )
    return picture


@drawn
def learning(x=None, target=None, most=16) -> Moving:
    """One frame for each mistake: the line before it, the example that was wrong, and where the weights point after."""
    if x is None:
        x, target = two_groups()
    unit, reach = perceptron.Perceptron(2), float(np.abs(x).max() * 1.2)
    frames: list[Picture] = []
    told: list[int] = []
    epoch = 0

    def frame(title, wrong=None, before=None):
        picture = Picture(f"{title}: {_line_in_words(unit)}.", height=4.0)
        (panel,) = picture.panels(title)
        if before is not None:
            line(panel, before["weight"][0], before["bias"][0], reach, shade=False, colors=[GRAY], linestyles=[DASHED])
        line(panel, unit.params["weight"][0], unit.params["bias"][0], reach)
        points(panel, x, target, reach)
        if wrong is not None:
            panel.plot(*x[wrong], "o", markersize=17, color="none", markeredgecolor=VERMILLION, markeredgewidth=2.2)
        panel.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
        return picture

    frames.append(frame("Start: all weights 0, all answers 1"))
    settled = False
    while not settled and len(told) < most:
        epoch, settled = epoch + 1, True
        for i in range(len(x)):
            before = unit.params
            if unit.learn(x[i], target[i : i + 1]):
                settled = False
                told.append(epoch)
                frames.append(frame(f"Mistake {len(told)}, in epoch {epoch}", i, before))
                if len(told) == most:
                    break
    right = int(np.sum(unit.forward(x)[:, 0] == target))
    frames.append(frame(f"After {len(told)} mistakes: {right} of {len(x)} right"))
    return Moving(
        f"A line learns to separate {len(x)} points of two kinds. At each of {len(told)} mistakes it turns towards or "
        f"away from one point. In the end {right} of {len(x)} are right, with {_line_in_words(unit)}.",
        frames,
        seconds=1.1,
        rest=3.5,
    )


def _line_in_words(unit):
    (w1, w2), (b,) = unit.params["weight"][0], unit.params["bias"]
    return f"weights {said(w1)} and {said(w2)}, bias {said(b)}"


def followed(unit, x, target, epochs):
    """-> mistakes of each epoch, and the length of the weights with the bias after each."""
    mistakes, lengths = [], []
    for _ in range(epochs):
        mistakes.append(sum(unit.learn(x[i], target[i : i + 1]) for i in range(len(x))))
        lengths.append(float(np.sqrt(np.sum(unit.params["weight"] ** 2) + np.sum(unit.params["bias"] ** 2))))
    return mistakes, lengths


@drawn
def two_signs(x=None, target=None, epochs=12) -> Picture:
    """The rule with plus and the rule with minus on the same points."""
    if x is None:
        x, target = two_groups(n=40)
    runs = {
        "plus": followed(perceptron.Perceptron(2), x, target, epochs),
        "minus, as printed": followed(AsPrinted(2), x, target, epochs),
    }
    told = [
        f"with {name} {mistakes[0]} mistakes in the first epoch and {mistakes[-1]} in the last, weights of length "
        f"{lengths[-1]:.1f} in the end"
        for name, (mistakes, lengths) in runs.items()
    ]
    picture = Picture(f"Two signs of the rule on {len(x)} points over {epochs} epochs: {'; '.join(told)}.", height=2.9)
    left, right = picture.panels("Mistakes of each epoch", "Length of the weights")
    for (name, (mistakes, lengths)), (color, style) in zip(runs.items(), SERIES):
        left.plot(range(1, epochs + 1), mistakes, "o", color=color, linestyle=style, markersize=4, label=name)
        right.plot(range(1, epochs + 1), lengths, "o", color=color, linestyle=style, markersize=4)
    left.set(xlabel="epoch", ylabel="mistakes", ylim=(-1, len(x) * 1.05))
    right.set(xlabel="epoch", ylabel="length", ylim=(0, None))
    picture.legend_above(left)
    return picture


def signs(n=400, inputs=20, gap=0.5, seed=0):
    """Examples of −1 and 1, at most (n, inputs), their targets 0 or 1, and the weights that tell them apart.

    Every example is `gap` or more from where the weighted sum is 0.
    """
    rng = np.random.default_rng(seed)
    weight = rng.normal(size=inputs)
    weight /= np.linalg.norm(weight)
    x = rng.choice([-1.0, 1.0], size=(n, inputs))
    x = x[np.abs(x @ weight) >= gap]
    return x, (x @ weight > 0).astype(float), weight


@drawn
def walls(inputs=20) -> Picture:
    """The proof as a picture: the length of the weights after each mistake, between its two walls."""
    x, target, weight = signs(inputs=inputs)
    gap = float(np.min((2 * target - 1) * (x @ weight)))  # the bias of this separator is 0
    radius = float(np.sqrt((x**2).sum(axis=1).max() + 1))
    unit, lengths = perceptron.Perceptron(x.shape[1]), [0.0]
    wrong = 1
    while wrong:
        wrong = 0
        for i in range(len(x)):
            if unit.learn(x[i], np.atleast_1d(target[i])):
                wrong += 1
                lengths.append(float(np.sqrt(np.sum(unit.params["weight"] ** 2) + unit.params["bias"][0] ** 2)))
    most = (radius / gap) ** 2
    k = np.arange(int(most * 1.15) + 1)
    picture = Picture(
        f"The length of the weights after each of {len(lengths) - 1} mistakes lies between kγ with γ = {gap:.3f} and "
        f"√k·R with R = {radius:.2f}. The walls meet at {most:.0f} mistakes.",
        height=3.0,
    )
    (panel,) = picture.panels("Between two walls")
    panel.plot(k, radius * np.sqrt(k), color=VERMILLION, linestyle=DASHED, label="at most √k · R")
    panel.plot(k, gap * k, color=GREEN, linestyle=DOTTED, label="at least k · γ")
    panel.plot(range(len(lengths)), lengths, color=BLUE, linewidth=2.5, label="length of the weights")
    panel.plot(most, radius * np.sqrt(most), "o", color=BLACK)
    note(panel, f"no further: (R/γ)² = {most:.0f}", (most, radius * np.sqrt(most)), (-8, 6), ha="right")
    panel.plot(len(lengths) - 1, lengths[-1], "o", color=BLUE)
    note(panel, f"learned after {len(lengths) - 1} mistakes", (len(lengths) - 1, lengths[-1]), (8, -14))
    panel.set(xlabel="mistakes so far, k", ylabel="length", xlim=(0, k[-1]), ylim=(0, radius * np.sqrt(most) * 1.25))
    picture.legend_above(panel)
    return picture


@drawn
def bounds(bound, mistakes) -> Picture:
    """Mistakes that were made over mistakes that were allowed, one point for each data set."""
    bound, mistakes = np.asarray(bound, float), np.asarray(mistakes, float)
    picture = Picture(
        f"Mistakes made over the bound for {len(bound)} data sets, both on logarithmic scales. Bounds go from "
        f"{bound.min():.0f} to {bound.max():.0f}, mistakes from {mistakes.min():.0f} to {mistakes.max():.0f}; all lie "
        "below the diagonal."
        if np.all(mistakes <= bound)
        else f"Mistakes over bounds of {len(bound)} data sets; {np.sum(mistakes > bound)} lie above the diagonal.",
        height=3.0,
    )
    (panel,) = picture.panels("Allowed and made")
    ends = np.array([1.0, bound.max() * 1.5])
    panel.plot(ends, ends, color=VERMILLION, linestyle=DASHED, label="as many as allowed")
    panel.plot(bound, np.maximum(mistakes, 1), "o", markersize=5, color=BLUE, alpha=0.6, label="one data set")
    panel.set(xscale="log", yscale="log", xlabel="bound (R/γ)²", ylabel="mistakes made")
    picture.legend_above(panel)
    return picture


@drawn
def two_rules(sets) -> Picture:
    """sets: title -> (x, target, lines), lines: name -> (weight, bias). The lines that several rules arrive at."""
    told = []
    for title, (x, target, lines) in sets.items():
        wrong = {
            name: int(np.sum(perceptron.ThresholdLogicUnit(w, b).forward(x) != (target > 0)))
            for name, (w, b) in lines.items()
        }
        told.append(f"{title}: " + ", ".join(f"{name} {count} of {len(x)} wrong" for name, count in wrong.items()))
    picture = Picture(f"Two rules on {len(sets)} data sets. {'; '.join(told)}.", height=3.4)
    looks: list[dict[str, Any]] = [
        {"colors": [color], "linestyles": [style], "linewidths": 2.2} for color, style in SERIES
    ]
    for panel, (x, target, lines) in zip(picture.panels(*sets), sets.values()):
        reach = float(np.abs(x).max() * 1.1)
        for (weight, bias), look in zip(lines.values(), looks):
            line(panel, weight, bias, reach, shade=False, **look)
        points(panel, x, target)
        low, high = x.min(axis=0), x.max(axis=0)
        room = 0.1 * (high - low) + 0.2
        panel.set(xlim=(low[0] - room[0], high[0] + room[0]), ylim=(low[1] - room[1], high[1] + room[1]))
        panel.set(xlabel="$x_1$", ylabel="$x_2$")
    first = picture.axes[0]
    for name, (color, style) in zip(next(iter(sets.values()))[2], SERIES):
        first.plot([], [], color=color, linestyle=style, label=name)
    picture.legend_above(first)
    return picture
