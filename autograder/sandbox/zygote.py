"""The warm process that every submission's process is forked from. Started as: python -I -S -m … with one socket.

It is given what to import and what may be read, imports it once, and then forks, locks and buries children as it is
told. It holds
no answers: the answers' modules were taken out of its `course_lib` before it was started.
"""

import gc
import importlib
import os
import signal
import socket
import sys
import tempfile
from dataclasses import replace
from typing import Any

from autograder.sandbox import frames, lock
from autograder.sandbox.child import serve
from autograder.sandbox.shell import Shell


def main(descriptor: int) -> None:
    control = socket.socket(fileno=descriptor)
    told = frames.receive(control)
    try:
        nest = Nest(told)
    except (lock.Unavailable, ImportError) as problem:
        frames.send(control, {"problem": str(problem)})
        return
    frames.send(control, {"problem": "", "threads": lock.threads()})
    while True:
        try:
            message, descriptors, _, _ = socket.recv_fds(control, 2**16, 1)
        except InterruptedError:
            continue
        if not message:
            return
        do, _, argument = message.decode().partition(" ")
        if do == "fork":
            scratch, _, user = argument.rpartition(" ")
            pid = nest.fork(descriptors[0], scratch, int(user) if user != "-" else None)
            os.close(descriptors[0])
            control.sendall(f"{pid:20d}".encode())
        elif do == "bury":
            control.sendall(f"{_bury(int(argument)):20d}".encode())


NOT_LOCKED = 77  # the exit code of a process that could not be locked in and therefore ran nothing


class Nest:
    """What every child needs, made once: modules, shell, handles of what may be read, the filter."""

    def __init__(self, told: dict[str, Any]) -> None:
        sys.path[:] = told["path"]
        self.limits = lock.Limits(**told["limits"])
        self.locked = told["locked"]
        for module in told["imports"]:
            importlib.import_module(module)
        self.torch = sys.modules.get("torch")
        if self.torch:
            self.torch.set_num_threads(1)
            self.torch.set_num_interop_threads(1)
        self.shell = Shell.instance()
        for cell in told["warm_up"]:
            problems = [output for output in self.shell.run(cell) if output["output_type"] == "error"]
            if problems:
                raise ImportError(f"warming up failed: {problems[0]['ename']}: {problems[0]['evalue']}")
        self.shell.reset()
        if self.torch:  # its libraries map from one gigabyte to many: what a submission may take comes on top
            self.limits = replace(self.limits, memory=self.limits.memory + lock.mapped())
        if self.locked:
            self.program = lock.seccomp_program()
            self.readable, self.listable = lock.opened(told["readable"]), lock.opened(told["listable"])
        gc.collect()
        gc.freeze()  # so that children do not copy the pages just to count references

    def fork(self, descriptor: int, scratch: str, user: int | None) -> int:
        """A child has the calling thread only, and whatever lock another one held stays closed in it for ever."""
        if lock.threads() != 1:
            raise lock.Unavailable(f"the warm process has {lock.threads()} threads; it forks with exactly one")
        pid = os.fork()
        if pid:
            return pid
        try:
            self._child(descriptor, scratch, user)
            os._exit(0)
        except BaseException as problem:  # of ours, not of a student's code: that is caught where it runs
            print(f"{type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
            os._exit(NOT_LOCKED if isinstance(problem, lock.Unavailable) else 1)

    def _child(self, descriptor: int, scratch: str, user: int | None) -> None:
        link = socket.socket(fileno=descriptor)
        os.setsid()
        os.chdir(scratch)
        os.environ.update(HOME=scratch, TMPDIR=scratch, MPLCONFIGDIR=scratch, IPYTHONDIR=scratch)
        tempfile.tempdir = None  # where the warm process found room is closed to its children
        if self.locked:
            handle = os.open(scratch, os.O_PATH)
            lock.lock(self.readable, self.listable, handle, self.program, self.limits, user, descriptor)
        else:
            lock.limit(self.limits, processes=False)
        if self.torch:
            self.torch.manual_seed(0)  # the same numbers for everybody, whatever the warm process drew before
        serve(link, self.shell)


def _bury(pid: int) -> int:
    """End the child, if it has not ended, and tell how it did: its exit code, or minus the signal."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return -1000  # it was the grader who ended it
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main(int(sys.argv[1]))
