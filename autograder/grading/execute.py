"""Execute a submission and judge its checks. The kernel brings values back; the verdict is made here, in the grader.

This is the executor that a sandboxed one replaces: it needs `observations(check cell) -> outcomes` and nothing else.
"""

import ast
import base64
import dataclasses
import secrets
from pathlib import Path
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader.preprocessors import Execute

from autograder import exercises
from autograder.build import CHECK_SUFFIX, DEMO_INFIX, check_call
from autograder.exercise import Exercise
from autograder.grading import seeds
from autograder.grading.repair import NOTES
from autograder.judge import could_not_run, judge
from autograder.sandbox import driver, wire
from autograder.sandbox.observe import Outcome
from autograder.verdict import COULD_NOT_RUN, Verdict

GRADED, TIMED_OUT, CRASHED = "graded", "timed out", "crashed"


class NoObservations(Exception):
    """The student's process gave no observations; the message says why, in words for the student."""


class GradeChecks(Execute):
    """nbgrader's executor, except that a check cell becomes an exchange of values and demo cells are left out."""

    def preprocess(
        self, notebook: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict]:
        self.student = resources["nbgrader"]["student"]
        self.secret = seeds.secret(Path.cwd())  # nbgrader works in the course's folder
        self.status = GRADED
        self.stopped: dict[str, str] = {}  # the grade id of a cell -> why it did not come to its end
        try:
            notebook, resources = super().preprocess(notebook, resources, km)
        except DeadKernelError:
            self._crashed(notebook)
        notebook.metadata.setdefault(NOTES, {})["status"] = self.status
        return notebook, resources

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], index: int) -> tuple[NotebookNode, dict]:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if DEMO_INFIX in name:
            return cell, resources
        if name.endswith(CHECK_SUFFIX):
            self._grade(cell, index)
            return cell, resources
        cell, resources = super().preprocess_cell(cell, resources, index)
        stopped = self._stopped(cell)
        if stopped:
            self.stopped[name] = stopped
        return cell, resources

    def _stopped(self, cell: NotebookNode) -> str:
        """Why the cell did not come to its end, or ""; an interrupt after the time limit leaves two errors."""
        errors = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
        if any(error.ename == "CellTimeoutError" for error in errors):
            self.status = TIMED_OUT
            return f"it was still running after {self.timeout} s and was stopped: is there a loop that never ends?"
        return f"{errors[0].ename}: {errors[0].evalue}"[:300] if errors else ""

    def _grade(self, cell: NotebookNode, index: int) -> None:
        call = check_call(cell.source)
        exercise = exercises.find(ast.literal_eval(call.args[0]))
        points = float(cell.metadata.nbgrader.points)
        cases = exercise.make_cases(seeds.seed(self.secret, self.student, exercise.id))
        try:
            seen = self._observations(exercise, [case.inputs for case in cases], call, index)
            verdict = judge(exercise, cases, seen, points, show_inputs=False)
        except NoObservations as problem:
            verdict = could_not_run(exercise, points, str(problem))
        _write(cell, self._with_cause(verdict, cell.metadata.nbgrader.grade_id.removesuffix(CHECK_SUFFIX)))

    def _observations(
        self, exercise: Exercise, inputs: list[Any], call: ast.Call, index: int
    ) -> list[dict[str, Outcome]]:
        nonce = secrets.token_hex(16)
        request = wire.pack({"nonce": nonce, "protocol": exercise.protocol.to_dict(), "cases": inputs})
        looked_up = ", ".join(f"lambda: ({ast.unparse(candidate)})" for candidate in call.args[1:])
        exchange = new_code_cell(
            "from autograder.sandbox import driver as _driver\n"
            f"_driver.answer({base64.b64encode(request).decode()!r}, [{looked_up}])"
        )
        checked = self.nb.cells[index]
        try:
            self.execute_cell(exchange, index, store_history=False)
        finally:
            self.nb.cells[index] = checked  # the client puts the cell that it executed there
        for output in exchange.outputs:
            if output.output_type == "display_data" and driver.MIME in output.data:
                try:
                    return driver.read(output.data[driver.MIME], nonce)
                except ValueError as problem:
                    raise NoObservations(f"your process sent an answer that cannot be read ({problem})") from None
        raise NoObservations(self._stopped(exchange) or "your process gave no answer to the check")

    def _with_cause(self, verdict: Verdict, answer: str) -> Verdict:
        """A missing function is often a cell that stopped: say so."""
        if verdict.state == COULD_NOT_RUN and verdict.message.startswith("NameError") and answer in self.stopped:
            why = f"{verdict.message}; the cell that defines it stopped with {self.stopped[answer]}"
            return dataclasses.replace(verdict, message=why[:500])
        return verdict

    def _crashed(self, notebook: NotebookNode) -> None:
        """The Python process ended: what was judged before counts, the rest could not run."""
        self.status = CRASHED
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id", "").endswith(CHECK_SUFFIX) and not cell.outputs:
                exercise = exercises.find(ast.literal_eval(check_call(cell.source).args[0]))
                why = "the notebook's Python process ended before this check (a crash, an exit, or too much memory)"
                _write(cell, could_not_run(exercise, float(cell.metadata.nbgrader.points), why))


def _write(cell: NotebookNode, verdict: Verdict) -> None:
    """The one output of a check cell: points as text/plain, which nbgrader reads, and the explanation."""
    from autograder.render import as_html

    data = {"text/plain": f"{verdict.points:g}", "text/html": as_html(verdict)}
    cell.outputs = [new_output("execute_result", data, metadata={NOTES: verdict.to_dict()}, execution_count=None)]
