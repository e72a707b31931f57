package otlp

import "bytes"

// isURL reports whether an attribute holds an address of which the semantic
// conventions say what becomes of its credentials (url.full, and http.url before).
func isURL(key string) bool {
	return key == "url.full" || key == "http.url" || key == "url.original"
}

// noUserinfo is what the semantic conventions write in the place of credentials.
const noUserinfo = "REDACTED:REDACTED"

// withoutUserinfo replaces the whole userinfo of an address in which the
// password was masked: scheme://REDACTED:REDACTED@host. A hash, which the policy
// asked for, stays.
func withoutUserinfo(url []byte) []byte {
	scheme := bytes.Index(url, []byte("://"))
	if scheme < 0 {
		return url
	}
	rest := url[scheme+3:]
	authority := rest
	if i := bytes.IndexAny(rest, "/?#"); i >= 0 {
		authority = rest[:i]
	}
	at := bytes.LastIndexByte(authority, '@')
	if at < 0 || !bytes.Contains(authority[:at], []byte("REDACTED-")) {
		return url
	}
	out := make([]byte, 0, len(url)+len(noUserinfo))
	out = append(out, url[:scheme+3]...)
	out = append(out, noUserinfo...)
	return append(out, rest[at:]...)
}
