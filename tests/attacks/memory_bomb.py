"""Take all the memory there is."""

CELL = """\
kept = []
while True:
    kept.append(np.ones(2**24))
"""
