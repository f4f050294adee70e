"""Hand in a symbolic link to the solutions in place of the notebook."""

from tests.attacks import CHAPTER, NOTEBOOK

STATUS = "malformed"


def hand_in(folder, release):
    (folder / NOTEBOOK).symlink_to(folder.parents[2] / "build" / "source" / CHAPTER / NOTEBOOK)
