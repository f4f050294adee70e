"""The activations of `activations` in PyTorch: any device, gradients by autograd; parameters have the same names."""

from course_lib.activations_torch.elementwise import (
    ELU,
    GELU,
    SELU,
    Heaviside,
    Identity,
    LeakyReLU,
    Mish,
    PReLU,
    ReLU,
    RReLU,
    Sigmoid,
    Sign,
    Softplus,
    Swish,
    Tanh,
)
from course_lib.activations_torch.gates import GLU, Maxout, SwiGLU
from course_lib.activations_torch.softmax import LogSoftmax, Softmax

__all__ = [  # noqa: RUF022 in the order of the course's table
    "Heaviside", "Sign", "Identity", "Sigmoid", "Tanh", "ReLU", "LeakyReLU", "RReLU", "PReLU", "ELU", "SELU",
    "Softplus", "Swish", "Mish", "GELU", "Softmax", "LogSoftmax", "GLU", "SwiGLU", "Maxout",
]  # fmt: skip
