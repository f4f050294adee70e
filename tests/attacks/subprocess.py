"""Run programs: subprocess, os.system, os.exec, posix_spawn."""

CELL = """\
import os
import subprocess

for attempt in (
    lambda: subprocess.run(["touch", "{course}/pwned"]),
    lambda: os.system("touch {course}/pwned"),
    lambda: os.posix_spawn("/bin/touch", ["touch", "{course}/pwned"], {}),
    lambda: os.execv("/bin/touch", ["touch", "{course}/pwned"]),
):
    try:
        attempt()
    except OSError:
        pass
"""
