"""Return arrays of objects, of text and of records."""

CELL = """\
def mean_squared_error(prediction, target):
    return np.array([object()], dtype=object)


def mean_squared_error_gradient(prediction, target):
    return np.array(["1.0"] * len(prediction))
"""
