"""The reference functions of PyTorch's own tests as an oracle: plain formulas that its modules are held to.

One row for each module of PyTorch that is a unit of ours. Every input that comes with a reference function is answered
in value and, where that function can be differentiated, gradient, by the unit and by its twin, or it is left out for a
reason. That an input without batch is the same as a batch of one is PyTorch's own promise and none of ours.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial

import numpy as np
import pytest
import torch

from course_lib import activations, activations_torch, layers, layers_torch, losses, losses_torch
from tests.course_lib.contract import assert_same, run, run_twin

with warnings.catch_warnings(action="ignore"):  # that packages are missing which it does not need here
    from torch.testing._internal import common_modules
FILES = {
    "activations": (activations, activations_torch),
    "layers": (layers, layers_torch),
    "losses": (losses, losses_torch),
}
RNG = np.random.default_rng(0)


@dataclass(frozen=True)
class Row:
    module: str  # of torch.nn
    id: str  # our unit
    names: tuple[str, ...] = ()  # of PyTorch's arguments that ours has, too
    first: str = ""  # what its positional argument is called here
    options: dict = field(default_factory=dict)  # more of ours
    given: Callable = lambda *arrays: arrays  # the input as both are given it
    ours: Callable = lambda *arrays: arrays  # and in the shape in which our unit is
    left_out: dict[str, Callable] = field(default_factory=dict)  # {reason: (arguments, arrays) -> bool}
    differentiable: bool = True  # the reference function

    def cases(self):
        """(PyTorch's arguments, its module, arrays, a function of them) of every input with a reference function."""
        for case in inputs_of(self.module):
            positional, made = case.constructor_input.args, dict(case.constructor_input.kwargs)
            module = getattr(torch.nn, self.module)(*positional, **made).double()
            if positional and self.first:
                made[self.first] = positional[0]
            arrays = (*case.forward_input.args, *case.forward_input.kwargs.values())
            reference = case.reference_fn.__wrapped__  # around it is a copy of the input, which cuts the gradient off
            function = partial(reference, module, list(module.parameters()))
            yield made, module, self.given(*(x.detach() for x in arrays)), function

    def reasons(self, made, arrays):
        return [reason for reason, holds in self.left_out.items() if holds(made, arrays)]

    def units(self, made, module):
        """Ours and its twin, with PyTorch's parameters."""
        topic, name = self.id.split(".")
        options = {name: made[name] for name in self.names if name in made} | self.options
        if name == "Dense":
            options |= {"inputs": module.in_features, "outputs": module.out_features}
            units = [getattr(f, name)(**options, rng=rng) for f, rng in zip(FILES[topic], (RNG, torch.Generator()))]
        else:
            units = [getattr(file, name)(**options) for file in FILES[topic]]
        if names := [name for name in getattr(units[0], "params", {}) if name != "beta"]:
            state = dict(zip(names, module.parameters(), strict=True))
            units[0].params.update({name: p.detach().numpy() for name, p in state.items()})
            units[1].double().load_state_dict(state)
        return units


@cache
def inputs_of(module):
    (info,) = (info for info in common_modules.module_db if info.name == f"nn.{module}")
    torch.manual_seed(0)
    given = {"device": "cpu", "dtype": torch.float64, "requires_grad": True, "training": True}
    return [
        case
        for case in info.module_inputs_func(info, **given)
        if case.reference_fn is not None and "no_batch" not in name_of(case.reference_fn.__wrapped__)
    ]


def name_of(function):
    return getattr(function, "func", function).__name__


def classes_last(logits, target):
    """Classes stand in the second axis, and places behind them: (N, C, …) is (N·…, C)."""
    x = logits.movedim(1, -1).reshape(-1, logits.shape[1])
    return x, target.reshape(-1) if target.ndim < logits.ndim else target.movedim(1, -1).reshape(x.shape)


def probs_and_labels(log_p, labels):
    log_p, labels = classes_last(log_p, labels)
    return log_p.exp(), labels


def has(*names):
    return lambda made, arrays: bool(made.keys() & set(names))


WEIGHTED = {"no weights": has("weight")}
UNWEIGHTED_LABELS = WEIGHTED | {"no label is ignored": has("ignore_index")}
A_NUMBER = {"a number is no row": lambda made, arrays: arrays[0].ndim == 0}
REDUCTION = ("reduction",)
ROWS = (
    Row("ELU", "activations.ELU", ("alpha",)),
    Row("GELU", "activations.GELU"),
    Row("PReLU", "activations.PReLU", ("channels",), first="channels"),
    Row("SiLU", "activations.Swish"),
    Row("Mish", "activations.Mish"),
    Row("Softplus", "activations.Softplus", first="beta", left_out={"it has no β": has("beta")}),
    Row("Softmax", "activations.Softmax", left_out=A_NUMBER),
    Row(
        "LogSoftmax",
        "activations.LogSoftmax",
        left_out=A_NUMBER | {"another axis than the last": lambda made, arrays: arrays[0].ndim > 2},
        differentiable=False,
    ),
    Row("Linear", "layers.Dense", left_out={"it always has a bias": has("bias")}),
    Row("L1Loss", "losses.MeanAbsoluteError"),
    Row("MSELoss", "losses.MeanSquaredError", REDUCTION),
    Row("SmoothL1Loss", "losses.SmoothL1", REDUCTION),
    Row("HuberLoss", "losses.Huber", REDUCTION),
    Row("PoissonNLLLoss", "losses.PoissonNLL", REDUCTION, left_out={"another formula": has("full", "log_input")}),
    Row("SoftMarginLoss", "losses.SoftMargin", REDUCTION),
    Row("HingeEmbeddingLoss", "losses.HingeEmbedding", ("reduction", "margin")),
    Row(
        "MarginRankingLoss",
        "losses.MarginRanking",
        ("reduction", "margin"),
        given=lambda x1, x2, target: (x1, x2, target.where(target != 0, 1)),
    ),
    Row("CosineEmbeddingLoss", "losses.CosineEmbedding", ("reduction", "margin")),
    Row("BCELoss", "losses.BinaryCrossEntropy", REDUCTION, left_out=WEIGHTED),
    Row(
        "BCEWithLogitsLoss",
        "losses.BinaryCrossEntropyWithLogits",
        REDUCTION,
        left_out=WEIGHTED,
        differentiable=False,
    ),
    Row(
        "NLLLoss",
        "losses.CategoricalCrossEntropy",
        REDUCTION,
        options={"eps": 1e-12},
        ours=probs_and_labels,
        left_out=UNWEIGHTED_LABELS,
        differentiable=False,
    ),
    Row(
        "CrossEntropyLoss",
        "losses.CrossEntropy",
        REDUCTION,
        ours=classes_last,
        left_out=UNWEIGHTED_LABELS | {"labels stay as they are": has("label_smoothing")},
    ),
)
NOT_OURS = (
    "Bilinear CELU CTCLoss CircularPad1d CircularPad2d CircularPad3d Hardtanh LinearCrossEntropyLoss LogSigmoid "
    "MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss RMSNorm Softmax2d Softsign TransformerEncoderLayer "
    "KLDivLoss"  # KLDivergence is ours, but the inputs are logarithms of negative numbers
)
IDS = tuple(row.id for row in ROWS)
every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.module)


@every_row
def test_the_reference_function_of_pytorchs_own_tests_agrees_in_value_and_gradient(row):
    answered = 0
    for made, module, arrays, function in row.cases():
        if row.reasons(made, arrays):
            continue
        answered += 1
        first, *others = arrays
        first = first.clone().requires_grad_(row.differentiable)
        value = function(first, *others)
        given = [x.numpy() for x in row.ours(*arrays)]
        unit, twin = row.units(made, module)
        shape = np.shape(unit.forward(*given))
        dy = RNG.uniform(0.5, 2, shape)
        expected = [value.detach().numpy().reshape(shape)]
        if row.differentiable:
            value.backward(torch.tensor(dy).reshape(value.shape))
            expected.append(row.ours(first.grad, *others)[0].numpy())
        for who, (got, gradient) in (("reference", run(unit, given, dy)), ("twin", run_twin(twin, given, dy))):
            gradient = gradient[0] if isinstance(gradient, tuple) else gradient
            for kind, each, wanted in zip(("value", "gradient"), (got, gradient), expected):
                assert_same(each, wanted, about=f"the {who}'s {kind} of {made}")
    assert answered


@every_row
def test_every_reason_to_leave_inputs_out_has_one(row):
    reasons = {reason for made, _, arrays, _ in row.cases() for reason in row.reasons(made, arrays)}
    assert reasons == row.left_out.keys()


def test_every_module_with_a_reference_function_has_a_row_unless_it_is_none_of_ours():
    modules = {info.name.removeprefix("nn.") for info in common_modules.module_db}
    assert {name for name in modules - set(NOT_OURS.split()) if inputs_of(name)} == {row.module for row in ROWS}
