package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/internal/packed"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"stanch": main,
		"gen":    tool(gen),
		"utf16":  tool(toUTF16),
		"pack":   tool(pack),
		"zeros":  tool(zeros),
		"slow":   tool(slow),
		"same":   tool(same),
		"keygen": tool(keygen),
		"base64": tool(toBase64),
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status},
		Setup: func(e *testscript.Env) error {
			e.Setenv("STANCH_KEY", "")
			return nil
		},
	})
}

// status runs a command that must end with an exit status: status 42 command …
func status(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit status %d, want %s", code, args[0])
	}
}

// tool makes a program of a function: arguments, standard input and output.
func tool(f func(args []string, in io.Reader, out io.Writer) error) func() {
	return func() {
		if err := f(os.Args[1:], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// gen writes each argument as a line, its placeholders expanded from a seed. No
// literal that looks like a live token stands in a script.
func gen(args []string, _ io.Reader, out io.Writer) error {
	for _, a := range args {
		text, _, _, err := detectors.Expand(a, 7)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, text); err != nil {
			return err
		}
	}
	return nil
}

// keygen writes a private key of age to the named file, and the policy that seals
// everything for its owner to the output.
func keygen(args []string, _ io.Reader, out io.Writer) error {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	if err := os.WriteFile(args[0], []byte("# a comment\n"+id.String()+"\n"), 0o600); err != nil {
		return err
	}
	if len(args) > 1 {
		_, err = fmt.Fprintln(out, id.Recipient())
		return err
	}
	_, err = fmt.Fprintf(out, "version: 1\nseal: {recipients: %s}\npolicy: [{action: sealed}]\n", id.Recipient())
	return err
}

// toBase64 writes its input in base64, on a line.
func toBase64(_ []string, in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, base64.StdEncoding.EncodeToString(text))
	return err
}

// toUTF16 encodes its input: utf16 le|be [bom].
func toUTF16(args []string, in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	var order binary.AppendByteOrder = binary.LittleEndian
	if args[0] == "be" {
		order = binary.BigEndian
	}
	s := string(text)
	if len(args) > 1 {
		s = "\ufeff" + s
	}
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	_, err = out.Write(b)
	return err
}

// pack compresses its input (pack gzip|zstd) or unpacks it (pack -d gzip|zstd).
func pack(args []string, in io.Reader, out io.Writer) error {
	format := func(s string) packed.Format {
		return map[string]packed.Format{"gzip": packed.Gzip, "zstd": packed.Zstd}[s]
	}
	if args[0] == "-d" {
		r, err := packed.NewReader(in, format(args[1]), packed.Limits{})
		if err != nil {
			return err
		}
		_, err = io.Copy(out, r)
		return err
	}
	w, err := packed.NewWriter(out, format(args[0]), nil)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, in); err != nil {
		return err
	}
	return w.Close()
}

// zeros writes so many MiB of one byte.
func zeros(args []string, _ io.Reader, out io.Writer) error {
	var n int
	if _, err := fmt.Sscan(args[0], &n); err != nil {
		return err
	}
	b := bytes.Repeat([]byte(args[1]), 1<<20)
	for range n {
		if _, err := out.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// slow copies its input line by line, each after a pause.
func slow(_ []string, in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		if _, err := io.WriteString(out, line); err != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil
}

// same fails unless the two files hold the same bytes.
func same(args []string, _ io.Reader, _ io.Writer) error {
	a, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	b, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	if !bytes.Equal(a, b) {
		return fmt.Errorf("%s and %s differ: %d and %d bytes", args[0], args[1], len(a), len(b))
	}
	return nil
}
