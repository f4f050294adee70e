"""Notebook cells in this process: IPython without a kernel. What a cell shows is kept as a notebook's outputs, cut
off where long."""

import sys
from collections.abc import Mapping
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type

MAX_TEXT = 20_000  # characters of a cell's prints
MAX_DATA = 500_000  # characters of a cell's pictures and pages
MAX_OUTPUTS = 50
CUT = "\n… the rest of the output was cut off"
KNOWN_TYPES = frozenset(["text/plain", "text/html", "text/latex", "text/markdown", "image/png", "image/svg+xml"])


class Outputs:
    """The outputs of the running cell, in nbformat's form."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.text = self.data = 0

    def stream(self, name: str, text: str) -> None:
        if self.text > MAX_TEXT:
            return
        text = str(text)
        room = MAX_TEXT - self.text
        self.text += len(text)
        if len(text) > room:
            text = text[:room] + CUT
        last = self.items[-1] if self.items else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self.items.append({"output_type": "stream", "name": name, "text": text})

    def show(self, kind: str, data: Mapping[str, Any]) -> None:
        if len(self.items) >= MAX_OUTPUTS:
            return
        kept = {mime: str(value) for mime, value in data.items() if mime in KNOWN_TYPES}
        size = sum(map(len, kept.values()))
        if self.data + size > MAX_DATA:
            kept = {"text/plain": kept.get("text/plain", "")[:1000] + CUT}
        self.data += size
        output = {"output_type": kind, "data": kept, "metadata": {}}
        self.items.append(output | ({"execution_count": None} if kind == "execute_result" else {}))

    def error(self, name: str, message: str, lines: list[str]) -> None:
        self.items.append(
            {
                "output_type": "error",
                "ename": name[:200],
                "evalue": message[:MAX_TEXT],
                "traceback": "\n".join(lines)[:MAX_TEXT].split("\n"),
            }
        )


class Stream:
    """Stands for sys.stdout or sys.stderr."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, outputs: Outputs, name: str) -> None:
        self.outputs, self.name = outputs, name

    def write(self, text: str) -> int:
        self.outputs.stream(self.name, text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        raise OSError("a notebook's output has no file descriptor")


class _Hook(DisplayHook):
    def __call__(self, result: Any = None) -> None:
        if result is not None and not self.quiet():
            data, _ = self.compute_format_data(result)
            self.shell.outputs.show("execute_result", data)
            self.update_user_ns(result)


class _Publisher(DisplayPublisher):
    def publish(self, data: Any, metadata: Any = None, source: Any = None, **options: Any) -> None:
        self.shell.outputs.show("display_data", data)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear()


class Shell(InteractiveShell):
    """Runs cells and keeps their outputs."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def __init__(self, **options: Any) -> None:
        self.outputs = Outputs()
        super().__init__(**options)

    def init_history(self) -> None:
        from IPython.core.history import HistoryManager

        HistoryManager.enabled = False  # it would start a thread
        super().init_history()

    def enable_gui(self, gui: Any = None) -> None:
        pass

    def _showtraceback(self, kind: Any, problem: Any, lines: list[str]) -> None:
        self.outputs.error(getattr(kind, "__name__", "Error"), str(problem), list(lines))

    def run(self, source: str) -> list[dict[str, Any]]:
        """Run one cell; return its outputs."""
        self.outputs.clear()
        before = sys.stdout, sys.stderr
        streams: Any = Stream(self.outputs, "stdout"), Stream(self.outputs, "stderr")
        sys.stdout, sys.stderr = streams
        try:
            self.run_cell(source, store_history=False)
        except BaseException as problem:  # what IPython lets through
            self.outputs.error(type(problem).__name__, str(problem), [])
        finally:
            sys.stdout, sys.stderr = before
        return self.outputs.items
