"""Use the notebook's own ways to run programs."""

CELL = """\
!touch {course}/pwned
%system touch {course}/pwned
%sx touch {course}/pwned
"""
