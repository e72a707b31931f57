package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/detectors/gitleaks"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/walk"
	"github.com/stanch/stanch/redact"
)

// compat is what --compat asks for.
type compat struct {
	rules  *gitleaks.Scanner
	ignore *gitleaks.Ignore // nil without
	left   atomic.Int64     // findings left out for it
}

// leaksIgnore is the file that is looked for in a directory. It counts where a flag says
// or in the working directory, never in a tree that is walked.
const leaksIgnore = ".gitleaksignore"

func (c *cli) newCompat(pf *policyFlags, s *scanFlags) (*compat, error) {
	rules, err := compatScanner(pf, s)
	if err != nil {
		return nil, err
	}
	x := &compat{rules: rules}
	name := s.ignorePath
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, leaksIgnore)
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) && !s.ignoreGiven {
		return x, nil
	}
	if err != nil {
		return nil, fmt.Errorf("--gitleaks-ignore-path: %w", err)
	}
	defer f.Close()
	ignore, notes, err := gitleaks.ReadIgnore(name, f)
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		fmt.Fprintf(c.stderr, "stanch: %s\n", c.safely(n.String()))
	}
	x.ignore = ignore
	return x, nil
}

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
	return gitleaks.NewScanner(pf.rules[0], gitleaks.Options{Default: pf.rulesDefault, Depth: s.decodeDepth})
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
func (b *batch) compatFile(ctx context.Context, f *walk.File, other *compat, to *fileFindings, failed *severities) error {
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
	err = other.rules.ScanReader(&blocks{ctx: ctx, in: in}, path, func(g gitleaks.Finding) {
		if other.ignore.Has(f.Path, &g) {
			other.left.Add(1)
			return
		}
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
