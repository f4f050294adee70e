"""Pictures of what a rate does to a run."""

import numpy as np

from course_lib.figures.picture import BLACK, BLUE, DASHED, GRAY, PALE, SERIES, VERMILLION, Picture, drawn, note


@drawn
def descents(paths, height, title="") -> Picture:
    """A ball in a valley, a panel for each rate; paths: name -> places (T,); height: the valley as a function."""
    told = [f"{name}: from {path[0]:.3g} to {path[-1]:.3g} in {len(path) - 1} steps" for name, path in paths.items()]
    picture = Picture(f"Descent in a valley with its bottom at 0. {'; '.join(told)}.", height=2.7)
    panels = picture.panels(*paths, sharey=True)
    w = np.linspace(-2.6, 2.6, 200)
    for panel, path in zip(panels, paths.values()):
        inside = np.asarray(path)[np.abs(path) <= 2.6]
        panel.plot(w, height(w), color=PALE)
        panel.plot(inside, height(inside), "o-", color=BLUE, markersize=4, linewidth=1)
        panel.plot(inside[0], height(inside[0]), "o", color=VERMILLION, markersize=7)
        panel.set(xlabel="weight")
    panels[0].set_ylabel("loss")
    return picture


@drawn
def noisy_runs(errors, floors) -> Picture:
    """The mean squared distance to the bottom over the steps, from many runs; errors: name -> (T,).

    floors: name -> the height at which theory says that a constant rate hovers.
    """
    told = [f"{name} ends at {error[-1]:.2g}" for name, error in errors.items()]
    theory = [f"{floor:.2g} for {name}" for name, floor in floors.items()]
    alt = f"Squared distance to the bottom over {len(next(iter(errors.values())))} noisy steps: {'; '.join(told)}. "
    picture = Picture(alt + f"Dotted lines, from theory: {', '.join(theory)}.", height=3.1)
    (panel,) = picture.panels("")
    for (name, error), (color, style) in zip(errors.items(), SERIES):
        panel.plot(error, color=color, linestyle=style, label=name)
        if name in floors:
            panel.axhline(floors[name], color=color, linestyle=":", linewidth=1.2)
    panel.set(xlabel="step", ylabel="squared distance", yscale="log")
    picture.legend_above(panel)
    return picture


@drawn
def losses_and_rates(histories, quantity="validation loss") -> Picture:
    """A loss for each epoch on the left, the applied rate for each step on the right; name -> (losses, rates)."""
    told = [f"{name}: {loss[0]:.3g} to {loss[-1]:.3g}" for name, (loss, _) in histories.items()]
    applied = [f"{name}: {rate[0]:.3g} to {rate[-1]:.3g}" for name, (_, rate) in histories.items()]
    picture = Picture(f"{quantity.capitalize()}, {'; '.join(told)}. Rate, {'; '.join(applied)}.", height=3.1)
    left, right = picture.panels(quantity, "the rate that was applied")
    for (name, (loss, rate)), (color, style) in zip(histories.items(), SERIES):
        left.plot(range(1, len(loss) + 1), loss, color=color, linestyle=style, label=name)
        right.plot(rate, color=color, linestyle=style)
    left.set(xlabel="epoch", yscale="log")
    right.set(xlabel="step", yscale="log")
    picture.legend_above(left)
    return picture


@drawn
def range_test(rates, losses, smooth, chosen) -> Picture:
    """The loss over the rate of a range test, raw and smoothed, with the rate that was chosen. All (T,) but chosen."""
    alt = (
        f"Range test from rate {rates[0]:.2g} to {rates[-1]:.2g}: the smoothed loss falls from {smooth[0]:.3g} "
        f"to {np.nanmin(smooth):.3g} at rate {rates[np.nanargmin(smooth)]:.2g} and then rises. Chosen: {chosen:.2g}."
    )
    picture = Picture(alt, height=2.9)
    (panel,) = picture.panels("")
    panel.plot(rates, losses, color=PALE, linewidth=1, label="loss of each step")
    panel.plot(rates, smooth, color=BLUE, label="smoothed")
    panel.axvline(chosen, color=VERMILLION, linestyle=DASHED, linewidth=1.5)
    top = 2 * losses[0]
    note(panel, f"chosen: {chosen:.2g}", (chosen, 0.85 * top), (-8, 0), ha="right", color=VERMILLION)
    panel.set(xlabel="learning rate", ylabel="loss", xscale="log", ylim=(0, top))
    picture.legend_above(panel)
    return picture


@drawn
def race(results, quantity) -> Picture:
    """One row for each name, a point for each seed and a bar at their mean; name -> (S,), the best first."""
    means = {name: float(np.mean(seen)) for name, seen in results.items()}
    order = sorted(means, key=means.__getitem__)
    told = [f"{name} {means[name]:.3g} ({min(results[name]):.3g} to {max(results[name]):.3g})" for name in order]
    picture = Picture(f"{quantity}, mean and range over seeds: {'; '.join(told)}.", height=0.7 + 0.33 * len(order))
    (panel,) = picture.panels("")
    for row, name in enumerate(reversed(order)):
        panel.plot(results[name], [row] * len(results[name]), "o", color=BLUE, alpha=0.6, markersize=5)
        panel.plot([means[name]] * 2, [row - 0.3, row + 0.3], color=BLACK)
    panel.set_yticks(range(len(order)), list(reversed(order)))
    panel.grid(axis="y", visible=False)
    panel.set_xlabel(quantity, color=GRAY)
    return picture
