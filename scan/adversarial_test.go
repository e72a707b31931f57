package scan_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/scan"
)

// attack is text that costs as much as can be had.
type attack struct {
	name string
	head string
	unit string // repeated; %d is replaced by a running number
	eol  int    // a line end after so many units, 0 for none
}

func (a attack) text(n int) []byte {
	b := append(make([]byte, 0, n+len(a.unit)+16), a.head...)
	counted := strings.Contains(a.unit, "%d")
	for i := 0; len(b) < n; i++ {
		if counted {
			b = fmt.Appendf(b, a.unit, i)
		} else {
			b = append(b, a.unit...)
		}
		if a.eol > 0 && i%a.eol == a.eol-1 {
			b = append(b, '\n')
		}
	}
	return b[:n]
}

var handmade = slices.Concat(written, encodedAttacks())

var written = []attack{
	{name: "quotes", unit: `"`},
	{name: "backslashes", unit: `\`},
	{name: "backslashes behind a name", head: `password="`, unit: `\`},
	{name: "equals", unit: `=`},
	{name: "names", unit: `password`},
	{name: "names and equals", unit: `password=`},
	{name: "names and colons", unit: `password:`},
	{name: "names and blanks", unit: `password `},
	{name: "names and quotes", unit: `password="`},
	{name: "quotes and commands", unit: `"PASS ="`},
	{name: "open quotes", unit: `{"password":"`},
	{name: "open quotes, deeper", unit: `{\"password\":\"`},
	{name: "nests", unit: `\\\"token\\\":`},
	{name: "alternating depth", unit: `"token":\"token\":\\\"token\\\":`},
	{name: "long backslash names", unit: `\\\\\\\\\\\\\\\"token\\\\\\\\\\\\\\\":\\\\\\\\\\\\\\\"a`},
	{name: "round brackets", unit: `key=(key=(`},
	{name: "square brackets", unit: `key=[key=[`},
	{name: "lists", unit: `key=["a",`},
	{name: "lists of lists", unit: `password=[["`},
	{name: "curly brackets", unit: `key={key={`},
	{name: "angle brackets", unit: `key=<key=<`},
	{name: "medium values", unit: `auth_key=a,`},
	{name: "weak values", unit: `key=aaaaaaaaaaaaaaaaaaaaaaaaa,`},
	{name: "weak names, one value", unit: `key=`},
	{name: "medium names, one value", unit: `token=`},
	{name: "medium names of many kinds", unit: `token%d=`},
	{name: "strong names of many kinds", unit: `password_%d=`},
	{name: "names, quoted with another", unit: `token='token="`},
	{name: "sessions", unit: `session=session:`},
	{name: "placeholders", unit: `password=${password=${`},
	{name: "interpolations", unit: `password={{password={{`},
	{name: "digest", head: `Authorization: `, unit: `Authorization: Digest a="`},
	{name: "digest parameters", head: `Authorization: Digest `, unit: `response="a",`},
	{name: "digest, no quote", head: `Authorization: Digest `, unit: `a=`},
	{name: "headers", unit: `Authorization: `},
	{name: "headers in brackets", unit: `Authorization:[`},
	{name: "headers with schemes", unit: `Authorization: Basic `},
	{name: "headers, quoted", unit: `"Authorization":"Bearer `},
	{name: "cookies", unit: `Cookie: a=b;`},
	{name: "cookies, quoted", unit: `"Cookie":"a=b;`},
	{name: "cookie pairs", head: `Cookie: `, unit: `a=b;`},
	{name: "set-cookie", unit: `Set-Cookie: a=b,`},
	{name: "userinfo", unit: `://a:b/`},
	{name: "userinfo without end", unit: `://u:`},
	{name: "userinfo with at", unit: `://u:p@`},
	{name: "schemes", unit: `://`},
	{name: "go dsn", unit: `a:b@tcp(`},
	{name: "oracle", unit: `jdbc:oracle:thin:a/b`},
	{name: "jwt", unit: `eyJ`},
	{name: "jwt parts", unit: `eyJ.eyJ.`},
	{name: "jwt header", unit: `eyJhbGciOiJIUzI1NiJ9.`},
	{name: "jwt, quoted", unit: `"eyJhbGciOiJIUzI1NiJ9`},
	{name: "pem", unit: `-----BEGIN RSA PRIVATE KEY-----`},
	{name: "pem heads, then a line end", unit: `-----BEGIN RSA PRIVATE KEY-----`, eol: 2000},
	{name: "pem lines", unit: "-----BEGIN RSA PRIVATE KEY-----\n"},
	{name: "pem, not private", unit: `-----BEGIN `},
	{name: "pem, never ended", head: "-----BEGIN RSA PRIVATE KEY-----\n", unit: "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklm\n"},
	{name: "pem bodies on a line", unit: `-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n`},
	{name: "putty", unit: "Private-Lines: 9999\n"},
	{name: "putty on a line", unit: `Private-Lines: 9999\n`},
	{name: "curl", unit: `curl -u `},
	{name: "curl words", unit: `curl a b c d `},
	{name: "curl quote", unit: `curl "`},
	{name: "mysql", unit: `mysql `},
	{name: "docker", unit: `docker login -p `},
	{name: "sql", unit: `identified by '`},
	{name: "sql with", unit: `identified with `},
	{name: "bearer", unit: `bearer `},
	{name: "bearer run", unit: `bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`},
	{name: "tags", unit: `<password `},
	{name: "tags with text", unit: `<password>`},
	{name: "flags", unit: `--password `},
	{name: "flags, quoted", unit: `"--token",`},
	{name: "names of members", unit: `{"name":"password",`},
	{name: "names of members, no object", unit: `"name":"password",`},
	{name: "names of members, nested", unit: `{"a":{"name":"password"`},
	{name: "values before names", unit: `{"value":"a","name":"password"}`},
	{name: "values of nested objects", unit: `"name":"password","value":{"a":[`},
	{name: "bare members", unit: `name=password value=`},
	{name: "attributes", unit: `<a name="password" `},
	{name: "elements", unit: `<name>password</name>`},
	{name: "labels", unit: `cs1Label=password `},
	{name: "elements of a list", unit: `"password","a1b2",`},
	{name: "lists that begin with names", unit: `["password","a1b2"`},
	{name: "columns", unit: `user,password,`},
	{name: "columns in a string", head: `{"a":"`, unit: `user,password,a\n`},
	{name: "columns in a string, no line end", head: `{"a":"`, unit: `user,password,`},
	{name: "headers of tables", unit: "user,password\na,b1\n"},
	{name: "columns by width", unit: `PASSWORD  `},
	{name: "drawn columns", unit: `| password `},
	{name: "columns of a statement", unit: `insert into t (password, `},
	{name: "columns of a statement, values", unit: `insert into t (password) values (`},
	{name: "binds", unit: `password = ? `},
	{name: "templates", unit: `password {p} `},
	{name: "templates in strings", unit: `"password {p}","args":[`},
	{name: "two lines", unit: "\"password\":\n"},
	{name: "two lines in a string", head: `{"a":"`, unit: `\"password\":\n`},
	{name: "block scalars", unit: "password: |\n  a\n"},
	{name: "block scalars in a string", head: `{"a":"`, unit: `\npassword: |\n  a`},
	{name: "arguments", unit: `"curl","-u",`},
	{name: "machines", unit: "machine a login b password c "},
	{name: "auth login", unit: "auth login\n"},
	{name: "calls", unit: `("token","`},
	{name: "ansi", unit: "token=\x1b[33m"},
	{name: "ansi after a name", head: "token", unit: "\x1b[33m"},
	{name: "percent", unit: `%26password%3D%22`},
	{name: "unicode escapes", unit: `\u0026token\u003d\u0022`},
	{name: "entities", unit: `&quot;token&quot;:&quot;`},
	{name: "base64", unit: "dGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIDEzIGxhenkgZG9ncyA/+"},
	{name: "hex", unit: "0123456789abcdef"},
	{name: "words of a name", unit: `password_key_token_secret_`},
	{name: "one name", unit: `secretpasswordtokenkeyauth`},
	{name: "stars", unit: `password=*********,`},
	{name: "markers", unit: `password=REDACTED-password `},
	{name: "names without end", head: "token=", unit: `REDACTED-`},
	{name: "high bytes", unit: "\xc3\xa4password\xff="},
	{name: "nul", unit: "password=\x00"},
	{name: "carriage returns", unit: "password=abc\r"},
	{name: "carriage returns alone", unit: "\r"},
	{name: "line ends", unit: "\n"},
	{name: "short lines", unit: "key=\n"},
}

// literals returns an attack for every literal of the detectors, alone, and
// for every example that was cut before it was complete.
func literals(t testing.TB, e *scan.Engine) (list []attack) {
	seen := map[string]bool{}
	add := func(name, unit string) {
		if unit != "" && !seen[unit] {
			seen[unit] = true
			list = append(list, attack{name: name, unit: unit})
		}
	}
	for _, l := range e.Literals() {
		add("literal", l.Text)
	}
	ds := e.Detectors()
	for i := range ds {
		for _, x := range ds[i].Examples[:min(1, len(ds[i].Examples))] {
			text, from, to, err := detectors.Expand(x.Template, 1)
			if err != nil {
				t.Fatal(err)
			}
			add(ds[i].ID+", half", text[:from+(to-from)/2])
			add(ds[i].ID+", all but one", text[:to-1])
			add(ds[i].ID, text+" ")
		}
	}
	return list
}

// clean is text of the kind that logs are made of.
func clean(n int) []byte {
	return attack{unit: "2026-01-01T00:00:%d.123Z INFO [main] com.example.Server: GET /index.html from 10.0.0.1 took 12ms, status 200\n"}.text(n)
}

// cost is the least time that scanning text takes in a few runs.
func cost(s *scan.Scanner, text []byte, runs int) time.Duration {
	best := time.Duration(1 << 62)
	var spans []scan.Span
	for range runs {
		c := startClock()
		spans = s.Text(spans[:0], text)
		best = min(best, c.stop())
	}
	return best
}

const (
	slowest = 30_000                // times slower than clean text, which goes at memory speed
	quick   = 20 * time.Millisecond // too short to say how time grows
	growth  = 40                    // time of eight times the text to that of the text: 8 if linear, 64 if quadratic
)

// TestAdversarial: no text costs many times what ordinary text costs, and
// time is linear in its length.
func TestAdversarial(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	e := builtin(t)
	s := e.NewScanner()
	const size = 16 << 10
	normal := float64(cost(s, clean(4<<20), 5)) / (4 << 20)
	type result struct {
		attack
		slower, growth float64
	}
	var results []result
	report := os.Getenv("STANCH_TABLE") != ""
	list := handmade
	if report {
		list = append(literals(t, e), list...)
	}
	for _, a := range list {
		text := a.text(size)
		results = append(results, result{attack: a, slower: float64(cost(s, text, 3)) / float64(len(text)) / normal})
	}
	slices.SortStableFunc(results, func(a, b result) int { return cmp.Compare(b.slower, a.slower) })
	for i, r := range results {
		if i > 30 && r.unit != "" && r.head == "" && !slices.ContainsFunc(handmade, func(a attack) bool { return a.name == r.name }) {
			continue
		}
		for try := range 4 {
			once, eight := cost(s, r.text(4*size), 2+try), cost(s, r.text(32*size), 1+try)
			if eight < quick {
				break
			}
			if r.growth = float64(eight) / float64(once); r.growth <= growth {
				break
			}
		}
		if r.growth > growth {
			t.Errorf("%s: eight times %d KiB take %.1f times as long: %.60q…", r.name, 4*size>>10, r.growth, r.unit)
		}
		results[i] = r
	}
	for i, r := range results {
		if report && i < 150 {
			fmt.Printf("%8.1f MB/s %7.0fx %5.2f %-30s %.50q\n", 1e3/normal/r.slower, r.slower, r.growth, r.name, r.unit)
		}
		if r.slower > slowest && !report {
			t.Errorf("%s: %.0f times slower than ordinary text: %.60q…", r.name, r.slower, r.unit)
		}
	}
}

// TestLongLines: lines of many windows are linear too.
func TestLongLines(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	n := 2 << 20
	if os.Getenv("STANCH_TABLE") != "" {
		n = 64 << 20
	}
	e := builtin(t)
	s := e.NewScanner()
	normal := cost(s, clean(n), 1)
	for _, a := range []attack{
		{name: "words", unit: "lorem ipsum dolor "},
		{name: "letters", unit: "a"},
		{name: "one quoted value", head: `{"password":"`, unit: "abcdefgh "},
		{name: "one bare value", head: `password=`, unit: "abcdefgh12"},
		{name: "one list", head: `password=[`, unit: "12 "},
		{name: "names", unit: "token=abcdefgh12345678, "},
		{name: "open quotes", unit: `{"password":"`},
		{name: "round brackets", unit: `key=(key=(`},
		{name: "backslashes", unit: `\`},
		{name: "pem", head: `-----BEGIN PRIVATE KEY-----`, unit: `abcdefgh12345678\n`},
	} {
		once, eight := cost(s, a.text(n/8), 2), cost(s, a.text(n), 2)
		if os.Getenv("STANCH_TABLE") != "" {
			fmt.Printf("%7.1f× %5.2f %-30s %d MiB line\n", float64(eight)/float64(normal), float64(eight)/float64(once), a.name, n>>20)
		}
		for try := 0; eight > quick && float64(eight) > growth*float64(once) && try < 3; try++ {
			once, eight = cost(s, a.text(n/8), 3), cost(s, a.text(n), 3)
		}
		if eight > quick && float64(eight) > growth*float64(once) {
			t.Errorf("%s: a line eight times as long takes %.1f times as long", a.name, float64(eight)/float64(once))
		}
	}
}

// TestCutsUnderAttack: what is found does not depend on how the text comes,
// however much of it there is to look at.
func TestCutsUnderAttack(t *testing.T) {
	e := builtin(t)
	for _, a := range handmade {
		for _, eol := range []int{3, 200} {
			a.eol = eol
			in := a.text(40 << 10)
			want := covered(len(in), e.NewScanner().Text(nil, in))
			for _, cuts := range [][]int{{100}, {20 << 10}, {1 << 10, 2 << 10, 30 << 10}} {
				_, got := streamed(t, e, in, cuts, false)
				if i := mismatch(got, want); i >= 0 {
					t.Errorf("%s, %d to a line: cut at %v, byte %d: secret %t, as a whole %t: %s", a.name, eol, cuts, i, got[i], want[i], excerpt(in, i))
					break
				}
			}
		}
	}
}

func mismatch(a, b []bool) int {
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return -1
}

// TestShared: one engine serves many goroutines.
func TestShared(t *testing.T) {
	e := builtin(t)
	list := append(examples(t, e), awkward...)
	if testing.Short() {
		list = list[:len(list)/4]
	}
	want := make([][]scan.Span, len(list))
	s := e.NewScanner()
	for i, text := range list {
		want[i] = s.Text(nil, []byte(text))
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			s := e.NewScanner()
			for k := range list {
				i := (k*7 + g*len(list)/8) % len(list)
				text := []byte(list[i])
				if got := s.Text(nil, text); !slices.Equal(got, want[i]) {
					t.Errorf("%q: %v, alone %v", text, got, want[i])
					return
				}
				s.Value(nil, []byte("password"), text)
				st := e.NewStream(func(scan.Piece) error { return nil })
				st.Write(text[:len(text)/2])
				st.Flush()
				st.Write(text[len(text)/2:])
				st.Close()
			}
		})
	}
	wg.Wait()
}

// TestUnfinishedManifest: a manifest in a string that ends in the middle of an
// escape comes to an end.
func TestUnfinishedManifest(t *testing.T) {
	e := builtin(t)
	in := `{"v":"kind: Secret\ndata:\n  a: Zm9vYmFyYmF6\n  b: Zm9v\`
	for cut := range in {
		st := e.NewStream(func(scan.Piece) error { return nil })
		st.Write([]byte(in[:cut+1]))
		st.Flush()
		st.Close()
	}
}
