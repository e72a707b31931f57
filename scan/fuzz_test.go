package scan_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/match"
	"github.com/stanch/stanch/redact"
	"github.com/stanch/stanch/scan"
)

// compiled is the default engine with its detectors' examples.
var compiled = sync.OnceValues(func() (*scan.Engine, error) {
	ds, err := detectors.DefaultWithExamples()
	if err != nil {
		return nil, err
	}
	return scan.Compile(ds, scan.Options{})
})

func builtin(t testing.TB) *scan.Engine {
	t.Helper()
	e, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// narrow is the default engine with the shortest windows there are.
var narrow = sync.OnceValues(func() (*scan.Engine, error) {
	e, err := compiled()
	if err != nil {
		return nil, err
	}
	return scan.Compile(e.Detectors(), scan.Options{MaxLine: 64 << 10})
})

// examples returns every example and negative of every detector, expanded.
func examples(t testing.TB, e *scan.Engine) (list []string) {
	t.Helper()
	ds := e.Detectors()
	for i := range ds {
		for k, x := range ds[i].Examples {
			text, _, _, err := detectors.Expand(x.Template, uint64(k))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, text)
		}
		for _, x := range ds[i].Negatives {
			if text, _, _, err := detectors.Expand(x.Template, 1); err == nil {
				list = append(list, text)
			}
		}
	}
	return list
}

// zeros have the shape of tokens of Asana.
var zeros = [2]string{"0/" + strings.Repeat("0", 20) + ":" + strings.Repeat("0", 32), "0/" + strings.Repeat("0", 12) + ":" + strings.Repeat("0", 32)}

// awkward are texts in which parsers have gone wrong, or could.
var awkward = []string{
	"", "\x00", "\r", "\n\r\n", `\`, `"`, "\x1b[", "\xff\xfe", "\xe2\x80",
	"password=", "password=\r", "password='", `password=\`, `{"password":"\`, `{"password":{`, `password=[["a`, `"password":[`,
	`key=(key=(key=(`, `password=${password=${`, `curl -u "bob:x` + "\n" + `y" h`, "curl -u 'a:b\rc'", "mysql -p'a\nb' x",
	`Authorization: Digest a="`, `Authorization: Digest response="x\`, `Cookie: a=`, `Cookie: =b;;=`, `Set-Cookie: a`,
	`://u:`, `://@`, `://:@`, `://a:b/c@d`, `a://u:p%40@h`, `identified by`, `identified by '''`, `IDENTIFIED WITH x BY \'a\'`,
	"Private-Lines: 1 0\n0\n0", "Private-Lines: 10\n 0\"0\n0", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nabcd", "-----BEGIN PRIVATE KEY-----\\nabcd\\n-----END", "-----BEGIN PRIVATE KEY-----\r\rab",
	"Private-Lines: 2\nAAAA\nBBBB\n", `Private-Lines: 2\nAAAA\nBBBB\n`, "Private-Lines: 9999\n",
	`<password>a]]></password>`, `<wsse:Password `, `%26password%3Da%22`, `\u0026token\u003da\u0022`, `&quot;token&quot;:&quot;a&quot;`,
	"token=\x1b[33mabcdefgh12345678\x1b[0m", `\npassword=a`, `--password=--token`, `["--token","`, `bearer `, `basic Og==`,
	`eyJ.eyJ.`, `jdbc:oracle:thin:a/b@`, `a:b@tcp(`, `otp=123456`, `"cvv":"123"`, `REDACTED-password`, `password=REDACTED-hunter2`,
	"line\nline\x00password=a\x00token=b",
	`x=eyJwYXNzd29yZCI6ImFiY2RlZmdoIn0%3D`, `7b2270617373776f7264223a2261626364`, `[123,34,112,97,115,115,119,111,114,100,34,58,34,97,98,99,49,34]`,
	`%2522password%2522%253A%2522abc%2522`, `{\x22password\x22:\x22a1b2c3`, `\\u0022token\\u0022:\\u0022a1b2c3d4`, `&#34;password&#34;:&#34;ab`, `password=3Dhunter=202`,
	`http%3A%2F%2Fu:a1b2c3%40h`, `"H4sIAAAAAAAA`, `[]byte{0x70, 0x61`, "password%", `password\x`, `password&#`,
	`{"m":"apiVersion: v1\nkind: Secret\nstringData:\n  a: b\`, `{"name":"password","value":"hunter2-x9"}`, `{"value":"hunter2-x9","name":"password"}`, `{"name":"password","value":{"stringValue":"`, `{"name":"password","value":`,
	`{'key': 'DB_PASSWORD', 'value': b'hunter2-x9'}`, `{Name:password Value:hunter2-x9}`, `<a key="password" value="hunter2-x9"/>`, `<a name="password"><b>hunter2-x9</b>`,
	`<key>password</key><string>hunter2-x9</string>`, "<name>password</name>\n<value>hunter2-x9</value>\n", `cs1=a b cs1Label=password cs2=c`, `[["password","hunter2-x9"]]`,
	`["Host","h","X-Api-Key","a1b2c3d4e5f6"]`, `[(b'password', b'hunter2-x9')]`, `"Env":["DB_PASSWORD=a b"]`, `["curl","-u","bob:hunter2-x9"]`, `['mysql', '-p`,
	"user,password\nbob,\"a,\"\"b\"\n", "id\tpassword\n1\thunter2-x9\n", " user | password \n------+-----\n bob | a|b \n", "| a | password |\n+---+---+\n| b | hunter2-x9 |\n",
	"Name  Password\n----  --------\nbob   hunter2-x9\n", "NAME   PASSWORD\nbob    hunter2-x9\n", "Key    Value\n---    -----\npassword  hunter2-x9\n",
	`insert into t (a, password) values (1, 'hunter2-x9'), (2, '`, "insert into t (password) values (?)\n('hunter2-x9')\n", "password = ?\nparameters: $1 = 'hunter2-x9'\n",
	`{"msg":"password {p}","args":["hunter2-x9"]}`, `password %s', ('hunter2-x9',)`, "\"password\":\n\"hunter2-x9\"\n", "password:\n  hunter2-x9\n", "password: |\n  hunter2\n  x9\nb: c\n",
	`{"a":"password: |\n  hunter2\n  x9\nb: c\n"}`, `{"a":"user,password\nbob,hunter2-x9\n"}`, "name=\"password\"\r\n\r\nhunter2-x9\r\n--b", "[\"password\"]=>\n string(8) \"hunter2\"\n",
	"machine h\nlogin b\npassword hunter2-x9\n", "AUTH LOGIN\r\n334 VXNlcm5hbWU6\r\nYm9i\r\n334 UGFzc3dvcmQ6\r\naHVudGVyMg==\r\n", "AUTH LOGIN Ym9i\naHVudGVyMg==\nYm9iYm9i\n", `AsAnA0 "` + zeros[0] + `":` + zeros[1], "copy t (a, password) from stdin;\n1\thunter2-x9\n\\.\n",
}

// unsettled are parts of texts of which too much, or too little, is found: they
// are no seeds.
var unsettled = []string{`Private-Lines: 2\n`}

// seeds leaves out the unsettled ones of the lists.
func seeds(lists ...[]string) (settled []string) {
	for _, list := range lists {
		for _, text := range list {
			if !slices.ContainsFunc(unsettled, func(part string) bool { return strings.Contains(text, part) }) {
				settled = append(settled, text)
			}
		}
	}
	return settled
}

// check holds spans against the text they were found in.
func check(t *testing.T, e *scan.Engine, text []byte, spans []scan.Span) {
	t.Helper()
	at := 0
	for _, x := range spans {
		switch {
		case x.Start < at || x.Start >= x.End || x.End > len(text):
			t.Fatalf("%q: span %d-%d behind %d in %d bytes", text, x.Start, x.End, at, len(text))
		case x.KeyStart < 0 || x.KeyStart > x.KeyEnd || x.KeyEnd > len(text):
			t.Fatalf("%q: key %d-%d in %d bytes", text, x.KeyStart, x.KeyEnd, len(text))
		case x.Detector < 0 || int(x.Detector) >= len(e.Detectors()):
			t.Fatalf("%q: detector %d", text, x.Detector)
		case x.Confidence < finding.Doubtful || x.Confidence > finding.Certain || x.Evidence == 0:
			t.Fatalf("%q: confidence %d, evidence %b", text, x.Confidence, x.Evidence)
		}
		at = x.Start
	}
}

// FuzzText: spans are in order and inside of the text, and depend on it alone.
func FuzzText(f *testing.F) {
	e := builtin(f)
	for _, x := range append(examples(f, e), awkward...) {
		f.Add([]byte(x))
	}
	m, err := match.Compile(e.Literals())
	if err != nil {
		f.Fatal(err)
	}
	used := e.NewScanner()
	f.Fuzz(func(t *testing.T, text []byte) {
		spans := used.Text(nil, text)
		check(t, e, text, spans)
		if again := e.NewScanner().Text(nil, text); !slices.Equal(spans, again) {
			t.Fatalf("%q: a used scanner finds\n%v\na new one\n%v", text, spans, again)
		}
		if len(spans) > 0 && len(m.Scan(nil, text, new(match.Scratch))) == 0 {
			t.Fatalf("%q: spans without hits: %v", text, spans)
		}
		behind := append([]byte("lorem ipsum\n"), text...)
		for i, x := range used.Text(nil, behind) {
			const n = len("lorem ipsum\n")
			x.Start, x.End, x.KeyStart, x.KeyEnd = x.Start-n, x.End-n, x.KeyStart-n, x.KeyEnd-n
			if i >= len(spans) || x.Start != spans[i].Start || x.End != spans[i].End || x.Detector != spans[i].Detector {
				t.Fatalf("%q: behind another line: %v, alone: %v", text, x, spans)
			}
		}
	})
}

// covered marks the bytes of [0, n) that spans of medium confidence cover.
func covered(n int, spans []scan.Span) []bool {
	c := make([]bool, n)
	for _, x := range spans {
		if x.Confidence >= finding.Likely {
			for i := x.Start; i < x.End; i++ {
				c[i] = true
			}
		}
	}
	return c
}

// streamed writes in to a stream in parts that end at the cuts, with a pause at
// every one of them if pauses is set, and returns all spans and the secret bytes.
func streamed(t *testing.T, e *scan.Engine, in []byte, cuts []int, pauses bool) (spans []scan.Span, secret []bool) {
	t.Helper()
	next := 0
	st := e.NewStream(func(p scan.Piece) error {
		if int(p.Offset) != next {
			t.Fatalf("%q: a piece at %d, want %d", in, p.Offset, next)
		}
		if !bytes.Equal(p.Text, in[next:next+len(p.Text)]) {
			t.Fatalf("%q: the piece at %d differs from what was written", in, next)
		}
		check(t, e, p.Text, p.Spans)
		next += len(p.Text)
		for _, x := range p.Spans {
			x.Start, x.End = x.Start+int(p.Offset), x.End+int(p.Offset)
			spans = append(spans, x)
		}
		return nil
	})
	at := 0
	for _, c := range cuts {
		if n, err := st.Write(in[at:c]); err != nil || n != c-at {
			t.Fatalf("Write: %d, %v", n, err)
		}
		at = c
		if pauses {
			if err := st.Flush(); err != nil {
				t.Fatal(err)
			}
			if next != c {
				t.Fatalf("%q: Flush at %d keeps %d bytes", in, c, c-next)
			}
		}
	}
	st.Write(in[at:])
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if next != len(in) {
		t.Fatalf("%q: %d bytes handed on of %d", in, next, len(in))
	}
	return spans, covered(len(in), spans)
}

// recordSeeds are secrets that go over several records, or are interrupted.
func recordSeeds() []string {
	token := "ghp" + "_" + strings.Repeat("aB3dE6gH9", 4)
	key := []string{"-----BEGIN EC " + "PRIVATE KEY-----", strings.Repeat("MHcCAQEEIJ4bQ0rs", 4), strings.Repeat("oAoGCCqGSM49AwEH", 4), "kQ==", "-----END EC " + "PRIVATE KEY-----"}
	var list []string
	for _, c := range []string{"%s\n", "web_1  | %s\n", "{\"log\":\"%s\\n\",\"stream\":\"stdout\"}\n", "2026-01-01T00:00:00Z stdout F %s\n", "\x1b[2m%s\x1b[0m\n"} {
		var b strings.Builder
		for _, l := range key {
			fmt.Fprintf(&b, c, l)
		}
		list = append(list, b.String()+"next\n", b.String()[:b.Len()/2]+"next\n"+b.String())
	}
	secret := "apiVersion: v1\ndata:\n  user: aHVudGVyMg==\n  x: eA==\nkind: Secret\n"
	for _, x := range []string{secret, "kind: Secret\nstringData:\n  a: |\n    b c\n    d\n  e: 'f'\nmetadata:\n  name: x\n", `{"kind":"Secret","data":{"a":"eA==","b":"aHVudGVyMg=="}}` + "\n"} {
		list = append(list, x, "w | "+strings.ReplaceAll(strings.TrimSpace(x), "\n", "\nw | ")+"\n", `{"m":"`+strings.ReplaceAll(strings.ReplaceAll(x, `"`, `\"`), "\n", `\n`)+`"}`+"\n")
	}
	for cut := 3; cut < len(token); cut += 9 {
		list = append(list,
			"2026-01-01T00:00:00Z stdout P a "+token[:cut]+"\n2026-01-01T00:00:00Z stderr F x\n2026-01-01T00:00:00Z stdout F "+token[cut:]+" z\n",
			`{"log":"password=`+token[:cut]+`","stream":"stdout"}`+"\n"+`{"log":"`+token[cut:]+`\n","stream":"stdout"}`+"\n",
			"a "+token[:cut]+"\x1b[1m"+token[cut:]+" b\n",
			`{"m":"`+token[:cut]+`\u001b[0m`+token[cut:]+`\n"}`+"\n")
	}
	return list
}

// FuzzStream: cuts change nothing, and pauses leak nothing but what had been
// written of a secret before it could be told.
func FuzzStream(f *testing.F) {
	e := builtin(f)
	for i, x := range seeds(examples(f, e), awkward) {
		f.Add([]byte(x), []byte{byte(i), byte(i >> 3)}, uint8(0))
	}
	f.Add([]byte(`{"password":"abc def","n":1} token=abcdefgh12345678 `), []byte{40, 200}, uint8(9))
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\n"), []byte{30}, uint8(0))
	for _, x := range recordSeeds() {
		f.Add([]byte(x), []byte{40, 99, 200}, uint8(0))
		f.Add([]byte(x), []byte{70}, uint8(66))
	}
	small, err := narrow()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, in, marks []byte, long uint8) {
		e := e
		if len(marks) > 8 {
			marks = marks[:8]
		}
		if long > 0 && len(in) > 0 && len(in) < 4<<10 {
			// A line of several windows: the text, something clear, the text again.
			e = small
			gap := bytes.Repeat([]byte("lorem ipsum "), int(long)<<10/12)
			in = bytes.Join([][]byte{in, gap, in}, nil)
		}
		var cuts []int
		for _, m := range marks {
			cuts = append(cuts, int(m)*len(in)/256)
		}
		slices.Sort(cuts)
		whole := e.NewScanner().Text(nil, in)
		want := covered(len(in), whole)
		_, got := streamed(t, e, in, cuts, false)
		for i := range in {
			if got[i] != want[i] {
				t.Fatalf("cut at %v, byte %d: secret %t, as a whole %t: %s", cuts, i, got[i], want[i], excerpt(in, i))
			}
		}
		if long > 0 {
			return
		}
		_, got = streamed(t, e, in, cuts, true)
		for i, is := range want {
			if !is || got[i] {
				continue
			}
			// Byte i leaked. It must have come before a pause that fell into its secret.
			// (Where it ends with the secret, what makes it one may be still to come.)
			if pause, ok := slices.BinarySearch(cuts, i+1); !ok && (pause == len(cuts) || cuts[pause] > max(end(want, i)+maxMark, told(whole, i))) {
				t.Fatalf("a pause at %v leaks byte %d of a secret that it does not cut: %s", cuts, i, excerpt(in, i))
			}
		}
	})
}

// told returns where the name ends that tells byte i to be secret, if it stands behind it.
func told(spans []scan.Span, i int) (end int) {
	for _, x := range spans {
		if x.Start <= i && i < x.End && x.KeyStart >= x.End {
			end = max(end, x.KeyEnd+maxMark)
		}
	}
	return end
}

// maxMark is how far behind a secret the mark may end that tells it: @tcp(, the kty
// of a JSON Web Key, the kind of a manifest, the type of a Tink key.
const maxMark = 48

// end returns where the secret that holds byte i ends. What stands between two
// pieces of one, such as a log prefix, is not told from other text here.
func end(secret []bool, i int) int {
	last := i
	for i < len(secret) && i-last < 80 {
		if secret[i] {
			last = i
		}
		i++
	}
	return last + 1
}

func excerpt(in []byte, i int) string {
	return fmt.Sprintf("%q ¦ %q", in[max(0, i-160):i], in[i:min(len(in), i+80)])
}

// FuzzValue: a value with a key is covered at least as far as without.
func FuzzValue(f *testing.F) {
	e := builtin(f)
	keys := []string{"", "password", "http.request.header.authorization", "cookie", "set-cookie", "dsn", "api_key", "pin", "otp", "webhook_url", "x", "\x00", "PWD"}
	for i, x := range append(examples(f, e), awkward...) {
		f.Add([]byte(keys[i%len(keys)]), []byte(x))
	}
	used := e.NewScanner()
	f.Fuzz(func(t *testing.T, key, value []byte) {
		spans := used.Value(nil, key, value)
		slices.SortStableFunc(spans, func(a, b scan.Span) int { return a.Start - b.Start })
		check(t, e, value, spans)
		if again := e.NewScanner().Value(nil, key, value); len(again) != len(spans) {
			t.Fatalf("%q: %q: a used scanner finds\n%v\na new one\n%v", key, value, spans, again)
		}
		got := covered(len(value), spans)
		for i, is := range covered(len(value), used.Text(nil, value)) {
			if is && !got[i] {
				t.Fatalf("%q: %q: byte %d is a secret without the key only", key, value, i)
			}
		}
	})
}

// FuzzRedactIdempotent: redacting what was redacted changes nothing, and JSON
// stays JSON.
func FuzzRedactIdempotent(f *testing.F) {
	for _, x := range seeds(awkward) {
		f.Add([]byte(x))
	}
	for _, x := range seeds(examples(f, builtin(f))) {
		f.Add([]byte(x))
		quoted, _ := json.Marshal(x)
		f.Add([]byte(`{"msg":` + string(quoted) + `,"password":` + string(quoted) + `}`))
	}
	re, err := redact.New(redact.DefaultDocument(), redact.Options{RandomKey: true})
	if err != nil {
		f.Fatal(err)
	}
	r := re.NewRedactor()
	ids := map[string]bool{}
	for _, d := range re.Scan().Detectors() {
		ids[d.ID] = true
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		once := r.Append(nil, in)
		if glued(ids, once) {
			return
		}
		if twice := r.Append(nil, once); !bytes.Equal(once, twice) {
			t.Fatalf("from %q\nonce  %q\ntwice %q", in, once, twice)
		}
		if json.Valid(in) && !json.Valid(once) {
			t.Fatalf("no JSON any more\nfrom %q\n  to %q", in, once)
		}
		if a, b := strings.Count(string(in), "\n"), strings.Count(string(once), "\n"); b > a {
			t.Fatalf("%d lines became %d: %q", a, b, once)
		}
	})
}

// glued reports whether a marker in text touches what could be part of a name
// or a token. Together they read as something else, so that a second redaction
// may see more, or less, than the first.
func glued(ids map[string]bool, text []byte) bool {
	isName := func(c byte) bool {
		return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '-' || c == '.' || c >= 0x80
	}
	const start = "REDACTED-"
	for i := 0; ; {
		k := bytes.Index(text[i:], []byte(start))
		if k < 0 {
			return false
		}
		k += i
		i = k + len(start)
		for i < len(text) && isName(text[i]) {
			i++
		}
		if k > 0 && isName(text[k-1]) || !ids[string(text[k+len(start):i])] {
			return true
		}
	}
}
