"""JupyterLab in a headless Chromium, for the browser test and for the pictures in the docs."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS = {
    # Every cell stays in the page, also those far from what is seen.
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false", "checkForUpdates": False},
}


def chromium() -> str:
    """The browser's path; FileNotFoundError with the command that installs it."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    raise FileNotFoundError("the browser tests need Chromium; install it with: sudo apt-get install chromium")


@contextlib.contextmanager
def browser_page(dark: bool = False, width: int = 1280, height: int = 900) -> Iterator[Page]:
    arguments = QUIET + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        try:
            yield browser.new_page(
                viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
            )
        finally:
            browser.close()


@contextlib.contextmanager
def jupyterlab(root: Path, home: Path, dark: bool = False) -> Iterator[str]:
    """A JupyterLab on the loopback interface over the notebooks in `root`, settings in `home`; yields its address."""
    settings = SETTINGS | {
        "@jupyterlab/apputils-extension/themes.jupyterlab-settings": {
            "theme": "JupyterLab Dark" if dark else "JupyterLab Light"
        }
    }
    for name, content in settings.items():
        path = home / "settings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"),
        *("--ServerApp.port_retries=0", "--IdentityProvider.token=", "--expose-app-in-browser"),
        *(f"--ServerApp.root_dir={root}", f"--LabApp.user_settings_dir={home / 'settings'}"),
        f"--LabApp.workspaces_dir={home / 'workspaces'}",
    ]
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
    }
    with (home / "jupyterlab.log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=root)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            if server.poll() is not None:
                break
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api", timeout=2):
                break
            time.sleep(0.25)
        else:
            raise TimeoutError("JupyterLab did not answer within a minute")
        if server.poll() is not None:
            raise RuntimeError("JupyterLab ended:\n" + (home / "jupyterlab.log").read_text()[-2000:])
        yield address
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def open_notebook(page: Page, address: str, path: str) -> None:
    page.goto(f"{address}/lab/tree/{path}?reset", timeout=120_000)
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=120_000)
    kernel = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"
    ready = f"{kernel}?.connectionStatus === 'connected' && {kernel}?.status === 'idle'"
    page.wait_for_function(ready, timeout=120_000)


def run_all_cells(page: Page, timeout: float = 180) -> None:
    """Run the open notebook from top to bottom and wait for its end (or for the first cell that raises)."""
    page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => { window.ran = true })")
    page.wait_for_function("window.ran", timeout=timeout * 1000)
    page.wait_for_timeout(500)  # the last output is drawn after its cell has ended
