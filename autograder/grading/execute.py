"""Execute a submission in the cage; values come back from its process, and verdicts are made on this side."""

import ast
import base64
import binascii
import dataclasses
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from nbformat import NotebookNode, from_dict

from autograder import exercises
from autograder.exercise import Case, Exercise
from autograder.grading import seeds
from autograder.grading.cage import Cage, Ended, Inmate
from autograder.judge import could_not_run, judge
from autograder.marks import CHECK_SUFFIX, DEMO_INFIX, check_call, grade_id
from autograder.render import as_html
from autograder.sandbox.observe import MAX_TEXT, Outcome, plain
from autograder.sandbox.shell import MAX_OUTPUTS
from autograder.verdict import COULD_NOT_RUN, RIGHT, Verdict

GRADED, TIMED_OUT, OUT_OF_MEMORY, CRASHED, TAMPERED = "graded", "timed out", "out of memory", "crashed", "tampered"
SEVERITY = (GRADED, TIMED_OUT, OUT_OF_MEMORY, CRASHED, TAMPERED)
NOTES = "autograder"  # the key of what grading notes down in a graded notebook's metadata
MAX_STARTS = 5  # processes for one submission; each that ends is replaced by one that has run the cells before
MAX_SHOWN = 1_000_000  # characters of one output
FOLLOWED = "Your {name} was replaced by a right one here, so that its mistake costs its points only once."
STOPPED = "it was still running after {seconds:g} s and was stopped: is there a loop that never ends?"


@dataclass(frozen=True)
class Times:
    """Seconds for a cell, for a check, for the whole notebook."""

    cell: float = 20.0
    check: float = 20.0
    notebook: float = 240.0


@dataclass
class Execution:
    """One notebook, from its first cell to its last check. `secret` and `student` make the seeds.

    `solutions` holds the source of each exercise's right answer, for exercises that build on others; `files` are laid
    beside the notebook. With `demos` locked demo cells run, too, as stock nbgrader runs them.
    """

    cage: Cage
    secret: bytes
    student: str
    solutions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    times: Times = field(default_factory=Times)
    demos: bool = False

    def run(self, notebook: NotebookNode) -> str:
        """Write outputs and verdicts into the notebook's cells; return the status."""
        self.status, self.why = GRADED, ""
        self.started = time.monotonic()
        self.starts = 0
        self.past: list[str] = []  # the cells that came to their end
        self.stopped: dict[str, str] = {}  # the grade id of a cell -> why it did not
        self.inmate: Inmate | None = None
        self.verdicts: dict[str, Verdict] = {}
        checks: list[tuple[NotebookNode, Exercise, ast.Call]] = []
        self.stack = ExitStack()
        with self.stack:
            for cell in notebook.cells:
                if cell.cell_type != "code":
                    continue
                name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
                if name.endswith(CHECK_SUFFIX) and _is_ours(cell):
                    call = check_call(cell.source)
                    exercise = exercises.find(ast.literal_eval(call.args[0]))
                    checks.append((cell, exercise, call))
                    self.verdicts[exercise.id] = self._judged(cell, exercise, call)
                elif DEMO_INFIX not in name or self.demos:
                    cell.outputs = self._shown(name, cell)
            self._follow_through(checks)
        for cell, exercise, _ in checks:
            _write(cell, self.verdicts[exercise.id])
        notebook.metadata.setdefault(NOTES, {}).update(
            status=self.status, why=self.why, sandbox=self.cage.tier.describe()
        )
        return self.status

    # Talking to the process

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        left = self.times.notebook - (time.monotonic() - self.started)
        if left <= 0:
            raise Ended(TIMED_OUT, f"the notebook took more than {self.times.notebook:g} s in all")
        if self.inmate is None:
            self._start()
        assert self.inmate
        try:
            return self.inmate.ask(request, min(seconds, left))
        except Ended:
            self._end()
            raise

    def _start(self) -> None:
        """A new process; what ran before the last one ended runs again, but for the cells that ended one."""
        if self.starts >= MAX_STARTS:
            raise Ended(CRASHED, f"{MAX_STARTS} processes of this notebook have ended; the rest of it was not run")
        self.starts += 1
        self.inmate = self.stack.enter_context(self.cage.inmate())
        for name, content in self.files.items():
            path = self.inmate.scratch / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for source in list(self.past):
            try:
                self.inmate.ask({"do": "cell", "source": source}, self.times.cell)
            except Ended:
                self.past.remove(source)
                self._end()
                raise

    def _end(self) -> None:
        self.inmate = None
        self.stack.close()
        self.stack = ExitStack()

    def _happened(self, status: str, why: str) -> None:
        """The gravest thing that happened is the submission's status."""
        if SEVERITY.index(status) > SEVERITY.index(self.status):
            self.status, self.why = status, why

    # Cells

    def _shown(self, name: str, cell: NotebookNode) -> list[NotebookNode]:
        try:
            told = self._ask({"do": "cell", "source": cell.source}, self.times.cell)
            outputs = clean(told["outputs"])
        except (Ended, KeyError, TypeError) as end:
            kind = end.kind if isinstance(end, Ended) else TAMPERED
            self._happened(kind, f"a cell ended the process: {end}")
            why = STOPPED.format(seconds=self.times.cell) if kind == TIMED_OUT else f"the process was gone: {end}"
            self.stopped[name] = why
            return [new_output("error", ename=kind, evalue=why, traceback=[f"{kind}: {why}"])]
        errors = [output for output in outputs if output.output_type == "error"]
        if told.get("late"):
            self._happened(TIMED_OUT, f"a cell was still running after {self.times.cell:g} s")
            self.stopped[name] = why = STOPPED.format(seconds=self.times.cell)
            return outputs if errors else [*outputs, new_output("error", ename=TIMED_OUT, evalue=why, traceback=[why])]
        if not errors:
            self.past.append(cell.source)
        else:
            if errors[0].ename.endswith("MemoryError"):  # NumPy has one of its own
                self._happened(OUT_OF_MEMORY, "a cell asked for more memory than a submission may use")
            self.past.append(cell.source)  # what it defined before the error counts
            self.stopped[name] = f"{errors[0].ename}: {errors[0].evalue}"[:300]
        return outputs

    # Checks

    def _judged(self, cell: NotebookNode, exercise: Exercise, call: ast.Call) -> Verdict:
        points = float(cell.metadata.nbgrader.points)
        cases = exercise.make_cases(seeds.seed(self.secret, self.student, exercise.id))
        try:
            seen, late = self._observed(exercise, cases, call)
        except Ended as end:
            self._happened(end.kind, f"{exercise.id}: {end}")
            limit = STOPPED.format(seconds=self.times.check)
            why = limit if end.kind == TIMED_OUT else f"your code's process was gone during this check: {end}"
            return could_not_run(exercise, points, why)
        errors = [outcome.error for results in seen for outcome in results.values()]
        if late:
            self._happened(TIMED_OUT, f"{exercise.id} was still running after {self.times.check:g} s")
        if any(error.endswith("MemoryError") for error in errors):
            self._happened(OUT_OF_MEMORY, f"{exercise.id} asked for more memory than a submission may use")
        verdict = judge(exercise, cases, seen, points, show_inputs=False)
        if late and not seen:
            return could_not_run(exercise, points, STOPPED.format(seconds=self.times.check))
        return self._with_cause(verdict, grade_id(exercise.id))

    def _observed(self, exercise: Exercise, cases: list[Case], call: ast.Call) -> tuple[list[dict[str, Outcome]], bool]:
        """What the process says of every case, and whether its time was up."""
        request = {
            "do": "check",
            "protocol": exercise.protocol.to_dict(),
            "candidates": [ast.unparse(candidate) for candidate in call.args[1:]],
            "cases": [dict(case.inputs) for case in cases],
        }
        told = self._ask(request, self.times.check)
        try:
            seen = [{str(r): outcome(o) for r, o in results.items()} for results in told["seen"]]
            return seen, bool(told.get("late"))
        except (KeyError, TypeError, AttributeError, ValueError) as problem:
            raise Ended(TAMPERED, f"its answer has the wrong form ({type(problem).__name__})") from None

    def _with_cause(self, verdict: Verdict, answer: str) -> Verdict:
        """A missing function is often a cell that stopped: say so."""
        if verdict.state != COULD_NOT_RUN:
            return verdict
        if verdict.message.startswith("NameError") and answer in self.stopped:
            why = f"{verdict.message}; the cell that defines it stopped with {self.stopped[answer]}"
            return dataclasses.replace(verdict, message=why[:500])
        if verdict.message.startswith("TimeLimitError"):
            return dataclasses.replace(verdict, message=STOPPED.format(seconds=self.times.check))
        return verdict

    def _follow_through(self, checks: list[tuple[NotebookNode, Exercise, ast.Call]]) -> None:
        """Last of all, exercises that build on wrong ones are tried again with right ones in their place."""
        for cell, exercise, call in checks:
            broken = [
                name for name in exercise.builds_on if name in self.verdicts and self.verdicts[name].state != RIGHT
            ]
            before = self.verdicts[exercise.id]
            if before.state == RIGHT or not broken or not all(name in self.solutions for name in broken):
                continue
            try:
                for name in broken:
                    self._ask({"do": "cell", "source": self.solutions[name]}, self.times.cell)
                cases = exercise.make_cases(seeds.seed(self.secret, self.student, exercise.id))
                seen, _ = self._observed(exercise, cases, call)
            except Ended:
                continue
            after = judge(exercise, cases, seen, float(cell.metadata.nbgrader.points), show_inputs=False)
            if after.points > before.points:
                names = " and ".join(name.partition(".")[2] for name in broken)
                notes = [note for note in after.notes if "printed" not in note]
                self.verdicts[exercise.id] = dataclasses.replace(after, notes=(*notes, FOLLOWED.format(name=names)))


def _is_ours(cell: NotebookNode) -> bool:
    try:
        exercises.find(ast.literal_eval(check_call(cell.source).args[0]))
    except (ValueError, SyntaxError, KeyError):
        return False
    return True


def outcome(told: Mapping[str, Any]) -> Outcome:
    """What a process says of one call; ValueError or KeyError if it is not of the right form."""
    value = told["value"]
    if value is not None and type(value) is not np.ndarray:
        raise ValueError("a value is not an array")
    texts = [[plain(str(text)[:MAX_TEXT]) for text in told[name][:20]] for name in ("warnings", "changed")]
    error, message, printed = (plain(str(told[name])[:MAX_TEXT]) for name in ("error", "message", "printed"))
    return Outcome(value, error, message, tuple(texts[0]), tuple(texts[1]), printed)


def clean(outputs: Any) -> list[NotebookNode]:
    """A process's outputs as a notebook may hold them: text and pictures, no pages, no scripts; else TypeError."""
    if not isinstance(outputs, list):
        raise TypeError("the outputs are no list")
    kept = []
    for told in outputs[:MAX_OUTPUTS]:
        kind = told.get("output_type")
        if kind == "stream":
            name = "stderr" if told.get("name") == "stderr" else "stdout"
            kept.append(new_output("stream", name=name, text=plain(str(told["text"])[:MAX_SHOWN])))
        elif kind == "error":
            lines = [plain(str(line)[:MAX_SHOWN]) for line in told["traceback"][:200]]
            name, message = plain(str(told["ename"])[:200]), plain(str(told["evalue"])[:MAX_TEXT])
            kept.append(new_output("error", ename=name, evalue=message, traceback=lines))
        elif kind in ("display_data", "execute_result"):
            kept.append(new_output(kind, data=_data(told["data"])))
        else:
            raise TypeError("an output of unknown kind")
    return kept


def _data(told: Mapping[str, Any]) -> dict[str, str]:
    data = {"text/plain": plain(str(told.get("text/plain", ""))[:MAX_SHOWN])}
    picture = told.get("image/png")
    if picture:
        try:
            content = base64.b64decode(str(picture)[:MAX_SHOWN], validate=False)
            if content.startswith(b"\x89PNG"):
                data["image/png"] = base64.b64encode(content).decode()
        except (ValueError, binascii.Error):
            pass
    return data


def new_output(kind: str, **fields: Any) -> NotebookNode:
    """An output of a cell; nbformat's own maker validates each one, which takes longer than grading."""
    shown: dict[str, Any] = {"metadata": {}} if kind in ("display_data", "execute_result") else {}
    counted = {"execution_count": None} if kind == "execute_result" else {}
    return from_dict({"output_type": kind, **shown, **counted, **fields})


def _write(cell: NotebookNode, verdict: Verdict) -> None:
    """The one output of a check cell: points as text/plain, which nbgrader reads, and the explanation."""
    data = {"text/plain": f"{verdict.points:g}", "text/html": as_html(verdict)}
    cell.outputs = [new_output("execute_result", data=data, metadata={NOTES: verdict.to_dict()})]
