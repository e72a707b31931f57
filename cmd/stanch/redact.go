package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/packed"
	"github.com/stanch/stanch/internal/replace"
	"github.com/stanch/stanch/internal/walk"
	"github.com/stanch/stanch/redact"
)

type redactFlags struct {
	output   string
	inPlace  bool
	diff     bool
	binary   bool
	findings string
}

func (c *cli) redactCommand() *cobra.Command {
	var ff fileFlags
	var pf policyFlags
	var r redactFlags
	cmd := &cobra.Command{
		Use:   "redact [PATH...|-] [-o FILE|DIR | --in-place | --diff]",
		Short: "Replace secrets by markers",
		Example: `  tail -f app.log | stanch redact               # complete lines come out at once
  stanch redact app.log > clean.log
  stanch redact app.log.gz -o clean.log.gz      # stays compressed
  stanch redact /var/log/app -o /tmp/clean      # the whole tree
  stanch redact --diff app.log                  # what would change
  stanch redact --in-place logs/`,
		Long: `Redact writes its input with every secret replaced by a marker, and every other
byte as it was. Without a path it reads standard input; without -o, --in-place or
--diff it writes to standard output, several files in the order given.

Files compressed with gzip or zstd are read as what they hold. They come out
plain on standard output, and compressed as they were with -o and --in-place.
UTF-16 stays UTF-16.

--in-place writes a new file beside the old one and renames it once it is whole
and on disk. Mode, owner and extended attributes are kept (on Windows the
read-only attribute); the modification time of a file that was rewritten is new,
a file without secrets is not touched. Files with hard links, symbolic links,
anything that is no regular file, tar archives that hold secrets, and files that
change while they are read are refused. A program that has a file open goes on
writing to the old one: stop it first, or rotate the log. Binary files are only
rewritten with --binary.

Exit status: 0 done, whether or not there were secrets; 2 an error.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.redact(cmd.Context(), args, &ff, &pf, &r)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&r.output, "output", "o", "", "write to this `FILE`, or below this directory")
	f.BoolVarP(&r.inPlace, "in-place", "i", false, "replace the files")
	f.BoolVar(&r.diff, "diff", false, "write what would change; secrets are masked on both sides")
	f.BoolVar(&r.binary, "binary", false, "with --in-place, rewrite binary files too")
	f.StringVar(&r.findings, "findings", "", "write findings to this `FILE`, as scan --format jsonl does")
	cmd.MarkFlagsMutuallyExclusive("output", "in-place", "diff")
	ff.add(cmd)
	pf.add(cmd)
	return cmd
}

func (c *cli) redact(ctx context.Context, paths []string, ff *fileFlags, pf *policyFlags, r *redactFlags) (err error) {
	if len(paths) == 0 {
		if r.inPlace {
			return errors.New("--in-place needs paths")
		}
		paths = []string{walk.Stdin}
	}
	b, err := c.newBatch(paths, ff, pf, r.output)
	if err != nil {
		return err
	}
	defer b.files.Close()
	j := &redaction{batch: b, flags: r}
	if err := j.plan(paths); err != nil {
		return err
	}
	defer j.close()
	if r.findings != "" {
		finish, e := j.openFindings(r.findings)
		if e != nil {
			return e
		}
		defer func() {
			if e := finish(); err == nil {
				err = e
			}
		}()
	}
	err = b.each(ctx, j.file)
	if err != nil && isClosedPipe(err) {
		return err
	}
	verb := "redacted"
	if r.diff {
		verb = "would redact"
	}
	b.sum.print(verb)
	if err != nil {
		return err
	}
	if b.sum.failedAny() {
		return exitStatus(exitError)
	}
	return nil
}

// redaction is a run of redact. What each file is written to is one of stdout,
// root or its own place.
type redaction struct {
	*batch
	flags    *redactFlags
	stdout   *ordered // standard output or an -o that is no regular file
	direct   *os.File // that file
	root     *os.Root // of -o
	name     string   // in root, of -o FILE
	findings *findings
}

// plan finds out where output goes before anything is read.
func (j *redaction) plan(paths []string) error {
	files := j.files.Files
	switch {
	case j.flags.inPlace:
		for i := range files {
			if files[i].Path == walk.Stdin {
				return errors.New("standard input cannot be replaced in place")
			}
		}
		j.files.Files = once(files)
		return nil
	case j.flags.output == "":
		j.stdout = newOrdered(shared{j.cli.stdout, "standard output"})
		return nil
	}
	out := j.flags.output
	info, err := os.Stat(out)
	toDir := err == nil && info.IsDir() || os.IsPathSeparator(out[len(out)-1]) || len(paths) > 1
	for _, p := range paths {
		if in, err := os.Stat(p); p != walk.Stdin && err == nil && in.IsDir() {
			toDir = true
		}
	}
	switch {
	case toDir:
		return j.planTree(out)
	case err == nil && !info.Mode().IsRegular():
		if j.direct, err = os.OpenFile(out, os.O_WRONLY, 0); err != nil {
			return err
		}
		j.stdout = newOrdered(shared{j.direct, out})
		return nil
	case err == nil: // a link is followed, not replaced
		if out, err = filepath.EvalSymlinks(out); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	j.name = filepath.Base(out)
	j.root, err = os.OpenRoot(filepath.Dir(out))
	return err
}

// once returns the files without those that come a second time: two workers
// must not replace the same one.
func once(files []walk.File) []walk.File {
	seen := make(map[string]bool)
	var out []walk.File
	for _, f := range files {
		path, err := filepath.Abs(f.Path)
		if err == nil && seen[path] {
			continue
		}
		seen[path] = true
		out = append(out, f)
	}
	return out
}

func (j *redaction) planTree(dir string) error {
	names := make(map[string]string)
	for i := range j.files.Files {
		f := &j.files.Files[i]
		if f.Path == walk.Stdin {
			return errors.New("standard input has no name in a directory; give -o a file")
		}
		if other, ok := names[f.Rel]; ok {
			return fmt.Errorf("%s and %s would both be written to %s", other, f.Path, filepath.Join(dir, f.Rel))
		}
		names[f.Rel] = f.Path
	}
	err := os.MkdirAll(dir, 0o777)
	if err == nil {
		j.root, err = os.OpenRoot(dir)
	}
	return err
}

func (j *redaction) close() {
	if j.root != nil {
		j.root.Close()
	}
	if j.direct != nil {
		j.direct.Close()
	}
}

// openFindings begins the file of findings. The function returned ends it.
func (j *redaction) openFindings(name string) (finish func() error, err error) {
	if _, random := j.engine.KeyID(); random {
		j.noteRandom()
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	w := bufio.NewWriterSize(f, 64<<10)
	j.findings = newFindings(shared{w, name}, jsonLines())
	return func() error {
		err := w.Flush()
		if e := f.Close(); err == nil {
			err = e
		}
		return err
	}, nil
}

// file redacts one file.
func (j *redaction) file(ctx context.Context, i int, f *walk.File) (err error) {
	var report *fileFindings
	if j.findings != nil {
		report = j.findings.of(i)
		defer func() {
			if e := report.Close(); err == nil {
				err = e
			}
		}()
	}
	if j.stdout != nil {
		l := j.stdout.lane(i)
		defer func() {
			if e := l.Close(); err == nil {
				err = e
			}
		}()
		if j.flags.diff {
			return j.toDiff(ctx, f, l, report)
		}
		return j.toStdout(ctx, f, l, report)
	}
	if j.flags.inPlace {
		return j.replace(ctx, f, report)
	}
	return j.toFile(ctx, f, report)
}

// matches returns what takes the matches of a file, and what hands them on.
func matches(in *input, report *fileFindings) (func(redact.Match, finding.Finding), func() error) {
	if report == nil {
		return nil, func() error { return nil }
	}
	return func(m redact.Match, f finding.Finding) {
		if m.Action.Redacts() {
			one := newFound(m, f, in.encoding())
			report.add(&one)
		}
	}, report.flush
}

func (j *redaction) toStdout(ctx context.Context, f *walk.File, w io.Writer, report *fileFindings) error {
	in, file, err := j.open(ctx, f)
	if err != nil {
		return err
	}
	defer in.close()
	if file != nil {
		defer file.Close()
		out := j.direct
		if out == nil {
			out = j.cli.stdout
		}
		if err := notInto(file, out); err != nil {
			return err
		}
	}
	return j.write(ctx, f, in, w, false, report)
}

// notInto refuses to read a file that is being written to: it would never end.
func notInto(in, out *os.File) error {
	a, err := in.Stat()
	if err != nil || !a.Mode().IsRegular() {
		return nil
	}
	if b, err := out.Stat(); err == nil && os.SameFile(a, b) {
		return errors.New("is both input and output; use --in-place")
	}
	return nil
}

// write redacts in to w. Output of something live is written as it comes.
func (j *redaction) write(ctx context.Context, f *walk.File, in *input, w io.Writer, pack bool, report *fileFindings) error {
	var flush func() error
	// What encodes or packs writes in small pieces.
	if !in.live && (in.decoder != nil || pack && in.format != packed.Plain) {
		bw := bufio.NewWriterSize(w, blockSize)
		flush, w = bw.Flush, bw
	}
	out, err := newOutput(w, in, pack)
	if err != nil {
		return err
	}
	onMatch, hand := matches(in, report)
	stats, err := j.run(ctx, f, pass{in: in, out: out, onMatch: onMatch, after: hand})
	if e := out.close(); err == nil {
		err = e
	}
	if flush != nil {
		if e := flush(); err == nil {
			err = e
		}
	}
	j.sum.done(f.Path, stats, in.binary)
	return err
}

// errFound ends a look for the first secret.
var errFound = errors.New("a secret was found")

// clean reports whether redacting the file changes nothing; it stops at the
// first secret. A clean file is done and its findings are reported.
func (j *redaction) clean(ctx context.Context, f *walk.File, in *input) (bool, error) {
	found := false
	p := pass{in: in, out: io.Discard}
	p.onMatch = func(m redact.Match, _ finding.Finding) { found = found || m.Action.Redacts() }
	p.after = func() error {
		if found {
			return errFound
		}
		return nil
	}
	stats, err := j.run(ctx, f, p)
	if errors.Is(err, errFound) || err == nil && stats.Redacted+stats.Failed > 0 {
		return false, nil
	}
	if err == nil {
		j.sum.done(f.Path, stats, in.binary)
	}
	return err == nil, err
}

var (
	errTar    = errors.New("is a tar archive with secrets: members would no longer have the lengths it says; unpack it first")
	errBinary = errors.New("is a binary file with secrets and was left as it is; --binary rewrites it")
)

// replace redacts a file in place.
func (j *redaction) replace(ctx context.Context, f *walk.File, report *fileFindings) error {
	root, name := f.Root, filepath.FromSlash(f.Rel)
	if root == nil {
		var err error
		if root, err = os.OpenRoot(filepath.Dir(f.Path)); err != nil {
			return err
		}
		defer root.Close()
		name = filepath.Base(f.Path)
	}
	src, err := replace.Open(root, name)
	if err != nil {
		return err
	}
	defer src.Close()
	in, err := j.decode(ctx, src.File)
	if err != nil {
		return err
	}
	defer func() { in.close() }()
	ok, err := j.clean(ctx, f, in)
	if err != nil || ok {
		return err
	}
	switch {
	case in.tar:
		return errTar
	case in.binary && !j.flags.binary:
		return errBinary
	}
	if in, err = j.again(ctx, src.File, in); err != nil {
		return err
	}
	tmp, err := replace.Create(root, name)
	if err != nil {
		return err
	}
	defer tmp.Abort()
	if err := j.write(ctx, f, in, tmp, true, report); err != nil {
		return err
	}
	return tmp.Replace(src)
}

// again goes back to the beginning of a file.
func (j *redaction) again(ctx context.Context, file *os.File, old *input) (*input, error) {
	old.close()
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return old, readError(err)
	}
	in, err := j.decode(ctx, file)
	if err != nil {
		return old, err
	}
	return in, nil
}

// toFile redacts a file to -o FILE, or to its place below -o DIR.
func (j *redaction) toFile(ctx context.Context, f *walk.File, report *fileFindings) error {
	in, file, err := j.open(ctx, f)
	if err != nil {
		return err
	}
	defer func() { in.close() }()
	name := j.name
	if name == "" {
		name = filepath.FromSlash(f.Rel)
		if err := j.root.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return err
		}
	}
	mode := fs.FileMode(0o600)
	old, oldErr := j.root.Stat(name)
	verbatim := false
	if file != nil {
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return readError(err)
		}
		if oldErr == nil && os.SameFile(old, info) {
			return errors.New("is both input and output; use --in-place")
		}
		mode = info.Mode().Perm()
		// A compressed file, and an archive, is copied as it is if it may be.
		if info.Mode().IsRegular() && (in.format != packed.Plain || in.tar) {
			if verbatim, err = j.clean(ctx, f, in); err != nil {
				return err
			}
			if in.tar && !verbatim {
				return errTar
			}
			if in, err = j.again(ctx, file, in); err != nil {
				return err
			}
		}
	}
	if oldErr == nil && old.Mode().IsRegular() && j.name != "" {
		mode = old.Mode().Perm()
	}
	tmp, err := replace.Create(j.root, name)
	if err != nil {
		return err
	}
	defer tmp.Abort()
	if verbatim {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return readError(err)
		}
		_, err = io.Copy(tmp, file)
	} else {
		err = j.write(ctx, f, in, tmp, true, report)
	}
	if err != nil {
		return err
	}
	return tmp.Commit(mode)
}
