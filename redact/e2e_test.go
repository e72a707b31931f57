package redact

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stanch/stanch/finding"
)

// places are lines of logs with %s where a secret stands.
var places = []string{
	`{"level":"info","password":"%s","user":"bob"}`,
	`{"msg":"{\"api_key\":\"%s\"}","n":1}`,
	`time=12:00 level=info password=%s user=bob`,
	`time=12:00 msg="login" password="%s" user=bob`,
	`connecting to postgres://app:%s@db.example:5432/orders?sslmode=require`,
	`GET /cb?access_token=%s&state=x HTTP/1.1`,
	`Authorization: Bearer %s`,
	`> Cookie: session=%s`,
	`export DB_PASSWORD='%s'`,
	`<password>%s</password>`,
	`password: %s`,
	`Server=h;Database=d;Password=%s;Encrypt=true`,
	`Config{user=bob, password=%s, timeout=3}`,
}

// secretLines fills the places with random values.
func secretLines(rng *rand.Rand) (lines, secrets []string) {
	const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
	for _, p := range places {
		secret := make([]byte, 24)
		for i := range secret {
			secret[i] = alphabet[rng.IntN(len(alphabet))]
		}
		lines = append(lines, fmt.Sprintf(p, secret))
		secrets = append(secrets, string(secret))
	}
	return lines, secrets
}

// TestEndToEnd runs the built-in detectors under every action: no secret is
// left, redacting the output again changes nothing, and what stands around the
// secret stays.
func TestEndToEnd(t *testing.T) {
	detectors := defaultDetectors(t)
	for _, action := range []Action{Mask, Remove, Hash, Token, Format, Partial} {
		e, err := New(mustParse(t, fmt.Sprintf("policy: [{confidence: medium, action: %s}]", action)), Options{Detectors: detectors, Key: testKey("e2e")})
		if err != nil {
			t.Fatal(err)
		}
		r := e.NewRedactor()
		var findings bytes.Buffer
		r.OnFinding = func(f finding.Finding) { f.WriteJSON(&findings) }
		lines, secrets := secretLines(rand.New(rand.NewPCG(7, uint64(action))))
		for i, line := range lines {
			got := string(r.Append(nil, []byte(line)))
			before, after, _ := strings.Cut(line, secrets[i])
			switch {
			case strings.Contains(got, secrets[i]):
				t.Errorf("%s: left in clear: %q", action, got)
			case !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after):
				t.Errorf("%s: more than the secret changed: %q became %q", action, line, got)
			case action == Hash && !strings.Contains(got, "HASHED-"):
				t.Errorf("%s: not hashed: %q", action, got)
			case action == Token && !strings.Contains(got, "TOKEN-"):
				t.Errorf("%s: no token: %q", action, got)
			case action == Remove && got != before+after:
				t.Errorf("%s: something is left: %q", action, got)
			}
			if again := string(r.Append(nil, []byte(got))); again != got {
				t.Errorf("%s: not idempotent: %q became %q", action, got, again)
			}
		}
		mustNotHold(t, "findings", findings.String(), secrets...)
		if n := bytes.Count(findings.Bytes(), []byte("\n")); n != len(lines) {
			t.Errorf("%s: %d findings for %d lines", action, n, len(lines))
		}
	}
}

// TestIdempotentText redacts a longer text twice, as a whole and as a stream.
func TestIdempotentText(t *testing.T) {
	e := builtin(t, Options{})
	r := e.NewRedactor()
	once := r.Append(nil, []byte(logText()))
	n := r.Stats().Redacted
	if twice := r.Append(nil, once); !bytes.Equal(once, twice) || r.Stats().Redacted != n {
		t.Error("redacting redacted text changes it")
	}
	var out bytes.Buffer
	w := e.NewWriter(&out, WriterOptions{})
	w.Write(once)
	w.Close()
	if !bytes.Equal(out.Bytes(), once) || w.Stats().Redacted != 0 {
		t.Error("redacting redacted text as a stream changes it")
	}
}

// TestOwnMarkersOnly: what only looks like a marker is a secret.
func TestOwnMarkersOnly(t *testing.T) {
	r := builtin(t, Options{}).NewRedactor()
	for _, value := range []string{"REDACTED-hunter2", "REDACTED-passwordx9", "[REDACTED:hunter2]", "HASHED-password-00000000-" + strings.Repeat("0", 32)} {
		if got := string(r.Append(nil, []byte(`{"password":"`+value+`"}`))); got != `{"password":"REDACTED-password"}` {
			t.Errorf("%s: %s", value, got)
		}
	}
}

// TestSelection: what a detector that is switched off would have found stays
// as it is; it does not cost the text it stands in.
func TestSelection(t *testing.T) {
	for _, c := range []struct{ doc, key, text string }{
		{"detectors: {only: github-*}", "password", "plain value"},
		{"detectors: {skip: password}", "password", "hunter2canary"},
		{"detectors: {skip: password}", "", `{"password":"hunter2canary","a":1}`},
		{"detectors: {skip: pin}", "", `{"cvv":123}`},
		{"detectors: {skip: cookie}", "", "Cookie: sessionid=abcdefgh123"},
		{"detectors: {skip: [authorization, bearer-credentials]}", "", "Authorization: Basic dXNlcjpwYXNzd29yZA=="},
	} {
		e, err := New(mustParse(t, c.doc), Options{})
		if err != nil {
			t.Fatal(err)
		}
		r := e.NewRedactor()
		got := r.Append(nil, []byte(c.text))
		if c.key != "" {
			got = r.Value(nil, []byte(c.key), []byte(c.text))
		}
		if string(got) != c.text {
			t.Errorf("%s: %q became %q", c.doc, c.text, got)
		}
	}
}

// TestBareScalars: JSON stays JSON where a number was redacted.
func TestBareScalars(t *testing.T) {
	r := builtin(t, Options{}).NewRedactor()
	for _, text := range []string{`{"otp":48151623,"a":"x","k":"y"}`, `{"a":"x","k":"y","password":4815162342}`} {
		got := string(r.Append(nil, []byte(text)))
		if _, err := readJSON(got); err != nil || strings.Contains(got, "4815162") || !strings.Contains(got, `:"REDACTED-`) {
			t.Errorf("%s: %v", got, err)
		}
	}
}

// TestConfigsAct: the examples in configs do what their comments say.
func TestConfigsAct(t *testing.T) {
	gitlab := "glpat" + "-" + random
	for _, c := range []struct{ file, in, want string }{
		{"stanch.yaml", "door_code=hx7Qp2", "door_code=REDACTED-secret"},
		{"stanch.yaml", "badge=q7Xw2Lm9Zt4Rb8", "badge=REDACTED-token"},
		{"stanch.yaml", "badge=visitor", "badge=visitor"},
		{"stanch.yaml", "use " + gitlab + " now", "use glpat-REDACTED-gitlab-pat now"},
		{"stanch.yaml", "password=not-a-secret-but-a-test-value", "password=not-a-secret-but-a-test-value"},
		{"stanch.yaml", "-----BEGIN " + "PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END " + "PRIVATE KEY-----\nx", "\nx"},
		{"hash.yaml", "Cookie: sessionid=" + random, "Cookie: sessionid=HASHED-cookie-"},
		{"hash.yaml", "password=1234", "password=REDACTED-password"},
		{"shadow.yaml", "password=" + random, "password=" + random},
		{"strict.yaml", "password=" + random, "password=REDACTED-password"},
	} {
		b, err := os.ReadFile("../configs/" + c.file)
		if err != nil {
			t.Fatal(err)
		}
		d, err := ParseDocument(c.file, b)
		if err != nil {
			t.Fatal(err)
		}
		e, err := New(d, Options{Key: testKey("configs")})
		if err != nil {
			t.Fatal(err)
		}
		got := string(e.NewRedactor().Append(nil, []byte(c.in)))
		if !strings.HasPrefix(got, c.want) || !strings.Contains(c.want, "HASHED") && got != c.want {
			t.Errorf("%s: %q became %q, want %q", c.file, c.in, got, c.want)
		}
	}
}
