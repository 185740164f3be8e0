# Two commands: `make demo` shows it, `make test` proves it. Both need Python 3.11 or newer and git.
.DEFAULT_GOAL := help
.PHONY: help demo test lint types floors actions unit rewritten pieces stories boundaries portfolios rows guards mutants soak newcomer \
	signal test-page pictures bench bench-gate lock clean

VENV := .venv
BIN := $(VENV)/bin
# The newest interpreter that is there; `make PYTHON=/path/to/python3` chooses another.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
# One more than there are cores: tests that wait for a clock or a child leave theirs to another.
JOBS ?= $(shell expr 1 + `getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2`)

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

# The stamp is newer than the lock file when everything in it is installed.
$(VENV)/installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer was found; set PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "make: $(PYTHON) cannot make an environment; on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(VENV)/installed ## the story of an outage, against a pretend GitHub and Railway
	@$(BIN)/pipeline-health demo

test: lint types floors actions unit ## everything that must hold

lint: $(VENV)/installed ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed ## mypy --strict
	$(BIN)/mypy --num-workers 2 pipeline_health tests benchmarks

floors: $(VENV)/installed ## import-linter
	$(BIN)/lint-imports --no-cache

# `dangerous-triggers` is about what a fork may bring: tests/deploy sees that only a push to the
# repository itself starts a run.
actions: $(VENV)/installed ## actionlint, shellcheck and hadolint, over what runs elsewhere
	@if [ -x $(BIN)/jactionlint ]; then set -x; \
		$(BIN)/jactionlint --no-color --strict-exit --shellcheck=$(BIN)/shellcheck \
			--ignore=dangerous-triggers deploy/github/*.yml deploy/github/*/action.yml && \
		$(BIN)/shellcheck -x deploy/github/*/*.sh deploy/*.sh && \
		$(BIN)/hadolint --failure-threshold style deploy/Dockerfile; \
	elif [ "$$CI" = true ]; then echo "make: no jactionlint in CI" >&2; exit 1; \
	else echo "actionlint is not there for this platform, so deploy/ is not checked"; fi

# Stories, fuzzers and long tables go through everything many times over. Coverage would double what
# they take, and what is asked of it holds without them: the other tests alone reach 95 % of all, and
# all of core.
STORIES := $(wildcard $(addprefix tests/,agent bench deploy processes properties replaying docs \
	*/test_fuzz*.py core/test_hostile*.py core/test_*_properties.py core/test_look_words.py \
	$(addprefix core/test_,inert.py issue_text_body.py signature_variants.py) \
	$(addprefix clients/test_,github_shapes.py railway_facts.py railway_pieces.py) \
	$(addprefix contract/test_,documents.py source_railway.py) \
	$(addprefix simulator/test_,github_cost.py loopback.py published_schemas.py) \
	$(addprefix ledger/test_,codec.py processes.py queries.py years.py) telemetry/test_redaction_time.py \
	$(addprefix cli/test_,*_secrecy.py promotion_pipeline.py promotion_attacks.py replay.py run_once.py \
	looking_back.py drill.py credentials_audit.py cold.py)))
PYTEST := -m pytest -q -n $(JOBS) --dist worksteal
# The ledger waits for the disk at each commit. What lies in memory proves the same, sooner.
MEMORY := $(shell free=`df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 {print $$4}'`; \
	if [ "$${free:-0}" -gt 1000000 ] && [ -w /dev/shm ]; then echo /dev/shm; fi)
ifneq ($(MEMORY),)
pieces stories boundaries portfolios: export PYTEST_DEBUG_TEMPROOT := $(MEMORY)
endif

unit: pieces stories ## the tests, with coverage: 95 % of all, every line and branch of core

rewritten: $(VENV)/installed # the asserts of all tests, once instead of once for each worker
	$(BIN)/python tests/rewritten.py

pieces: rewritten # every test but the stories
	$(BIN)/coverage erase
	$(BIN)/coverage run $(PYTEST) $(addprefix --ignore=,$(STORIES))
	$(BIN)/coverage combine -q
	$(BIN)/coverage report --fail-under=95
	$(BIN)/coverage report --fail-under=100 --include='pipeline_health/core/*'

stories: rewritten # what takes many cycles, many examples, or many processes
	$(BIN)/python $(PYTEST) $(STORIES)

boundaries: $(VENV)/installed ## let processes die at every boundary there is (slow)
	$(BIN)/python $(PYTEST) --thorough $(addprefix tests/processes/test_,boundaries.py command_dies.py)

portfolios: $(VENV)/installed ## two hundred products that fail at once, with one reason and with many (half a minute)
	$(BIN)/python $(PYTEST) --thorough tests/agent/test_portfolio_crowds.py

soak: $(VENV)/installed ## 20,000 cycles of random histories with every fault, on two cores (half an hour)
	PYTHONPATH=tests $(BIN)/python -m properties.soak --cycles 20000 --jobs 2

rows: $(VENV)/installed ## take each row of the decision tables away, and see a test fail (slow)
	$(BIN)/python tests/rows.py

guards: $(VENV)/installed ## take each guard (laws, promotion check, hostile input) away, and see a test fail (slow)
	$(BIN)/python tests/guards.py

# MUTANTS="gate.ci incidents", MUTANTS="--sample 40 --seed 1", MUTANTS=--resume: tests/mutants.py.
mutants: $(VENV)/installed ## change the core in thousands of small ways, and see tests fail (slow)
	$(BIN)/python tests/mutants.py $(MUTANTS)

newcomer: $(VENV)/installed ## deploy/install.sh for real in a throwaway home: pip, the registry, a look (half a minute)
	$(BIN)/python tests/install_for_real.py

# What drives the browser lies beside the environment, because it brings what structlog would import.
BROWSER := $(VENV)/browser
$(BROWSER)/installed: requirements-browser.lock $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --upgrade \
		--target $(BROWSER) -r requirements-browser.lock
	@touch $@

# Debian's `chromium` must be there: apt-get install chromium.
test-page: $(BROWSER)/installed ## the page in a real browser, without a head (a minute)
	PYTHONPATH=$(BROWSER) $(BIN)/python -m pytest -q tests/browser/in_chromium.py

pictures: $(BROWSER)/installed ## take the pictures of docs/page.md anew
	PYTHONPATH=$(BROWSER) $(BIN)/python tests/page_pictures.py

# REPLAY=../shared/replay: the recordings. They are replayed here, and the figures counted.
REPLAY ?= ../shared/replay
signal: $(VENV)/installed ## replay the recordings, and write the figures and the plot of docs/signal.md
	@test -d "$(REPLAY)" || { echo "make: no recordings in $(REPLAY); set REPLAY=FOLDER" >&2; exit 1; }
	@printed=$$(mktemp -d) && trap 'rm -r "$$printed"' EXIT && \
	for it in reli_railway_token_storm http_000_transients prod_lagging; do \
		echo "pipeline-health replay $(REPLAY)/$$it.json"; \
		$(BIN)/pipeline-health replay "$(REPLAY)/$$it.json" --json >"$$printed/$$it.json" || exit 1; \
	done && \
	$(BIN)/python tests/signal_page.py "$(REPLAY)" docs/signal.md docs/signal.svg --write --ours "$$printed" && \
	$(BIN)/python tests/signal_plot.py "$(REPLAY)" docs/signal.svg --ours "$$printed"

# QUICK=1: up to 100 projects, and nothing is written. The providers are processes of ours.
bench: $(VENV)/installed ## measure, and write the figures and the plot of docs/performance.md (a quarter of an hour)
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick)

bench-gate: $(VENV)/installed # what must hold of it, as ratios within one run (a minute)
	$(BIN)/python -m benchmarks --gate

LOCK := uv pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url \
	--generate-hashes pyproject.toml

lock: ## renew the lock files (needs uv): all that we use, and what the command needs
	$(LOCK) --upgrade --group dev --output-file requirements.lock
	$(LOCK) --constraint requirements.lock --output-file deploy/requirements.lock
	$(LOCK) --constraint requirements.lock --extra notify --output-file deploy/requirements-notify.lock
	$(filter-out pyproject.toml,$(LOCK)) --upgrade --constraint requirements.lock --group browser \
		--output-file requirements-browser.lock

clean: ## remove what was made
	rm -rf $(VENV) .venv-twin .mutants .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
