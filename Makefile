# Every command of the project. `make` lists them; each does its own set-up.
# They need Go; race and stress, and so ci, also a C compiler, since the race
# detector is cgo. .ci/run installs what ci needs on a Debian machine.

SHELL := /bin/sh
export GOWORK := off

# All modules: the library, and those that keep their dependencies out of it.
MODULES := . $(shell find ./*/ ./.ci -name go.mod ! -path './.ci/tools/*' ! -path '*/testdata/*' | sed 's,/*go\.mod$$,,;s,//*,/,g' | sort)
export MODULES

COUNT     ?= 20
FUZZTIME  ?= 30s
SOAK      ?= 2m
COVER_MIN ?= 95
ARGS      ?=

.PHONY: help
help: ## list the commands (default)
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## replay the earthquake feed into a database, through pbuf (ARGS='-h' lists its flags)
	@echo "demo: compiling examples/ingest, about a minute the first time. It then replays a week of"
	@echo "demo: earthquakes in 12 s, millions of writes, and checks every row of the table at the end."
	@cd examples && go run ./ingest $(ARGS)

.PHONY: demo-outage
demo-outage: ## the demo on a PostgreSQL that is killed and restarted in the middle of it
	@echo "demo-outage: compiling examples/ingest, about a minute the first time. It then replays a week of"
	@echo "demo-outage: earthquakes in 40 s into a PostgreSQL of its own, kills that at 20 % and restarts it"
	@echo "demo-outage: at 30 %: the log has a line for each, and no row is wrong at the end."
	@.ci/demo-outage.sh $(ARGS)

.PHONY: fleet
fleet: ## processes that are killed at random between a stream and a table, compared row by row (ARGS='-h' lists its flags)
	@echo "fleet: compiling examples/fleet, about a minute the first time; then it runs for half a minute"
	@cd examples/fleet && go run . $(ARGS)

.PHONY: test
test: .ci/bin/testall ## run all tests of all modules
	@.ci/bin/testall $(MODULES)

.PHONY: check
check: .ci/bin/gofumpt ## the loop while editing: formatting, vet, the library's tests, the proofs that are quick
	@.ci/check.sh

# Without those that run the library in child processes: the children are not built
# with the detector, so it would watch the parent wait.
.PHONY: race
race: .ci/bin/testall ## run the tests of all modules under the race detector
	@.ci/bin/testall -race -without github.com/partitioned-buffer/go/internal/prove/child $(MODULES)

.PHONY: stress
stress: ## run the *ConcurrentSafe tests COUNT times per GOMAXPROCS, as is and with every atomic step perturbed
	@COUNT=$(COUNT) .ci/stress.sh

.PHONY: bench
bench: ## print a benchstat table of pbuf against each rival (ARGS='-h' lists the flags)
	@echo "bench: the targets, all rivals"
	@cd benchmarks/rivals && go run ./report -tables $(ARGS)

.PHONY: bench-report
bench-report: ## run all benchmarks, write benchmarks/results/<date>-<cpu>.md and its plots
	@echo "bench-report: everything; needs a machine that does nothing else"
	@cd benchmarks/rivals && go run ./report $(ARGS)

.PHONY: prove
prove: ## check every claim of the design, one line of evidence each (ARGS=-long: for longer)
	@echo "prove: internal/prove/cmd/prove"
	@cd internal/prove && go run ./cmd/prove $(ARGS)

.PHONY: model
model: ## check the protocol's model with spin, every broken variant too (installs spin on Debian as root)
	@echo "model: internal/shard/model, quick"
	@internal/shard/model/run.sh quick

.PHONY: lint
lint: .ci/bin/staticcheck .ci/bin/gofumpt ## go vet, staticcheck, gofumpt and go mod tidy -diff in every module
	@.ci/lint.sh

.PHONY: cover
cover: ## test coverage of the library; fails under COVER_MIN per cent
	@COVER_MIN=$(COVER_MIN) .ci/cover.sh

.PHONY: fuzz
fuzz: ## fuzz every target for FUZZTIME
	@FUZZTIME=$(FUZZTIME) .ci/fuzz.sh

.PHONY: soak
soak: ## run the soak test for SOAK
	@SOAK=$(SOAK) .ci/soak.sh

.PHONY: 386
386: ## vet, compile and, where the kernel can or RUN386 names an emulator, test for 32 bits
	@.ci/386.sh

.PHONY: emulate
emulate: ## the shard and epoch tests on emulated s390x (big-endian) and arm (32 bits)
	@.ci/emulate.sh

.PHONY: release-check
release-check: .ci/bin/gorelease .ci/bin/licences race ## what must hold before a version is tagged
	@.ci/release-check.sh

.PHONY: vuln
vuln: .ci/bin/govulncheck ## known vulnerabilities in what the modules use (asks a database on the internet)
	@for m in $(MODULES); do echo "vuln: $$m"; (cd $$m && "$(CURDIR)/.ci/bin/govulncheck" ./...) || exit 1; done

.PHONY: examples
examples: ## test the examples on SQLite and, with PBUF_POSTGRES_DSN set, on PostgreSQL
	@.ci/examples.sh

.PHONY: readme
readme: ## run every code block and command of README.md, check its names and links
	@echo "readme: README.md"
	@cd benchmarks/rivals && go run ./report -quote ../../README.md -check
	@cd .ci/readme && go run . ../.. ARCHITECTURE.md CONTRIBUTING.md docs/migrating.md

.PHONY: ci
ci: ## everything that must pass before a merge, timed
	@.ci/steps.sh test race examples $(if $(PBUF_POSTGRES_DSN),demo-outage) readme -- prove lint 386

# Tools come pinned from .ci/tools and are built once per change of its go.mod.
.ci/bin/staticcheck .ci/bin/gofumpt .ci/bin/gorelease .ci/bin/govulncheck: .ci/tools/go.mod .ci/tools/go.sum
	@echo "tools: building $(@F)"
	@cd .ci/tools && go build -buildvcs=false -o ../bin/$(@F) "$$(go list tool | grep '/$(@F)$$')"

.ci/bin/testall: $(wildcard .ci/testall/*)
	@go -C .ci/testall build -buildvcs=false -o ../bin/testall .

.ci/bin/licences: .ci/licences/go.mod .ci/licences/main.go
	@go -C .ci/licences build -buildvcs=false -o ../bin/licences .
