"""Reply with JSON that is nested a million deep."""

CELL = """\
import gc
import socket

body = b"[" * 1_000_000
message = len(body).to_bytes(8, "little") + body
for link in [o for o in gc.get_objects() if isinstance(o, socket.socket)]:
    link.sendall(len(message).to_bytes(4, "little") + message)
"""
