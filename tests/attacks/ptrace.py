"""Attach to the grader and to the siblings with ptrace and process_vm_readv."""

CELL = """\
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
done = [libc.ptrace(16, pid, 0, 0) for pid in range(1, 200) if pid != os.getpid()]
assert any(answer == 0 for answer in done), "attached to none"
"""
