"""Become another user, and change modes and owners."""

CELL = """\
import os

for attempt in (
    lambda: os.setuid(0),
    lambda: os.setgroups([0]),
    lambda: os.chmod("{course}", 0o777),
    lambda: os.chown("{course}/gradebook.db", 61000, 61000),
):
    try:
        attempt()
    except OSError:
        pass
"""
