"""Every loss of chapter 05 keeps the contract; then its kinks, its forms, what it is related to and what it refuses."""

import inspect
import tracemalloc
import zlib
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from course_lib import losses, losses_torch
from tests.course_lib import contract
from tests.course_lib.cases_losses_specialized import GENERATOR, IDS, ROWS, Row, joined

NAMES = [id.removeprefix("losses.") for id in IDS]
REDUCTIONS = ("mean", "sum", "none")


@dataclass(frozen=True)
class Case:
    """A row with one choice of its hyperparameters and a reduction."""

    row: Row
    options: dict
    reduction: str

    def __str__(self):
        return "-".join([self.row.name, *(f"{name}={value}" for name, value in self.options.items()), self.reduction])

    def units(self, arrays):
        """-> reference, twin, oracle and the arrays, of which the first holds all that is trained"""
        unit, of_tensors, arrays = joined(self.row, arrays)
        reference, twin = (getattr(file, self.row.name) for file in (losses, losses_torch))
        oracle = self.row.oracle(self.reduction, **self.options)
        if self.row.of_tensors:
            by_autograd = of_tensors(oracle)

            def oracle(arrays, dy):
                return contract.run_twin(by_autograd, arrays, dy)

        options = self.options | {"reduction": self.reduction}
        return unit(reference(**options)), of_tensors(twin(**options)), oracle, arrays

    def drawn(self):
        """For every kind of input of the row what `units` says, and the generator to go on with."""
        rng = np.random.default_rng(zlib.crc32(str(self).encode()))
        for make in self.row.inputs:
            yield *self.units(make(rng)), rng


CASES = [
    Case(row, options, reduction) for row in (*ROWS, GENERATOR) for options in row.options for reduction in REDUCTIONS
]
every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_device = pytest.mark.parametrize("device", contract.DEVICES)


def test_the_table_holds_what_the_course_promises():
    assert [row.name for row in ROWS] == NAMES
    assert losses.__all__[-len(NAMES) :] == losses_torch.__all__[-len(NAMES) :] == NAMES


@pytest.mark.parametrize("name", losses.__all__)
def test_a_twin_takes_the_same_inputs_by_the_same_names(name):
    reference, twin = (inspect.signature(getattr(file, name).forward) for file in (losses, losses_torch))
    assert reference == twin


def test_every_hyperparameter_is_tried_far_from_its_default():
    numbers = [row for row in ROWS if row.name not in ("MarginRanking", "CosineEmbedding")]
    contract.assert_every_hyperparameter_is_moved(numbers, losses, but=("reduction", "form", "squared", "side"))
    used = {(row.name, *option) for row in (*ROWS, GENERATOR) for options in row.options for option in options.items()}
    moved = {("MarginRanking", "margin", 4.0), ("CosineEmbedding", "margin", 0.5), ("PairwiseHinge", "form", "pairs")}
    assert moved | {("TripletMargin", "squared", True), ("Wasserstein", "side", "generator")} <= used


@every_case
def test_backward_is_the_derivative_of_forward(case):
    for unit, _, _, arrays, rng in case.drawn():
        contract.assert_backward_is_the_derivative_of_forward(unit, arrays, rng)


@every_device
@every_case
def test_the_twin_agrees_in_value_and_gradient(case, device):
    for unit, twin, _, arrays, rng in case.drawn():
        contract.assert_twin_agrees(unit, twin, arrays, rng, device)


@every_case
def test_an_oracle_agrees_in_value_and_gradient(case):
    for unit, _, oracle, arrays, rng in case.drawn():
        contract.assert_oracle_agrees(unit, oracle, arrays, rng)


@every_device
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=lambda dtype: dtype.__name__)
@every_case
def test_large_inputs_stay_finite_without_a_warning(case, dtype, device):
    for make in case.row.large:
        unit, twin, _, arrays = case.units(make(dtype))
        contract.assert_stays_finite(unit, twin, arrays, device)


@every_case
def test_inputs_are_left_alone_and_changing_them_later_does_not_matter(case):
    for unit, twin, _, arrays, rng in case.drawn():
        contract.assert_leaves_inputs_alone(unit, twin, arrays, rng)


@every_case
def test_what_happens_to_the_inputs_after_forward_is_no_business_of_backward(case):
    for unit, _, _, arrays, rng in case.drawn():
        dy = contract.random_upstream(unit, arrays, rng)
        _, gradient = contract.run(unit, arrays, dy)
        for array in arrays:
            array[...] = 0
        assert_allclose(unit.backward(dy), gradient, rtol=0)


@every_device
@every_case
def test_float32_stays_float32(case, device):
    for unit, twin, _, arrays, rng in case.drawn():
        contract.assert_keeps_float32(unit, twin, arrays, rng, device)


@every_case
def test_forward_answers_a_numpy_scalar_or_an_array_of_losses_that_is_the_callers(case):
    for unit, _, _, arrays, _ in case.drawn():
        value = unit.forward(*arrays)
        if case.reduction != "none":
            assert isinstance(value, np.float64)
            continue
        gradient = unit.backward(np.ones(value.shape))
        value[...] = np.nan
        assert_allclose(unit.backward(), gradient, rtol=0)  # and 1 is what dy is without being told


# What the contract's inputs keep away from

KINKS = {
    "MarginRanking": ({}, (np.zeros(2), np.zeros(2)), ([1, -1],)),
    "MarginRanking at its margin": ({"margin": 2.0}, (np.array([3.0]), np.array([1.0])), ([1],)),
    "PairwiseHinge": ({}, (np.array([3.0, 2.0, 1.0]),), ([2, 1, 0],)),
    "PairwiseHinge in pairs": ({"form": "pairs"}, (np.array([3.0, 2.0, 1.0]),), ([2, 1, 0],)),
    "TripletMargin": ({}, (np.zeros((1, 2)), np.array([[3.0, 0.0]]), np.array([[0.0, 4.0]])), ()),
    "TripletMargin squared": (
        {"squared": True, "margin": 5.0},
        (np.zeros((1, 2)), np.array([[2.0, 0.0]]), np.array([[0.0, 3.0]])),
        (),
    ),
    "CosineEmbedding": ({}, (np.array([[1.0, 0.0]]), np.array([[0.0, 2.0]])), ([-1],)),
    "HingeEmbedding": ({}, (np.array([1.0]),), ([-1],)),
    "Contrastive of the same vector": ({}, (np.ones((2, 3)), np.ones((2, 3))), ([-1, 1],)),
}


@pytest.mark.parametrize("kink", KINKS)
def test_the_subgradient_at_a_kink_is_0(kink):
    (options, trained, others), name = KINKS[kink], kink.split()[0]
    row = next(row for row in ROWS if row.name == name)
    unit, twin, _, arrays = Case(row, options, "mean").units([*trained, *map(np.array, others)])
    for value, gradient in (contract.run(unit, arrays, 1.0), contract.run_twin(twin, arrays, 1.0)):
        assert_allclose(gradient, np.zeros_like(gradient), atol=0, rtol=0)
        assert np.isfinite(value)


def test_pytorch_goes_downhill_at_the_kink_where_the_course_stands_still():
    for loss, arrays in (
        (torch.nn.MarginRankingLoss(), (np.zeros(1), np.zeros(1), np.ones(1))),
        (torch.nn.HingeEmbeddingLoss(), (np.ones(1), -np.ones(1))),
        (torch.nn.CosineEmbeddingLoss(), (np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), -np.ones(1))),
    ):
        assert_allclose(abs(contract.run_twin(loss, arrays, 1.0)[1]).sum(), 1, rtol=1e-10)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_prediction_that_is_nan_shows_in_the_loss_or_is_refused(row):
    arrays = [np.array(array) for array in row.inputs[0](np.random.default_rng(3))]
    arrays[0][0] = np.nan
    unit, twin, _, arrays = Case(row, {}, "mean").units(arrays)
    if row.name in ("PairwiseHinge", "PairwiseLogistic", "Dice"):
        with pytest.raises(ValueError, match=r"^prediction holds nan; expected "):
            unit.forward(*arrays)
    else:
        assert np.isnan(unit.forward(*arrays))
    assert np.isnan(contract.run_twin(twin, arrays, 1.0)[0])


@pytest.mark.parametrize(
    "name, options", [("TripletMargin", {"margin": 1e200}), ("CosineEmbedding", {}), ("InfoNCE", {})]
)
def test_long_vectors_have_lengths_and_directions_too(name, options):
    row = next(row for row in ROWS if row.name == name)
    arrays, size = row.inputs[0](np.random.default_rng(4)), 1e200 if options else 1.0
    unit, _, _, small = Case(row, {}, "mean").units(arrays)
    value, gradient = contract.run(unit, small, 1.0)
    unit, _, _, long = Case(row, options, "mean").units(
        [*(x * 1e200 for x in arrays[: row.trained]), *arrays[row.trained :]]
    )
    got, slope = contract.run(unit, long, 1.0)
    assert_allclose(got, value * size, rtol=1e-10)
    assert_allclose(slope * (1e200 / size), gradient, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("name, others", [("CosineEmbedding", (np.array([1, 1]),)), ("InfoNCE", ())])
def test_a_vector_as_long_as_it_has_to_be_already_turns(name, others):
    row = next(row for row in ROWS if row.name == name)
    x1, x2 = np.array([[1e-8, 0.0], [1.0, 1.0]]), np.array([[1.0, 3.0], [2.0, 1.0]])
    unit, twin, _, arrays = Case(row, {}, "mean").units([x1, x2, *others])
    (value, gradient), (expected, slope) = contract.run(unit, arrays, 1.0), contract.run_twin(twin, arrays, 1.0)
    contract.assert_same(value, expected)
    contract.assert_same(gradient * 1e-8, slope * 1e-8)
    assert abs(gradient[1] * 1e-8) > 0.01


@pytest.mark.parametrize("name", ["BellmanMSE", "Contrastive", "TripletMargin"])
def test_a_loss_beyond_its_dtype_is_inf_and_not_nan(name):
    far, near = np.array([[1e200, 0.0]]), np.zeros((1, 2))
    arrays = {
        "BellmanMSE": (far, np.array([0]), near[0, :1], near, near[0, :1]),
        "Contrastive": (far, near, np.array([1])),
        "TripletMargin": (near, far, near),
    }
    options = {"squared": True} if name == "TripletMargin" else {}
    assert getattr(losses, name)(**options).forward(*arrays[name]) == np.inf
    assert getattr(losses_torch, name)(**options)(*map(torch.tensor, arrays[name])).item() == np.inf


# The forms of the pairwise losses


def ranking(rng, n, kind):
    p = {"floats": rng.normal(size=n) * 2, "ties": rng.integers(-3, 4, n) / 2, "steps": rng.integers(0, 40, n) * 0.1}
    return p[kind], rng.integers(0, int(rng.integers(1, n + 2)), n)


@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize("kind", ["floats", "ties", "steps"])
@pytest.mark.parametrize("margin", [0.1, 0.5, 1.0, 3.0])
def test_sorting_says_what_writing_all_pairs_down_says(margin, kind, dtype):
    """Also where scores, targets and gaps are equal: 0.1 is what rounds, 0.5 and 1 are gaps that come up exactly."""
    rng, tolerance = np.random.default_rng(5), 1e-10 if dtype == np.float64 else 1e-5
    for n in (1, 2, 3, 5, 8, 17, 64, 101):
        p, target = ranking(rng, n, kind)
        p = p.astype(dtype)
        pairs, by_sorting = (losses.PairwiseHinge(margin, form) for form in ("pairs", "sorted"))
        (value, slope), (got, gradient) = (contract.run(unit, (p, target), 1.0) for unit in (pairs, by_sorting))
        assert_allclose(got, value, rtol=tolerance, atol=1e-14)
        assert_allclose(gradient, slope, rtol=tolerance, atol=0)
        twins = [
            contract.run_twin(losses_torch.PairwiseHinge(margin, form), (p, target), 1.0)
            for form in ("pairs", "sorted")
        ]
        for value_of_twin, slope_of_twin in twins:
            assert_allclose(value_of_twin, value, rtol=tolerance, atol=1e-14 if dtype == np.float64 else 1e-6)
            assert_allclose(slope_of_twin, slope, rtol=tolerance, atol=1e-14 if dtype == np.float64 else 1e-7)


@pytest.mark.parametrize("name", ["PairwiseHinge", "PairwiseLogistic"])
def test_several_lists_are_as_good_as_one_at_a_time(name):
    rng = np.random.default_rng(6)
    p, target = rng.normal(size=(2, 3, 7)), rng.integers(0, 4, (2, 3, 7))
    unit = getattr(losses, name)(reduction="none")
    value, gradient = contract.run(unit, (p, target), 1.0)
    for i in np.ndindex(2, 3):
        alone, slope = contract.run(unit, (p[i], target[i]), 1.0)
        assert_allclose(value[i], alone, rtol=1e-10)
        assert_allclose(gradient[i], slope, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("name", ["PairwiseHinge", "PairwiseLogistic"])
def test_a_list_without_a_better_and_a_worse_item_costs_nothing(name):
    for p, target in ((np.array([3.0]), [1]), (np.array([3.0, 1.0]), [2, 2])):
        for file, run in ((losses, contract.run), (losses_torch, contract.run_twin)):
            value, gradient = run(getattr(file, name)(), (p, np.array(target)), 1.0)
            assert_allclose([value, *gradient], 0, atol=0)


def test_a_list_in_reverse_has_a_loss_that_is_known_for_any_length():
    """Item i is i steps of h below the top and should be above the i before it: the mean gap is h(n + 1)/3."""
    n, h = 50_000, 1 / 1024
    i = np.arange(n)
    value, gradient = contract.run(losses.PairwiseHinge(margin=2.0), (-h * i, i), 1.0)
    assert_allclose(value, 2 + h * (n + 1) / 3, rtol=1e-10)
    assert_allclose(gradient, (n - 1 - 2 * i) / (n * (n - 1) / 2), rtol=1e-10)


def test_a_long_list_in_order_pays_for_near_neighbors_only():
    n, h, margin = 50_000, 1 / 1024, 0.75
    k = np.arange(1, margin / h)  # so far apart, and the gap is still below the margin
    value, gradient = contract.run(losses.PairwiseHinge(margin), (h * np.arange(n), np.arange(n)), 1.0)
    assert_allclose(value, ((n - k) * (margin - h * k)).sum() / (n * (n - 1) / 2), rtol=1e-10)
    assert_allclose(gradient[len(k) : -len(k)], 0, atol=0)
    assert_allclose(gradient[0], len(k) / (n * (n - 1) / 2), rtol=1e-10)


def peak(unit, n):
    """Bytes that forward and backward of a list of n took at most."""
    rng = np.random.default_rng(7)
    arrays = rng.normal(size=n), rng.normal(size=n)
    unit.forward(*(array[:2] for array in arrays))
    tracemalloc.start()
    contract.run(unit, arrays, 1.0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_the_logistic_loss_of_all_pairs_needs_memory_for_one_block_of_them():
    most = {(n, block): peak(losses.PairwiseLogistic(block), n) for n, block in ((1500, 8), (3000, 8), (3000, 32))}
    for (n, block), size in most.items():
        assert size < 8 * 8 * n * (block + 4), (n, block, size)
    assert 1.8 < most[3000, 8] / most[1500, 8] < 2.2
    assert 3 < most[3000, 32] / most[3000, 8] < 4.2
    assert peak(losses.PairwiseHinge(form="pairs"), 1500) > 8 * 1500**2


def test_sorting_needs_memory_for_the_list_only():
    most = [peak(losses.PairwiseHinge(), n) for n in (4000, 8000)]
    assert most[0] < 8 * 4000 * 40
    assert 1.8 < most[1] / most[0] < 2.2


def test_the_twin_does_not_keep_the_pairs_for_its_backward():
    kept = []

    def keep(tensor):
        kept.append(tensor.numel())
        return tensor

    p, target = torch.randn(400, generator=torch.Generator().manual_seed(8), requires_grad=True), torch.arange(400)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        losses_torch.PairwiseLogistic(block=8)(p, target).backward()
    assert sum(kept) < 400**2 / 4


def test_any_increasing_map_of_the_targets_ranks_the_same():
    rng = np.random.default_rng(9)
    p, target = rng.normal(size=12), rng.integers(-2, 3, 12)
    for name in ("PairwiseHinge", "PairwiseLogistic"):
        before, after = (contract.run(getattr(losses, name)(), (p, t), 1.0) for t in (target, np.exp(target) * 7))
        for a, b in zip(before, after):
            assert_allclose(a, b, rtol=0)


def test_tensorflow_ranking_divides_the_sum_over_pairs_by_the_length_of_the_list():
    """The worked examples of its documentation: one list, then two that it pads to three items each."""
    p, target = np.array([0.6, 0.8]), np.array([1.0, 0.0])
    assert_allclose(losses.PairwiseHinge().forward(p, target) * 1 / 2, 0.6, rtol=1e-10)
    assert_allclose(losses.PairwiseLogistic().forward(p, target) * 1 / 2, 0.39906943, rtol=1e-7)
    second = np.array([0.5, 0.8, 0.4]), np.array([0.0, 1.0, 0.0])
    for name, total in (("PairwiseHinge", 0.41666666), ("PairwiseLogistic", 0.3109182)):
        loss = getattr(losses, name)()
        assert_allclose((loss.forward(p, target) * 1 + loss.forward(*second) * 2) / 6, total, rtol=1e-7)


# Relations that the chapter tells


def test_a_ranking_of_two_is_the_smallest_list():
    rng = np.random.default_rng(10)
    x1, x2, target = rng.normal(size=6), rng.normal(size=6), rng.choice([-1, 1], 6)
    each = losses.MarginRanking(margin=1.0, reduction="none").forward(x1, x2, target)
    lists = np.stack([x1, x2], axis=1), np.stack([target, -target], axis=1)
    assert_allclose(losses.PairwiseHinge(reduction="none").forward(*lists), each, rtol=1e-10)
    soft = losses.SoftMargin("none").forward(x1 - x2, target)
    assert_allclose(losses.PairwiseLogistic(reduction="none").forward(*lists), soft, rtol=1e-10)


def test_facenet_squares_its_distances_and_pytorch_adds_1e_6_to_its_differences():
    anchor, positive, negative = np.zeros((1, 1)), np.array([[3.0]]), np.array([[3.5]])
    assert_allclose(losses.TripletMargin().forward(anchor, positive, negative), 0.5, rtol=1e-10)
    squared = losses.TripletMargin(margin=3.5, squared=True).forward(anchor, positive, negative)
    assert_allclose(squared, 9 - 12.25 + 3.5, rtol=1e-10)
    tensors = [torch.tensor(x) for x in (anchor, positive, -negative)]
    assert_allclose(torch.nn.TripletMarginLoss()(*tensors).item(), 0.5 - 2e-6, rtol=1e-10)


def test_contrastive_is_half_the_square_of_hinge_embedding_and_hadsell_counts_from_0():
    rng = np.random.default_rng(11)
    x1, x2, target = rng.normal(size=(8, 3)), rng.normal(size=(8, 3)), np.tile([-1, 1], 4)
    d = np.linalg.norm(x1 - x2, axis=1)
    got = losses.Contrastive(2.0, "none").forward(x1, x2, target)
    assert_allclose(got, losses.HingeEmbedding(2.0, "none").forward(d, target) ** 2 / 2, rtol=1e-10)
    y = (1 - target) / 2  # 0 for alike
    assert_allclose(got, (1 - y) * d**2 / 2 + y * np.maximum(0, 2 - d) ** 2 / 2, rtol=1e-10)


def test_an_alike_pair_of_cosine_embedding_is_the_cosine_similarity_of_chapter_04():
    rng = np.random.default_rng(12)
    x1, x2 = rng.normal(size=(2, 5, 3))
    value, (gradient, _) = contract.run(losses.CosineEmbedding(), (x1, x2, np.ones(5)), 1.0)
    expected = contract.run(losses.CosineSimilarity(), (x1, x2), 1.0)
    assert_allclose(value, expected[0], rtol=1e-10)
    assert_allclose(gradient, expected[1], rtol=1e-10)


def test_info_nce_is_cross_entropy_both_ways_and_knows_no_length():
    rng = np.random.default_rng(13)
    x1, x2 = rng.normal(size=(2, 6, 3))
    unit = [x / np.linalg.norm(x, axis=1, keepdims=True) for x in (x1, x2)]
    s = unit[0] @ unit[1].T / 0.5
    ways = [losses.CrossEntropy().forward(scores, np.arange(6)) for scores in (s, s.T)]
    loss = losses.InfoNCE(temperature=0.5)
    assert_allclose(loss.forward(x1, x2), np.mean(ways), rtol=1e-10)
    assert_allclose(loss.forward(x2, x1), np.mean(ways), rtol=1e-10)
    assert_allclose(loss.forward(x1 * 7, x2 / 3), np.mean(ways), rtol=1e-10)
    assert_allclose(losses.InfoNCE(1e6).forward(x1, x2), np.log(6), rtol=1e-5)  # so hot that all are alike


def test_negative_sampling_is_the_soft_margin_of_every_score_with_its_sign():
    rng = np.random.default_rng(14)
    center, context, negatives = rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), rng.normal(size=(4, 2, 3))
    scores = np.stack([(center * context).sum(1), *(center[:, None] * negatives).sum(2).T], axis=1)
    signs = np.tile([1, -1, -1], (4, 1))
    expected = losses.SoftMargin("none").forward(scores, signs).sum(axis=1)
    assert_allclose(losses.NegativeSampling("none").forward(center, context, negatives), expected, rtol=1e-10)


def test_dice_is_that_of_scipy_and_for_clear_masks_1_minus_the_f1_score_of_scikit_learn():
    from scipy.spatial.distance import dice
    from sklearn.metrics import f1_score

    rng = np.random.default_rng(15)
    p, target = rng.uniform(size=(3, 40)), rng.integers(0, 2, (3, 40))
    loss = losses.Dice(smooth=1e-12, reduction="none")
    assert_allclose(loss.forward(p, target), [dice(*pair) for pair in zip(p, target)], rtol=1e-10)
    clear = (p > 0.5).astype(float)
    assert_allclose(loss.forward(clear, target), [1 - f1_score(t, c) for t, c in zip(target, clear)], rtol=1e-10)


def test_smoothing_makes_an_empty_mask_that_was_predicted_cost_0():
    value, gradient = contract.run(losses.Dice(), (np.zeros((1, 5)), np.zeros((1, 5))), 1.0)
    assert_allclose(value, 0, atol=0)
    assert_allclose(gradient, 1, rtol=1e-10)


def test_the_critic_of_a_shift_gains_the_distance_of_scipy_and_both_sides_pull_against_each_other():
    from scipy.stats import wasserstein_distance

    rng = np.random.default_rng(16)
    real = rng.normal(size=50)
    fake = rng.permutation(real) - 0.75  # the best critic that is 1-Lipschitz is then x itself
    critic, generator = losses.Wasserstein(), losses.Wasserstein("generator")
    assert_allclose(-critic.forward(fake, real), wasserstein_distance(fake, real), rtol=1e-10)
    generator.forward(fake)
    assert_allclose(critic.backward()[0], -generator.backward(), rtol=0)


def test_the_target_of_bellman_is_not_differentiated():
    """The same table now and then, as of one network; with a target that moves the gradient would be another one."""
    rng = np.random.default_rng(17)
    table, action, reward, done = rng.normal(size=(5, 3)), np.arange(5) % 3, rng.normal(size=5), np.zeros(5)
    leaf = torch.tensor(table, requires_grad=True)
    others = [torch.tensor(x) for x in (action, reward, done)]
    value = losses_torch.BellmanMSE()(leaf, others[0], others[1], leaf, others[2])
    (gradient,) = torch.autograd.grad(value, leaf)
    unit = losses.BellmanMSE()
    assert_allclose(unit.forward(table, action, reward, table, done), value.item(), rtol=1e-10)
    assert_allclose(unit.backward(), gradient.numpy(), rtol=1e-10)
    assert ((gradient != 0).sum(dim=1) == 1).all()
    y = others[1] + 0.99 * leaf.max(dim=1).values
    moving = (leaf.gather(1, others[0][:, None])[:, 0] - y).square().mean()
    assert abs(torch.autograd.grad(moving, leaf)[0] - gradient).max() > 0.1
    rewarded = others[1].clone().requires_grad_()
    assert not losses_torch.BellmanMSE()(leaf.detach(), others[0], rewarded, leaf, others[2]).requires_grad


def test_nothing_comes_after_the_end_whatever_the_network_says_of_it():
    q, action, reward = np.array([[1.0, 2.0]]), np.array([1]), np.array([0.5])
    for after in (np.inf, np.nan, 7.0):
        arrays = q, action, reward, np.full((1, 2), after), np.array([True])
        for run, file in ((contract.run, losses), (contract.run_twin, losses_torch)):
            value, gradient = run(file.BellmanMSE(), arrays, 1.0)
            assert_allclose(value, 2.25, rtol=1e-10)
            assert_allclose(gradient, [[0, 3]], rtol=1e-10)


def test_the_policy_gradient_is_on_average_that_of_the_expected_value():
    """Every action as often as the policy takes it: −∇ Σ_a π(a) q(a), whose closed form is π(q̄ − q)."""
    logits, q = np.array([0.3, -1.0, 2.0]), np.array([1.5, 4.0, -2.0])
    p = np.exp(logits) / np.exp(logits).sum()
    loss = losses.PolicyGradient("none")
    loss.forward(np.tile(logits, (3, 1)), np.arange(3), q)
    assert_allclose(loss.backward(p).sum(axis=0), p * (p @ q - q), rtol=1e-10)


def test_the_weight_of_a_policy_gradient_is_not_differentiated():
    q = torch.ones(2, requires_grad=True)
    logits = torch.zeros(2, 3, requires_grad=True)
    losses_torch.PolicyGradient()(logits, torch.tensor([0, 2]), q).backward()
    assert q.grad is None
    assert logits.grad is not None


# What is refused, and in which words

ONES, PAIR = np.ones(3), np.ones((3, 2))
STEPS = {"q": np.ones((2, 3)), "action": [0, 2], "reward": [0.0, 1.0], "next_q": np.ones((2, 3)), "done": [0, 1]}

WRONG = {
    "ranking margin": (lambda: losses.MarginRanking(-1), "margin is -1; expected 0 ≤ margin < inf"),
    "hinge margin": (lambda: losses.PairwiseHinge(0), "margin is 0; expected 0 < margin < inf"),
    "form": (lambda: losses.PairwiseHinge(form="fast"), r"form is 'fast'; expected one of \('sorted', 'pairs'\)"),
    "block 0": (lambda: losses.PairwiseLogistic(0), "block is 0; expected a whole number, 1 or more"),
    "block 2.5": (lambda: losses.PairwiseLogistic(2.5), "block is 2.5; expected a whole number"),
    "triplet margin": (lambda: losses.TripletMargin(0), "margin is 0; expected 0 < margin < inf"),
    "squared": (lambda: losses.TripletMargin(squared=2), r"squared is 2; expected one of \(False, True\)"),
    "cosine margin 1": (lambda: losses.CosineEmbedding(1), "margin is 1; expected -1 ≤ margin < 1"),
    "cosine margin −2": (lambda: losses.CosineEmbedding(-2), "margin is -2; expected -1 ≤ margin < 1"),
    "embedding margin": (lambda: losses.HingeEmbedding(0), "margin is 0; expected 0 < margin < inf"),
    "contrastive margin": (lambda: losses.Contrastive(-1), "margin is -1; expected 0 < margin < inf"),
    "temperature": (lambda: losses.InfoNCE(0), "temperature is 0; expected 0 < temperature < inf"),
    "smooth": (lambda: losses.Dice(0), "smooth is 0; expected 0 < smooth < inf"),
    "side": (lambda: losses.Wasserstein("both"), r"side is 'both'; expected one of \('critic', 'generator'\)"),
    "gamma": (lambda: losses.BellmanMSE(1), "gamma is 1; expected 0 ≤ gamma < 1"),
    "gamma below 0": (lambda: losses.BellmanMSE(-0.1), "gamma is -0.1; expected 0 ≤ gamma < 1"),
    "a column beside a row": (
        lambda: losses.MarginRanking().forward(np.ones((3, 1)), ONES, ONES),
        r"x1 has shape \(3, 1\) and x2 \(3,\); expected x2 \(3, 1\): try reshape on one of them",
    ),
    "too few signs": (
        lambda: losses.MarginRanking().forward(ONES, ONES, [1, -1]),
        r"x1 has shape \(3,\) and target \(2,\); expected target \(3,\): try reshape",
    ),
    "a score for a list": (lambda: losses.PairwiseHinge().forward(1.0, 2.0), "prediction is a single number"),
    "lists of two lengths": (
        lambda: losses.PairwiseLogistic().forward(ONES, np.ones(2)),
        r"prediction has shape \(3,\) and target \(2,\); expected equal shapes",
    ),
    "infinite scores": (
        lambda: losses.PairwiseHinge().forward(np.array([1.0, -np.inf]), [0, 1]),
        "prediction holds -inf; expected finite scores",
    ),
    "a grade that is nan": (
        lambda: losses.PairwiseLogistic().forward(ONES, [0, np.nan, 1]),
        "target holds nan; expected finite numbers to rank by",
    ),
    "a long negative": (
        lambda: losses.TripletMargin().forward(PAIR, PAIR, np.ones((3, 4))),
        r"anchor has shape \(3, 2\) and negative \(3, 4\); expected negative \(3, 2\)",
    ),
    "a number for a vector": (lambda: losses.TripletMargin().forward(1.0, 1.0, 1.0), "anchor is a single number"),
    "a sign for each number": (
        lambda: losses.CosineEmbedding().forward(PAIR, PAIR, np.ones((3, 2))),
        r"x1 has shape \(3, 2\) and target \(3, 2\); expected target \(3,\)",
    ),
    "an axis too much": (
        lambda: losses.InfoNCE().forward(np.ones((2, 3, 4)), np.ones((2, 3, 4))),
        r"x1 has shape \(2, 3, 4\); expected \(N, D\): try reshape or x1\[None\]",
    ),
    "two batches": (lambda: losses.InfoNCE().forward(PAIR, np.ones((2, 2))), r"x1 has shape \(3, 2\) and x2 \(2, 2\)"),
    "one negative without its axis": (
        lambda: losses.NegativeSampling().forward(PAIR, PAIR, PAIR),
        r"center has shape \(3, 2\) and negatives \(3, 2\); expected negatives \(3, 3, 2\)",
    ),
    "context of another length": (
        lambda: losses.NegativeSampling().forward(PAIR, ONES, np.ones((3, 1, 2))),
        r"center has shape \(3, 2\) and context \(3,\); expected context \(3, 2\)",
    ),
    "one mask": (
        lambda: losses.Dice().forward(ONES, ONES),
        r"prediction has shape \(3,\); expected \(N, …\), N masks: try prediction\[None\]",
    ),
    "masks of logits": (
        lambda: losses.Dice().forward(PAIR * 2, PAIR),
        "prediction holds 2.0; expected probabilities: try sigmoid",
    ),
    "masks of signs": (lambda: losses.Dice().forward(PAIR, -PAIR), "target holds -1.0; expected 0 to 1"),
    "masks of two sizes": (lambda: losses.Dice().forward(PAIR, PAIR.T), r"prediction has shape \(3, 2\) and target"),
    "a critic without real": (
        lambda: losses.Wasserstein().forward(ONES),
        r"side is 'critic' and real was not given; expected forward\(fake, real\)",
    ),
    "a generator with real": (
        lambda: losses.Wasserstein("generator").forward(ONES, ONES),
        r"side is 'generator' and real was given; expected forward\(fake\)",
    ),
    "two batches of scores": (
        lambda: losses.Wasserstein().forward(ONES, np.ones(2)),
        r"fake has shape \(3,\) and real \(2,\); expected real \(3,\)",
    ),
    "one state": (lambda: bellman(q=np.ones(3)), r"q has shape \(3,\); expected \(N, A\): try reshape or q\[None\]"),
    "too few actions": (
        lambda: bellman(action=[0]),
        r"q has shape \(2, 3\) and action \(1,\); expected action \(2,\)",
    ),
    "action A": (lambda: bellman(action=[0, 3]), "action holds 3; expected actions from 0 to A − 1 = 2"),
    "action −1": (lambda: bellman(action=[-1, 0]), "action holds -1; expected actions from 0"),
    "a reward for each action": (
        lambda: bellman(reward=np.ones((2, 3))),
        r"q has shape \(2, 3\) and reward \(2, 3\); expected reward \(2,\)",
    ),
    "one value afterwards": (
        lambda: bellman(next_q=np.ones(2)),
        r"q has shape \(2, 3\) and next_q \(2,\); expected next_q \(2, 3\)",
    ),
    "one end for all": (lambda: bellman(done=1), r"q has shape \(2, 3\) and done \(\); expected done \(2,\)"),
    "half done": (lambda: bellman(done=[0.5, 0]), "done holds 0.5; expected 0 or 1: 1 where the episode ended"),
    "a value for each action": (
        lambda: losses.PolicyGradient().forward(np.ones((2, 3)), [0, 1], np.ones((2, 3))),
        r"logits has shape \(2, 3\) and q \(2, 3\); expected q \(2,\)",
    ),
    "an action that is not there": (
        lambda: losses.PolicyGradient().forward(np.ones((2, 3)), [0, 3], np.ones(2)),
        "action holds 3; expected actions from 0 to A − 1 = 2",
    ),
} | {
    f"{name} with 0 and 1": (
        lambda name=name, arrays=arrays: getattr(losses, name)().forward(*arrays, [0, 1, 1]),
        r"target holds 0.0; expected −1 or \+1: try 2\*target − 1 for 0 and 1",
    )
    for name, arrays in {
        "MarginRanking": (ONES, ONES),
        "CosineEmbedding": (PAIR, PAIR),
        "HingeEmbedding": (ONES,),
        "Contrastive": (PAIR, PAIR),
    }.items()
}

WRONG_TYPE = {
    "whole scores": (
        lambda: losses.MarginRanking().forward(ONES, [1, 2, 3], ONES),
        r"x2 is int64; expected float64 or float32: try x2\.astype\(float\)",
    ),
    "words for signs": (
        lambda: losses.Contrastive().forward(PAIR, PAIR, ["a", "b", "c"]),
        r"target is <U1; expected numbers: try target\.astype\(float\)",
    ),
    "whole negatives": (
        lambda: losses.NegativeSampling().forward(PAIR, PAIR, np.ones((3, 1, 2), int)),
        "negatives is int64; expected float64 or float32",
    ),
    "actions as floats": (
        lambda: bellman(action=[0.0, 1.0]),
        r"action is float64; expected integers: try action\.astype\(int\)",
    ),
    "rewards in words": (lambda: bellman(reward=["high", "low"]), "reward is <U4; expected numbers"),
    "whole values": (lambda: bellman(next_q=np.ones((2, 3), int)), "next_q is int64; expected float64 or float32"),
    "the twin's actions as floats": (
        lambda: losses_torch.PolicyGradient()(torch.zeros(2, 3), torch.zeros(2), torch.zeros(2)),
        r"action is torch.float32; expected integers: try action\.long\(\)",
    ),
}


def bellman(**changed):
    return losses.BellmanMSE().forward(*(STEPS | changed).values())


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()


@pytest.mark.parametrize("wrong, message", WRONG_TYPE.values(), ids=WRONG_TYPE)
def test_a_wrong_type_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(TypeError, match=f"^{message}"):
        wrong()


@pytest.mark.parametrize("name", NAMES)
def test_backward_before_forward_is_refused(name):
    with pytest.raises(ValueError, match=r"^backward came before forward; expected forward"):
        getattr(losses, name)().backward()


@pytest.mark.parametrize("case", [case for case in CASES if not case.options], ids=str)
def test_a_gradient_of_another_shape_is_refused(case):
    unit, _, _, arrays, _ = next(case.drawn())
    unit.forward(*arrays)
    with pytest.raises(ValueError, match=r"^dy has shape \(9, 9\); expected a number or forward's shape"):
        unit.backward(np.ones((9, 9)))


def test_the_twin_refuses_the_same_hyperparameters():
    wrong = {
        "^margin is -1; ": lambda: losses_torch.MarginRanking(-1),
        "^margin is 0; ": lambda: losses_torch.PairwiseHinge(0),
        "^form is 'fast'; ": lambda: losses_torch.PairwiseHinge(form="fast"),
        "^block is 0; ": lambda: losses_torch.PairwiseLogistic(0),
        "^block is 2.5; ": lambda: losses_torch.PairwiseLogistic(2.5),
        "^margin is -2; ": lambda: losses_torch.TripletMargin(-2),
        "^squared is 2; ": lambda: losses_torch.TripletMargin(squared=2),
        "^margin is 1; ": lambda: losses_torch.CosineEmbedding(1),
        "^margin is -3; ": lambda: losses_torch.HingeEmbedding(-3),
        "^margin is -4; ": lambda: losses_torch.Contrastive(-4),
        "^temperature is 0; ": lambda: losses_torch.InfoNCE(0),
        "^smooth is 0; ": lambda: losses_torch.Dice(0),
        "^side is 'both'; ": lambda: losses_torch.Wasserstein("both"),
        "^gamma is 1; ": lambda: losses_torch.BellmanMSE(1),
    }
    for message, make in wrong.items():
        with pytest.raises(ValueError, match=message):
            make()


WRONG_SHAPES = {
    "MarginRanking x2": lambda f: f.MarginRanking()(t(3, 1), t(3), t(3)),
    "MarginRanking target": lambda f: f.MarginRanking()(t(3), t(3), t(3, 1)),
    "PairwiseHinge": lambda f: f.PairwiseHinge()(t(3), t(3, 1)),
    "PairwiseHinge of a number": lambda f: f.PairwiseHinge()(t(), t()),
    "PairwiseLogistic": lambda f: f.PairwiseLogistic()(t(3), t(2)),
    "PairwiseLogistic of a number": lambda f: f.PairwiseLogistic()(t(), t()),
    "TripletMargin positive": lambda f: f.TripletMargin()(t(3, 2), t(2), t(3, 2)),
    "TripletMargin negative": lambda f: f.TripletMargin()(t(3, 2), t(3, 2), t(1, 2)),
    "CosineEmbedding x2": lambda f: f.CosineEmbedding()(t(3, 2), t(1, 2), t(3)),
    "CosineEmbedding target": lambda f: f.CosineEmbedding()(t(3, 2), t(3, 2), t(3, 1)),
    "HingeEmbedding": lambda f: f.HingeEmbedding()(t(3, 1), t(3)),
    "Contrastive x2": lambda f: f.Contrastive()(t(3, 2), t(2), t(3)),
    "Contrastive target": lambda f: f.Contrastive()(t(3, 2), t(3, 2), t(1)),
    "InfoNCE x2": lambda f: f.InfoNCE()(t(3, 2), t(1, 2)),
    "InfoNCE axes": lambda f: f.InfoNCE()(t(3), t(3)),
    "NegativeSampling context": lambda f: f.NegativeSampling()(t(3, 2), t(2), t(3, 1, 2)),
    "NegativeSampling negatives": lambda f: f.NegativeSampling()(t(3, 2), t(3, 2), t(1, 4, 2)),
    "Dice": lambda f: f.Dice()(t(3, 2), t(2)),
    "Dice axes": lambda f: f.Dice()(t(3), t(3)),
    "Wasserstein critic": lambda f: f.Wasserstein()(t(3)),
    "Wasserstein generator": lambda f: f.Wasserstein("generator")(t(3), t(3)),
    "Wasserstein real": lambda f: f.Wasserstein()(t(3), t(1)),
    "BellmanMSE q": lambda f: f.BellmanMSE()(t(3), t(1).long(), t(1), t(3), t(1)),
    "BellmanMSE action": lambda f: f.BellmanMSE()(t(2, 3), t(1).long(), t(2), t(2, 3), t(2)),
    "BellmanMSE reward": lambda f: f.BellmanMSE()(t(2, 3), t(2).long(), t(1), t(2, 3), t(2)),
    "BellmanMSE next_q": lambda f: f.BellmanMSE()(t(2, 3), t(2).long(), t(2), t(1, 3), t(2)),
    "BellmanMSE done": lambda f: f.BellmanMSE()(t(2, 3), t(2).long(), t(2), t(2, 3), t(1)),
    "PolicyGradient action": lambda f: f.PolicyGradient()(t(2, 3), t(1).long(), t(2)),
    "PolicyGradient q": lambda f: f.PolicyGradient()(t(2, 3), t(2).long(), t(1)),
}


def t(*shape):
    return torch.ones(shape, dtype=torch.float64)


class Reference:
    """The reference, called with tensors as its twin is."""

    def __getattr__(self, name):
        def make(*options):
            unit = getattr(losses, name)(*options)
            return lambda *tensors: unit.forward(*(tensor.numpy() for tensor in tensors))

        return make


@pytest.mark.parametrize("wrong", WRONG_SHAPES.values(), ids=WRONG_SHAPES)
def test_reference_and_twin_refuse_the_same_shapes_and_broadcast_nothing(wrong):
    for file in (Reference(), losses_torch):
        with pytest.raises(ValueError, match=r"; expected |is a single number"):
            wrong(file)
