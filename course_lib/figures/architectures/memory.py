"""Pictures of remembering: a Hopfield net that rolls into a valley, heads on a tape, and attention."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib.figures.moving import Moving
from course_lib.figures.picture import BLUE, GRAY, VERMILLION, Picture, drawn


def recall(states, energies, stored) -> Moving:
    """A state (units,) becomes a memory; states and energies at some moments, and the energy of the memory."""
    frames = [_recalled(states, energies, stored, moment) for moment in range(len(states))]
    right = [int((np.sign(state) == stored).sum()) for state in (states[0], states[-1])]
    return Moving(
        f"A Hopfield net of {len(stored)} units completes a damaged memory in {len(frames)} pictures: {right[0]} units "
        f"are right at first and {right[1]} at last, while the energy falls from {energies[0]:.1f} to "
        f"{energies[-1]:.1f}.",
        frames,
        seconds=0.5,
    )


@drawn
def _recalled(states, energies, stored, moment) -> Picture:
    side = round(len(stored) ** 0.5)
    wrong = int((states[moment] != stored).sum())
    picture = Picture(
        f"The state of a Hopfield net with {wrong} wrong units, and its energy, {energies[moment]:.1f}.",
        width=5.6,
        height=2.7,
    )
    left, right = picture.panels(f"{wrong} wrong units", "energy", width_ratios=(1, 1.5))
    left.imshow(np.asarray(states[moment]).reshape(side, side), cmap="gray_r", vmin=-1, vmax=1)
    left.set(xticks=[], yticks=[])
    left.grid(visible=False)
    right.plot(energies, color=GRAY, linewidth=1)
    right.plot(energies[: moment + 1], color=BLUE)
    right.plot(moment, energies[moment], "o", color=VERMILLION, markersize=8)
    right.set(xlabel="picture")
    return picture


@drawn
def heads(given, answered, writes, reads) -> Picture:
    """A neural Turing machine copies: what it is given (T, inputs) and answers (T, outputs), and where its heads are.

    writes, reads (T, rows): shares of the rows of the memory.
    """
    given, answered, writes, reads = (np.asarray(array, float) for array in (given, answered, writes, reads))
    half = len(given) // 2
    wrote, read = (np.argmax(share, axis=1) for share in (writes, reads))
    picture = Picture(
        f"A neural Turing machine copies {half} rows of {answered.shape[1]} bits in {len(given)} steps. Its write head "
        f"is at the rows {', '.join(map(str, wrote[:half]))} while it listens, its read head at the rows "
        f"{', '.join(map(str, read[half:-1]))} from the mark on.",
        height=4.4,
    )
    panels = picture.subplots(2, 2, sharex=True, height_ratios=(1, 1.7))
    titles = ("given", "answered, probabilities", "where it writes", "where it reads")
    for panel, title, array in zip(panels.flat, titles, (given, answered, writes, reads)):
        panel.imshow(array.T, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        panel.set_title(title)
        panel.grid(visible=False)
        panel.axvline(half, color=VERMILLION, linewidth=1.2, linestyle=":")
        panel.set_ylabel("bit" if panel in panels[0] else "row of the memory")
        for axis in (panel.xaxis, panel.yaxis):
            axis.set_major_locator(MaxNLocator(integer=True))
    for panel in panels[1]:
        panel.set_xlabel("step")
    return picture


@drawn
def who_looks_where(weights, characters, title="") -> Picture:
    """Attention of each character (row) to those before it (columns), a panel for each head; weights (heads, T, T)."""
    weights = np.asarray(weights, float)
    last = weights[:, -1].argmax(axis=1)
    told = ", ".join(f"place {place} ({characters[place]!r})" for place in last)
    picture = Picture(
        f"{title or 'Attention'} of {len(weights)} heads over the text {''.join(characters)!r}; the last character "
        f"looks most at {told}.",
        height=6.2 if len(weights) > 2 else 3.2,
    )
    panels = picture.subplots(-(-len(weights) // 2), 2, squeeze=False).flat
    for number, (panel, each) in enumerate(zip(panels, weights)):
        panel.set_title(f"head {number + 1}")
        panel.imshow(each, cmap="Blues", vmin=0, vmax=1)
        panel.grid(visible=False)
        panel.set_xticks(range(len(characters)), characters, fontsize=8)
        panel.set_yticks(range(len(characters)), characters if number % 2 == 0 else [""] * len(characters), fontsize=8)
        panel.tick_params(length=0)
    return picture


@drawn
def spread_marks(codes, labels, title="") -> Picture:
    """Codes (N, 2) in the plane, each shown as its digit."""
    codes, labels = np.asarray(codes, float), np.asarray(labels)
    spread = codes.std(axis=0)
    picture = Picture(
        f"{title or 'Codes'}: {len(codes)} digits in the plane of two numbers, with the spreads {spread[0]:.2f} and "
        f"{spread[1]:.2f}; each is written where its code lies.",
        height=3.8,
    )
    (panel,) = picture.panels(title)
    colors = (
        "#0072B2",
        "#D55E00",
        "#009E73",
        "#CC79A7",
        "#000000",
        "#E69F00",
        "#56B4E9",
        "#6b6b6b",
        "#8a5a00",
        "#7a0044",
    )
    for label in np.unique(labels):
        for x, y in codes[labels == label]:
            panel.text(x, y, str(label), color=colors[label % 10], fontsize=7.5, ha="center", va="center")
    low, high = codes.min(axis=0), codes.max(axis=0)
    margin = 0.05 * (high - low)
    panel.set(xlim=(low[0] - margin[0], high[0] + margin[0]), ylim=(low[1] - margin[1], high[1] + margin[1]))
    panel.set(xlabel="first number of the code", ylabel="second number")
    return picture
