"""The exercise records, one file for each chapter. Student side and judge; never in the sandbox."""

import importlib
import pkgutil
import re

from autograder.exercise import Exercise


def in_chapter(chapter: str) -> dict[str, Exercise]:
    """The exercises of a chapter by id; `chapter` is its file's name ("ch04_losses")."""
    module = importlib.import_module(f"{__name__}.{chapter}")
    return {record.id: record for record in vars(module).values() if isinstance(record, Exercise)}


def chapters() -> list[str]:
    """The chapters that have exercises."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name for name in names if re.fullmatch(r"ch\d\d_\w+", name) and not name.endswith("_cases"))


def imports(chapter: str) -> tuple[str, ...]:
    """What submissions may import beside NumPy, matplotlib and IPython: the chapter's IMPORTS, ("torch",) say."""
    return tuple(getattr(importlib.import_module(f"{__name__}.{chapter}"), "IMPORTS", ()))


def find(exercise_id: str) -> Exercise:
    """The record of "ch04.huber"; KeyError with a sentence if there is none."""
    prefix = str(exercise_id).partition(".")[0] + "_"
    found: dict[str, Exercise] = {}
    for chapter in chapters():
        if chapter.startswith(prefix):
            found |= in_chapter(chapter)
    if exercise_id not in found:
        known = ", ".join(found) or "none in that chapter; chapters: " + ", ".join(chapters())
        raise KeyError(f"there is no exercise {exercise_id!r}; known: {known}")
    return found[exercise_id]
