"""A class for chapter 04: submissions made from the released notebook as students change it, and what each must get.

`write(release, folder)` writes one folder for each student; `expected` says score, status and the mistake to be named.
"""

import ast
import copy
import inspect
import json
import random
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.exercises import ch04_losses
from tests.bank.ch04_losses import loops, noisy, single_precision
from tests.bank.ch04_losses.points_left import POINTS_LEFT

CHAPTER = "ch04_losses"
FULL = 50.0
Notebook = NotebookNode


@dataclass(frozen=True)
class Expected:
    """`mistake` is part of the name that the grader must give; None where there is none to name."""

    score: float | None
    status: str = "graded"
    mistake: str | None = None


def answer_cells(notebook: Notebook) -> dict[str, NotebookNode]:
    """The cells that a student writes, by exercise: {"ch04.huber": cell, …}."""
    marked = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    return {cell.metadata.nbgrader.grade_id.replace("-", ".", 1): cell for cell in marked}


def check_cell(notebook: Notebook, exercise: str) -> NotebookNode:
    name = exercise.replace(".", "-") + "-check"
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)


def functions(source: str) -> list[str]:
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]


def written_by(notebook: Notebook, style: ModuleType) -> None:
    """Answer every exercise with the functions of a module of the bank."""
    for cell in answer_cells(notebook).values():
        cell.source = "\n\n".join(inspect.getsource(getattr(style, name)) for name in functions(cell.source))


def solved(released: Notebook, source: Notebook) -> Notebook:
    """The released notebook with the chapter's own solutions in it."""
    notebook = copy.deepcopy(released)
    solutions = answer_cells(source)
    for exercise, cell in answer_cells(notebook).items():
        cell.source = solutions[exercise].source
    return notebook


def replace_function(cell: NotebookNode, code: str) -> None:
    """Put a student's own version of one or more functions in place of the cell's."""
    code = textwrap.dedent(code).strip()
    own = functions(code)
    kept = [node for node in ast.parse(cell.source).body if getattr(node, "name", None) not in own]
    cell.source = "\n\n".join([*(ast.unparse(node) for node in kept), code])


# What single students do, each to a notebook in which everything is solved. Points are those of the chapter.

SLIPS: dict[str, tuple[str, str, float, str]] = {
    # student: (exercise, code, points lost, part of the mistake's name)
    "farid": (
        "ch04.mean_squared_error",
        """
        def mean_squared_error(prediction, target):
            return np.sum((prediction - target) ** 2)
        """,
        2,
        "summed over the examples",
    ),
    "greta": (
        "ch04.mean_squared_error",
        """
        def mean_squared_error_gradient(prediction, target):
            return (prediction - target) / len(prediction)
        """,
        2,
        "the 2 from differentiating",
    ),
    "hugo": (
        "ch04.mean_absolute_error",
        """
        def mean_absolute_error_gradient(prediction, target):
            error = prediction - target
            return error / abs(error) / len(error)
        """,
        2,
        "0 divided by 0",
    ),
    "ines": (
        "ch04.huber",
        """
        def huber(prediction, target, delta=1.0):
            error = abs(prediction - target)
            return np.where(error <= delta, error ** 2 / 2, delta * error).mean()
        """,
        1,
        "the linear branch is δ|e|",
    ),
    "jonas": (
        "ch04.huber",
        """
        def huber(prediction, target, delta=1.0):
            error = abs(prediction - target)
            return np.where(error > delta, error ** 2 / 2, delta * (error - delta / 2)).mean()
        """,
        2,
        "branches are swapped",
    ),
    "kira": (
        "ch04.log_cosh",
        """
        def log_cosh(prediction, target):
            return np.log(np.cosh(prediction - target)).mean()
        """,
        2,
        "cosh overflows",
    ),
    "liam": (
        "ch04.log_softmax",
        """
        def log_softmax(logits):
            z = logits - logits.max(axis=0)
            return z - np.log(np.exp(z).sum(axis=0))
        """,
        2,
        "normalized over the examples (axis 0)",
    ),
    "mina": (
        "ch04.cross_entropy",
        """
        def cross_entropy(logits, labels):
            p = np.exp(logits - logits.max(axis=1, keepdims=True))
            p = p / p.sum(axis=1, keepdims=True)
            log_p = p - np.log(np.exp(p).sum(axis=1, keepdims=True))
            return -log_p[np.arange(len(labels)), labels].mean()
        """,
        3,
        "softmax twice",
    ),
    "nils": (
        "ch04.cross_entropy",
        """
        def cross_entropy_gradient(logits, labels):
            p = np.exp(logits - logits.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            p[np.arange(len(labels)), labels] -= 1
            return p
        """,
        2,
        "the gradient is not divided by N",
    ),
    "olga": (
        "ch04.binary_cross_entropy",
        """
        def binary_cross_entropy(p, target, eps=1e-7):
            return -np.mean(target * np.log(p) + (1 - target) * np.log(1 - p))
        """,
        1,
        "log of zero",
    ),
    "pavel": (
        "ch04.binary_cross_entropy_with_logits",
        """
        def binary_cross_entropy_with_logits(logits, target):
            return -np.mean(target * np.log(logits) + (1 - target) * np.log(1 - logits))
        """,
        3,
        "the logits are used as if they were probabilities",
    ),
    "qing": (
        "ch04.kl_divergence",
        """
        def kl_divergence(probs, target):
            return np.sum(probs * np.log(probs / target)) / len(probs)
        """,
        2,
        "the arguments are exchanged",
    ),
    "rosa": (
        "ch04.hinge",
        """
        def hinge(score, target):
            target = 2 * target - 1
            return np.maximum(0, 1 - target * score).mean()
        """,
        2,
        "targets are taken as 0 and 1",
    ),
    "sven": (
        "ch04.poisson_nll",
        """
        def poisson_nll_gradient(log_rate, count):
            return (count - np.exp(log_rate)) / len(count)
        """,
        1,
        "wrong sign",
    ),
    "tara": (
        "ch04.focal",
        """
        def focal(logits, labels, gamma=2.0):
            z = logits - logits.max(axis=1, keepdims=True)
            log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
            log_p = log_p[np.arange(len(labels)), labels]
            return -np.mean(np.exp(log_p) ** gamma * log_p)
        """,
        4,
        "p^γ instead of (1 − p)^γ",
    ),
}


def partly_right(notebook: Notebook) -> None:
    """The first six exercises are done, the others untouched."""
    stub = "def {}(*arguments):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    for cell in list(answer_cells(notebook).values())[6:]:
        cell.source = "\n\n".join(stub.format(name) for name in functions(cell.source))


def syntax_error(notebook: Notebook) -> None:
    cell = answer_cells(notebook)["ch04.huber"]
    cell.source = cell.source.replace(
        "def huber(prediction, target, delta=1.0):", "def huber(prediction, target, delta=1.0)"
    )


def exception_at_import(notebook: Notebook) -> None:
    notebook.cells.insert(1, new_code_cell("import a_package_nobody_has", id="own-import"))


def infinite_loop(notebook: Notebook) -> None:
    code = "def hinge(score, target):\n    while True:\n        score = score + 0"
    replace_function(answer_cells(notebook)["ch04.hinge"], code)


def crash(notebook: Notebook) -> None:
    """The Python process ends while the last exercise is checked."""
    cell = list(answer_cells(notebook).values())[-1]
    name = functions(cell.source)[0]
    cell.source = f"import os\n\ndef {name}(*arguments):\n    os._exit(3)\n"


def deleted_check(notebook: Notebook) -> None:
    notebook.cells.remove(check_cell(notebook, "ch04.huber"))
    notebook.cells.remove(check_cell(notebook, "ch04.hinge"))


def duplicated_cells(notebook: Notebook) -> None:
    """An answer and a check are copied and pasted, marks included; the first copy of the answer is a failed attempt."""
    answer = answer_cells(notebook)["ch04.focal"]
    attempt = copy.deepcopy(answer)
    attempt.source = "def focal(logits, labels, gamma=2.0):\n    return 0.0\n"
    notebook.cells.insert(notebook.cells.index(answer), attempt)
    check = check_cell(notebook, "ch04.focal")
    notebook.cells.insert(notebook.cells.index(check), copy.deepcopy(check))


def edited_check(notebook: Notebook) -> None:
    """A wrong answer, and a check cell that claims all its points."""
    replace_function(answer_cells(notebook)["ch04.huber"], "def huber(prediction, target, delta=1.0):\n    return 0.0")
    check_cell(notebook, "ch04.huber").source = "4.0"


def damaged_marks(notebook: Notebook) -> None:
    """Marks lost, garbled, renamed; a check that claims a hundred points."""
    cells = answer_cells(notebook)
    check_cell(notebook, "ch04.hinge").metadata.nbgrader.points = 100
    del cells["ch04.huber"].metadata["nbgrader"]
    cells["ch04.huber"].id = "another-id"
    cells["ch04.focal"].metadata.nbgrader = "not a dictionary"
    cells["ch04.hinge"].metadata.nbgrader.grade_id = "ch04-unknown"
    del check_cell(notebook, "ch04.log_cosh").metadata["nbgrader"]
    cells["ch04.log_cosh"].metadata.nbgrader.schema_version = 99


def shuffled_checks(notebook: Notebook) -> None:
    """All checks stand at the top."""
    checks = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    notebook.cells = checks + [cell for cell in notebook.cells if cell not in checks]


def prints_in_cells(notebook: Notebook) -> None:
    """Scratch cells that print a lot, warn, and raise."""
    notebook.cells.append(new_code_cell("print('x' * 5000)\nimport warnings\nwarnings.warn('just so')", id="own-1"))
    notebook.cells.insert(3, new_code_cell("1 / 0", id="own-2"))


def misconceptions() -> dict[str, list[tuple[str, dict[str, ast.Lambda]]]]:
    """The record's misconceptions as source: {"ch04.huber": [(name, {"value": a lambda, …}), …], …}."""
    found: dict[str, list[tuple[str, dict[str, ast.Lambda]]]] = {}
    for node in ast.parse(inspect.getsource(ch04_losses)).body:
        if isinstance(node, ast.Assign) and getattr(getattr(node.value, "func", None), "id", "") == "Exercise":
            options = {option.arg: option.value for option in node.value.keywords}
            found[options["id"].value] = [
                (ast.literal_eval(call.args[0]), {wrong.arg: wrong.value for wrong in call.keywords})
                for call in options["misconceptions"].elts
            ]
    return found


def with_misconception(notebook: Notebook, number: int) -> float:
    """Make mistake `number` of every exercise that has so many; return the score that is left."""
    prelude = [
        ast.unparse(node)
        for node in ast.parse(inspect.getsource(ch04_losses)).body
        if isinstance(node, ast.FunctionDef) and node.name != "_value_and_gradient"
    ]
    notebook.cells.insert(2, new_code_cell("import math\n\n" + "\n\n".join(prelude), id="own-functions"))
    score = FULL
    worth = points(notebook)
    for exercise, known in misconceptions().items():
        if number >= len(known):
            continue
        name, wrong = known[number]
        cell = answer_cells(notebook)[exercise]
        for function, result in zip(functions(cell.source), ("value", "gradient")):
            if result in wrong:
                arguments, body = ast.unparse(wrong[result].args), ast.unparse(wrong[result].body)
                replace_function(cell, f"def {function}({arguments}):\n    return {body}")
        score -= worth[exercise] - POINTS_LEFT[exercise][name]
    return score


CHANGES: dict[str, tuple[Callable[[Notebook], None], Expected]] = {
    "ada": (lambda notebook: None, Expected(FULL)),
    "bela": (lambda notebook: written_by(notebook, loops), Expected(FULL)),
    "chen": (lambda notebook: written_by(notebook, single_precision), Expected(FULL)),
    "dara": (lambda notebook: written_by(notebook, noisy), Expected(FULL)),
    "emil": (partly_right, Expected(None)),  # the sum of the first six: see `expected`
    "uma": (prints_in_cells, Expected(FULL)),
    "vera": (syntax_error, Expected(FULL - 4)),
    "wim": (exception_at_import, Expected(FULL)),
    "xenia": (infinite_loop, Expected(FULL - 2, "timed out")),
    "yusuf": (crash, Expected(None, "crashed")),
    "zoe": (deleted_check, Expected(FULL)),
    "abel": (duplicated_cells, Expected(FULL)),
    "bruno": (edited_check, Expected(FULL - 2, mistake="always zero")),
    "cleo": (damaged_marks, Expected(FULL)),
    "dina": (shuffled_checks, Expected(FULL)),
}
UNTOUCHED, NOT_A_NOTEBOOK, NO_FILE = "elif", "fritz", "gus"


def points(source: Notebook) -> dict[str, float]:
    marks = [cell.metadata.nbgrader for cell in source.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    return {mark.grade_id.removesuffix("-check").replace("-", ".", 1): float(mark.points) for mark in marks}


def expected(source: Notebook) -> dict[str, Expected]:
    """What every student must get."""
    worth = list(points(source).values())
    table = {student: what for student, (_, what) in CHANGES.items()}
    table["emil"] = Expected(sum(worth[:6]))
    table["yusuf"] = Expected(FULL - worth[-1], "crashed")
    table |= {name: Expected(FULL - lost, mistake=mistake) for name, (_, _, lost, mistake) in SLIPS.items()}
    return table | {
        UNTOUCHED: Expected(0.0),
        NOT_A_NOTEBOOK: Expected(None, "malformed"),
        NO_FILE: Expected(None, "missing"),
    }


def write(released: Path, source: Path, folder: Path) -> dict[str, Expected]:
    """Write submitted/<student>/ch04_losses/ch04_losses.ipynb for the whole class; return what each must get."""
    release, solutions = (nbformat.read(path, as_version=4) for path in (released, source))
    notebooks: dict[str, str] = {}
    for student, (change, _) in CHANGES.items():
        notebook = solved(release, solutions)
        change(notebook)
        notebooks[student] = json.dumps(notebook, ensure_ascii=False, indent=1)
    for student, (exercise, code, _, _) in SLIPS.items():
        notebook = solved(release, solutions)
        replace_function(answer_cells(notebook)[exercise], code)
        notebooks[student] = nbformat.writes(notebook)
    notebooks[UNTOUCHED] = nbformat.writes(release)
    notebooks[NOT_A_NOTEBOOK] = "%PDF-1.7 " + "".join(random.Random(0).choices("abcdef", k=2000))
    for student in (*notebooks, NO_FILE):
        place = folder / student / CHAPTER
        place.mkdir(parents=True, exist_ok=True)
        if student in notebooks:
            (place / f"{CHAPTER}.ipynb").write_text(notebooks[student], encoding="utf-8")
    return expected(solutions)
