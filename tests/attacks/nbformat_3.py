"""Hand in a notebook in the format of 2013."""

import json

from tests.attacks import NOTEBOOK

STATUS = "graded"


def hand_in(folder, release):
    cells = [
        {"cell_type": "code", "input": "mean_squared_error = lambda p, t: 0.0", "outputs": [], "language": "python"}
    ]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}
    (folder / NOTEBOOK).write_text(json.dumps(old))
