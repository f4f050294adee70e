"""Hand in a folder with the notebook's name."""

from tests.attacks import NOTEBOOK

STATUS = "malformed"


def hand_in(folder, release):
    (folder / NOTEBOOK).mkdir()
