"""From observations to a verdict: compare with the reference, give points, and name the mistake."""

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Misconception, Part
from autograder.patterns import Seen, recognise
from autograder.sandbox.observe import Outcome, as_array, observe
from autograder.sandbox.protocols import Candidates
from autograder.verdict import COULD_NOT_RUN, NOT_ATTEMPTED, RIGHT, WRONG, Mistake, PartVerdict, Verdict

Seens = Sequence[dict[str, Outcome]]
MAX_MISTAKES = 3  # more than that names nothing


def judge(
    exercise: Exercise,
    cases: Sequence[Case],
    seen: Seens,
    points: float,
    show_inputs: bool = True,
    diagnose: bool = True,
) -> Verdict:
    """The verdict on what candidates did with `cases`. `show_inputs=False` leaves inputs and expected values out;
    `diagnose=False` only counts points and names no mistake."""
    outcomes = [outcome for results in seen for outcome in results.values()]
    if not outcomes or len(seen) != len(cases):
        return could_not_run(exercise, points, "the check got no answer from your code")
    if _untouched(outcomes):
        return Verdict(exercise.id, NOT_ATTEMPTED, 0.0, points, read_again=exercise.read_again)
    if all(outcome.error for outcome in outcomes):
        return could_not_run(exercise, points, _raised(outcomes[0]))
    comparison = _Comparison(exercise, cases, seen, points, show_inputs, diagnose)
    parts = tuple(comparison.part(part) for part in exercise.parts)
    right = all(part.right for part in parts)
    earned = points if right else round(sum(part.points for part in parts), 6)
    return Verdict(
        exercise.id,
        RIGHT if right else WRONG,
        earned,
        points,
        parts,
        "",
        tuple(_notes(outcomes)),
        exercise.read_again,
    )


def _untouched(outcomes: Sequence[Outcome]) -> bool:
    errors = {outcome.error for outcome in outcomes}
    return "NotImplementedError" in errors and errors <= {"NotImplementedError", "NotTried"}


def could_not_run(exercise: Exercise, points: float, why: str) -> Verdict:
    return Verdict(exercise.id, COULD_NOT_RUN, 0.0, points, message=why, read_again=exercise.read_again)


NOTHING = 1e-3  # what counts as the largest element where all are expected to be 0: a rounding error is no mistake


def matches(yours: np.ndarray, other: np.ndarray, part: Part, nothing: float = 0.0) -> bool:
    """Exact shape, and every element within the part's tolerance of `other`; NaN equals NaN."""
    if yours.shape != other.shape:
        return False
    if part.measure:
        yours, other = part.measure(yours), part.measure(other)
    with np.errstate(invalid="ignore", over="ignore"):
        return bool(np.allclose(yours, other, rtol=part.rtol, atol=part.atol * _scale(other, nothing), equal_nan=True))


def _scale(expected: np.ndarray, nothing: float) -> float:
    """The largest finite element, or `nothing` where all are exactly 0."""
    finite = expected[np.isfinite(expected)]
    return float(np.abs(finite).max() or nothing) if finite.size else 0.0


class _Comparison:
    """One submission's answers beside the reference's."""

    def __init__(
        self, exercise: Exercise, cases: Sequence[Case], seen: Seens, points: float, show: bool, diagnose: bool
    ) -> None:
        self.exercise, self.cases, self.seen, self.show, self.diagnose = exercise, cases, seen, show, diagnose
        self.expected = [exercise.expected(case.inputs) for case in cases]
        self.points_per_share = points / sum(part.share for part in exercise.parts)
        self._known_answers: dict[tuple[str, int], dict[str, np.ndarray | None]] = {}

    def part(self, part: Part) -> PartVerdict:
        numbers = self.exercise.part_cases(part, self.cases)
        wrong = [i for i in numbers if not self._right(part, i)]
        worth = part.share * self.points_per_share
        if not wrong:
            return PartVerdict(part.name, True, worth, worth, f"right on {len(numbers)} of {len(numbers)} cases")
        if _untouched([self._outcome(part, i) for i in numbers]):
            return PartVerdict(part.name, False, 0.0, worth, "not attempted yet")
        shown = min(wrong, key=self._size)
        score = f"right on {len(numbers) - len(wrong)} of {len(numbers)} cases"
        message = f"{score}; {self._what_is_wrong(part, shown)}"
        example = self._example(part, shown) if self.show else ""
        mistakes = tuple(self._mistakes(part, numbers, wrong)) if self.diagnose else ()
        return PartVerdict(part.name, False, 0.0, worth, message, example, mistakes)

    def _outcome(self, part: Part, i: int) -> Outcome:
        return self.seen[i].get(part.result, Outcome(error="missing", message="no function was given for it"))

    def _right(self, part: Part, i: int) -> bool:
        yours = self._outcome(part, i).value
        return yours is not None and matches(yours, self.expected[i][part.result], part, NOTHING)

    def _size(self, i: int) -> int:
        return sum(value.size if isinstance(value, np.ndarray) else 1 for value in self.cases[i].inputs.values())

    # In words.

    def _what_is_wrong(self, part: Part, i: int) -> str:
        outcome, expected = self._outcome(part, i), self.expected[i][part.result]
        about = f" with {self.cases[i].about}" if self.cases[i].about else ""
        if outcome.value is None:
            return f"{_raised(outcome)}{about}"
        if outcome.value.shape != expected.shape:
            return f"the answer is {_shape(outcome.value)}, expected {_shape(expected)}{about}"
        if not np.isfinite(outcome.value).all():
            kind = "NaN (not a number)" if np.isnan(outcome.value).any() else "infinite"
            said = f"; NumPy warned: {outcome.warnings[0]}" if outcome.warnings else ""
            return f"the answer is {kind}{about}{said}"
        return f"the number differs{about}" if expected.ndim == 0 else f"some numbers differ{about}"

    def _example(self, part: Part, i: int) -> str:
        yours, expected = self._outcome(part, i).value, self.expected[i][part.result]
        every = self.cases[i].inputs
        inputs = {name: every[name] for name in self.exercise.protocol.given(part.result) or every if name in every}
        if yours is None or yours.shape != expected.shape:
            return f"with {_inputs(inputs)}"
        if part.measure:
            yours, expected = part.measure(yours), part.measure(expected)
        at: tuple[int, ...] = ()
        where = ""
        if expected.ndim:
            close = np.isclose(yours, expected, part.rtol, part.atol * _scale(expected, NOTHING), equal_nan=False)
            at = tuple(int(k) for k in np.argwhere(~close)[0])
            where = f" at index {at[0] if len(at) == 1 else at}"
        return f"yours {_number(yours[at])}, expected {_number(expected[at])}{where}  ({_inputs(inputs)})"

    # Which mistake it looks like.

    def _mistakes(self, part: Part, numbers: list[int], wrong: list[int]) -> Iterable[Mistake]:
        """Named mistakes that explain the part's answers: of the whole result first, then of the part's cases."""
        everywhere = range(len(self.cases))
        for scope in (everywhere, numbers, wrong):
            named = [
                Mistake(known.name, known.hints)
                for known in self.exercise.misconceptions
                if self._speaks_of(known, part.result) and self._is(known, part, scope)
            ]
            if named:
                return named[:MAX_MISTAKES]
            generic = self._generic(part, scope)
            if generic:
                return generic
        return []

    def _speaks_of(self, known: Misconception, result: str) -> bool:
        """A wrong function speaks of its own result, a wrong class of them all."""
        protocol = self.exercise.protocol
        return result in known.wrong or protocol.takes != protocol.results

    def _is(self, known: Misconception, part: Part, scope: Iterable[int]) -> bool:
        pairs = [(self._outcome(part, i), self._known(known, i).get(part.result)) for i in scope]
        told = any(outcome.value is not None and np.isfinite(outcome.value).all() for outcome, _ in pairs)
        return told and all(_alike(outcome, theirs, part) for outcome, theirs in pairs)

    def _known(self, known: Misconception, i: int) -> dict[str, np.ndarray | None]:
        """What the wrong candidates answer; None where they fail: then they explain a student's failure there."""
        key = known.name, i
        if key not in self._known_answers:
            protocol = self.exercise.protocol
            candidates = [known.wrong.get(name) for name in protocol.takes]
            told: dict[str, np.ndarray | None] = {}
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for result, _, call in protocol.calls(candidates, self.cases[i].inputs):
                    try:
                        told[result] = as_array(call())
                    except Exception:
                        told[result] = None
            self._known_answers[key] = told
        return self._known_answers[key]

    def _generic(self, part: Part, scope: Iterable[int]) -> list[Mistake]:
        pairs = [(i, self._outcome(part, i).value) for i in scope]
        seen = [self._seen_as_pattern(part, i, value) for i, value in pairs if value is not None]
        if not seen or len(seen) < len(pairs):
            return []
        with np.errstate(all="ignore"):  # inf / inf, inf − inf: of the answers, not of the student's code
            return list(recognise(seen, lambda yours, other: matches(yours, other, part)))

    def _seen_as_pattern(self, part: Part, i: int, yours: np.ndarray) -> Seen:
        inputs = dict(self.cases[i].inputs)
        names = [name for name, value in inputs.items() if isinstance(value, np.ndarray) and value.ndim]

        def with_swapped() -> np.ndarray | None:
            if len(names) < 2 or np.shape(inputs[names[0]]) != np.shape(inputs[names[1]]):
                return None
            exchanged = {names[0]: inputs[names[1]], names[1]: inputs[names[0]]}
            return self._quietly({**inputs, **exchanged}, part)

        def with_transposed() -> np.ndarray | None:
            if not names or any(np.ndim(inputs[name]) != 2 for name in names):
                return None
            turned = {name: np.transpose(inputs[name]) for name in names}  # lists and dictionaries of arrays stay
            answer = self._quietly({**inputs, **turned}, part)
            return None if answer is None else answer.T

        expected = self.expected[i][part.result]
        batch = len(inputs[names[0]]) if names else 1
        return Seen(np.asarray(yours, float), np.asarray(expected, float), batch, with_transposed, with_swapped)

    def _quietly(self, inputs: dict[str, Any], part: Part) -> np.ndarray | None:
        with np.errstate(all="ignore"):
            try:
                return np.asarray(self.exercise.expected(inputs)[part.result], float)
            except (
                ValueError,
                TypeError,
                IndexError,
                KeyError,
            ):  # the reference refuses such inputs: then the student did not do this
                return None


def _alike(outcome: Outcome, theirs: np.ndarray | None, part: Part) -> bool:
    if outcome.value is None or theirs is None:
        return outcome.value is None and theirs is None and outcome.error not in ("NotImplementedError", "NotTried")
    return matches(outcome.value, theirs, part)


def _notes(outcomes: Iterable[Outcome]) -> Iterable[str]:
    changed = sorted({name for outcome in outcomes for name in outcome.changed})
    if changed:
        yield f"Your code changes its input {' and '.join(changed)} in place. Work on a copy: others still need it."
    printed = next((outcome.printed for outcome in outcomes if outcome.printed.strip()), "")
    if printed:
        yield "Your code printed (on one of the cases): " + printed.strip()


def _raised(outcome: Outcome) -> str:
    return f"{outcome.error}: {outcome.message}" if outcome.message else outcome.error


def _shape(array: np.ndarray) -> str:
    return "one number" if array.ndim == 0 else f"an array of shape {array.shape}"


def _number(value: Any) -> str:
    return f"{float(value):.6g}"


def _inputs(inputs: dict[str, Any]) -> str:
    return ", ".join(f"{name} {_brief(value)}" for name, value in inputs.items())


def _brief(value: Any) -> str:
    if isinstance(value, str | list | dict):
        text = repr(value)
        return text if len(text) < 60 else text[:58] + " …"
    array = np.asarray(value)
    if array.ndim == 0:
        return _number(array.item())
    if array.size > 12:
        return f"of shape {array.shape}"
    return np.array2string(array, precision=5, separator=", ", max_line_width=1000).replace("\n", "")


def run_locally(
    exercise: Exercise,
    candidates: Candidates,
    points: float,
    seed: int | Sequence[int],
    diagnose: bool = True,
) -> Verdict:
    """Observe and judge in one process: for a student's own notebook and for the bank's tests, never for a grade."""
    cases = exercise.make_cases(seed)
    seen = observe(exercise.protocol, candidates, [case.inputs for case in cases])
    return judge(exercise, cases, seen, points, diagnose=diagnose)
