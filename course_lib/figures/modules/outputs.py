"""The picture of output units: from raw scores to what is said."""

from typing import Any

import numpy as np

from course_lib import activations
from course_lib.figures.picture import BLUE, DASHED, GRAY, VERMILLION, Picture, drawn

UNITS: dict[str, Any] = {
    "regression": activations.Identity,
    "binary": activations.Sigmoid,
    "multi-label": activations.Sigmoid,
    "multi-class": activations.Softmax,
}


@drawn
def heads(scores) -> Picture:
    """For each task the raw scores of one example, and behind the arrow what the output unit makes of them.

    scores: task -> (names, numbers).
    """
    told, box = [], {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    picture = Picture("This alternative text is written below, when the numbers are known.", height=2.9)
    for panel, (task, (names, raw)) in zip(picture.panels(*scores), scores.items()):
        raw = np.array(raw, float)
        answers = UNITS[task]().forward(raw[None])[0]
        at = np.arange(len(raw))
        panel.bar(at - 0.2, raw, width=0.36, color="#c9c9c9", label="score")
        panel.bar(at + 0.2, answers, width=0.36, color=BLUE, label="behind the output unit")
        for place, answer in zip(at, answers):
            high = max(answer, 0)
            panel.text(
                place + 0.2,
                high + 0.06,
                f"{answer:.2f}".replace("-", "−"),
                ha="center",
                va="bottom",
                fontsize=8.5,
                color=BLUE,
                bbox=box,
            )
        if task in ("binary", "multi-label"):
            panel.axhline(0.5, color=VERMILLION, linestyle=DASHED, linewidth=1)
        panel.axhline(0, color=GRAY, linewidth=0.8)
        panel.set_xticks(at, names, fontsize=8.5)
        panel.set(ylim=(-1.6, 3.4), xlim=(-0.6, max(len(raw) - 0.4, 1)))
        panel.grid(axis="x", visible=False)
        words = ", ".join(f"{name} {score:g} becomes {answer:.2f}" for name, score, answer in zip(names, raw, answers))
        told.append(f"{task}: {words}")
    picture.legend_above(picture.axes[0])
    picture.alt = f"Scores and answers for {len(scores)} tasks. {'; '.join(told)}.".replace("-1", "−1")
    return picture
