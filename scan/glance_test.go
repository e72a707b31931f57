package scan

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
)

// TestGlance: what is told at first sight is what a close look comes to.
func TestGlance(t *testing.T) {
	e := engine(t)
	fast, slow := e.NewScanner(), e.NewScanner()
	slow.close = true
	r := rand.New(rand.NewPCG(31, 7))
	pick := func(list []string) string { return list[r.IntN(len(list))] }

	names := strings.Fields(`password pass session Session session_id sessionid key api_key token access_token tokens secret auth preauth
		author token_type partition_key secretName authorization cookie pin otp sid user DB_PASSWORD X-Api-Key setting-key password- .token key1`)
	before := []string{" ", " ", "\n", `"`, `"`, `\"`, "'", "[", "(", "{", "<", "</", ":", "a:", "<a:", `\u003ca:`, "/", "=", " = ", "== ", "&", "?", ";", "&amp;", "&lt;", "%26",
		`\n`, "\x1b[1m", "[31m", ", ", ",", "set ", "setenv ", "login ", "for the ", "client ", "  ", "--", "-", "@", "#", "$", "|", "| ", ">", "`", "é"}
	behind := []string{":", ": ", "=", " = ", `":"`, `": "`, `":`, `": `, `\":\"`, `",`, `", "`, `"}`, `"]`, "'", ";", "; ", ",", ", ", " for ", " of ", " is ", " was ", " ", ")", "]", "] ", "]:", "/", ">",
		"</", "|", " | ", "\n", "\t", "(", "{", "@", "=3D", "%3D", "=> ", ": \x1b[1m", `":"\x1b[1m`, "\\", "\x00", "==", "!=", " - ", `="`, "='", "&", "$", "~", "*", "#", "."}
	values := []string{"", "7", "42", "30546354_3314508", "30546173_4261722401", "0x14f05578bd80006", "0x", "0x12", "***", "[redacted]", "Bearer ***", "opened", "root", "none", "true", "{digit:20}",
		"{digit:8}", "{hex:10}", "{hex:32}", "{alnum:7}", "{alnum:12}", "{alnum:18}", "{alnum:24}", "{alnum:40}", "str", "string", "a b", "{uuid}"}
	after := []string{"", " ", "\n", `"`, `" `, `",`, `", "`, `"}`, "'", ";", ",", ", ", ")", "]", "}", "</", "&", `\n`, " -> ", `" -> "x`, "\x1b[0m"}
	for range 40_000 {
		var b strings.Builder
		b.WriteString(pick([]string{"", "x", "job 7 ", `{"a": "b", `, `{"name": "`, `{"k": "a:`, "<a>", "2026-01-02 INFO ", "acme "}))
		for range 1 + r.IntN(2) {
			value := pick(values)
			if strings.HasPrefix(value, "{") {
				value, _, _, _ = detectors.Expand(value, r.Uint64())
			}
			b.WriteString(pick(before) + pick(names) + pick(behind) + value + pick(after))
		}
		text := []byte(b.String())
		got, want := fast.Text(nil, text), slow.Text(nil, text)
		if !slices.Equal(got, want) {
			t.Fatalf("%q: %+v at first sight, %+v closely", text, got, want)
		}
	}
}
