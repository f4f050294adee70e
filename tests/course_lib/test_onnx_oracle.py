"""ONNX's node tests as an oracle: inputs, attributes and outputs of an operator, computed by NumPy code of its authors.

One row for each operator that is a unit of ours. Every node test of that operator is answered by the reference and by
its twin, or stands in the row under the reason why it is no test of ours.
"""

import importlib
import inspect
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from unittest import mock

import numpy as np
import onnx
import pytest
import torch
from numpy.testing import assert_allclose
from onnx.backend.test.case import node as node_tests

from course_lib import layers_torch
from tests.course_lib.contract import TOLERANCE

# Outputs of the node tests are float32, so the tolerance is float32's; we compute in float64.


@dataclass(frozen=True)
class Row:
    operator: str  # a file of ONNX's node tests
    ids: tuple[str, ...]  # our units
    answer: Callable  # (who, attributes, *inputs) -> what the first outputs should be, or {name: output}
    left_out: dict[str, str] = field(default_factory=dict)  # {reason: a pattern of names}

    def tests(self):
        """{name: (attributes, inputs, outputs)} of what is not left out."""
        return {name: test for name, test in of_operator(self.operator).items() if not self.reasons(name)}

    def reasons(self, name):
        return [reason for reason, names in self.left_out.items() if re.search(names, name)]


@cache
def of_operator(operator):
    """{name: (attributes, inputs, outputs)} of an operator's node tests; importing the file makes them."""
    before = len(node_tests._NodeTestCases)
    with warnings.catch_warnings(action="ignore"):  # some divide by 0 on purpose
        importlib.import_module(f"{node_tests.__name__}.{operator}")
    found = {}
    for test in node_tests._NodeTestCases[before:]:
        (node,) = test.model.graph.node if len(test.model.graph.node) == 1 else (None,)
        if node is not None and not re.search("_expanded", test.name):
            attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
            ((inputs, outputs),) = test.data_sets
            names = [name for name in node.output if name]
            found[test.name.removeprefix("test_")] = attributes, inputs, dict(zip(names, outputs))
    return found


class Ours:
    """A unit of the reference or of the twin, with given parameters; a function of arrays."""

    def __init__(self, who, id, params=None, buffers=None, training=True, **options):
        topic, name = id.split(".")
        self.who, make = who, getattr(importlib.import_module(f"course_lib.{topic}{who}"), name)
        if "rng" in inspect.signature(make).parameters:
            options["rng"] = torch.Generator() if who else np.random.default_rng(0)
        self.unit, given = make(**options), {**(params or {}), **(buffers or {})}
        if who and given:
            state = self.unit.double().state_dict()
            self.unit.load_state_dict({**state, **{name: torch.tensor(array) for name, array in given.items()}})
        elif params:
            assert params.keys() == self.unit.params.keys()
            self.unit.params.update(params)
            getattr(self.unit, "buffers", {}).update({name: array.copy() for name, array in (buffers or {}).items()})
        if who:
            self.unit.train(training)
        else:
            self.unit.training = training

    def __call__(self, *arrays):
        if not self.who:
            return self.unit.forward(*arrays)
        return self.unit(*(torch.tensor(array) for array in arrays)).detach().numpy()

    def buffer(self, name):
        return self.unit.get_buffer(name).numpy() if self.who else self.unit.buffers[name]


WHO = {"reference": "", "twin": "_torch"}


# Answers


def elementwise(id, **names):
    """names: {our hyperparameter: ONNX's attribute}"""

    def answer(who, attributes, x):
        options = {ours: attributes[theirs] for ours, theirs in names.items() if theirs in attributes}
        return Ours(who, id, **options)(x)

    return answer


def gelu(who, attributes, x):
    form = {b"none": "exact", b"tanh": "tanh"}[attributes.get("approximate", b"none")]
    return Ours(who, "activations.GELU", form=form)(x)


def rows(id):
    def answer(who, attributes, x):
        axis = attributes.get("axis", -1)
        return np.moveaxis(Ours(who, id)(np.moveaxis(x, axis, -1)), -1, axis)

    return answer


def prelu(who, attributes, x, slope):
    """A slope for each entry, so each entry is a channel."""
    params = {"alpha": np.broadcast_to(slope, x.shape).ravel()}
    return Ours(who, "activations.PReLU", params, channels=x.size)(x.reshape(1, -1)).reshape(x.shape)


def swiglu(who, attributes, gate, value):
    """ONNX's has no linear maps, so ours copy a half of x each."""
    d = gate.shape[-1]
    halves = {"gate_weight": np.eye(d, 2 * d), "value_weight": np.eye(d, 2 * d, d)}
    params = {**halves, "gate_bias": np.zeros(d), "value_bias": np.zeros(d)}
    unit = Ours(who, "activations.SwiGLU", params, in_features=2 * d, out_features=d)
    return unit(np.concatenate([gate, value], axis=-1))


def softmax_cross_entropy(who, attributes, logits, labels):
    """Classes stand in the second axis, and places behind them: (N, C, …) is (N·…, C)."""
    each, reduction = np.moveaxis(logits, 1, -1), attributes["reduction"].decode()
    loss = Ours(who, "losses.CrossEntropy", reduction=reduction)(each.reshape(-1, each.shape[-1]), labels.ravel())
    log_probs = np.moveaxis(Ours(who, "activations.LogSoftmax")(each), -1, 1)
    return np.reshape(loss, labels.shape if reduction == "none" else ()), log_probs


def batch_norm(who, attributes, x, weight, bias, mean, var):
    """ONNX's momentum is what stays, and its running variance has /n where ours has /(n − 1)."""
    training, options = bool(attributes.get("training_mode", 0)), {"eps": attributes.get("epsilon", 1e-5)}
    stays = attributes.get("momentum", 0.9)
    unit = Ours(
        who, "layers.BatchNorm", {"weight": weight, "bias": bias}, {"running_mean": mean, "running_var": var},
        training, channels=len(mean), momentum=1 - stays, **options,
    )  # fmt: skip
    y, n = unit(x), x.size // len(mean)
    if not training:
        return y
    of_batch = (unit.buffer("running_var") - stays * var) * (n - 1) / n
    return y, unit.buffer("running_mean"), stays * var + of_batch


def layer_norm(who, attributes, x, weight, bias):
    """From `axis` on, all entries of an example are its features."""
    lead, options = x.shape[: attributes.get("axis", -1)], {"eps": attributes.get("epsilon", 1e-5)}
    params = {"weight": weight.ravel(), "bias": bias.ravel()}
    unit = Ours(who, "layers.LayerNorm", params, features=weight.size, **options)
    return unit(x.reshape(*lead, -1)).reshape(x.shape)


def instance_norm(who, attributes, x, weight, bias):
    params = {"weight": weight, "bias": bias}
    return Ours(who, "layers.InstanceNorm", params, channels=len(weight), eps=attributes.get("epsilon", 1e-5))(x)


def group_norm(who, attributes, x, weight, bias):
    groups, options = attributes["num_groups"], {"eps": attributes.get("epsilon", 1e-5)}
    params = {"weight": weight, "bias": bias}
    return Ours(who, "layers.GroupNorm", params, groups=groups, channels=len(weight), **options)(x)


def lp_norm(who, attributes, x):
    axis, id = attributes.get("axis", -1), f"layers.L{attributes.get('p', 2)}Norm"
    return np.moveaxis(Ours(who, id)(np.moveaxis(x, axis, -1)), -1, axis)


def symmetric(pads):
    """One number for each axis, of ONNX's two."""
    half = len(pads) // 2
    assert pads[:half] == pads[half:]
    return tuple(pads[:half])


def convolution(who, attributes, x, weight):
    return Ours(
        who, "layers.Conv2d", {"weight": weight, "bias": np.zeros(len(weight))},
        in_channels=weight.shape[1], out_channels=len(weight), kernel_size=weight.shape[2:],
        stride=tuple(attributes.get("strides", (1, 1))), padding=symmetric(attributes.get("pads", [0] * 4)),
    )(x)  # fmt: skip


def transposed_convolution(who, attributes, x, weight):
    """A signal is an image of height 1."""
    flat = (np.array(array)[:, :, None] if x.ndim == 3 else array for array in (x, weight))
    image, kernel = flat
    y = Ours(
        who, "layers.ConvTranspose2d", {"weight": kernel, "bias": np.zeros(kernel.shape[1])},
        in_channels=len(kernel), out_channels=kernel.shape[1], kernel_size=kernel.shape[2:],
        stride=tuple(attributes.get("strides", (1, 1))), padding=symmetric(attributes.get("pads", [0] * 4)),
        dilation=tuple(attributes.get("dilations", (1, 1))),
    )(image)  # fmt: skip
    return y[:, :, 0] if x.ndim == 3 else y


def pooling(name):
    def answer(who, attributes, x):
        axes = x.ndim - 2
        strides = tuple(attributes.get("strides", (1,) * axes))
        return Ours(who, f"layers.{name}{axes}d", kernel_size=tuple(attributes["kernel_shape"]), stride=strides)(x)

    return answer


def flatten(who, attributes, x):
    return Ours(who, "layers.Flatten")(x)


def gather(who, attributes, data, ids):
    """Rows of a table, whichever axis they lie along."""
    axis = attributes.get("axis", 0)
    table = np.moveaxis(data, axis, 0)
    weight = {"weight": table.reshape(len(table), -1)}
    y = Ours(who, "layers.Embedding", weight, count=len(table), features=weight["weight"].shape[1])(ids)
    return np.moveaxis(y.reshape(*ids.shape, *table.shape[1:]), range(ids.ndim), range(axis, axis + ids.ndim))


def gemm(who, attributes, a, b, c=0.0):
    """alpha·a b + beta·c: a Dense with weight alpha·bᵀ and bias beta·c."""
    x, weight = a.T if attributes.get("transA") else a, b if attributes.get("transB") else b.T
    bias = np.broadcast_to(np.ravel(c), len(weight)) * attributes.get("beta", 1.0)
    params = {"weight": weight * attributes.get("alpha", 1.0), "bias": bias}
    return Ours(who, "layers.Dense", params, inputs=weight.shape[1], outputs=len(weight))(x)


def dropout(who, attributes, x, p=0.5, training=False):
    """With the numbers that ONNX draws from its seed."""

    class Drawn:
        def random(self, shape):
            return np.random.RandomState(attributes["seed"]).uniform(size=shape)

    unit = Ours(who, "layers.Dropout", training=bool(training), p=float(p))
    unit.unit.rng = Drawn()
    with mock.patch.object(layers_torch.dropout, "uniform", lambda shape, rng, device: torch.tensor(rng.random(shape))):
        return unit(x)


def recurrent(name, gates, order):
    """Our gates are ONNX's in another order, and our bias is the sum of its two; the answer is the last state."""

    def answer(who, attributes, x, w, r, b=None):
        x = x if attributes.get("layout") else x.swapaxes(0, 1)
        directions = {b"forward": [1], b"reverse": [-1], b"bidirectional": [1, -1]}
        states, hidden = [], r.shape[-1]
        for i, step in enumerate(directions[attributes.get("direction", b"forward")]):
            both = np.zeros((2, gates * hidden)) if b is None else b[i].reshape(2, -1)
            of_x, of_h = (part.reshape(gates, hidden)[order] for part in both)
            params = {
                "input_weight": w[i].reshape(gates, hidden, -1)[order].reshape(gates * hidden, -1),
                "hidden_weight": r[i].reshape(gates, hidden, -1)[order].reshape(gates * hidden, -1),
            }
            if name == "GRU":
                params["hidden_bias"] = of_h[2].copy()
                of_h = of_h * [[1], [1], [0]]
            params["bias"] = (of_x + of_h).ravel()
            layer = Ours(who, f"layers.{name}", params, inputs=x.shape[-1], hidden=hidden)
            states.append(layer(np.ascontiguousarray(x[:, ::step]))[:, -1])
        return {"Y_h": np.stack(states, axis=1 if attributes.get("layout") else 0)}

    return answer


def attention(who, attributes, q, k, v, mask=None):
    """With queries as long as ONNX's scale wants them; a causal mask lets a step look at itself and before."""
    flat = q.ndim == 3
    if flat:
        counts = attributes["q_num_heads"], *[attributes["kv_num_heads"]] * 2
        q, k, v = (x.reshape(*x.shape[:2], n, -1).swapaxes(1, 2) for x, n in zip((q, k, v), counts))
    k, v = (np.repeat(x, q.shape[1] // x.shape[1], axis=1) for x in (k, v))
    q = q * attributes.get("scale", q.shape[-1] ** -0.5) * q.shape[-1] ** 0.5
    if attributes.get("is_causal"):
        mask = np.tri(q.shape[2], k.shape[2], dtype=bool) & (True if mask is None else mask)
    y = Ours(who, "layers.ScaledDotProductAttention")(q, k, v, *([] if mask is None else [mask]))
    return y.swapaxes(1, 2).reshape(len(y), y.shape[2], -1) if flat else y


def clip(who, attributes, x, low, high):
    clip_by_value = importlib.import_module(f"course_lib.gradients{who}").clip_by_value
    return np.asarray(clip_by_value(torch.tensor(x) if who else x, float(high)))


def penalty(id):
    """Over all axes, which stay, 1 long."""

    def answer(who, attributes, x, axes):
        w = {"w": torch.tensor(x) if who else x}
        return np.reshape(float(Ours(who, id, strength=1.0).unit.forward(w)), (1,) * x.ndim)

    return answer


def optimizer(name, state, t=lambda t: t + 1, **names):
    """One step from a given state; ONNX adds norm_coefficient·x to the gradient, and steps several x at once."""

    def answer(who, attributes, lr, steps, *arrays):
        options = {ours: attributes[theirs] for ours, theirs in names.items()}
        n = len(arrays) // (len(state) + 2)
        xs, gradients, *states = (arrays[i : i + n] for i in range(0, len(arrays), n))
        after = [[] for _ in (xs, *states)]
        for x, g, *before in zip(xs, gradients, *states):
            g = g + attributes["norm_coefficient"] * x
            new = step(who, name, options, x, g, dict(zip(state, before)), float(lr), t(int(steps)))
            for kind, array in zip(after, new):
                kind.append(array)
        return tuple(array for kind in after for array in kind)

    return answer


def step(who, name, options, x, g, state, lr, t):
    """-> new x, *new state"""
    make = getattr(importlib.import_module(f"course_lib.optimizers{who}"), name)
    if not who:
        return make(lr=lr, **options).update(x, g, state, lr, t), *state.values()
    p = torch.nn.Parameter(torch.tensor(x))
    p.grad = torch.tensor(g)
    made = make([p], lr=lr, **options)
    made.state[p] = {"step": torch.tensor(t - 1.0, dtype=torch.float64)}
    made.state[p] |= {kind: torch.tensor(array) for kind, array in state.items()}
    made.step()
    return p.detach().numpy(), *(made.state[p][kind].numpy() for kind in state)


ROWS = (
    Row("identity", ("activations.Identity",), elementwise("activations.Identity"), {"not of an array": "seq|opt"}),
    Row("sign", ("activations.Sign",), elementwise("activations.Sign")),
    Row("sigmoid", ("activations.Sigmoid",), elementwise("activations.Sigmoid")),
    Row("tanh", ("activations.Tanh",), elementwise("activations.Tanh")),
    Row("relu", ("activations.ReLU",), elementwise("activations.ReLU")),
    Row("leakyrelu", ("activations.LeakyReLU",), elementwise("activations.LeakyReLU", alpha="alpha")),
    Row("prelu", ("activations.PReLU",), prelu),
    Row("elu", ("activations.ELU",), elementwise("activations.ELU", alpha="alpha")),
    Row("selu", ("activations.SELU",), elementwise("activations.SELU"), {"another α and λ": "^selu(_example)?$"}),
    Row("softplus", ("activations.Softplus",), elementwise("activations.Softplus")),
    Row("swish", ("activations.Swish",), elementwise("activations.Swish", beta="alpha")),
    Row("mish", ("activations.Mish",), elementwise("activations.Mish")),
    Row("gelu", ("activations.GELU",), gelu),
    Row("softmax", ("activations.Softmax",), rows("activations.Softmax")),
    Row("logsoftmax", ("activations.LogSoftmax",), rows("activations.LogSoftmax")),
    Row(
        "swiglu",
        ("activations.SwiGLU",),
        swiglu,
        {"its β is 1": "alpha", "half precision": "float16"},
    ),
    Row(
        "softmax_cross_entropy_loss",
        ("losses.CrossEntropy", "activations.LogSoftmax"),
        softmax_cross_entropy,
        {"no weights of classes": "(?<!no_)weight", "no label is ignored": "_ii"},
    ),
    Row("gemm", ("layers.Dense",), gemm, {"a bias for each example": "matrix_bias"}),
    Row("gather", ("layers.Embedding",), gather, {"ids count from 0": "negative_indices"}),
    Row(
        "flatten",
        ("layers.Flatten",),
        flatten,
        {"the first axis are examples": "flatten_axis[0234]|negative_axis[124]"},
    ),
    Row("dropout", ("layers.Dropout",), dropout, {"before it had a flag for training": "old"}),
    Row("batch_normalization", ("layers.BatchNorm",), batch_norm),
    Row("layernormalization", ("layers.LayerNorm",), layer_norm),
    Row("instance_normalization", ("layers.InstanceNorm",), instance_norm),
    Row("groupnormalization", ("layers.GroupNorm",), group_norm),
    Row("lpnormalization", ("layers.L1Norm", "layers.L2Norm"), lp_norm),
    Row("conv", ("layers.Conv2d",), convolution, {"padding differs from side to side": "asymmetric|autopad"}),
    Row(
        "convtranspose",
        ("layers.ConvTranspose2d",),
        transposed_convolution,
        {
            "padding differs from side to side": "autopad|pads",
            "no padding of the output": "output_shape|_pad$|kernel_shape",
            "three axes": "3d",
            "no groups": "group",
        },
    ),
    Row(
        "maxpool",
        ("layers.MaxPool1d", "layers.MaxPool2d"),
        pooling("MaxPool"),
        {"no padding": "pads|same", "no dilation": "dilations", "three axes": "3d", "ceil": "ceil", "bytes": "uint8"},
    ),
    Row(
        "averagepool",
        ("layers.AveragePool1d", "layers.AveragePool2d"),
        pooling("AveragePool"),
        {"no padding": "pads|same", "no dilation": "dilations", "three axes": "3d", "ceil": "ceil"},
    ),
    Row("rnn", ("layers.RNN",), recurrent("RNN", 1, [0])),
    Row("lstm", ("layers.LSTM",), recurrent("LSTM", 4, [0, 2, 3, 1]), {"peepholes": "peepholes"}),
    Row(
        "gru",
        ("layers.GRU",),
        recurrent("GRU", 3, [1, 0, 2]),
        {"r acts before U, which shows after the first step": "seq_length"},
    ),
    Row(
        "attention",
        ("layers.ScaledDotProductAttention",),
        attention,
        {
            "half precision": "fp16|bf16|float16|softmax_precision",
            "a mask of numbers": "attn_mask(?!_bool)|mask[34]d|neginf_mask|qk_matmul_(bias|softmax)",
            "scores are not capped": "softcap",
            "no cache of keys": "past|nonpad|padded_kv|ext_cache",
            "no windows": "window",
        },
    ),
    Row("clip", ("gradients.clip_by_value",), clip, {"another range than ±limit": "default|min_greater|split"}),
    Row(
        "reducel1",
        ("regularizers.L1",),
        penalty("regularizers.L1"),
        {"sums of rows": "(l1|square)_keep|do_not|negative|empty"},
    ),
    Row(
        "reducesumsquare",
        ("regularizers.L2",),
        penalty("regularizers.L2"),
        {"sums of rows": "(l1|square)_keep|do_not|negative|empty"},
    ),
    Row("adagrad", ("optimizers.AdaGrad",), optimizer("AdaGrad", ("s",), eps="epsilon")),
    Row(
        "adam",
        ("optimizers.Adam",),
        # At its step 0 ONNX does not correct the averages, which is ours after very many.
        optimizer("Adam", ("m", "v"), lambda t: 10**6 + t, beta1="alpha", beta2="beta", eps="epsilon"),
    ),
    Row(
        "momentum",
        ("optimizers.Momentum", "optimizers.Nesterov"),
        lambda who, attributes, *arrays: optimizer(
            {b"standard": "Momentum", b"nesterov": "Nesterov"}[attributes["mode"]], ("velocity",), momentum="alpha"
        )(who, attributes, *arrays),
    ),
)
IDS = tuple(dict.fromkeys(id for row in ROWS for id in row.ids))


@pytest.mark.parametrize("who", WHO.values(), ids=WHO)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.operator)
def test_every_node_test_of_the_operator_has_our_answer(row, who):
    assert row.tests()
    for name, (attributes, inputs, outputs) in row.tests().items():
        inputs = [np.float64(x) if x.dtype == np.float32 else x for x in inputs]
        answer = row.answer(who, attributes, *inputs)
        if not isinstance(answer, dict):
            answer = dict(zip(outputs, answer if isinstance(answer, tuple) else (answer,)))
        for output, got in answer.items():
            assert np.shape(got) == outputs[output].shape, name
            assert_allclose(got, outputs[output], **TOLERANCE["float32"], err_msg=f"{output} of {name}")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.operator)
def test_what_is_left_out_is_left_out_for_one_reason(row):
    for reason in row.left_out:
        assert any(reason in row.reasons(name) for name in of_operator(row.operator)), reason
