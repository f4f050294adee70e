"""Open sockets, connect to a port of this machine, listen on one."""

CELL = """\
import socket

for kind in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
    try:
        link = socket.socket(kind)
        link.settimeout(1)
        link.connect(("127.0.0.1", 9) if kind == socket.AF_INET else ("::1", 9) if kind == socket.AF_INET6 else "/x")
    except OSError:
        pass
"""
