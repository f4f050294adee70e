"""Every small slip in a chapter's own solution loses points, or is known to change nothing that is asked for."""

from itertools import chain

import pytest

from autograder import exercises, judge
from autograder.exercise import VISIBLE_SEED
from autograder.verdict import RIGHT
from tests.bank import chapter as source
from tests.bank.mutants import mutants

SEEDS = (VISIBLE_SEED, 1)

EQUIVALENT = {}


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
