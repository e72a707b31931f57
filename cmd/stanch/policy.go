package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/redact"
)

// policyFlags choose what is redacted.
type policyFlags struct {
	config        string
	rules         []string
	rulesDefault  string
	only, skip    []string
	minConfidence string
}

func (p *policyFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&p.config, "config", "c", "", "policy `FILE` (see stanch config check)")
	f.StringArrayVar(&p.rules, "rules", nil, "also use the detectors of this `FILE`, or its rules of gitleaks if it ends in .toml")
	f.StringVar(&p.rulesDefault, "rules-default", "", "`FILE` that extend.useDefault of rules of gitleaks stands for")
	f.StringSliceVar(&p.only, "only", nil, "use only these `DETECTORS` (ids, * for any characters)")
	f.StringSliceVar(&p.skip, "skip", nil, "leave out these `DETECTORS`")
	f.StringVar(&p.minConfidence, "min-confidence", "", "redact from this `LEVEL` where the policy says nothing else: low, medium or high (default medium)")
	cmd.RegisterFlagCompletionFunc("min-confidence", cobra.FixedCompletions([]string{"low", "medium", "high"}, cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("only", completeDetectors)
	cmd.RegisterFlagCompletionFunc("skip", completeDetectors)
}

func completeDetectors(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	all, err := detectors.Default()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var ids []string
	for i := range all {
		if strings.HasPrefix(all[i].ID, prefix) {
			ids = append(ids, all[i].ID+"\t"+all[i].Title)
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

// document reads the policy and puts the flags over it.
func (p *policyFlags) document() (*redact.Document, error) {
	doc := redact.DefaultDocument()
	if p.config != "" {
		var err error
		if doc, err = readDocument(p.config); err != nil {
			return nil, err
		}
	}
	for _, path := range p.rules {
		doc.Rules = append(doc.Rules, redact.RuleFile{Path: path, Default: p.rulesDefault})
	}
	only, err := patterns("--only", p.only)
	if err != nil {
		return nil, err
	}
	skip, err := patterns("--skip", p.skip)
	if err != nil {
		return nil, err
	}
	if len(only) > 0 {
		doc.Detectors.Only = only
	}
	doc.Detectors.Skip = append(doc.Detectors.Skip, skip...)
	if p.minConfidence == "" {
		return doc, nil
	}
	least, err := finding.ParseConfidence(p.minConfidence)
	if err != nil {
		return nil, fmt.Errorf("--min-confidence: %w", err)
	}
	secret := false
	doc.Policy = append(doc.Policy,
		redact.Rule{Identifier: &secret, Confidence: least, Action: redact.Mask},
		redact.Rule{Action: redact.Keep})
	return doc, nil
}

// engine compiles the policy. Values in environ that look secret are known, too.
// It prints which known secrets cannot be looked for.
func (p *policyFlags) engine(c *cli, environ []string) (*redact.Engine, error) {
	doc, err := p.document()
	if err != nil {
		return nil, err
	}
	e, err := redact.New(doc, redact.Options{RandomKey: true, Environ: environ})
	if err != nil {
		return nil, err
	}
	for _, r := range e.Refused() {
		fmt.Fprintf(c.stderr, "stanch: not looked for: %s\n", c.refusal(r))
	}
	return e, nil
}

// maxDocument is a little more than the longest document that is accepted, so
// that one longer is refused for its length.
const maxDocument = 2 << 20

func readDocument(name string) (*redact.Document, error) {
	b, err := readSmall(name, maxDocument)
	if err != nil {
		return nil, err
	}
	return redact.ParseDocument(name, b)
}

// readSmall reads a file, or its first bytes when it is longer than most.
func readSmall(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

var detectorPattern = regexp.MustCompile(`^[a-z0-9*-]{1,64}$`)

// patterns checks the detector ids of a flag. An id that fits none is refused:
// it is misspelt, and something else would be done than was meant.
func patterns(flag string, ids []string) ([]redact.Pattern, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	all, err := detectors.Default()
	if err != nil {
		return nil, err
	}
	all = append(all[:len(all):len(all)], detectors.KnownSecret())
	var out []redact.Pattern
	for _, id := range ids {
		id = strings.TrimSpace(id)
		if !detectorPattern.MatchString(id) {
			return nil, fmt.Errorf("%s: %q is no detector id; stanch rules list shows them", flag, id)
		}
		re := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(id), `\*`, ".*") + "$")
		found := false
		for i := range all {
			found = found || re.MatchString(all[i].ID)
		}
		if !found {
			return nil, fmt.Errorf("%s: no detector is called %q; stanch rules list shows them", flag, id)
		}
		out = append(out, redact.Pattern{Text: id, Pos: redact.Position{File: flag}})
	}
	return out, nil
}
