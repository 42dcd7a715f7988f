# What a contributor needs, in one place: `make` lists it. Everything happens in .venv.
PYTHON ?= python3
BIN := .venv/bin
# Installed packages follow the lock, so that a run here and a run elsewhere use the same versions.
LOCK := requirements-ci.txt

.DEFAULT_GOAL := help
.PHONY: help venv format format-check lint types test demo eval bench docs site lock clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##/\1 -/p' Makefile

.venv/pyvenv.cfg:
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/pyvenv.cfg pyproject.toml $(LOCK)
	$(BIN)/python -m pip install --quiet --constraint $(LOCK) --editable .
	@touch $@

.venv/.installed-dev: .venv/.installed $(LOCK)
	$(BIN)/python -m pip install --quiet --requirement $(LOCK)
	@touch $@

venv: .venv/.installed-dev  ## .venv with communique and all that its tests need

format: venv  ## formats the code
	$(BIN)/ruff format src tests tools eval benchmarks corpus
	$(BIN)/ruff check --fix --quiet src tests tools eval benchmarks corpus

format-check: venv  ## says whether the code is formatted
	$(BIN)/ruff format --check src tests tools eval benchmarks corpus

lint: venv  ## ruff
	$(BIN)/ruff check src tests tools eval benchmarks corpus

types: venv  ## mypy --strict
	$(BIN)/mypy

test: venv  ## all tests
	$(BIN)/python -m pytest

demo: .venv/.installed  ## codes samples/ and shows the record
	@PATH="$(CURDIR)/$(BIN):$$PATH" COMMUNIQUE=$(BIN)/communique bash tools/demo.sh

GOLD ?= eval/gold
eval: venv  ## scores the coder on hand-coded texts: make eval GOLD=folder
	$(BIN)/communique evaluate $(GOLD)

bench: venv  ## measures speed and memory beside baselines and writes docs/speed.md (about 25 minutes)
	$(BIN)/python benchmarks/speed.py

docs: venv  ## brings docs/ and README up to date: generated pages, and what the others show
	$(BIN)/communique check
	$(BIN)/python tools/docs.py --write

site: venv  ## builds the documentation as a site in site/, to be read without a network
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "open site/index.html"

lock:  ## writes requirements-ci.txt anew from pyproject.toml
	uv pip compile pyproject.toml --group test --group dev --universal --python-version 3.11 \
	  --no-header --no-emit-index-url --no-annotate --quiet --upgrade --output-file $(LOCK)

clean:  ## removes caches, builds and demo records
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist site demo-*
