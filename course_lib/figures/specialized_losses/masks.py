"""Pictures of masks that are found in noisy images."""

import numpy as np

from course_lib.figures.picture import BLACK, GRAY, SERIES, Picture, drawn, note


def _dice(marked, target):
    return 2 * np.sum(marked * target) / max(np.sum(marked) + np.sum(target), 1)


@drawn
def marked(images, targets, predictions) -> Picture:
    """A row for each image: what is seen, what is true, what each loss marks; all (n, H, W), name -> (n, H, W)."""
    told = [
        f"{name} {', '.join(f'{_dice(m, t):.2f}' for m, t in zip(masks, targets))}"
        for name, masks in predictions.items()
    ]
    picture = Picture(
        f"{len(images)} noisy images with a spot on {np.mean(targets):.1%} of the pixels, its true mask, and what was "
        f"marked. Dice score of each: {'; '.join(told)}.",
        height=0.35 + 1.75 * len(images),
    )
    columns = {"image": images, "true mask": targets} | predictions
    axes = picture.subplots(len(images), len(columns), squeeze=False)
    for row, panels in enumerate(axes):
        for panel, (name, column) in zip(panels, columns.items()):
            limits = {} if name == "image" else {"vmin": 0, "vmax": 1}
            panel.imshow(column[row], cmap="gray" if name == "image" else "Greys", **limits)
            panel.set_xticks([])
            panel.set_yticks([])
            panel.grid(visible=False)
            if row == 0:
                panel.set_title(name)
            if name in predictions:
                panel.set_xlabel(f"Dice {_dice(column[row], targets[row]):.2f}", fontsize=9)
            for spine in panel.spines.values():
                spine.set(visible=True, color=GRAY)
    return picture


@drawn
def thresholds(curves) -> Picture:
    """The Dice score over the threshold above which a pixel is marked; curves: name -> (thresholds, scores)."""
    told = []
    for name, (at, score) in curves.items():
        told.append(
            f"{name} {np.interp(0.5, at, score):.2f} at threshold 0.5, at most {max(score):.2f} "
            f"at {at[np.argmax(score)]:.2f}"
        )
    picture = Picture(f"Dice score on new images over the threshold: {'; '.join(told)}.", height=2.9)
    (panel,) = picture.panels("")
    for (name, (at, score)), (color, style) in zip(curves.items(), SERIES):
        panel.plot(at, score, color=color, linestyle=style, label=name)
        panel.plot(at[np.argmax(score)], max(score), "o", color=color)
    panel.axvline(0.5, color=BLACK, linewidth=1)
    note(panel, "½", (0.5, 0), (4, 4))
    panel.set(xlabel="threshold: a pixel is marked above it", ylabel="Dice score", ylim=(0, None), xlim=(0, 1))
    picture.legend_above(panel)
    return picture
