"""`make demo`: build the release of chapter 04, hand in a class of submissions, grade it, show the table."""

import shutil
import sys
from pathlib import Path

from autograder.build import build
from autograder.cli import main
from autograder.course import Course
from tests.classes import ch04

HERE = Path(__file__).resolve().parents[2]


def new_course(folder: Path) -> Course:
    """An empty course in `folder` with this repository's solutions."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(HERE / "solutions", folder / "solutions")
    shutil.copy(HERE / "nbgrader_config.py", folder)
    return Course(folder)


def hand_in(course: Course) -> dict[str, ch04.Expected]:
    """Build the chapter and write the class's submissions into the course."""
    released = build(course, ch04.CHAPTER)
    source = course.path("source", ch04.CHAPTER) / released.name
    return ch04.write(released, source, course.root / "submitted")


if __name__ == "__main__":
    course = new_course(HERE / "build" / "demo")
    print(f"building {ch04.CHAPTER} and handing in a class of submissions …")
    print(f"grading {len(hand_in(course))} submissions …")
    sys.exit(main(["grade", ch04.CHAPTER, "--course", str(course.root)]))
