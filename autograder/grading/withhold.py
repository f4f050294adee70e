"""What a submission's process may import and read: the chapter's packages, and a `course_lib` without the chapter's
answers.

The answers are taken out of a copy before it is imported there: in every module of a topic that the chapter asks
for, functions and classes are replaced by ones that refuse, so nothing is left to be found. Twins, errata,
architectures and pictures stay out.
"""

import ast
import importlib.metadata
import shutil
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import Requirement

from autograder import exercises

PACKAGES = Path(__file__).resolve().parents[2]  # the folder that holds course_lib and autograder
ALWAYS = ("numpy", "matplotlib", "ipython", "ipywidgets")  # distributions that every chapter may import
BESIDE = ("sandbox",)  # the only part of the autograder that lies beside a student's code
SYSTEM_LIBRARIES = ("/lib", "/usr/lib", "/lib64", "/usr/lib64")

REFUSAL = "{name} is withheld while your work is graded: your answer must not call it"
CHECK_STUB = '''"""Grading asks for your functions by itself; a call of `check` in a cell of your own does nothing."""


def check(*arguments, **options):
    print("check: this is a graded run, your answers are checked on their own")
'''
FIGURES_STUB = '''"""Pictures are not drawn while grading."""


class Blank:
    def __call__(self, *arguments, **options):
        return None

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return Blank()
'''


@dataclass(frozen=True)
class Site:
    """The folder that is first on a submission's module path, and what lies behind its links."""

    folder: Path
    readable: tuple[str, ...]
    listable: tuple[str, ...]
    path: tuple[str, ...]
    imports: tuple[str, ...] = field(default=())


def make_site(folder: Path, chapter: str, whole: bool = False) -> Site:
    """Lay out in `folder` what a submission of the chapter may import. A chapter without exercises of ours, a
    notebook of another course, may import all that is installed; so may any with `whole`, where nothing is withheld."""
    folder.mkdir(parents=True, exist_ok=True)
    ours = chapter in exercises.chapters()
    extra = exercises.imports(chapter) if ours else ()
    installed = importlib.metadata.distributions() if whole or not ours else closure(ALWAYS + extra)
    linked = list(_link(folder, installed))
    if ours and not whole:
        _course_lib(folder, topics(chapter), torch="torch" in extra)
        _autograder(folder)
    else:
        for name in ("course_lib", "autograder"):
            shutil.copytree(PACKAGES / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    stdlib = Path(sysconfig.get_path("stdlib"))
    parts = [str(part) for part in stdlib.iterdir() if part.name not in ("site-packages", "dist-packages")]
    libraries = [str(found) for found in map(Path, _libraries()) if found.exists()]
    devices = ["/dev/null", "/dev/zero", "/dev/urandom"]
    time_zone = ["/usr/share/zoneinfo", "/etc/localtime"]
    imports = ["numpy", "matplotlib.figure", "matplotlib.backends.backend_agg", *(("torch",) if whole else extra)]
    return Site(
        folder,
        (str(folder), *linked, *parts, *libraries, *devices, *time_zone, "/etc/ld.so.cache"),
        (str(stdlib),),
        (str(folder), str(stdlib), str(stdlib / "lib-dynload")),
        tuple(imports) if ours else (),
    )


def topics(chapter: str) -> set[str]:
    """The modules of course_lib that hold an answer of the chapter: {"losses", "activations"}."""
    addresses = [
        address
        for record in exercises.in_chapter(chapter).values()
        for address in (record.reference, *record.withholds)
        if address
    ]
    return {address.partition(".")[0] for address in addresses}


def closure(names: Iterable[str]) -> list[importlib.metadata.Distribution]:
    """The distributions and all that they require here."""
    found: dict[str, importlib.metadata.Distribution] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in found:
            continue
        try:
            found[name] = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # needed on other systems only
        for line in found[name].requires or ():
            wish = Requirement(line)
            if wish.marker is None or wish.marker.evaluate({"extra": ""}):
                waiting.append(wish.name)
    return list(found.values())


def _link(folder: Path, distributions: Iterable[importlib.metadata.Distribution]) -> Iterator[str]:
    """Link what the distributions installed; yield the real places."""
    for distribution in distributions:
        tops = {path.parts[0] for path in distribution.files or () if path.parts[0] not in ("..", "__pycache__")}
        for top in sorted(tops):
            real = Path(str(distribution.locate_file(top))).resolve()
            ours = real.is_relative_to(PACKAGES) and not real.is_relative_to(sys.prefix)
            if real.exists() and real.suffix != ".pth" and not ours and not (folder / top).exists():
                (folder / top).symlink_to(real)
                yield str(real)


def _libraries() -> Sequence[str]:
    triple = sysconfig.get_config_var("MULTIARCH") or ""
    shared = sysconfig.get_config_var("LIBDIR") or ""
    beneath = [f"{base}/{triple}" for base in SYSTEM_LIBRARIES[:2]] if triple else []
    return [*beneath, *SYSTEM_LIBRARIES[2:], *(str(path) for path in Path(shared).glob("libpython*"))]


def _autograder(folder: Path) -> None:
    package = folder / "autograder"
    package.mkdir()
    (package / "__init__.py").write_text(CHECK_STUB)
    for part in BESIDE:
        shutil.copytree(PACKAGES / "autograder" / part, package / part, ignore=shutil.ignore_patterns("__pycache__"))


def _course_lib(folder: Path, withheld: set[str], torch: bool) -> None:
    """A copy of course_lib without the answers. `torch`: the chapter is taught in PyTorch, so the twins of other
    topics stay."""
    package, original = folder / "course_lib", PACKAGES / "course_lib"
    for path in sorted(original.rglob("*.py")):
        topic = path.relative_to(original).parts[0].removesuffix(".py")
        twin = topic.removesuffix("_torch")
        if topic in ("errata", "figures") or ((topic.startswith("architectures") or topic != twin) and not torch):
            continue
        copy = package / path.relative_to(original)
        copy.parent.mkdir(parents=True, exist_ok=True)
        source = path.read_text()
        copy.write_text(without_answers(source) if twin in withheld else source)
    (package / "figures.py").write_text(FIGURES_STUB)


def without_answers(source: str) -> str:
    """The module with every function and class replaced by one of the same name that refuses."""
    tree = ast.parse(source)
    tree.body = [_refusing(node) if isinstance(node, ast.FunctionDef | ast.ClassDef) else node for node in tree.body]
    return ast.unparse(ast.fix_missing_locations(tree))


def _refusing(node: ast.FunctionDef | ast.ClassDef) -> ast.stmt:
    message = REFUSAL.format(name=node.name)
    refuse = f"raise PermissionError({message!r})"
    if isinstance(node, ast.FunctionDef):
        code = f"def {node.name}(*arguments, **options):\n    {refuse}"
    else:
        code = f"class {node.name}:\n    def __init__(self, *arguments, **options):\n        {refuse}"
    return ast.parse(code).body[0]


def interpreter() -> str:
    """The Python behind the virtual environment: where `-I -S` needs no configuration file."""
    return str(Path(getattr(sys, "_base_executable", sys.executable)).resolve())
