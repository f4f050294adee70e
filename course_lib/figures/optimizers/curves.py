"""Curves of optimizers: over steps, over sizes of the gradient, and averages that start at 0."""

import numpy as np

from course_lib.figures.optimizers.maps import look
from course_lib.figures.picture import BLACK, BLUE, DASHED, PALE, SERIES, SOLID, VERMILLION, Picture, drawn


def _style(label, number):
    color, style = SERIES[number % len(SERIES)]
    return look(label, None) or {"color": color, "linestyle": style}


def _told(label, y):
    y = np.asarray(y, float)
    words = f"{label} from {y[0]:.3g} to {y[-1]:.3g}"
    return words + (f", highest {y.max():.3g} at step {y.argmax() + 1}" if y.max() > 1.05 * max(y[0], y[-1]) else "")


@drawn
def curves(panels, ylabel, log=False, height=2.9, first=1) -> Picture:
    """Something over the steps; panels: title -> label -> (T,), all panels with one scale; first: the first step."""
    told = [
        f"{title + ': ' if title else ''}{'; '.join(_told(*line) for line in lines.items())}"
        for title, lines in panels.items()
    ]
    picture = Picture(f"{ylabel[0].upper()}{ylabel[1:]} over the steps. {'. '.join(told)}.", height=height)
    axes = picture.panels(*panels, sharey=True)
    for panel, lines in zip(axes, panels.values()):
        for i, (label, y) in enumerate(lines.items()):
            panel.plot(np.arange(first, first + len(y)), y, **_style(label, i), label=label)
        panel.set(xlabel="step", yscale="log" if log else "linear")
    axes[0].set_ylabel(ylabel)
    picture.legend_above(axes[0], 5)
    return picture


@drawn
def scaling(sizes, lengths, xlabel, ylabel) -> Picture:
    """A length over the size of the gradient, both on logarithmic axes; name -> (N,); equal curves share a line."""
    groups: list[tuple[list[str], np.ndarray]] = []
    for name, length in lengths.items():
        same = [names for names, known in groups if np.allclose(known, length, rtol=1e-3)]
        same[0].append(name) if same else groups.append(([name], np.asarray(length)))
    told = [f"{', '.join(names)} from {length[0]:.3g} to {length[-1]:.3g}" for names, length in groups]
    picture = Picture(
        f"{ylabel[0].upper()}{ylabel[1:]}, for gradients of size {sizes[0]:g} to {sizes[-1]:g}: {'; '.join(told)}.",
        height=3.1,
    )
    (panel,) = picture.panels("")
    for i, (names, length) in enumerate(groups):
        color, style = SERIES[i % len(SERIES)]
        panel.plot(sizes, length, color=color, linestyle=style, label=", ".join(names))
    panel.set(xlabel=xlabel, ylabel=ylabel, xscale="log", yscale="log")
    picture.legend_above(panel, 3)
    return picture


@drawn
def averages(values, running, corrected, beta) -> Picture:
    """Numbers as points, their running average from 0, and the corrected one; all (T,)."""
    t = np.arange(1, len(values) + 1)
    picture = Picture(
        f"{len(values)} numbers with a mean of {np.mean(values):.2f} and their running average with beta {beta:g}: it "
        f"starts at {running[0]:.2f} and ends at {running[-1]:.2f}. Corrected, it starts at {corrected[0]:.2f} and "
        f"ends at {corrected[-1]:.2f}.",
        height=2.8,
    )
    (panel,) = picture.panels("")
    panel.plot(t, values, "o", color=PALE, markersize=4, label="the numbers")
    panel.plot(t, running, color=VERMILLION, linestyle=DASHED, label="running average")
    panel.plot(t, corrected, color=BLUE, linestyle=SOLID, label="corrected")
    panel.axhline(0, color=BLACK, linewidth=0.8)
    panel.set(xlabel="how many numbers so far", ylabel="value")
    picture.legend_above(panel)
    return picture
