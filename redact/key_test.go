package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseKey(t *testing.T) {
	key := testKey("parse")
	longer := append(testKey("a"), testKey("b")...)
	for _, text := range []string{
		hex.EncodeToString(key), strings.ToUpper(hex.EncodeToString(key)),
		base64.StdEncoding.EncodeToString(key), base64.RawStdEncoding.EncodeToString(key),
		base64.URLEncoding.EncodeToString(key), base64.RawURLEncoding.EncodeToString(key),
		" " + hex.EncodeToString(key) + "\r\n",
	} {
		if got, err := ParseKey([]byte(text)); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%q: %x, %v", text, got, err)
		}
	}
	if got, err := ParseKey([]byte(base64.StdEncoding.EncodeToString(longer))); err != nil || !bytes.Equal(got, longer) {
		t.Errorf("64 bytes: %v", err)
	}
	for _, text := range []string{
		"", "short", hex.EncodeToString(key[:31]), base64.StdEncoding.EncodeToString(key[:31]),
		strings.Repeat("00", 32), strings.Repeat("0123456789abcdef", 4), "correct horse battery staple and some more words",
		hex.EncodeToString(key) + "!", strings.Repeat("A", 100),
	} {
		if _, err := ParseKey([]byte(text)); err == nil {
			t.Errorf("%q: accepted", text)
		} else if len(text) > 4 && strings.Contains(err.Error(), text) {
			t.Errorf("the error quotes the key: %v", err)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add([]byte(hex.EncodeToString(testKey("f"))))
	f.Add([]byte(base64.StdEncoding.EncodeToString(testKey("f"))))
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := ParseKey(text)
		if err == nil && len(key) < keySize {
			t.Errorf("accepted %d bytes", len(key))
		}
	})
}

// TestDerive fixes the derivation: what was put out must stay verifiable.
// The values are HKDF-SHA-256 of the bytes 0…31 without salt, with the labels as info,
// as any other implementation gives them.
func TestDerive(t *testing.T) {
	key := make([]byte, 32)
	for i := range key {
		key[i] = byte(i)
	}
	seen := map[string]Use{}
	for _, c := range []struct {
		use  Use
		want string
	}{
		{ForFingerprint, "9b7a8112033811125618056f6da2030314ece9aed56a64a2c88673bf3c77cdfc"},
		{ForHash, "8320dedbb38608625d5919e0b8460c453889001948e6bbef56554365bbcf8f7e"},
		{ForToken, "de3ab85026965875f43400fac4e58b89ccd4697817776251f74c7545968a0938"},
		{ForDictionary, "cc3329654b04db6c86366dfa33309104d65ff6ef57db9499b005e378de38c0ac"},
	} {
		got := hex.EncodeToString(DeriveKey(key, c.use))
		if got != c.want {
			t.Errorf("%s: got %s", c.use, got)
		}
		if other, ok := seen[got]; ok {
			t.Errorf("%s and %s have one key", c.use, other)
		}
		seen[got] = c.use
	}
	if got := KeyID(key); got != "421561a6" {
		t.Errorf("key id %s", got)
	}
}

func TestKeySources(t *testing.T) {
	write := func(name string, key []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(base64.StdEncoding.EncodeToString(key)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	id := func(k KeyFiles, o Options) (string, bool) {
		t.Helper()
		d := DefaultDocument()
		d.Key = k
		o.Detectors = demoEngine(t, "", Options{}).scan.Detectors()
		e, err := New(d, o)
		if err != nil {
			t.Fatal(err)
		}
		return e.KeyID()
	}
	file := write("key", testKey("file"))
	t.Setenv(keyEnv, hex.EncodeToString(testKey("env")))
	if got, random := id(KeyFiles{File: file}, Options{Key: testKey("option"), RandomKey: true}); got != KeyID(testKey("option")) || random {
		t.Error("the option does not come first")
	}
	if got, random := id(KeyFiles{File: file}, Options{RandomKey: true}); got != KeyID(testKey("file")) || random {
		t.Error("the file does not come second")
	}
	if got, random := id(KeyFiles{}, Options{RandomKey: true}); got != KeyID(testKey("env")) || random {
		t.Error("the environment does not come third")
	}
	t.Setenv(keyEnv, "")
	first, random := id(KeyFiles{}, Options{RandomKey: true})
	if second, _ := id(KeyFiles{}, Options{RandomKey: true}); first == second || !random {
		t.Error("random keys are not random")
	}
	if got, _ := id(KeyFiles{}, Options{}); got != "" {
		t.Error("a key out of nothing")
	}

	t.Setenv(keyEnv, "hunter2canary")
	if _, err := New(DefaultDocument(), Options{}); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("bad environment: %v", err)
	}
	bad := filepath.Join(t.TempDir(), "bad")
	if err := os.WriteFile(bad, []byte("hunter2canary"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := DefaultDocument()
	d.Key.File = bad
	if _, err := New(d, Options{}); err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), bad) {
		t.Errorf("bad file: %v", err)
	}
}

// TestKeyRotation: hashes made with an earlier key are ours as long as it is
// listed, and secrets after that.
// TestTokens: a token needs a key that lasts, and is the same wherever that key is
// used.
func TestTokens(t *testing.T) {
	const rule = "policy: [{action: token}]"
	if _, err := New(mustParse(t, rule), Options{RandomKey: true}); !errors.Is(err, errNoKey) {
		t.Errorf("a random key: %v", err)
	}
	a, b := demoEngine(t, rule, Options{Key: testKey("a")}), demoEngine(t, rule, Options{Key: testKey("a")})
	one := string(a.NewRedactor().Append(nil, []byte("x "+token(1)+" "+token(2))))
	if two := string(b.NewRedactor().Append(nil, []byte("x "+token(1)+" "+token(2)))); one != two || strings.Count(one, "TOKEN-") != 2 {
		t.Errorf("%q and %q", one, two)
	}
	if words := strings.Fields(one); len(words) != 3 || words[1] == words[2] || len(words[1]) != 31 {
		t.Errorf("%q", one)
	}
	other := demoEngine(t, rule, Options{Key: testKey("b")})
	if three := string(other.NewRedactor().Append(nil, []byte("x "+token(1)+" "+token(2)))); one == three {
		t.Error("another key, the same tokens")
	}
}

func TestKeyRotation(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"old", "new"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(hex.EncodeToString(testKey(name))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const rule = "policy: [{detector: demo-token, action: hash}]\n"
	ds := demoEngine(t, "", Options{}).scan.Detectors()
	build := func(doc string) *Redactor {
		t.Helper()
		e, err := New(mustParse(t, rule+strings.ReplaceAll(doc, "DIR", dir)), Options{Detectors: ds})
		if err != nil {
			t.Fatal(err)
		}
		return e.NewRedactor()
	}
	value := "dmo_" + random
	old := string(build("key: {file: DIR/old}").Append(nil, []byte(value)))
	if !strings.HasPrefix(old, "HASHED-demo-token-"+KeyID(testKey("old"))+"-") {
		t.Fatal(old)
	}
	rotated := build("key: {file: DIR/new, previous: [DIR/old]}")
	now := string(rotated.Append(nil, []byte(value)))
	if now == old || !strings.HasPrefix(now, "HASHED-demo-token-"+KeyID(testKey("new"))+"-") {
		t.Fatal(now)
	}
	if !rotated.e.IsEnvelope([]byte(old)) || !rotated.e.IsEnvelope([]byte(now)) {
		t.Error("a hash of an earlier key is not recognised")
	}
	if build("key: {file: DIR/new}").e.IsEnvelope([]byte(old)) {
		t.Error("a hash of an unknown key is recognised")
	}
	f := fingerprintOf(build("key: {file: DIR/old}").e, value)
	allow := "allow: [{fingerprint: " + f + ", reason: r}]\n"
	if got := string(build(allow+"key: {file: DIR/new, previous: [DIR/old]}").Append(nil, []byte(value))); got != value {
		t.Errorf("an allowed fingerprint of an earlier key does not count: %s", got)
	}
	if again := string(build("key: {file: DIR/old}").Append(nil, []byte(value))); again != old {
		t.Error("the same value has two hashes")
	}
}
