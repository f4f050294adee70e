"""Pictures of chains: boxes with shapes between them, one product in numbers, and an example on its way."""

from itertools import pairwise

import numpy as np
from matplotlib.patches import Rectangle

from course_lib.figures.moving import Moving
from course_lib.figures.picture import BLUE, GRAY, ORANGE, PALE, VERMILLION, Picture, drawn

TABLES = "PuOr"  # violet above 0, orange below


def _name(layer):
    """What stands in a box: the class, and below it the sizes of a dense layer or the number of modules in a chain."""
    kind = type(layer).__name__
    if kind == "Dense":
        return f"{kind}\n{layer.inputs} → {layer.outputs}"
    return f"{kind}\nof {len(layer.layers)}" if hasattr(layer, "layers") else kind


def _size(layer):
    return sum(array.size for array in getattr(layer, "params", {}).values())


def _said(shape):
    return " × ".join(map(str, shape))


def _still(panel):
    panel.axis("off")
    panel.set(xticks=[], yticks=[])
    panel.grid(visible=False)


@drawn
def chain(model, x) -> Picture:
    """A chain of modules as boxes: on the arrows the shapes of what is handed on, below the boxes what is learned."""
    shapes, names = [x.shape], [_name(layer).replace("\n", " ") for layer in model.layers]
    for layer in model.layers:
        x = layer.forward(x)
        shapes.append(x.shape)
    numbers = [_size(layer) for layer in model.layers]
    told = ", ".join(f"{name} with {number} numbers to learn" for name, number in zip(names, numbers))
    picture = Picture(
        f"A chain of {len(names)} modules: {told}. The arrays between them have the shapes "
        f"{', '.join(map(_said, shapes))}.",
        height=1.9,
    )
    (panel,) = picture.panels("")
    _still(panel)
    panel.set(xlim=(-1.75, 2 * len(names) - 0.25), ylim=(-0.95, 0.75))
    for i, layer in enumerate(model.layers):
        learns = numbers[i] > 0
        panel.add_patch(
            Rectangle((2 * i - 0.55, -0.45), 1.1, 0.9, facecolor="#eef4fa" if learns else "white", edgecolor=BLUE)
        )
        size = 9.5 if max(map(len, _name(layer).split("\n"))) < 10 else 8.2
        panel.text(2 * i, 0, _name(layer), ha="center", va="center", fontsize=size)
        word = f"{numbers[i]:,} numbers".replace(",", " ") if learns else "nothing to learn"
        panel.text(2 * i, -0.58, word, ha="center", va="top", fontsize=8.5, color=BLUE if learns else GRAY)
    for i, shape in enumerate(shapes):
        panel.annotate("", (2 * i - 0.6, 0), (2 * i - 1.4, 0), arrowprops={"arrowstyle": "->", "color": GRAY})
        panel.text(2 * i - 1, 0.1, _said(shape), ha="center", va="bottom", fontsize=9)
    return picture


def _worded(model):
    count = len(model.layers)
    return f"{count} module" + "s" * (count != 1)


@drawn
def branches(left, right, a, b) -> Picture:
    """Two chains side by side, one for each input, and their answers put next to each other."""
    answers = left.forward(a), right.forward(b)
    both = np.concatenate(answers, axis=1)
    picture = Picture(
        f"Two branches: a of shape {_said(a.shape)} goes through {_worded(left)}, b of shape "
        f"{_said(b.shape)} through {_worded(right)}. Their answers of shapes {_said(answers[0].shape)} and "
        f"{_said(answers[1].shape)} stand side by side in an array of shape {_said(both.shape)}.",
        height=2.5,
    )
    (panel,) = picture.panels("")
    _still(panel)
    longest = max(len(left.layers), len(right.layers))
    end, arrow = 2.5 * longest + 1.4, {"arrowstyle": "->", "color": GRAY}
    for name, links, x, level in (("a", left.layers, a, 0.65), ("b", right.layers, b, -0.65)):
        place, label = 0.0, f"{name}: {_said(x.shape)}"
        for layer in links:
            panel.annotate("", (place + 1.4, level), (place, level), arrowprops=arrow)
            panel.text(place + 0.7, level + 0.08, label, ha="center", va="bottom", fontsize=9)
            panel.add_patch(Rectangle((place + 1.4, level - 0.4), 1.1, 0.8, facecolor="#eef4fa", edgecolor=BLUE))
            panel.text(place + 1.95, level, _name(layer), ha="center", va="center", fontsize=9.5)
            x = layer.forward(x)
            place, label = place + 2.5, _said(x.shape)
        panel.annotate("", (end, level), (place, level), arrowprops=arrow)
        panel.text((place + end) / 2, level + 0.08, label, ha="center", va="bottom", fontsize=9)
    panel.add_patch(Rectangle((end, -1.05), 1.1, 2.1, facecolor="white", edgecolor=BLUE))
    panel.text(end + 0.55, 0, "side\nby side", ha="center", va="center", fontsize=9.5)
    panel.annotate("", (end + 2.5, 0), (end + 1.1, 0), arrowprops=arrow)
    panel.text(end + 1.8, 0.08, _said(both.shape), ha="center", va="bottom", fontsize=9)
    panel.set(xlim=(-0.2, end + 2.6), ylim=(-1.15, 1.25))
    return picture


def _table(panel, values, left, bottom, reach, title, digits=1):
    """A table of numbers, each in a cell of its color; one unit is one cell."""
    rows, columns = values.shape
    for i in range(rows):
        for j in range(columns):
            value = values[i, j]
            at = (left + j, bottom + rows - 1 - i)
            shade = ORANGE if value < 0 else BLUE
            panel.add_patch(Rectangle(at, 1, 1, facecolor=shade, alpha=0.42 * min(1, abs(value) / reach), linewidth=0))
            panel.add_patch(Rectangle(at, 1, 1, facecolor="none", edgecolor=PALE, linewidth=0.8))
            text = f"{value:.{digits}f}".replace("-", "−")
            panel.text(at[0] + 0.5, at[1] + 0.5, text, ha="center", va="center", fontsize=8.5)
    panel.text(left + columns / 2, bottom + rows + 0.2, title, ha="center", va="bottom", fontsize=9.5)
    panel.text(left + columns / 2, bottom - 0.2, _said(values.shape), ha="center", va="top", fontsize=8.5, color=GRAY)


@drawn
def product(x, weight, bias) -> Picture:
    """One dense layer in numbers: x (N, D) times Wᵀ plus b. weight (outputs, D), bias (outputs,)."""
    y = x @ weight.T + bias
    outputs, inputs = weight.shape
    picture = Picture(
        f"A dense layer in numbers: x of shape {x.shape} times the transposed weights of shape {weight.T.shape}, plus "
        f"{outputs} biases, is y of shape {y.shape}. Its first row is "
        f"{', '.join(f'{value:.1f}' for value in y[0])}.",
        height=2.5,
    )
    (panel,) = picture.panels("")
    _still(panel)
    tall = max(len(x), inputs)
    reach = float(max(np.abs(values).max() for values in (x, weight, y)))
    left = 0.0
    parts = (("x", x), ("·", None), ("Wᵀ", weight.T), ("+", None), ("b", bias[None]), ("=", None), ("y", y))
    for title, values in parts:
        if values is None:
            panel.text(left + 0.5, tall / 2, title, ha="center", va="center", fontsize=13)
            left += 1.0
            continue
        _table(panel, values, left, (tall - len(values)) / 2, reach, title)
        left += values.shape[1]
    panel.set(xlim=(-0.2, left + 0.2), ylim=(-1.0, tall + 1.0), aspect="equal")
    return picture


@drawn
def passage(model, x) -> Moving:
    """One example x (1, D) on its way through a chain, module by module: what is handed on stands in columns."""
    values, names = [x[0]], ["input"]
    for layer in model.layers:
        x = layer.forward(x)
        values.append(x[0])
        names.append(_name(layer))
    frames = [_passed(values, names, reached) for reached in range(len(values))]
    told = "; ".join(
        f"behind {name.replace(chr(10), ' ')} {len(column)} numbers" for name, column in zip(names[1:], values[1:])
    )
    answer = ", ".join(f"{value:.2f}" for value in values[-1])
    return Moving(
        f"One example of {len(values[0])} numbers goes through {len(names) - 1} modules: {told}. "
        f"The answer is {answer}.",
        frames,
        seconds=1.2,
        rest=3.5,
    )


def _passed(values, names, reached):
    title = "The input" if reached == 0 else f"{reached}. {names[reached].replace(chr(10), ' ')}"
    told = ", ".join(f"{value:.2f}" for value in values[reached])
    picture = Picture(f"{title}: the numbers are {told}.", height=3.0)
    (panel,) = picture.panels(title)
    _still(panel)
    reach = max(float(np.abs(column).max()) for column in values)
    tall = max(map(len, values))
    for i, (column, name) in enumerate(zip(values, names)):
        here = i <= reached
        bottom = (tall - len(column)) / 2
        for j, value in enumerate(column):
            at = (2 * i, bottom + len(column) - 1 - j)
            shade = ORANGE if value < 0 else BLUE
            if here:
                panel.add_patch(
                    Rectangle(at, 1.1, 1, facecolor=shade, alpha=0.45 * min(1, abs(value) / reach), linewidth=0)
                )
                text = f"{value:.2f}".replace("-", "−") if round(value, 2) else "0"
                panel.text(at[0] + 0.55, at[1] + 0.5, text, ha="center", va="center", fontsize=9)
            edge = VERMILLION if i == reached else PALE
            panel.add_patch(
                Rectangle(at, 1.1, 1, facecolor="none", edgecolor=edge, linewidth=1.8 if i == reached else 0.8)
            )
        color = "#1a1a1a" if here else PALE
        panel.text(2 * i + 0.55, -0.3, name, ha="center", va="top", fontsize=9, color=color)
        if i:
            arrow = {"arrowstyle": "->", "color": GRAY if here else PALE}
            panel.annotate("", (2 * i - 0.08, tall / 2), (2 * i - 0.82, tall / 2), arrowprops=arrow)
    panel.set(xlim=(-0.3, 2 * len(values) - 0.6), ylim=(-1.5, tall + 0.2))
    return picture


@drawn
def counts(networks) -> Picture:
    """Weights and biases of each layer, stacked; networks: name -> widths from inputs to outputs."""
    told = []
    picture = Picture("This alternative text is written below, when the numbers are counted.", height=2.7)
    for panel, (name, sizes) in zip(picture.panels(*networks), networks.items()):
        weights = [a * b for a, b in pairwise(sizes)]
        biases = sizes[1:]
        at = np.arange(len(weights))
        panel.bar(at, weights, color=BLUE, width=0.6, label="weights")
        panel.bar(at, biases, bottom=weights, color=ORANGE, width=0.6, label="biases")
        for place, (w, b) in enumerate(zip(weights, biases)):
            panel.text(place, w + b, f"{w + b:,}".replace(",", " "), ha="center", va="bottom", fontsize=8.5)
        panel.set_xticks(at, [f"{a} → {b}" for a, b in pairwise(sizes)], fontsize=8.5)
        panel.set(ylim=(0, max(w + b for w, b in zip(weights, biases)) * 1.15))
        panel.grid(axis="x", visible=False)
        told.append(
            f"{name}: {', '.join(str(w + b) for w, b in zip(weights, biases))}, in all {sum(weights) + sum(biases)}"
        )
    picture.axes[0].set_ylabel("numbers to learn")
    picture.legend_above(picture.axes[0])
    picture.alt = f"Numbers to learn, layer by layer. {'; '.join(told)}."
    return picture
