"""Grade on several cores: lanes of one trusted process each with its own cage; one that fails costs one submission."""

import multiprocessing
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from autograder.grading.cage import Cage, CageError
from autograder.grading.submission import FAILED, Assignment, Outcome, grade_notebook
from autograder.grading.withhold import Site
from autograder.sandbox.lock import Limits


@dataclass(frozen=True)
class Job:
    student: str
    content: bytes
    assignment: Assignment
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Setup:
    """What every lane needs to know."""

    site: Site
    work: Path
    secret: bytes
    locked: bool = True
    limits: Limits = field(default_factory=Limits)
    targets: tuple[Path, ...] = ()


class Lanes:
    """So many lanes, started at once: they get warm while the grader itself is still getting ready."""

    def __init__(self, setup: Setup, count: int) -> None:
        self.setup = setup
        self.context = multiprocessing.get_context("spawn")  # never fork: the lanes start clean
        self.lanes = [_Lane(self.context, setup, number) for number in range(count)]

    def __enter__(self) -> "Lanes":
        return self

    def __exit__(self, *_: object) -> None:
        for lane in self.lanes:
            lane.link.close()
        for lane in self.lanes:
            lane.close()

    def grade(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Yield each job with its outcome as it comes; CageError if the sandbox cannot be made."""
        waiting = iter(jobs)
        running: dict[Any, _Lane] = {}
        for lane in self.lanes:
            job = next(waiting, None)
            if job:
                lane.give(job)
                running[lane.link] = lane
        while running:
            for link in wait(list(running)):
                lane = running.pop(link)
                job, outcome = lane.take()
                yield job, outcome
                following = next(waiting, None)
                if following is None:
                    continue
                if not lane.alive:
                    lane.close()
                    lane = self.lanes[lane.number] = _Lane(self.context, self.setup, lane.number)
                lane.give(following)
                running[lane.link] = lane


class _Lane:
    """A process that grades one submission after the other."""

    def __init__(self, context: Any, setup: Setup, number: int) -> None:
        self.number, self.alive = number, True
        self.link, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, setup, number), daemon=True)
        self.process.start()
        theirs.close()
        self.job: Job | None = None

    def give(self, job: Job) -> None:
        self.job = job
        self.link.send(job)

    def take(self) -> tuple[Job, Outcome]:
        assert self.job
        try:
            outcome = self.link.recv()
        except (EOFError, OSError):
            self.alive = False
            self.process.join(10)
            outcome = Outcome(FAILED, f"the grader's own process ended (exit code {self.process.exitcode})")
        if isinstance(outcome, CageError):
            raise outcome
        return self.job, outcome

    def close(self) -> None:
        self.link.close()
        self.process.join(10)
        if self.process.is_alive():
            self.process.terminate()
            self.process.join()


def _work(link: Connection, setup: Setup, number: int) -> None:
    cage = Cage(setup.site, setup.work, number, setup.locked, setup.limits, setup.targets)
    with cage:
        with suppress(CageError):  # the first job tells
            cage.start()
        while True:
            try:
                link.send(_graded(link.recv(), setup, cage))
            except (EOFError, OSError, KeyboardInterrupt):  # the grader is gone
                return


def _graded(job: Job, setup: Setup, cage: Cage) -> Outcome | CageError:
    for attempt in (1, 2):
        try:
            cage.start()
            return grade_notebook(job.content, job.assignment, job.student, setup.secret, cage, job.files)
        except CageError as problem:
            if attempt == 2:
                return problem
            cage.close()
        except Exception as problem:
            where = traceback.extract_tb(problem.__traceback__)[-1]
            place = f"{Path(where.filename).name}, line {where.lineno}"
            return Outcome(FAILED, f"{type(problem).__name__}: {problem} ({place})"[:500])
    raise AssertionError("not reached")
