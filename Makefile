# Targets for development; `make help` lists them.
PORT ?= 8000
ARGS ?=

export PYTHONDONTWRITEBYTECODE =  # empty: each process of the tests would compile all modules again

.DEFAULT_GOAL := help
.PHONY: help setup run quick test lint sure format browser pictures docs editor mutants messages audit production bench image version release

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1  \2/p' Makefile | awk '{ name = $$2; $$1 = $$2 = ""; printf "  make %-10s%s\n", name, $$0 }'

run:  ## install everything and serve the demo at http://127.0.0.1:8000 (PORT=8010 for another port, PYTHON=python3.12 for another Python)
	@.ci/setup run
	@exec .venv/bin/letterhub demo --port $(PORT)

setup:  ## install what development needs: system packages, .venv, Python packages
	@.ci/setup test

quick:  ## tests on SQLite without a browser and without the slowest, in under three minutes (ARGS="-k signing" for a part)
	@.ci/setup test
	@.venv/bin/python -m pytest --quick --numprocesses auto --dist worksteal $(ARGS)

test:  ## the whole suite, on SQLite, PostgreSQL and in Chromium (ARGS="-k signing" for a part)
	@.ci/setup test
	@.venv/bin/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

lint:  ## format, lint, types, import contracts and templates, without running anything
	@.ci/setup test
	@.ci/lint

sure:  ## lint and the whole suite, before you share a commit
	@.ci/setup test
	@.ci/lint
	@.venv/bin/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

browser:  ## browser tests only, with screenshots in tests/browser/pictures
	@.ci/setup test
	@TAKE_PICTURES=1 .venv/bin/python -m pytest tests/browser $(ARGS)

pictures:  ## take the pictures of the help pages anew, into docs/guide/pictures
	@.ci/setup test
	@WRITE_PICTURES=1 .venv/bin/python -m pytest tests/browser/stories/test_pictures.py $(ARGS)

docs:  ## write the help pages as files into dist/help
	@.ci/setup run
	@.venv/bin/python -m release.help_site

editor:  ## make static/js/sheet-editor.js from frontend/ (needs npm)
	@cd frontend && npm ci --ignore-scripts --no-audit --no-fund --silent && npm run --silent build

mutants:  ## change one expression at a time and list the changes that no test notices (an hour; ARGS="--sample 40 --only letterhub/domain")
	@.ci/setup test
	@.venv/bin/python -m tests.mutation $(ARGS)

messages:  ## bring the translations up to date with the sentences, and count what is missing (ARGS=es lists it)
	@.ci/setup test
	@.venv/bin/python -m tests.support.languages.messages $(ARGS)

audit:  ## security scanners against a demo on this machine: wapiti, sqlmap, bandit, axe, Nu HTML checker (15 minutes; results: docs/audit.md)
	@.ci/setup test
	@.venv/bin/python -m audit $(ARGS)

production:  ## run docs/operations.md in a bare Debian, then make each part fail (root; 15 minutes; results: docs/faults.md)
	@.ci/setup test
	@.venv/bin/python -m audit.production $(ARGS)

bench:  ## measurements (an hour; results: bench/README.md)
	@.ci/setup test
	@.venv/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements-bench.lock
	@for each in bench/*.py bench/pdf bench/web; do .venv/bin/python "$$each" || exit 1; done

image:  ## take the steps of deploy/Dockerfile on this machine, a fresh Debian, as root, and start what they made
	@python3 release/image_steps.py

version:  ## turn the unreleased changes of CHANGELOG.md into a version, dated today (VERSION=0.1.0)
	@python3 -m release.next_version $(VERSION)

release:  ## the files of a release in dist/: wheel, source, image context, bill of materials, checksums
	@.ci/setup test
	@.venv/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements-release.lock
	@.venv/bin/python -m release

format:  ## format Python files
	@.ci/setup test
	@.venv/bin/ruff check --quiet --fix-only .
	@.venv/bin/ruff format --quiet .
