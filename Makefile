# Sluice 活水. `make help` lists what there is.
SHELL := /bin/bash
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
ADDR ?= 127.0.0.1:8420
DATA ?= data/demo
DEMO ?= auto-parts
RACE ?=
GOTEST := go test $(RACE) -count=1
LINT := go tool -modfile=.ci/tools.mod golangci-lint

.PHONY: help build ui run demo test go-test ui-test e2e race lint bench bench-ui soak generate verify clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

build: ui ## build bin/sluice with the browser side in it
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/sluice ./server/cmd/sluice

designer/node_modules/.made: designer/package.json designer/package-lock.json
	cd designer && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

designer/dist/index.html: designer/node_modules/.made $(shell find designer/src designer/public designer/index.html designer/vite.config.ts schemas/wire -type f 2>/dev/null)
	cd designer && npm run --silent build

ui: designer/dist/index.html ## build the browser side

run: build ## start with the demo; prints the address and the demo accounts
	./bin/sluice serve --addr $(ADDR) --data $(DATA) --demo $(DEMO)

demo: run ## the same as run

test: build go-test ui-test e2e ## everything, browser tests included

go-test: ## Go tests
	$(GOTEST) ./...

race: ## Go tests with the race detector
	$(MAKE) go-test RACE=-race

ui-test: designer/node_modules/.made ## types, lint and unit tests of the browser side
	cd designer && npm run --silent check && npm run --silent test

e2e: build ## the real binary: crash and recovery, then Chromium on desktop and phone
	$(GOTEST) -tags e2e ./server/e2e/...
	@bash .ci/chromium
	cd designer && npm run --silent e2e

lint: ## all linters
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "run gofmt"; exit 1; }
	go vet ./...
	go vet -tags e2e ./server/e2e/...
	$(LINT) run --config .ci/golangci.yml ./...

bench: build ## every figure as a JSON line; budgets are in CONTRIBUTING.md
	./bin/sluice bench all --json
	cd server/bench/peers && go run .

bench-ui: build ## frame rates and bundle size in Chromium, as JSON lines
	@bash .ci/chromium
	cd designer && npm run --silent bench

soak: build ## long runs: 100 crash cycles, fuzzing
	SLUICE_CRASH_CYCLES=100 $(GOTEST) -tags e2e -timeout 60m -run Crash ./server/e2e/...
	go test -run '^$$' -fuzz FuzzCheck -fuzztime 5m ./schemas
	go test -run '^$$' -fuzz FuzzCompile -fuzztime 5m ./runtime/expr

generate: ## write generated files anew
	go generate ./...

verify: generate ## fail when a generated file is stale
	git diff --exit-code

clean: ## remove what was built, not what was stored
	rm -rf bin designer/dist/* designer/node_modules
