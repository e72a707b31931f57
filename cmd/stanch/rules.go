package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/scan"
)

// ruleJSON is a detector as rules list and rules show write it.
type ruleJSON struct {
	ID         string           `json:"id"`
	Title      string           `json:"title"`
	Vendor     string           `json:"vendor"`
	Severity   finding.Severity `json:"severity"`
	Kind       string           `json:"kind"`
	References []string         `json:"references,omitempty"`
	Identifier bool             `json:"identifier,omitempty"`

	Literals  []string `json:"literals,omitempty"`
	Fold      bool     `json:"fold,omitempty"`
	Before    string   `json:"before,omitempty"`
	After     string   `json:"after,omitempty"`
	Bounds    *bounds  `json:"bounds,omitempty"`
	Keywords  []string `json:"keywords,omitempty"`
	Loose     bool     `json:"loose,omitempty"`
	Anywhere  bool     `json:"anywhere,omitempty"`
	Entropy   float64  `json:"entropy,omitempty"`
	Check     string   `json:"check,omitempty"`
	Required  bool     `json:"check_required,omitempty"`
	Structure string   `json:"structure,omitempty"`
	Regex     string   `json:"regex,omitempty"`
	Group     int      `json:"group,omitempty"`

	Examples  []string `json:"examples,omitempty"`
	Negatives []string `json:"negatives,omitempty"`
	Defined   string   `json:"defined,omitempty"`
}

// bounds is the length of a match in bytes, its literal not counted.
type bounds struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

func ruleOf(d *detectors.Detector) ruleJSON {
	r := ruleJSON{
		ID: d.ID, Title: d.Title, Vendor: d.Vendor, Severity: d.Severity, Kind: d.Kind.String(),
		References: d.References, Identifier: d.Identifier,
		Literals: d.Literals, Fold: d.Fold, Keywords: d.Keywords, Loose: d.Loose, Anywhere: d.Anywhere,
		Entropy: d.Entropy, Structure: d.Structure, Regex: d.Regex, Group: d.Group,
		Defined: fmt.Sprintf("%s:%d", d.File, d.Line),
	}
	for _, s := range []*detectors.Shape{d.Before, d.After} {
		if s == nil {
			continue
		}
		if r.Bounds == nil {
			r.Bounds = new(bounds)
		}
		r.Bounds.Min += s.Min
		r.Bounds.Max += s.Max
	}
	if d.Before != nil {
		r.Before = d.Before.Source
	}
	if d.After != nil {
		r.After = d.After.Source
	}
	if d.Check != nil {
		r.Check, r.Required = d.Check.Name, d.Check.Required
	}
	for _, e := range d.Examples {
		r.Examples = append(r.Examples, e.Template)
	}
	for _, e := range d.Negatives {
		r.Negatives = append(r.Negatives, e.Template)
	}
	return r
}

func (c *cli) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "Show and check detectors",
		Example: `  stanch rules list
  stanch rules show github-pat
  stanch rules check my-rules.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.rulesList(), c.rulesShow(), c.rulesCheck())
	return cmd
}

func formatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVarP(format, "format", "f", "text", "`FORMAT`: text or json")
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
}

func isJSON(format string) (bool, error) {
	if format != "text" && format != "json" {
		return false, fmt.Errorf("--format: unknown format %q: want text or json", format)
	}
	return format == "json", nil
}

func (c *cli) rulesList() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List all detectors",
		Example: "  stanch rules list | grep aws\n  stanch rules list --format json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			asJSON, err := isJSON(format)
			if err != nil {
				return err
			}
			all, err := detectors.DefaultWithExamples()
			if err != nil {
				return err
			}
			if asJSON {
				rules := make([]ruleJSON, 0, len(all))
				for i := range all {
					rules = append(rules, ruleOf(&all[i]))
				}
				return writeAll(c.stdout, append(appendJSON(nil, rules), '\n'))
			}
			w := tabwriter.NewWriter(c.stdout, 0, 8, 2, ' ', 0)
			for i := range all {
				d := &all[i]
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", d.ID, d.Severity, d.Kind, d.Title)
			}
			return w.Flush()
		},
	}
	formatFlag(cmd, &format)
	return cmd
}

func (c *cli) rulesShow() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "show ID",
		Short:   "Show one detector",
		Example: "  stanch rules show github-pat",
		Args:    cobra.ExactArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeDetectors(cmd, args, prefix)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			asJSON, err := isJSON(format)
			if err != nil {
				return err
			}
			all, err := detectors.DefaultWithExamples()
			if err != nil {
				return err
			}
			for i := range all {
				if all[i].ID != args[0] {
					continue
				}
				r := ruleOf(&all[i])
				if asJSON {
					return writeAll(c.stdout, append(appendJSON(nil, r), '\n'))
				}
				how, err := plan(all, i)
				if err != nil {
					return err
				}
				return writeAll(c.stdout, []byte(r.text()+how))
			}
			return fmt.Errorf("no detector is called %q; stanch rules list shows them", args[0])
		},
	}
	formatFlag(cmd, &format)
	return cmd
}

// text writes a detector line by line.
func (r *ruleJSON) text() string {
	var b strings.Builder
	line := func(name string, values ...string) {
		for i, v := range values {
			if v == "" {
				continue
			}
			if i > 0 {
				name = ""
			} else {
				name += ":"
			}
			fmt.Fprintf(&b, "%-12s %s\n", name, v)
		}
	}
	quoted := func(list []string) (out []string) {
		for _, s := range list {
			out = append(out, fmt.Sprintf("%q", s))
		}
		return out
	}
	fmt.Fprintf(&b, "%s: %s\n\n", r.ID, r.Title)
	line("vendor", r.Vendor)
	line("severity", r.Severity.String())
	if r.Identifier {
		line("identifier", "names somebody rather than lets him in; kept by default")
	}
	line("kind", r.Kind)
	literals := strings.Join(quoted(r.Literals), " ")
	if r.Fold && literals != "" {
		literals += " in either case"
	}
	line("literals", literals)
	line("before", r.Before)
	line("after", r.After)
	if r.Bounds != nil {
		n := fmt.Sprintf("%d to %d bytes beside the literal", r.Bounds.Min, r.Bounds.Max)
		if r.Bounds.Min == r.Bounds.Max {
			n = fmt.Sprintf("%d bytes beside the literal", r.Bounds.Min)
		}
		if r.Loose {
			n += ", and more of the last class"
		}
		line("length", n)
	}
	line("structure", r.Structure)
	line("regex", r.Regex)
	if r.Group > 0 {
		line("group", fmt.Sprint(r.Group))
	}
	line("keywords", strings.Join(quoted(r.Keywords), " "))
	if r.Anywhere {
		line("anywhere", "also within a word")
	}
	if r.Entropy > 0 {
		line("entropy", fmt.Sprintf("at least %g bits per byte", r.Entropy))
	}
	if r.Check != "" {
		what := "; failing it lowers the confidence"
		if r.Required {
			what = "; required"
		}
		line("check", r.Check+what)
	}
	line("references", r.References...)
	line("examples", r.Examples...)
	line("negatives", r.Negatives...)
	line("defined in", r.Defined)
	return b.String()
}

// plan says how an expression is run: what it can reach, and what it costs
// where it has no bound or no literal.
func plan(all []detectors.Detector, i int) (string, error) {
	if all[i].Kind != detectors.Regex {
		return "", nil
	}
	e, err := scan.Compile(all, scan.Options{})
	if err != nil {
		return "", err
	}
	p := e.Plan(i)
	how := fmt.Sprintf("window:      %d bytes before and %d behind a literal\n", p.Before, p.After)
	if !p.Bounded {
		how += "bound:       none of its own: cut off at that, and walked over a line once\n"
	}
	if p.EveryLine {
		how += "cost:        no literal leads to it: tried on every line, which keeps clean lines from passing at memory speed\n"
	}
	return how, nil
}
