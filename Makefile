# The only entry point. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin

.PHONY: help setup setup-dev run demo test check fmt lint proto bench cluster docs chaos-smoke
help: ## lists the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/ -/'

setup: ## makes the environment that runs the product
	@scripts/setup run

setup-dev: ## the same, with the tools that develop and test it
	@scripts/setup dev

run: setup ## starts everything on this machine and shows a live status
	@$(BIN)/groundswell up

demo: setup ## runs the product on recorded boards at 60 x speed
	@$(BIN)/groundswell demo

test: setup-dev ## runs the tests (no Java, no Maven, no network)
	@scripts/test

check: setup-dev ## all that CI runs
	@scripts/check

fmt: setup-dev ## formats the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix-only -q .

lint: setup-dev ## style, types, layers, protos
	@scripts/lint

proto: setup-dev ## generates the Python of the protos
	@scripts/proto

cluster: setup-dev ## starts three Kafka brokers and a three-node MongoDB, and runs tests/cluster on them
	@scripts/cluster
