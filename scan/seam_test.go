package scan

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// seamed is a text in which a secret is interrupted: ‹ and › enclose each piece.
func seamed(t testing.TB, text string) (in []byte, mark []byte) {
	m := byte('.')
	for _, r := range text {
		switch r {
		case '‹':
			m = 'S'
		case '›':
			m = '.'
		default:
			b := string(r)
			in = append(in, b...)
			mark = append(mark, bytes.Repeat([]byte{m}, len(b))...)
		}
	}
	return in, mark
}

// everywhere checks a text whole, cut at every offset, and with pauses, in
// which no secret byte may go out that came after the first piece.
func everywhere(t *testing.T, e *Engine, text string) {
	t.Helper()
	in, mark := seamed(t, text)
	spans := e.NewScanner().Text(nil, in)
	if i := differs(mark, spans); i >= 0 {
		t.Errorf("byte %d: %q ¦ %q\n%s", i, in[max(0, i-60):i], in[i:min(len(in), i+60)], show(e, string(in), spans))
		return
	}
	want := redacted(t, e, in)
	step := 1
	if len(in) > 2000 {
		step = len(in)/300 + 1
	}
	for cut := 0; cut < len(in); cut += step {
		if got := redacted(t, e, in, cut); got != want {
			t.Fatalf("cut at %d:\n got %q\nwant %q", cut, got, want)
		}
	}
	if len(in) > 10000 {
		return
	}
	var every []int
	for c := range in {
		every = append(every, c)
	}
	if got := redacted(t, e, in, every...); got != want {
		t.Fatalf("one byte at a time:\n got %q\nwant %q", got, want)
	}
}

// colourForms write a colour.
var colourForms = []string{"\x1b[%sm", `\u001b[%sm`, `\u001B[%sm`, `\x1b[%sm`, `\033[%sm`, `\e[%sm`, "^[[%sm", `\\u001b[%sm`}

// TestColours: colours between a name, what follows it and its value, and
// inside of a token or a value, in every way to write them.
func TestColours(t *testing.T) {
	e := engine(t)
	token, _, _ := expand(t, "ghp"+"_{alnum:30}{crc32-base62:6}", 3)
	word, _, _ := expand(t, "{alnum:9}!{alnum:5}", 4)
	for _, form := range colourForms {
		on, off, bold := fmt.Sprintf(form, "33"), fmt.Sprintf(form, "0"), fmt.Sprintf(form, "1;38;5;203")
		for _, text := range []string{
			"token=" + on + "‹" + token + "›" + off + " x",
			on + "password" + off + "=" + bold + "‹" + word + "›" + off + " user=bob",
			on + "password=" + off + "‹" + word + "› user=bob",
			on + "INFO" + off + " " + bold + "password" + off + "=‹" + word + "› user=bob",
			bold + "password:" + off + " " + on + "‹" + word + "›" + off,
			"password: " + on + "‹" + word + "›" + off,
			on + "Authorization" + off + ": " + on + "Bearer ‹" + token + "›" + off,
			"found " + on + "‹ghp" + "_›" + off + "‹" + token[4:] + "› here",
			"found ‹" + token[:20] + "›" + on + "‹" + token[20:] + "›" + off + " here",
			"found ‹" + token[:7] + "›" + on + "‹" + token[7:23] + "›" + off + "‹" + token[23:] + "›",
			"pass" + on + "word" + off + "=‹" + word + "› user=bob",
			"password=‹" + word[:5] + "›" + on + "‹" + word[5:] + "›" + off + " user=bob",
			on + "red" + off + " and " + on + "green" + off + " build=ok",
			on + "red" + off + "dish " + on + "gre" + off + "en build=ok",
		} {
			everywhere(t, e, text+"\nnext line\n")
			if strings.HasPrefix(form, `\u`) {
				everywhere(t, e, `{"log":"`+text+`\n","stream":"stdout"}`+"\n")
			}
		}
		for _, text := range []string{
			on + `"password"` + off + ": " + bold + `"‹` + word + `›"` + off + ",",
			`{"password": "` + on + "‹" + word + "›" + off + `", "n": 1}`,
		} {
			if form[0] != '\\' {
				everywhere(t, e, text+"\n")
			}
		}
	}
	grep := "\x1b[01;31m\x1b[K%s\x1b[m\x1b[K"
	everywhere(t, e, "x.log:key "+fmt.Sprintf(grep, "‹ghp"+"_›")+"‹"+token[4:]+"›\n")
}

// split16K cuts text into records of at most n bytes, as a container runtime does.
func splitRecords(text string, n int, write func(part string, last bool) string) string {
	var b strings.Builder
	for len(text) > 0 {
		k := 0
		for size := 0; k < len(text); k++ { // marks do not count
			if strings.HasPrefix(text[k:], "‹") || strings.HasPrefix(text[k:], "›") {
				k += len("‹") - 1
				continue
			}
			if size++; size > n {
				break
			}
		}
		part := text[:k]
		text = text[k:]
		inside := strings.LastIndex(part, "‹") > strings.LastIndex(part, "›")
		if inside {
			part += "›"
			text = "‹" + text
		}
		b.WriteString(write(part, len(text) == 0))
	}
	return b.String()
}

func criRecord(stream string) func(string, bool) string {
	return func(part string, last bool) string {
		flag := "P"
		if last {
			flag = "F"
		}
		return "2026-01-01T00:00:00.123456789Z " + stream + " " + flag + " " + part + "\n"
	}
}

func dockerRecord(part string, last bool) string {
	if last {
		part += `\n`
	}
	return `{"log":"` + part + `","stream":"stdout","time":"2026-01-01T00:00:00.123456789Z"}` + "\n"
}

// TestSplitRecords: a secret over the place where a container runtime cuts a line.
func TestSplitRecords(t *testing.T) {
	e := engine(t)
	token, _, _ := expand(t, "ghp"+"_{alnum:30}{crc32-base62:6}", 3)
	word, _, _ := expand(t, "{alnum:9}!{alnum:5}", 4)
	line := "INFO got ‹" + token + "› for password=‹" + word + "› user=bob"
	plain, _ := seamed(t, line)
	other := "2026-01-01T00:00:01Z stderr F nothing\n"
	for n := 12; n < len(plain); n++ {
		everywhere(t, e, splitRecords(line, n, criRecord("stdout"))+other)
	}
	// Other streams in between, and both at once.
	a := strings.SplitAfter(splitRecords(line, 20, criRecord("stdout")), "\n")
	b := strings.SplitAfter(splitRecords(line, 23, criRecord("stderr")), "\n")
	var mixed strings.Builder
	for i := range max(len(a), len(b)) {
		if i < len(a) {
			mixed.WriteString(a[i])
		}
		mixed.WriteString("a line that is no record\n")
		if i < len(b) {
			mixed.WriteString(b[i])
		}
	}
	everywhere(t, e, other+mixed.String()+other)
	// In records of the real size the parts are found whatever they hold.
	filler := strings.Repeat("lorem ipsum ", 3000)
	in, _ := seamed(t, line)
	from := bytes.Index(in, []byte("ghp"))
	for _, at := range []int{1, 3, 5, 30} {
		text := filler[:longRecord-from-at] + line + " " + filler[:20000]
		everywhere(t, e, other+splitRecords(text, longRecord, dockerRecord)+other)
		everywhere(t, e, other+splitRecords(text, longRecord, criRecord("stdout"))+other)
	}
	text := filler[:longRecord-from-30] + line + " " + filler[:200]
	everywhere(t, e, "{}\n"+splitRecords(text, longRecord, dockerRecord)+"{}\n")
	// A short part, where a candidate reaches its end.
	for _, at := range []int{20, 25, 35} {
		head := "got ‹" + token[:at] + "›"
		everywhere(t, e, dockerRecord(head, false)+dockerRecord("‹"+token[at:]+"› user=bob", true)+"{}\n")
	}
	everywhere(t, e, dockerRecord("password=‹"+word[:5]+"›", false)+dockerRecord("‹"+word[5:]+"› user=bob", true)+"{}\n")
	everywhere(t, e, dockerRecord(`{\"password\":\"‹`+word[:5]+"›", false)+dockerRecord("‹"+word[5:]+`›\",\"n\":1}`, true)+"{}\n")
}

// TestHeld: what is held is bounded, and a pause lets none of it through.
func TestHeld(t *testing.T) {
	e := engine(t)
	token, _, _ := expand(t, "ghp"+"_{alnum:30}{crc32-base62:6}", 3)
	s := e.NewStream(func(Piece) error { return nil })
	part := criRecord("stdout")(strings.Repeat("lorem ipsum ", 1000), false)
	for range 200 {
		s.Write([]byte(part))
		if len(s.buf) > s.s.e.maxLine || cap(s.buf) > 2*s.s.e.maxLine {
			t.Fatalf("%d bytes held", len(s.buf))
		}
	}
	text := splitRecords("got ‹"+token+"› and more", 25, criRecord("stdout"))
	in, mark := seamed(t, text)
	for cut := range in {
		for i, is := range leaked(t, e, in, cut) {
			if is && mark[i] == 'S' && !(cut > i && cut < bytes.IndexByte(mark, 'S')+20) {
				t.Fatalf("a pause at %d leaks byte %d: %q ¦ %q", cut, i, in[:i], in[i:])
			}
		}
	}
}

// TestProtocols: values behind lengths, as the protocols write them.
func TestProtocols(t *testing.T) {
	e := engine(t)
	token, _, _ := expand(t, "ghp"+"_{alnum:30}{crc32-base62:6}", 3)
	for _, text := range []string{
		"*2\r\n$4\r\nAUTH\r\n$8\r\n‹hunter22›\r\n*1\r\n$4\r\nPING\r\n",
		"*2\n$4\nAUTH\n$8\n‹hunter22›\n*1\n$4\nPING\n",
		"*3\r\n$4\r\nAUTH\r\n$3\r\n‹bob›\r\n$9\r\n‹hunter 22›\r\n$4\r\n",
		`read "*2\r\n$4\r\nAUTH\r\n$8\r\n‹hunter22›\r\n" from client` + "\n",
		`{"data":"*3\\r\\n$4\\r\\nAUTH\\r\\n$3\\r\\n‹bob›\\r\\n$8\\r\\n‹hunter22›\\r\\n"}` + "\n",
		"AUTH\n\nAUTH\n$8\nnot eight bytes\nAUTH\r\nOK\r\n",
		// syslog with counts of octets
		"60 <34>1 2026-01-01T00:00:00Z h app - - - got ‹" + token + "›87 <34>1 2026-01-01T00:00:00Z h app - - - ok\n",
		// journald's export format
		"_PID=1\nMESSAGE\n\x1d\x00\x00\x00\x00\x00\x00\x00password=‹hunter2a›\nnext line\n_PID=2\n",
	} {
		everywhere(t, e, text)
	}
}

// TestJoinedApart: what the first of two lines with a colour in a word leaves for
// the rows behind it is not there for the second.
func TestJoinedApart(t *testing.T) {
	s := engine(t).NewScanner()
	for _, text := range []string{"{\"m\":\"wo\x1b[31mrd and some more" + `\npassword:\n`, "wo\x1b[0mrd"} {
		if spans := s.Text(nil, []byte(text)); len(spans) > 0 || s.seams.again == nil {
			t.Errorf("%q: %+v", text, spans)
		}
	}
}
