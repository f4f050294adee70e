"""Right answers get all their points, wrong ones lose some, and every known mistake is called by its name."""

import inspect
import time
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import pytest

from autograder import check, exercises, judge
from autograder.exercise import VISIBLE_SEED
from autograder.sandbox.observe import observe
from autograder.verdict import COULD_NOT_RUN, NOT_ATTEMPTED, RIGHT, WRONG
from autograder.verify import source
from autograder.verify.run import Verified, _mutants, answer_modules, bank, equivalent, verify_exercise

CHAPTERS = exercises.chapters()
RECORDS = {name: record for chapter in CHAPTERS for name, record in exercises.in_chapter(chapter).items()}
CHAPTER = {name: chapter for chapter in CHAPTERS for name in exercises.in_chapter(chapter)}
POINTS = {name: worth for chapter in CHAPTERS for name, worth in source.points(chapter).items()}
STYLES = (
    "loops",
    "single_precision",
    "lists",
    "noisy",
    "other_formulas",
)  # of a chapter whose answers are all written by hand
SEEDS = (VISIBLE_SEED, 1, 2026)

# A chapter whose bank holds every style written by hand is tested style by style; `verify` tests all chapters.
BY_HAND = [chapter for chapter in CHAPTERS if set(STYLES) <= set(answer_modules(chapter))]
every_exercise = pytest.mark.parametrize("exercise", RECORDS)
every_function = pytest.mark.parametrize("exercise", [name for name in RECORDS if CHAPTER[name] in BY_HAND])


def solution(exercise):
    """{result: the chapter's own function}."""
    functions = source.solutions(CHAPTER[exercise])
    return {result: functions[name] for result, name in source.names(RECORDS[exercise], CHAPTER[exercise]).items()}


def verdict(exercise, seed=VISIBLE_SEED, record=None, **wrong):
    """The verdict on the chapter's solution with some of its functions replaced."""
    record = record or RECORDS[exercise]
    candidates = (solution(exercise) | wrong).values()
    return judge.run_locally(record, list(candidates), POINTS[exercise], seed)


def raising(problem):
    def candidate(*arguments, **options):
        raise problem

    return candidate


# What is complete.


def test_every_exercise_stands_in_its_chapter_with_a_solution_for_every_result():
    for chapter in CHAPTERS:
        written, graded = source.sources(chapter), source.points(chapter)
        assert list(written) == list(graded), "an exercise is one answer cell and then one check cell"
        assert set(graded) == set(exercises.in_chapter(chapter))
    assert all(callable(function) for exercise in RECORDS for function in solution(exercise).values())


def test_an_answer_may_be_assembled_of_what_the_chapters_first_cell_imports():
    known = source.imported("ch10_schedules")
    assert known["schedules"].__name__ == "course_lib.schedules"
    assert "figures" not in known
    answer = "def exponential(*numbers):\n    return schedules.exponential(*numbers)"
    (made,) = source.candidates(RECORDS["ch10.exponential"], "ch10_schedules", answer)
    assert made(0.4, 0.5, 10)(10) == pytest.approx(0.2)
    assert "schedules" not in source.solutions("ch10_schedules")


@every_exercise
def test_every_part_has_cases_under_every_seed(exercise):
    record = RECORDS[exercise]
    for seed in range(20):
        cases = record.make_cases(seed)
        for part in record.parts:
            assert record.part_cases(part, cases), f"no case for {part.name} with seed {seed}"


@every_exercise
def test_other_seeds_give_other_cases_and_equal_seeds_equal_ones(exercise):
    texts = [repr(RECORDS[exercise].make_cases(seed)) for seed in (0, 0, 1, (1, 2))]
    assert texts[0] == texts[1]
    assert len(set(texts)) == 3


@every_exercise
def test_three_or_more_mistakes_have_names_and_hints_that_are_sentences(exercise):
    record = RECORDS[exercise]
    assert len(record.misconceptions) >= 3
    names = [known.name for known in record.misconceptions]
    assert len(set(names)) == len(names)
    for known in record.misconceptions:
        assert not known.name.endswith("."), known.name
        assert known.hints, known.name
        assert set(known.wrong) <= set(record.protocol.takes), known.name
        for hint in known.hints:
            assert hint[0].isupper() and hint.endswith((".", "?")), f"{hint!r} is no sentence"


@every_exercise
def test_what_to_read_again_is_a_heading_of_the_chapter(exercise):
    assert RECORDS[exercise].read_again in source.headings(CHAPTER[exercise])


# Right answers.


@every_exercise
def test_the_chapters_own_solution_gets_full_marks(exercise):
    for seed in range(20):
        assert verdict(exercise, seed).state == RIGHT, verdict(exercise, seed)
    assert verdict(exercise).points == POINTS[exercise]


def pasted(style, exercise):
    """A style's functions, run from their source text alone, as a student's cell would hold it."""
    module, functions = bank(CHAPTER[exercise], style), {}
    for result, name in source.names(RECORDS[exercise], CHAPTER[exercise]).items():
        functions[result] = source.defined(inspect.getsource(getattr(module, name)))[name]
    return functions


@pytest.mark.parametrize("style", STYLES)
@every_function
def test_every_style_of_right_answer_gets_full_marks(exercise, style):
    for seed in (*range(4), 2026):
        told = verdict(exercise, seed, **pasted(style, exercise))
        assert (told.state, told.points) == (RIGHT, POINTS[exercise]), told


@pytest.mark.parametrize("style", STYLES)
@every_function
def test_every_style_takes_the_arguments_that_the_chapter_asks_for(exercise, style):
    for result, function in pasted(style, exercise).items():
        assert inspect.signature(function) == inspect.signature(solution(exercise)[result])


def outcomes(exercise, style):
    record = RECORDS[exercise]
    candidates = list(pasted(style, exercise).values())
    seen = observe(record.protocol, candidates, [case.inputs for case in record.make_cases()])
    return [outcome for results in seen for outcome in results.values()]


@every_function
def test_every_style_is_what_its_name_says(exercise):
    for outcome in outcomes(exercise, "single_precision"):
        assert outcome.value.dtype == np.float32
    for outcome in outcomes(exercise, "noisy"):
        assert "\r" in outcome.printed and outcome.printed.replace("\r", "").strip()
        assert len(outcome.warnings) >= 2, "one warning is its own, one is NumPy's"
    inputs = next(iter(RECORDS[exercise].make_cases())).inputs
    for result, names in RECORDS[exercise].protocol.arguments.items():
        arguments = [inputs[name] for name in names]
        assert type(pasted("lists", exercise)[result](*arguments)) in (float, list, tuple)
        assert isinstance(pasted("other_formulas", exercise)[result](*arguments), np.ndarray | np.generic)
        source_of_loops = inspect.getsource(
            getattr(bank(CHAPTER[exercise], "loops"), source.names(RECORDS[exercise], CHAPTER[exercise])[result])
        )
        assert "for " in source_of_loops


# The whole bank of every chapter.


@pytest.mark.slow
@every_exercise
def test_the_bank_proves_the_check(exercise):
    known = set(chain.from_iterable(equivalent(CHAPTER[exercise]).values()))
    told = verify_exercise(CHAPTER[exercise], RECORDS[exercise], known)
    assert told.escapes == []
    assert told.mutants >= 3, "too few mutants: do the operators still fit the code?"


def test_a_slip_whose_alarm_rings_between_two_of_its_calls_gets_no_points(monkeypatch):
    def rings(*arguments, **options):
        raise TimeoutError("still running after 2 s")

    told = Verified("ch04.huber")
    monkeypatch.setattr("autograder.verify.run._judged", rings)
    _mutants("ch04_losses", RECORDS["ch04.huber"], set(), told)
    assert told.mutants > 3 and told.escapes == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_equivalent_slip_belongs_to_a_function_of_the_chapter(chapter):
    listed = list(chain.from_iterable(equivalent(chapter).values()))
    assert len(set(listed)) == len(listed)
    known = set(source.solutions(chapter))
    assert {what.partition(":")[0].partition(".")[0] for what in listed} <= known


# Named mistakes.

NAMED = [(name, known.name) for name in RECORDS if CHAPTER[name] in BY_HAND for known in RECORDS[name].misconceptions]


def left(exercise):
    return bank(CHAPTER[exercise], "points_left").POINTS_LEFT[exercise]


@every_function
def test_the_table_of_points_left_names_every_mistake(exercise):
    assert list(left(exercise)) == [known.name for known in RECORDS[exercise].misconceptions]
    assert all(points < POINTS[exercise] for points in left(exercise).values())


@pytest.mark.parametrize(("exercise", "name"), NAMED)
def test_a_named_mistake_loses_its_points_and_is_called_by_its_name(exercise, name):
    known = next(known for known in RECORDS[exercise].misconceptions if known.name == name)
    for seed in SEEDS:
        told = verdict(exercise, seed, **known.wrong)
        assert told.state == WRONG
        assert [mistake.name for mistake in told.mistakes] == [name], f"seed {seed}: {told}"
        assert told.mistakes[0].hints == known.hints
        assert told.points == left(exercise)[name], f"seed {seed}: {told}"


# Mistakes that every exercise shares.


def times(number):
    return lambda right: lambda *arguments: right(*arguments) * number


def plus(number):
    return lambda right: lambda *arguments: right(*arguments) + number


def times_batch(right):
    return lambda *arguments: right(*arguments) * len(arguments[0])


def minus_times_batch(right):
    return lambda *arguments: -right(*arguments) * len(arguments[0])


def over_batch(right):
    return lambda *arguments: right(*arguments) / len(arguments[0])


def transposed(right):
    return lambda *arguments: np.transpose(right(*arguments))


def other_axis(right):
    return lambda *arguments: np.transpose(right(*map(np.transpose, arguments)))


def swapped(right):
    return lambda first, second, *others: right(second, first, *others)


def rolled(right):
    return lambda *arguments: np.roll(right(*arguments), 1)


def first_only(right):
    return lambda *arguments: right(*arguments) * (np.arange(len(arguments[0])) == 0)


def one_by_one(right):
    def losses(*arguments):
        def example(i):
            return [value[i : i + 1] if np.ndim(value) else value for value in arguments]

        return [right(*example(i)) for i in range(len(arguments[0]))]

    return losses


SHARED = {
    "summed over the examples instead of averaged": [
        ("mean_squared_error", "value", times_batch),
        ("mean_absolute_error", "value", times_batch),
        ("huber", "value", times_batch),
        ("log_cosh", "value", times_batch),
        ("poisson_nll", "value", times_batch),
        ("cross_entropy", "value", times_batch),
        ("categorical_cross_entropy", "value", times_batch),
        ("binary_cross_entropy", "value", times_batch),
        ("kl_divergence", "value", times_batch),
        ("hinge", "value", times_batch),
        ("focal", "value", times_batch),
    ],
    "divided by the batch size once too often": [
        ("mean_squared_error", "value", over_batch),
        ("huber", "gradient", over_batch),
        ("cross_entropy", "gradient", over_batch),
    ],
    "wrong sign, and summed over the examples": [
        ("poisson_nll", "gradient", minus_times_batch),
        ("kl_divergence", "gradient", minus_times_batch),
        ("focal", "value", minus_times_batch),
    ],
    "wrong sign": [
        ("mean_squared_error", "value", times(-1)),
        ("poisson_nll", "gradient", times(-1)),
        ("log_softmax", "value", times(-1)),
        ("categorical_cross_entropy", "value", times(-1)),
        ("binary_cross_entropy", "gradient", times(-1)),
        ("binary_cross_entropy_with_logits", "gradient", times(-1)),
        ("kl_divergence", "gradient", times(-1)),
        ("focal", "value", times(-1)),
    ],
    "wrong by the constant factor 3": [
        ("mean_squared_error", "gradient", times(3)),
        ("mean_absolute_error", "gradient", times(3)),
        ("huber", "value", times(3)),
        ("log_cosh", "gradient", times(3)),
        ("log_softmax", "gradient", times(3)),
        ("binary_cross_entropy", "value", times(3)),
        ("hinge", "gradient", times(3)),
    ],
    "logarithm to base 2": [
        ("cross_entropy", "value", times(1 / np.log(2))),
        ("binary_cross_entropy", "value", times(1 / np.log(2))),
        ("kl_divergence", "value", times(1 / np.log(2))),
    ],
    "wrong by the constant 0.5": [
        ("mean_squared_error", "value", plus(0.5)),
        ("log_cosh", "value", plus(0.5)),
        ("poisson_nll", "value", plus(0.5)),
        ("cross_entropy", "value", plus(0.5)),
        ("hinge", "value", plus(0.5)),
        ("binary_cross_entropy", "value", plus(0.5)),
    ],
    "transposed": [
        ("log_softmax", "value", transposed),
        ("cross_entropy", "gradient", transposed),
        ("categorical_cross_entropy", "gradient", transposed),
        ("binary_cross_entropy_with_logits", "gradient", transposed),
        ("kl_divergence", "gradient", transposed),
    ],
    "the first two arguments are exchanged": [
        ("binary_cross_entropy", "value", swapped),
        ("categorical_cross_entropy", "value", swapped),
        ("log_softmax", "gradient", swapped),
    ],
    "summed or normalized over the wrong axis": [
        ("log_softmax", "value", other_axis),
        ("log_softmax", "gradient", other_axis),
    ],
    "one step late": [("mean_squared_error", "gradient", rolled), ("huber", "gradient", rolled)],
    "right for the first element only": [
        ("mean_squared_error", "gradient", first_only),
        ("poisson_nll", "gradient", first_only),
        ("binary_cross_entropy", "gradient", first_only),
    ],
    "one number for each example": [
        ("mean_squared_error", "value", one_by_one),
        ("cross_entropy", "value", one_by_one),
        ("categorical_cross_entropy", "value", one_by_one),
        ("focal", "value", one_by_one),
    ],
    "always zero": [("mean_squared_error", "value", times(0)), ("cross_entropy", "gradient", times(0))],
}


@dataclass(frozen=True)
class Shared:
    name: str
    exercise: str
    result: str
    change: object

    def __str__(self):
        return f"{self.exercise}-{self.result}-{self.name}".replace(" ", "_")


ALL_SHARED = [Shared(name, f"ch04.{row[0]}", *row[1:]) for name, rows in SHARED.items() for row in rows]


@pytest.mark.parametrize("shared", ALL_SHARED, ids=str)
def test_a_mistake_that_every_exercise_shares_is_called_by_its_name(shared):
    # Where the record has a name of its own for it, that one comes first: it is taken out here.
    record = replace(RECORDS[shared.exercise], misconceptions=())
    wrong = {shared.result: shared.change(solution(shared.exercise)[shared.result])}
    for seed in SEEDS:
        told = verdict(shared.exercise, seed, record, **wrong)
        assert told.points < POINTS[shared.exercise]
        assert told.mistakes and told.mistakes[0].name.startswith(shared.name), f"seed {seed}: {told}"
        own = verdict(shared.exercise, seed, **wrong).mistakes[0].name
        names = [known.name for known in RECORDS[shared.exercise].misconceptions]
        assert own in names or own.startswith(shared.name)


# Other wrong answers.

UNNAMED = [answer for chapter in BY_HAND for answer in bank(chapter, "wrong").WRONG]


@pytest.mark.parametrize("answer", UNNAMED, ids=lambda answer: f"{answer.exercise}-{answer.what}")
def test_a_wrong_answer_loses_its_points_and_gets_no_wrong_name(answer):
    for seed in SEEDS:
        told = verdict(answer.exercise, seed, **answer.functions)
        about = f"seed {seed}, {answer.what}: {told}"
        assert told.state in (WRONG, COULD_NOT_RUN), about
        assert told.points == answer.points_left, about
        assert bool(told.mistakes) == bool(answer.named), about
        assert all(mistake.name.startswith(answer.named) for mistake in told.mistakes), about


@every_function
def test_answers_learnt_by_heart_from_the_visible_check_lose_points_in_the_graded_one(exercise):
    record = RECORDS[exercise]
    learnt = {}
    for case in record.make_cases(VISIBLE_SEED):
        for result, names in record.protocol.arguments.items():
            arguments = [case.inputs[name] for name in names]
            learnt[result, repr(arguments)] = solution(exercise)[result](*arguments)

    def recall(result):
        return lambda *arguments: learnt.get((result, repr(list(arguments))), 0.0)

    wrong = {result: recall(result) for result in record.protocol.results}
    assert verdict(exercise, VISIBLE_SEED, **wrong).state == RIGHT
    for seed in (1, 2, 3):
        assert verdict(exercise, seed, **wrong).points <= POINTS[exercise] / 3


# The four states.

TWO_RESULTS = [n for n, r in RECORDS.items() if CHAPTER[n] in BY_HAND and len(r.protocol.takes) == 2]


@pytest.mark.parametrize("exercise", TWO_RESULTS)
def test_a_value_without_its_gradient_gets_the_points_of_the_value(exercise):
    told = verdict(exercise, gradient=raising(NotImplementedError()))
    record = RECORDS[exercise]
    shares = sum(part.share for part in record.parts if part.result == "value")
    assert told.state == WRONG
    assert told.points == pytest.approx(POINTS[exercise] * shares / sum(part.share for part in record.parts))
    assert [part.name for part in told.parts if not part.right] == [
        part.name for part in record.parts if part.result == "gradient"
    ]
    assert all("not attempted" in part.message and not part.mistakes for part in told.parts if not part.right)


@every_exercise
def test_an_untouched_exercise_is_not_attempted(exercise):
    told = verdict(exercise, **dict.fromkeys(solution(exercise), raising(NotImplementedError())))
    assert (told.state, told.points, told.mistakes) == (NOT_ATTEMPTED, 0, ())


@every_exercise
def test_an_answer_that_always_raises_could_not_run_and_the_exception_is_named(exercise):
    told = verdict(exercise, **dict.fromkeys(solution(exercise), raising(ZeroDivisionError("by zero"))))
    assert (told.state, told.points) == (COULD_NOT_RUN, 0)
    assert "ZeroDivisionError" in told.message and "by zero" in told.message


@every_function
def test_an_input_that_is_changed_in_place_is_noted_and_costs_nothing(exercise):
    first = RECORDS[exercise].protocol.arguments["value"][0]

    def changes_its_input(*arguments):
        answer = solution(exercise)["value"](*arguments)
        arguments[0][...] += 1
        return answer

    told = verdict(exercise, value=changes_its_input)
    assert (told.state, told.points) == (RIGHT, POINTS[exercise])
    assert any("changes its input" in note and first in note for note in told.notes)


# At once.


def bent(right):
    """Wrong everywhere, and as no mistake would make it."""
    return lambda *arguments: right(*arguments) * (1 + np.abs(right(*arguments))) + 0.1


@every_function
def test_a_check_answers_in_a_fifth_of_a_second(exercise):
    right = solution(exercise)
    nearly = {result: bent(function) for result, function in right.items()}
    assert check(exercise, *nearly.values()).mistakes == (), "every mistake is to be tried, and none to fit"
    for candidates in (right, nearly):
        seconds = []
        for _ in range(3):
            start = time.perf_counter()
            check(exercise, *candidates.values())
            seconds.append(time.perf_counter() - start)
        assert min(seconds) < 0.2
