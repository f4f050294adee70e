"""The checks of *From Perceptrons to Optimizers*: a student needs `check`; a grader the command `autograder`."""

from autograder.checking import check

__all__ = ["check"]
