"""Take the mended formula out of the errata."""

CELL = """\
from course_lib import errata

def mean_squared_error(prediction, target):
    return errata.losses


def mean_squared_error_gradient(prediction, target):
    return errata.losses
"""
