"""Make namespaces inside of the namespaces, and mount over the file system."""

CELL = """\
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
assert libc.unshare(0x10000000) == 0 or libc.mount(b"none", b"/", b"tmpfs", 0, None) == 0, "refused"
open("{course}/pwned", "w")
"""
