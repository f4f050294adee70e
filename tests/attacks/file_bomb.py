"""Write many small files."""

CELL = """\
for number in range(100_000):
    open(f"bomb-{number}", "w").write("x")
"""
