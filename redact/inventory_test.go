package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
)

// known draws a value that no detector knows.
func known(t testing.TB, seed uint64) string {
	t.Helper()
	v, _, _, err := detectors.Expand("{lower:5}-{alnum:9}+{alnum:8}", seed)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// inventoryOf writes values into files and returns a policy with an inventory of
// them.
func inventoryOf(t testing.TB, more string, values ...string) *Document {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("values.txt", strings.Join(values, "\n")+"\n")
	path := write("inventory.yaml", "version: 1\nsources:\n  - {file: values.txt, id: shop, owner: payments}\n")
	return mustParse(t, fmt.Sprintf("inventory: %s\n%s", path, more))
}

// TestInventory: findings name the entry and its owner, and never the value.
func TestInventory(t *testing.T) {
	a, b := known(t, 1), known(t, 2)
	e, err := New(inventoryOf(t, "", a, b, "short"), Options{Key: testKey("k")})
	if err != nil {
		t.Fatal(err)
	}
	if r := e.Refused(); len(r) != 1 || !strings.HasSuffix(r[0].Error(), "values.txt:3: shorter than 8 bytes") {
		t.Errorf("refused: %q", r)
	}
	var found []finding.Finding
	r := e.NewRedactor()
	r.OnFinding = func(f finding.Finding) { found = append(found, f) }
	text := "used " + a + " and " + base64.StdEncoding.EncodeToString([]byte("u:"+b)) + "; password=" + b + "\n"
	if got, want := string(r.Append(nil, []byte(text))), "used REDACTED-known-secret and REDACTED-known-secret; password=REDACTED-known-secret\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(found) != 3 || found[0].Inventory != "shop/1" || found[1].Inventory != "shop/2" || found[1].Encoding != "base64" || found[2].Key != "password" ||
		found[0].Owner != "payments" || found[0].Detector != "known-secret" || found[0].Confidence != finding.Certain || found[0].Fingerprint == "" {
		t.Errorf("%+v", found)
	}
	out, _ := json.Marshal(found)
	mustNotHold(t, "findings", string(out), a, b)
	if again := r.Append(nil, []byte("used REDACTED-known-secret\n")); string(again) != "used REDACTED-known-secret\n" {
		t.Errorf("again: %q", again)
	}
}

// TestInventoryPolicy: the policy has its say about known secrets as about others.
func TestInventoryPolicy(t *testing.T) {
	v := known(t, 3)
	for _, c := range []struct{ more, in, want string }{
		{"policy: [{detector: known-secret, action: remove}]", "a " + v + " b", "a  b"},
		{"policy: [{detector: known-secret, action: shadow}]", "a " + v + " b", "a " + v + " b"},
		{"policy: [{severity: critical, action: remove}]", "a " + v + " b", "a  b"},
		{"allow: [{value: '" + v + "', reason: r}]", "a " + v + " b", "a " + v + " b"},
		{"detectors: {only: jwt}", "a " + v + " b", "a REDACTED-known-secret b"},
		{"detectors: {skip: known-secret}", "a " + v + " b", "a " + v + " b"},
		{"detectors: {only: known-secret}", "a " + v + " password=hunter-2-42", "a REDACTED-known-secret password=hunter-2-42"},
		// A union of what is known and what is not.
		{"", "https://u:x" + v + "y@h/p", "https://u:REDACTED-known-secret@h/p"},
		{"", `{"password":"x ` + v + ` y"}`, `{"password":"REDACTED-known-secret"}`},
	} {
		e, err := New(inventoryOf(t, c.more, v), Options{Key: testKey("k")})
		if err != nil {
			t.Fatalf("%s: %v", c.more, err)
		}
		if got := string(e.NewRedactor().Append(nil, []byte(c.in))); got != c.want {
			t.Errorf("%s: got %q, want %q", c.more, got, c.want)
		}
	}
	e, err := New(inventoryOf(t, "policy: [{action: hash}]", v), Options{Key: testKey("k")})
	if err != nil {
		t.Fatal(err)
	}
	r := e.NewRedactor()
	once := r.Append(nil, []byte("a "+v+" b"))
	if !bytes.HasPrefix(once, []byte("a HASHED-known-secret-")) || !bytes.Equal(r.Append(nil, once), once) {
		t.Errorf("hash: %q", once)
	}
}

// TestInventoryBlind: a blind inventory redacts the same and holds no value.
func TestInventoryBlind(t *testing.T) {
	v := known(t, 4)
	doc := inventoryOf(t, "", v)
	doc.Inventory.Blind = true
	e, err := New(doc, Options{Key: testKey("k")})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(e.NewRedactor().Append(nil, []byte("a "+v+" b"))); got != "a REDACTED-known-secret b" {
		t.Errorf("%q", got)
	}
	if _, err := New(doc, Options{}); err == nil || !strings.Contains(err.Error(), "key") {
		t.Errorf("without a key: %v", err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		mustNotHold(t, "engine", fmt.Sprintf(verb, []any{e, e.Inventory(), e.Scan(), *e.Scan().Inventory()}), v)
	}
}

// TestInventoryErrors are found at load, with their place, and quote nothing.
func TestInventoryErrors(t *testing.T) {
	for doc, want := range map[string]string{
		"inventory: none.yaml":             "none.yaml",
		"inventory: {blind: true}":         "want a file",
		"inventory: {file: x, blind: yup}": "true or false",
		"inventory: [a]":                   "want a mapping",
	} {
		d, err := ParseDocument("p.yaml", []byte("version: 1\n"+doc+"\n"))
		if err == nil {
			_, err = New(d, Options{})
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "p.yaml:2:") {
			t.Errorf("%s: %v", doc, err)
		}
	}
	v := known(t, 5)
	for _, text := range []string{"version: 1\nsources: [{file: values.txt, format: dotenv}]\n", "version: 1\n" + v, "version: 1\nsources: [{file: values.txt}, {file: values.txt}]\n"} {
		doc := inventoryOf(t, "", v, v[:20]+" \"")
		os.WriteFile(doc.Inventory.Path, []byte(text), 0o600)
		_, err := New(doc, Options{})
		if err == nil {
			t.Errorf("%.30s: no error", text)
			continue
		}
		mustNotHold(t, "an error", err.Error(), v)
	}
}

// TestEnviron: what is secret in an environment is known, wherever it comes back.
func TestEnviron(t *testing.T) {
	v, w := known(t, 6), known(t, 7)
	e, err := New(mustParse(t, ""), Options{Key: testKey("k"), Environ: []string{
		"PATH=/usr/bin:/bin", "PWD=/home/bob/some/long/directory", "HOME=/home/bob", "EMPTY=", "ODD",
		"SHOP_PASSWORD=" + v, "DATABASE_URL=postgres://bob:" + w + "@db:5432/shop", "DB_PASSWORD=hunter2", "LANG=en_GB.UTF-8",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if r := e.Refused(); len(r) != 1 || r[0].Error() != "environment: DB_PASSWORD: shorter than 8 bytes" {
		t.Errorf("refused: %q", r)
	}
	text := "x " + v + " y " + w + " /home/bob/some/long/directory hunter2 en_GB.UTF-8"
	if got := string(e.NewRedactor().Append(nil, []byte(text))); got != "x REDACTED-known-secret y REDACTED-known-secret /home/bob/some/long/directory hunter2 en_GB.UTF-8" {
		t.Errorf("%q", got)
	}
	if n := e.Inventory().Len(); n != 2 {
		for i := range n {
			t.Errorf("%d: %s", i, e.Inventory().Entry(i).ID)
		}
	}
}

// TestInventorySwap: a stream takes other known secrets at the end of a line,
// and streams run on while they are put in.
func TestInventorySwap(t *testing.T) {
	a, b := known(t, 8), known(t, 9)
	one, err := New(inventoryOf(t, "", a), Options{Key: testKey("k")})
	if err != nil {
		t.Fatal(err)
	}
	other, err := New(inventoryOf(t, "", b), Options{Key: testKey("k")})
	if err != nil {
		t.Fatal(err)
	}
	two := one.WithInventory(other.Inventory())
	h := NewHandle(one)
	var out bytes.Buffer
	w := h.NewWriter(&out, WriterOptions{})
	io.WriteString(w, a+" "+b+"\n"+a[:7])
	h.Store(two)
	io.WriteString(w, a[7:]+"\n")
	io.WriteString(w, a+" "+b+"\n")
	h.Store(one.WithInventory(nil))
	io.WriteString(w, a+" "+b+"\n")
	w.Close()
	want := "REDACTED-known-secret " + b + "\nREDACTED-known-secret\n" + a + " REDACTED-known-secret\n" + a + " " + b + "\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}

	h = NewHandle(one)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			var out bytes.Buffer
			w := h.NewWriter(&out, WriterOptions{})
			for range 200 {
				io.WriteString(w, "x "+a+" "+b)
				io.WriteString(w, " y\n")
			}
			w.Close()
			for line := range strings.Lines(out.String()) {
				if line != "x REDACTED-known-secret "+b+" y\n" && line != "x "+a+" REDACTED-known-secret y\n" {
					t.Errorf("%q", line)
					return
				}
			}
		})
	}
	for range 100 {
		h.Store(two)
		h.Store(one)
	}
	wg.Wait()
}
