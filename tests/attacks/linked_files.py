"""Hand in links to the secret and to the solutions beside the notebook, and print them."""

import os

from tests.attacks import answer, save

STATUS = "graded"


def hand_in(folder, release):
    (folder / "secret.txt").symlink_to(folder.parents[2] / ".autograder-secret")
    os.link(folder.parents[2] / "nbgrader_config.py", folder / "config.txt")
    answer(release, "print(open('secret.txt').read())")
    save(release, folder)
