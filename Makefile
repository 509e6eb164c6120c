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
BENCH_PLAN := out/bench/plan-10000
BENCH_VENV := .venv-bench
BENCH_STAMP := $(BENCH_VENV)/.installed
HIPO_VENV := .venv-hipo
HIPO_STAMP := $(HIPO_VENV)/.installed
SOAKS := $(subst /,.,$(basename $(wildcard benchmarks/soak_*.py)))
LOCK := uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-annotate --no-header --no-emit-index-url
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install demo serve test lint format bench bench-quick bench-scenarios bench-page soak lock openapi clients

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

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

serve: $(STAMP) ## the service with the demo company, on http://127.0.0.1:8000 (storage: out/service)
	@mkdir -p out
	ALLOCATOR_STORAGE=$${ALLOCATOR_STORAGE:-out/service} $(BIN)/allocator serve --demo

test: $(STAMP) ## all tests; what this machine cannot run is named at the end
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(STAMP) ## style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(STAMP) ## write the style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(BENCH_STAMP) $(HIPO_STAMP) ## peers side by side, whole runs, growth, what-if; writes docs/performance.md
	$(BENCH_VENV)/bin/python -m benchmarks.bench $(BENCH_OPTIONS)

bench-quick: $(BENCH_STAMP) $(HIPO_STAMP) ## the same at 1,000 and 10,000 cells in two minutes, without the page
	$(BENCH_VENV)/bin/python -m benchmarks.bench --quick $(BENCH_OPTIONS)

bench-scenarios: $(STAMP) ## what-if and 1,000 scenarios of 10,000 cells on two processes and on Dask, in five minutes
	test -d $(BENCH_PLAN) || $(BIN)/python -m benchmarks.plans $(BENCH_PLAN) --reps 1000 --products 10
	$(BIN)/python -m benchmarks.scenarios $(BENCH_PLAN) --out out/bench/scenarios.json

bench-page: $(BENCH_STAMP) ## docs/performance.md and its pictures from the last record
	$(BENCH_VENV)/bin/python -m benchmarks.report

$(BENCH_STAMP): requirements-bench.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python"; exit 1; }
	@echo "Setting up $(BENCH_VENV) with the peers (once, a minute or two)"
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --require-hashes -r requirements-bench.lock
	$(BENCH_VENV)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# HiPO comes with another version of HiGHS than ours; where it cannot be had, the contest says so.
$(HIPO_STAMP): benchmarks/requirements-hipo.lock
	@$(PYTHON) -m venv $(HIPO_VENV) && \
		$(HIPO_VENV)/bin/python -m pip install --quiet --require-hashes -r $< && touch $@ || \
		{ rm -rf $(HIPO_VENV); echo "HiGHS with HiPO cannot be installed here: the contest goes on without it"; }

soak: $(STAMP) ## long campaigns of random plans against the engines (minutes to hours)
	@test -n "$(SOAKS)" || { echo "There is no campaign in benchmarks/soak_*.py"; exit 1; }
	@for campaign in $(SOAKS); do $(BIN)/python -m $$campaign $(SOAK_OPTIONS) || exit 1; done

openapi: $(STAMP) ## docs/openapi.json, from which clients are generated
	$(BIN)/python -m service.openapi

clients: $(STAMP) ## lint docs/openapi.json and compile the clients of four generators (needs Node.js and Java)
	tests/clients/compile.sh

lock: ## pin the newest allowed versions in requirements.lock (needs uv)
	$(LOCK) --extra dev --upgrade pyproject.toml -o requirements.lock
	$(LOCK) --extra dev --extra bench --constraint requirements.lock pyproject.toml -o requirements-bench.lock
	$(LOCK) benchmarks/requirements-hipo.in -o benchmarks/requirements-hipo.lock
