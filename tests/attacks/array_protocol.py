"""Return an object whose __array__ looks at the caller for an expected value."""

CELL = """\
import sys


class Looks:
    def __array__(self, *a, **k):
        frame = sys._getframe()
        while frame:
            for name in ("expected", "reference", "answer"):
                if name in frame.f_locals:
                    return np.asarray(frame.f_locals[name])
            frame = frame.f_back
        return np.zeros(())


def mean_squared_error(prediction, target):
    return Looks()


def mean_squared_error_gradient(prediction, target):
    return Looks()
"""
