package scan

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// keyText is a key in lines; secret tells which lines must go.
type keyText struct {
	name   string
	lines  []string
	secret []bool
}

// armour writes a key of n bytes of base64 in lines of some width.
func armour(t testing.TB, label string, n, width int, headers ...string) keyText {
	body, _, _ := expand(t, fmt.Sprintf("{base64:%d}", n-1), uint64(n))
	body += "="
	k := keyText{name: label}
	add := func(secret bool, lines ...string) {
		for _, l := range lines {
			k.lines, k.secret = append(k.lines, l), append(k.secret, secret)
		}
	}
	add(true, "-----BEGIN "+label+"-----")
	add(false, headers...)
	for ; len(body) > width; body = body[width:] {
		add(true, body[:width])
	}
	add(true, body)
	if strings.HasPrefix(label, "PGP") {
		sum, _, _ := expand(t, "={base64:4}", 3)
		add(true, sum)
	}
	add(true, "-----END "+label+"-----")
	return k
}

func keyTexts(t testing.TB) []keyText {
	const private = "PRIVATE KEY"
	list := []keyText{
		armour(t, private, 64, 64),
		armour(t, private, 1624, 64),
		armour(t, "RSA "+private, 1592, 64),
		armour(t, "RSA "+private, 1600, 64, "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,0123456789ABCDEF0123456789ABCDEF", ""),
		armour(t, "EC "+private, 164, 64),
		armour(t, "DSA "+private, 600, 76),
		armour(t, "ENCRYPTED "+private, 1700, 64),
		armour(t, "OPENSSH "+private, 408, 70),
		armour(t, "PGP "+private+" BLOCK", 900, 64, "Version: GnuPG v2", "Comment: of nobody", ""),
	}
	ppk := keyText{name: "PuTTY"}
	for i, l := range []string{"PuTTY-User-Key-File-3: ssh-ed25519", "Encryption: none", "Comment: a@b", "Public-Lines: 2",
		"{base64:64}", "{base64:47}=", "Private-Lines: 3", "{base64:64}", "{base64:64}", "{base64:43}=", "Private-MAC: {hex:64}"} {
		text, _, _ := expand(t, l, uint64(i))
		ppk.lines, ppk.secret = append(ppk.lines, text), append(ppk.secret, i > 6 && i < 10)
	}
	return append(list, ppk)
}

// carriers write lines of a key as logs do. %s is the line, %d its number.
var carriers = []string{
	"%[1]s\n",
	"%[1]s\r\n",
	"    %[1]s\n",
	"\t%[1]s\n",
	"2026-01-01T00:00:%02[2]d.123Z %[1]s\n",
	"2026-01-01T00:00:%02[2]d.1234567Z   %[1]s\n",
	"Jan  1 00:00:%02[2]d host app[123]: %[1]s\n",
	"2026-01-01T00:00:%02[2]d.123456789Z stdout F %[1]s\n",
	"web_1  | %[1]s\n",
	"web-1  | 2026-01-01T00:00:%02[2]dZ %[1]s\n",
	"2026-01-01 00:00:%02[2]d,123 INFO  [main] c.e.App (App.java:12) - %[1]s\n",
	"2026-01-01 00:00:%02[2]d.123  INFO %[2]d --- [main] c.e.App : %[1]s\n",
	"> %[1]s\n",
	"+ %[1]s\n",
	"- %[1]s\n",
	"+%[1]s\n",
	"-%[1]s\n",
	"# %[1]s\n",
	"#%[1]s\n",
	"// %[1]s\n",
	"%[2]d: %[1]s\n",
	"%4[2]d\t%[1]s\n",
	"[%6[2]d.123456] %[1]s\n",
	"{\"log\":\"%[1]s\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:%02[2]d.123456789Z\"}\n",
	"{\"level\":\"info\",\"ts\":1767225600.%03[2]d,\"msg\":\"%[1]s\",\"n\":%[2]d}\n",
	"{\"time\":\"2026-01-01T00:00:%02[2]dZ\",\"n\":%[2]d,\"message\":\"%[1]s\\r\\n\"}\n",
	"{\"@timestamp\":\"2026-01-01T00:00:%02[2]dZ\",\"message\":\"%[1]s\",\"pid\":1}\n",
	"level=info ts=%[2]d msg=\"%[1]s\"\n",
	"\"%[1]s\\n\" +\n",
	"'%[1]s',\n",
	"\x1b[36m%[2]d\x1b[0m %[1]s\x1b[0m\n",
	"    <line>%[1]s</line>\n",
	"a_%[2]d %[1]s\n",
}

// carried writes a key into a carrier and marks the bytes that must go: S the
// key, B what begins and ends it. The line end behind a line that is all key is nobody's.
func carried(k keyText, carrier string) (text []byte, mark []byte) {
	for i, l := range k.lines {
		line := fmt.Sprintf(carrier, "\x00", i)
		at := strings.IndexByte(line, 0)
		text = append(text, line[:at]+l+line[at+1:]...)
		m := bytes.Repeat([]byte{'.'}, len(line)-1+len(l))
		for j := range l {
			switch {
			case !k.secret[i]:
			case l[0] == '-':
				m[at+j] = 'B'
			default:
				m[at+j] = 'S'
			}
		}
		if at == 0 {
			for j := len(l); j < len(m); j++ {
				m[j] = '?'
			}
		}
		mark = append(mark, m...)
	}
	return text, mark
}

// differs returns the first byte whose mark the spans do not respect.
func differs(mark []byte, spans []Span) int {
	got := make([]bool, len(mark))
	for _, x := range spans {
		for i := x.Start; i < x.End; i++ {
			got[i] = true
		}
	}
	for i, m := range mark {
		if (m == 'S' || m == 'B') && !got[i] || m == '.' && got[i] {
			return i
		}
	}
	return -1
}

// TestKeyCarriers: of a key in lines that logs wrote, exactly the key is found.
func TestKeyCarriers(t *testing.T) {
	s := engine(t).NewScanner()
	for _, k := range keyTexts(t) {
		for _, c := range carriers {
			text, mark := carried(k, c)
			before, after := "2026-01-01T00:00:00Z INFO start\n", "2026-01-01T00:00:00Z INFO done c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00\n"
			text = []byte(before + string(text) + after)
			mark = append(append(bytes.Repeat([]byte{'.'}, len(before)), mark...), bytes.Repeat([]byte{'.'}, len(after))...)
			spans := s.Text(nil, text)
			if i := differs(mark, spans); i >= 0 {
				t.Errorf("%s in %q: byte %d: %q ¦ %q", k.name, c, i, text[max(0, i-60):i], text[i:min(len(text), i+60)])
			}
			fresh := 0
			for _, x := range spans {
				if !x.Continued {
					fresh++
				}
			}
			if fresh != 1 {
				t.Errorf("%s in %q: %d findings", k.name, c, fresh)
			}
		}
	}
}

// TestKeyCarriersCut: wherever the text is cut, or stops for a while.
func TestKeyCarriersCut(t *testing.T) {
	e := engine(t)
	step := 1
	if testing.Short() {
		step = 41
	}
	keys := keyTexts(t)
	for _, k := range []keyText{keys[4], keys[len(keys)-1]} {
		for _, c := range carriers {
			text, mark := carried(k, c)
			want := redacted(t, e, text)
			for cut := 0; cut < len(text); cut += step {
				if got := redacted(t, e, text, cut); got != want {
					t.Fatalf("%s in %q cut at %d:\n got %s\nwant %s", k.name, c, cut, got, want)
				}
				for i, is := range leaked(t, e, text, cut) {
					if is && mark[i] == 'S' {
						t.Fatalf("%s in %q: a pause at %d leaks byte %d: %q ¦ %q", k.name, c, cut, i, text[max(0, i-60):i], text[i:min(len(text), i+60)])
					}
				}
			}
		}
	}
}

// TestKeyBehindFirstPrefix: only the line of the BEGIN has something in front.
func TestKeyBehindFirstPrefix(t *testing.T) {
	e := engine(t)
	for _, k := range keyTexts(t)[:9] {
		for _, prefix := range []string{
			"2026-01-01 00:00:00,123 INFO  [main] c.e.App - read key ", "key = '", `  "key": "`, "<key>", "KEY=\"",
			"MESSAGE\n\x1d\x03\x00\x00\x00\x00\x00\x00", "cat <<EOF > key.pem; echo ", "data: ", "\x1b[36mINFO\x1b[0m[0000] ",
		} {
			for _, indent := range []string{"", "    ", "\t"} {
				for _, suffix := range []string{"", "'", "</key>", `",`, " (end)"} {
					text, mark := carried(k, indent+"%[1]s\n")
					text = append([]byte(prefix), text[len(indent):len(text)-1]...)
					mark = append(bytes.Repeat([]byte{'.'}, len(prefix)), mark[len(indent):len(mark)-1]...)
					for i := range mark[len(prefix):] {
						if mark[len(prefix)+i] == '.' && text[len(prefix)+i] == '\n' {
							mark[len(prefix)+i] = '?'
						}
					}
					tail := suffix + "\n2026-01-01 00:00:01 INFO next c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00\n"
					text, mark = append(text, tail...), append(mark, bytes.Repeat([]byte{'.'}, len(tail))...)
					if i := differs(mark, e.NewScanner().Text(nil, text)); i >= 0 {
						t.Errorf("%s behind %q, %q, %q: byte %d: %q ¦ %q", k.name, prefix, indent, suffix, i, text[max(0, i-60):i], text[i:min(len(text), i+60)])
					}
				}
			}
		}
	}
}

// TestKeyOnOneLine: the same with line ends that are escaped, or blanks.
func TestKeyOnOneLine(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	forms := []string{
		`{"key":"%s","n":1}`, `{"msg":"{\"key\":\"%s\",\"n\":1}"}`, `key=%s`, `key="%s" n=1`, `KEY='%s'`,
		`export KEY=$'%s'`, `POST /x key=%s&n=1`, `<key>%s</key>`, `2026-01-01T00:00:00Z INFO read %s`,
		`- name: KEY`, "  value: \"%s\"",
	}
	for _, k := range keyTexts(t)[:8] {
		for _, eol := range []string{`\n`, `\\n`, `\\\\n`, `\r\n`, ` `, `%0A`, `%0D%0A`, `\u000a`, `&#10;`, `&#xA;`, `\x0a`, `\012`, `<br>`, `|`, ``} {
			for _, f := range forms {
				if !strings.Contains(f, "%s") {
					continue
				}
				key := strings.Join(k.lines, eol)
				if eol == "%0A" || eol == "%0D%0A" {
					key = strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D", " ", "+", ",", "%2C", ":", "%3A").Replace(key)
				}
				text := strings.Replace(f, "%s", key, 1)
				at := strings.Index(text, key)
				spans := s.Text(nil, []byte(text+"\nINFO next line\n"))
				if len(spans) == 0 || spans[0].Start != at || spans[len(spans)-1].End != at+len(key) || len(spans) > 1 {
					t.Errorf("%s, %q in %s: %s", k.name, eol, f, show(e, text, spans))
				}
			}
		}
	}
}

// TestKeysTogether: several keys, what stands between them, and keys that are
// cut short. S marks what must go, on lines of their own.
func TestKeysTogether(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	keys := keyTexts(t)
	cert := armour(t, "CERTIFICATE", 1200, 64)
	for i := range cert.secret {
		cert.secret[i] = false
	}
	public := armour(t, "PUBLIC KEY", 392, 64)
	for i := range public.secret {
		public.secret[i] = false
	}
	plain := keyText{lines: []string{"all done", "ready to serve: GET /index.html", "sha256 {hex:64}", "commit {hex:40}"}, secret: make([]bool, 4)}
	for i, l := range plain.lines {
		plain.lines[i], _, _ = expand(t, l, 9)
	}
	secret, from, to := expand(t, "login password=<<{alnum:16}>> ok", 4)
	lost := func(k keyText, from, to int) keyText {
		return keyText{k.name, k.lines[from : len(k.lines)-to], k.secret[from : len(k.secret)-to]}
	}
	join := func(list ...keyText) (k keyText) {
		for _, x := range list {
			k.lines, k.secret = append(k.lines, x.lines...), append(k.secret, x.secret...)
		}
		return k
	}
	rsa, _, _ := expand(t, "MIIEpAIBAAKCAQEA{base64:1576}", 2)
	pkcs8, _, _ := expand(t, "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{base64:1592}", 2)
	ssh, _, _ := expand(t, "b3BlbnNzaC1rZXktdjE{base64:388}=", 2)
	bare := func(body string, width int) (k keyText) {
		for ; len(body) > width; body = body[width:] {
			k.lines, k.secret = append(k.lines, body[:width]), append(k.secret, true)
		}
		k.lines, k.secret = append(k.lines, body), append(k.secret, true)
		return k
	}
	cases := map[string]keyText{
		"two":              join(keys[1], keys[4]),
		"around public":    join(keys[1], public, cert, keys[7], cert),
		"end lost":         join(lost(keys[1], 0, 1), plain, cert, keys[4], plain),
		"cut short":        join(lost(keys[1], 0, 9), plain, cert),
		"public only":      join(cert, public, plain),
		"begin lost, rsa":  join(bare(rsa, 64), plain),
		"begin lost, 8":    join(bare(pkcs8, 64), plain, keys[4]),
		"begin lost, ssh":  join(bare(ssh, 70), plain),
		"begin lost, end":  join(bare(ssh, 70), lost(keys[7], len(keys[7].lines)-1, 0), plain),
		"putty and public": join(keys[len(keys)-1], public, plain),
	}
	for name, k := range cases {
		for _, c := range carriers {
			text, mark := carried(k, c)
			spans := s.Text(nil, text)
			if i := differs(mark, spans); i >= 0 {
				t.Errorf("%s in %q: byte %d: %q ¦ %q", name, c, i, text[max(0, i-60):i], text[i:min(len(text), i+60)])
			}
		}
	}

	// Two programs that write at the same time, and a third whose lines hold a
	// secret of their own.
	a, b := keys[1], keys[7]
	var text []byte
	var mark []byte
	for i := range max(len(a.lines), len(b.lines)) {
		for j, k := range []keyText{a, b} {
			if i < len(k.lines) {
				tx, mk := carried(lost(k, i, len(k.lines)-i-1), []string{"web_1  | %[1]s\n", "db_1   | %[1]s\n"}[j])
				text, mark = append(text, tx...), append(mark, mk...)
			}
		}
		if i%5 == 3 {
			text = append(text, "job_1  | "+secret+"\n"...)
			m := bytes.Repeat([]byte{'.'}, 9+len(secret)+1)
			for j := from; j < to; j++ {
				m[9+j] = 'S'
			}
			mark = append(mark, m...)
		}
	}
	if i := differs(mark, s.Text(nil, text)); i >= 0 {
		t.Errorf("interleaved: byte %d: %q ¦ %q", i, text[max(0, i-60):i], text[i:min(len(text), i+60)])
	}
	want := redacted(t, e, text)
	for cut := 0; cut < len(text); cut += 17 {
		if got := redacted(t, e, text, cut); got != want {
			t.Fatalf("interleaved, cut at %d:\n got %s\nwant %s", cut, got, want)
		}
	}
}

// TestNoKey: what only looks like the beginning of one.
func TestNoKey(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	for _, text := range []string{
		"-----BEGIN RSA " + "PRIVATE KEY----- was not found in server.pem",
		"-----BEGIN " + "PRIVATE KEY----------END " + "PRIVATE KEY-----",
		`key: "-----BEGIN ` + `PRIVATE KEY-----\nYOUR-KEY-HERE\n-----END ` + `PRIVATE KEY-----"`,
		"-----BEGIN?RSA?" + "PRIVATE?KEY-----",
		"MIIEpAIBAAKCAQEA",
		"Private-Lines: many",
	} {
		if spans := s.Text(nil, []byte(text)); len(spans) > 0 {
			t.Error(show(e, text, spans))
		}
	}
}

// TestEndlessBlock: a key that never ends takes a bounded part of what follows,
// and no state that grows.
func TestEndlessBlock(t *testing.T) {
	e := engine(t)
	body, _, _ := expand(t, "{base64:64}", 1)
	begin := "-----BEGIN " + "PRIVATE KEY-----\n"
	for _, c := range []struct {
		name, text string
		most       int // lines that go
	}{
		{"body without end", begin + strings.Repeat(body+"\n", 5000), maxBlockLines + 1},
		{"other lines", begin + strings.Repeat("nothing of the kind\n", 5000), 1},
		{"many beginnings", strings.Repeat(begin+"x\n", 3000), 3000},
		{"behind many prefixes", func() string {
			var b strings.Builder
			for i := range 3000 {
				fmt.Fprintf(&b, "%s | %s", strings.Repeat(string(rune('a'+i%26)), i%20), begin)
			}
			return b.String()
		}(), 3000},
	} {
		gone := 0
		st := e.NewStream(func(p Piece) error {
			for _, x := range p.Spans {
				gone += x.End - x.Start
			}
			return nil
		})
		for rest := []byte(c.text); len(rest) > 0; {
			n := min(len(rest), 777)
			st.Write(rest[:n])
			rest = rest[n:]
			if len(st.buf) > 4096 || st.s.blocks.n > maxBlocks {
				t.Fatalf("%s: %d bytes are held, %d blocks open", c.name, len(st.buf), st.s.blocks.n)
			}
		}
		st.Close()
		if most := (c.most + 1) * (len(body) + 1); gone > most {
			t.Errorf("%s: %d bytes go, want at most %d", c.name, gone, most)
		}
	}
}
