"""Pictures of the softmax, which looks at a whole row of numbers."""

import numpy as np

from course_lib import activations
from course_lib.figures.picture import BLUE, GRAY, PALE, Picture, drawn


def softmax(logits, temperature=1.0):
    """Shares and Jacobian of one row; the Jacobian is for the logits before they are divided by the temperature."""
    unit = activations.Softmax()
    shares = unit.forward(np.asarray(logits, float) / temperature)
    return shares, unit.jacobian() / temperature


def bars(panel, heights, low, high):
    shown = panel.bar(range(len(heights)), heights, color=BLUE, edgecolor=GRAY, width=0.7)
    panel.bar_label(shown, [f"{height:.2f}".replace("-", "−") for height in heights], padding=2, fontsize=9.5)
    panel.set(ylim=(low, high), xlabel="class")
    panel.set_xticks(range(len(heights)))
    panel.grid(axis="x", visible=False)


@drawn
def temperatures(logits=(3.0, 2.0, 0.0, -1.0), chosen=(0.25, 1.0, 4.0)) -> Picture:
    """The same logits at several temperatures."""
    shares = {temperature: softmax(logits, temperature)[0] for temperature in chosen}
    told = [f"T = {temperature:g}: {', '.join(f'{p:.2f}' for p in row)}" for temperature, row in shares.items()]
    picture = Picture(
        f"Shares that softmax gives to the logits {', '.join(f'{z:g}' for z in logits)}. {'; '.join(told)}.", height=2.7
    )
    panels = picture.panels(*(f"temperature {temperature:g}" for temperature in chosen), sharey=True)
    for panel, row in zip(panels, shares.values()):
        bars(panel, row, 0, 1.15)
    panels[0].set_ylabel("share")
    return picture


@drawn
def logits_to_shares(logits=(2.0, 1.0, 0.0, -1.0), temperature=1.0) -> Picture:
    """Logits, their shares, and how each share answers to each logit."""
    logits = np.asarray(logits, float)
    shares, jacobian = softmax(logits, temperature)
    picture = Picture(
        f"Left: logits {', '.join(f'{z:.1f}' for z in logits)}. Middle: at temperature {temperature:.2g} the shares "
        f"are {', '.join(f'{p:.3f}' for p in shares)}. Right: the table of slopes; its diagonal is "
        f"{', '.join(f'{d:.3f}' for d in np.diag(jacobian))}, all else is negative or 0, and each row sums to 0.",
        height=3.0,
    )
    first, second, third = picture.panels("Logits", f"Shares, T = {temperature:.2g}", "Slope of share i for logit j")
    most = max(5.5, 1.3 * np.abs(logits).max())
    bars(first, logits, -most, most)
    first.axhline(0, color=GRAY, linewidth=1)
    bars(second, shares, 0, 1.15)
    size = max(np.abs(jacobian).max(), 1e-9)
    third.imshow(jacobian, cmap="RdBu", vmin=-size, vmax=size)
    for (i, j), slope in np.ndenumerate(jacobian):
        dark = abs(slope) > 0.65 * size
        text = f"{slope:.2f}".replace("-0.00", "0.00").replace("-", "−")
        third.text(j, i, text, ha="center", va="center", fontsize=9, color="white" if dark else "black")
    third.set(xlabel="logit j", ylabel="share i", xticks=range(len(logits)), yticks=range(len(logits)))
    third.grid(visible=False)
    third.tick_params(colors=PALE, labelcolor="#1a1a1a")
    return picture
