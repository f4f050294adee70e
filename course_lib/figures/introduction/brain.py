"""Pictures of the brain beside the network: a neuron and a unit, spikes, and which region does what."""

import numpy as np

from course_lib import activations
from course_lib.figures.picture import BLUE, DASHED, GRAY, GREEN, ORANGE, PALE, PURPLE, SKY, VERMILLION, Picture, drawn
from course_lib.perceptron import ThresholdLogicUnit

# A region's function (D1 names the regions), the architecture that does a similar task, and where it is drawn.
REGIONS = {
    "frontal lobe": ("plans, decides", "deep reinforcement learning", (2.7, 3.3, 2.5, 2.0, BLUE)),
    "parietal lobe": ("puts senses together", "CNN, RNN, Transformer", (5.3, 3.9, 2.2, 1.6, GREEN)),
    "occipital lobe": ("sees", "CNN, Vision Transformer", (7.5, 3.0, 1.5, 1.7, PURPLE)),
    "temporal lobe": ("hears, understands speech", "RNN, Transformer", (4.6, 1.9, 2.6, 1.0, ORANGE)),
    "cerebellum": ("times movements", "deep reinforcement learning", (7.1, 1.1, 1.3, 0.8, SKY)),
}


@drawn
def neuron_and_unit(x=(1, 0, 1), weights=(0.5, 2.0, 0.75), bias=-1.0) -> Picture:
    """A nerve cell beside an artificial one, part for part; the unit has three inputs."""
    y = float(ThresholdLogicUnit(np.asarray(weights, float), float(bias)).forward(np.asarray(x, float)))
    z = float(np.dot(x, weights) + bias)
    fires = "it fires: 1" if y else "it stays silent: 0"
    picture = Picture(
        f"Left: a nerve cell with 3 dendrites, a cell body, an axon and a synapse at its end. Right: a unit with the "
        f"inputs {_list(x)}, the weights {_list(weights)} and the bias {bias:g}; its sum is {z:g} and {fires}.",
        height=3.0,
    )
    left, right = picture.panels("A nerve cell", "A unit")
    for panel in (left, right):
        panel.set(xlim=(-0.2, 10.4), ylim=(0, 6.2), xticks=[], yticks=[])
        panel.axis("off")
    for height in (1.0, 3.0, 5.0):
        left.plot([0.6, 2.0, 4.2], [height, 3 + 0.7 * (height - 3), 3 + 0.2 * (height - 3)], color=BLUE, linewidth=3)
        for branch in (-0.55, 0.55):
            left.plot([0.0, 0.9], [height + branch, height + 0.05 * branch], color=BLUE, linewidth=1.6)
    left.plot([4.6, 9.0], [3, 3], color=BLUE, linewidth=3.5)
    for end in (1.9, 3.0, 4.1):
        left.plot([8.6, 9.8], [3, end], color=BLUE, linewidth=1.8)
        left.plot(9.8, end, "o", color=VERMILLION, markersize=6)
    left.plot(4.5, 3, "o", markersize=30, color="white", markeredgecolor=BLUE, markeredgewidth=2)
    for text, place in (
        ("dendrites", (1.9, 5.5)),
        ("cell body", (4.5, 1.5)),
        ("axon", (6.9, 3.3)),
        ("synapse", (9.2, 1.0)),
    ):
        left.text(*place, text, ha="center", fontsize=9.5)
    for height, value, weight in zip((5.0, 3.0, 1.0), x, weights):
        right.annotate(
            "", (4.15, 3 + 0.25 * (height - 3)), (1.1, height), arrowprops={"arrowstyle": "-", "color": BLUE}
        )
        right.text(0.9, height, f"{value:g}", ha="right", va="center", fontsize=11)
        right.text(2.4, 3 + 0.66 * (height - 3), f"× {weight:g}", ha="center", va="center", fontsize=9.5, bbox=BOX)
    right.annotate("", (9.4, 3), (5.4, 3), arrowprops={"arrowstyle": "->", "color": BLUE})
    right.plot(4.8, 3, "o", markersize=44, color="white", markeredgecolor=BLUE, markeredgewidth=2)
    right.text(4.8, 3, _minus(f"Σ {bias:+g}\n= {z:g}"), ha="center", va="center", fontsize=9.5)
    right.text(7.3, 3.35, "z ≥ 0 ?", ha="center", fontsize=9.5)
    right.text(9.6, 3, f"{y:g}", va="center", fontsize=13, color=VERMILLION, fontweight="bold")
    for text, place in (
        ("inputs", (0.7, 5.6)),
        ("weights", (2.6, 5.6)),
        ("sum, bias", (4.8, 1.0)),
        ("output", (9.3, 1.9)),
    ):
        right.text(*place, text, ha="center", fontsize=9.5, color=GRAY)
    return picture


BOX = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}


def _minus(text):
    return text.replace("-", "−")


def _list(numbers):
    return ", ".join(f"{number:g}" for number in numbers)


def spikes(current, milliseconds=1000.0, step=0.1):
    """When a leaky integrate-and-fire neuron fires under a constant current -> times in milliseconds.

    The voltage leaks with a time constant of 10 ms toward the current; at 1 the neuron fires and starts again from 0,
    after 2 ms of rest. Lapicque (1907).
    """
    times, voltage, rest = [], 0.0, 0.0
    for t in np.arange(0, milliseconds, step):
        if rest > 0:
            rest -= step
            continue
        voltage += step / 10 * (current - voltage)
        if voltage >= 1:
            times.append(float(t))
            voltage, rest = 0.0, 2.0
    return np.array(times)


@drawn
def firing(currents, rates, shown=1.5) -> Picture:
    """Left: the spikes of a model neuron under the current `shown`. Right: its rate for each current, beside a ReLU.

    currents (N,), rates (N,) in spikes a second.
    """
    currents, rates = np.asarray(currents, float), np.asarray(rates, float)
    moments = spikes(shown, 120)
    unit = activations.ReLU().forward(currents - 1)
    unit = unit * rates[-1] / unit[-1]
    silent = currents[rates == 0].max()
    picture = Picture(
        f"Left: under the current {shown:g} a model neuron fires {len(moments)} times in 120 ms. Right: its rate is 0 "
        f"up to the current {silent:.2f} and grows to {rates[-1]:.0f} spikes a second at {currents[-1]:.2g}; a "
        f"ReLU with its corner at 1 runs beside it, at most {np.abs(unit - rates).max():.0f} spikes away.",
        height=2.7,
    )
    left, right = picture.panels(f"Spikes under the current {shown:g}", "Spikes a second")
    left.vlines(moments, 0, 1, color=BLUE)
    left.set(xlabel="milliseconds", xlim=(0, 120), ylim=(0, 1.6), yticks=[])
    right.plot(currents, rates, color=BLUE, label="model neuron")
    right.plot(currents, unit, color=VERMILLION, linestyle=DASHED, label="ReLU")
    right.set(xlabel="current")
    right.legend(loc="upper left")
    return picture


@drawn
def brain_map() -> Picture:
    """Five regions of the brain: what each is said to do, and which architecture does a similar task."""
    from matplotlib.patches import Ellipse

    told = "; ".join(f"{name}: {does}; {served}" for name, (does, served, _) in REGIONS.items())
    picture = Picture(f"A sketch of the brain from its left side with {len(REGIONS)} regions. {told}.", height=3.9)
    (panel,) = picture.panels("")
    panel.set(xlim=(-5.0, 15.2), ylim=(-0.4, 6.6), xticks=[], yticks=[])
    panel.axis("off")
    words = {  # where the text stands
        "frontal lobe": (-4.9, 4.7, "left"),
        "parietal lobe": (5.3, 6.15, "center"),
        "occipital lobe": (15.1, 4.0, "right"),
        "temporal lobe": (-4.9, 0.6, "left"),
        "cerebellum": (15.1, 0.6, "right"),
    }
    for name, (does, served, (x, y, wide, high, color)) in REGIONS.items():
        panel.add_patch(Ellipse((x, y), 2 * wide, 2 * high, color=color, alpha=0.45, linewidth=0))
        panel.text(x, y, name.replace(" ", "\n"), ha="center", va="center", fontsize=9)
        a, b, side = words[name]
        panel.text(a, b, f"{does}\n→ {served}", ha=side, va="center", fontsize=9)
    panel.plot([6.0, 6.4], [1.0, -0.3], color=PALE, linewidth=9, solid_capstyle="round", zorder=0)
    return picture
