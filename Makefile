# Every target does its own set-up: .venv is made once and again whenever the requirements change.

BIN := .venv/bin
READY := .venv/.ready
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONDONTWRITEBYTECODE :=  # or everything is compiled anew at each start

.PHONY: help setup lab demo build check test mutants-lib clean

help:
	@echo "make lab     open JupyterLab on the chapters"
	@echo "make demo    grade a class of real submissions of chapter 04"
	@echo "make build   make notebooks/ from solutions/"
	@echo "make check   format, lint, types and the fast tests (under a minute)"
	@echo "make test    everything, browser tests included"
	@echo "make mutants-lib   plant small errors in course_lib and count those that the tests notice"

$(READY): pyproject.toml constraints.txt tools/setup.sh
	@tools/setup.sh
	@touch $@

setup: $(READY)

lab: $(READY)
	@$(BIN)/jupyter lab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

demo: $(READY)
	@$(BIN)/python -m tests.classes.demo

build: $(READY)
	@$(BIN)/autograder build

check: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@OMP_NUM_THREADS=1 $(BIN)/pytest -q -n 2 --dist loadfile -m "not slow"

test: $(READY)
	@tools/chromium.sh
	@tools/bubblewrap.sh
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadfile

mutants-lib: $(READY)
	@$(BIN)/python -m tools.mutants_lib

clean:
	@rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache
