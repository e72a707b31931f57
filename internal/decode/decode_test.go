package decode

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"mime/quotedprintable"
	"net/url"
	"strings"
	"testing"
)

func unescape(s string, f Form) string {
	var t Text
	t.Unescape([]byte(s), f)
	return string(t.Bytes)
}

// samples are texts of every length to 300, of bytes of every value.
func samples() (list []string) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
			if n%3 == 0 {
				b[i] = ' ' + b[i]%95
			}
		}
		list = append(list, string(b))
	}
	return list
}

// TestAgainstStandardLibrary: what its encoders write is read back.
func TestAgainstStandardLibrary(t *testing.T) {
	for _, want := range samples() {
		if got := unescape(url.PathEscape(want), Percent); got != want {
			t.Errorf("percent: %q, want %q", got, want)
		}
		text := strings.ToValidUTF8(want, "?")
		if got := unescape(strings.ReplaceAll(html.EscapeString(text), "\x00", ""), Entity); got != strings.ReplaceAll(text, "\x00", "") {
			t.Errorf("entities: %q, want %q", got, text)
		}
		j, _ := json.Marshal(text)
		if got := unescape(string(j[1:len(j)-1]), Backslash); got != text {
			t.Errorf("JSON: %q, want %q", got, text)
		}
		if q := fmt.Sprintf("%+q", text); !strings.Contains(q, `\U`) && !strings.Contains(q, `\a`) && !strings.Contains(q, `\v`) {
			if got := unescape(q[1:len(q)-1], Backslash); got != text {
				t.Errorf("Go: %q, want %q", got, text)
			}
		}
		var b bytes.Buffer
		w := quotedprintable.NewWriter(&b)
		w.Binary = true
		io.WriteString(w, want)
		w.Close()
		if got := unescape(strings.ReplaceAll(b.String(), "=\r\n", ""), QuotedPrintable); got != want {
			t.Errorf("quoted-printable: %q, want %q", got, want)
		}
		for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
			run := enc.EncodeToString([]byte(want))
			for _, run := range []string{run, url.QueryEscape(run), strings.ReplaceAll(run, "/", `\/`), strings.ReplaceAll(run, "+", `\u002b`),
				rows(run, 64, `\n`), rows(run, 76, `\r\n`), rows(run, 64, `\\n`), rows(run, 76, "%0D%0A")} {
				in := `x="` + run + `" y`
				start := Base64Start([]byte(in), 3, 0)
				end := Base64End([]byte(in), 3, len(in))
				if len(run) > 0 && (start != 3 || end != 3+len(run)) {
					t.Errorf("%s: run %d-%d, want 3-%d", in, start, end, 3+len(run))
				}
				got, _ := AppendBase64(nil, []byte(run), 0, 0)
				if string(got) != want {
					t.Errorf("base64 %s: %q, want %q", run, got, want)
				}
				if len(run) > 0 {
					for at := 3 + len(run)/2; at < end && IsBase64(in[at]); at++ {
						if s := Base64Start([]byte(in), at, 0); s != 3 && len(run) < 48 && !strings.ContainsAny(run, `%\`) {
							t.Errorf("%s: from %d start is %d", in, at, s)
						}
						break
					}
				}
			}
		}
		if got := string(AppendHex(nil, []byte(hex.EncodeToString([]byte(want))))); got != want {
			t.Errorf("hex: %q, want %q", got, want)
		}
		for _, l := range []string{fmt.Sprintf("%d", []byte(want)), fmt.Sprintf("%#v", []byte(want))} {
			from := strings.IndexAny(l, "0123456789]}")
			if strings.HasPrefix(l, "[]byte{") {
				from = len("[]byte{")
			}
			got, end := AppendDecimal(nil, []byte(l[from:]))
			if string(got) != want || from+end != len(l)-1 {
				t.Errorf("%s: %q to %d, want %q", l, got, from+end, want)
			}
		}
	}
}

func rows(s string, n int, between string) string {
	var b strings.Builder
	for len(s) > n {
		b.WriteString(s[:n] + between)
		s = s[n:]
	}
	return b.String() + s
}

// TestAligned: the characters written do not depend on what stands around.
func TestAligned(t *testing.T) {
	for _, text := range []string{"assword", "oken", "://", "ghp_", "-----BEGIN"} {
		written, phase := Aligned(text)
		for n := range 30 {
			b := append(bytes.Repeat([]byte{byte(n * 37)}, n), text...)
			run := base64.RawStdEncoding.EncodeToString(append(b, byte(n*91), byte(n)))
			i := strings.Index(run, written[n%3])
			if i < 0 || i%4 != phase[n%3] || len(written[n%3]) < len(text)*8/6-1 {
				t.Errorf("%s behind %d bytes: %q at %d of %q, want it at %d of a group", text, n, written[n%3], i, run, phase[n%3])
			}
			got, _ := AppendBase64(nil, []byte("/"+run), i+1, phase[n%3])
			if !bytes.Contains(got, []byte(text)) {
				t.Errorf("%s behind %d bytes is decoded to %q", text, n, got)
			}
		}
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]Form{
		"%22x": Percent, "%2522": Percent, "%zz": None, "%2": None, `\u0022:`: Backslash, `\\u0022:`: Backslash, `\x22:`: Backslash, `\042:`: Backslash,
		`\":"`: None, `\n  `: None, `\\":`: None, "&quot;:": Entity, "&#34;": Entity, "&#x22;": Entity, "&x=1": None, "&#;": None, "=3Da": QuotedPrintable, "=ab": QuotedPrintable, "=xy": None,
		"": None, `\`: None, "&": None, `\\\\\\`: None,
	} {
		if got := Escape([]byte(in)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// TestSource: every decoded byte is traced to the escape it came from.
func TestSource(t *testing.T) {
	var x Text
	src := `a\u00e9\"\ud83d\ude00b`
	x.Unescape([]byte(src), Backslash)
	if got, want := string(x.Bytes), "aé\"😀b"; got != want {
		t.Fatalf("%q, want %q", got, want)
	}
	for _, c := range []struct {
		from, to int
		want     string
	}{{0, 1, "a"}, {1, 3, `\u00e9`}, {2, 3, `\u00e9`}, {1, 2, `\u00e9`}, {3, 4, `\"`}, {4, 8, `\ud83d\ude00`}, {5, 6, `\ud83d\ude00`}, {8, 9, "b"}, {0, 9, src}} {
		if s, e := x.Source(c.from, c.to); src[s:e] != c.want {
			t.Errorf("%d-%d: %s, want %s", c.from, c.to, src[s:e], c.want)
		}
	}
}

func TestInflate(t *testing.T) {
	text := strings.Repeat("some text ", 1000)
	var g, z bytes.Buffer
	gw := gzip.NewWriter(&g)
	gw.Name, gw.Comment, gw.Extra = "name", "comment", []byte("extra")
	zw := zlib.NewWriter(&z)
	for _, w := range []io.WriteCloser{gw, zw} {
		io.WriteString(w, text)
		w.Close()
	}
	var x Inflater
	for _, b := range [][]byte{g.Bytes(), z.Bytes()} {
		f := Packed(b)
		if out, more := x.Append(nil, b, f, 1<<20); string(out) != text || more {
			t.Errorf("%s: %d bytes, more %v", f, len(out), more)
		}
		if out, more := x.Append(nil, b, f, len(text)); string(out) != text || more {
			t.Errorf("%s, room for all: %d bytes, more %v", f, len(out), more)
		}
		if out, more := x.Append([]byte("x"), b, f, 100); string(out) != "x"+text[:100] || !more {
			t.Errorf("%s, room for 100: %q, more %v", f, out, more)
		}
		for n := 20; n < len(b); n++ {
			if out, _ := x.Append(nil, b[:n], f, 1<<20); !strings.HasPrefix(text, string(out)) {
				t.Errorf("%s cut at %d: %q", f, n, out)
			}
		}
	}
}

func TestNarrow(t *testing.T) {
	if got, ok := Narrow([]byte("p\x00a\x00s\x00s\x00")); !ok || string(got) != "pass" {
		t.Errorf("%q %v", got, ok)
	}
	if _, ok := Narrow([]byte("password and so on")); ok {
		t.Error("plain text is taken for UTF-16")
	}
}

// FuzzRuns: bounds hold, and decoding gives less than it was given.
func FuzzRuns(f *testing.F) {
	for _, s := range []string{"eyJh\\nbcd", "%2B%2f==", "\\u002b\\/", "70:61:73", "1, 2, 0x33]", "&#34;&amp;", "\x1f\x8b\x08\x00", "=3D=\r\n", `\\\u0022`} {
		f.Add([]byte(s), uint(3))
	}
	var x Text
	var inflater Inflater
	f.Fuzz(func(t *testing.T, b []byte, at uint) {
		if len(b) == 0 {
			return
		}
		i := int(at % uint(len(b)))
		start, end := Base64Start(b, i, 0), Base64End(b, i, len(b))
		if start < 0 || start > i || end < i || end > len(b) {
			t.Fatalf("run %d-%d around %d of %d", start, end, i, len(b))
		}
		if out, _ := AppendBase64(nil, b[start:end], i-start, int(at&3)); len(out) > end-start {
			t.Fatalf("%d bytes out of %d", len(out), end-start)
		}
		for _, separated := range []bool{false, true} {
			start, end := HexRun(b, i, 0, len(b), separated)
			if start < 0 || start > i || end < i || end > len(b) {
				t.Fatalf("hexadecimal run %d-%d around %d of %d", start, end, i, len(b))
			}
			AppendHex(nil, b[start:end])
		}
		if _, end := AppendDecimal(nil, b[i:]); end < 0 || end > len(b)-i {
			t.Fatalf("list of %d in %d", end, len(b)-i)
		}
		for f := Percent; f <= QuotedPrintable; f++ {
			x.Unescape(b, f)
			if len(x.at) != len(x.Bytes)+1 || len(x.Bytes) > len(b) {
				t.Fatalf("%s: %d bytes out of %d, %d places", f, len(x.Bytes), len(b), len(x.at))
			}
			last := 0
			for k := range x.Bytes {
				s, e := x.Source(k, k+1)
				if s > e || s < last || e > len(b) {
					t.Fatalf("%s: byte %d stood at %d-%d", f, k, s, e)
				}
				last = s
			}
		}
		if p := Packed(b); p != None {
			if out, _ := inflater.Append(nil, b, p, 4096); len(out) > 4096 {
				t.Fatalf("%d bytes", len(out))
			}
		}
		Narrow(bytes.Clone(b))
	})
}
