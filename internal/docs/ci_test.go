package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestPipelines runs what the documents of CI systems in docs/ci.md have stanch do,
// in front of a command that prints a secret and fails.
func TestPipelines(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin, "./cmd/stanch")
	build.Dir = top
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const secret = "winter-garden-9-tango"
	for _, b := range blocks(t, "docs/ci.md") {
		if b.kind != "yaml" {
			continue
		}
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(strings.Join(b.lines, "\n")), &doc); err != nil {
			t.Fatalf("%s:%d: %v", b.file, b.line, err)
		}
		ran := 0
		for _, command := range commands(&doc, "") {
			if !strings.HasPrefix(command, "stanch ") {
				continue
			}
			ran++
			dir := t.TempDir()
			write := func(name, text string) {
				name = filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			write("deploy.sh", "#!/bin/sh\necho \"said $SHOP_PASSWORD\"\nexit 3\n")
			write("logs/app.log", "password="+secret+"\n")
			cmd := exec.Command("sh", "-c", strings.ReplaceAll(command, "{0}", "deploy.sh"))
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "SHOP_PASSWORD="+secret, "STANCH_KEY=")
			out, err := cmd.CombinedOutput()
			if strings.Contains(string(out), secret) {
				t.Errorf("%s:%d: %s shows the secret", b.file, b.line, command)
			}
			switch log, e := os.ReadFile(filepath.Join(dir, "logs", "app.log")); {
			case strings.Contains(command, " exec "):
				if cmd.ProcessState.ExitCode() != 3 || !strings.Contains(string(out), "said REDACTED-known-secret") {
					t.Errorf("%s:%d: %s: %v\n%s", b.file, b.line, command, err, out)
				}
			case err != nil || e != nil || string(log) != "password=REDACTED-password\n":
				t.Errorf("%s:%d: %s: %v %v\n%s", b.file, b.line, command, err, e, out)
			}
		}
		if ran == 0 {
			t.Errorf("%s:%d: no command of stanch", b.file, b.line)
		}
	}
}

// commands returns what a pipeline runs: under run and shell at GitHub, in lists
// of scripts at GitLab.
func commands(n *yaml.Node, under string) (list []string) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			list = append(list, commands(n.Content[i+1], n.Content[i].Value)...)
		}
	case yaml.ScalarNode:
		if slices.Contains([]string{"run", "shell", "script", "before_script", "after_script"}, under) {
			list = append(list, n.Value)
		}
	default:
		for _, c := range n.Content {
			list = append(list, commands(c, under)...)
		}
	}
	return list
}
