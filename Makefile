# Every target sets up .venv first, once; it is set up again when the locked versions change.
# Needed on the machine: make and Python 3.11 or newer.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11
PYTHON ?= $(shell for python in $(CANDIDATES); do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO_PLAN := examples/demo/plan
DEMO_OUT := out/demo
CELLS ?= 10000
LOCK := uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-annotate --no-header --no-emit-index-url
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install demo test lint format bench lock

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

install: $(STAMP) ## virtual environment .venv with the locked dependencies and the command `allocator`

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON) (once, a minute or two)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP) ## allocate the bundled company, show the summary, verify the result
	$(BIN)/allocator run $(DEMO_PLAN) --out $(DEMO_OUT)
	$(BIN)/allocator verify $(DEMO_OUT) --plan $(DEMO_PLAN)

test: $(STAMP) ## all tests; what this machine cannot run is named at the end
	$(BIN)/python -m pytest -n 2

lint: $(STAMP) ## style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(STAMP) ## write the style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(STAMP) ## seconds by phase and memory at 10,000 cells (make bench CELLS=100000)
	$(BIN)/python -m benchmarks.bench --cells $(CELLS)

lock: ## pin the newest allowed versions in requirements.lock (needs uv)
	$(LOCK) --extra dev --upgrade pyproject.toml -o requirements.lock
	$(LOCK) --extra dev --extra bench --constraint requirements.lock pyproject.toml -o requirements-bench.lock
