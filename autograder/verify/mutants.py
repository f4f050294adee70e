"""Small changes to a right answer, one at a time, as a slip of the hand would make them."""

import ast
import copy
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

Node = ast.expr | ast.keyword

OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
NAMES = {
    "max": "min",
    "min": "max",
    "maximum": "minimum",
    "minimum": "maximum",
    "mean": "sum",
    "sum": "mean",
    "log1p": "log",
    "expm1": "exp",
    "exp": "expm1",
    "log": "log1p",
    "tanh": "sin",
}
LENGTH = re.compile(r"len\(\w+\)|\w+\.size|\w+\.shape(\[\d\])?")
WRAPPERS = {"abs", "sign", "exp", "log", "clip", "tanh"}


@dataclass(frozen=True)
class Mutant:
    """`what` says what was changed: "huber: error <= delta → error < delta", and "#2" at its second place."""

    what: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """All mutants of the functions and methods in `source`, with one change each; signatures and docstrings stay."""
    tree = ast.parse(source)
    for name, function in _functions(tree):
        named: Counter[str] = Counter()
        for number, node in enumerate(_expressions(function)):
            for changed in _changes(node):
                what = f"{name}: {ast.unparse(node)} → {ast.unparse(changed)}"
                named[what] += 1
                nth = f" #{named[what]}" if named[what] > 1 else ""
                yield Mutant(what + nth, _with(tree, name, number, changed))


def _functions(tree: ast.Module) -> list[tuple[str, ast.FunctionDef]]:
    """The functions, and the methods as "Class.method", by name."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.append((node.name, node))
        elif isinstance(node, ast.ClassDef):
            found += [(f"{node.name}.{m.name}", m) for m in node.body if isinstance(m, ast.FunctionDef)]
    return found


def _expressions(function: ast.FunctionDef) -> list[Node]:
    """The expressions and keywords of the body, but for what gives a length: len(…), ….size, ….shape[1]."""
    found: list[Node] = []
    waiting: list[ast.AST] = list(function.body[1:] if ast.get_docstring(function) else function.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.expr | ast.keyword):
            found.append(node)
        if getattr(node, "arg", "") != "axis" and not LENGTH.fullmatch(ast.unparse(node)):
            waiting.extend(ast.iter_child_nodes(node))
    return found


def _with(tree: ast.Module, name: str, number: int, changed: Node) -> str:
    """The source with node `number` of function `name` replaced."""
    mutant = copy.deepcopy(tree)
    function = dict(_functions(mutant))[name]
    old = _expressions(function)[number]

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return copy.deepcopy(changed) if node is old else self.generic_visit(node)

    return ast.unparse(ast.fix_missing_locations(Replace().visit(mutant)))


def _changes(node: Node) -> Iterator[Node]:
    if isinstance(node, ast.BinOp):
        yield from _changed_operation(node)
    elif isinstance(node, ast.Compare):
        yield from _changed_comparison(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        others = (node.value + 1, node.value / 2, -node.value)
        yield from (ast.Constant(other) for other in others if other != node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.keyword) and node.arg == "axis" and isinstance(node.value, ast.Constant):
        axes = (0, 1, -1, None)
        yield from (ast.keyword("axis", ast.Constant(axis)) for axis in axes if axis != node.value.value)
    elif isinstance(node, ast.Call):
        yield from _changed_call(node)
    elif (
        isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Load)
        and node.id not in ("np", "self", "range", "super")
    ):
        yield ast.UnaryOp(ast.USub(), node)


def _changed_operation(node: ast.BinOp) -> Iterator[ast.expr]:
    if type(node.op) in OPERATORS:
        yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
    yield node.left  # a term, a factor or a division is dropped
    if not isinstance(node.op, ast.Div | ast.Pow):
        yield node.right
    if isinstance(node.op, ast.Sub | ast.Div):
        yield ast.BinOp(node.right, node.op, node.left)


def _changed_comparison(node: ast.Compare) -> Iterator[ast.expr]:
    if type(node.ops[0]) in COMPARISONS:
        yield ast.Compare(node.left, [COMPARISONS[type(node.ops[0])]()], node.comparators)
    yield ast.Compare(node.comparators[0], node.ops, [node.left])


def _changed_call(node: ast.Call) -> Iterator[ast.expr]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in NAMES and isinstance(node.func, ast.Attribute):
        yield ast.Call(ast.Attribute(node.func.value, NAMES[name], ast.Load()), node.args, node.keywords)
    if name in WRAPPERS and node.args:
        yield node.args[0]  # the function is forgotten
    if name == "where":
        condition, yes, no = node.args
        yield ast.Call(node.func, [condition, no, yes], [])
        yield from (yes, no)
    elif len(node.args) == 2:
        yield ast.Call(node.func, node.args[::-1], node.keywords)
