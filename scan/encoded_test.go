package scan

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"strconv"
	"strings"
	"testing"

	"github.com/stanch/stanch/finding"
)

// part is a text with a secret in it.
type part struct{ before, secret, after string }

func (p part) String() string { return p.before + p.secret + p.after }

// form is a way to write a text. Where the secret can be told apart, each part
// is written for itself; elsewhere all of it becomes the secret.
type form struct {
	name   string // as Encoding has it
	write  func(string) string
	splice bool
}

func (f form) of(p part) part {
	if f.splice {
		return part{f.write(p.before), f.write(p.secret), f.write(p.after)}
	}
	return part{"", f.write(p.String()), ""}
}

func each(v, plain string, format func(c byte) string) string {
	var b strings.Builder
	for _, c := range []byte(v) {
		if c-'0' < 10 || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteString(format(c))
		}
	}
	return b.String()
}

func escape(format, plain string) func(string) string {
	return func(v string) string {
		return each(v, plain, func(c byte) string { return fmt.Sprintf(format, c) })
	}
}

func squeeze(v string, gz bool) string {
	var b bytes.Buffer
	if gz {
		w := gzip.NewWriter(&b)
		w.Write([]byte(v))
		w.Close()
	} else {
		w := zlib.NewWriter(&b)
		w.Write([]byte(v))
		w.Close()
	}
	return b.String()
}

func list(v, format, between string) string {
	var b []string
	for _, c := range []byte(v) {
		b = append(b, fmt.Sprintf(format, c))
	}
	return strings.Join(b, between)
}

var b64 = base64.StdEncoding.EncodeToString

var (
	inBase64    = form{"base64", func(v string) string { return b64([]byte(v)) }, false}
	inRawURL    = form{"base64", func(v string) string { return base64.RawURLEncoding.EncodeToString([]byte(v)) }, false}
	inHex       = form{"hex", func(v string) string { return hex.EncodeToString([]byte(v)) }, false}
	inHEX       = form{"hex", func(v string) string { return strings.ToUpper(hex.EncodeToString([]byte(v))) }, false}
	inPercent   = form{"percent", escape("%%%02X", "-._~"), true}
	inPercents  = form{"percent>percent", func(v string) string { return inPercent.write(inPercent.write(v)) }, true}
	inUnicode   = form{"backslash", escape(`\u%04x`, "-._~ :/@=;,&?!#$*()[]{}^|%"), true}
	inNginx     = form{"backslash", escape(`\x%02X`, "-._~ :/@=;,&?!#$*+()[]{}^|`<>'%"), true}
	inOctal     = form{"backslash", escape(`\%03o`, "-._~ :/@=;,&?!#$*+()[]{}^|`<>%"), true}
	inEntity    = form{"entity", func(v string) string { return strings.NewReplacer("&#34;", "&quot;").Replace(html.EscapeString(v)) }, true}
	inNumeric   = form{"entity", html.EscapeString, true}
	inQuoted    = form{"quoted-printable", func(v string) string { return strings.ReplaceAll(v, "=", "=3D") }, true}
	inGzip      = form{"base64>gzip", func(v string) string { return b64([]byte(squeeze(v, true))) }, false}
	inZlib      = form{"base64>zlib", func(v string) string { return b64([]byte(squeeze(v, false))) }, false}
	inWide      = form{"base64>utf-16", func(v string) string { return b64([]byte(list(v, "%c", "\x00") + "\x00")) }, false}
	inDump      = form{"decimal", func(v string) string { return list(v, "%d", " ") }, false}
	inArray     = form{"decimal", func(v string) string { return list(v, "%d", ",") }, false}
	inBytes     = form{"decimal", func(v string) string { return list(v, "0x%x", ", ") }, false}
	inSpacedHex = form{"hex", func(v string) string { return list(v, "%02x", " ") }, false}
)

// payloads are texts that get encoded, with the secret between << and >>.
var payloads = []string{
	`{"user":"bob","password":"<<S>>","n":1}`,
	`{"u":"bob","db":{"password":"<<S>>"},"n":1}`,
	`{"us":"bob","client_secret":"<<S>>"}`,
	`user=bob&password=<<S>>&n=12345`,
	`DB_PASSWORD=<<S>>` + "\nPORT=8080\n",
	`GET /x HTTP/1.1` + "\r\nHost: h\r\nAuthorization: Bearer <<S>>\r\n\r\n",
	`dial postgres://app:<<S>>@db.example:5432/x`,
	`the key is <<T>> for now`,
}

var (
	plainValue = "{alnum:12}{digit:2}"
	tokenValue = "ghp" + "_{alnum:30}{crc32-base62:6}"
)

// outers are log lines that hold the encoded text.
var outers = []string{
	`level=info payload=<<>> n=1`,
	`{"level":"info","body":"<<>>","n":1}`,
	`2026-01-01T00:00:00Z INFO got [<<>>] from peer`,
}

func payload(t testing.TB, template string, seed uint64) part {
	template = strings.NewReplacer("<<S>>", "<<"+plainValue+">>", "<<T>>", "<<"+tokenValue+">>").Replace(template)
	// Braces of JSON are no placeholders.
	text, from, to := expand(t, template, seed)
	return part{text[:from], text[from:to], text[to:]}
}

// chain writes p in the forms given outermost first.
func chain(p part, forms ...form) (part, string) {
	var names []string
	for i := len(forms) - 1; i >= 0; i-- {
		p = forms[i].of(p)
	}
	for _, f := range forms {
		names = append(names, f.name)
	}
	return p, strings.Join(names, ">")
}

// chains are the ways to wrap a text that are looked into, to three layers.
var chains = [][]form{
	{inBase64}, {inRawURL}, {inHex}, {inHEX}, {inPercent}, {inPercents}, {inUnicode}, {inNginx}, {inOctal}, {inEntity}, {inNumeric},
	{inQuoted}, {inGzip}, {inZlib}, {inWide}, {inDump}, {inArray}, {inBytes}, {inSpacedHex},
	{inPercent, inBase64}, {inPercents, inBase64}, {inUnicode, inBase64}, {inNginx, inBase64},
	{inBase64, inPercent}, {inBase64, inNumeric}, {inHex, inPercent}, {inBase64, inUnicode},
	{inPercent, inUnicode}, {inNginx, inPercent}, {inEntity, inPercent}, {inNumeric, inUnicode}, {inUnicode, inEntity},
	{inGzip, inPercent}, {inGzip, inBase64}, {inPercent, inGzip}, {inBase64, inGzip}, {inGzip, inGzip}, {inDump, inPercent},
	{inPercent, inBase64, inPercent}, {inUnicode, inPercent, inBase64}, {inBase64, inGzip, inPercent},
	{inGzip, inPercent, inBase64}, {inNginx, inNumeric, inPercent}, {inPercent, inPercent, inPercent},
}

func certain(spans []Span) (list []Span) {
	for _, x := range spans {
		if x.Confidence > finding.Doubtful {
			list = append(list, x)
		}
	}
	return list
}

// unseen reports what nothing leads to: tokens as lists of numbers, addresses
// escaped inside another form, and in UTF-16 all but a few names.
func unseen(form, template, text string) bool {
	list := strings.HasPrefix(form, "decimal") || strings.HasPrefix(text, "67 ")
	switch {
	case strings.HasSuffix(form, "utf-16"):
		return !strings.HasPrefix(template, "{") && !strings.Contains(template, "password=")
	case strings.Contains(template, "<<T>>"):
		return list || form == "hex" && strings.Contains(text, " ") || form == "hex>percent"
	case strings.Contains(template, "postgres:"):
		return strings.HasSuffix(form, ">percent")
	}
	return false
}

func TestEncodedChains(t *testing.T) {
	s := engine(t).NewScanner()
	for _, forms := range chains {
		for _, template := range payloads {
			for i, outer := range outers {
				p := payload(t, template, 7)
				for k := len(forms) - 1; k > 0; k-- { // something stands around in each layer
					p = forms[k].of(p)
					p.before, p.after = "x"+strconv.Itoa(i)+" data="+p.before, p.after+" end"
				}
				p = forms[0].of(p)
				_, want := chain(p, forms...)
				before, after, _ := strings.Cut(outer, "<<>>")
				if strings.Contains(outer, `"body"`) && strings.ContainsAny(p.String(), "\"\n\r") {
					continue // not without another layer
				}
				if forms[0].splice && strings.ContainsAny(p.String(), "\n\r") {
					continue
				}
				text := before + p.String() + after
				from := len(before) + len(p.before)
				spans := certain(s.Text(nil, []byte(text)))
				if len(spans) == 0 && unseen(want, template, p.String()) {
					continue
				}
				if len(spans) == 0 || spans[0].Start != from || spans[0].End != from+len(p.secret) || len(spans) > 1 {
					t.Errorf("%s of %s in %s: found\n%s, want\n%s«»%s", want, template, outer, show(s.e, text, spans), text[:from], text[from+len(p.secret):])
					continue
				}
				if got := spans[0].Encoding.String(); !layers(got, want) {
					t.Errorf("%s of %s in %s: Encoding is %q", want, template, outer, got)
				}
			}
		}
	}
}

// layers reports whether got names the forms that want does, but for escapes:
// where they do not touch the names and marks around, nothing is decoded.
func layers(got, want string) bool {
	g, w := strings.Split(got, ">"), strings.Split(want, ">")
	for _, f := range w {
		if len(g) > 0 && g[0] == f {
			g = g[1:]
		} else if f != "percent" && f != "backslash" && f != "entity" && f != "quoted-printable" {
			return false
		}
	}
	return len(g) == 0 || got == ""
}

// encodedLines are lines with encoded secrets, each with its bounds.
func encodedLines(t testing.TB) (lines []part) {
	for _, forms := range chains {
		for i, template := range payloads[:4] {
			p := payload(t, template, 3)
			for k := len(forms) - 1; k >= 0; k-- {
				p = forms[k].of(p)
			}
			if strings.ContainsAny(p.String(), "\n\r") {
				continue
			}
			before, after, _ := strings.Cut(outers[i%len(outers)], "<<>>")
			if strings.Contains(before, `"body"`) && strings.Contains(p.String(), `"`) {
				before, after = "got ", ""
			}
			p.before, p.after = before+p.before, p.after+after
			lines = append(lines, p)
		}
	}
	return lines
}

// TestEncodedCuts: encoded secrets are found however the text is cut.
func TestEncodedCuts(t *testing.T) {
	e := engine(t)
	for _, p := range encodedLines(t) {
		in := []byte(p.String() + "\nnext\n")
		want := redacted(t, e, in)
		if strings.Contains(want, p.secret) {
			t.Errorf("not found: %s", want)
			continue
		}
		step := 1
		if testing.Short() {
			step = 7
		}
		for c := 0; c < len(in); c += step {
			if got := redacted(t, e, in, c); got != want {
				t.Fatalf("cut at %d:\n got %s\nwant %s", c, got, want)
			}
		}
	}
}

// TestEncodedPauses: a pause in the middle of an encoded secret leaks nothing
// of it behind the mark that shows it, and nothing at all where escapes are.
func TestEncodedPauses(t *testing.T) {
	e := engine(t)
	for _, p := range encodedLines(t) {
		text := p.String() + "\n"
		whole := len(p.before)
		for c := 1; c < len(text); c += 3 {
			n := 0
			for i, is := range leaked(t, e, []byte(text), c) {
				if is && i >= whole && i < whole+len(p.secret) {
					n++
				}
			}
			// Of a run nothing shows that it is one until its first mark.
			if n > 0 && (n > c-whole || len(p.secret) < 24) {
				t.Errorf("pause at %d leaks %d bytes of %d-%d in %s", c, n, whole, whole+len(p.secret), text)
				break
			}
		}
	}
}

// innocent are encoded texts without a secret.
func innocent(t testing.TB) (list []string) {
	random := func(n int, seed uint64) string {
		text, _, _ := expand(t, fmt.Sprintf("{alnum:%d}", n), seed)
		return text
	}
	binary := make([]byte, 6000)
	x := uint32(1)
	for i := range binary {
		x = x*1664525 + 1013904223
		binary[i] = byte(x >> 24)
	}
	der := append([]byte{0x30, 0x82, 0x03, 0x5d, 0x30, 0x82, 0x02, 0x45, 0xa0, 0x03, 0x02, 0x01, 0x02}, binary[:800]...)
	pem := "-----BEGIN CERTIFICATE-----\n" + b64(der) + "\n-----END CERTIFICATE-----\n"
	plain := []string{
		`{"user":"bob","roles":["admin","dev"],"token_type":"Bearer","max_tokens":4096}`,
		`{"password":"********","secret":null,"token":""}`,
		`{"password":"${DB_PASSWORD}","api_key":"<your key>"}`,
		"Authorization: Bearer ***\r\nHost: h\r\n",
		"password reset required; see https://example.com/reset?lang=en\n",
		`{"alg":"RS256","typ":"JWT","kid":"2026-01"}`,
		`{"iss":"https://issuer.example","sub":"42","aud":"api","exp":1800000000,"token_use":"access"}`,
		pem,
		"<html><body>password policy: at least 12 characters</body></html>",
	}
	for _, p := range plain {
		list = append(list,
			"payload="+b64([]byte(p))+" n=1", `{"body":"`+b64([]byte(p))+`"}`, "hex "+hex.EncodeToString([]byte(p)),
			"q="+inPercent.write(p)+" x", "q="+inPercents.write(p), "data="+inGzip.write(p), fmt.Sprint([]byte(p)), fmt.Sprintf("%#v", []byte(p)))
	}
	list = append(list,
		"data:image/png;base64,iVBORw0KGgo"+b64(binary), "ca.crt: "+b64([]byte(pem)), "der "+b64(der), "blob "+hex.EncodeToString(binary),
		"gz "+inGzip.write(string(binary)), "proto "+b64([]byte("\n\x04user\x12\x03bob\x1a\x05token\x22\x02ok")),
		"00000000  70 61 73 73 77 6f 72 64  20 72 65 73 65 74 0a 00  |password reset..|",
		"proctitle="+hex.EncodeToString([]byte("/usr/sbin/sshd\x00-D\x00-o\x00PasswordAuthentication=no")),
		fmt.Sprint(binary), "sha256:"+hex.EncodeToString(binary[:32]),
		"GET /login?redirect=https%3A%2F%2Fexample.com%2Fcb%3Flang%3Den%26tokens%3D12 HTTP/1.1",
		"GET /a?next=https%3A%2F%2Fuser%40example.com%2F HTTP/1.1", `{"url":"https:\/\/example.com\/a@b"}`, `{"q":"a\u0026b\u003dc"}`,
		"id="+random(43, 5)+"= n=1")
	return list
}

func TestEncodedQuiet(t *testing.T) {
	s := engine(t).NewScanner()
	for _, text := range innocent(t) {
		if bad := certain(s.Text(nil, []byte(text))); len(bad) > 0 {
			t.Errorf("%.3000s", show(s.e, text, bad))
		}
	}
}

// TestEncodedRows: of wrapped base64 everything goes from the row on in which
// a secret is seen to begin.
func TestEncodedRows(t *testing.T) {
	e := engine(t)
	value, _, _ := expand(t, plainValue, 9)
	for n := range 60 { // the mark and the value stand anywhere in their rows
		text := `{"filler":"` + strings.Repeat("x", 20+n) + `","password":"` + value + `","more":"` + strings.Repeat("y", 70) + `"}`
		at := 20 + n + len(`{"filler":"","`)
		for _, c := range []struct {
			width         int
			prefix, first string
		}{{64, "", ""}, {76, "", ""}, {64, "2026-01-01T00:00:00Z INFO ", ""}, {76, "    ", ""}} {
			run := b64([]byte(text))
			in := "begin\n"
			for i := 0; i < len(run); i += c.width {
				in += c.prefix + run[i:min(len(run), i+c.width)] + "\n"
			}
			in += "the end\n"
			// The row where the value begins, and what of the mark stands in it.
			first := at * 4 / 3 / c.width
			if (at+9)*4/3/c.width != first {
				continue // the name itself is broken
			}
			for _, got := range []string{redacted(t, e, []byte(in)), redacted(t, e, []byte(in), len(in)/2), redacted(t, e, []byte(in), 7, len(in)-20)} {
				want := "begin\n"
				for i := range first {
					want += c.prefix + run[i*c.width:(i+1)*c.width] + "\n"
				}
				want += c.prefix + "«password»\n"
				for i := (first + 1) * c.width; i < len(run); i += c.width {
					want += c.prefix + "\n"
				}
				want += "the end\n"
				if got != want {
					t.Errorf("%d, rows of %d behind %q: got\n%s\nwant\n%s", n, c.width, c.prefix, got, want)
				}
			}
		}
	}
}

// TestEncodedOpen: what a pause cuts behind a mark of encoded text is reported by
// some detector.
func TestEncodedOpen(t *testing.T) {
	spans := 0
	st := engine(t).NewStream(func(p Piece) error {
		for _, x := range p.Spans {
			if spans++; x.Detector < 0 {
				t.Errorf("%+v", x)
			}
		}
		return nil
	})
	st.Write([]byte("<name>|70617373776f7264, tokentoken, INTO|"))
	st.Flush()
	st.Close()
	if spans == 0 {
		t.Error("nothing was cut")
	}
}
