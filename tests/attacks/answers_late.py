"""Answer after the deadline."""

CELL = """\
import time


def mean_squared_error(prediction, target):
    time.sleep(600)
    return 0.0


def mean_squared_error_gradient(prediction, target):
    time.sleep(600)
    return 0.0
"""
