"""Return shapes that broadcast against the expected ones."""

CELL = """\
def mean_squared_error(prediction, target):
    return np.array([[np.mean((prediction - target) ** 2)]])


def mean_squared_error_gradient(prediction, target):
    return np.tile(2 * (prediction - target) / len(prediction), (3, 1))
"""
