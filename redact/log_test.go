package redact

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
)

// logsOf returns logs whose records have something to do with each other.
func logsOf(t testing.TB) [][]string {
	t.Helper()
	expand := func(template string, seed uint64) string {
		s, _, _, err := detectors.Expand(template, seed)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	wrap := func(lines []string, format string) (out []string) {
		for i, l := range lines {
			out = append(out, fmt.Sprintf(format, l, i))
		}
		return out
	}
	pass := expand("{alnum:20}", 3)
	token := expand("dop_v1_{hex:64}", 3)
	key := pemLines(4)
	docker := `{"log":"%s\n","stream":"stdout","time":"2026-01-01T00:00:%02dZ"}`
	bit := `{"date":1.%[2]d,"log":"%[1]s","kubernetes":{"pod_name":"web-1","labels":{"app":"web"}}}`
	return [][]string{
		append(append([]string{"starting"}, key...), "listening on :8080", "GET / 200"),
		append(wrap(pemLines(5), docker), fmt.Sprintf(docker, "done", 1)),
		append(wrap(append([]string{"reading the key"}, pemLines(6)...), bit), `{"date":2,"log":"done"}`),
		{"password:", "  " + pass, "the next line", "kind: Secret", "apiVersion: v1", "data:", "  tls.key: " + expand("{base64:64}", 2), "metadata:", "  name: x"},
		{"user,password,email", "bob," + pass + ",b@example.com", "eve," + expand("{alnum:20}", 4) + ",e@example.com", "that was all"},
		{"clean", "", "token " + token, "still clean", "password=" + pass + " user=bob", key[0], "no key follows", "at all"},
		append(append([]string{strings.Repeat("long ", 700)}, key...), strings.Repeat("longer ", 900)+token),
		{"several\nlines\n" + strings.Join(key[:6], "\n"), strings.Join(key[6:], "\n") + "\nand more", "end"},
	}
}

func lined(r *Redactor, log []string) (out []string) {
	r.Lines(toBytes(log), func(_ int, b []byte) { out = append(out, string(b)) })
	return out
}

// The records of a log come to the same however they are cut into calls, and by
// whichever redactor.
func TestFollow(t *testing.T) {
	e := builtinEngine(t)
	rs := []*Redactor{e.NewRedactor(), e.NewRedactor()}
	rng := rand.New(rand.NewPCG(3, 4))
	for n, log := range logsOf(t) {
		all := 0
		one := e.NewRedactor()
		one.OnFinding = func(finding.Finding) { all++ }
		want := lined(one, log)
		one.OnFinding = nil
		for range 60 {
			var g Log
			var got []string
			findings := 0
			open := -1 // the record at which it has begun
			for at := 0; at < len(log); {
				k := min(1+rng.IntN(5), len(log)-at)
				r := rs[rng.IntN(2)]
				r.OnFinding = func(finding.Finding) { findings++ }
				since := r.Follow(&g, toBytes(log[at:at+k]), func(_ int, b []byte) { got = append(got, string(b)) })
				if g.Idle() != (since == k) || since < 0 && open < 0 {
					t.Fatalf("log %d: since %d of %d, idle %v", n, since, k, g.Idle())
				}
				switch {
				case since == k:
					open = -1
				case since >= 0:
					open = at + since
				}
				if open >= 0 {
					// What was redacted from there on is what a restart there gives.
					again := lined(one, log[open:])
					if !slices.Equal(again, want[open:]) {
						t.Fatalf("log %d: from record %d on it becomes\n%q, not\n%q", n, open, again, want[open:])
					}
				}
				at += k
			}
			if !slices.Equal(got, want) {
				t.Fatalf("log %d becomes\n%q, in one piece\n%q", n, got, want)
			}
			if findings != all {
				t.Errorf("log %d: %d findings, in one piece %d", n, findings, all)
			}
		}
	}
}

// What Alone hands out is what Follow would have made of it, and leaves nothing.
func TestAlone(t *testing.T) {
	e := builtinEngine(t)
	r, one := e.NewRedactor(), e.NewRedactor()
	var records []string
	for _, log := range logsOf(t) {
		records = append(records, log...)
	}
	ds, err := detectors.DefaultWithExamples()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ds {
		for i, x := range d.Examples {
			if s, _, _, err := detectors.Expand(x.Template, uint64(i)); err == nil {
				records = append(records, s)
			}
		}
	}
	rng := rand.New(rand.NewPCG(5, 6))
	rng.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	asked := 0
	for at := 0; at < len(records); {
		done, rest := r.Alone(toBytes(records[at:]), func(i int, b []byte) {
			var g Log
			one.Follow(&g, toBytes(records[at+i:at+i+1]), func(_ int, want []byte) {
				if !bytes.Equal(b, want) {
					t.Errorf("%q becomes %q, followed %q", records[at+i], b, want)
				}
			})
			if !g.Idle() {
				t.Errorf("%q leaves something", records[at+i])
			}
		})
		if at+done < len(records) && rest == 0 {
			t.Fatal("it stopped without a reason")
		}
		asked += rest
		at += done + rest
	}
	if asked == len(records) {
		t.Error("no record is taken for one by itself")
	}
}

// A log goes on under another engine, and under a policy that it did not begin with.
func TestFollowReload(t *testing.T) {
	key := pemLines(11)
	fewer, err := New(mustParse(t, "detectors:\n  skip: [\"aws-*\", \"stripe-*\"]\n"), Options{Detectors: defaultDetectors(t), Key: testKey("lines")})
	if err != nil {
		t.Fatal(err)
	}
	h := NewHandle(builtinEngine(t))
	r := h.NewRedactor()
	var g Log
	clear := func(_ int, b []byte) {
		for _, l := range key[1 : len(key)-1] {
			if bytes.Contains(b, []byte(l)) {
				t.Errorf("a row is left: %s", b)
			}
		}
	}
	r.Follow(&g, toBytes(key[:5]), clear)
	h.Store(fewer)
	r.Follow(&g, toBytes(key[5:9]), clear)
	h.Store(builtinEngine(t))
	r.Follow(&g, toBytes(append(key[9:], "done")), clear)
	if !g.Idle() {
		t.Error("the key is still open")
	}
}

// What a rule decided of the beginning of a secret holds for the rest.
func TestFollowActions(t *testing.T) {
	key := pemLines(12)
	for action, want := range map[string]string{"keep": strings.Join(key, "|"), "drop": strings.Repeat("|", len(key)-1), "mask": "REDACTED-private-key" + strings.Repeat("|", len(key)-1)} {
		doc := "policy:\n  - {detector: private-key, action: " + action + "}\n"
		p, err := ParseDocument("x.yaml", []byte("version: 1\n"+doc))
		if err != nil {
			t.Fatal(err)
		}
		e, err := New(p, Options{Detectors: defaultDetectors(t), Key: testKey("lines")})
		if err != nil {
			t.Fatal(err)
		}
		r := e.NewRedactor()
		var g Log
		var got []string
		dropped := 0
		for _, l := range key {
			r.Follow(&g, toBytes([]string{l}), func(_ int, b []byte) {
				got = append(got, string(b))
				if string(b) != l && r.Dropped() {
					dropped++
				}
			})
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%s: %s", action, s)
		}
		if n := map[string]int{"drop": len(key)}[action]; dropped != n {
			t.Errorf("%s: %d records are left out, want %d", action, dropped, n)
		}
	}
}

// A secret in a line that a container runtime cut into two records is not seen in
// clear if they come in different calls.
func TestFollowParts(t *testing.T) {
	e := builtinEngine(t)
	token, _, _, err := detectors.Expand("dop_v1_{hex:64}", 9)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"2026-01-01T00:00:00.000000000Z stdout %[1]s %[2]s%.0[3]s", `{"log":"%[2]s%[3]s","stream":"stdout","time":"2026-01-01T00:00:00Z"}%.0[1]s`} {
		for cut := 1; cut < len(token); cut++ {
			filler := strings.Repeat("x ", 9000)
			recs := []string{fmt.Sprintf(format, "P", filler+token[:cut], ""), fmt.Sprintf(format, "F", token[cut:]+" end", `\n`), "next"}
			var g Log
			var got []string
			for _, rec := range recs {
				e.NewRedactor().Follow(&g, toBytes([]string{rec}), func(_ int, b []byte) { got = append(got, string(b)) })
			}
			if g.Idle() != true || got[2] != "next" || !strings.Contains(got[1], " end") {
				t.Fatalf("cut %d: idle %v, %q %q", cut, g.Idle(), got[1], got[2])
			}
			for i, part := range []string{token[max(0, 7):max(7, cut)], token[cut:]} {
				if len(part) > 3 && strings.Contains(got[i], part) {
					t.Errorf("cut %d: record %d still has %q", cut, i, part)
				}
			}
		}
	}
}

func TestFollowPanic(t *testing.T) {
	r := builtinEngine(t).NewRedactor()
	key := pemLines(9)
	var g Log
	r.Follow(&g, toBytes(key[:4]), func(int, []byte) {})
	r.fault = func(at stage) {
		if at == stageScan {
			panic("no reason")
		}
	}
	r.Follow(&g, toBytes(key[4:8]), func(_ int, b []byte) {
		if !bytes.Contains(b, []byte("unscanned")) {
			t.Errorf("%s", b)
		}
	})
	if !g.Idle() {
		t.Error("a state that nobody knows is kept")
	}
}

func TestFollowAllocates(t *testing.T) {
	r := builtinEngine(t).NewRedactor()
	var recs [][]byte
	for i := range 200 {
		recs = append(recs, fmt.Appendf(nil, "GET /index.html 200 %d %s", i, strings.Repeat("x ", 100)))
	}
	out := func(int, []byte) {}
	var g Log
	r.Follow(&g, recs, out)
	r.Alone(recs, out)
	if n := testing.AllocsPerRun(20, func() { r.Follow(&g, recs, out); r.Alone(recs, out) }); n != 0 {
		t.Errorf("%v allocations for clean records", n)
	}
}

// TestFollowRandom draws logs from lines that leave something, and cuts them.
func TestFollowRandom(t *testing.T) {
	e := builtinEngine(t)
	var lines []string
	for _, log := range logsOf(t) {
		lines = append(lines, log...)
	}
	pass := "Tr0ub" + "4dor-3x9"
	lines = append(lines, "| user | password |", "|------|----------|", "| bob  | "+pass+" |", "USER  PASSWORD  SHELL", "bob   "+pass+"  sh",
		"AUTH LOGIN", "334 VXNlcm5hbWU6", "Ym9iYm9iYm9i", "334 UGFzc3dvcmQ6", "VHIwdWI0ZG9yLTN4OQ==", "Private-Lines: 4", `"kind": "Secret",`, `  "data": {`, `    "a": "VHIwdWI0ZG9yLTN4OQ=="`, "}",
		"machine example.com", "  login bob", "  password "+pass, "*3", "$4", "AUTH", "$12", pass, `Content-Disposition: form-data; name="password"`, "", "--x--",
		"<key>password</key>", "<string>"+pass+"</string>", "password: |", "  "+pass, "  more", "secret=<<EOT", "EOT", `  "name": "password",`, `  "value": "`+pass+`"`, "- name: DB_PASSWORD", "  value: "+pass,
		"password =>", "INSERT INTO users (name, password) VALUES (?, ?)", "params: ['bob', '"+pass+"']", `2026-01-01T00:00:00Z stdout F password:`, `2026-01-01T00:00:01Z stdout F   `+pass,
		`{"log":"password:\n","stream":"stdout","time":"x"}`, `{"log":"  `+pass+`\n","stream":"stdout","time":"x"}`, `{"msg":"-----BEGIN `+`RSA PRIVATE KEY-----"}`)
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 9))
		var log []string
		for len(log) < 40 {
			at := rng.IntN(len(lines))
			log = append(log, lines[at:min(at+1+rng.IntN(8), len(lines))]...)
		}
		want := lined(e.NewRedactor(), log)
		for i, got := range cut(e.NewRedactor(), toBytes(log), rng, new(Log)) {
			if got != want[i] {
				t.Fatalf("seed %d: record %d becomes %q, in one piece %q, behind %q", seed, i, got, want[i], log[max(0, i-12):i+1])
			}
		}
	}
}

// cut redacts a log in calls of a few records.
func cut(r *Redactor, records [][]byte, rng *rand.Rand, g *Log) (got []string) {
	out := func(_ int, b []byte) { got = append(got, string(b)) }
	for at := 0; at < len(records); {
		k := min(1+rng.IntN(6), len(records)-at)
		if g.Idle() && rng.IntN(2) == 0 {
			done, _ := r.Alone(records[at:at+k], out)
			at, k = at+done, k-done
		}
		if k > 0 {
			r.Follow(g, records[at:at+k], out)
		}
		at += k
	}
	return got
}

// FuzzFollow cuts a log into calls. But for lines that a runtime has cut into records it
// becomes the same, and what Alone takes for records by themselves are such.
func FuzzFollow(f *testing.F) {
	for i, log := range logsOf(f) {
		f.Add([]byte(strings.Join(log, "\x00")), uint64(i))
	}
	e := builtinEngine(f)
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		records := bytes.Split(text, []byte{0})
		if len(text) > 1<<15 || bytes.Contains(text, []byte("stdout P")) || bytes.Contains(text, []byte("stderr P")) || bytes.Contains(text, dockerTail) {
			return
		}
		var want []string
		e.NewRedactor().Lines(records, func(_ int, b []byte) { want = append(want, string(b)) })
		if got := cut(e.NewRedactor(), records, rand.New(rand.NewPCG(seed, 7)), new(Log)); !slices.Equal(got, want) {
			t.Errorf("%q becomes\n%q, in one piece\n%q", records, got, want)
		}
	})
}

// dockerTail ends what may be a part of a line in Docker's files.
var dockerTail = []byte(`","stream":"std`)
