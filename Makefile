# Two commands: `make run` starts everything, `make test` tests everything. Python 3.11 to 3.13 is all that must be there.
SHELL := /bin/sh
PYTHON ?=
VENV ?= .venv
export PORT ?= 8000
export SANDBOX_PORT ?= 8010

.PHONY: run test faults faults-mutants lock clean
.DEFAULT_GOAL := run

run: $(VENV)/.run
	@exec $(VENV)/bin/python manage.py run

test: $(VENV)/.run $(VENV)/.test
	@CHROME="$${CHROME:-}" sh tests/run.sh "$(VENV)"

# make faults N=1000 DB=postgres SEED=1 CLOCK=+300: real processes, kills, faults at 30 %, and a checker; both databases unless one is named.
faults: $(VENV)/.run $(VENV)/.test
	@code=0; for db in $(or $(DB),sqlite postgres); do \
	  $(VENV)/bin/python -m tests.faults.run --db $$db $(if $(N),--n $(N)) $(if $(SEED),--seed $(SEED)) $(if $(CLOCK),--clock=$(CLOCK)) || code=$$?; \
	done; exit $$code

# Mistakes on purpose, each of which the fault run has to notice.
faults-mutants: $(VENV)/.run $(VENV)/.test
	@$(VENV)/bin/python -m tests.faults.killing

# One sentence and the command that helps, instead of a traceback half a minute later.
$(VENV)/bin/python:
	@PYTHON="$(PYTHON)"; \
	for name in "$$PYTHON" python3 python3.13 python3.12 python3.11; do \
	  [ -n "$$name" ] && "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { PYTHON="$$name"; break; }; \
	  PYTHON=""; \
	done; \
	[ -n "$$PYTHON" ] || { echo "The portal needs Python 3.11, 3.12 or 3.13. On Debian: apt-get install python3 python3-venv, then make run"; exit 1; }; \
	if command -v uv >/dev/null 2>&1; then \
	  UV_PYTHON_DOWNLOADS=never uv venv -q --python "$$("$$PYTHON" -c 'import sys; print(sys.executable)')" $(VENV); \
	else \
	  "$$PYTHON" -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python has no venv module. On Debian: apt-get install python3-venv, then make run"; exit 1; }; \
	  "$$PYTHON" -m venv $(VENV); \
	fi || { rm -rf $(VENV); echo "The virtual environment could not be made in $(VENV)."; exit 1; }

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@$(call install,requirements.txt)

$(VENV)/.test: requirements-test.txt | $(VENV)/.run
	@$(call install,requirements-test.txt)

define install
if command -v uv >/dev/null 2>&1 && uv pip install -q -p $(VENV)/bin/python --require-hashes -r $(1); then touch $@; \
else $(VENV)/bin/python -m ensurepip -q >/dev/null 2>&1; \
  $(VENV)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1) && touch $@; fi \
|| { echo "The packages of $(1) could not be installed. Is the network there? Then try again: make $(MAKECMDGOALS)"; exit 1; }
endef

lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links requirements.in -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links requirements-test.in -o requirements-test.txt

clean:
	rm -rf $(VENV) var
