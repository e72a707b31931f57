package redact

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/inventory"
)

// TestPrintsAcrossForms: a value has one fingerprint and one hash however it is
// written.
func TestPrintsAcrossForms(t *testing.T) {
	const secret = "q7V/X2mK+9RtLw4Z!sYh3"
	b64 := base64.StdEncoding.EncodeToString
	packed := func(s string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
		return b.String()
	}
	numbers := strings.Trim(strings.ReplaceAll(fmt.Sprint([]byte("password="+secret)), " ", ", "), "[]")
	var wide []byte
	for _, c := range []byte(`{"password":"` + secret + `"}`) {
		wide = append(wide, c, 0)
	}
	lines := []string{
		"password=" + secret,
		`{"user":"bob","password":"` + secret + `"}`,
		"payload: " + b64([]byte(`{"user":"bob","password":"`+secret+`"}`)),
		"payload: " + b64([]byte(`{"user":"bobb","password":"`+secret+`"}`)) + " end",
		"payload: " + base64.RawURLEncoding.EncodeToString([]byte(`{"user":"bobby","password":"`+secret+`"}`)),
		"payload: " + b64([]byte(packed(`{"user":"bob","password":"`+secret+`"}`))),
		"payload: " + url.QueryEscape(b64([]byte(`{"user":"bob","password":"`+secret+`"}`))),
		"payload: " + b64(wide),
		"payload: " + hex.EncodeToString([]byte(`{"password":"`+secret+`"}`)),
		"body: " + numbers,
		"GET /?q=" + url.QueryEscape("a=b&password="+secret),
		"GET /?password=" + url.QueryEscape(secret),
		`{"msg":"{\u0022password\u0022:\u0022` + strings.ReplaceAll(secret, "!", `\u0021`) + `\u0022}"}`,
		`{"password":"` + strings.ReplaceAll(secret, "/", `\/`) + `"}`,
		`{"m":"{\"m\":\"{\\\"password\\\":\\\"` + strings.ReplaceAll(secret, "/", `\\\/`) + `\\\"}\"}"}`,
		"postgres://app:" + url.QueryEscape(secret) + "@db.example/x",
		"&lt;x password=&quot;" + secret + "&quot;&gt;",
		"kind: Secret\napiVersion: v1\ndata:\n  password: " + b64([]byte(secret)) + "\n",
		`{"apiVersion":"v1","data":{"password":"` + b64([]byte(secret)) + `"},"kind":"Secret"}`,
	}
	check := func(r *Redactor, lines []string) {
		t.Helper()
		var prints []string
		r.OnFinding = func(f finding.Finding) { prints = append(prints, f.Fingerprint) }
		hashes := map[string]bool{}
		for _, l := range lines {
			prints = nil
			out := string(r.Append(nil, []byte(l)))
			if len(prints) != 1 || prints[0] != fingerprintOf(r.e, secret) || strings.Contains(out, secret) {
				t.Errorf("%s: %q from %s", l, prints, out)
			}
			_, sum, _ := strings.Cut(out, "HASHED-")
			sum = strings.TrimLeft(sum, "abcdefghijklmnopqrstuvwxyz-")
			hashes[sum[:min(len(sum), 41)]] = true
		}
		if len(hashes) != 1 {
			t.Errorf("%d hashes: %v", len(hashes), hashes)
		}
	}
	policy := "policy: [{action: hash}]"
	e, err := New(mustParse(t, policy), Options{Detectors: defaultDetectors(t), Key: testKey("prints")})
	if err != nil {
		t.Fatal(err)
	}
	check(e.NewRedactor(), lines)

	// A known secret needs no name.
	known, err := inventory.New(t.Context(), inventory.Options{}, &listed{[]inventory.Value{{Meta: inventory.Meta{ID: "x"}, Secret: []byte(secret)}}})
	if err != nil {
		t.Fatal(err)
	}
	check(e.WithInventory(known).NewRedactor(), []string{
		"use " + secret, "use " + b64([]byte(secret)), "use " + b64([]byte("x"+secret+"yz")), "use " + b64([]byte("xx"+secret)),
		"use " + hex.EncodeToString([]byte(secret)), "use " + strings.ToUpper(hex.EncodeToString([]byte("a"+secret))), "use " + url.QueryEscape(secret) + ".",
	})

	// Who allows a value by its fingerprint allows it in every form, but not what
	// stands beside it in a carrier.
	allowing, err := New(mustParse(t, "allow: [{fingerprint: "+fingerprintOf(e, secret)+", reason: a test}]"),
		Options{Detectors: defaultDetectors(t), Key: testKey("prints")})
	if err != nil {
		t.Fatal(err)
	}
	r := allowing.NewRedactor()
	for line, passes := range map[string]bool{lines[0]: true, lines[2]: false, lines[12]: true, lines[len(lines)-1]: true} {
		if got := string(r.Append(nil, []byte(line))); (got == line) != passes {
			t.Errorf("%s became %s", line, got)
		}
	}
}

// listed is a source of values.
type listed struct{ list []inventory.Value }

func (l *listed) Values(_ context.Context, yield func(inventory.Value) error) error {
	for _, v := range l.list {
		if err := yield(v); err != nil {
			return err
		}
	}
	return nil
}
