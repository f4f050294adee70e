"""One way of training for all networks that read digits: `training_torch.fit`, Adam and cross-entropy."""

import numpy as np
import torch

from course_lib.architectures.data import digits
from course_lib.losses_torch import CrossEntropy
from course_lib.metrics_torch import accuracy
from course_lib.optimizers_torch import Adam
from course_lib.training_torch import fit

__all__ = ["digit_images", "train_classifier"]


def digit_images(seed, *shape):
    """`data.digits` as tensors: -> (x, labels), (x, labels), each x (N, *shape), as (1, 8, 8) or (8, 8)"""
    split = digits(np.random.default_rng(seed))
    return [(torch.tensor(x, dtype=torch.float32).reshape(-1, *shape), torch.tensor(labels)) for x, labels in split]


def train_classifier(model, train, test, rng, epochs, lr):
    """-> history, as `training.fit` keeps it, with the accuracy on `test` in "validation_accuracy"

    Only those parameters learn that want a gradient.
    """
    optimizer, metrics = Adam([p for p in model.parameters() if p.requires_grad], lr), {"accuracy": accuracy}
    x, labels = train
    return fit(model, CrossEntropy(), optimizer, x, labels, epochs, validation=test, metrics=metrics, rng=rng)
