package otlp

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// decodeJSON decodes a batch as HiddenJSON wants it decoded, and encodes what came
// out of it.
func decodeJSON(signal string, b []byte) ([]byte, error) {
	switch signal {
	case logs:
		d, err := (&plog.JSONUnmarshaler{DisallowUnknownFields: true}).UnmarshalLogs(b)
		if err != nil {
			return nil, err
		}
		return new(plog.JSONMarshaler).MarshalLogs(d)
	case traces:
		d, err := (&ptrace.JSONUnmarshaler{DisallowUnknownFields: true}).UnmarshalTraces(b)
		if err != nil {
			return nil, err
		}
		return new(ptrace.JSONMarshaler).MarshalTraces(d)
	}
	d, err := (&pmetric.JSONUnmarshaler{DisallowUnknownFields: true}).UnmarshalMetrics(b)
	if err != nil {
		return nil, err
	}
	return new(pmetric.JSONMarshaler).MarshalMetrics(d)
}

var jsonName = regexp.MustCompile(`"[A-Za-z]+":`)

// TestHiddenJSON: what pdata writes hides nothing, and whatever is written twice or
// not to be known, anywhere, is seen here or by the decoder.
func TestHiddenJSON(t *testing.T) {
	for round := range rounds {
		for _, b := range batches(t) {
			if b.signal == profiles {
				continue
			}
			f := filler{t: t, choices: choices(), round: round, text: func(string) string { return "text" }}
			f.fill(b.root, "", 0)
			withNumbers(b.root)
			clearIndexes(b.root)
			_, encoded := b.marshal()
			if HiddenJSON(encoded) {
				t.Fatalf("%s, round %d: something is hidden in %s", b.signal, round, encoded)
			}
			if _, err := decodeJSON(b.signal, encoded); err != nil {
				t.Fatalf("%s: %v", b.signal, err)
			}
			for _, at := range jsonName.FindAllIndex(encoded, -1) {
				name := string(encoded[at[0]:at[1]])
				snake := regexp.MustCompile(`[A-Z]`).ReplaceAllStringFunc(name, func(s string) string { return "_" + strings.ToLower(s) })
				for _, extra := range []string{name + "null,", snake + "null,", `"":"more",`} {
					if in := string(encoded[:at[0]]) + extra + string(encoded[at[0]:]); !HiddenJSON([]byte(in)) {
						t.Errorf("%s is not seen in %s", extra, in)
					}
				}
				in := string(encoded[:at[0]]) + `"more":"text",` + string(encoded[at[0]:])
				if _, err := decodeJSON(b.signal, []byte(in)); err == nil {
					t.Errorf("an unknown name is not seen in %s", in)
				}
			}
		}
	}
	record := func(s string) string {
		return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[` + s + `]}]}]}`
	}
	for text, want := range map[string]bool{
		record(``): false,
		record(`{"body":{"stringValue":"a \" { [ , ] } \\"}}`):                                                                                false,
		record(`{"body":{"stringValue":"a"},"attributes":[{"key":"k","value":{"stringValue":"a"}},{"key":"k","value":{"stringValue":"a"}}]}`): false,
		record(`{"body":{"stringValue":"a","intValue":"1"}}`):                                                                                 true,
		record(`{"body":{"stringValue":"a","string_value":"b"}}`):                                                                             true,
		record(`{"bo\u0064y":{"stringValue":"a"}}`):                                                                                           true,
		record(``) + ` more`: true,
		record(``) + `{}`:    true,
		record(``)[1:]:       true,
		`{"resourceLogs":[{"deprecatedScopeLogs":[]}]}`: true,
		`{"gauge":{},"sum":{}}`:                         true,
		`{"asInt":1,"asDouble":1}`:                      true,
		`{"a":[{"b":1},{"b":1}],"c":{"b":[1,2]}}`:       false,
		`{"a":[{"b":1},{"c":1,"b":1,"b":1}]}`:           true,
		`{` + strings.Repeat(`"a":1,`, 40) + `"b":1}`:   true,
		``:                           true,
		`"text"`:                     false,
		`[]`:                         false,
		strings.Repeat(`[`, 100_000): true,
		strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000): false,
	} {
		if got := HiddenJSON([]byte(text)); got != want {
			t.Errorf("%.80s: %v", text, got)
		}
	}
	for _, text := range []string{record(`{"traceId":"text as id"}`), record(`{"severityNumber":"text"}`), record(`{"timeUnixNano":"text"}`),
		record(`{"body":{"bytesValue":"no base64, text"}}`), record(`{"flags":{"more":"text"}}`), record(`"text"`)} {
		if out, err := decodeJSON(logs, []byte(text)); err == nil {
			t.Errorf("%s is decoded, as %s", text, out)
		}
	}
}

// FuzzHiddenJSON: where nothing is hidden, decoding shows all text.
func FuzzHiddenJSON(f *testing.F) {
	for round := range 3 {
		for i, b := range batches(f)[:3] {
			fill := filler{t: f, choices: choices(), round: round, text: func(string) string { return marker }}
			fill.fill(b.root, "", 0)
			clearIndexes(b.root)
			_, encoded := b.marshal()
			f.Add(uint8(i), encoded)
		}
	}
	f.Fuzz(func(t *testing.T, signal uint8, b []byte) {
		if len(b) > 64<<10 {
			return
		}
		name := [...]string{logs, traces, metrics}[signal%3]
		out, err := decodeJSON(name, b)
		if err != nil || HiddenJSON(b) {
			return
		}
		if want, got := bytes.Count(b, []byte(marker)), bytes.Count(out, []byte(marker)); got < want {
			t.Errorf("%s: %d of %d texts are shown: %s", name, got, want, b)
		}
	})
}
