package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/viper"
	"github.com/zricethezav/gitleaks/v8/config"
	"github.com/zricethezav/gitleaks/v8/detect"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/detectors/gitleaks"
	"github.com/stanch/stanch/match"
)

// importedCounts are the sizes of files of rules: gitleaks' own as it is, and what a
// large organisation may make of it.
var importedCounts = []int{222, 1000}

// importedName names the row of a file of imported rules.
func importedName(rules int) string { return fmt.Sprintf("imported/%d", rules) }

// imported measures redacting clean text with rules that come from a file of
// gitleaks, in place of the built-in detectors.
func (b *bench) imported(c *corpus) {
	pieces := chunks(c.text)
	var subjects []subject
	for _, n := range importedCounts {
		if b.wants(importedName(n)) {
			subjects = append(subjects, redactEach(importedName(n), newEngine(match.Kernels()[0], loadRules(n)), pieces))
		}
	}
	b.measure(b.rounds, subjects...)
	for _, n := range importedCounts {
		if r := b.find(importedName(n)); r != nil && r.Count < c.planted {
			b.fail("%s: %d findings, but %d secrets were planted", r.Name, r.Count, c.planted)
		}
	}
}

// writeRules writes gitleaks' own rules and behind them as many of makeRules as make
// them n.
func writeRules(n int) string {
	var b strings.Builder
	b.WriteString(config.DefaultConfig)
	for _, d := range makeRules(n - strings.Count(config.DefaultConfig, "\n[[rules]]") + 1)[1:] {
		fmt.Fprintf(&b, "\n[[rules]]\nid = %q\nregex = '''%s'''\nkeywords = [%q]\nentropy = 2.0\n", d.ID, d.Regex, strings.ToLower(d.Literals[0]))
		fmt.Fprintf(&b, "[[rules.allowlists]]\nregexes = ['''^(?:x+|0+)$''']\nstopwords = [\"example\"]\n")
	}
	return b.String()
}

// rulesFile hands the path of a file of n rules to f.
func rulesFile(n int, f func(path string)) {
	dir := must(os.MkdirTemp("", "stanch-bench-"))
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "rules.toml")
	if err := os.WriteFile(path, []byte(writeRules(n)), 0o600); err != nil {
		panic(err)
	}
	f(path)
}

func loadRules(n int) (list []detectors.Detector) {
	rulesFile(n, func(path string) {
		var err error
		if list, _, err = gitleaks.Load(path, gitleaks.Options{}); err != nil {
			panic(err)
		}
	})
	return list
}

// gitleaksWith returns gitleaks with n rules.
func gitleaksWith(n int) (d *detect.Detector) {
	rulesFile(n, func(path string) {
		v := viper.New()
		v.SetConfigFile(path)
		if err := v.ReadInConfig(); err != nil {
			panic(err)
		}
		var vc config.ViperConfig
		if err := v.Unmarshal(&vc); err != nil {
			panic(err)
		}
		d = detect.NewDetector(must(vc.Translate()))
	})
	return d
}
