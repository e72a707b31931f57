package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// An event is what every logger is asked to log. Language after language
// writes it in its own way: fields as that logger's fields, dumps as what
// the language makes of an object.
type event struct {
	ID      int    `json:"id"`
	Carrier string `json:"carrier"`
	Level   string `json:"level"`
	Message string `json:"msg"`
	Fields  object `json:"fields,omitempty"`
	Dump    *dump  `json:"dump,omitempty"`
	Error   *fault `json:"error,omitempty"`

	Secrets   []secret   `json:"secrets,omitempty"`
	Negatives []negative `json:"negatives,omitempty"`
}

// A dump is an object that is written into the message as the language
// shows objects.
type dump struct {
	Type   string `json:"type"`
	Fields object `json:"fields"`
	Style  int    `json:"style"` // which of the language's ways
}

// A fault is an exception to throw and to log.
type fault struct {
	Type    string `json:"type"`
	Message string `json:"msg"`
	// Where are variables of the function that throws.
	Where object `json:"where,omitempty"`
}

type pair struct {
	name  string
	value any
}

// An object keeps its order.
type object []pair

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(p.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(p.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

type planner struct {
	*values
	ev *event
}

var carriers = []struct {
	name   string
	weight int
	write  func(*planner)
}{
	{"message", 14, (*planner).prose},
	{"message pair", 10, (*planner).messagePair},
	{"field", 14, (*planner).field},
	{"nested", 10, (*planner).nested},
	{"list", 6, (*planner).list},
	{"exception", 8, (*planner).exception},
	{"locals", 3, (*planner).locals},
	{"url", 8, (*planner).url},
	{"connection string", 6, (*planner).connection},
	{"http dump", 8, (*planner).httpDump},
	{"headers", 8, (*planner).headers},
	{"body", 6, (*planner).body},
	{"object dump", 10, (*planner).object},
	{"arguments", 8, (*planner).arguments},
	{"environment", 6, (*planner).environment},
	{"sql", 6, (*planner).sql},
	{"configuration", 6, (*planner).configuration},
	{"template", 2, (*planner).template},
	{"negatives", 14, (*planner).negatives},
}

// plan makes n events.
func plan(seed uint64, n int) ([]event, error) {
	v, err := newValues(rand.New(rand.NewPCG(seed, 1)))
	if err != nil {
		return nil, err
	}
	total := 0
	for _, c := range carriers {
		total += c.weight
	}
	events := make([]event, n)
	for i := range events {
		at := v.IntN(total)
		for _, c := range carriers {
			if at -= c.weight; at >= 0 {
				continue
			}
			p := &planner{v, &events[i]}
			*p.ev = event{ID: i, Carrier: c.name, Level: pick(v.Rand, []string{"debug", "info", "info", "warn", "error"})}
			c.write(p)
			if c.name != "negatives" && v.IntN(2) == 0 {
				p.addHarmless(v.between(1, 3))
			}
			break
		}
	}
	return events, nil
}

func (p *planner) one(s ...string) string { return pick(p.Rand, s) }

// plant notes that the value will be logged.
func (p *planner) plant(s secret) string {
	p.ev.Secrets = append(p.ev.Secrets, s)
	return s.Value
}

func (p *planner) add(name string, value any) {
	for _, f := range p.ev.Fields {
		if f.name == name {
			return
		}
	}
	p.ev.Fields = append(p.ev.Fields, pair{name, value})
}

// pair returns a name and a planted value that belong together.
func (p *planner) pair(s secret) pair {
	return pair{secretName(p.Rand, s.family), p.plant(s)}
}

func (p *planner) harmlessPair() pair {
	name, value, class := p.harmless()
	if text, ok := value.(string); ok && text != "" {
		p.ev.Negatives = append(p.ev.Negatives, negative{class, text})
	} else if ok {
		p.ev.Negatives = append(p.ev.Negatives, negative{class, name})
	} else {
		// Numbers and truth values are looked for with their names.
		p.ev.Negatives = append(p.ev.Negatives, negative{class, name})
	}
	return pair{name, value}
}

func (p *planner) addHarmless(n int) {
	for range n {
		f := p.harmlessPair()
		p.add(f.name, f.value)
	}
}

// around puts pairs among harmless ones.
func (p *planner) around(secrets ...pair) object {
	o := object{}
	seen := map[string]bool{}
	add := func(f pair) {
		if !seen[f.name] {
			seen[f.name] = true
			o = append(o, f)
		}
	}
	plain := []pair{
		{p.one("user", "username", "login", "db_user", "account"), p.one("bob", "app", "svc-billing", "alice@example.com", "root")},
		{p.one("host", "server", "hostname", "endpoint"), p.one("db1.internal", "10.0.3.17", "smtp.example.com", "localhost")},
		{p.one("port", "timeout", "retries", "pool_size"), p.between(1, 9999)},
		{p.one("enabled", "ssl", "debug", "active"), p.IntN(2) == 0},
		{p.one("env", "region", "mode"), p.one("prod", "eu-west-1", "verbose")},
	}
	p.Shuffle(len(plain), func(i, j int) { plain[i], plain[j] = plain[j], plain[i] })
	before := p.between(0, 3)
	for _, f := range plain[:before] {
		add(f)
	}
	if p.IntN(3) == 0 {
		add(p.harmlessPair())
	}
	for _, f := range secrets {
		add(f)
	}
	for _, f := range plain[before : before+p.between(0, 2)] {
		add(f)
	}
	return o
}

func (p *planner) topic() string {
	return p.one("starting worker", "request completed", "configuration loaded", "retrying connection",
		"user login", "connecting to upstream", "outgoing call", "cache warmed", "job finished",
		"session created", "handling request", "client initialised", "health check failed")
}

// prose is a value in a sentence.
func (p *planner) prose() {
	var f string
	var s secret
	switch p.IntN(8) {
	case 0, 1, 2:
		s = p.wordy()
		if p.IntN(4) == 0 {
			s = p.plain()
		}
		f = p.one(
			`login failed for user bob with password %s`,
			`login failed for user bob with password %s!`,
			`Authentication failed: user=admin password=%s (attempt 3)`,
			`password is %s`,
			`Password is: %s`,
			`the new password for alice is %s`,
			`temporary password: %s`,
			`Generated password %s for account svc-42`,
			`Your temporary password is "%s", change it soon`,
			`wrong password '%s' for user root`,
			`user root tried password "%s" from 10.1.2.3`,
			`default admin password set to %s`,
			`changed password from '%s' for user carol`,
			`[db] using password: %s`,
			`setting DB password to %s`,
			`Initial admin password: %s`,
			`connecting as app with passwd %s to db1`,
			`unlocking keystore with passphrase '%s'`,
			`Invalid credentials: alice / password: %s`,
			`LDAP bind password=%s, dn=cn=admin,dc=example,dc=com`,
			`trying credentials admin with pwd=%s`,
			`ftp: sending PASS %s`,
			`Elasticsearch: changed password for user [elastic], PASSWORD elastic = %s`,
			`smtp auth user=mailer pass=%s`,
		)
	case 3, 4, 5:
		s = p.opaque()
		f = p.one(
			`using API key %s for org 42`,
			`using api key: %s`,
			`API key is %s`,
			`api key "%s" accepted for org acme`,
			`Invalid API key: %s`,
			`invalid api key '%s' from 10.2.3.4`,
			`API key %s has exceeded its quota`,
			`registered client with secret %s`,
			`client secret is %s`,
			`client_secret set to %s`,
			`loaded secret key %s from the environment`,
			`[s3] secret key: %s, region: eu-west-1`,
			`rotating signing key %s -> pending`,
			`decrypting with key %s`,
			`encryption key: %s`,
			`webhook secret %s verified`,
			`auth key=%s accepted`,
			`apikey: %s (source: env)`,
			`Using license key %s`,
			`shared secret for peer vpn1: %s`,
		)
	default:
		s = p.token()
		f = p.one(
			`Connecting with token=%s`,
			`connecting with token %s`,
			`Authorization header: Bearer %s`,
			`sending Authorization: Bearer %s`,
			`got access token %s, expires in 3600`,
			`access_token: %s, token_type: bearer`,
			`refresh token is %s`,
			`token refreshed: %s`,
			`invalid token "%s"`,
			`Invalid token: %s`,
			`token '%s' is not valid for audience api`,
			`session token: %s user: bob`,
			`issued token %s to client portal`,
			`bearer token [%s] rejected`,
			`Auth token (%s) expired`,
			`received JWT %s from idp`,
			`verifying id_token=%s`,
			`bot token: %s`,
			`registering runner with token %s`,
			`password reset token for bob@example.com: %s`,
			`set cookie session=%s; Path=/; HttpOnly`,
			`Using token %s.`,
			`csrf token is %s`,
			`Personal access token: %s`,
		)
	}
	p.ev.Message = fmt.Sprintf(f, p.plant(s))
}

// messagePair is names and values that somebody put into a message by hand.
func (p *planner) messagePair() {
	s := p.any()
	f := p.pair(s)
	bare := strings.ContainsAny(s.Value, " ,;'\"")
	var t string
	switch {
	case bare:
		t = p.one(`%s="%s"`, `%s: "%s"`, `%s = '%s'`, `user=bob %s="%s" host=db1`, `{%s: "%s"}`)
		q := t[strings.IndexAny(t, `"'`)]
		if strings.IndexByte(s.Value, q) >= 0 {
			// Nobody could tell where it ends.
			f.value = strings.ReplaceAll(s.Value, string(q), "_")
			p.ev.Secrets[0].Value = f.value.(string)
		}
	default:
		t = p.one(`%s=%s`, `%s: %s`, `%s = %s`, `user=bob %s=%s host=db1`, `user=bob, %s=%s, host=db1`,
			`(%s=%s)`, `[%s=%s]`, `%s => %s`, `%s:%s`, `user: bob; %s: %s; host: db1`, `%s='%s'`,
			`%s -> %s`, `%s := %s`, `{user=bob, %s=%s, port=5432}`, `%s="%s"`, `%s is %s`, `%s [%s]`)
		if strings.Contains(t, "'%s'") || strings.Contains(t, `"%s"`) {
			break
		}
		// A bracket of its own would end the value for any reader.
		if strings.ContainsAny(t, "([{") && strings.ContainsAny(s.Value, "()[]{}") {
			t = `%s=%s`
		}
	}
	p.ev.Message = p.one("", "", p.topic()+": ", p.topic()+" ", "[auth] ") + fmt.Sprintf(t, f.name, f.value) + p.one("", "", "", ".", " ok")
}

func (p *planner) field() {
	p.ev.Message = p.topic()
	if p.IntN(2) == 0 {
		p.add("user", p.one("bob", "alice", "svc-17"))
	}
	f := p.pair(p.quoted())
	p.add(f.name, f.value)
	if p.IntN(5) == 0 {
		f := p.pair(p.quoted())
		if !p.has(f.name) {
			p.add(f.name, f.value)
		} else {
			p.ev.Secrets = p.ev.Secrets[:1]
		}
	}
	if p.IntN(3) == 0 {
		p.add("status", 200)
	}
}

func (p *planner) has(name string) bool {
	for _, f := range p.ev.Fields {
		if f.name == name {
			return true
		}
	}
	return false
}

func (p *planner) nested() {
	p.ev.Message = p.topic()
	o := p.around(p.pair(p.quoted()))
	for range p.between(1, 2) {
		o = object{{p.one("config", "options", "credentials", "auth", "db", "settings", "user", "payload", "context", "params", "data", "connection", "data_source", "kwargs"), o}}
		if p.IntN(2) == 0 {
			o = append(object{{p.one("name", "id", "type"), p.one("primary", "main", "postgres")}}, o...)
		}
	}
	for _, f := range o {
		p.add(f.name, f.value)
	}
}

func (p *planner) list() {
	p.ev.Message = p.topic()
	switch p.IntN(7) {
	case 0:
		p.add(p.one("accounts", "users", "datasources", "backends"), []any{p.around(p.pair(p.any())), p.around(p.pair(p.any()))})
	case 1:
		f, key := p.pair(p.any()), p.one("name", "key", "Name", "header", "id")
		e := object{{key, f.name}, {p.one("value", "Value", "val"), f.value}}
		if key == "Name" {
			e[1].name = "Value"
		}
		if p.IntN(3) == 0 {
			e[0], e[1] = e[1], e[0]
		}
		p.add(p.one("variables", "parameters", "env", "properties", "settings"), []any{object{{key, "HOST"}, {e[1].name, "db1"}}, e})
	case 2:
		f := p.pair(p.any())
		p.add("env", []any{"HOME=/root", f.name + "=" + f.value.(string), "PORT=8080"})
	case 3:
		f := p.pair(p.any())
		p.add(p.one("pairs", "params", "headers"), []any{[]any{"host", "db1"}, []any{f.name, f.value}})
	case 4:
		f, g := p.token(), p.token()
		p.add(p.one("tokens", "access_tokens", "api_tokens", "session_tokens"), []any{p.plant(f), p.plant(g)})
	case 5:
		f, g := p.opaque(), p.opaque()
		p.add(p.one("api_keys", "secrets", "secret_keys", "apiKeys", "signing_keys"), []any{p.plant(f), p.plant(g)})
	default:
		f, g := p.plain(), p.wordy()
		p.add(p.one("passwords", "old_passwords", "previousPasswords"), []any{p.plant(f), p.plant(g)})
	}
}

func (p *planner) exception() {
	p.ev.Message = p.one("request failed", "unhandled exception", "job crashed", "could not connect", "error while processing message")
	p.ev.Level = "error"
	e := &fault{Type: p.one("ConnectionError", "AuthenticationError", "ValueError", "ConfigError", "HTTPError")}
	p.ev.Error = e
	switch p.IntN(8) {
	case 0:
		e.Message = fmt.Sprintf(p.one(`authentication failed for user app with password "%s"`, `access denied for app (using password: %s)`, `bad password '%s'`), p.plant(p.plain()))
	case 1:
		e.Message = fmt.Sprintf(p.one(`401 Unauthorized: invalid API key '%s'`, `invalid api key: %s`, `Incorrect API key provided: %s. You can find your API key in your account settings.`), p.plant(p.opaque()))
	case 2:
		e.Message = fmt.Sprintf(p.one(`invalid token: %s`, `token "%s" has expired`, `bad credentials: Bearer %s`, `Authorization: Bearer %s rejected`), p.plant(p.token()))
	case 3:
		e.Message = p.one("could not connect to ", "dial ", "failed to open ", "connection refused: ") + p.urlWithUser()
	case 4:
		e.Message = p.one("401 Client Error: Unauthorized for url: ", "GET ", "request failed: ") + p.urlWithQuery() + p.one("", ": 403 Forbidden", ": timeout after 30s")
	case 5:
		e.Message = p.dsn()
		if p.IntN(2) == 0 {
			e.Message = "cannot parse `" + e.Message + "`: failed to configure TLS"
		}
	case 6:
		f := p.pair(p.any())
		b, _ := json.Marshal(object{{"user", "bob"}, f})
		e.Message = p.one("unexpected payload: ", "bad request: ", "validation failed for ") + string(b)
	default:
		s := p.opaque()
		if p.IntN(2) == 0 {
			s = p.plain()
		}
		f := p.pair(s)
		e.Message = fmt.Sprintf(p.one(`invalid value for %s: %s`, `%s=%s is not valid`, `%s must not be "%s"`, `config error: %s = %s`, `unknown option: %s=%s`), f.name, f.value)
	}
}

func (p *planner) locals() {
	p.ev.Message = "unhandled exception"
	p.ev.Level = "error"
	p.ev.Error = &fault{Type: p.one("RuntimeError", "ConnectionError"), Message: p.one("connection refused", "bad gateway", "timed out")}
	for _, f := range p.around(p.pair(p.any())) {
		p.ev.Error.Where = append(p.ev.Error.Where, f)
	}
}

func (p *planner) urlWithUser() string {
	s := p.plain()
	if p.IntN(2) == 0 {
		s = p.wordy()
	}
	value := p.plant(s)
	return p.one("postgres", "postgresql", "mysql", "redis", "amqp", "mongodb", "mongodb+srv", "https", "http", "ftp", "smtp", "postgresql+psycopg2", "ldap", "clickhouse") +
		"://" + p.one("app", "bob", "svc_billing", "root") + ":" + percent(value) + "@" + p.one("db1.internal:5432", "10.0.0.7", "cache.example.com:6379", "mq-1:5672") +
		p.one("/app", "/", "", "/orders?sslmode=require", "/0")
}

func (p *planner) urlWithQuery() string {
	s := p.opaque()
	if p.IntN(3) == 0 {
		s = p.token()
	} else if p.IntN(3) == 0 {
		s = p.wordy()
	}
	value := p.plant(s)
	name := secretName(p.Rand, s.family)
	if p.IntN(2) == 0 {
		name = map[family]string{passwords: "password", tokens: p.one("access_token", "token", "id_token", "code", "auth_token", "jwt"), uuids: p.one("api_key", "token", "access_token", "apikey"), keys: p.one("api_key", "apikey", "key", "sig", "signature", "client_secret", "secret", "X-Amz-Signature", "subscription-key", "appid")}[s.family]
	}
	return p.one("https://api.example.com/v1/users", "http://10.0.0.3:8080/search", "https://storage.example.net/bucket/file.csv", "/api/v2/items") +
		"?" + p.one("", "page=2&", "user=bob&", "q=logs&limit=10&") + name + "=" + percent(value) + p.one("", "", "&format=json", "&redirect=%2Fhome")
}

func (p *planner) url() {
	var u string
	switch p.IntN(4) {
	case 0, 1:
		u = p.urlWithQuery()
	case 2:
		u = p.urlWithUser()
	default:
		switch p.IntN(4) {
		case 0:
			u = "https://" + p.plant(p.vendorToken()) + "@github.com/acme/app.git"
		case 1:
			u = "https://app.example.com/callback#access_token=" + p.plant(p.token()) + "&token_type=bearer&expires_in=3600"
		case 2:
			u = "https://oauth2:" + p.plant(p.opaque()) + "@gitlab.example.com/acme/app.git"
		default:
			u = "https://app.example.com/reset_password?token=" + p.plant(secret{"alnum", p.of(alnum, 24), tokens}) + "&email=bob%40example.com"
		}
	}
	if p.IntN(2) == 0 {
		p.add(p.one("url", "uri", "request_url", "http.url", "target", "remote", "redirect_uri", "referer", "path"), u)
		p.ev.Message = p.one("outgoing request", "redirecting", "request completed", "cloning repository")
		return
	}
	p.ev.Message = fmt.Sprintf(p.one("GET %s", "requesting %s", "%s", `10.0.0.9 - - [14/Jan/2026:10:11:12 +0000] "GET %s HTTP/1.1" 200 512 "-" "curl/8.5"`,
		"redirect to %s done", "fetching <%s>", "git clone %s", "connected to %s.", "calling %s (attempt 2)", `upstream "%s" timed out`), u)
}

func (p *planner) dsn() string {
	s := p.plain()
	switch p.IntN(11) {
	case 0:
		return "Server=db1;Database=app;User Id=sa;Password=" + p.plant(s) + ";Encrypt=true"
	case 1:
		return "host=db1 port=5432 user=app password=" + p.plant(s) + " dbname=app sslmode=disable"
	case 2:
		return "jdbc:postgresql://db1:5432/app?user=app&password=" + p.plant(s)
	case 3:
		return "jdbc:sqlserver://db1:1433;databaseName=app;user=sa;password=" + p.plant(s) + ";encrypt=false"
	case 4:
		return "app:" + p.plant(s) + "@tcp(db1:3306)/app?parseTime=true"
	case 5:
		return "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=" + p.plant(secret{"base64", p.of(base64Std, 86) + "==", keys}) + ";EndpointSuffix=core.windows.net"
	case 6:
		return "Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=" + p.plant(secret{"base64", p.of(base64Std, 43) + "=", keys})
	case 7:
		return `org.apache.kafka.common.security.plain.PlainLoginModule required username="app" password="` + p.plant(s) + `";`
	case 8:
		return "Driver={ODBC Driver 18 for SQL Server};Server=db1;UID=sa;PWD=" + p.plant(s)
	case 9:
		return "cache.example.com:6380,password=" + p.plant(secret{"base64", p.of(base64Std, 43) + "=", keys}) + ",ssl=True,abortConnect=False"
	default:
		return p.urlWithUser()
	}
}

func (p *planner) connection() {
	d := p.dsn()
	if p.IntN(2) == 0 {
		p.add(p.one("dsn", "connection_string", "DATABASE_URL", "connectionString", "db", "url", "jdbcUrl", "conn", "SQLALCHEMY_DATABASE_URI", "spring.datasource.url", "redis_url"), d)
		p.ev.Message = p.topic()
		return
	}
	p.ev.Message = fmt.Sprintf(p.one("connecting to %s", "connection string: %s", "DSN=%s", "opening pool [%s]", `using "%s"`, "HikariPool-1 - jdbcUrl.........%s"), d)
}

func (p *planner) authorization() string {
	switch p.IntN(6) {
	case 0:
		return "Basic " + p.plant(secret{"basic", basic("app", p.password()), tokens})
	case 1:
		return p.one("Token ", "token ", "ApiKey ", "Bot ", "SSWS ", "GenieKey ") + p.plant(p.opaque())
	case 2:
		return "AWS4-HMAC-SHA256 Credential=" + p.of(upper, 4) + "/20260114/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + p.plant(secret{"hex", p.of(hexDigits, 64), keys})
	default:
		return p.one("Bearer ", "Bearer ", "bearer ") + p.plant(p.token())
	}
}

var cookieNames = strings.Fields(`sessionid PHPSESSID JSESSIONID connect.sid sid auth_token remember_token
	_app_session access_token __Host-session laravel_session .AspNetCore.Cookies session jwt id_token
	ASP.NET_SessionId refresh_token SESSION remember_user_token __Secure-next-auth.session-token`)

func (p *planner) cookie() string {
	s := secret{"alnum", p.of(alnum, p.between(24, 40)), tokens}
	if p.IntN(3) == 0 {
		s = p.jwt()
	}
	return p.one("", "lang=en; ", "_ga=GA1.2.1234567.7654321; theme=dark; ") + pick(p.Rand, cookieNames) + "=" + p.plant(s) + p.one("", "; lang=en")
}

func (p *planner) setCookie() string {
	return pick(p.Rand, cookieNames) + "=" + p.plant(secret{"alnum", p.of(alnum, p.between(24, 40)), tokens}) + "; Path=/; HttpOnly; Secure; SameSite=Lax"
}

// header is a header that lets somebody in.
func (p *planner) header() pair {
	switch p.IntN(8) {
	case 0, 1, 2:
		return pair{"Authorization", p.authorization()}
	case 3:
		return pair{"Cookie", p.cookie()}
	case 4:
		return pair{"Set-Cookie", p.setCookie()}
	case 5:
		return pair{"Proxy-Authorization", "Basic " + p.plant(secret{"basic", basic("proxy", p.password()), tokens})}
	default:
		return pair{p.one("X-Api-Key", "X-Auth-Token", "X-Vault-Token", "Api-Key", "X-Access-Token", "X-CSRF-Token", "PRIVATE-TOKEN", "X-Amz-Security-Token", "Ocp-Apim-Subscription-Key", "X-Client-Secret", "DD-API-KEY", "X-Shopify-Access-Token", "apikey", "X-Hub-Signature", "X-Webhook-Secret", "x-functions-key"), p.plant(p.opaque())}
	}
}

func (p *planner) headerList() []pair {
	h := []pair{{"Host", "api.example.com"}, {"User-Agent", "acme-client/1.4.2"}, {"Accept", "*/*"}, {"Content-Type", "application/json"}, {"X-Request-Id", p.uuid()}}
	at := p.IntN(len(h))
	h = append(h[:at], append([]pair{p.header()}, h[at:]...)...)
	if p.IntN(4) == 0 {
		s := p.header()
		for _, f := range h {
			if f.name == s.name {
				p.ev.Secrets = p.ev.Secrets[:1]
				return h
			}
		}
		h = append(h, s)
	}
	return h
}

func (p *planner) headers() {
	h := p.headerList()
	if p.IntN(2) == 0 {
		for i := range h {
			h[i].name = strings.ToLower(h[i].name)
		}
	}
	var v any
	switch p.IntN(6) {
	case 0:
		var l []any
		for _, f := range h {
			l = append(l, f.name, f.value)
		}
		v = l
	case 1:
		var l []any
		for _, f := range h {
			l = append(l, object{{"name", f.name}, {"value", f.value}})
		}
		v = l
	case 2:
		var o object
		for _, f := range h {
			o = append(o, pair{f.name, []any{f.value}})
		}
		v = o
	case 3:
		var l []any
		for _, f := range h {
			l = append(l, []any{f.name, f.value})
		}
		v = l
	default:
		v = object(h)
	}
	p.ev.Message = p.one("incoming request", "request completed", "upstream error", "outgoing call")
	switch p.IntN(3) {
	case 0:
		p.add(p.one("headers", "request_headers", "http.request.header", "reqHeaders", "rawHeaders"), v)
	case 1:
		p.add(p.one("req", "request", "http"), object{{"method", "POST"}, {"url", "/v1/login"}, {"headers", v}, {"remoteAddress", "::1"}})
	default:
		p.add("err", object{{"message", "Request failed with status code 401"}, {"config", object{{"url", "https://api.example.com/v1"}, {"headers", v}, {"timeout", 1000}}}})
	}
}

func (p *planner) bodyText() string {
	f := p.pair(p.any())
	o := p.around(f)
	switch p.IntN(5) {
	case 0:
		b, _ := json.MarshalIndent(o, "", "  ")
		return string(b)
	case 1:
		return form(o)
	case 2:
		return "<login><user>bob</user><" + tag(f.name) + ">" + xmlText(f.value.(string)) + "</" + tag(f.name) + "></login>"
	default:
		b, _ := json.Marshal(o)
		return string(b)
	}
}

func (p *planner) body() {
	p.ev.Message = p.one("request body", "response received", "webhook payload", "message consumed")
	switch p.IntN(4) {
	case 0:
		p.ev.Message += ": " + p.bodyText()
	case 1:
		inner, _ := json.Marshal(object{{"body", p.bodyText()}, {"status", 200}})
		p.add(p.one("response", "event", "record"), string(inner))
	default:
		p.add(p.one("body", "payload", "request_body", "data", "raw", "response"), p.bodyText())
	}
}

func (p *planner) httpDump() {
	h := p.headerList()
	var b strings.Builder
	end, prefix := p.one("\r\n", "\n"), p.one("", "", "> ", "* ")
	b.WriteString(prefix + p.one("POST /v1/login HTTP/1.1", "GET /api/items?page=2 HTTP/1.1", "HTTP/1.1 200 OK", "--> POST https://api.example.com/v1/login") + end)
	for _, f := range h {
		fmt.Fprintf(&b, "%s%s: %s%s", prefix, f.name, f.value, end)
	}
	if p.IntN(2) == 0 {
		b.WriteString(end + p.bodyText())
	}
	if p.IntN(4) == 0 {
		p.ev.Message = "wire log"
		p.add(p.one("dump", "wire", "request", "raw"), b.String())
		return
	}
	if p.IntN(5) == 0 {
		f := p.header()
		p.ev.Message = fmt.Sprintf(`http-outgoing-0 >> "%s: %s[\r][\n]"`, f.name, f.value)
		p.ev.Secrets = p.ev.Secrets[len(p.ev.Secrets)-1:]
		return
	}
	p.ev.Message = p.one("", "sending request:\n", "HTTP dump: ") + b.String()
}

func (p *planner) object() {
	o := p.around(p.pair(p.quoted()))
	if p.IntN(3) == 0 {
		o = object{{p.one("name", "id"), "main"}, {p.one("auth", "credentials", "db", "config"), o}, {"port", 8080}}
	}
	p.ev.Dump = &dump{p.one("DbConfig", "Credentials", "ClientOptions", "LoginRequest", "Settings", "ConnectionParams", "SmtpConfig"), o, p.IntN(1 << 16)}
	p.ev.Message = p.one("loaded config: ", "request: ", "created ", "options=", "params: ", "state is ", "bind result ", "got ")
}

func (p *planner) arguments() {
	s := p.plain()
	if p.IntN(3) == 0 {
		s = p.opaque()
	} else if p.IntN(3) == 0 {
		s = p.vendorToken()
	}
	var a []string
	value := s.Value
	switch p.IntN(17) {
	case 0, 1, 2, 3:
		flag := strings.ReplaceAll(secretName(p.Rand, s.family), "_", "-")
		if p.IntN(2) == 0 {
			a = []string{p.one("app", "./server", "/usr/bin/worker", "java"), "--host", "db1", "--" + flag, value, "--verbose"}
		} else {
			a = []string{p.one("app", "./server", "/usr/bin/worker"), "--host=db1", "--" + flag + "=" + value, "--verbose"}
		}
	case 4:
		s = p.plain()
		a = []string{"mysql", "-u", "root", "-p" + s.Value, "-h", "db1", "app"}
	case 5:
		a = []string{"curl", "-s", "-u", "bob:" + value, "https://api.example.com/v1/items"}
	case 6:
		a = []string{"curl", "-H", "Authorization: Bearer " + value, "https://api.example.com/v1/items"}
	case 7:
		a = []string{"docker", "login", "-u", "bob", "-p", value, "registry.example.com"}
	case 8:
		a = []string{"java", "-Djavax.net.ssl.trustStorePassword=" + value, "-jar", "app.jar"}
	case 9:
		a = []string{"helm", "upgrade", "app", "./chart", "--set", "db.password=" + value}
	case 10:
		a = []string{"kubectl", "create", "secret", "generic", "db", "--from-literal=password=" + value}
	case 11:
		a = []string{"redis-cli", "-h", "cache", "-a", value, "ping"}
	case 12:
		a = []string{"sshpass", "-p", value, "ssh", "bob@host1"}
	case 13:
		a = []string{"openssl", "pkcs12", "-in", "a.pfx", "-passin", "pass:" + value}
	case 14:
		a = []string{"ansible-playbook", "site.yml", "-e", "db_password=" + value}
	case 15:
		a = []string{"env", "PGPASSWORD=" + value, "psql", "-h", "db1", "-U", "app"}
	default:
		a = []string{"aws", "configure", "set", "aws_secret_access_key", value}
	}
	p.plant(s)
	var l []any
	for _, x := range a {
		l = append(l, x)
	}
	line := strings.Join(a, " ")
	switch p.IntN(5) {
	case 0:
		p.ev.Message = p.topic()
		p.add(p.one("argv", "args", "command", "cmd", "Cmd", "process.args"), l)
	case 1:
		p.ev.Message = p.topic()
		p.add(p.one("cmd", "command", "cmdline", "process.command_line"), line)
	case 2:
		b, _ := json.Marshal(a)
		p.ev.Message = p.one("exec: ", "argv=", "running ") + string(b)
	default:
		p.ev.Message = p.one("running: ", "+ ", "exec ", "$ ", "command line: ", "spawn ", "COMMAND=") + line
	}
}

func (p *planner) environment() {
	s := p.any()
	name := screaming(secretWords(p.Rand, s.family))
	value := p.plant(s)
	p.ev.Message = p.one("environment", "process environment", "starting with env")
	e := []string{"HOME=/root", "PATH=/usr/local/bin:/usr/bin:/bin", name + "=" + value, "PWD=/srv/app", "LANG=C.UTF-8"}
	switch p.IntN(5) {
	case 0:
		p.add("env", object{{"HOME", "/root"}, {name, value}, {"PWD", "/srv/app"}})
	case 1:
		var l []any
		for _, x := range e {
			l = append(l, x)
		}
		p.add(p.one("env", "Env", "environ"), l)
	case 2:
		p.ev.Message += ":\n" + strings.Join(e, "\n")
	case 3:
		p.add("env", strings.Join(e, "\n"))
	default:
		if strings.ContainsAny(value, `'"\`) {
			p.ev.Message = "export " + name + "=" + value
		} else {
			p.ev.Message = p.one(`export %s='%s'`, `declare -x %s="%s"`, `+ %s=%s`, `env: %s=%s`)
			p.ev.Message = fmt.Sprintf(p.ev.Message, name, value)
		}
	}
}

func (p *planner) sql() {
	s := p.wordy()
	if p.IntN(2) == 0 {
		s = p.any()
	}
	value := strings.ReplaceAll(s.Value, "'", "''")
	quotedHere := value
	column := snake(secretWords(p.Rand, s.family))
	var q string
	switch p.IntN(8) {
	case 0:
		q = fmt.Sprintf("INSERT INTO users (id, email, %s, created_at) VALUES (42, 'bob@example.com', '%s', now())", column, quotedHere)
	case 1:
		q = fmt.Sprintf("UPDATE users SET %s = '%s' WHERE id = 42", column, quotedHere)
	case 2:
		q = fmt.Sprintf("ALTER USER app WITH PASSWORD '%s'", quotedHere)
	case 3:
		q = fmt.Sprintf("CREATE USER 'app'@'%%' IDENTIFIED BY '%s'", quotedHere)
	case 4:
		q = fmt.Sprintf("SELECT id, name FROM clients WHERE %s='%s' LIMIT 1", column, quotedHere)
	case 5:
		q = fmt.Sprintf("CREATE ROLE app LOGIN ENCRYPTED PASSWORD '%s' VALID UNTIL 'infinity'", quotedHere)
	case 6:
		q = fmt.Sprintf("SET PASSWORD FOR 'app'@'%%' = '%s'", quotedHere)
	default:
		// The statement names the column, the value stands apart.
		p.plant(s)
		p.ev.Message = "executing query"
		p.add("sql", fmt.Sprintf("UPDATE users SET %s = $1 WHERE id = $2", column))
		p.add(p.one("params", "args", "bind", "parameters"), []any{s.Value, 42})
		return
	}
	p.plant(secret{s.Class, value, s.family})
	switch p.IntN(4) {
	case 0:
		p.ev.Message = "executing query"
		p.add(p.one("sql", "query", "statement", "db.statement"), q)
	case 1:
		p.ev.Message = `ERROR:  duplicate key value violates unique constraint "users_pkey"; STATEMENT:  ` + q
	default:
		p.ev.Message = p.one("LOG:  statement: ", "Executing SQL: ", "Query: ", "[12.4ms] ", "  User Create (0.8ms)  ") + q
	}
}

func (p *planner) configuration() {
	f := p.pair(p.any())
	value := f.value.(string)
	// What a format would need quoted is left to formats that quote.
	safe := !strings.ContainsAny(value, "#'\"\\:;{}[]&*!|>%@`,= ")
	var text string
	switch {
	case p.IntN(2) == 0 || !safe:
		q, _ := json.Marshal(value)
		if strings.Contains(string(q), `\u00`) {
			q = []byte(`"` + value + `"`)
		}
		quotedValue := string(q)
		switch p.IntN(4) {
		case 0:
			text = "server:\n  host: db1\n  port: 5432\n  " + f.name + ": " + quotedValue + "\n  pool: 10"
		case 1:
			text = "[server]\nhost = \"db1\"\n" + f.name + " = " + quotedValue + "\nport = 5432"
		case 2:
			text = "resource \"db\" \"main\" {\n  host = \"db1\"\n  " + f.name + " = " + quotedValue + "\n}"
		default:
			text = "{\n  \"host\": \"db1\",\n  \"" + f.name + "\": " + quotedValue + ",\n  \"port\": 5432\n}"
		}
	default:
		switch p.IntN(5) {
		case 0:
			text = "server:\n  host: db1\n  " + f.name + ": " + value + "\n  pool: 10"
		case 1:
			text = "app.host=db1\napp." + f.name + "=" + value + "\napp.port=5432"
		case 2:
			text = "[server]\nhost = db1\n" + f.name + " = " + value + "\nport = 5432"
		case 3:
			text = "<configuration><property><name>" + f.name + "</name><value>" + value + "</value></property></configuration>"
		default:
			text = `<add key="` + f.name + `" value="` + value + `" />`
		}
	}
	if p.IntN(3) == 0 {
		p.ev.Message = "configuration loaded"
		p.add(p.one("config", "yaml", "content", "file"), text)
		return
	}
	p.ev.Message = p.one("effective configuration:\n", "config dump: ", "parsed settings:\n") + text
}

// template is a message whose values stand apart from it.
func (p *planner) template() {
	s := p.plain()
	if p.IntN(2) == 0 {
		s = p.opaque()
	}
	name := secretName(p.Rand, s.family)
	p.ev.Message = p.one("login of {} with "+name+" {}", "user %s "+name+"=%s", "user {User} "+name+" {Value}")
	p.add(p.one("args", "params", "arguments"), []any{"bob", p.plant(s)})
}

func (p *planner) negatives() {
	if p.IntN(2) == 0 {
		r := p.remark()
		p.ev.Message = r.Value
		p.ev.Negatives = append(p.ev.Negatives, r)
	} else {
		p.ev.Message = p.topic()
	}
	switch p.IntN(4) {
	case 0:
		var o object
		for range p.between(2, 5) {
			o = append(o, p.harmlessPair())
		}
		p.add(p.one("config", "context", "meta", "labels"), o)
	case 1:
		if !strings.Contains(p.ev.Message, "=") && len(p.ev.Negatives) == 0 {
			f := p.harmlessPair()
			if t, ok := f.value.(string); !ok || t != "" {
				p.ev.Message += fmt.Sprintf(p.one(" %s=%v", ": %s: %v", " (%s=%v)", ` %s="%v"`), f.name, f.value)
			} else {
				p.ev.Negatives = nil
			}
		}
	}
	p.addHarmless(p.between(1, 4))
}
