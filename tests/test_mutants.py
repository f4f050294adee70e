"""Every small slip in a chapter's own solution loses points, or is known to change nothing that counts."""

from itertools import chain

import pytest

from autograder import exercises, judge
from autograder.exercise import VISIBLE_SEED
from autograder.verdict import RIGHT
from tests.bank import chapter as source
from tests.bank.mutants import mutants

SEEDS = (VISIBLE_SEED, 1)

# Mutants that get full marks, by the reason why they are right.
EQUIVALENT = {
    "ch04_losses": {
        "the loss is an even function of the error": [
            "mean_squared_error: prediction - target → target - prediction",
            "mean_absolute_error: prediction - target → target - prediction",
            "huber: prediction - target → target - prediction",
            "huber: error → -error #2",
            "log_cosh: prediction - target → target - prediction",
        ],
        "both branches give ½δ² on the border": ["huber: error <= delta → error < delta"],
        "the last axis of a table is axis 1": [
            "categorical_cross_entropy: axis=1 → axis=-1",
            "kl_divergence: axis=1 → axis=-1",
            "log_softmax: axis=1 → axis=-1",
            "log_softmax: axis=1 → axis=-1 #2",
            "log_softmax_gradient: axis=1 → axis=-1",
            "log_softmax_gradient: axis=1 → axis=-1 #2",
            "log_softmax_gradient: axis=1 → axis=-1 #3",
            "cross_entropy: axis=1 → axis=-1",
            "cross_entropy: axis=1 → axis=-1 #2",
            "cross_entropy_gradient: axis=1 → axis=-1",
            "cross_entropy_gradient: axis=1 → axis=-1 #2",
            "focal: axis=1 → axis=-1",
            "focal: axis=1 → axis=-1 #2",
        ],
        "the order of the two arguments, or the sign inside an absolute value, does not matter": [
            "binary_cross_entropy_with_logits: np.maximum(logits, 0) → np.maximum(0, logits)",
            "binary_cross_entropy_with_logits: logits → -logits #3",
            "binary_cross_entropy_with_logits_gradient: np.logaddexp(0, -logits) → np.logaddexp(-logits, 0)",
            "hinge: np.maximum(0, 1 - target * score) → np.maximum(1 - target * score, 0)",
        ],
        "no probability is above 1": [
            "categorical_cross_entropy: 1 → 2",
            "categorical_cross_entropy_gradient: 1 → 2",
        ],
        "the logarithm is multiplied by a target of 0, so any positive number will do": [
            "kl_divergence: 1.0 → 2.0",
            "kl_divergence: 1.0 → 0.5",
        ],
        "the gradient is asked for where nothing is clipped, eps < p < 1 − eps": [
            "binary_cross_entropy_gradient: (p >= eps) & (p <= 1 - eps) → p >= eps",
            "binary_cross_entropy_gradient: (p >= eps) & (p <= 1 - eps) → p <= 1 - eps",
            "binary_cross_entropy_gradient: np.clip(p, eps, 1 - eps) → p",
            "binary_cross_entropy_gradient: p >= eps → p > eps",
            "binary_cross_entropy_gradient: p <= 1 - eps → p < 1 - eps",
            "binary_cross_entropy_gradient: eps → -eps",
            "binary_cross_entropy_gradient: eps → -eps #2",
            "binary_cross_entropy_gradient: eps → -eps #3",
            "binary_cross_entropy_gradient: eps → -eps #4",
            "binary_cross_entropy_gradient: 1 - eps → 1 + eps",
            "binary_cross_entropy_gradient: 1 - eps → 1 + eps #2",
            "binary_cross_entropy_gradient: 1 - eps → 1",
            "binary_cross_entropy_gradient: 1 - eps → 1 #2",
            "binary_cross_entropy_gradient: 1 → 2",
            "binary_cross_entropy_gradient: 1 → 2 #2",
            "binary_cross_entropy_gradient: p → -p #3",
            "binary_cross_entropy_gradient: 0 → 1",
            "binary_cross_entropy_gradient: np.where(inside, (1 - target) / (1 - p) - target / p, 0)"
            " → (1 - target) / (1 - p) - target / p",
            "categorical_cross_entropy_gradient: np.where(probs >= eps, -target / np.clip(probs, eps, 1), 0)"
            " → -target / np.clip(probs, eps, 1)",
            "categorical_cross_entropy_gradient: np.clip(probs, eps, 1) → probs",
            "categorical_cross_entropy_gradient: probs >= eps → probs > eps",
            "categorical_cross_entropy_gradient: eps → -eps",
            "categorical_cross_entropy_gradient: eps → -eps #2",
            "categorical_cross_entropy_gradient: 0 → 1",
        ],
    }
}


def survivors(chapter):
    """The number of mutants, and those that no seed tells from the solution."""
    number, alive = 0, []
    points = source.points(chapter)
    for exercise, code in source.sources(chapter).items():
        record = exercises.find(exercise)
        for mutant in mutants(code):
            number += 1
            functions = source.defined(mutant.source)
            candidates = [functions[name] for name in source.function_names(record).values()]
            verdicts = [judge.run_locally(record, candidates, points[exercise], seed) for seed in SEEDS]
            if any(verdict.state == RIGHT for verdict in verdicts):
                alive.append(mutant.what)
    return number, alive


@pytest.mark.slow
@pytest.mark.parametrize("chapter", exercises.chapters())
def test_every_mutant_loses_points_or_is_known_to_be_equivalent(chapter, capsys):
    number, alive = survivors(chapter)
    known = set(chain.from_iterable(EQUIVALENT[chapter].values()))
    with capsys.disabled():
        print(f"\n{chapter}: {number} mutants, {len(alive)} survivors, {len(known)} known to be equivalent")
    assert number > 25 * len(source.sources(chapter)), "too few mutants: do the operators still fit the code?"
    assert sorted(set(alive) - known) == [], "these slips get full marks"
    assert sorted(known - set(alive)) == [], "these are listed as equivalent and lose points, or are gone"
