# News Harvester. `make` alone lists the targets; each needs only make and Python 3.11 or newer.
PYTHON ?= python3
BIN    := .venv/bin
# Twice quiet: errors are shown, warnings about the settings of this machine's pip are not.
PIP     := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
INSTALL := $(PIP) --constraint constraints.txt
export PYTHONUTF8 = 1

.DEFAULT_GOAL := help
.PHONY: help demo test coverage check bench golden accept docs ci

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

demo: .venv/.run  ## crawl the bundled newsroom into demo/, search it, export it: nothing leaves this machine
	$(BIN)/python -m tests.site.demo

test: .venv/.test  ## run every test
	$(BIN)/python -m pytest -n 4 --dist worksteal $(ARGS)

coverage: .venv/.test  ## run every test, and tell which lines none runs (half as fast)
	$(BIN)/python -m pytest -n 4 --dist worksteal --cov --cov-report=term:skip-covered $(ARGS)

check: .venv/.check  ## ruff, mypy strict, import contracts, the contract between docs and code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory docs

bench: .venv/.test  ## measure speed as ratios against the plain alternative
	$(BIN)/python -m benchmarks

golden: .venv/.test  ## read every golden page and show what differs
	$(BIN)/python -m pytest tests/golden -q

accept: .venv/.test  ## take today's reading of the golden pages as the expected one (look at the diff)
	$(BIN)/harvester sources golden accept --golden tests/golden

docs: .venv/.test  ## hold the documentation to the code
	$(BIN)/python -m pytest tests/docs -q --no-cov

ci: export CI = true  # the property tests take the same examples every time; `make test` takes new ones
ci: check test demo  ## all that must be green: check, test, demo

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 …"; exit 2; }
	$(PYTHON) -m venv .venv
	$(PIP) --upgrade pip

.venv/.run: .venv/bin/python pyproject.toml constraints.txt
	$(INSTALL) --editable .
	@touch $@

.venv/.test: .venv/.run
	$(INSTALL) --group test
	@touch $@

.venv/.check: .venv/.test
	$(INSTALL) --group check
	@touch $@
