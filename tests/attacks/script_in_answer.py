"""Raise an error from an answer whose message is a script."""

CELL = r"""\
def mean_squared_error(prediction, target):
    raise ValueError('<script>alert(1)</script>\x1b[2J')


def mean_squared_error_gradient(prediction, target):
    raise ValueError('<script>alert(1)</script>\x1b[2J')
"""
