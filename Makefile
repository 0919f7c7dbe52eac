# make demo · make test · make run   (everything else they need, they make)
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup demo run check test cover lint texts month bench fuzz mutants audit clean

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r requirements.txt
	@$(BIN)/python -m compileall -q $(VENV)/lib || true
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt $(VENV)/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r requirements-dev.txt
	@$(BIN)/python -m compileall -q $(VENV)/lib || true
	@touch $@

demo: setup
	@$(BIN)/python main.py demo

run: setup
	@$(BIN)/python main.py run

check: setup
	@$(BIN)/python main.py check

lint: $(VENV)/.ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# More than there are cores: tests also wait, for disks, timers and processes.
PYTEST = $(BIN)/python -m pytest -n 3 --dist worksteal

test: lint
	$(PYTEST)

# Takes twice as long: up to Python 3.13 each branch is counted by a trace function.
cover: $(VENV)/.ready-dev
	$(PYTEST) --cov --cov-report=term

texts: $(VENV)/.ready-dev
	$(BIN)/python -m tests.catalogues

month: $(VENV)/.ready-dev
	$(BIN)/python -m tests.story.month

# New random requests and cases for some minutes; `make test` tries the same few each time.
fuzz: $(VENV)/.ready-dev
	$(BIN)/python -m pytest tests/fuzz tests/school --hypothesis-profile=fuzz

# Breaks the code where it matters most and sees that tests notice: about an hour, then only what
# has changed. `make mutants ONLY=zoom.` for a part. tests/mutants.toml explains what survives.
mutants: $(VENV)/.ready-dev requirements-mutants.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r requirements-mutants.txt
	$(BIN)/python -m tests.mutants $(ONLY)

# Needs the internet: asks for known weaknesses of what is pinned, in an environment of its own.
audit:
	$(PYTHON) -m venv build/audit
	build/audit/bin/pip install --quiet --disable-pip-version-check pip-audit
	build/audit/bin/pip-audit --require-hashes --disable-pip -r requirements.txt
	build/audit/bin/pip-audit --require-hashes --disable-pip -r requirements-dev.txt

bench: setup
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .hypothesis .coverage
