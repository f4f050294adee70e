"""Exchange the ids of an answer and of a check, and mark every cell as a check."""

from tests.attacks import save

STATUS = "graded"


def hand_in(folder, release):
    for cell in release.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.metadata.nbgrader.update(grade_id="ch04-huber-check", grade=True, solution=False, points=50)
            cell.source = "50.0"
    save(release, folder)
