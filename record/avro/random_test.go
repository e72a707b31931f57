package avro

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// canary is a secret in any text, and under the name of a password by itself.
const canary = "hunter2-Vb7ohQuaechoo"

// maker makes schemas, and values of them as goavro has them.
type maker struct {
	*rand.Rand
	names int
	dirty bool // whether there are canaries
}

func (m *maker) name() string { m.names++; return fmt.Sprintf("n%d", m.names) }

// schema makes a schema of a certain depth at most.
func (m *maker) schema(depth int) any {
	n := 18
	if depth == 0 {
		n = 9
	}
	switch k := m.IntN(n); k {
	case 0, 1, 2:
		return "string"
	case 3:
		return []string{"int", "long", "float", "double", "boolean"}[m.IntN(5)]
	case 4:
		return "bytes"
	case 5:
		return map[string]any{"type": "long", "logicalType": "timestamp-millis"}
	case 6:
		return map[string]any{"type": "enum", "name": m.name(), "namespace": "e", "symbols": []any{"A", "B", "C"}}
	case 7:
		return map[string]any{"type": "fixed", "name": m.name(), "size": 1 + m.IntN(9)}
	case 8:
		return "null"
	case 9, 10:
		return map[string]any{"type": "array", "items": m.schema(depth - 1)}
	case 11, 12:
		return map[string]any{"type": "map", "values": m.schema(depth - 1)}
	case 13:
		return []any{"null", m.named(depth - 1), "string", "long"}
	}
	return m.named(depth)
}

// named makes a record.
func (m *maker) named(depth int) any {
	r := map[string]any{"type": "record", "name": m.name()}
	if m.IntN(3) == 0 {
		r["namespace"], r["aliases"] = "a.b", []any{"Old"}
	}
	var fields []any
	for i := range m.IntN(5) {
		fields = append(fields, map[string]any{"name": fmt.Sprintf("f%d", i), "type": m.schema(depth - 1), "doc": "…"})
	}
	if m.IntN(3) == 0 {
		fields = append(fields, map[string]any{"name": "password", "type": "string"})
	}
	if m.IntN(4) == 0 {
		fields = append(fields, map[string]any{"name": "next", "type": []any{"null", r["name"]}})
	}
	if fields == nil {
		fields = []any{}
	}
	r["fields"] = fields
	return r
}

func (m *maker) text() string {
	words := []string{"GET", "took", "15 ms", "ünïcode", "", "x", strings.Repeat("long ", 40)}
	s := words[m.IntN(len(words))]
	if m.dirty && m.IntN(3) == 0 {
		s += " password=" + canary
	}
	return s
}

// encoder encodes values as a schema says, in blocks of any kind.
type encoder struct {
	*maker
	types map[string]any
	texts int // canaries
}

// value makes a value and appends it to b.
func (e *encoder) value(b []byte, schema any, key string, depth int) []byte {
	switch s := schema.(type) {
	case []any:
		i := e.IntN(len(s))
		if depth <= 0 {
			i = 0
		}
		return e.value(e.long(b, int64(i)), s[i], key, depth)
	case string:
		if t, ok := e.types[s]; ok {
			return e.value(b, t, key, depth)
		}
		return e.primitive(b, s, key)
	case map[string]any:
		switch s["type"] {
		case "record":
			e.types[s["name"].(string)] = s
			for _, f := range s["fields"].([]any) {
				f := f.(map[string]any)
				b = e.value(b, f["type"], f["name"].(string), depth-1)
			}
			return b
		case "enum":
			return e.long(b, int64(e.IntN(3)))
		case "fixed":
			return append(b, "0123456789"[:s["size"].(int)]...)
		case "array", "map":
			return e.blocks(b, s, key, depth-1)
		}
		return e.value(b, s["type"], key, depth)
	}
	panic(schema)
}

func (e *encoder) long(b []byte, n int64) []byte { return binary.AppendVarint(b, n) }

func (e *encoder) string(b []byte, s string) []byte {
	if strings.Contains(s, canary) {
		e.texts++
	}
	return append(e.long(b, int64(len(s))), s...)
}

func (e *encoder) primitive(b []byte, s, key string) []byte {
	switch s {
	case "null":
		return b
	case "boolean":
		return append(b, byte(e.IntN(2)))
	case "int":
		return e.long(b, int64(int32(e.Uint32())))
	case "long":
		return e.long(b, int64(e.Uint64()))
	case "float":
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(e.Float32()))
	case "double":
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(e.Float64()))
	case "bytes":
		if e.IntN(2) == 0 {
			return e.string(b, "\x00\x01\x02")
		}
		return e.string(b, e.text())
	case "string":
		switch {
		case key == "password" && e.dirty:
			return e.string(b, canary)
		case key == "password":
			return e.string(b, "")
		}
		return e.string(b, e.text())
	}
	panic(s)
}

// blocks makes the items of an array or map, in blocks with and without lengths.
func (e *encoder) blocks(b []byte, s map[string]any, key string, depth int) []byte {
	items := e.IntN(4)
	if depth <= 0 {
		items = 0
	}
	n := 0
	for items > 0 {
		count := 1 + e.IntN(items)
		items -= count
		var block []byte
		for range count {
			if s["type"] == "array" {
				block = e.value(block, s["items"], key, depth)
				continue
			}
			n++
			k := fmt.Sprintf("item%d", n)
			if e.dirty && e.IntN(6) == 0 {
				k += " password=" + canary
			}
			block = e.value(e.string(block, k), s["values"], k, depth)
		}
		if e.IntN(2) == 0 {
			b = e.long(b, int64(count))
		} else {
			b = e.long(e.long(b, -int64(count)), int64(len(block)))
		}
		b = append(b, block...)
	}
	return append(b, 0)
}

// random makes a schema and a value of it, with so many texts in which canaries stand.
func random(seed uint64, dirty bool) (schema, value []byte, canaries int) {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 7)), dirty: dirty}
	s := m.schema(5)
	e := &encoder{maker: m, types: make(map[string]any)}
	value = e.value(nil, s, "", 8)
	schema, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return schema, value, e.texts
}
