"""Read and write every open descriptor."""

CELL = r"""\
import os

for number in range(3, 256):
    for attempt in (lambda: os.write(number, b"\x08\x00\x00\x00full marks"), lambda: os.lseek(number, 0, 0)):
        try:
            attempt()
        except OSError:
            pass
"""
