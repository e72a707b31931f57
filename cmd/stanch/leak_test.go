package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/internal/packed"
	"github.com/stanch/stanch/redact"
)

// runCLI runs a command line and returns what it wrote.
func runCLI(t testing.TB, args ...string) (stdout, stderr []byte, code int) {
	t.Helper()
	dir := t.TempDir()
	open := func(name string) *os.File {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	c := &cli{stdin: open("in"), stdout: open("out"), stderr: open("err")}
	code = c.execute(context.Background(), args)
	read := func(f *os.File) []byte {
		b, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		return b
	}
	read(c.stdin)
	return read(c.stdout), read(c.stderr), code
}

// examples expands every example of every detector.
func examples(t testing.TB) (text []byte, secrets []string) {
	all, err := detectors.DefaultWithExamples()
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		for j, e := range all[i].Examples {
			line, from, to, err := detectors.Expand(e.Template, uint64(j))
			if err != nil {
				t.Fatal(err)
			}
			text = fmt.Appendf(text, "2026-03-01T10:20:30Z INFO started %s\n%s\n", all[i].ID, line)
			secrets = append(secrets, line[from:to])
		}
	}
	return text, secrets
}

// TestNothingLeaks holds everything that commands write against what redact
// writes: a secret that is not there must not be anywhere else.
func TestNothingLeaks(t *testing.T) {
	text, secrets := examples(t)
	path := filepath.Join(t.TempDir(), "app.log")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	clean, _, code := runCLI(t, "redact", path)
	if code != exitOK {
		t.Fatalf("redact: exit code %d", code)
	}
	var hidden []string
	for _, s := range secrets {
		for line := range strings.Lines(s) {
			if line = strings.TrimSpace(line); len(line) >= 12 && !bytes.Contains(clean, []byte(line)) {
				hidden = append(hidden, line)
			}
		}
	}
	if len(hidden) < len(secrets)/2 {
		t.Fatalf("only %d of %d secrets are redacted", len(hidden), len(secrets))
	}
	for _, args := range [][]string{
		{"redact", "--diff"},
		{"redact", "--findings", filepath.Join(t.TempDir(), "f")},
		{"scan"}, {"scan", "--all"},
		{"scan", "--format", "json"}, {"scan", "--format", "jsonl", "--all"}, {"scan", "--format", "sarif"},
		{"scan", "--explain"}, {"scan", "--explain", "--format", "jsonl"},
	} {
		stdout, stderr, _ := runCLI(t, append(args, path)...)
		out := append(stdout, stderr...)
		if len(args) > 1 && args[1] == "--findings" {
			b, err := os.ReadFile(args[2])
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, b...)
		}
		if len(out) < 1000 {
			t.Errorf("%v wrote %d bytes", args, len(out))
		}
		for _, s := range hidden {
			if bytes.Contains(out, []byte(s)) {
				t.Errorf("%v writes a secret of %d bytes", args, len(s))
			}
		}
	}
}

// TestPathLeak puts a secret and control bytes into the name of a file.
func TestPathLeak(t *testing.T) {
	token, _, _, err := detectors.Expand("ghp_{alnum:30}{crc32-base62:6}", 1)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "a "+token+" \x1b[31m.log")
	if err := os.WriteFile(path, []byte("token="+token+"\n"), 0o600); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink("x", filepath.Join(dir, "link "+token)); err != nil {
		t.Skip(err)
	}
	for _, args := range [][]string{
		{"scan", dir}, {"scan", path}, {"scan", "-f", "jsonl", dir}, {"scan", "-f", "sarif", dir}, {"redact", "--diff", path},
		{"redact", path, "-o", path}, {"scan", path + "x"}, {"redact", path, path, "-o", filepath.Join(dir, "new")},
		{"scan", "--config", path}, {"config", "check", path + "x"}, {"redact", "-i", filepath.Join(dir, "link "+token)},
		{"scan", "--" + token}, {token}, {"rules", "show", token}, {"scan", "--format", token, dir}, {"rules", "check", path},
	} {
		stdout, stderr, _ := runCLI(t, args...)
		out := append(stdout, stderr...)
		if bytes.Contains(out, []byte(token)) || bytes.Contains(out, []byte{0x1b}) {
			out = bytes.ReplaceAll(out, []byte(token), []byte("TOKEN"))
			at := max(0, bytes.Index(out, []byte("TOKEN"))-100)
			t.Errorf("%s writes %q", strings.ReplaceAll(strings.Join(args, " "), token, "TOKEN"), out[at:min(len(out), at+200)])
		}
	}
}

// TestInPlace holds what --in-place leaves behind against the redactor, for
// files of random bytes, lines and secrets.
func TestInPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	e, err := redact.New(redact.DefaultDocument(), redact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	type file struct {
		name   string
		format packed.Format
		want   []byte
		mode   os.FileMode
	}
	var files []file
	for i := range 40 {
		var text []byte
		for range r.IntN(200) {
			switch r.IntN(6) {
			case 0:
				token, _, _, err := detectors.Expand("token=ghp_{alnum:30}{crc32-base62:6} ok", r.Uint64())
				if err != nil {
					t.Fatal(err)
				}
				text = append(text, token...)
			case 1:
				for range r.IntN(30) {
					text = append(text, byte(1+r.IntN(255)))
				}
			case 2:
				text = append(text, "\r\n"...)
			default:
				text = append(text, "a line of words\n"...)
			}
		}
		f := file{fmt.Sprintf("%d.log", i), packed.Format(i % 3), nil, []os.FileMode{0o600, 0o640, 0o444}[r.IntN(3)]}
		var want, in bytes.Buffer
		w := e.NewWriter(&want, redact.WriterOptions{})
		w.Write(text)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		f.want = want.Bytes()
		z, err := packed.NewWriter(&in, f.format, nil)
		if err != nil {
			t.Fatal(err)
		}
		z.Write(text)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, f.name)
		if err := os.WriteFile(path, in.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, f.mode); err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	for range 2 { // the second time nothing changes
		if _, stderr, code := runCLI(t, "redact", "-i", "--binary", dir); code != exitOK {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		for _, f := range files {
			b, err := os.ReadFile(filepath.Join(dir, f.name))
			if err != nil {
				t.Fatal(err)
			}
			z, err := packed.NewReader(bytes.NewReader(b), f.format, packed.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if _, err := got.ReadFrom(z); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), f.want) {
				t.Errorf("%s: %d bytes, want %d", f.name, got.Len(), len(f.want))
			}
			if info, err := os.Stat(filepath.Join(dir, f.name)); err != nil || info.Mode().Perm() != f.mode {
				t.Errorf("%s: mode %v, want %v", f.name, info.Mode(), f.mode)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".stanch*")); len(left) > 0 {
			t.Errorf("%q left behind", left)
		}
	}
}
