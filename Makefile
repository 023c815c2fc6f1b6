# inzage: start with `make help`.
GO      ?= go
export CGO_ENABLED ?= 0
BIN     := bin/inzage
NOW     := 2026-03-15T03:00:00+01:00

.PHONY: help build viewer browser demo test check bench conformance faults golden fuzz clean

help: ## what you can do here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 18

build: ## the program, in bin/inzage; with the viewer when Node is there
	@if command -v npm >/dev/null 2>&1; then $(MAKE) -s viewer || echo "the viewer was not built: this program will make no self-opening files"; \
	else echo "no Node: this program will make no self-opening files"; fi
	@$(GO) build -trimpath -o $(BIN) ./cmd/inzage

VIEWER := templates/viewer

viewer: $(VIEWER)/dist/viewer.js ## the page that opens a file, in templates/viewer/dist (needs Node 20)

$(VIEWER)/dist/viewer.js: $(VIEWER)/package-lock.json $(VIEWER)/build.mjs $(wildcard $(VIEWER)/src/*)
	@cd $(VIEWER) && npm ci --silent --no-audit --no-fund && node build.mjs || { rm -f dist/viewer.js; exit 1; }

browser: build ## the page in real Chromium and Firefox, on a demo of its own in demo-browser/
	@rm -rf demo-browser
	@sh fixtures/demo.sh $(BIN) demo-browser $(NOW) >/dev/null
	@cd fixtures/browser && npm ci --silent --no-audit --no-fund && node --test run.mjs

demo: build ## the main job on the made-up dossiers of fixtures/, in demo/
	@sh fixtures/demo.sh $(BIN) demo $(NOW)

test: ## every test
	$(GO) test -timeout 30m ./...

check: ## before every push: format, vet, staticcheck, race detector, tidy
	@test -z "$$(gofmt -l cmd internal fixtures templates)" || { gofmt -l cmd internal fixtures templates; echo "run gofmt -w on these"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) mod tidy -diff
	CGO_ENABLED=1 $(GO) test -race -short -shuffle=on -timeout 30m ./... # long proofs in a short form: make test has them whole

bench: build ## speed and memory, as a table
	@$(GO) run ./fixtures/bench -program $(BIN)

conformance: build ## every PDF against PDF/A-3a and PDF/UA-1: veraPDF (Java 17, Maven), own checker, qpdf, pdfinfo
	@sh fixtures/conformance/run.sh $(BIN)

# make faults SEEDS=200 by hand; SEED=17 FAULT=flip SERVERS=minio plays one round again and keeps its folder.
SEEDS   := 20
SERVERS := embedded,minio

faults: build ## kills, lies, lost ledgers, forgeries: an independent audit of 20 seeds of each; INZAGE_MINIO names a MinIO
	@$(GO) run ./fixtures/faults -program $(BIN) -seeds $(SEEDS) -servers $(SERVERS) $(if $(SEED),-seed $(SEED)) $(if $(FAULT),-fault $(FAULT))

golden: ## rewrite the goldens; read the diff before you commit it
	$(GO) test ./internal/compose -update

fuzz: ## every fuzz target, 10,000 executions at least; a shorter round: go run ./fixtures/fuzz -n 500
	@$(GO) run ./fixtures/fuzz

clean: ## remove what was built
	rm -rf bin out demo demo-browser
