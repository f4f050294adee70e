"""Kill the parent, the process group and everything else."""

CELL = """\
import os
import signal

for target in (os.getppid(), 0, -1, 1):
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP):
        try:
            os.kill(target, number)
        except OSError:
            pass
"""
