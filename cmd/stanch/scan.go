package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/walk"
	"github.com/stanch/stanch/redact"
)

func (c *cli) scanCommand() *cobra.Command {
	var ff fileFlags
	var pf policyFlags
	var s scanFlags
	cmd := &cobra.Command{
		Use:   "scan PATH...|-",
		Short: "Say where secrets are, without changing anything",
		Example: `  stanch scan app.log                         # what redact would redact, with its lines
  kubectl logs web-0 | stanch scan -
  stanch scan --format sarif . > stanch.sarif  # for code scanning services
  stanch scan --fail-on high /var/log          # exit 1 from this severity only
  stanch scan --write-baseline known.json .    # accept what is there
  stanch scan --baseline known.json .          # report what is new
  grep login app.log | stanch scan --explain - # why a value was taken, or was not`,
		Long: `Scan reports what redact would redact with the same options, no more. Files are
unpacked (gzip, zstd) and decoded (UTF-16); offsets count bytes of the decoded
text, columns count bytes from 1. No format holds a secret: the text format
shows each line as redact would write it, with everything else that looked like
a secret masked as well.

With --explain it says of every name, literal and value that was looked at why it
was taken or not: the evidence, the detector, the confidence, or the test that
failed. A line that is not mentioned holds nothing that Stanch looks for. Of
values it shows the length and the classes of characters, never a byte.

A baseline holds the findings that are known and accepted, by file, detector and
fingerprint, and none of the values; findings without a fingerprint, of values that
can be guessed, are counted by file and detector. It needs a key that lasts.

With --compat gitleaks it reports what gitleaks v8 reports under the file of rules
that --rules names: these rules alone, over several lines at once, and over encoded
text that is decoded as gitleaks does it. Findings that --gitleaks-ignore-path lists are
left out; comments such as gitleaks:allow are ignored.

Exit status: 0 nothing found, 1 findings, 2 an error, even if there are findings.`,
		Args: needPaths,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.scan(cmd.Context(), args, &ff, &pf, &s)
		},
	}
	ff.add(cmd)
	pf.add(cmd)
	f := cmd.Flags()
	f.StringVarP(&s.format, "format", "f", "text", "`FORMAT` of the findings: text, json, jsonl or sarif")
	f.BoolVar(&s.all, "all", false, "report also what is left in clear: low confidence, identifiers, kept and allowed values")
	f.BoolVar(&s.exitZero, "exit-zero", false, "exit 0 also if there are findings")
	f.StringVar(&s.failOn, "fail-on", "low", "exit 1 only for findings from this `SEVERITY`: low, medium, high or critical")
	f.StringVar(&s.compat, "compat", "", "give the verdicts of this `PROGRAM` under the rules of --rules, and nothing of our own: gitleaks")
	f.IntVar(&s.decodeDepth, "max-decode-depth", 5, "with --compat: decode what looks encoded up to `N` times")
	f.StringVar(&s.ignorePath, "gitleaks-ignore-path", ".", "with --compat: `PATH` of a .gitleaksignore file, or of the directory that has it")
	f.BoolVar(&s.explain, "explain", false, "say why each value was taken or not, as text or jsonl")
	f.StringVar(&s.baseline, "baseline", "", "leave out the findings that this `FILE` of an earlier scan has")
	f.StringVar(&s.writeBaseline, "write-baseline", "", "write all findings to this `FILE`, as a baseline for later scans, and exit 0")
	cmd.MarkFlagsMutuallyExclusive("exit-zero", "fail-on")
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		for _, name := range []string{"max-decode-depth", "gitleaks-ignore-path"} {
			if s.compat == "" && cmd.Flags().Changed(name) {
				return fmt.Errorf("--%s goes with --compat gitleaks", name)
			}
		}
		s.ignoreGiven = cmd.Flags().Changed("gitleaks-ignore-path")
		return nil
	}
	cmd.RegisterFlagCompletionFunc("compat", cobra.FixedCompletions([]string{"gitleaks"}, cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"text", "json", "jsonl", "sarif"}, cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions([]string{"low", "medium", "high", "critical"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func needPaths(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("no paths given; - is the standard input")
	}
	return nil
}

type scanFlags struct {
	format   string
	all      bool
	exitZero bool
	failOn   string
	explain  bool
	compat   string
	// With compat.
	decodeDepth int
	ignorePath  string
	ignoreGiven bool

	baseline, writeBaseline string
	accepted                *baseline // nil without either
}

func (c *cli) scan(ctx context.Context, paths []string, ff *fileFlags, pf *policyFlags, s *scanFlags) error {
	failOn, err := finding.ParseSeverity(s.failOn)
	if err != nil {
		return fmt.Errorf("--fail-on: %w", err)
	}
	switch s.format {
	case "text", "json", "jsonl", "sarif":
	default:
		return fmt.Errorf("--format: unknown format %q: want text, json, jsonl or sarif", s.format)
	}
	if s.explain && s.format != "text" && s.format != "jsonl" {
		return fmt.Errorf("--explain writes text or jsonl, not %s", s.format)
	}
	var other *compat
	if s.compat != "" {
		if other, err = c.newCompat(pf, s); err != nil {
			return err
		}
		pf = &policyFlags{}
	}
	b, err := c.newBatch(paths, ff, pf, "")
	if err != nil {
		return err
	}
	defer b.files.Close()
	if s.accepted, err = b.baseline(s); err != nil {
		return err
	}
	id, random := b.engine.KeyID()
	var f format
	switch s.format {
	case "text":
		f = plainText(colours(c.stdout))
	case "json":
		f = jsonArray()
	case "jsonl":
		f = jsonLines()
	case "sarif":
		f = sarifFormat(b.engine.Scan().Detectors(), !random)
	}
	if other != nil {
		f = compatFormat(s.format, other.rules, c.stdout)
	} else if random && !s.explain && (s.format == "json" || s.format == "jsonl") {
		b.noteRandom()
	}
	out := shared{c.stdout, "standard output"}
	failed := &severities{from: failOn}
	fs := newFindings(out, f)
	err = f.begin(out)
	if err == nil {
		err = b.each(ctx, func(ctx context.Context, i int, file *walk.File) error {
			to := fs.of(i)
			var err error
			if other != nil {
				err = b.compatFile(ctx, file, other, to, failed)
			} else {
				err = b.scanFile(ctx, file, s, to, failed)
			}
			if e := to.Close(); e != nil {
				err = e
			}
			return err
		})
	}
	closed := isClosedPipe(err)
	if !closed {
		// What was found is written whole, whatever happened.
		if e := f.end(out); err == nil {
			err = e
		}
		if s.accepted != nil && s.accepted.out > 0 {
			b.sum.note("%s of the baseline left out", count(int64(s.accepted.out), "finding"))
		}
		if other != nil && other.left.Load() > 0 {
			b.sum.note("%s of %s left out", count(other.left.Load(), "finding"), leaksIgnore)
		}
		b.sum.print("found")
	}
	if err == nil && s.writeBaseline != "" && !b.sum.failedAny() {
		err = s.accepted.write(s.writeBaseline, id)
	}
	switch {
	case err != nil && !closed:
		return err
	case b.sum.failedAny():
		return exitStatus(exitError)
	case failed.any() && !s.exitZero && s.writeBaseline == "":
		return exitStatus(exitFindings)
	}
	return nil
}

func (b *batch) noteRandom() {
	b.sum.note("no key is configured: fingerprints are made with a random one and differ from run to run (set STANCH_KEY or key.file)")
}

func (b *batch) scanFile(ctx context.Context, f *walk.File, s *scanFlags, to *fileFindings, failed *severities) error {
	in, file, err := b.open(ctx, f)
	if err != nil {
		return err
	}
	defer in.close()
	if file != nil {
		defer file.Close()
	}
	var batch []found
	p := pass{in: in, out: io.Discard, all: s.all}
	p.onMatch = func(m redact.Match, fi finding.Finding) {
		if m.Action.Redacts() || s.all {
			batch = append(batch, newFound(m, fi, in.encoding()))
		}
	}
	var around *surroundings
	var why *explainer
	if s.explain {
		why = &explainer{jsonl: s.format == "jsonl", colour: colours(b.stdout)}
		p.explain = func(x redact.Explanation) { to.explained(why.add(&x)) }
	} else if s.format == "text" {
		around = newSurroundings(b.engine)
		p.out, p.onBlock = around, around.begin
	}
	flush := func() error {
		for i := range batch {
			if s.accepted.knows(&batch[i]) {
				continue
			}
			if around != nil {
				batch[i].context = around.of(batch[i].Start)
			}
			failed.add(batch[i].Severity)
			if !s.explain {
				to.add(&batch[i])
			}
		}
		batch = batch[:0]
		if around != nil {
			around.end()
		}
		return to.flush()
	}
	p.after = flush
	stats, err := b.run(ctx, f, p)
	if err == nil && stats.Failed > 0 {
		err = fmt.Errorf("%s could not be scanned; redact would write a marker", count(stats.Failed, "line"))
	}
	if why != nil {
		to.explained(why.end())
	}
	stats.Failed = 0
	b.sum.done(f.Path, stats, in.binary)
	if e := flush(); e != nil {
		return e
	}
	return err
}
