package scan_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/redact"
	"github.com/stanch/stanch/scan"
)

var (
	writeMatrix = flag.Bool("matrix", false, "write docs/coverage.md instead of comparing with it")
	showMatrix  = flag.String("show", "", "print the cells of this row of the matrix, or of all, that are not exact")
)

// kind of value that is put into a shape.
type valueClass struct {
	name      string
	templates []string // one for each draw in turn
}

// kinds of value; each sign of a password makes a kind of its own. PEM is
// written with real line ends where the notation has an escape for them.
var valueClasses = []valueClass{
	{"token", []string{"ghp" + "_{alnum:30}{crc32-base62:6}"}},
	{"hex", []string{"{hex:40}", "{hex:32}"}},
	{"base64", []string{"{base64:20}+{base64:10}/{base64:9}7==", "{base64:43}="}},
	{"uuid", []string{"{uuid}"}},
	{"url", []string{"https://h.example/{alnum:9}/{alnum:24}"}},
	{"pem", []string{"-----BEGIN PRIVATE KEY-----\n{base64:64}\n{base64:44}\n-----END PRIVATE KEY-----"}},
	{"jwt", []string{"{jwt}"}},
	{"pin", []string{"{digit:4}", "{digit:6}"}},
	{"word", []string{"{word:7}{digit:2}"}},
	{"phrase", []string{"{word} {word} {digit:2}{word}", "{word} {word} {word}"}},
	{"sasl", []string{"{b64:\x00bob\x00{alnum:12}}"}},
	{"basic", []string{"{b64:bob:{alnum:12}}"}},
	{"crypt", []string{"$6${alnum:8}${alnum:86}", "$2b$12${alnum:53}"}},
}

// rare are the classes that only the shapes made for them are tried with.
const rare = "sasl basic crypt"

// signs are the punctuation marks a password may hold.
const signs = "!#$%&()*+,-./:;<=>?@[\\]^_`{|}~'\""

var classes = func() []valueClass {
	list := slices.Clone(valueClasses)
	for _, c := range signs {
		in := "{alnum:7}" + string(c) + "{alnum:5}"
		list = append(list, valueClass{string(c), []string{in, "{alnum:9}-{alnum:2}" + string(c), string(c) + "{alnum:7}-{alnum:4}"}})
	}
	return list
}()

// outcome says what a scan made of one value in one shape.
type outcome byte

const (
	exact   outcome = '+' // the value, nothing else
	wide    outcome = 'w' // the value and delimiters beside it
	cut     outcome = 'c' // a part of the value is left
	missed  outcome = 'm' // all of it is left
	overrun outcome = 'x' // bytes of another field are taken
	broken  outcome = 'b' // the redacted text has other leaves, or no longer parses
	na      outcome = '-' // the shape cannot hold the value
)

func (o outcome) worse(p outcome) bool {
	const order = "-+wxbcm"
	return strings.IndexByte(order, byte(o)) > strings.IndexByte(order, byte(p))
}

const depths = 4 // a line as it is, and in one to three strings of JSON

type matrix struct {
	scanner  *scan.Scanner
	redactor *redact.Redactor
	draws    uint64
}

func newMatrix(t testing.TB) *matrix {
	t.Helper()
	e, err := redact.New(redact.DefaultDocument(), redact.Options{RandomKey: true})
	if err != nil {
		t.Fatal(err)
	}
	m := &matrix{e.Scan().NewScanner(), e.NewRedactor(), 3}
	if testing.Short() {
		m.draws = 1
	}
	return m
}

// fill draws a value of a class and puts it into a shape.
func (m *matrix) fill(t testing.TB, sh *shape, c *valueClass, draw uint64) (text string, from, to int, ok bool) {
	t.Helper()
	if has(sh.not, c.name) || (sh.only != "" || has(rare, c.name)) && !has(sh.only, c.name) {
		return "", 0, 0, false
	}
	text = sh.text
	if c.name == "pin" {
		if text = pinned(text); text == sh.text && sh.only == "" {
			return "", 0, 0, false
		}
	}
	// Signs stand at either end only where the notation delimits the value.
	n := len(c.templates)
	if len(c.name) == 1 && (sh.form.escape == nil || has(sh.not, "phrase")) {
		n = 1
	}
	v, _, _, err := detectors.Expand(c.templates[draw%uint64(n)], draw)
	if err != nil {
		t.Fatal(err)
	}
	if c.name == "pem" && (sh.form.escape == nil || sh.form.escape("\n") == "\n") {
		v = strings.ReplaceAll(v, "\n", `\n`)
	}
	if sh.form.escape != nil {
		v = sh.form.escape(v)
	}
	at := strings.LastIndex(text, "<<>>")
	return text[:at] + v + text[at+4:], at, at + len(v), true
}

// pinned is a shape about a PIN rather than a password.
func pinned(text string) string {
	return strings.NewReplacer("password", "pin", "Password", "Pin", "PASSWORD", "PIN").Replace(text)
}

// cell tries one value of a class in a shape at one depth. It returns the
// worst outcome of the draws and the text that had it.
func (m *matrix) cell(t testing.TB, sh *shape, c *valueClass, depth int) (worst outcome, bad string) {
	worst = na
	for draw := range m.draws {
		text, from, to, ok := m.fill(t, sh, c, draw)
		if !ok {
			return na, ""
		}
		text, from, to = deepen(text, from, to, depth)
		o := m.covers(text, from, to)
		if o == exact || o == wide {
			if err := m.carries(text, sh.form, depth); err != nil {
				o = broken
			}
		}
		if o.worse(worst) {
			worst, bad = o, text[:from]+"«"+text[from:to]+"»"+text[to:]
		}
	}
	return worst, bad
}

// covers compares what is found with text[from:to].
func (m *matrix) covers(text string, from, to int) outcome {
	c := make([]bool, len(text))
	for _, x := range m.scanner.Text(nil, []byte(text)) {
		if x.Confidence >= finding.Likely {
			for i := x.Start; i < x.End; i++ {
				c[i] = true
			}
		}
	}
	left := 0
	for i := from; i < to; i++ {
		if !c[i] {
			left++
		}
	}
	switch {
	case left == to-from:
		return missed
	case left > 0:
		return cut
	}
	o := exact
	for i := range text {
		if c[i] && (i < from || i >= to) {
			if o = wide; isAlnum(text[i]) {
				return overrun
			}
		}
	}
	return o
}

func isAlnum(c byte) bool { return c-'0' < 10 || c|0x20-'a' < 26 }

// carries redacts a text and reads it back: it has to have the leaves it had,
// but for what holds a marker now.
func (m *matrix) carries(text string, f form, depth int) error {
	redacted := string(m.redactor.Append(nil, []byte(text)))
	before, after := []string{text}, []string{redacted}
	for range depth {
		before, after = unwrap(before), unwrap(after)
	}
	if len(after) == 0 {
		return fmt.Errorf("no JSON: %s", redacted)
	}
	read := f.read
	if read == nil {
		return nil
	}
	a, err := read(before[0])
	if err != nil {
		return nil // this value has no place there
	}
	b, err := read(after[0])
	if err != nil {
		return fmt.Errorf("%w: %s", err, redacted)
	}
	if len(a) != len(b) {
		return fmt.Errorf("%d leaves became %d: %s", len(a), len(b), redacted)
	}
	for i := range a {
		if a[i] != b[i] && !strings.Contains(b[i], "REDACTED-") {
			return fmt.Errorf("%q became %q", a[i], b[i])
		}
	}
	return nil
}

// unwrap reads what deepen wrote.
func unwrap(text []string) []string {
	var x struct {
		Log *string
		N   int
	}
	if len(text) == 0 || json.Unmarshal([]byte(text[0]), &x) != nil || x.Log == nil || x.N != 1 {
		return nil
	}
	return []string{*x.Log}
}

// deepen puts a line into a string of JSON, depth times.
func deepen(text string, from, to, depth int) (string, int, int) {
	for range depth {
		a, b, c := jsonEscape(text[:from]), jsonEscape(text[from:to]), jsonEscape(text[to:])
		text, from, to = `{"log":"`+a+b+c+`","n":1}`, 8+len(a), 8+len(a)+len(b)
	}
	return text, from, to
}

// row is what came of a shape: for each class an outcome by depth.
type row struct {
	shape *shape
	cells [][depths]outcome
}

// TestMatrix: in every cell that has no stated reason, exactly the value is
// found and the redacted line still reads as it did.
func TestMatrix(t *testing.T) {
	m := newMatrix(t)
	n := depths
	if testing.Short() {
		n = 2
	}
	var rows []row
	for i := range logShapes {
		sh := &logShapes[i]
		r := row{sh, make([][depths]outcome, len(classes))}
		for k := range classes {
			for d := range n {
				o, bad := m.cell(t, sh, &classes[k], d)
				r.cells[k][d] = o
				if o == na || o == exact {
					continue
				}
				if *showMatrix == "all" || *showMatrix == sh.row {
					fmt.Printf("%-4s %-6s %d %c %q\n", sh.row, classes[k].name, d, o, bad)
				} else if reasonFor(sh.row, classes[k].name, d) == nil && !*writeMatrix {
					t.Errorf("row %s, %s, depth %d: %c: %s", sh.row, classes[k].name, d, o, bad)
				}
			}
		}
		rows = append(rows, r)
	}
	if testing.Short() || *showMatrix != "" {
		return
	}
	const file = "../docs/coverage.md"
	doc := coverage(rows)
	old, err := os.ReadFile(file)
	if current := err == nil && bytes.Equal(old, doc); !current && !*writeMatrix {
		const stale = "docs/coverage.md is not what the matrix says: run make matrix"
		if os.Getenv("CI") != "" { // elsewhere a change may be half done
			t.Error(stale)
		}
		t.Log(stale)
	}
	if *writeMatrix {
		if err := os.WriteFile(file, doc, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
