"""Look for secrets in the environment and show them."""

CELL = """\
import os

print(dict(os.environ))

def mean_squared_error(prediction, target):
    return float(len(os.environ.get('AUTOGRADER_SECRET', '')))


def mean_squared_error_gradient(prediction, target):
    return float(len(os.environ.get('AUTOGRADER_SECRET', '')))
"""
