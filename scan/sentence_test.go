package scan

import (
	"strings"
	"testing"
)

// sentences name a secret without a separator; exactly the part between << and
// >> is one.
var sentences = []string{
	`password is <<{alnum:12}7>>`,
	`Password is: <<harbor{digit:4}!>>`,
	`login failed for user bob with password <<hunter{digit:2}!>>`,
	`connecting as app with passwd <<Ginger-Saddle{digit:3}>> to db1`,
	`Generated password <<planet@Thunder{digit:2}>> for account svc-42`,
	`setting DB password to <<meadow{digit:3}>>`,
	`default admin password set to <<{alnum:12}7>>`,
	`the new password for alice is <<flower_pepper{digit:2}>>`,
	`{"msg":"wrong password '<<{alnum:10}>>' for user root","n":1}`,
	`changed password from '<<{alnum:10}>>' for user carol`,
	`using API key <<{alnum:24}>> for org 42`,
	`API key is <<{uuid}>>`,
	`api key "<<{hex:32}>>" accepted`,
	`{"msg":"api key \"<<{uuid}>>\" accepted","n":1}`,
	`loaded secret key <<{alnum:40}>> from the environment`,
	`registered client with secret <<{uuid}>>`,
	`client_secret set to <<{alnum:24}>>`,
	`connecting with token <<{base64url:30}7>>`,
	`bearer token [<<{alnum:32}>>] rejected`,
	`token '<<{base64url:30}7>>' is not valid for audience api`,
	`{"msg":"Using token <<{uuid}>>.","n":1}`,
	"\x1b[36mAPI key is <<{uuid}>>\x1b[39m",
	`shared secret for peer vpn1: <<{alnum:24}>>`,
	`client secret is <<{b64:{alnum:18}}>>`,
	`Incorrect API key provided: <<{alnum:32}>>`,
	`PASSWORD elastic = <<{alnum:12}7>>`,
	`wifiPassword [<<horse{digit:6}>>] ok`,
	`SET PASSWORD FOR 'app'@'%' = '<<orbit{digit:3}>>'`,
	`{"msg":"db_password -\u003e <<{alnum:12}>>"}`,
	`a:2:{s:11:"db_password";s:12:"<<{alnum:12}>>";s:1:"n";i:1;}`,
	`{cmd=[docker, login, -u, bob, -p, <<{alnum:14}>>, registry.example.com], n=1}`,
	`exec: ["docker","login","-u","bob","-p","<<{alnum:14}>>","registry.example.com"]`,
	`{process.args=[mysql, -u, root, -p<<{alnum:14}>>, -h, db1, app]}`,
	`argv=["aws","configure","set","aws_secret_access_key","<<{alnum:40}>>"] n=1`,
	`smtp auth user=mailer pass=<<castle{digit:5}>>`,
	`GET /cb?state=x&code=<<{alnum:28}>> HTTP/1.1`,
	`otp is <<{digit:6}>>`,
	`mfa_code=<<{digit:6}>> user=bob`,
	`{"apiTokens":["<<{alnum:32}>>"],"n":1}`,
	`signing_keys=[<<{alnum:32}>>]`,
}

var noSentences = []string{
	`password is required`,
	`password is sha256 hashed`,
	`password is 8 characters`,
	`failed password attempt12`,
	`with password authentication`,
	`using password scram-sha-256`,
	`secret "db-credentials" not found in namespace team-9`,
	`Duplicate entry '42' for key 'users.PRIMARY'`,
	`Unexpected token 'export'`,
	`key is deprecated`,
	`using key id_rsa from agent`,
	`$SECRET_KEY user_id=ord_ZlePxlI0FZoKZM`,
	`auth_method=client_credentials kid=sotkcxqsa3uz`,
	`db_password= trace.id=ecfebdd1c2681216353db78ea4594702`,
	`backup_password=(hidden)`,
	`{"api_key"=>"<your-api-key>", "md5"=>"83e76a5f2e12ed49333d53629fdfe999"}`,
	`invalid password for bob: "authentication failed"`,
	`"max_tokens":[1024,2048]`,
	`apiKeys=[ApiVersion(apiKey=1, minVersion=4, maxVersion=18), ApiVersion(apiKey=17, minVersion=0, maxVersion=1)]`,
	`grant_type=bearer pod_name=api-sh7lmjv89t-dps52`,
	`/src/secret_amd64.o $WORK/b010/sys_linux_amd64.o`,
	`--- PASS: FuzzFind/seed#0 (0.00s)`,
	`RequestHeader(apiKey=API_VERSIONS, apiVersion=4)`,
	` rolpassword    | text                     | C         |`,
	`[credential "https://source.example.com"]`,
	`apikey=<your-api-key> docker_id=23312c6bd0cfe7daacfbe9b7ab340580`,
	`opts={Credentials:{DedupKey:ff97b3d7-8b1a-4044-9a2b-c4874c6efb9e}}`,
	`credentials=Options(debug=True, user='svc-billing')`,
}

func TestSentences(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	for _, template := range sentences {
		for seed := range uint64(5) {
			text, from, to := expand(t, template, seed)
			spans := s.Text(nil, []byte(text))
			if len(spans) != 1 || spans[0].Start != from || spans[0].End != to {
				t.Errorf("%s\n got %s\nwant %s", template, show(e, text, spans), text[:from]+"«»"+text[to:])
				break
			}
		}
	}
	for _, text := range noSentences {
		for _, x := range s.Text(nil, []byte(text)) {
			if x.Confidence > 0 {
				t.Errorf("%s", show(e, text, []Span{x}))
			}
		}
	}
}

func TestSentencesCuts(t *testing.T) {
	e := engine(t)
	var all strings.Builder
	for _, template := range sentences {
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
}
