# Two commands do all the set-up: `make serve` runs Mnemograph, `make test` checks it.
# Needed: make and Python 3.11 or newer. Everything else comes from the locks, checked by hash.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes
COMMAND = $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

.DEFAULT_GOAL := help
.PHONY: help serve demo services services-stop test lint types imports tests faults faults-quick conformance bench lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Mnemograph needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/runtime: requirements.lock | $(VENV)/python
	@echo "installing the packages of requirements.lock (about 500 MB unpacked) ..."
	$(PIP) -r requirements.lock
	@$(COMMAND)
	@touch $@

$(VENV)/develop: requirements-dev.lock | $(VENV)/python
	@echo "installing the packages of requirements-dev.lock ..."
	$(PIP) -r requirements-dev.lock
	@$(COMMAND)
	@touch $@ $(VENV)/runtime

serve: $(VENV)/runtime ## run the server on one SQLite file
	@$(BIN)/python -m app serve

demo: $(VENV)/runtime ## load a small lively data set and say what to try
	@$(BIN)/python -m app demo

services: ## start Neo4j, Weaviate and Redis on loopback, in containers or from packages
	@$(PYTHON) -m services start

services-stop: ## stop what `make services` started; the data stay
	@$(PYTHON) -m services stop

test: lint types imports tests ## format, lint, types, import contracts, all tests

lint: $(VENV)/develop
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/develop
	$(BIN)/mypy

imports: $(VENV)/develop
	$(BIN)/lint-imports

tests: $(VENV)/develop
	$(BIN)/python -m pytest

conformance: $(VENV)/develop ## suites that others wrote, against the real server (needs Node 20 or newer)
	tests/conformance/run

faults: breakable ## kill, freeze, cut and fill real servers of their own, 15 minutes; writes tests/faults/REPORT.md
	FAULTS=full FAULTS_REPORT=tests/faults/REPORT.md $(BIN)/python -m pytest -p no:cacheprovider tests/faults

faults-quick: breakable ## the same, fewer times, in 6 minutes; ONLY=killed tries those whose names have that word
	FAULTS=quick $(BIN)/python -m pytest -p no:cacheprovider tests/faults $(if $(ONLY),-k $(ONLY))

breakable: $(VENV)/develop
	@$(PYTHON) -c 'from services.install import everything; everything()'

bench: $(VENV)/develop ## every benchmark; writes benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

lock: ## resolve the locks anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev --extra bench -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: services-stop ## remove what make made
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
