"""The one writer into nbgrader's gradebook: a submission's grades in one transaction; manual ones are left alone."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc

from autograder.course import Course


@dataclass(frozen=True)
class Score:
    score: float
    max_score: float
    late_penalty: float


class Writer:
    """Open while a class is graded."""

    def __init__(self, course: Course, chapter: str) -> None:
        self.course, self.chapter = course, chapter
        course.api  # noqa: B018  (makes the gradebook, if there is none)
        self.gradebook = Gradebook(course.directory.db_url, course.directory.course_id)
        self.assignment = self.gradebook.find_assignment(chapter)
        penalties = AssignLatePenalties(config=course.config)
        penalties.init_plugin()
        self.penalties: BasePlugin = penalties.plugin_inst

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: object) -> None:
        self.gradebook.close()

    def notebooks(self) -> list[str]:
        return sorted(notebook.name for notebook in self.assignment.notebooks)

    def checksums(self, notebook: str) -> dict[str, str]:
        """Of the released cells, by grade id."""
        cells = self.gradebook.find_notebook(notebook, self.chapter).source_cells
        return {cell.name: cell.checksum for cell in cells if cell.checksum}

    def write(self, student: str, submitted: Path, graded: Mapping[str, NotebookNode | None]) -> Score:
        """Write what each graded notebook got; a missing one (None) gets zeros, as nbgrader gives them."""
        session = self.gradebook.db
        try:
            submission = self._submission(student)
            timestamp = self._timestamp(submitted)
            if timestamp:
                submission.timestamp = timestamp
            for notebook in submission.notebooks:
                known = graded.get(notebook.notebook.name)
                found = scores(known) if known else None
                for grade in notebook.grades:
                    self._grade(grade, found)
                said = comments(known) if known else {}
                for comment in notebook.comments:
                    comment.auto_comment = said.get(comment.cell.name)
            session.flush()
            for notebook in submission.notebooks:
                session.refresh(notebook, ["score"])
                notebook.late_submission_penalty = self._penalty(submission, notebook, student)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        return self.read(student)

    def read(self, student: str) -> Score:
        submission = self.gradebook.find_submission(self.chapter, student)
        self.gradebook.db.refresh(submission)
        penalty = sum(float(notebook.late_submission_penalty or 0) for notebook in submission.notebooks)
        return Score(float(submission.score), float(submission.max_score), penalty)

    def _submission(self, student: str) -> SubmittedAssignment:
        """The student's submission, made in this transaction if need be, with an entry for every graded cell."""
        session = self.gradebook.db
        try:
            submission = self.gradebook.find_submission(self.chapter, student)
        except MissingEntry:
            known = session.get(Student, student) or Student(id=student)
            submission = SubmittedAssignment(assignment=self.assignment, student=known)
        kept = {notebook.notebook_id: notebook for notebook in submission.notebooks}
        for notebook in self.assignment.notebooks:
            entry = kept.get(notebook.id) or SubmittedNotebook(notebook=notebook, assignment=submission)
            graded = {grade.cell_id for grade in entry.grades}
            commented = {comment.cell_id for comment in entry.comments}
            for cell in (*notebook.grade_cells, *notebook.task_cells):
                if cell.id not in graded:
                    entry.grades.append(Grade(cell=cell))
            for cell in (*notebook.solution_cells, *notebook.task_cells):
                if cell.id not in commented:
                    entry.comments.append(Comment(cell=cell))
        session.add(submission)
        return submission

    def _grade(self, grade: Any, found: Mapping[str, float | None] | None) -> None:
        if found is None:
            grade.auto_score, grade.needs_manual_grade = 0.0, False
            return
        grade.auto_score = found.get(grade.cell.name)
        # Where a person has graded before, or must, a person looks again: nbgrader's own rule.
        grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None

    def _timestamp(self, submitted: Path) -> datetime.datetime | None:
        path = submitted / "timestamp.txt"
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 100:
            return None
        try:
            return parse_utc(path.read_text().strip())
        except (ValueError, UnicodeDecodeError, OverflowError):
            return None

    def _penalty(self, submission: Any, notebook: Any, student: str) -> float | None:
        if not submission.timestamp or not submission.duedate:
            return None
        late = (submission.timestamp - submission.duedate).total_seconds()
        if late <= 0:
            return None
        penalty = self.penalties.late_submission_penalty(student, notebook.score, late)
        return None if penalty is None else min(max(0.0, float(penalty)), float(notebook.score))


def scores(notebook: NotebookNode) -> dict[str, float | None]:
    """The automatic score of each graded cell as nbgrader reads it; None where a person must look."""
    found: dict[str, float | None] = {}
    for cell in notebook.cells:
        if not utils.is_grade(cell):
            continue
        worth = float(cell.metadata.nbgrader.points)
        try:
            found[cell.metadata.nbgrader.grade_id] = utils.determine_grade(cell)[0]
        except (ValueError, KeyError):  # more points than there are, or a result that says nothing
            found[cell.metadata.nbgrader.grade_id] = worth
    return found


def comments(notebook: NotebookNode) -> dict[str, str | None]:
    """nbgrader's automatic comment on cells that were left as they were handed out."""
    said: dict[str, str | None] = {}
    for cell in notebook.cells:
        if utils.is_solution(cell) or utils.is_task(cell):
            same = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
            said[cell.metadata.nbgrader.grade_id] = "No response." if same and not utils.is_task(cell) else None
    return said
