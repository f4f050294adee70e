"""Pictures of runs: a quantity over the epochs, many answers to one question, shares, and speed."""

from pathlib import Path

import numpy as np
from matplotlib.image import imread
from matplotlib.ticker import FuncFormatter, LogLocator

from course_lib.figures.picture import BLUE, GRAY, PALE, SERIES, VERMILLION, Picture, drawn, note


@drawn
def curves(series, quantity="loss", x="epoch", start=1, log=False, mark=None, mark_words="") -> Picture:
    """One curve for each name over the epochs (or what `x` says), from `start` on; name -> (T,).

    mark: a place on the axis with a line and a word, say where a run was saved.
    """
    told = [f"{name} from {values[0]:.3g} to {values[-1]:.3g}" for name, values in series.items()]
    longest = max(len(values) for values in series.values())
    alt = f"{quantity.capitalize()} over {longest} places ({x}): {'; '.join(told)}."
    if mark is not None:
        alt += f" A line at {x} {mark:g}: {mark_words}."
    picture = Picture(alt, height=3.0)
    (panel,) = picture.panels("")
    for (name, values), (color, style) in zip(series.items(), SERIES):
        values = np.asarray(values, float)
        at = np.arange(start, start + len(values))
        panel.plot(at, values, color=color, linestyle=style, label=name, marker="o" if longest < 16 else "", ms=3.5)
    panel.set(xlabel=x, ylabel=quantity, yscale="log" if log else "linear")
    if log:  # 0.2, 0.5, 1, 2: plain numbers
        panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        panel.minorticks_off()
    if longest < 16:
        panel.set_xticks(range(start, start + longest))
    if mark is not None:
        panel.axvline(mark, color=GRAY, linewidth=1.2, linestyle=":")
        low, high = panel.get_ylim()
        note(panel, mark_words, (mark, high), (6, -10), color=GRAY)
        panel.set_ylim(low, high)
    picture.legend_above(panel, 3)
    return picture


@drawn
def repeats(answers, quantity) -> Picture:
    """Many answers to the same question, a row of points for each name; name -> (R,)."""
    told = [
        f"{name}: {len(seen)} answers from {min(seen):.4g} to {max(seen):.4g}, mean {np.mean(seen):.4g}"
        for name, seen in answers.items()
    ]
    picture = Picture(
        f"{quantity.capitalize()}, asked again and again. {'; '.join(told)}.", height=0.9 + 0.5 * len(told)
    )
    (panel,) = picture.panels("")
    rows = range(len(answers) - 1, -1, -1)
    for row, (seen, (color, _)) in zip(rows, zip(answers.values(), SERIES)):
        spread = np.linspace(-0.22, 0.22, len(seen)) if len(seen) > 1 else [0]
        panel.plot(seen, row + np.asarray(spread), "o", color=color, markersize=4.5, alpha=0.7)
    panel.set_yticks(list(rows), list(answers))
    panel.grid(axis="y", visible=False)
    panel.set(xlabel=quantity, ylim=(-0.6, len(answers) - 0.4))
    return picture


@drawn
def shares(rows, quantity) -> Picture:
    """How much each example weighs in a mean: one bar for each example, in batches; name -> (list of batches of
    weights)."""
    told = [
        f"{name}: {', '.join(f'{len(batch)} examples with {batch[0]:.3g} each' for batch in batches)}"
        for name, batches in rows.items()
    ]
    picture = Picture(f"{quantity.capitalize()}. {'; '.join(told)}.", height=2.4)
    panels = picture.panels(*rows, sharey=True)
    for panel, batches in zip(panels, rows.values()):
        at = 0
        for number, batch in enumerate(batches):
            color = BLUE if number < len(batches) - 1 else VERMILLION
            hatch = "" if number < len(batches) - 1 else "//"
            panel.bar(range(at, at + len(batch)), batch, color=color, hatch=hatch, edgecolor="white")
            panel.text(at + (len(batch) - 1) / 2, -0.16, f"batch {number + 1}", ha="center", fontsize=9,
                       transform=panel.get_xaxis_transform())  # fmt: skip
            at += len(batch) + 1
        panel.set_xticks([])
    panels[0].set_ylabel(quantity)
    return picture


@drawn
def throughput(sizes, rates, where) -> Picture:
    """Examples a second over the size of the batch; sizes (B,), rates: name -> (B,); where: the machine in a word."""
    told = [
        f"{name} {rate[0]:.2g} a second with batches of {sizes[0]}, {rate[-1]:.2g} with {sizes[-1]}"
        for name, rate in rates.items()
    ]
    picture = Picture(f"Examples answered a second on the {where}, measured here: {'; '.join(told)}.", height=2.9)
    (panel,) = picture.panels("")
    for (name, rate), (color, style) in zip(rates.items(), SERIES):
        panel.plot(sizes, rate, color=color, linestyle=style, marker="o", markersize=4, label=name)
    panel.plot(sizes, rates[next(iter(rates))][0] * np.asarray(sizes) / sizes[0], color=PALE, linewidth=1.2,
               label="if a batch took as long as one example")  # fmt: skip
    panel.set(xlabel="examples in a batch", ylabel="examples a second", xscale="log", yscale="log")
    panel.set_xticks(sizes, [str(size) for size in sizes])
    panel.minorticks_off()
    picture.legend_above(panel, 2)
    return picture


@drawn
def tensorboard_page() -> Picture:
    """A page of TensorBoard, as a browser shows it: `tools/pictures.py` takes it from two real runs."""
    alt = (
        "The page of TensorBoard in a browser. On the left the 2 runs, rate 0.05 and rate 0.3, each with its color. "
        "Beside them a card for each quantity: the accuracy and the loss of both runs over 12 epochs. "
        "The run at rate 0.3 is the better one in both."
    )
    page = imread(Path(__file__).with_name("tensorboard.png"))
    picture = Picture(alt, height=7.2 * page.shape[0] / page.shape[1])
    (panel,) = picture.panels("")
    panel.imshow(page, interpolation="lanczos")
    panel.axis("off")
    return picture
