"""Make the pictures of the README, a check's answer and the graded table: .venv/bin/python -m tools.pictures"""

import io
import shutil
import tempfile
from pathlib import Path

import nbformat
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from autograder.cli import graded_table
from autograder.grading.run import grade
from tests.classes import ch04
from tests.classes.demo import hand_in, new_course
from tests.jupyterlab import browser_page, jupyterlab, open_notebook, run_all_cells

HERE = Path(__file__).resolve().parents[1]
IMAGES = HERE / "docs" / "images"
SHOWN = {*"ada bruno emil farid ines kira liam mina nils olga".split(), *"rosa tara vera xenia fritz".split()}  # noqa: SIM905


def check_answer(target: Path) -> None:
    """The Huber exercise with its classic mistake, as JupyterLab shows it."""
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder, "notebooks"), Path(folder, "home")
        root.mkdir(), home.mkdir()
        notebook = nbformat.read(HERE / "notebooks" / "ch04_losses" / "ch04_losses.ipynb", as_version=4)
        answer = ch04.answer_cells(notebook)["ch04.huber"]
        answer.source = (
            "def huber(prediction, target, delta=1.0):\n"
            "    error = np.abs(prediction - target)\n"
            "    return np.where(error <= delta, error**2 / 2, delta * error).mean()\n\n\n"
            "def huber_gradient(prediction, target, delta=1.0):\n"
            "    return np.clip(prediction - target, -delta, delta) / len(prediction)"
        )
        setup = [cell for cell in notebook.cells if "-setup-" in cell.id]
        notebook.cells = [*setup, answer, ch04.check_cell(notebook, "ch04.huber")]
        nbformat.write(notebook, root / "huber.ipynb")
        with jupyterlab(root, home) as address, browser_page(width=1180, height=900) as page:
            open_notebook(page, address, "huber.ipynb")
            page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
            run_all_cells(page)
            cells = page.locator(".jp-CodeCell")
            first, last = cells.nth(len(setup)).bounding_box(), cells.nth(len(setup) + 1).bounding_box()
            height = last["y"] + last["height"] - first["y"]
            clip = {"x": first["x"], "y": first["y"], "width": first["width"], "height": height}
            page.screenshot(path=target, clip=clip)


def graded_class(target: Path) -> None:
    """Some rows of the table that `make demo` prints."""
    with tempfile.TemporaryDirectory() as folder:
        course = new_course(Path(folder) / "course")
        hand_in(course)
        for student in course.students(ch04.CHAPTER):
            if student not in SHOWN:
                shutil.rmtree(course.path("submitted", ch04.CHAPTER, student).parent)
        console = Console(record=True, width=112, file=io.StringIO())
        console.print(graded_table(ch04.CHAPTER, list(grade(course, ch04.CHAPTER, feedback=False))))
        html = console.export_html(theme=DEFAULT_TERMINAL_THEME, inline_styles=True)
        style = "margin:0;padding:12px 16px;display:inline-block"
        (Path(folder) / "table.html").write_text(html.replace("<body>", f'<body style="{style}">'))
        with browser_page(width=1100, height=600) as page:
            page.goto((Path(folder) / "table.html").as_uri())
            page.locator("body").screenshot(path=target)


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    check_answer(IMAGES / "check.png")
    graded_class(IMAGES / "graded.png")
