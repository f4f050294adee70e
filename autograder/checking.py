"""`check(...)`: what a student calls. It answers at once, beside the student's code; no grade comes from it."""

from collections.abc import Callable
from typing import Any

from autograder import exercises, judge
from autograder.exercise import VISIBLE_SEED
from autograder.verdict import Verdict


def check(exercise: str, *candidates: Callable[..., Any], points: float | None = None) -> Verdict:
    """Check your functions against the reference: `check("ch04.huber", huber, huber_gradient)`.

    The answer is one of four: not attempted yet, wrong (with partial points), right, or could not run (and why).
    `points` is what the notebook says the exercise is worth; without it the parts' shares are the points.
    """
    record = exercises.find(exercise)
    worth = float(sum(part.share for part in record.parts)) if points is None else float(points)
    asked = record.protocol.takes
    if len(candidates) != len(asked):
        wanted = "one function or class" if asked == ("unit",) else f"{len(asked)} functions, for {' and '.join(asked)}"
        return judge.could_not_run(record, worth, f"check({exercise!r}, …) takes {wanted}; it got {len(candidates)}")
    for result, candidate in zip(asked, candidates):
        if not callable(candidate):
            given = "what was given" if result == "unit" else f"the {result} given"
            why = f"{given} is a {type(candidate).__name__}; pass the function or class itself, without calling it"
            return judge.could_not_run(record, worth, why)
    return judge.run_locally(record, candidates, worth, VISIBLE_SEED)
