"""The grader is killed at any moment and started again: the gradebook is the one of a run that nobody disturbed."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook

from autograder.grading import seeds
from autograder.grading.run import MARKER
from tests.classes import ch04
from tests.classes.demo import hand_in, new_course

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

KILLS, CLASS = 20, 60
COPIED = ("ada", "ines", "emil", "farid", "olga", ch04.NOT_A_NOTEBOOK)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """A course with a class of sixty that has not been graded."""
    course = new_course(tmp_path_factory.mktemp("pristine") / "course")
    hand_in(course)
    seeds.secret(course.root)
    submitted = course.root / "submitted"
    contents = [(submitted / name / ch04.CHAPTER / f"{ch04.CHAPTER}.ipynb").read_bytes() for name in COPIED]
    shutil.rmtree(submitted)
    for number in range(CLASS):
        place = submitted / f"student{number:02d}" / ch04.CHAPTER
        place.mkdir(parents=True)
        (place / f"{ch04.CHAPTER}.ipynb").write_bytes(contents[number % len(contents)])
    return course.root


def fresh(pristine: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return Path(shutil.copytree(pristine, folder))


def start(course: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "autograder", "grade", ch04.CHAPTER, "--jobs", "2", "--json"]
    return subprocess.Popen(command, cwd=course, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def gradebook(course: Path) -> dict:
    found = {}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        for submission in book.assignment_submissions(ch04.CHAPTER):
            assert submission.student.id not in found, "graded twice"
            (notebook,) = submission.notebooks
            found[submission.student.id] = (
                submission.score,
                sorted((g.cell.name, g.auto_score, g.manual_score, g.needs_manual_grade) for g in notebook.grades),
                sorted((c.cell.name, c.auto_comment) for c in notebook.comments),
            )
    return found


def markers(course: Path) -> dict[Path, int]:
    """The notebooks of finished submissions, and when they were written."""
    done = (course / "autograded").rglob(MARKER)
    notebooks = [marker.parent / f"{ch04.CHAPTER}.ipynb" for marker in done]
    return {path: path.stat().st_mtime_ns for path in notebooks}


def descendants(process: subprocess.Popen) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


@pytest.fixture(scope="module")
def undisturbed(pristine, tmp_path_factory):
    """The gradebook of a run that nobody disturbed, and how long it took."""
    course = fresh(pristine, tmp_path_factory.mktemp("undisturbed") / "course")
    started = time.monotonic()
    process = start(course)
    said, problem = process.communicate(timeout=300)
    assert process.returncode == 0 and len(said.splitlines()) == CLASS, problem[-2000:]
    return gradebook(course), time.monotonic() - started


def test_a_grader_killed_at_twenty_moments_and_started_again_gives_the_same_gradebook(pristine, undisturbed, tmp_path):
    expected, seconds = undisturbed
    chance = random.Random(20)
    course = fresh(pristine, tmp_path / "course")
    finished = 0
    for _ in range(KILLS):
        before = markers(course)
        process = start(course)
        moment = time.monotonic() + chance.uniform(0.2, 0.9) * seconds
        while time.monotonic() < moment and process.poll() is None:
            time.sleep(0.01)
        children = descendants(process)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        _, alive = psutil.wait_procs(children, timeout=30)
        assert alive == [], "left behind by a killed grader"
        assert before.items() <= markers(course).items(), "graded again, or lost"
        if len(markers(course)) == len(expected):
            finished += 1
            course = fresh(pristine, tmp_path / "course")
    process = start(course)
    said, problem = process.communicate(timeout=300)
    assert process.returncode == 0 and len(said.splitlines()) == CLASS, problem[-2000:]
    assert gradebook(course) == expected
    assert len(expected) == CLASS - CLASS // len(COPIED)
    assert not [path for path in course.rglob(".writing-*")]
    assert os.path.exists(course / "gradebook.db")
