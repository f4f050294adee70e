"""Take all the memory there is."""

CELL = """\
kept = []
while True:
    kept.append(np.zeros(2**26))
"""
