"""Hand in half a notebook."""

import nbformat

from tests.attacks import NOTEBOOK

STATUS = "malformed"


def hand_in(folder, release):
    text = nbformat.writes(release)
    (folder / NOTEBOOK).write_text(text[: len(text) // 2])
