"""Activations of a whole row."""

import torch

from course_lib.activations_torch.elementwise import Activation


class Softmax(Activation):
    """See `activations.Softmax`."""

    def forward(self, x):
        e = torch.exp(x - x.detach().amax(dim=-1, keepdim=True))
        return e / e.sum(dim=-1, keepdim=True)


class LogSoftmax(Activation):
    """See `activations.LogSoftmax`."""

    def forward(self, x):
        x = x - x.detach().amax(dim=-1, keepdim=True)  # near 0 the digits are finer
        return x - torch.logsumexp(x, dim=-1, keepdim=True)
