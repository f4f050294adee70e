"""Give a hundred thousand different warnings from an answer."""

CELL = """\
import warnings

def mean_squared_error(prediction, target):
    for i in range(100_000):
        warnings.warn(f'{i}' * 100)
    return 0.0


def mean_squared_error_gradient(prediction, target):
    for i in range(100_000):
        warnings.warn(f'{i}' * 100)
    return 0.0
"""
