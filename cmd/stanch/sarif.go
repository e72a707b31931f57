package main

import (
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
)

// sarifFormat writes SARIF 2.1.0
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html). Columns
// are left out: SARIF counts them in characters, not in bytes. The byte offsets
// are exact.
func sarifFormat(all []detectors.Detector, stable bool) format {
	type m = map[string]any
	index := make(map[string]int)
	begin := func(w io.Writer) error {
		var rules []m
		for i := range all {
			d := &all[i]
			index[d.ID] = i
			rule := m{
				"id":                   d.ID,
				"name":                 d.ID,
				"shortDescription":     m{"text": d.Title},
				"defaultConfiguration": m{"level": sarifLevel(d.Severity)},
				"properties":           m{"tags": []string{"security", "secret"}, "security-severity": securitySeverity(d.Severity), "vendor": d.Vendor},
			}
			if len(d.References) > 0 {
				rule["helpUri"] = d.References[0]
			}
			rules = append(rules, rule)
		}
		b := appendJSON(nil, m{"driver": m{"name": "stanch", "version": versionOf().Version, "informationUri": "https://github.com/stanch/stanch", "rules": rules}})
		return writeAll(w, []byte(`{"$schema":"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",`+
			`"version":"2.1.0","runs":[{"tool":`+string(b)+`,"results":[`))
	}
	one := func(dst []byte, f *found) []byte {
		uri := fileURI(f.Path)
		if f.stdin {
			uri = "stdin"
		}
		result := m{
			"ruleId":  f.Detector,
			"level":   sarifLevel(f.Severity),
			"message": m{"text": f.Title + " (" + f.Confidence.String() + " confidence)"},
			"locations": []m{{"physicalLocation": m{
				"artifactLocation": m{"uri": uri},
				"region":           m{"startLine": f.Line, "byteOffset": f.Start, "byteLength": f.End - f.Start},
			}}},
			"properties": m{"confidence": f.Confidence.String(), "action": f.Action, "encoding": f.Encoding, "byteColumn": f.Column},
		}
		if i, ok := index[f.Detector]; ok {
			result["ruleIndex"] = i
		}
		if f.Fingerprint != nil && stable {
			result["fingerprints"] = m{"stanch/v1": *f.Fingerprint}
		}
		if f.Inventory != "" {
			result["properties"].(m)["inventory"], result["properties"].(m)["owner"] = f.Inventory, f.Owner
		}
		return appendJSON(append(dst, '\n'), result)
	}
	return format{begin, one, ",", text("\n]}]}\n")}
}

func sarifLevel(s finding.Severity) string {
	return [...]string{finding.Low: "note", finding.Medium: "warning", finding.High: "error", finding.Critical: "error"}[s]
}

// securitySeverity is the number code scanning services sort by, in the bands of CVSS.
func securitySeverity(s finding.Severity) string {
	return [...]string{finding.Low: "3.0", finding.Medium: "5.5", finding.High: "8.0", finding.Critical: "9.5"}[s]
}

// fileURI returns a path as a URI reference, relative if the path is.
func fileURI(path string) string {
	path = filepath.ToSlash(path)
	if filepath.IsAbs(filepath.FromSlash(path)) {
		if !strings.HasPrefix(path, "/") {
			path = "/" + path
		}
		return (&url.URL{Scheme: "file", Path: path}).String()
	}
	return (&url.URL{Path: path}).String() // puts ./ before a colon in the first name
}
