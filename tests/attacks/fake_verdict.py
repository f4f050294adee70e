"""Put a verdict of one's own, with all points, into the outputs and the notebook's notes."""

from nbformat.v4 import new_output

from tests.attacks import save

STATUS = "graded"


def hand_in(folder, release):
    verdict = {"exercise": "ch04.huber", "state": "right", "points": 50, "max_points": 50, "parts": [], "notes": []}
    for cell in release.cells:
        if cell.cell_type == "code":
            output = new_output("execute_result", {"text/plain": "50"}, metadata={"autograder": verdict})
            cell.outputs = [output]
    release.metadata["autograder"] = {"submission": "x", "status": "graded", "repairs": []}
    save(release, folder)
