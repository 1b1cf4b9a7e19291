# `make help` lists the commands; each installs what it needs first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.DEFAULT_GOAL := help

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' Makefile
	@echo "Rounds, releases, reports, privacy, operations: $(BIN)/hailong --help"

run: $(READY) ## the main job: simulate every round, run them all, print the indices beside the planted truth
	$(BIN)/hailong demo

test: check ## all checks and all tests
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: $(READY) ## format, lint, strict types, rules between rooms
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

ui: $(READY) ## Prefect server, worker and deployments on this machine; prints the address
	$(BIN)/hailong ui

deploy: $(READY) ## register deployments and alerts with the Prefect server of PREFECT_API_URL
	$(BIN)/hailong deploy

screenshots: $(READY) ## photograph the Prefect UI for the docs (needs Debian's chromium)
	$(BIN)/python docs/screenshots/take.py

bench: $(READY) ## speed and memory as ratios within one run: validation, tallies, suppression, redaction
	$(BIN)/python -m bench.bench_validation --rows 100000 1000000
	$(BIN)/python -m bench.bench_pipeline --rows 100000 1000000
	$(BIN)/python -m bench.bench_suppression
	$(BIN)/python -m bench.bench_redaction

bench-validation: $(READY) ## validation at 100,000, 1,000,000 and 10,000,000 submissions (half an hour, 9 GB)
	$(BIN)/python -m bench.bench_validation --rows 100000 1000000 10000000

docs: $(READY) ## write the generated pages again: data dictionary
	$(BIN)/hailong dictionary

format: $(READY) ## let ruff format and mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(READY) ## resolve dependencies again, with hashes and without addresses
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --group dev pyproject.toml -o requirements/lock.txt

clean: ## remove the environment and everything that runs have made
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# uv comes from the lock file like everything else, and installs the rest in seconds; where it cannot reach the
# registry that pip is set up for, pip does it in minutes.
$(READY): requirements/lock.txt pyproject.toml
	$(PYTHON) -c 'import sys; assert (3, 11) <= sys.version_info[:2] < (3, 13), "Python 3.11 or 3.12 is needed"'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	awk '/^uv==/ {on = 1} on {print} on && !/\\$$/ {exit}' requirements/lock.txt > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r $(VENV)/uv.txt
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --require-hashes -r requirements/lock.txt || \
	  $(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements/lock.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $(READY)

.PHONY: help run test check ui deploy screenshots bench bench-validation docs format lock clean
