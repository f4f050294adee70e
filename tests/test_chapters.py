"""Every solved chapter runs to its end: claims hold, checks answer, stderr stays empty."""

import time

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.build import source_notebook
from tests.test_build import CHAPTERS
from tests.test_project import HERE

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


MOST_SECONDS = 60


def run(notebook, folder) -> tuple[nbformat.NotebookNode, float]:
    """Run in an empty folder; a cell that raises fails here. -> the notebook, and the seconds that its cells took."""
    started = time.monotonic()
    client = NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    return client.execute(), time.monotonic() - started


@pytest.fixture(scope="module", params=CHAPTERS)
def solved(request, tmp_path_factory) -> tuple[nbformat.NotebookNode, float]:
    notebook = source_notebook(HERE / "solutions" / f"{request.param}.py")
    return run(notebook, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def executed(solved) -> nbformat.NotebookNode:
    return solved[0]


def test_a_chapter_takes_less_than_a_minute(solved):
    assert solved[1] < MOST_SECONDS


def test_every_check_gives_full_marks(executed):
    checks = [cell for cell in executed.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert checks
    for cell in checks:
        (answer,) = (output for output in cell.outputs if output.output_type == "execute_result")
        assert float(answer.data["text/plain"]) == cell.metadata.nbgrader.points
        assert "✓ right" in answer.data["text/html"]


def test_no_cell_writes_to_stderr(executed):
    noisy = [
        (cell.source[:60], output.text)
        for cell in executed.cells
        for output in cell.get("outputs", ())
        if output.output_type == "stream" and output.name == "stderr"
    ]
    assert noisy == []


def test_every_picture_has_alt_text(executed):
    pages = [o.data for c in executed.cells for o in c.get("outputs", ()) if "data" in o]
    assert not [data for data in pages if "image/png" in data and "text/html" not in data]
    pictures = [data["text/html"] for data in pages if "<img" in data.get("text/html", "")]
    assert pictures and all('alt="' in page for page in pictures)
