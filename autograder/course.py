"""A course on disk: its folders, its nbgrader configuration, its gradebook."""

import logging
import os
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.config import Config, PyFileConfigLoader

if TYPE_CHECKING:  # nbgrader takes seconds to import: where it is not needed, it is not
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory


class CourseError(Exception):
    """Something the person at the terminal can mend; the message is one sentence or two."""


class Course:
    """The folder that holds `solutions/` and `nbgrader_config.py`."""

    def __init__(self, root: str | Path = ".") -> None:
        self.root = Path(root).resolve()
        if not (self.root / "nbgrader_config.py").is_file():
            raise CourseError(
                f"{self.root} is not a course: it has no nbgrader_config.py. "
                "Go to the course's folder, or name it with --course DIR."
            )

    @cached_property
    def config(self) -> Config:
        config = PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()
        config.CourseDirectory.root = str(self.root)
        return config

    @cached_property
    def directory(self) -> "CourseDirectory":
        from nbgrader.coursedir import CourseDirectory

        return CourseDirectory(config=self.config)

    @cached_property
    def api(self) -> "NbGraderAPI":
        from nbgrader.apps.api import NbGraderAPI

        # nbgrader runs `alembic` from PATH when it makes a gradebook; it lies beside this interpreter.
        beside = str(Path(sys.executable).parent)
        if beside not in os.environ.get("PATH", "").split(os.pathsep):
            os.environ["PATH"] = beside + os.pathsep + os.environ.get("PATH", "")
        for chatty in ("alembic", "traitlets"):
            logging.getLogger(chatty).setLevel(logging.CRITICAL)
        return NbGraderAPI(self.directory, config=self.config)

    def path(self, step: str, chapter: str, student: str = ".") -> Path:
        """The folder of a chapter at one of nbgrader's steps: source, release, submitted, autograded or feedback."""
        step_directory = getattr(self.directory, f"{step}_directory")
        return Path(self.directory.format_path(step_directory, student, chapter))

    def chapters(self) -> list[str]:
        return sorted(path.stem for path in (self.root / "solutions").glob("ch*.py"))

    def solution(self, chapter: str) -> Path:
        path = self.root / "solutions" / f"{chapter}.py"
        if not path.is_file():
            known = ", ".join(self.chapters()) or "none"
            raise CourseError(f"There is no chapter {chapter!r} in {path.parent}; there are: {known}.")
        return path

    def students(self, chapter: str) -> list[str]:
        """Who handed in a folder for the chapter."""
        submitted = self.root / self.directory.submitted_directory
        return sorted(path.parent.name for path in submitted.glob(f"*/{chapter}") if path.is_dir())
