"""Find the connection and send a reply of one's own before the real one."""

CELL = """\
import gc
import socket
import sys

from autograder.sandbox import frames


def forge():
    frame = sys._getframe()
    nonce = ""
    while frame:
        asked = frame.f_locals.get("asked")
        if isinstance(asked, dict):
            nonce = asked.get("nonce", "")
        frame = frame.f_back
    for link in [o for o in gc.get_objects() if isinstance(o, socket.socket)]:
        frames.send(link, {"nonce": nonce, "seen": [], "points": 4, "state": "right"})


def mean_squared_error(prediction, target):
    forge()
    return 0.0


def mean_squared_error_gradient(prediction, target):
    forge()
    return 0.0
"""
