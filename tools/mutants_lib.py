"""How many small errors in course_lib would the contract tests notice? `make mutants-lib` plants and counts them.

A mutant is one change to one expression of a reference (never of a twin): a sign, an operator, a constant, an axis, a
comparison. Each is tested in a process of its own, forked from one that has imported the oracles but not course_lib,
with the contract tests of its topic alone. Survivors are printed; those that change nothing stand in
tests/course_lib/equivalent_mutants.py with the reason.

What was noticed is written to --results (build/mutants_lib.tsv) at once, and is not tested again: a run that was
stopped goes on where it was, and after new tests only the survivors run again. --fresh forgets it.
"""

import argparse
import ast
import contextlib
import copy
import importlib.machinery
import io
import json
import os
import resource
import sys
import tempfile
import traceback
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
LIBRARY, TESTS = HERE / "course_lib", HERE / "tests" / "course_lib"
LIMIT = 120  # seconds of computing for one mutant; one that never ends counts as noticed
OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div}
COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq}
NOT_FORMULAS = {"figures", "datasets", "validation", "errata", "architectures", "__init__"}


@dataclass(frozen=True)
class Mutant:
    path: Path
    unit: str  # the class or function
    what: str  # "losses/regression.py Huber.forward: a - b → a + b"
    source: str

    @property
    def key(self) -> str:
        """Another one once the file has changed in more than its docstrings and comments."""
        return f"{zlib.crc32(_without_docstrings(ast.parse(self.source)).encode()):08x}\t{self.what}"


def files() -> list[Path]:
    """The references: every file of course_lib but twins, figures, data and checks of input."""
    return [
        path
        for path in sorted(LIBRARY.rglob("*.py"))
        if "_torch" not in str(path.relative_to(LIBRARY))
        and not NOT_FORMULAS & {part.removesuffix(".py") for part in path.relative_to(LIBRARY).parts}
    ]


def tests_of(path: Path) -> list[str]:
    """The contract tests of the topic that a file belongs to, those of the file itself first."""
    topic = path.relative_to(LIBRARY).parts[0].removesuffix(".py")
    found = sorted(TESTS.glob(f"test_{topic}*.py"), key=lambda test: (not test.stem.endswith(f"_{path.stem}"), test))
    return [str(test) for test in found]


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


def _without_docstrings(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False):
            node.body = node.body[1:]
    return ast.dump(tree)


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
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
    load = importlib.machinery.SourceFileLoader.get_code

    def get_code(self, name):  # type: ignore[no-untyped-def]
        if self.path == str(mutant.path):
            return compile(mutant.source, self.path, "exec")
        return load(self, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    noticed = passes(mutant.path, mutant.unit.strip("_"))
    if noticed in (0, NOTHING_TO_RUN):
        for name in [name for name in sys.modules if name.startswith(("course_lib", "tests"))]:
            del sys.modules[name]
        noticed = passes(mutant.path)
    os._exit(noticed)


def passes(path: Path, names: str = "") -> int:
    """pytest's exit code for the tests of this file's topic, or those with such a name."""
    import pytest

    quiet = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-m", "not slow", "-k", names]
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return int(pytest.main([*quiet, *tests_of(path)]))
    except BaseException:
        traceback.print_exc()
        return NOT_RUN


NOTHING_TO_RUN = 5  # pytest's exit code
NOT_RUN = 3  # pytest's for an error of its own


def passes_unchanged(path: Path) -> bool:
    """Whether the tests pass with no mutant; what they import beside the project is imported here, for all mutants."""
    for _ in range(2):  # also afterwards
        with tempfile.TemporaryFile("w+") as imported:
            child = os.fork()
            if not child:
                noticed = passes(path)
                json.dump([name for name in sys.modules if not name.startswith(("course_lib", "tests"))], imported)
                imported.flush()
                os._exit(noticed)
            if os.waitpid(child, 0)[1]:
                return False
            imported.seek(0)
            for name in json.load(imported):
                if name not in sys.modules:
                    with contextlib.suppress(Exception):
                        importlib.import_module(name)
    return True


def run(waiting: list[Mutant], jobs: int, results: Path) -> list[Mutant]:
    """The survivors."""
    survivors: list[Mutant] = []
    running: dict[int, Mutant] = {}
    total, done = len(waiting), 0
    waiting = waiting[::-1]
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            running[start(mutant)] = mutant
        child, status = os.wait()
        mutant = running.pop(child)
        done += 1
        if status == 0:
            survivors.append(mutant)
            print(f"survived  {mutant.what}", flush=True)
        elif os.waitstatus_to_exitcode(status) == NOT_RUN:
            raise RuntimeError(f"pytest could not run on {mutant.what}")
        else:
            with results.open("a") as file:
                file.write(f"{mutant.key}\n")
        if done % 100 == 0:
            print(f"{done} of {total}", file=sys.stderr, flush=True)
    return survivors


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help="parts of file names, for instance losses or layers/recurrent")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--every", type=int, default=1, metavar="K", help="only every K-th mutant, for a quick estimate"
    )
    parser.add_argument("--results", type=Path, default=HERE / "build" / "mutants_lib.tsv", help="what was noticed")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs noticed")
    options = parser.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # they are no part of the tests
    sys.dont_write_bytecode = True
    options.results = options.results.resolve()
    options.results.parent.mkdir(parents=True, exist_ok=True)
    os.chdir(HERE)
    sys.path.insert(0, str(HERE))
    for heavy in ("numpy", "torch", "pytest"):
        importlib.import_module(heavy)
    from tests.course_lib.equivalent_mutants import EQUIVALENT

    chosen = [path for path in files() if not options.only or any(part in str(path) for part in options.only)]
    everything = [mutant for path in chosen for mutant in mutants(path)][:: options.every]
    if options.fresh or not options.results.exists():
        options.results.write_text("")
    noticed = set(options.results.read_text().splitlines())
    waiting = [mutant for mutant in everything if mutant.key not in noticed]
    known = {what for group in EQUIVALENT.values() for what in group}
    survivors: list[Mutant] = []
    topics: dict[tuple[str, ...], list[Mutant]] = {}
    for mutant in waiting:
        topics.setdefault(tuple(sorted(tests_of(mutant.path))), []).append(mutant)
    for part in topics.values():
        if not passes_unchanged(part[0].path):
            topic = part[0].path.relative_to(LIBRARY).parts[0]
            print(f"The tests of {topic} fail without any mutant, which would hide everything.")
            return 2
        survivors += run(part, options.jobs, options.results)
    unknown = [mutant for mutant in survivors if mutant.what not in known]
    counted = len(everything) - (len(survivors) - len(unknown))
    share = 1 - len(unknown) / max(1, counted)
    harmless = len(survivors) - len(unknown)
    print(f"{len(everything)} mutants in {len(chosen)} files; {len(survivors)} survived, {harmless} of them harmless.")
    print(f"Noticed: {share:.1%} of the {counted} others.")
    return 0 if share >= 0.98 else 1


if __name__ == "__main__":
    sys.exit(main())
