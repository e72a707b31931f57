package detectors

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"

	"github.com/stanch/stanch/finding"
)

//go:embed *.yaml
var vendorFiles embed.FS

// compiledText is what the vendor files say, without their examples, as encode
// writes it: every start of the program pays for reading it, and YAML takes
// some forty times as long.
//
//go:generate go test . -run ^TestCompiledIsCurrent$ -update
//go:embed compiled.txt
var compiledText string

// Default returns the built-in detectors without their examples. They are read
// once; the slice is shared and must not be changed.
func Default() ([]Detector, error) { return compiled() }

var compiled = sync.OnceValues(func() ([]Detector, error) { return decode(compiledText) })

// DefaultWithExamples parses the built-in vendor files, examples and negatives
// included, anew with every call. Whoever only looks for secrets wants Default.
func DefaultWithExamples() ([]Detector, error) {
	names, err := fs.Glob(vendorFiles, "*.yaml")
	if err != nil {
		return nil, err
	}
	var lists [][]Detector
	var errs []error
	for _, name := range names {
		data, err := vendorFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		list, err := Load(name, data)
		if err != nil {
			errs = append(errs, err)
		}
		lists = append(lists, list)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return Merge(lists...)
}

// A compiled detector is a line of fields, a compiled list a field of items.
// Neither byte occurs inside of them.
const (
	fieldEnd = "\t"
	itemEnd  = "\x1f"
)

// encode writes the detectors, a line each, so that a change of one is a change
// of a line. What the fields are is for decode alone to know.
func encode(ds []Detector) (string, error) {
	var out strings.Builder
	for i := range ds {
		d := &ds[i]
		var before, after, check string
		if d.Before != nil {
			before = d.Before.Source
		}
		if d.After != nil {
			after = d.After.Source
		}
		required := false
		if d.Check != nil {
			check, required = d.Check.Name, d.Check.Required
		}
		flags := 0
		for bit, set := range []bool{d.Fold, d.Loose, d.Anywhere, d.Identifier, required} {
			if set {
				flags |= 1 << bit
			}
		}
		fields := []string{
			d.ID, d.Title, d.Vendor, d.Structure, d.Regex, before, after, check, d.File,
			strings.Join(d.References, itemEnd), strings.Join(d.Literals, itemEnd), strings.Join(d.Keywords, itemEnd),
			strconv.Itoa(int(d.Severity)), strconv.Itoa(int(d.Kind)), strconv.Itoa(flags), strconv.Itoa(d.Group), strconv.Itoa(d.Line),
			strconv.FormatFloat(d.Entropy, 'g', -1, 64),
		}
		line := strings.Join(fields, fieldEnd)
		if strings.Count(line, fieldEnd) != len(fields)-1 || strings.Contains(line, "\n") {
			return "", fmt.Errorf("%s:%d: detector %s: a tab or newline in a field", d.File, d.Line, d.ID)
		}
		out.WriteString(line + "\n")
	}
	return out.String(), nil
}

// decode is the inverse of encode. It trusts what Load has judged when the text
// was written.
func decode(text string) ([]Detector, error) {
	ds := make([]Detector, 0, strings.Count(text, "\n"))
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), fieldEnd)
		if len(f) != 18 {
			return nil, fmt.Errorf("built-in detectors: line %d has %d fields", len(ds)+1, len(f))
		}
		var n [5]int
		var errs [8]error
		for i := range n {
			n[i], errs[i] = strconv.Atoi(f[12+i])
		}
		d := Detector{
			ID: f[0], Title: f[1], Vendor: f[2], Structure: f[3], Regex: f[4], File: f[8],
			References: list(f[9]), Literals: list(f[10]), Keywords: list(f[11]),
			Severity: finding.Severity(n[0]), Kind: Kind(n[1]), Group: n[3], Line: n[4],
			Fold: n[2]&1 != 0, Loose: n[2]&2 != 0, Anywhere: n[2]&4 != 0, Identifier: n[2]&8 != 0,
		}
		d.Entropy, errs[5] = strconv.ParseFloat(f[17], 64)
		if f[5] != "" {
			d.Before, errs[6] = ParseShape(f[5])
		}
		if f[6] != "" {
			d.After, errs[7] = ParseShape(f[6])
		}
		err := errors.Join(errs[:]...)
		if f[7] != "" {
			if c := checkNamed(f[7]); c != nil {
				d.Check = &Check{Name: c.name, Func: c.test, Required: n[2]&16 != 0}
			} else {
				err = fmt.Errorf("unknown check %q", f[7])
			}
		}
		if err != nil {
			return nil, fmt.Errorf("built-in detectors: line %d: %w", len(ds)+1, err)
		}
		ds = append(ds, d)
	}
	return ds, nil
}

func list(field string) []string {
	if field == "" {
		return nil
	}
	return strings.Split(field, itemEnd)
}
