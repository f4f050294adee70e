"""Hand in a notebook with bytes that are no text."""

import nbformat

from tests.attacks import NOTEBOOK

STATUS = "malformed"


def hand_in(folder, release):
    (folder / NOTEBOOK).write_bytes(nbformat.writes(release).encode().replace(b"Huber", b"\xff\xfe\x00"))
