package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stanch/stanch/internal/yamldoc"
)

// TestSARIF checks what the format requires beyond being JSON: a rule for every
// result, places that are URI references, and regions that count from 1.
func TestSARIF(t *testing.T) {
	text, _ := examples(t)
	path := filepath.Join(t.TempDir(), "a b%.log")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, code := runCLI(t, "scan", "--format", "sarif", path)
	if code != exitFindings {
		t.Fatalf("exit code %d", code)
	}
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct{ ID string }
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex *int
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, ByteOffset, ByteLength int64 }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(out, &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || len(log.Runs[0].Results) == 0 || log.Runs[0].Tool.Driver.Name != "stanch" {
		t.Fatalf("version %q, %d runs", log.Version, len(log.Runs))
	}
	rules := log.Runs[0].Tool.Driver.Rules
	for _, r := range log.Runs[0].Results {
		if r.RuleIndex == nil || *r.RuleIndex >= len(rules) || rules[*r.RuleIndex].ID != r.RuleID {
			t.Errorf("%s: wrong rule index", r.RuleID)
		}
		if r.Level != "error" && r.Level != "warning" && r.Level != "note" || r.Message.Text == "" || len(r.Locations) != 1 {
			t.Errorf("%s: level %q, message %q", r.RuleID, r.Level, r.Message.Text)
			continue
		}
		p := r.Locations[0].PhysicalLocation
		if p.Region.StartLine < 1 || p.Region.ByteLength < 1 || p.ArtifactLocation.URI != fileURI(path) {
			t.Errorf("%s: at %+v", r.RuleID, p)
		}
	}
}

func TestFileURI(t *testing.T) {
	for path, want := range map[string]string{
		"a b.log": "a%20b.log",
		"a:b.log": "./a:b.log",
		"50%.log": "50%25.log",
	} {
		if got := fileURI(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestParseSize(t *testing.T) {
	for in, want := range map[string]int64{
		"0": 0, "100": 100, "64KiB": 64 << 10, "1K": 1 << 10, "10MB": 10e6, "2G": 2 << 30, "1TiB": 1 << 40, "5B": 5, "1 MiB": 1 << 20,
	} {
		if got, err := yamldoc.ParseSize(in); got != want || err != nil {
			t.Errorf("%s: %d, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "-1", "KiB", "1X", "9999999999T", "1.5G", "1KiBB"} {
		if n, err := yamldoc.ParseSize(in); err == nil {
			t.Errorf("%s: %d", in, n)
		}
	}
}
