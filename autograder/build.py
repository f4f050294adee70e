"""From a chapter's one source to the notebook that students get.

solutions/ch04_losses.py → build/source/ch04_losses/ (a notebook with solutions) → notebooks/ch04_losses/ (released)

An author marks cells; this file turns the marks into nbgrader's metadata:

| mark | becomes |
|---|---|
| `[markdown] exercise="ch04.huber" minutes=8 difficulty=2` | the task; a line tells difficulty, minutes, points |
| `exercise="ch04.huber"` | the cell a student writes |
| `check="ch04.huber" points=4` | a locked cell worth points |
| `tags=["demo"]` | a locked cell that is not executed when grading |
| code without a mark | a locked cell that is executed when grading: imports and the like |

The same source gives the same bytes: cell ids come from the exercise's id or from the cell's position.
"""

import ast
import io
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from autograder import exercises
from autograder.course import Course, CourseError
from autograder.marks import CHECK_SUFFIX, DEMO_INFIX, check_call, grade_id

MARKS = {"exercise", "check", "points", "minutes", "difficulty", "tags"}


def source_notebook(path: Path) -> NotebookNode:
    """The chapter as a notebook with nbgrader's metadata, solutions included; CourseError for a mark that is wrong."""
    notebook = jupytext.read(path, fmt="py:percent")
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell in notebook.cells:
        cell.metadata.pop("lines_to_next_cell", None)  # jupytext's own note on blank lines
    _check_marks(path, notebook)
    points = {cell.metadata["check"]: cell.metadata["points"] for cell in notebook.cells if "check" in cell.metadata}
    prefix = path.stem.partition("_")[0]
    for number, cell in enumerate(notebook.cells, start=1):
        marks = dict(cell.metadata)
        cell.metadata = nbformat.from_dict({"tags": marks["tags"]} if marks.get("tags") else {})
        cell.id = f"{prefix}-{number:03d}"
        if cell.cell_type == "markdown" and "exercise" in marks:
            cell.id = grade_id(marks["exercise"]) + "-task"
            cell.source = _with_effort(cell.source, marks, points[marks["exercise"]])
        elif "exercise" in marks:
            _mark(cell, grade_id(marks["exercise"]), solution=True)
        elif "check" in marks:
            cell.source = _with_points(cell.source, marks["points"])
            _mark(cell, grade_id(marks["check"]) + CHECK_SUFFIX, locked=True, points=marks["points"])
        elif cell.cell_type == "code":
            infix = DEMO_INFIX if "demo" in marks.get("tags", ()) else "-setup-"
            _mark(cell, f"{prefix}{infix}{number:03d}", locked=True)
    nbformat.validate(notebook)
    return notebook


def _mark(
    cell: NotebookNode, name: str, solution: bool = False, locked: bool = False, points: float | None = None
) -> None:
    cell.id = name
    cell.metadata["nbgrader"] = {
        "schema_version": 3,
        "cell_type": "code",
        "grade_id": name,
        "grade": points is not None,
        "solution": solution,
        "locked": locked,
        "task": False,
    } | ({} if points is None else {"points": points})


def _with_effort(source: str, marks: dict, points: float) -> str:
    """The task with a line under its heading: difficulty, minutes, points."""
    heading, _, rest = source.partition("\n")
    level = int(marks["difficulty"])
    stars = "●" * level + "○" * (5 - level)
    effort = f"*Difficulty {stars} ({level} of 5) · about {marks['minutes']} minutes · {points:g} points*"
    return f"{heading}\n\n{effort}\n\n{rest.lstrip()}".rstrip()


def _with_points(source: str, points: float) -> str:
    call = check_call(source)
    call.keywords.append(ast.keyword("points", ast.Constant(points)))
    return ast.unparse(call).replace("'", '"')


def _check_marks(path: Path, notebook: NotebookNode) -> None:
    """Every exercise has its task, its cell, its check and its record, once; nothing is misspelled."""
    known = exercises.in_chapter(path.stem)
    seen: dict[str, list[str]] = {}
    for number, cell in enumerate(notebook.cells, start=1):
        for complaint in _complaints(cell, known):
            first = cell.source.strip().partition("\n")[0][:60]
            raise CourseError(f"{path.name}, cell {number} ({first!r}): {complaint}.")
        if "check" in cell.metadata:
            seen.setdefault(cell.metadata["check"], []).append("check")
        elif "exercise" in cell.metadata:
            kind = "task" if cell.cell_type == "markdown" else "cell"
            seen.setdefault(cell.metadata["exercise"], []).append(kind)
    for exercise, kinds in seen.items():
        if kinds != ["task", "cell", "check"]:
            raise CourseError(
                f"{path.name}: {exercise} has {kinds}; expected one task, one cell, one check, in this order."
            )
    missing = sorted(set(known) - set(seen))
    if missing:
        raise CourseError(f"{path.name}: the records {', '.join(missing)} have no cells in the chapter.")


def _complaints(cell: NotebookNode, known: dict) -> Iterator[str]:
    marks = cell.metadata
    unknown = set(marks) - MARKS
    if unknown:
        yield f"unknown mark {', '.join(sorted(unknown))}; known are {', '.join(sorted(MARKS))}"
    name = marks.get("check") or marks.get("exercise")
    if name and name not in known:
        yield f"{name} has no record in autograder/exercises; known are {', '.join(known)}"
    if "check" in marks:
        if not isinstance(marks.get("points"), int | float) or marks["points"] <= 0:
            yield "a check needs points=… above 0"
        try:
            if ast.literal_eval(check_call(cell.source).args[0]) != name:
                yield f"the call does not name {name}"
        except (ValueError, SyntaxError) as problem:
            yield str(problem)
    elif "exercise" in marks and cell.cell_type == "markdown":
        if marks.get("difficulty") not in (1, 2, 3, 4, 5) or not isinstance(marks.get("minutes"), int):
            yield "a task needs minutes=… and difficulty=1…5"
        if not cell.source.lstrip().startswith("#"):
            yield "a task begins with a heading"
    elif "exercise" in marks and ("### BEGIN SOLUTION" not in cell.source or "### END SOLUTION" not in cell.source):
        yield "an exercise cell needs ### BEGIN SOLUTION and ### END SOLUTION"


def build(course: Course, chapter: str) -> Path:
    """Make the source notebook and the released one; register both in the gradebook; return the released notebook.

    If nbgrader refuses, the notebook that was released before stays as it was."""
    notebook = source_notebook(course.solution(chapter))
    source = course.path("source", chapter) / f"{chapter}.ipynb"
    source.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, source)
    released = course.path("release", chapter) / f"{chapter}.ipynb"
    before = released.read_bytes() if released.is_file() else None
    with redirect_stderr(io.StringIO()):
        api = course.api  # puts alembic on the path, which makes a gradebook where there is none
        _follow_locked_cells(course, chapter, notebook)
        result = api.generate_assignment(chapter, force=True, create=True)
    if not result["success"]:
        if before is not None:
            released.parent.mkdir(parents=True, exist_ok=True)
            released.write_bytes(before)
        told = (result.get("error") or result.get("log") or "").strip()
        reason = told.splitlines()[-1] if told else "it gave no reason"
        if "are submissions associated with it" in (result.get("log") or ""):
            reason = (
                "exercises came, went or changed their ids, and submissions have been graded with the old ones. Keep "
                "the exercises, or start anew without gradebook.db"
            )
        raise CourseError(f"nbgrader could not release {chapter}: {reason}")
    return released


def _follow_locked_cells(course: Course, chapter: str, notebook: NotebookNode) -> None:
    """Tell the gradebook which locked cells without points came and went.

    Once submissions are graded, nbgrader refuses every change of cells. These have no grades: a demo may be mended."""
    from nbgrader.api import Gradebook, MissingEntry

    here = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook.cells
        if "nbgrader" in cell.metadata and not (cell.metadata.nbgrader.grade or cell.metadata.nbgrader.solution)
    }
    with Gradebook(course.directory.db_url, course.directory.course_id) as gradebook:
        try:
            known = gradebook.find_notebook(chapter, chapter)
        except MissingEntry:
            return
        if not known.submissions:
            return
        graded = {cell.name for cell in (*known.grade_cells, *known.solution_cells, *known.task_cells)}
        for cell in [cell for cell in known.source_cells if cell.name not in graded | set(here)]:
            gradebook.db.delete(cell)
        gradebook.db.commit()
        for name, text in here.items():
            gradebook.update_or_create_source_cell(name, chapter, chapter, cell_type="code", locked=True, source=text)
