"""One row for each twin: what it is given, PyTorch's own implementation of the same, and the bytes it cannot save.

`own` is one function or module of PyTorch, with at most the few elementwise operations that bring it to the same
value; None where PyTorch has none. Of units with parameters it gets those of the twin, by name.
"""

import importlib
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn, optim
from torch.nn import functional as F

from course_lib import activations, activations_torch, layers, regularizers

BIT = 1 / 32  # of each float32

LEFT_OUT = {
    "training": "loops around the others, as fast as the model they train",
    "schedules": "arithmetic on one float a step",
    "architectures": "built from the layers below; most have no NumPy reference",
}


@dataclass(frozen=True)
class Row:
    """id: "topic.Name". inputs: (rng, n) -> arrays with about n numbers in the first, of which `trained` get gradients.

    build(file, rng) makes it of the reference's file or the twin's. `again` is the share of its inputs that backward
    has to see once more, `passes`, where given, all that is moved, in multiples of the inputs.
    """

    id: str
    own: Callable | None
    inputs: Callable
    trained: int = 1
    options: dict = field(default_factory=dict)
    build: Callable | None = None
    training: bool = True
    again: float = 1.0
    passes: float | None = None

    @property
    def topic(self):
        return self.id.split(".")[0]

    @property
    def name(self):
        return self.id.split(".")[1]

    def of(self, file):
        """The class or function: of the reference's file, "", or of the twin's, "_torch"."""
        return getattr(importlib.import_module(f"course_lib.{self.topic}{file}"), self.name)

    def unit(self, rng):
        return self._made("", rng)

    def twin(self, device, dtype):
        return self._made("_torch", torch.Generator(device).manual_seed(0)).to(device, dtype)

    def _made(self, file, rng):
        if self.build:
            unit = self.build(importlib.import_module(f"course_lib.{self.topic}{file}"), rng)
        else:
            wants_rng = {"rng": rng} if "rng" in inspect.signature(self.of(file)).parameters else {}
            unit = self.of(file)(**self.options, **wants_rng)
        if not self.training:
            unit.training = False
        return unit


# Inputs


def sized(shape, n):
    """The shape with n numbers, its −1 being what is left."""
    rest = -math.prod(shape)
    return tuple(max(1, n // rest) if size == -1 else size for size in shape)


def normal(*shape, count=1, share=1.0):
    return lambda rng, n: [rng.normal(size=sized(shape, int(n * share))) for _ in range(count)]


def with_signs(*shape, count=1, axes=0):
    """And −1 or 1 for each number, or for each example when the last axis holds an example."""

    def make(rng, n):
        arrays = normal(*shape, count=count)(rng, n)
        return [*arrays, rng.choice([-1.0, 1.0], arrays[0].shape[: arrays[0].ndim - axes])]

    return make


def positive(rng, n):
    return [rng.uniform(0, 3, sized((-1, 64), n)) for _ in range(2)]


def rates(rng, n):
    shape = sized((-1, 64), n)
    return [rng.normal(size=shape), rng.poisson(2.0, shape).astype(float)]


def logits(rng, n):
    x = rng.normal(size=sized((-1, 64), n))
    return [x, rng.integers(0, 64, len(x))]


def probs(rng, n):
    p = rng.uniform(0.03, 0.97, sized((-1, 64), n))
    return [p, rng.integers(0, 64, len(p))]


def two_probs(rng, n):
    p, target = rng.uniform(0.03, 0.97, (2, *sized((-1, 64), n)))
    return [p, target / target.sum(axis=1, keepdims=True)]


def yes_or_no(*shape, low=0.03, high=0.97):
    def make(rng, n):
        p = rng.uniform(low, high, sized(shape, n))
        return [p, rng.integers(0, 2, p.shape).astype(float)]

    return make


def lists(share):
    def make(rng, n):
        p = rng.normal(size=sized((-1, 256), int(n * share)))
        return [p, rng.integers(0, 5, p.shape)]

    return make


def square(rng, n):
    """As many rows as make a matrix of n similarities."""
    return [rng.normal(size=(math.isqrt(n), 64)) for _ in range(2)]


def words(rng, n):
    center, context = normal(-1, 64, count=2, share=1 / 4)(rng, n)
    return [center, context, rng.normal(size=(len(center), 5, 64))]


def steps(rng, n):
    q, next_q = normal(-1, 16, count=2)(rng, n)
    return [q, rng.integers(0, 16, len(q)), rng.normal(size=len(q)), next_q, rng.integers(0, 2, len(q)).astype(float)]


def choices(rng, n):
    x = rng.normal(size=sized((-1, 16), n))
    return [x, rng.integers(0, 16, len(x)), rng.normal(size=len(x))]


def ids(rng, n):
    return [rng.integers(0, 1000, sized((-1, 64), n)[:1])]


def some_missing(rng, n):
    x = rng.normal(size=sized((-1, 16, 64), n))
    x[:, 8:] = 0
    return [x]


def labels(rng, n):
    return list(rng.integers(0, 2, (2, n)))


def scores(rng, n):
    return [rng.normal(size=n).round(3), rng.integers(0, 2, n)]  # rounded: some are equal


# PyTorch's own, where it is more than a name


def plain(function, **options):
    """A function that needs no parameters."""
    return lambda p: lambda *tensors: function(*tensors, **options)


class Own(nn.Module):
    """A module of PyTorch with the twin's numbers in parameters of its own."""

    def __init__(self, inner, call, numbers):
        super().__init__()
        like = next(iter(numbers.values()))
        self.inner, self.call = inner.to(like.device, like.dtype), call
        with torch.no_grad():
            for name, tensor in numbers.items():
                inner.get_parameter(name).copy_(tensor)

    def forward(self, *tensors):
        return self.call(self.inner, *tensors)


def recurrent(cls):
    def own(p):
        zeros = torch.zeros_like(p["bias"])
        if "hidden_bias" in p:
            zeros[-len(p["hidden_bias"]) :] = p["hidden_bias"].detach()
        numbers = {"weight_ih_l0": p["input_weight"], "weight_hh_l0": p["hidden_weight"], "bias_ih_l0": p["bias"]}
        inner = cls(p["input_weight"].shape[1], p["hidden_weight"].shape[1], batch_first=True)
        return Own(inner, lambda layer, x: layer(x)[0], {**numbers, "bias_hh_l0": zeros})

    return own


INNER = {
    "in_proj_weight": "input.weight",
    "in_proj_bias": "input.bias",
    "out_proj.weight": "output.weight",
    "out_proj.bias": "output.bias",
}
PARTS = {"norm1": "attention_norm", "norm2": "dense_norm", "linear1": "dense.0", "linear2": "dense.2"}


def multi_head(p):
    numbers = {name: p[ours] for name, ours in INNER.items()}
    inner = nn.MultiheadAttention(128, 4, batch_first=True)
    return Own(inner, lambda layer, x: layer(x, x, x, need_weights=False)[0], numbers)


def encoder(p):
    numbers = {f"self_attn.{name}": p[f"attention.{ours}"] for name, ours in INNER.items()}
    for part, ours in PARTS.items():
        numbers |= {f"{part}.{kind}": p[f"{ours}.{kind}"] for kind in ("weight", "bias")}
    inner = nn.TransformerEncoderLayer(128, 4, 256, 0.0, batch_first=True, norm_first=True)
    return Own(inner, lambda layer, x: layer(x), numbers)


def linear(p, name=""):
    return lambda x: F.linear(x, p[f"{name}weight"], p[f"{name}bias"])


def two_linear(p):
    return lambda x: linear(p, "2.")(F.relu(linear(p, "0.")(x)))


def glu(p):
    """PyTorch's GLU opens the first half of its input with the second."""

    def call(x):
        weight, bias = (torch.cat([p[f"value_{kind}"], p[f"gate_{kind}"]]) for kind in ("weight", "bias"))
        return F.glu(F.linear(x, weight, bias))

    return call


def batch_norm(p):
    mean, var = torch.zeros_like(p["weight"]), torch.ones_like(p["weight"])
    return lambda x: F.batch_norm(x, mean, var, p["weight"], p["bias"], training=True)


def over_channels(function, *groups):
    """F.instance_norm and F.group_norm, which take their arguments in different order."""
    if groups:
        return lambda p: lambda x: function(x, *groups, p["weight"], p["bias"])
    return lambda p: lambda x: function(x, weight=p["weight"], bias=p["bias"])


def convolution(function):
    return lambda p: lambda x: function(x, p["weight"], p["bias"], padding=1)


def nll_of_probs(prediction, target):
    return F.nll_loss(prediction.clamp(1e-7, 1).log(), target)


def divergence(prediction, target):
    return F.kl_div(prediction.clamp(1e-7, 1).log(), target, reduction="batchmean")


def triplet(anchor, positive, negative):
    return F.triplet_margin_loss(anchor, positive, negative, eps=0)


def confusion(prediction, target):
    return torch.bincount(2 * target + prediction, minlength=4).reshape(2, 2)


# Units that are made of others


class Penalty:
    """A regularizer of a single array."""

    def __init__(self, unit):
        super().__init__()
        self.unit = unit

    def forward(self, p):
        return self.unit.forward({"weight": p})

    def backward(self, dy):
        return self.unit.backward(dy)["weight"]


class TwinPenalty(Penalty, nn.Module):
    """The same of a single tensor."""


def penalty(name):
    return lambda file, rng: (Penalty if file is regularizers else TwinPenalty)(getattr(file, name)())


def hyperbolic(file, rng):
    if file is layers:
        return file.Lambda(np.tanh, lambda dy, x: dy * (1 - np.tanh(x) ** 2))
    return file.Lambda(torch.tanh)


def network(file, rng):
    relu = (activations if file is layers else activations_torch).ReLU()
    return file.Sequential(file.Dense(256, 256, rng), relu, file.Dense(256, 256, rng))


def monte_carlo(file, rng):
    inner = file.Sequential(file.Dense(256, 256, rng), file.Dropout(0.5, rng), file.Dense(256, 256, rng))
    return file.MonteCarloDropout(inner, passes=8)


# Their inputs and sizes

X, PAIR = normal(-1, 64), normal(-1, 64, count=2)
MASKED = {"again": BIT}  # backward needs no more than a bit of each number
NOTHING = {"again": 0.0}
A_VIEW = {"passes": 0.0}  # nothing has to be moved
GATED, WIDE = {"in_features": 256, "out_features": 256}, normal(-1, 256)
CHANNELS = {"in_channels": 16, "out_channels": 16, "kernel_size": 3, "padding": 1}
LINE, IMAGE, SEQUENCE = normal(-1, 16, 256), normal(-1, 16, 32, 32), normal(-1, 64, 128)


def activation(name, own, inputs=X, **more):
    return Row(f"activations.{name}", own, inputs, **more)


def loss(name, own, inputs=PAIR, trained=1, **more):
    return Row(f"losses.{name}", own, inputs, trained, **more)


def layer(name, own, inputs=X, **more):
    return Row(f"layers.{name}", own, inputs, **more)


def initializer(name, fill):
    return Row(f"initializers.{name}", fill, lambda rng, n: [(max(1, n // 256), 256)])


def optimizer(name, own):
    return Row(f"optimizers.{name}", own, normal(-1, 64))


def metric(name, own, inputs=labels):
    return Row(f"metrics.{name}", own, inputs, passes=1.0)


ROWS = (
    activation("Heaviside", None, **NOTHING),
    activation("Sign", plain(torch.sign), **NOTHING),
    activation("Identity", plain(nn.Identity()), **A_VIEW),
    activation("Sigmoid", plain(F.sigmoid)),
    activation("Tanh", plain(F.tanh)),
    activation("ReLU", plain(F.relu), **MASKED),
    activation("LeakyReLU", plain(F.leaky_relu), **MASKED),
    activation("RReLU", plain(F.rrelu, training=True)),
    activation("PReLU", lambda p: lambda x: F.prelu(x, p["alpha"])),
    activation("ELU", plain(F.elu)),
    activation("SELU", plain(F.selu)),
    activation("Softplus", plain(F.softplus)),
    activation("Swish", None),
    activation("Mish", plain(F.mish)),
    activation("GELU", plain(F.gelu)),
    activation("Softmax", plain(F.softmax, dim=-1)),
    activation("LogSoftmax", plain(F.log_softmax, dim=-1)),
    activation("GLU", glu, WIDE, options=GATED),
    activation("SwiGLU", None, WIDE, options=GATED),
    activation("Maxout", None, WIDE, options=GATED),
    loss("SumSquaredError", plain(F.mse_loss, reduction="sum")),
    loss("Euclidean", lambda p: lambda x, target: F.mse_loss(x, target, reduction="sum") / (2 * len(x))),
    loss("MeanSquaredError", plain(F.mse_loss)),
    loss("MeanAbsoluteError", plain(F.l1_loss), **MASKED),
    loss("MeanAbsolutePercentageError", None),
    loss("MeanSquaredLogarithmicError", None, positive),
    loss("Huber", plain(F.huber_loss)),
    loss("SmoothL1", plain(F.smooth_l1_loss)),
    loss("LogCosh", None),
    loss("PoissonNLL", plain(F.poisson_nll_loss), rates),
    loss("CosineSimilarity", lambda p: lambda x, target: 1 - F.cosine_similarity(x, target, dim=-1).mean()),
    loss("CrossEntropy", plain(F.cross_entropy), logits),
    loss("CategoricalCrossEntropy", plain(nll_of_probs), probs),
    loss("BinaryCrossEntropy", plain(F.binary_cross_entropy), yes_or_no(-1, 64)),
    loss("BinaryCrossEntropyWithLogits", plain(F.binary_cross_entropy_with_logits), yes_or_no(-1, 64, low=-4, high=4)),
    loss("KLDivergence", plain(divergence), two_probs),
    loss("Hinge", None, with_signs(-1, 64), **MASKED),
    loss("SquaredHinge", None, with_signs(-1, 64)),
    loss("SoftMargin", plain(F.soft_margin_loss), with_signs(-1, 64)),
    loss("Focal", None, logits),
    loss("MarginRanking", plain(F.margin_ranking_loss), with_signs(-1, 64, count=2), 2, **MASKED),
    loss("PairwiseHinge", None, lists(share=1)),
    loss("PairwiseLogistic", None, lists(share=1 / 16)),
    loss("TripletMargin", plain(triplet), normal(-1, 64, count=3), 3),
    loss("CosineEmbedding", plain(F.cosine_embedding_loss), with_signs(-1, 64, count=2, axes=1), 2),
    loss("HingeEmbedding", plain(F.hinge_embedding_loss), with_signs(-1, 64), **MASKED),
    loss("Contrastive", None, with_signs(-1, 64, count=2, axes=1), 2),
    loss("InfoNCE", None, square, 2),
    loss("NegativeSampling", None, words, 3),
    loss("Dice", None, yes_or_no(-1, 1024)),
    loss("Wasserstein", None, PAIR, 2, **NOTHING),
    loss("BellmanMSE", None, steps),
    loss("PolicyGradient", None, choices),
    layer("Input", plain(nn.Identity()), options={}, build=lambda file, rng: file.Input(64), **A_VIEW),
    layer("Dense", linear, WIDE, options={"inputs": 256, "outputs": 256}),
    layer(
        "Embedding",
        lambda p: lambda ids: F.embedding(ids, p["weight"]),
        ids,
        trained=0,
        options={"count": 1000, "features": 64},
    ),
    layer("Masking", None, some_missing, **MASKED),
    layer("Lambda", None, build=hyperbolic),
    layer("Sequential", two_linear, WIDE, build=network),
    layer(
        "Residual",
        lambda p: lambda x: x + linear(p, "layer.")(x),
        WIDE,
        build=lambda file, rng: file.Residual(file.Dense(256, 256, rng)),
    ),
    layer("Dropout", plain(F.dropout), options={"p": 0.5}, **MASKED),
    layer("FeatureDropout", plain(F.dropout2d), IMAGE, options={"p": 0.5}, **NOTHING),
    layer("AlphaDropout", plain(F.alpha_dropout, training=True), options={"p": 0.5}, **MASKED),
    layer("MonteCarloDropout", None, normal(-1, 256, share=1 / 8), build=monte_carlo, training=False),
    layer("BatchNorm", batch_norm, IMAGE, options={"channels": 16}),
    layer(
        "LayerNorm",
        lambda p: lambda x: F.layer_norm(x, (256,), p["weight"], p["bias"]),
        WIDE,
        options={"features": 256},
    ),
    layer("InstanceNorm", over_channels(F.instance_norm), IMAGE, options={"channels": 16}),
    layer("GroupNorm", over_channels(F.group_norm, 4), IMAGE, options={"groups": 4, "channels": 16}),
    layer("L1Norm", plain(F.normalize, p=1.0, dim=-1)),
    layer("L2Norm", plain(F.normalize, p=2.0, dim=-1)),
    layer("Conv1d", convolution(F.conv1d), LINE, options=CHANNELS),
    layer("Conv2d", convolution(F.conv2d), IMAGE, options=CHANNELS),
    layer("ConvTranspose2d", convolution(F.conv_transpose2d), IMAGE, options=CHANNELS),
    layer("MaxPool1d", plain(F.max_pool1d, kernel_size=2), LINE, options={"kernel_size": 2}, **MASKED),
    layer("MaxPool2d", plain(F.max_pool2d, kernel_size=2), IMAGE, options={"kernel_size": 2}, **MASKED),
    layer("AveragePool1d", plain(F.avg_pool1d, kernel_size=2), LINE, options={"kernel_size": 2}, **NOTHING),
    layer("AveragePool2d", plain(F.avg_pool2d, kernel_size=2), IMAGE, options={"kernel_size": 2}, **NOTHING),
    layer("Flatten", plain(torch.flatten, start_dim=1), IMAGE, **A_VIEW),
    layer("RNN", recurrent(nn.RNN), SEQUENCE, options={"inputs": 128, "hidden": 128}),
    layer("LSTM", recurrent(nn.LSTM), SEQUENCE, options={"inputs": 128, "hidden": 128}),
    layer("GRU", recurrent(nn.GRU), SEQUENCE, options={"inputs": 128, "hidden": 128}),
    layer(
        "ScaledDotProductAttention", plain(F.scaled_dot_product_attention), normal(-1, 8, 128, 32, count=3), trained=3
    ),
    layer("MultiHeadAttention", multi_head, normal(-1, 128, 128), options={"features": 128, "heads": 4}),
    layer("TransformerBlock", encoder, normal(-1, 128, 128), options={"features": 128, "heads": 4, "hidden": 256}),
    initializer("zeros", lambda x, rng: nn.init.zeros_(x)),
    initializer("constant", lambda x, rng: nn.init.constant_(x, 0.1)),
    initializer("normal", lambda x, rng: nn.init.normal_(x, std=0.01, generator=rng)),
    initializer("glorot_normal", lambda x, rng: nn.init.xavier_normal_(x, generator=rng)),
    initializer("glorot_uniform", lambda x, rng: nn.init.xavier_uniform_(x, generator=rng)),
    initializer("he_normal", lambda x, rng: nn.init.kaiming_normal_(x, nonlinearity="relu", generator=rng)),
    initializer("he_uniform", lambda x, rng: nn.init.kaiming_uniform_(x, nonlinearity="relu", generator=rng)),
    initializer("lecun_normal", lambda x, rng: nn.init.kaiming_normal_(x, nonlinearity="linear", generator=rng)),
    initializer("lecun_uniform", lambda x, rng: nn.init.kaiming_uniform_(x, nonlinearity="linear", generator=rng)),
    optimizer("SGD", lambda params: optim.SGD(params, lr=0.01)),
    optimizer("Momentum", lambda params: optim.SGD(params, lr=0.01, momentum=0.9)),
    optimizer("Nesterov", lambda params: optim.SGD(params, lr=0.01, momentum=0.9, nesterov=True)),
    optimizer("AdaGrad", lambda params: optim.Adagrad(params, lr=0.01)),
    optimizer("RMSprop", lambda params: optim.RMSprop(params, lr=0.001, alpha=0.9)),
    optimizer("Adam", lambda params: optim.Adam(params, lr=0.001)),
    optimizer("Nadam", lambda params: optim.NAdam(params, lr=0.002)),
    optimizer("AdamW", lambda params: optim.AdamW(params, lr=0.001, weight_decay=0.01)),
    Row(
        "regularizers.L1",
        plain(lambda x: 0.01 * torch.linalg.vector_norm(x, 1)),
        X,
        build=penalty("L1"),
        **MASKED,
    ),
    Row(
        "regularizers.L2",
        plain(lambda x: 0.01 * torch.linalg.vector_norm(x).square()),
        X,
        build=penalty("L2"),
    ),
    Row("gradients.clip_by_value", nn.utils.clip_grad_value_, X, options={"limit": 0.5}, passes=2.0),
    Row("gradients.clip_by_norm", nn.utils.clip_grad_norm_, X, options={"max_norm": 1.0}, passes=3.0),
    metric("confusion", confusion),
    metric("accuracy", None),
    metric("precision", None),
    metric("recall", None),
    metric("sensitivity", None),
    metric("specificity", None),
    metric("roc_auc", None, scores),
    metric("cross_entropy", nll_of_probs, probs),
    metric("cosine_similarity", lambda x, target: F.cosine_similarity(x, target, dim=-1).mean(), PAIR),
)
