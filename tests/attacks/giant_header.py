"""Announce a message of four gigabytes."""

CELL = r"""\
import gc
import socket

for link in [o for o in gc.get_objects() if isinstance(o, socket.socket)]:
    link.sendall(b"\xff\xff\xff\xff")
    try:
        for _ in range(64):
            link.sendall(b"0" * 2**20)
    except OSError:
        pass
"""
