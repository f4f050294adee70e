"""Import the judge and ask it."""

CELL = """\
from autograder import judge

def mean_squared_error(prediction, target):
    return judge


def mean_squared_error_gradient(prediction, target):
    return judge
"""
