"""Abort the process."""

CELL = """\
import os

os.abort()
"""
