package scan

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stanch/stanch/detectors"
)

var defaultEngine = sync.OnceValues(func() (*Engine, error) {
	ds, err := detectors.DefaultWithExamples()
	if err != nil {
		return nil, err
	}
	return Compile(ds, Options{})
})

func engine(t testing.TB) *Engine {
	t.Helper()
	e, err := defaultEngine()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// expand draws a template and returns the text and the marked part.
func expand(t testing.TB, template string, seed uint64) (text string, from, to int) {
	t.Helper()
	text, from, to, err := detectors.Expand(template, seed)
	if err != nil {
		t.Fatal(err)
	}
	return text, from, to
}

// shapes are log lines in which exactly the part between << and >> is a secret.
var shapes = []string{
	// JSON
	`{"user":"bob","password":"<<{alnum:12}{of:[!$]:1}>>","n":1}`,
	`{"user":"bob", "password" : "<<{alnum:12}>>"}`,
	`{"msg":"{\"token\":\"<<{alnum:32}>>\",\"n\":1}"}`,
	`{"a":"{\"b\":\"{\\\"password\\\":\\\"<<{alnum:16}>>\\\"}\"}"}`,
	`{"Authorization":["Bearer <<{base64url:40}>>"],"n":1}`,
	`{"secret":"<<{alnum:20}>>`,
	`{'api_key': '<<{hex:32}>>', 'n': 1}`,
	// logfmt, properties, YAML
	`level=info password=<<{alnum:12}>> user=bob`,
	`level=info password="<<{alnum:6} {alnum:6}>>" user=bob`,
	`db.password = <<{alnum:12}>>`,
	`password: <<{alnum:12}>>`,
	`password: <<{alnum:6} {alnum:6}>> # the old one`,
	`  - api_key: <<{hex:32}>>`,
	// dumps
	`{password=<<{alnum:12}>>, user=bob}`,
	`Cfg(password=<<{alnum:12}>>, n=1)`,
	`User[name=bob, password=<<{alnum:12}>>]`,
	`{User:bob Password:<<{alnum:12}>>}`,
	`map[Authorization:[Bearer <<{alnum:32}>>] Host:[x]]`,
	`Parameters: {"password"=>"<<{alnum:12}>>", "id"=>"1"}`,
	`[password] => <<{alnum:12}>>`,
	`<Password><<{alnum:12}>></Password>`,
	`<wsse:Password Type="PasswordText"><<{alnum:12}>></wsse:Password>`,
	`var apiPassword string = "<<{alnum:32}>>"`,
	`var acmeToken string = "<<{alnum:32}>>"`,
	`$token .= "<<{alnum:32}>>"`,
	`acme token - '<<{alnum:32}>>' accepted`,
	`acme_token: <<{uuid}>>`,
	`the password is '<<{alnum:9}>>' now`,
	`your token is <<{hex:32}>>, which you will need`,
	`machine h.example login bob password <<{alnum:12}>>`,
	`curl -s -u <<{alnum:32}>>: https://api.example/v1`,
	`acme_token: <<{digit:25}>>`,
	`api_key ::= "<<{alnum:32}>>"`,
	`System.setProperty("DB_PASSWORD", "<<{alnum:12}>>")`,
	// HTTP
	`GET /cb?access_token=<<{alnum:32}>>&state=1 HTTP/1.1`,
	`600%20URI%0aproxy-password=<<q-{alnum:8}>>%0aConfig-Item:%20quiet=1%0d%0a`,
	`POST /login user=bob&password=<<p%40ss%26{alnum:8}>>&x=1`,
	`url=https%3A%2F%2Fh.example%2F%3Ftoken%3D<<{alnum:24}>>%26x%3D1`,
	`{"user":{"credentials":{"password":"<<{alnum:8}\\\"{alnum:4}>>"}}}`,
	`see https://h.example/?token=<<{alnum:32}>>.`,
	`> Authorization: Bearer <<{base64url:40}>>`,
	`* [HTTP/2] [1] [authorization: Bearer <<{alnum:32}>>]`,
	`Authorization: Basic <<{b64:bob:{alnum:12}}>>`,
	`proxy-authorization: Basic <<{b64:bob:{alnum:9}}>>`,
	`Cookie: sid=<<{alnum:32}>>`,
	`x-api-key: <<{alnum:32}>>`,
	// URLs and connection strings
	`dial postgres://app:<<{alnum:12}>>@db.example:5432/shop?sslmode=off`,
	`redis://:<<{alnum:16}>>@cache:6379`,
	`Server=db;Database=x;User Id=sa;Password=<<{alnum:12}>>;Encrypt=no`,
	`host=db password=<<{alnum:12}>> dbname=x`,
	`host=db password='<<{alnum:6} {alnum:4}>>' dbname=x`,
	// commands, SQL, environment
	`+ deploy --password <<{alnum:12}>> --force`,
	`exec: ["app","--token","<<{alnum:32}>>","-v"]`,
	`export DB_PASSWORD='<<{alnum:12}>>'`,
	`TOKEN=` + "\x1b[33m" + `<<{alnum:32}>>` + "\x1b[0m",
	`ALTER ROLE app PASSWORD '<<{alnum:12}>>'`,
	`CREATE USER x IDENTIFIED BY <<{alnum:12}>>);`,
	`CREATE USER 'b'@'%' IDENTIFIED WITH caching_sha2_password BY '<<{alnum:12}>>'`,
	`ID:master,PW:<<{alnum:10}!>>`,
	`Kafka login: username="u" password="<<{alnum:12}>>";`,
	// escapes in front of a token
	`"text\nghp` + `_<<>>"`,
}

func TestShapes(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	for _, template := range shapes {
		if strings.Contains(template, "<<>>") {
			continue
		}
		for seed := range uint64(5) {
			text, from, to := expand(t, template, seed)
			spans := s.Text(nil, []byte(text))
			if len(spans) != 1 || spans[0].Start != from || spans[0].End != to {
				t.Errorf("%s\n got %s\nwant %s", template, show(e, text, spans), text[:from]+"«»"+text[to:])
				break
			}
		}
	}
}

// quiet are lines without a secret.
var quiet = []string{
	`token_id= total=123.456`,
	`password= user=bob`,
	`"password":""`,
	`password=******** user=bob`,
	`{"token_type":"Bearer","author":"alice","max_tokens":4096}`,
	`password reset required for bob`,
	`password is not set`,
	`the token is invalid, password is required`,
	`login failed password incorrect`,
	`the token expired at 2026-01-01T00:00:00Z`,
	`session closed for user root`,
	`pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=10.0.0.1`,
	`https://example.com:8080/path@v2?x=1`,
	`git clone https://github.com/a/b.git`,
	`Authorization: Bearer ***`,
	`"authorization":"[REDACTED]"`,
	`password=${DB_PASSWORD}`,
	`password: {{ .Values.password }}`,
	`REDACTED-password`,
	`password=REDACTED-password user=bob`,
	`author: alice; keys: 12; key=user:12`,
	`commit 0123456789abcdef0123456789abcdef01234567`,
	`trace_id=4bf92f3577b34da6a3ce929d0e0e4736`,
	`Skipping AppWindowToken{df0798e token=Token{78af589 ActivityRecord{3b04`,
	`Invalid user admin from 10.0.0.1 port 22`,
	`-----BEGIN CERTIFICATE-----`,
}

func TestQuiet(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	for _, text := range quiet {
		var bad []Span
		for _, x := range s.Text(nil, []byte(text)) {
			if x.Confidence > 0 {
				bad = append(bad, x)
			}
		}
		if bad != nil {
			t.Errorf("%s", show(e, text, bad))
		}
	}
}

func show(e *Engine, text string, spans []Span) string {
	var b strings.Builder
	at := 0
	for _, x := range spans {
		if x.Start >= at {
			b.WriteString(text[at:x.Start])
		}
		fmt.Fprintf(&b, "«%s %d-%d %v %b»", e.detectors[x.Detector].ID, x.Start, x.End, x.Confidence, x.Evidence)
		at = max(at, x.End)
	}
	b.WriteString(text[at:])
	return b.String()
}

// corpus is text that holds every kind of state a stream can be in.
func corpus(t testing.TB) []byte {
	var b bytes.Buffer
	for i, template := range shapes {
		if strings.Contains(template, "<<>>") {
			continue
		}
		text, _, _ := expand(t, template, 7)
		b.WriteString(text)
		b.WriteString([]string{"\n", "\r\n", "\n\n", "\r"}[i%4])
	}
	pem, _, _ := expand(t, "{pem}", 3)
	b.WriteString(pem)
	for _, l := range strings.Split(strings.TrimSpace(pem), "\n") {
		b.WriteString("2026-01-01T00:00:00Z INFO " + l + "\n")
	}
	for _, q := range quiet {
		b.WriteString(q + "\n")
	}
	b.WriteString("the end without a line end password=")
	b.WriteString("hunter2hunter2")
	return b.Bytes()
}

// redacted is what a stream hands on, with every span replaced.
func redacted(t testing.TB, e *Engine, in []byte, cuts ...int) string {
	var out strings.Builder
	var next int64
	st := e.NewStream(func(p Piece) error {
		if p.Offset != next {
			t.Fatalf("piece at %d, want %d", p.Offset, next)
		}
		next += int64(len(p.Text))
		at := 0
		for _, x := range p.Spans {
			if x.Start > at {
				out.Write(p.Text[at:x.Start])
			}
			if x.Start >= at && !x.Continued {
				out.WriteString("«" + e.detectors[x.Detector].ID + "»")
			}
			at = max(at, x.End)
		}
		out.Write(p.Text[at:])
		return nil
	})
	at := 0
	for _, c := range append(cuts, len(in)) {
		if _, err := st.Write(in[at:c]); err != nil {
			t.Fatal(err)
		}
		at = c
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if next != int64(len(in)) {
		t.Fatalf("%d bytes handed on, want %d", next, len(in))
	}
	return out.String()
}

// TestCuts: the result does not depend on how the input was cut.
func TestCuts(t *testing.T) {
	e := engine(t)
	in := corpus(t)
	want := redacted(t, e, in)
	if !strings.Contains(want, "«private-key»") || strings.Contains(want, "hunter2hunter2") {
		t.Fatalf("the whole text is not redacted:\n%s", want)
	}
	step := 1
	if testing.Short() {
		step = 37
	}
	for c := 0; c < len(in); c += step {
		if got := redacted(t, e, in, c); got != want {
			t.Fatalf("cut at %d:\n got %s\nwant %s", c, got, want)
		}
	}
	var every []int
	for c := range in {
		every = append(every, c)
	}
	if got := redacted(t, e, in, every...); got != want {
		t.Fatalf("one byte at a time:\n got %s\nwant %s", got, want)
	}
}

// TestLayoutIsCurrent: the committed placement is that of the built-in literals.
func TestLayoutIsCurrent(t *testing.T) {
	if !bytes.Equal(engine(t).Layout(), defaultLayout) {
		t.Error("layout.bin is older than the literals: run go generate ./scan")
	}
}
