"""The trusted side of the sandbox: start the warm process, have submissions' processes forked from it, talk to them
without trust."""

import contextlib
import os
import secrets
import select
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.grading.withhold import Site, interpreter
from autograder.sandbox import frames, lock, wire

GRACE = 2.0  # seconds after which a process that does not answer its own clock is ended
START_SECONDS = 120
MAX_SCRATCH_BYTES, MAX_SCRATCH_FILES = 64 * 2**20, 2000
FIRST_USER = 61_000  # where we are root every lane's submissions have a user of their own
LAUNCH = (
    "import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {folder!r}); "
    "from autograder.sandbox import zygote; zygote.main({descriptor})"
)


class CageError(Exception):
    """The sandbox cannot be made or does not hold; nothing was graded."""


class Ended(Exception):
    """The submission's process is gone: `kind` is "crashed", "timed out", "out of memory" or "tampered"."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind = kind


@dataclass(frozen=True)
class Tier:
    """Which mechanisms are in force."""

    around: tuple[str, ...]  # the command that puts the warm process into namespaces of its own
    user: bool  # submissions have a user of their own
    locked: bool = True

    def describe(self) -> str:
        if not self.locked:
            return "no sandbox"
        namespaces = f"namespaces ({Path(self.around[0]).name})" if self.around else ""
        user = "own user" if self.user else ""
        return " + ".join(filter(None, (namespaces, user, "Landlock", "seccomp", "limits")))


class Cage:
    """One warm process, from which one submission's process at a time is forked."""

    def __init__(
        self,
        site: Site,
        work: Path,
        lane: int = 0,
        locked: bool = True,
        limits: lock.Limits | None = None,
        targets: Sequence[Path] = (),
    ) -> None:
        """work: a folder of the grader's for scratch space; targets: what the self-attack must not reach."""
        self.site, self.work, self.lane = site, work, lane
        self.limits, self.targets, self.locked = limits or lock.Limits(), targets, locked
        self.tier = Tier((), False, False)
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "Cage":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the warm process with as many mechanisms as the machine offers; CageError if the needed ones are
        missing."""
        if self._process and self._process.poll() is None:
            return
        problems = []
        for tier in tiers(self.locked):
            try:
                return self.start_at(tier)
            except CageError as problem:
                problems.append(f"{tier.describe()}: {problem}")
                self.close()
        raise CageError("; ".join(problems))

    def start_at(self, tier: Tier) -> None:
        """Start with exactly these mechanisms; CageError if one is missing, or if the self-attack gets through."""
        self._start(tier)
        self._attack()

    def _start(self, tier: Tier) -> None:
        self.tier = tier
        ours, theirs = socket.socketpair()
        launch = LAUNCH.format(folder=str(self.site.folder), descriptor=theirs.fileno())
        scratches = self.work / "scratch"
        scratches.mkdir(exist_ok=True)
        around = [part for piece in tier.around for part in self._filled(piece, scratches)]
        command = [*around, interpreter(), "-I", "-S", "-c", launch]
        environment = {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": "/",
            "MPLBACKEND": "agg",
            "MPLCONFIGDIR": str(self.work / "matplotlib"),
            "IPYTHONDIR": str(self.work / "ipython"),
            "CUDA_VISIBLE_DEVICES": "",  # a device's driver starts threads, and no two gradings would be alike
            **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")},
        }
        with open(self.work / f"zygote-{self.lane}.log", "wb") as log:
            self._process = subprocess.Popen(
                command, env=environment, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            pass_fds=[theirs.fileno()] )  # fmt: skip
        theirs.close()
        self.control = ours
        ours.settimeout(START_SECONDS)
        try:
            frames.send(
                ours,
                {
                    "path": list(self.site.path),
                    "imports": list(self.site.imports),
                    "warm_up": self._warm_up(),
                    "readable": list(self.site.readable),
                    "listable": list(self.site.listable),
                    "limits": vars(self.limits),
                    "locked": tier.locked,
                },
            )
            told = frames.receive(ours)
        except (OSError, ValueError):
            told = None
        if told is None:
            raise CageError(f"the warm process did not start{self._last_words()}")
        if told["problem"]:
            raise CageError(told["problem"])
        if told["threads"] != 1:
            raise CageError(f"the warm process has {told['threads']} threads; a locked process needs exactly one")

    def _warm_up(self) -> list[str]:
        imports = self.site.imports
        return [*(WARM_UP if imports else WARM_UP[:1]), *([WARM_UP_TORCH] if "torch" in imports else [])]

    def _filled(self, piece: str, scratches: Path) -> list[str]:
        if piece == "@readable":
            paths = (*self.site.readable, *self.site.listable, str(Path(interpreter()).parents[1]))
            bound = [path for path in dict.fromkeys(paths) if not path.startswith("/dev/")]  # --dev makes those
            above = sorted({str(folder) for path in (*bound, str(scratches)) for folder in Path(path).parents} - {"/"})
            # bwrap itself would make them for root's eyes only
            folders = [part for path in above for part in ("--perms", "0755", "--dir", path)]
            return folders + [part for path in bound for part in ("--ro-bind-try", path, path)]
        return ["--bind", str(scratches), str(scratches)] if piece == "@scratch" else [piece]

    def _last_words(self) -> str:
        log = self.work / f"zygote-{self.lane}.log"
        said = log.read_text(errors="replace").strip().splitlines() if log.is_file() else []
        return f": {said[-1][:300]}" if said else ""

    def _attack(self) -> None:
        """A locked process attacks itself; CageError says what it could do."""
        if not self.tier.locked:
            return
        with self.inmate() as inmate:
            try:
                opened = inmate.ask({"do": "attack", "targets": [str(target) for target in self.targets]}, 20)["opened"]
            except Ended as end:
                raise CageError(f"the self-attack did not come to its end: {end}{self._last_words()}") from None
        if opened == ["blind"]:
            raise CageError("a submission's own user cannot read Python's standard library")
        if opened:
            raise CageError(f"the sandbox does not hold: a locked process could {', '.join(map(str, opened))}")

    @contextlib.contextmanager
    def inmate(self) -> Iterator["Inmate"]:
        """A fresh locked process with an empty folder of its own; both are gone afterwards."""
        user = FIRST_USER + self.lane if self.tier.user else None
        scratch = Path(tempfile.mkdtemp(prefix="s", dir=self.work / "scratch"))
        if user is not None:
            os.chown(scratch, user, user)
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                if self._process is None or self._process.poll() is not None:  # what it started may linger for a moment
                    raise OSError("it has ended")
                self.control.settimeout(20)
                order = f"fork {scratch} {'-' if user is None else user}"
                socket.send_fds(self.control, [order.encode()], [theirs.fileno()])
                pid = self._answer()
            inmate = Inmate(self, ours, pid, scratch)
            try:
                yield inmate
            finally:
                inmate.bury()
        except OSError as problem:
            self.close()
            raise CageError(f"the warm process is gone ({problem}){self._last_words()}") from None
        finally:
            ours.close()
            empty(scratch)

    def _answer(self) -> int:
        told = b""
        while len(told) < 20:
            part = self.control.recv(20 - len(told))
            if not part:
                raise OSError("it closed its connection")
            told += part
        return int(told)

    def close(self) -> None:
        if self._process:
            self.control.close()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


class Inmate:
    """A submission's process. Whatever it sends is taken for data of unknown origin."""

    def __init__(self, cage: Cage, link: socket.socket, pid: int, scratch: Path) -> None:
        self.cage, self.link, self.pid, self.scratch = cage, link, pid, scratch
        self.exit: int | None = None
        link.setblocking(False)

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Its answer to a request, which it has `seconds` for; Ended if it gives none or a false one."""
        nonce = secrets.token_hex(16)
        asked = {"nonce": nonce, "seconds": float(seconds), **request}
        message = wire.pack(asked)
        deadline = time.monotonic() + seconds + GRACE
        self._write(len(message).to_bytes(4, "little") + message, deadline)
        return self._read(nonce, deadline)

    def _write(self, message: bytes, deadline: float) -> None:
        view = memoryview(message)
        while view:
            self._wait(deadline, writing=True)
            try:
                view = view[self.link.send(view[: 2**20]) :]
            except BlockingIOError:
                continue
            except OSError:
                raise self._ended() from None

    def _read(self, nonce: str, deadline: float) -> dict[str, Any]:
        size = int.from_bytes(self._exactly(4, deadline), "little")
        if size > wire.MAX_BYTES:
            most = wire.MAX_BYTES // 2**20
            raise Ended("tampered", f"its answer is {size / 2**20:.0f} MB long; at most {most} MB are read")
        try:
            told = wire.unpack(self._exactly(size, deadline))
        except ValueError as problem:
            raise Ended("tampered", f"its answer cannot be read ({problem})") from None
        if not isinstance(told, dict) or told.get("nonce") != nonce:
            raise Ended("tampered", "it answered something that was not asked")
        return told

    def _exactly(self, size: int, deadline: float) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            self._wait(deadline, writing=False)
            try:
                part = self.link.recv(min(size - len(parts), 2**20))
            except BlockingIOError:
                continue
            except OSError:
                raise self._ended() from None
            if not part:
                raise self._ended()
            parts += part
        return bytes(parts)

    def _wait(self, deadline: float, writing: bool) -> None:
        """Until the connection is ready; looks at the clock and at the folder meanwhile."""
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                self.bury()
                raise Ended("timed out", "it did not answer in time and was ended")
            link = [self.link]
            if any(select.select([] if writing else link, link if writing else [], [], min(left, 0.5))):
                return
            if not modest(self.scratch):
                self.bury()
                raise Ended("crashed", "it wrote more files than a submission may")

    def _ended(self) -> Ended:
        exit = self.bury()
        if exit == -9:
            return Ended("out of memory", "the system ended it: too much memory or processor time")
        if exit < 0:
            return Ended("crashed", f"it was ended by signal {-exit} (a crash in compiled code, or too much memory)")
        return Ended("crashed", f"it ended itself (exit code {exit})")

    def bury(self) -> int:
        """End the process; its exit code, minus the signal that ended it, or −1000 if it was ended here."""
        if self.exit is None:
            # A process that has just closed its connection may need a moment to be gone.
            readable = select.select([self.link], [], [], 0)[0]
            if readable:
                with contextlib.suppress(OSError):
                    while self.link.recv(2**20):
                        pass
                    time.sleep(0.02)
            self.cage.control.settimeout(20)
            self.cage.control.sendall(f"bury {self.pid}".encode())
            self.exit = self.cage._answer()
        return self.exit


def modest(folder: Path) -> bool:
    """Whether a folder holds no more than a submission may write."""
    size = files = 0
    stack = [str(folder)]
    while stack:
        try:
            with os.scandir(stack.pop()) as entries:
                for entry in entries:
                    files += 1
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(entry.path)
                    else:
                        size += entry.stat(follow_symlinks=False).st_size
        except OSError:
            return False  # too deep to be walked: not what a notebook needs
        if files > MAX_SCRATCH_FILES or size > MAX_SCRATCH_BYTES:
            return False
    return True


def empty(folder: Path) -> None:
    """Remove a folder, however deep; `rm` walks without recursion."""
    try:
        folder.rmdir()
    except OSError:
        subprocess.run(["rm", "-rf", "--", str(folder)], check=False, capture_output=True)


def tiers(locked: bool) -> Iterator[Tier]:
    """From the strongest to the weakest that is still sound; each is tried, and the first that holds is taken."""
    if not locked:
        yield Tier((), False, False)
        return
    root = os.geteuid() == 0
    for around in namespaces():
        if root:
            yield Tier(around, True)
        yield Tier(around, False)
    if root:
        yield Tier((), True)
    yield Tier((), False)


def namespaces() -> Iterator[tuple[str, ...]]:
    bubblewrap = shutil.which("bwrap")
    if bubblewrap:
        alone = [f"--unshare-{name}" for name in ("ipc", "uts", "net", "pid")]
        alone += ["--die-with-parent", "--proc", "/proc", "--dev", "/dev", "--cap-drop", "ALL"]
        if os.geteuid() == 0:
            for capability in ("SETUID", "SETGID", "KILL", "DAC_OVERRIDE", "CHOWN"):
                alone += ["--cap-add", f"CAP_{capability}"]
        else:
            alone += ["--unshare-user"]
        yield (bubblewrap, *alone, "@readable", "@scratch", "--chdir", "/")
    unshare = shutil.which("unshare")
    if unshare:
        user = [] if os.geteuid() == 0 else ["--user"]
        yield (unshare, *user, "--net", "--ipc", "--uts", "--pid", "--fork", "--kill-child")


# What takes long the first time in a process: a traceback, a picture, linear algebra.
WARM_UP = [
    "import sys\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n"
    "    get_ipython().InteractiveTB.structured_traceback(*sys.exc_info())",
    "import io\nimport numpy as np\nfrom matplotlib.figure import Figure\n"
    "_f = Figure()\n_f.subplots().plot(np.arange(3.0))\n"
    "_f.savefig(io.BytesIO())\nnp.linalg.norm(np.random.default_rng(0).normal(size=(3, 3)) @ np.ones(3))",
]

# In a chapter taught in PyTorch also: the first step of an optimizer (five seconds, by far the longest), the first
# backward, dropout and batch norm, half precision, a data loader, a file, a printed model.
WARM_UP_TORCH = """
import io
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
_x, _labels = torch.randn(8, 4), torch.arange(8) % 3
_model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Dropout(0.5), nn.BatchNorm1d(6), nn.Linear(6, 3))
for _kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW):
    _optimizer = _kind(_model.parameters(), lr=0.01)
    _schedule = torch.optim.lr_scheduler.StepLR(_optimizer, 1)
    for _batch, _answers in DataLoader(TensorDataset(_x, _labels), 4, shuffle=True):
        _optimizer.zero_grad()
        nn.CrossEntropyLoss()(_model(_batch), _answers).backward()
        nn.utils.clip_grad_norm_(_model.parameters(), 1.0)
        _optimizer.step()
    _schedule.step()
_model.eval()
with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
    str(_model(_x).softmax(1).argmax(1))
_file = io.BytesIO()
torch.save({"model": _model.state_dict(), "optimizer": _optimizer.state_dict()}, _file)
_file.seek(0)
torch.load(_file, weights_only=True)
str(_model)
"""
