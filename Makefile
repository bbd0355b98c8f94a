.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python -m sanctuary.launch run --
SUPPORTERS ?= 20000

.venv/.ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "Fetching the Python packages into .venv: once, and again when requirements.lock changes …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@touch $@

## Run the whole house with made-up people; PORT=8000 and SUPPORTERS=20000 can be changed
demo: .venv/.ready
	@DEBUG=1 $(RUN) $(BIN)/python -m sanctuary.demo --supporters $(SUPPORTERS)

## Forget the demonstration's data, so that the next `make demo` starts afresh
demo-reset: .venv/.ready
	@$(BIN)/python -m sanctuary.launch stop
	@rm -rf "$${SANCTUARY_DATA:-.data}"
	@echo "The demonstration's data is gone."

## Run every check and test, as CI does; ARGS="tests/groups -k join" narrows the tests
test: .venv/.ready
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@SANCTUARY_DATA="$${SANCTUARY_DATA:-.data/test}" SANCTUARY_FAST=1 DEBUG=1 $(RUN) $(BIN)/pytest $(ARGS)

## Load every postcode of the UK into the database of `make demo`
postcodes: .venv/.ready
	@DEBUG=1 $(RUN) $(SHELL) -c '$(BIN)/python manage.py migrate --verbosity 0 && $(BIN)/python manage.py load_postcodes --all'

## Measure the mail engine beside this machine's ceiling and a peer; ARGS="--growth", "--nodes" and others: "--help"
bench: .venv/.ready
	@SANCTUARY_DATA="$${SANCTUARY_DATA:-.data/bench}" DEBUG=1 $(RUN) $(BIN)/python -m tests.bench $(ARGS)

## Send through kills, restarts and a broken relay, and account for everybody; ARGS="--recipients 50000"
chaos: .venv/.ready
	@$(BIN)/python -m tests.chaos $(ARGS)

## Run a management command: make manage ARGS="shell"
manage: .venv/.ready
	@DEBUG=1 $(RUN) $(BIN)/python manage.py $(ARGS)

## Write the code in one style
format: .venv/.ready
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

## Pin every library anew, with hashes and without addresses
lock: .venv/.ready
	@$(BIN)/uv pip compile --quiet --upgrade pyproject.toml --group dev --universal --generate-hashes \
		--no-emit-index-url --no-header -o requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --group bench --constraint requirements.lock --universal --generate-hashes \
		--no-emit-index-url --no-header -o tests/bench/requirements.lock

## List what you can do
help:
	@awk '/^## /{words=substr($$0,4)} /^[a-z-]+:/{if(words){split($$1,name,":");printf "make %-12s %s\n",name[1],words};words=""}' Makefile

.PHONY: demo demo-reset test postcodes bench chaos manage format lock help
