package scan

import (
	"strings"
	"testing"
)

// written are lines as programs and people write them, in which exactly the
// part between << and >> is a secret.
var written = []string{
	// prefixes of strings
	`token=b'<<{alnum:32}>>' user=bob`,
	`password: b"<<{alnum:8} {alnum:8}>>"`,
	`Password = @"<<{alnum:8}{of:[!$]:1}>>";`,
	`SET PASSWORD = N'<<{alnum:14}>>'`,
	`{"msg":"password=u'<<{alnum:14}>>'","n":1}`,
	`headers: api_key=[b'<<{hex:32}>>']`,
	// declared types and subscripts
	`val password: String = "<<{alnum:14}>>"`,
	`password: str = '<<{alnum:14}>>'`,
	`api_key: Optional[str] = "<<{hex:32}>>",`,
	`secret: str | None = '<<{alnum:20}>>'`,
	`char secret[25] = "<<{alnum:20}>>";`,
	`user=bob&passwords[]=<<{alnum:14}>>&n=1`,
	// comparisons
	`assert password != "<<{alnum:14}>>"`,
	`if (api_key === '<<{alnum:20}>>') {`,
	`if (db_pass !== "<<{alnum:14}>>") {`,
	// arguments
	`setopt(curl, CURLOPT_PASSWORD, "<<{alnum:14}>>")`,
	`"#define\tpassword\t\"<<{alnum:14}>>\""`,
	// names of several words
	`INFO API key: <<{alnum:20}>>`,
	`ERROR cannot log in, Secret Key = '<<{alnum:20}>>'`,
	`{"msg":"access key: <<{alnum:20}>>","n":1}`,
	`the password for bob: <<{alnum:6}{of:[!$]:1}{alnum:6}>>`,
	`got password of bob@example.com = "<<{alnum:6}{of:[!$]:1}{alnum:6}>>"`,
	// names as they are mistyped
	`API_TOKEN_PROD=<<{alnum:24}>>`,
	`token_value: "<<{alnum:32}>>"`,
	`db_pass_2=<<{alnum:14}>>`,
	`mysql --password <<{alnum:14}>>`,
	`GRANT ALL ON x TO y IDENTIFIED BY <<{alnum:14}>>;`,
	`password = <<A,.:-{of:[@*?!]:6}{alnum:4}>> user=bob`,
	`//registry.example.com/:_authToken= <<{uuid}>>`,
	`cloud_pw = "<<abcd1234abcd1234>>"`,
	`pasword=<<{alnum:14}>> user=bob`,
	`secrete = "<<{alnum:14}>>"`,
	`my_password_super_secure: <<{alnum:14}>>`,
}

// reversed have the name behind the value.
var reversed = []string{
	`if ("<<{alnum:14}>>" == password) {`,
	`E   assert '<<{alnum:14}>>' == response.api_secret`,
	`if ("<<{alnum:8} {alnum:8}>>" !== my_private_key) {`,
	`{"msg":"if (\"<<{alnum:14}>>\" != password) {","n":1}`,
}

var unwritten = []string{
	`if password != other.password {`,
	`if (token !== undefined) {`,
	`if ("" == password) {`,
	`if token == "null" {`,
	`systemd-ask-password[1234]: Starting the service`,
	`public key: AAAAB3NzaC1yc2EAAAADAQABAAABgQC7`,
	`page token: CAoQAQ7fzKk3PxYw9mBvRt2N`,
	`cache key: 9f8Ak3LmQ2zXv71BpRt0YcWd5sE4`,
	`invalid api key: expired`,
	`wrong secret key: not found`,
	`Failed password for root from 10.0.0.1 port 22 ssh2`,
	`enter password for bob: `,
	`invalid password for bob: authentication failed`,
	`const char *password_prompt[2] = { NULL };`,
	`password=>`,
	`_agentKey: 'registry.example.com:443:::::::::::::::::::::'`,
	`Installing libsecret-1-0:amd64 as Depends of gcr`,
	`status half-installed xauth:amd64 1:1.1.2-1`,
	`If --proxy-password is given, it wins`,
	`  -W, --password           force a prompt`,
	` -u, --user <user:password> Server user and password`,
	`     --pass <phrase>  Pass phrase for the key`,
	`what is reported about a secret: where it stood`,
	`Invalid credentials: alice`,
	`Load the engine identified by id and use it`,
	`token_path=/var/lib/x key_size=2048 key_version=12`,
	`{"msg":"the password \\n was wrong"}`,
	`REDIS_PASSWORD, REDIS_HOST, "localhost"`,
}

func TestWritten(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	for _, template := range append(reversed, written...) {
		for seed := range uint64(5) {
			text, from, to := expand(t, template, seed)
			spans := s.Text(nil, []byte(text))
			if len(spans) != 1 || spans[0].Start != from || spans[0].End != to {
				t.Errorf("%s\n got %s\nwant %s", template, show(e, text, spans), text[:from]+"«»"+text[to:])
				break
			}
		}
	}
	for _, text := range unwritten {
		for _, x := range s.Text(nil, []byte(text)) {
			if x.Confidence > 0 {
				t.Errorf("%s", show(e, text, []Span{x}))
			}
		}
	}
}

// TestArrow: between => and = before a value that begins with >, the span has
// what may be the value's.
func TestArrow(t *testing.T) {
	e := engine(t)
	text, _, to := expand(t, `password=><<{alnum:12}{of:[#@]:2}>> user=bob`, 1)
	spans := e.NewScanner().Text(nil, []byte(text))
	if len(spans) != 1 || spans[0].Start != len("password=") || spans[0].End != to {
		t.Errorf("%s", show(e, text, spans))
	}
}

// TestWrittenCuts: cut anywhere, the result is the same; a pause leaks nothing
// of a value that stands behind its name.
func TestWrittenCuts(t *testing.T) {
	e := engine(t)
	var all strings.Builder
	for _, template := range append(reversed, written...) {
		text, _, _ := expand(t, template, 5)
		all.WriteString(text + "\n")
	}
	in := []byte(all.String())
	want := redacted(t, e, in)
	for c := range in {
		if got := redacted(t, e, in, c); got != want {
			t.Fatalf("cut at %d:\n got %s\nwant %s", c, got, want)
		}
	}
	for _, template := range written {
		text, from, to := expand(t, template, 11)
		for c := range len(text) {
			for i, is := range leaked(t, e, []byte(text+"\n"), c) {
				if is && i >= from && i < to {
					t.Fatalf("%s\npause at %d (secret %d-%d) leaks byte %d of %s", template, c, from, to, i, text)
				}
			}
		}
	}
}
