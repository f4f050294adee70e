"""Every initializer draws from the distribution that its line names, and so does its twin."""

import inspect
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
import torch
from numpy.testing import assert_allclose
from torch import nn

from course_lib import initializers, initializers_torch
from tests.course_lib import contract

HERE = Path(__file__).resolve().parents[2]
ORACLES = {
    "initializers.zeros": "closed form",
    "initializers.constant": "closed form",
    "initializers.normal": "torch.nn.init.normal_",
    "initializers.glorot_normal": "torch.nn.init.xavier_normal_",
    "initializers.glorot_uniform": "torch.nn.init.xavier_uniform_",
    "initializers.he_normal": "torch.nn.init.kaiming_normal_",
    "initializers.he_uniform": "torch.nn.init.kaiming_uniform_",
    "initializers.lecun_normal": "torch.nn.init.kaiming_normal_",
    "initializers.lecun_uniform": "torch.nn.init.kaiming_uniform_",
}
IDS = tuple(ORACLES)
SHAPES = (
    (160, 240),
    (400, 90),
    (30, 20, 7),
    (24, 16, 5, 9),
    (6, 8, 3, 4, 25),
)  # dense, and 1, 2, 3-dimensional kernels
CHANCE = 1e-3  # of a p-value as small as this where all is well; the seeds are fixed, so it is never met again


@dataclass(frozen=True)
class Row:
    name: str
    oracle: Callable  # (tensor, rng, **options) fills a tensor
    law: Callable  # (fan_in, fan_out, **options) -> a distribution of SciPy
    options: tuple[dict, ...] = ({},)


def kaiming(fill, nonlinearity):
    return lambda tensor, rng: fill(tensor, nonlinearity=nonlinearity, generator=rng)


def gaussian(variance):
    return lambda fan_in, fan_out: scipy.stats.norm(0, variance(fan_in, fan_out) ** 0.5)


def flat(limit):
    return lambda fan_in, fan_out: scipy.stats.uniform(-limit(fan_in, fan_out), 2 * limit(fan_in, fan_out))


ROWS = (
    Row(
        "normal",
        lambda tensor, rng, mean=0.0, std=0.01: nn.init.normal_(tensor, mean, std, generator=rng),
        lambda fan_in, fan_out, mean=0.0, std=0.01: scipy.stats.norm(mean, std),
        ({}, {"std": 0.5}, {"mean": -2.0, "std": 0.5}),
    ),
    Row(
        "glorot_normal",
        lambda tensor, rng: nn.init.xavier_normal_(tensor, generator=rng),
        gaussian(lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
    ),
    Row(
        "glorot_uniform",
        lambda tensor, rng: nn.init.xavier_uniform_(tensor, generator=rng),
        flat(lambda fan_in, fan_out: (6 / (fan_in + fan_out)) ** 0.5),
    ),
    Row("he_normal", kaiming(nn.init.kaiming_normal_, "relu"), gaussian(lambda fan_in, fan_out: 2 / fan_in)),
    Row("he_uniform", kaiming(nn.init.kaiming_uniform_, "relu"), flat(lambda fan_in, fan_out: (6 / fan_in) ** 0.5)),
    Row("lecun_normal", kaiming(nn.init.kaiming_normal_, "linear"), gaussian(lambda fan_in, fan_out: 1 / fan_in)),
    Row(
        "lecun_uniform", kaiming(nn.init.kaiming_uniform_, "linear"), flat(lambda fan_in, fan_out: (3 / fan_in) ** 0.5)
    ),
)

CASES = [(row, options) for row in ROWS for options in row.options]
every_case = pytest.mark.parametrize("row, options", CASES, ids=[f"{row.name}-{options}" for row, options in CASES])
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)
every_device = pytest.mark.parametrize("device", contract.DEVICES)
every_name = pytest.mark.parametrize("name", [id.removeprefix("initializers.") for id in IDS])


def draw(row, shape, seed, **options):
    return getattr(initializers, row.name)(shape, np.random.default_rng(seed), **options)


def draw_twin(row, shape, seed, device="cpu", **options):
    rng = torch.Generator(device).manual_seed(seed)
    return getattr(initializers_torch, row.name)(shape, rng, **options)


def fans_of_torch(shape):
    return nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))


def assert_follows(sample, law):
    """Kolmogorov and Smirnov's test of all of it; then the mean and the spread, within four standard errors."""
    sample = np.asarray(sample, float).ravel()
    n = sample.size
    assert scipy.stats.kstest(sample, law.cdf).pvalue > CHANCE
    assert_allclose(sample.mean(), law.mean(), atol=4 * law.std() / n**0.5)
    kurtosis = float(law.stats("k"))  # the variance of a sample's variance is σ⁴(κ + 2)/n
    assert_allclose(sample.var(), law.var(), rtol=4 * ((kurtosis + 2) / n) ** 0.5)


def test_the_table_and_both_files_hold_what_the_course_promises():
    names = [id.removeprefix("initializers.") for id in IDS]
    assert ["zeros", "constant", *(row.name for row in ROWS)] == names
    for file in (initializers, initializers_torch):
        assert file.__all__ == names
        assert [name for name in vars(file) if name in names] == names
    for name in names:
        unit, twin = getattr(initializers, name), getattr(initializers_torch, name)
        own, there = (dict(inspect.signature(made).parameters) for made in (unit, twin))
        assert list(own) == list(there)
        assert list(own)[:2] == ["shape", "rng"]
        assert there["rng"].default is None  # PyTorch has a generator of its own; NumPy's must be given
        for option in list(own)[2:]:
            assert own[option] == there[option]
        assert twin.__doc__ == f"See `initializers.{name}`."


@every_shape
@every_case
def test_the_reference_follows_its_law(row, options, shape):
    assert_follows(draw(row, shape, 1, **options), row.law(*fans_of_torch(shape), **options))


@every_shape
@every_case
def test_the_reference_is_the_standard_draw_of_its_generator_on_the_scale_of_its_law(row, options, shape):
    law, rng = row.law(*fans_of_torch(shape), **options), np.random.default_rng(8)
    low, high = law.support()
    expected = law.mean() + law.std() * rng.normal(size=shape) if low == -np.inf else rng.uniform(low, high, shape)
    assert_allclose(draw(row, shape, 8, **options), expected, rtol=1e-10, atol=1e-14)


@every_device
@every_shape
@every_case
def test_the_twin_follows_the_same_law(row, options, shape, device):
    sample = draw_twin(row, shape, 2, device, **options)
    assert sample.device.type == device
    assert_follows(sample.cpu(), row.law(*fans_of_torch(shape), **options))


@every_shape
@every_case
def test_reference_twin_and_oracle_are_samples_of_one_law(row, options, shape):
    oracle = row.oracle(torch.empty(shape), torch.Generator().manual_seed(5), **options).numpy().ravel()
    reference, twin = draw(row, shape, 3, **options).ravel(), draw_twin(row, shape, 4, **options).numpy().ravel()
    for one, other in ((reference, oracle), (twin, oracle), (reference, twin)):
        assert scipy.stats.ks_2samp(one, other).pvalue > CHANCE


@every_shape
@every_case
def test_the_twin_draws_what_pytorch_draws_from_the_same_seed(row, options, shape):
    twin = draw_twin(row, shape, 6, **options)
    oracle = row.oracle(torch.empty(shape), torch.Generator().manual_seed(6), **options)
    assert_allclose(twin, oracle, rtol=1e-5, atol=1e-6)


@every_case
def test_the_same_seed_gives_the_same_weights_and_the_next_draw_others(row, options):
    rng = np.random.default_rng(7)
    first, second = (getattr(initializers, row.name)((4, 3), rng, **options) for _ in range(2))
    assert_allclose(first, draw(row, (4, 3), 7, **options), rtol=0)
    assert abs(first - second).min() > 0
    assert_allclose(draw_twin(row, (4, 3), 7, **options), draw_twin(row, (4, 3), 7, **options), rtol=0)
    state = torch.get_rng_state()
    draw_twin(row, (4, 3), 7, **options)
    assert_allclose(torch.get_rng_state(), state, rtol=0)  # PyTorch's own generator was not asked
    torch.manual_seed(8)
    without = getattr(initializers_torch, row.name)((4, 3), **options)
    torch.manual_seed(8)
    assert_allclose(without, getattr(initializers_torch, row.name)((4, 3), None, **options), rtol=0)


@every_name
def test_shapes_and_dtypes_are_as_asked_for(name):
    for shape in ((3, 2), [3, 2], (np.int64(3), 2), (1, 1), (4, 3, 2, 2)):
        made = getattr(initializers, name)(shape, np.random.default_rng(0))
        assert made.shape == tuple(shape)
        assert made.dtype == np.float64
        twin = getattr(initializers_torch, name)(shape)
        assert tuple(twin.shape) == tuple(shape)
        assert twin.dtype == torch.float32
    torch.set_default_dtype(torch.float64)
    try:
        assert getattr(initializers_torch, name)((2, 2)).dtype == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


@every_device
def test_zeros_and_constants_are_what_they_say_for_any_shape(device):
    rng = torch.Generator(device)
    for shape in ((), (3,), 3, (2, 3)):
        sizes = (3,) if shape == 3 else shape
        for file, extra in ((initializers, ()), (initializers_torch, (rng,))):
            for made, value in ((file.zeros(shape, *extra), 0), (file.constant(shape, *extra), 0.1)):
                assert_allclose(made.cpu() if extra else made, np.full(sizes, value), rtol=1e-6)
            assert_allclose(np.asarray(file.constant(shape, value=-7)), np.full(sizes, -7), rtol=0)


@pytest.mark.parametrize("name", ["glorot_normal", "he_normal", "lecun_normal"])
def test_normal_weights_are_not_truncated_at_two_sigma(name):
    weights = getattr(initializers, name)((100, 100), np.random.default_rng(9))
    assert abs(weights).max() > 3 * weights.std()


def test_he_keeps_the_size_of_a_signal_through_layers_of_relu_and_lecun_through_linear_ones():
    rng = np.random.default_rng(10)
    relu = linear = x = rng.normal(size=(200, 300))
    for _ in range(5):
        relu = np.maximum(relu @ initializers.he_normal((300, 300), rng).T, 0)
        linear = linear @ initializers.lecun_normal((300, 300), rng).T
    for signal in (relu, linear):
        assert_allclose((signal**2).mean(), (x**2).mean(), rtol=0.25)


def test_importing_the_reference_does_not_import_torch():
    code = "import sys; from course_lib import initializers; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE)
    assert done.stdout.strip() == "False"


# What is refused, and in which words

WITH_FANS = [id.removeprefix("initializers.") for id in IDS[3:]]


@pytest.mark.parametrize("name", WITH_FANS)
def test_a_bias_has_no_fans(name):
    message = r"^shape is \(3,\); expected \(out, in\) or \(out, in, \*kernel\): try zeros for a bias"
    for shape in ((3,), 3):
        with pytest.raises(ValueError, match=message):
            getattr(initializers, name)(shape, np.random.default_rng(0))
        with pytest.raises(ValueError, match=message):
            getattr(initializers_torch, name)(shape)


@every_name
def test_sizes_are_whole_numbers_from_1_on(name):
    for shape in ((0, 3), (2, -3), (2.0, 3)):
        for make in (
            lambda shape: getattr(initializers, name)(shape, np.random.default_rng(0)),
            lambda shape: getattr(initializers_torch, name)(shape),
        ):
            with pytest.raises(ValueError, match=r"^shape is \(.*\); expected whole numbers, 1 or more each"):
                make(shape)


@pytest.mark.parametrize("rng", [0, None, np.random], ids=["seed", "none", "module"])
@pytest.mark.parametrize("name", ["normal", *WITH_FANS])
def test_a_seed_is_not_a_generator(name, rng):
    with pytest.raises(TypeError, match=r"^rng is .*; expected a generator: try np\.random\.default_rng\(0\)"):
        getattr(initializers, name)((2, 2), rng)


@every_name
def test_the_twin_wants_a_generator_of_pytorch(name):
    with pytest.raises(
        TypeError, match=r"^rng is .*; expected a generator: try torch\.Generator\(\)\.manual_seed\(0\)"
    ):
        getattr(initializers_torch, name)((2, 2), np.random.default_rng(0))


@pytest.mark.parametrize("file", [initializers, initializers_torch], ids=["reference", "twin"])
def test_bad_hyperparameters_are_refused_in_one_clear_sentence(file):
    rng = np.random.default_rng(0) if file is initializers else None
    with pytest.raises(ValueError, match=r"^std is -1; expected 0 < std < inf"):
        file.normal((2, 2), rng, std=-1)
    with pytest.raises(ValueError, match=r"^mean is nan; expected -inf < mean < inf"):
        file.normal((2, 2), rng, mean=np.nan)
    with pytest.raises(ValueError, match=r"^value is 'one'; expected -inf < value < inf"):
        file.constant((2, 2), value="one")
