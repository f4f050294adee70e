"""The layers of `layers.basic` in PyTorch."""

import math

import torch
from torch import nn

from course_lib.layers.basic import example_shape, unchanged_shape, whole_ids
from course_lib.layers.sizes import last_axis, whole

__all__ = ["Input", "Dense", "Embedding", "Masking", "Lambda", "Sequential", "Residual", "Flatten"]  # noqa: RUF022


class Input(nn.Module):
    """See `layers.Input`."""

    def __init__(self, *shape):
        super().__init__()
        self.shape = tuple(size if size is None else whole("a size of Input", size) for size in shape)

    def forward(self, x):
        example_shape(x, self.shape)
        return x


class Dense(nn.Module):
    """See `layers.Dense`."""

    def __init__(self, inputs, outputs, rng):
        super().__init__()
        self.inputs, self.outputs = whole("inputs", inputs), whole("outputs", outputs)
        weight = normal((outputs, inputs), generator(rng)) * math.sqrt(2 / inputs)
        self.weight, self.bias = nn.Parameter(weight), nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        last_axis("x", x, self.inputs)
        return torch.einsum("...i,oi->...o", x, self.weight) + self.bias


class Embedding(nn.Module):
    """See `layers.Embedding`."""

    def __init__(self, count, features, rng):
        super().__init__()
        self.count, self.features = whole("count", count), whole("features", features)
        self.weight = nn.Parameter(normal((count, features), generator(rng)))

    def forward(self, ids):
        whole_ids(ids.dtype, not ids.is_floating_point() and ids.dtype != torch.bool)
        # unlike weight[ids], index_select refuses an id of −1
        rows = self.weight.index_select(0, ids.reshape(-1).long())
        return rows.reshape(*ids.shape, self.features)


class Masking(nn.Module):
    """See `layers.Masking`."""

    def __init__(self, value=0.0):
        super().__init__()
        if not math.isfinite(value):
            raise ValueError(f"value is {value}; expected a finite number: try torch.nan_to_num on x first")
        self.value = float(value)

    def forward(self, x):
        missing = (x == self.value).all(dim=-1)
        self.mask = ~missing
        return x.masked_fill(missing.unsqueeze(-1), 0)


class Lambda(nn.Module):
    """See `layers.Lambda`."""

    def __init__(self, function, gradient=None):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


class Sequential(nn.Module):
    """See `layers.Sequential`."""

    def __init__(self, *layers):
        if not layers or isinstance(layers[0], (list, tuple)):
            raise TypeError("Sequential got no layers or a list; expected layers: try Sequential(*layers)")
        super().__init__()
        for i, layer in enumerate(layers):
            self.add_module(str(i), layer)

    @property
    def layers(self):
        return tuple(self.children())

    def forward(self, x):
        for layer in self.children():
            x = layer(x)
        return x


class Residual(nn.Module):
    """See `layers.Residual`."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        f = self.layer(x)
        unchanged_shape(x, f)
        return x + f


class Flatten(nn.Module):
    """See `layers.Flatten`."""

    def __init__(self):
        super().__init__()

    def forward(self, x):
        return x.flatten(start_dim=1) if x.ndim > 1 else x[:, None]


def generator(rng):
    if not (rng is None or isinstance(rng, torch.Generator)):
        raise TypeError(f"rng is {rng!r}; expected a torch.Generator or None: try torch.Generator().manual_seed(0)")
    return rng


def normal(shape, rng):
    """Standard normal numbers, drawn where the generator lives."""
    return torch.randn(shape, generator=rng, device=rng.device if rng else None)
