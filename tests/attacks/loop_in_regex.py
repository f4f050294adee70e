"""Let a regular expression backtrack for ages."""

CELL = """\
import re

re.match(r"(a+)+$", "a" * 64 + "b")
"""
