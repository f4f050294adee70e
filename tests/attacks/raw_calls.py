"""Ask for io_uring, bpf, keys, userfaultfd and performance counters by their numbers."""

CELL = """\
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
opened = [n for n in (425, 426, 427, 321, 250, 323, 298, 310, 311, 434, 435) if libc.syscall(n, 1, 0, 0, 0, 0) >= 0]
assert opened, "refused"
open("{course}/pwned", "w")
"""
