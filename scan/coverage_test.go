package scan_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// red states why some cells of the matrix are not exact.
type red struct {
	rows, classes string // by their names, "all" for every one
	from          int    // the least depth
	reason        string
}

const (
	bracketReason   = "Ambiguous: a bracket that an unquoted value opens may close with the container's. The value takes that one."
	backslashReason = "Ambiguous: a backslash before the closing quote escapes it in most languages and is a byte like any other in SQL, YAML, shells and XML. The value goes on."
	quoteReason     = "Ambiguous: in a string of JSON an escaped quote in an unquoted value may as well end a quoted part of the message."
	sentenceReason  = "In a sentence only what looks like a credential is told from the words around it."
	dotReason       = "Ambiguous: a dot at the end of an address may end the sentence. It goes with the value before a quote, not before a blank or the end of the line."
	shortReason     = "A short number away from its name is not told from a count."
	plainReason     = "Words in a list of headers are no credential."
)

// reds are the cells in which more or less than the value is found.
var reds = []red{
	{rows: "10b 13 13b 13d 13e 13f 60b 61b 61c 66c 69 69b 69c 69d 69e 69f 69g 69j 69k", classes: `\`, reason: backslashReason},
	{rows: "22b 23b 23c 23d 24 26b 37c 47c", classes: "( [ {", reason: bracketReason},
	{rows: "21 21b 47 47c 47d 66d 72 72d", classes: `"`, from: 1, reason: quoteReason},
	{rows: "77 77b 77d 77e", classes: "all", reason: sentenceReason},
	{rows: "42f", classes: ".", reason: dotReason},
	{rows: "43", classes: "all", from: 1, reason: dotReason},
	{rows: "15 15b 86", classes: "pin", reason: shortReason},
	{rows: "4b", classes: "phrase", reason: plainReason},
}

// reasonFor returns what is stated for a cell, or nil.
func reasonFor(row, class string, depth int) *red {
	for i := range reds {
		r := &reds[i]
		if depth >= r.from && has(r.rows, row) && (r.classes == "all" || has(r.classes, class)) {
			return r
		}
	}
	return nil
}

// has reports whether a list of words holds one.
func has(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}

const coverageHead = `# What is found, in which notation

Made by ` + "`make matrix`" + `; a test keeps it true. Each row is a line of a log with a value in
place of ` + "`<<>>`" + `, each column a class of values, drawn from a seed. A line is tried as it is
and inside of one, two and three strings of JSON. A cell is exact if the value is found
to the byte, nothing else is, and the redacted line still reads as it did in its own
format: JSON, logfmt, YAML, XML, CSV, SQL, the words of a shell, addresses, literals.

- ` + "`+`" + ` exact at every depth; otherwise one letter for each depth: ` + "`+`" + ` exact, ` + "`w`" + ` the value and
  delimiters beside it, ` + "`c`" + ` a part is left, ` + "`m`" + ` all of it is left, ` + "`x`" + ` bytes of another field are
  taken, ` + "`b`" + ` the line reads otherwise
- ` + "`-`" + ` the notation cannot hold such a value there, or the row is about something else
- **signs**: passwords with each punctuation mark inside and, where the notation delimits
  the value, at either end; how many of the marks it can hold are exact
- **pin**: four to six digits under ` + "`pin`" + ` in place of ` + "`password`" + `

`

// coverage is the document of the matrix.
func coverage(rows []row) []byte {
	var b bytes.Buffer
	b.WriteString(coverageHead)
	b.WriteString("| Row | Line |")
	rule := "|---|---|"
	for _, c := range classes {
		if len(c.name) > 1 && !has(rare, c.name) {
			fmt.Fprintf(&b, " %s |", c.name)
			rule += "---|"
		}
	}
	fmt.Fprintf(&b, " signs |\n%s---|\n", rule)
	total, fine := 0, 0
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s |", r.shape.row, code(r.shape.text))
		holds, good := 0, 0
		other := ""
		for i, c := range classes {
			x := r.cells[i]
			for _, o := range x {
				if o != na {
					total++
				}
				if o == exact {
					fine++
				}
			}
			mark := string(x[0])
			if slices.ContainsFunc(x[:], func(o outcome) bool { return o != x[0] }) || x[0] != exact && x[0] != na {
				mark = string(x[:])
			}
			switch {
			case has(rare, c.name):
				if x[0] != na {
					other = " (" + c.name + " " + mark + ")"
				}
			case len(c.name) > 1:
				fmt.Fprintf(&b, " %s |", mark)
			case x[0] != na:
				holds++
				if mark == string(exact) {
					good++
				}
			}
		}
		fmt.Fprintf(&b, " %d/%d%s |\n", good, holds, other)
	}
	fmt.Fprintf(&b, "\n%d of %d cells are exact, counting each depth.\n", fine, total)
	b.WriteString("\n## Cells that are not exact\n\n| Row | Values | Depths | Why |\n|---|---|---|---|\n")
	for i := range reds {
		for _, r := range rows {
			for k, c := range classes {
				marks := ""
				for d, o := range r.cells[k] {
					if o != exact && o != na && reasonFor(r.shape.row, c.name, d) == &reds[i] {
						marks += fmt.Sprintf(" %d%c", d, o)
					}
				}
				if marks != "" {
					fmt.Fprintf(&b, "| %s | %s |%s | %s |\n", r.shape.row, code(c.name), marks, reds[i].reason)
				}
			}
		}
	}
	b.WriteString("\n## What a notation cannot hold\n\nA blank, a quote or another delimiter would end the value there in any reading, or has\nto be escaped.\n\n| Row | Values |\n|---|---|\n")
	for _, r := range rows {
		if r.shape.not == "" {
			continue
		}
		var list []string
		for _, c := range classes {
			if has(r.shape.not, c.name) {
				list = append(list, code(c.name))
			}
		}
		fmt.Fprintf(&b, "| %s | %s |\n", r.shape.row, strings.Join(list, " "))
	}
	return b.Bytes()
}

// code writes a text as code in a cell of a table.
func code(s string) string {
	s = strings.NewReplacer("|", `\|`, "\n", "⏎", "\r", "", "\x00", "␀", "\x1b", "␛", "\t", "⇥").Replace(s)
	if strings.Contains(s, "`") {
		return "`` " + s + " ``"
	}
	return "`" + s + "`"
}
