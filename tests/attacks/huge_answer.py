"""Return an array of many gigabytes that costs nothing to make."""

CELL = """\
def mean_squared_error(prediction, target):
    return np.broadcast_to(np.zeros(1), (2**40,))


def mean_squared_error_gradient(prediction, target):
    return np.broadcast_to(np.zeros(1), (2**40,))
"""
