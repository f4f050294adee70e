"""Put scripts and pages into markdown and raw cells, where a teacher will look."""

from nbformat.v4 import new_markdown_cell, new_raw_cell

from tests.attacks import save

STATUS = "graded"


def hand_in(folder, release):
    for kind in (new_markdown_cell, new_raw_cell):
        release.cells.append(kind("<script>alert(1)</script>\n<iframe src='javascript:alert(2)'></iframe>"))
    save(release, folder)
