# Ordinary tools behind short names. `make demo` and `make test` set up what they need.
PYTHON ?= python3.11
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test lint setup clean docs check-data bench rehearsal

demo: $(READY)
	$(BIN)/snakemake
	@echo "page:   results/demo/report/index.html"
	@echo "scores: results/demo/tables/scores.csv"

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/mypy
	$(BIN)/snakemake --lint
	$(BIN)/python -m semantic_tokens.config.docs --check

check-data: $(READY)
	@test -n "$(DIR)" || { echo "make check-data DIR=path/to/upstream/files (layout: docs/data.md)"; exit 2; }
	$(BIN)/python -m semantic_tokens.sources.check_data "$(DIR)"

# Rows by parts of their names: make bench ROWS=kmeans. Real sizes, and a GPU's rows: make bench BENCH=full
bench: $(READY)
	$(BIN)/pip install --quiet --no-deps -r envs/bench.lock
	BENCH=$(BENCH) $(BIN)/python -m semantic_tokens.bench $(ROWS)

# configs/paper.yaml from the hub to the page, on stand-ins of the real shapes: docs/rehearsal.md. PART=ci: twelve minutes.
rehearsal: $(READY)
	PYTHONPATH=tests:workflow_scripts $(BIN)/python -m rehearsal --part $(or $(PART),all) $(if $(REAL),--real $(REAL)) $(ARGS)

docs: $(READY)
	$(BIN)/python -m semantic_tokens.config.docs

setup: $(READY)

# torch first and by itself: pip then takes the wheel that suits this machine, and nothing later replaces it.
$(READY): envs/requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet $$(grep '^torch==' envs/requirements.lock)
	$(BIN)/pip install --quiet -r envs/requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

clean:
	rm -rf results .snakemake
	@echo "removed results/ and .snakemake/; kept downloads (resources/) and the environment (.venv/)"
