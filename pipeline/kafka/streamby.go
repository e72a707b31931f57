package kafka

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/stanch/stanch/pipeline/kafka/batch"
)

// StreamBy says which records of a partition are lines of one log: those with the same
// stream key.
type StreamBy struct {
	from streamKey
	name string // of the header, or the path of the field
}

type streamKey uint8

const (
	byKey streamKey = iota
	byHeader
	byField
)

// ParseStreamBy reads "key" for the record's key, "header:NAME" for the value of a
// header, or "field:PATH" for a member of a value in JSON: names from the outermost
// object inwards, joined by dots, some of which may belong to a name.
func ParseStreamBy(s string) (*StreamBy, error) {
	if s == "key" {
		return &StreamBy{from: byKey}, nil
	}
	if name, ok := strings.CutPrefix(s, "header:"); ok && name != "" {
		return &StreamBy{byHeader, name}, nil
	}
	if path, ok := strings.CutPrefix(s, "field:"); ok {
		for part := range strings.SplitSeq(path, ".") {
			if part == "" {
				return nil, fmt.Errorf("stream_by: %q is no path such as kubernetes.pod_name", path)
			}
		}
		if strings.Count(path, ".") >= maxFieldDepth || strings.ContainsAny(path, `"\`) {
			return nil, errors.New("stream_by: the path is too deep, or holds a quote or a backslash")
		}
		return &StreamBy{byField, path}, nil
	}
	return nil, fmt.Errorf("stream_by: %q is none of key, header:NAME and field:PATH", s)
}

const maxFieldDepth = 16

// String returns what ParseStreamBy reads.
func (b *StreamBy) String() string {
	return [...]string{"key", "header:", "field:"}[b.from] + b.name
}

// of returns the stream key of a record whose text is value, empty if it has none.
func (b *StreamBy) of(rec *batch.Record, value []byte) []byte {
	switch b.from {
	case byKey:
		return rec.Key
	case byHeader:
		for h := range rec.Headers.All {
			if string(h.Key) == b.name {
				return h.Value
			}
		}
		return nil
	}
	i := blanks(value, 0)
	if i == len(value) || value[i] != '{' {
		return nil
	}
	found, _ := memberOf(value, i, b.name)
	return found
}

// memberOf looks in the object that begins at i for the member that path names. It
// returns the text of a string, as it is written, or of a number, and where the object
// ends, -1 if that is not seen. What is no JSON holds no members, or those that are
// seen until then. It takes one look at each byte.
func memberOf(t []byte, i int, path string) (found []byte, end int) {
	for i = blanks(t, i+1); i < len(t) && t[i] == '"'; i = blanks(t, i+1) {
		from := i + 1
		if i = stringEnd(t, i); i < 0 {
			return nil, -1
		}
		name := t[from : i-1]
		if i = blanks(t, i); i == len(t) || t[i] != ':' {
			return nil, -1
		}
		if i = blanks(t, i+1); i == len(t) {
			return nil, -1
		}
		rest, inside := "", false
		if len(name) < len(path) && path[len(name)] == '.' && string(name) == path[:len(name)] {
			rest, inside = path[len(name)+1:], t[i] == '{'
		}
		from = i
		switch {
		case inside:
			found, i = memberOf(t, i, rest)
		default:
			i = valueEnd(t, i)
			if i > 0 && string(name) == path {
				found = scalar(t[from:i])
			}
		}
		if len(found) > 0 || i < 0 {
			return found, i
		}
		if i = blanks(t, i); i == len(t) || t[i] != ',' {
			break
		}
	}
	if i < len(t) && t[i] == '}' {
		return nil, i + 1
	}
	return nil, -1
}

// scalar returns the text of a value that is a string or a number.
func scalar(v []byte) []byte {
	switch {
	case len(v) == 0:
		return nil
	case v[0] == '"':
		return v[1 : len(v)-1]
	case v[0] == '-' || v[0]-'0' < 10:
		return v
	}
	return nil
}

func blanks(t []byte, i int) int {
	for i < len(t) && (t[i] == ' ' || t[i] == '\n' || t[i] == '\t' || t[i] == '\r') {
		i++
	}
	return i
}

// stringEnd returns the offset behind the string that begins at i, or -1.
func stringEnd(t []byte, i int) int {
	for from := i + 1; ; {
		n := bytes.IndexByte(t[from:], '"')
		if n < 0 {
			return -1
		}
		end := from + n
		slashes := end
		for slashes > from && t[slashes-1] == '\\' {
			slashes--
		}
		if (end-slashes)%2 == 0 {
			return end + 1
		}
		from = end + 1
	}
}

// valueEnd returns the offset behind the value that begins at i, or -1.
func valueEnd(t []byte, i int) int {
	if t[i] == '"' {
		return stringEnd(t, i)
	}
	for depth := 0; i < len(t); i++ {
		switch t[i] {
		case '"':
			if i = stringEnd(t, i); i < 0 {
				return -1
			}
			i--
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}
