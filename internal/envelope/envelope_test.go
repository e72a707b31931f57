package envelope

import (
	"bytes"
	"strings"
	"testing"
)

func vocabulary() *Vocabulary {
	v := new(Vocabulary)
	v.AddDetector("demo-token", "dmo_", "dmo.")
	v.AddDetector("demo")
	v.AddKey("0a1b2c3d")
	v.AddRecipients("5e6f7a8b")
	return v
}

func TestIs(t *testing.T) {
	sum := bytes.Repeat([]byte{0xa5}, SumLen)
	hash := string(AppendHash(nil, "demo-token", "0a1b2c3d", sum))
	mask := string(AppendMask(nil, "demo-token"))
	token := string(AppendToken(nil, "0a1b2c3d", sum))
	key, box := bytes.Repeat([]byte{0xa5}, MinSealKey), bytes.Repeat([]byte{0x5a}, MinSealBox)
	sealed := string(AppendSealed(nil, "demo-token", "5e6f7a8b", key, box))
	longest := string(AppendSealed(nil, "demo-token", "5e6f7a8b", make([]byte, MaxSealKey), make([]byte, MaxSealBox)))
	v := vocabulary()
	for _, c := range []struct {
		value string
		want  bool
	}{
		{mask, true},
		{"REDACTED-demo", true},
		{"REDACTED-unscanned", true},
		{hash, true},
		{token, true},
		{token + "." + mask + "." + token, true},
		{token[:len(token)-1], false},
		{token + "a", false},
		{token[:len(token)-1] + "1", false},
		{strings.Replace(token, "0a1b2c3d", "0a1b2c3e", 1), false},
		{strings.ToUpper(token), false},
		{"TOKEN-hunter2-hunter2hunter2xx", false},
		{"dmo_" + mask, true},
		{"dmo." + mask, true},
		{mask + "." + hash, true},
		{hash + "." + mask + ".dmo." + mask, true},

		{"", false},
		{"REDACTED-", false},
		{"REDACTED", false},
		{"REDACTED-hunter2", false},
		{"REDACTED-demo-", false},
		{"REDACTED-demo-token2", false},
		{"redacted-demo", false},
		{"REDACTED-Demo", false},
		{"xREDACTED-demo", false},
		{"dmo_REDACTED-demo", false}, // literal of another detector
		{"dmo_REDACTED-unscanned", false},
		{"hunter2" + mask, false},
		{mask + "hunter2", false},
		{mask + ".hunter2", false},
		{mask + ".", false},
		{mask + ".." + mask, false},
		{"." + mask, false},
		{mask + mask, false},
		{mask + " ", false},
		{" " + mask, false},
		{mask + "\n", false},
		{"[" + mask + "]", false},
		{strings.Replace(hash, "0a1b2c3d", "0a1b2c3e", 1), false},
		{strings.Replace(hash, "demo-token", "hunter2", 1), false},
		{strings.ToUpper(hash), false},
		{hash[:len(hash)-1], false},
		{hash + "0", false},
		{strings.Repeat(mask+".", 2000) + mask, false},

		{sealed, true},
		{longest, true},
		{mask + "." + longest + "." + sealed, true},
		{strings.Replace(sealed, "demo-token", "demo", 1), true},
		{strings.Replace(sealed, "demo-token", "hunter2", 1), false},
		{strings.Replace(sealed, "5e6f7a8b", "5e6f7a8c", 1), false},
		{sealed[:len(sealed)-1], false},
		{sealed + "A", false},
		{sealed + "~", false},
		{sealed[:len(sealed)-1] + "A~", false},
		{sealed + sealed, false},
		{longest + "AAAA", false},
		{strings.Replace(sealed, "~", "", 1), false},
		{strings.Replace(sealed, "~", "~~", 1), false},
		{string(AppendSealed(nil, "demo-token", "5e6f7a8b", key[1:], box)), false},
		{string(AppendSealed(nil, "demo-token", "5e6f7a8b", key, box[1:])), false},
		{string(AppendSealed(nil, "demo-token", "5e6f7a8b", key, append(box, 0)))[:len(sealed)] + "B~", false}, // spare bits
		{"SEALED-demo-token-5e6f7a8b~hunter2~hunter2", false},
		{"SEALED-", false},
	} {
		if got := v.Is([]byte(c.value)); got != c.want {
			t.Errorf("Is(%q) = %v, want %v", c.value, got, c.want)
		}
	}
	if new(Vocabulary).Is([]byte(mask)) {
		t.Error("the zero vocabulary knows a detector")
	}
	if !new(Vocabulary).Is([]byte("REDACTED-unscanned")) {
		t.Error("the zero vocabulary does not know the failure marker")
	}
}

func TestIsDoesNotAllocate(t *testing.T) {
	v := vocabulary()
	mask := AppendMask(nil, "demo-token")
	hash := AppendHash(nil, "demo-token", "0a1b2c3d", make([]byte, SumLen))
	sealed := AppendSealed(nil, "demo-token", "5e6f7a8b", make([]byte, MinSealKey), make([]byte, MinSealBox))
	if n := testing.AllocsPerRun(100, func() { v.Is(mask); v.Is(hash); v.Is(sealed); v.Sealed(sealed, func(int, int) {}) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestWrittenUnreserved(t *testing.T) {
	for _, s := range []string{
		string(AppendMask(nil, "demo-token")),
		string(AppendHash(nil, "demo-token", "0a1b2c3d", make([]byte, SumLen))),
		string(AppendToken(nil, "0a1b2c3d", make([]byte, SumLen))),
		string(AppendSealed(nil, "demo-token", "5e6f7a8b", []byte("\xff\xef\xbe~"), []byte("\xff\xef"))),
		string(Separator),
	} {
		if !Unreserved(s) {
			t.Errorf("%q holds a reserved character", s)
		}
	}
	for _, s := range []string{"a b", "a/b", "a%b", "a\"", "a+", "é", "a\n"} {
		if Unreserved(s) {
			t.Errorf("Unreserved(%q)", s)
		}
	}
}

// FuzzIs holds recognition against the grammar: what is recognised falls apart
// into what this package writes.
func FuzzIs(f *testing.F) {
	v := vocabulary()
	f.Add([]byte("REDACTED-demo-token.dmo_REDACTED-demo-token"))
	f.Add(AppendHash(nil, "demo", "0a1b2c3d", make([]byte, SumLen)))
	f.Add(AppendSealed(nil, "demo-token", "5e6f7a8b", make([]byte, MinSealKey), make([]byte, MinSealBox+1)))
	f.Fuzz(func(t *testing.T, value []byte) {
		if !v.Is(value) {
			return
		}
		rest := string(value)
		if !Unreserved(rest) {
			t.Fatalf("recognised %q", value)
		}
		first := true
		for rest != "" {
			if !first {
				var ok bool
				if rest, ok = strings.CutPrefix(rest, "."); !ok {
					t.Fatalf("recognised %q", value)
				}
			}
			first = false
			if s, after, _, ok := CutSealed([]byte(rest)); ok {
				key, box, err := s.Contents()
				if again := AppendSealed(nil, string(s.Detector), string(s.Recipients), key, box); err != nil || string(again) != rest[:len(rest)-len(after)] {
					t.Fatalf("%q is also written %q (%v)", rest, again, err)
				}
				rest = string(after)
				continue
			}
			matched := ""
			for _, known := range []string{
				"REDACTED-demo-token", "dmo_REDACTED-demo-token", "dmo.REDACTED-demo-token",
				"REDACTED-demo", "REDACTED-unscanned",
				"HASHED-demo-token-0a1b2c3d-", "HASHED-demo-0a1b2c3d-",
			} {
				if strings.HasPrefix(rest, known) && len(known) > len(matched) {
					matched = known
				}
			}
			if matched == "" {
				t.Fatalf("recognised %q", value)
			}
			rest = rest[len(matched):]
			if strings.HasPrefix(matched, "HASHED") {
				if len(rest) < 2*SumLen || strings.Trim(rest[:2*SumLen], "0123456789abcdef") != "" {
					t.Fatalf("recognised %q", value)
				}
				rest = rest[2*SumLen:]
			}
		}
	})
}

// TestSealedPlaces: envelopes are found wherever they stand, and nothing else is.
func TestSealedPlaces(t *testing.T) {
	sealed := string(AppendSealed(nil, "demo-token", "5e6f7a8b", make([]byte, MinSealKey), make([]byte, MinSealBox)))
	foreign := strings.Replace(sealed, "5e6f", "5e60", 1)
	text := "x" + sealed + "." + sealed + " SEALED-SEALED-demo-5e6f7a8b~A " + foreign + "\n" + sealed[:100] + sealed
	var got []string
	v := vocabulary()
	v.Sealed([]byte(text), func(start, end int) { got = append(got, text[start:end]) })
	if len(got) != 3 || got[0] != sealed || got[1] != sealed || got[2] != sealed {
		t.Errorf("%d: %q", len(got), got)
	}
}
