"""The layers of `layers.convolution` in PyTorch: any device, gradients by autograd."""

import math

import torch
from torch import nn

from course_lib.layers.sizes import axes_of_x, channels, room, sizes, some_places, whole
from course_lib.layers_torch.basic import generator, normal

__all__ = [  # noqa: RUF022 in the order of the file
    "Conv1d", "Conv2d", "ConvTranspose2d", "MaxPool1d", "MaxPool2d", "AveragePool1d", "AveragePool2d",
]  # fmt: skip


class Sliding(nn.Module):
    """See `layers.convolution.Sliding`."""

    axes, shape_of_x = 2, "(N, C, H, W)"

    def __init__(self, kernel_size, stride, padding, dilation):
        super().__init__()
        self.kernel_size = sizes("kernel_size", kernel_size, self.axes)
        self.stride = sizes("stride", stride, self.axes)
        self.padding = sizes("padding", padding, self.axes, low=0)
        self.dilation = sizes("dilation", dilation, self.axes)
        self.reach = [d * (k - 1) + 1 for k, d in zip(self.kernel_size, self.dilation)]

    def check(self, x):
        axes_of_x(x, 2 + self.axes, self.shape_of_x)

    def padded(self, x):
        frame = x.new_zeros(*x.shape[:2], *(n + 2 * p for n, p in zip(x.shape[2:], self.padding)))
        frame[(..., *(slice(p, p + n) for n, p in zip(x.shape[2:], self.padding)))] = x
        return frame

    def windows(self, x):
        room(x.shape[2:], self.reach)
        for axis, (reach, stride) in enumerate(zip(self.reach, self.stride), start=2):
            x = x.unfold(axis, reach, stride)
        return x[(..., *(slice(None, None, d) for d in self.dilation))]


class Convolution(Sliding):
    """See `layers.convolution.Convolution`."""

    def __init__(self, in_channels, out_channels, kernel_size, rng, stride=1, padding=0, dilation=1):
        super().__init__(kernel_size, stride, padding, dilation)
        self.in_channels, self.out_channels = whole("in_channels", in_channels), whole("out_channels", out_channels)
        weight = normal((out_channels, in_channels, *self.kernel_size), generator(rng))
        self.weight = nn.Parameter(weight * math.sqrt(2 / weight[0].numel()))
        self.bias = nn.Parameter(weight.new_zeros(out_channels))

    def check(self, x):
        super().check(x)
        channels(x, self.in_channels)


class Conv1d(Convolution):
    """See `layers.Conv1d`."""

    axes, shape_of_x = 1, "(N, C, L)"

    def forward(self, x):
        self.check(x)
        return torch.einsum("nclk,ock->nol", self.windows(self.padded(x)), self.weight) + self.bias[:, None]


class Conv2d(Convolution):
    """See `layers.Conv2d`."""

    def forward(self, x):
        self.check(x)
        windows = self.windows(self.padded(x))
        return torch.einsum("nchwkl,ockl->nohw", windows, self.weight) + self.bias[:, None, None]


class ConvTranspose2d(Convolution):
    """See `layers.ConvTranspose2d`."""

    def __init__(self, in_channels, out_channels, kernel_size, rng, stride=1, padding=0, dilation=1):
        super().__init__(in_channels, out_channels, kernel_size, rng, stride, padding, dilation)
        self.weight = nn.Parameter(self.weight.detach().transpose(0, 1).contiguous())

    def forward(self, x):
        self.check(x)
        frame = [s * (n - 1) + r for n, s, r in zip(x.shape[2:], self.stride, self.reach)]
        size = [n - 2 * p for n, p in zip(frame, self.padding)]
        some_places(size)
        at = self.windows(torch.arange(math.prod(frame), device=x.device).view(1, 1, *frame)).flatten()
        parts = torch.einsum("nchw,cokl->nohwkl", x, self.weight).flatten(2)
        y = parts.new_zeros(*parts.shape[:2], math.prod(frame)).index_add(2, at, parts).unflatten(2, frame)
        inside = [slice(p, p + n) for n, p in zip(size, self.padding)]
        return y[(..., *inside)] + self.bias[:, None, None]


class Pool(Sliding):
    """See `layers.convolution.Pool`."""

    def __init__(self, kernel_size, stride=None):
        super().__init__(kernel_size, kernel_size if stride is None else stride, 0, 1)


class MaxPool1d(Pool):
    """See `layers.MaxPool1d`."""

    axes, shape_of_x = 1, "(N, C, L)"

    def forward(self, x):
        self.check(x)
        return self.windows(x).flatten(-self.axes).max(dim=-1).values  # amax would share the gradient among equals


class MaxPool2d(MaxPool1d):
    """See `layers.MaxPool2d`."""

    axes, shape_of_x = 2, "(N, C, H, W)"


class AveragePool1d(Pool):
    """See `layers.AveragePool1d`."""

    axes, shape_of_x = 1, "(N, C, L)"

    def forward(self, x):
        self.check(x)
        return self.windows(x).flatten(-self.axes).mean(dim=-1)


class AveragePool2d(AveragePool1d):
    """See `layers.AveragePool2d`."""

    axes, shape_of_x = 2, "(N, C, H, W)"
