"""Hand in a notebook of two hundred megabytes."""

from tests.attacks import NOTEBOOK

STATUS = "malformed"


def hand_in(folder, release):
    with open(folder / NOTEBOOK, "wb") as file:
        file.write(b'{"cells": [')
        file.truncate(200 * 2**20)
