"""Every chapter runs to its end with its solutions: the claims hold, the checks give full marks, stderr stays empty."""

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.build import source_notebook
from tests.test_build import CHAPTERS
from tests.test_project import HERE

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture(scope="module", params=CHAPTERS)
def executed(request, tmp_path_factory) -> nbformat.NotebookNode:
    """The chapter with its solutions, run in an empty folder; a cell that raises fails here."""
    notebook = source_notebook(HERE / "solutions" / f"{request.param}.py")
    folder = str(tmp_path_factory.mktemp(request.param))
    return NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": folder}}
    ).execute()


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
