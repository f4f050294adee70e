"""Pictures of what a model has learned and of what it has learned by heart."""

import numpy as np

from course_lib.figures.picture import BLACK, BLUE, DASHED, GREEN, PALE, VERMILLION, Picture, drawn, note


@drawn
def fits(x, y, curves, truth) -> Picture:
    """Points and a panel for each curve through them; curves: name -> function; truth: the function behind."""
    grid = np.linspace(x.min(), x.max(), 300)
    miss = {name: (np.mean((f(x) - y) ** 2), np.mean((f(grid) - truth(grid)) ** 2)) for name, f in curves.items()}
    told = [
        f"{name}: squared error {at:.2g} at the points, {off:.2g} from the truth" for name, (at, off) in miss.items()
    ]
    picture = Picture(f"{len(x)} noisy points and {len(curves)} curves. {'; '.join(told)}.", height=2.9)
    panels = picture.panels(*curves, sharey=True)
    for panel, f in zip(panels, curves.values()):
        panel.plot(grid, truth(grid), color=PALE, linestyle=DASHED, label="the truth")
        panel.plot(grid, np.clip(f(grid), -4, 4), color=BLUE, label="the fit")
        panel.plot(x, y, "o", color=VERMILLION, markersize=4.5, label="the points")
        panel.set(ylim=(-2.6, 2.6), xlabel="x")
    panels[0].set_ylabel("y")
    picture.legend_above(panels[0])
    return picture


@drawn
def learning_curves(histories, quantity="loss") -> Picture:
    """Training and validation over the epochs, a panel for each run; histories: name -> (training, validation)."""
    told = [
        f"{name}: training {seen[-1]:.2f} at the end, validation {new[-1]:.2f}, lowest {min(new):.2f} after epoch "
        f"{int(np.argmin(new)) + 1}"
        for name, (seen, new) in histories.items()
    ]
    picture = Picture(f"Learning curves, {quantity}. {'; '.join(told)}.", height=3.0)
    panels = picture.panels(*histories, sharey=True)
    for panel, (seen, new) in zip(panels, histories.values()):
        epochs = np.arange(1, len(seen) + 1)
        panel.plot(epochs, seen, color=BLUE, label="training")
        panel.plot(epochs, new, color=VERMILLION, linestyle=DASHED, label="validation")
        best = int(np.argmin(new))
        panel.plot(best + 1, new[best], "o", color=VERMILLION, markersize=6)
        panel.set(xlabel="epoch", ylim=(0, None))
    panels[0].set_ylabel(quantity)
    picture.legend_above(panels[0])
    return picture


@drawn
def gap_over_examples(counts, seen, new, ylabel="error") -> Picture:
    """The error on the training examples and on new ones, over the number of training examples; seen, new (C, S)."""
    seen, new = np.asarray(seen), np.asarray(new)
    alt = (
        f"Error over the number of examples, means of {seen.shape[1]} seeds: with {counts[0]} examples "
        f"{seen.mean(axis=1)[0]:.2f} on them and {new.mean(axis=1)[0]:.2f} on new ones, with {counts[-1]} examples "
        f"{seen.mean(axis=1)[-1]:.2f} and {new.mean(axis=1)[-1]:.2f}."
    )
    picture = Picture(alt, height=2.8)
    (panel,) = picture.panels("")
    for name, values, color, style in (("on new examples", new, VERMILLION, DASHED), ("training", seen, BLUE, "-")):
        panel.plot(counts, values.mean(axis=1), color=color, linestyle=style, marker="o", markersize=4, label=name)
        panel.fill_between(counts, values.min(axis=1), values.max(axis=1), color=color, alpha=0.15, linewidth=0)
    panel.set(xlabel="training examples", ylabel=ylabel, xscale="log", ylim=(0, None))
    panel.set_xticks(counts, [str(count) for count in counts])
    panel.minorticks_off()
    picture.legend_above(panel)
    return picture


@drawn
def stopped(validation, best, stop, patience) -> Picture:
    """A validation loss, the epoch that was best, the epoch at which the waiting ended; epochs count from 1."""
    alt = (
        f"Validation loss over {len(validation)} epochs: lowest, {validation[best - 1]:.3f}, after epoch {best}; with "
        f"a patience of {patience} training stops after epoch {stop}, at {validation[stop - 1]:.3f}; else it ends at "
        f"{validation[-1]:.3f}."
    )
    picture = Picture(alt, height=2.8)
    (panel,) = picture.panels("")
    epochs = np.arange(1, len(validation) + 1)
    panel.plot(epochs[:stop], validation[:stop], color=VERMILLION)
    panel.plot(epochs[stop - 1 :], validation[stop - 1 :], color=PALE, linestyle=DASHED)
    panel.axvspan(best, stop, color=GREEN, alpha=0.12, linewidth=0)
    panel.plot(best, validation[best - 1], "o", color=GREEN, markersize=8)
    top = max(validation)
    note(panel, f"best: epoch {best}", (best, validation[best - 1]), (-6, -16), color=GREEN, ha="right")
    note(panel, f"waiting: {patience} epochs", ((best + stop) / 2, top), (0, -2), color=GREEN, ha="center", va="top")
    note(panel, "stop", (stop, validation[stop - 1]), (4, -14), color=BLACK)
    panel.set(xlabel="epoch", ylabel="validation loss", ylim=(0, 1.06 * top))
    return picture
