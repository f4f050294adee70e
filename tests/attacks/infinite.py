"""Return infinity of both signs."""

CELL = """\
def mean_squared_error(prediction, target):
    return np.inf


def mean_squared_error_gradient(prediction, target):
    return np.full(len(prediction), -np.inf)
"""
