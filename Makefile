# make lesson: everything from a fresh machine to the films and their page in dist/
# make test:   everything from a fresh machine to a tested tree
PYTHON ?= python3
export PYTHON
BIN = .venv/bin

.PHONY: lesson test check lock clean

lesson:
	@tools/setup.sh lesson
	@$(BIN)/python render.py lesson

test:
	@tools/setup.sh test
	@$(BIN)/python -m pytest -n auto $(ARGS)

check: # lint and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

lock: # newest versions that pyproject.toml allows, into requirements/
	@$(BIN)/python tools/lock.py

clean: # what is made, but for .venv
	@rm -rf dist media .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
