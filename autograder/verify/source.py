"""What the source of a chapter holds: solutions, points, headings. The cells' marks tell them."""

import ast
import inspect
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jupytext
import numpy as np
from nbformat import NotebookNode

from autograder import exercises
from autograder.exercise import Exercise

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"


@cache
def notebook(chapter: str) -> NotebookNode:
    return jupytext.read(SOLUTIONS / f"{chapter}.py")


def sources(chapter: str) -> dict[str, str]:
    """The code that solves each exercise: {"ch04.huber": "def huber…", …}."""
    cells = [cell for cell in notebook(chapter).cells if cell.cell_type == "code"]
    return {cell.metadata["exercise"]: cell.source for cell in cells if "exercise" in cell.metadata}


def points(chapter: str) -> dict[str, float]:
    checks = [cell.metadata for cell in notebook(chapter).cells if "check" in cell.metadata]
    return {marks["check"]: float(marks["points"]) for marks in checks}


@cache
def calls(chapter: str) -> dict[str, list[str]]:
    """What each check is given: {"ch04.huber": ["huber", "huber_gradient"], …}."""
    checks = [cell for cell in notebook(chapter).cells if "check" in cell.metadata]
    return {
        cell.metadata["check"]: [ast.unparse(argument) for argument in ast.parse(cell.source).body[0].value.args[1:]]
        for cell in checks
    }


def headings(chapter: str) -> set[str]:
    prose = "\n".join(cell.source for cell in notebook(chapter).cells if cell.cell_type == "markdown")
    return set(re.findall(r"^#+ +(.+?) *$", prose, re.MULTILINE))


def defined(source: str, **names: Any) -> dict[str, Callable[..., Any]]:
    """The functions and classes that a cell defines, when it has nothing but `np` and these names: the chapter's
    modules and what the cells above it define."""
    space: dict[str, Any] = {"np": np, "__name__": "cell"} | names
    exec(compile(source, "<cell>", "exec"), space)
    return {
        name: value
        for name, value in space.items()
        if (inspect.isfunction(value) or inspect.isclass(value)) and value is not names.get(name)
    }


@cache
def imported(chapter: str) -> dict[str, Any]:
    """What the chapter's first cell imports, but for pictures and `check`: an answer may call it."""
    cells = [cell.source for cell in notebook(chapter).cells if "setup" in cell.metadata.get("tags", ())]
    imports: list[ast.stmt] = [
        node
        for cell in cells
        for node in ast.parse(cell).body
        if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "autograder"
    ]
    space: dict[str, Any] = {}
    exec(compile(ast.Module(imports, []), "<imports>", "exec"), space)
    return {name: value for name, value in space.items() if name not in ("figures", "__builtins__")}


def foundations(exercise: Exercise, chapter: str) -> dict[str, Any]:
    """What an answer may call: what the chapter imports, and the solutions of the exercises that it builds on."""
    found = dict(imported(chapter))
    for earlier in exercise.builds_on:
        found |= defined(sources(chapter)[earlier], **found)
    return found


def candidates(exercise: Exercise, chapter: str, source: str) -> list[Callable[..., Any]]:
    """What `check` is given when a student's cell holds `source` and the cells before it are right."""
    before = foundations(exercise, chapter)
    found = before | defined(source, **before)
    return [found[name] for name in calls(chapter)[exercise.id]]


def names(exercise: Exercise, chapter: str) -> dict[str, str]:
    """The function that gives each result: {"value": "huber", "gradient": "huber_gradient"}; {"unit": "Dense"} for a
    class."""
    return dict(zip(exercise.protocol.takes, calls(chapter)[exercise.id]))


@cache
def solutions(chapter: str) -> dict[str, Callable[..., Any]]:
    """The functions of all solutions by name; each exercise runs with those it builds on, without the others' cells."""
    records = exercises.in_chapter(chapter)
    each = [defined(source, **foundations(records[name], chapter)) for name, source in sources(chapter).items()]
    return {name: function for functions in each for name, function in functions.items()}
