"""What a check says, as data: one verdict for one exercise. How it looks is the business of render.py."""

from dataclasses import asdict, dataclass
from typing import Any

NOT_ATTEMPTED = "not attempted"
WRONG = "wrong"
RIGHT = "right"
COULD_NOT_RUN = "could not run"


@dataclass(frozen=True)
class Mistake:
    """A mistake that the answer looks like."""

    name: str
    hints: tuple[str, ...]


@dataclass(frozen=True)
class PartVerdict:
    name: str
    right: bool
    points: float
    max_points: float
    message: str  # "right on 6 of 6 cases", or what is wrong in words
    example: str = ""  # the inputs and both values of one wrong case; empty in graded runs
    mistakes: tuple[Mistake, ...] = ()


@dataclass(frozen=True)
class Verdict:
    exercise: str
    state: str
    points: float
    max_points: float
    parts: tuple[PartVerdict, ...] = ()
    message: str = ""  # why it could not run
    notes: tuple[str, ...] = ()  # what costs nothing but is worth knowing
    read_again: str = ""

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The mistakes of all parts, each once, the likeliest first."""
        return tuple(dict.fromkeys(mistake for part in self.parts for mistake in part.mistakes))

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    # How notebooks and terminals show it.

    def __repr__(self) -> str:
        from autograder.render import as_text

        return as_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """HTML in Jupyter, where nbgrader reads text/plain as the points of a cell; text in a terminal."""
        from autograder.render import as_html, as_text

        if _in_kernel():
            return {"text/plain": f"{self.points:g}", "text/html": as_html(self)}
        return {"text/plain": as_text(self)}


def from_dict(told: dict[str, Any]) -> Verdict:
    """The verdict that `to_dict` told."""
    parts = tuple(
        PartVerdict(**part | {"mistakes": tuple(Mistake(m["name"], tuple(m["hints"])) for m in part["mistakes"])})
        for part in told["parts"]
    )
    return Verdict(**told | {"parts": parts, "notes": tuple(told["notes"])})


def _in_kernel() -> bool:
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return hasattr(get_ipython(), "kernel")
