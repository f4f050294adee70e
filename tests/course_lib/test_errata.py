"""Every erratum shows what it says; the numbers are checked by somebody else's code or by hand."""

import math
import subprocess
import sys
from pathlib import Path

import mpmath
import numpy as np
import pytest
import scipy.optimize
import scipy.special
import torch
from numpy.testing import assert_allclose
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.svm import SVC
from torch import nn

from course_lib.errata import ERRATA, Erratum

HERE = Path(__file__).resolve().parents[2]
ROWS = {  # what the course promises: document, chapter, name
    ("D1", 1, "perceptron_rule"),
    ("D1", 1, "perceptron_output"),
    ("D1", 3, "relu_derivative"),
    ("D1", 3, "linear_vanishing"),
    ("D1", 3, "tanh_exploding"),
    ("D1", 3, "elu_smooth"),
    ("D3", 3, "relu_wrong_variable"),
    ("D3", 3, "dead_relu_rate"),
    ("D0", 3, "mish_parameters"),
    ("D1", 4, "huber_robustness"),
    ("D1", 4, "absolute_error_corner"),
    ("D1", 4, "log_cosh_and_huber"),
    ("D1", 4, "log_cosh_speed"),
    ("D0", 4, "percentage_outliers"),
    ("D0", 4, "positive_counts"),
    ("D2", 4, "cosine_sign"),
    ("D1", 4, "binary_cross_entropy_sign"),
    ("D1", 4, "sum_over_instances"),
    ("D1", 4, "multi_label"),
    ("D0", 4, "kl_gradient"),
    ("D1", 4, "hinge_corner"),
    ("D1", 4, "hinge_margin"),
    ("D1", 4, "class_imbalance"),
    ("D0", 4, "focal_confidence"),
    ("D0", 5, "clip_loss"),
    ("D1", 7, "batch_norm"),
    ("D2", 7, "clipping"),
    ("D1", 8, "dropout_masks"),
    ("D2", 8, "l2_penalty"),
    ("D2", 9, "learning_rate_methods"),
    ("D1", 9, "adagrad"),
    ("D1", 9, "adam"),
    ("D1", 9, "adamw"),
    ("D1", 10, "cosine_annealing"),
    ("D1", 11, "batch_size"),
    ("D4", 13, "softmax_before_cross_entropy"),
    ("D4", 13, "unfinished_network"),
}
BY_NAME = {row.name: row for row in ERRATA}


def show(name):
    return BY_NAME[name].show()


def close(numbers, rtol=1e-9, atol=0.0, **expected):
    assert list(numbers) == list(expected), list(numbers)
    assert_allclose(list(numbers.values()), list(expected.values()), rtol=rtol, atol=atol)


def test_the_rows_are_those_that_were_promised_in_the_order_of_the_chapters():
    assert {(row.document, row.chapter, row.name) for row in ERRATA} == ROWS
    assert len(ERRATA) == len(ROWS)
    assert [row.chapter for row in ERRATA] == sorted(row.chapter for row in ERRATA)


def test_every_row_has_its_test():
    for name in BY_NAME:
        assert f'show("{name}")' in Path(__file__).read_text(), name


@pytest.mark.parametrize("row", ERRATA, ids=lambda row: row.name)
def test_a_row_says_what_is_printed_and_what_is_right_and_shows_the_same_numbers_every_time(row):
    assert isinstance(row, Erratum)
    for line in (row.printed, row.mended):
        assert line == line.strip() and line and "\n" not in line
    assert row.printed != row.mended
    assert row.show.__doc__ and row.show.__doc__.split("\n")[0].endswith((".", "β = 1.", "ε = 1e-5."))
    numbers = row.show()
    assert len(numbers) > 1
    assert all(type(value) is float for value in numbers.values()), numbers
    assert_allclose(list(row.show().values()), list(numbers.values()), rtol=0)
    if row.name != "batch_norm":
        assert np.isfinite(list(numbers.values())).all()


def test_errata_are_shown_without_torch():
    code = "import sys; from course_lib.errata import ERRATA; [e.show() for e in ERRATA]; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True, cwd=HERE
    )
    assert done.stdout.strip() == "False"


# Units


def test_the_perceptron_learns_with_plus_and_walks_away_with_minus():
    numbers = show("perceptron_rule")
    assert numbers["mended"] == 0
    assert numbers["printed"] > 20  # worse than a coin
    x = np.random.default_rng(0).normal(size=(60, 3))
    distance = x[:, :2] @ [2.0, -1.0] + 0.5
    far = np.flatnonzero(abs(distance) > 0.3)[:40]
    model = Perceptron(tol=None, max_iter=200).fit(x[far, :2], distance[far] > 0)
    assert model.score(x[far, :2], distance[far] > 0) == 1  # it can be learned


def test_a_perceptron_has_two_or_three_outputs():
    assert show("perceptron_output") == {"any value": 1001, "sign": 3, "Heaviside": 2}


def test_the_printed_derivative_of_relu_is_wrong_everywhere():
    close(show("relu_derivative"), printed=1, mended=0, atol=1e-9)


def test_linear_units_change_no_gradient():
    z = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    y = z
    for _ in range(20):
        y = torch.sigmoid(y)
    y.backward()
    close(show("linear_vanishing"), linear=1, sigmoid=z.grad.item())
    assert z.grad.item() < 1e-12


def test_tanh_never_enlarges_a_gradient():
    numbers = show("tanh_exploding")
    assert list(numbers) == ["one", "20 in a row", "20 weights of 2"]
    assert_allclose(list(numbers.values()), [1, 1, 2**20], rtol=1e-12)
    z = torch.linspace(-5, 5, 1001, dtype=torch.float64, requires_grad=True)
    y = z
    for _ in range(20):
        y = torch.tanh(y)
    (gradient,) = torch.autograd.grad(y.sum(), z)
    assert_allclose(gradient.max().item(), numbers["20 in a row"], rtol=1e-12)


def test_elu_is_smooth_for_alpha_1_only():
    jumps = show("elu_smooth")
    for alpha, jump in zip((1.0, 0.3), jumps.values()):
        z = torch.tensor([-1e-9, 1e-9], dtype=torch.float64, requires_grad=True)
        (slopes,) = torch.autograd.grad(nn.functional.elu(z, alpha).sum(), z)
        assert_allclose(jump, (slopes[1] - slopes[0]).item(), atol=2e-3)
    assert jumps["α = 1"] < 0.002 < 0.5 < jumps["α = 0.3"]


def test_the_slope_for_a_weight_carries_the_input():
    w, x = (torch.tensor(value, requires_grad=True) for value in (2.0, 3.0))
    torch.relu(w * x).backward()
    numbers = show("relu_wrong_variable")
    assert_allclose(list(numbers.values()), [1, w.grad.item(), 1], rtol=1e-8)
    assert numbers["measured ∂h/∂w"] > 2.9


def test_a_higher_rate_kills_units_and_wakes_none():
    numbers = show("dead_relu_rate")
    assert numbers["dead at rate 0.1"] == 0
    assert numbers["dead at rate 1.5"] >= 20
    assert numbers["of these back at rate 300"] == 0
    x = torch.linspace(-1, 1, 21)[:, None]
    w, b = torch.full((1,), 0.5, requires_grad=True), torch.full((1,), -2.0, requires_grad=True)
    ((torch.relu(w * x + b) - x**2) ** 2).mean().backward()
    assert w.grad.item() == b.grad.item() == 0  # dead: nothing for a rate to multiply


def test_mish_has_nothing_to_learn():
    expected = mpmath.diff(lambda beta: 1 / (1 + mpmath.exp(-beta)), 1)
    numbers = show("mish_parameters")
    assert [numbers[name] for name in ("mish", "swish", "prelu")] == [0, 1, 1]
    assert_allclose(numbers["slope of swish for β"], float(expected), rtol=1e-8)
    assert [len(list(unit.parameters())) for unit in (nn.Mish(), nn.PReLU())] == [0, 1]


def test_a_feature_that_never_changes_needs_eps():
    numbers = show("batch_norm")
    layer = nn.BatchNorm1d(1, dtype=torch.float64)
    assert math.isnan(numbers["printed"])
    assert numbers["mended"] == layer(torch.full((8, 1), 3.0, dtype=torch.float64))[0].item() == 0


def test_dropout_draws_a_mask_for_each_pass():
    assert show("dropout_masks") == {"printed": 1, "mended": 100}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        masks = {tuple(nn.Dropout(0.5)(torch.ones(20)).tolist()) for _ in range(100)}
    assert len(masks) == 100


# Losses


def test_huber_gives_more_to_outliers_than_the_absolute_error():
    numbers = show("huber_robustness")
    y = np.append(np.linspace(-1.5, 1.5, 60), np.full(40, 20.0))
    best = scipy.optimize.minimize_scalar(
        lambda c: scipy.special.huber(1, c - y).sum(), bounds=(-1, 21), options={"xatol": 1e-9}
    )
    assert_allclose([numbers["Huber, best"], numbers["absolute, best"]], [best.x, np.median(y)], atol=0.03)
    assert 0 < numbers["absolute, best"] < numbers["Huber, best"]
    assert numbers["Huber, spread"] < 0.9 * numbers["absolute, spread"]
    # the spread of a median of n normal numbers is about √(π/2n), that of Huber's estimate for δ = 1 about √(1.107/n)
    assert_allclose(
        [numbers["absolute, spread"], numbers["Huber, spread"]], np.sqrt([np.pi / 50, 1.107 / 25]), rtol=0.04
    )


def test_the_absolute_error_hops_about_without_ever_meeting_its_corner():
    numbers = show("absolute_error_corner")
    assert_allclose([numbers["smallest"], numbers["last"]], [0.1, 0.2], rtol=1e-9)  # 1 − 3·0.3, and 0.3 − 0.1
    assert numbers["last, rate shrinks"] < 0.3 * 0.95**99 * 2


def test_log_cosh_follows_huber_for_delta_1_only():
    numbers = show("log_cosh_and_huber")
    assert list(numbers) == ["δ = 1", "δ = 3"]
    expected = [np.log(2) - 0.5, abs((10 - np.log(2)) - 3 * (10 - 1.5))]  # both are largest at 10, where cosh is e¹⁰/2
    assert_allclose(list(numbers.values()), expected, rtol=1e-7)


def test_log_cosh_needs_as_many_steps_or_more():
    numbers, steps = show("log_cosh_speed"), {}
    for name, slope in (("Huber", lambda e: max(-1, min(1, e))), ("log-cosh", math.tanh)):
        e, steps[name] = 5.0, 0
        while abs(e) > 1e-6:
            e, steps[name] = e - 0.5 * slope(e), steps[name] + 1
    assert numbers == steps
    assert steps["log-cosh"] >= steps["Huber"]


def test_small_targets_rule_percentages_and_logarithms():
    y = np.array([1.0, 2, 100, 100, 100, 100, 100])
    close(
        show("percentage_outliers"),
        atol=0.06,
        percentage=1,
        logarithmic=np.expm1(np.log1p(y).mean()),
        absolute=np.median(y),
    )


def test_a_count_may_be_0():
    numbers = show("positive_counts")
    assert_allclose(numbers["share of 0"], np.exp(-1), atol=4 * np.sqrt(0.37 * 0.63 / 1e5))
    expected = nn.PoissonNLLLoss()(torch.zeros(1), torch.zeros(1)).item()
    assert_allclose(numbers["loss of 0"], expected, rtol=1e-7)


def test_a_similarity_is_not_to_be_minimized():
    close(show("cosine_sign"), printed=-1, mended=1, rtol=1e-5)


def test_the_binary_cross_entropy_is_positive():
    numbers = show("binary_cross_entropy_sign")
    for y in (1, 0):
        expected = nn.BCELoss()(torch.tensor([0.8]), torch.tensor([float(y)])).item()
        assert_allclose(numbers[f"mended, y = {y}"], expected, rtol=1e-6)
        assert_allclose(numbers[f"printed, y = {y}"], -expected, rtol=1e-6)


def test_a_sum_grows_with_the_batch():
    close(show("sum_over_instances"), printed=2, mended=1)


def test_two_labels_need_two_cross_entropies():
    numbers = show("multi_label")
    assert list(numbers) == ["printed loss", "mended loss", "printed probability", "mended probability"]
    target = torch.tensor([[1.0, 1, 0]], dtype=torch.float64)
    z = torch.zeros(1, 3, dtype=torch.float64, requires_grad=True)
    for _ in range(2000):
        (g,) = torch.autograd.grad(nn.CrossEntropyLoss()(z, target), z)
        z.data -= 0.5 * g
    assert_allclose(numbers["printed loss"], nn.CrossEntropyLoss()(z, target).item(), rtol=1e-9)
    assert_allclose(numbers["printed loss"], 2 * np.log(2), atol=1e-3)  # the least that a softmax can do
    assert_allclose(numbers["printed probability"], 0.5, atol=1e-3)
    assert numbers["mended loss"] < 0.01
    assert numbers["mended probability"] > 0.99


def test_kl_and_cross_entropy_are_equally_steady():
    numbers = show("kl_gradient")
    close(
        numbers,
        **{
            "gradients": 0.0,
            "spread of cross-entropy": numbers["spread of KL"],
            "spread of KL": numbers["spread of KL"],
        },
    )
    assert numbers["spread of KL"] > 0.1
    rng = np.random.default_rng(1)
    target, logits = (
        torch.tensor(rng.dirichlet(np.ones(3), 4)),
        torch.tensor(rng.normal(size=(4, 3)), requires_grad=True),
    )
    (kl,) = torch.autograd.grad(nn.KLDivLoss(reduction="batchmean")(logits.log_softmax(1), target), logits)
    (ce,) = torch.autograd.grad(nn.CrossEntropyLoss()(logits, target), logits)
    assert_allclose(kl.numpy(), ce.numpy(), rtol=1e-10, atol=1e-16)


def test_the_hinge_has_its_corner_at_1():
    assert show("hinge_corner") == {"at 0": 0, "at 1": 1}


def test_the_hinge_finds_the_widest_street_together_with_weight_decay():
    numbers = show("hinge_margin")
    x, target = np.array([[2.0, 1], [2, -1], [-2, 1], [-2, -1]]), np.array([1, 1, -1, -1])
    machine = SVC(kernel="linear", C=100).fit(x, target)
    widest = 1 / np.linalg.norm(machine.coef_)
    assert_allclose(widest, 2, rtol=1e-3)
    assert_allclose(numbers["alone"], 1.5 / np.hypot(1, 0.5), rtol=1e-9)  # where it was put, and content with it
    assert 0.99 * widest < numbers["with weight decay"] <= 2


def test_only_weights_find_the_rare_class():
    numbers = show("class_imbalance")
    rng = np.random.default_rng(0)
    x, y = np.append(rng.normal(size=950), rng.normal(size=50) + 1.5)[:, None], np.arange(1000) >= 950
    for name, weight in (("cross-entropy", None), ("cross-entropy, classes weighted", "balanced")):
        model = LogisticRegression(C=1e6, class_weight=weight).fit(x, y)
        assert_allclose(numbers[name], model.predict(x)[y].mean(), atol=0.05)
    plain = numbers["cross-entropy"]
    assert numbers["hinge"] <= plain
    assert abs(numbers["focal"] - plain) < 0.1
    assert numbers["cross-entropy, classes weighted"] > plain + 0.5


def test_focal_loss_turns_to_what_is_surely_wrong():
    numbers = show("focal_confidence")
    assert list(numbers) == ["surely wrong", "unsure", "surely right"]
    assert_allclose(list(numbers.values()), [0.99**2, 0.5**2, 0.01**2], rtol=1e-9)


def test_clip_compares_each_pair_with_the_others():
    numbers = show("clip_loss")
    for name, s in (("", 0.3 * torch.eye(4)), (", all 0.5 more", 0.3 * torch.eye(4) + 0.5)):
        loss, partner = nn.CrossEntropyLoss(), torch.arange(4)
        info_nce = (loss(s / 0.07, partner) + loss(s.T / 0.07, partner)).item() / 2
        assert_allclose(numbers["mended" + name], info_nce, rtol=1e-4)
        turned = torch.stack([s.flatten(), (1 - s.flatten() ** 2).sqrt()], dim=1)  # pairs of vectors with these cosines
        east, same = torch.tensor([1.0, 0.0]).expand(16, 2), 2 * torch.eye(4).flatten() - 1
        assert_allclose(numbers["printed" + name], nn.CosineEmbeddingLoss()(turned, east, same).item(), rtol=1e-5)
    assert_allclose(numbers["mended"], np.log(1 + 3 * np.exp(-0.3 / 0.07)), rtol=1e-9)
    assert_allclose(
        numbers["mended, all 0.5 more"], numbers["mended"], rtol=1e-9
    )  # who is whose partner is all it asks
    assert numbers["printed, all 0.5 more"] > 2 * numbers["printed"]


# Training


def torch_steps(make, steps, start, function):
    theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = make([theta])
    for _ in range(steps):
        optimizer.zero_grad()
        function(theta).backward()
        optimizer.step()
    return theta.detach()


def test_adagrad_divides():
    numbers, curvature = show("adagrad"), torch.tensor([1.0, 100.0], dtype=torch.float64)
    theta = torch_steps(lambda p: torch.optim.Adagrad(p, lr=0.5), 3, [1.0, 1.0], lambda t: (curvature * t**2).sum() / 2)
    assert_allclose(numbers["mended"], (curvature * theta**2).sum().item() / 2, rtol=1e-8)
    assert numbers["mended"] < 50.5 < 1e50 < numbers["printed"]


def test_adam_divides_and_goes_down():
    numbers = show("adam")
    theta = torch_steps(lambda p: torch.optim.Adam(p, lr=0.01), 50, 1.0, lambda t: t**2 / 2)
    assert_allclose(numbers["mended"], theta.item(), rtol=1e-10)
    assert numbers["mended"] < 1 < numbers["printed"]


def test_adamw_keeps_the_decay_out_of_the_loss():
    numbers, options = show("adamw"), {"lr": 0.01, "weight_decay": 0.1}
    plain, printed, mended = (
        torch_steps(make, 1, 1.0, lambda t: 10 * t).item()
        for make in (
            lambda p: torch.optim.Adam(p, lr=0.01),
            lambda p: torch.optim.Adam(p, **options),
            lambda p: torch.optim.AdamW(p, **options),
        )
    )
    close(numbers, printed=plain - printed, mended=plain - mended, atol=1e-15)
    assert_allclose(numbers["mended"], 0.01 * 0.1, rtol=1e-9)
    assert abs(numbers["printed"]) < 1e-6


def test_cosine_annealing_ends_at_alpha_times_the_first_rate():
    numbers = show("cosine_annealing")
    rates = []
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10, eta_min=0.05 * 0.1)
    for _ in range(11):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert_allclose([numbers["mended start"], numbers["mended end"]], [rates[0], rates[10]], rtol=1e-9)
    assert_allclose([numbers["printed start"], numbers["printed end"]], [0.145, 0.05], rtol=1e-9)


def test_small_batches_escape():
    numbers = show("batch_size")
    assert numbers["batch of 512"] == 0
    assert numbers["batch of 8"] > 0.3
    deep, middle, shallow = np.sort(np.roots([1, 0, -1, 0.1]).real)  # the wells and the ridge between them

    def height(theta):
        return theta**4 / 4 - theta**2 / 2 + theta / 10

    assert height(deep) < height(shallow) < height(middle)
    assert shallow > 0.5 > middle > 0 > deep


def test_the_norm_pulls_with_one_strength_and_its_square_with_the_weights():
    lengths = []
    for penalty in (torch.linalg.vector_norm, lambda w: (w**2).sum()):
        for scale in (1, 0.1):
            w = torch.tensor([3.0 * scale, 4.0 * scale], dtype=torch.float64, requires_grad=True)
            (g,) = torch.autograd.grad(penalty(w), w)
            lengths.append(g.norm().item())
    assert_allclose(list(show("l2_penalty").values()), lengths, rtol=1e-8)
    assert_allclose(lengths, [1, 1, 10, 1], rtol=1e-12)


def test_clipping_by_value_turns_the_gradient():
    numbers, angles = show("clipping"), []
    for clip in (nn.utils.clip_grad_value_, nn.utils.clip_grad_norm_):
        w = nn.Parameter(torch.zeros(2, dtype=torch.float64))
        w.grad = torch.tensor([10.0, 1.0], dtype=torch.float64)
        clip([w], 1.0)
        angles.append(np.degrees(math.atan2(1, 10) - math.atan2(w.grad[1].item(), w.grad[0].item())))
    assert_allclose([-numbers["by value"], numbers["by norm"]], angles, atol=1e-5)
    assert numbers["by value"] > 39


def test_only_schedules_are_about_the_learning_rate_of_all():
    numbers = show("learning_rate_methods")
    assert_allclose(numbers["schedule, degrees"], 0, atol=1e-5)
    assert_allclose(
        numbers["momentum, degrees"], np.degrees(math.atan2(1.8 + 0.03, 0.3) - math.atan2(0.3, 3.0)), rtol=1e-9
    )
    steps = torch_steps(
        lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.0), 1, [0.0, 0.0], lambda t: 3.0 * t[0] + 0.3 * t[1]
    )
    rates = (-steps / torch.tensor([3.0, 0.3])).numpy()
    assert_allclose([numbers["RMSprop, rate of weight 1"], numbers["RMSprop, rate of weight 2"]], rates, rtol=1e-6)
    assert rates[1] > 9 * rates[0]


def test_a_softmax_too_many_stops_the_loss_above_0():
    numbers, logits = show("softmax_before_cross_entropy"), 50 * torch.eye(10, dtype=torch.float64)
    loss, labels = nn.CrossEntropyLoss(), torch.arange(10)
    expected = loss(logits.softmax(1), labels).item(), loss(logits, labels).item()
    assert_allclose([numbers["printed"], numbers["mended"]], expected, rtol=1e-9, atol=1e-15)
    assert_allclose(numbers["printed"], np.log(1 + 9 / np.e), rtol=1e-9)


def test_a_network_without_return_has_no_outputs():
    assert show("unfinished_network") == {"printed is built": 0, "printed outputs": 0, "mended outputs": 3}
