package main

import (
	"fmt"
	"strings"
)

// A negative is text that looks a little like a secret and is none. It is
// logged beside secrets and alone.
type negative struct {
	Class string `json:"class"`
	Value string `json:"value"`
}

// field returns what logs are full of: a name and a value that lets nobody in.
func (v *values) harmless() (name string, value any, class string) {
	style := pick(v.Rand, styles)
	name, value, class = v.innocent()
	return style(strings.Fields(name)), value, class
}

func (v *values) innocent() (string, any, string) {
	any1 := func(s ...string) string { return pick(v.Rand, s) }
	n := v.IntN
	switch n(44) {
	case 0, 1:
		return any1("request id", "correlation id", "x request id", "transaction id", "message id", "job id", "event id"), v.uuid(), "uuid"
	case 2, 3:
		return any1("trace id", "dd trace id", "x b3 traceid", "parent id"), v.of(hexDigits, 32), "trace"
	case 4:
		return any1("span id", "parent span id"), v.of(hexDigits, 16), "trace"
	case 5:
		return any1("commit", "git sha", "revision", "commit hash", "build rev"), v.of(hexDigits, 40), "hash"
	case 6:
		return any1("image", "image digest", "digest", "layer"), "sha256:" + v.of(hexDigits, 64), "hash"
	case 7:
		return any1("sha256", "checksum", "content hash", "file hash", "sha256sum"), v.of(hexDigits, 64), "hash"
	case 8:
		return any1("etag", "e tag"), `"` + v.of(hexDigits, 32) + `"`, "hash"
	case 9:
		return any1("md5", "md5sum", "content md5"), v.of(hexDigits, 32), "hash"
	case 10:
		return "integrity", "sha512-" + v.of(base64Std, 86) + "==", "hash"
	case 11:
		return any1("max tokens", "prompt tokens", "completion tokens", "total tokens", "tokens used", "token count", "tokens"), v.between(1, 99999), "count"
	case 12:
		return any1("token expires in", "expires in", "token ttl", "session timeout", "password length", "key size", "key length", "password age days", "secret count"), v.between(8, 86400), "count"
	case 13:
		return any1("token type", "auth type", "auth method", "grant type", "authentication method"), any1("Bearer", "bearer", "basic", "oidc", "client_credentials", "refresh_token", "password"), "word"
	case 14:
		return any1("password reset required", "has password", "password expired", "token valid", "authenticated", "is secret", "requires auth", "key rotated", "authorized"), n(2) == 0, "flag"
	case 15:
		return any1("password changed at", "token expires at", "last password change", "key created at", "session started at", "password expires"), fmt.Sprintf("2026-0%d-%02dT%02d:%02d:%02dZ", v.between(1, 9), v.between(1, 28), n(24), n(60), n(60)), "time"
	case 16:
		return any1("secret name", "secret ref", "secret", "secret path", "vault path", "secret arn"), any1("prod/db/creds", "kv/data/billing/api", "vault:secret/data/app#password", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf", "projects/acme/secrets/db-password/versions/3"), "reference"
	case 17:
		return any1("key file", "private key path", "token file", "password file", "keystore file", "ssl key file", "ssh key path", "credentials file"), any1("/etc/ssl/private/server.key", "/run/secrets/db_password", "/var/run/secrets/kubernetes.io/serviceaccount/token", "~/.ssh/id_ed25519", `C:\certs\server.pfx`, "config/master.key", "./secrets/api-key.txt"), "path"
	case 18:
		return any1("key", "cache key", "redis key", "lookup key", "sort key", "object key", "s3 key", "routing key", "message key"), any1("user:", "session:", "orders/2026/", "invoice-", "profile/") + v.of(digits, 6), "key"
	case 19:
		return any1("primary key", "partition key", "foreign key", "shard key", "row key", "sort key"), any1("id", "customer_id", "2026-01-15#eu", "order_id,line_no", "tenant#42"), "key"
	case 20:
		return any1("key id", "kid", "kms key id", "signing key id", "key fingerprint id"), v.of(lower+digits, 12), "key"
	case 21:
		return any1("public key", "ssh public key", "host key"), "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + v.of(base64Std, 43) + " bob@build-7", "public"
	case 22:
		return any1("fingerprint", "key fingerprint", "host key fingerprint"), "SHA256:" + v.of(base64Std, 43), "public"
	case 23:
		return any1("author", "authority", "authored by", "authorized by"), any1("bob", "Alice Smith", "release-bot", "https://login.example.com/common"), "word"
	case 24:
		return any1("pod", "pod name", "kubernetes pod name"), any1("api", "billing", "auth-proxy", "token-service") + "-" + v.of("bcdfghjklmnpqrstvwxz2456789", 10) + "-" + v.of("bcdfghjklmnpqrstvwxz2456789", 5), "name"
	case 25:
		return any1("container id", "docker id"), v.of(hexDigits, 64), "hash"
	case 26:
		return any1("idempotency key", "dedup key", "x idempotency key"), v.uuid(), "uuid"
	case 27:
		return any1("path", "file", "source", "script"), any1("/srv/app/releases/20260114093011/lib/auth/token_store.rb", "src/main/java/com/acme/security/PasswordEncoder.java", "/usr/lib/python3/dist-packages/secretstorage/util.py", "/opt/app/node_modules/jsonwebtoken/sign.js"), "path"
	case 28:
		return any1("logger", "class", "logger name", "bean"), any1("com.acme.auth.TokenAuthenticationFilter", "o.s.s.c.password.DelegatingPasswordEncoder", "app.services.secret_manager", "org.apache.kafka.common.security.JaasContext"), "name"
	case 29:
		return any1("version", "build", "release"), any1("1.4.2-rc.3+build.7781", "v2026.01.14-3f9c2ab", "8.0.36-0ubuntu0.22.04.1"), "version"
	case 30:
		return any1("user id", "account id", "order id", "customer id", "invoice"), any1("usr_", "acct_", "ord_", "cus_", "in_") + v.of(alnum, 14), "id"
	case 31:
		return any1("resource", "subnet", "instance", "vpc"), any1("i-", "vpc-", "subnet-", "sg-") + v.of(hexDigits, 17), "id"
	case 32, 33:
		return secretName(v.Rand, passwords), any1("********", "***", "[FILTERED]", "<redacted>", "[REDACTED]", "xxxxxxxx", "(hidden)", "<masked>"), "mask"
	case 34, 35:
		return secretName(v.Rand, keys), any1("${API_KEY}", "{{ secrets.API_KEY }}", "$SECRET_KEY", "%API_KEY%", "<your-api-key>", "vault:kv/data/app#key", "${env:APP_SECRET}", "<%= ENV['API_KEY'] %>"), "placeholder"
	case 36:
		return secretName(v.Rand, passwords), any1("", "null", "None", "undefined", "nil"), "empty"
	case 37:
		return any1("next page token", "continuation token", "cursor", "page token"), v.of(base64URL, 24), "cursor"
	case 38:
		return any1("auth provider", "auth realm", "auth backend", "authenticator", "authorizer"), any1("keycloak", "ldap://ldap.example.com:389", "AllowAllAuthenticator", "django.contrib.auth.backends.ModelBackend"), "word"
	case 39:
		return any1("password policy", "password hasher", "password encoder", "token algorithm", "signature algorithm", "key algorithm"), any1("strong", "PBKDF2PasswordHasher", "BCryptPasswordEncoder", "RS256", "SHA256withRSA", "AES/GCM/NoPadding"), "word"
	case 40:
		return any1("duration ms", "bytes", "offset", "partition", "retry count", "port", "status"), v.between(0, 1<<30), "count"
	case 41:
		return any1("url", "endpoint", "token endpoint", "authorization endpoint", "jwks uri"), any1("https://login.example.com/oauth2/v1/token", "https://api.example.com/v1/users/42?include=keys&page=2", "http://auth.svc.cluster.local:8080/.well-known/jwks.json"), "url"
	case 42:
		return any1("client id", "app id", "tenant id", "subscription id"), v.uuid(), "uuid"
	default:
		return any1("session", "session state", "auth status", "token status", "token state", "key state"), any1("active", "expired", "ESTABLISHED", "opened", "revoked"), "word"
	}
}

// remarks are sentences about secrets without one in them.
var remarks = []string{
	`Failed password for invalid user admin from 10.0.0.%d port 5%d ssh2`,
	`password authentication failed for user "app%d"`,
	`token expired for user bob (exp=17%d)`,
	`password reset email sent to user%d@example.com`,
	`API key rotated for tenant %d`,
	`secret mounted at /run/secrets/db_password (mode 0400, uid %d)`,
	`using key file /etc/ssl/private/server.key (RSA %d)`,
	`authorization failed: token is expired, request %d`,
	`Password must be at least %d characters long`,
	`invalid token: unexpected end of input at position %d`,
	`CSRF token missing or incorrect for session %d`,
	`Bearer token required for /api/v1/users/%d`,
	`token count: %d`,
	`cache key user:%d:profile evicted`,
	`no password supplied for connection %d`,
	`session opened for user root by (uid=%d)`,
	`generated new access token for client %d`,
	`secret "db-credentials" not found in namespace team-%d`,
	`private key loaded from vault in %d ms`,
	`skipping password check for service account %d`,
	`signature verification failed for message %d`,
	`cookie policy accepted by visitor %d`,
	`Duplicate entry '%d' for key 'users.PRIMARY'`,
	`unlocking keystore with alias server-%d`,
	`credential provider chain: tried %d providers`,
	`refresh token grant: client_id=portal%d scope=openid`,
	`rotated encryption keys for %d tables`,
	`KeyError: 'token' while handling job %d`,
	`password for user %d changed by admin`,
	`Reading token from /var/run/secrets/kubernetes.io/serviceaccount/token (attempt %d)`,
	`auth: pass=%d fail=3 total=15`,
	`key=value parsing took %d ms`,
	`login succeeded with password, user %d`,
	`retrying with new token after %d ms`,
	`Checking secret store availability on port %d`,
	`passed %d of 40 checks`,
	`JWT validation error: signature mismatch (kid=key-%d)`,
	`enter password for key %d:`,
	`api_key is required (request %d)`,
	`bypass token check: path /health/%d is public`,
}

func (v *values) remark() negative {
	return negative{"remark", fmt.Sprintf(pick(v.Rand, remarks), v.between(10, 99))}
}
