"""Nothing that a submission does gains a point, changes anything outside, or touches the rest of the class."""

import copy
import hashlib
import os
from pathlib import Path

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook

from autograder.grading import seeds
from autograder.grading.cage import FIRST_USER
from autograder.grading.execute import CRASHED, GRADED, OUT_OF_MEMORY, SEVERITY, TAMPERED, TIMED_OUT, Times
from autograder.grading.run import Options, grade
from autograder.grading.submission import MALFORMED
from autograder.sandbox.lock import Limits
from tests import attacks
from tests.classes import ch04
from tests.classes.demo import hand_in, new_course

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

ATTACKS = {name: attacks.load(name) for name in attacks.names()}
HONEST = {"honest-1": "ada", "honest-2": "kira", "honest-3": "dara", "honest-4": "emil"}
OPTIONS = Options(
    jobs=2,
    times=Times(cell=2.0, check=2.0, notebook=15.0),
    limits=Limits(memory=2**30, file=4 * 2**20, cpu=30),
)
LEFT_BEHIND = [Path(folder) / "left-behind" for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", Path.home())]
LEFT_BEHIND += [Path("/tmp/poison.py"), Path("/tmp/.autograder-probe")]

# How some of them must end; the others may end in any way, as long as it is for nothing.
ENDS = {
    "loop_in_python": TIMED_OUT,
    "loop_ignoring_alarms": TIMED_OUT,
    "loop_in_c": TIMED_OUT,
    "loop_in_regex": TIMED_OUT,
    "sleep": TIMED_OUT,
    "answers_late": TIMED_OUT,
    "memory_bomb": OUT_OF_MEMORY,
    "memory_bomb_in_answer": OUT_OF_MEMORY,
    "os_exit": CRASHED,
    "exit_in_answer": CRASHED,
    "segfault": CRASHED,
    "abort": CRASHED,
    "file_bomb": CRASHED,
    "forged_reply": TAMPERED,
    "early_answer": TAMPERED,
    "answers_twice": TAMPERED,
    "giant_header": TAMPERED,
    "deep_json": TAMPERED,
    "pickled_reply": TAMPERED,
    "nan": GRADED,
    "patch_allclose": GRADED,
    "mutates_inputs": GRADED,
}


def fingerprint(root: Path) -> str:
    """Of everything in the course that grading has no business to write."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if relative.parts[0] in ("autograded", "feedback") or relative.name.startswith("gradebook.db"):
            continue
        state = path.lstat()
        digest.update(f"{relative}|{state.st_mode}|{state.st_uid}|{state.st_nlink}".encode())
        if path.is_symlink():
            digest.update(os.readlink(path).encode())
        elif path.is_file() and state.st_size < 2**24:
            digest.update(path.read_bytes())
    return digest.hexdigest()


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = new_course(tmp_path_factory.mktemp("attacked") / "course")
    hand_in(course)
    seeds.secret(course.root)
    submitted = course.root / "submitted"
    kept = {new: (submitted / old / ch04.CHAPTER / attacks.NOTEBOOK).read_bytes() for new, old in HONEST.items()}
    for folder in list(submitted.iterdir()):
        folder.rename(course.root / "build" / f"other-{folder.name}")
    for student, content in kept.items():
        place = submitted / student / ch04.CHAPTER
        place.mkdir(parents=True)
        (place / attacks.NOTEBOOK).write_bytes(content)
    release = nbformat.read(course.path("release", ch04.CHAPTER) / attacks.NOTEBOOK, as_version=4)
    for name, attack in ATTACKS.items():
        place = submitted / f"attack-{name}" / ch04.CHAPTER
        place.mkdir(parents=True)
        notebook = copy.deepcopy(release)
        if hasattr(attack, "hand_in"):
            attack.hand_in(place, notebook)
        else:
            attacks.answer(notebook, attack.CELL.replace("{course}", str(course.root)))
            attacks.save(notebook, place)
    return course


@pytest.fixture(scope="module")
def attacked(course):
    """The graded class, with the fingerprints before and after."""
    before = fingerprint(course.root)
    graded = {result.student: result for result in grade(course, ch04.CHAPTER, options=OPTIONS)}
    return graded, before, fingerprint(course.root)


def test_there_are_sixty_attacks_or_more_and_each_says_what_it_tries():
    assert len(ATTACKS) >= 60
    for name, attack in ATTACKS.items():
        assert attack.__doc__ and attack.__doc__.strip().endswith("."), name
        assert hasattr(attack, "CELL") != hasattr(attack, "hand_in"), name
    assert set(ENDS) <= set(ATTACKS)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_gains_nothing_and_ends_with_a_status(attacked, name):
    result = attacked[0][f"attack-{name}"]
    assert result.score in (0.0, None), result
    assert all(told["score"] == 0 for told in result.exercises.values())
    assert result.status in (*SEVERITY, MALFORMED), result
    wanted = ENDS.get(name) or getattr(ATTACKS[name], "STATUS", result.status)
    assert result.status == wanted, result
    if result.status != GRADED:
        assert result.message


def test_the_honest_have_exactly_their_scores(attacked):
    right = {"honest-1": 50.0, "honest-2": 48.0, "honest-3": 50.0, "honest-4": 22.0}
    assert {student: attacked[0][student].score for student in HONEST} == right
    assert {attacked[0][student].status for student in HONEST} == {GRADED}


def test_nothing_outside_has_changed(attacked, course):
    graded, before, after = attacked
    assert set(graded) == {*HONEST, *(f"attack-{name}" for name in ATTACKS)}
    assert after == before
    assert not [path for path in LEFT_BEHIND if path.exists()]
    assert not (course.root / "pwned").exists()


def test_nothing_is_left_running(attacked):
    users = range(FIRST_USER, FIRST_USER + 64)
    running = [p for p in psutil.process_iter(["uids", "cmdline"]) if p.info["uids"] and p.info["uids"].real in users]
    assert running == []


def test_all_ran_in_a_sandbox(attacked):
    tiers = {result.sandbox for result in attacked[0].values() if result.status != MALFORMED}
    assert all("Landlock" in tier and "seccomp" in tier for tier in tiers), tiers


def test_feedback_pages_hold_no_script_and_no_escape_sequence(attacked, course):
    pages = list((course.root / "feedback").rglob("*.html"))
    assert len(pages) > len(HONEST) + 60
    for page in pages:
        text = page.read_text()
        assert "<script" not in text and "\x1b" not in text and "<img" not in text, page


def test_graded_notebooks_hold_no_script_of_a_student(attacked, course):
    for path in (course.root / "autograded").rglob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            for output in cell.get("outputs", ()):
                html = output.get("data", {}).get("text/html", "")
                assert "<script" not in html
                assert "\x1b" not in str(output)
            if cell.cell_type == "markdown" and not cell.metadata.get("nbgrader", {}).get("locked"):
                assert "<script" not in cell.source


def test_the_gradebook_holds_every_graded_submission_once(attacked, course):
    graded = [result for result in attacked[0].values() if result.score is not None]
    with Gradebook(course.directory.db_url) as gradebook:
        submissions = gradebook.assignment_submissions(ch04.CHAPTER)
        assert sorted(submission.student.id for submission in submissions) == sorted(r.student for r in graded)
        assert {s.student.id: s.score for s in submissions} == {r.student: r.score for r in graded}
