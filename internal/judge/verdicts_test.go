package judge

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// wholes are values of every sort that the package tells apart; values draws
// variations of them, too.
var wholes = strings.Split(strings.TrimSpace(`
null|true|-|(not set)|<undefined>|"|''|N/A|off|12345|-1.5|1,234|10MB|1h30m|0x1fffff|99%|1700000000000|5 µs
550e8400-e29b-41d4-a716-446655440000|{550E8400-E29B-41D4-A716-446655440000}|urn:uuid:550e8400-e29b-41d4-a716-446655440000
req-550e8400-e29b-41d4-a716-446655440000|0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c|a1b2c3d|md5:0f1e2d3c4b5a69788796a5b4c3d2e1f0
sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=|SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU|a1:b2:c3:d4:e5:f6:07:18:29:3a:4b:5c:6d:7e:8f:90
01ARZ3NDEKTSV4RRFFQ69G5FAV|00-0f1e2d3c4b5a69788796a5b4c3d2e1f0-0f1e2d3c4b5a6978-01|W/"abc123"|"0f1e2d3c4b5a6978-12"
1-0f1e2d3c-0f1e2d3c4b5a69788796a5b4|arn:aws:iam::123456789012:role/reader|i-0abcdef1234567890|projects/my-project/topics/orders
ocid1.a.b.c|/subscriptions/550e8400-e29b-41d4-a716-446655440000/groups/x|S-1-5-21-1004336348|0000:00:1f.2|system_u:object_r:httpd_t:s0
https://example.com/a/b?page=2|redis://cache.internal:6379/0|https://bob:x9kQ2mZ7@example.com/|https://example.com/cb?code=x9kQ2mZ7pL4w
bob.smith@example.com|db-01.prod.internal:5432|example.com|kafka-1.internal:9092,kafka-2.internal:9092|localhost:8080|10.0.0.1:80
10.0.0.0/8|::1|fe80::1%eth0|[2001:db8::1]:443|2001:db8:0:0:0:0:0:1|00:1a:2b:3c:4d:5e|00-1A-2B-3C-4D-5E|001a.2b3c.4d5e
/usr/local/bin|./config/server.yaml|~/.ssh/config|C:\Users\bob\file.txt|/var/lib/docker/overlay2/0f1e2d3c4b5a69788796/merged|~root
kubernetes.io/service-account-token|v1.2.3|1.0.0-rc.1|2.4.1-SNAPSHOT|1.26.8|2024-05-01T10:00:00Z|2024-05-01|10:00:00.123
Mon, 02 Jan 2006 15:04:05 GMT|abcdefghijklmnop|0123456789abcdef|aaaaaaaab|qwertyuiop|1qaz2wsx3edc|abcabcabcabc|zxcvbnmlkj
java.lang.Object@1a2b3c4d|Foo::Bar|com.example.Outer$Inner|[Lcom.example.Foo;|os.getenv()|mySecretHandlerFactory
ActiveDirectoryPassword|us-east-1|true-horse|SERVICE_ACCOUNT|AES-256-GCM|the quick brown fox|application-server-02
task_1445144423722_0020_m_000008|R00-M0-N2-C:J10-U11|rdd_42_12345|iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYA|data:image/png;base64,xyz
ENC[AES256_GCM,data:abc,iv:def,tag:ghi,type:str]|ENC(x9kQ2mZ7)|{cipher}0f1e2d3c4b5a69788796|$ANSIBLE_VAULT;1.1|----WebKitFormBoundaryx9kQ2mZ7
ssh-ed25519 AAAAC3Nz|-----BEGIN PUBLIC KEY-----abc|-----BEGIN PRIVATE KEY-----abc|{"kty":"RSA","n":"x","e":"AQAB"}|{"kty":"RSA","d":"x"}
MIIDAzCCAeugAwIBAgIBATANBgkqhkiG9w0BAQsFADASMRAwDgYD|MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1234
P@ssw0rd123|hunter2-Xy!9|Summer2024!|Tr0ub4dor&3|x9$kQ2!mZ|AB12-CD34-EF56-GH78|live_x9kQ2mZ7pL4wR8tY|$2b$12$x9kQ2mZ7pL4wR8tY
***|xxxx|XXXXXXXX|....|---|___|####|???|••••|%2A%2A%2A|[REDACTED]|<redacted>|{redacted}|(sensitive value)|[PRIVATE DATA HIDDEN]
*** Sensitive Data Redacted ***|***REDACTED***|HIDDEN_DUE_TO_SECURITY_REASONS|masked|[Scrubbed due to 'password']|SecretStr('**********')
%5BFILTERED%5D|[[REDACTED]]|&lt;masked&gt;|[***]|****ab|ab****|********12345|•••••1234|a****bc|abcde●●●●|[REDACTED:hunter2]|Some(****)
$DB_PASSWORD|${DB_PASSWORD}|${DB_PASSWORD:-}|${env:DB_PASS}|${db.password}|${{ secrets.TOKEN }}|$1|$$DB_PASS|%DB_PASS%|%s|%+v
%(password)s|{}|{0}|{password}|{{ .Values.password }}|{{token}}|<% secret %>|<%= @key %>|#{password}|@DB_PASS@|!Ref DatabasePassword
$(cat /run/secrets/db)|$password|:password|@password|process.env.API_KEY|os.environ["API_KEY"]|os.getenv('DB_PASS')|ENV.fetch("DB_PASS")
vault:secret/data/db#password|secret://prod/db|op://vault/item/field|ref+sops://a/b|@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/x)
projects/p1/secrets/db/versions/latest|file:/run/secrets/db|env:DB_PASS|arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-x1
valueFrom|secretKeyRef|<your-token>|<YOUR_API_KEY>|<password>|<api key>|your-token-here|[your token]|INSERT_TOKEN_HERE|PLACEHOLDER
${DB:-hunter2}|${DB_PASS:hunter2}|$ecret123|{hunter2}|<hunter2>|my-password|changeme|YOUR_API_KEYx9|{{ "hunter2" }}|$(echo 'x')|+EXAMPLEKEY`), "\n")

// pieces are what values are put together of.
var pieces = []string{"password", "user", "Server", "TOKEN", "my", "of", "k8s", "x", "Q", "true", "none", "example", "com", "prod", "eu-west", "2024", "07",
	"7", "1700000000", "255", "-", "-", "_", "_", ".", ".", "/", "/", ":", ":", "@", " ", ", ", "=", "+", "\\", "|", "#", "~", "$", "%", "!", "*", "'", "\"",
	"{", "}", "${", "}", "[", "]", "<", ">", "(", ")", "::", "://", "https://", "•", "é", "\x00", "\xff", "\t", "µs", "qwerty", "abc", "321", "zzz", "deadbeef",
	"v1.", "sha256:", "arn:", "env:", "p4ssw0rd", "Secret", "Key"}

// values yields n values, the same ones for every run: random strings of the usual
// alphabets, the wholes, pieces in a row, and all of these with small changes.
func values(n int, yield func([]byte)) {
	r := rand.New(rand.NewPCG(11, 13))
	var whole []string
	for _, line := range wholes {
		whole = append(whole, strings.Split(line, "|")...)
	}
	sets := []string{base62, base62, hexDigits, strings.ToUpper(hexDigits), base62 + "+/", base62 + "-_", base62 + "!#$%&*+-.@^_", base62[26:52],
		base62[:26], base62[52:], "0123456789-:. TZ", "ab", "abc123", "*x.-_", " \t!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~0aZ"}
	random := func() string {
		set := sets[r.IntN(len(sets))]
		b := make([]byte, r.IntN(70))
		if r.IntN(8) == 0 {
			b = make([]byte, r.IntN(400))
		}
		for i := range b {
			b[i] = set[r.IntN(len(set))]
		}
		return string(b)
	}
	for range n {
		var v string
		switch r.IntN(8) {
		case 0, 1:
			v = random()
		case 2, 3, 4:
			v = whole[r.IntN(len(whole))]
		default:
			for range 1 + r.IntN(9) {
				switch p := r.IntN(len(pieces) + 6); {
				case p < len(pieces):
					v += pieces[p]
				case p < len(pieces)+3:
					w := random()
					v += w[:min(len(w), 24)]
				default:
					v += whole[r.IntN(len(whole))]
				}
			}
		}
		b := []byte(v)
		for range r.IntN(4) {
			at := r.IntN(len(b) + 1)
			switch r.IntN(7) {
			case 0:
				b = append(b[:at:at], append([]byte(pieces[r.IntN(len(pieces))]), b[at:]...)...)
			case 1:
				b = append(b[:at:at], b[min(at+1, len(b)):]...)
			case 2:
				if at < len(b) {
					b[at] = byte(r.IntN(256))
				}
			case 3:
				if at < len(b) {
					b[at] = " \t:-_./\\@#|~aZ09{}[]<>*'\""[r.IntN(25)]
				}
			case 4:
				b = b[:at]
			case 5:
				if at < len(b) && isLetter(b[at]) {
					b[at] ^= 0x20
				}
			case 6:
				b = append(b, b[at:min(at+6, len(b))]...)
			}
		}
		yield(b)
	}
}

// TestVerdicts holds every verdict on values to what it was, by a hash for each
// function: a change of a vocabulary or a rule shows here and needs a new hash,
// one that is only for speed does not. Numbers are compared to four decimals.
func TestVerdicts(t *testing.T) {
	for _, f := range []struct {
		name, want string
		run        func([]byte) any
	}{
		{"Nothing", "e42bb36dc43c4251", func(v []byte) any { return Nothing(v) }},
		{"Mask", "893c83b6bb539438", func(v []byte) any { full, partial := Mask(v); return [2]bool{full, partial} }},
		{"Placeholder", "a981b4f392e93756", func(v []byte) any { return Placeholder(v) }},
		{"Benign", "517176bef3c83a99", func(v []byte) any { return Benign(v).String() }},
		{"Credential", "888110271d30cf61", func(v []byte) any { return Credential(v) }},
		{"Random", "e760e5aca3353e6f", func(v []byte) any { return fmt.Sprintf("%.4f", Random(v)) }},
		{"Entropy", "21db803d36f2adba", func(v []byte) any { return fmt.Sprintf("%.4f", Entropy(v)) }},
		{"Bits", "5b6184fd98794b40", func(v []byte) any { return fmt.Sprintf("%.4f", Bits(v)) }},
	} {
		h := sha256.New()
		hits := map[any]int{}
		values(20_000, func(v []byte) {
			got := f.run(v)
			fmt.Fprintln(h, got)
			hits[got]++
		})
		if got := fmt.Sprintf("%x", h.Sum(nil)[:8]); got != f.want {
			t.Errorf("%s: the verdicts hash to %s, before to %s", f.name, got, f.want)
			if len(hits) < 40 {
				t.Logf("%s: %v", f.name, hits)
			}
		}
	}
}

func TestLook(t *testing.T) {
	values(5_000, func(v []byte) {
		full, partial := Mask(v)
		want := Verdict{Nothing: Nothing(v), Masked: full, Partial: partial, Placeholder: Placeholder(v), Credential: Credential(v)}
		if got := Look(v); got != want {
			t.Errorf("%q: %+v, want %+v", v, got, want)
		}
	})
}
