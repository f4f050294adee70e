"""The project's files agree with each other."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

HERE = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
CONDA_NAMES = {"pytorch": "torch"}


def test_conda_and_pip_ask_for_the_same():
    environment = yaml.safe_load((HERE / "environment.yml").read_text())["dependencies"]
    conda = {}
    for wish in (w for w in environment if isinstance(w, str) and w != "pip"):
        name, bounds = re.fullmatch(r"([\w-]+)(.*)", wish).groups()
        conda[CONDA_NAMES.get(name, name)] = SpecifierSet(bounds)
    assert conda.pop("python") == SpecifierSet(PROJECT["requires-python"])
    assert conda == {wish.name: wish.specifier for wish in map(Requirement, PROJECT["dependencies"])}


def test_every_requirement_is_pinned_within_its_bounds():
    lines = (HERE / "constraints.txt").read_text().splitlines()
    pins = dict(line.lower().replace("_", "-").split("==") for line in lines if line and not line.startswith("#"))
    for wish in map(Requirement, PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]):
        assert wish.specifier.contains(pins[wish.name.lower()]), wish
    assert pins["torch"] == "2.13.0"


@pytest.mark.parametrize("module", ["autograder", "autograder.sandbox.zygote", "course_lib.losses"])
def test_the_light_side_stays_light(module):
    code = f"import sys, {module}; print(sorted({{'torch', 'nbgrader', 'matplotlib', 'sklearn'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("package, forbidden", [("course_lib", "autograder"), ("autograder/sandbox", "course_lib")])
def test_imports_point_one_way(package, forbidden):
    for path in (HERE / package).rglob("*.py"):
        assert not re.search(rf"^\s*(from|import) {forbidden}\b", path.read_text(), re.MULTILINE), path


def test_the_sandbox_imports_no_judge_and_no_record():
    for path in (HERE / "autograder" / "sandbox").glob("*.py"):
        imported = re.findall(r"^\s*(?:from|import) (autograder[\w.]*)", path.read_text(), re.MULTILINE)
        assert all(name.startswith("autograder.sandbox") for name in imported), (path.name, imported)
