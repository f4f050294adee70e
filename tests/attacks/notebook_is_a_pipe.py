"""Hand in a named pipe that blocks whoever opens it."""

import os

from tests.attacks import NOTEBOOK

STATUS = "malformed"


def hand_in(folder, release):
    os.mkfifo(folder / NOTEBOOK)
