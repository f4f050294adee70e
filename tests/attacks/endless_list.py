"""Return an object that is an endless sequence."""

CELL = """\
class Endless:
    def __len__(self):
        return 2**62

    def __getitem__(self, i):
        return 1.0


def mean_squared_error(prediction, target):
    return Endless()


def mean_squared_error_gradient(prediction, target):
    return Endless()
"""
