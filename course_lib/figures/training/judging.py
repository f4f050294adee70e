"""Pictures of what is right and what is wrong: tables of counts, scores and thresholds."""

import numpy as np

from course_lib import metrics
from course_lib.figures.picture import BLUE, DASHED, GRAY, PALE, VERMILLION, Picture, drawn, note


@drawn
def confusion(table, names) -> Picture:
    """A table of counts, rows what is true, columns what was predicted; the wrong ones stand out. table (K, K)."""
    table = np.asarray(table)
    k = len(table)
    wrong = table * (1 - np.eye(k, dtype=int))
    t, p = np.unravel_index(wrong.argmax(), wrong.shape)
    alt = (
        f"Table of {table.sum()} answers in {k} classes, {np.trace(table)} of them right. "
        f"The most frequent mistake: {names[t]} taken for {names[p]}, {wrong[t, p]} times."
    )
    picture = Picture(alt, height=3.0 if k < 5 else 4.3, width=5.2 if k < 5 else 6.6)
    (panel,) = picture.panels("")
    shade = np.where(np.eye(k, dtype=bool), 0.1 + 0.2 * table / max(table.max(), 1), 0.8 * wrong / max(wrong.max(), 1))
    colors = np.ones((k, k, 3))
    blue, red = np.array([0.0, 0.45, 0.70]), np.array([0.84, 0.37, 0.0])
    for i in range(k):
        for j in range(k):
            colors[i, j] = 1 - shade[i, j] * (1 - (blue if i == j else red))
            if table[i, j] or k < 5:
                weight = "normal" if i == j else "bold"
                panel.text(j, i, str(table[i, j]), ha="center", va="center", fontsize=11 if k < 5 else 9, weight=weight)
    panel.imshow(colors, aspect="auto")
    panel.set_xticks(range(k), names)
    panel.set_yticks(range(k), names)
    panel.set(xlabel="predicted", ylabel="true")
    panel.grid(visible=False)
    panel.set_xticks(np.arange(k - 1) + 0.5, minor=True)
    panel.set_yticks(np.arange(k - 1) + 0.5, minor=True)
    panel.grid(visible=True, which="minor", color="white", linewidth=1.5)
    panel.tick_params(which="both", length=0)
    return picture


def roc(scores, target):
    """The false positive rates and the recalls at every threshold, from the highest to none."""
    order = np.unique(scores)[::-1]
    called = [scores >= level for level in (np.inf, *order)]
    return (
        np.array([1 - metrics.specificity(yes, target) for yes in called]),
        np.array([metrics.recall(yes, target) for yes in called]),
    )


@drawn
def separation(scores, target, threshold) -> Picture:
    """The scores of both classes with a threshold, and the ROC curve with the point that belongs to it."""
    scores, target = np.asarray(scores, float), np.asarray(target).astype(int)
    called = scores >= threshold
    (tn, fp), (fn, tp) = metrics.confusion(called, target)
    area = metrics.roc_auc(scores, target)
    recall, alarm = metrics.recall(called, target), 1 - metrics.specificity(called, target)
    alt = (
        f"Scores of {tn + fp} negatives and {fn + tp} positives, threshold {threshold:.3g}: {tp} true and {fp} "
        f"false positives, {tn} true and {fn} false negatives. On the ROC curve, recall {recall:.2f} at false positive "
        f"rate {alarm:.2f}; the area is {area:.3f}."
    )
    picture = Picture(alt, height=3.1)
    left, right = picture.panels(f"TP {tp}, FP {fp}, FN {fn}, TN {tn}", f"ROC curve, area {area:.3f}")
    bins = np.linspace(min(scores.min(), threshold) - 1e-9, max(scores.max(), threshold) + 1e-9, 31).tolist()
    left.hist(scores[target == 0], bins, color=PALE, label="negatives")
    left.hist(scores[target == 1], bins, histtype="step", linewidth=2, color=BLUE, label="positives")
    left.axvline(threshold, color=VERMILLION, linestyle=DASHED)
    left.set(xlabel="score", ylabel="examples, log scale", yscale="log", ylim=(0.7, None))
    false_alarms, recalls = roc(scores, target)
    right.plot([0, 1], [0, 1], color=PALE, linewidth=1.2)
    right.plot(false_alarms, recalls, color=BLUE)
    right.plot([alarm], [recall], "o", color=VERMILLION, markersize=8)
    note(right, f"threshold {threshold:.2g}", (alarm, recall), (10, -16), color=VERMILLION)
    note(right, "guessing", (0.5, 0.5), (8, -14), color=GRAY)
    right.set(xlabel="false positive rate, 1 − specificity", ylabel="recall", xlim=(-0.03, 1.03), ylim=(-0.03, 1.05))
    handles, labels = left.get_legend_handles_labels()
    picture.legend(handles, labels, loc="outside upper left", ncols=2)
    return picture
