"""Notebooks of other nbgrader courses, with asserts of their own: the scores that stock nbgrader gives them."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import nbformat
import nbgrader
import pytest
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.grading.run import grade
from tests.jupyterlab import jupyterlab
from tests.test_project import HERE

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

THEIRS = Path(nbgrader.__file__).parent
GUIDE = THEIRS / "docs" / "source" / "user_guide"
FIXTURES = THEIRS / "tests" / "apps" / "files"
STOCK = 'c = get_config()\nc.CourseDirectory.course_id = "other"\nc.NbGrader.logfile = ""\n'
OURS = STOCK + "from autograder.grading import configure\n\nconfigure(c)\n"


def nbgrader_says(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run a stock command in the course's folder; it needs `alembic` from beside the interpreter."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-m", "nbgrader", *arguments]
    environment = os.environ | {"PATH": path}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, env=environment)


def solve(path: Path, change) -> None:
    notebook = nbformat.read(path, as_version=4)
    change({cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}, notebook)
    nbformat.write(notebook, path)


def squares_only(cells, notebook):
    cells[
        "squares"
    ].source = "def squares(n):\n    if n < 1:\n        raise ValueError\n    return [i**2 for i in range(1, n + 1)]"


def wrong_squares(cells, notebook):
    cells["squares"].source = "def squares(n):\n    return [i for i in range(1, n + 1)]"


def syntax_error(cells, notebook):
    cells["squares"].source = "def squares(n)\n    return"


def prose(cells, notebook):
    cells["sum_of_squares_equation"].source = "an answer in words"


STUDENTS = {
    "untouched": lambda cells, notebook: None,
    "squares": squares_only,
    "wrong": wrong_squares,
    "syntax": syntax_error,
    "prose": prose,
}


def make(folder: Path, config: str) -> Path:
    """The course of nbgrader's own user guide and one of its test fixtures, with the submissions of a few students."""
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text(config)
    shutil.copytree(GUIDE / "source" / "ps1", folder / "source" / "ps1")
    (folder / "source" / "small").mkdir()
    shutil.copy(FIXTURES / "submitted-unchanged.ipynb", folder / "source" / "small" / "p1.ipynb")
    for assignment in ("ps1", "small"):
        done = nbgrader_says(folder, "generate_assignment", assignment, "--create")
        assert done.returncode == 0, done.stderr[-2000:]
    for student, change in STUDENTS.items():
        place = folder / "submitted" / student / "ps1"
        shutil.copytree(folder / "release" / "ps1", place)
        solve(place / "problem1.ipynb", change)
    shutil.copytree(folder / "source" / "ps1", folder / "submitted" / "perfect" / "ps1")
    for student in ("bitdiddle", "hacker"):
        shutil.copytree(GUIDE / "submitted" / student / "ps1", folder / "submitted" / student / "ps1")
    for name in (
        "submitted-unchanged",
        "submitted-changed",
        "submitted-locked-cell-changed",
        "submitted-grade-cell-changed",
    ):
        place = folder / "submitted" / name / "small"
        place.mkdir(parents=True)
        shutil.copy(FIXTURES / f"{name}.ipynb", place / "p1.ipynb")
    return folder


def scores(folder: Path, assignment: str) -> dict[tuple[str, str, str], tuple[float | None, bool]]:
    found = {}
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(assignment):
            for notebook in submission.notebooks:
                for grade_ in notebook.grades:
                    key = submission.student.id, notebook.name, grade_.cell.name
                    found[key] = grade_.auto_score, grade_.needs_manual_grade
    return found


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    folder = make(tmp_path_factory.mktemp("stock") / "course", STOCK)
    for assignment in ("ps1", "small"):
        done = nbgrader_says(folder, "autograde", assignment)
        assert "Traceback" not in done.stderr, done.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    folder = make(tmp_path_factory.mktemp("ours") / "course", OURS)
    (folder / "solutions").mkdir()
    return folder


@pytest.mark.parametrize("assignment", ["ps1", "small"])
def test_every_cell_gets_the_score_that_stock_nbgrader_gives(stock, ours, assignment):
    results = list(grade(Course(ours), assignment))
    assert {result.status for result in results} == {"graded"}, results
    expected = scores(stock, assignment)
    assert len(expected) > 10
    assert scores(ours, assignment) == expected


def test_stock_autograde_with_our_executor_gives_the_same_scores(stock, ours):
    shutil.rmtree(ours / "autograded", ignore_errors=True)
    done = nbgrader_says(ours, "autograde", "small", "--force")
    assert done.returncode == 0, done.stderr[-2000:]
    assert scores(ours, "small") == scores(stock, "small")


def test_feedback_export_and_validate_of_stock_nbgrader_work(ours):
    list(grade(Course(ours), "small", force=True))
    for command in (["generate_feedback", "small", "--force"], ["export"]):
        done = nbgrader_says(ours, *command)
        assert done.returncode == 0, done.stderr[-2000:]
    assert "submitted-changed" in (ours / "grades.csv").read_text()
    assert list((ours / "feedback").rglob("*.html"))
    path = ours / "submitted" / "perfect" / "ps1" / "problem1.ipynb"
    done = nbgrader_says(ours, "validate", str(path))
    assert "Success" in done.stdout, done.stdout + done.stderr[-1000:]


# Where we differ on purpose; docs/grading.md lists these.


def graded_alone(ours, student, change):
    place = ours / "submitted" / student / "ps1"
    shutil.copytree(ours / "release" / "ps1", place)
    solve(place / "problem1.ipynb", change)
    (result,) = grade(Course(ours), "ps1", [student])
    return result, {cell: score for (who, _, cell), (score, _) in scores(ours, "ps1").items() if who == student}


def test_a_warning_is_no_failed_test(ours):
    def warns(cells, notebook):
        squares_only(cells, notebook)
        cells["squares"].source = "import sys, warnings\n" + cells["squares"].source.replace(
            "    return", "    warnings.warn('slow')\n    print('at work', file=sys.stderr)\n    return"
        )

    _, found = graded_alone(ours, "warns", warns)
    assert found["correct_squares"] == 1.0


def test_a_deleted_and_a_copied_test_are_restored_and_do_not_stop_the_class(ours):
    def spoiled(cells, notebook):
        squares_only(cells, notebook)
        notebook.cells.remove(cells["correct_squares"])
        notebook.cells.append(nbformat.from_dict(cells["squares_invalid_input"]))

    result, found = graded_alone(ours, "spoiled", spoiled)
    assert result.status == "graded" and len(result.repairs) >= 2
    assert found["correct_squares"] == found["squares_invalid_input"] == 1.0


def test_a_manual_grade_and_a_comment_survive_another_grading(ours):
    list(grade(Course(ours), "small"))
    url = f"sqlite:///{ours / 'gradebook.db'}"
    with Gradebook(url) as gradebook:
        grade_ = gradebook.find_grade("baz", "p1", "small", "submitted-changed")
        grade_.manual_score, grade_.extra_credit = 1.5, 0.25
        gradebook.find_comment("baz", "p1", "small", "submitted-changed").manual_comment = "well said"
        gradebook.db.commit()
    list(grade(Course(ours), "small", force=True))
    with Gradebook(url) as gradebook:
        grade_ = gradebook.find_grade("baz", "p1", "small", "submitted-changed")
        assert (grade_.manual_score, grade_.extra_credit, grade_.needs_manual_grade) == (1.5, 0.25, True)
        assert gradebook.find_comment("baz", "p1", "small", "submitted-changed").comment == "well said"


def test_the_formgrader_shows_the_course(ours, tmp_path):
    def answer(path: str) -> str:
        with urllib.request.urlopen(f"{address}/formgrader{path}", timeout=60) as page:
            return page.read().decode()

    list(grade(Course(ours), "small"))
    with jupyterlab(ours, tmp_path) as address:
        told = {entry["name"]: entry for entry in json.loads(answer("/api/assignments"))}
        assert told["small"]["num_submissions"] == 4
        submissions = json.loads(answer("/api/submissions/small"))
        assert len(submissions) == 4 and all(submission["autograded"] for submission in submissions)
        notebooks = json.loads(answer("/api/submitted_notebooks/small/p1"))
        assert len(notebooks) == 4
        for notebook in notebooks:
            page = answer(f"/submissions/{notebook['id']}/")  # where a teacher grades by hand
            assert notebook["id"] in page


def test_the_project_s_own_config_is_what_these_courses_use():
    assert "configure(c)" in (HERE / "nbgrader_config.py").read_text()
