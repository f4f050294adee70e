"""Pictures of acting: the best action in each cell of a grid world."""

import numpy as np

from course_lib.figures.picture import GRAY, VERMILLION, Picture, drawn


@drawn
def best_ways(tables, letters, moves) -> Picture:
    """One grid for each name: in each cell the action with the largest q, an arrow; tables: name -> q (cells, actions).

    letters (rows, columns): . free, # wall, P pit, G goal; moves (actions, 2): what each action does, (down, right).
    """
    letters, moves = np.asarray(letters), np.asarray(moves)
    free = np.flatnonzero(letters == ".")
    told = []
    for name, q in tables.items():
        value = np.asarray(q, float).max(axis=1)[free]
        told.append(f"{name}: promised returns from {value.min():.2f} to {value.max():.2f}")
    picture = Picture(
        f"A grid world of {letters.shape[0]} by {letters.shape[1]} cells with {len(free)} free ones, an arrow for the "
        f"best action in each. {'; '.join(told)}.",
        height=3.3,
    )
    panels = picture.panels(*tables)
    for panel, q in zip(panels, tables.values()):
        q = np.asarray(q, float)
        value = np.full(letters.size, np.nan)
        value[free] = q[free].max(axis=1)
        panel.imshow(value.reshape(letters.shape), cmap="Blues", vmin=0.2, vmax=1.5)
        for cell, letter in enumerate(letters.flat):
            row, column = divmod(cell, letters.shape[1])
            if letter == ".":
                down, right = moves[q[cell].argmax()]
                tip = (column + 0.3 * right, row + 0.3 * down)
                tail = (column - 0.3 * right, row - 0.3 * down)
                panel.annotate("", tip, tail, arrowprops={"arrowstyle": "-|>", "color": "black", "linewidth": 1.6})
            else:
                words = {"#": "", "P": "pit", "G": "goal"}[letter]
                color = {"#": GRAY, "P": VERMILLION, "G": "#009E73"}[letter]
                panel.fill_between([column - 0.5, column + 0.5], row - 0.5, row + 0.5, color=color)
                panel.text(column, row, words, ha="center", va="center", color="white", fontsize=9)
        panel.set(xticks=[], yticks=[])
        panel.grid(visible=False)
    return picture
