package names

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func mustNew(t testing.TB, extra ...Name) *Classifier {
	t.Helper()
	c, err := New(extra...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSplit(t *testing.T) {
	for key, want := range map[string]string{
		"password":           "_password_",
		"dbPassword":         "_db_password_",
		"HTTPServerToken":    "_http_server_token_",
		"DB_PASSWORD_1":      "_db_password_1_",
		"password2":          "_password_2_",
		"spring.mail.userId": "_spring_mail_user_id_",
		"OAuthToken":         "_o_auth_token_",
		"X-Api-Key":          "_x_api_key_",
		"user[password]":     "_user_password_",
		"user%5Bpassword%5D": "_user_password_",
		"__Secure-1PSID":     "_secure_1_psid_",
		"  ":                 "_",
		"":                   "_",
		"пароль":             "_пароль_",
		"aB":                 "_a_b_",
		"AB":                 "_ab_",
		"ABc":                "_a_bc_",
		"50%":                "_50_",
	} {
		var s splitter
		s.split([]byte(key))
		if got := string(s.joined); got != want {
			t.Errorf("%q: %s, want %s", key, got, want)
		}
		if got := strings.ReplaceAll(want, "_", ""); string(s.compact) != got {
			t.Errorf("%q: compact %s, want %s", key, s.compact, got)
		}
	}
}

func TestClassify(t *testing.T) {
	c := mustNew(t)
	for want, keys := range map[string]string{
		"strong": `password passwd pwd db_password dbPassword DB_PASSWORD db.password db-password dbpassword mypassword
			password2 DB_PASSWORD_1 password1 passWord spring.datasource.password pass_phrase adminpass dbpass userpwd
			secret client_secret clientSecret clientsecret myclientsecret api_key apiKey apikey API-KEY x-api-key XApiKey
			access_token accessToken accesstoken refresh_token id_token authtoken authToken _authToken auth_token
			secret_access_key AWS_SECRET_ACCESS_KEY aws.secretAccessKey jwt user_jwt private_key privateKey
			session_token otp user_otp cvv identity_token authorization Authorization Proxy-Authorization cookie Set-Cookie
			connection_string ConnectionString encrypted_password password_hash password_digest PGPASSWORD SSHPASS rootpw
			API_KEY_PROD db_password_base64 password_confirmation newPassword NEXTAUTH_SECRET webhook_url slackWebhookUrl
			passwort contraseña пароль 密码 user[password] user%5Bpassword%5D vault_token GITHUB_TOKEN JSESSIONID
			dbpasswordnew APISECRETKEYEU supabase_service_role_key encryption_key jwtSecret secretKeyBase verification_code requirepass masterauth client_assertion`,
		"medium": `algoliaadminkey umbrellaingestkey auth_code my_device_code user_security_code invitetoken pass token foo_token bottleToken pin user_pin csrf_token session_id dsn community api_keys access_tokens
			password_foo foo_secret_bar secrets creds auth sentry_dsn seed mnemonic password_hint_x`,
		"weak": `tokens key foo_key X-Key redis_auth session my_session sid signature salt token_foo oauth_jwt_thing`,
		"benign": `max_tokens maxTokens token_type tokenType token_count token_url access_token_url token_expires_at
			password_policy password_file passwordFile password_length secret_name secretName secret_arn secret_path key_id
			kmsKeyId access_key_id public_key publicKey primary_key partitionKey foreign_key cache_key next_token proxy_pass
			reset_password update_password forgot_password session_timeout session_count cookie_policy credentials_id auth_method
			private_key_id sec-websocket-key idempotency_key x-idempotency-key api_key_name authorized_keys app.max_tokens x-request-id`,
		"none": `user username compass bypass monkey turkey donkey keyboard keynote author authority authors passenger passed
			passing passion passage passive tokenizer tokenization secretary assigned signal sigterm spin hairpin capital rapid
			keyword keystone accessor discard cardinality mypassenger etag message level time host path a 1 _ -- user_name_x`,
	} {
		for key := range strings.FieldsSeq(keys) {
			v := c.Classify([]byte(key), Attr)
			got := v.Strength.String()
			if v.Benign {
				got = "benign"
			}
			if got != want {
				t.Errorf("%s: %s (%v), want %s", key, got, v.Class, want)
			}
		}
	}
}

func TestClasses(t *testing.T) {
	c := mustNew(t)
	for key, want := range map[string]Class{
		"db_password": Password, "ssh_passphrase": Passphrase, "api_key": Key, "access_token": Token, "client_secret": Secret,
		"private_key": PrivateKey, "authorization": Auth, "session_id": Session, "Set-Cookie": Cookie, "otp": OTP, "pin": PIN,
		"cvv": PIN, "x_amz_signature": Signature, "connectionString": Connection, "webhook_url": Webhook, "message": Unknown,
	} {
		if v := c.Classify([]byte(key), Attr); v.Class != want {
			t.Errorf("%s: %v, want %v", key, v.Class, want)
		}
	}
}

func TestKinds(t *testing.T) {
	c := mustNew(t)
	for _, tc := range []struct {
		key  string
		kind Kind
		want Strength
	}{
		{"sig", Query, Strong}, {"sig", Attr, Medium},
		{"code", Query, Medium}, {"code", Attr, None},
		{"SID", Cookies, Medium}, {"SID", Attr, Weak},
		{"my_session", Cookies, Strong}, {"ssid", Attr, None},
		{"PrimaryKey", ConnString, Medium}, {"PrimaryKey", Attr, None},
		{"--password", Flag, Strong}, {"--api-key", Flag, Strong}, {"api-key", Flag, Strong},
		{"mysql -p", Flag, Strong}, {"mysql -P", Flag, None}, {"-p", Flag, None}, {"-storepass", Flag, Strong},
		{"redis-cli -a", Flag, Strong}, {"curl -u", Flag, Strong},
		{"token", XML, Strong}, {"X-Vault-Token", Header, Strong}, {"password", Header, Strong},
	} {
		if v := c.Classify([]byte(tc.key), tc.kind); v.Strength != tc.want {
			t.Errorf("%v %s: %v, want %v", tc.kind, tc.key, v.Strength, tc.want)
		}
	}
}

func TestOwnNames(t *testing.T) {
	c := mustNew(t,
		Name{Text: "acmeTicket", Strength: Strong, Class: Token},
		Name{Text: "api_key", Remove: true},
		Name{Text: "xo", Strength: Medium, Class: Key},
		Name{Text: "max_tokens", Strength: Medium, Class: Token},
	)
	for key, want := range map[string]Verdict{
		"acme_ticket":    {Strong, Token, false},
		"acmeticket":     {Strong, Token, false},
		"my.acme-ticket": {Strong, Token, false},
		"myacmeticket":   {Strong, Token, false},
		"apiKey":         {None, Unknown, true},
		"xo":             {Medium, Key, false},
		"max_tokens":     {Medium, Token, false},
		"password":       {Strong, Password, false},
	} {
		if v := c.Classify([]byte(key), Attr); v != want {
			t.Errorf("%s: %+v, want %+v", key, v, want)
		}
	}
	for _, key := range []string{"acme_ticket", "ACMETICKET", "acme-ticket", "xo"} {
		if !seen(c.Stems(), key) {
			t.Errorf("%s contains no stem", key)
		}
	}
	if v := mustNew(t).Classify([]byte("apiKey"), Attr); v.Strength != Strong {
		t.Errorf("one classifier's removal reached another: %+v", v)
	}
}

func TestRefusedNames(t *testing.T) {
	for _, n := range []Name{{Text: "", Strength: Strong}, {Text: "--", Strength: Strong}, {Text: "foo"},
		{Text: "foo", Strength: 9}, {Text: strings.Repeat("x", 300), Strength: Weak}} {
		if _, err := New(n); err == nil {
			t.Errorf("%+v accepted", n)
		}
	}
}

func TestTables(t *testing.T) {
	tab, err := parseTables(namesTSV, benignTSV)
	if err != nil {
		t.Fatal(err)
	}
	for text, r := range tab.exact[Attr] {
		if tab.benign[text] && r.strength != Strong && text != "tokens" { // alone it may be a list
			t.Errorf("%s is benign and %v", text, r.strength)
		}
	}
	for k := range tab.suffix {
		for text := range tab.suffix[k] {
			if tab.benign[text] {
				t.Errorf("%s is benign and an ending", text)
			}
		}
	}
	for _, bad := range []string{"a\tattr", "a\tattr\ttoken\texact\thuge\n", "a\tattr\ttoken\tsome\tweak\n", "a\tx\ttoken\texact\tweak\n"} {
		if _, err := parseTables(bad, ""); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}

func TestConcurrent(t *testing.T) {
	c := mustNew(t)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 5000 {
				key := fmt.Sprintf("field%c_password", 'a'+(i*g)%26)
				if v := c.Classify([]byte(key), Kind(i%int(kinds))); v.Strength != Strong {
					t.Errorf("%s: %v", key, v)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestCacheHitDoesNotAllocate(t *testing.T) {
	c := mustNew(t)
	key := []byte("spring.datasource.password")
	c.Classify(key, Attr)
	if n := testing.AllocsPerRun(100, func() { c.Classify(key, Attr) }); n != 0 {
		t.Errorf("%v allocations on a cache hit", n)
	}
}

func FuzzClassify(f *testing.F) {
	for _, s := range []string{"", "password", "HTTPServerToken", "%5B%", "a1B2", "tokens", "%", "ss", "пароль"} {
		f.Add([]byte(s), uint8(0))
	}
	c := mustNew(f)
	f.Fuzz(func(t *testing.T, key []byte, kind uint8) {
		k := Kind(kind) % kinds
		v := c.Classify(key, k)
		if v != c.Classify(key, k) || v != c.classify(key, k) {
			t.Fatal("verdicts differ")
		}
		if v.Strength > Strong || v.Benign && v.Strength != None || v.Strength == None && v.Class != Unknown {
			t.Fatalf("%+v", v)
		}
		var s splitter
		s.split(key)
		if got := strings.ReplaceAll(string(s.joined), "_", ""); got != string(s.compact) {
			t.Fatalf("%q joined, %q compact", s.joined, s.compact)
		}
	})
}

func BenchmarkClassifyHit(b *testing.B) {
	c := mustNew(b)
	key := []byte("spring.datasource.password")
	for b.Loop() {
		c.Classify(key, Attr)
	}
}

func BenchmarkClassifyMiss(b *testing.B) {
	c := mustNew(b)
	key := []byte("spring.datasource.name")
	for b.Loop() {
		c.classify(key, Attr)
	}
}
