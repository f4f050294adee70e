"""Activations: `forward(x)`, and `backward(dy)` -> the gradient for x.

What is learned is in `params`, used in the dtype of x; after backward, `grads` has the gradients under the same names.
An activation's address is `activations.Name`; the files beside this one are to be read in the order elementwise,
softmax, gates.
"""

from course_lib.activations.elementwise import (
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
from course_lib.activations.gates import GLU, Maxout, SwiGLU
from course_lib.activations.softmax import LogSoftmax, Softmax

__all__ = [  # noqa: RUF022 in the order of the course's table
    "Heaviside", "Sign", "Identity", "Sigmoid", "Tanh", "ReLU", "LeakyReLU", "RReLU", "PReLU", "ELU", "SELU",
    "Softplus", "Swish", "Mish", "GELU", "Softmax", "LogSoftmax", "GLU", "SwiGLU", "Maxout",
]  # fmt: skip
