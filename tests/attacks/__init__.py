"""Hostile submissions, one file each: its first line says what it tries.

Most hold CELL, which takes the place of the answer to ch04.mean_squared_error in a notebook otherwise untouched;
"{course}" stands for the course's folder. The others hold `hand_in(folder, release)`, which hands in something that is
no ordinary notebook, and the STATUS that it must get. All run in the sandbox only, with small limits; none may gain a
point.
"""

import importlib
import pkgutil

import nbformat

CHAPTER = "ch04_losses"
NOTEBOOK = f"{CHAPTER}.ipynb"
TARGET = "ch04-mean_squared_error"


def names():
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name):
    return importlib.import_module(f"{__name__}.{name}")


def answer(notebook, source):
    """Put the source in place of the answer to the target exercise."""
    cell = next(cell for cell in notebook.cells if cell.id == TARGET)
    cell.source = source


def save(notebook, folder):
    (folder / NOTEBOOK).write_text(nbformat.writes(notebook))
