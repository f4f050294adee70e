"""Fill the disk with one file, and with many."""

CELL = """\
for number in range(50):
    try:
        with open(f"big-{number}", "wb") as file:
            for _ in range(200):
                file.write(bytes(2**20))
    except OSError:
        pass
"""
