"""Pictures of what the network learned."""

import numpy as np

from course_lib.figures.picture import SERIES, Picture, drawn


@drawn
def histories(curves, quantity, step="epoch", log=False) -> Picture:
    """One curve for each name; curves: name -> numbers."""
    told = [f"{name} from {seen[0]:.3g} to {seen[-1]:.3g}" for name, seen in curves.items()]
    picture = Picture(f"{quantity.capitalize()} over the {step}s: {'; '.join(told)}.", height=2.9)
    (panel,) = picture.panels("")
    for (name, seen), (color, style) in zip(curves.items(), SERIES):
        panel.plot(range(1, len(seen) + 1), seen, color=color, linestyle=style, label=name)
    panel.set(xlabel=step, ylabel=quantity, yscale="log" if log else "linear")
    picture.legend_above(panel)
    return picture


@drawn
def mistakes(x, labels, predicted, most=8) -> Picture:
    """The digits that were read wrongly. x (N, 64), labels (N,), predicted (N,)."""
    wrong = np.flatnonzero(labels != predicted)
    shown = wrong[:most]
    told = ", ".join(f"a {labels[i]} read as {predicted[i]}" for i in shown)
    picture = Picture(f"{len(wrong)} of {len(x)} digits are read wrongly. {len(shown)} of them: {told}.", height=1.75)
    panels = picture.panels(*("" for _ in shown))
    for panel, i in zip(panels, shown):
        panel.imshow(x[i].reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        panel.set_title(f"{labels[i]} read\nas {predicted[i]}", loc="center", fontsize=9.5)
        panel.axis("off")
        panel.set(xticks=[], yticks=[])
    return picture
