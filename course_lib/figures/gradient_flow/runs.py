"""The picture of several runs: who learns?"""

import numpy as np

from course_lib.figures.picture import BLACK, BLUE, GRAY, GREEN, ORANGE, PURPLE, VERMILLION, Picture, drawn

LINES = (
    (GRAY, ":"),
    (VERMILLION, (0, (5, 2))),
    (ORANGE, (0, (6, 2, 1.5, 2))),
    (PURPLE, (0, (9, 2))),
    (BLACK, (0, (3, 1))),
    (GREEN, (0, (1.2, 1.5))),
    (BLUE, "-"),
)


@drawn
def board(results, guess, smooth=10) -> Picture:
    """Losses over the steps, and the accuracy at the end; results: name -> (losses (T,), accuracy), or None.

    None stands for a run that could not be made yet. guess: the accuracy of who always says the same.
    """
    told = []
    for name, result in results.items():
        told.append(f"{name}: not written yet" if result is None else f"{name}: accuracy {result[1]:.0%}")
    picture = Picture(f"Who learns? {'; '.join(told)}. Guessing gives {guess:.0%}.", height=4.1)
    left, right = picture.panels("loss while training", "accuracy on the test set", width_ratios=(1.25, 1))
    names = list(results)
    for row, (name, result) in enumerate(results.items()):
        color, style = LINES[row % len(LINES)]
        if result is None:
            right.text(guess + 0.02, row, "not written yet", va="center", fontsize=9, color=GRAY)
            continue
        losses, accuracy = np.asarray(result[0]), result[1]
        finite = np.where(np.isfinite(losses), losses, np.nan)
        means = np.convolve(finite, np.full(smooth, 1 / smooth), "valid")
        left.plot(np.arange(len(means)) + smooth, np.clip(means, 0, 3.2), color=color, linestyle=style, label=name)
        right.barh(row, accuracy, color=color, height=0.6)
        right.text(max(accuracy, guess) + 0.02, row, f"{accuracy:.0%}", va="center", fontsize=9)
    right.axvline(guess, color=GRAY, linewidth=1)
    right.set(xlim=(0, 1.16), ylim=(len(names) - 0.4, -0.6))
    right.set_yticks(range(len(names)), names)
    right.set_xticks([0, 0.5, 1], ["0", "50%", "100%"])
    right.grid(axis="y", visible=False)
    left.set(xlabel="step", ylim=(0, 3.3))
    picture.legend_above(left, 3)
    return picture
