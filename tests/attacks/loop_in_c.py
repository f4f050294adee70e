"""Loop for ages in one call of compiled code."""

CELL = """\
sum(range(10**15))
"""
