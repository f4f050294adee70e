"""Delete the gradebook and everything else that can be reached."""

CELL = """\
import os
import shutil

for path in ("{course}/gradebook.db", "{course}/submitted", "{course}"):
    shutil.rmtree(path, ignore_errors=True)
    try:
        os.remove(path)
    except OSError:
        pass
"""
