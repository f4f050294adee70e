"""Run the bank of a chapter against its checks. Nothing here grades a student; it proves that grading is fair and
strict.

The bank lies in tests/bank/<chapter>/: modules of other right answers (functions with the solution's names), and
`equivalent.py`, the mutants that are right all the same, each with its reason.
"""

import importlib
import inspect
import pkgutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from itertools import chain
from types import ModuleType
from typing import Any

from autograder import exercises, judge
from autograder.exercise import VISIBLE_SEED, Exercise
from autograder.verdict import RIGHT, Verdict
from autograder.verify import source
from autograder.verify.mutants import mutants
from autograder.verify.styles import STYLES

SEEDS = (VISIBLE_SEED, 1, 2026)
NO_ANSWERS = {"wrong", "points_left", "equivalent", "shared"}  # modules of a bank that hold no right answers
GRAPH_STYLES = ("noisy",)  # numbers that remember what they were made of are no arrays to be cast


@dataclass
class Verified:
    """What the bank shows of one exercise. `escapes` says in words what should not have happened; none is good."""

    exercise: str
    seconds: float = 0.0
    misconceptions: int = 0
    mutants: int = 0
    equivalent: int = 0
    alternatives: int = 0
    escapes: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def verify(chapter: str) -> Iterator[Verified]:
    """Yield one result for each exercise of the chapter; a stale entry of `equivalent.py` is an escape, too."""
    known = set(chain.from_iterable(equivalent(chapter).values()))
    for exercise in exercises.in_chapter(chapter).values():
        yield verify_exercise(chapter, exercise, known)


def verify_exercise(chapter: str, exercise: Exercise, known: set[str]) -> Verified:
    started = time.perf_counter()
    told = Verified(exercise.id)
    _solution(chapter, exercise, told)
    _alternatives(chapter, exercise, told)
    _misconceptions(chapter, exercise, told)
    _mutants(chapter, exercise, known, told)
    told.seconds = round(time.perf_counter() - started, 2)
    return told


def equivalent(chapter: str) -> dict[str, list[str]]:
    """Mutants that get full marks, by the reason why they are right."""
    return bank(chapter, "equivalent").EQUIVALENT


def bank(chapter: str, module: str) -> ModuleType:
    root = str(source.SOLUTIONS.parent)
    if root not in sys.path:
        sys.path.insert(0, root)
    return importlib.import_module(f"tests.bank.{chapter}.{module}")


def answer_modules(chapter: str) -> list[str]:
    """The modules of the chapter's bank that hold right answers."""
    package = bank(chapter, "equivalent").__package__
    path = importlib.import_module(str(package)).__path__
    return sorted({module.name for module in pkgutil.iter_modules(path)} - NO_ANSWERS)


def alternatives(chapter: str, exercise: Exercise) -> dict[str, list[Callable[..., Any]]]:
    """Other right answers by name: written ones, run from their source text alone, and the solution in other
    manners."""
    found = {}
    wanted = source.calls(chapter)[exercise.id]
    for module in answer_modules(chapter):
        written = [getattr(bank(chapter, module), name, None) for name in wanted]
        if all(written):
            text = "\n\n".join(inspect.getsource(function) for function in written)  # type: ignore[arg-type]
            found[module] = source.candidates(exercise, chapter, text)
    solution = source.candidates(exercise, chapter, source.sources(chapter)[exercise.id])
    excused = getattr(bank(chapter, "equivalent"), "NOT_IN_STYLE", {}).get(exercise.id, {})
    for style, change in STYLES.items():
        if style not in excused and (exercise.protocol.kind != "graph" or style in GRAPH_STYLES):
            found[style] = [change(candidate) for candidate in solution]
    return found


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """A loop that a mutant makes endless ends with TimeoutError (in the main thread, where signals arrive)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise TimeoutError(f"still running after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _judged(
    chapter: str, exercise: Exercise, candidates: Sequence[Callable[..., Any] | None], seed: int, diagnose: bool = False
) -> Verdict:
    return judge.run_locally(exercise, candidates, source.points(chapter)[exercise.id], seed, diagnose)


def _solution(chapter: str, exercise: Exercise, told: Verified) -> None:
    candidates = source.candidates(exercise, chapter, source.sources(chapter)[exercise.id])
    for seed in range(5):
        verdict = _judged(chapter, exercise, candidates, seed)
        if verdict.state != RIGHT:
            told.escapes.append(f"the solution is not right with seed {seed}: {verdict}")


def _alternatives(chapter: str, exercise: Exercise, told: Verified) -> None:
    found = alternatives(chapter, exercise)
    told.alternatives = len(found)
    if not set(found) - set(STYLES):
        told.escapes.append(f"there is no other right answer in tests/bank/{chapter}")
    for name, candidates in found.items():
        for seed in SEEDS:
            verdict = _judged(chapter, exercise, candidates, seed)
            if verdict.state != RIGHT:
                told.escapes.append(f"the right answer {name!r} loses points with seed {seed}: {verdict}")
                break


def _misconceptions(chapter: str, exercise: Exercise, told: Verified) -> None:
    told.misconceptions = len(exercise.misconceptions)
    if told.misconceptions < 3:
        told.escapes.append(f"{told.misconceptions} misconceptions; expected three or more")
    right = source.candidates(exercise, chapter, source.sources(chapter)[exercise.id])
    for known in exercise.misconceptions:
        named = dict(zip(exercise.protocol.takes, right)) | dict(known.wrong)
        for seed in SEEDS:
            verdict = _judged(chapter, exercise, list(named.values()), seed, diagnose=True)
            if verdict.points >= verdict.max_points:
                told.escapes.append(f"the mistake {known.name!r} gets full marks with seed {seed}")
                break
            names = [mistake.name for mistake in verdict.mistakes]
            if names != [known.name]:
                told.escapes.append(f"the mistake {known.name!r} is called {names} with seed {seed}: {verdict}")
                break


def _mutants(chapter: str, exercise: Exercise, known: set[str], told: Verified) -> None:
    alive = set()
    functions = set()
    for mutant in mutants(source.sources(chapter)[exercise.id]):
        told.mutants += 1
        functions.add(mutant.what.partition(":")[0])
        with suppress(TimeoutError), at_most(2):  # that arrives while another error is being written down
            try:
                candidates = source.candidates(exercise, chapter, mutant.source)
            except Exception:  # the cell itself fails: no points
                continue
            if any(_judged(chapter, exercise, candidates, seed).state == RIGHT for seed in SEEDS[:2]):
                alive.add(mutant.what)
    told.equivalent = len(alive & known)
    told.escapes += [f"a slip that gets full marks: {what}" for what in sorted(alive - known)]
    stale = {what for what in known if what.partition(":")[0] in functions} - alive
    told.escapes += [f"listed as equivalent, and loses points or is gone: {what}" for what in sorted(stale)]
