"""Loop forever and catch whatever would stop it."""

CELL = """\
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
