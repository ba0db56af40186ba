# Two commands are enough: `make run` to serve, `make test` to test. `make help` lists all.
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# Where `make run` and `make shell` listen: `make run PORT=5006 ACTIONS_PORT=5056`.
HOST = 127.0.0.1
PORT = 5005
ACTIONS_PORT = 5055
# Where the operator's pages listen, if not on the port of operators/settings.yml.
OPERATOR_PORT =
# Where `make cluster` listens, how many workers and action servers it starts.
CLUSTER_PORT = 8443
WORKERS = 3
ACTIONS = 2
# How many processes run the tests of `make test`; 0 for none beside pytest itself.
PROCESSES = 2
# More for pytest, the trial, the evaluation or the lock: `make test ARGS="-k bureau"`,
# `make wechat ARGS="--kind kf"`, `make lock ARGS=--upgrade`.
ARGS =

PYTHON := .venv/bin/python
SERVE := $(PYTHON) -m scripts.serve --host $(HOST) --port $(PORT) --actions-port $(ACTIONS_PORT)
OPERATOR := $(if $(OPERATOR_PORT),--port $(OPERATOR_PORT))
# Without bytecode on disk, each start would take twice as long.
unexport PYTHONDONTWRITEBYTECODE
export RASA_TELEMETRY_ENABLED = false
export SQLALCHEMY_SILENCE_UBER_WARNING = 1
export TF_CPP_MIN_LOG_LEVEL = 3

.PHONY: help
help: ## list the commands
	@echo "Usage: make <command>"
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 12

.PHONY: run
run: setup ## set up, train when needed, serve over HTTP until Ctrl-C [PORT ACTIONS_PORT HOST OPERATOR_PORT]
	@$(SERVE) $(if $(OPERATOR_PORT),--operator-port $(OPERATOR_PORT)) run

.PHONY: cluster
cluster: train ## several workers behind nginx, on PostgreSQL, until Ctrl-C [CLUSTER_PORT WORKERS ACTIONS]
	@$(PYTHON) -m scripts.cluster --port $(CLUSTER_PORT) --workers $(WORKERS) --actions $(ACTIONS)

.PHONY: shell
shell: setup ## set up, train when needed, chat in this terminal [PORT ACTIONS_PORT]
	@$(SERVE) shell

.PHONY: wechat
wechat: setup ## set up, train when needed, try WeChat without an account in this terminal [ARGS]
	@$(PYTHON) -m tools.wechat_simulator $(ARGS)

.PHONY: operator
operator: setup ## serve the operator's pages alone until Ctrl-C [OPERATOR_PORT]
	@$(PYTHON) -m operators serve $(OPERATOR)

.PHONY: account
account: setup ## who may log in to the operator's pages: ARGS="add NAME --role owner"; all: ARGS=--help
	@$(PYTHON) -m operators $(ARGS)

.PHONY: train
train: setup ## train a model, unless one fits the present sources
	@$(PYTHON) -m scripts.train

.PHONY: test
test: train ## set up, train when needed, run every test [ARGS PROCESSES]
	@$(PYTHON) -m scripts.widget
	@$(PYTHON) -m pytest -n $(PROCESSES) --dist loadfile $(ARGS)

.PHONY: test-long
test-long: train ## set up, train when needed, run the tests that take long; half an hour [ARGS]
	@$(PYTHON) -m scripts.widget
	@$(PYTHON) -m pytest -m long $(ARGS)

.PHONY: check
check: setup ## style, types, training data, content, conventions
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m rasa data validate --fail-on-warnings
	@$(PYTHON) -m content_loader
	@$(PYTHON) -W ignore -m data_checks
	@$(PYTHON) -m pytest -q tests/test_conventions.py

.PHONY: review
review: setup ## check the lines that editors chose for the training; ARGS=--take puts them into data/nlu
	@$(PYTHON) -W ignore -m data_checks.review $(ARGS)

.PHONY: evaluate
evaluate: train ## measure understanding, write docs/evaluation.md; half an hour and more [ARGS]
	@$(PYTHON) -W ignore -m bench.evaluate $(ARGS)

.PHONY: bench
bench: train ## measure speed beside stock Rasa, which it trains first; a quarter of an hour and more [ARGS]
	@$(PYTHON) -W ignore -m bench.performance $(ARGS)

.PHONY: chaos
chaos: train ## let everything go wrong amid conversations, 20 minutes each for run and cluster [ARGS]
	@$(PYTHON) -m scripts.widget
	@$(PYTHON) -W ignore -m bench.chaos --minutes 20 $(ARGS)

.PHONY: screenshots
screenshots: train ## measure what is made of invented pictures, write docs/screenshots.md [ARGS]
	@$(PYTHON) -W ignore -m bench.screenshots $(ARGS)

.PHONY: setup
setup: ## make .venv with Python 3.10 and the locked packages
	@sh scripts/python.sh -m scripts.setup

.PHONY: lock
lock: ## resolve the dependencies of pyproject.toml anew into requirements.lock [ARGS]
	@sh scripts/python.sh -m scripts.lock $(ARGS)

.PHONY: places
places: setup ## make the list of places anew from its public sources
	@$(PYTHON) -m gazetteer.build.places

.PHONY: clean
clean: ## remove what the other commands made; conversations are kept
	rm -rf .venv .uv .rasa .mypy_cache .pytest_cache .ruff_cache logs models results \
		widget/dist widget/node_modules
