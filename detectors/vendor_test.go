package detectors

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// vendor loads the vendor files as they lie on disk. An error says file and
// line of each thing that is wrong; detectors of good files come back all the same.
func vendor() ([]Detector, error) {
	files, err := filepath.Glob("*.yaml")
	if err != nil {
		return nil, err
	}
	var lists [][]Detector
	var errs []error
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		list, err := Load(f, data)
		errs = append(errs, err)
		lists = append(lists, list)
	}
	if _, err := Merge(lists...); err != nil {
		errs = append(errs, err)
	}
	return slices.Concat(lists...), errors.Join(errs...)
}

func vendorDocuments(t *testing.T) (docs [][]byte) {
	t.Helper()
	files, err := filepath.Glob("*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, data)
	}
	return docs
}

// Every example of every vendor file, from three seeds, must be found where its
// marks say, and no negative may.
func TestVendorExamples(t *testing.T) {
	ds, err := vendor()
	if err != nil {
		t.Errorf("%v", err)
	}
	for _, d := range ds {
		if len(d.Examples) == 0 && d.Kind != Structure { // what goes over lines is tested in scan
			t.Errorf("%s:%d: %s: no examples", d.File, d.Line, d.ID)
		}
		for _, e := range d.Examples {
			for seed := range uint64(3) {
				text, start, end, err := Expand(e.Template, seed)
				if err != nil {
					t.Errorf("%s:%d: %s: %v", d.File, e.Line, d.ID, err)
					break
				}
				if why := judgeExample(&d, text, start, end, strings.Contains(e.Template, "{check-") || strings.Contains(e.Template, "{crc32-")); why != "" {
					t.Errorf("%s:%d: %s: %s\n\ttemplate  %s\n\texpansion %s (seed %d)", d.File, e.Line, d.ID, why, e.Template, text, seed)
					break
				}
				if p := unknownPlaceholder.FindString(text); p != "" {
					t.Errorf("%s:%d: %s: %s is no placeholder", d.File, e.Line, d.ID, p)
					break
				}
			}
		}
		for _, e := range d.Negatives {
			for seed := range uint64(3) {
				text, _, _, err := Expand(e.Template, seed)
				if err != nil {
					t.Errorf("%s:%d: %s: %v", d.File, e.Line, d.ID, err)
					break
				}
				if found := find(&d, text); len(found) > 0 {
					t.Errorf("%s:%d: %s: a negative matches\n\ttemplate  %s\n\tmatched   %s (seed %d)", d.File, e.Line, d.ID, e.Template, text[found[0].from:found[0].to], seed)
					break
				}
			}
		}
	}
}

var unknownPlaceholder = regexp.MustCompile(`\{(check-)?[a-z0-9]+(-[a-z0-9]+)*:[0-9]+(-[0-9]+)?\}|\{check-[a-z0-9-]*\}`)

// found is one match: text[from:to], the secret in it text[start:end].
type found struct{ from, to, start, end int }

// judgeExample says what is wrong with an example, or nothing.
func judgeExample(d *Detector, text string, start, end int, summed bool) string {
	all := find(d, text)
	if d.Kind == Structure || d.Kind == Field {
		return ""
	}
	if len(all) == 0 {
		return "nothing matches" + whyNot(d, text)
	}
	if len(all) > 1 && d.Kind == Prefix {
		return "more than one match"
	}
	f := all[0]
	if f.start != start || f.end != end {
		return "the secret found is " + text[f.start:f.end] + ", the template marks " + text[start:end]
	}
	if d.Check != nil && (d.Check.Required || summed) && !d.Check.Func([]byte(text[f.from:f.to])) {
		return "check " + d.Check.Name + " fails on " + text[f.from:f.to]
	}
	if d.Entropy > 0 && entropy(text[f.start:f.end]) < d.Entropy {
		return "the secret has less entropy than the detector asks for"
	}
	return ""
}

// whyNot names the step that failed at the first literal found.
func whyNot(d *Detector, text string) string {
	folded := fold(d.Fold, text)
	for _, l := range d.Literals {
		i := strings.Index(folded, fold(d.Fold, l))
		if i < 0 {
			continue
		}
		b := []byte(text)
		if d.Before != nil {
			if _, _, _, ok := d.Before.MatchBackward(b, i, 0); !ok {
				return ": before does not end at literal " + l
			}
		}
		if d.After != nil && d.Kind == Prefix {
			end, _, _, ok, _ := d.After.Match(b, i+len(l), len(b))
			if !ok {
				return ": after does not fit behind literal " + l + ", it stops at: " + text[end:]
			}
			return ": the byte before or behind the match, or a keyword, is in the way"
		}
		return ": literal " + l + " is there"
	}
	return ": no literal in the text"
}

func fold(yes bool, s string) string {
	if yes {
		return strings.ToLower(s)
	}
	return s
}

// find is a plain reading of the rules: what the engine must find in text when
// it looks for nothing but d. A failed check is a miss only when required.
func find(d *Detector, text string) (all []found) {
	switch d.Kind {
	case Prefix:
		all = findPrefix(d, text)
	case Keyed:
		all = findKeyed(d, text)
	case Regex:
		all = findRegex(d, text)
	}
	kept := all[:0]
	for _, f := range all {
		if d.Check != nil && d.Check.Required && !d.Check.Func([]byte(text[f.from:f.to])) ||
			d.Entropy > 0 && entropy(text[f.start:f.end]) < d.Entropy || !keywordBefore(d, text, f.from) {
			continue
		}
		kept = append(kept, f)
	}
	return kept
}

func findPrefix(d *Detector, text string) (all []found) {
	b, folded := []byte(text), fold(d.Fold, text)
	for _, l := range d.Literals {
		for at := 0; ; at++ {
			i := strings.Index(folded[at:], fold(d.Fold, l))
			if i < 0 {
				break
			}
			at += i
			f := found{at, at + len(l), -1, -1}
			ok := true
			if d.Before != nil {
				var s, e int
				if f.from, s, e, ok = d.Before.MatchBackward(b, at, 0); !ok {
					continue
				}
				if d.Before.SecretTo > 0 {
					f.start, f.end = s, e
				}
			}
			if d.After != nil {
				var s, e int
				if f.to, s, e, ok, _ = d.After.Match(b, f.to, len(b)); !ok {
					continue
				}
				if d.After.SecretTo > 0 {
					f.start, f.end = s, e
				}
				tail := d.After.Tail()
				if d.Loose {
					for f.to < len(b) && tail.Has(b[f.to]) {
						f.to++
					}
				} else if f.to < len(b) && tail.Has(b[f.to]) {
					continue
				}
			}
			if f.start < 0 {
				f.start, f.end = f.from, f.to
			}
			if !d.Anywhere && f.from > 0 && wordByte(b[f.from-1]) && !escapeBefore.MatchString(text[:f.from]) {
				continue
			}
			all = append(all, f)
		}
	}
	return all
}

// escapeBefore are the ends of escapes, whose last byte is no word byte although it looks like one.
var escapeBefore = regexp.MustCompile(`(?:\\[nrtbf]|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2})$`)

func wordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}

// separators stand between a key and its value: at most eight of these bytes,
// at least one of them no blank.
var separators = regexp.MustCompile(`^[A-Za-z0-9_.\- \])]{0,40}?["'\\]{0,4}\s{0,4}(?:=>|:=|[=:|,(>]|\s)["'\\\s=]{0,8}(?:(?i:bearer|basic|token)\s)?`)

func findKeyed(d *Detector, text string) (all []found) {
	b := []byte(text)
	for _, l := range d.Literals {
		word := spellings(l).FindStringIndex(text)
		if word == nil {
			continue
		}
		for from := word[1]; from < min(len(text), word[1]+80); from++ {
			if wordByte(b[from-1]) || strings.IndexByte("-+/.~", b[from-1]) >= 0 && from > word[1] || !separators.MatchString(text[word[1]:from]+" ") {
				continue
			}
			to, s, e, ok, _ := d.After.Match(b, from, len(b))
			if ok && (to == len(b) || !wordByte(b[to]) && !d.After.Tail().Has(b[to])) {
				all = append(all, found{from, to, s, e})
				break
			}
		}
	}
	return all
}

// spellings matches the vendor word of a keyed detector as names spell it:
// NEW_RELIC_KEY, newRelicKey and new-relic-key for newrelic_key.
func spellings(word string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString("(?i)")
	for i, c := range strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(word) {
		if i > 0 {
			b.WriteString(`[_.\- ]?`)
		}
		b.WriteString(regexp.QuoteMeta(string(c)))
	}
	return regexp.MustCompile(b.String())
}

func findRegex(d *Detector, text string) (all []found) {
	for _, m := range regexp.MustCompile(d.Regex).FindAllStringSubmatchIndex(text, -1) {
		if m[2*d.Group] >= 0 {
			all = append(all, found{m[0], m[1], m[2*d.Group], m[2*d.Group+1]})
		}
	}
	return all
}

func keywordBefore(d *Detector, text string, at int) bool {
	if len(d.Keywords) == 0 {
		return true
	}
	line := text[strings.LastIndexByte(text[:at], '\n')+1 : at]
	line = strings.ToLower(line[max(0, len(line)-128):])
	for _, k := range d.Keywords {
		if strings.Contains(line, strings.ToLower(k)) {
			return true
		}
	}
	return false
}

func entropy(s string) (bits float64) {
	var n [256]float64
	for i := range len(s) {
		n[s[i]]++
	}
	for _, c := range n {
		if c > 0 {
			bits -= c / float64(len(s)) * math.Log2(c/float64(len(s)))
		}
	}
	return bits
}

// Identifiers stand together, each under the name of its vendor, so that what
// is kept by default can be read in one place.
func TestIdentifiersStandTogether(t *testing.T) {
	ds, err := vendor()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ds {
		together := d.File == "identifiers.yaml"
		if d.Identifier != together {
			t.Errorf("%s:%d: %s: identifier is %v", d.File, d.Line, d.ID, d.Identifier)
		}
		if together && d.Vendor == "Various" {
			t.Errorf("%s:%d: %s: no vendor", d.File, d.Line, d.ID)
		}
	}
}
