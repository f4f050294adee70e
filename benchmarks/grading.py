"""How fast is a class graded? `python benchmarks/grading.py [--students 20] [--scale]`.

The same submissions of chapter 04 on the same machine: stock `nbgrader autograde`, with its own preprocessors, and
`autograder grade` with two lanes; both as commands, start-up included. Ours once as it is, with locked demo cells left
out, and once with them executed, as stock nbgrader executes them. `--scale` grades 20, 200 and 1,000 submissions: time
and memory for each must stay flat.
"""

import argparse
import datetime
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbgrader
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when run as a script

from tests.classes import ch04
from tests.classes.demo import hand_in, new_course

STOCK = 'c = get_config()\nc.CourseDirectory.course_id = "stock"\nc.ExecutePreprocessor.timeout = 120\n'
COPIED = ("ada", "bela", "chen", "emil", "ines", "kira", "mina", "olga", "rosa", "tara")  # right ones and slips
WITH_DEMOS = """
import sys
from autograder.course import Course
from autograder.grading.execute import Times
from autograder.grading.run import Options, grade
options = Options(jobs=2, demos=True, times=Times(60, 60, 600))
sys.exit(any(result.status != "graded" for result in grade(Course("."), "ch04_losses", options=options)))
"""


def class_of(folder: Path, students: int) -> Path:
    """A course with so many submissions, copies of a few."""
    course = new_course(folder)
    hand_in(course)
    submitted = course.root / "submitted"
    contents = [(submitted / name / ch04.CHAPTER / f"{ch04.CHAPTER}.ipynb").read_bytes() for name in COPIED]
    shutil.rmtree(submitted)
    for number in range(students):
        place = submitted / f"student{number:04d}" / ch04.CHAPTER
        place.mkdir(parents=True)
        (place / f"{ch04.CHAPTER}.ipynb").write_bytes(contents[number % len(contents)])
    return course.root


def as_stock(course: Path, folder: Path) -> Path:
    """The same course as stock nbgrader knows it: its own folders and its own preprocessors."""
    shutil.copytree(course / "build" / "source", folder / "source")
    shutil.copytree(course / "submitted", folder / "submitted")
    (folder / "nbgrader_config.py").write_text(STOCK)
    command(folder, sys.executable, "-m", "nbgrader", "generate_assignment", ch04.CHAPTER, "--create")
    return folder


def command(folder: Path, *arguments: str) -> float:
    """Run it; the seconds it took."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "OMP_NUM_THREADS": "1"}
    started = time.perf_counter()
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments[:5])} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return time.perf_counter() - started


def ours(course: Path) -> tuple[str, ...]:
    return (sys.executable, "-m", "autograder", "grade", ch04.CHAPTER, "--jobs", "2", "--force", "--json")


def compared(students: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        course = class_of(Path(folder) / "ours", students)
        stock = as_stock(course, Path(folder) / "stock")
        left_out = min(command(course, *ours(course)) for _ in range(2))
        executed = command(course, sys.executable, "-c", WITH_DEMOS)
        theirs = command(stock, sys.executable, "-m", "nbgrader", "autograde", ch04.CHAPTER)
    rows = [
        ("stock nbgrader autograde", theirs),
        ("autograder grade, demo cells executed as stock does", executed),
        ("autograder grade, demo cells left out (the default)", left_out),
    ]
    told = [
        f"| {students} submissions of {ch04.CHAPTER}, 13 exercises | seconds | in a minute | × stock |",
        "|---|--:|--:|--:|",
    ]
    for name, seconds in rows:
        told.append(f"| {name} | {seconds:.1f} | {60 * students / seconds:.1f} | {theirs / seconds:.1f} |")
    return told


def scaled(sizes: tuple[int, ...]) -> list[str]:
    told = [
        "| submissions | seconds | ms for each | memory of grader and lanes | a submission's process adds |",
        "|--:|--:|--:|--:|--:|",
    ]
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            course = class_of(Path(folder) / "ours", size)
            watch = Watch()
            started = time.perf_counter()
            process = subprocess.Popen(ours(course), cwd=course, stdout=subprocess.DEVNULL)
            watch.start(process.pid)
            process.wait()
            seconds = time.perf_counter() - started
            watch.stop()
        each = 1000 * seconds / size
        told.append(f"| {size} | {seconds:.1f} | {each:.0f} | {watch.grader:.0f} MB | {watch.child:.0f} MB |")
    return told


class Watch:
    """The most memory, in MB: of the grader with its lanes (shared pages once), and of a submission's process alone."""

    def __init__(self) -> None:
        self.grader = self.child = 0.0
        self.ended = threading.Event()

    def start(self, pid: int) -> None:
        self.thread = threading.Thread(target=self._look, args=(pid,))
        self.thread.start()

    def stop(self) -> None:
        self.ended.set()
        self.thread.join()

    def _look(self, pid: int) -> None:
        while not self.ended.wait(0.05):
            trusted, children = 0.0, [0.0]
            for process in _family(pid):
                try:
                    command, memory = process.cmdline(), process.memory_full_info()
                    if "zygote.main" in " ".join(command):
                        parent = process.parent()
                        if parent and "zygote.main" in " ".join(parent.cmdline()) and "bwrap" not in parent.name():
                            children.append(memory.uss / 2**20)
                    elif "bwrap" not in process.name():
                        trusted += memory.pss / 2**20
                except psutil.Error:
                    continue
            self.grader, self.child = max(self.grader, trusted), max(self.child, *children)


def _family(pid: int) -> list[psutil.Process]:
    try:
        grader = psutil.Process(pid)
        return [grader, *grader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=20, metavar="N")
    parser.add_argument("--scale", action="store_true", help="also grade 20, 200 and 1,000 submissions")
    options = parser.parse_args()
    processor = platform.processor() or platform.machine()
    print(f"# Grading, {datetime.date.today()}\n")
    print(
        f"{os.cpu_count()} cores ({processor}), Python {platform.python_version()}, nbgrader {nbgrader.__version__}, ",
        end="",
    )
    print(
        f"load {os.getloadavg()[0]:.1f} before the run.", f"`python benchmarks/grading.py {' '.join(sys.argv[1:])}`\n"
    )
    if options.scale:
        print("\n".join(scaled((20, 200, 1000))), flush=True)
        print()
    print("\n".join(compared(options.students)))


if __name__ == "__main__":
    main()
