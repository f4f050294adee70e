"""Sleep for an hour."""

CELL = """\
import time

time.sleep(3600)
"""
