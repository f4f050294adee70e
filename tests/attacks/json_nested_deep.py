"""Hand in JSON that is nested a hundred thousand deep."""

from tests.attacks import NOTEBOOK

STATUS = "malformed"


def hand_in(folder, release):
    (folder / NOTEBOOK).write_text('{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}")
