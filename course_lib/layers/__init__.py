"""Layers: `forward(x)`, `backward(dy)` -> gradient for x; `params`, and after backward their `grads`.

A layer's address is `layers.Name`; the files beside this one group them by what they are for.
"""

from course_lib.layers.attention import MultiHeadAttention, ScaledDotProductAttention, TransformerBlock
from course_lib.layers.basic import Dense, Embedding, Flatten, Input, Lambda, Masking, Residual, Sequential
from course_lib.layers.convolution import (
    AveragePool1d,
    AveragePool2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    MaxPool1d,
    MaxPool2d,
)
from course_lib.layers.dropout import AlphaDropout, Dropout, FeatureDropout, MonteCarloDropout
from course_lib.layers.normalization import BatchNorm, GroupNorm, InstanceNorm, L1Norm, L2Norm, LayerNorm
from course_lib.layers.recurrent import GRU, LSTM, RNN

__all__ = [  # noqa: RUF022 in the order of the course's table
    "Input", "Dense", "Embedding", "Masking", "Lambda", "Sequential", "Residual",
    "Dropout", "FeatureDropout", "AlphaDropout", "MonteCarloDropout",
    "BatchNorm", "LayerNorm", "InstanceNorm", "GroupNorm", "L1Norm", "L2Norm",
    "Conv1d", "Conv2d", "ConvTranspose2d", "MaxPool1d", "MaxPool2d", "AveragePool1d", "AveragePool2d", "Flatten",
    "RNN", "LSTM", "GRU", "ScaledDotProductAttention", "MultiHeadAttention", "TransformerBlock",
]  # fmt: skip
