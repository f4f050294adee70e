"""Where this course keeps what nbgrader calls source, release, submitted, autograded and feedback.

Every stock `nbgrader` command and the formgrader work on the course through this file.
"""

from autograder.grading import configure

c = get_config()  # noqa: F821  (nbgrader provides it)

c.CourseDirectory.course_id = "perceptron-to-optimizers"
c.CourseDirectory.source_directory = "build/source"  # made from solutions/*.py by `autograder build`
c.CourseDirectory.release_directory = "notebooks"
configure(c)
