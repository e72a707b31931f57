package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/detectors/gitleaks"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/walk"
	"github.com/stanch/stanch/redact"
)

// compatScanner reads the rules that --compat asks for. Nothing of a policy
// counts beside them, so no flag that says some of it is taken.
func compatScanner(pf *policyFlags, s *scanFlags) (*gitleaks.Scanner, error) {
	if s.compat != "gitleaks" {
		return nil, fmt.Errorf("--compat: unknown program %q: want gitleaks", s.compat)
	}
	if len(pf.rules) != 1 {
		return nil, errors.New("--compat gitleaks needs its rules: one --rules FILE")
	}
	if pf.config != "" || len(pf.only)+len(pf.skip) > 0 || pf.minConfidence != "" || s.all || s.explain || s.baseline+s.writeBaseline != "" {
		return nil, errors.New("--compat goes with --rules and --rules-default alone: nothing of a policy counts, and there is nothing else to explain")
	}
	return gitleaks.NewScanner(pf.rules[0], gitleaks.Options{Default: pf.rulesDefault})
}

// compatFormat is that of the findings of other rules.
func compatFormat(name string, rules *gitleaks.Scanner, out *os.File) format {
	switch name {
	case "json":
		return jsonArray()
	case "jsonl":
		return jsonLines()
	case "sarif":
		var all []detectors.Detector
		for id, title := range rules.Rules {
			all = append(all, detectors.Detector{ID: id, Title: title, Vendor: "gitleaks", Severity: finding.High})
		}
		return sarifFormat(all, false)
	}
	return plainText(colours(out))
}

// compatFile reports what gitleaks would of one file.
func (b *batch) compatFile(ctx context.Context, f *walk.File, rules *gitleaks.Scanner, to *fileFindings, failed *severities) error {
	in, file, err := b.open(ctx, f)
	if err != nil {
		return err
	}
	defer in.close()
	if file != nil {
		defer file.Close()
	}
	path, shown := f.Path, safely(b.engine.NewRedactor(), f.Path)
	if f.Path == walk.Stdin {
		path = ""
	}
	stats := redact.Stats{Detector: map[string]int64{}}
	err = rules.ScanReader(&blocks{ctx: ctx, in: in}, path, func(g gitleaks.Finding) {
		failed.add(finding.High)
		stats.Redacted++
		stats.Detector[g.Rule]++
		to.add(&found{
			Path: shown, Line: g.Line, Column: g.Column, Start: g.Start, End: g.End, Detector: g.Rule, Title: g.Description,
			Severity: finding.High, Confidence: finding.Certain, Action: redact.Mask.String(), Encoding: in.encoding(), stdin: f.Path == walk.Stdin,
		})
	})
	b.sum.done(f.Path, stats, in.binary)
	if e := to.flush(); e != nil {
		return e
	}
	return readError(err)
}

// blocks reads an input as a stream.
type blocks struct {
	ctx  context.Context
	in   *input
	rest []byte
}

func (b *blocks) Read(p []byte) (int, error) {
	for len(b.rest) == 0 {
		if err := b.ctx.Err(); err != nil {
			return 0, err
		}
		var err error
		if b.rest, err = b.in.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}
