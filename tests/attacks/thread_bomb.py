"""Start threads without end."""

CELL = """\
import threading
import time

for _ in range(5000):
    threading.Thread(target=time.sleep, args=(600,)).start()
"""
