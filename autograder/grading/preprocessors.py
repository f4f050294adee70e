"""Our steps at nbgrader's plug-in points: its commands repair and execute as `autograder grade` does."""

import atexit
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float

from autograder.grading import seeds
from autograder.grading.cage import Cage
from autograder.grading.execute import NOTES, Execution, Times
from autograder.grading.repair import repair, solutions
from autograder.grading.submission import fair_to_prints, harmless
from autograder.grading.withhold import make_site
from autograder.grading.workspace import workspace


class RepairCells(NbGraderPreprocessor):
    """Restore deleted, duplicated, moved, edited and unmarked cells from the chapter's source notebook."""

    def preprocess(self, notebook: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        original = source_notebook(self.config, resources)
        repairs = repair(notebook, original)
        notebook.metadata = nbformat.from_dict(original.metadata | {NOTES: {"repairs": repairs}})
        return notebook, resources


class GradeChecks(NbGraderPreprocessor):
    """Execute in the sandbox; a check cell's output is the verdict that is made here."""

    sandbox = Bool(True, help="Execute submissions in the sandbox; without one, refuse.").tag(config=True)
    cell_seconds = Float(20.0, help="Seconds that a cell may take.").tag(config=True)
    check_seconds = Float(20.0, help="Seconds that a check may take.").tag(config=True)
    notebook_seconds = Float(240.0, help="Seconds that a notebook may take.").tag(config=True)

    def preprocess(self, notebook: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        told = resources["nbgrader"]
        cage = cage_of(told["assignment"], self.sandbox)
        cage.start()
        times = Times(self.cell_seconds, self.check_seconds, self.notebook_seconds)
        secret = seeds.secret(Path.cwd())  # nbgrader works in the course's folder
        answers = solutions(source_notebook(self.config, resources))
        Execution(cage, secret, told["student"], answers, times=times).run(notebook)
        fair_to_prints(notebook)
        harmless(notebook)
        return notebook, resources


def source_notebook(config: Any, resources: dict[str, Any]) -> NotebookNode:
    told = resources["nbgrader"]
    source = (
        Path(config.CourseDirectory.get("source_directory", "source"))
        / told["assignment"]
        / f"{told['notebook']}.ipynb"
    )
    if not source.is_file():
        raise FileNotFoundError(f"{source} is missing; make it with: autograder build {told['assignment']}")
    return nbformat.read(source, as_version=4)


@cache
def cage_of(assignment: str, locked: bool) -> Cage:
    """One warm process for all submissions that this command grades."""
    stack = ExitStack()
    atexit.register(stack.close)
    work = stack.enter_context(workspace())
    return stack.enter_context(Cage(make_site(work / "site", assignment), work, locked=locked, targets=[Path.cwd()]))
