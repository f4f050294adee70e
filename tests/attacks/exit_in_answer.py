"""End the process from inside of an answer."""

CELL = """\
import os

def mean_squared_error(prediction, target):
    os._exit(0)


def mean_squared_error_gradient(prediction, target):
    os._exit(0)
"""
