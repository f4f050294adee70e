"""Take memory that no limit of the address space counts: a memory file."""

CELL = """\
import os

handle = os.memfd_create("bomb")
for _ in range(2**10):
    os.write(handle, bytes(2**24))
"""
