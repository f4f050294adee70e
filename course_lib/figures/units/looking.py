"""Pictures of attention and of normalization: which entries look at which, and which share a mean."""

import numpy as np

from course_lib.figures.picture import BLUE, GRAY, PALE, VERMILLION, Picture, drawn


def _looks(table, queries, keys):
    """In words: who looks at one key clearly more than at the others."""
    clear = []
    for word, row in zip(queries, np.asarray(table)):
        if row.max() > 1.5 * row.sum() / max(np.count_nonzero(row), 1):
            clear.append(f"{word} looks most at {keys[int(row.argmax())]} ({row.max():.2f})")
    if len(clear) < len(table):
        clear.append("whoever is not named looks at all that it may about equally")
    return ", ".join(clear)


@drawn
def weights_of_attention(named, queries, keys) -> Picture:
    """Tables of weights, a row for each query; named: title -> (T, S); queries, keys: the words beside them."""
    told = "; ".join(f"{title}: {_looks(table, queries, keys)}" for title, table in named.items())
    picture = Picture(f"Weights of attention of {len(queries)} queries over {len(keys)} keys. {told}.", height=3.0)
    panels = picture.panels(*named, sharey=True)
    for panel, table in zip(panels, named.values()):
        panel.imshow(table, cmap="Blues", vmin=0, vmax=1.15)
        for (row, column), value in np.ndenumerate(table):
            text = f"{value:.2f}".lstrip("0") if value else "–"
            color = "white" if value > 0.6 else "#1a1a1a" if value else PALE
            panel.text(column, row, text, ha="center", va="center", fontsize=8, color=color)
        panel.set_xticks(range(len(keys)), keys, rotation=45, ha="right")
        panel.set_yticks(range(len(queries)), queries)
        panel.grid(visible=False)
    panels[0].set_ylabel("who looks")
    return picture


@drawn
def normalized_together(moved) -> Picture:
    """Which answers move when one entry moves; moved: layer -> booleans (N, C, L). Channels stand side by side."""
    told = "; ".join(f"{name} {int(np.sum(table))} of {np.size(table)}" for name, table in moved.items())
    picture = Picture(f"One entry is moved, and so many answers move with it: {told}.", height=2.3)
    panels = picture.panels(*moved, sharey=True)
    for panel, table in zip(panels, moved.values()):
        n, c, places = np.shape(table)
        for (example, channel, place), hit in np.ndenumerate(table):
            x, y = channel * (places + 0.6) + place, -example
            first = (example, channel, place) == (0, 0, 0)
            panel.plot(x, y, "s", color=VERMILLION if first else BLUE if hit else PALE, markersize=5.5)
        centers = [channel * (places + 0.6) + (places - 1) / 2 for channel in range(c)]
        panel.set_xticks(centers, [str(channel) for channel in range(c)])
        panel.set_yticks([-example for example in range(n)], [str(example) for example in range(n)])
        panel.set(xlabel="channel", xlim=(-0.9, c * (places + 0.6) - 0.7), ylim=(0.6 - n, 0.4))
        panel.grid(visible=False)
        panel.tick_params(length=0, colors=GRAY)
    panels[0].set_ylabel("example")
    return picture
