"""The command `autograder`: build chapters, grade submissions, prove the checks."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from autograder.course import Course, CourseError
from autograder.verdict import NOT_ATTEMPTED


def main(arguments: Sequence[str] | None = None) -> int:
    """0: done; 1: the grader itself failed on a submission, or a check was escaped; 2: a wrong call."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except CourseError as problem:
        print(f"autograder: {problem}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autograder", description="Build the course's chapters and grade submissions."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="make the notebooks that students get from solutions/*.py")
    build.add_argument("chapters", nargs="*", metavar="CHAPTER", help="for instance ch04_losses; all without one")
    build.set_defaults(run=_build)

    grade = commands.add_parser("grade", help="grade the submissions of a chapter")
    grade.add_argument("chapter", metavar="CHAPTER")
    grade.add_argument("--student", action="append", default=[], metavar="S", help="only this student; may be repeated")
    grade.add_argument("--force", action="store_true", help="grade unchanged submissions again")
    grade.add_argument("--jobs", type=int, default=0, metavar="N", help="how many at a time (default: all cores)")
    grade.add_argument(
        "--no-sandbox", action="store_true", help="let submissions run unprotected; every result says so"
    )
    grade.add_argument("--json", action="store_true", help="print one JSON object a submission instead of a table")
    grade.set_defaults(run=_grade)

    replay = commands.add_parser("replay", help="grade one submission again, same seeds, and show every verdict")
    replay.add_argument("chapter", metavar="CHAPTER")
    replay.add_argument("student", metavar="STUDENT")
    replay.set_defaults(run=_replay)

    diff = commands.add_parser("regrade-diff", help="whose grade the exercises as they are now would change, and why")
    diff.add_argument("chapter", metavar="CHAPTER")
    diff.add_argument("--jobs", type=int, default=0, metavar="N", help="how many at a time (default: all cores)")
    diff.set_defaults(run=_regrade_diff)

    doctor = commands.add_parser("doctor", help="what this machine offers for a sandbox, and which one results")
    doctor.set_defaults(run=_doctor)

    verify = commands.add_parser("verify", help="prove the checks: right answers pass, mistakes are caught and named")
    verify.add_argument("chapters", nargs="*", metavar="CHAPTER", help="for instance ch04_losses; all without one")
    verify.add_argument("--json", action="store_true", help="print one JSON object an exercise instead of a table")
    verify.set_defaults(run=_verify)

    for command in (build, grade, replay, diff):
        command.add_argument("--course", default=".", metavar="DIR", help="the course's folder (default: this one)")
    return parser


def _build(options: argparse.Namespace) -> int:
    from autograder.build import build

    course = Course(options.course)
    for chapter in options.chapters or course.chapters():
        print(build(course, chapter).relative_to(course.root))
    return 0


def _grade(options: argparse.Namespace) -> int:
    from autograder.grading.run import Options, grade
    from autograder.grading.submission import FAILED

    if options.jobs < 0:
        raise CourseError(f"--jobs is {options.jobs}; expected 1 or more (or 0 for all cores).")
    course = Course(options.course)
    results = []
    handed_in = course.root.glob(
        f"submitted/*/{options.chapter}"
    )  # for the bar only: the configuration may say otherwise
    total = len(set(options.student) or list(handed_in)) or None
    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    how = Options(jobs=options.jobs, force=options.force, sandbox=not options.no_sandbox)
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=options.json) as progress:
        task = progress.add_task("", total=total)
        for result in grade(course, options.chapter, options.student, options=how):
            results.append(result)
            progress.update(task, advance=1, description=result.student)
            if options.json:
                print(json.dumps(_line(result), ensure_ascii=False), flush=True)
    if not options.json:
        results.sort(key=lambda result: result.student)
        Console().print(graded_table(options.chapter, results))
        if options.no_sandbox:
            print("sandbox    none: these submissions ran unprotected")
        print(f"gradebook  {course.root / 'gradebook.db'}")
        print(f"feedback   {course.path('feedback', options.chapter, '<student>')}/{options.chapter}.html")
    return 1 if any(result.status == FAILED for result in results) else 0


class _Rate(ProgressColumn):
    """Submissions in a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


def _line(result: Any) -> dict[str, Any]:
    """What --json tells of a submission."""
    told = result.to_dict()
    names = ("student", "status", "score", "max_score", "late_penalty", "exercises", "message", "sandbox", "seconds")
    return {name: told[name] for name in names}


def _replay(options: argparse.Namespace) -> int:
    from autograder.grading.run import replay
    from autograder.verdict import from_dict

    graded, verdicts = replay(Course(options.course), options.chapter, options.student)
    for verdict in verdicts:
        print(from_dict(verdict))
    Console().print(graded_table(options.chapter, [graded]))
    return 0


def _regrade_diff(options: argparse.Namespace) -> int:
    from autograder.grading.run import regrade_diff

    changes = 0
    for student, exercise, before, after, why in regrade_diff(Course(options.course), options.chapter, options.jobs):
        changes += 1
        print(f"{student:<20} {exercise:<36} {before:g} → {after:g}   {why}", flush=True)
    print(f"{changes} change(s); nothing was written" if changes else "no grade would change; nothing was written")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from autograder.grading.doctor import examine

    lines, sound = examine()
    print("\n".join(lines))
    return 0 if sound else 1


def _verify(options: argparse.Namespace) -> int:
    from autograder import exercises
    from autograder.verify.run import verify

    chapters = options.chapters or exercises.chapters()
    unknown = sorted(set(chapters) - set(exercises.chapters()))
    if unknown:
        raise CourseError(f"No exercises of {', '.join(unknown)}; there are: {', '.join(exercises.chapters())}.")
    escapes = 0
    for chapter in chapters:
        for told in verify(chapter):
            escapes += len(told.escapes)
            if options.json:
                print(json.dumps(told.to_dict(), ensure_ascii=False), flush=True)
                continue
            mark = "✗" if told.escapes else "✓"
            print(
                f"{mark} {told.exercise:<44} solution and {told.alternatives} others right · "
                f"{told.misconceptions} mistakes named · {told.mutants} slips, {told.equivalent} of them right · "
                f"{told.seconds:.1f} s",
                flush=True,
            )
            for escape in told.escapes:
                print(f"    {escape}", flush=True)
    return 1 if escapes else 0


def graded_table(chapter: str, results: Sequence) -> Table:
    """A row for each submission: student, score, status, most likely mistake."""
    table = Table(title=f"{chapter}: {len(results)} submissions", title_justify="left", header_style="bold")
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("most likely mistake", overflow="fold")
    for result in results:
        score = "–" if result.score is None else f"{result.score:g} / {result.max_score:g}"
        table.add_row(result.student, score, result.status, _remark(result))
    return table


def _remark(result) -> str:
    if result.message:
        return result.message
    more = len(result.mistakes) - 1
    said = result.mistakes[0] + (f"  (+{more} more)" if more > 0 else "") if result.mistakes else ""
    stopped = [f"{name} could not run: {e['message']}" for name, e in result.exercises.items() if e["message"]]
    if not said and stopped:
        said = stopped[0] if len(stopped[0]) < 120 else stopped[0][:118] + " …"
    untouched = sum(e["state"] == NOT_ATTEMPTED for e in result.exercises.values())
    if untouched:
        missing = f"{untouched} of {len(result.exercises)} exercises not attempted"
        said = f"{said}; {missing}" if said else missing
    repaired = f"{len(result.repairs)} cell(s) restored" if result.repairs else ""
    return "; ".join(filter(None, (said, repaired)))
