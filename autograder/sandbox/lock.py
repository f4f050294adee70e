"""Lock the calling process in, for good: own user, no privileges, Landlock, seccomp, limits. It must have one thread.

What is not allowed here is refused by the kernel, whatever the code in the process does. The system calls that are
allowed are listed; all others (sockets, processes, signals, mounts, memory files, tracing, …) fail with "operation
not permitted".
"""

# ruff: noqa: SIM905 (the system calls: a list with one to a line would be long)
import ctypes
import ctypes.util
import errno
import os
import resource
import signal
from collections.abc import Sequence
from dataclasses import dataclass

LIBC = ctypes.CDLL(None, use_errno=True)

# Landlock (linux/landlock.h); the numbers of its system calls are the same on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << bit for bit in range(6))
MAKE_DIR, MAKE_REG, TRUNCATE = 1 << 7, 1 << 8, 1 << 14
READ = READ_FILE | READ_DIR | EXECUTE
WRITE = READ_FILE | READ_DIR | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | TRUNCATE
FS_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # ABI -> how many rights of files it knows; later ones know those of 5

# prctl (linux/prctl.h)
SET_PDEATHSIG, SET_DUMPABLE, SET_SECCOMP, SET_NO_NEW_PRIVS = 1, 4, 22, 38

ALLOWED = """
read write readv writev pread64 pwrite64 preadv pwritev open openat close close_range lseek dup dup2 dup3 fcntl
flock stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2 getdents getdents64 getcwd
chdir readlink readlinkat mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 ftruncate truncate
fallocate fsync fdatasync umask utimensat copy_file_range sendfile pipe pipe2 eventfd2 socketpair poll ppoll
select pselect6 epoll_create1 epoll_ctl epoll_wait epoll_pwait brk mmap munmap mprotect mremap madvise msync
mincore membarrier rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait sigaltstack
restart_syscall pause getitimer setitimer alarm nanosleep clock_nanosleep clock_gettime clock_getres
gettimeofday time times futex set_robust_list get_robust_list set_tid_address rseq sched_yield sched_getaffinity
sched_getparam sched_getscheduler getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid
getgroups getpgrp getpgid getsid getrlimit getrusage sysinfo uname getrandom getcpu arch_prctl exit exit_group
recvmsg sendmsg recvfrom sendto shutdown
""".split()
SEEMS_MISSING = ("clone3",)  # libraries then try the older call, which is refused
HARMLESS_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5450, 0x5451)  # terminal?, its size, bytes waiting, close on exec or not

ACT_ALLOW, ACT_ERRNO = 0x7FFF0000, 0x00050000
CMP_EQ = 4


class Unavailable(Exception):
    """The machine does not offer a mechanism; the message says which and why."""


@dataclass(frozen=True)
class Limits:
    """Of one submission's process. Sizes in bytes."""

    memory: int = 3 * 2**30  # address space
    file: int = 8 * 2**20
    files: int = 64
    cpu: int = 300  # seconds; the grader's clock ends it earlier


# Landlock


def landlock_abi() -> int:
    """0 where there is none."""
    return max(0, LIBC.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1)))


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def opened(paths: Sequence[str]) -> list[int]:
    """Handles of the paths that exist, for `restrict_files`; opened before any lock."""
    return [os.open(path, os.O_PATH | os.O_CLOEXEC) for path in paths if os.path.exists(path)]


def restrict_files(readable: Sequence[int], listable: Sequence[int], writable: Sequence[int]) -> None:
    """From now on the process opens only what lies beneath these handles. No TCP, no signals to outside, where
    known."""
    abi = landlock_abi()
    if abi < 1:
        raise Unavailable("Landlock is not offered by this kernel; it needs Linux 5.13 or later with Landlock enabled")
    every = (1 << FS_RIGHTS.get(abi, 16)) - 1
    rules = _Ruleset(every, 0b11 if abi >= 4 else 0, 0b11 if abi >= 6 else 0)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    ruleset = LIBC.syscall(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))
    if ruleset < 0:
        raise Unavailable(f"Landlock refused its rules: {os.strerror(ctypes.get_errno())}")
    for handles, rights in ((readable, READ), (listable, READ_DIR), (writable, WRITE)):
        for handle in handles:
            _add(ruleset, handle, rights & every)
    if LIBC.syscall(RESTRICT_SELF, ruleset, ctypes.c_uint32(0)):
        raise Unavailable(f"Landlock could not be entered: {os.strerror(ctypes.get_errno())}")
    os.close(ruleset)


def _add(ruleset: int, handle: int, rights: int) -> None:
    of_files = rights & (EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE)
    for allowed in (rights, of_files):  # a file takes no rights of folders
        beneath = _Beneath(allowed, handle)
        if not LIBC.syscall(ADD_RULE, ruleset, ctypes.c_uint32(1), ctypes.byref(beneath), ctypes.c_uint32(0)):
            return
    raise Unavailable(f"Landlock refused a rule: {os.strerror(ctypes.get_errno())}")


# seccomp


class _Compare(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def seccomp_program() -> bytes:
    """The filter as the kernel takes it, written by libseccomp for this machine's architecture."""
    name = ctypes.util.find_library("seccomp") or "libseccomp.so.2"
    try:
        lib = ctypes.CDLL(name)
    except OSError:
        raise Unavailable("libseccomp is missing; install it with: sudo apt-get install libseccomp2") from None
    lib.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(lib.seccomp_init(ctypes.c_uint32(ACT_ERRNO | errno.EPERM)))

    def rule(action: int, call: str, *compare: _Compare) -> None:
        number = lib.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:  # an architecture does not have them all
            array = (_Compare * len(compare))(*compare)
            if lib.seccomp_rule_add_array(context, ctypes.c_uint32(action), number, len(compare), array):
                raise Unavailable(f"libseccomp refused the rule for {call}")

    for call in ALLOWED:
        rule(ACT_ALLOW, call)
    for request in HARMLESS_IOCTLS:
        rule(ACT_ALLOW, "ioctl", _Compare(1, CMP_EQ, request, 0))
    rule(ACT_ALLOW, "prlimit64", _Compare(0, CMP_EQ, 0, 0), _Compare(2, CMP_EQ, 0, 0))  # to read one's own limits
    for call in SEEMS_MISSING:
        rule(ACT_ERRNO | errno.ENOSYS, call)
    reader, writer = os.pipe()
    try:
        if lib.seccomp_export_bpf(context, writer):
            raise Unavailable("libseccomp could not write the filter")
        os.close(writer)
        writer = -1
        with os.fdopen(reader, "rb") as written:
            return written.read()
    finally:
        lib.seccomp_release(context)
        if writer >= 0:
            os.close(writer)


def restrict_calls(program: bytes) -> None:
    buffer = ctypes.create_string_buffer(program, len(program))
    filters = _Program(len(program) // 8, ctypes.addressof(buffer))
    if LIBC.prctl(SET_SECCOMP, 2, ctypes.byref(filters), 0, 0):
        raise Unavailable(f"seccomp could not be entered: {os.strerror(ctypes.get_errno())}")


# The whole lock


def threads() -> int:
    """How many this process has."""
    return len(os.listdir("/proc/self/task"))


def mapped() -> int:
    """Bytes of address space that this process has in use."""
    with open("/proc/self/statm") as told:
        return int(told.read().split()[0]) * resource.getpagesize()


def limit(limits: Limits, processes: bool) -> None:
    """`processes`: also forbid new processes and threads, which binds every user but root."""
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_NOFILE, limits.files),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        *([(resource.RLIMIT_NPROC, 0)] if processes else []),
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def drop_privileges(user: int | None) -> None:
    """Become the user, where root may; then no capability is left and none can be gained."""
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    LIBC.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))
    if LIBC.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise Unavailable("no_new_privs could not be set")
    LIBC.prctl(SET_DUMPABLE, 0, 0, 0, 0)
    LIBC.prctl(SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # a change of user clears it, so it comes last


def lock(
    readable: Sequence[int],
    listable: Sequence[int],
    scratch: int,
    program: bytes,
    limits: Limits,
    user: int | None,
    keep: int,
) -> None:
    """Close every descriptor but `keep` and lock the process in; Unavailable if a mechanism fails."""
    if threads() != 1:
        raise Unavailable(f"{threads()} threads; Landlock binds the calling one only")
    drop_privileges(user)
    null = os.open("/dev/null", os.O_RDWR)
    restrict_files(readable, listable, [scratch, *opened(["/dev/null"])])
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.closerange(3, keep)
    os.closerange(keep + 1, 65536)
    limit(limits, processes=user is not None)
    restrict_calls(program)
