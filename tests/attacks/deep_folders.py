"""Make folders so deep that they are hard to remove."""

CELL = """\
import os

for _ in range(3000):
    os.mkdir("d")
    os.chdir("d")
"""
