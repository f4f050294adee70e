#!/bin/sh
# Make .venv with everything the course needs. Called by the Makefile; needs Python 3.11 to 3.13 with venv, and git.
set -eu
python=${PYTHON:-python3}

stop() { echo "setup: $1" >&2; exit 1; }

command -v "$python" >/dev/null 2>&1 ||
    stop "$python is not installed. Install it with: sudo apt-get install python3 python3-venv python3-pip"
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' ||
    stop "$("$python" --version) is not supported; Python 3.11 to 3.13 is. Name another one with: make PYTHON=python3.12 …"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    stop "Python's venv module is missing. Install it with: sudo apt-get install python3-venv python3-pip"

"$python" -m venv .venv
echo "setup: installing the course and what it needs into .venv (once; a few minutes) …"
# Bytecode is compiled on first import instead: that makes the installation a third faster.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt -e '.[dev]' ||
    stop "pip could not install the requirements; its message is above. Is there a network? Try again with: make setup"
.venv/bin/python -c 'import torch; print(f"setup: ready (PyTorch {torch.__version__}, GPU: {torch.cuda.is_available()})")'
