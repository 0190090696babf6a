# Everything a person types. A stack is the name of any Pulumi.<name>.yaml.
STACK ?= dev
BASE ?= origin/main
ARGS ?=
SERVICES ?= 1000
PROXIES ?= 100
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Examples are projects of their own, with module names of their own.
OWN_RUN := --no-error-summary --config-file ../../pyproject.toml --cache-dir ../../.mypy_cache

.DEFAULT_GOAL := help
.PHONY: help new preview try graph diff certificates up destroy test test-dates test-charts test-engine test-mesh test-real tools tools-versions \
  lint format docs lock benchmark-preview benchmark-signing benchmark-mesh benchmark-sidecar clean
# One after the other: what is missing is said before anything is downloaded, and pip runs once at a time.
.NOTPARALLEL:

# Before any package of ours is installed; the one in the virtual environment, where there is one.
BARE_PYTHON = $(if $(wildcard $(BIN)/python),$(BIN)/python,$(PYTHON))
PYTHON_IS_NEW_ENOUGH = $(BARE_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 4) and "Python 3.11.4 or newer is needed, this is " + sys.version.split()[0] + ". Set PYTHON=<path>.")'
# NEEDS=unchecked goes on where something is missing. Exit status of the check: 3 for that.
NEEDS ?= checked
CAN_RUN = $(PYTHON_IS_NEW_ENOUGH) && { test $(NEEDS) = unchecked || $(BARE_PYTHON) -m local.needs $(1); }

help: ## Show this list.
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

new: $(VENV)/run ## Write the stack file of a new environment (STACK=staging; asks on a terminal, else ARGS="--region ...").
	@$(BIN)/python -m ops new $(STACK) $(ARGS)

preview: $(VENV)/run ## Print what `pulumi up` would build, without credentials (STACK=dev).
	@$(BIN)/python -m ops preview --stack $(STACK) $(ARGS)

try: can-run-try $(VENV)/mesh ## Bring a stack up on this computer and open its product page (STACK=dev; Linux, Go, root).
	@$(BIN)/python -m local.tryout --stack $(STACK) $(ARGS)

graph: $(VENV)/run ## Print the components and their order as a Mermaid diagram (STACK=dev).
	@$(BIN)/python -m ops graph --stack $(STACK)

diff: $(VENV)/run ## Print what the work tree changes in every stack, risks first (BASE=origin/main).
	@$(BIN)/python -m ops diff --base $(BASE) $(ARGS) || case $$? in 3 | 4) ;; *) exit 1 ;; esac

certificates: $(VENV)/run ## Print the mesh's certificates, and what is due (STACK=dev, ARGS=--live).
	@$(BIN)/python -m ops certificates --stack $(STACK) $(ARGS)

up: $(VENV)/run ## Check the machine and the settings, then run `pulumi up` (STACK=dev, ARGS=--yes).
	@$(BIN)/python -m ops up --stack $(STACK) -- $(ARGS)

destroy: $(VENV)/run ## Say what AWS keeps, then run `pulumi destroy` (STACK=dev).
	@$(BIN)/python -m ops destroy --stack $(STACK) -- $(ARGS)

test: lint ## Fast tests with ruff and mypy.
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal $(ARGS)

test-dates: $(VENV)/dev ## The fast tests in 3 days, 6 months, on a leap day in Auckland, in 11 years (ARGS=11-years for one; needs datefudge).
	@$(BIN)/python -m tests.dates $(ARGS)

test-charts: $(VENV)/local ## Render every release with helm and Istio's charts, and read the manifests back (needs Go).
	@$(BIN)/python -m local.tools helm actionlint istio || test "$$CI" != true
	@$(BIN)/python -m pytest -q -rs tests/charts $(ARGS)

test-engine: $(VENV)/local ## Run the program on the real Pulumi engine against stand-in providers (needs Go).
	@$(BIN)/python -m local.tools pulumi || test "$$CI" != true
	@$(BIN)/python -m pytest -q -rs -n 2 --dist loadfile -p no:unraisableexception tests/engine $(ARGS)

test-mesh: ## Run both stacks on a real API server, istiod and proxies (needs Linux, Go, root).
	@$(call CAN_RUN,test-mesh); case $$? in 0) $(MAKE) --no-print-directory run-mesh;; \
	  3) test "$$CI" != true && echo "make test-mesh is skipped.";; *) exit 1;; esac

.PHONY: run-mesh
run-mesh: $(VENV)/mesh
	@$(BIN)/python -m local.tools
	@$(BIN)/python -m tests.mesh $(ARGS)

can-run-%:
	@$(call CAN_RUN,$*)

test-real: test-charts test-engine test-mesh ## All tests on real software.

tools: $(VENV)/local ## Build the pinned tools of the proofs into .tools/bin (needs Go; minutes, once).
	@$(BIN)/python -m local.tools

tools-versions: $(VENV)/local ## Print what is deployed beside what it is proven on.
	@$(BIN)/python -m local.tools --versions

lint: $(VENV)/dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@told=$$($(BIN)/lint-imports --no-cache --no-logo 2>&1) || { echo "$$told"; exit 1; }
	@cd examples/app-team && ../../$(BIN)/mypy $(OWN_RUN)/app-team __main__.py shop tests
	@cd examples/bootstrap && ../../$(BIN)/mypy $(OWN_RUN)/bootstrap __main__.py ci

format: $(VENV)/dev ## Format the code and order imports.
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format .

docs: $(VENV)/dev ## Write the generated parts of README.md and docs/.
	@$(BIN)/python -m ops docs
	@$(BIN)/python -m benchmarks.scale.page

benchmark-preview: $(VENV)/run ## Print where the time of a preview goes.
	@$(BIN)/python -m benchmarks.preview --stack $(STACK)

benchmark-signing: can-run-benchmark-signing $(VENV)/mesh ## Print how long istiod signs when 100 proxies ask at once (needs Linux, Go, root).
	@$(BIN)/python -m local.tools
	@$(BIN)/python -m benchmarks.signing_burst $(ARGS)

benchmark-mesh: can-run-benchmark-mesh $(VENV)/mesh ## Compare istiod's sizes and single settings (SERVICES=1000, PROXIES=100; needs Linux, Go, root).
	@$(BIN)/python -m local.tools
	@$(BIN)/python -m benchmarks.mesh_scale --services $(SERVICES) --proxies $(PROXIES) $(ARGS)

benchmark-sidecar: can-run-benchmark-sidecar $(VENV)/mesh ## Print what a sidecar takes for every service it may call (needs Linux, Go, root).
	@$(BIN)/python -m local.tools
	@$(BIN)/python -m benchmarks.sidecar_memory $(ARGS)

lock: $(VENV)/dev ## Resolve the pinned requirements again, with hashes.
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --no-annotate -o requirements.txt requirements.in
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --no-annotate -o requirements-dev.txt requirements-dev.in
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --no-annotate -o requirements-local.txt requirements-local.in
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --no-annotate -o requirements-mesh.txt requirements-mesh.in

clean: ## Remove the virtual environment and caches.
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

# pip compares every archive with the lock's hashes, and installs nothing that is not in it.
$(VENV)/run: requirements.txt
	@$(PYTHON_IS_NEW_ENOUGH)
	@test -x $(BIN)/python || { echo "Creating $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@echo "Installing the locked packages (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/run
	@echo "Installing the locked test packages (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/local: requirements-local.txt $(VENV)/dev
	@echo "Installing the locked packages of the proofs (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-local.txt
	@touch $@

$(VENV)/mesh: requirements-mesh.txt $(VENV)/local
	@echo "Installing the locked packages of a running mesh (once, 200 MB) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-mesh.txt
	@touch $@
