"""Transfer learning: what one task has taught helps with another that has few labels."""

import copy

import torch
from torch import nn

from course_lib.activations_torch import ReLU
from course_lib.architectures_torch.supervised import digit_images, train_classifier
from course_lib.layers_torch import Conv2d, Dense, Flatten, MaxPool2d, Sequential

__all__ = ["TransferNet", "train_transfer"]


class TransferNet(nn.Module):
    """features, which may be kept, and a head for the task: x (N, 1, 8, 8) -> logits (N, outputs).

    Yosinski et al. (2014), How transferable are features in deep neural networks?, arXiv:1411.1792.
    """

    def __init__(self, outputs, rng):
        super().__init__()
        self.features = Sequential(
            Conv2d(1, 8, 3, rng, padding=1), ReLU(),
            Conv2d(8, 8, 3, rng, padding=1), ReLU(), MaxPool2d(2),
            Flatten(), Dense(8 * 4 * 4, 32, rng), ReLU(),
        )  # fmt: skip
        self.head = Dense(32, outputs, rng)

    def forward(self, x):
        return self.head(self.features(x))

    def with_new_head(self, outputs, rng):
        """A copy with the same features and a fresh head."""
        other = copy.deepcopy(self)
        other.head = Dense(32, outputs, rng)
        return other

    def freeze(self, frozen=True):
        """The features keep their values, or learn again."""
        self.features.requires_grad_(not frozen)


def train_transfer(seed=0, labels=30, noise=0.3, source_epochs=8, epochs=60, lr=0.003):
    """-> a net that learned to read noisy digits and then, from a few of them, to tell odd from even, and its history.

    Test accuracy on the second question for each epoch: scratch, a net that knows nothing before; frozen, a new head on
    kept features; tuned, that one with all its parameters learning on, slowly. source: accuracy on the first question.
    """
    rng = torch.Generator().manual_seed(seed)
    train, test = (
        (x + noise * torch.randn(x.shape, generator=rng), answer) for x, answer in digit_images(seed, 1, 8, 8)
    )
    few, odd_test = (train[0][:labels], train[1][:labels] % 2), (test[0], test[1] % 2)

    def taught(model, train, test, epochs, lr):
        return train_classifier(model, train, test, rng, epochs, lr)["validation_accuracy"]

    source, scratch = TransferNet(10, rng), TransferNet(2, rng)
    history = {"source": taught(source, train, test, source_epochs, lr)}
    history["scratch"] = taught(scratch, few, odd_test, epochs + epochs // 3, lr)
    model = source.with_new_head(2, rng)
    model.freeze()
    history["frozen"] = taught(model, few, odd_test, epochs, 3 * lr)
    model.freeze(False)
    history["tuned"] = taught(model, few, odd_test, epochs // 3, lr / 6)
    return model, history
