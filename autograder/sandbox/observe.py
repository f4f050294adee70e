"""Run candidates on inputs and write down what came back: values, errors, warnings, prints. No answer is known here."""

import contextlib
import io
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.sandbox.protocols import Candidates, Protocol

MAX_TEXT = 2000  # characters kept of a message or of what was printed


@dataclass(frozen=True)
class Outcome:
    """What one candidate did with one case: a value, or an error and its message."""

    value: np.ndarray | None = None
    error: str = ""  # the exception's class name, "" if there was none
    message: str = ""
    warnings: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()  # inputs that the candidate modified in place
    printed: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


NOT_AGAIN = Outcome(error="TimeLimitError", message="it was not called again after it had taken too long")


def observe(protocol: Protocol, candidates: Candidates, cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Outcome]]:
    """One {result: Outcome} for each case. Only KeyboardInterrupt and SystemExit come through.

    A candidate that ran out of time is not called again: the others still have their turn.
    """
    late: set[str] = set()
    seen = []
    for inputs in cases:
        outcomes: dict[str, Outcome] = {}
        for result, given, call in protocol.calls(candidates, inputs):
            outcomes[result] = NOT_AGAIN if result in late else _outcome(given, call, inputs)
            if outcomes[result].error == NOT_AGAIN.error:
                late.add(result)
        seen.append(outcomes)
    return seen


def _outcome(given: dict[str, Any], call: Callable[[], Any], inputs: Mapping[str, Any]) -> Outcome:
    printed = io.StringIO()
    value, error, message = None, "", ""
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn"):
        warnings.simplefilter("always")
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                value = as_array(call())
            except Exception as problem:
                error, message = type(problem).__name__, _message(problem)
    return Outcome(
        value,
        error,
        message[:MAX_TEXT],
        tuple(sorted({str(warning.message)[:MAX_TEXT] for warning in caught})),
        tuple(name for name, array in given.items() if _changed(array, inputs[name])),
        printed.getvalue()[:MAX_TEXT],
    )


def _changed(given: Any, original: Any) -> bool:
    if isinstance(original, Mapping):
        return any(name not in given or _changed(given[name], array) for name, array in original.items())
    return isinstance(original, np.ndarray) and not np.array_equal(given, original, equal_nan=True)


def _message(problem: Exception) -> str:
    """The exception's message and, where it can be told, the line of the student's code that raised it."""
    frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if frame.line]
    outside = [frame for frame in frames if Path(frame.filename).parent != Path(__file__).parent]
    theirs = [frame for frame in outside if not _of_a_library(frame.filename)] or outside
    said = plain(str(problem))
    return f"{said} (at: {theirs[-1].line})" if theirs else said


def plain(text: str) -> str:
    """Without the escape sequences that color a terminal, or do worse to it."""
    return re.sub(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)|[\x00-\x08\x0b-\x1f\x7f]", "", text)


def _of_a_library(filename: str) -> bool:
    """Whether a line is one that was imported: a cell's is not."""
    return any(filename.startswith(f"{folder}/") for folder in sys.path if folder)


def as_array(answer: Any) -> np.ndarray:
    """A number, list, NumPy array or tensor as an array of numbers; TypeError with a sentence for anything else."""
    if answer is None:
        raise TypeError("the function returned None: is a `return` missing?")
    if hasattr(answer, "detach"):
        answer = answer.detach().cpu().numpy()
    try:
        array = np.asarray(answer)
    except ValueError as problem:
        raise TypeError(f"the function returned a {type(answer).__name__} that is not an array: {problem}") from None
    if array.dtype.kind not in "biuf":
        raise TypeError(f"the function returned a {type(answer).__name__}; expected a number or an array of numbers")
    return array
