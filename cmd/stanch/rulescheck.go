package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/scan/rulecheck"
)

// maxRules is the size of the largest file of detectors read.
const maxRules = 16 << 20

func (c *cli) rulesCheck() *cobra.Command {
	var format string
	var seed uint64
	var seeds int
	cmd := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Hold detectors against their own examples",
		Example: `  stanch rules check                 # the built-in detectors
  stanch rules check my-rules.yaml`,
		Long: `Check loads a file of detectors together with the built-in ones, of which those
with the same ids are replaced, and scans every example in plain text, JSON,
logfmt, URLs and prose: exactly the marked part must be found, by this detector.
No negative may be.

Exit status: 0 all is well, 1 there are problems, 2 the file cannot be read.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			asJSON, err := isJSON(format)
			if err != nil {
				return err
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
