"""Convolution and pooling: what slides over a signal (N, C, L) or an image (N, C, H, W).

All of them look at their input through windows, a view that holds each place's neighbourhood without copying it. With
it a convolution is one matrix product, and so are both its gradients: einsum makes of each sum below a single one.
"""

import numpy as np

from course_lib.layers.basic import Layer, generator
from course_lib.layers.sizes import axes_of_x, channels, room, sizes, some_places, whole
from course_lib.validation import floats, upstream

__all__ = [  # noqa: RUF022 in the order of the file
    "Conv1d", "Conv2d", "ConvTranspose2d", "MaxPool1d", "MaxPool2d", "AveragePool1d", "AveragePool2d",
]  # fmt: skip


class Sliding(Layer):
    """A kernel over the last axes: `windows` of the input, and for the way back all `uses` of each input entry.

    kernel_size, stride (from window to window), padding (zeros on either side) and dilation (from entry to entry inside
    a window) are whole numbers, or tuples with one for each axis. What the last window leaves over is not looked at.
    """

    axes, shape_of_x = 2, "(N, C, H, W)"

    def __init__(self, kernel_size, stride, padding, dilation):
        super().__init__()
        self.kernel_size = sizes("kernel_size", kernel_size, self.axes)
        self.stride = sizes("stride", stride, self.axes)
        self.padding = sizes("padding", padding, self.axes, low=0)
        self.dilation = sizes("dilation", dilation, self.axes)
        self.reach = [d * (k - 1) + 1 for k, d in zip(self.kernel_size, self.dilation)]

    def check(self, x):
        x = floats("x", x)
        axes_of_x(x, 2 + self.axes, self.shape_of_x)
        return x

    def padded(self, x):
        return np.pad(x, [(0, 0), (0, 0), *((p, p) for p in self.padding)])

    def windows(self, x, stride):
        """A view (N, C, *places, *kernel) of x."""
        room(x.shape[2:], self.reach)
        view = np.lib.stride_tricks.sliding_window_view(x, self.reach, axis=tuple(range(2, x.ndim)))
        return view[last_axes(slice(None, None, step) for step in (*stride, *self.dilation))]

    def uses(self, dy, size):
        """(N, C, *places) -> (N, C, *size, *kernel): dy of the window that has this input entry there, or 0.

        Windows again, read backwards: over dy with stride − 1 zeros between its entries, and zeros around.
        """
        margin = [r - 1 for r in self.reach]
        spread = np.zeros((*dy.shape[:2], *(n + 2 * p + m for n, p, m in zip(size, self.padding, margin))), dy.dtype)
        spread[last_axes(slice(m, m + s * n, s) for m, s, n in zip(margin, self.stride, dy.shape[2:]))] = dy
        spread = spread[
            last_axes(slice(p, p + n + m) for p, n, m in zip(self.padding, size, margin))
        ]  # x's, not padding's
        return np.flip(self.windows(spread, (1,) * self.axes), axis=tuple(range(-self.axes, 0)))


class Convolution(Sliding):
    """What the convolutions share: weights that start as Dense's do, normal with variance 2/(C·K), and biases at 0."""

    def __init__(self, in_channels, out_channels, kernel_size, rng, stride=1, padding=0, dilation=1):
        super().__init__(kernel_size, stride, padding, dilation)
        self.in_channels, self.out_channels = whole("in_channels", in_channels), whole("out_channels", out_channels)
        weight = generator(rng).normal(size=(out_channels, in_channels, *self.kernel_size))
        self.params = {"weight": weight * np.sqrt(2 / weight[0].size), "bias": np.zeros(out_channels)}

    def check(self, x):
        x = super().check(x)
        channels(x, self.in_channels)
        return x


class Conv1d(Convolution):
    """y[n, o, l] = b[o] + Σ_c Σ_k x[n, c, s·l + d·k − p] w[o, c, k]; s the stride, p the padding, d the dilation.

    (N, C, L) -> (N, O, ⌊(L + 2p − d(K − 1) − 1)/s⌋ + 1); weight (O, C, K), bias (O,). As in every library this is a
    cross-correlation: the kernel is not flipped. Waibel et al. (1989), Phoneme recognition using time-delay neural
    networks, doi:10.1109/29.21701.
    """

    axes, shape_of_x = 1, "(N, C, L)"

    def forward(self, x):
        x = self.check(x)
        self.size, self.x = x.shape[2:], self.windows(self.padded(x), self.stride)
        self.y = np.einsum("nclk,ock->nol", self.x, self.param("weight", x), optimize=True)
        self.y += self.param("bias", x)[:, None]
        return self.y

    def backward(self, dy):
        dy = upstream(dy, self.y)
        self.grads["weight"] = np.einsum("nol,nclk->ock", dy, self.x, optimize=True)
        self.grads["bias"] = dy.sum(axis=(0, 2))
        return np.einsum("nolk,ock->ncl", self.uses(dy, self.size), self.param("weight", dy), optimize=True)


class Conv2d(Convolution):
    """y[n, o, h, w] = b[o] + Σ_c Σ_k Σ_l x[n, c, s·h + d·k − p, s·w + d·l − p] weight[o, c, k, l], as Conv1d.

    (N, C, H, W) -> (N, O, H', W'); weight (O, C, K, L), bias (O,).
    LeCun et al. (1989), Backpropagation applied to handwritten zip code recognition, doi:10.1162/neco.1989.1.4.541.
    """

    def forward(self, x):
        x = self.check(x)
        self.size, self.x = x.shape[2:], self.windows(self.padded(x), self.stride)
        self.y = np.einsum("nchwkl,ockl->nohw", self.x, self.param("weight", x), optimize=True)
        self.y += self.param("bias", x)[:, None, None]
        return self.y

    def backward(self, dy):
        dy = upstream(dy, self.y)
        self.grads["weight"] = np.einsum("nohw,nchwkl->ockl", dy, self.x, optimize=True)
        self.grads["bias"] = dy.sum(axis=(0, 2, 3))
        return np.einsum("nohwkl,ockl->nchw", self.uses(dy, self.size), self.param("weight", dy), optimize=True)


class ConvTranspose2d(Convolution):
    """y[n, o, s·h + d·k − p, s·w + d·l − p] += x[n, c, h, w] weight[c, o, k, l], from y = b[o]: Conv2d's way back.

    (N, C, H, W) -> (N, O, s(H − 1) + d(K − 1) + 1 − 2p, …); weight (C, O, K, L), bias (O,). No inverse of Conv2d.
    Zeiler et al. (2010), Deconvolutional networks, doi:10.1109/CVPR.2010.5539957.
    """

    def __init__(self, in_channels, out_channels, kernel_size, rng, stride=1, padding=0, dilation=1):
        super().__init__(in_channels, out_channels, kernel_size, rng, stride, padding, dilation)
        self.params["weight"] = self.params["weight"].swapaxes(0, 1).copy()

    def forward(self, x):
        self.x = x = self.check(x).copy()
        size = [s * (n - 1) + r - 2 * p for n, s, r, p in zip(x.shape[2:], self.stride, self.reach, self.padding)]
        some_places(size)
        self.y = np.einsum("nchwkl,cokl->nohw", self.uses(self.x, size), self.param("weight", x), optimize=True)
        self.y += self.param("bias", x)[:, None, None]
        return self.y

    def backward(self, dy):
        dy = upstream(dy, self.y)
        windows = self.windows(self.padded(dy), self.stride)
        self.grads["weight"] = np.einsum("nchw,nohwkl->cokl", self.x, windows, optimize=True)
        self.grads["bias"] = dy.sum(axis=(0, 2, 3))
        return np.einsum("nohwkl,cokl->nchw", windows, self.param("weight", dy), optimize=True)


class Pool(Sliding):
    """What the poolings share: no padding, no dilation, and windows side by side unless a stride is given."""

    def __init__(self, kernel_size, stride=None):
        super().__init__(kernel_size, kernel_size if stride is None else stride, 0, 1)


class MaxPool1d(Pool):
    """The largest entry of each window, (N, C, L) -> (N, C, ⌊(L − K)/s⌋ + 1); s the stride, K unless given.

    The first of equal entries takes the gradient. Ranzato et al. (2007), Unsupervised learning of invariant feature
    hierarchies with applications to object recognition, doi:10.1109/CVPR.2007.383157.
    """

    axes, shape_of_x = 1, "(N, C, L)"

    def forward(self, x):
        x = self.check(x)
        self.shape, places = x.shape, np.arange(np.prod(x.shape[2:])).reshape(1, 1, *x.shape[2:])
        windows, places = (self._flat(self.windows(each, self.stride)) for each in (x, places))
        first = windows.argmax(axis=-1)[..., None]
        self.place = np.take_along_axis(np.broadcast_to(places, windows.shape), first, axis=-1)[..., 0]
        self.y = np.take_along_axis(windows, first, axis=-1)[..., 0]
        return self.y

    def backward(self, dy):
        dy = upstream(dy, self.y)
        images = self.shape[0] * self.shape[1]
        dx = np.zeros((images, np.prod(self.shape[2:])), dy.dtype)
        np.add.at(dx, (np.arange(images)[:, None], self.place.reshape(images, -1)), dy.reshape(images, -1))
        return dx.reshape(self.shape)

    def _flat(self, windows):
        return windows.reshape(*windows.shape[: -self.axes], -1)


class MaxPool2d(MaxPool1d):
    """The largest entry of each window, (N, C, H, W) -> (N, C, H', W'), as MaxPool1d; row after row, the first wins."""

    axes, shape_of_x = 2, "(N, C, H, W)"


class AveragePool1d(Pool):
    """The mean of each window, (N, C, L) -> (N, C, ⌊(L − K)/s⌋ + 1); s the stride, K unless given.

    LeCun et al. (1998), Gradient-based learning applied to document recognition, doi:10.1109/5.726791.
    """

    axes, shape_of_x = 1, "(N, C, L)"

    def forward(self, x):
        x = self.check(x)
        self.size, self.kernel_axes = x.shape[2:], tuple(range(-self.axes, 0))
        self.y = self.windows(x, self.stride).mean(axis=self.kernel_axes)
        return self.y

    def backward(self, dy):
        dy = upstream(dy, self.y)
        return self.uses(dy, self.size).mean(axis=self.kernel_axes)


class AveragePool2d(AveragePool1d):
    """The mean of each window, (N, C, H, W) -> (N, C, H', W'), as AveragePool1d."""

    axes, shape_of_x = 2, "(N, C, H, W)"


def last_axes(slices):
    return (..., *slices)
