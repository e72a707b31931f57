package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stanch/stanch/detectors"
)

// TestInventoryLeaksNothing: no command about known secrets writes one, or a part
// of one, anywhere.
func TestInventoryLeaksNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("STANCH_KEY", "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0")
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var canaries [][]byte
	var values, dotenv, manifest string
	add := func(seed uint64, template string) string {
		v, _, _, err := detectors.Expand(template, seed)
		if err != nil {
			t.Fatal(err)
		}
		b := []byte(v)
		canaries = append(canaries, b[:min(len(b), 8)], b[max(0, len(b)-8):], []byte(hex.EncodeToString(b))[:12], []byte(base64.StdEncoding.EncodeToString(b))[:10])
		return v
	}
	for i := range uint64(5) {
		values += add(i, "{lower:5}-{alnum:9}+{alnum:8}") + "\n"
		dotenv += "NAME" + string(rune('A'+i)) + "='" + add(i+10, "{alnum:20}") + "'\n"
		manifest += "---\nkind: Secret\nmetadata: {name: s" + string(rune('a'+i)) + "}\nstringData:\n  k: " + add(i+20, "{alnum:30}") + "\n"
	}
	values += add(40, "{lower:5}{digit:2}") + "\n" // too short
	write("values.txt", values)
	write("app.env", dotenv)
	write("broken.env", dotenv+"X='"+add(30, "{alnum:20}")+"\n")
	write("secrets.yaml", manifest)
	write("broken.yaml", manifest+"\n\t: "+add(31, "{alnum:20}"))
	inv := write("inventory.yaml", "version: 1\nsources:\n- {file: values.txt, owner: us}\n- {file: app.env}\n- {file: secrets.yaml, format: kubernetes}\n")
	policy := write("policy.yaml", "version: 1\ninventory: "+inv+"\n")
	log := write("app.log", "x "+values+" "+dotenv+manifest)
	saved := filepath.Join(dir, "known.inv")
	for _, args := range [][]string{
		{"inventory", "check", inv}, {"inventory", "inspect", inv}, {"inventory", "inspect", "-f", "json", inv},
		{"inventory", "build", inv, "-o", saved}, {"inventory", "inspect", saved},
		{"inventory", "check", write("b1.yaml", "version: 1\nsources: [{file: broken.env}]\n")},
		{"inventory", "check", write("b2.yaml", "version: 1\nsources: [{file: broken.yaml, format: kubernetes}]\n")},
		{"inventory", "check", write("b3.yaml", "version: 1\nsources: [{file: values.txt, format: dotenv}]\n")},
		{"inventory", "check", write("b4.yaml", "version: 1\nsources: [{file: values.txt}, {file: values.txt}]\n")},
		{"inventory", "check", filepath.Join(dir, "values.txt")}, {"inventory", "inspect", filepath.Join(dir, "values.txt")},
		{"config", "check", policy},
		{"redact", "--config", policy, log}, {"redact", "--diff", "--config", policy, log},
		{"scan", "--config", policy, log}, {"scan", "--all", "--format", "jsonl", "--config", policy, log},
		{"scan", "--format", "sarif", "--config", policy, log}, {"scan", "--explain", "--config", policy, log},
	} {
		stdout, stderr, _ := runCLI(t, args...)
		out := append(stdout, stderr...)
		if len(out) == 0 && args[1] != "build" {
			t.Errorf("%v wrote nothing", args)
		}
		if args[1] == "build" {
			b, err := os.ReadFile(saved)
			if err != nil {
				t.Fatal(err)
			}
			if info, _ := os.Stat(saved); info.Mode().Perm()&0o077 != 0 {
				t.Errorf("the saved inventory has mode %v", info.Mode())
			}
			out = append(out, b...)
		}
		redacts := args[0] == "redact" || args[0] == "scan"
		for i, c := range canaries {
			short := i >= 60 && i < 64 // the value that is refused, and so not looked for
			if bytes.Contains(out, c) && !(short && redacts) {
				t.Errorf("%v writes a part of value %d", args, i/4)
			}
		}
	}
}
