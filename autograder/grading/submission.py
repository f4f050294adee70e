"""A submission becomes a graded notebook: a pure function of its bytes, the assignment's version, and the secret."""

import hashlib
import json
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.grading.cage import Cage
from autograder.grading.execute import GRADED, NOTES, Execution, Times
from autograder.grading.repair import locked, repair, solutions

MISSING, MALFORMED, FAILED = "missing", "malformed", "grader failed"
MAX_NOTEBOOK_BYTES = 20 * 2**20
MAX_CELLS = 5000
MAX_DEPTH = 50  # of the notebook's JSON


@dataclass(frozen=True)
class Assignment:
    """One notebook of an assignment as the instructor made it, and what nbgrader's gradebook knows of it."""

    chapter: str
    notebook: str
    source: str  # the source notebook's JSON
    checksums: Mapping[str, str] = field(default_factory=dict)  # of the released cells, by grade id
    times: Times = field(default_factory=Times)
    demos: bool = False

    @property
    def version(self) -> str:
        return hashlib.sha256(f"{self.source}{sorted(self.checksums.items())}{self.demos}".encode()).hexdigest()


@dataclass
class Graded:
    """What became of one submission. `score` is None where there was nothing to grade."""

    student: str
    status: str
    score: float | None = None
    max_score: float = 0.0
    late_penalty: float = 0.0
    exercises: dict[str, dict[str, Any]] = field(default_factory=dict)
    repairs: list[str] = field(default_factory=list)
    message: str = ""  # for the teacher, where the status needs one
    seconds: float = 0.0
    sandbox: str = ""

    @property
    def mistakes(self) -> list[str]:
        """The named mistakes, each with its exercise ("huber: no ½ …"), the one that cost most points first."""
        named = [(e["score"] - e["max_score"], name, e["misconception"]) for name, e in self.exercises.items()]
        return [f"{name.partition('.')[2]}: {mistake}" for _, name, mistake in sorted(named, key=_cost) if mistake]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def _cost(named: tuple[float, str, str]) -> float:
    return named[0]


@dataclass
class Outcome:
    """What grading one notebook gives. `notebook` is the graded notebook's JSON."""

    status: str
    message: str = ""
    notebook: str = ""
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    sandbox: str = ""
    seconds: float = 0.0


def grade_notebook(
    content: bytes, assignment: Assignment, student: str, secret: bytes, cage: Cage, files: Mapping[str, bytes]
) -> Outcome:
    started = time.perf_counter()
    notebook, complaint = read_notebook(content, f"{assignment.notebook}.ipynb")
    if notebook is None:
        return Outcome(MALFORMED, complaint)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbformat warns about cells that are repaired here
        source = _parsed(assignment.source)
        repairs = repair(notebook, source)
        notebook.metadata = nbformat.from_dict(source.metadata | {NOTES: {"repairs": repairs}})
        for cell in notebook.cells:
            marks = cell.metadata.get("nbgrader")
            if marks and marks.get("grade_id") in assignment.checksums:
                marks["checksum"] = assignment.checksums[marks["grade_id"]]
        execution = Execution(cage, secret, student, solutions(source), files, assignment.times, assignment.demos)
        status = execution.run(notebook)
        fair_to_prints(notebook)
        harmless(notebook)
        told = Outcome(status, execution.why, repairs=repairs, sandbox=cage.tier.describe())
        told.verdicts = [verdict.to_dict() for verdict in execution.verdicts.values()]
        told.notebook = json.dumps(notebook, ensure_ascii=False, indent=1)
    told.seconds = round(time.perf_counter() - started, 3)
    return told


@lru_cache(maxsize=8)
def _parsed(source: str) -> NotebookNode:
    """The source notebook, parsed once for a class; nobody writes into it."""
    return nbformat.v4.reads(source)


def read_notebook(content: bytes, name: str) -> tuple[NotebookNode | None, str]:
    """The notebook in nbformat 4, or None and why it cannot be graded."""
    if len(content) > MAX_NOTEBOOK_BYTES:
        size, most = len(content) / 2**20, MAX_NOTEBOOK_BYTES // 2**20
        return None, f"{name} has {size:.0f} MB; the limit is {most} MB: clear its outputs and hand it in again"
    try:
        tree = json.loads(content.decode("utf-8-sig"))
        _plain_json(tree, 0)
        if not isinstance(tree, dict) or not isinstance(tree.get("cells", tree.get("worksheets")), list):
            return None, f"{name} is not a notebook: it has no cells; ask for it again"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(json.dumps(tree), as_version=4)
        notebook.cells = [cell for cell in notebook.cells if isinstance(cell, dict) and "cell_type" in cell]
    except UnicodeDecodeError:
        return None, f"{name} is not a notebook (it is no UTF-8 text); ask for it again"
    except json.JSONDecodeError:
        return None, f"{name} is not a notebook (it is no JSON); ask for it again"
    except Exception as problem:  # nbformat has many ways to fail on what is no notebook
        return None, f"{name} is not a notebook ({type(problem).__name__}: {str(problem)[:80]}); ask for it again"
    if len(notebook.cells) > MAX_CELLS:
        return None, f"{name} has {len(notebook.cells)} cells; at most {MAX_CELLS} are graded"
    return notebook, ""


def _plain_json(node: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _plain_json(child, depth + 1)


def fair_to_prints(notebook: NotebookNode) -> None:
    """nbgrader takes any text on stderr for a failed test; a warning or a progress bar is none."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code":
            for output in cell.outputs:
                if output.output_type == "stream":
                    output.name = "stdout"


def harmless(notebook: NotebookNode) -> None:
    """A student's own text shows its marks-up as text when a teacher looks at it, and runs no script."""
    for cell in notebook.cells:
        if cell.cell_type != "code" and not locked(cell):
            cell.source = cell.source.replace("<", "&lt;").replace("javascript:", "javascript\u200b:")
            cell.pop("attachments", None)


def exercises_of(verdicts: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What the table and the JSON lines tell of each exercise."""
    found = {}
    for verdict in verdicts:
        named = [mistake["name"] for part in verdict["parts"] for mistake in part["mistakes"]]
        found[verdict["exercise"]] = {
            "score": verdict["points"],
            "max_score": verdict["max_points"],
            "state": verdict["state"],
            "misconception": named[0] if named else "",
            "message": verdict["message"],
        }
    return found


__all__ = ["GRADED", "Assignment", "Graded", "Outcome", "grade_notebook"]
