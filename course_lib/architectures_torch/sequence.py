"""Sequence models: one network around RNN, LSTM or GRU."""

import torch
from torch import nn

from course_lib.architectures_torch.supervised import digit_images, train_classifier
from course_lib.layers_torch import GRU, LSTM, RNN, Dense
from course_lib.validation import one_of

__all__ = ["SequenceClassifier", "train_sequence"]

CELLS = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}


class SequenceClassifier(nn.Module):
    """Dense of the last state of a recurrent layer: x (N, T, inputs) -> logits (N, outputs).

    cell is "RNN", Elman (1990), doi:10.1207/s15516709cog1402_1; "LSTM", Hochreiter and Schmidhuber (1997),
    doi:10.1162/neco.1997.9.8.1735; or "GRU", Cho et al. (2014), arXiv:1406.1078.
    """

    def __init__(self, cell, inputs, hidden, outputs, rng):
        super().__init__()
        self.recurrent = CELLS[one_of("cell", cell, tuple(CELLS))](inputs, hidden, rng)
        self.output = Dense(hidden, outputs, rng)

    def forward(self, x):
        return self.output(self.recurrent(x)[:, -1])


def train_sequence(seed=0, cell="LSTM", hidden=48, epochs=10, lr=0.005):
    """-> a SequenceClassifier that reads digits row by row, 8 steps of 8 pixels, and its history, as train_cnn's."""
    rng = torch.Generator().manual_seed(seed)
    model = SequenceClassifier(cell, 8, hidden, 10, rng)
    train, test = digit_images(seed, 8, 8)
    return model, train_classifier(model, train, test, rng, epochs, lr)
