"""Hand in modules beside the notebook that would take the place of NumPy, random and the grader."""

from tests.attacks import answer, save

STATUS = "graded"


def hand_in(folder, release):
    for name in ("numpy.py", "random.py", "json.py", "autograder.py", "sitecustomize.py"):
        (folder / name).write_text("raise SystemExit")
    (folder / "numpy").mkdir()
    (folder / "numpy" / "__init__.py").write_text("mean = lambda *a, **k: 0.0")
    answer(release, "import numpy, random, json, autograder")
    save(release, folder)
