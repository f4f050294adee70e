"""What every layer keeps: gradients for all of its inputs and all of its parameters, one test for each promise.

All gradients are compared at once, as `answers`: {"value": …, "for input 0": …, "for weight": …}.
"""

import ast
import inspect
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.testing import assert_allclose

from course_lib import layers, layers_torch
from tests.course_lib.contract import DEVICES, TOLERANCE, differences, read_only

TOLERANCES = TOLERANCE | {
    # A bfloat16 has 3 digits and a layer is some hundred products long; sums round at the size of their largest term.
    "bfloat16": {"rtol": 5e-2, "atol": 5e-2},
}


@dataclass(frozen=True)
class Case:
    """A layer with one choice of its sizes, what it is given, and an oracle nobody here wrote.

    make: rng -> arrays. oracle: options -> (function of tensors, {our parameter: (its tensor, index)}).
    """

    name: str
    options: dict
    make: Callable
    oracle: Callable

    def __str__(self):
        return "-".join([self.name, *(f"{name}={value}" for name, value in self.options.items())]).replace(" ", "")

    @property
    def rng(self):
        return np.random.default_rng(zlib.crc32(str(self).encode()))

    @property
    def arrays(self):
        return self.make(self.rng)

    @property
    def unit(self):
        """With random parameters: those that start at 0 or 1 would hide mistakes."""
        unit, rng = build(layers, self.name, self.options, self.rng), self.rng
        for name, p in unit.params.items():
            unit.params[name] = rng.normal(size=p.shape) * 0.5
        return unit

    def twin(self, unit, device="cpu", dtype=torch.float64):
        twin = build(layers_torch, self.name, self.options, None).double()
        twin.load_state_dict({name: torch.tensor(p) for name, p in unit.params.items()})
        return twin.to(device, dtype)


def build(file, name, options, rng):
    draws = "rng" in inspect.signature(getattr(file, name)).parameters
    return getattr(file, name)(**options, **({"rng": rng} if draws else {}))


def random_upstream(unit, arrays, rng):
    shape = unit.forward(*arrays).shape
    return rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)


def answers(unit, arrays, dy):
    value, gradients = unit.forward(*arrays), unit.backward(dy)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    assert unit.params.keys() == unit.grads.keys()
    return named(value, gradients, unit.grads)


def named(value, gradients, grads):
    inputs = {f"for input {i}": gradient for i, gradient in enumerate(gradients)}
    return {"value": value, **inputs, **{f"for {name}": gradient for name, gradient in grads.items()}}


def tensor_answers(function, parameters, arrays, dy, device="cpu"):
    """The same of a function of tensors; parameters: {our name: (tensor, index)}."""
    tensors = [torch.tensor(array, device=device) for array in arrays]
    floats = [tensor.requires_grad_() for tensor in tensors if tensor.is_floating_point()]
    value = function(*tensors)
    value.backward(torch.tensor(dy, dtype=value.dtype, device=device))
    grads = {name: tensor.grad[index] for name, (tensor, index) in parameters.items()}
    return {key: t.detach().cpu().numpy() for key, t in named(value, [t.grad for t in floats], grads).items()}


def twin_answers(twin, arrays, dy, device="cpu"):
    parameters = {name: (parameter, ...) for name, parameter in twin.named_parameters()}
    return tensor_answers(twin, parameters, arrays, dy, device)


def assert_answers(got, expected, kind="float64", about=""):
    """A number that cancelled to nearly 0 was rounded at the size of the others, so atol grows with the largest."""
    assert got.keys() == expected.keys()
    for key, wanted in expected.items():
        assert got[key].shape == wanted.shape, f"{about} {key}: {got[key].shape} is not {wanted.shape}"
        rtol, atol = TOLERANCES[kind]["rtol"], TOLERANCES[kind]["atol"] * max(1, abs(wanted).max())
        assert_allclose(got[key], wanted, rtol=rtol, atol=atol, err_msg=f"{about} {key}")


def assert_twin_agrees(case, device):
    unit, arrays = case.unit, case.arrays
    dy = random_upstream(unit, arrays, case.rng)
    got = twin_answers(case.twin(unit, device), arrays, dy, device)
    assert_answers(got, answers(unit, arrays, dy), about="the twin's")


def assert_oracle_agrees(case):
    unit, arrays = case.unit, case.arrays
    dy = random_upstream(unit, arrays, case.rng)
    function, parameters = case.oracle(**case.options)
    assert parameters.keys() == unit.params.keys()
    for name, (tensor, index) in parameters.items():
        tensor.data[index] = torch.tensor(unit.params[name])
    expected = tensor_answers(function, parameters, arrays, dy)
    assert_answers(answers(unit, arrays, dy), expected, about="the reference's")


def rounded(x):
    return torch.tensor(x).bfloat16().double().numpy()


def assert_complete(cases, file, twins, ids):
    """Cases, both files, their order, the packages and the course's promise are the same list of names."""
    names = [id.removeprefix("layers.") for id in ids]
    assert list(dict.fromkeys(case.name for case in cases)) == names
    for module, package in ((file, layers), (twins, layers_torch)):
        assert module.__all__ == names
        classes = [
            node.name for node in ast.parse(Path(module.__file__).read_text()).body if isinstance(node, ast.ClassDef)
        ]
        assert [name for name in classes if name in names] == names
        assert all(getattr(package, name) is getattr(module, name) for name in names)
    for name in names:
        assert inspect.signature(getattr(file, name)) == inspect.signature(getattr(twins, name)), name
        assert getattr(twins, name).__doc__ == f"See `layers.{name}`."


def assert_every_default_is_left(cases, file):
    """Every parameter with a default has a case with another value, of 2 or more."""
    for name in file.__all__:
        for parameter in inspect.signature(getattr(file, name)).parameters.values():
            if parameter.default is not parameter.empty:
                used = [case.options.get(parameter.name) for case in cases if case.name == name]
                assert any(value is not None and np.max(value) >= 2 for value in used), (name, parameter.name)


class Contract:
    """All of it: a file of tests has `class TestContract(Contract)` with its own cases."""

    cases: tuple[Case, ...] = ()

    def pytest_generate_tests(self, metafunc):
        ids = [f"{i}-{case}" for i, case in enumerate(self.cases)]
        for name, values, named in (
            ("case", self.cases, ids),
            ("device", DEVICES, DEVICES),
            ("dtype", (np.float64, np.float32), ("float64", "float32")),
        ):
            if name in metafunc.fixturenames:
                metafunc.parametrize(name, values, ids=named)

    def test_backward_is_the_derivative_of_forward(self, case):
        unit, arrays, rng = case.unit, case.arrays, case.rng
        dy = random_upstream(unit, arrays, rng)
        got = answers(unit, arrays, dy)

        def loss():
            return float(np.sum(dy * unit.forward(*arrays)))

        def of_input(i, moved):
            before, arrays[i] = arrays[i], moved
            answer, arrays[i] = loss(), before
            return answer

        def of_parameter(name, moved):
            before, unit.params[name] = unit.params[name], moved
            answer, unit.params[name] = loss(), before
            return answer

        expected = {"value": got["value"]}
        for i, x in enumerate(arrays):
            if x.dtype.kind == "f":
                expected[f"for input {i}"] = differences(lambda moved, i=i: of_input(i, moved), x)
        for name, p in unit.params.items():
            expected[f"for {name}"] = differences(lambda moved, name=name: of_parameter(name, moved), p)
        assert_answers(got, expected, "differences", "backward and differences of forward")

    def test_the_twin_agrees_in_value_and_all_gradients(self, case, device):
        assert_twin_agrees(case, device)

    def test_pytorchs_own_layer_agrees_in_value_and_all_gradients(self, case):
        assert_oracle_agrees(case)

    def test_large_inputs_stay_finite_without_a_warning(self, case, dtype, device):
        """Both, for inputs of 10⁴, and they agree; the warnings of pytest are errors."""
        unit = case.unit
        arrays = [(1e4 * x).astype(dtype) if x.dtype.kind == "f" else x for x in case.arrays]
        dy = np.ones(unit.forward(*arrays).shape, dtype)
        expected = answers(unit, arrays, dy)
        got = twin_answers(case.twin(unit, device, getattr(torch, np.dtype(dtype).name)), arrays, dy, device)
        for who, found in (("reference", expected), ("twin", got)):
            for key, each in found.items():
                assert np.isfinite(each).all(), f"the {who}'s {key}: {each}"
        assert_answers(got, expected, np.dtype(dtype).name, "the twin's")

    def test_inputs_and_parameters_are_left_alone_and_backward_does_not_add_up(self, case):
        unit, arrays = case.unit, case.arrays
        dy = random_upstream(unit, arrays, case.rng)
        *frozen, frozen_dy = read_only([*arrays, dy])
        for name, p in unit.params.items():
            unit.params[name] = read_only([p])[0]
        expected = {key: np.array(each) for key, each in answers(unit, frozen, frozen_dy).items()}
        twin, tensors = case.twin(unit), [torch.tensor(array) for array in arrays]
        twin(*tensors)
        for array, tensor in zip(arrays, tensors):
            assert_allclose(tensor.numpy(), array, rtol=0)
        value = unit.forward(*arrays)
        for array in arrays:
            array[...] = 0  # what a student does to arrays afterwards is no business of backward
        value[...] = np.nan
        for _ in range(2):  # and a second backward answers what the first did: gradients do not add up
            gradients = unit.backward(dy)
            gradients = gradients if isinstance(gradients, tuple) else (gradients,)
            got = named(expected["value"], gradients, unit.grads)
            assert_answers(got, expected, about="afterwards")
            for gradient in gradients:
                gradient[...] = np.nan

    def test_lists_of_numbers_are_arrays_too(self, case):
        unit, arrays = case.unit, case.arrays
        assert_allclose(unit.forward(*(array.tolist() for array in arrays)), unit.forward(*arrays), rtol=0)

    def test_float32_stays_float32(self, case, device):
        """float32 in, float32 out, and about what float64 says of the same numbers."""
        unit, arrays = case.unit, [x.astype(np.float32) if x.dtype.kind == "f" else x for x in case.arrays]
        dy = random_upstream(unit, arrays, case.rng)
        doubles = [x.astype(np.float64) if x.dtype.kind == "f" else x for x in arrays]
        expected = answers(case.unit, doubles, dy)
        twin = twin_answers(case.twin(unit, device, torch.float32), arrays, dy, device)
        for who, got in (("reference", answers(unit, arrays, dy)), ("twin", twin)):
            for key, each in got.items():
                assert each.dtype == np.float32, f"the {who}'s {key} is {each.dtype}"
                assert expected[key].dtype == np.float64
            assert_answers(got, expected, "float32", f"the {who}'s")

    def test_the_twin_works_in_bfloat16(self, case, device):
        unit, arrays = case.unit, case.arrays
        for name, p in unit.params.items():
            unit.params[name] = rounded(p)
        arrays = [rounded(x) if x.dtype.kind == "f" else x for x in arrays]
        dy = rounded(random_upstream(unit, arrays, case.rng))
        tensors = [torch.tensor(array, device=device) for array in arrays]
        twin = case.twin(unit, device, torch.bfloat16)
        tensors = [t.bfloat16().requires_grad_() if t.is_floating_point() else t for t in tensors]
        value = twin(*tensors)
        value.backward(torch.tensor(dy, device=device).bfloat16())
        found = named(
            value, [t.grad for t in tensors if t.requires_grad], {n: p.grad for n, p in twin.named_parameters()}
        )
        assert all(each.dtype == torch.bfloat16 for each in found.values())
        got = {key: each.detach().cpu().double().numpy() for key, each in found.items()}
        assert_answers(got, answers(unit, arrays, dy), "bfloat16", "the twin's")
