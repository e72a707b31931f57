// Package docs holds the documents against the program.
//
// Fenced blocks mean something: one marked text or yaml with a file name is
// written to a directory, one marked sh is run there and must succeed, and one
// marked console holds commands behind "$ " and exactly what they print.
package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stanch/stanch/pipeline/config"
	"github.com/stanch/stanch/redact"
)

const root = "../.."

// top is the same, wherever a test has gone.
var top = func() string {
	dir, err := filepath.Abs(root)
	if err != nil {
		panic(err)
	}
	return dir
}()

// documents are those with commands.
var documents = []string{"README.md", "CONTRIBUTING.md", "SECURITY.md", "DESIGN.md", "docs/README.md", "docs/known-secrets.md", "docs/policies.md", "docs/detectors.md", "docs/gitleaks.md", "docs/ci.md", "docs/opentelemetry.md", "docs/pipeline.md", "docs/kafka.md", "docs/threat-model.md"}

// prelude makes commands that build from source use the program that was built
// for the test, and leaves the targets of make, of which the tests are one, at
// their names.
const prelude = `
go() {
	case "$1 $2" in
	"run ./cmd/stanch") shift 2; stanch "$@" ;;
	*) (cd "$ROOT" && command go "$@") ;;
	esac
}
make() { command make -n -C "$ROOT" "$@" >/dev/null; }
`

// block is a fenced block of a document.
type block struct {
	file  string
	line  int // of the first line inside
	kind  string
	name  string // of a file
	lines []string
}

func blocks(t *testing.T, file string) (list []block) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(top, file))
	if err != nil {
		t.Fatal(err)
	}
	var b *block
	for i, line := range strings.Split(string(text), "\n") {
		switch info, fence := strings.CutPrefix(line, "```"); {
		case fence && b != nil:
			list = append(list, *b)
			b = nil
		case fence:
			kind, name, _ := strings.Cut(info, " ")
			b = &block{file: file, line: i + 2, kind: kind, name: name}
		case b != nil:
			b.lines = append(b.lines, line)
		}
	}
	if b != nil {
		t.Fatalf("%s:%d: block is not closed", file, b.line)
	}
	return list
}

// step is a command and what it prints; silent where that does not matter.
type step struct {
	line    int
	command string
	output  string
	silent  bool
}

func (b *block) steps() (list []step) {
	for i := 0; i < len(b.lines); i++ {
		s := step{line: b.line + i, command: b.lines[i], silent: b.kind == "sh"}
		if b.kind == "console" {
			s.command = strings.TrimPrefix(s.command, "$ ")
		}
		for strings.HasSuffix(b.lines[i], `\`) && i+1 < len(b.lines) {
			i++
			s.command += "\n" + b.lines[i]
		}
		for b.kind == "console" && i+1 < len(b.lines) && !strings.HasPrefix(b.lines[i+1], "$ ") {
			i++
			s.output += b.lines[i] + "\n"
		}
		if strings.TrimSpace(s.command) != "" {
			list = append(list, s)
		}
	}
	return list
}

func TestCommands(t *testing.T) {
	for _, program := range []string{"sh", "make"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin, "./cmd/stanch", "filippo.io/age/cmd/age-keygen")
	build.Dir = top
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	env := append(os.Environ(), "ROOT="+top, "GOBIN="+bin, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "STANCH_KEY=")
	for _, file := range documents {
		t.Run(file, func(t *testing.T) {
			dir := t.TempDir()
			for _, b := range blocks(t, file) {
				if b.name != "" {
					if err := os.WriteFile(filepath.Join(dir, b.name), []byte(strings.Join(b.lines, "\n")+"\n"), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				if b.kind != "sh" && b.kind != "console" {
					continue
				}
				for _, s := range b.steps() {
					cmd := exec.Command("sh", "-c", prelude+s.command)
					cmd.Dir, cmd.Env = dir, env
					out, err := cmd.CombinedOutput()
					switch {
					case s.silent && err != nil:
						t.Errorf("%s:%d: %s: %v\n%s", file, s.line, s.command, err, out)
					case !s.silent && string(out) != s.output:
						t.Errorf("%s:%d: %s prints\n%s\nwant\n%s", file, s.line, s.command, out, s.output)
					}
				}
			}
		})
	}
}

// files writes the blocks that are files into a directory.
func files(t *testing.T, list []block) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, b := range list {
		if b.name != "" {
			if err := os.WriteFile(filepath.Join(dir, b.name), []byte(strings.Join(b.lines, "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// key is for policies that hash.
var key = []byte("0123456789abcdefghijklmnopqrstuv")

// TestPolicies reads every block that begins as a policy does.
func TestPolicies(t *testing.T) {
	for _, file := range documents {
		list := blocks(t, file)
		t.Chdir(files(t, list))
		for _, b := range list {
			if b.kind != "yaml" || !strings.HasPrefix(b.lines[0], "version:") || slices.Contains(b.lines, "sources:") {
				continue
			}
			name := fmt.Sprintf("%s:%d", file, b.line)
			if slices.Contains(b.lines, "inputs:") {
				if _, err := config.Parse(name, []byte(strings.Join(b.lines, "\n"))); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			doc, err := redact.ParseDocument(name, []byte(strings.Join(b.lines, "\n")))
			if err == nil {
				_, err = redact.New(doc, redact.Options{Key: key})
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

// TestLinks holds that what the documents point to is there.
func TestLinks(t *testing.T) {
	for _, file := range append(documents, "CHANGELOG.md") {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(file), m[1])); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}
