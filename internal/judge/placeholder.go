package judge

import (
	"bytes"
	"crypto/sha256"
)

// Placeholder reports whether v, as a whole, stands for a secret instead of
// being one: an interpolation (${DB_PASSWORD}, {{ token }}, %s), a reference to
// a secret store, a text to be replaced (<your-token>, YOUR_API_KEY), or a
// sample of public documentation.
//
// An interpolation with a default, ${X:-hunter2}, is none unless the default is
// empty: the default may be the real value.
func Placeholder(v []byte) bool {
	return isPlaceholder(trim(v))
}

// isPlaceholder tells from the first bytes what v may be.
func isPlaceholder(v []byte) bool {
	if len(v) < 2 || len(v) > 512 {
		return false
	}
	switch {
	case isDigit(v[0]):
		return sample(v)
	case !isLetter(v[0]):
		return interpolation(v) || v[0] == '$' && lookup(v) || v[0] == '@' && reference(v) || fillIn(v) || sample(v)
	}
	n := 1
	for n < len(v) && isLetter(v[n]) {
		n++
	}
	if n == len(v) {
		return string(v) == "valueFrom" || string(v) == "secretKeyRef" || fillIn(v) || sample(v)
	}
	switch v[n] {
	case '.', '/', ':', '+', '(', '[':
		return named(v) || fillIn(v) || sample(v)
	case '_', '-', ' ':
		return fillIn(v) || sample(v)
	}
	return sample(v)
}

// named reports a lookup or reference that begins with a letter, one of these.
func named(v []byte) bool {
	switch v[0] {
	case 'E', 'S', 'a', 'd', 'e', 'f', 'g', 'h', 'i', 'k', 'o', 'p', 'r', 's', 'v':
		return lookup(v) || reference(v)
	}
	return false
}

func interpolation(v []byte) bool {
	if !opensInterpolation.has(v[0]) {
		return false
	}
	inside := func(open, end string) ([]byte, bool) {
		if len(v) >= len(open)+len(end) && hasPrefix(v, open) && hasSuffix(v, end) {
			return bytes.TrimSpace(v[len(open) : len(v)-len(end)]), true
		}
		return nil, false
	}
	if in, ok := inside("${{", "}}"); ok {
		return expression(in)
	}
	if in, ok := inside("{{", "}}"); ok {
		return expression(bytes.TrimSpace(bytes.Trim(in, "{}-")))
	}
	if in, ok := inside("${", "}"); ok {
		return parameter(in)
	}
	if in, ok := inside("$(", ")"); ok {
		return command(in)
	}
	if in, ok := inside("#{", "}"); ok {
		return expression(in)
	}
	if in, ok := inside("<%", "%>"); ok {
		return expression(bytes.TrimSpace(bytes.Trim(in, "=-")))
	}
	if in, ok := inside("{", "}"); ok {
		return len(in) == 0 || len(in) <= 2 && allDigits(in) || name(in, false) || allDigitsColon(in)
	}
	if in, ok := inside("%(", ")s"); ok {
		return name(in, true)
	}
	switch v[0] {
	case '$':
		v = bytes.TrimPrefix(v[1:], []byte("$"))
		return len(v) <= 2 && allDigits(v) || variable(v)
	case '%':
		if len(v) > 3 && v[len(v)-1] == '%' {
			return variable(v[1 : len(v)-1])
		}
		return verb(v[1:])
	case '@':
		if len(v) > 2 && v[len(v)-1] == '@' {
			return variable(v[1 : len(v)-1])
		}
		return sensitiveName(v[1:]) // a bound parameter of SQL
	case ':':
		return sensitiveName(v[1:])
	case '!':
		if string(v) == "!vault" {
			return true
		}
		for _, tag := range [...]string{"!Ref ", "!Sub ", "!GetAtt ", "!ImportValue ", "!vault |", "!env ", "!secret "} {
			if rest, ok := bytes.CutPrefix(v, []byte(tag)); ok {
				return len(rest) == 0 || name(bytes.TrimSpace(rest), true)
			}
		}
	}
	return false
}

const opensInterpolation = dollar | hash | at | colon | 1<<'<' | 1<<'%' | 1<<'!' | brace

// parameter is the inside of ${}: a name, a source and a name, an empty default.
func parameter(in []byte) bool {
	for _, source := range [...]string{"env:", "ENV:", "env.", "file:", "vault:", "secret:", "secrets:", "ssm:",
		"secretsManager:", "directory:", "securevault:", "sys:", "cf:", "opt:", "self:", "param:"} {
		if rest, ok := bytes.CutPrefix(in, []byte(source)); ok {
			return all(rest, address)
		}
	}
	if n, value, ok := bytes.Cut(in, []byte(":")); ok {
		value = bytes.TrimLeft(value, "-=?")
		return name(n, true) && (Nothing(value) || repeated(value))
	}
	return name(in, true)
}

// expression is the inside of a template: names, dots, pipes, calls without
// literals, and lookups of names.
func expression(in []byte) bool {
	if len(in) > 0 && lookup(in) || jinja(in) {
		return true
	}
	letters := 0
	for _, c := range in {
		switch {
		case isLetter(c):
			letters++
		case isDigit(c), c == '_', c == '.', c == '-', c == ' ', c == '|', c == '(', c == ')', c == '$', c == '@', c == ',':
		default:
			return false
		}
	}
	return letters > 0 && len(in) <= 128
}

// jinja: lookup('env', 'DB_PASS') of Ansible, env_var('DB_PASS') of dbt.
func jinja(in []byte) bool {
	name, args, _ := bytes.Cut(in, []byte("("))
	args, ok := bytes.CutSuffix(args, []byte(")"))
	if !ok {
		return false
	}
	switch string(name) {
	case "lookup", "env_var", "vault", "secret", "query", "q":
	default:
		return false
	}
	for arg := range bytes.SplitSeq(args, []byte(",")) {
		arg = bytes.TrimSpace(arg)
		n := len(arg)
		if n < 3 || arg[0] != '\'' && arg[0] != '"' || arg[n-1] != arg[0] || !all(arg[1:n-1], address) {
			return false
		}
	}
	return true
}

// command is the inside of $(): words, paths and options.
func command(in []byte) bool {
	return len(in) <= 256 && all(in, address|space|pipe|dollar)
}

// name is an identifier, with dots and dashes; digits only where allowed.
func name(v []byte, digits bool) bool {
	if len(v) == 0 || len(v) > 96 || !isLetter(v[0]) && v[0] != '_' && v[0] != '.' {
		return false
	}
	if digits {
		return all(v, alnum|underline|dot|dash)
	}
	return all(v, letter|underline|dot|dash)
}

func allDigitsColon(v []byte) bool { // {0:x}, {:?}, {!r}
	return len(v) >= 2 && len(v) <= 4 && (v[0] == ':' || v[0] == '!' || isDigit(v[0]) && v[1] == ':')
}

// variable is a name that a bare $ or %..% may introduce. A password may begin
// with $ too, so it must be written as constants are, or name something secret.
func variable(v []byte) bool {
	if len(v) < 2 || len(v) > 64 || !isLetter(v[0]) && v[0] != '_' {
		return false
	}
	letters, under := 0, false
	for i, c := range v {
		switch {
		case isUpper(c):
			letters++
		case c == '_':
			under = true
		case isDigit(c) && (under || i >= len(v)-1):
		default:
			return sensitiveName(v)
		}
	}
	return letters >= 2 && (under || sensitiveName(v))
}

// sensitiveName: letters and separators, the last word naming a secret.
func sensitiveName(v []byte) bool {
	if !name(v, false) {
		return false
	}
	var buf [16]byte
	tail := v
	if len(tail) > len(buf) {
		tail = tail[len(tail)-len(buf):]
	}
	t := fold(buf[:0], tail)
	for _, w := range [...]string{"password", "passwd", "passphrase", "pass", "pwd", "token", "secret", "key", "credential",
		"credentials", "creds", "auth", "authorization", "user", "username", "login"} {
		if !hasSuffix(t, w) {
			continue
		}
		if rest := len(v) - len(w); rest == 0 || !isLetter(v[rest-1]) || isUpper(v[rest]) || words().has(v[:rest]) {
			return true
		}
	}
	return false
}

// verb: one formatting verb of C, Go or Python.
func verb(v []byte) bool {
	switch string(v) {
	case "s", "v", "d", "q", "x", "X", "i", "u", "f", "p", "t", "T", "c", "r", "@", "+v", "#v", "ld", "lu", "lld", "zu", "1$s", "2$s", ".2f", "w":
		return true
	}
	return false
}

// lookup: reading an environment or a configuration in source code.
func lookup(v []byte) bool {
	for _, open := range [...]string{"process.env.", "os.environ.", "import.meta.env.", "env.", "ENV."} {
		if open[0] == v[0] && hasPrefix(v, open) {
			return variable(v[len(open):])
		}
	}
	for _, p := range [...][2]string{
		{"process.env[", "]"}, {"os.environ[", "]"}, {"os.environ.get(", ")"}, {"os.getenv(", ")"}, {"os.Getenv(", ")"},
		{"System.getenv(", ")"}, {"getenv(", ")"}, {"env(", ")"}, {"ENV[", "]"}, {"ENV.fetch(", ")"}, {"$ENV{", "}"},
		{"$_ENV[", "]"}, {"$_SERVER[", "]"}, {"std::env::var(", ")"}, {"Environment.GetEnvironmentVariable(", ")"},
	} {
		if p[0][0] == v[0] && hasPrefix(v, p[0]) && hasSuffix(v, p[1]) {
			in := v[len(p[0]) : len(v)-len(p[1])]
			if n := len(in); n > 2 && (in[0] == '"' || in[0] == '\'') && in[n-1] == in[0] {
				in = in[1 : n-1]
			}
			return variable(in)
		}
	}
	return false
}

// reference: the address of a secret in a store.
func reference(v []byte) bool {
	for _, scheme := range [...]string{"secret://", "op://", "vault://", "ref+vault://", "ref+awssecrets://", "ref+awsssm://",
		"ref+gcpsecrets://", "ref+azurekeyvault://", "ref+sops://", "awssm://", "awsssm://", "gcpsm://", "gsm://",
		"azurekeyvault://", "akv://", "keyvault://", "doppler://", "keyring://", "sm://"} {
		if scheme[0] != v[0] {
			continue
		}
		if rest, ok := bytes.CutPrefix(v, []byte(scheme)); ok {
			return bytes.IndexByte(rest, '/') > 0 && all(rest, address)
		}
	}
	if rest, ok := bytes.CutPrefix(v, []byte("vault:")); ok {
		return bytes.IndexByte(rest, '/') > 0 && all(rest, address)
	}
	if rest, ok := bytes.CutPrefix(v, []byte("arn:")); ok {
		return (bytes.Contains(rest, []byte(":secretsmanager:")) || bytes.Contains(rest, []byte(":ssm:")) ||
			bytes.Contains(rest, []byte(":kms:"))) && all(rest, address)
	}
	if in, ok := bytes.CutPrefix(v, []byte("@Microsoft.KeyVault(")); ok {
		in, ok = bytes.CutSuffix(in, []byte(")"))
		return ok && (hasPrefix(in, "SecretUri=https://") || hasPrefix(in, "VaultName=")) &&
			all(in, address|equals|semicolon)
	}
	if rest, ok := bytes.CutPrefix(v, []byte("https://")); ok {
		vault, path, _ := bytes.Cut(rest, []byte("/"))
		return hasSuffix(vault, ".vault.azure.net") && hasPrefix(path, "secrets/") && all(rest, address)
	}
	if rest, ok := bytes.CutPrefix(v, []byte("projects/")); ok {
		project, rest, ok := bytes.Cut(rest, []byte("/"))
		return ok && len(project) > 0 && hasPrefix(rest, "secrets/") && all(rest, address)
	}
	for _, open := range [...]string{"file:/", "file://", "pass:file:/"} {
		if rest, ok := bytes.CutPrefix(v, []byte(open)); ok {
			return all(rest, address)
		}
	}
	for _, open := range [...]string{"env:", "env://"} {
		if rest, ok := bytes.CutPrefix(v, []byte(open)); ok {
			return variable(rest)
		}
	}
	return false
}

// fillIn: a text that tells the reader to put his own. Every word must be of
// the vocabulary, and outside of angle brackets one must address the reader.
func fillIn(v []byte) bool {
	inner, angle := brackets(v)
	if angle && (v[0] == '<' || v[0] == '[' || v[0] == '&' || v[0] == '%' || v[0] == '\\') {
		v = inner
	}
	if len(v) > 80 {
		return false
	}
	known, asks := 0, false
	for i := 0; i < len(v); {
		switch {
		case isLetter(v[i]):
			j := i + 1
			for j < len(v) && isLetter(v[j]) && !(isUpper(v[j]) && isLower(v[j-1])) {
				j++
			}
			w, a := fillWord(v[i:j])
			if !w {
				return false
			}
			known++
			asks = asks || a
			i = j
		case v[i] == '_' || v[i] == '-' || v[i] == ' ' || v[i] == '.' || v[i] == '/' || v[i] == '\'' && angle:
			i++
		default:
			return false
		}
	}
	if angle && v[0] != '[' {
		return known > 0 && (asks || known > 1 || len(v) >= 3)
	}
	return known > 1 && asks || known == 1 && asks && len(v) > 4
}

// fillWord reports whether w is of the vocabulary, and whether it alone tells
// that the text is to be replaced.
func fillWord(w []byte) (known, asks bool) {
	var buf [16]byte
	if len(w) > len(buf) {
		return false, false
	}
	switch string(fold(buf[:0], w)) {
	case "your", "insert", "replace", "enter", "put", "paste", "placeholder", "todo", "tbd", "fixme", "goes", "yours", "fill", "replaceme":
		return true, true
	case "my", "the", "a", "an", "here", "with", "me", "in", "of", "for", "this", "it", "to", "be", "set", "add", "actual", "real", "own", "some",
		"api", "app", "application", "key", "keys", "token", "tokens", "secret", "secrets", "password", "passwd", "passphrase", "pass", "pwd",
		"access", "auth", "authorization", "bearer", "client", "consumer", "account", "id", "identifier", "name", "username", "user", "email",
		"value", "string", "text", "credential", "credentials", "private", "public", "personal", "refresh", "session", "oauth", "jwt", "admin",
		"root", "db", "database", "service", "server", "host", "hostname", "domain", "url", "uri", "endpoint", "connection", "project", "org",
		"organization", "team", "tenant", "subscription", "workspace", "license", "encryption", "signing", "webhook", "master", "shared",
		"aws", "azure", "gcp", "google", "github", "gitlab", "slack", "stripe", "openai", "anthropic", "twilio", "sendgrid", "datadog", "sentry",
		"openssh", "ssh", "npm", "pypi", "docker", "registry", "redis", "mysql", "postgres", "mongo", "mongodb", "smtp", "bot", "chat", "channel",
		"phrase", "code", "pin", "cookie", "certificate", "cert", "file":
		return true, false
	}
	return false, false
}

// sample: credentials that vendors' documentation prints.
func sample(v []byte) bool {
	switch {
	case len(v) == 20 && hasSuffix(v, "EXAMPLE"): // AWS access key ids
		return (hasPrefix(v, "AKIA") || hasPrefix(v, "ASIA") || hasPrefix(v, "AIDA") || hasPrefix(v, "AROA")) &&
			all(v, upper|digit)
	case len(v) == 40 && hasSuffix(v, "EXAMPLEKEY"): // AWS secret access keys
		return all(v, base64Digit)
	case len(v) == 155 && hasPrefix(v, "eyJ"):
		return sha256.Sum256(v) == jwtSample
	}
	return false
}

// jwtSample is the SHA-256 of the HS256 token shown on jwt.io.
var jwtSample = [sha256.Size]byte{
	0x7f, 0x75, 0x36, 0x7e, 0x78, 0x81, 0x25, 0x51,
	0x34, 0xe1, 0x37, 0x5e, 0x72, 0x3d, 0x1d, 0xea,
	0x8a, 0xd5, 0xf6, 0xa4, 0xfd, 0xb7, 0x9d, 0x93,
	0x8d, 0xf1, 0xf1, 0x75, 0x4a, 0x83, 0x06, 0x06,
}
