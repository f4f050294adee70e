"""Return an array of sixty-four dimensions."""

CELL = """\
def mean_squared_error(prediction, target):
    return np.zeros((1,) * 64)


def mean_squared_error_gradient(prediction, target):
    return np.zeros((1,) * 64)
"""
