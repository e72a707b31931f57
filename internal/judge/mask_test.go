package judge

import (
	"strings"
	"testing"
)

func TestMask(t *testing.T) {
	hex128 := strings.Repeat("0f1e2d3c", 16)
	holds(t, func(v []byte) bool { full, partial := Mask(v); return full && !partial },
		[]string{"***", "****", "******", "xxxx", "XXXXXXXX", "....", "---", "___", "####", "???", "•••", "••••••••", "%2A%2A%2A",
			"[REDACTED]", "[FILTERED]", "[Filtered]", "<redacted>", "{redacted}", "(sensitive value)", "[hidden]", "[PRIVATE DATA HIDDEN]",
			"*** Sensitive Data Redacted ***", "***REDACTED***", "HIDDEN_DUE_TO_SECURITY_REASONS", "REDACTED", "[Scrubbed due to 'password']",
			"[Scrubbed due to api_key]", "hashed_access_token-" + hex128, "SecretStr('**********')", "[MASKED]", "%5BFILTERED%5D",
			"[[REDACTED]]", "<masked>", "[***]", " *** "},
		[]string{"", "*", "**", "hunter2", "[REDACTED:hunter2]", "[hunter2]", "REDACTED-hunter2", "[Scrubbed due to hunter2]",
			"redacted1", "***hunter2***", "<redacted", "redacted>", "[redacted}", "hashed_hunter2-" + hex128, "hashed_token-" + random,
			"hidden", "secret", "sensitive", "SecretStr('hunter2')", "xxxy", "**x*", "••x", "•*•", "(hidden)x", "****ab"})
	holds(t, func(v []byte) bool { full, partial := Mask(v); return partial && !full },
		[]string{"****ab", "ab****", "********12345", "•••••1234", "a****bc"},
		[]string{"***ab", "****abcdef", "ab****cdef", "**ab**", "****", "abcd", "hunter2"})
}
