# `make` alone lists what there is.
BIN := .venv/bin
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help setup certify serve format lint types test cover soak bench certs build clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/.run: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

.venv/.dev: .venv/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

setup: .venv/.dev  ## install everything that development needs

certify: .venv/.run  ## certify the exemplary presystem: the first look
	PATH="$(CURDIR)/$(BIN):$$PATH" mockpilot certify --profile scenarios/profiles/demo.toml -- mockpilot presystem --quick

serve: .venv/.run  ## a well-behaved CMS for manual work
	$(BIN)/mockpilot serve

format: .venv/.dev  ## sort imports and mend what ruff can
	$(BIN)/ruff check --fix simulator scenarios tests

lint: .venv/.dev  ## ruff
	$(BIN)/ruff check simulator scenarios tests

types: .venv/.dev  ## mypy --strict
	$(BIN)/mypy simulator scenarios tests

test: .venv/.dev  ## all tests but the slow ones
	$(BIN)/pytest -q -m "not slow" -n auto

cover: .venv/.dev  ## branch coverage
	$(BIN)/coverage run -m pytest -q -m "not slow" && $(BIN)/coverage report --skip-covered

soak: .venv/.dev  ## everything, slow tests too: offender matrix, many examples
	MOCKPILOT_HYPOTHESIS=soak $(BIN)/pytest -q -n auto

bench: .venv/.dev  ## benchmarks: ratios measured side by side
	$(BIN)/python tests/benchmarks/bench_cms.py
	$(BIN)/python tests/benchmarks/bench_depot.py
	$(BIN)/python tests/benchmarks/bench_report.py
	$(BIN)/python tests/benchmarks/bench_fixture.py
	$(BIN)/python tests/benchmarks/bench_console.py

certs: .venv/.run  ## a CA and a server certificate for a lab, into certs/
	$(BIN)/mockpilot certs certs

build: .venv/.dev  ## the wheel
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:  ## remove what was made here
	rm -rf .venv build dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
