"""Pictures of points: words in a plane, and what a generator invents while it learns."""

import numpy as np

from course_lib.figures.moving import Moving
from course_lib.figures.picture import BLUE, PALE, VERMILLION, Picture, drawn

_LOOKS = (
    (BLUE, "o"), (VERMILLION, "s"), ("#009E73", "^"), ("#CC79A7", "D"), ("#E69F00", "v"), ("#000000", "P"),
    ("#56B4E9", "X"),
)  # fmt: skip


@drawn
def word_map(vectors, words, families, title="") -> Picture:
    """Words in the plane that shows most of their vectors (V, D); families: name -> words, each with its own mark.

    Not every word is written: where two would cover each other, only the mark is there.
    """
    chosen = [(family, word) for family, members in families.items() for word in members if word in words]
    v = np.asarray(vectors)[[words.index(word) for _, word in chosen]]
    v = v / np.linalg.norm(v, axis=1, keepdims=True)
    centered = v - v.mean(axis=0)
    _, size, axes = np.linalg.svd(centered, full_matrices=False)
    places = centered @ axes[:2].T
    shown = float((size[:2] ** 2).sum() / (size**2).sum())
    picture = Picture(
        f"{title or 'Word vectors in a plane'}: {len(chosen)} words of {len(families)} families, "
        f"{', '.join(families)}; the plane shows {shown:.0%} of how their directions differ.",
        height=4.2,
    )
    (panel,) = picture.panels(title)
    for family, (color, marker) in zip(families, _LOOKS):
        mine = np.array([name == family for name, _ in chosen])
        panel.plot(*places[mine].T, marker, color=color, label=family, markersize=6, linestyle="none")
    panel.set(xticks=[], yticks=[])
    panel.margins(0.1)
    low, high = places.min(axis=0), places.max(axis=0)
    spots = (places - low) / (high - low)
    taken: list[tuple[float, float, float]] = []
    for here, (family, word) in zip(spots, chosen):
        wide, y = 0.014 * len(word), here[1] + 0.027  # as shares of the picture
        for side, hang in ((1, "left"), (-1, "right")):  # behind its mark, or else before it
            left, right = sorted((here[0] + 0.01 * side, here[0] + (0.01 + wide) * side))
            on_word = any(abs(y - other) < 0.05 and left < end and right > start for start, end, other in taken)
            aside = (spots[:, 0] < left - 0.008) | (spots[:, 0] > right + 0.008) | (spots[:, 1] == here[1])
            if on_word or (~aside & (abs(spots[:, 1] - y) < 0.042)).any():
                continue
            taken.append((left, right, y))
            color = _LOOKS[list(families).index(family)][0]
            at = low + here * (high - low)
            panel.annotate(word, at, (4 * side, 3), textcoords="offset points", fontsize=8, color=color, ha=hang)
            break
    picture.legend_above(panel, columns=4)
    return picture


def invented_points(real, invented, steps, distances) -> Moving:
    """What a generator invents after each of `steps`, crosses, over the real points; invented: list of (n, 2).

    distances: one for each step, to the real points.
    """
    frames = [_cloud(real, invented, steps, distances, moment) for moment in range(len(steps))]
    return Moving(
        f"A generator learns to invent points on a ring, in {len(frames)} pictures from step {steps[0]} to step "
        f"{steps[-1]}; their distance to the real ones falls from {distances[0]:.2f} to {distances[-1]:.2f}.",
        frames,
        seconds=0.7,
    )


@drawn
def _cloud(real, invented, steps, distances, moment) -> Picture:
    points = invented[moment]
    picture = Picture(
        f"{len(points)} invented points after step {steps[moment]}, at a distance of {distances[moment]:.2f}.",
        height=3.5,
    )
    panel, right = picture.panels(f"after step {steps[moment]}", "distance", width_ratios=(1.3, 1))
    panel.plot(*np.asarray(real).T, "o", color=PALE, markersize=3, label="real")
    panel.plot(*np.asarray(points).T, "x", color=VERMILLION, markersize=4, label="invented")
    panel.set(xlim=(-3.4, 3.4), ylim=(-3.4, 3.4), aspect="equal")
    right.plot(steps[: moment + 1], distances[: moment + 1], "o-", color=BLUE)
    right.set(xlabel="step", xlim=(-0.05 * steps[-1], 1.05 * steps[-1]), ylim=(0, 1.1 * max(distances)))
    picture.legend_above(panel)
    return picture
