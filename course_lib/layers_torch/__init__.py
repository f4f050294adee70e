"""The layers of `layers` in PyTorch: any device, gradients by autograd; parameters have the same names and shapes."""

from course_lib.layers_torch.attention import MultiHeadAttention, ScaledDotProductAttention, TransformerBlock
from course_lib.layers_torch.basic import Dense, Embedding, Flatten, Input, Lambda, Masking, Residual, Sequential
from course_lib.layers_torch.convolution import (
    AveragePool1d,
    AveragePool2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    MaxPool1d,
    MaxPool2d,
)
from course_lib.layers_torch.dropout import AlphaDropout, Dropout, FeatureDropout, MonteCarloDropout
from course_lib.layers_torch.normalization import BatchNorm, GroupNorm, InstanceNorm, L1Norm, L2Norm, LayerNorm
from course_lib.layers_torch.recurrent import GRU, LSTM, RNN

__all__ = [  # noqa: RUF022 in the order of the course's table
    "Input", "Dense", "Embedding", "Masking", "Lambda", "Sequential", "Residual",
    "Dropout", "FeatureDropout", "AlphaDropout", "MonteCarloDropout",
    "BatchNorm", "LayerNorm", "InstanceNorm", "GroupNorm", "L1Norm", "L2Norm",
    "Conv1d", "Conv2d", "ConvTranspose2d", "MaxPool1d", "MaxPool2d", "AveragePool1d", "AveragePool2d", "Flatten",
    "RNN", "LSTM", "GRU", "ScaledDotProductAttention", "MultiHeadAttention", "TransformerBlock",
]  # fmt: skip
