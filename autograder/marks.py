"""How cells are known: the ids of answers, checks and demos, and the one call that a check cell holds."""

import ast

CHECK_SUFFIX = "-check"
DEMO_INFIX = "-demo-"


def grade_id(exercise: str) -> str:
    """nbgrader's id of the cell a student writes: "ch04.huber" -> "ch04-huber" (dots are not allowed in it)."""
    return exercise.replace(".", "-")


def check_call(source: str) -> ast.Call:
    """The call of a check cell; ValueError if the cell is anything else than one `check("id", …)`."""
    body = ast.parse(source).body
    call = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "check" and call.args):
        raise ValueError('a check cell holds one line: check("id", function, …)')
    return call
