"""Put escape sequences and scripts into names, errors, prints and results."""

CELL = r"""\
print("\x1b]0;owned\x07\x1b[2J<script>alert(1)</script>")
raise type("<img src=x onerror=alert(1)>", (Exception,), {})("\x1b[2J<script>alert(2)</script>")
"""
