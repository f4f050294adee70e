"""Grade the submissions of a chapter: new and changed ones, on all cores, with one writer.

Killed anywhere and started again, it ends with the same gradebook.
"""

import hashlib
import json
import os
import stat
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from autograder.course import Course, CourseError
from autograder.grading import seeds
from autograder.grading.cage import CageError
from autograder.grading.execute import Times
from autograder.grading.feedback import feedback_page
from autograder.grading.lanes import Job, Lanes, Setup
from autograder.grading.submission import (
    FAILED,
    GRADED,
    MALFORMED,
    MAX_NOTEBOOK_BYTES,
    MISSING,
    Assignment,
    Graded,
    Outcome,
    exercises_of,
)
from autograder.grading.withhold import make_site
from autograder.grading.workspace import workspace
from autograder.sandbox.lock import Limits

if TYPE_CHECKING:  # it imports nbgrader, which takes seconds that the lanes have to themselves
    from autograder.grading.gradebook import Writer

MARKER = ".graded.json"  # beside the autograded notebook: the submission's digest and result; written last
MAX_FILES, MAX_FILES_BYTES = 50, 10 * 2**20  # of what is handed in or given out beside the notebook


@dataclass(frozen=True)
class Options:
    """How to grade."""

    jobs: int = 0  # 0: as many as there are cores
    force: bool = False
    sandbox: bool = True
    feedback: bool = True
    demos: bool = False  # execute locked demo cells, too, as stock nbgrader does; then nothing is withheld
    times: Times = field(default_factory=Times)
    limits: Limits = field(default_factory=Limits)


def grade(
    course: Course, chapter: str, students: Sequence[str] = (), force: bool = False, options: Options | None = None
) -> Iterator[Graded]:
    """Yield one result for each submission. New and changed ones are graded; of the others the last result is told."""
    options = options or Options()
    options = replace(options, force=force or options.force)
    with warnings.catch_warnings(), workspace() as work:
        warnings.simplefilter("ignore")  # nbgrader's queries warn about themselves
        run = _Run(course, chapter, options)
        with run.lanes(work) as lanes:
            yield from run.grade(lanes, run.choose(students))


def replay(course: Course, chapter: str, student: str) -> tuple[Graded, list[dict[str, Any]]]:
    """Grade one submission again with the seeds it had, and write nothing: the result and every verdict."""
    (result,) = _again(course, chapter, [student], Options(jobs=1))
    return result


def regrade_diff(course: Course, chapter: str, jobs: int = 0) -> Iterator[tuple[str, str, float, float, str]]:
    """Yield (student, exercise, points in the gradebook, points now, why) where they differ; nothing is written."""
    run = _Run(course, chapter, Options(jobs=jobs))
    names = [name for name in run.choose([]) if run.marked(name)]
    for graded, verdicts in _again(course, chapter, names, run.options):
        before = run.marked(graded.student)
        told = {verdict["exercise"]: verdict for verdict in verdicts}
        for exercise in dict.fromkeys([*(before.exercises if before else ()), *told]):
            old = (before.exercises.get(exercise, {}) if before else {}).get("score", 0.0)
            new = told.get(exercise, {}).get("points", 0.0)
            if abs(old - new) > 1e-9:
                yield graded.student, exercise, old, new, _why(told.get(exercise))


def _why(verdict: Mapping[str, Any] | None) -> str:
    """The first thing that a verdict finds wrong, in words."""
    if verdict is None:
        return "the exercise is gone"
    named = [mistake["name"] for part in verdict["parts"] for mistake in part["mistakes"]]
    wrong = [f"{part['name']}: {part['message']}" for part in verdict["parts"] if not part["right"]]
    return next(iter([*named, *wrong, verdict["message"]]), "") or "right now"


def _again(
    course: Course, chapter: str, names: Sequence[str], options: Options
) -> Iterator[tuple[Graded, list[dict[str, Any]]]]:
    """Grade once more, in the sandbox, without writing anything down."""
    run = _Run(course, chapter, replace(options, force=True))
    from autograder.grading.gradebook import Writer

    with workspace() as work, run.lanes(work) as lanes, Writer(course, chapter) as writer:
        for entry in run.outcomes(writer, lanes, run.choose(names)):
            if isinstance(entry, Graded):
                yield entry, []
                continue
            verdicts = [verdict for outcome in entry.outcomes.values() for verdict in outcome.verdicts]
            outcome = next(iter(entry.outcomes.values()))
            points, most = (sum(verdict[name] for verdict in verdicts) for name in ("points", "max_points"))
            told = Graded(entry.student, outcome.status, points, most, 0.0, exercises_of(verdicts), outcome.repairs)
            yield replace(told, message=outcome.message, seconds=outcome.seconds, sandbox=outcome.sandbox), verdicts


class _Run:
    def __init__(self, course: Course, chapter: str, options: Options) -> None:
        self.course, self.chapter, self.options = course, chapter, options

    def choose(self, students: Sequence[str]) -> list[str]:
        course, chapter = self.course, self.chapter
        if not self._built():
            raise CourseError(
                f"The chapter {chapter!r} has not been built in {course.root}; run: autograder build {chapter}"
            )
        known = course.students(chapter)
        unknown = sorted(set(students) - set(known))
        if unknown:
            raise CourseError(
                f"No submission of {chapter!r} by {', '.join(unknown)}; there are: {', '.join(known) or 'none'}."
            )
        if not known:
            expected = f"{course.path('submitted', chapter, '<student>')}/{chapter}.ipynb"
            raise CourseError(f"No submissions of {chapter!r}; expected {expected}")
        return list(dict.fromkeys(students)) or known

    def _built(self) -> bool:
        if not list(self.course.path("source", self.chapter).glob("*.ipynb")):
            return False
        with self.course.api.gradebook as gradebook:
            return any(assignment.name == self.chapter for assignment in gradebook.assignments)

    def lanes(self, work: Path) -> Lanes:
        """Lanes that get warm from now on."""
        return Lanes(self._setup(work), self.options.jobs or len(os.sched_getaffinity(0)))

    def grade(self, lanes: Lanes, names: Sequence[str]) -> Iterator[Graded]:
        from autograder.grading.gradebook import Writer

        with Writer(self.course, self.chapter) as writer:
            for entry in self.outcomes(writer, lanes, names):
                if isinstance(entry, Graded):
                    yield entry
                    continue
                try:
                    yield self._finish(writer, entry)
                except Exception as problem:
                    yield Graded(entry.student, FAILED, message=f"{type(problem).__name__}: {problem}"[:300])

    def outcomes(self, writer: "Writer", lanes: Lanes, names: Sequence[str]) -> "Iterator[Graded | _Pending]":
        """Every student's outcomes as they come; or the result, where there is nothing to grade, or nothing new."""
        self.assignments = self._assignments(writer)
        pending: dict[str, _Pending] = {}
        finished: list[Graded] = []

        def jobs() -> Iterator[Job]:
            for student in names:
                try:
                    entry = self._pending(student)
                except Exception as problem:  # one submission that cannot be looked at does not stop the others
                    entry = Graded(student, FAILED, message=f"{type(problem).__name__}: {problem}"[:300])
                if isinstance(entry, Graded):
                    finished.append(entry)
                else:
                    pending[student] = entry
                    yield from entry.jobs

        try:
            for job, outcome in lanes.grade(jobs()):
                entry = pending[job.student]
                entry.outcomes[job.assignment.notebook] = outcome
                while finished:
                    yield finished.pop(0)
                if len(entry.outcomes) == len(entry.jobs):
                    yield pending.pop(job.student)
        except CageError as problem:
            raise CourseError(
                f"Nothing was graded: the sandbox cannot be used on this machine. {problem}. "
                "See `autograder doctor`; with --no-sandbox, submissions run unprotected."
            ) from None
        yield from finished

    def marked(self, student: str) -> Graded | None:
        """The result that was written down when the student was graded last."""
        return _read_marker(self.course.path("autograded", self.chapter, student) / MARKER)

    def _assignments(self, writer: "Writer") -> list[Assignment]:
        found = []
        for name in writer.notebooks():
            path = self.course.path("source", self.chapter) / f"{name}.ipynb"
            if path.is_file():
                source = path.read_text(encoding="utf-8")
                checksums = writer.checksums(name)
                found.append(Assignment(self.chapter, name, source, checksums, self.options.times, self.options.demos))
        return found

    def _setup(self, work: Path) -> Setup:
        course = self.course
        secret = seeds.secret(course.root)
        names = ("solutions", "gradebook.db", "submitted", "autograded", "feedback", seeds.SECRET_FILE)
        targets = tuple(path for path in (course.root / name for name in names) if path.exists())
        site = make_site(work / "site", self.chapter, whole=self.options.demos)
        return Setup(site, work, secret, self.options.sandbox, self.options.limits, targets)

    def _pending(self, student: str) -> "Graded | _Pending":
        """What is to be graded of a student; or the result, where there is nothing to grade, or nothing new."""
        folder = self.course.path("submitted", self.chapter, student)
        jobs: list[Job] = []
        complaints: list[str] = []
        digest = hashlib.sha256()
        files = self._files(folder)
        for assignment in self.assignments:
            path = folder / f"{assignment.notebook}.ipynb"
            content, complaint = _content(path)
            if complaint:
                complaints.append(complaint)
                continue
            assert content is not None
            digest.update(assignment.version.encode() + hashlib.sha256(content).digest())
            jobs.append(Job(student, content, assignment, files))
        if not jobs:
            exists = any(os.path.lexists(folder / f"{one.notebook}.ipynb") for one in self.assignments)
            return Graded(student, MALFORMED if exists else MISSING, message=complaints[0])
        for name in sorted(files):
            digest.update(name.encode() + hashlib.sha256(files[name]).digest())
        digest.update(str(self.options.sandbox).encode())
        stamp = folder / "timestamp.txt"
        digest.update(stamp.read_bytes()[:100] if stamp.is_file() and not stamp.is_symlink() else b"")
        marker = self.course.path("autograded", self.chapter, student) / MARKER
        if not self.options.force:
            known = _read_marker(marker, digest.hexdigest())
            if known:
                return known
        return _Pending(student, folder, jobs, digest.hexdigest(), marker)

    def _files(self, folder: Path) -> dict[str, bytes]:
        """What lies beside the notebooks: the student's files, and the instructor's in their place. No links."""
        from nbgrader.utils import find_all_files

        found: dict[str, bytes] = {}
        for base in (folder, self.course.path("source", self.chapter)):
            ignored = [*self.course.directory.ignore, "*.ipynb", "timestamp.txt"]
            for name in sorted(find_all_files(str(base), ignored)):
                path = Path(name)
                relative = path.relative_to(base)
                parts = relative.parts
                inside = not any((base / Path(*parts[:n])).is_symlink() for n in range(len(parts) + 1))
                if inside and path.is_file() and len(found) < MAX_FILES:
                    size = path.stat().st_size
                    if size + sum(map(len, found.values())) <= MAX_FILES_BYTES:
                        found[str(relative)] = path.read_bytes()
        return found

    def _finish(self, writer: "Writer", entry: "_Pending") -> Graded:
        """Files first, then the gradebook, then the marker: whatever is missing is made again by the next run."""
        started = time.perf_counter()
        outcomes = entry.outcomes
        bad = next((outcome for outcome in outcomes.values() if outcome.status in (FAILED, MALFORMED)), None)
        if bad:
            return Graded(entry.student, bad.status, message=bad.message, seconds=bad.seconds)
        autograded = entry.marker.parent
        for name, outcome in outcomes.items():
            write(autograded / f"{name}.ipynb", outcome.notebook)
        notebooks = {name: nbformat.from_dict(json.loads(outcome.notebook)) for name, outcome in outcomes.items()}
        score = writer.write(entry.student, entry.folder, notebooks)
        worst = next((o for o in outcomes.values() if o.status != GRADED), next(iter(outcomes.values())))
        graded = Graded(
            entry.student,
            worst.status,
            score.score - score.late_penalty,
            score.max_score,
            score.late_penalty,
            exercises_of([verdict for outcome in outcomes.values() for verdict in outcome.verdicts]),
            [repair for outcome in outcomes.values() for repair in outcome.repairs],
            worst.message,
            sandbox=worst.sandbox,
        )
        if self.options.feedback:
            for name, notebook in notebooks.items():
                page = feedback_page(entry.student, name, notebook, score.score, score.max_score, score.late_penalty)
                write(self.course.path("feedback", self.chapter, entry.student) / f"{name}.html", page)
        graded.seconds = round(sum(o.seconds for o in outcomes.values()) + time.perf_counter() - started, 3)
        write(entry.marker, json.dumps({"digest": entry.digest, "result": graded.to_dict()}, ensure_ascii=False))
        return graded


@dataclass
class _Pending:
    student: str
    folder: Path
    jobs: list[Job]
    digest: str
    marker: Path

    def __post_init__(self) -> None:
        self.outcomes: dict[str, Outcome] = {}


def _content(path: Path) -> tuple[bytes | None, str]:
    """A submitted file's bytes, or why it cannot be graded. Links are not followed: they may point anywhere."""
    if path.is_symlink() or any(parent.is_symlink() for parent in path.parents[:2]):
        return None, f"{path.name} is a link, not a notebook; ask for the file itself"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None, f"there is no {path.name}; ask for it again"
    except OSError as problem:
        return None, f"{path.name} cannot be read ({problem.strerror}); ask for it again"
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        return None, f"{path.name} is not a file; ask for it again"
    with os.fdopen(descriptor, "rb") as file:
        size = state.st_size
        if size > MAX_NOTEBOOK_BYTES:
            most = MAX_NOTEBOOK_BYTES // 2**20
            return (
                None,
                f"{path.name} has {size / 2**20:.0f} MB; the limit is {most} MB: ask for it without its outputs",
            )
        return file.read(MAX_NOTEBOOK_BYTES + 1), ""


def _read_marker(marker: Path, digest: str = "") -> Graded | None:
    """The result in the marker, if it is of a submission with this digest, or of any if none is given."""
    try:
        told = json.loads(marker.read_text())
        return Graded(**told["result"]) if digest in ("", told["digest"]) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, text: str) -> None:
    """Write a file so that it is there whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(".writing-*"):  # by a grader that was killed: there is one writer
        left.unlink()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(name, 0o644)
    os.replace(name, path)
