"""Pictures of the losses of classes."""

import numpy as np

from course_lib import losses
from course_lib.figures.picture import (
    BLACK,
    BLUE,
    DASHED,
    DOTTED,
    GRAY,
    PALE,
    SERIES,
    VERMILLION,
    Picture,
    drawn,
    note,
)


def softmax(logits):
    return np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))


@drawn
def surprise() -> Picture:
    """The price of a probability, and what reaches the logit behind it."""
    p, z = np.linspace(0.005, 0.995, 400), np.linspace(-6, 6, 400)
    picture = Picture(
        f"Left: the loss −log p of an event that happened, {-np.log(0.5):.2f} at p = 0.5 and {-np.log(0.01):.2f} at "
        f"p = 0.01, and its mirror image for an event that did not. Right: the gradient for the logit, p minus target, "
        f"which stays between −1 and 1."
    )
    left, right = picture.panels("What a probability costs", "What reaches the logit: p − target")
    for target, (color, style) in zip((1.0, 0.0), SERIES):
        price = losses.BinaryCrossEntropy(reduction="none").forward(p, np.full_like(p, target))
        loss = losses.BinaryCrossEntropyWithLogits(reduction="none")
        loss.forward(z, np.full_like(z, target))
        left.plot(p, price, color=color, linestyle=style, label=f"target {target:g}")
        right.plot(z, loss.backward(), color=color, linestyle=style)
    left.set(xlabel="predicted probability p of class 1", ylabel="loss (nats)", ylim=(0, 5.4))
    right.set(xlabel="logit z, with p = σ(z)", ylabel="d loss / d logit", ylim=(-1.1, 1.1))
    picture.legend_above(left)
    return picture


@drawn
def distributions(target, predictions, loss="CategoricalCrossEntropy") -> Picture:
    """Predicted probabilities as bars, the target as black frames, and what each prediction costs.

    target (K,); predictions: name -> probabilities (K,); loss: the name of a loss that takes probabilities
    """
    target = np.asarray(target, dtype=float)
    classes = range(len(target))
    costs = {
        name: getattr(losses, loss)().forward(np.array([probs], dtype=float), target[None])
        for name, probs in predictions.items()
    }
    told = [
        f"{name} {', '.join(f'{p:g}' for p in probs)} costs {costs[name]:.3f}" for name, probs in predictions.items()
    ]
    picture = Picture(
        f"Bars of predicted probabilities beside the target {', '.join(f'{t:g}' for t in target)}: {'; '.join(told)}.",
        height=2.7,
    )
    panels = picture.panels(*(f"{name}\nloss {cost:.3f}" for name, cost in costs.items()), sharey=True)
    for panel, probs in zip(panels, predictions.values()):
        panel.bar(classes, probs, color=BLUE, width=0.6, label="prediction")
        panel.bar(classes, target, color="none", edgecolor=BLACK, linewidth=1.8, width=0.82, label="target")
        panel.set(xlabel="class", ylim=(0, 1.08))
        panel.set_xticks(classes)
        panel.grid(axis="x", visible=False)
    panels[0].set_ylabel("probability")
    picture.legend_above(panels[0])
    return picture


@drawn
def logits_to_loss(logits=(2.0, 0.5, -1.0), label=0, gamma=0.0) -> Picture:
    """Logits, the probabilities that softmax makes of them, and the gradient that comes back."""
    logits = np.asarray([logits], dtype=float)
    name = f"focal loss, γ = {gamma:g}" if gamma else "cross-entropy"
    loss = losses.Focal(gamma)
    value = loss.forward(logits, np.array([label]))
    columns = logits[0], softmax(logits)[0], loss.backward()[0]
    told = [
        f"class {c}: logit {z:.1f}, probability {p:.2f}, gradient {g:.2f}" for c, (z, p, g) in enumerate(zip(*columns))
    ]
    picture = Picture(
        f"Bars for three classes, {label} is true. {'; '.join(told)}. The {name} is {value:.3f}.", height=2.9
    )
    panels = picture.panels("Logits", "Probabilities", "Gradient for the logits")
    for panel, heights, (low, high) in zip(panels, columns, ((-6.5, 6.5), (0, 1.15), (-1.3, 1.3))):
        bars = panel.bar(range(3), heights, color=[BLUE if c == label else PALE for c in range(3)], edgecolor=GRAY)
        panel.bar_label(bars, [f"{height:.2f}".replace("-", "−") for height in heights], padding=2, fontsize=9.5)
        panel.axhline(0, color=GRAY, linewidth=1)
        panel.set(ylim=(low, high), xlabel="class")
        panel.set_xticks(range(3), [f"{c}\n(true)" if c == label else f"{c}" for c in range(3)])
        panel.grid(axis="x", visible=False)
    picture.suptitle(f"{name}: {value:.3f} nats", x=0.01, ha="left", fontsize=11, fontweight="bold")
    return picture


@drawn
def softmax_floor(classes=3) -> Picture:
    """What is left to learn when a softmax has been put before a loss that has its own."""
    lead = np.linspace(-4, 12, 400)
    logits = np.hstack([lead[:, None], np.zeros((400, classes - 1))])
    loss, labels = losses.CrossEntropy(reduction="none"), np.zeros(400, dtype=int)
    once, twice = loss.forward(logits, labels), loss.forward(softmax(logits), labels)
    many = np.unique(np.logspace(np.log10(2), 3, 60).astype(int))
    floor, lowest = np.log(1 + (many - 1) / np.e), np.log(1 + (classes - 1) / np.e)
    picture = Picture(
        f"Left, {classes} classes: as the true logit takes the lead, the cross-entropy falls to 0; with a second "
        f"softmax it stops at {lowest:.4f}. Right: that floor, log(1 + (K − 1)/e), over the number of classes K, "
        f"{floor[-1]:.2f} for 1000 classes, where blind guessing costs {np.log(1000):.2f}."
    )
    left, right = picture.panels(f"{classes} classes", "The floor for K classes")
    left.plot(lead, once, color=BLUE, label="logits into the loss")
    left.plot(lead, twice, color=VERMILLION, linestyle=DASHED, label="softmax first")
    left.axhline(lowest, color=GRAY, linewidth=1.2)
    note(left, f"floor {lowest:.3f}", (-4, lowest), (0, -13))
    left.set(xlabel="lead of the true logit", ylabel="loss (nats)", xticks=[-4, 0, 4, 8, 12])
    left.set_ylim(0, np.log(classes) + 3.4)
    left.legend(loc="upper right")
    right.plot(many, np.log(many), color=BLACK, linestyle=DOTTED, label="blind guessing, log K")
    right.plot(many, floor, color=VERMILLION, linestyle=DASHED, label="softmax first, at best")
    right.set(xscale="log", xlabel="number of classes K", ylabel="loss (nats)", ylim=(0, 8.6))
    right.set_xticks([2, 10, 100, 1000], ["2", "10", "100", "1000"])
    right.legend(loc="upper left")
    return picture


@drawn
def training_curves(histories, floor=None) -> Picture:
    """histories: a name -> the losses of its steps. A horizontal line at `floor` if one is given."""
    told = [f"{name} from {history[0]:.3f} to {history[-1]:.3f}" for name, history in histories.items()]
    line = f", with a line at {floor:.3f}" if floor else ""
    picture = Picture(f"Loss over the training steps: {'; '.join(told)}{line}.", height=3)
    (panel,) = picture.panels("Loss during training")
    for (name, history), (color, style) in zip(histories.items(), SERIES):
        panel.plot(history, color=color, linestyle=style, label=name)
    if floor:
        panel.axhline(floor, color=GRAY, linewidth=1.2)
        note(panel, f"floor {floor:.3f}", (len(history) - 1, floor), (0, -13), ha="right")
    panel.set(xlabel="step", ylabel="loss (nats)", ylim=(0, None))
    picture.legend_above(panel)
    return picture


@drawn
def focal_curves(gammas=(0.0, 1.0, 2.0, 5.0)) -> Picture:
    """Focal loss over the probability of the true class, and its size beside the cross-entropy's."""
    p = np.linspace(0.005, 0.995, 400)
    logits, labels = np.stack([np.log(p), np.log1p(-p)], axis=1), np.zeros(400, dtype=int)
    seen = {gamma: losses.Focal(gamma, reduction="none").forward(logits, labels) for gamma in gammas}
    told = [f"{np.interp(0.9, p, value):.2g} for γ = {gamma:g}" for gamma, value in seen.items()]
    picture = Picture(
        f"Focal loss over the probability p of the true class. An easy example with p = 0.9 costs {', '.join(told)}. "
        f"Beside it the factor (1 − p)^γ by which the cross-entropy is multiplied, on a logarithmic axis."
    )
    left, right = picture.panels("Focal loss", "Factor on the cross-entropy")
    for (gamma, value), (color, style) in zip(seen.items(), SERIES):
        label = f"γ = {gamma:g}" + " (cross-entropy)" * (gamma == 0)
        left.plot(p, value, color=color, linestyle=style, label=label)
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
    percent = {name: f"{100 * recall:.0f} %" for name, recall in recalls.items()}
    told = ", ".join(f"{name} {share}" for name, share in percent.items()).replace("\n", " ")
    picture = Picture(
        f"{np.sum(labels == 0)} points of a common class and {np.sum(labels == 1)} of a rare one, which overlap, with "
        f"the boundary of each model. Share of the rare class that is found: {told}.",
        height=3.7,
    )
    left, right = picture.panels("Data and boundaries", "Rare class found")
    left.plot(*x[labels == 0].T, ".", color=PALE, markersize=4)
    left.plot(*x[labels == 1].T, "^", color=BLACK, markersize=5)
    low, high = x.min(axis=0) - 0.3, x.max(axis=0) + 0.3
    y = np.linspace(low[1], high[1], 2)
    for (name, (w1, w2, b)), (color, style) in zip(lines.items(), SERIES):
        across = -(w2 * y + b) / w1
        left.plot(across, y, color=color, linestyle=style, label=name.replace("\n", " "))
        if across.min() > high[0] or across.max() < low[0]:
            percent[name] += "  (line outside the picture)"
    left.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xlabel="first feature", ylabel="second feature")
    bars = right.barh(list(recalls), list(recalls.values()), color=[color for color, _ in SERIES[: len(recalls)]])
    right.bar_label(bars, list(percent.values()), padding=3, fontsize=9.5)
    right.set(xlim=(0, 1.2), xlabel="share of the rare class found")
    right.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    right.invert_yaxis()
    right.grid(axis="y", visible=False)
    picture.legend_above(left)
    return picture
