package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/stanch/stanch/internal/packed"
	"github.com/stanch/stanch/internal/walk"
	"github.com/stanch/stanch/internal/yamldoc"
)

// fileFlags choose what is read.
type fileFlags struct {
	include, exclude []string
	noIgnore         bool
	ignoreFile       string
	maxDecoded       string
	maxRatio         int64
	quiet            bool
	verbose          bool
}

// ignoreName is the ignore file read from the working directory, and from there
// only: a file inside a walked tree must not turn redaction off.
const ignoreName = ".stanchignore"

const (
	defaultMaxDecoded = "16GiB"
	// defaultMaxRatio is a third of what deflate reaches at most (1032), and many
	// times what logs do.
	defaultMaxRatio = 350
)

func (f *fileFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.include, "include", nil, "of walked directories read only files that fit this `GLOB` (may be repeated)")
	flags.StringArrayVar(&f.exclude, "exclude", nil, "of walked directories do not read what fits this `GLOB` (may be repeated)")
	flags.BoolVar(&f.noIgnore, "no-ignore", false, "do not read "+ignoreName+" in the working directory")
	flags.StringVar(&f.ignoreFile, "ignore-file", "", "read this `FILE` in place of "+ignoreName)
	flags.StringVar(&f.maxDecoded, "max-decoded", defaultMaxDecoded, "most bytes a compressed file may hold; 0 for any `SIZE`")
	flags.Int64Var(&f.maxRatio, "max-ratio", defaultMaxRatio, "most bytes per compressed byte, from 16 MiB on; 0 for any `N`")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no summary and no progress on standard error, only errors")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "list every skipped file")
	cmd.MarkFlagsMutuallyExclusive("quiet", "verbose")
	cmd.MarkFlagsMutuallyExclusive("no-ignore", "ignore-file")
}

func (f *fileFlags) limits() (packed.Limits, error) {
	n, err := yamldoc.ParseSize(f.maxDecoded)
	if err != nil {
		return packed.Limits{}, fmt.Errorf("--max-decoded: %w", err)
	}
	if f.maxRatio < 0 {
		return packed.Limits{}, errors.New("--max-ratio: want 0 or more")
	}
	return packed.Limits{Bytes: n, Ratio: f.maxRatio}, nil
}

// walkOptions reads globs and ignore file.
func (f *fileFlags) walkOptions() (o walk.Options, err error) {
	if o.Include, err = parseGlobs("--include", f.include); err != nil {
		return o, err
	}
	if o.Exclude, err = parseGlobs("--exclude", f.exclude); err != nil {
		return o, err
	}
	if o.Dir, err = os.Getwd(); err != nil {
		return o, err
	}
	name := f.ignoreFile
	if name == "" {
		name = ignoreName
	}
	if f.noIgnore {
		return o, nil
	}
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) && f.ignoreFile == "" {
		return o, nil
	}
	if err != nil {
		return o, err
	}
	defer file.Close()
	o.Ignore, err = walk.ParseIgnore(name, file)
	return o, err
}

func parseGlobs(flag string, list []string) ([]walk.Glob, error) {
	var out []walk.Glob
	for _, s := range list {
		g, err := walk.ParseGlob(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", flag, err)
		}
		out = append(out, g)
	}
	return out, nil
}
