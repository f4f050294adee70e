"""How many small errors in course_lib would the contract tests notice? `make mutants-lib` plants and counts them.

A mutant is one change to one expression of a reference (never of a twin): a sign, an operator, a constant, an axis, a
comparison. Each is tested in a process of its own, forked from one that has imported the oracles but not course_lib.
Survivors are printed; those that change nothing stand in tests/course_lib/equivalent_mutants.py with the reason.
"""

import argparse
import ast
import contextlib
import copy
import importlib.machinery
import io
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
LIBRARY, TESTS = HERE / "course_lib", HERE / "tests" / "course_lib"
LIMIT = 120  # seconds for one mutant; one that never ends counts as noticed
OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div}
COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq}
NOT_FORMULAS = {"figures", "datasets", "validation", "errata", "architectures", "__init__"}


@dataclass(frozen=True)
class Mutant:
    path: Path
    unit: str  # the class or function
    what: str  # "losses/regression.py Huber.forward: a - b → a + b"
    source: str


def files() -> list[Path]:
    """The references: every file of course_lib but twins, figures, data and checks of input."""
    return [
        path
        for path in sorted(LIBRARY.rglob("*.py"))
        if "_torch" not in str(path.relative_to(LIBRARY))
        and not NOT_FORMULAS & {part.removesuffix(".py") for part in path.relative_to(LIBRARY).parts}
    ]


def tests_of(path: Path) -> list[str]:
    """The contract tests of the topic that a file belongs to."""
    topic = path.relative_to(LIBRARY).parts[0].removesuffix(".py")
    return [str(test) for test in sorted(TESTS.glob(f"test_{topic}*.py"))]


def mutants(path: Path) -> Iterator[Mutant]:
    tree = ast.parse(path.read_text())
    seen: dict[str, int] = {}
    for unit in tree.body:
        if not isinstance(unit, ast.ClassDef | ast.FunctionDef):
            continue
        for number, node in enumerate(_formula_nodes(unit)):
            for changed in _changes(node):
                what = f"{path.relative_to(LIBRARY)} {unit.name}: {ast.unparse(node)} → {ast.unparse(changed)}"
                seen[what] = seen.get(what, 0) + 1
                nth = f" #{seen[what]}" if seen[what] > 1 else ""
                yield Mutant(path, unit.name, what + nth, _with(tree, unit.name, number, changed))


def _formula_nodes(unit: ast.AST) -> list[ast.AST]:
    """Expressions in the bodies of functions, but for messages, annotations and what only leads to a raise."""
    found: list[ast.AST] = []

    def walk(node: ast.AST) -> None:
        if isinstance(node, ast.Raise | ast.arguments | ast.JoinedStr | ast.Assert):
            return
        if isinstance(node, ast.If) and all(isinstance(step, ast.Raise) for step in node.body):
            for step in node.orelse:
                walk(step)
            return
        if isinstance(node, ast.expr | ast.keyword):
            found.append(node)
        for child in ast.iter_child_nodes(node):
            walk(child)

    for node in ast.walk(unit):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("__repr"):
            for statement in node.body:
                walk(statement)
            if node is unit:
                break
    return found


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        yield ast.Compare(node.left, [COMPARISONS[type(node.ops[0])](), *node.ops[1:]], node.comparators)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield node.operand
    elif isinstance(node, ast.keyword) and node.arg == "axis" and isinstance(node.value, ast.Constant):
        yield from (ast.keyword("axis", ast.Constant(axis)) for axis in (0, 1, None) if axis != node.value.value)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.Constant(node.value + 1)


def _with(tree: ast.Module, name: str, number: int, changed: ast.AST) -> str:
    mutant = copy.deepcopy(tree)
    unit = next(node for node in mutant.body if getattr(node, "name", "") == name)
    old = _formula_nodes(unit)[number]

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return copy.deepcopy(changed) if node is old else self.generic_visit(node)

    return ast.unparse(ast.fix_missing_locations(Replace().visit(mutant)))


def start(mutant: Mutant) -> int:
    """Fork a process that ends with 0 if the tests pass on the mutant, with something else if they notice it."""
    child = os.fork()
    if child:
        return child
    os.setpgid(0, 0)
    load = importlib.machinery.SourceFileLoader.get_code

    def get_code(self, name):  # type: ignore[no-untyped-def]
        if self.path == str(mutant.path):
            return compile(mutant.source, self.path, "exec")
        return load(self, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    import pytest

    quiet = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-m", "not slow"]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        noticed = pytest.main([*quiet, "-k", mutant.unit.strip("_"), *tests_of(mutant.path)])
        if noticed in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            for name in [name for name in sys.modules if name.startswith(("course_lib", "tests"))]:
                del sys.modules[name]
            noticed = pytest.main([*quiet, *tests_of(mutant.path)])
    os._exit(int(noticed))


def run(waiting: list[Mutant], jobs: int, tell: bool = True) -> list[Mutant]:
    """The survivors."""
    survivors: list[Mutant] = []
    running: dict[int, tuple[Mutant, float]] = {}
    total, done = len(waiting), 0
    waiting = waiting[::-1]
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            running[start(mutant)] = (mutant, time.monotonic())
        child, status = os.waitpid(-1, os.WNOHANG)
        if child:
            mutant, _ = running.pop(child)
            done += 1
            if status == 0:
                survivors.append(mutant)
                if tell:
                    print(f"survived  {mutant.what}", flush=True)
            if tell and done % 100 == 0:
                print(f"{done} of {total}", file=sys.stderr, flush=True)
        else:
            for late in [pid for pid, (_, begun) in running.items() if time.monotonic() - begun > LIMIT]:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(late, signal.SIGKILL)
            time.sleep(0.01)
    return survivors


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help="parts of file names, for instance losses or layers/recurrent")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--every", type=int, default=1, metavar="K", help="only every K-th mutant, for a quick estimate"
    )
    options = parser.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    sys.dont_write_bytecode = True
    os.chdir(HERE)
    sys.path.insert(0, str(HERE))
    for heavy in (
        "numpy",
        "scipy.special",
        "scipy.stats",
        "scipy.optimize",
        "sklearn.metrics",
        "mpmath",
        "torch",
        "pytest",
    ):
        importlib.import_module(heavy)
    from tests.course_lib.equivalent_mutants import EQUIVALENT

    chosen = [path for path in files() if not options.only or any(part in str(path) for part in options.only)]
    everything = [mutant for path in chosen for mutant in mutants(path)][:: options.every]
    one_per_topic = {tuple(tests_of(path)): path for path in chosen}.values()
    unchanged = [Mutant(path, "", str(path.relative_to(LIBRARY)), path.read_text()) for path in one_per_topic]
    failing = {mutant.what for mutant in unchanged} - {mutant.what for mutant in run(unchanged, options.jobs, False)}
    if failing:
        print(f"The tests fail without any mutant, which would hide everything: {', '.join(sorted(failing))}")
        return 2
    survivors = run(everything, options.jobs)
    known = {what for group in EQUIVALENT.values() for what in group}
    unknown = [mutant.what for mutant in survivors if mutant.what not in known]
    counted = len(everything) - (len(survivors) - len(unknown))
    share = 1 - len(unknown) / max(1, counted)
    harmless = len(survivors) - len(unknown)
    print(f"{len(everything)} mutants in {len(chosen)} files; {len(survivors)} survived, {harmless} of them harmless.")
    print(f"Noticed: {share:.1%} of the {counted} others.")
    return 0 if share >= 0.98 else 1


if __name__ == "__main__":
    sys.exit(main())
