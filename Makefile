# ladder: two commands first.
#   make preview            what the dev environment will be, on a simulated cloud
#   make test               the tests
# Everything needs only Go, make and git; .ladder/ holds what is built.

STACK  ?= dev
PULUMI_VERSION := 3.250.0
# Of the contract's reader in TypeScript; it runs on Node.js 20.
NODE_SDK_VERSION := 3.220.0
BIN    := .ladder/bin
LADDER := $(BIN)/ladder
# -buildvcs=false: a clone whose owner is another user must build too.
GOBUILD := go build -buildvcs=false

# What the environment sets for other projects must not change this build;
# `make test GOFLAGS=-v` on the command line still does.
GOFLAGS := -buildvcs=false
GOWORK  := off
export GOFLAGS GOWORK

# The CLI is looked up or built when a recipe first needs it, never while make parses.
pulumi = $$(tools/pulumi.sh $(PULUMI_VERSION))

.PHONY: help preview up refresh destroy ladder pulumi test trials judges sweep bench schema golden lint clean

help: ## this list
	@awk -F':.*## ' '/^[a-z ]+:.*## /{printf "  make %-32s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

preview up refresh destroy: ladder ## of STACK (dev) in the sandbox: no cloud account needed
	@pulumi=$(pulumi) && LADDER_PULUMI="$$pulumi" $(LADDER) $@ $(STACK) --sandbox $(ARGS)

ladder: ## build the ladder command into .ladder/bin
	@mkdir -p $(BIN)
	@[ -x $(LADDER) ] || echo "Compiling ladder; the first time takes a few minutes (the cloud SDKs), later seconds." >&2
	@$(GOBUILD) -o $(LADDER) ./cmd/ladder

pulumi: ## build or find the Pulumi CLI and print its path
	@tools/pulumi.sh $(PULUMI_VERSION)

test: ## vet, unit and scenario tests; race detector where no cloud SDK is linked
	@echo "== vet"; go vet ./...
	@pulumi=$(pulumi) && export LADDER_PULUMI="$$pulumi" && \
	race=$$(tools/packages.sh race) && plain=$$(tools/packages.sh plain) && \
	echo "== with -race:" $$(echo "$$race" | sed 's|github.com/ladder-platform/ladder|.|') && \
	go test -race $$race && \
	echo "== without -race (these link a cloud SDK):" $$(echo "$$plain" | sed 's|github.com/ladder-platform/ladder|.|') && \
	{ [ -z "$$plain" ] || go test -timeout 45m $$plain; } && \
	if sdk=$$(tools/npm.sh $(NODE_SDK_VERSION)); then echo "== the contract's TypeScript reader" && \
	LADDER_NODE_SDK="$$sdk" go test -tags npm -run TypeScript ./tests/consumers; \
	else echo "   left out: the contract's TypeScript reader; make judges insists on it" >&2; fi

trials: ## faults at a stratified sample of operations, then recovery; and what takes longest: rules through the engine, lives of variants, pages
	@pulumi=$(pulumi) && export LADDER_PULUMI="$$pulumi" && go vet -tags trials ./sandbox/... ./tests/... && \
	go test -timeout 30m -tags trials -run 'ThroughTheEngine|TestEveryFaultIsRecoveredFrom' ./sandbox ./sandbox/aws ./sandbox/kube && \
	go test -timeout 30m -tags trials -run 'TestTheWholeLifeOfAStack|TestFaultsOfARehearsal|TestSlotsAndClustersAreRehearsed|TestARootIsRotatedInThreeSteps|TestARehearsalThatGoesWrongSaysWhy|TestTheWayOfAChange|TestPagesRun' ./tests/scenario ./tests/workflows ./tests/docs && \
	go test -timeout 60m ./tests/rules ./sandbox/trials ./tests/trials/...

SHARD    ?= 1/1
SCENARIO ?=
RESOURCE ?=
sweep: ## faults at every operation, or a part: make sweep SHARD=1/8 SCENARIO='dev up' RESOURCE=mesh:
	@pulumi=$(pulumi) && export LADDER_PULUMI="$$pulumi" LADDER_SWEEP="$(SHARD)" LADDER_SWEEP_SCENARIO="$(SCENARIO)" LADDER_SWEEP_RESOURCE="$(RESOURCE)" && go test -timeout 24h -v -count=1 ./tests/trials/...

judges: ## upstream libraries, a real API server, the real @pulumi/eks, GitLab's schema (needs npm)
	@pulumi=$(pulumi) && export LADDER_PULUMI="$$pulumi" && \
	go test -C tests/upstream ./cost && tools/gitlab.sh && \
	sdk=$$(tools/npm.sh $(NODE_SDK_VERSION)) && LADDER_NODE_SDK="$$sdk" go test -tags npm -run TypeScript ./tests/consumers && \
	go run -C tests/upstream ./cmd/judges

bench: ## compile cost, and preview and up wall time against the bare engine
	@pulumi=$(pulumi) && LADDER_PULUMI="$$pulumi" go run ./tests/bench

schema: ## write the JSON Schema of stack files again, from the structs
	@LADDER_GOLDEN=1 go test -count=1 -run TestSchemaIsFresh ./stacks/config

golden: ## rewrite the golden files; CI requires a clean tree after it
	@pulumi=$(pulumi) && export LADDER_PULUMI="$$pulumi" LADDER_GOLDEN=1 && go test -count=1 ./tests/cli ./tests/corpus ./stacks/... ./cmd/... ./components/account/spec && \
	go test -count=1 ./tests/docs -run Decisions && \
	go test -count=1 -tags trials ./tests/scenario -run TestTheWholeLifeOfAStack && \
	go test -count=1 ./tests/rules -run TestWhatTheStacksRegister && \
	go test -count=1 ./tests/diagram -run TestThePicturesOfTheReadme

lint: ## vet, staticcheck and actionlint, the versions of tools
	@go vet ./...
	@mkdir -p $(BIN) && go build -C tools -buildvcs=false -o ../$(BIN)/staticcheck honnef.co/go/tools/cmd/staticcheck
	@$(BIN)/staticcheck ./...
	@go build -C tools/workflows -buildvcs=false -o ../../$(BIN)/actionlint github.com/rhysd/actionlint/cmd/actionlint
	@$(BIN)/actionlint

clean: ## remove what was built, the sandbox included
	rm -rf .ladder
