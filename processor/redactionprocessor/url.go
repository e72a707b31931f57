package redactionprocessor

import (
	"slices"
	"strings"

	"github.com/grafana/clusterurl/pkg/clusterurl"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// urls replaces what varies in URLs. Nil does nothing.
type urls struct {
	classifier *clusterurl.ClusterURLClassifier
	attributes []string
	spanNames  bool
}

func newURLs(c *URLSanitizer) (*urls, error) {
	if !c.Enabled {
		return nil, nil
	}
	classifier, err := clusterurl.NewClusterURLClassifier(nil)
	if err != nil {
		return nil, err
	}
	return &urls{classifier, c.Attributes, c.SanitizeSpanName == nil || *c.SanitizeSpanName}, nil
}

// attribute returns what becomes of the value of an attribute.
func (u *urls) attribute(key, value string) string {
	if u == nil || !slices.Contains(u.attributes, key) {
		return value
	}
	return u.text(value)
}

// text returns what becomes of a text that is taken for a URL. What the classifier
// fails on becomes a mask.
func (u *urls) text(s string) (out string) {
	if u == nil || s == "" {
		return s
	}
	defer func() {
		if recover() != nil {
			out = mask
		}
	}()
	return u.classifier.ClusterURL(s)
}

// spanName returns what becomes of the name of a span, if that is something else.
// Names of clients and servers of HTTP are looked at, and those that have a slash.
func (u *urls) spanName(span ptrace.Span) (string, bool) {
	if u == nil || !u.spanNames {
		return "", false
	}
	name := span.Name()
	switch {
	case span.Kind() != ptrace.SpanKindClient && span.Kind() != ptrace.SpanKindServer:
		return "", false
	case !strings.Contains(name, "/") && !isHTTP(span.Attributes()):
		return "", false
	}
	out := u.text(name)
	if out == name || nothingLeft(out) {
		return "", false
	}
	return out, true
}

// nothingLeft reports whether asterisks and slashes are all that a name has.
func nothingLeft(name string) bool {
	stars := false
	for part := range strings.SplitSeq(name, "/") {
		if part != "" && part != "*" {
			return false
		}
		stars = stars || part == "*"
	}
	return stars
}

// httpKeys are attributes of spans of HTTP, in the semantic conventions 1.25 and now.
var httpKeys = [...]string{
	"http.route", "http.request.method", "http.request.method_original", "http.response.status_code", "url.full",
	"http.scheme", "http.target", "http.method", "http.url",
}

func isHTTP(m pcommon.Map) bool {
	for _, k := range httpKeys {
		if _, ok := m.Get(k); ok {
			return true
		}
	}
	return false
}
