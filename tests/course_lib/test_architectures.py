"""Every architecture is built of the course's modules, learns from a seed, and reaches a stated bar."""

import ast
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import linear_sum_assignment

from course_lib import architectures, architectures_torch, losses, losses_torch, optimizers, optimizers_torch
from course_lib.architectures import data, words
from course_lib.architectures_torch import adversarial, policy, q_learning, supervised, transformer, turing
from tests.course_lib import contract

PROMISED = {  # the course's table: what it names, and the functions that train it
    "MLP": ("train_mlp",),
    "CNN": ("train_cnn",),
    "RNN/LSTM/GRU sequence model": ("train_sequence",),
    "vanilla autoencoder": ("train_autoencoder",),
    "denoising autoencoder": ("train_denoising_autoencoder",),
    "variational autoencoder": ("train_variational",),
    "Hopfield net": ("train_hopfield",),
    "restricted Boltzmann machine": ("train_boltzmann",),
    "deconvolutional net": ("train_deconvolution",),
    "GAN": ("train_gan", "train_wasserstein_gan"),
    "deep residual net": ("train_residual",),
    "neural Turing machine": ("train_turing",),
    "transformer": ("train_transformer",),
    "Word2Vec": ("train_word2vec",),
    "GloVe": ("train_glove",),
    "transfer learning": ("train_transfer",),
    "deep Q-learning": ("train_q_learning",),
    "policy gradient": ("train_policy",),
}

SHORT = {  # the same training, cut down to a moment
    "train_mlp": {"epochs": 1, "sizes": (64, 8, 10)},
    "train_autoencoder": {"epochs": 1},
    "train_denoising_autoencoder": {"epochs": 1},
    "train_hopfield": {},
    "train_boltzmann": {"epochs": 1},
    "train_word2vec": {"epochs": 1},
    "train_glove": {"steps": 20},
    "train_cnn": {"epochs": 1},
    "train_sequence": {"epochs": 1, "hidden": 8},
    "train_variational": {"epochs": 1},
    "train_deconvolution": {"epochs": 1, "channels": 4},
    "train_gan": {"steps": 10},
    "train_wasserstein_gan": {"steps": 3},
    "train_residual": {"epochs": 1, "blocks": 1, "channels": 4},
    "train_turing": {"steps": 5},
    "train_transformer": {"epochs": 1, "context": 8, "features": 8, "blocks": 1, "texts": (60, 20)},
    "train_transfer": {"source_epochs": 1, "epochs": 3},
    "train_q_learning": {"steps": 100},
    "train_policy": {"episodes": 2, "steps": 20},
}


def trainer(name):
    return getattr(architectures if hasattr(architectures, name) else architectures_torch, name)


def parameters(model):
    """The arrays of a model of either kind."""
    if isinstance(model, torch.nn.Module):
        return {name: p.detach().numpy() for name, p in model.named_parameters()}
    return dict(model.params) if hasattr(model, "params") else {"weight": model.weight}


def rng(seed=0):
    return np.random.default_rng(seed)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_every_architecture_of_the_table_has_its_training():
    exported = {name for file in (architectures, architectures_torch) for name in file.__all__}
    assert set(itertools.chain(*PROMISED.values())) == {name for name in exported if name.startswith("train_")}
    assert set(SHORT) == {name for name in exported if name.startswith("train_")}


def test_no_layer_loss_or_optimizer_is_torchs_own():
    for file in Path(architectures_torch.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            used = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            assert not used.startswith("nn.") or used == "nn.Module", (file.name, used)
            assert not used.startswith(("torch.nn.", "torch.optim")), (file.name, used)
            assert used not in ("torch.sigmoid", "torch.relu", "torch.softmax", "torch.log_softmax"), (file.name, used)
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith(("torch.nn", "torch.optim")), (file.name, node.module)


def test_the_numpy_networks_do_not_import_torch():
    for file in Path(architectures.__file__).parent.glob("*.py"):
        assert "torch" not in {alias.name for node in ast.walk(ast.parse(file.read_text()))
                               for alias in getattr(node, "names", []) if hasattr(alias, "name")}  # fmt: skip


@pytest.mark.parametrize("name", SHORT)
def test_the_same_seed_gives_the_same_network_and_another_seed_another_one(name):
    first, again, other = (parameters(trainer(name)(seed, **SHORT[name])[0]) for seed in (0, 0, 1))
    assert first.keys() == again.keys()
    for key in first:
        assert_array_equal(first[key], again[key], err_msg=key)
    assert any(not np.array_equal(first[key], other[key]) for key in first)


NETWORKS = {  # each with the shape of an input and of its answer
    "CNN": (lambda: architectures_torch.CNN(10, generator()), (5, 1, 8, 8), (5, 10)),
    "RNN": (lambda: architectures_torch.SequenceClassifier("RNN", 8, 6, 10, generator()), (5, 8, 8), (5, 10)),
    "LSTM": (lambda: architectures_torch.SequenceClassifier("LSTM", 8, 6, 10, generator()), (5, 8, 8), (5, 10)),
    "GRU": (lambda: architectures_torch.SequenceClassifier("GRU", 8, 6, 10, generator()), (5, 8, 8), (5, 10)),
    "ResidualNet": (lambda: architectures_torch.ResidualNet(3, 4, 10, generator()), (5, 1, 8, 8), (5, 10)),
    "plain net": (lambda: architectures_torch.ResidualNet(3, 4, 10, generator(), skip=False), (5, 1, 8, 8), (5, 10)),
    "DeconvolutionalNet": (lambda: architectures_torch.DeconvolutionalNet(4, generator()), (5, 1, 4, 3), (5, 1, 8, 6)),
    "Generator": (lambda: architectures_torch.Generator(4, 16, 2, generator()), (5, 4), (5, 2)),
    "Discriminator": (lambda: architectures_torch.Discriminator(2, 16, generator()), (5, 2), (5, 1)),
    "NeuralTuringMachine": (lambda: architectures_torch.NeuralTuringMachine(5, 4, generator()), (5, 7, 5), (5, 7, 4)),
    "TransferNet": (lambda: architectures_torch.TransferNet(10, generator()), (5, 1, 8, 8), (5, 10)),
    "Policy": (lambda: architectures_torch.Policy(4, 8, 2, generator()), (5, 4), (5, 2)),
}


@pytest.mark.parametrize("device", contract.DEVICES)
@pytest.mark.parametrize("name", NETWORKS)
def test_shapes_are_right_gradients_reach_every_parameter_and_one_step_lowers_the_loss(name, device):
    make, given, answered = NETWORKS[name]
    model = make().to(device)
    x = torch.randn(given, generator=generator(1)).to(device)
    target = torch.rand(answered, generator=generator(2)).to(device)
    loss, optimizer = losses_torch.MeanSquaredError(), optimizers_torch.SGD(model.parameters(), lr=1e-3)
    before = loss(model(x), target)
    assert model(x).shape == answered
    before.backward()
    for key, p in model.named_parameters():
        assert p.grad is not None, key
        assert torch.isfinite(p.grad).all(), key
        assert p.grad.abs().max() > 0 or normalized(name, key), key
    optimizer.step()
    assert loss(model(x), target) < before


def normalized(name, key):
    """A bias before a BatchNorm has no effect, which is right."""
    return name in ("ResidualNet", "plain net") and key.endswith("bias")


def test_an_mlp_answers_as_its_matrices_say_and_one_step_lowers_its_loss():
    model, x, labels = architectures.MLP((4, 6, 5, 3), rng()), rng(1).normal(size=(7, 4)), rng(2).integers(0, 3, 7)
    h = x
    for i in (0, 2, 4):
        h = np.maximum(h, 0) if i else h
        h = h @ model.params[f"{i}.weight"].T + model.params[f"{i}.bias"]
    assert_allclose(model.forward(x), h, rtol=1e-12)
    loss, optimizer = losses.CrossEntropy(), optimizers.SGD(0.1)
    before = loss.forward(model.forward(x), labels)
    model.backward(loss.backward())
    optimizer.step(model.params, model.grads)
    assert loss.forward(model.forward(x), labels) < before
    with pytest.raises(ValueError, match=r"expected two or more, from inputs to outputs: try \[64, 32, 10\]"):
        architectures.MLP([4], rng())


@pytest.mark.slow
def test_an_mlp_reads_more_than_95_percent_of_new_digits():
    _, history = architectures.train_mlp()
    assert history["validation_accuracy"][-1] > 0.95


@pytest.mark.slow
def test_a_cnn_reads_more_than_95_percent_of_new_digits():
    _, history = architectures_torch.train_cnn()
    assert history["validation_accuracy"][-1] > 0.95


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["RNN", "LSTM", "GRU"])
def test_a_sequence_model_reads_more_than_90_percent_of_new_digits_row_by_row(cell):
    _, history = architectures_torch.train_sequence(cell=cell)
    assert history["validation_accuracy"][-1] > 0.9


def test_an_unknown_cell_is_refused():
    with pytest.raises(ValueError, match="cell is 'lstm'; expected one of"):
        architectures_torch.SequenceClassifier("lstm", 8, 6, 10, generator())


# Autoencoders


def test_an_autoencoders_code_is_narrow_and_its_answer_lies_between_0_and_1():
    model, x = architectures.Autoencoder(64, 16, 3, rng()), rng(1).random((5, 64))
    answer = model.forward(x)
    assert model.encoder.forward(x).shape == (5, 3)
    assert answer.shape == x.shape
    assert 0 < answer.min() <= answer.max() < 1
    assert_allclose(model.decoder.forward(model.encoder.forward(x)), answer, rtol=1e-12)


@pytest.mark.slow
def test_an_autoencoder_says_digits_again_better_than_as_many_principal_components():
    _, history = architectures.train_autoencoder(code=8)
    (x, _), (test_x, _) = data.digits(rng(0))
    axes = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2][:8]
    linear = (test_x - x.mean(axis=0)) @ axes.T @ axes + x.mean(axis=0)
    assert history["error"][-1] < 0.7 * ((linear - test_x) ** 2).mean()
    assert history["error"][-1] < 0.016


@pytest.mark.slow
def test_a_denoising_autoencoder_takes_away_three_quarters_of_the_noise():
    _, history = architectures.train_denoising_autoencoder(noise=0.3)
    assert history["error"][-1] < 0.3**2 / 4


def test_the_elbo_is_at_most_the_log_likelihood_of_a_tiny_decoder():
    model = architectures_torch.VariationalAutoencoder(3, 4, 1, generator()).double()
    x = torch.tensor([[1.0, 0.0, 1.0]]).double()
    z = torch.linspace(-8, 8, 4001).double()[:, None]
    logits = model.decoder(z)
    log_joint = (x * logits - torch.logaddexp(logits, torch.zeros_like(logits))).sum(1) - z[:, 0] ** 2 / 2
    likelihood = (log_joint.exp() / math.sqrt(2 * math.pi)).sum() * (z[1] - z[0])
    with torch.no_grad():
        elbo = np.mean([model.elbo(x).item() for _ in range(300)])
    assert elbo < likelihood.log().item()


def test_the_elbo_is_what_torchs_distributions_say():
    model, x = (
        architectures_torch.VariationalAutoencoder(6, 4, 2, generator()),
        torch.rand(5, 6, generator=generator(1)),
    )
    state = model.rng.get_state()
    elbo = model.elbo(x)
    model.rng.set_state(state)
    logits, mean, log_var = model(x)
    q, prior = torch.distributions.Normal(mean, (log_var / 2).exp()), torch.distributions.Normal(0, 1)
    likelihood = -torch.nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
    expected = likelihood - torch.distributions.kl_divergence(q, prior).sum(1)
    assert_allclose(elbo.item(), expected.mean().item(), rtol=1e-5)
    assert model.sample(3).shape == (3, 6)


def test_a_code_spreads_as_its_log_variance_says():
    model = architectures_torch.VariationalAutoencoder(3, 4, 2, generator())
    model.decoder = torch.nn.Identity()
    with torch.no_grad():
        z, mean, log_var = model(torch.rand(1, 3, generator=generator(1)).expand(20000, 3))
    assert_allclose(z.mean(dim=0), mean[0], atol=0.05)
    assert_allclose(z.var(dim=0).log(), log_var[0], atol=0.05)
    assert log_var[0].abs().max() > 0.3


@pytest.mark.slow
def test_a_variational_autoencoders_elbo_rises_and_its_samples_are_gray():
    model, history = architectures_torch.train_variational()
    elbo = np.array(history["elbo"])
    assert elbo[-1] > elbo[0] + 30
    assert elbo[-5:].mean() > elbo[1:6].mean()
    assert elbo[-1] > -25.5  # pixels that do not know of each other: -28.6
    sample = model.sample(100).numpy()
    assert 0 <= sample.min() <= sample.max() <= 1


# Energies


def test_a_hopfield_nets_stored_patterns_are_at_rest_and_its_energy_never_rises():
    net, stored = architectures.Hopfield(60), data.patterns(rng(), 3, 60)
    net.store(stored)
    assert_allclose(net.weight, net.weight.T, rtol=0)
    assert_allclose(np.diag(net.weight), 0, rtol=0)
    assert_array_equal(net.recall(stored, rng())[0], stored)
    energy = net.recall(data.patterns(rng(1), 20, 60), rng())[1]
    assert (np.diff(energy, axis=0) <= 1e-12).all()
    assert (np.diff(energy, axis=0) < 0).any()
    assert_allclose(net.energy(stored[0]), -0.5 * stored[0] @ net.weight @ stored[0], rtol=1e-12)


def test_a_hopfield_net_wants_signs():
    with pytest.raises(ValueError, match=r"expected \(n, 4\), of −1 and \+1: try 2\*bits − 1"):
        architectures.Hopfield(4).store(np.array([[0, 1, 0, 1]]))


@pytest.mark.parametrize("seed", range(5))
def test_a_hopfield_net_recalls_corrupted_patterns(seed):
    _, history = architectures.train_hopfield(seed)
    assert history["before"].mean() < 0.85
    assert history["recalled"].mean() > 0.95
    assert (history["recalled"] > 0.9).mean() > 0.8


def all_states(n):
    return np.array(list(itertools.product([0.0, 1.0], repeat=n)))


def small_machine():
    machine = architectures.RestrictedBoltzmann(4, 3, rng())
    for name, p in machine.params.items():
        machine.params[name] = rng(len(name)).normal(size=p.shape)
    return machine


def energies(machine):
    """E of all visible (16) and hidden (8) states."""
    weight, visible_bias, hidden_bias = machine.params.values()
    v, h = all_states(4), all_states(3)
    return -v @ weight.T @ h.T - (v @ visible_bias)[:, None] - h @ hidden_bias


def test_a_boltzmann_machines_free_energy_and_probabilities_are_those_of_all_its_states_counted():
    machine, v, h = small_machine(), all_states(4), all_states(3)
    weights = np.exp(-energies(machine))
    assert_allclose(machine.free_energy(v), -np.log(weights.sum(axis=1)), rtol=1e-10)
    assert_allclose(machine.hidden_probs(v), weights @ h / weights.sum(axis=1, keepdims=True), rtol=1e-10)
    assert_allclose(machine.visible_probs(h), weights.T @ v / weights.sum(axis=0)[:, None], rtol=1e-10)


def test_contrastive_divergence_with_many_steps_is_the_gradient_of_the_log_likelihood():
    machine = small_machine()
    seen = all_states(4)[rng().integers(0, 16, 20000) // 3]

    def cost(weight):
        before, machine.params["weight"] = machine.params["weight"], weight
        weights = np.exp(-energies(machine))
        machine.params["weight"] = before
        places = (seen @ [8, 4, 2, 1]).astype(int)
        return -np.log(weights.sum(axis=1) / weights.sum())[places].mean()

    machine.contrastive_divergence(seen, steps=30)
    assert_allclose(machine.grads["weight"], contract.differences(cost, machine.params["weight"]), atol=0.02)


@pytest.mark.slow
def test_a_boltzmann_machine_dreams_new_digits_again_from_their_hidden_side():
    model, history = architectures.train_boltzmann()
    assert history["error"][0] > 0.1
    assert history["error"][-1] < 0.055
    assert abs(history["gap"][-1]) < 3
    (_, _), (x, _) = data.digits(rng(0))
    noise = (rng(1).random(x.shape) < x.mean()).astype(float)
    assert model.free_energy((x > 0.5).astype(float)).mean() < model.free_energy(noise).mean() - 10


# Images from images, and points from noise


@pytest.mark.slow
def test_a_deconvolutional_net_guesses_large_digits_better_than_repeated_and_smooth_ones():
    model, history = architectures_torch.train_deconvolution()
    assert history["validation_loss"][-1] < 0.5 * history["repeated"]
    (_, _), (x, _) = supervised.digit_images(0, 1, 8, 8)
    small = torch.nn.functional.avg_pool2d(x, 2)
    smooth = torch.nn.functional.interpolate(small, scale_factor=2, mode="bicubic", align_corners=False)
    with torch.no_grad():
        assert ((model(small) - x) ** 2).mean() < 0.6 * ((smooth - x) ** 2).mean()


def test_the_sliced_distance_is_that_of_matched_shadows():
    a, b = (torch.tensor(rng(seed).normal(size=(9, 2)), dtype=torch.float32) for seed in (0, 1))
    expected = []
    for angle in np.arange(64) * np.pi / 64:
        shadow = np.array([np.cos(angle), np.sin(angle)])
        cost = abs((a.numpy() @ shadow)[:, None] - b.numpy() @ shadow)
        expected.append(cost[linear_sum_assignment(cost)].mean())
    assert_allclose(adversarial.sliced_distance(a, b), np.mean(expected), rtol=1e-5)
    assert_allclose(adversarial.sliced_distance(a, a.flip(0)), 0, atol=1e-12)


def test_the_penalty_is_0_for_a_critic_of_slope_1_and_4_for_one_of_slope_3():
    real, fake = torch.randn(6, 2, generator=generator()), torch.randn(6, 2, generator=generator(1))
    for slope, expected in ((1.0, 0.0), (3.0, 4.0)):
        critic = lambda x, slope=slope: slope * (0.6 * x[:, :1] + 0.8 * x[:, 1:])  # noqa: E731
        assert_allclose(adversarial.slope_penalty(critic, real, fake, generator()).item(), expected, atol=1e-5)


@pytest.mark.slow
def test_a_gans_points_come_near_the_ring():
    generator_, history = architectures_torch.train_gan()
    assert history["distance"][0] > 0.5
    assert history["distance"][-1] < 0.25
    assert near_the_ring(generator_) > 0.6


@pytest.mark.slow
def test_a_wasserstein_gans_estimate_falls_and_so_does_the_distance():
    _, history = architectures_torch.train_wasserstein_gan()
    estimate = np.array(history["estimate"])
    assert estimate[-50:].mean() < 0.6 * estimate[50:150].mean()
    assert history["distance"][-1] < 0.5 * history["distance"][0]


def near_the_ring(generator_):
    """The share of points less than 0.5 from the circle; of the data it is all."""
    with torch.no_grad():
        return ((generator_.sample(2000).norm(dim=1) - 2).abs() < 0.5).double().mean().item()


# Depth, memory, attention


def test_a_residual_net_has_the_parameters_of_the_plain_one_and_starts_where_f_is_0_as_the_identity():
    deep, plain = (architectures_torch.ResidualNet(2, 4, 10, generator(), skip) for skip in (True, False))
    assert [p.shape for p in deep.parameters()] == [p.shape for p in plain.parameters()]
    x = torch.rand(5, 1, 8, 8, generator=generator(1))
    with torch.no_grad():
        for name, p in deep.named_parameters():
            if "layer.4." in name:
                p.zero_()
        blocks = [layer for layer in deep.layers if isinstance(layer, architectures_torch.residual.Residual)]
        assert len(blocks) == 2
        start = torch.relu(torch.randn(5, 4, 4, 4, generator=generator(2)))
        for block in blocks:
            assert_allclose(block(start).numpy(), start.numpy(), rtol=0)
        assert deep(x).shape == (5, 10)


@pytest.mark.slow
def test_a_deep_residual_net_reads_more_than_95_percent_of_new_digits_and_a_plain_one_learns_slower():
    _, history = architectures_torch.train_residual()
    _, plain = architectures_torch.train_residual(skip=False, epochs=1)
    assert history["validation_accuracy"][-1] > 0.95
    assert np.mean(history["step_loss"][20:40]) < np.mean(plain["step_loss"][20:40])


def test_the_copy_task_shows_bits_then_the_mark_then_nothing():
    x, target = data.copy_task(rng(), 3, 4, bits=2)
    assert x.shape == (3, 9, 3)
    assert_array_equal(x[:, :4, :2], target)
    assert_array_equal(x[:, 4], [[0, 0, 1]] * 3)
    assert not x[:, 5:].any()
    assert not x[:, :4, 2].any()


def test_a_turing_machines_heads_are_shares_of_rows_and_start_at_the_first():
    machine = architectures_torch.NeuralTuringMachine(5, 4, generator())
    x, _ = turing.copies(rng(), 3, 4)
    machine(x)
    assert len(machine.path) == 9
    for writes, reads in machine.path:
        for share in (writes, reads):
            assert (share >= 0).all()
            assert_allclose(share.sum(dim=1).numpy(), 1, rtol=1e-5)


def test_a_turing_machines_head_can_stay_go_on_and_look_for_a_row():
    machine = architectures_torch.NeuralTuringMachine(5, 4, generator(), rows=5, width=3)
    memory = torch.eye(5, 3)[None] + 1e-3
    at_row_1 = torch.eye(5)[None, 1]
    stay, on, back, find = (
        [0, 0, 0, 0, -30, *shift, 0.0] for shift in ([0, 30, 0], [0, 0, 30], [30, 0, 0], [0, 30, 0])
    )
    find[:5] = [0, 0, 30, 30, 30]  # the key of row 2, strongly, and only that
    for head, row in ((stay, 1), (on, 2), (back, 0), (find, 2)):
        at = machine.address(torch.tensor([head], dtype=torch.float32), memory, at_row_1)
        assert_allclose(at.numpy()[0], np.eye(5)[row], atol=1e-4)


@pytest.mark.slow
def test_a_turing_machine_copies_99_percent_of_the_bits_also_beyond_the_lengths_it_knows():
    model, _ = architectures_torch.train_turing(longest=6)
    assert turing.bits_right(model, 6) > 0.99
    assert turing.bits_right(model, 10) > 0.99


def small_transformer(**options):
    chosen = {"context": 6, "features": 8, "heads": 2, "blocks": 2, **options}
    return architectures_torch.CharacterTransformer("abc", rng=generator(), **chosen)


def test_a_transformer_sees_nothing_of_what_comes_later():
    model = small_transformer()
    ids = model.encode("abcabc")[None]
    changed = ids.clone()
    changed[0, 4] = 0
    first, other = model(ids).detach().numpy(), model(changed).detach().numpy()
    assert first.shape == (1, 6, 3)
    assert_allclose(first[:, :4], other[:, :4], rtol=1e-6)
    assert abs(first[:, 4:] - other[:, 4:]).max() > 1e-3


def test_a_transformer_knows_the_order_of_what_came_before():
    model = small_transformer(blocks=1)  # two would know it from the mask alone
    first, other = (model(model.encode(text)[None])[0, -1].detach().numpy() for text in ("abcc", "bacc"))
    assert abs(first - other).max() > 1e-4


def test_a_transformers_gradients_reach_every_parameter_and_one_step_lowers_its_loss():
    model = small_transformer()
    ids, loss = model.encode("abcacb")[None], losses_torch.CrossEntropy()
    optimizer = optimizers_torch.SGD(model.parameters(), 0.01)
    before = loss(model(ids)[0, :-1], ids[0, 1:])
    before.backward()
    for name, p in model.named_parameters():
        assert p.grad.abs().max() > 0, name
    optimizer.step()
    assert loss(model(ids)[0, :-1], ids[0, 1:]) < before
    assert len(model.write("ab", 9)) == 11


def test_an_ngram_is_the_counted_share_smoothed_by_the_shorter_one():
    text = "abab"
    one = {"a": (2 + 0.5 / 2) / 4.5, "b": (2 + 0.5 / 2) / 4.5}
    two = (2 + 0.5 * one["b"]) / 2.5  # "ab" twice, "a" before something twice
    assert_allclose(transformer.ngram_cross_entropy(text, "ab", 2), -np.log(two), rtol=1e-12)


@pytest.mark.slow
def test_a_transformer_beats_the_ngrams():
    _, history = architectures_torch.train_transformer()
    assert history["test"][-1] < min(history["ngrams"])


# Words


def test_skip_grams_are_all_pairs_near_each_other_and_cooccurrence_counts_them_by_distance():
    texts = [np.array([0, 1, 2, 3])]
    center, context, distance = words.skip_grams(texts, window=2)
    pairs = set(zip(center.tolist(), context.tolist(), distance.tolist()))
    assert pairs == {(i, j, abs(i - j)) for i in range(4) for j in range(4) if 0 < abs(i - j) <= 2}
    counts = words.cooccurrence(texts, 4, window=2)
    assert_allclose(counts, [[0, 1, 0.5, 0], [1, 0, 1, 0.5], [0.5, 1, 0, 1], [0, 0.5, 1, 0]], rtol=0)


def test_word2vecs_gradient_is_the_derivative_of_its_loss():
    model = architectures.Word2Vec(5, 3, rng())
    ids = np.array([0, 1]), np.array([1, 2]), np.array([[3, 3], [1, 4]])
    model.forward(*ids)
    model.backward()
    assert_is_derivative(model, lambda: model.forward(*ids))


def test_gloves_gradient_is_the_derivative_of_its_loss():
    model = architectures.GloVe(4, 3, rng(), largest=3.0)
    counts = rng(1).poisson(2.0, size=(4, 4)).astype(float)
    counts[0, 1] = 0
    model.forward(counts)
    model.backward()
    assert_is_derivative(model, lambda: model.forward(counts))
    expected = sum(
        min(1, counts[i, j] / 3) ** 0.75
        * (
            model.params["word"][i] @ model.params["context"][j]
            + model.params["word_bias"][i]
            + model.params["context_bias"][j]
            - np.log(counts[i, j])
        )
        ** 2
        for i, j in zip(*np.nonzero(counts))
    )
    assert_allclose(model.forward(counts), expected, rtol=1e-10)


def assert_is_derivative(model, cost):
    for name, p in model.params.items():
        gradient = model.grads[name].copy()

        def at(moved, p=p):
            before, p[...] = p.copy(), moved
            value = float(cost())
            p[...] = before
            return value

        contract.assert_same(gradient, contract.differences(at, p.copy()), "differences", name)


def likeness(vectors, vocabulary):
    """Mean cosine of words of one family, of different ones, and the share whose nearest word is of the family."""
    family = {word: name for name, group in data.FAMILIES.items() for word in group}
    family |= dict.fromkeys((*data.FAMILIES["women"], *data.FAMILIES["men"]), "people")
    known = [i for i, word in enumerate(vocabulary) if word in family]
    v = vectors[known] / np.linalg.norm(vectors[known], axis=1, keepdims=True)
    cos = v @ v.T
    same = np.array([[family[vocabulary[i]] == family[vocabulary[j]] for j in known] for i in known])
    others = ~np.eye(len(known), dtype=bool)
    nearest = np.where(others, cos, -2).argmax(axis=1)
    return cos[same & others].mean(), cos[~same].mean(), same[np.arange(len(known)), nearest].mean()


@pytest.mark.slow
@pytest.mark.parametrize("train, gap, share", [("train_word2vec", 0.5, 0.95), ("train_glove", 0.15, 0.8)])
def test_words_of_one_family_are_nearer_than_others(train, gap, share):
    model, history = trainer(train)()
    within, across, nearest = likeness(model.vectors, history["words"])
    assert within > across + gap
    assert nearest > share
    assert np.mean(history["loss"][-20:]) < 0.6 * history["loss"][0]


# Transfer, and worlds


def test_frozen_features_stay_and_a_new_head_learns():
    source = architectures_torch.TransferNet(10, generator())
    model = source.with_new_head(2, generator(1))
    model.freeze()
    x, labels = torch.rand(6, 1, 8, 8, generator=generator(2)), torch.tensor([0, 1] * 3)
    head = model.head.weight.detach().clone()
    supervised.train_classifier(model, (x, labels), (x, labels), generator(), 2, 0.01)
    for name, p in model.features.named_parameters():
        assert_array_equal(p.detach(), source.features.get_parameter(name).detach())
    assert not torch.equal(model.head.weight, head)
    model.freeze(False)
    supervised.train_classifier(model, (x, labels), (x, labels), generator(), 2, 0.01)
    assert any(not torch.equal(p, q) for p, q in zip(model.features.parameters(), source.features.parameters()))


@pytest.mark.slow
def test_what_was_learned_before_helps_where_labels_are_few():
    _, history = architectures_torch.train_transfer()
    assert history["tuned"][-1] > history["scratch"][-1] + 0.05
    assert history["frozen"][-1] > history["scratch"][-1]


def test_a_grid_worlds_values_are_those_of_the_shortest_way():
    world = data.GridWorld()
    top_right, beside_goal = 4, 19
    assert_allclose(world.values()[beside_goal], 1 - 0.04, rtol=1e-12)
    assert_allclose(world.values()[top_right], 1 - 4 * 0.04, rtol=1e-12)
    assert_allclose(world.values()[0], 1 - 8 * 0.04, rtol=1e-12)
    assert_allclose(world.values(gamma=0.5)[top_right], 0.125 - 0.04 * 1.875, rtol=1e-12)


def test_walkers_stop_at_walls_and_start_anew_after_the_goal_the_pit_and_40_steps():
    world = data.GridWorld(4, rng())
    up, right, down, left = range(4)
    world.cell = np.array([0, 6, 19, 9])
    there, reward, ends = world.step(np.array([up, up, down, up]))
    assert_array_equal(there, [0, 1, 24, 4])
    assert_allclose(reward, [-0.04, -0.04, 0.96, -0.04], rtol=1e-12)
    assert_array_equal(ends, [False, False, True, False])
    assert world.cell[2] in world.starts
    world.cell = np.array([3, 10, 5, 0])
    there, reward, ends = world.step(np.array([down, right, right, left]))
    assert_array_equal(there, [8, 11, 5, 0])
    assert_allclose(reward[0], -1.04, rtol=1e-12)
    world = data.GridWorld(200, rng())
    for _ in range(39):
        world.step(np.full(200, left))
    going = world.steps == 39
    assert going.mean() > 0.8  # the others were beside the pit
    assert len(np.unique(world.cell[going])) < 10
    world.step(np.full(200, left))
    assert (world.steps[going] == 0).all()
    assert len(np.unique(world.cell[going])) > 10


def test_a_replay_forgets_the_oldest_and_draws_whole_rows():
    replay = q_learning.Replay(4, generator())
    for i in range(6):
        replay.add([i], [i + 10], [i + 0.5], [i + 20], [i % 2])
    cell, action, reward, there, ends = replay.draw(100)
    assert set(cell.tolist()) == {2, 3, 4, 5}
    assert_array_equal(action, cell + 10)
    assert_array_equal(there, cell + 20)
    assert_allclose(reward, cell + 0.5)
    assert_array_equal(ends, cell % 2)


def test_the_greedy_return_of_the_true_values_is_the_best_one():
    world = data.GridWorld()
    q = torch.tensor(world.pay + np.where(world.ends, 0, world.values()[world.next]))
    best = world.values()[world.starts].mean()
    assert_allclose(q_learning.greedy_return(lambda cells: q[cells]), best, rtol=1e-10)
    assert_allclose(q_learning.greedy_return(lambda cells: 0 * q[cells]), -1.6, atol=0.4)  # up, for ever


@pytest.mark.slow
def test_deep_q_learning_finds_the_best_way_from_everywhere():
    _, history = architectures_torch.train_q_learning()
    assert history["return"][-1] > history["best"] - 0.05


def test_a_pole_falls_as_the_equations_of_motion_say():
    pole = data.CartPole(1, rng())
    pole.x = np.array([[0.0, 0.0, 0.1, 0.0]])
    x, done = pole.step(np.array([1]))
    a = np.linalg.solve(
        [[1.1, 0.05 * np.cos(0.1)], [0.05 * np.cos(0.1), 0.1 * 0.25 * 4 / 3]], [10, 0.1 * 9.8 * 0.5 * np.sin(0.1)]
    )
    assert_allclose(x, [[0, 0.02 * a[0], 0.1, 0.02 * a[1]]], rtol=1e-9)
    assert not done[0]
    pole.x = np.array([[0.0, 0.0, np.deg2rad(11.9), 5.0]])
    assert pole.step(np.array([1]))[1][0]


def test_an_episode_is_alive_until_the_pole_has_fallen():
    model = architectures_torch.Policy(4, 8, 2, generator())
    x, action, alive = policy.play(model, data.CartPole(6, rng()), 200)
    assert x.shape == (*action.shape, 4)
    assert alive[0].all()
    assert (alive[:-1] | ~alive[1:]).all()
    assert set(action.unique().tolist()) <= {0, 1}


def test_a_pole_that_has_fallen_stays_so():
    class World:
        n, t = 2, 0

        def reset(self):
            return np.zeros((2, 4))

        def step(self, action):
            self.t += 1
            return np.zeros((2, 4)), np.array([self.t == 2, self.t == 5])

    _, _, alive = policy.play(architectures_torch.Policy(4, 8, 2, generator()), World(), 200)
    assert_array_equal(alive.int(), [[1, 1], [1, 1], [0, 1], [0, 1], [0, 1]])


@pytest.mark.slow
def test_a_policy_balances_the_pole_nearly_to_the_end():
    _, history = architectures_torch.train_policy(steps=200)
    assert history["return"][0] < 50
    assert np.mean(history["return"][-5:]) > 180
