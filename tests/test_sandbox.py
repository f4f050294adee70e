"""The parts of the sandbox and of the grader, each on its own: what is withheld, what is refused, what survives."""

import ast
import json
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder import exercises
from autograder.build import build, source_notebook
from autograder.cli import main
from autograder.grading import cage as cages
from autograder.grading import seeds
from autograder.grading.cage import Cage, CageError, Ended
from autograder.grading.doctor import examine
from autograder.grading.execute import Execution
from autograder.grading.repair import solutions
from autograder.grading.run import MARKER, grade, regrade_diff, replay
from autograder.grading.submission import FAILED
from autograder.grading.withhold import make_site, topics, without_answers
from autograder.grading.workspace import workspace
from autograder.sandbox.lock import Limits
from tests.classes import ch04
from tests.classes.demo import hand_in, new_course
from tests.test_project import HERE

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A graded class of four."""
    course = new_course(tmp_path_factory.mktemp("small") / "course")
    hand_in(course)
    for folder in (course.root / "submitted").iterdir():
        if folder.name not in ("ada", "ines", "emil", "kira"):
            shutil.rmtree(folder)
    assert {result.status for result in grade(course, ch04.CHAPTER)} == {"graded"}
    return course


@pytest.fixture(scope="module")
def cage():
    with workspace() as work, Cage(make_site(work / "site", ch04.CHAPTER), work, limits=Limits(memory=2**30)) as cage:
        cage.start()
        yield cage


def run(inmate, source, seconds=5.0):
    return inmate.ask({"do": "cell", "source": source}, seconds)["outputs"]


# What is withheld


@pytest.mark.parametrize("chapter", exercises.chapters())
def test_every_unit_of_the_topics_that_a_chapter_asks_for_refuses_and_holds_no_formula(chapter, tmp_path):
    make_site(tmp_path / "site", chapter)
    library = tmp_path / "site" / "course_lib"
    assert topics(chapter)
    for topic in topics(chapter):
        files = [
            path for path in library.rglob("*.py") if path.relative_to(library).parts[0].removesuffix(".py") == topic
        ]
        assert files, topic
        for path in files:
            for node in ast.walk(ast.parse(path.read_text())):
                assert not isinstance(node, ast.BinOp), f"{path}: {ast.unparse(node)}"
    names = {path.name for path in library.iterdir()}
    assert not names & {"errata", "errata.py"}
    if "torch" not in exercises.imports(chapter):
        assert not [name for name in names if "torch" in name or name.startswith("architectures")]
        assert not (tmp_path / "site" / "torch").exists()
    assert {path.name for path in (tmp_path / "site" / "autograder").iterdir()} == {"__init__.py", "sandbox"}


def test_a_unit_that_is_withheld_says_so():
    space: dict = {}
    exec(without_answers("class Huber(Loss):\n    x = 1\n\ndef f(a):\n    return a + 1\n\nLIMIT = 3\n"), space)
    for refuses in (space["Huber"], space["f"]):
        with pytest.raises(PermissionError, match="is withheld while your work is graded"):
            refuses(1)
    assert space["LIMIT"] == 3


@pytest.mark.parametrize("chapter", exercises.chapters())
def test_a_solved_chapter_gets_all_its_points_in_the_sandbox_and_an_untouched_one_none(chapter):
    source = source_notebook(HERE / "solutions" / f"{chapter}.py")
    released = nbformat.read(HERE / "notebooks" / chapter / f"{chapter}.ipynb", as_version=4)
    with workspace() as work, Cage(make_site(work / "site", chapter), work) as cage:
        cage.start()
        for notebook, share in ((nbformat.from_dict(source), 1), (released, 0)):
            execution = Execution(cage, b"secret", "ada", solutions(source))
            assert execution.run(notebook) == "graded", execution.why
            failed = [c.source for c in notebook.cells if any(o.output_type == "error" for o in c.get("outputs", ()))]
            assert failed == []
            for cell in notebook.cells:
                if cell.metadata.get("nbgrader", {}).get("grade"):
                    (told,) = (o.data["text/plain"] for o in cell.outputs if o.output_type == "execute_result")
                    assert float(told) == share * cell.metadata.nbgrader.points, cell.source


# The cage


def test_every_process_has_an_empty_folder_of_its_own_which_is_gone_afterwards(cage):
    folders = []
    for _ in range(2):
        with cage.inmate() as inmate:
            said = run(
                inmate, "import os\nprint(os.listdir('.'))\nopen('mine', 'w').write('x')\nprint(os.listdir('.'))"
            )
            assert said[0]["text"] == "[]\n['mine']\n"
            folders.append(inmate.scratch)
    assert folders[0] != folders[1] and not any(folder.exists() for folder in folders)


def test_what_one_process_changes_in_memory_another_does_not_see(cage):
    with cage.inmate() as inmate:
        run(inmate, "import numpy as np\nnp.pi = 3")
    with cage.inmate() as inmate:
        assert run(inmate, "import numpy as np\nprint(np.pi)")[0]["text"].startswith("3.14159")


def test_an_answer_to_another_question_is_tampering(cage):
    code = "from autograder.sandbox import frames\nsend = frames.send\n"
    code += "frames.send = lambda link, tree: send(link, tree | {'nonce': 'x'})"
    with cage.inmate() as inmate, pytest.raises(Ended) as end:
        run(inmate, code)
        run(inmate, "1")
    assert end.value.kind == "tampered"


def test_a_dead_warm_process_is_started_again(cage):
    cage._process.kill()
    cage._process.wait()
    with pytest.raises(CageError), cage.inmate():
        pass
    cage.start()
    with cage.inmate() as inmate:
        assert run(inmate, "print(1 + 1)")[0]["text"] == "2\n"


def test_a_sandbox_that_does_not_hold_grades_nothing():
    with workspace() as work:
        site = make_site(work / "site", ch04.CHAPTER)
        within_reach = site.folder / "course_lib" / "validation.py"
        with Cage(site, work, targets=[within_reach]) as cage, pytest.raises(CageError, match="does not hold") as told:
            cage.start()
        assert f"read {within_reach}" in str(told.value)


def test_without_a_sandbox_every_result_says_so(course):
    command = ["grade", ch04.CHAPTER, "--course", str(course.root), "--student", "ada", "--no-sandbox", "--force"]
    assert main(command) == 0
    marker = course.path("autograded", ch04.CHAPTER, "ada") / MARKER
    assert json.loads(marker.read_text())["result"]["sandbox"] == "no sandbox"
    assert next(iter(grade(course, ch04.CHAPTER, ["ada"]))).sandbox != "no sandbox", "graded again, in the sandbox"


def test_without_a_mechanism_grading_refuses(monkeypatch):
    monkeypatch.setattr(cages, "tiers", lambda locked: iter(()))
    with workspace() as work, Cage(make_site(work / "site", ch04.CHAPTER), work) as cage, pytest.raises(CageError):
        cage.start()


def test_the_doctor_tells_what_holds(capsys):
    lines, sound = examine()
    assert sound and lines[-1].startswith("grading      in the sandbox: ")
    assert any(line.startswith("holds") and "Landlock + seccomp + limits" in line for line in lines)
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.startswith("system ")


# Credit that follows through


def test_a_mistake_in_an_earlier_exercise_costs_once():
    chapter = "ch03_activations"
    source = source_notebook(HERE / "solutions" / f"{chapter}.py")
    builders = {name: r for name, r in exercises.in_chapter(chapter).items() if r.builds_on}
    assert builders
    notebook = nbformat.from_dict(source)
    broken = next(iter(builders.values())).builds_on[0]
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution") and marks.grade_id == broken.replace(".", "-"):
            cell.source += "\n\nsigmoid = lambda x: x * 0.0\n"
    with workspace() as work, Cage(make_site(work / "site", chapter), work) as cage:
        cage.start()
        execution = Execution(cage, b"secret" * 6, "student", solutions(source))
        assert execution.run(notebook) == "graded"
    assert execution.verdicts[broken].state != "right"
    for name in builders:
        verdict = execution.verdicts[name]
        assert verdict.state == "right", verdict
    assert any(
        "so that its mistake costs its points only once" in note
        for n in builders
        for note in execution.verdicts[n].notes
    )


# The grader


def test_a_replay_gives_the_verdicts_of_the_graded_run_and_writes_nothing(course):
    (before,) = grade(course, ch04.CHAPTER, ["ines"])
    marker = course.path("autograded", ch04.CHAPTER, "ines") / MARKER
    written = marker.stat().st_mtime_ns
    graded, verdicts = replay(course, ch04.CHAPTER, "ines")
    assert (graded.score, graded.exercises) == (before.score, before.exercises)
    assert len(verdicts) == 13 and marker.stat().st_mtime_ns == written


def test_the_difference_that_a_regrade_would_make_is_told_and_not_made(course):
    list(grade(course, ch04.CHAPTER))
    assert list(regrade_diff(course, ch04.CHAPTER)) == []
    marker = course.path("autograded", ch04.CHAPTER, "kira") / MARKER
    kept = marker.read_text()
    told = json.loads(kept)
    told["result"]["exercises"]["ch04.log_cosh"]["score"] = 4.0
    marker.write_text(json.dumps(told))
    (change,) = regrade_diff(course, ch04.CHAPTER)
    assert change[:4] == ("kira", "ch04.log_cosh", 4.0, 2.0) and "cosh overflows" in change[4]
    marker.write_text(kept)
    assert main(["regrade-diff", ch04.CHAPTER, "--course", str(course.root)]) == 0


def test_a_lane_that_dies_costs_one_submission_and_no_points(course, monkeypatch):
    """What a lane cannot take apart is a failure of ours: no score is written, and the command says so."""
    code = (
        "import sys\n"
        "from autograder.grading import lanes\n"
        "work = lanes._graded\n"
        "def dies(job, setup, cage):\n"
        "    if job.student == 'emil':\n"
        "        import os; os._exit(9)\n"
        "    return work(job, setup, cage)\n"
        "lanes._graded = dies\n"
        "if __name__ == '__main__':\n"
        "    from autograder.cli import main\n"
        f"    sys.exit(main(['grade', {ch04.CHAPTER!r}, '--force', '--json', '--jobs', '1']))\n"
    )
    script = course.root / "dying.py"
    script.write_text(code)
    done = subprocess.run([sys.executable, script], cwd=course.root, capture_output=True, text=True, timeout=200)
    told = {line["student"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1, done.stderr[-1000:]
    assert told["emil"]["status"] == FAILED and told["emil"]["score"] is None
    assert {told[name]["score"] for name in ("ada", "ines", "kira")} == {50.0, 49.0, 48.0}
    with Gradebook(course.directory.db_url) as gradebook:
        assert gradebook.find_submission(ch04.CHAPTER, "emil").score == 22.0, "what it had before"
    script.unlink()


def test_a_json_line_has_what_is_promised(course, capsys):
    assert main(["grade", ch04.CHAPTER, "--course", str(course.root), "--student", "ines", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"student", "status", "score", "max_score", "late_penalty", "exercises", "seconds"} <= set(told)
    assert {"score", "max_score", "state", "misconception"} <= set(told["exercises"]["ch04.huber"])


def test_usage_errors_end_with_two(course, capsys):
    assert main(["grade", ch04.CHAPTER, "--course", str(course.root), "--jobs", "-1"]) == 2
    assert "expected 1 or more" in capsys.readouterr().err
    assert main(["verify", "ch99_nothing"]) == 2
    with pytest.raises(SystemExit) as stopped:
        main(["grade"])
    assert stopped.value.code == 2


LATE = """
from nbgrader.plugins import LateSubmissionPlugin


class PerHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 5 * total_seconds_late // 3600
"""


def test_a_late_penalty_is_taken_once_and_never_below_zero(tmp_path, monkeypatch):
    course = new_course(tmp_path / "course")
    build(course, ch04.CHAPTER)
    hand_in(course)
    (course.root / "late.py").write_text(LATE)
    monkeypatch.syspath_prepend(str(course.root))
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.AssignLatePenalties.plugin_class = "late.PerHour"\n')
    course = type(course)(course.root)
    with Gradebook(course.directory.db_url, course.directory.course_id) as gradebook:
        gradebook.update_or_create_assignment(ch04.CHAPTER, duedate="2026-01-01 12:00:00 UTC")
    for student, hour in (("ines", "14"), ("elif", "16")):
        (course.path("submitted", ch04.CHAPTER, student) / "timestamp.txt").write_text(f"2026-01-01 {hour}:00:00 UTC")
    for force in (False, True):
        found = {r.student: r for r in grade(course, ch04.CHAPTER, ["ines", "elif", "ada"], force=force)}
        told = {name: (result.score, result.late_penalty) for name, result in found.items()}
        assert told == {"ines": (39.0, 10.0), "elif": (0.0, 0.0), "ada": (50.0, 0.0)}


def test_the_secret_is_nobody_else_s(course):
    assert (course.root / seeds.SECRET_FILE).stat().st_mode & 0o077 == 0
