# Ordinary tools behind short names. Each target first sets up what it needs; bare `make` lists them.
PYTHON ?= python3.11
BIN := .venv/bin
READY := .venv/.ready
# `make lock` and `make site` have environments of their own: what they ask for should not decide the versions above.
LOCKING := .venv-lock/.ready
SITE := .venv-site/.ready

.DEFAULT_GOAL := help
.PHONY: help serve demo test test-faults test-quick lint setup clean docs site lock check-data bench rehearsal

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY)  ## run the whole workflow on config.yaml; ends at results/demo/report/index.html
	$(BIN)/snakemake
	@echo "page:   results/demo/report/index.html"
	@echo "scores: results/demo/tables/scores.csv"

# RUN=name for another run than the demo, PORT=number for another port than 8000.
serve: $(READY)  ## serve the pages of a run on http://127.0.0.1:8000, until Ctrl-C; RUN=demo PORT=8000
	@test -d results/$(or $(RUN),demo)/report || { echo "results/$(or $(RUN),demo)/report is not there: run the workflow first, or name another run: make serve RUN=name"; exit 2; }
	$(BIN)/python -m http.server $(or $(PORT),8000) --bind 127.0.0.1 --directory results/$(or $(RUN),demo)/report

test: $(READY)  ## run the whole test suite on all cores
	$(BIN)/python -m pytest -n auto --dist loadfile

# FAULTS: how many configs are mutated, and files damaged.
test-faults: $(READY)  ## attack configs, files, intermediates, disks and running steps; FAULTS=20000 attacks more
	FAULTS=$(or $(FAULTS),2000) $(BIN)/python -m pytest -n auto --dist loadfile tests/faults tests/test_damage.py \
		tests/test_in_use.py tests/end_to_end/test_killed_steps.py tests/end_to_end/test_stale_writer.py

test-quick: $(READY)  ## run the tests that start no workflow
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow" --ignore tests/end_to_end --ignore tests/rehearsal

lint: $(READY)  ## run ruff, snakefmt, mypy, snakemake --lint; check that the generated docs are up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/mypy
	$(BIN)/snakemake --lint
	$(BIN)/python -m semantic_tokens.config.docs --check

check-data: $(READY)  ## parse every upstream file under DIR=folder and say what is in it
	@test -n "$(DIR)" || { echo "make check-data DIR=path/to/upstream/files (layout: docs/data.md)"; exit 2; }
	$(BIN)/python -m semantic_tokens.sources.check_data "$(DIR)"

# Rows by parts of their names: make bench ROWS=kmeans. Real sizes, and a GPU's rows: make bench BENCH=full
bench: $(READY)  ## time our code beside its peers (docs/bench.md); ROWS=kmeans selects rows
	$(BIN)/pip install --quiet --no-deps -r envs/bench.lock
	BENCH=$(BENCH) $(BIN)/python -m semantic_tokens.bench $(ROWS)

# PART=ci: twelve minutes.
rehearsal: $(READY)  ## run configs/paper.yaml on stand-ins of the real shapes (docs/rehearsal.md); takes hours
	PYTHONPATH=tests:workflow_scripts $(BIN)/python -m rehearsal --part $(or $(PART),all) $(if $(REAL),--real $(REAL)) $(ARGS)

docs: $(READY)  ## regenerate config.schema.json and docs/config.md from the config models
	$(BIN)/python -m semantic_tokens.config.docs

site: $(SITE)  ## build the documentation into site/
	.venv-site/bin/mkdocs build --strict

lock: $(LOCKING)  ## pin what pyproject.toml asks for in envs/; ARGS=--upgrade looks for newer versions
	.venv-lock/bin/python envs/lock.py $(ARGS)

setup: $(READY)  ## create .venv/ from envs/requirements.lock

# torch first and by itself: pip then takes the wheel that suits this machine, and nothing later replaces it.
$(READY): envs/requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet $$(grep '^torch==' envs/requirements.lock)
	$(BIN)/pip install --quiet -r envs/requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(SITE): envs/docs.lock
	$(PYTHON) -m venv .venv-site
	.venv-site/bin/pip install --quiet -r $<
	touch $@

$(LOCKING):
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet pip-tools==7.6.2
	touch $@

clean:  ## remove results/; keep downloads and environments
	rm -rf results .snakemake site
	@echo "removed results/, .snakemake/ and site/; kept downloads (resources/) and environments (.venv*/)"
