"""What the docs promise exists."""

import re

import pytest

from tests.test_project import HERE

PAGES = [HERE / "README.md", HERE / "CONTRIBUTING.md", HERE / "CHANGELOG.md", *sorted((HERE / "docs").glob("*.md"))]


def test_every_convention_names_a_test_that_exists():
    rows = [line for line in (HERE / "docs" / "conventions.md").read_text().splitlines() if line.startswith("| ")]
    rows = [row for row in rows if not row.startswith("| choice")]
    tests = "\n".join(path.read_text() for path in (HERE / "tests").rglob("*.py"))  # contracts are inherited
    assert len(rows) >= 40
    for row in rows:
        assert row.count("|") == 6, row
        (name,) = re.findall(r"`(test_\w+)` \|$", row)
        assert f"def {name}(" in tests, row


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_named_files_exist(page):
    text = page.read_text()
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (page.parent / target).exists(), target
    for name in re.findall(
        r"`((?:course_lib|autograder|solutions|tests|docs|notebooks|tools|benchmarks)/[\w./]*)`", text
    ):
        assert "NN" in name or (HERE / name).exists(), name  # chNN stands for any chapter
