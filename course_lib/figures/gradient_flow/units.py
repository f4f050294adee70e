"""Pictures of single units: equal ones, halved ones, and one that finds its own balance."""

import numpy as np

from course_lib import activations
from course_lib.figures.picture import BLUE, PALE, VERMILLION, Picture, drawn, note


@drawn
def symmetry(runs) -> Picture:
    """One weight of every hidden unit over the steps, a panel for each start; runs: name -> (T, H)."""
    told = []
    for name, weights in runs.items():
        last = np.unique(np.asarray(weights)[-1])
        told.append(f"{name}: {len(last)} different weights at the end, from {last.min():.2g} to {last.max():.2g}")
    units = np.shape(next(iter(runs.values())))[1]
    picture = Picture(f"A weight of each of {units} hidden units while training. {'; '.join(told)}.", height=2.8)
    panels = picture.panels(*runs, sharey=True)
    for panel, weights in zip(panels, runs.values()):
        different = len(np.unique(np.asarray(weights)[-1]))
        panel.plot(weights, color=BLUE, linewidth=1.3)
        word = "unit" if different == 1 else "units"
        panel.text(0.05, 0.93, f"{different} different {word}", transform=panel.transAxes, fontsize=9.5, va="top")
        panel.set(xlabel="step")
    panels[0].set_ylabel("weight of each hidden unit")
    low, high = panels[0].get_ylim()
    panels[0].set_ylim(low, high + 0.2 * (high - low))
    return picture


@drawn
def half_thrown_away(z, h) -> Picture:
    """Histograms of the sums z and of the answers h = ReLU(z), with their mean squares."""
    before, after = float(np.mean(np.square(z))), float(np.mean(np.square(h)))
    alt = (
        f"On the left the sums z, mean square {before:.3f}. On the right ReLU of them: {np.mean(np.equal(h, 0)):.0%} "
        f"are 0, mean square {after:.3f}."
    )
    picture = Picture(alt, height=2.6)
    left, right = picture.panels(f"z: mean square {before:.2f}", f"ReLU(z): mean square {after:.2f}", sharey=True)
    bins = list(np.linspace(-3.5, 3.5, 57))
    share = np.full(np.size(z), 1 / np.size(z))
    left.hist(np.ravel(z), bins, weights=share, color=BLUE)
    positive = np.ravel(h)[np.ravel(h) > 0]
    right.hist(positive, bins, weights=share[: positive.size], color=BLUE)
    top = left.get_ylim()[1]
    right.plot([0, 0], [0, top], color=VERMILLION, linewidth=4)
    note(right, f"{np.mean(np.equal(h, 0)):.0%} are exactly 0", (0, 0.85 * top), (-8, 0), ha="right", color=VERMILLION)
    left.set(xlabel="sum", ylabel="share")
    right.set(xlabel="answer", ylim=(0, top))
    return picture


@drawn
def fixed_point(starts, steps=12, gain=1.0) -> Picture:
    """Where SELU moves mean and variance: paths in the plane of the two; starts: pairs (mean, variance).

    Of one layer whose weights add up to 0 and have a summed square of `gain`: a mean of x is lost, and its mean
    square times gain is the variance of z, which is normal.
    """
    paths = [np.array(_path(mean, var, steps, gain)) for mean, var in starts]
    ends = np.array([path[-1] for path in paths])
    alt = (
        f"Mean and variance of SELU's answers, layer after layer, from {len(paths)} starts; after {steps} layers all "
        f"have a mean from {ends[:, 0].min():.3f} to {ends[:, 0].max():.3f} and a variance from "
        f"{ends[:, 1].min():.3f} to {ends[:, 1].max():.3f}."
    )
    picture = Picture(alt, height=3.4)
    (panel,) = picture.panels("")
    for path in paths:
        panel.plot(path[:, 0], path[:, 1], "o-", color=BLUE, markersize=3.5, linewidth=1)
        panel.plot(*path[0], "o", color=VERMILLION, markersize=6)
    panel.plot(*ends.mean(axis=0), "*", color="black", markersize=15)
    panel.axhline(1, color=PALE, linewidth=1)
    panel.axvline(0, color=PALE, linewidth=1)
    note(panel, "after the last layer", tuple(ends.mean(axis=0)), (14, 10))
    note(panel, "a start", tuple(paths[0][0]), (9, -4), color=VERMILLION)
    panel.set(xlabel="mean of the answers", ylabel="variance of the answers")
    panel.margins(0.12)
    return picture


def _path(mean, var, steps, gain):
    """(mean, variance) of the answers in layer after layer, by quadrature over a normal z."""
    places, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()
    path = [(mean, var)]
    for _ in range(steps):
        h = activations.SELU().forward(np.sqrt(gain * (var + mean**2)) * places)
        mean = float(weights @ h)
        var = float(weights @ h**2) - mean**2
        path.append((mean, var))
    return path
