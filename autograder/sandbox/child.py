"""What runs in a submission's process: cells and checks, as the grader asks for them. It knows no answer and no
verdict."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from autograder.sandbox import frames
from autograder.sandbox.attack import attack
from autograder.sandbox.observe import observe
from autograder.sandbox.protocols import from_dict
from autograder.sandbox.shell import Shell

AGAIN = 0.5  # seconds after which code that went on all the same is interrupted once more


class TimeLimitError(Exception):
    """The time for a cell or a check is over."""


def serve(link: socket.socket, shell: Shell) -> None:
    """Answer requests until the grader closes the connection."""
    while True:
        asked = frames.receive(link)
        if asked is None:
            return
        rung: list[bool] = []
        told: dict[str, Any] = {"outputs": [], "seen": []}
        # The clock may ring anywhere, also while an error is being written down.
        with suppress(TimeLimitError), _at_most(asked["seconds"], rung):
            told = _DO[asked["do"]](shell, asked)
        frames.send(link, {"nonce": asked["nonce"], "late": bool(rung), **told})


def _cell(shell: Shell, asked: dict[str, Any]) -> dict[str, Any]:
    return {"outputs": shell.run(asked["source"])}


def _check(shell: Shell, asked: dict[str, Any]) -> dict[str, Any]:
    found = [_find(shell, candidate) for candidate in asked["candidates"]]
    protocol = from_dict(asked["protocol"])
    seen = [
        {result: outcome.to_dict() for result, outcome in outcomes.items()}
        for outcomes in observe(protocol, found, asked["cases"])
    ]
    return {"seen": seen}


def _attack(shell: Shell, asked: dict[str, Any]) -> dict[str, Any]:
    return {"opened": attack(asked["targets"])}


_DO: dict[str, Callable[[Shell, dict[str, Any]], dict[str, Any]]] = {"cell": _cell, "check": _check, "attack": _attack}


def _find(shell: Shell, candidate: str) -> Callable[..., Any]:
    """What the check cell names; if that fails, a function that fails in the same way."""
    try:
        return eval(candidate, shell.user_ns)
    except Exception as problem:
        failure = problem

        def missing(*_: Any, **__: Any) -> None:
            raise failure

        return missing


@contextmanager
def _at_most(seconds: float, rung: list[bool]) -> Iterator[None]:
    """Interrupt Python code that runs longer, again and again; the grader ends what does not listen."""

    def stop(*_: Any) -> None:
        rung.append(True)
        raise TimeLimitError(f"still running after {seconds:g} s")

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
