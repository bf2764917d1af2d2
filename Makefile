# The only entry point. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin

.PHONY: help setup setup-dev setup-bench run demo test test-quick coverage check fmt lint proto docs requirements manifests
.PHONY: cluster chaos-smoke bench bench-pipeline models quickstart clean
help: ## lists the targets
	@grep -hE '^[a-z%-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z%-]+):.*## /\1|/' | awk -F'|' '{ printf "  %-15s %s\n", $$1, $$2 }'

setup: ## makes the environment that runs the product
	@scripts/setup run

setup-dev: ## the same, with the tools that develop and test it
	@scripts/setup dev

run: setup ## starts everything on this machine and shows a live status
	@$(BIN)/groundswell up

demo: setup ## runs the product on recorded boards at 60 x speed
	@$(BIN)/groundswell demo

setup-bench: setup-dev ## the same, with the peers that benches compare with
	@scripts/setup bench

test: setup-dev ## runs the tests (no Java, no Maven, no network)
	@scripts/test

test-quick: setup-dev ## the same without the slow ones and the browser
	@scripts/test -m "not slow and not browser"

coverage: setup-dev ## runs core's tests and fails below 95 % of its branches
	@scripts/coverage

check: setup-dev ## all that CI runs but the cluster: lint, current protos, tests, manifests, docs
	@scripts/check

fmt: setup-dev ## formats the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix-only -q .

lint: setup-dev ## style, types, layers, protos, house rules
	@scripts/lint

proto: setup-dev ## generates the Python of the protos
	@scripts/proto

docs: setup-dev ## writes docs/settings.md and docs/cli.md from the code
	@$(BIN)/python scripts/docs.py

requirements: setup-dev ## resolves and pins every requirement anew
	@scripts/requirements

manifests: setup-dev ## renders and checks the Kubernetes overlays
	@scripts/test tests/deploy

cluster: setup-dev ## starts three Kafka brokers and a three-node MongoDB, and runs tests/cluster on them
	@scripts/cluster

chaos-smoke: setup-dev ## kills services and the broker under load and checks the books
	@scripts/chaos-smoke

bench: setup-bench ## measures all that has data here, with peers; writes build/bench/*.json
	@scripts/bench

bench-pipeline: setup-dev ## measures the path from a served document to its alert
	@scripts/bench pipeline

bench-%: setup-bench ## measures one thing: bench-stories, bench-sentiment, … (tests/bench/*.py)
	@scripts/bench $*

models: setup-bench ## makes the shipped models anew from the boards' files and our own labels
	@scripts/models

quickstart: ## runs the README's quickstart in an empty clone and says how long it took
	@scripts/quickstart-test

clean: ## removes what can be made again; keeps .groundswell, the data
	@rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
