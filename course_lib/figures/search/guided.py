"""Pictures of searches that learn from what they saw: a model, a flock, survivors, a population, a policy."""

import numpy as np

from course_lib.figures.moving import Moving
from course_lib.figures.picture import BLACK, BLUE, DASHED, GRAY, GREEN, PALE, SERIES, VERMILLION, Picture, drawn, note


@drawn
def belief(x, mean, std, seen, worth, title="", limits=None, name="hyperparameter") -> Picture:
    """What a model believes about a loss, with a band of two standard deviations, and below it where it pays to look.

    x, mean, std, worth (n,); seen (m, 2): places that were tried, and their losses.
    """
    seen = np.asarray(seen)
    at = x[np.argmax(worth)]
    alt = (
        f"A model's mean and band after {len(seen)} trials; the best loss so far is {seen[:, 1].min():.3g}. "
        f"The expected improvement is largest at {at:.2f}, where it is {np.max(worth):.2g}."
    )
    picture = Picture(alt, height=3.7)
    above, below = picture.subplots(2, 1, sharex=True, height_ratios=(2.2, 1))
    above.fill_between(x, mean - 2 * std, mean + 2 * std, color=BLUE, alpha=0.15, linewidth=0)
    above.plot(x, mean, color=BLUE)
    above.plot(seen[:, 0], seen[:, 1], "o", color=BLACK, markersize=6)
    above.axhline(seen[:, 1].min(), color=PALE, linestyle=DASHED, linewidth=1.2)
    below.fill_between(x, 0, worth, color=GREEN, alpha=0.35, linewidth=0)
    for panel in (above, below):
        panel.axvline(at, color=VERMILLION, linestyle=":", linewidth=1.6)
    above.set(ylabel="loss", ylim=limits)
    above.set_title(title)
    below.set(xlabel=name, ylabel="worth", ylim=(0, max(1.15 * float(np.max(worth)), 1e-9)))
    below.set_yticks([])
    return picture


def beliefs(x, steps, name="hyperparameter") -> Moving:
    """`belief` trial after trial; steps: a list of (mean, std, seen, worth)."""
    low = min(float(np.min(mean - 2 * std)) for mean, std, _, _ in steps)
    high = max(float(np.max(mean + 2 * std)) for mean, std, _, _ in steps)
    limits = (low - 0.05 * (high - low), high + 0.05 * (high - low))
    frames = [
        belief(x, mean, std, seen, worth, f"after {len(seen)} trials", limits, name) for mean, std, seen, worth in steps
    ]
    first, last = np.asarray(steps[0][2]), np.asarray(steps[-1][2])
    alt = (
        f"The model's band narrows where it has looked, from {len(first)} trials with a best loss of "
        f"{first[:, 1].min():.3g} to {len(last)} with {last[:, 1].min():.3g}. Each new trial is where the expected "
        f"improvement was largest."
    )
    return Moving(alt, frames, seconds=1.2, rest=3.0)


@drawn
def _flock(places, height, lowest, rounds) -> Picture:
    """One round: the places on the left, the lowest loss of each round so far on the right."""
    alt = f"{len(places)} particles on a loss with several valleys; lowest {height(*places.T).min():.3g}."
    picture = Picture(alt, height=3.6)
    panel, right = picture.panels(f"round {len(lowest) - 1}", "lowest loss of the round")
    right.plot(lowest, "o-", color=BLUE, markersize=4)
    right.set(xlabel="round", xlim=(-0.5, rounds - 0.5), ylim=(-0.02 * max(lowest), 1.08 * max(lowest)))
    u = np.linspace(0, 1, 80)
    first, second = np.meshgrid(u, u)
    panel.imshow(height(first, second), extent=(0, 1, 0, 1), origin="lower", cmap="Blues", interpolation="bilinear")
    panel.plot(places[:, 0], places[:, 1], "o", color=VERMILLION, markersize=7, markeredgecolor="white")
    panel.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel="first hyperparameter", ylabel="second")
    panel.set_aspect("equal")
    panel.grid(visible=False)
    return picture


def flock(places, height) -> Moving:
    """A flock of particles, round after round; places (T, n, 2), height(x, y): the loss."""
    places = np.asarray(places)
    spreads = [float(np.mean(np.std(one, axis=0))) for one in places]
    lowest = [float(height(*one.T).min()) for one in places]
    alt = (
        f"{places.shape[1]} particles gather within {len(places) - 1} rounds: their spread falls from {spreads[0]:.2f} "
        f"to {spreads[-1]:.2f}, the lowest loss among them from {lowest[0]:.3g} to {min(lowest):.3g}."
    )
    frames = [_flock(one, height, lowest[: t + 1], len(places)) for t, one in enumerate(places)]
    return Moving(alt, frames, seconds=0.45)


@drawn
def survivors(curves, rungs, quantity) -> Picture:
    """Learning curves (n, R) from resource 1 to R, each drawn as far as successive halving trains it.

    rungs: [(count, resource), …].
    """
    curves = np.asarray(curves)
    told = ", ".join(f"{count} with {resource}" for count, resource in rungs)
    spent = sum(count * resource for count, resource in rungs)
    alive = np.arange(len(curves))
    picture = Picture(f"Learning curves cut at the rungs: {told}.", height=3.2)
    (panel,) = picture.panels("")
    for step, (count, resource) in enumerate(rungs):
        alive = alive[:count]
        stays = rungs[step + 1][0] if step + 1 < len(rungs) else 1
        alive = alive[np.argsort(curves[alive, resource - 1])]
        for rank, i in enumerate(alive):
            goes_on = rank < stays
            if not goes_on or step + 1 == len(rungs):
                color, width = (VERMILLION, 1.8) if goes_on else (PALE, 1.1)
                panel.plot(np.arange(1, resource + 1), curves[i, :resource], color=color, linewidth=width)
                panel.plot(resource, curves[i, resource - 1], "o", color=color, markersize=4.5 if goes_on else 3)
        panel.axvline(resource, color=GRAY, linestyle=":", linewidth=1)
    winner = alive[0]
    last = rungs[-1][1]
    panel.set(xlabel="epochs", ylabel=quantity, xscale="log")
    panel.set_xticks([r for _, r in rungs], [f"{r}\n{n} point{'s' * (n != 1)}" for n, r in rungs])
    panel.minorticks_off()
    note(
        panel,
        f"winner {curves[winner, last - 1]:.2f}",
        (last, curves[winner, last - 1]),
        (-4, 9),
        ha="right",
        color=VERMILLION,
    )
    picture.alt = (
        f"{len(curves)} learning curves cut at the rungs: {told}. The winner ends at {curves[winner, last - 1]:.3g}; "
        f"all of it costs {spent} epochs, training all to the end {len(curves) * last}."
    )
    return picture


@drawn
def population(rates, parents, losses) -> Picture:
    """The rates of a population over the rounds, with a line from whose weights each goes on; all (T, n)."""
    rates, parents, losses = np.asarray(rates), np.asarray(parents), np.asarray(losses)
    best = np.argmin(losses[-1])
    alt = (
        f"Learning rates of {rates.shape[1]} members over {len(rates)} rounds. At first they reach from "
        f"{rates[0].min():.2g} to {rates[0].max():.2g}, at the end from {rates[-1].min():.2g} to "
        f"{rates[-1].max():.2g}. The best member ends with {rates[-1, best]:.2g} and a loss of {losses[-1, best]:.3g}."
    )
    picture = Picture(alt, height=3.1)
    (panel,) = picture.panels("")
    for t in range(1, len(rates)):
        for i, parent in enumerate(parents[t]):
            copied = parent != i
            color, width = (VERMILLION, 0.9) if copied else (PALE, 1.0)
            panel.plot([t - 1, t], [rates[t - 1, parent], rates[t, i]], color=color, linewidth=width, alpha=0.7)
    for t in range(len(rates)):
        panel.plot(np.full(rates.shape[1], t), rates[t], "o", color=BLUE, markersize=3.5)
    line, i = [], int(best)
    for t in range(len(rates) - 1, -1, -1):
        line.append((t, rates[t, i]))
        i = int(parents[t, i])
    panel.plot(*zip(*line), color=BLACK, linewidth=2.4, label="the line of the best")
    panel.plot([], [], color=VERMILLION, linewidth=1.2, label="copied and changed")
    panel.plot([], [], color=PALE, linewidth=1.2, label="goes on as it was")
    panel.set(xlabel="round", ylabel="learning rate", yscale="log")
    picture.legend_above(panel)
    return picture


@drawn
def policy(probabilities, options, name) -> Picture:
    """How the probabilities of a policy move; probabilities (T, K), one curve for each option with the largest ends."""
    probabilities = np.asarray(probabilities)
    order = np.argsort(-probabilities[-1])[: len(SERIES)]
    told = [f"{options[k]:g} from {probabilities[0, k]:.2f} to {probabilities[-1, k]:.2f}" for k in order]
    alt = f"Probabilities of {name} over {len(probabilities) - 1} updates of the policy: {'; '.join(told)}."
    picture = Picture(alt, height=2.9)
    (panel,) = picture.panels("")
    for k in range(len(options)):
        if k not in order:
            panel.plot(probabilities[:, k], color=PALE, linewidth=1)
    for k, (color, style) in zip(order, SERIES):
        panel.plot(probabilities[:, k], color=color, linestyle=style, label=f"{options[k]:.2g}")
    panel.set(xlabel="update of the policy", ylabel="probability", ylim=(0, 1.02))
    picture.legend_above(panel, columns=5)
    return picture
