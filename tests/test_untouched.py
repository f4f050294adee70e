"""Every chapter as students get it runs to its end. A file of its own, so that it runs beside the solved chapters."""

import nbformat
import pytest

from tests.test_build import CHAPTERS
from tests.test_chapters import pytestmark, run  # noqa: F401
from tests.test_project import HERE


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_an_untouched_notebook_runs_to_its_end_and_every_check_says_so(chapter, tmp_path):
    released = nbformat.read(HERE / "notebooks" / chapter / f"{chapter}.ipynb", as_version=4)
    notebook, _ = run(released, tmp_path)
    checks = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert checks
    for cell in checks:
        (answer,) = (output for output in cell.outputs if output.output_type == "execute_result")
        assert "not attempted yet" in answer.data["text/html"], cell.source
