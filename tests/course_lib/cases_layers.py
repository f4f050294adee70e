"""Cases of the dense, noisy and normalizing layers, with an oracle for each: PyTorch's own layer, or a closed form.

Every draw of dropout is replayed: a given shape always gets the same uniform numbers, in reference and twin.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from course_lib import layers, layers_torch


class Replay:
    """A generator that answers the same uniform numbers whenever it is asked for a shape."""

    def random(self, shape):
        return np.random.default_rng([17, *shape]).random(shape)


class Given:
    """A generator whose uniform numbers make the given mask, whatever p is."""

    def __init__(self, keep):
        self.keep = keep

    def random(self, shape):
        assert shape == self.keep.shape
        return np.where(self.keep, 1 - 2.0**-53, -1.0)


def replayed_uniform(shape, rng, device):
    return torch.tensor(Replay().random(tuple(shape)), device=device)


@dataclass(frozen=True)
class Case:
    """make(package, rng) builds it from `layers` or `layers_torch`; oracle() is a module with the same parameters."""

    name: str
    make: Callable
    oracle: Callable
    inputs: tuple[Callable, ...]  # rng -> x
    training: bool = True
    label: str = ""
    smooth: Callable = np.ones_like  # x -> 1 where forward has a derivative, 0 where it jumps

    def __str__(self):
        return "-".join([self.name, *self.label.split(), *([] if self.training else ["evaluation"])])

    def unit(self, rng):
        """With random parameters and buffers, since 1 and 0 hide mistakes, and replayed noise."""
        unit = self.make(layers, np.random.default_rng(3))
        unit.training = self.training
        for name, array in unit.params.items():
            unit.params[name] = rng.normal(size=array.shape)
        for name, array in unit.buffers.items():
            unit.buffers[name] = rng.uniform(0.5, 2, array.shape)
        for layer in layers.dropout.dropouts(unit):
            layer.rng = Replay()
        return unit

    def twin(self, unit, dtype=torch.float64, device="cpu"):
        return load(self.make(layers_torch, torch.Generator().manual_seed(3)), unit, dtype, device)


def load(module, unit, dtype=torch.float64, device="cpu"):
    """The module with the unit's parameters, buffers and training flag."""
    arrays = {**unit.params, **unit.buffers}
    state = {name: tensor for name, tensor in module.state_dict().items() if name.endswith("num_batches_tracked")}
    module.double().load_state_dict({**state, **{name: torch.tensor(array) for name, array in arrays.items()}})
    return module.to(device, dtype).train(unit.training)


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.forward = function


class Words(nn.Embedding):
    def forward(self, ids):
        return super().forward(ids.long())


class Skip(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return x + self.layer(x)


class Passes(nn.Module):
    """A network with one dropout before its last layer, pass by pass, with the noise that Replay has for all passes."""

    def __init__(self, first, last, passes, p):
        super().__init__()
        self.layer, self.passes, self.p = nn.ModuleDict({"0": first, "2": last}), passes, p

    def forward(self, x):
        h = self.layer["0"](x)
        u = torch.tensor(Replay().random((self.passes * len(h), *h.shape[1:])), device=x.device)
        masks = (u >= self.p).to(x).reshape(self.passes, *h.shape) / (1 - self.p)
        return sum(self.layer["2"](h * mask) for mask in masks) / self.passes


class Masked(nn.Module):
    """PyTorch's dropout, which draws its own noise; `keep` is what its last mask was."""

    def __init__(self, dropout):
        super().__init__()
        self.dropout = dropout

    def forward(self, x):
        y = self.dropout(x)
        if self.training:
            (slope,) = torch.autograd.grad(y.sum(), x, retain_graph=True)
            self.keep = (slope != 0).cpu().numpy()
            if isinstance(self.dropout, nn.Dropout1d | nn.Dropout2d | nn.Dropout3d):
                self.keep = self.keep.reshape(*x.shape[:2], -1)[:, :, 0].reshape(*x.shape[:2], *[1] * (x.ndim - 2))
        return y


def said(options):
    return " ".join(f"{name}={value:g}" for name, value in options.items())


def without_noise(module):
    module[1].layer[1] = nn.Identity()
    return module


def normal(*shape, scale=1.0, shift=0.0):
    return lambda rng: rng.normal(size=shape) * scale + shift


def away_from_zero(*shape):
    return lambda rng: rng.uniform(0.1, 3, shape) * rng.choice([-1, 1], shape)


def ids(*shape, high):
    return lambda rng: rng.integers(0, high, shape)


def steps(value):
    """Steps with all features missing, with one feature that looks so, and with none."""

    def make(rng):
        x = rng.uniform(1, 2, (3, 4, 2)) + value
        x[0, 1:], x[2, 0], x[1, 1, 0] = value, value, value
        return x

    return make


def tanh(package):
    if package is layers:
        return package.Lambda(np.tanh, lambda dy, x: dy * (1 - np.tanh(x) ** 2))
    return package.Lambda(torch.tanh)


def softmax_rows(package):
    """A function whose gradient is no product of entries."""
    if package is layers:

        def function(x):
            e = np.exp(x - x.max(axis=-1, keepdims=True))
            return e / e.sum(axis=-1, keepdims=True)

        def gradient(dy, x):
            y = function(x)
            return y * (dy - (dy * y).sum(axis=-1, keepdims=True))

        return package.Lambda(function, gradient)
    return package.Lambda(lambda x: x.softmax(dim=-1))


def network(package, rng, *last):
    return package.Sequential(package.Dense(3, 4, rng), tanh(package), package.Dense(4, 2, rng), *last)


def embedded(package, rng):
    return package.Sequential(
        package.Input(5), package.Embedding(4, 3, rng), package.Flatten(), package.Residual(package.Dense(15, 15, rng))
    )


def nested(package, rng):
    block = package.Sequential(package.LayerNorm(3), package.Dropout(0.4, rng), package.Dense(3, 3, rng))
    return package.Sequential(package.Dense(2, 3, rng), package.Residual(block), package.BatchNorm(3))


def nested_oracle():
    noise = Function(lambda x: x * (replayed_uniform(x.shape, None, x.device) >= 0.4) / 0.6)
    block = nn.Sequential(nn.LayerNorm(3), noise, nn.Linear(3, 3))
    return nn.Sequential(nn.Linear(2, 3), Skip(block), nn.BatchNorm1d(3))


def monte_carlo(passes, p):
    def make(package, rng):
        layer = package.Sequential(package.Dense(3, 4, rng), package.Dropout(p, rng), package.Dense(4, 2, rng))
        return package.MonteCarloDropout(layer, passes)

    return make


def monte_carlo_cases():
    for training, passes, p in ((False, 7, 0.3), (False, 100, 0.6), (True, 7, 0.5)):
        yield Case(
            "MonteCarloDropout",
            monte_carlo(passes, p),
            lambda n=1 if training else passes, p=p: Passes(nn.Linear(3, 4), nn.Linear(4, 2), n, p),
            (normal(5, 3), normal(1, 3)),
            training,
            f"passes={passes} p={p}",
        )


def dropout_cases():
    flat, images = (normal(6, 5), normal(4), normal(2, 3, 4, 5)), (normal(5, 4, 3), normal(3, 4, 3, 2))
    for name, oracle, inputs in (
        ("Dropout", nn.Dropout, flat),
        ("FeatureDropout", nn.Dropout1d, images[:1]),
        ("FeatureDropout", nn.Dropout2d, images[1:]),
        ("FeatureDropout", nn.Dropout3d, (normal(3, 4, 2, 2, 2),)),
        ("FeatureDropout", nn.Dropout, flat[:1]),
        ("AlphaDropout", nn.AlphaDropout, flat),
    ):
        for p in (0.0, 0.1, 0.5, 0.9):
            make = lambda package, rng, name=name, p=p: getattr(package, name)(p, rng)  # noqa: E731
            yield Case(
                name, make, lambda oracle=oracle, p=p: Masked(oracle(p)), inputs, label=f"{oracle.__name__} p={p}"
            )
        yield Case(name, make, lambda oracle=oracle: Masked(oracle(0.5)), inputs, False, oracle.__name__)


BATCHES = (
    (nn.BatchNorm1d, (normal(5, 3, shift=2.0), normal(2, 3), normal(4, 3, 5), normal(1, 3, 4))),
    (nn.BatchNorm2d, (normal(4, 3, 2, 5, scale=3.0), normal(1, 3, 2, 2))),
    (nn.BatchNorm3d, (normal(2, 3, 2, 2, 2),)),
)


def batch_norm_cases():
    for oracle, inputs in BATCHES:
        for options in ({}, {"eps": 0.5, "momentum": 0.7}, {"momentum": 0.0}):
            for training in (True, False):
                yield Case(
                    "BatchNorm",
                    lambda package, rng, o=options: package.BatchNorm(3, **o),
                    lambda oracle=oracle, o=options: oracle(3, **o),
                    inputs,
                    training,
                    f"{oracle.__name__} {said(options)}",
                )


def norm_cases():
    for options in ({}, {"eps": 0.5}):
        of = lambda package, name, *sizes, o=options: getattr(package, name)(*sizes, **o)  # noqa: E731
        label = said(options)
        yield Case(
            "LayerNorm",
            lambda package, rng, of=of: of(package, "LayerNorm", 4),
            lambda o=options: nn.LayerNorm(4, **o),
            (normal(5, 4, shift=3.0), normal(2, 3, 4, scale=5.0), normal(4)),
            label=label,
        )
        for oracle, inputs in (
            (nn.InstanceNorm1d, (normal(2, 3, 5, shift=1.0),)),
            (nn.InstanceNorm2d, (normal(2, 3, 2, 4, scale=4.0), normal(1, 3, 1, 3))),
            (nn.InstanceNorm3d, (normal(2, 3, 2, 2, 2),)),
        ):
            yield Case(
                "InstanceNorm",
                lambda package, rng, of=of: of(package, "InstanceNorm", 3),
                lambda oracle=oracle, o=options: oracle(3, affine=True, **o),
                inputs,
                label=f"{oracle.__name__} {label}",
            )
        for groups in (1, 2, 6):
            flat = () if groups == 6 else (normal(5, 6), normal(2, 6, shift=2.0))
            yield Case(
                "GroupNorm",
                lambda package, rng, of=of, g=groups: of(package, "GroupNorm", g, 6),
                lambda g=groups, o=options: nn.GroupNorm(g, 6, **o),
                (*flat, normal(3, 6, 4), normal(2, 6, 2, 3, scale=3.0)),
                label=f"groups={groups} {label}",
            )
    for name, power in (("L1Norm", 1), ("L2Norm", 2)):
        for options in ({}, {"eps": 2.5}):
            yield Case(
                name,
                lambda package, rng, name=name, o=options: getattr(package, name)(**o),
                lambda power=power, o=options: Function(lambda x: F.normalize(x, p=power, dim=-1, **o)),
                (away_from_zero(5, 4), away_from_zero(2, 3, 2), away_from_zero(3)),
                label=said(options),
            )


CASES = (
    Case("Input", lambda package, rng: package.Input(3), nn.Identity, (normal(4, 3),)),
    Case("Input", lambda package, rng: package.Input(2, None), nn.Identity, (normal(4, 2, 5), normal(1, 2, 1))),
    Case("Input", lambda package, rng: package.Input(), nn.Identity, (normal(4),), label="numbers"),
    Case("Input", lambda package, rng: package.Input(3), nn.Identity, (ids(2, 3, high=9),), label="ids"),
    Case(
        "Dense",
        lambda package, rng: package.Dense(3, 2, rng),
        lambda: nn.Linear(3, 2),
        (normal(5, 3), normal(3), normal(2, 4, 3), normal(1, 3, scale=10.0)),
    ),
    Case("Dense", lambda package, rng: package.Dense(1, 4, rng), lambda: nn.Linear(1, 4), (normal(6, 1),), label="1"),
    Case(
        "Embedding",
        lambda package, rng: package.Embedding(4, 3, rng),
        lambda: Words(4, 3),
        (ids(6, high=4), ids(2, 5, high=3), lambda rng: np.array([[1, 1], [1, 3]], np.uint8), lambda rng: np.array(2)),
    ),
    *(
        Case(
            "Masking",
            lambda package, rng, value=value: package.Masking(value),
            lambda value=value: Function(lambda x: x * (x != value).any(dim=-1, keepdim=True)),
            (steps(value),),
            label=f"value={value}",
            smooth=lambda x, value=value: (x != value).any(axis=-1, keepdims=True),
        )
        for value in (0.0, -1.0)
    ),
    Case("Lambda", lambda package, rng: tanh(package), nn.Tanh, (normal(4, 3), normal(2, 3, 2))),
    Case(
        "Lambda", lambda package, rng: softmax_rows(package), lambda: nn.Softmax(dim=-1), (normal(4, 3),), label="rows"
    ),
    Case(
        "Sequential",
        network,
        lambda: nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)),
        (normal(5, 3), normal(2, 4, 3)),
    ),
    Case(
        "Sequential",
        embedded,
        lambda: nn.Sequential(nn.Identity(), nn.Embedding(4, 3), nn.Flatten(), Skip(nn.Linear(15, 15))),
        (ids(3, 5, high=4),),
        label="ids",
    ),
    Case("Sequential", nested, nested_oracle, (normal(5, 2),), label="nested"),
    Case("Sequential", nested, lambda: without_noise(nested_oracle()), (normal(5, 2),), False, "nested"),
    Case(
        "Residual",
        lambda package, rng: package.Residual(package.Dense(3, 3, rng)),
        lambda: Skip(nn.Linear(3, 3)),
        (normal(5, 3), normal(2, 4, 3)),
    ),
    *dropout_cases(),
    *monte_carlo_cases(),
    *batch_norm_cases(),
    *norm_cases(),
    Case(
        "Flatten",
        lambda package, rng: package.Flatten(),
        nn.Flatten,
        (normal(4, 3, 2), normal(2, 3, 2, 2), normal(5, 2)),
    ),
)
