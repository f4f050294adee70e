"""What every chapter's page has: counted in its source. That it runs, test_chapters shows; this is what is on it."""

import ast
import re
from itertools import pairwise

import pytest
from nbformat import NotebookNode
from spellchecker import SpellChecker

from autograder import exercises
from autograder.build import source_notebook
from tests.test_build import CHAPTERS
from tests.test_figures import WIDGETS
from tests.test_project import HERE

NUMBERS = ("six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen")  # 13: ch04, one for each loss
DETAILS = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
EFFORT = re.compile(r"\*Difficulty [●○]{5} \(([1-5]) of 5\) · about (\d+) minutes · (\d+) points\*")
CODE_OR_MATHEMATICS = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\]\([^)]*\)|<[^>]*>|https?://\S+", re.DOTALL)
WORD = re.compile(r"[A-Za-zÀ-ž]+(?:['’][A-Za-z]+)*")


class Page:
    def __init__(self, chapter: str) -> None:
        self.chapter = chapter
        self.cells = source_notebook(HERE / "solutions" / f"{chapter}.py").cells
        self.prose = [cell.source for cell in self.cells if cell.cell_type == "markdown"]
        self.text = "\n\n".join(self.prose)
        self.tasks = {cell.id.removesuffix("-task"): cell.source for cell in self.cells if cell.id.endswith("-task")}
        self.demos = [cell.source for cell in self.cells if "demo" in cell.metadata.get("tags", ())]
        self.records = exercises.in_chapter(chapter).values()

    def cell(self, name: str) -> NotebookNode:
        (found,) = (cell for cell in self.cells if cell.id == name)
        return found

    def section(self, title: str) -> str:
        """The text under a heading that ends with these words, up to the next heading."""
        (_, found) = re.split(rf"^#+ (?:[\d.]+ )?{re.escape(title)}$", self.text, flags=re.MULTILINE)
        return re.split(r"^#+ ", found, maxsplit=1, flags=re.MULTILINE)[0]


@pytest.fixture(scope="module", params=CHAPTERS)
def page(request) -> Page:
    return Page(request.param)


def test_it_opens_with_what_one_will_be_able_to_do_what_one_needs_and_how_long_it_takes(page):
    opening = page.prose[0]
    assert re.match(rf"# Chapter {int(page.chapter[2:4])} · \S", opening)
    able = opening.partition("**After this chapter you can**")[2].partition("**You need**")[0]
    assert able.count("\n- ") >= 3
    assert "**You need** " in opening
    efforts = [EFFORT.search(task) for task in page.tasks.values()]
    minutes, points = (sum(int(effort[n]) for effort in efforts if effort) for n in (2, 3))
    number = NUMBERS[len(efforts) - 6]
    assert f"{minutes} minutes for the {number} exercises ({points} points)" in " ".join(opening.split())


def test_it_ends_with_a_summary_recall_help_and_reading(page):
    assert page.section("The chapter on one screen").count("\n") <= 45
    questions = DETAILS.findall(page.section("Do you remember?"))
    assert len(questions) == 5 and all(question.strip() and answer.strip() for question, answer in questions)
    assert len(DETAILS.findall(page.section("Help by symptom"))) >= 3
    papers = [line for line in page.section("Where to read more").splitlines() if line.startswith("- ")]
    assert len(papers) >= 3
    assert [paper for paper in papers if not re.search(r"\b(1[89]|20)\d\d\b", paper)] == []  # each with its year


def test_there_are_six_to_twelve_exercises_each_with_its_effort(page):
    units = len(page.tasks)
    assert 6 <= units <= (13 if page.chapter == "ch04_losses" else 12)
    assert [name for name, task in page.tasks.items() if not EFFORT.search(task)] == []


def test_every_exercise_goes_task_answer_check(page):
    order = [cell.id for cell in page.cells]
    for name in page.tasks:
        at = order.index(f"{name}-task")
        assert order[at + 1 : at + 3] == [name, f"{name}-check"]


def test_every_answer_has_a_docstring_that_says_shapes_or_values(page):
    for name in page.tasks:
        (first, *_) = ast.parse(page.cell(name).source).body
        assert isinstance(first, ast.FunctionDef | ast.ClassDef)
        written = [first, *(n for n in ast.walk(first) if isinstance(n, ast.FunctionDef))]
        said = " ".join(ast.get_docstring(one) or "" for one in written)
        assert len(said) > 40 and re.search(r"->|\(N|scalar|array|shape|number", said), (name, said)


def test_hints_unfold_one_at_a_time(page):
    for name, task in page.tasks.items():
        hints = [title for title, _ in DETAILS.findall(task) if title.startswith("Hint")]
        assert len(hints) >= 2 and hints == [f"Hint {n}" for n in range(1, len(hints) + 1)], name


def test_every_exercise_helps_by_symptom(page):
    for name, task in page.tasks.items():
        assert [title for title, _ in DETAILS.findall(task) if not title.startswith("Hint")], name


def test_every_exercise_knows_three_mistakes_and_teaches_about_each(page):
    for record in page.records:
        assert len(record.misconceptions) >= 3, record.id
        assert all(len(" ".join(mistake.hints)) > 40 for mistake in record.misconceptions), record.id


def test_no_later_cell_takes_the_name_of_an_answer(page):
    """A demo that uses a student's function name for something else breaks the check of whoever asks it again."""
    answered: set[str] = set()
    for cell in page.cells:
        if cell.cell_type == "code":
            tree = ast.parse(cell.source)
            made = {one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.ClassDef)}
            if cell.id in page.tasks:
                answered |= made
            else:
                made |= {node.id for node in _outermost(tree) if isinstance(node.ctx, ast.Store)}
                assert not answered & made, cell.source[:80]


def _outermost(tree):
    """The names of a cell that are not inside a function, a class or a comprehension."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            yield node
        inner = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
        waiting += [child for child in ast.iter_child_nodes(node) if not isinstance(child, inner)]


def test_sections_are_numbered_in_order(page):
    number = int(page.chapter[2:4])
    found = [tuple(map(int, pair)) for pair in re.findall(r"^## (\d+)\.(\d+) ", page.text, re.MULTILINE)]
    assert found[0] == (number, 1) and all(b == (a[0], a[1] + 1) for a, b in pairwise(found))


def test_claims_are_cells(page):
    assert sum(bool(re.search(r"^\s*(assert |np\.testing\.)", demo, re.MULTILINE)) for demo in page.demos) >= 8


def test_there_are_pictures_one_of_them_to_play_with(page):
    drawn = [demo for demo in page.demos if re.search(r"figures\.\w+", demo)]
    assert len(drawn) >= 5
    assert [widget for widget in WIDGETS if any(f"figures.{widget}(" in demo for demo in drawn)]
    assert not re.search(r"!\[\s*\]", page.text)  # a picture in the text says what it shows


def test_a_twin_stands_beside_the_reference(page):
    assert [demo for demo in page.demos if "torch" in demo]


def test_every_word_is_spelled_right(page):
    hints = [text for record in page.records for mistake in record.misconceptions for text in mistake.hints]
    names = [mistake.name for record in page.records for mistake in record.misconceptions]
    text = CODE_OR_MATHEMATICS.sub(" ", "\n".join([page.text, *hints, *names]))
    text = re.sub(r"\b[A-Za-z]+-(?=[a-z])", lambda part: part[0].replace("-", " "), text)
    words = {word.replace("’", "'").removesuffix("'s") for word in WORD.findall(text)}
    known = {line for name in ("course", page.chapter) for line in _listed(name)}
    spelling = SpellChecker()
    wrong = {word for word in spelling.unknown(word for word in words if len(word) > 2) if word not in known}
    assert sorted(wrong) == []
    used = {word.lower() for word in words}
    assert sorted(set(_listed(page.chapter)) - used) == []  # no word is listed that the page does not use


def _listed(name: str) -> list[str]:
    path = HERE / "tests" / "words" / f"{name}.txt"
    return path.read_text(encoding="utf-8").split() if path.is_file() else []
