"""Messages on a socket: four bytes of length, then what `wire` packs. Read here only by the side that may trust its
peer."""

import socket
from typing import Any

from autograder.sandbox import wire


def send(link: socket.socket, tree: Any) -> None:
    message = wire.pack(tree)
    link.sendall(len(message).to_bytes(4, "little") + message)


def receive(link: socket.socket) -> Any:
    """The next message, or None at the end."""
    head = _exactly(link, 4)
    if head is None:
        return None
    body = _exactly(link, int.from_bytes(head, "little"))
    return None if body is None else wire.unpack(body)


def _exactly(link: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = link.recv(min(size - len(parts), 2**20))
        if not part:
            return None
        parts += part
    return bytes(parts)
