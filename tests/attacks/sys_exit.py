"""Raise SystemExit in a cell and in an answer."""

CELL = """\
import sys

sys.exit(0)

def mean_squared_error(prediction, target):
    sys.exit(0)


def mean_squared_error_gradient(prediction, target):
    sys.exit(0)
"""
