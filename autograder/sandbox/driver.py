"""What a grading kernel runs in place of a check cell: read a request, use the candidates, show the observations."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

from autograder.sandbox import wire
from autograder.sandbox.observe import Outcome, observe
from autograder.sandbox.protocols import from_dict

MIME = "application/vnd.perceptron-to-optimizers.observations"


def answer(request: str, candidates: Sequence[Callable[[], Callable[..., Any]]]) -> None:
    """Display the packed observations (base64) for a packed request (base64).

    Each candidate comes as a function without arguments that looks it up, so that a missing one is an outcome, too.
    """
    from IPython.display import display

    asked = wire.unpack(base64.b64decode(request))
    protocol = from_dict(asked["protocol"])
    found = [_find(candidate) for candidate in candidates]
    seen = [
        {result: outcome.to_dict() for result, outcome in outcomes.items()}
        for outcomes in observe(protocol, found, asked["cases"])
    ]
    reply = wire.pack({"nonce": asked["nonce"], "seen": seen})
    display({MIME: base64.b64encode(reply).decode()}, raw=True)


def _find(candidate: Callable[[], Callable[..., Any]]) -> Callable[..., Any]:
    try:
        return candidate()
    except NameError as problem:
        said = str(problem)

        def undefined(*_: Any) -> None:
            raise NameError(said)

        return undefined


def read(reply: str, nonce: str) -> list[dict[str, Outcome]]:
    """The observations of a displayed reply; ValueError if it is malformed or answers another request. Trusted side."""
    told = wire.unpack(base64.b64decode(reply, validate=True))
    try:
        if told["nonce"] != nonce:
            raise ValueError("the reply answers another request")
        return [{str(r): _outcome(o) for r, o in outcomes.items()} for outcomes in told["seen"]]
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"malformed reply: {problem}") from None


def _outcome(told: dict[str, Any]) -> Outcome:
    value = told["value"]
    if value is not None and type(value).__name__ != "ndarray":
        raise ValueError("a value is not an array")
    return Outcome(
        value,
        str(told["error"]),
        str(told["message"]),
        tuple(map(str, told["warnings"])),
        tuple(map(str, told["changed"])),
        str(told["printed"]),
    )
