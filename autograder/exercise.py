"""An exercise is one record: the reference, the cases, the protocol, what is worth points, and the named mistakes."""

import importlib
import inspect
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from autograder.sandbox.observe import as_array
from autograder.sandbox.protocols import Call, Protocol

VISIBLE_SEED = 0  # of the check in a student's notebook; graded runs have secret seeds

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One set of inputs. `about` says in words what is special about it; it is shown even where inputs are not."""

    inputs: Inputs
    about: str = ""
    tag: str = ""  # the group that a Part names in `where`


@dataclass(frozen=True)
class Part:
    """What is worth points: one result of the protocol on a group of cases.

    `where` is a tag of the cases; without one the part takes all cases that no other part of the same result claims.
    Cases with the tag `but` are left out.
    All its cases right earn the share, otherwise nothing. Right means |yours − expected| ≤ atol + rtol·|expected|, with
    `atol` relative to the largest expected element, so that float32 answers and other orders of summation are right.
    `measure` turns an answer into the numbers that are compared, where the answer itself is random: its mean and
    spread, say.
    """

    name: str
    share: float
    result: str = "value"
    where: str = ""
    but: str = ""
    rtol: float = 1e-5
    atol: float = 1e-6
    measure: Callable[[np.ndarray], np.ndarray] | None = None


@dataclass(frozen=True)
class Misconception:
    """A named wrong implementation of the same thing, with hints that help: the first is shown, the others unfold."""

    name: str
    hints: tuple[str, ...]
    wrong: Mapping[
        str, Callable[..., Any]
    ]  # what the protocol takes -> the wrong candidate: {"value": …} or {"unit": …}


def misconception(name: str, *hints: str, **wrong: Callable[..., Any]) -> Misconception:
    """`misconception("no half", "Compare …", value=lambda prediction, target: …)`; a wrong class is `unit=…`."""
    return Misconception(name, hints, wrong)


@dataclass(frozen=True)
class Exercise:
    """One exercise. `answers(reference, inputs)` says how the reference answers, result by result, where the
    student's form is another."""

    id: str  # "ch04.huber"
    reference: str  # "losses.Huber": a class or a function of course_lib; "" where `answers` does without
    protocol: Protocol
    cases: Callable[[np.random.Generator], Sequence[Case]]
    parts: Sequence[Part]
    misconceptions: Sequence[Misconception] = field(default=())
    read_again: str = ""  # the heading of the section to read again
    answers: Callable[[Any, Inputs], Mapping[str, Any]] | None = None
    builds_on: Sequence[str] = ()  # earlier exercises whose functions this one calls: their mistakes cost once
    withholds: Sequence[str] = ()  # further units of course_lib that would give the answer away: "losses.SmoothL1"

    def make_cases(self, seed: int | Sequence[int] = VISIBLE_SEED) -> list[Case]:
        """The same cases for the same seed; other exercises get other numbers."""
        entropy = [seed] if isinstance(seed, int) else list(seed)
        return list(self.cases(np.random.default_rng([*entropy, zlib.crc32(self.id.encode())])))

    @cached_property
    def _reference(self) -> Any:
        if not self.reference:
            return None
        module, _, name = self.reference.rpartition(".")
        return getattr(importlib.import_module(f"course_lib.{module}"), name)

    def expected(self, inputs: Inputs) -> dict[str, np.ndarray]:
        """The reference's answer for every result of the protocol."""
        if self.answers:
            told = dict(self.answers(self._reference, inputs))
        elif isinstance(self.protocol, Call):
            told = self._called(inputs)
        else:
            told = {result: call() for result, _, call in self.protocol.calls([self._reference], inputs)}
        return {result: as_array(told[result]) for result in self.protocol.results}

    def _called(self, inputs: Inputs) -> dict[str, Any]:
        """Of a function its value. A loss or an activation is constructed with the inputs that its constructor names
        (`delta`, `gamma`, …); `dy` is the upstream gradient; the other inputs go to `forward` in order."""
        reference = self._reference
        if not inspect.isclass(reference):
            return {"value": reference(*inputs.values())}
        takes = inspect.signature(reference).parameters
        unit: Any = reference(**{name: value for name, value in inputs.items() if name in takes})
        arrays = [value for name, value in inputs.items() if name not in takes and name != "dy"]
        told = {"value": unit.forward(*arrays)}
        if "gradient" in self.protocol.results:
            told["gradient"] = unit.backward(inputs["dy"]) if "dy" in inputs else unit.backward()
        return told

    def part_cases(self, part: Part, cases: Sequence[Case]) -> list[int]:
        """The numbers of the cases that the part is about."""
        if part.where:
            return [i for i, case in enumerate(cases) if case.tag == part.where]
        claimed = {other.where for other in self.parts if other.result == part.result and other.where}
        return [i for i, case in enumerate(cases) if case.tag not in claimed | ({part.but} - {""})]
