"""Bring a submission back to the chapter's form: every locked cell as it was handed out, every answer recognised.

What a student did to cells that are not theirs is never a reason to stop, and never changes a grade.
"""

import ast

import nbformat
from nbformat import NotebookNode

from autograder.marks import CHECK_SUFFIX


def repair(notebook: NotebookNode, source: NotebookNode) -> list[str]:
    """Mend `notebook` in place by the chapter's `source`; return what was done, in words."""
    repairs: list[str] = []
    originals = {cell.metadata.nbgrader.grade_id: cell for cell in source.cells if "nbgrader" in cell.metadata}
    cells = [cell for cell in notebook.cells if isinstance(cell.get("source"), str)]
    owners = _recognise(cells, originals)

    # The last cell with an id is the answer, as in a kernel the last definition counts; the others stay as plain cells.
    last = {name: number for number, name in enumerate(owners) if name}
    kept: list[tuple[str, NotebookNode]] = []
    for number, (cell, name) in enumerate(zip(cells, owners)):
        original = originals.get(name)
        if original is not None and last[name] != number:
            repairs.append(f"{name} was there twice")
            if locked(original):
                continue
            original = None
        if original is None:
            cell.metadata = nbformat.from_dict({})
            kept.append(("", cell))
        elif locked(original):
            if cell.source.strip() != original.source.strip() or cell.cell_type != original.cell_type:
                repairs.append(f"{name} was edited")
            kept.append((name, _copy(original)))
        else:
            if _grade_id(cell) != name:
                repairs.append(f"{name} had lost its marks")
            answer = _copy(original)
            answer.source = cell.source
            kept.append((name, answer))

    for before, (name, original) in zip([None, *originals], originals.items()):
        names = [kept_name for kept_name, _ in kept]
        place = names.index(before) + 1 if before in names else 0
        if name not in names:
            if not locked(original):
                repairs.append(f"{name}, an answer, was deleted")
                continue
            if name.endswith(CHECK_SUFFIX):
                answered = name.removesuffix(CHECK_SUFFIX)
                place = names.index(answered) + 1 if answered in names else len(names)
            repairs.append(f"{name} was deleted")
            kept.insert(place, (name, _copy(original)))
        elif name.endswith(CHECK_SUFFIX) and (answered := name.removesuffix(CHECK_SUFFIX)) in names:
            here, there = names.index(name), names.index(answered)
            if here < there:
                repairs.append(f"{name} stood before its answer")
                kept.insert(there, kept.pop(here))

    notebook.cells = [cell for _, cell in kept]
    for number, (name, cell) in enumerate(kept):
        cell.id = name or f"extra-{number}"
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return repairs


def locked(cell: NotebookNode) -> bool:
    """Whether the cell is the instructor's, by nbgrader's own rule: tests always are, answers never."""
    marks = cell.metadata.get("nbgrader", {})
    return not marks.get("solution") and bool(marks.get("grade") or marks.get("locked"))


def _copy(cell: NotebookNode) -> NotebookNode:
    copied = nbformat.from_dict(cell)
    if copied.cell_type == "code":
        copied.outputs, copied.execution_count = [], None
    return copied


def _grade_id(cell: NotebookNode) -> str:
    marks = cell.metadata.get("nbgrader") if isinstance(cell.get("metadata"), dict) else None
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return name if isinstance(name, str) else ""


def _recognise(cells: list[NotebookNode], originals: dict[str, NotebookNode]) -> list[str]:
    """Which of the chapter's cells each one is: by its mark or its id; an answer that has lost both, by its functions.

    "" stands for a cell of the student's own.
    """
    owners = [
        next((name for name in (_grade_id(cell), str(cell.get("id", ""))) if name in originals), "") for cell in cells
    ]
    for name, original in originals.items():
        if original.metadata.nbgrader.solution and name not in owners:
            for number, cell in enumerate(cells):
                if not owners[number] and _functions(original) <= _functions(cell):
                    owners[number] = name
    return owners


def _functions(cell: NotebookNode) -> set[str]:
    try:
        body = ast.parse(cell.source).body
        return {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()


def solutions(source: NotebookNode) -> dict[str, str]:
    """The right answer's source by exercise id, from the chapter's source notebook."""
    marked = [cell for cell in source.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    return {cell.metadata.nbgrader.grade_id.replace("-", ".", 1): cell.source for cell in marked}
