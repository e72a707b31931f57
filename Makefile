# Tools are pinned here and run through go run, so that nothing is installed.
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK = golang.org/x/vuln/cmd/govulncheck@v1.9.0
OCB         = go.opentelemetry.io/collector/cmd/builder@v0.162.0

# The newest collector whose libraries can be had; go.mod has the oldest that works.
NEWEST_STABLE = v1.70.0
NEWEST        = v0.164.0

# Clients of the collector's tests.
OTEL_PYTHON  = 1.45.2
TELEMETRYGEN = github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen@v0.161.0

PLATFORMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
FUZZTIME  = 10s
MINUTES   = 6
QEMU      = qemu-aarch64
LEAVES    = $(addprefix ./internal/,automaton envelope judge names packed replace textenc walk)

.PHONY: build otelcol test-otelcol newest test race lint vuln fuzz arm64 cross generate matrix promcheck bench bench-otel bench-otelcol loggers noise diff-redaction test-otel-e2e test-kafka soak bench-kafka clean

build: ## the binary, in the working directory
	go build -trimpath -o stanch ./cmd/stanch

otelcol: ## the collector distribution, dist/otelcol-stanch/otelcol-stanch
	@mkdir -p dist
	go run $(OCB) --config cmd/otelcol-stanch/builder.yaml --skip-compilation
	cp cmd/otelcol-stanch/_main/main_others.go dist/otelcol-stanch/
	gofmt -w dist/otelcol-stanch
	cd dist/otelcol-stanch && go build -trimpath -tags otelcol -ldflags "-s -w" -o otelcol-stanch .

newest: ## the collector's components with its newest libraries
	@mkdir -p dist && cp go.mod dist/newest.mod && cp go.sum dist/newest.sum
	go get -modfile=dist/newest.mod $$(sed -n 's|.*\(go.opentelemetry.io/collector[a-z0-9/]*\) v\([01]\)\..*|\1 \2|p' go.mod | \
		grep -v collector/internal/ | sort -u | awk '{print $$1 "@" ($$2 == 1 ? "$(NEWEST_STABLE)" : "$(NEWEST)")}')
	go test -modfile=dist/newest.mod ./processor/... ./record/...

test-otelcol: otelcol ## the collector from outside
	STANCH_OTELCOL=$(CURDIR)/dist/otelcol-stanch/otelcol-stanch go test -count 1 ./cmd/otelcol-stanch/...

test-otel-e2e: otelcol ## the same with the SDK for Python and telemetrygen; needs python3 with venv
	python3 -m venv dist/e2e/venv
	dist/e2e/venv/bin/pip install --quiet --disable-pip-version-check opentelemetry-sdk==$(OTEL_PYTHON) opentelemetry-exporter-otlp==$(OTEL_PYTHON)
	GOBIN=$(CURDIR)/dist/e2e go install $(TELEMETRYGEN)
	STANCH_OTELCOL=$(CURDIR)/dist/otelcol-stanch/otelcol-stanch STANCH_PYTHON=$(CURDIR)/dist/e2e/venv/bin/python \
	STANCH_TELEMETRYGEN=$(CURDIR)/dist/e2e/telemetrygen go test -count 1 -timeout 20m ./cmd/otelcol-stanch/...

test: ## every test that needs nothing but Go
	go test ./...
	go test -short -tags noasm ./match ./scan ./inventory/dictionary

race: ## the packages that run on input; needs a C compiler
	go test -race -short ./match ./scan ./redact ./finding $(LEAVES) ./record ./record/avro ./record/protobuf ./pipeline/... ./processor/... ./cmd/otelcol-stanch/...

lint:
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	go vet ./...
	go vet -tags noasm ./match
	go run $(STATICCHECK) ./...

vuln: ## needs the vulnerability database
	go run $(GOVULNCHECK) ./...

# The fuzzer of go test may report its own deadline as a failure:
# only an input that it wrote down, or anything else it says, counts.
fuzz: ## every fuzz target for FUZZTIME
	@go list -f '{{.ImportPath}} {{.Dir}}' ./... | while read -r pkg dir; do \
		for f in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' "$$dir"/*_test.go 2>/dev/null); do \
			echo "$$pkg $$f"; \
			out=$$(go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5s "$$pkg" 2>&1) || { \
				case "$$out" in \
				*"Failing input"*) echo "$$out"; exit 1 ;; \
				*"context deadline exceeded"*) echo "the fuzzer's own deadline" ;; \
				*) echo "$$out"; exit 1 ;; \
				esac; }; \
			echo "$$out" | tail -n 1; \
		done; \
	done

arm64: ## the NEON kernel under emulation; needs qemu-user
	GOARCH=arm64 go test -short -exec $(QEMU) ./match

cross: ## the binary builds everywhere
	@for p in $(PLATFORMS); do \
		echo $$p; \
		CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} go build -o /dev/null ./cmd/stanch && \
		CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} go vet ./match ./redact ./internal/replace ./internal/walk ./cmd/stanch || exit 1; \
	done

generate: ## remake the committed tables
	go generate ./...

matrix: ## docs/coverage.md: every notation with every class of values
	go test ./scan -run '^TestMatrix$$' -matrix

promcheck: ## alert rules and metrics by Prometheus's own tool; needs promtool (Debian: prometheus)
	promtool check rules configs/prometheus/stanch.rules.yml
	cd configs/prometheus && promtool test rules stanch.rules.test.yml
	go test ./pipeline -run '^TestExposition$$' -promtool

test-kafka: ## Apache Kafka, its Java producer and kcat; needs Java 17, Maven and kcat
	STANCH_KAFKA=1 go test -count 1 -timeout 8m -run '^TestApache$$' ./pipeline/kafka

soak: ## kills, pauses, stalls and a full disk (as root) for MINUTES, at least once and exactly once; needs Java 17 and Maven
	STANCH_SOAK=$(MINUTES) STANCH_SOAK_OUT=$(CURDIR)/benchmarks/results/soak-$$(date +%F).md \
		go test -count 1 -timeout 0 -v -run '^TestSoak$$' ./pipeline/kafka

bench-kafka: ## consuming, redacting and producing beside plain copies; needs Java 17 and Maven
	$(MAKE) -C benchmarks kafka

bench: ## the table of ratios; writes benchmarks/results/
	$(MAKE) -C benchmarks bench

bench-otel bench-otelcol loggers noise: ## recall on the lines of real loggers; findings in the noise of real programs
	$(MAKE) -C benchmarks $@

diff-redaction: ## the redaction processor against contrib's, on batches drawn anew
	$(MAKE) -C benchmarks $@

clean:
	rm -f stanch
