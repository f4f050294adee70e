"""Listen on a port of this machine for somebody to talk to."""

CELL = """\
import socket

server = socket.create_server(("127.0.0.1", 0))
server.settimeout(5)
server.accept()
"""
