package stanch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
)

func token(t testing.TB, seed uint64) string {
	t.Helper()
	text, _, _, err := detectors.Expand("ghp_{alnum:30}{crc32-base62:6}", seed)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func redactor(t testing.TB, options ...Option) *Redactor {
	t.Helper()
	r, err := New(nil, options...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRedact(t *testing.T) {
	r := redactor(t)
	clean := []byte("nothing to see here")
	if out := r.Redact(clean); &out[0] != &clean[0] {
		t.Error("clean text was copied")
	}
	secret := token(t, 1)
	if out := r.Redact([]byte("a " + secret + " b")); string(out) != "a REDACTED-github-pat b" {
		t.Errorf("%s", out)
	}
}

func TestPolicies(t *testing.T) {
	keep, err := ParsePolicy("p.yaml", []byte("version: 1\npolicy:\n- detector: password\n  action: keep\n"))
	if err != nil {
		t.Fatal(err)
	}
	r := redactor(t)
	const text = "password=hu-nter-2-42"
	if out := r.RedactString(text); out != "password=REDACTED-password" {
		t.Errorf("by default: %s", out)
	}
	if err := r.Replace(keep); err != nil {
		t.Fatal(err)
	}
	if out := r.RedactString(text); out != text {
		t.Errorf("kept: %s", out)
	}
	hash, err := ParsePolicy("p.yaml", []byte("version: 1\npolicy:\n- action: hash\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Replace(hash); err == nil {
		t.Error("a policy that hashes was accepted without a key")
	}
	if out := r.RedactString(text); out != text {
		t.Errorf("after a policy that was refused: %s", out)
	}
	key := []byte("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff0123456789abcdef")
	if err := r.Replace(hash.WithKey(key)); err != nil {
		t.Error(err)
	}
	if _, err := ParsePolicy("p.yaml", []byte("version: 3\n")); err == nil || !strings.HasPrefix(err.Error(), "p.yaml:1:") {
		t.Errorf("a wrong policy: %v", err)
	}
	if _, err := ReadPolicy("no-such-file.yaml"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing policy: %v", err)
	}
}

// TestReader cuts the source everywhere.
func TestReader(t *testing.T) {
	r := redactor(t)
	in := strings.Repeat("a line\n", 20000) + "end " + token(t, 2) + "\nlast " + token(t, 3)
	want := strings.Repeat("a line\n", 20000) + "end REDACTED-github-pat\nlast REDACTED-github-pat"
	for name, src := range map[string]io.Reader{
		"whole": strings.NewReader(in), "byte": iotest.OneByteReader(strings.NewReader(in)), "half": iotest.HalfReader(strings.NewReader(in)),
		"data and error": iotest.DataErrReader(strings.NewReader(in)),
	} {
		out, err := io.ReadAll(r.Reader(src))
		if err != nil || string(out) != want {
			t.Errorf("%s: %d bytes, want %d; %v", name, len(out), len(want), err)
		}
	}
	if err := iotest.TestReader(r.Reader(strings.NewReader("plain\ntext\n")), []byte("plain\ntext\n")); err != nil {
		t.Error(err)
	}
	broken := errors.New("broken")
	out, err := io.ReadAll(r.Reader(io.MultiReader(strings.NewReader("password=hu-nt"), iotest.ErrReader(broken))))
	if !errors.Is(err, broken) || string(out) != "password=REDACTED-password" {
		t.Errorf("%q, %v", out, err)
	}
}

type payload struct {
	User  string
	Token string
	Inner map[string][]string
}

// valuer resolves to what holds a secret.
type valuer struct{ v any }

func (v valuer) LogValue() slog.Value { return slog.AnyValue(v.v) }

// TestHandler puts a secret wherever a record can have one.
func TestHandler(t *testing.T) {
	secret := token(t, 4)
	r := redactor(t)
	for _, c := range []struct {
		name string
		log  func(*slog.Logger)
	}{
		{"message", func(l *slog.Logger) { l.Info("got " + secret) }},
		{"string", func(l *slog.Logger) { l.Info("m", "k", secret) }},
		{"name", func(l *slog.Logger) { l.Info("m", "password", "hu-nter-2-42") }},
		{"pin", func(l *slog.Logger) { l.Info("m", "pin", 90417263) }},
		{"key", func(l *slog.Logger) { l.Info("m", "k-"+secret, 1) }},
		{"error", func(l *slog.Logger) { l.Info("m", "err", fmt.Errorf("with %s", secret)) }},
		{"bytes", func(l *slog.Logger) { l.Info("m", "b", []byte(secret)) }},
		{"struct", func(l *slog.Logger) { l.Info("m", "s", payload{"bob", secret, nil}) }},
		{"pointer", func(l *slog.Logger) {
			l.Info("m", "s", &payload{Inner: map[string][]string{"x": {"ok", secret}}})
		}},
		{"map", func(l *slog.Logger) { l.Info("m", "h", http.Header{"Authorization": {"Bearer " + secret}}) }},
		{"stringer", func(l *slog.Logger) { l.Info("m", "s", bytes.NewBufferString(secret)) }},
		{"valuer", func(l *slog.Logger) { l.Info("m", "s", valuer{valuer{payload{Token: secret}}}) }},
		{"group", func(l *slog.Logger) {
			l.Info("m", slog.Group("g", slog.String("a", "b"), slog.Group("h", "k", secret)))
		}},
		{"with", func(l *slog.Logger) { l.With("k", secret, "n", 1).Info("m") }},
		{"with group", func(l *slog.Logger) { l.WithGroup("g-"+secret).Info("m", "k", secret) }},
		{"nil", func(l *slog.Logger) { l.Info(secret, "e", error((*os.PathError)(nil)), "n", nil) }},
	} {
		for format, h := range map[string]func(io.Writer) slog.Handler{
			"json": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
			"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
		} {
			var out bytes.Buffer
			c.log(slog.New(r.Handler(h(&out))))
			for _, s := range []string{secret, "hu-nter", "90417263"} {
				if strings.Contains(out.String(), s) {
					t.Errorf("%s, %s: %s", c.name, format, out.String())
				}
			}
			if !strings.Contains(out.String(), "REDACTED-") {
				t.Errorf("%s, %s: no marker in %s", c.name, format, out.String())
			}
			if format == "json" && !json.Valid(out.Bytes()) {
				t.Errorf("%s: not JSON: %s", c.name, out.String())
			}
		}
	}
}

// TestHandlerClean: what has no secret reaches the next handler as it was.
func TestHandlerClean(t *testing.T) {
	var want, got bytes.Buffer
	at := time.Now()
	for out, h := range map[*bytes.Buffer]func(slog.Handler) slog.Handler{
		&want: func(h slog.Handler) slog.Handler { return h }, &got: redactor(t).Handler,
	} {
		rec := slog.NewRecord(at, slog.LevelInfo, "all is well", 0)
		rec.Add("n", 1, "f", 1.5, "d", time.Second, "t", at, "b", true, "s", payload{User: "bob"}, "e", errors.New("none"), "nil", nil,
			slog.Group("g", "a", []int{1}), "empty", slog.GroupValue())
		if err := h(slog.NewJSONHandler(out, nil)).WithGroup("w").Handle(context.Background(), rec); err != nil {
			t.Fatal(err)
		}
	}
	if want.String() != got.String() {
		t.Errorf("got\n%swant\n%s", got.String(), want.String())
	}
}

// TestTransport: dumps of requests, responses and errors are redacted, and what is
// sent and received is not.
func TestTransport(t *testing.T) {
	secret := token(t, 5)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "Bearer "+secret {
			t.Error("the request was changed")
		}
		body, _ := io.ReadAll(req.Body)
		w.Header().Set("Set-Cookie", "sid=Zk3-f9Q_m2xW-77p; Path=/")
		fmt.Fprintf(w, `{"echo":%q,"password":"hu-nter-2-42"}`, body)
	}))
	defer server.Close()
	var mu sync.Mutex
	var dumps []string
	client := &http.Client{Transport: &Transport{Redactor: redactor(t), Dump: func(d []byte) {
		mu.Lock()
		dumps = append(dumps, string(d))
		mu.Unlock()
	}}}
	req, _ := http.NewRequest("POST", server.URL+"/x?api_key=Zk3f9Qm2xW77pLq0", strings.NewReader("token "+secret))
	req.Header.Set("Authorization", "Bearer "+secret)
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if !strings.Contains(string(body), secret) {
		t.Error("the response was changed")
	}
	if _, err := client.Get("http://bob:hu-nter-2-42@127.0.0.1:1/"); err == nil {
		t.Error("no error from a port nobody listens on")
	}
	all := strings.Join(dumps, "\n")
	for _, s := range []string{secret, "hu-nter-2-42", "Zk3-f9Q_m2xW-77p", "Zk3f9Qm2xW77pLq0"} {
		if strings.Contains(all, s) {
			t.Errorf("%s is in a dump:\n%s", s, all)
		}
	}
	for _, want := range []string{"POST /x?api_key=REDACTED-", "Authorization: Bearer REDACTED-github-pat", "Set-Cookie: sid=REDACTED-", `"password":"REDACTED-password"`, "error: "} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
}

// TestConcurrent uses one redactor from many goroutines while its policy changes.
func TestConcurrent(t *testing.T) {
	var mu sync.Mutex
	found := 0
	r := redactor(t, OnFinding(func(f finding.Finding) { mu.Lock(); found++; mu.Unlock() }))
	secret := token(t, 6)
	var g sync.WaitGroup
	for range 4 {
		g.Go(func() {
			for range 200 {
				if out := r.RedactString("x " + secret); out != "x REDACTED-github-pat" {
					t.Errorf("%s", out)
				}
			}
		})
	}
	for range 3 {
		if err := r.Replace(nil); err != nil {
			t.Error(err)
		}
	}
	g.Wait()
	if found != 800 {
		t.Errorf("%d findings, want 800", found)
	}
}

var update = flag.Bool("update", false, "write testdata/api.txt anew")

// TestAPI holds the exported surface: a change of it is a change of
// testdata/api.txt, on purpose (go test -run TestAPI -update .).
func TestAPI(t *testing.T) {
	var got bytes.Buffer
	for _, pkg := range []string{".", "./stanchzap"} {
		out, err := exec.Command("go", "doc", "-all", pkg).Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			if strings.HasPrefix(line, "func ") || strings.HasPrefix(line, "type ") || strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "\t//") && !strings.HasPrefix(line, "\t\t") {
				got.WriteString(strings.TrimRight(line, " \n") + "\n")
			}
		}
	}
	if *update {
		if err := os.WriteFile("testdata/api.txt", got.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/api.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the API is now\n%s", got.String())
	}
}
