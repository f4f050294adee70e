"""Attention keeps the contract of layers; then masks, what may look where, and what each refuses."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn
from torch.nn import functional

from course_lib import layers, layers_torch
from course_lib.layers import attention
from course_lib.layers_torch import attention as attention_torch
from tests.course_lib import layer_contract
from tests.course_lib.contract import DEVICES
from tests.course_lib.layer_contract import Case

ORACLES = {
    "layers.ScaledDotProductAttention": "torch.nn.functional.scaled_dot_product_attention",
    "layers.MultiHeadAttention": "torch.nn.MultiheadAttention",
    "layers.TransformerBlock": "torch.nn.TransformerEncoderLayer",
}
IDS = tuple(ORACLES)


# Inputs: a mask is True where a query may look; "some" lets one query look nowhere


def causal(rng, shape):
    return np.broadcast_to(np.tri(*shape[-2:], dtype=bool), shape).copy()


def some(rng, shape):
    mask = rng.random(shape) < 0.6
    mask[..., 1, :] = False
    return mask


def nowhere(rng, shape):
    return np.zeros(shape, bool)


def three(lead, t, s, d, v, mask=None, mask_shape=None):
    def make(rng):
        arrays = [rng.normal(size=(*lead, *shape)) for shape in ((t, d), (s, d), (s, v))]
        return arrays if mask is None else [*arrays, mask(rng, mask_shape or (*lead, t, s))]

    return make


def sequence(n, t, features, mask=None, mask_shape=None):
    def make(rng):
        x = rng.normal(size=(n, t, features))
        return [x] if mask is None else [x, mask(rng, mask_shape or (t, t))]

    return make


# Oracles


def scaled_dot_product():
    return lambda query, key, value, mask=None: functional.scaled_dot_product_attention(query, key, value, mask), {}


def opposite(mask, heads):
    """PyTorch's masks are True where nobody may look, and there is one for each example and head."""
    if mask is not None:
        return ~mask if mask.ndim == 2 else ~mask.repeat_interleave(heads, dim=0)


def inner(attention):
    ours = {
        "input.weight": attention.in_proj_weight,
        "input.bias": attention.in_proj_bias,
        "output.weight": attention.out_proj.weight,
        "output.bias": attention.out_proj.bias,
    }
    return {name: (tensor, ...) for name, tensor in ours.items()}


def multi_head(features, heads):
    layer = nn.MultiheadAttention(features, heads, batch_first=True).double()

    def call(x, mask=None):
        return layer(x, x, x, attn_mask=opposite(mask, heads), need_weights=False)[0]

    return call, inner(layer)


def encoder_layer(features, heads, hidden):
    layer = nn.TransformerEncoderLayer(features, heads, hidden, 0.0, batch_first=True, norm_first=True).double()
    ours = {
        "attention_norm": layer.norm1,
        "dense_norm": layer.norm2,
        "dense.0": layer.linear1,
        "dense.2": layer.linear2,
    }
    table = {
        f"{ours_name}.{p}": (getattr(part, p), ...) for ours_name, part in ours.items() for p in ("weight", "bias")
    }
    table |= {f"attention.{name}": place for name, place in inner(layer.self_attn).items()}
    return lambda x, mask=None: layer(x, opposite(mask, heads)), table


def scaled(make):
    return Case("ScaledDotProductAttention", {}, make, scaled_dot_product)


def multi(features, heads, make):
    return Case("MultiHeadAttention", {"features": features, "heads": heads}, make, multi_head)


def block(features, heads, hidden, make):
    return Case("TransformerBlock", {"features": features, "heads": heads, "hidden": hidden}, make, encoder_layer)


CASES = (
    scaled(three((2,), 3, 4, 5, 2)),
    scaled(three((), 3, 2, 1, 4)),
    scaled(three((1,), 1, 1, 1, 1)),
    scaled(three((2, 3), 4, 4, 2, 3, causal)),
    scaled(three((2, 3), 4, 4, 2, 3, causal, (4, 4))),
    scaled(three((2,), 3, 5, 4, 2, some)),
    scaled(three((2, 2), 3, 5, 4, 2, some, (2, 1, 3, 5))),
    scaled(three((2,), 3, 5, 4, 2, some, (2, 3, 1))),
    scaled(three((2,), 3, 2, 4, 2, nowhere)),
    multi(4, 2, sequence(2, 3, 4)),
    multi(3, 1, sequence(1, 4, 3)),
    multi(6, 3, sequence(2, 4, 6, causal)),
    multi(6, 2, sequence(2, 4, 6, some)),
    multi(4, 2, sequence(2, 3, 4, some, (2, 3, 3))),  # as many heads as examples: the mask is not taken for the heads'
    multi(4, 4, sequence(3, 4, 4, some, (3, 4, 4))),
    block(4, 2, 3, sequence(2, 3, 4)),
    block(6, 3, 5, sequence(2, 4, 6, causal)),
    block(4, 1, 7, sequence(2, 3, 4, some)),
    block(4, 2, 6, sequence(2, 3, 4, some, (2, 3, 3))),
)

every_case = pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case}" for i, case in enumerate(CASES)])
every_device = pytest.mark.parametrize("device", DEVICES)


def test_the_cases_and_both_files_hold_what_the_course_promises():
    layer_contract.assert_complete(CASES, attention, attention_torch, IDS)


class TestContract(layer_contract.Contract):
    cases = CASES


# Who may look where


def test_the_weights_of_a_query_sum_to_1_or_to_0_when_it_may_look_nowhere():
    rng = np.random.default_rng(1)
    query, key, value = three((2,), 4, 3, 2, 2)(rng)
    mask = np.array([[True, False, True], [False, False, False], [False, True, False], [True, True, True]])
    unit, twin = layers.ScaledDotProductAttention(), layers_torch.ScaledDotProductAttention()
    y = unit.forward(query, key, value, mask)
    assert_allclose(unit.weights.sum(axis=-1), [[1, 0, 1, 1]] * 2, rtol=1e-10)
    assert_allclose(unit.weights[:, ~mask], 0, rtol=0)
    assert_allclose(y[:, 1], np.zeros((2, 2)), rtol=0)
    assert_allclose(y[:, 2], value[:, 1], rtol=1e-10)
    twin(*(torch.tensor(array) for array in (query, key, value, mask)))
    assert_allclose(twin.weights, unit.weights, rtol=1e-10)


@pytest.mark.parametrize("size", [1.0, 1e4])
def test_a_query_that_may_look_nowhere_gives_zeros_and_zero_gradients_in_both(size):
    rng = np.random.default_rng(2)
    arrays = [size * array for array in three((2,), 3, 4, 5, 2)(rng)]
    mask = np.array([[True] * 4, [False] * 4, [True, False, True, False]])
    case = scaled(lambda rng: [*arrays, mask])
    dy = rng.normal(size=(2, 3, 2))
    for found in (
        layer_contract.answers(case.unit, case.arrays, dy),
        layer_contract.twin_answers(case.twin(case.unit), case.arrays, dy),
    ):
        assert_allclose(found["value"][:, 1], np.zeros((2, 2)), rtol=0)
        assert_allclose(found["for input 0"][:, 1], np.zeros((2, 5)), rtol=0)
        assert all(np.isfinite(each).all() for each in found.values())


def test_not_even_on_the_way_back_through_the_twin_is_a_nan():
    query, key, value = (
        torch.tensor(array, requires_grad=True) for array in three((), 3, 4, 5, 2)(np.random.default_rng(2))
    )
    torch.autograd.set_detect_anomaly(True)
    try:
        layers_torch.ScaledDotProductAttention()(
            query, key, value, torch.zeros(3, 4, dtype=torch.bool)
        ).sum().backward()
    finally:
        torch.autograd.set_detect_anomaly(False)


def test_a_mask_that_lets_all_look_is_no_mask():
    arrays = three((2,), 3, 4, 5, 2)(np.random.default_rng(3))
    unit = layers.ScaledDotProductAttention()
    assert_allclose(unit.forward(*arrays, np.ones((3, 4), bool)), unit.forward(*arrays), rtol=0)


def test_equal_keys_get_the_mean_of_the_values():
    rng = np.random.default_rng(4)
    value = rng.normal(size=(5, 2))
    y = layers.ScaledDotProductAttention().forward(rng.normal(size=(3, 4)), np.ones((5, 4)), value)
    assert_allclose(y, np.broadcast_to(value.mean(axis=0), (3, 2)), rtol=1e-10)


@pytest.mark.parametrize("name, sizes", [("MultiHeadAttention", (6, 2)), ("TransformerBlock", (6, 2, 5))])
def test_with_a_causal_mask_a_step_changes_nothing_before_it(name, sizes):
    rng = np.random.default_rng(5)
    layer, x, mask = getattr(layers, name)(*sizes, rng), rng.normal(size=(1, 5, 6)), np.tri(5, dtype=bool)
    y, everywhere = layer.forward(x, mask), layer.forward(x)
    x[0, 2] += rng.normal(size=6)
    assert (abs(layer.forward(x, mask) - y)[0].max(axis=1) > 1e-9).tolist() == [False, False, True, True, True]
    assert (abs(layer.forward(x) - everywhere)[0].max(axis=1) > 1e-9).all()


@pytest.mark.parametrize("name, sizes", [("MultiHeadAttention", (6, 3)), ("TransformerBlock", (6, 3, 5))])
def test_without_a_mask_the_order_of_the_steps_does_not_matter(name, sizes):
    rng = np.random.default_rng(6)
    layer, x, order = getattr(layers, name)(*sizes, rng), rng.normal(size=(2, 5, 6)), rng.permutation(5)
    assert_allclose(layer.forward(x[:, order]), layer.forward(x)[:, order], rtol=1e-10, atol=1e-13)


def test_the_weights_of_every_head_are_pytorchs():
    case = multi(6, 3, sequence(2, 4, 6, causal))
    unit, (x, mask) = case.unit, case.arrays
    theirs = nn.MultiheadAttention(6, 3, batch_first=True).double()
    for name, (tensor, _) in inner(theirs).items():
        tensor.data[...] = torch.tensor(unit.params[name])
    x_tensor = torch.tensor(x)
    _, expected = theirs(x_tensor, x_tensor, x_tensor, attn_mask=~torch.tensor(mask), average_attn_weights=False)
    unit.forward(x, mask)
    assert unit.attention.weights.shape == (2, 3, 4, 4)
    assert_allclose(unit.attention.weights, expected.detach(), rtol=1e-10)


def test_a_block_is_pre_norm_so_that_zero_weights_leave_x_as_it_is():
    rng = np.random.default_rng(7)
    layer, x = layers.TransformerBlock(4, 2, 3, rng), rng.normal(size=(2, 3, 4)) * 5
    for name in ("attention.output.weight", "dense.2.weight"):
        layer.params[name] = np.zeros_like(layer.params[name])
    assert_allclose(layer.forward(x), x, rtol=0)  # post-norm would have mean 0 and variance 1


@pytest.mark.parametrize(
    "file, rng", [(layers, np.random.default_rng(8)), (layers_torch, None)], ids=["reference", "twin"]
)
def test_projections_start_with_variance_1_over_features_and_biases_at_0(file, rng):
    block = file.TransformerBlock(64, 4, 128, rng)
    arrays = block.params if file is layers else {name: p.detach().numpy() for name, p in block.named_parameters()}
    for name in ("attention.input.weight", "attention.output.weight"):
        assert_allclose(arrays[name].std(), np.sqrt(1 / 64), rtol=0.05)
    assert_allclose(arrays["dense.0.weight"].std(), np.sqrt(2 / 64), rtol=0.05)
    for name in ("attention.input.bias", "attention.output.bias", "dense.0.bias", "dense.2.bias"):
        assert_allclose(arrays[name], np.zeros_like(arrays[name]), rtol=0)


def test_the_same_seed_draws_the_same_parameters():
    first, again, other = (layers.TransformerBlock(4, 2, 3, np.random.default_rng(seed)).params for seed in (1, 1, 2))
    for name, p in first.items():
        assert_allclose(p, again[name], rtol=0)
    assert abs(first["dense.0.weight"] - other["dense.0.weight"]).max() > 0.1
    first, again = (layers_torch.TransformerBlock(4, 2, 3, torch.Generator().manual_seed(1)) for _ in range(2))
    for p, q in zip(first.parameters(), again.parameters()):
        assert_allclose(p.detach(), q.detach(), rtol=0)


# What is refused, and in which words

SIZES = {
    "features": (lambda f, r: f.MultiHeadAttention(0, 1, r), "features is 0; expected a whole number, 1 or more"),
    "heads": (lambda f, r: f.MultiHeadAttention(4, 1.5, r), "heads is 1.5; expected a whole number, 1 or more"),
    "odd heads": (
        lambda f, r: f.MultiHeadAttention(6, 4, r),
        "features is 6, heads 4; expected features divisible by heads",
    ),
    "hidden": (lambda f, r: f.TransformerBlock(4, 2, -1, r), "hidden is -1; expected a whole number, 1 or more"),
}


@pytest.mark.parametrize(
    "file, rng", [(layers, np.random.default_rng(9)), (layers_torch, None)], ids=["reference", "twin"]
)
@pytest.mark.parametrize("make, message", SIZES.values(), ids=SIZES)
def test_a_wrong_size_is_refused_in_one_clear_sentence(make, message, file, rng):
    with pytest.raises(ValueError, match=f"^{message}"):
        make(file, rng)


def scaled_of(*shapes):
    return lambda f, r: f.ScaledDotProductAttention(), shapes


SHAPES = {
    "features of query and key": (
        *scaled_of((3, 4), (5, 3), (5, 2)),
        r"query has shape \(3, 4\), key \(5, 3\) and value \(5, 2\); expected \(…, T, D\), \(…, S, D\) and \(…, S, V\)",
    ),
    "no steps": (*scaled_of((4,), (5, 4), (5, 2)), r"query has shape \(4,\), key \(5, 4\) and value"),
    "batches": (*scaled_of((2, 3, 4), (5, 4), (5, 2)), r"query has shape \(2, 3, 4\), key \(5, 4\) and value"),
    "a value short": (
        *scaled_of((3, 4), (5, 4), (4, 2)),
        r"query has shape .*; expected a value for each key, \(…, S, D\) and \(…, S, V\)",
    ),
    "one sequence": (
        lambda f, r: f.MultiHeadAttention(4, 2, r),
        ((5, 4),),
        r"x has shape \(5, 4\); expected \(N, T, D\): try x\[None\] for a single example",
    ),
    "other features": (
        lambda f, r: f.MultiHeadAttention(4, 2, r),
        ((1, 5, 3),),
        r"x has shape \(1, 5, 3\); expected \(…, 4\)",
    ),
    "a block's features": (
        lambda f, r: f.TransformerBlock(4, 2, 3, r),
        ((1, 5, 3),),
        r"x has shape \(1, 5, 3\); expected \(…, 4\)",
    ),
    "a block's single sequence": (
        lambda f, r: f.TransformerBlock(4, 2, 3, r),
        ((5, 4),),
        r"x has shape \(5, 4\); expected \(N, T, D\)",
    ),
}
MASKS = {
    "too short": (
        *scaled_of((3, 4), (5, 4), (5, 2)),
        (3, 4),
        r"mask has shape \(3, 4\); expected one that broadcasts to \(3, 5\)",
    ),
    "too deep": (*scaled_of((3, 4), (5, 4), (5, 2)), (1, 3, 5), r"mask has shape \(1, 3, 5\); expected one that"),
    "of tokens": (
        lambda f, r: f.MultiHeadAttention(4, 2, r),
        ((3, 5, 4),),
        (3, 5),
        r"mask has shape \(3, 5\); expected \(T, T\) or \(N, T, T\) with N = 3 and T = 5",
    ),
    "of heads": (
        lambda f, r: f.TransformerBlock(4, 2, 3, r),
        ((3, 5, 4),),
        (3, 2, 5, 5),
        r"mask has shape \(3, 2, 5, 5\)",
    ),
}


@pytest.mark.parametrize("make, shapes, message", SHAPES.values(), ids=SHAPES)
def test_a_wrong_shape_is_refused_in_one_clear_sentence(make, shapes, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        make(layers, np.random.default_rng(10)).forward(*(np.zeros(shape) for shape in shapes))
    with pytest.raises(ValueError, match=f"^{message}"):
        make(layers_torch, None)(*(torch.zeros(shape) for shape in shapes))


@pytest.mark.parametrize("make, shapes, mask, message", MASKS.values(), ids=MASKS)
def test_a_wrong_mask_is_refused_in_one_clear_sentence(make, shapes, mask, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        make(layers, np.random.default_rng(10)).forward(*(np.zeros(shape) for shape in shapes), np.ones(mask, bool))
    with pytest.raises(ValueError, match=f"^{message}"):
        make(layers_torch, None)(*(torch.zeros(shape) for shape in shapes), torch.ones(mask, dtype=torch.bool))


@pytest.mark.parametrize("name, sizes", [("MultiHeadAttention", (4, 2)), ("TransformerBlock", (4, 2, 3))])
def test_a_mask_of_numbers_is_refused_because_it_could_be_meant_to_be_added(name, sizes):
    x, message = np.zeros((1, 3, 4)), r"; expected booleans, True where a query may look: try mask.astype\(bool\)"
    with pytest.raises(TypeError, match=f"^mask is float64{message}"):
        getattr(layers, name)(*sizes, np.random.default_rng(11)).forward(x, np.zeros((3, 3)))
    with pytest.raises(TypeError, match=f"^mask is torch.float32{message}"):
        getattr(layers_torch, name)(*sizes, None)(torch.tensor(x).float(), torch.zeros(3, 3))


@pytest.mark.parametrize("case", {case.name: case for case in CASES}.values(), ids=lambda case: case.name)
def test_backward_before_forward_and_a_wrong_dy_are_refused(case):
    unit, arrays = case.unit, case.arrays
    with pytest.raises(ValueError, match=r"^backward came before forward; expected forward first"):
        unit.backward(np.ones(3))
    unit.forward(*arrays)
    with pytest.raises(ValueError, match=r"^dy has shape \(7,\); expected forward's shape \("):
        unit.backward(np.ones(7))
    what = "query" if case.name.startswith("Scaled") else "x"
    with pytest.raises(TypeError, match=rf"^{what} is int64; expected float64 or float32: try {what}\.astype\(float\)"):
        unit.forward(arrays[0].astype(int), *arrays[1:])
