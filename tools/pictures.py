"""Make the pictures of the README and of the page of TensorBoard: .venv/bin/python -m tools.pictures"""

import contextlib
import io
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import torch
from PIL import Image
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from autograder.cli import graded_table
from autograder.grading.run import grade
from course_lib import metrics_torch, training_torch
from tests.classes import ch04
from tests.classes.demo import hand_in, new_course
from tests.jupyterlab import browser_page, jupyterlab, open_notebook, run_all_cells

HERE = Path(__file__).resolve().parents[1]
IMAGES = HERE / "docs" / "images"
SHOWN = {*"ada bruno emil farid ines kira liam mina nils olga".split(), *"rosa tara vera xenia fritz".split()}  # noqa: SIM905


def check_answer(target: Path) -> None:
    """The Huber exercise with its classic mistake, as JupyterLab shows it."""
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder, "notebooks"), Path(folder, "home")
        root.mkdir(), home.mkdir()
        notebook = nbformat.read(HERE / "notebooks" / "ch04_losses" / "ch04_losses.ipynb", as_version=4)
        answer = ch04.answer_cells(notebook)["ch04.huber"]
        answer.source = (
            "def huber(prediction, target, delta=1.0):\n"
            "    error = np.abs(prediction - target)\n"
            "    return np.where(error <= delta, error**2 / 2, delta * error).mean()\n\n\n"
            "def huber_gradient(prediction, target, delta=1.0):\n"
            "    return np.clip(prediction - target, -delta, delta) / len(prediction)"
        )
        setup = [cell for cell in notebook.cells if "-setup-" in cell.id]
        notebook.cells = [*setup, answer, ch04.check_cell(notebook, "ch04.huber")]
        nbformat.write(notebook, root / "huber.ipynb")
        with jupyterlab(root, home) as address, browser_page(width=1180, height=900) as page:
            open_notebook(page, address, "huber.ipynb")
            page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
            run_all_cells(page)
            cells = page.locator(".jp-CodeCell")
            first, last = cells.nth(len(setup)).bounding_box(), cells.nth(len(setup) + 1).bounding_box()
            height = last["y"] + last["height"] - first["y"]
            clip = {"x": first["x"], "y": first["y"], "width": first["width"], "height": height}
            page.screenshot(path=target, clip=clip)


def graded_class(target: Path) -> None:
    """Some rows of the table that `make demo` prints."""
    with tempfile.TemporaryDirectory() as folder:
        course = new_course(Path(folder) / "course")
        hand_in(course)
        for student in course.students(ch04.CHAPTER):
            if student not in SHOWN:
                shutil.rmtree(course.path("submitted", ch04.CHAPTER, student).parent)
        console = Console(record=True, width=112, file=io.StringIO())
        console.print(graded_table(ch04.CHAPTER, list(grade(course, ch04.CHAPTER, feedback=False))))
        html = console.export_html(theme=DEFAULT_TERMINAL_THEME, inline_styles=True)
        style = "margin:0;padding:12px 16px;display:inline-block"
        (Path(folder) / "table.html").write_text(html.replace("<body>", f'<body style="{style}">'))
        with browser_page(width=1100, height=600) as page:
            page.goto((Path(folder) / "table.html").as_uri())
            page.locator("body").screenshot(path=target)


def watched_runs(logs: Path) -> None:
    """Two trainings on small digits, at two rates, with their event files in folders of their own."""
    from sklearn.datasets import load_digits

    x, labels = load_digits(return_X_y=True)
    x, labels = torch.tensor(x / 16, dtype=torch.float32), torch.tensor(labels)
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    (x, x_val), (labels, labels_val) = (part[order].split([1200, len(x) - 1200]) for part in (x, labels))
    for lr in (0.05, 0.3):
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
        monitor = training_torch.TensorBoardMonitor(logs / f"rate {lr}")
        training_torch.fit(
            model, torch.nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr=lr), x, labels, 12,
            validation=(x_val, labels_val), metrics={"accuracy": metrics_torch.accuracy}, callbacks=[monitor],
            rng=torch.Generator().manual_seed(0),
        )  # fmt: skip
        monitor.close()


@contextlib.contextmanager
def tensorboard(logs: Path) -> Iterator[str]:
    """TensorBoard on the loopback interface over the event files in `logs`; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(logs), "--host", "127.0.0.1"]
    with (logs.parent / "tensorboard.log").open("w") as log:
        server = subprocess.Popen([*command, "--port", str(port), "--load_fast=false"], stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/data/runs", timeout=2) as answer:
                if b"rate" in answer.read():
                    break
            time.sleep(0.25)
        else:
            raise TimeoutError((logs.parent / "tensorboard.log").read_text()[-2000:])
        yield address
    finally:
        server.terminate()
        server.wait(30)


def tensorboard_page(*targets: Path) -> None:
    """The curves of two runs as TensorBoard shows them; in 64 colors, which is all that the page has."""
    with tempfile.TemporaryDirectory() as folder:
        logs = Path(folder, "runs")
        watched_runs(logs)
        with tensorboard(logs) as address, browser_page(width=1000, height=1190) as page:
            page.goto(f"{address}/#timeseries", timeout=120_000)
            page.wait_for_selector("scalar-card svg path, tb-card-view svg path", timeout=120_000)
            page.get_by_role("button", name="Settings").last.click()  # they take a third of the page
            page.wait_for_timeout(6000)  # the curves are drawn one after the other
            content = page.screenshot()
    picture = Image.open(io.BytesIO(content)).convert("RGB").quantize(64)
    for target in targets:
        picture.save(target, optimize=True)


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    check_answer(IMAGES / "check.png")
    graded_class(IMAGES / "graded.png")
    tensorboard_page(IMAGES / "tensorboard.png", HERE / "course_lib" / "figures" / "training" / "tensorboard.png")
