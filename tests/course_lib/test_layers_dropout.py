"""Dropout: what its noise is like, draw by draw and on average; the contract is in test_layers_basic."""

import itertools

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from course_lib import layers, layers_torch
from tests.course_lib.cases_layers import Given

NAMES = ("Dropout", "FeatureDropout", "AlphaDropout")
every_name = pytest.mark.parametrize("name", NAMES)


def unit(name, p, seed=0):
    return getattr(layers, name)(p, np.random.default_rng(seed))


def twin(name, p, seed=0):
    return getattr(layers_torch, name)(p, torch.Generator().manual_seed(seed))


def both(name, p, seed=0):
    """forward of the reference and of its twin, from array to array."""
    reference, other = unit(name, p, seed), twin(name, p, seed)
    return reference.forward, lambda x: other(torch.tensor(x)).numpy()


@every_name
def test_the_same_seed_draws_the_same_masks_and_each_pass_a_new_one(name):
    x = np.random.default_rng(0).normal(size=(50, 40))
    for one, same, other in zip(both(name, 0.5, 1), both(name, 0.5, 1), both(name, 0.5, 2)):
        first, second = one(x), one(x)
        assert_allclose(same(x), first, rtol=0)
        assert_allclose(same(x), second, rtol=0)
        for another in (second, other(x)):
            assert 0.4 < (another == first).mean() < 0.6


@every_name
def test_nothing_is_dropped_when_p_is_0(name):
    x = np.random.default_rng(0).normal(size=(50, 40))
    for forward in both(name, 0.0):
        assert_allclose(forward(x), x, rtol=0)


@every_name
def test_a_draw_of_exactly_p_stays_so_that_p_is_the_chance_of_what_lies_below(name, monkeypatch):
    class AtBorder:
        def random(self, shape):
            return np.full(shape, 0.25)

    x = np.random.default_rng(0).normal(size=(3, 4))
    monkeypatch.setattr(layers_torch.dropout, "uniform", lambda shape, rng, device: torch.full(shape, 0.25))
    reference, other = unit(name, 0.25), twin(name, 0.25)
    reference.rng = AtBorder()
    assert (abs(reference.forward(x) - reference.forward(np.zeros_like(x))) > 0.5 * abs(x)).all()
    assert_allclose(other(torch.tensor(x)), reference.forward(x), rtol=1e-12)


@every_name
@pytest.mark.parametrize("p", [0.1, 0.5, 0.99])
def test_a_share_p_of_the_entries_is_dropped(name, p):
    x = np.ones((400, 500))
    n = x.size
    for forward in both(name, p):
        y = forward(x)
        dropped = (y == y.min()).mean() if p < 0.9 or name != "AlphaDropout" else 1 - (y == y.max()).mean()
        assert_allclose(dropped, p, atol=5 * np.sqrt(p * (1 - p) / n), rtol=0)
        assert len(np.unique(y)) == 2


def test_nearly_everything_may_be_dropped_and_what_stays_becomes_large():
    x = np.ones((1000, 1000))
    for forward in both("Dropout", 0.9999):
        y = forward(x)
        assert_allclose(y[y > 0], 1e4, rtol=1e-11)
        assert 50 < (y > 0).sum() < 150
    for forward in both("AlphaDropout", 0.99):
        assert_allclose(forward(np.random.default_rng(0).normal(size=x.shape)).var(), 1, atol=0.1)


@pytest.mark.parametrize("p", [0.2, 0.7])
def test_inverted_scaling_keeps_the_expected_value_as_scaling_in_evaluation_does(p):
    x, layer = np.array([1.0, -2.0, 4.0]), unit("Dropout", p)
    expected, plain = np.zeros(3), np.zeros(3)
    for keep in itertools.product([False, True], repeat=3):
        chance = np.prod(np.where(keep, 1 - p, p))
        layer.rng = Given(np.array(keep))
        expected += chance * layer.forward(x)
        plain += chance * x * keep
    assert_allclose(expected, x, rtol=1e-12)
    assert_allclose(plain, (1 - p) * x, rtol=1e-12)  # what the paper multiplies by 1 − p for


@pytest.mark.parametrize("p", [0.2, 0.7])
def test_alpha_dropout_keeps_mean_0_and_variance_1(p):
    x = np.random.default_rng(1).normal(size=(1000, 1000))
    for forward in both("AlphaDropout", p):
        y = forward(x)
        assert_allclose([y.mean(), y.var()], [0, 1], atol=0.01, rtol=0)
    dropout = unit("Dropout", p).forward(x)
    assert_allclose(dropout.var(), 1 / (1 - p), rtol=0.01)  # which Dropout does not


def test_alpha_dropout_drops_to_the_lowest_value_of_selu():
    layer = unit("AlphaDropout", 0.3)
    layer.rng = Given(np.array([True, False]))
    y = layer.forward(np.array([layer.lowest, 5.0]))
    assert_allclose(y[0], y[1], rtol=1e-15)
    assert_allclose(layer.lowest, torch.nn.functional.selu(torch.tensor(-1e3, dtype=torch.float64)), rtol=1e-15)


def test_a_whole_channel_is_dropped_or_none_of_it():
    for forward in both("FeatureDropout", 0.5):
        y = forward(np.ones((20, 30, 4, 5)))
        assert_allclose(y, np.broadcast_to(y[:, :, :1, :1], y.shape), rtol=0)
        share = (y[:, :, 0, 0] == 0).mean()
        assert 0.4 < share < 0.6
        for axis in (0, 1):  # neither an example nor a channel goes as a whole
            assert (y[:, :, 0, 0] == 0).mean(axis=axis).std() < 0.25


@every_name
def test_backward_uses_the_mask_of_forward(name):
    layer, x = unit(name, 0.5), np.random.default_rng(0).normal(size=(6, 7))
    y = layer.forward(x)
    slope = layer.backward(np.ones_like(x))
    if name == "AlphaDropout":
        assert_allclose(len(np.unique(y[slope == 0])), 1)
    else:
        assert_allclose(slope * x, y, rtol=1e-15)
    assert_allclose(layer.backward(np.full_like(x, 3.0)), 3 * slope, rtol=1e-15)


def test_noise_is_drawn_where_the_generator_lives_and_moved_to_x(monkeypatch):
    drawn_on, rand = [], torch.rand
    monkeypatch.setattr(
        torch, "rand", lambda *a, device, **k: drawn_on.append(str(device)) or rand(*a, device=device, **k)
    )
    for generator in (torch.Generator(), None):
        moved = layers_torch.dropout.uniform((2, 3), generator, torch.device("meta"))
        assert (moved.shape, moved.device.type) == ((2, 3), "meta")
    assert drawn_on == ["cpu", "meta"]


def test_evaluation_draws_nothing():
    layer = unit("Dropout", 0.5)
    layer.training = False
    layer.forward(np.ones(5))
    assert_allclose(layer.rng.random(3), np.random.default_rng(0).random(3), rtol=0)


# Monte Carlo


def monte_carlo(package, rng, passes, p=0.5):
    dropout = package.Dropout(p, rng)
    return package.MonteCarloDropout(package.Sequential(dropout, package.BatchNorm(2)), passes)


def both_monte_carlo(passes, p=0.5):
    unit = monte_carlo(layers, np.random.default_rng(0), passes, p)
    twin = monte_carlo(layers_torch, torch.Generator().manual_seed(0), passes, p).double()
    unit.training = False
    twin.eval()
    return unit, twin


def test_mean_and_spread_are_those_of_the_dropout():
    x, passes = np.array([[1.0, -3.0]]), 40000
    unit, twin = both_monte_carlo(passes, p=0.2)
    std = np.sqrt(1 + 1e-5)  # of BatchNorm, which has not seen a batch
    for mean, spread in (
        (unit.forward(x), unit.spread),
        (twin(torch.tensor(x)).detach().numpy(), twin.spread.numpy()),
    ):
        assert_allclose(mean * std, x, rtol=0.02)
        assert_allclose(spread * std, abs(x) * np.sqrt(0.2 / 0.8), rtol=0.02)


def test_the_passes_are_those_of_the_layer_with_dropout_on_and_all_else_off():
    x, passes = np.random.default_rng(4).normal(size=(3, 2)), 5
    unit, _ = both_monte_carlo(passes)
    mean = unit.forward(x)
    by_hand, _ = both_monte_carlo(passes)
    by_hand.layer.layers[0].training = True
    each = [by_hand.layer.forward(x) for _ in range(passes)]  # the same draws, in the same order
    assert_allclose(mean, np.mean(each, axis=0), rtol=1e-12)
    assert_allclose(unit.spread, np.std(each, axis=0), rtol=1e-12)


def test_afterwards_dropout_obeys_training_again_and_running_averages_stay():
    for layer, x in zip(both_monte_carlo(5), (np.ones((3, 2)), torch.ones(3, 2).double())):
        (layer.forward if isinstance(x, np.ndarray) else layer)(x)
        assert [inner.training for inner in layer.layer.layers] == [False, False]
    unit, _ = both_monte_carlo(5)
    unit.forward(np.ones((3, 2)))
    assert_allclose(unit.buffers["layer.1.running_mean"], [0, 0], rtol=0)


def test_while_training_it_is_one_pass_of_the_layer():
    x = np.random.default_rng(4).normal(size=(6, 2))
    for trained in (monte_carlo(layers, np.random.default_rng(0), 9), monte_carlo(layers_torch, None, 9).double()):
        if isinstance(trained, torch.nn.Module):
            y, spread = trained(torch.tensor(x)).detach(), trained.spread
        else:
            y, spread = trained.forward(x), trained.spread
            alone = monte_carlo(layers, np.random.default_rng(0), 9).layer
            assert_allclose(y, alone.forward(x), rtol=0)
        assert_allclose(spread, np.zeros((6, 2)), rtol=0)
        assert_allclose(y.mean(axis=0), [0, 0], atol=1e-12)  # BatchNorm trains, too


def test_more_passes_bring_the_mean_nearer_to_the_layer_without_noise():
    x, errors = np.random.default_rng(4).normal(size=(200, 2)), []
    for passes in (4, 400):
        unit, _ = both_monte_carlo(passes)
        mean = unit.forward(x)
        errors.append(np.sqrt(((mean - unit.layer.forward(x)) ** 2).mean()))
    assert_allclose(errors[0] / errors[1], 10, rtol=0.2)  # √(400/4)


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_dropout_is_found_however_deep(name):
    for package, rng in ((layers, np.random.default_rng(0)), (layers_torch, torch.Generator().manual_seed(0))):
        deep = package.Residual(package.Sequential(package.Residual(getattr(package, name)(0.5, rng))))
        unit = package.MonteCarloDropout(deep, 20)
        unit.training = False
        if package is layers:
            unit.forward(np.ones((3, 2)))
        else:
            unit.eval()(torch.ones(3, 2))
        assert (np.asarray(unit.spread) > 0.1).all()


def test_ids_go_through_to_an_embedding_which_has_no_gradient_for_them():
    rng = np.random.default_rng(0)
    net = layers.Sequential(layers.Embedding(4, 3, rng), layers.Dropout(0.5, rng))
    unit = layers.MonteCarloDropout(net, 10)
    unit.training = False
    assert unit.forward(np.array([[0, 3]])).shape == (1, 2, 3)
    assert unit.backward(np.ones((1, 2, 3))) is None
    assert (unit.grads["layer.0.weight"][[1, 2]] == 0).all()
    assert abs(unit.grads["layer.0.weight"][[0, 3]]).min() > 0


rng = np.random.default_rng(0)
WRONG = {
    "too few axes": (
        lambda: unit("FeatureDropout", 0.5).forward(np.ones(3)),
        r"x has shape \(3,\); expected \(N, C, …\), examples and channels: try reshape",
    ),
    "too few axes of the twin": (lambda: twin("FeatureDropout", 0.5)(torch.ones(3)), r"x has shape \(3,\); expected"),
    "no dropout": (
        lambda: layers.MonteCarloDropout(layers.Dense(2, 2, rng)),
        "the layer has no dropout and would answer the same each time; expected Dropout inside",
    ),
    "no dropout in the twin": (
        lambda: layers_torch.MonteCarloDropout(layers_torch.Dense(2, 2, None)),
        "the layer has no dropout and would answer the same each time; expected Dropout inside",
    ),
    "no passes": (
        lambda: layers.MonteCarloDropout(unit("Dropout", 0.5), 0),
        "passes is 0; expected a whole number, 1 or more",
    ),
    "no passes of the twin": (lambda: layers_torch.MonteCarloDropout(twin("Dropout", 0.5), 0), "passes is 0; "),
    "Monte Carlo backward first": (
        lambda: layers.MonteCarloDropout(unit("Dropout", 0.5)).backward(np.ones(2)),
        "backward came before forward; expected forward first",
    ),
} | {
    f"{name} {make.__name__} p = {p}": (
        lambda name=name, make=make, p=p: make(name, p),
        rf"p is {p}; expected 0 ≤ p < 1",
    )
    for name in NAMES
    for make in (unit, twin)
    for p in (1, -0.1, 1.5)
} | {
    f"{name} backward first": (lambda name=name: unit(name, 0.5).backward(1.0), "backward came before forward")
    for name in NAMES
}  # fmt: skip


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


@every_name
def test_a_wrong_generator_is_refused(name):
    with pytest.raises(TypeError, match=r"^rng is 1; expected a generator: try np\.random\.default_rng\(0\)"):
        getattr(layers, name)(0.5, 1)
    with pytest.raises(TypeError, match=r"^rng is 1; expected a torch\.Generator or None: try torch\.Generator\(\)"):
        getattr(layers_torch, name)(0.5, 1)
    assert getattr(layers_torch, name)(0.5, None)(torch.ones(3, 2)).shape == (3, 2)


@every_name
def test_dy_of_another_shape_is_refused(name):
    layer = unit(name, 0.5)
    layer.forward(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"^dy has shape \(3,\); expected forward's shape \(2, 3\)"):
        layer.backward(np.ones(3))
