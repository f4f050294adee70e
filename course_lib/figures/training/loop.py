"""Pictures of the loop: the five lines of a step, and the batches of an epoch."""

from matplotlib.patches import FancyBboxPatch, Rectangle

from course_lib.figures.moving import Moving
from course_lib.figures.picture import BLACK, GRAY, GREEN, ORANGE, PALE, PURPLE, SKY, VERMILLION, YELLOW, Picture, drawn

CLASSES = (SKY, ORANGE, GREEN, PURPLE, VERMILLION, YELLOW)
LINES = (
    "optimizer.zero_grad()",
    "prediction = model(x)",
    "loss = loss_function(prediction, labels)",
    "loss.backward()",
    "optimizer.step()",
)


@drawn
def one_step(moments, lines=LINES) -> Moving:
    """The lines of a training step, one after the other, with what they leave behind.

    moments: (number of the line, weight, gradient in .grad, loss or None) after each line, over one or more steps.
    """
    first, last = moments[0], moments[-1]
    alt = (
        f"A training step line by line, {len(moments)} moments. The weight goes from {first[1]:.3g} to {last[1]:.3g}; "
        f".grad holds {', '.join(f'{moment[2]:.3g}' for moment in moments)} after each of them."
    )
    return Moving(alt, [_moment(moments, i, lines) for i in range(len(moments))], seconds=0.9, rest=2.5)


def _moment(moments, i, lines) -> Picture:
    at, weight, grad, loss = moments[i]
    picture = Picture(f"After line {at + 1}: weight {weight:.3g}, .grad {grad:.3g}, moment {i + 1}.", height=2.6)
    code, state = picture.subplots(1, 2, width_ratios=(3, 2))
    for number, line in enumerate(lines):
        y, on = len(lines) - 1 - number, number == at
        box = FancyBboxPatch((0, y - 0.32), 10, 0.64, boxstyle="round,pad=0.05", linewidth=2 if on else 1,
                             edgecolor=VERMILLION if on else PALE, facecolor="#fdeee6" if on else "white")  # fmt: skip
        code.add_patch(box)
        code.text(0.3, y, line, family="DejaVu Sans Mono", fontsize=9, va="center", color=BLACK if on else GRAY)
    code.set(xlim=(-0.3, 10.3), ylim=(-0.6, len(lines) - 0.4))
    code.axis("off")
    before = moments[i - 1] if i else None
    rows = [("weight", weight, before and before[1]), (".grad", grad, before and before[2])]
    rows.append(("loss", loss, before and before[3]))
    for y, (name, value, old) in zip((2, 1, 0), rows):
        changed = before is not None and value is not None and (old is None or abs(value - old) > 1e-12)
        words = "not yet" if value is None else f"{value:.3f}".replace("-", "−")
        state.text(0, y, name, fontsize=10.5, va="center", color=GRAY)
        state.text(0.9, y, words, fontsize=13 if changed else 11.5, va="center", weight="bold" if changed else "normal",
                   color=VERMILLION if changed else BLACK)  # fmt: skip
    state.set(xlim=(-0.1, 2), ylim=(-0.6, 2.6))
    state.axis("off")
    return picture


@drawn
def batches(epochs, size, names) -> Picture:
    """The labels of an epoch's examples in their order, cut into batches; name -> labels (N,); names of classes."""
    told = []
    for name, labels in epochs.items():
        first = [names[label] for label in dict.fromkeys(int(label) for label in labels[:size])]
        told.append(f"{name}: the first batch holds {', '.join(first)}")
    n = len(next(iter(epochs.values())))
    picture = Picture(f"{n} examples in batches of {size}. {'; '.join(told)}.", height=0.75 + 0.62 * len(epochs))
    (panel,) = picture.panels("")
    for row, labels in enumerate(reversed(list(epochs.values()))):
        for i, label in enumerate(labels):
            at = i + 0.8 * (i // size)
            panel.add_patch(Rectangle((at, row - 0.3), 0.92, 0.6, color=CLASSES[int(label) % len(CLASSES)], lw=0))
            panel.text(at + 0.46, row, names[int(label)], ha="center", va="center", fontsize=8, color=BLACK,
                       weight="bold")  # fmt: skip
    panel.set(xlim=(-0.5, n + 0.8 * (n // size)), ylim=(-0.5, len(epochs) - 0.5))
    panel.set_yticks(range(len(epochs)), list(reversed(list(epochs))))
    panel.set_xticks([])
    panel.grid(visible=False)
    panel.spines[["left", "bottom"]].set_visible(False)
    panel.tick_params(length=0)
    return picture
