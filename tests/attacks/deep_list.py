"""Return a list that is nested a hundred thousand deep."""

CELL = """\
deep = []
for _ in range(100_000):
    deep = [deep]

def mean_squared_error(prediction, target):
    return deep


def mean_squared_error_gradient(prediction, target):
    return deep
"""
