"""A folder for one grading process, gone when it ends; what a killed one left behind goes when the next one starts."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "autograder-"


@contextlib.contextmanager
def workspace() -> Iterator[Path]:
    """The folder's name tells whose it is: autograder-<process>-…"""
    sweep()
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as folder:
        path = Path(folder)
        path.chmod(0o755)  # submissions have users of their own
        yield path


def sweep() -> None:
    """Remove our own folders of graders that are no more."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        number = path.name.removeprefix(PREFIX).partition("-")[0]
        with contextlib.suppress(OSError):
            if number.isdigit() and path.stat().st_uid == os.geteuid() and not _lives(int(number)):
                shutil.rmtree(path, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
