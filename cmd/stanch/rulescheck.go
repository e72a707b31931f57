package main

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/detectors/gitleaks"
	"github.com/stanch/stanch/scan"
	"github.com/stanch/stanch/scan/rulecheck"
)

// maxRules is the size of the largest file of detectors read.
const maxRules = 16 << 20

func (c *cli) rulesCheck() *cobra.Command {
	var format string
	var seed uint64
	var seeds int
	var rulesDefault string
	cmd := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Hold detectors against their own examples",
		Example: `  stanch rules check                 # the built-in detectors
  stanch rules check my-rules.yaml
  stanch rules check gitleaks.toml   # what of gitleaks' rules applies to streams`,
		Long: `Check loads a file of detectors together with the built-in ones, of which those
with the same ids are replaced, and scans every example in plain text, JSON,
logfmt, URLs and prose: exactly the marked part must be found, by this detector.
No negative may be.

A file whose name ends in .toml has rules of gitleaks. They have no examples:
what of them does not apply to streams is said, and which of them cost much.

Exit status: 0 all is well, 1 there are problems, 2 the file cannot be read.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			asJSON, err := isJSON(format)
			if err != nil {
				return err
			}
			if len(args) > 0 && filepath.Ext(args[0]) == ".toml" {
				problems, n, err := checkGitleaks(args[0], rulesDefault)
				if err != nil {
					return err
				}
				return c.printProblems(problems, n, asJSON)
			}
			all, mine, err := c.rulesToCheck(args)
			if err != nil {
				return err
			}
			problems, err := checkRules(all, mine, seed, seeds)
			if err != nil {
				return err
			}
			return c.printProblems(problems, len(mine), asJSON)
		},
	}
	formatFlag(cmd, &format)
	cmd.Flags().StringVar(&rulesDefault, "rules-default", "", "`FILE` that extend.useDefault of rules of gitleaks stands for")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "draw examples from this `NUMBER`")
	cmd.Flags().IntVar(&seeds, "seeds", 4, "draw each example this many `TIMES`")
	return cmd
}

// rulesToCheck returns all detectors and the ids of those that are checked.
func (c *cli) rulesToCheck(args []string) (all []detectors.Detector, mine map[string]bool, err error) {
	builtin, err := detectors.DefaultWithExamples()
	if err != nil {
		return nil, nil, err
	}
	mine = make(map[string]bool)
	if len(args) == 0 {
		for i := range builtin {
			mine[builtin[i].ID] = true
		}
		return builtin, mine, nil
	}
	b, err := readSmall(args[0], maxRules+1)
	if err != nil {
		return nil, nil, err
	}
	if len(b) > maxRules {
		return nil, nil, fmt.Errorf("%s: longer than %d bytes", args[0], maxRules)
	}
	own, err := detectors.Load(args[0], b)
	if err != nil {
		// One line for each thing wrong.
		for text := range strings.SplitSeq(err.Error(), "\n") {
			c.complain(errors.New(text))
		}
		return nil, nil, exitStatus(exitError)
	}
	for i := range own {
		mine[own[i].ID] = true
	}
	rest := slices.DeleteFunc(slices.Clone(builtin), func(d detectors.Detector) bool { return mine[d.ID] })
	all, err = detectors.Merge(rest, own)
	return all, mine, err
}

// problem is something wrong with a detector.
type problem struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Detector string `json:"detector"`
	Message  string `json:"message"`
	Warning  bool   `json:"warning"`
}

// checkRules holds the detectors called mine against their examples.
func checkRules(all []detectors.Detector, mine map[string]bool, seed uint64, seeds int) ([]problem, error) {
	list, err := rulecheck.Check(all, func(d *detectors.Detector) bool { return mine[d.ID] }, seed, seeds)
	out := make([]problem, 0, len(list))
	for _, p := range list {
		out = append(out, problem{p.File, p.Line, p.ID, p.Message, p.Warning})
	}
	return out, err
}

// checkGitleaks loads a file of gitleaks' rules and tells what does not apply to
// streams and what costs much.
func checkGitleaks(path, defaults string) (list []problem, n int, err error) {
	ds, notes, err := gitleaks.Load(path, gitleaks.Options{Default: defaults})
	if err != nil {
		return nil, 0, err
	}
	for _, x := range notes {
		list = append(list, problem{x.File, x.Line, cmp.Or(x.Rule, "file"), x.Text, true})
	}
	e, err := scan.Compile(ds, scan.Options{})
	if err != nil {
		return nil, 0, err
	}
	for i := range ds {
		d := &ds[i]
		warn := func(text string) { list = append(list, problem{d.File, d.Line, d.ID, text, true}) }
		p := e.Plan(i)
		if p.EveryLine {
			warn("neither the regex nor a keyword has a literal: it is tried on every line")
		}
		if !p.Bounded {
			warn(fmt.Sprintf("the regex has no bound: it is walked over a line once, and looks %d bytes ahead at most", p.After))
		}
	}
	return list, len(ds), nil
}

func (c *cli) printProblems(list []problem, n int, asJSON bool) error {
	wrong := 0
	var b []byte
	for _, p := range list {
		kind := "warning: "
		if !p.Warning {
			kind = ""
			wrong++
		}
		b = fmt.Appendf(b, "%s:%d: %s%s: %s\n", c.safely(p.File), p.Line, kind, p.Detector, oneLine(p.Message))
	}
	if asJSON {
		b = append(appendJSON(nil, list), '\n')
	} else if len(list) == 0 {
		b = fmt.Appendf(b, "%s: no problems\n", count(int64(n), "detector"))
	}
	if err := writeAll(c.stdout, b); err != nil {
		return err
	}
	if wrong > 0 {
		return exitStatus(exitFindings)
	}
	return nil
}
