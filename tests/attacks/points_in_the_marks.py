"""Write other points, ids and checksums into the marks of the check cells, and points into their outputs."""

from nbformat.v4 import new_output

from tests.attacks import save

STATUS = "graded"


def hand_in(folder, release):
    for cell in release.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade"):
            marks.update(points=1000, locked=False, solution=True, checksum="0")
            cell.source, cell.execution_count = "1000.0", 1
            cell.outputs = [new_output("execute_result", {"text/plain": "1000.0"}, execution_count=1)]
    save(release, folder)
