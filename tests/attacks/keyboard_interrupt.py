"""Raise KeyboardInterrupt from inside of an answer."""

CELL = """\
def mean_squared_error(prediction, target):
    raise KeyboardInterrupt


def mean_squared_error_gradient(prediction, target):
    raise KeyboardInterrupt
"""
