"""Return NaN and hope that no comparison with it is ever false."""

CELL = """\
def mean_squared_error(prediction, target):
    return np.nan


def mean_squared_error_gradient(prediction, target):
    return np.full(len(prediction), np.nan)
"""
