package main

import (
	"bytes"
	"path"

	"github.com/rs/zerolog"
	"github.com/zricethezav/gitleaks/v8/detect"
	"github.com/zricethezav/gitleaks/v8/logging"
	"github.com/zricethezav/gitleaks/v8/regexp"

	"github.com/stanch/stanch/match"
)

// gitleaksBytes are few: on some text gitleaks does about 1 MB/s.
const gitleaksBytes = 2 << 20

// gitleaksEngine is regexp or go-re2. Gitleaks chooses at build time (tag
// gore2regex), so that each engine has a process of its own.
func gitleaksEngine() string {
	if regexp.Version == "stdlib" {
		return "regexp"
	}
	return path.Base(regexp.Version)
}

// gitleaks measures gitleaks with its default rules against redacting the same
// text, and both with the same file of many rules. Gitleaks only finds; nothing is
// redacted for it.
func (b *bench) gitleaks(c *corpus) {
	prefix := c.name + "/gitleaks-" + gitleaksEngine() + "/"
	logging.Logger = zerolog.Nop()
	if b.wants(prefix+"stanch-imported", prefix+"imported") {
		n := importedCounts[len(importedCounts)-1]
		d := gitleaksWith(n)
		b.measure(min(b.rounds, 5),
			redactEach(prefix+"stanch-imported", newEngine(match.Kernels()[0], loadRules(n)), chunks(c.head(peerBytes))),
			over(prefix+"imported", "findings", c.head(gitleaksBytes), func(p []byte) int { return len(d.DetectBytes(p)) }))
	}
	if !b.wants(prefix+"stanch-64k", prefix+"64k", prefix+"record") {
		return
	}
	d := must(detect.NewDetectorDefaultConfig())
	find := func(p []byte) int { return len(d.DetectBytes(p)) }
	text := c.head(gitleaksBytes)
	lines := c.lines[:bytes.Count(text, []byte("\n"))]
	b.measure(min(b.rounds, 5),
		redactEach(prefix+"stanch-64k", newEngine(match.Kernels()[0], nil), chunks(c.head(peerBytes))),
		over(prefix+"64k", "findings", text, find),
		subject{name: prefix + "record", bytes: total(lines), unit: "findings", run: func() (n int) {
			for _, l := range lines {
				n += find(l)
			}
			return n
		}})
}
