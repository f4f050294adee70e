"""Every picture of the course: functions that return a `Picture`, one file for each topic."""

from course_lib.figures import losses
from course_lib.figures.picture import Picture

__all__ = ["Picture", "losses"]
