# What there is to do in a checkout. Needs make, Python 3.10 or newer and a package index, nothing else.
.POSIX:
.PHONY: help practice test test-slow check docs bench coverage clean

# Byte code makes every start faster; some shells switch it off.
RUN = unset PYTHONDONTWRITEBYTECODE;
BIN = .venv/bin
# One worker more than two processors: many tests wait for children and screens. A worker that is done takes
# over what another has still to do.
PYTEST_OPTIONS = -n 3 --dist worksteal

help:
	@echo "make practice   try the wizard on a practice cluster: no cloud account, no cost"
	@echo "make test       the tests (a few minutes); make test-slow has the long journeys"
	@echo "make check      style, types and layers"
	@echo "make docs       write docs/config/ anew, after a change of keys, fields, traits or lint rules"
	@echo "make coverage   the tests again, counting the lines they reach"
	@echo "make bench      measure speed and memory"
	@echo "make clean      remove .venv and everything else that was generated"

practice:
	@tools/make_venv helm
	@$(RUN) if [ -t 0 ] && [ -t 1 ]; then $(BIN)/z2jh-wizard practice; \
	else $(BIN)/z2jh-wizard practice --headless; fi

test:
	@tools/make_venv helm,dev
	@$(RUN) $(BIN)/python -m pytest -m "not slow" $(PYTEST_OPTIONS)

test-slow:
	@tools/make_venv helm,dev
	@$(RUN) $(BIN)/python -m pytest -m slow $(PYTEST_OPTIONS)

check:
	@tools/make_venv helm,dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs:
	@tools/make_venv helm,dev
	$(BIN)/python tools/make_config_docs.py

bench:
	@tools/make_venv helm,dev
	@$(RUN) missed=0; for program in $$(grep -l __main__ benchmarks/[a-z]*.py); do \
	echo "== $$program"; $(BIN)/python "$$program" || missed=1; done; exit $$missed

coverage:
	@tools/make_venv helm,dev
	@$(RUN) PATH="$(BIN):$$PATH" tools/coverage $(PYTEST_OPTIONS)

clean:
	rm -rf .venv .cache .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache \
	.ruff_cache build dist *.egg-info
	find z2jh_wizard tests benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} +
