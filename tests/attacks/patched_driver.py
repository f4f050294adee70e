"""Replace the functions that observe candidates, so that they report other values."""

CELL = """\
from autograder.sandbox import child, observe, protocols

observe.as_array = lambda answer: np.zeros(())
child.observe = lambda protocol, found, cases: [{"value": {}, "gradient": {}} for _ in cases]
protocols.Call.calls = lambda self, candidates, inputs: iter(())
"""
