# Everything starts from Python 3.11, make and git; the environment is made from requirements locked with hashes.
PYTHON ?= python3.11
BIN := .venv/bin
ENV := .venv/.complete
# Two workers; each real server serves one of them (tests/conftest.py). Empty: one after the other.
BESIDE ?= --numprocesses 2 --dist loadscope
EXAMPLES ?= --examples

.PHONY: help env run test check lint format record audit sbom schema operations messages screenshots pictures node federation demo-federation explorer lock bench bench-pages relevance clean

help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

env: $(ENV) ## Makes the environment .venv/ with .venv/bin/hubnetz in it

$(ENV): requirements/all.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/all.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

run: $(ENV) ## Starts Hubnetz with the ten hubs and made-up examples on http://127.0.0.1:8000 (EXAMPLES= leaves these out)
	$(BIN)/hubnetz seed --if-empty $(EXAMPLES)
	$(BIN)/hubnetz serve

test: $(ENV) ## Runs every test that can run here; NEO4J_URL, MEILI_URL + MEILI_KEY, KEYCLOAK_URL add the servers
	$(BIN)/python -m pytest $(BESIDE)

check: lint ## Format, lint, types, rooms and the fast tests; under a minute
	$(BIN)/python -m pytest -q $(BESIDE) tests/unit tests/test_architecture.py

lint: $(ENV) ## Format, lint and types, of tests and measurements, too
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(ENV) ## Formats the code and mends what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

record: $(ENV) ## Records tests/recordings/meilisearch/ anew; needs MEILI_URL and MEILI_KEY of an empty server
	MEILI_RECORD=1 $(BIN)/python -m pytest -q tests/contract/search

audit: $(ENV) ## Known vulnerabilities and licences of what is installed
	$(BIN)/python requirements/audit.py

sbom: $(ENV) ## Writes the list of components to var/sbom.cdx.json (CycloneDX)
	@mkdir -p var
	$(BIN)/cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml --output-reproducible --output-file var/sbom.cdx.json
	@echo "var/sbom.cdx.json"

schema: $(ENV) ## Writes docs/schema/*.graphql and docs/permissions.md anew; tells breaking, dangerous and safe changes
	$(BIN)/hubnetz schema --write docs/schema
	$(BIN)/hubnetz permissions --write docs/permissions.md

operations: $(ENV) ## Writes what the operations of the pages take, for the type checker
	$(BIN)/python -m network.pages.operations.stub

messages: $(ENV) ## Adds new texts of pages to the English catalogue, takes old ones out, and lists those that wait for English words
	$(BIN)/python -m network.pages.catalogue

screenshots: $(ENV) ## Every page at 360, 768 and 1440 px into var/screenshots/, then with 10,000 projects of long names (needs the package chromium)
	$(BIN)/python -m tests.pages.browser.pictures every
	$(BIN)/python -m tests.pages.browser.pictures large

pictures: $(ENV) ## Takes the pictures of README.md anew (needs chromium, and make explorer for one of them)
	$(BIN)/python -m tests.pages.browser.pictures readme

node: ## Installs what tests on Node.js 20 need: router and composers, compatibility tests, the audit of GraphQL over HTTP, the example
	for folder in deploy/router examples/parking tests/federation tests/federation/compatibility tests/http_audit; do \
	  (cd $$folder && npm ci --ignore-scripts --no-audit --no-fund) || exit 1; done
	cd examples/parking && npm run --silent build

federation: $(ENV) node ## Runs what others ask of a federation, and routers in front of ours; prints a table: suite, cases, passed
	$(BIN)/python -m tests.federation -q $(BESIDE)

# Packages of a folder, once its lock is newer.
%/node_modules/.package-lock.json: %/package-lock.json
	cd $* && npm ci --ignore-scripts --no-audit --no-fund

examples/parking/dist/server.js: examples/parking/node_modules/.package-lock.json examples/parking/tsconfig.json $(wildcard examples/parking/src/*.ts)
	cd examples/parking && npm run --silent build

demo-federation: $(ENV) deploy/router/node_modules/.package-lock.json examples/parking/dist/server.js ## Five subgraphs, two of them of others, behind a router: asks them all, stays until Ctrl-C (DEMO='--help')
	$(BIN)/python examples/demo.py $(DEMO)

explorer: ## Builds the GraphQL explorer from pinned npm packages (needs Node.js 20)
	cd explorer && npm ci --ignore-scripts --no-audit --no-fund && npm run build

bench: $(ENV) ## Measures with 1,000 projects; bench/README.md says what, and how to get the rest (BENCH='--help')
	$(BIN)/python -m bench $(BENCH)

bench-pages: $(ENV) ## How long pages take with 10,000 projects, and how large they are (PAGES='--help')
	$(BIN)/python -m bench.pages --keep var/bench $(PAGES)

relevance: $(ENV) ## Measures how well search finds, Meilisearch too where MEILI_URL and MEILI_KEY are set (RELEVANCE='--help')
	$(BIN)/python -m bench.relevance $(RELEVANCE)

lock: $(ENV) ## Locks the requirements anew, with hashes and without index addresses
	cd requirements && for name in run build all; do \
	  ../$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header \
	  --output-file $$name.txt $$( case $$name in all) echo --all-extras --all-build-deps;; build) echo --all-build-deps --only-build-deps;; esac ) ../pyproject.toml; done

clean: ## Removes environment and caches; var/ (the data) stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
