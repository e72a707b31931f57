package otlp

import (
	"bytes"
	"encoding/json"
)

// HiddenJSON reports whether a batch in OTLP's JSON may hold text that decoding it
// does not show, so that it must not be handed on as it came, though what it decodes
// to is clean: a name that an object has twice, in whatever style, more than one of
// the fields of which one counts, a field of an OTLP of before, text behind the end.
// Unknown names are the decoder's to refuse: it has to be one of pdata's with
// DisallowUnknownFields. It takes time linear in b.
//
// The encoding is that of https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding.
func HiddenJSON(b []byte) bool {
	if !json.Valid(b) {
		return true
	}
	// No message of OTLP has as many fields.
	const mostNames = 32
	var names [][]byte // of the objects that are open
	var begins []int   // of each open object in names, -1 for a list
	key := false       // whether the next string is a name
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{':
			begins, key = append(begins, len(names)), true
		case '[':
			begins, key = append(begins, -1), false
		case '}', ']':
			last := len(begins) - 1
			if begins[last] >= 0 {
				names = names[:begins[last]]
			}
			begins, key = begins[:last], false
		case ',':
			key = begins[len(begins)-1] >= 0
		case '"':
			begin := i + 1
			for i++; b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
			if !key {
				continue
			}
			key = false
			name, others := b[begin:i], names[begins[len(begins)-1]:]
			if !nameAlone(name, others) || len(others) == mostNames {
				return true
			}
			names = append(names, name)
		}
	}
	return false
}

// nameAlone reports whether a name is one that may stand in an object with others.
func nameAlone(name []byte, others [][]byte) bool {
	// pdata's decoders take an empty name for the end of the object, and those of
	// before OTLP 0.15 for others.
	if len(name) == 0 || bytes.IndexByte(name, '\\') >= 0 || bytes.HasPrefix(name, []byte("deprecated")) {
		return false
	}
	choice := choiceOf(name)
	for _, o := range others {
		if sameName(name, o) || choice != 0 && choice == choiceOf(o) {
			return false
		}
	}
	return true
}

// sameName reports whether two names are one in different styles: fooBar and
// foo_bar.
func sameName(a, b []byte) bool {
	for {
		a, b = bytes.TrimLeft(a, "_"), bytes.TrimLeft(b, "_")
		if len(a) == 0 || len(b) == 0 {
			return len(a) == len(b)
		}
		if a[0]|0x20 != b[0]|0x20 {
			return false
		}
		a, b = a[1:], b[1:]
	}
}

// choiceOf numbers the sets of fields of which a message may have one; 0 is none.
func choiceOf(name []byte) int {
	switch string(name) {
	case "stringValue", "string_value", "boolValue", "bool_value", "intValue", "int_value", "doubleValue", "double_value",
		"arrayValue", "array_value", "kvlistValue", "kvlist_value", "bytesValue", "bytes_value", "stringValueStrindex", "string_value_strindex":
		return 1
	case "gauge", "sum", "histogram", "exponentialHistogram", "exponential_histogram", "summary":
		return 2
	case "asDouble", "as_double", "asInt", "as_int":
		return 3
	}
	return 0
}
