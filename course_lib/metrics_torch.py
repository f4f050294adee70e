"""The metrics of `metrics` in PyTorch, on the device of the prediction.

The answer is a tensor there with one number; nothing waits for the device until somebody looks at it, and so shapes
are checked and values are not. The confusions of batches may be added up.
"""

import torch

from course_lib.losses_torch import CategoricalCrossEntropy, CosineSimilarity
from course_lib.validation import same_shape

__all__ = [  # noqa: RUF022 in the order of the file
    "confusion", "accuracy", "precision", "recall", "sensitivity", "specificity", "roc_auc", "cross_entropy",
    "cosine_similarity",
]  # fmt: skip


def confusion(prediction, target, classes=2):
    """See `metrics.confusion`."""
    prediction, target = _labels(prediction, target)
    cell = (target * classes + prediction).flatten()
    counts = torch.zeros(classes * classes, dtype=torch.int64, device=cell.device)
    return counts.index_add(0, cell, torch.ones_like(cell)).reshape(classes, classes)


def accuracy(prediction, target):
    """See `metrics.accuracy`."""
    prediction, target = _labels(prediction, target)
    right = prediction == target
    return _float(right.sum()) / right.numel()


def precision(prediction, target):
    """See `metrics.precision`."""
    (_, fp), (_, tp) = confusion(prediction, target)
    return _share(tp, fp)


def recall(prediction, target):
    """See `metrics.recall`."""
    (_, _), (fn, tp) = confusion(prediction, target)
    return _share(tp, fn)


def sensitivity(prediction, target):
    """See `metrics.sensitivity`."""
    return recall(prediction, target)


def specificity(prediction, target):
    """See `metrics.specificity`."""
    (tn, fp), (_, _) = confusion(prediction, target)
    return _share(tn, fp)


def roc_auc(prediction, target):
    """See `metrics.roc_auc`.

    By the sum of the positives' ranks; twice the rank, which with ties is the middle one, is a whole number.
    nan where target holds one class only. Mann and Whitney (1947), doi:10.1214/aoms/1177730491.
    """
    same_shape(prediction, target)
    target, ordered = target.long(), prediction.sort().values
    below, not_above = (torch.searchsorted(ordered, prediction, right=right) for right in (False, True))
    positives = target.sum()
    twice = ((below + not_above + 1) * target).sum() - positives * (positives + 1)
    return _float(twice) / (2 * positives * (target.numel() - positives))


def cross_entropy(prediction, target):
    """See `metrics.cross_entropy`."""
    return CategoricalCrossEntropy()(prediction, target)


def cosine_similarity(prediction, target):
    """See `metrics.cosine_similarity`."""
    return 1 - CosineSimilarity()(prediction, target)


def _labels(prediction, target):
    if prediction.ndim == target.ndim + 1 and prediction.is_floating_point() and prediction.shape[-1] > 1:
        prediction = prediction.argmax(dim=-1)
    same_shape(prediction, target)
    for name, labels in (("prediction", prediction), ("target", target)):
        if labels.is_floating_point():
            raise TypeError(f"{name} is {labels.dtype}; expected integer labels: try {name} > 0.5 or {name}.long()")
    return prediction.long(), target.long()


def _share(part, rest):
    return _float(part) / (part + rest).clamp(min=1)


def _float(count):
    """In float64, which all devices know but Apple's; PyTorch's own choice would be float32."""
    return count.to(torch.float32 if count.device.type == "mps" else torch.float64)
