"""What the source of a chapter holds: solutions, points, headings. The cells' marks tell them."""

import inspect
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jupytext
import numpy as np
from nbformat import NotebookNode

from autograder.exercise import Exercise

CHAPTERS = Path(__file__).resolve().parents[2] / "solutions"


@cache
def notebook(chapter: str) -> NotebookNode:
    return jupytext.read(CHAPTERS / f"{chapter}.py")


def sources(chapter: str) -> dict[str, str]:
    """The code that solves each exercise: {"ch04.huber": "def huber…", …}."""
    cells = [cell for cell in notebook(chapter).cells if cell.cell_type == "code"]
    return {cell.metadata["exercise"]: cell.source for cell in cells if "exercise" in cell.metadata}


def points(chapter: str) -> dict[str, float]:
    checks = [cell.metadata for cell in notebook(chapter).cells if "check" in cell.metadata]
    return {marks["check"]: float(marks["points"]) for marks in checks}


def headings(chapter: str) -> set[str]:
    prose = "\n".join(cell.source for cell in notebook(chapter).cells if cell.cell_type == "markdown")
    return set(re.findall(r"^#+ +(.+?) *$", prose, re.MULTILINE))


def defined(source: str) -> dict[str, Callable[..., Any]]:
    """The functions that a cell defines, when it has nothing but `np` from the cells above it."""
    names: dict[str, Any] = {"np": np}
    exec(compile(source, "<cell>", "exec"), names)
    return {name: value for name, value in names.items() if inspect.isfunction(value)}


@cache
def solutions(chapter: str) -> dict[str, Callable[..., Any]]:
    """The functions of all solutions by name; each exercise runs on its own, without the others' cells."""
    each = [defined(source) for source in sources(chapter).values()]
    return {name: function for functions in each for name, function in functions.items()}


def function_names(exercise: Exercise) -> dict[str, str]:
    """The function that gives each result: {"value": "huber", "gradient": "huber_gradient"}."""
    stem = exercise.id.partition(".")[2]
    return {result: stem if result == "value" else f"{stem}_{result}" for result in exercise.protocol.results}
