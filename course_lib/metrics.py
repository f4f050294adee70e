"""Metrics: `(prediction, target)` -> a float. How good is a model, in words that people use?

First those of labels, for 0 and 1: positive is 1. One class c of several is asked about with `prediction == c` and
`target == c`. Where a prediction is labels, it may also be scores with one more axis, of which the largest counts.
"""

import numpy as np

from course_lib.losses import CategoricalCrossEntropy, CosineSimilarity
from course_lib.validation import floats, require, same_shape

__all__ = [  # noqa: RUF022 in the order of the file
    "confusion", "accuracy", "precision", "recall", "sensitivity", "specificity", "roc_auc", "cross_entropy",
    "cosine_similarity",
]  # fmt: skip


def confusion(prediction, target, classes=2):
    """How often target t was predicted as p, at row t and column p -> whole numbers (classes, classes).

    Of two classes: [[true negatives, false positives], [false negatives, true positives]].
    """
    prediction, target = _labels(prediction, target)
    for name, labels in (("prediction", prediction), ("target", target)):
        expected = f"expected labels from 0 to {classes - 1}: for one class c of several, try {name} == c"
        require(f"{name} holds", labels, (labels >= 0) & (labels < classes), expected)
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (target, prediction), 1)
    return counts


def accuracy(prediction, target):
    """(TP + TN) / (TP + FP + FN + TN): the share of labels that are right, of any number of classes."""
    prediction, target = _labels(prediction, target)
    return float((prediction == target).mean())


def precision(prediction, target):
    """TP / (TP + FP): of what was called positive, how much is? 0 where nothing was."""
    (_, fp), (_, tp) = confusion(prediction, target)
    return _share(tp, fp)


def recall(prediction, target):
    """TP / (TP + FN): of what is positive, how much was found? 0 where nothing is."""
    (_, _), (fn, tp) = confusion(prediction, target)
    return _share(tp, fn)


def sensitivity(prediction, target):
    """TP / (TP + FN): the recall, as medicine calls it. Yerushalmy (1947)."""
    return recall(prediction, target)


def specificity(prediction, target):
    """TN / (TN + FP): of what is negative, how much was called so? 0 where nothing is. Yerushalmy (1947)."""
    (tn, fp), (_, _) = confusion(prediction, target)
    return _share(tn, fp)


def roc_auc(prediction, target):
    """The chance that a positive scores higher than a negative, a tie counting as half of it.

    scores (N,), target (N,) of 0 and 1. This is the area under the curve of recall against 1 − specificity.
    Hanley and McNeil (1982), The meaning and use of the area under a ROC curve, doi:10.1148/radiology.143.1.7063747.
    """
    prediction, target = floats("prediction", prediction, axes=1), np.asarray(target)
    if prediction.shape == (*target.shape, 2):
        raise ValueError(f"prediction has shape {prediction.shape}; expected one score each: try prediction[:, 1]")
    same_shape(prediction, target)
    require("prediction holds", prediction, ~np.isnan(prediction), "expected scores that can be put in order")
    require("target holds", target, (target == 0) | (target == 1), "expected 0 or 1: try target > 0 for −1 and +1")
    positives, negatives = prediction[target == 1], np.sort(prediction[target == 0])
    if not (positives.size and negatives.size):
        only = int(positives.size > 0)
        raise ValueError(
            f"target holds only {only}; expected both 0 and 1: try more examples, or shuffle before a split"
        )
    below = np.searchsorted(negatives, positives, side="left")
    not_above = np.searchsorted(negatives, positives, side="right")
    return float((below + not_above).mean() / 2 / negatives.size)


def cross_entropy(prediction, target):
    """−log prediction of the right class in nats, mean over examples; for logits see `losses.CrossEntropy`.

    probabilities (N, K), and a target and a clipping as in `losses.CategoricalCrossEntropy`.
    """
    return float(CategoricalCrossEntropy().forward(prediction, target))


def cosine_similarity(prediction, target):
    """cos(prediction, target) over the last axis, mean over examples: 1 − `losses.CosineSimilarity`."""
    return float(1 - CosineSimilarity().forward(prediction, target))


def _labels(prediction, target):
    prediction, target = np.asarray(prediction), np.asarray(target)
    if prediction.ndim == target.ndim + 1 and prediction.dtype.kind == "f" and prediction.shape[-1] > 1:
        prediction = prediction.argmax(axis=-1)
    same_shape(prediction, target)
    for name, labels in (("prediction", prediction), ("target", target)):
        if labels.dtype.kind not in "biu":
            expected = f"expected integer labels: try {name} > 0.5 or {name}.astype(int)"
            raise TypeError(f"{name} is {labels.dtype}; {expected}")
    if target.size == 0:
        raise ValueError(f"target is empty, with shape {target.shape}; expected at least one example")
    return prediction.astype(int), target.astype(int)


def _share(part, rest):
    return float(part / max(part + rest, 1))
