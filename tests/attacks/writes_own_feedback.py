"""Write a feedback page and an autograded notebook of one's own."""

CELL = """\
import os

for folder in ("feedback", "autograded", "submitted"):
    try:
        os.makedirs("{course}/" + folder + "/mallory/ch04_losses", exist_ok=True)
        open("{course}/" + folder + "/mallory/ch04_losses/ch04_losses.html", "w").write("50 of 50 points")
    except OSError:
        pass
"""
