"""Leave files in every folder for temporary files."""

CELL = """\
import os
import tempfile

for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", tempfile.gettempdir(), os.path.expanduser("~"), ".."):
    try:
        open(os.path.join(folder, "left-behind"), "w").write("x")
    except OSError:
        pass
"""
