package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
)

// TestExplainShowsNoValue plants canaries where they are redacted, dropped for
// every sort of reason, and in the place of names: explaining writes none.
func TestExplainShowsNoValue(t *testing.T) {
	canaries := []string{"{alnum:16}", "{lower:11}", "{digit:9}", "{word}{digit:4}{word}", "{alnum:5}!{alnum:5}", "{hex:40}", "{uuid}", "{upnum:24}"}
	lines := []string{
		"password=%s", "foo=%s", "token_type=%s", `{"token":"%s"}`, "key: %s", "cache_key=%s", "sig=%s",
		"the password is %s", "auth: %s failed", "Authorization: %s x", "Cookie: a=%s; b=%[1]s", "postgres://app:%s@db/x", "https://%s@host/",
		"ghp" + "_%s", "AK" + "IA%s", "xx%sghp" + "_y", "eyJ%s.x.y", "Bearer %s", "basic %s", "IDENTIFIED BY '%s'", "curl -u x:%s h",
		"%s_token=1", "%s.password: null", "--%s-key y", "%s", "<%s:password>x</a>", "?%s=y&sig=x", "client_secret=[%s", "-----BEGIN %s PRIVATE KEY-----%[1]s",
		"secret={%s}", "datadog %s api_key %[1]s", "pin=%s", "password: ${X:-%s}", "password=[REDACTED:%s]", "%[1]s password %[1]s",
	}
	var text []byte
	var planted []string
	for i, line := range lines {
		for j, c := range canaries {
			v, _, _, err := detectors.Expand(c, uint64(i*len(canaries)+j))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(line, "_token=") || strings.Contains(line, "-key y") || strings.Contains(line, ".password:") {
				if j == 1 || j == 3 {
					continue // a name made of letters is a name
				}
			}
			planted = append(planted, v)
			text = fmt.Appendf(text, line+"\n", v)
		}
	}
	path := filepath.Join(t.TempDir(), "app.log")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{}, {"--format", "jsonl"}, {"--all"}} {
		stdout, stderr, _ := runCLI(t, append([]string{"scan", "--explain", path}, args...)...)
		if n := bytes.Count(stdout, []byte("\n")); n < len(planted)/2 {
			t.Errorf("%v: %d explanations of %d lines", args, n, len(planted))
		}
		out := append(stdout, stderr...)
		for _, v := range planted {
			if i := bytes.Index(out, []byte(v)); i >= 0 {
				t.Errorf("%v writes a value: %s", args, out[bytes.LastIndexByte(out[:i], '\n')+1:i+len(v)])
			}
		}
	}
}
