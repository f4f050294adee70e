"""A chapter's source becomes the notebook that students get: the same bytes every time, and no answer in it."""

import ast
import re
import subprocess
import sys

import nbformat
import pytest

from autograder.build import build, source_notebook
from autograder.course import Course, CourseError
from tests.classes.demo import new_course
from tests.test_project import HERE

CHAPTERS = sorted(path.stem for path in (HERE / "solutions").glob("ch*.py"))


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    return new_course(tmp_path_factory.mktemp("built") / "course")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_committed_notebook_is_fresh_and_builds_are_identical(course, chapter):
    committed = (HERE / "notebooks" / chapter / f"{chapter}.ipynb").read_bytes()
    assert build(course, chapter).read_bytes() == committed, "run make build and commit notebooks/"
    assert build(course, chapter).read_bytes() == committed


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_nothing_else_is_released(chapter):
    assert [path.name for path in (HERE / "notebooks" / chapter).iterdir() if not path.name.startswith(".")] == [
        f"{chapter}.ipynb"
    ]


# What a chapter's own text has to show: in chapter 13 the lines that every training loop in PyTorch has, and the right
# lines of a program that is given with planted bugs.
SHOWN = {
    "ch13_training_in_pytorch": {
        *("model.train()", "optimizer.zero_grad()", "loss.backward()", "optimizer.step()", "scheduler.step()"),
        *("with torch.no_grad():", "super().__init__()", "loss = loss_function(model(x), labels)"),
        *("for x, labels in batches:", "total, count = 0.0, 0", "return total / count", "n = len(x) * 4 // 5"),
        *("self.hidden = nn.Linear(input_size, 96)", "self.drop = nn.Dropout(0.3)"),
        *("self.norm = nn.BatchNorm1d(96)", "self.scores = nn.Linear(96, C)"),
        "h = self.drop(torch.relu(self.hidden(x)))",
        "return (prediction == labels).float().mean().item()",
    }
}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_solution_text_and_no_hidden_test_is_released(chapter):
    released = (HERE / "notebooks" / chapter / f"{chapter}.ipynb").read_text()
    for marker in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS"):
        assert marker not in released
    solution = (HERE / "solutions" / f"{chapter}.py").read_text()
    text = "\n".join(cell.source for cell in nbformat.reads(released, as_version=4).cells)
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", solution, re.DOTALL)
    assert regions
    for line in {line.strip() for region in regions for line in region.splitlines()}:
        if len(line) > 12 and not line.startswith("#") and line not in SHOWN.get(chapter, ()):
            assert line not in text, line


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_exercise_cells_ask_for_the_same_functions_and_raise_until_written(chapter):
    source = source_notebook(HERE / "solutions" / f"{chapter}.py")
    released = nbformat.read(HERE / "notebooks" / chapter / f"{chapter}.ipynb", as_version=4)
    for given, solved in zip(released.cells, source.cells):
        if solved.metadata.get("nbgrader", {}).get("solution"):
            names = [[getattr(node, "name", "") for node in ast.parse(c.source).body] for c in (given, solved)]
            assert names[0] == names[1]
            stubs = given.source.count("raise NotImplementedError()")
            assert stubs == solved.source.count("### BEGIN SOLUTION") == solved.source.count("### END SOLUTION")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_cleaning_outputs_changes_nothing_in_a_released_notebook(chapter, tmp_path):
    committed = HERE / "notebooks" / chapter / f"{chapter}.ipynb"
    copy = tmp_path / committed.name
    copy.write_bytes(committed.read_bytes())
    subprocess.run([sys.executable, "-m", "nbstripout", "--keep-id", copy], check=True)
    assert copy.read_bytes() == committed.read_bytes()


NO_SESSION = pytest.mark.filterwarnings("ignore:Object of type <Submitted")  # nbgrader's own


def _handed_in(root) -> Course:
    """A course whose chapter 04 has a graded submission."""
    from nbgrader.api import Gradebook

    course = new_course(root)
    build(course, "ch04_losses")
    with Gradebook(course.directory.db_url, course.directory.course_id) as gradebook:
        gradebook.add_student("ada")
        gradebook.add_submission("ch04_losses", "ada")
    return course


@NO_SESSION
def test_a_demo_may_be_added_after_submissions_were_graded(tmp_path):
    course = _handed_in(tmp_path / "course")
    solution = course.solution("ch04_losses")
    demo = '# %% tags=["demo"]\nprint("a demo that came later")\n\n'
    solution.unlink() if solution.is_symlink() else None
    text = (HERE / "solutions" / "ch04_losses.py").read_text()
    before, mark, after = text.partition('# %% tags=["demo"]\n')
    solution.write_text(before + demo + mark + after)
    assert "a demo that came later" in build(course, "ch04_losses").read_text()
    assert "a demo that came later" in build(course, "ch04_losses").read_text()  # and again


@NO_SESSION
def test_a_release_that_is_refused_leaves_the_one_before(tmp_path, monkeypatch):
    course = _handed_in(tmp_path / "course")
    released = course.path("release", "ch04_losses") / "ch04_losses.ipynb"
    before = released.read_bytes()
    fewer = source_notebook(course.solution("ch04_losses"))
    fewer.cells = [cell for cell in fewer.cells if not cell.id.startswith("ch04-huber")]
    monkeypatch.setattr("autograder.build.source_notebook", lambda path: fewer)
    with pytest.raises(CourseError, match="exercises came, went or changed their ids"):
        build(course, "ch04_losses")
    assert released.read_bytes() == before


GOOD = """# %% [markdown] exercise="ch04.huber" minutes=8 difficulty=2
# ### Exercise
# Write it.

# %% exercise="ch04.huber"
def huber(prediction, target, delta=1.0):
    ### BEGIN SOLUTION
    return 0
    ### END SOLUTION

# %% check="ch04.huber" points=4
check("ch04.huber", huber)
"""


@pytest.mark.parametrize(
    "change, complaint",
    [
        (("points=4", ""), "points=… above 0"),
        (("points=4", "points=-1"), "points=… above 0"),
        (("points=4", "poinst=4"), "unknown mark poinst"),
        (("minutes=8", "minutes='long'"), "minutes=… and difficulty=1…5"),
        (("difficulty=2", "difficulty=9"), "minutes=… and difficulty=1…5"),
        (("# ### Exercise\n", ""), "begins with a heading"),
        (("    ### BEGIN SOLUTION\n", ""), "### BEGIN SOLUTION and ### END SOLUTION"),
        (('check("ch04.huber", huber)', 'check("ch04.hinge", huber)'), "does not name ch04.huber"),
        (('check("ch04.huber", huber)', "huber(1, 2)"), "a check cell holds one line"),
        (('check="ch04.huber"', 'check="ch04.hubert"'), "no record"),
        (('# %% exercise="ch04.huber"', "# %%"), "expected one task, one cell, one check"),
        (("", ""), "have no cells in the chapter"),
    ],
)
def test_a_wrong_mark_is_told_with_its_file_and_cell(tmp_path, change, complaint):
    path = tmp_path / "ch04_losses.py"
    path.write_text(GOOD.replace(*change) if change[0] else GOOD)
    with pytest.raises(CourseError, match=re.escape(complaint)) as told:
        source_notebook(path)
    assert "ch04_losses.py" in str(told.value)


def test_a_folder_that_is_no_course_and_an_unknown_chapter_are_told(tmp_path, course):
    with pytest.raises(CourseError, match="is not a course"):
        Course(tmp_path)
    with pytest.raises(CourseError, match="There is no chapter 'ch99_nothing'"):
        build(course, "ch99_nothing")
