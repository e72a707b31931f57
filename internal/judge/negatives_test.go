package judge

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// Every sort of value that looks like a credential and is none has a test of
// its own here: what it holds for, and what it must not hold for.

// benignAs checks that Benign gives a reason for the values of yes and none at
// all for those of no.
func benignAs(t *testing.T, why Reason, yes, no []string) {
	t.Helper()
	for _, v := range yes {
		if got := Benign([]byte(v)); got != why {
			t.Errorf("%q: %v, want %v", v, got, why)
		}
		if why != Commit && Credential([]byte(v)) {
			t.Errorf("%q is held for a credential", v)
		}
	}
	for _, v := range no {
		if got := Benign([]byte(v)); got != None {
			t.Errorf("%q: %v, want none", v, got)
		}
	}
}

// base64Of is n random bytes in base64.
func base64Of(seed uint64, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = draw(seed, base62+"\x80\x90\xa0\xb0\xc0\xd0\xe0\xf0\x01\x02\x03\x04", n)[i]
	}
	return base64.StdEncoding.EncodeToString(b)
}

func uuid(seed uint64) string {
	h := draw(seed, hexDigits, 32)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func full(v []byte) bool    { f, p := Mask(v); return f && !p }
func partial(v []byte) bool { f, p := Mask(v); return p && !f }

// Masks.

func TestRepeatedCharacter(t *testing.T) {
	var yes, no []string
	for _, c := range []string{"*", "x", "X", ".", "-", "_", "#", "•", "?"} {
		for _, n := range []int{3, 4, 6, 8, 20} { // Airflow, …, Spring, Datadog, Django
			yes = append(yes, strings.Repeat(c, n))
		}
		no = append(no, c, c+c, strings.Repeat(c, 6)+"a", "a"+strings.Repeat(c, 6), strings.Repeat(c, 3)+"a"+strings.Repeat(c, 3))
	}
	for _, c := range []string{"a", "0", "1", "z", "!", "$"} {
		no = append(no, strings.Repeat(c, 8))
	}
	holds(t, full, yes, no)
}

func TestTaggedMask(t *testing.T) {
	var yes, no []string
	for _, w := range []string{"redacted", "filtered", "masked", "scrubbed", "hidden", "removed", "sensitive", "secret", "private data hidden"} {
		for _, p := range []string{"[]", "<>", "()", "{}"} {
			for _, c := range []string{w, strings.ToUpper(w), strings.ToUpper(w[:1]) + w[1:]} {
				yes = append(yes, p[:1]+c+p[1:])
			}
			no = append(no, p[:1]+w+":hunter2"+p[1:], p[:1]+w+" hunter2"+p[1:], p[:1]+w+"hunter2"+p[1:], p[:1]+w, w+p[1:],
				p[:1]+w+p[1:]+"x", "x"+p[:1]+w+p[1:])
		}
	}
	hex128 := draw(3, hexDigits, 128)
	yes = append(yes, "(sensitive value)", "*** Sensitive Data Redacted ***", "HIDDEN_DUE_TO_SECURITY_REASONS", "REDACTED", "[Scrubbed due to password]",
		"[Scrubbed due to 'api_key']", "hashed_access_token-"+hex128)
	no = append(no, "[Scrubbed due to hunter2]", "hashed_hunter2-"+hex128, "hashed_access_token-"+hex128[1:], "HIDDEN_DUE_TO_hunter2", "*** hunter2 ***",
		"REDACTED-hunter2", "secret", "hidden")
	holds(t, full, yes, no)
}

func TestPartialMask(t *testing.T) {
	holds(t, partial,
		[]string{"****a", "****abcde", "a****", "abcde****", "ab****cde", "********1234", "••••1234"},
		[]string{"***abc", "****abcdef", "abc****def", "****", "*a*b*c*d", "hunter2"})
}

func TestEmptyAndTyped(t *testing.T) {
	var yes []string
	for _, v := range []string{"", `""`, "null", "nil", "None", "undefined", "NaN", "N/A", "-", "true", "false", "yes", "no", "on", "off", "0", "1"} {
		yes = append(yes, v, strings.ToUpper(v), strings.ToLower(v))
	}
	// Compared as a whole: an anchor on one alternative alone would let these go.
	holds(t, Nothing, yes, []string{"true-horse", "truehunter2", "xfalsex", "hunter2null", "nullhunter2", "notnull", "nonesuch", "10", "01", "offset", "yesterday"})
}

// Placeholders.

func TestInterpolation(t *testing.T) {
	holds(t, Placeholder,
		[]string{"$DB_PASS", "${DB_PASS}", "${DB_PASS:-}", "$1", "%DB_PASS%", "%s", "%v", "%d", "{}", "{0}", "{name}", "{{ x }}", "{{ .Values.db.pass }}",
			"<% x %>", "<%= ENV_NAME %>", "#{x}", "@DB_PASS@", "!Ref DbPass", "$(cat /run/secret)", "$$DB_PASS"},
		[]string{"${DB_PASS:-hunter2}", "${DB_PASS:=hunter2}", "$ecret1", "%hunter2", "{hunter2}", "{{ 'hunter2' }}", "<%hunter2", "#hunter2", "@hunter2",
			"!hunter2", "$(echo 'hunter2')", "x$DB_PASS1y", "${DB_PASS}hunter2", "hunter2${DB_PASS}", "%s3cret"})
}

func TestReference(t *testing.T) {
	holds(t, Placeholder,
		[]string{"vault:secret/data/db#password", "secret://prod/db", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-x1", "op://vault/item/field",
			"@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/x)", "projects/p1/secrets/db/versions/latest", "file:/run/secrets/db",
			"env:DB_PASS", "valueFrom"},
		[]string{"vault:hunter2", "secret://hunter2", "arn:hunter2", "op://hunter2", "@Microsoft.KeyVault(hunter2", "projects/hunter2", "file:hunter2",
			"env:hunter2", "valueFrom=hunter2"})
}

func TestEncryptedAtRest(t *testing.T) {
	sealed := "Ag" + base64Of(4, 600)[2:]
	benignAs(t, Encrypted,
		[]string{"ENC[AES256_GCM,data:x1,iv:y2,tag:z3,type:str]", "ENC(" + random + ")", "{cipher}" + randHex, "$ANSIBLE_VAULT;1.1;AES256", sealed},
		[]string{"ENC[" + random, "ENC(" + random, "{cipher}" + random[:8], "$ANSIBLE" + random, "Ag" + base64Of(4, 300)[2:], "Bg" + sealed[2:]})
}

func TestFillIn(t *testing.T) {
	holds(t, Placeholder,
		[]string{"<your-token>", "<your token>", "YOUR_API_KEY", "your-password-here", "<password>", "<API_KEY>", "[your token]", "REPLACE_ME_WITH_TOKEN"},
		[]string{"<hunter2>", "<your-hunter2>", "YOUR_" + random, "<" + random + ">", "your", "your_horse_battery", "<your-token>x"})
}

func TestDocumentationSample(t *testing.T) {
	holds(t, Placeholder,
		[]string{"AKIA" + "IOSFODNN7" + "EXAMPLE", "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY", "je7MtGbClwBF/2Zp9Utk/" + "h3yCo8nvbEXAMPLEKEY", jwtIO()},
		[]string{random + "EXAMPLE", "EXAMPLE" + random, "hunter2-example", "EXAMPLEKEY", "AKIA" + random[:16], jwtIO()[:154] + "A"})
}

// TestDebatable: words that are passwords in practice are no placeholders, so
// that strong names have them, and no credentials, so that others do not.
func TestDebatable(t *testing.T) {
	for _, v := range []string{"changeme", "admin", "secret", "test", "123456", "password"} {
		if Placeholder([]byte(v)) || Nothing([]byte(v)) || full([]byte(v)) {
			t.Errorf("%q stands for nothing", v)
		}
		if Credential([]byte(v)) {
			t.Errorf("%q is a credential without a name", v)
		}
	}
}

// Identifiers and data.

func TestUUID(t *testing.T) {
	u := uuid(5)
	benignAs(t, UUID, []string{u, strings.ToUpper(u), "{" + u + "}", "urn:uuid:" + u, "req-" + u},
		[]string{u + "0", "sk-" + u + random[:4], u[:35] + "g" + random[:3], strings.ReplaceAll(u, "-", "")})
}

func TestCommit(t *testing.T) {
	benignAs(t, Commit, []string{randHex, strings.ToUpper(randHex)}, []string{randHex + "0f", draw(6, base62, 40)})
	benignAs(t, ShortHash, []string{"a1b2c3d", "0f1e2d3c4b", "0f1e2d3c4b5a"}, []string{"0f1e2d3c4b5a6", "a1b2c3g"})
}

func TestDigest(t *testing.T) {
	benignAs(t, Digest,
		[]string{"sha256:" + draw(7, hexDigits, 64), "sha512-" + base64Of(7, 64), "md5:" + draw(7, hexDigits, 32), "sha1:" + randHex, "SHA256:" + draw(8, hexDigits, 64)},
		[]string{"sha256:" + random, "sha256:" + draw(7, hexDigits, 63), "sha512-" + base64Of(7, 48), "md6:" + draw(7, hexDigits, 32), draw(7, hexDigits, 64)})
	// Bare digests are keys under most names, and digests under the weakest.
	var yes []string
	for _, n := range []int{32, 40, 56, 64, 96, 128} {
		yes = append(yes, draw(uint64(n), hexDigits, n), strings.ToUpper(draw(uint64(n), hexDigits, n)))
	}
	holds(t, Ambiguous, yes, []string{draw(9, hexDigits, 31), draw(9, hexDigits, 48), draw(9, "0123456789abcdefABCDEF", 64), draw(9, base62, 64), ""})
}

func TestLockfile(t *testing.T) {
	benignAs(t, Digest, []string{"sha512-" + base64Of(10, 64), "h1:" + base64Of(10, 32), "sha384-" + base64Of(10, 48), "sha1-" + base64Of(10, 20)},
		[]string{"h1:" + random, "h2:" + base64Of(10, 32), base64Of(10, 64), base64Of(10, 32)})
}

func TestETag(t *testing.T) {
	benignAs(t, ETag, []string{`"` + draw(11, hexDigits, 32) + `"`, `W/"` + random + `"`, `"` + draw(11, hexDigits, 32) + `-12"`},
		[]string{`"` + random + `"`, draw(11, hexDigits, 32), `W/` + random})
}

func TestTrace(t *testing.T) {
	h := draw(12, hexDigits, 48)
	benignAs(t, Trace, []string{"00-" + h[:32] + "-" + h[32:] + "-01", h[:32] + "-" + h[32:] + "-1", "Root=1-" + h[:8] + "-" + h[8:32]},
		[]string{"00-" + random + "-" + h[32:] + "-01", h[:32] + ":" + random})
}

func TestRequestID(t *testing.T) {
	benignAs(t, ULID, []string{"01ARZ3NDEKTSV4RRFFQ69G5FAV"}, []string{"01ARZ3NDEKTSV4RRFFQ69G5FAVX", "91ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAI", "01arz3NDEKTsv4RRFFq69G5FAV"})
	benignAs(t, Number, []string{"1541815603606036480", "17545123456789012"}, []string{"1541815603606036480" + random[4:8], "17545123456789012-" + random})
	holds(t, Ambiguous, []string{"2" + draw(13, base62, 26), "0u" + draw(14, base62, 25)}, []string{"Z" + draw(13, base62, 26), "2" + draw(13, base62, 27), "2" + draw(13, base62+"-_", 25) + "-"})
}

func TestResource(t *testing.T) {
	benignAs(t, Resource,
		[]string{"arn:aws:iam::123456789012:role/reader", "projects/my-project/topics/orders", "/subscriptions/" + uuid(15) + "/resourceGroups/prod",
			"i-" + draw(15, hexDigits, 17), "vpc-" + draw(15, hexDigits, 17), "sg-" + draw(15, hexDigits, 8), "ocid1.instance.oc1.iad." + strings.ToLower(random)},
		[]string{"i-" + random[:17], "key-" + draw(15, hexDigits, 32), "projects/" + random, "ocid2." + random, "sk-" + draw(15, hexDigits, 17)})
}

func TestPath(t *testing.T) {
	benignAs(t, Path, []string{"/usr/local/bin", "~/.ssh/config", "./config/server.yaml", "../lib/module", `C:\Users\bob\file.txt`, `\\server\share\docs`,
		"service/account/token", "/var/lib/docker/overlay2/" + draw(16, hexDigits, 64) + "/merged"},
		[]string{"/" + random, "/" + base64Of(16, 30), random[:12] + "/" + random[12:], base64Of(17, 15) + "/" + base64Of(18, 15)})
}

func TestClass(t *testing.T) {
	benignAs(t, Object, []string{"com.example.service.UserRepository", "java.lang.Object@1a2b3c4d", "com.example.Outer$Inner", "Foo::Bar", "std::string::npos",
		"[Lcom.example.Foo;"},
		[]string{"com.example." + random, "Foo::" + random, random + "@1a2b3c4d", "a$" + random})
}

func TestWords(t *testing.T) {
	benignAs(t, Words, []string{"mySecretHandlerFactory", "some_user_name", "service-account", "SERVICE_ACCOUNT", "applicationServer", "the quick brown fox"},
		[]string{draw(19, base62[26:52], 20), draw(19, base62[:52], 24), "xq" + draw(20, base62[26:52], 14), "word-" + random})
}

func TestHost(t *testing.T) {
	benignAs(t, Host, []string{"example.com", "db-01.prod.internal:5432", "localhost:8080"}, []string{random + ":8080x", random[:16] + "." + random[16:]})
	benignAs(t, URL, []string{"https://example.com/a/b?page=2", "redis://cache.internal:6379/0"},
		[]string{"https://bob:" + random[:12] + "@example.com/", "https://example.com/cb?code=" + random, "https://hooks.example.com/" + random})
	benignAs(t, Email, []string{"bob.smith@example.com", "bob+tag@mail.example.org"}, []string{random + "@example.com", "bob@" + random})
}

func TestVersion(t *testing.T) {
	benignAs(t, Version, []string{"v1.2.3", "v1.2", "1.0.0-rc.1", "2.4.1-SNAPSHOT", "1.2.3+build.5"}, []string{"v1." + random, "1.2.3-" + random, "1" + random})
}

func TestTime(t *testing.T) {
	benignAs(t, Time, []string{"2024-05-01T10:00:00Z", "2024-05-01T10:00:00.123+02:00", "2024-05-01", "10:00:00.123", "Mon, 02 Jan 2006 15:04:05 GMT"},
		[]string{"2024-05-01T" + random, "10:00:" + random})
	benignAs(t, Number, []string{"1700000000", "1700000000000", "1700000000000000", "1700000000000000000", "1h30m", "250ms", "10MB", "99.5%"},
		[]string{"1700000000" + random[:6], "10MB" + random[:8]})
}

func TestAddress(t *testing.T) {
	benignAs(t, IP, []string{"10.0.0.1", "10.0.0.1:8080", "10.0.0.0/8", "::1", "2001:db8::1", "[2001:db8::1]:443"}, []string{"10.0.0.1" + random[:8], "2001:db8::" + random})
	benignAs(t, MAC, []string{"00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e"}, []string{"00:1a:2b:3c:4d:" + random[:8]})
}

func TestBoundary(t *testing.T) {
	benignAs(t, Boundary, []string{"----WebKitFormBoundary" + random[:16], "----=_Part_12_" + draw(21, base62[52:], 9), "geckoformboundary" + randHex},
		[]string{"WebKit" + random, "Part_" + random})
}

func TestFile(t *testing.T) {
	var yes []string
	for _, magic := range []string{"iVBORw0KGgo", "/9j/4", "R0lGODdh", "R0lGODlh", "UEsDBB", "JVBERi0", "H4sIA"} {
		yes = append(yes, magic+base64Of(22, 60))
	}
	benignAs(t, File, append(yes, "data:image/png;base64,"+base64Of(22, 60)), []string{"iVBORw" + random, "H4sx" + random, "data:" + random, base64Of(22, 60)})
}

func TestPublicMaterial(t *testing.T) {
	benignAs(t, Public, []string{"-----BEGIN CERTIFICATE-----\n" + base64Of(23, 60), "-----BEGIN PUBLIC KEY-----\n" + base64Of(23, 60),
		"-----BEGIN CERTIFICATE REQUEST-----\n" + base64Of(23, 60), "ssh-rsa AAAA" + base64Of(23, 60), "ssh-ed25519 AAAA" + random, "ecdsa-sha2-nistp256 AAAA" + random,
		der(0x30, 0x82, 3, 1, 0x30, 0x82, 2, 1, 0xa0, 3, 2, 1, 2, 2, 1, 1), der(0x30, 0x82, 2, 1, 0x30, 0x82, 1, 1, 2, 1, 0, 0x30, 0x10),
		`{"kty":"RSA","n":"` + base64Of(23, 60) + `","e":"AQAB"}`},
		[]string{"-----BEGIN PRIVATE KEY-----\n" + base64Of(23, 60), "-----BEGIN RSA PRIVATE KEY-----\n" + base64Of(23, 60),
			"-----BEGIN CERTIFICATE-----\nx\n-----BEGIN EC PRIVATE KEY-----", der(0x30, 0x82, 4, 0xbe, 2, 1, 0, 0x30, 13, 6, 9, 0x2a),
			der(0x30, 0x82, 4, 0xa3, 2, 1, 0, 2, 0x82, 1, 1), `{"kty":"EC","d":"` + random + `"}`, `{"kty":"oct","k":"` + random + `"}`})
}

func TestFingerprint(t *testing.T) {
	pairs := make([]string, 20)
	for i := range pairs {
		pairs[i] = draw(uint64(i), hexDigits, 2)
	}
	benignAs(t, Fingerprint, []string{"SHA256:" + strings.TrimRight(base64Of(24, 32), "="), strings.Join(pairs, ":"), strings.Join(pairs[:16], ":"), "MD5:" + strings.Join(pairs[:16], ":")},
		[]string{"SHA256:" + random, strings.Join(pairs[:15], ":"), strings.Join(pairs[:16], "")})
}

func TestThreeDottedParts(t *testing.T) {
	benignAs(t, Object, []string{"com.foo.bar1", "org.Example.test2"}, []string{random[:10] + "." + random[10:20] + "." + random[20:]})
}

func TestSystemID(t *testing.T) {
	benignAs(t, SystemID, []string{"S-1-5-21-1004336348-1177238915-682003330-512", "system_u:object_r:httpd_t:s0", "0000:00:1f.2"},
		[]string{"S-1-" + random, "system_u:" + random, "0000:00:zz.2" + random})
	benignAs(t, Number, []string{"0x100000b3c5d0003", "0x14ed93111f20027"}, []string{"0x" + randHex + randHex[:24], "0x" + random})
}

func TestCounter(t *testing.T) {
	benignAs(t, Number, []string{"42", "4096", "1,234", "-1.5", "1e9"}, []string{"42" + random[:8]})
}

func TestSequence(t *testing.T) {
	benignAs(t, Sequence, []string{"abcdefghijklmnopqrstuvwxyz", base62, "0123456789abcdef", "zyxwvutsrqponm", "qwertyuiop", "aaaaaaaaaaaa", "abcabcabcabc"},
		[]string{random, "abcdef" + random[:12], draw(25, base62, 26)})
}

// TestHashes: hashes that can be cracked or replayed look like credentials.
func TestHashes(t *testing.T) {
	crypt := base62 + "./"
	for _, v := range []string{
		"$2a$10$" + draw(26, crypt, 53), "$2b$12$" + draw(27, crypt, 53), "$2y$10$" + draw(28, crypt, 53),
		"$1$" + draw(29, crypt, 8) + "$" + draw(29, crypt, 22), "$5$" + draw(30, crypt, 16) + "$" + draw(30, crypt, 43),
		"$6$" + draw(31, crypt, 16) + "$" + draw(31, crypt, 86), "$y$j9T$" + draw(32, crypt, 22) + "$" + draw(32, crypt, 43),
		"$argon2id$v=19$m=65536,t=3,p=4$" + draw(33, base62, 22) + "$" + draw(33, base62, 43),
		"pbkdf2_sha256$600000$" + draw(34, base62, 22) + "$" + base64Of(34, 32), "{SSHA}" + base64Of(35, 28),
		"SCRAM-SHA-256$4096:" + base64Of(36, 16) + "$" + base64Of(36, 32) + ":" + base64Of(37, 32),
		"md5" + draw(38, hexDigits, 32), "*" + strings.ToUpper(draw(39, hexDigits, 40)), draw(40, hexDigits, 32), draw(41, hexDigits, 64),
		fmt.Sprintf("$krb5tgs$23$*svc$EXAMPLE.COM$http/web*$%s$%s", draw(42, hexDigits, 32), draw(43, hexDigits, 400)),
		draw(44, hexDigits, 32) + ":" + draw(45, hexDigits, 32),
	} {
		if Placeholder([]byte(v)) || full([]byte(v)) || partial([]byte(v)) || Nothing([]byte(v)) {
			t.Errorf("%.40q is a placeholder", v)
		}
		if why := Benign([]byte(v)); why != None {
			t.Errorf("%.40q: %v", v, why)
		}
		if !Credential([]byte(v)) {
			t.Errorf("%.40q is no credential", v)
		}
	}
}
