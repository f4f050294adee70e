"""Replace check itself by one that always praises."""

CELL = """\
def check(*arguments, **options):
    return 4.0


import autograder

autograder.check = check
"""
