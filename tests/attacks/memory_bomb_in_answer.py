"""Take all the memory there is from inside of an answer, and keep it."""

CELL = """\
kept = []

def mean_squared_error(prediction, target):
    while True:
        kept.append(np.zeros(2**26))


def mean_squared_error_gradient(prediction, target):
    while True:
        kept.append(np.zeros(2**26))
"""
