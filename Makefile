# Two commands do everything: `make demo` and `make test`. The others are for those who work on it.
.PHONY: demo screenshots test test-long check plan down setup browser clouds
SAMPLE ?= samples/timetables/demo.png
run := .venv/bin/
# Without bytecode every run would compile Pulumi's SDK again.
unexport PYTHONDONTWRITEBYTECODE
# Temporary files of tests go with them, those that pytest and others would keep included.
in_scratch := scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT INT TERM; TMPDIR=$$scratch

demo: setup  ## A scanned timetable through the whole system on this machine; leaves it running
	@$(run)pilaster up
	@$(run)pilaster process $(SAMPLE)
	@$(run)pilaster status

down: setup  ## Stop everything; the data stays
	@$(run)pilaster down

test: setup browser clouds  ## Every test but the soaks
	@web/build.sh run test
	@$(in_scratch) $(run)pytest tests -m "not long"

test-long: setup clouds  ## Soaks and large samples; properties by examples that nobody saw
	@export HYPOTHESIS_PROFILE=default; $(in_scratch) $(run)pytest tests -m long

check: setup clouds  ## Lint, format, types, import contracts, the site's too
	@$(run)ruff check . && $(run)ruff format --check . && $(run)pyright && $(run)lint-imports && web/build.sh run check

screenshots: demo browser  ## The site's main pages, drawn into docs/images/
	@$(run)python web/screenshots.py

plan: setup clouds  ## What the clouds and the policies would refuse of each stack; no account needed
	@for stack in dev prod dev-service dev-gcp dev-azure; do \
		$(run)pilaster preview --stack $$stack --check && $(run)pilaster policy --strict --stack $$stack || exit 1; done

# Skipped while nothing it depends on has changed and what it made still runs (a moved checkout does not).
setup:
	@[ .venv/.ready -nt uv.lock ] && [ .venv/.ready -nt cli/setup.sh ] && .venv/bin/python -c '' 2>/dev/null || \
		{ cli/setup.sh && touch .venv/.ready; }
	@web/build.sh

browser: setup  # what only the tests need
	@$(run)python -c 'import playwright, icalendar' 2>/dev/null && command -v chromium >/dev/null || cli/setup.sh browser

has := .venv/bin/python -c 'import sys; from importlib.util import find_spec; sys.exit(not all(map(find_spec, sys.argv[1:])))'
clouds: setup  # what previews and tests the clouds but AWS: some 300 MB, and no demo needs them
	@$(has) pulumi_gcp functions_framework pulumi_azure_native azure || cli/setup.sh clouds
