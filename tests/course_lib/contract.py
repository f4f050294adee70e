"""What every unit keeps: one function for each promise, called by every topic's tests on every row of its table.

A unit has `forward(*arrays)` and `backward(dy)`, the gradient for the first array. Its twin is called with tensors.
An oracle is a function `(arrays, dy) -> (value, gradient)` around code that nobody here wrote.
"""

import ast
import inspect
import sys
from pathlib import Path

import mpmath
import numpy as np
import torch
from numpy.testing import assert_allclose

DEVICES = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]

TOLERANCE = {
    # Two orders of the same float64 operations; what cancels to nearly 0 was rounded at the size it had before.
    "float64": {"rtol": 1e-10, "atol": 1e-14},
    # A float32 has 7 digits and a loss is some ten operations long.
    "float32": {"rtol": 2e-5, "atol": 2e-6},
    # Five-point differences with steps h of 2e-4: an error near h⁴f⁽⁵⁾/30, and rounding of 1e-16/h times a value.
    "differences": {"rtol": 1e-7, "atol": 1e-9},
}


def assert_same(got, expected, kind="float64", about=""):
    assert np.shape(got) == np.shape(expected), f"{about}: {np.shape(got)} is not {np.shape(expected)}"
    assert_allclose(got, expected, **TOLERANCE[kind], err_msg=about)


def read_only(arrays):
    """Copies that raise an error when somebody writes to them."""
    copies = [np.array(array) for array in arrays]
    for copy in copies:
        copy.flags.writeable = False
    return copies


def random_upstream(unit, arrays, rng):
    """A random gradient for what forward answers: never all ones, and never 0."""
    shape = np.shape(unit.forward(*arrays))
    return rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)


def run(unit, arrays, dy):
    """-> value, gradient"""
    return unit.forward(*arrays), unit.backward(dy)


def run_twin(twin, arrays, dy, device="cpu"):
    """-> value, gradient, as arrays; also for any other function of tensors."""
    first, *others = (torch.tensor(array, device=device) for array in arrays)
    first.requires_grad_()
    value = twin(first, *others)
    (gradient,) = torch.autograd.grad(value, first, torch.as_tensor(dy, dtype=value.dtype, device=device))
    return value.detach().cpu().numpy(), gradient.cpu().numpy()


def differences(function, x, step=2e-4):
    """The gradient of a scalar function at x by the five-point formula, entry by entry."""
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        at = []
        for k in (-2, -1, 1, 2):
            moved = x.copy()
            moved[i] += k * step
            at.append(function(moved))
        gradient[i] = (at[0] - 8 * at[1] + 8 * at[2] - at[3]) / (12 * step)
    return gradient


def mpmath_gradient(function, x):
    """Value and gradient at x of a function that takes a list of numbers, with 50 digits."""
    with mpmath.workdps(50):
        x = [mpmath.mpf(float(entry)) for entry in x]
        gradient = [mpmath.diff(function_of_one(function, x, i), entry) for i, entry in enumerate(x)]
        return float(function(x)), [float(entry) for entry in gradient]


def function_of_one(function, x, i):
    return lambda entry: function([*x[:i], entry, *x[i + 1 :]])


def assert_backward_is_the_derivative_of_forward(unit, arrays, rng):
    x, *others = arrays
    dy = random_upstream(unit, arrays, rng)
    _, gradient = run(unit, arrays, dy)
    expected = differences(lambda moved: float(np.sum(dy * unit.forward(moved, *others))), x)
    assert_same(gradient, expected, "differences", "backward and differences of forward")


def assert_twin_agrees(unit, twin, arrays, rng, device):
    dy = random_upstream(unit, arrays, rng)
    for kind, got, expected in zip(("value", "gradient"), run_twin(twin, arrays, dy, device), run(unit, arrays, dy)):
        assert_same(got, expected, about=f"the twin's {kind}")


def assert_oracle_agrees(unit, oracle, arrays, rng):
    dy = random_upstream(unit, arrays, rng)
    for kind, got, expected in zip(("value", "gradient"), run(unit, arrays, dy), oracle(arrays, dy)):
        assert_same(got, expected, about=f"the reference's {kind}")


def assert_stays_finite(unit, twin, arrays, device):
    """Value and gradient of both, and they agree; the warnings of pytest are errors."""
    dy = np.ones(np.shape(unit.forward(*arrays)))
    value, gradient = run(unit, arrays, dy)
    assert np.isfinite(value).all(), value
    assert np.isfinite(gradient).all(), gradient
    for kind, got, expected in zip(("value", "gradient"), run_twin(twin, arrays, dy, device), (value, gradient)):
        assert np.isfinite(got).all(), f"the twin's {kind} is {got}"
        assert_same(got, expected, str(value.dtype), f"the twin's {kind}")


def assert_leaves_inputs_alone(unit, twin, arrays, rng):
    dy = random_upstream(unit, arrays, rng)
    frozen = read_only([*arrays, dy])
    _, gradient = run(unit, frozen[:-1], frozen[-1])
    tensors = [torch.tensor(array) for array in arrays]
    twin(*tensors)
    for array, tensor in zip(arrays, tensors):
        assert_allclose(tensor.numpy(), array, rtol=0)
    changed = [np.array(array) for array in arrays]
    unit.forward(*changed)
    for array in changed:
        array[...] = 0  # what a student does to arrays afterwards is no business of backward
    assert_allclose(unit.backward(dy), gradient, rtol=0)


def assert_keeps_float32(unit, twin, arrays, rng, device):
    """float32 in, float32 out, and about what float64 says of the same numbers."""
    arrays = [arrays[0].astype(np.float32), *arrays[1:]]
    dy = random_upstream(unit, arrays, rng)
    expected = run(unit, [arrays[0].astype(np.float64), *arrays[1:]], dy)
    for who, answers in (("reference", run(unit, arrays, dy)), ("twin", run_twin(twin, arrays, dy, device))):
        for kind, got, wanted in zip(("value", "gradient"), answers, expected):
            assert got.dtype == np.float32, f"the {who}'s {kind} is {got.dtype}"
            assert wanted.dtype == np.float64
            assert_same(got, wanted, "float32", f"the {who}'s {kind}")


def classes_in_order(module):
    """The names of a module's public classes as they stand in its file, or in the files of a package."""
    files = dict.fromkeys(getattr(module, name).__module__ for name in module.__all__)
    trees = (ast.parse(Path(sys.modules[file].__file__).read_text()) for file in files)
    classes = (node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef))
    return [name for name in classes if name in module.__all__]


def assert_complete(rows, module, twins, ids):
    """The table of cases, the two files, their order and the course's promise are the same list of names."""
    assert [row.name for row in rows] == ids
    for file in (module, twins):
        assert file.__all__ == ids
        assert classes_in_order(file) == ids
    for name in ids:
        signatures = inspect.signature(getattr(module, name)), inspect.signature(getattr(twins, name))
        assert signatures[0] == signatures[1], name
        assert getattr(twins, name).__doc__ == f"See `{module.__name__.removeprefix('course_lib.')}.{name}`."


def assert_every_hyperparameter_is_moved(rows, module, but=()):
    """Every hyperparameter has a row with at least twice or at most half its default."""
    for row in rows:
        for parameter in inspect.signature(getattr(module, row.name)).parameters.values():
            if parameter.name not in but:
                used = [options.get(parameter.name, parameter.default) for options in row.options]
                assert any(not 0.5 < value / parameter.default < 2 for value in used), (row.name, parameter.name)
