"""Look at chapters as JupyterLab shows them: .venv/bin/python -m tools.pages FOLDER ch10_schedules [--dark] [--student]

Runs each chapter in a headless browser, solved or as students get it; writes ch10_schedules-light-01.png and so on.
"""

import argparse
import tempfile
from pathlib import Path

import nbformat

from autograder.build import source_notebook
from tests.jupyterlab import browser_page, jupyterlab, open_notebook, run_all_cells

HERE = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT = 1000, 1800  # of one picture
UNFOLD = "document.querySelectorAll('details').forEach(folded => { folded.open = true })"


def photograph(chapter: str, folder: Path, dark: bool, student: bool) -> int:
    """Write the pictures of one chapter; return how many there are."""
    if student:
        notebook = nbformat.read(HERE / "notebooks" / chapter / f"{chapter}.ipynb", as_version=4)
    else:
        notebook = source_notebook(HERE / "solutions" / f"{chapter}.py")
    with tempfile.TemporaryDirectory() as place:
        root, home = Path(place, "notebooks"), Path(place, "home")
        root.mkdir(), home.mkdir()
        nbformat.write(notebook, root / f"{chapter}.ipynb")
        with jupyterlab(root, home, dark) as address, browser_page(dark, WIDTH, HEIGHT) as page:
            open_notebook(page, address, f"{chapter}.ipynb")
            page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
            run_all_cells(page, timeout=300)
            page.evaluate(UNFOLD)
            pane = page.locator(".jp-WindowedPanel-outer").first
            box = pane.bounding_box()
            assert box
            height, seen = pane.evaluate("pane => pane.scrollHeight"), 0
            for top in range(0, height, int(box["height"])):
                pane.evaluate("(pane, top) => { pane.scrollTop = top }", top)
                page.wait_for_timeout(150)
                seen += 1
                page.screenshot(path=folder / f"{chapter}-{'dark' if dark else 'light'}-{seen:02d}.png", clip=box)
            return seen


def main() -> None:
    parser = argparse.ArgumentParser(description="Write chapters as JupyterLab shows them as pictures.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("chapters", nargs="+", metavar="CHAPTER")
    parser.add_argument("--dark", action="store_true", help="JupyterLab's dark theme")
    parser.add_argument("--student", action="store_true", help="as students get it, not solved")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for chapter in options.chapters:
        count = photograph(chapter, options.folder, options.dark, options.student)
        print(f"{chapter}: {count} pictures in {options.folder}")


if __name__ == "__main__":
    main()
