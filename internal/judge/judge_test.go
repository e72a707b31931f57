package judge

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

var (
	random  = draw(1, base62, 32)
	randHex = draw(2, hexDigits, 40)
)

const (
	hexDigits = "0123456789abcdef"
	base62    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// draw returns n bytes of set chosen by seed.
func draw(seed uint64, set string, n int) string {
	r := rand.New(rand.NewPCG(seed, seed))
	b := make([]byte, n)
	for i := range b {
		b[i] = set[r.IntN(len(set))]
	}
	return string(b)
}

// holds checks a predicate against values that satisfy it and values that do not.
func holds(t *testing.T, is func([]byte) bool, yes, no []string) {
	t.Helper()
	for _, v := range yes {
		if !is([]byte(v)) {
			t.Errorf("false for %q", v)
		}
	}
	for _, v := range no {
		if is([]byte(v)) {
			t.Errorf("true for %q", v)
		}
	}
}

func TestNothing(t *testing.T) {
	holds(t, Nothing,
		[]string{"", `""`, "''", "null", "nil", "None", "undefined", "NaN", "N/A", "-", "true", "FALSE", "yes", "no", "on", "off",
			"0", "1", "(null)", "<nil>", "<none>", "[]", "{}", "  "},
		[]string{"true-horse", "truehorse", "nullable", "xnull", "2", "00", "none1", "not false", "falsey", "(nil", "---x"})
}

func TestCredential(t *testing.T) {
	holds(t, Credential,
		[]string{random, randHex, randHex[:32], random[:10] + "7", "P@ssw0rd123", "Tr0ub4dor&3", "Summer2024!", "x9$kQ2!mZ"},
		[]string{"", "short1", "password", "12345678", "/usr/local/bin", "550e8400-e29b-41d4-a716-446655440000", "********",
			"${DB_PASSWORD}", "us-east-1a", "bob@example.com", "2024-05-01T10:00:00Z", "mySecretHandlerFactory", "some_user_name",
			"https://example.com/path", "v1.2.3-rc.1", "10.20.30.40", "application/json", "com.example.Service", "<your-token>",
			"****abcd", "enabled-by-default"})
}

func TestNoAllocation(t *testing.T) {
	for _, v := range [][]byte{[]byte(random), []byte("the quick brown fox"), []byte("https://example.com/a/b?c=d"), []byte("[REDACTED]"),
		[]byte("${DB_PASSWORD}"), []byte(jwtIO()), []byte("<your-token>"), bytes.Repeat([]byte("aB3/"), 100)} {
		Bits(v) // reads the word list
		if n := testing.AllocsPerRun(20, func() {
			Mask(v)
			Nothing(v)
			Placeholder(v)
			Benign(v)
			Credential(v)
			Random(v)
			Entropy(v)
			Bits(v)
		}); n != 0 {
			t.Errorf("%.20q: %v allocations", v, n)
		}
	}
}

func FuzzJudge(f *testing.F) {
	for _, s := range []string{"", "%", "%2A", "[", "<a>", "${", "{{}}", "$", "W/\"", "00:00", "1.2.", "MII", "arn:aws", "sha256:", "S-1-",
		"::", "a@b.cd", "/", "x", "•", "-----BEGIN ", "~", "@", "!Ref ", "true-horse", "[REDACTED:hunter2]", strings.Repeat("ab", 80)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, v []byte) {
		was := bytes.Clone(v)
		full, partial := Mask(v)
		if full && partial {
			t.Fatal("a mask is full or partial")
		}
		if Credential(v) && (full || partial || Nothing(v) || Placeholder(v)) {
			t.Fatal("a mask or placeholder is a credential")
		}
		_ = Benign(v).String()
		if p := Random(v); !(p >= 0 && p <= 1) {
			t.Fatalf("Random is %v", p)
		}
		if e := Entropy(v); !(e >= 0 && e <= 8) {
			t.Fatalf("Entropy is %v", e)
		}
		if b := Bits(v); !(b >= 0 && b <= 8*maxJudged) {
			t.Fatalf("Bits is %v", b)
		}
		if !bytes.Equal(v, was) {
			t.Fatal("the value was changed")
		}
	})
}

// TestBracketedMasks: a word of the vocabulary is a mask between brackets of every kind.
func TestBracketedMasks(t *testing.T) {
	for _, p := range [][2]string{
		{"[[", "]]"}, {"<<", ">>"}, {"{{", "}}"}, {"((", "))"}, {"[", "]"}, {"<", ">"}, {"{", "}"}, {"(", ")"},
		{"%5B", "%5D"}, {"%5b", "%5d"}, {"%3C", "%3E"}, {"%3c", "%3e"}, {"&lt;", "&gt;"}, {`\u003c`, `\u003e`}, {`\\u003c`, `\\u003e`},
	} {
		for value, want := range map[string]bool{p[0] + "redacted" + p[1]: true, p[0] + "redacted": false, p[0] + "hunter2" + p[1]: false} {
			if full, _ := Mask([]byte(value)); full != want {
				t.Errorf("%s: a mask: %t", value, full)
			}
		}
	}
}
