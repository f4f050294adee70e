"""Call scikit-learn for a NumPy exercise."""

CELL = """\
from sklearn.metrics import mean_squared_error as theirs

def mean_squared_error(prediction, target):
    return theirs(target, prediction)


def mean_squared_error_gradient(prediction, target):
    return theirs(target, prediction)
"""
