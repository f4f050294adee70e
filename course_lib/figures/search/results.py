"""Pictures of results: with their spread, and with the luck that is in the best of many."""

import numpy as np

from course_lib.figures.picture import BLACK, BLUE, DASHED, GRAY, PALE, SERIES, VERMILLION, Picture, drawn


@drawn
def ranked(results, quantity, reference="") -> Picture:
    """One row for each name, a point for each run and a bar at their mean, the lowest mean first; name -> (S,).

    The mean of the row `reference` goes through all rows as a dashed line.
    """
    means = {name: float(np.mean(seen)) for name, seen in results.items()}
    order = sorted(means, key=means.__getitem__)
    told = [f"{name} {means[name]:.3g} ({min(results[name]):.3g} to {max(results[name]):.3g})" for name in order]
    alt = f"{quantity}, mean and range over runs, lowest first: {'; '.join(told)}."
    picture = Picture(alt, height=0.75 + 0.33 * len(order))
    (panel,) = picture.panels("")
    for row, name in enumerate(reversed(order)):
        color = VERMILLION if name == reference else BLUE
        panel.plot(results[name], [row] * len(results[name]), "o", color=color, alpha=0.5, markersize=5)
        panel.plot([means[name]] * 2, [row - 0.32, row + 0.32], color=BLACK)
    if reference:
        panel.axvline(means[reference], color=VERMILLION, linestyle=DASHED, linewidth=1)
    panel.set_yticks(range(len(order)), list(reversed(order)))
    panel.grid(axis="y", visible=False)
    panel.set_xlabel(quantity, color=GRAY)
    return picture


@drawn
def winners_luck(trials, chosen, fresh, truth) -> Picture:
    """What the best of n equal trials shows on the data it was chosen by, and on fresh data; all (n,)."""
    chosen, fresh = np.asarray(chosen), np.asarray(fresh)
    alt = (
        f"Accuracy of the best of n equal trials. On the data they were chosen by it climbs from {chosen[0]:.3f} for "
        f"{trials[0]} to {chosen[-1]:.3f} for {trials[-1]}; on fresh data it stays between {fresh.min():.3f} and "
        f"{fresh.max():.3f}. The truth is {truth:g} for all."
    )
    picture = Picture(alt, height=2.9)
    (panel,) = picture.panels("")
    panel.axhline(truth, color=PALE, linewidth=4, label="the truth, for every trial")
    for values, name, (color, style) in zip((chosen, fresh), ("on the data it was chosen by", "on fresh data"), SERIES):
        panel.plot(trials, values, color=color, linestyle=style, marker="o", markersize=4, label=name)
    panel.set(xlabel="trials that the best was chosen from", ylabel="accuracy of the best", xscale="log")
    panel.set_xticks(list(trials), [str(n) for n in trials])
    panel.minorticks_off()
    picture.legend_above(panel)
    return picture


@drawn
def progress(spent, best, quantity, full=1.0) -> Picture:
    """The best value so far over what was spent, the median over runs and the middle half of them.

    spent (B,), full: what one whole training costs; best: name -> (S, B).
    """
    middle = {name: np.median(runs, axis=0) for name, runs in best.items()}
    half = len(spent) // 2
    told = [f"{name} {seen[half]:.3g} and {seen[-1]:.3g}" for name, seen in middle.items()]
    alt = f"Median of the best {quantity} so far, half-way and at the end: {'; '.join(told)}."
    picture = Picture(alt, height=3.2)
    (panel,) = picture.panels("")
    x = np.asarray(spent) / full
    for (name, runs), (color, style) in zip(best.items(), SERIES):
        low, high = np.percentile(runs, [25, 75], axis=0)
        panel.fill_between(x, low, high, color=color, alpha=0.07, linewidth=0)
        panel.plot(x, middle[name], color=color, linestyle=style, label=name)
    panel.set(xlabel="spent, in whole trainings", ylabel=f"best {quantity} so far")
    low, high = min(seen[-1] for seen in middle.values()), max(np.max(seen[half // 2 :]) for seen in middle.values())
    panel.set_ylim(low - 0.1 * (high - low), high + 0.2 * (high - low))
    picture.legend_above(panel, columns=3)
    return picture
