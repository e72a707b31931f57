//go:build unix

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"runtime/debug"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/redactionprocessor"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/stanch/stanch/processor/stanchprocessor"
	"github.com/stanch/stanch/record/otlp"
	"github.com/stanch/stanch/redact"
)

// subject is a processor of each signal in front of nothing.
type subject struct {
	logs    processor.Logs
	traces  processor.Traces
	metrics processor.Metrics
}

func start(f processor.Factory, cfg any) subject {
	ctx := context.Background()
	set := processortest.NewNopSettings(f.Type())
	var s subject
	var err error
	s.logs, err = f.CreateLogs(ctx, set, cfg, consumertest.NewNop())
	must(err)
	s.traces, err = f.CreateTraces(ctx, set, cfg, consumertest.NewNop())
	must(err)
	s.metrics, err = f.CreateMetrics(ctx, set, cfg, consumertest.NewNop())
	must(err)
	host := componenttest.NewNopHost()
	must(s.logs.Start(ctx, host))
	must(s.traces.Start(ctx, host))
	must(s.metrics.Start(ctx, host))
	return s
}

// ours is the stanch processor, and the redactor inside for counts of allocations:
// the Collector's own bookkeeping allocates.
type ours struct {
	subject
	redactor  *otlp.Redactor
	detectors int
}

func newOurs() *ours {
	key := sha256.Sum256([]byte("benchmarks"))
	f := stanchprocessor.NewFactory()
	cfg := f.CreateDefaultConfig().(*stanchprocessor.Config)
	cfg.Key = configopaque.String(hex.EncodeToString(key[:]))
	e, err := redact.New(redact.DefaultDocument(), redact.Options{Key: key[:]})
	must(err)
	return &ours{start(f, cfg), otlp.New(redact.NewHandle(e), otlp.Options{}), len(e.Scan().Detectors())}
}

const contrib = "github.com/open-telemetry/opentelemetry-collector-contrib/processor/redactionprocessor"

func newTheirs() subject {
	f := redactionprocessor.NewFactory()
	cfg := f.CreateDefaultConfig().(*redactionprocessor.Config)
	cfg.AllowAllKeys = true
	cfg.BlockedValues = patterns
	cfg.Summary = "silent"
	return start(f, cfg)
}

func theirVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == contrib {
				return d.Version
			}
		}
	}
	return ""
}

// patterns are what somebody writes who wants the tokens of 50 sorts gone: public
// formats of their vendors, and the usual ones for cards, keys and passwords.
var patterns = []string{
	`4[0-9]{12}(?:[0-9]{3})?`, `5[1-5][0-9]{14}`, `3[47][0-9]{13}`, `\b\d{3}-\d{2}-\d{4}\b`,
	`(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}`, `gh[pousr]_[A-Za-z0-9]{36}`, `github_pat_[A-Za-z0-9_]{82}`, `glpat-[A-Za-z0-9_-]{20}`,
	`xox[baprs]-[A-Za-z0-9-]{10,72}`, `https://hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]+`, `[sr]k_(?:live|test)_[A-Za-z0-9]{24,99}`, `whsec_[A-Za-z0-9]{32}`,
	`AIza[A-Za-z0-9_-]{35}`, `ya29\.[A-Za-z0-9_-]{30,}`, `GOCSPX-[A-Za-z0-9_-]{28}`, `eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`,
	`-----BEGIN [A-Z ]*PRIVATE KEY-----`, `(?i)bearer\s+[A-Za-z0-9._~+/-]{20,}`, `(?i)basic\s+[A-Za-z0-9+/]{16,}={0,2}`, `(?i)(?:password|passwd|pwd)\s*[:=]\s*\S+`,
	`(?i)api[_-]?key\s*[:=]\s*[A-Za-z0-9_-]{16,}`, `(?i)secret\s*[:=]\s*\S{8,}`, `(?i)token\s*[:=]\s*[A-Za-z0-9._-]{16,}`, `[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s:@]+@`,
	`dop_v1_[a-f0-9]{64}`, `doo_v1_[a-f0-9]{64}`, `dor_v1_[a-f0-9]{64}`, `npm_[A-Za-z0-9]{36}`,
	`pypi-[A-Za-z0-9_-]{50,}`, `rubygems_[a-f0-9]{48}`, `hvs\.[A-Za-z0-9_-]{90,}`, `hvb\.[A-Za-z0-9_-]{138,}`,
	`SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}`, `key-[a-f0-9]{32}`, `[a-f0-9]{32}-us[0-9]{1,2}`, `SK[a-f0-9]{32}`,
	`AC[a-f0-9]{32}`, `sk-[A-Za-z0-9]{48}`, `sk-ant-[A-Za-z0-9_-]{90,}`, `hf_[A-Za-z]{34}`,
	`lin_api_[A-Za-z0-9]{40}`, `shpat_[a-fA-F0-9]{32}`, `shpss_[a-fA-F0-9]{32}`, `sq0csp-[A-Za-z0-9_-]{43}`,
	`EAAA[A-Za-z0-9_-]{60}`, `NRAK-[A-Z0-9]{27}`, `dapi[a-f0-9]{32}`, `PMAK-[a-f0-9]{24}-[a-f0-9]{34}`,
	`glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}`, `AGE-SECRET-KEY-1[A-Z0-9]{58}`,
}
