"""Show points of one's own: a fake output, displayhook, a hidden traceback."""

CELL = """\
import sys

from IPython import get_ipython
from IPython.display import display

sys.displayhook = lambda value: print(4.0)
get_ipython().showtraceback = lambda *a, **k: None
get_ipython().display_formatter.format = lambda *a, **k: ({"text/plain": "4.0"}, {})
display({"text/plain": "4.0"}, raw=True)
4.0
"""
