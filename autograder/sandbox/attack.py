"""What a locked process tries before the first submission is graded. Everything must fail."""

import ctypes
import os
import socket
import subprocess
from collections.abc import Callable
from typing import Any

LIBC = ctypes.CDLL(None, use_errno=True)
X86_64 = {"ptrace": 101, "unshare": 272, "memfd_create": 319, "bpf": 321, "io_uring_setup": 425, "mount": 165}
AARCH64 = {"ptrace": 117, "unshare": 97, "memfd_create": 279, "bpf": 280, "io_uring_setup": 425, "mount": 40}


def attack(targets: list[str]) -> list[str]:
    """What could be done, in words; nothing, if the lock holds. `targets` are paths that hold secrets.

    ["blind"] says that the process cannot even read what it needs.
    """
    if not _succeeds(lambda: _peek(os.__file__)):
        return ["blind"]
    calls = X86_64 if os.uname().machine == "x86_64" else AARCH64
    attempts: dict[str, Callable[[], Any]] = {
        "read /etc/passwd": lambda: _peek("/etc/passwd"),
        "read the environment of the parent": lambda: _peek(f"/proc/{os.getppid()}/environ"),
        "list the root folder": lambda: os.listdir("/"),
        "start a process": os.fork,
        "start a program": lambda: subprocess.run(["/bin/true"], check=True),
        "open a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "open a local socket": lambda: socket.socket(socket.AF_UNIX),
        "send a signal to the parent": lambda: os.kill(os.getppid(), 0),
        "become root": lambda: os.setresuid(0, 0, 0) if os.getuid() else _fail(),
        "link out of the folder": lambda: os.symlink("/etc/passwd", "out"),
        "write outside of the folder": lambda: _poke("/tmp"),
        **{f"call {name}": lambda number=number: _call(number) for name, number in calls.items()},  # type: ignore[misc]
    }
    for path in targets:
        attempts[f"read {path}"] = lambda path=path: _peek(path)  # type: ignore[misc]
        attempts[f"write to {path}"] = lambda path=path: _poke(path)  # type: ignore[misc]
    return [what for what, attempt in attempts.items() if _succeeds(attempt)]


def _succeeds(attempt: Callable[[], Any]) -> bool:
    try:
        attempt()
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _fail() -> None:
    raise PermissionError


def _call(number: int) -> None:
    if LIBC.syscall(number, 0, 0, 0, 0) == -1 and ctypes.get_errno() in (1, 38):  # not permitted, not known
        raise PermissionError


def _peek(path: str) -> None:
    if os.path.isdir(path):
        os.listdir(path)
    else:
        with open(path, "rb") as file:
            file.read(1)


def _poke(path: str) -> None:
    with open(os.path.join(path, ".autograder-probe") if os.path.isdir(path) else path, "ab"):
        pass
