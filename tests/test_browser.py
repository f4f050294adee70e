"""The chapter in a real browser: JupyterLab runs every cell and the checks' answers are seen."""

import nbformat
import pytest

from tests.classes import ch04
from tests.jupyterlab import browser_page, jupyterlab, open_notebook, run_all_cells
from tests.test_project import HERE

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


HUBER_GRADIENT = """
        def huber_gradient(prediction, target, delta=1.0):
            return np.clip(prediction - target, -delta, delta) / len(prediction)
"""


@pytest.fixture(scope="module")
def student(tmp_path_factory):
    """A student's copy: huber has the classic mistake, the mean squared error is right, the rest is untouched."""
    root = tmp_path_factory.mktemp("student")
    notebook = nbformat.read(HERE / "notebooks" / "ch04_losses" / "ch04_losses.ipynb", as_version=4)
    exercise, code, _, _ = ch04.SLIPS["ines"]
    cells = ch04.answer_cells(notebook)
    ch04.replace_function(cells[exercise], code + HUBER_GRADIENT)
    cells["ch04.mean_squared_error"].source = (
        "def mean_squared_error(prediction, target):\n"
        "    return np.mean((prediction - target) ** 2)\n\n"
        "def mean_squared_error_gradient(prediction, target):\n"
        "    return 2 * (prediction - target) / len(prediction)\n"
    )
    (root / "ch04_losses").mkdir()
    nbformat.write(notebook, root / "ch04_losses" / "ch04_losses.ipynb")
    return root


def test_the_chapter_runs_in_jupyterlab_and_the_checks_answer(student, tmp_path):
    with jupyterlab(student, tmp_path) as address, browser_page() as page:
        open_notebook(page, address, "ch04_losses/ch04_losses.ipynb")
        run_all_cells(page)
        errors = page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']")
        assert errors.count() == 0, errors.all_inner_texts()

        answers = page.locator(".jp-OutputArea-output div[role=status]")
        assert answers.count() == 13
        texts = [" ".join(text.split()) for text in answers.all_inner_texts()]
        right = next(text for text in texts if "ch04.mean_squared_error" in text)
        wrong = next(text for text in texts if "ch04.huber" in text)
        assert "✓ right" in right and "4 of 4 points" in right
        assert "✗ wrong" in wrong and "misses −½δ²" in wrong and "Try: Plot your loss" in wrong
        assert sum("not attempted yet" in text for text in texts) == 11

        shown = answers.nth(next(i for i, text in enumerate(texts) if "ch04.huber" in text))
        shown.scroll_into_view_if_needed()
        box = shown.bounding_box()
        assert box and box["width"] > 300 and box["height"] > 100
        assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
