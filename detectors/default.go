package detectors

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/stanch/stanch/finding"
)

//go:embed *.yaml
var vendorFiles embed.FS

// compiledJSON is what the vendor files say, without their examples: JSON is
// read ten times as fast as YAML, and every start of the program pays for it.
//
//go:generate go test . -run ^TestCompiledIsCurrent$ -update
//go:embed compiled.json
var compiledJSON []byte

// Default returns the built-in detectors without their examples. They are read
// once; the slice is shared and must not be changed.
func Default() ([]Detector, error) { return compiledDetectors() }

var compiledDetectors = sync.OnceValues(func() ([]Detector, error) {
	var list []compiled
	if err := json.Unmarshal(compiledJSON, &list); err != nil {
		return nil, fmt.Errorf("compiled.json: %w", err)
	}
	ds := make([]Detector, len(list))
	for i := range list {
		if err := list[i].restore(&ds[i]); err != nil {
			return nil, fmt.Errorf("compiled.json: %s: %w", list[i].ID, err)
		}
	}
	return ds, nil
})

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

// compiled is a Detector in compiled.json.
type compiled struct {
	ID         string
	Title      string
	Vendor     string
	Severity   uint8    `json:",omitempty"`
	References []string `json:",omitempty"`
	Kind       uint8    `json:",omitempty"`
	Literals   []string `json:",omitempty"`
	Fold       bool     `json:",omitempty"`
	Before     string   `json:",omitempty"`
	After      string   `json:",omitempty"`
	Keywords   []string `json:",omitempty"`
	Loose      bool     `json:",omitempty"`
	Anywhere   bool     `json:",omitempty"`
	Entropy    float64  `json:",omitempty"`
	Check      string   `json:",omitempty"`
	Required   bool     `json:",omitempty"`
	Structure  string   `json:",omitempty"`
	Regex      string   `json:",omitempty"`
	Group      int      `json:",omitempty"`
	Identifier bool     `json:",omitempty"`
	File       string
	Line       int
}

// compile is the inverse of restore.
func compile(d *Detector) compiled {
	c := compiled{
		ID: d.ID, Title: d.Title, Vendor: d.Vendor, Severity: uint8(d.Severity), References: d.References, Kind: uint8(d.Kind),
		Literals: d.Literals, Fold: d.Fold, Keywords: d.Keywords, Loose: d.Loose, Anywhere: d.Anywhere, Entropy: d.Entropy,
		Structure: d.Structure, Regex: d.Regex, Group: d.Group, Identifier: d.Identifier, File: d.File, Line: d.Line,
	}
	if d.Before != nil {
		c.Before = d.Before.Source
	}
	if d.After != nil {
		c.After = d.After.Source
	}
	if d.Check != nil {
		c.Check, c.Required = d.Check.Name, d.Check.Required
	}
	return c
}

// restore trusts what Load has judged when the file was written.
func (c *compiled) restore(d *Detector) (err error) {
	*d = Detector{
		ID: c.ID, Title: c.Title, Vendor: c.Vendor, Severity: finding.Severity(c.Severity), References: c.References, Kind: Kind(c.Kind),
		Literals: c.Literals, Fold: c.Fold, Keywords: c.Keywords, Loose: c.Loose, Anywhere: c.Anywhere, Entropy: c.Entropy,
		Structure: c.Structure, Regex: c.Regex, Group: c.Group, Identifier: c.Identifier, File: c.File, Line: c.Line,
	}
	if c.Before != "" {
		if d.Before, err = ParseShape(c.Before); err != nil {
			return err
		}
	}
	if c.After != "" {
		if d.After, err = ParseShape(c.After); err != nil {
			return err
		}
	}
	if c.Check != "" {
		check := checkNamed(c.Check)
		if check == nil {
			return fmt.Errorf("unknown check %q", c.Check)
		}
		d.Check = &Check{Name: c.Check, Func: check.test, Required: c.Required}
	}
	return nil
}
