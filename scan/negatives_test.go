package scan

import (
	"strings"
	"testing"
)

// held are values that look like data, behind names that say they are secrets;
// let are the same and others behind names that do not say so, or say otherwise.
// The names of the groups are those of the tests of package judge.
var held = map[string][]string{
	"uuid":           {`heroku_api_key=<<{uuid}>>`, `consul_token: <<{uuid}>>`, `"nomad_token":"<<{uuid}>>"`, `InstrumentationKey=<<{uuid}>>;x=1`},
	"commit":         {`github_token=<<{hex:40}>>`, `app_key: <<{hex:40}>>`, `token=<<{hex:40}>>`},
	"digest":         {`api_key=<<{hex:32}>>`, `client_secret=<<{hex:64}>>`, `secret_key: <<{HEX:64}>>`},
	"path":           {`secret_key=/<<{base64:38}>>`},
	"words":          {`passphrase="<<{word} {word} {word} {word}>>"`, `password=<<correct-horse-battery>> user=bob`},
	"number":         {`pin: <<{digit:4}>>`, `otp=<<{digit:6}>>`, `password=<<{digit:8}>> user=bob`},
	"cookies":        {`Cookie: session=<<{alnum:32}>>`},
	"debatable":      {`password=<<changeme>> user=bob`, `db_password: "<<admin>>"`, `"password":"<<123456>>"`, `password=<<password>> user=bob`, `passwd=<<test>>`},
	"private":        {`private_key="<<MIIEvQIBADANBgkqhkiG9w0BAQEF{base64:200}>>"`},
	"interpolation":  {`password='${DB:-<<{alnum:12}>>}'`},
	"partial mask":   {`password="<<****{alnum:3}>>"`},
	"encrypted":      {`password="<<ENC({base64:32})>>"`},
	"anchored words": {`password=<<true{alnum:8}>> user=bob`, `password=<<x{alnum:6}null>> user=bob`, `password="<<[REDACTED:{alnum:8}]>>"`},
	// Hashes that can be cracked or replayed.
	"bcrypt":      {`x=<<$2b$12${of:[./A-Za-z0-9]:53}>>`},
	"crypt":       {`bob:<<$6${of:[./A-Za-z0-9]:16}${of:[./A-Za-z0-9]:86}>>:19000:0:99999:7:::`, `x <<$1${alnum:8}${of:[./A-Za-z0-9]:22}>>`, `<<$5${alnum:16}${of:[./A-Za-z0-9]:43}>>`, `<<$y$j9T${of:[./A-Za-z0-9]:22}${of:[./A-Za-z0-9]:43}>>`},
	"argon2":      {`hash is <<$argon2id$v=19$m=65536,t=3,p=4${alnum:22}${alnum:43}>>`},
	"pbkdf2":      {`u <<pbkdf2_sha256$600000${alnum:22}${b64:{alnum:32}}>>`},
	"ldap":        {`userPassword: <<{SSHA}{b64:{alnum:28}}>>`},
	"scram":       {`SELECT <<SCRAM-SHA-256$4096:{b64:{alnum:16}}${b64:{alnum:32}}:{b64:{alnum:32}}>>`},
	"postgres":    {`rolpassword <<md5{hex:32}>>`},
	"mysql":       {`authentication_string: <<*{HEX:40}>>`, `IDENTIFIED BY PASSWORD '<<*{HEX:40}>>'`},
	"ntlm":        {`bob:1001:aad3b435b51404eeaad3b435b51404ee:<<{hex:32}>>:::`, `nt_hash=<<{hex:32}>>`},
	"digest-auth": {`Authorization: Digest username="bob", realm="x", uri="/", response="<<{hex:32}>>"`},
	"kerberos":    {`<<$krb5tgs$23$*svc$EXAMPLE.COM$http/web.example.com*${hex:32}${hex:200}>>`},
	"wpa":         {`network: psk=<<{hex:64}>>`},
}

var let = map[string][]string{
	"masks":         {`password=******`, `password="xxxxxxxx"`, `token=[FILTERED]`, `secret: <redacted>`, `"api_key":"(sensitive value)"`, `session=****{alnum:3}`},
	"empty":         {`password=""`, `password: null`, `secret=None`, `token=undefined`, `api_key: N/A`, `password=-`, `password=false`},
	"interpolation": {`password=$DB_PASS`, `password=${DB_PASS}`, `password: "{{ .Values.pass }}"`, `token=%s`, `secret={0}`, `password=$(cat /run/secret)`, `password=%DB_PASS%`, `api_key=@API_KEY@`},
	"reference":     {`password=vault:secret/data/db#password`, `secret: op://vault/item/field`, `"password":"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"`, `password=file:/run/secrets/db`},
	"fill in":       {`token=<your-token>`, `api_key: YOUR_API_KEY`, `access_token: access_token`, `"apiKey":"api_key"`},
	"sample":        {`aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/` + `bPxRfiCYEXAMPLEKEY`},
	"encrypted":     {`session=ENC({base64:32})`, `token: {cipher}{hex:64}`},
	"debatable":     {`key=changeme`, `auth: admin`, `session=test`, `the key is password`},
	"uuid":          {`request_id={uuid}`, `key={uuid}`, `session={uuid}`, `"trace_id":"{uuid}"`},
	"commit":        {`commit {hex:40}`, `rev={hex:40}`, `key={hex:40}`, `abc123..{hex:7}`, `git+https://h/x@{hex:40}`},
	"digest":        {`image@sha256:{hex:64}`, `key={hex:32}`, `key: {hex:64}`, `md5={hex:32}`, `checksum: {HEX:40}`, `etag="{hex:32}"`},
	"lockfile":      {`integrity=sha512-{base64:86}==`, `golang.org/x/text v0.3.0 h1:{base64:43}=`, `resolved "https://registry.npmjs.org/x/-/x-1.0.0.tgz#{hex:40}"`},
	"trace":         {`traceparent: 00-{hex:32}-{hex:16}-01`, `trace_id={hex:32} span_id={hex:16}`, `X-B3-TraceId: {hex:32}`},
	"request":       {`x-amz-id-2: {base64:76}`, `x-request-id={alnum:27}`, `correlation_id: {alnum:24}`, `X-Amzn-RequestId: {uuid}`},
	"resource":      {`key=arn:aws:iam::123456789012:role/x`, `token=projects/my-project/topics/orders`, `instance i-{hex:17}`},
	"path":          {`key=/etc/ssl/private/server.pem`, `token: ~/.config/app/token.json`, `private_key_path=/x/y`, `key=C:\Users\bob\key.pem`},
	"class":         {`key=com.example.service.UserRepository`, `token: java.lang.Object@1a2b3c4d`, `auth=Foo::Bar`},
	"words":         {`key=userProfileSettings`, `token=identifier`, `token: unexpected_end_of_input`, `session=interactive`},
	"host":          {`auth=auth.example.com:8443`, `key=https://example.com/a/b`, `token: bob@example.com`},
	"version":       {`key=v1.2.3-rc.1`, `token=1.0.0-SNAPSHOT`},
	"time":          {`token=2024-05-01T10:00:00Z`, `key=1700000000000`, `session=1h30m`},
	"address":       {`key=10.0.0.1:8080`, `session: 2001:db8::1`, `auth=00:1a:2b:3c:4d:5e`},
	"boundary":      {`Content-Type: multipart/form-data; boundary=----WebKitFormBoundary{alnum:16}`, `------WebKitFormBoundary{alnum:16}`},
	"file":          {`key=iVBORw0KGgo{base64:60}`, `token: data:image/png;base64,{base64:60}`},
	"public":        {`-----BEGIN CERTIFICATE-----`, `public_key=ssh-ed25519 AAAA{alnum:60}`, `ssh-rsa AAAA{base64:200}`, `{"kty":"RSA","n":"{base64url:86}","e":"AQAB"}`},
	"fingerprint":   {`key SHA256:{base64:43}`, `Accepted publickey for bob from 10.0.0.1 port 22 ssh2: RSA SHA256:{base64:43}`},
	"dotted":        {`at com.foo.bar1.Main(Main.java:12)`, `token=com.foo.bar1`},
	"system":        {`session 0x{hex:15}`, `sessionid:0x{hex:15}`, `token=S-1-5-21-1004336348-1177238915`, `auth=system_u:object_r:httpd_t:s0`},
	"cursor":        {`next_token={base64:60}`, `nextPageToken: {alnum:60}`, `continuation_token={alnum:60}`, `page_token={alnum:40}`},
	"counter":       {`max_tokens=4096`, `tokens: 123456`, `total_tokens=123`, `key=12345678`, `session=42`},
	"sequence":      {`key=abcdefghijklmnopqrstuvwxyz`, `token=0123456789abcdef`, `alphabet=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567`},
}

func TestNegatives(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	for group, templates := range held {
		t.Run("held/"+group, func(t *testing.T) {
			for _, template := range templates {
				for seed := range uint64(4) {
					text, from, to := expand(t, template, seed)
					var sure []Span
					for _, x := range s.Text(nil, []byte(text)) {
						if x.Confidence > 0 {
							sure = append(sure, x)
						}
					}
					if len(sure) != 1 || sure[0].Start > from || sure[0].End < to {
						t.Errorf("%s\n got %s\nwant %s", template, show(e, text, sure), text[:from]+"«»"+text[to:])
						break
					}
				}
			}
		})
	}
	for group, templates := range let {
		t.Run("let/"+group, func(t *testing.T) {
			for _, template := range templates {
				for seed := range uint64(4) {
					text, _, _ := expand(t, strings.ReplaceAll(template, "<<", "< <"), seed)
					var sure []Span
					for _, x := range s.Text(nil, []byte(text)) {
						if x.Confidence > 0 {
							sure = append(sure, x)
						}
					}
					if sure != nil {
						t.Errorf("%s\n got %s", template, show(e, text, sure))
						break
					}
				}
			}
		})
	}
}
