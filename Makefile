# Two commands make everything from an empty clone: `make demo` and `make test`.
# Each kind of install leaves a stamp in the environment, so a second run starts at once.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: help demo test lint clean

help:
	@echo "make demo    compress and decompress a photograph, next to JPEG and WebP"
	@echo "make test    run the tests"
	@echo "make lint    check the style"
	@echo "make clean   remove everything that these made, the environment included"
	@echo "PYTHON=...   which Python makes the environment (now: $(PYTHON))"

demo: $(VENV)/.has-demo
	$(BIN)/python -m wlc.benchmarks demo

test: $(VENV)/.has-test
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/.has-test
	$(BIN)/python -m ruff check .

# Editable, so that both commands share one environment and always see the source as it stands.
$(VENV)/.has-demo: EXTRAS := demo
$(VENV)/.has-test: EXTRAS := test,bench
$(VENV)/.has-%: setup.cfg pyproject.toml constraints.txt | $(VENV)/pyvenv.cfg
	@echo "Installing wlc[$(EXTRAS)] into $(VENV); PyTorch is large, this takes a few minutes the first time."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

$(VENV)/pyvenv.cfg:
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) out build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
