"""Pictures of what networks do: read digits, and listen to some of their inputs."""

import numpy as np

from course_lib.figures.picture import BLUE, GRAY, VERMILLION, Picture, drawn


@drawn
def digits(images, captions, title="", wrong=()) -> Picture:
    """Small gray pictures in a row, each with a caption; images (N, 8, 8); those numbered in `wrong` are marked."""
    images = np.asarray(images, float).reshape(-1, 8, 8)
    told = ", ".join(str(caption).replace("\n", " ") for caption in captions)
    lines = max(str(caption).count("\n") for caption in captions)
    picture = Picture(
        f"{title or 'Digits'}: {len(images)} pictures of 8 by 8 pixels, with the captions {told}."
        + (f" {len(wrong)} of them are marked as wrong." if len(wrong) else ""),
        height=6.6 / len(images) + 0.22 * (1.6 + lines + (1 if title else 0)),
    )
    panels = picture.panels(*("" for _ in images))
    for number, (panel, image, caption) in enumerate(zip(panels, images, captions)):
        panel.imshow(image, cmap="gray_r", vmin=0, vmax=max(images.max(), 1e-9))
        bad = number in wrong
        panel.set_title(caption, loc="center", fontsize=9.5, color=VERMILLION if bad else BLUE)
        panel.set(xticks=[], yticks=[])
        panel.grid(visible=False)
        for spine in panel.spines.values():
            spine.set(visible=True, color=VERMILLION if bad else "#dddddd", linewidth=2 if bad else 1)
    if title:
        picture.suptitle(title, fontsize=10.5, x=0.01, ha="left")
    return picture


@drawn
def who_hears_whom(reaches) -> Picture:
    """One square for each family: row i is the output at place i, column j the input at place j, dark where a change of
    the input changes the output. reaches: name -> array (T, T)."""
    told = [f"{name} {np.mean(reach > 0):.0%} of all pairs" for name, reach in reaches.items()]
    (places,) = {len(reach) for reach in reaches.values()}
    picture = Picture(
        f"Which of {places} outputs (rows) change when one of {places} inputs (columns) is changed: {', '.join(told)}.",
        height=2.5,
    )
    panels = picture.panels(*reaches)
    for number, (panel, reach) in enumerate(zip(panels, reaches.values())):
        panel.imshow(reach / reach.max(), cmap="Blues", vmin=0, vmax=1)
        panel.set(xticks=[], yticks=[], xlabel="input")
        panel.grid(visible=False)
        if number == 0:
            panel.set_ylabel("output")
        for spine in panel.spines.values():
            spine.set(visible=True, color=GRAY)
    return picture


@drawn
def batch_shapes(n=4, d=3) -> Picture:
    """A table of examples times a column of weights: one number for each row."""
    x, weights = np.random.default_rng(0).integers(-2, 4, (n, d)), np.resize([2, -1, 1], d)
    answer = x @ weights
    picture = Picture(
        f"A table x of {n} rows and {d} columns, beside it the {d} weights {', '.join(map(str, weights))}, and the {n} "
        f"sums {', '.join(map(str, answer))}, one for each row.",
        height=0.75 + 0.36 * n,
    )
    (panel,) = picture.panels("")
    panel.set(xlim=(-0.3, 2 * d + 5.2), ylim=(-0.7, n + 0.6), aspect="equal", xticks=[], yticks=[])
    panel.axis("off")
    _boxes(panel, x, 0, n - 1, "x (N, D)", n)
    panel.text(d + 0.6, n / 2, "×", ha="center", va="center", fontsize=13)
    _boxes(panel, weights[:, None], d + 1.2, (n + d) / 2 - 1, "weights (D,)", n)
    panel.text(d + 2.8, n / 2, "=", ha="center", va="center", fontsize=13)
    _boxes(panel, answer[:, None], d + 3.4, n - 1, "sums (N,)", n)
    return picture


def _boxes(panel, values, left, top, title, n):
    from matplotlib.patches import Rectangle

    rows, columns = values.shape
    for i in range(rows):
        for j in range(columns):
            panel.add_patch(Rectangle((left + j, top - i), 1, 1, facecolor="white", edgecolor=BLUE if i == 0 else GRAY))
            text = str(values[i, j]).replace("-", "−")
            panel.text(left + j + 0.5, top - i + 0.5, text, ha="center", va="center", fontsize=9.5)
    panel.text(left + columns / 2, -0.55, title, ha="center", va="center", fontsize=9.5, color=GRAY)


@drawn
def column_ranges(tables, names) -> Picture:
    """One panel for each table (N, D), one row for each column: a mark for each number; tables: title -> array."""
    widths = {title: np.std(table, axis=0) for title, table in tables.items()}
    told = [f"{title}: from {min(width):.2g} to {max(width):.2g}" for title, width in widths.items()]
    picture = Picture(
        f"The numbers of {len(names)} columns of a table, a mark for each. The smallest and the largest standard "
        f"deviation of a column, {'; '.join(told)}.",
        height=0.9 + 0.22 * len(names),
    )
    panels = picture.panels(*tables, sharey=True)
    for panel, table in zip(panels, tables.values()):
        for row, column in enumerate(np.asarray(table).T):
            panel.plot(column, np.full(len(column), row), "|", color=BLUE, markersize=8, alpha=0.45)
        panel.grid(visible=False, axis="y")
    panels[0].set_yticks(range(len(names)), names)
    panels[0].set_ylim(len(names) - 0.4, -0.6)
    return picture
