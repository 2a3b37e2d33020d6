# Two commands: `make run` and `make test`. Needs Python 3.11 or later, git and make; everything else is installed here.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
UV := uv==0.13.9
# Dozens of processes load the same modules: let the first keep what it compiled, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run test coverage fuzz everybody race audit bench check format lock docs screenshots tried clean install assets browser brokers mailboxes

help: ## Say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: install assets ## Start the product and print its address; SIGNIN=oidc signs in through an identity provider
	@$(BIN)/platsverket up $(if $(SIGNIN),--sign-in $(SIGNIN))

test: install assets browser brokers mailboxes ## Run every test
	@$(BIN)/python -m pytest --numprocesses=4 --dist=loadfile --no-loadscope-reorder $(PYTEST_ARGS)

coverage: override PYTEST_ARGS += --cov --cov-report=term:skip-covered --cov-report=xml
coverage: test ## Run every test and state the branch coverage, which takes a third longer

fuzz: install ## Send the API all that its description allows, and much that it does not
	@$(BIN)/python scripts/fuzz.py $(FUZZ_ARGS)

everybody: install ## Try every address as everybody in every role and organisation, in minutes; `make test` tries some
	@EVERYBODY=1 $(BIN)/python -m pytest tests/api/access/test_every_address.py

race: install ## Let 32 writers race for the seats of activities, a thousand times each, in minutes; in `make test` thirty
	@RACES=32 $(BIN)/python -m pytest tests/hubs/activities/test_race.py

audit: install ## Ask whether anything known is wrong with what the lock files name: 1 where it is, 4 where nobody answers
	@$(BIN)/python scripts/audit_dependencies.py

bench: install ## Measure the optimiser on small markets, in some minutes; see docs/benchmarks.md
	@echo "Installing what the benchmarks need …"
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements-bench.lock
	@$(BIN)/platsverket bench table $(BENCH_ARGS)
	@$(BIN)/platsverket bench plot

check: install ## Format, lint, types, import contracts, lock files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: install ## Format and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: install ## Write the reference pages that are made from the code
	@$(BIN)/python scripts/write_reference.py

screenshots: install assets browser ## Take the pictures of the main pages in docs/images, on the sample region
	@$(BIN)/python scripts/take_screenshots.py

tried: install assets browser ## Do the three jobs of the guides at a person's pace, on the sample region, and tell how long each takes
	@$(BIN)/python -m scripts.try_guides

lock: $(VENV)/installed ## Renew the lock files from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --extra redis --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra redis --group dev -c requirements.lock --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.lock
	@$(BIN)/uv pip compile pyproject.toml --extra redis --extra otel -c requirements-dev.lock --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements-otel.lock
	@$(BIN)/uv pip compile pyproject.toml --extra bench -c requirements-dev.lock --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements-bench.lock
	@$(BIN)/uv pip compile requirements-build.in -c requirements-dev.lock --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements-build.lock

clean: ## Remove what was installed and built here; the data folder stays
	@rm -rf $(VENV) node_modules api/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*

install: $(VENV)/installed

$(VENV)/installed: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; $(PYTHON) is older. Name another: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing. On Debian: apt install python3-venv"; exit 1; }
	@echo "Installing Python packages …"
	@$(BIN)/pip install --quiet --disable-pip-version-check $(UV)
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements-dev.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

assets: api/static/vendor/installed

api/static/vendor/installed: package-lock.json scripts/vendor_assets.py | $(VENV)/installed
	@echo "Installing web assets …"
	@$(BIN)/python scripts/vendor_assets.py
	@touch $@

brokers: ## Install Debian's Redis and RabbitMQ for the tests of real brokers where it may; without them these are skipped
	@command -v redis-server >/dev/null && command -v rabbitmq-server >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing redis-server and rabbitmq-server …" && apt-get update -qq \
	  && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server rabbitmq-server >/dev/null; } \
	  || echo "The tests of real brokers are skipped. On Debian: apt install redis-server rabbitmq-server"

mailboxes: ## Install Debian's Dovecot for the test of a room's mailbox where it may; without it that is skipped
	@command -v /usr/sbin/dovecot >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing dovecot-imapd …" && apt-get update -qq \
	  && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends dovecot-imapd >/dev/null; } \
	  || echo "The test of a room's mailbox is skipped. On Debian: apt install dovecot-imapd"

browser: ## Install Debian's headless chromium for the browser tests where it may; they take twice as long with the whole
	@command -v chromium-headless-shell >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing chromium-headless-shell …" && apt-get update -qq \
	  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null; } \
	  || command -v chromium >/dev/null \
	  || { echo "The browser tests need a chromium. On Debian: apt install chromium-headless-shell"; exit 1; }
