"""Copy the answer of another student."""

CELL = """\
import json

cells = json.load(open("{course}/submitted/honest-1/ch04_losses/ch04_losses.ipynb"))["cells"]
exec(next("".join(c["source"]) for c in cells if c["id"] == "ch04-mean_squared_error"))
"""
