"""Pictures of losses of nearness."""

import numpy as np

from course_lib import losses
from course_lib.figures.moving import Moving
from course_lib.figures.picture import (
    BLACK,
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    PALE,
    PURPLE,
    SERIES,
    SKY,
    VERMILLION,
    Picture,
    drawn,
    note,
)

DIGITS = (BLACK, BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, "#7a4b00", GRAY, "#8b0000")


def _spread(points, labels):
    """Typical distance to the own class's center over that between the centers: small is tidy."""
    centers = np.array([points[labels == c].mean(axis=0) for c in np.unique(labels)])
    own = centers[np.searchsorted(np.unique(labels), labels)]
    inside = np.sqrt(np.mean(np.sum((points - own) ** 2, axis=1)))
    return float(inside / np.sqrt(np.mean(np.sum((centers - centers.mean(axis=0)) ** 2, axis=1))))


def _scatter(panel, points, labels):
    for c in np.unique(labels):
        x, y = points[labels == c].T
        panel.plot(x, y, linestyle="", marker=f"${c}$", color=DIGITS[c % 10], markersize=6, markeredgewidth=0.3)
    panel.set_xticks([])
    panel.set_yticks([])
    panel.grid(visible=False)


@drawn
def embedding(panels) -> Picture:
    """Digits as points in the plane, each drawn as what it is; panels: title -> (points (N, 2), labels (N,))."""
    told = [f"{title}: spread {_spread(*shown):.2f}" for title, shown in panels.items()]
    count = len(next(iter(panels.values()))[1])
    picture = Picture(
        f"{count} digits as points in the plane. Spread inside a digit over spread of the digits' centers, "
        f"{'; '.join(told)}.",
        height=3.7,
    )
    for panel, (points, labels) in zip(picture.panels(*panels), panels.values()):
        _scatter(panel, points, labels)
    return picture


def learning_film(moments, labels) -> Moving:
    """An embedding while it is learned; moments: step -> points (N, 2)."""
    first, last = (_spread(points, labels) for points in (next(iter(moments.values())), list(moments.values())[-1]))
    frames = [_moment(step, points, labels) for step, points in moments.items()]
    return Moving(
        f"{len(labels)} digits in the plane after {', '.join(map(str, moments))} steps. At first they lie in one heap, "
        f"then each digit gathers in a place of its own: spread over distance falls from {first:.2f} to {last:.2f}.",
        frames,
        seconds=0.7,
    )


@drawn
def _moment(step, points, labels) -> Picture:
    picture = Picture(
        f"{len(labels)} digits in the plane after {step} steps; spread {_spread(points, labels):.2f}.",
        width=4.6,
        height=4.4,
    )
    (panel,) = picture.panels(f"after {step} steps")
    _scatter(panel, points, labels)
    return picture


@drawn
def pair_distance(margin=1.0) -> Picture:
    """The contrastive loss over the distance: what a pair costs, and its slope."""
    d = np.linspace(0, 2.2 * margin, 400)
    zero, along = np.zeros((len(d), 2)), np.stack([d, np.zeros_like(d)], axis=1)
    curves = {}
    for name, target in (("alike", 1.0), ("not alike", -1.0)):
        loss = losses.Contrastive(margin, reduction="none")
        cost = loss.forward(along, zero, np.full(len(d), target))
        curves[name] = cost, loss.backward(np.ones(len(d)))[0][:, 0]
    told = [f"{name} {cost[1]:.2f} near 0 and {cost[-1]:.2f} at {d[-1]:.1f}" for name, (cost, _) in curves.items()]
    picture = Picture(
        f"Left: the contrastive loss over the distance d, margin {margin:g}: {'; '.join(told)}. Right: its slope, "
        f"positive for a pull together, negative for a push apart, and 0 for unlike pairs beyond the margin."
    )
    left, right = picture.panels("What a pair costs", "Slope: above 0 draws together")
    for (name, (cost, slope)), (color, style) in zip(curves.items(), SERIES):
        left.plot(d, cost, color=color, linestyle=style, label=name)
        right.plot(d[1:], slope[1:], color=color, linestyle=style)
    for panel in (left, right):
        panel.axvline(margin, color=GRAY, linewidth=1)
        panel.set(xlabel="distance d")
    note(left, "margin", (margin, left.get_ylim()[1]), (4, -12), color=GRAY)
    picture.legend_above(left)
    return picture


@drawn
def triplet_arrows(positive=(1.6, 0.6), negative=(-0.3, 1.1), margin=1.0) -> Picture:
    """The anchor at 0, a positive, a negative: which way each point moves, and how near the negative may come."""
    anchor, positive, negative = (np.array([point], float) for point in ((0, 0), positive, negative))
    loss = losses.TripletMargin(margin)
    value = loss.forward(anchor, positive, negative)
    steps = [-g[0] for g in loss.backward()]
    near, far = np.linalg.norm(positive), np.linalg.norm(negative)
    told = "; ".join(f"{name} ({s[0]:.2f}, {s[1]:.2f})" for name, s in zip(("anchor", "positive", "negative"), steps))
    picture = Picture(
        f"Anchor at 0, positive at distance {near:.2f}, negative at {far:.2f}, margin {margin:g}: the loss is "
        f"{value:.2f}. Steps against the gradient: {told}. The negative is out of the way beyond {near + margin:.2f}.",
        width=5.4,
        height=4.3,
    )
    (panel,) = picture.panels(f"loss {value:.2f} = max(0, {near:.2f} − {far:.2f} + {margin:g})")
    angle = np.linspace(0, 2 * np.pi, 200)
    for radius, style, name in ((near, ":", "as far as the positive"), (near + margin, "--", "one margin farther")):
        panel.plot(radius * np.cos(angle), radius * np.sin(angle), color=PALE, linestyle=style, label=name)
    looks = (("anchor", BLACK, "o"), ("positive", BLUE, "D"), ("negative", VERMILLION, "s"))
    for (name, color, marker), point, step in zip(looks, (anchor, positive, negative), steps):
        panel.plot(*point[0], marker, color=color, markersize=8, label=name)
        if np.hypot(*step) > 0:
            panel.annotate(
                "", point[0] + 0.7 * step, point[0],
                arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 2.2, "mutation_scale": 15},
            )  # fmt: skip
    reach = max(near + margin, far) + 0.5
    panel.set(xlim=(-reach * 1.15, reach * 1.15), ylim=(-reach, reach), aspect="equal")
    picture.legend_above(panel, columns=3)
    return picture


@drawn
def similarities(panels, found) -> Picture:
    """Cosines between the first views and the second ones, as tables; partners lie on the diagonal.

    panels: title -> (n, n); found: title -> share of partners found among all
    """
    told = []
    for title, s in panels.items():
        others = s[~np.eye(len(s), dtype=bool)]
        told.append(
            f"{title}: {np.diag(s).mean():.2f} with the partner and {round(others.mean(), 2) + 0.0:.2f} with others, "
            f"{found[title]:.0%} found"
        )
    picture = Picture(f"Tables of cosines between two views, mean: {'; '.join(told)}.", height=3.1)
    titles = [f"{title}\n{found[title]:.0%} among the best five" for title in panels]
    axes = picture.panels(*titles)
    for panel, s in zip(axes, panels.values()):
        image = panel.imshow(s, cmap="cividis", vmin=-1, vmax=1)
        panel.set(xlabel="right half")
        panel.grid(visible=False)
        panel.set_xticks([])
        panel.set_yticks([])
    axes[0].set_ylabel("left half")
    picture.colorbar(image, ax=axes, label="cosine", shrink=0.85)
    return picture


@drawn
def temperature(cosines=(0.9, 0.75, 0.4, 0.1, -0.3), tau=0.1) -> Picture:
    """What a row of cosines becomes after division by the temperature and a softmax; the partner is the first."""
    cosines = np.asarray(cosines, float)
    p = np.exp((cosines - cosines.max()) / tau)
    p /= p.sum()
    value, slope = -np.log(p[0]), (p - np.eye(len(p))[0]) / tau
    told = ", ".join(f"{c:g} gets {share:.0%}" for c, share in zip(cosines, p))
    picture = Picture(
        f"Temperature {tau:.3g}: of the cosines, {told}; the loss is {value:.3f} nats. Slopes for the cosines: "
        f"{', '.join(f'{s:.2g}' for s in slope)}.",
        height=2.9,
    )
    left, middle, right = picture.panels("cosines", f"probabilities, τ = {tau:.3g}", "slopes of the loss")
    colors = [BLUE, *[VERMILLION] * (len(p) - 1)]
    for panel, height in ((left, cosines), (middle, p), (right, slope)):
        panel.bar(range(len(p)), height, color=colors, width=0.65)
        panel.axhline(0, color=BLACK, linewidth=0.8)
        panel.set_xticks(range(len(p)), ["partner", *(f"{k}" for k in range(1, len(p)))], fontsize=8.5)
        panel.grid(axis="x", visible=False)
    left.set_ylim(-1, 1.05)
    middle.set_ylim(0, 1.05)
    return picture


@drawn
def words(cosines, names, family, families) -> Picture:
    """The cosines of all words as a table, those of a family side by side; family (N,) numbers into families."""
    family = np.asarray(family)
    mates = (family[:, None] == family) & ~np.eye(len(family), dtype=bool)
    picture = Picture(
        f"A table of the cosines of {len(names)} words in {len(families)} families: {cosines[mates].mean():.2f} on "
        f"average within a family and {cosines[family[:, None] != family].mean():.2f} between families.",
        width=6.4,
        height=5.4,
    )
    (panel,) = picture.panels("")
    image = panel.imshow(cosines, cmap="cividis", vmin=-1, vmax=1)
    borders = np.flatnonzero(np.diff(family)) + 0.5
    for border in borders:
        panel.axhline(border, color="white", linewidth=1.2)
        panel.axvline(border, color="white", linewidth=1.2)
    middle = [np.flatnonzero(family == f).mean() for f in range(len(families))]
    panel.set_xticks(middle, families, rotation=30)
    panel.set_yticks(range(len(names)), names, fontsize=7)
    panel.tick_params(length=0)
    panel.grid(visible=False)
    picture.colorbar(image, ax=panel, label="cosine", shrink=0.85)
    return picture
