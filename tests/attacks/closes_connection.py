"""Close every descriptor and go on running."""

CELL = """\
import os

os.closerange(0, 1024)
while True:
    pass
"""
