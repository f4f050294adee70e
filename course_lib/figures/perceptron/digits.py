"""Pictures of tables, counts and digits."""

import numpy as np

from course_lib.figures.picture import BLUE, GRAY, PALE, SERIES, VERMILLION, Picture, drawn

NAMES = {
    0: "never", 1: "NOR", 2: "¬A ∧ B", 3: "¬A", 4: "A ∧ ¬B", 5: "¬B", 6: "XOR", 7: "NAND", 8: "AND", 9: "XNOR",
    10: "B", 11: "A → B", 12: "A", 13: "B → A", 14: "OR", 15: "always",
}  # fmt: skip


@drawn
def table_counts(counts) -> Picture:
    """counts (16,): how many lines of a grid compute each table; bit i of its number is its answer to row i."""
    counts = np.asarray(counts)
    without = [NAMES[number] for number, count in enumerate(counts) if count == 0]
    picture = Picture(
        f"How many of {counts.sum()} lines compute each of the 16 tables of two inputs. The most frequent is "
        f"{NAMES[int(counts.argmax())]} with {counts.max()}; {len(without)} have none: {' and '.join(without)}.",
        height=2.9,
    )
    (panel,) = picture.panels("How many lines compute each table?")
    panel.bar(range(16), counts, color=[BLUE if count else VERMILLION for count in counts], width=0.7)
    for place, count in enumerate(counts):
        panel.annotate(
            str(count), (place, count), (0, 2), textcoords="offset points", ha="center", va="bottom", fontsize=8.5,
            color=GRAY if count else VERMILLION,
        )  # fmt: skip
    panel.set_xticks(
        range(16), [NAMES[number] for number in range(16)], rotation=60, ha="right", rotation_mode="anchor"
    )
    panel.set(ylabel="lines", ylim=(0, counts.max() * 1.15))
    return picture


@drawn
def digits(x, labels) -> Picture:
    """Handwritten digits of 8 by 8 pixels, ten in a row. x (N, 64), labels (N,)."""
    rows = -(-len(x) // 10)
    picture = Picture(
        f"{len(x)} handwritten digits of 8 by 8 pixels: {', '.join(str(label) for label in labels)}.",
        height=0.95 * rows,
    )
    for panel, pixels in zip(picture.subplots(rows, 10, squeeze=False).ravel(), x):
        panel.imshow(np.reshape(pixels, (8, 8)), cmap="gray_r", vmin=0, vmax=1)
    for panel in picture.axes:
        panel.axis("off")
        panel.set(xticks=[], yticks=[])
    return picture


@drawn
def templates(weight) -> Picture:
    """weight (10, 64): what each of ten units looks for in a picture of 8 by 8."""
    reach = float(np.abs(weight).max())
    darkest = [int(row.argmin()) for row in np.asarray(weight)]
    told = ", ".join(f"{digit} at row {at // 8 + 1}, column {at % 8 + 1}" for digit, at in enumerate(darkest))
    picture = Picture(
        "The weights of ten units as pictures of 8 by 8, one for each digit; violet speaks for the digit, "
        f"orange against it. The strongest objection of each: {told}.",
        height=3.2,
    )
    for digit, panel in enumerate(picture.subplots(2, 5).ravel()):
        panel.imshow(np.reshape(weight[digit], (8, 8)), cmap="PuOr", vmin=-reach, vmax=reach)
        panel.set_title(str(digit), loc="center")
        panel.set(xticks=[], yticks=[])
        panel.grid(False)
        for spine in panel.spines.values():
            spine.set(visible=True, color=PALE)
    return picture


@drawn
def over_epochs(curves, quantity) -> Picture:
    """One curve for each name; curves: name -> numbers, one for each epoch."""
    told = [f"{name} from {seen[0]:.3g} to {seen[-1]:.3g}" for name, seen in curves.items()]
    picture = Picture(
        f"{quantity.capitalize()} over {len(next(iter(curves.values())))} epochs: {'; '.join(told)}.", height=2.8
    )
    (panel,) = picture.panels("")
    for (name, seen), (color, style) in zip(curves.items(), SERIES):
        panel.plot(range(1, len(seen) + 1), seen, color=color, linestyle=style, label=name)
    panel.set(xlabel="epoch", ylabel=quantity)
    picture.legend_above(panel)
    return picture
