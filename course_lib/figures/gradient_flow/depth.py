"""What becomes of a signal, and of a gradient, in layer after layer."""

import numpy as np
from matplotlib.colors import TwoSlopeNorm
from matplotlib.ticker import MaxNLocator

from course_lib.figures.moving import Moving
from course_lib.figures.picture import BLUE, GRAY, PALE, SERIES, VERMILLION, Picture, drawn

TINY = 1e-60  # what is smaller is drawn there: a logarithmic axis has no 0


@drawn
def through_layers(curves, quantity, log=True, first=1) -> Picture:
    """One curve for each name over the layers; curves: name -> (L,); first: the number of the first one."""
    told = [f"{name} {c[0]:.2g} at the first and {c[-1]:.2g} at the last" for name, c in curves.items()]
    picture = Picture(f"{quantity.capitalize()}, layer by layer: {'; '.join(told)}.", height=3.1)
    (panel,) = picture.panels("")
    for (name, curve), (color, style) in zip(curves.items(), SERIES):
        layers = np.arange(first, first + len(curve))
        values = np.maximum(curve, TINY) if log else curve
        panel.plot(layers, values, color=color, linestyle=style, label=name)
    panel.set(xlabel="layer", ylabel=quantity, yscale="log" if log else "linear")
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    if not log:
        panel.set_ylim(bottom=0)
    picture.legend_above(panel, 3)
    return picture


def coming_back(curves, quantity, frames=5) -> Moving:
    """Bars that appear from the last layer to the first, a panel for each name; curves: name -> (L,)."""
    depth = len(next(iter(curves.values())))
    told = [f"{name}: {c[-1]:.2g} at the last layer and {c[0]:.2g} at the first" for name, c in curves.items()]
    reached = np.unique(np.linspace(1, depth, frames).round().astype(int))
    alt = f"The gradient comes back through {depth} layers. {'; '.join(told)}."
    return Moving(alt, [_reached(curves, quantity, int(n)) for n in reached], seconds=0.5)


@drawn
def _reached(curves, quantity, n):
    depth = len(next(iter(curves.values())))
    picture = Picture(f"The gradient has come back through {n} of {depth} layers.", height=2.7)
    panels = picture.panels(*curves, sharey=True)
    low = min(float(np.min(curve)) for curve in curves.values())
    high = max(float(np.max(curve)) for curve in curves.values())
    for panel, curve in zip(panels, curves.values()):
        layers = np.arange(depth - n, depth) + 1
        panel.bar(layers, curve[depth - n :] - low / 3, bottom=low / 3, color=BLUE, width=0.8)
        panel.bar(layers[:1], curve[depth - n : depth - n + 1] - low / 3, bottom=low / 3, color=VERMILLION, width=0.8)
        panel.set(xlabel="layer", yscale="log", ylim=(low / 3, 3 * high), xlim=(0, depth + 1))
    panels[0].set_ylabel(quantity)
    return picture


@drawn
def histograms(answers, layers, edge) -> Picture:
    """The units' answers in some layers, a row for each name; answers: name -> arrays, one for each of `layers`."""
    told = [
        f"{name}: standard deviation {', '.join(f'{np.std(h):.2g}' for h in found)}" for name, found in answers.items()
    ]
    numbers = ", ".join(map(str, layers))
    alt = f"Histograms of the answers in the layers {numbers}. {'; '.join(told)}."
    picture = Picture(alt, height=0.7 + 1.15 * len(answers))
    grid = picture.subplots(len(answers), len(layers), sharex=True, squeeze=False)
    bins = np.linspace(-edge, edge, 41)
    for row, (name, found) in zip(grid, answers.items()):
        row[0].set_ylabel(name, fontsize=9.5)
        for panel, layer, h in zip(row, layers, found):
            panel.hist(np.clip(np.ravel(h), -edge, edge), bins, color=BLUE)
            panel.set_yticks([])
            panel.grid(visible=False)
            panel.set_title(f"layer {layer}, spread {np.std(h):.2g}", fontsize=9)
    for panel in grid[-1]:
        panel.set_xlabel("answer")
    return picture


@drawn
def table(ratios, quantity) -> Picture:
    """A table of factors, colored by their order of magnitude; ratios: row -> {column -> number above 0}."""
    rows, columns = list(ratios), list(next(iter(ratios.values())))
    powers = np.log10([[max(ratios[row][column], TINY) for column in columns] for row in rows])
    told = [f"{row}: {', '.join(f'{c} {ratios[row][c]:.1e}' for c in columns)}" for row in rows]
    picture = Picture(f"{quantity}. {'; '.join(told)}.", height=0.9 + 0.36 * len(rows))
    (panel,) = picture.panels("")
    panel.imshow(powers, cmap="PuOr_r", norm=TwoSlopeNorm(0, -8, 8), aspect="auto")
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            ratio = ratios[row][column]
            text = f"{ratio:.2g}" if 0.01 < ratio < 1000 else f"$10^{{{int(np.round(powers[i, j]))}}}$"
            dark = abs(powers[i, j]) > 5
            panel.text(j, i, text, ha="center", va="center", fontsize=10, color="white" if dark else "black")
    panel.set_xticks(range(len(columns)), columns)
    panel.set_yticks(range(len(rows)), rows)
    panel.tick_params(length=0)
    panel.xaxis.tick_top()
    panel.grid(visible=False)
    for spine in panel.spines.values():
        spine.set_visible(False)
    picture.supxlabel(quantity, fontsize=9.5, color=GRAY)
    return picture


@drawn
def by_depth(ratios, quantity) -> Picture:
    """Factors over the depth, a panel for each activation; ratios: activation -> {initializer -> {depth -> factor}}."""
    told = [
        f"{act}: {', '.join(f'{init} {list(f.values())[-1]:.1e}' for init, f in each.items())}"
        for act, each in ratios.items()
    ]
    deepest = list(next(iter(next(iter(ratios.values())).values())))[-1]
    picture = Picture(f"{quantity} over the depth; at {deepest} layers: {'; '.join(told)}.", height=2.9)
    panels = picture.panels(*ratios, sharey=True)
    for panel, each in zip(panels, ratios.values()):
        panel.axhspan(0.1, 10, color=PALE, alpha=0.35, linewidth=0)
        for (name, factors), (color, style) in zip(each.items(), SERIES):
            values = np.clip(list(factors.values()), 1e-18, 1e12)
            panel.plot(list(factors), values, color=color, linestyle=style, label=name)
        panel.set(xlabel="layers", yscale="log", ylim=(1e-14, 1e10))
    panels[0].set_ylabel(quantity)
    picture.legend_above(panels[0])
    return picture
