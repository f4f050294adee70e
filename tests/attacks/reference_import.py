"""Import the reference of the exercise and call it."""

CELL = """\
from course_lib import losses

def mean_squared_error(prediction, target):
    return losses.MeanSquaredError().forward(prediction, target)


def mean_squared_error_gradient(prediction, target):
    loss = losses.MeanSquaredError()
    loss.forward(prediction, target)
    return loss.backward()
"""
