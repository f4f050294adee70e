"""Scalar's derivatives are those of autograd, and its multiplications are those one counts by hand."""

import math
import operator

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from course_lib import autodiff
from course_lib.autodiff import Scalar
from tests.course_lib import contract

ORACLES = {
    "autodiff.Scalar": "torch.Tensor.backward",
}
IDS = tuple(ORACLES)

# Every operation as one formula for Scalars and for tensors, and where its arguments are drawn from.
OPERATIONS = {
    "a + b": (operator.add, (-2, 2)),
    "a − b": (operator.sub, (-2, 2)),
    "a · b": (operator.mul, (-2, 2)),
    "a / b": (operator.truediv, (0.5, 2)),
    "a / −b": (lambda a, b: a / -b, (0.5, 2)),
    "−a": (lambda a, b: -a, (-2, 2)),
    "a + 3": (lambda a, b: a + 3, (-2, 2)),
    "3 + a": (lambda a, b: 3 + a, (-2, 2)),
    "a − 3": (lambda a, b: a - 3, (-2, 2)),
    "3 − a": (lambda a, b: 3 - a, (-2, 2)),
    "a · 3": (lambda a, b: a * 3, (-2, 2)),
    "3 · a": (lambda a, b: 3 * a, (-2, 2)),
    "a / 3": (lambda a, b: a / 3, (-2, 2)),
    "3 / a": (lambda a, b: 3 / a, (0.5, 2)),
    "a⁰": (lambda a, b: a**0, (-2, 2)),
    "a¹": (lambda a, b: a**1, (-2, 2)),
    "a³": (lambda a, b: a**3, (-2, 2)),
    "a⁻²": (lambda a, b: a**-2, (-2, -0.5)),
    "a^1.5": (lambda a, b: a**1.5, (0.5, 2)),
    "√a": (lambda a, b: a**0.5, (0.5, 2)),
    "exp": (lambda a, b: a.exp(), (-2, 2)),
    "log": (lambda a, b: a.log(), (0.5, 2)),
    "tanh": (lambda a, b: a.tanh(), (-2, 2)),
    "sigmoid": (lambda a, b: a.sigmoid(), (-2, 2)),
    "relu": (lambda a, b: a.relu(), (0.5, 2)),
    "relu below 0": (lambda a, b: a.relu(), (-2, -0.5)),
    "used twice": (lambda a, b: a * a + a, (-2, 2)),
    "used on two ways": (lambda a, b: (a + b) * (a - b) / (a * b).exp(), (-2, 2)),
    "log Σ exp": (lambda a, b: (a.exp() + b.exp() + 1).log(), (-2, 2)),
}
every_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
both_ways = pytest.mark.parametrize("memoize", [True, False])


def by_scalar(formula, numbers, memoize=True):
    """-> value, grads"""
    scalars = [Scalar(number) for number in numbers]
    y = formula(*scalars)
    y.backward(memoize)
    return y.value, [scalar.grad for scalar in scalars]


def by_torch(formula, numbers):
    tensors = [torch.tensor(float(number), dtype=torch.float64, requires_grad=True) for number in numbers]
    y = formula(*tensors)
    y.backward()
    return y.item(), [0.0 if tensor.grad is None else tensor.grad.item() for tensor in tensors]


def assert_agree(got, expected):
    for one, other in zip(got, expected):
        contract.assert_same(one, other)


def test_the_file_holds_what_the_course_promises():
    assert tuple(f"autodiff.{name}" for name in autodiff.__all__) == IDS
    assert contract.classes_in_order(autodiff) == autodiff.__all__


@both_ways
@every_operation
def test_every_operation_has_the_value_and_the_slopes_of_autograd(operation, memoize):
    formula, between = operation
    for numbers in np.random.default_rng(1).uniform(*between, (5, 2)):
        assert_agree(by_scalar(formula, numbers, memoize), by_torch(formula, numbers))


def random_formula(rng, steps):
    """A formula of two numbers that uses again, at random, what it has computed before."""
    plan = [(int(rng.integers(7)), rng.random(2)) for _ in range(steps)]

    def formula(a, b):
        made = [a, b]
        for kind, which in plan:
            x, y = (made[int(share * len(made))] for share in which)
            made.append(
                (x + y, x - y, x * y, x / (y * y + 1), (x / 3).tanh(), (x - y).sigmoid(), (x * x + 0.1).log())[kind]
            )
        return made[-1] * made[-2] + made[-3]

    return formula


@pytest.mark.parametrize("seed", range(30))
def test_random_formulas_have_the_derivatives_of_autograd(seed):
    rng = np.random.default_rng(seed)
    formula, numbers = random_formula(rng, 12), rng.uniform(-1.5, 1.5, 2)
    expected = by_torch(formula, numbers)
    assert any(expected[1]), "a formula in which nothing matters tests nothing"
    for memoize in (True, False):
        assert_agree(by_scalar(formula, numbers, memoize), expected)


def test_an_array_of_scalars_is_a_network():
    """A layer of three sigmoids and a linear one, its weights the entries of NumPy arrays."""
    rng = np.random.default_rng(2)
    x, w1, w2, target = rng.normal(size=2), rng.normal(size=(3, 2)), rng.normal(size=3), 0.3
    scalars = [np.vectorize(Scalar, otypes=[object])(w) for w in (w1, w2)]
    hidden = [z.sigmoid() for z in scalars[0] @ x]
    loss = (np.array(hidden) @ scalars[1] - target) ** 2
    loss.backward()
    tensors = [torch.tensor(w, requires_grad=True) for w in (w1, w2)]
    expected = ((tensors[0] @ torch.tensor(x)).sigmoid() @ tensors[1] - target) ** 2
    expected.backward()
    contract.assert_same(loss.value, expected.item())
    for mine, theirs in zip(scalars, tensors):
        contract.assert_same(np.vectorize(lambda scalar: scalar.grad)(mine), theirs.grad.numpy())


def test_numpy_numbers_stand_on_either_side():
    x = Scalar(np.float32(2.0))
    for y, value in ((np.float64(3) * x, 6), (x * np.float64(3), 6), (np.float64(3) - x, 1), (np.int64(3) / x, 1.5)):
        assert isinstance(y, Scalar)
        assert_allclose(y.value, value, rtol=1e-10)


@both_ways
def test_intermediate_numbers_get_their_derivative_too(memoize):
    a = Scalar(0.5)
    b = a * 3
    c = b.exp()
    y = c * b
    y.backward(memoize)
    assert_allclose([y.grad, c.grad], [1.0, 1.5], rtol=1e-10)
    assert_allclose(b.grad, np.exp(1.5) * 2.5, rtol=1e-10)  # over c, and directly
    assert_allclose(a.grad, 3 * b.grad, rtol=1e-10)


@both_ways
def test_backward_starts_from_0_each_time(memoize):
    """Where PyTorch adds to the gradient that is there already."""
    a, t = Scalar(2.0), torch.tensor(2.0, requires_grad=True)
    for times in (1, 2):
        y = a * a
        y.backward(memoize)
        y.backward(memoize)
        assert a.grad == 4.0
        (t * t).backward()
        assert t.grad.item() == 4.0 * times


@both_ways
def test_a_number_that_nothing_was_made_of_has_derivative_1(memoize):
    a = Scalar(2.0)
    assert a.backward(memoize) == 0
    assert a.grad == 1.0


# The number of multiplications


def chain(n):
    y = Scalar(0.5)
    for _ in range(n):
        y = y.tanh()
    return y


def doubling(n):
    y = Scalar(0.9)
    for _ in range(n):
        y = y + y
    return y


@pytest.mark.parametrize("n", [0, 1, 2, 5, 10])
def test_a_chain_takes_n_multiplications_with_memoization_and_n_times_n_plus_1_over_2_without(n):
    assert chain(n).backward() == n
    assert chain(n).backward(memoize=False) == n * (n + 1) // 2


@pytest.mark.parametrize("n", [0, 1, 2, 5, 10])
def test_where_each_number_is_used_twice_paths_double_at_each_step(n):
    assert doubling(n).backward() == 2 * n
    assert doubling(n).backward(memoize=False) == sum(k * 2**k for k in range(n + 1))


def test_the_multiplications_of_a_small_network_are_those_one_counts_by_hand():
    """x → h = σ(w x) → z = v h: edges z–v, z–h, h–wx, wx–w, wx–x; products of 1, 1, 2, 3 and 3 slopes."""
    x, w, v = Scalar(0.3), Scalar(-0.7), Scalar(1.2)
    z = (w * x).sigmoid() * v
    assert z.backward() == 5
    assert z.backward(memoize=False) == 1 + 1 + 2 + 3 + 3


def test_a_minus_costs_a_product_and_a_quotient_a_power_more():
    a, b = Scalar(3.0), Scalar(2.0)
    for y, edges in ((-a, 2), (a * b, 2), (a + b, 2), (a**3, 1), (a - b, 4), (a / b, 3)):
        assert y.backward() == edges


def test_a_chain_longer_than_pythons_recursion_is_no_trouble():
    y = Scalar(1.0)
    for _ in range(20_000):
        y = y + 1e-4
    assert y.backward() == 40_000


def test_memoization_does_in_no_time_what_would_take_2_to_the_200_without():
    y = doubling(200)
    assert y.backward() == 400
    assert_allclose(y.value, 0.9 * 2.0**200, rtol=1e-10)


# Far out, and what is refused


def test_far_from_0_the_sigmoid_and_tanh_are_finite_and_flat():
    for size in (40.0, 1e4, 1e300):
        for formula in (lambda a: a.sigmoid(), lambda a: a.tanh(), lambda a: a.relu()):
            for number in (size, -size):
                assert_agree(by_scalar(formula, [number]), by_torch(formula, [number]))


def test_the_slope_of_a_sigmoid_far_out_keeps_its_digits():
    for number in (40.0, -40.0):  # 1 − σ(40) is 0 in float64
        assert_allclose(by_scalar(lambda a: a.sigmoid(), [number])[1], [np.exp(-40)], rtol=1e-10)


def test_the_subgradient_of_relu_at_0_is_0():
    assert by_scalar(lambda a: a.relu(), [0.0]) == (0.0, [0.0])


def test_powers_of_0_that_have_a_slope_have_it():
    for power in (0, 1, 2, 1.5):
        assert_agree(by_scalar(lambda a, p=power: a**p, [0.0]), by_torch(lambda a, p=power: a**p, [0.0]))


def test_exp_reaches_as_far_as_float64():
    assert_allclose(by_scalar(lambda a: a.exp(), [709.0])[0], math.exp(709), rtol=1e-10)


def test_a_scalar_shows_its_value_and_its_gradient():
    a = Scalar(2)
    (a * a).backward()
    assert repr(a) == "Scalar(value=2, grad=4)"


WRONG = {
    "log 0": (lambda: Scalar(0).log(), r"log\(0.0\) has no value; expected a positive number: try adding a small one"),
    "log of a negative": (lambda: Scalar(-1).log(), r"log\(-1.0\) has no value"),
    "exp": (lambda: Scalar(710).exp(), r"exp\(710.0\) is beyond float64; expected 709 at most: try the log of a ratio"),
    "root of a negative": (lambda: Scalar(-2) ** 0.5, r"-2.0 \*\* 0.5 has no value or no slope; expected a positive"),
    "root of 0": (lambda: Scalar(0) ** 0.5, r"0.0 \*\* 0.5 has no value or no slope"),
    "1 / 0": (lambda: 1 / Scalar(0), r"0.0 \*\* -1.0 has no value or no slope"),
    "a / 0": (lambda: Scalar(1) / 0, r"0.0 \*\* -1.0 has no value or no slope"),
}
WRONG_TYPE = {
    "a word": (lambda: Scalar("2"), r"value is str; expected a number: try float\(value\)"),
    "times a list": (lambda: Scalar(2) * [1], "value is list; expected a number"),
    "a tensor": (lambda: Scalar(torch.tensor(2.0)), "value is Tensor; expected a number"),
    "a Scalar as power": (
        lambda: Scalar(2) ** Scalar(2),
        r"power is Scalar; expected a number: try \(x\.log\(\) \* power\)\.exp\(\)",
    ),
}


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


@pytest.mark.parametrize("wrong, message", WRONG_TYPE.values(), ids=WRONG_TYPE)
def test_a_wrong_type_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(TypeError, match=f"^{message}"):
        wrong()
