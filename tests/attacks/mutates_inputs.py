"""Overwrite the inputs with zeros, so that zero becomes the right answer."""

CELL = """\
def mean_squared_error(prediction, target):
    prediction[...] = 0
    target[...] = 0
    return 0.0


def mean_squared_error_gradient(prediction, target):
    prediction[...] = target[...] = 0
    return prediction
"""
