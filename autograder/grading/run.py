"""Grade the submissions of a chapter, one after the other; a bad one costs itself only."""

import hashlib
import json
import re
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import MissingEntry

from autograder.course import Course, CourseError
from autograder.grading.execute import GRADED
from autograder.grading.repair import NOTES

MISSING, MALFORMED, FAILED = "missing", "malformed", "grader failed"
MAX_NOTEBOOK_BYTES = 20 * 2**20


@dataclass
class Graded:
    """What became of one submission. `score` is None where there was nothing to grade."""

    student: str
    status: str
    score: float | None = None
    max_score: float = 0.0
    late_penalty: float = 0.0
    exercises: dict[str, dict[str, Any]] = field(default_factory=dict)
    repairs: list[str] = field(default_factory=list)
    message: str = ""  # for the teacher, where the status needs one
    seconds: float = 0.0

    @property
    def mistakes(self) -> list[str]:
        """The named mistakes, each with its exercise ("huber: no ½ …"), the one that cost most points first."""
        named = [(e["score"] - e["max_score"], name, e["misconception"]) for name, e in self.exercises.items()]
        return [f"{name.partition('.')[2]}: {mistake}" for _, name, mistake in sorted(named, key=_cost) if mistake]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def _cost(named: tuple[float, str, str]) -> float:
    return named[0]


def grade(
    course: Course, chapter: str, students: Sequence[str] = (), force: bool = False, feedback: bool = True
) -> Iterator[Graded]:
    """Yield one result for each submission. New and changed ones are graded; of the others the last result is told."""
    if not (course.path("source", chapter) / f"{chapter}.ipynb").is_file() or not _in_gradebook(course, chapter):
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
        raise CourseError(
            f"No submissions of {chapter!r}; expected {course.path('submitted', chapter, '<student>')}/{chapter}.ipynb"
        )
    for student in students or known:
        started = time.perf_counter()
        with warnings.catch_warnings():
            # nbformat warns about cells that are repaired here, nbgrader's queries about themselves.
            warnings.simplefilter("ignore")
            result = _grade_one(course, chapter, student, force, feedback)
        result.seconds = round(time.perf_counter() - started, 2)
        yield result


def _in_gradebook(course: Course, chapter: str) -> bool:
    with course.api.gradebook as gradebook:
        try:
            gradebook.find_notebook(chapter, chapter)
        except MissingEntry:
            return False
    return True


def _grade_one(course: Course, chapter: str, student: str, force: bool, feedback: bool) -> Graded:
    submitted = course.path("submitted", chapter, student) / f"{chapter}.ipynb"
    complaint = _unreadable(submitted)
    if complaint:
        status = MALFORMED if submitted.exists() else MISSING
        return Graded(student, status, message=complaint)
    digest = hashlib.sha256(submitted.read_bytes()).hexdigest()
    autograded = course.path("autograded", chapter, student) / f"{chapter}.ipynb"
    if not force and _digest(autograded) == digest:
        return _read(course, chapter, student, autograded)
    result = course.api.autograde(chapter, student, force=True, create=True)
    if not result["success"]:
        return Graded(student, FAILED, message=_last_line(result))
    _note_digest(autograded, digest)
    if feedback:
        result = course.api.generate_feedback(chapter, student, force=True)
        if not result["success"]:
            return Graded(student, FAILED, message="the feedback page could not be made: " + _last_line(result))
    return _read(course, chapter, student, autograded)


def _unreadable(path: Path) -> str:
    """Why the file cannot be graded, or "" if it can."""
    if not path.is_file():
        return f"there is no {path.name}; ask for it again"
    if path.stat().st_size > MAX_NOTEBOOK_BYTES:
        return f"{path.name} has {path.stat().st_size / 2**20:.0f} MB; the limit is {MAX_NOTEBOOK_BYTES // 2**20} MB"
    try:
        content = json.loads(path.read_bytes())
        if not isinstance(content, dict) or not isinstance(content.get("cells", content.get("worksheets")), list):
            return f"{path.name} is not a notebook: it has no cells; ask for it again"
        nbformat.reads(json.dumps(content), as_version=4)
    except (UnicodeDecodeError, json.JSONDecodeError):
        return f"{path.name} is not a notebook (it is no JSON); ask for it again"
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError) as problem:
        return f"{path.name} is not a notebook ({type(problem).__name__}: {str(problem)[:80]}); ask for it again"
    return ""


def _digest(autograded: Path) -> str:
    if not autograded.is_file():
        return ""
    return nbformat.read(autograded, as_version=4).metadata.get(NOTES, {}).get("submission", "")


def _note_digest(autograded: Path, digest: str) -> None:
    notebook = nbformat.read(autograded, as_version=4)
    notebook.metadata.setdefault(NOTES, {})["submission"] = digest
    mode = autograded.stat().st_mode
    autograded.chmod(0o644)
    nbformat.write(notebook, autograded)
    autograded.chmod(mode)


def _last_line(result: dict[str, Any]) -> str:
    """The exception behind an nbgrader failure; its own closing line only points back to it."""
    lines = (result.get("log", "") + result.get("error", "")).splitlines()
    said = [line.strip() for line in lines if re.match(r"\s*[\w.]+(Error|Exception|Kernel): ", line)]
    told = [line for line in said if "NbGraderException" not in line] or said
    return told[-1] if told else "nbgrader gave no reason"


def _read(course: Course, chapter: str, student: str, autograded: Path) -> Graded:
    notebook = nbformat.read(autograded, as_version=4)
    notes = notebook.metadata.get(NOTES, {})
    graded = Graded(student, notes.get("status", GRADED), repairs=list(notes.get("repairs", ())))
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            verdict = output.get("metadata", {}).get(NOTES)
            if verdict:
                named = [mistake["name"] for part in verdict["parts"] for mistake in part["mistakes"]]
                graded.exercises[verdict["exercise"]] = {
                    "score": verdict["points"],
                    "max_score": verdict["max_points"],
                    "state": verdict["state"],
                    "misconception": named[0] if named else "",
                    "message": verdict["message"],
                }
    with course.api.gradebook as gradebook:
        submission = gradebook.find_submission_notebook(chapter, chapter, student)
        graded.score, graded.max_score = float(submission.score), float(submission.max_score)
        graded.late_penalty = float(submission.late_submission_penalty or 0.0)
    return graded
