"""Send the same reply twice."""

CELL = """\
from autograder.sandbox import frames

send = frames.send
frames.send = lambda link, tree: (send(link, tree), send(link, tree))
"""
