package redact

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
)

func echoEngine(t testing.TB, doc string) *Engine {
	t.Helper()
	e, err := New(mustParse(t, doc), Options{Detectors: defaultDetectors(t), Key: testKey("echo")})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func throughWriter(t testing.TB, e *Engine, text string, chunk int) string {
	t.Helper()
	var out bytes.Buffer
	w := e.NewWriter(&out, WriterOptions{})
	for len(text) > 0 {
		n := min(chunk, len(text))
		if _, err := w.Write([]byte(text[:n])); err != nil {
			t.Fatal(err)
		}
		text = text[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestEcho(t *testing.T) {
	on, off := echoEngine(t, "echo: {}"), echoEngine(t, "")
	if !on.Echo() || off.Echo() {
		t.Errorf("Echo is %t and %t", on.Echo(), off.Echo())
	}
	const v, m = random, "REDACTED-password"
	for _, c := range []struct{ name, in, want string }{
		{"later", "password=" + v + "\nusing " + v + " now\n", "password=" + m + "\nusing " + m + " now\n"},
		{"before", "using " + v + "\npassword=" + v + "\n", "using " + v + "\npassword=" + m + "\n"},
		{"in the middle of things", "password=" + v + "\n/a/" + v + "/b x:" + v + "x (" + v + ") \"" + v + "\"\n" + v,
			"password=" + m + "\n/a/" + m + "/b x:" + m + "x (" + m + ") \"" + m + "\"\n" + m},
		{"in a word", "password=" + v + "\nx" + v + "\n", "password=" + m + "\nx" + v + "\n"},
		{"a part", "password=" + v + "\nuse " + v[:19] + "\n", "password=" + m + "\nuse " + v[:19] + "\n"},
		{"short", "password=" + v[:15] + "\nuse " + v[:15] + "\n", "password=" + m + "\nuse " + v[:15] + "\n"},
		{"guessable", "password=password-password\nuse password-password\n", "password=" + m + "\nuse password-password\n"},
		{"with blanks", `{"password":"` + v + ` x"}` + "\nuse " + v + " x\n", `{"password":"` + m + `"}` + "\nuse " + v + " x\n"},
		{"two with one beginning", "password=" + v + "aa\npassword=" + v + "bb\n1 " + v + "bb 2 " + v + "aa 3 " + v + "\n",
			"password=" + m + "\npassword=" + m + "\n1 " + m + " 2 " + m + " 3 " + v + "\n"},
		{"again in context", "password=" + v + "\nsecret=" + v + " and " + v + "\n", "password=" + m + "\nsecret=REDACTED-secret and REDACTED-secret\n"},
	} {
		for _, chunk := range []int{1, 7, 1000} {
			if got := throughWriter(t, on, c.in, chunk); got != c.want {
				t.Errorf("%s: got  %q\nwant %q", c.name, got, c.want)
			}
		}
	}
	if got := throughWriter(t, off, "password="+v+"\n"+v, 100); got != "password="+m+"\n"+v {
		t.Errorf("without echo: %q", got)
	}
	if got := string(on.NewRedactor().Append(nil, []byte("password="+v+"\n"+v))); got != "password="+m+"\n"+v {
		t.Errorf("what is no stream: %q", got)
	}
}

// TestEchoActions: an echo becomes what the value became, and is reported like it.
func TestEchoActions(t *testing.T) {
	for action, same := range map[Action]bool{Mask: true, Hash: true, Token: true, Format: true, Remove: true, Keep: false, Shadow: false} {
		e := echoEngine(t, fmt.Sprintf("echo: {}\npolicy: [{key: my_password, action: %s}]", action))
		var out bytes.Buffer
		var found []finding.Finding
		w := e.NewWriter(&out, WriterOptions{OnFinding: func(f finding.Finding) { found = append(found, f) }})
		fmt.Fprintf(w, "my_password=%s\nuse %s.\n", random, random)
		w.Close()
		first, second, _ := strings.Cut(out.String(), "\n")
		a, b := strings.TrimPrefix(first, "my_password="), strings.TrimSuffix(strings.TrimPrefix(second, "use "), ".\n")
		if (a == b) != true || (a != random) != same {
			t.Errorf("%s: %q", action, out.String())
		}
		if same && (len(found) != 2 || found[0].Detector != found[1].Detector || found[0].Fingerprint != found[1].Fingerprint || found[1].Source.Line != 2) {
			t.Errorf("%s: %+v", action, found)
		}
	}
	if got := throughWriter(t, echoEngine(t, "echo: {}\nmode: shadow"), "password="+random+"\n"+random, 10); got != "password="+random+"\n"+random {
		t.Errorf("shadow: %q", got)
	}
}

// TestEchoCuts: with many values in a long text the output does not depend on how
// it was cut, nor on which values others have pushed out.
func TestEchoCuts(t *testing.T) {
	e := echoEngine(t, "echo: {max: 7}")
	rng := rand.New(rand.NewPCG(3, 4))
	var secrets []string
	var text strings.Builder
	for i := range 3000 {
		switch k := rng.IntN(10); {
		case k == 0 || i == 0:
			s, _, _, err := detectors.Expand("{alnum:24}", uint64(i))
			if err != nil {
				t.Fatal(err)
			}
			secrets = append(secrets, s)
			fmt.Fprintf(&text, "%d api_secret=%s ok\n", i, s)
		case k < 4:
			fmt.Fprintf(&text, "%d calling with %s done\n", i, secrets[max(0, len(secrets)-1-rng.IntN(12))])
		default:
			fmt.Fprintf(&text, "%d GET /static/js/app-%08x.js 200 0.0%d\n", i, rng.Uint32(), i)
		}
	}
	want := throughWriter(t, e, text.String(), text.Len())
	if n := strings.Count(want, "calling with REDACTED-secret"); n < 400 {
		t.Errorf("%d echoes", n)
	}
	if strings.Count(want, "calling with REDACTED") == strings.Count(want, "calling with") {
		t.Error("no value was pushed out")
	}
	for _, chunk := range []int{1, 13, 997, 70000} {
		if got := throughWriter(t, e, text.String(), chunk); got != want {
			t.Errorf("in chunks of %d the output is another one", chunk)
		}
	}
}

// TestEchoMemory: what is remembered is bounded in time and number, is no value,
// and stays when known secrets are replaced.
func TestEchoMemory(t *testing.T) {
	m := newEchoes(Echo{TTL: time.Minute, Max: 5})
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	value := func(i int) []byte {
		// In pairs with one beginning.
		return fmt.Appendf(nil, "%s%02d-%d", random[:16], i/2, i%2*7)
	}
	heard := func(i int, t time.Time) bool {
		n := 0
		m.find(value(i), 0, len(value(i)), t, func(int, int, *echoed) { n++ })
		return n == 1
	}
	c := &candidate{action: Mask}
	for i := range 100 {
		at := start.Add(time.Duration(i) * time.Second)
		m.expire(at)
		m.learn(c, value(i), at)
		m.learn(c, value(i), at)
		for k := range i + 1 {
			if got := heard(k, at); got != (k > i-5) {
				t.Fatalf("after %d values number %d is heard: %t", i+1, k, got)
			}
		}
		if len(m.ring) > 5 || m.known != min(i+1, 5) || len(m.byHead) > 5 {
			t.Fatalf("%d of %d values, %d heads", m.known, len(m.ring), len(m.byHead))
		}
	}
	for i, seconds := range map[int]int{95: 155, 99: 159} {
		if at := start.Add(time.Duration(seconds) * time.Second); heard(i, at) || !heard(i, at.Add(-time.Second)) {
			t.Errorf("value %d is not forgotten after a minute", i)
		}
	}
	mustNotHold(t, "memory", fmt.Sprintf("%v", m), string(value(99)), random[:16])
	m.expire(start.Add(time.Hour))
	if m.known != 0 || len(m.byHead) != 0 {
		t.Errorf("%d values after an hour", m.known)
	}

	e := echoEngine(t, "echo: {}")
	h := NewHandle(e)
	var out bytes.Buffer
	w := h.NewWriter(&out, WriterOptions{})
	fmt.Fprintf(w, "password=%s\n", random)
	h.Store(e.WithInventory(nil))
	fmt.Fprintf(w, "use %s\n", random)
	h.Store(echoEngine(t, ""))
	fmt.Fprintf(w, "use %s\n", random)
	w.Close()
	if got := out.String(); got != "password=REDACTED-password\nuse REDACTED-password\nuse "+random+"\n" {
		t.Errorf("%q", got)
	}
}

// TestEchoClean: lines without anything to hear cost no memory.
func TestEchoClean(t *testing.T) {
	e := echoEngine(t, "echo: {}")
	var n counting
	w := e.NewWriter(&n, WriterOptions{})
	fmt.Fprintf(w, "password=%s\n", random)
	line := []byte(strings.Repeat("2026-01-01T00:00:00Z GET /static/js/application-bundle.js?v=20260101 200 12ms\n", 50))
	w.Write(line)
	if a := testing.AllocsPerRun(50, func() { w.Write(line) }); a != 0 {
		t.Errorf("%v allocations", a)
	}
}

type counting int

func (n *counting) Write(p []byte) (int, error) { *n += counting(len(p)); return len(p), nil }
