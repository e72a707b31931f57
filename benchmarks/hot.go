package main

// hotFields are the members of a JSON record that make a scanner look: names
// next to those of secrets, masked values, values too short to be anything.
var hotFields = []string{
	`"token_type":"Bearer"`, `"token_type":"refresh"`, `"tokens_used":%n`, `"prompt_tokens":%n`,
	`"author":"%u"`, `"authenticated":true`, `"auth_method":"password"`, `"authorization":"Bearer ***"`,
	`"secretName":"db-credentials"`, `"secretName":"%w-tls"`, `"secret_count":%n`, `"secretRef":{"name":"%w"}`,
	`"key":"%x"`, `"keyspace":"default"`, `"partition_key":"%x"`, `"cache_key":"user:%n:session"`, `"keys":%n`, `"idempotency_key":"%x"`,
	`"session_id":"%x"`, `"session_duration":%v`, `"cookie":"[redacted]"`, `"cookies_enabled":false`,
	`"passwordResetRequired":false`, `"password":"********"`, `"passwordPolicy":"strong"`, `"credentialType":"x509"`,
	`"access_level":"read"`, `"apiGroup":"authorization.k8s.io"`, `"api_version":"v1"`, `"requestURI":"/api/v1/namespaces/%w/secrets/%w"`,
	`"path":"/oauth/token"`, `"signature_algorithm":"RS256"`, `"private":false`, `"monkey_patch":false`, `"certificate_count":%n`,
	`"user.email":"%u@mail.example"`, `"hash":"%x"`, `"salted":true`, `"pin_count":%n`, `"passthrough":"%w"`,
}

var hotServices = []string{"auth-service", "token-broker", "key-manager", "session-api", "secrets-operator", "access-control", "password-reset", "credential-sync"}

// writeHot appends one JSON record without its line end.
func writeHot(w *writer) {
	w.expand(`{"ts":"2026-03-%dT%t.%0Z","level":"info","service":"`)
	w.of(hotServices)
	w.expand(`","trace_id":"%X%X","span_id":"%X"`)
	// A stride prime to the number of fields repeats none.
	at := w.IntN(len(hotFields))
	for range 8 + w.IntN(7) {
		at = (at + 7) % len(hotFields)
		w.buf = append(w.buf, ',')
		w.expand(hotFields[at])
	}
	w.expand(`,"msg":"`)
	w.expand(`%m"}`)
}
