# Tools are pinned here and run through go run, so that nothing is installed.
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK = golang.org/x/vuln/cmd/govulncheck@v1.9.0

PLATFORMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
FUZZTIME  = 10s

.PHONY: build test race lint vuln fuzz cross generate bench clean

build: ## the binary, in the working directory
	go build -trimpath -o stanch ./cmd/stanch

test: ## every test that needs nothing but Go
	go test ./...
	go test -tags noasm ./match ./scan/...

race:
	go test -race ./match ./scan/... ./redact/... ./internal/... ./cmd/...

lint:
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	go vet ./...
	go vet -tags noasm ./match
	go run $(STATICCHECK) ./...

vuln: ## needs the vulnerability database
	go run $(GOVULNCHECK) ./...

fuzz: ## every fuzz target for FUZZTIME
	@go list -f '{{.ImportPath}} {{.Dir}}' ./... | while read -r pkg dir; do \
		for f in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' "$$dir"/*_test.go 2>/dev/null); do \
			echo "$$pkg $$f"; \
			go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) "$$pkg" || exit 1; \
		done; \
	done

cross: ## the binary builds everywhere
	@for p in $(PLATFORMS); do \
		echo $$p; GOOS=$${p%/*} GOARCH=$${p#*/} go vet ./match ./cmd/stanch || exit 1; \
	done

generate: ## remake the committed tables
	go generate ./...

bench: ## the table of ratios; writes benchmarks/results/
	$(MAKE) -C benchmarks bench

clean:
	rm -f stanch
