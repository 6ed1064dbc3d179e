# Needs Python 3.11 or newer with venv, make, and a package index. `make help` lists what there is.

PYTHON ?= python3
PORT ?= 8000
CITY ?= shanghai
DAY ?= usual
ARGS ?=
WORKERS ?= 2

RUN := .venv/bin/python -m
PIP := $(RUN) pip --quiet --quiet --disable-pip-version-check --no-input
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.PHONY: help demo test prove faults check format bench lock clean

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-8s %s\n' "$$name" "$$text"; done

demo: .venv/demo.stamp ## A simulated city on this machine (PORT=8000 CITY=shanghai DAY=surge SPEED=1 CREWS=200)
	@$(RUN) oneroom demo --port $(PORT) --city $(CITY) --day $(DAY) $(if $(SPEED),--speed $(SPEED)) $(if $(CREWS),--crews $(CREWS))

test: .venv/work.stamp ## All tests, each worker on a real PostgreSQL of its own (ARGS="-k name" WORKERS=2)
	@$(RUN) pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS); ended=$$?; \
	mkdir -p .pytest_cache; echo $$ended >.pytest_cache/ended; exit $$ended

prove: .venv/work.stamp ## The proofs, minutes each: kill -9 under load (5 rounds), planted faults found, a database that hangs
	@$(RUN) pytest -m 'prove and not alone' --numprocesses $(WORKERS) --dist load $(ARGS); beside=$$?; \
	$(RUN) pytest -m 'prove and alone' -s $(ARGS); alone=$$?; mkdir -p .pytest_cache; \
	echo $$beside $$alone >.pytest_cache/ended; case $$beside$$alone in 00|05|50) ;; *) exit 1 ;; esac

faults: .venv/work.stamp ## kill -9 of every part and of PostgreSQL under load (ROUNDS=200 SEED=7 PLANT=early_ack)
	@$(RUN) tests.faults --rounds $(or $(ROUNDS),5) $(if $(SEED),--seed $(SEED)) $(if $(PLANT),--plant $(PLANT))

check: .venv/work.stamp ## Style, types, import rules, known weaknesses
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@.venv/bin/python -c 'from importlinter.cli import lint_imports_command as run; run()'
	@$(RUN) bandit --quiet --recursive --configfile pyproject.toml src

format: .venv/work.stamp ## Lay the code out, and mend what can be mended without thought
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

bench: .venv/work.stamp ## The benchmarks; each prints one line of JSON
	@for script in benchmarks/*.py; do .venv/bin/python "$$script" || exit 1; done

lock: .venv/work.stamp ## Pin every dependency anew, with hashes
	@command -v uv >/dev/null || $(PIP) install uv
	@PATH="$$PATH:.venv/bin"; lock="uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml"; \
	$$lock --group build --output-file requirements.txt && \
	$$lock --group build --group dev --constraint requirements.txt --output-file requirements-dev.txt

clean: ## Remove the environment; the demo's data stays
	@rm -rf .venv

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "OneRoom needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	@$(PYTHON) -m venv .venv

# The hashes make sure of what is installed; our own package comes last, built by the setuptools that is pinned there.
.venv/demo.stamp: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the demo needs …"
	@$(PIP) install --require-hashes --requirement requirements.txt
	@$(PIP) install --no-build-isolation --no-deps --no-index --editable .
	@touch $@

.venv/work.stamp: requirements-dev.txt .venv/demo.stamp
	@echo "Installing what the tests need …"
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@touch $@
