# What can be done here: `make help` prints it.
PORT ?= 8000
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup run quick test lint sure format browser mutants audit production bench

help:  ## print this
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1  \2/p' Makefile | awk '{ name = $$2; $$1 = $$2 = ""; printf "  make %-10s%s\n", name, $$0 }'

run:  ## set everything up and serve the demo at http://127.0.0.1:8000 (PORT=8010 for another port, PYTHON=python3.12 for another Python)
	@.ci/setup run
	@exec .venv/bin/letterhub demo --port $(PORT)

setup:  ## install what development needs: system packages, .venv, Python packages
	@.ci/setup test

quick:  ## the tests on SQLite without a browser and without the slowest, in under three minutes (ARGS="-k signing" for a part)
	@.ci/setup test
	@.venv/bin/python -m pytest --quick --numprocesses auto --dist worksteal $(ARGS)

test:  ## the whole suite, on SQLite, PostgreSQL and in Chromium (ARGS="-k signing" for a part)
	@.ci/setup test
	@.venv/bin/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

lint:  ## format, lint, types, import contracts and templates, without running anything
	@.ci/setup test
	@.ci/lint

sure:  ## all that must hold before a commit is shared: format, lint, types, import contracts, templates, tests
	@.ci/setup test
	@.ci/lint
	@.venv/bin/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

browser:  ## the stories in Chromium alone, with pictures in tests/browser/pictures
	@.ci/setup test
	@.venv/bin/python -m pytest tests/browser $(ARGS)

audit:  ## tools of others against a demo on this machine: wapiti, sqlmap, bandit, axe, the Nu HTML checker (a quarter of an hour; docs/audit.md has what was found)
	@.ci/setup test
	@.venv/bin/python -m audit $(ARGS)

production:  ## the commands of docs/operations.md in a bare Debian, a letter, and the failure of each part (root; a quarter of an hour)
	@.ci/setup test
	@.venv/bin/python -m audit.production $(ARGS)

bench:  ## the measurements of bench/ (an hour; bench/README.md has those of ours)
	@.ci/setup test
	@.venv/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements-bench.lock
	@for each in bench/*.py bench/pdf bench/web; do .venv/bin/python "$$each" || exit 1; done

format:  ## rewrite Python files in the one format
	@.ci/setup test
	@.venv/bin/ruff check --quiet --fix-only .
	@.venv/bin/ruff format --quiet .
