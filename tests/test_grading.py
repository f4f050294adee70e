"""A real class of chapter 04, graded: every submission gets exactly its score or a clear status."""

import json
import re
import subprocess
import sys

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.course import CourseError
from autograder.grading import seeds
from autograder.grading.run import Options, grade
from autograder.grading.submission import Graded
from tests.classes import ch04
from tests.classes.demo import hand_in, new_course

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return new_course(tmp_path_factory.mktemp("class") / "course")


@pytest.fixture(scope="module")
def expected(course):
    return hand_in(course)


@pytest.fixture(scope="module")
def graded(course, expected) -> dict[str, Graded]:
    return {result.student: result for result in grade(course, ch04.CHAPTER)}


def test_every_submission_has_exactly_its_score_and_status(graded, expected):
    assert set(graded) == set(expected)
    assert {s: (r.score, r.status) for s, r in graded.items()} == {s: (e.score, e.status) for s, e in expected.items()}


def test_no_right_submission_loses_a_point(graded):
    for student in ("ada", "bela", "chen", "dara"):
        assert graded[student].score == graded[student].max_score == ch04.FULL
        assert graded[student].mistakes == []


def test_every_mistake_is_named(graded, expected):
    for student, what in expected.items():
        if what.mistake:
            assert any(what.mistake in name for name in graded[student].mistakes), (student, graded[student].mistakes)
    assert len({name for result in graded.values() for name in result.mistakes}) >= 8


def test_every_misconception_is_graded_and_named_from_a_notebook(tmp_path):
    """As many students as the longest list has misconceptions; each makes one mistake in every exercise."""
    course = new_course(tmp_path / "course")
    hand_in(course)
    release = nbformat.read(course.path("release", ch04.CHAPTER) / f"{ch04.CHAPTER}.ipynb", as_version=4)
    source = nbformat.read(course.path("source", ch04.CHAPTER) / f"{ch04.CHAPTER}.ipynb", as_version=4)
    scores, students = {}, [f"student{number:02d}" for number in range(max(map(len, ch04.misconceptions().values())))]
    for number, student in enumerate(students):
        notebook = ch04.solved(release, source)
        scores[student] = ch04.with_misconception(notebook, number)
        folder = course.path("submitted", ch04.CHAPTER, student)
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{ch04.CHAPTER}.ipynb")
    results = list(grade(course, ch04.CHAPTER, students, options=Options(feedback=False)))
    results.sort(key=lambda result: result.student)
    assert {result.student: result.score for result in results} == scores
    for number, result in enumerate(results):
        for exercise, known in ch04.misconceptions().items():
            if number < len(known):
                assert result.exercises[exercise]["misconception"] == known[number][0]


def test_statuses_come_with_a_sentence(graded):
    assert "is not a notebook" in graded[ch04.NOT_A_NOTEBOOK].message
    assert "there is no ch04_losses.ipynb" in graded[ch04.NO_FILE].message
    assert {e["state"] for e in graded[ch04.UNTOUCHED].exercises.values()} == {"not attempted"}


def _feedback(course, student):
    return (course.path("feedback", ch04.CHAPTER, student) / f"{ch04.CHAPTER}.html").read_text()


def test_feedback_names_the_mistake_and_hides_inputs_and_expected_values(course, graded):
    page = _feedback(course, "ines")
    assert "the linear branch is δ|e|; it misses −½δ²" in page
    assert "Try: Plot your loss for errors" in page
    assert "of 15 cases; the number differs with errors beyond delta" in page
    assert not re.search(r"yours [\d.−-]+, expected", page)
    assert "still running after" in _feedback(course, "xenia")
    assert "the cell that defines it stopped with SyntaxError" in _feedback(course, "vera")


def test_the_gradebook_holds_the_scores(course, graded):
    with Gradebook(course.directory.db_url) as gradebook:
        for student, result in graded.items():
            if result.score is not None:
                submission = gradebook.find_submission(ch04.CHAPTER, student)
                assert (submission.score, submission.max_score) == (result.score, ch04.FULL)
                assert not submission.needs_manual_grade


def test_what_is_unchanged_is_not_graded_again_and_force_gives_the_same(course, graded):
    written = course.path("autograded", ch04.CHAPTER, "ines") / f"{ch04.CHAPTER}.ipynb"
    before = written.stat().st_mtime_ns
    again = next(iter(grade(course, ch04.CHAPTER, ["ines"])))
    assert written.stat().st_mtime_ns == before
    forced = next(iter(grade(course, ch04.CHAPTER, ["ines"], force=True)))
    assert written.stat().st_mtime_ns > before
    for result in (again, forced):
        assert (result.score, result.status, result.exercises) == (
            graded["ines"].score,
            graded["ines"].status,
            graded["ines"].exercises,
        )


def test_a_changed_submission_is_graded_again(course, graded):
    path = course.path("submitted", ch04.CHAPTER, "farid") / f"{ch04.CHAPTER}.ipynb"
    before = path.read_text()
    better = course.path("submitted", ch04.CHAPTER, "ada") / f"{ch04.CHAPTER}.ipynb"
    path.write_text(better.read_text())
    assert next(iter(grade(course, ch04.CHAPTER, ["farid"]))).score == ch04.FULL
    path.write_text(before)
    assert next(iter(grade(course, ch04.CHAPTER, ["farid"]))).score == ch04.FULL - 2


def test_stock_nbgrader_gives_the_same_score(course, graded):
    command = [sys.executable, "-m", "nbgrader", "autograde", ch04.CHAPTER, "--student=olga", "--force"]
    subprocess.run(command, cwd=course.root, check=True, capture_output=True, timeout=120)
    with Gradebook(course.directory.db_url) as gradebook:
        assert gradebook.find_submission(ch04.CHAPTER, "olga").score == ch04.FULL - 1


def test_without_our_executor_stock_nbgrader_reads_the_check_s_own_answer(course, graded, tmp_path):
    """A course of stock nbgrader, without this course's configuration: the check's number is the partial credit."""
    from nbconvert.preprocessors import ExecutePreprocessor
    from nbgrader.utils import determine_grade

    path = course.path("submitted", ch04.CHAPTER, "ines") / f"{ch04.CHAPTER}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    keep = ("ch04-huber", "setup", "ch04-mean_squared_error", "ch04-hinge")
    notebook.cells = [c for c in notebook.cells if c.cell_type == "code" and any(k in c.id for k in keep)]
    ExecutePreprocessor(timeout=60).preprocess(notebook, {"metadata": {"path": str(tmp_path)}})
    points = {
        cell.metadata.nbgrader.grade_id: determine_grade(cell)
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert points == {
        "ch04-huber-check": (3.0, 4.0),
        "ch04-mean_squared_error-check": (4.0, 4.0),
        "ch04-hinge-check": (3.0, 3.0),
    }


def test_json_prints_a_line_for_each_submission(course, graded, capsys):
    assert main(["grade", ch04.CHAPTER, "--course", str(course.root), "--student", "ines", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["student"], told["status"], told["score"], told["max_score"]) == ("ines", "graded", 49.0, 50.0)
    assert told["exercises"]["ch04.huber"]["score"] == 3.0
    assert "δ|e|" in told["exercises"]["ch04.huber"]["misconception"]


@pytest.mark.parametrize(
    "arguments, complaint",
    [
        (["grade", "ch99_nothing"], "has not been built"),
        (["grade", ch04.CHAPTER, "--student", "nobody"], "No submission of 'ch04_losses' by nobody"),
        (["build", "ch99_nothing"], "There is no chapter"),
    ],
)
def test_a_wrong_call_ends_with_one_sentence(course, graded, capsys, arguments, complaint):
    assert main([*arguments, "--course", str(course.root)]) == 2
    assert complaint in capsys.readouterr().err


def test_grading_needs_a_built_chapter(tmp_path):
    with pytest.raises(CourseError, match="has not been built"):
        list(grade(new_course(tmp_path / "empty"), ch04.CHAPTER))


def test_seeds_differ_by_student_and_exercise_and_stay_the_same(tmp_path):
    secret = seeds.secret(tmp_path)
    assert secret == seeds.secret(tmp_path)
    assert (tmp_path / seeds.SECRET_FILE).stat().st_mode & 0o077 == 0
    made = {tuple(seeds.seed(secret, student, exercise)) for student in "ab" for exercise in ("x", "y")}
    assert len(made) == 4
    assert seeds.seed(secret, "a", "x") == seeds.seed(secret, "a", "x")
