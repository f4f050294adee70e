"""How to use a candidate and which named arrays to bring back: one protocol for each shape of unit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any


class Call:
    """Functions on arrays, one for each result, each called with the named inputs by position.

    `Call(value=("prediction", "target"), gradient=("prediction", "target"))` expects two candidates, in this order.
    """

    def __init__(self, **arguments: Sequence[str]) -> None:
        self.arguments = {result: tuple(names) for result, names in arguments.items()}

    @property
    def results(self) -> tuple[str, ...]:
        return tuple(self.arguments)

    def calls(
        self, candidates: Sequence[Callable[..., Any]], inputs: Mapping[str, Any]
    ) -> Iterator[tuple[str, dict[str, Any], Callable[[], Any]]]:
        """Yield (result, the copies of the inputs it is given, a call that computes it)."""
        for (result, names), candidate in zip(self.arguments.items(), candidates):
            given = {name: copy(inputs[name]) for name in names}
            yield result, given, partial(candidate, *given.values())

    def to_dict(self) -> dict[str, Any]:
        return {
            "protocol": "call",
            "arguments": {result: list(names) for result, names in self.arguments.items()},
        }


def from_dict(description: Mapping[str, Any]) -> Call:
    """The protocol that `to_dict` described; ValueError for an unknown one."""
    if description.get("protocol") != "call":
        raise ValueError(f"unknown protocol {description.get('protocol')!r}; known: 'call'")
    return Call(**description["arguments"])
