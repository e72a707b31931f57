package avro

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/linkedin/goavro/v2"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/record"
	"github.com/stanch/stanch/redact"
)

var engine = sync.OnceValue(func() *redact.Engine {
	e, err := redact.New(redact.DefaultDocument(), redact.Options{RandomKey: true})
	if err != nil {
		panic(err)
	}
	return e
})

func parse(t testing.TB, text string) *Schema {
	t.Helper()
	s, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// same reports where two values as goavro has them differ in more than their
// canaries.
func same(path string, in, out any) error {
	switch in := in.(type) {
	case string:
		if got, _ := out.(string); !fits(in, got) {
			return fmt.Errorf("%s: %q, was %q", path, out, in)
		}
		return nil
	case []byte:
		if got, _ := out.([]byte); !fits(string(in), string(got)) {
			return fmt.Errorf("%s: %q, was %q", path, out, in)
		}
		return nil
	case []any:
		got, ok := out.([]any)
		if !ok || len(got) != len(in) {
			return fmt.Errorf("%s: other items", path)
		}
		for i := range in {
			if err := same(fmt.Sprintf("%s[%d]", path, i), in[i], got[i]); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		got, ok := out.(map[string]any)
		if !ok || len(got) != len(in) {
			return fmt.Errorf("%s: other members", path)
		}
		for k, v := range in {
			if strings.Contains(k, canary) {
				continue // which key it has become is not known
			}
			if err := same(path+"."+k, v, got[k]); err != nil {
				return err
			}
		}
		return nil
	}
	if !reflect.DeepEqual(in, out) {
		return fmt.Errorf("%s: %v, was %v", path, out, in)
	}
	return nil
}

// fits reports whether out is what has to become of a text.
func fits(in, out string) bool {
	before, _, found := strings.Cut(in, canary)
	return found && !strings.Contains(out, canary) && strings.HasPrefix(out, before+"REDACTED-") || !found && in == out
}

// TestRandom compares values of random schemas before and after, as another
// implementation decodes them.
func TestRandom(t *testing.T) {
	e := engine()
	r := e.NewRedactor()
	seeds, dirtied := uint64(3000), uint64(0)
	if testing.Short() {
		seeds = 500
	}
	for seed := range seeds {
		schema, value, canaries := random(seed, seed%4 != 0)
		codec, err := goavro.NewCodec(string(schema))
		if err != nil {
			t.Fatalf("%v\n%s", err, schema)
		}
		before, rest, err := codec.NativeFromBinary(value)
		if err != nil || len(rest) > 0 {
			t.Fatalf("seed %d: %v, %d bytes left\n%s", seed, err, len(rest), schema)
		}
		s, err := Parse(schema)
		if err != nil {
			t.Fatalf("%v\n%s", err, schema)
		}
		in := bytes.Clone(value)
		out, changed, err := s.Redact(r, []byte("kept"), value)
		if err != nil || !bytes.Equal(in, value) {
			t.Fatalf("seed %d: %v\n%s\n%q", seed, err, schema, value)
		}
		if changed != (canaries > 0) || !bytes.HasPrefix(out, []byte("kept")) || !changed && len(out) > 4 {
			t.Fatalf("seed %d: %d canaries, changed is %v", seed, canaries, changed)
		}
		if !changed {
			continue
		}
		dirtied++
		out = out[4:]
		if bytes.Contains(out, []byte(canary)) {
			t.Fatalf("seed %d: a canary is left in %q", seed, out)
		}
		after, rest, err := codec.NativeFromBinary(out)
		if err != nil || len(rest) > 0 {
			t.Fatalf("seed %d: the redacted value does not decode: %v\n%s\n%q\n%q", seed, err, schema, value, out)
		}
		if err := same("", before, after); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, schema)
		}
		if _, changed, err := s.Redact(r, nil, out); changed || err != nil {
			t.Fatalf("seed %d: what was redacted is redacted again: %v", seed, err)
		}
		// Every value that is cut short is refused.
		if seed%50 == 1 {
			for n := range value {
				if _, _, err := s.Redact(r, nil, value[:n]); !errors.Is(err, record.ErrMalformed) {
					t.Fatalf("seed %d: cut to %d bytes: %v", seed, n, err)
				}
			}
		}
		if _, _, err := s.Redact(r, nil, append(bytes.Clone(value), 0)); !errors.Is(err, record.ErrMalformed) {
			t.Fatalf("seed %d: with a byte behind it: %v", seed, err)
		}
	}
	if dirtied < seeds/6 {
		t.Errorf("only %d values held a canary", dirtied)
	}
}

func str(s string) string { return string(binary.AppendVarint(nil, int64(len(s)))) + s }

// sized is an array of one item, in a block that says how long it is.
func sized(item string) string { return num(-1) + num(int64(len(item))) + item + num(0) }

func num(n int64) string { return string(binary.AppendVarint(nil, n)) }

// TestRedact holds what comes out to the byte, and where it is found.
func TestRedact(t *testing.T) {
	const mask = "REDACTED-password"
	rec := func(fields string) string { return `{"type":"record","name":"R","fields":[` + fields + `]}` }
	for _, c := range []struct {
		name, schema, in, out, path string
		err                         error
	}{
		{"the name of a field", rec(`{"name":"password","type":"string"}`), str(canary), str(mask), "password", nil},
		{"a text", `"string"`, str("password=" + canary), str("password=" + mask), "", nil},
		{"in a list", rec(`{"name":"passwords","type":{"type":"array","items":"string"}}`),
			num(2) + str(canary) + str("") + num(0), num(2) + str(mask) + str("") + num(0), "passwords[0]", nil},
		{"the key of a map", `{"type":"map","values":"string"}`, num(1) + str("password") + str(canary) + num(0), num(1) + str("password") + str(mask) + num(0), "password", nil},
		{"in a key", rec(`{"name":"m","type":{"type":"map","values":"int"}}`), num(1) + str("password="+canary) + num(3) + num(0), "", "m#key", nil},
		{"a name and its value", rec(`{"name":"headers","type":{"type":"array","items":{"type":"record","name":"H","fields":[{"name":"name","type":"string"},{"name":"value","type":["null","string"]}]}}}`),
			num(2) + str("Accept") + num(1) + str("*/*") + str("X-Password") + num(1) + str(canary) + num(0),
			num(2) + str("Accept") + num(1) + str("*/*") + str("X-Password") + num(1) + str(mask) + num(0), "headers[1].value", nil},
		{"lengths of blocks", `{"type":"array","items":{"type":"array","items":"string"}}`,
			sized(sized(str("password=" + canary))), sized(sized(str("password=" + mask))), "[0][0]", nil},
		{"a union", `["null","string"]`, num(1) + str("password="+canary), num(1) + str("password="+mask), "", nil},
		{"bytes", rec(`{"name":"password","type":"bytes"}`), str(canary), str(mask), "password", nil},
		{"bytes that are no text", `"bytes"`, str("\x00password=" + canary), "", "", record.ErrFixed},
		{"fixed", `{"type":"fixed","name":"F","size":30}`, "password=" + canary, "", "", record.ErrFixed},
		{"a number", rec(`{"name":"a","type":"long"},{"name":"pin","type":"long"}`), num(482915) + num(482915), num(482915) + num(0), "pin", nil},
		{"a floating number", rec(`{"name":"pin","type":"double"}`), "\x00\x00\x00\x00\x94\x79\x1d\x41", strings.Repeat("\x00", 8), "pin", nil},
		{"the arguments of a command", rec(`{"name":"args","type":{"type":"array","items":["null","string"]}},{"name":"next","type":"string"}`),
			num(2) + num(1) + str("mysql") + num(1) + str("--password") + num(-2) + num(int64(2+len(str(canary)))) + num(0) + num(1) + str(canary) + num(0) + str("--password"),
			num(2) + num(1) + str("mysql") + num(1) + str("--password") + num(-2) + num(int64(2+len(str(mask)))) + num(0) + num(1) + str(mask) + num(0) + str("--password"), "args", nil},
		{"under names of its own", rec(`{"name":"credentials","type":{"type":"record","name":"C","fields":[{"name":"user","type":"string"},{"name":"password","type":"string"}]}}`),
			str("root") + str(canary), str("root") + str(mask), "credentials.password", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := parse(t, c.schema)
			r := engine().NewRedactor()
			r.Source = finding.Source{Kind: finding.Kafka, Topic: "t"}
			var found []finding.Finding
			r.OnFinding = func(f finding.Finding) { found = append(found, f) }
			out, changed, err := s.Redact(r, nil, []byte(c.in))
			if !errors.Is(err, c.err) {
				t.Fatal(err)
			}
			if len(found) != 1 || found[0].Source.Path != c.path {
				t.Errorf("found %+v", found)
			}
			if r.Source.Path != "" || r.Default != redact.Keep {
				t.Error("the redactor is left as it was not")
			}
			if err != nil {
				return
			}
			if !changed || bytes.Contains(out, []byte("hunter2")) || c.out != "" && string(out) != c.out {
				t.Errorf("%q\nwant %q", out, c.out)
			}
		})
	}
}

// TestKeys: entries of a map stay apart, whatever their keys become.
func TestKeys(t *testing.T) {
	schema := `{"type":"map","values":"long"}`
	value := num(4)
	keys := []string{"REDACTED-pin", "pin=482915", "plain", "pin=482916"}
	for i, k := range keys {
		value += str(k) + num(int64(i))
	}
	value += num(0)
	out, changed, err := parse(t, schema).Redact(engine().NewRedactor(), nil, []byte(value))
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	codec, err := goavro.NewCodec(schema)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := codec.NativeFromBinary(out)
	if err != nil {
		t.Fatal(err)
	}
	if m := got.(map[string]any); len(m) != len(keys) || m["plain"] != int64(2) || m["REDACTED-pin"] != int64(0) {
		t.Error(m)
	}
}

func TestPolicy(t *testing.T) {
	for action, want := range map[string]string{"shadow": canary, "keep": canary, "remove": ""} {
		d, err := redact.ParseDocument("p.yaml", []byte("version: 1\npolicy: [{key: password, path: 'user.*', action: "+action+"}]\n"))
		if err != nil {
			t.Fatal(err)
		}
		e, err := redact.New(d, redact.Options{RandomKey: true})
		if err != nil {
			t.Fatal(err)
		}
		s := parse(t, `{"type":"record","name":"R","fields":[{"name":"user","type":{"type":"record","name":"U","fields":[{"name":"password","type":"string"}]}},{"name":"password","type":"string"}]}`)
		out, changed, err := s.Redact(e.NewRedactor(), nil, []byte(str(canary)+str(canary)))
		if err != nil || !changed || string(out) != str(want)+str("REDACTED-password") {
			t.Errorf("%s: %q, %v", action, out, err)
		}
	}
}

func TestMalformed(t *testing.T) {
	huge := num(1<<62 + 5)
	deep := `{"type":"record","name":"R","fields":[{"name":"r","type":["null","R"]}]}`
	for _, c := range []struct{ name, schema, in string }{
		{"nothing", `"string"`, ""},
		{"behind the end", `"null"`, "x"},
		{"a huge length", `"string"`, huge},
		{"a huge length", `"bytes"`, num(1<<40) + "x"},
		{"a negative length", `"string"`, num(-3) + "xyz"},
		{"a number without end", `"long"`, strings.Repeat("\xff", 12)},
		{"an int that is none", `"int"`, num(1 << 33)},
		{"a boolean that is none", `"boolean"`, "\x02"},
		{"an unknown option", `["null","string"]`, num(2)},
		{"an unknown option", `["null","string"]`, num(-1)},
		{"an unknown symbol", `{"type":"enum","name":"E","symbols":["A"]}`, num(1)},
		{"a huge block", `{"type":"array","items":"string"}`, huge + num(0)},
		{"a huge block", `{"type":"map","values":"null"}`, huge + num(0)},
		{"a huge block with its length", `{"type":"array","items":"string"}`, num(-(1 << 60)) + num(1) + num(0) + num(0)},
		{"the least number of items", `{"type":"array","items":"string"}`, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" + num(0)},
		{"a block longer than its items", `{"type":"array","items":"string"}`, num(-1) + num(2) + str("") + num(0) + num(0)},
		{"a block shorter than its items", `{"type":"array","items":"string"}`, num(-1) + num(1) + str("abc") + num(0)},
		{"a block longer than the value", `{"type":"array","items":"string"}`, num(-1) + num(100) + str("abc") + num(0)},
		{"a block without an end", `{"type":"array","items":"string"}`, num(1) + str("abc")},
		{"records without end", deep, strings.Repeat(num(1), 100_000) + num(0)},
		{"a fixed that is cut", `{"type":"fixed","name":"F","size":9}`, "12345678"},
		{"a double that is cut", `"double"`, "1234567"},
	} {
		if _, _, err := parse(t, c.schema).Redact(engine().NewRedactor(), nil, []byte(c.in)); !errors.Is(err, record.ErrMalformed) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestNothing: items that take no bytes are not counted one by one.
func TestNothing(t *testing.T) {
	for _, schema := range []string{
		`{"type":"array","items":"null"}`,
		`{"type":"array","items":{"type":"fixed","name":"F","size":0}}`,
		`{"type":"array","items":{"type":"record","name":"R","fields":[{"name":"a","type":"null"},{"name":"b","type":{"type":"record","name":"S","fields":[]}}]}}`,
	} {
		value := num(1<<60) + num(-(1 << 61)) + num(0) + num(0)
		if _, changed, err := parse(t, schema).Redact(engine().NewRedactor(), nil, []byte(value)); err != nil || changed {
			t.Errorf("%s: %v", schema, err)
		}
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		``:                                       "1:1: the schema ends too early",
		"{\n \"type\": \"array\",":               "2:18: the schema ends too early",
		"{\n \"type\" 3}":                        "2:9: not JSON",
		`3`:                                      "1:1: want a type",
		`"strin"`:                                `1:1: no type is called "strin"`,
		`"string" "int"`:                         "1:10: there is something behind",
		`{"type":"array"}`:                       "1:1: array: items is missing",
		`{"type":"map","type":"int"}`:            `1:15: "type" is there twice`,
		`{"name":"x"}`:                           "1:1: type is missing",
		`["null",["int"]]`:                       "1:9: a union in a union",
		`[]`:                                     "1:1: a union of nothing",
		`{"type":"fixed","name":"f"}`:            "1:1: fixed: size is missing",
		`{"type":"fixed","name":"f","size":1.5}`: "1:35: fixed: want a size",
		`{"type":"fixed","size":1}`:              "1:1: fixed: name is missing",
		`{"type":"enum","name":"e"}`:             "1:1: enum: symbols are missing",
		`{"type":"record","name":"r"}`:           "1:1: record: fields are missing",
		`{"type":"record","name":"int","fields":[]}`:                                                  `1:25: record: "int" is the name of a primitive type`,
		`{"type":"record","name":"r","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}`: `1:65: record: there are two fields`,
		`{"type":"record","name":"r","fields":[{"type":"int"}]}`:                                      "1:39: field: name is missing",
		`{"type":"record","name":"r","fields":[{"name":"a"}]}`:                                        "1:39: field: type is missing",
		`{"type":"record","name":"r","fields":[{"name":"a","type":"r"}]}`:                             "1:1: record: it holds itself without end",
		`[{"type":"fixed","name":"a","size":1},{"type":"fixed","name":"a","size":1}]`:                 `1:62: fixed: there are two types called "a"`,
		strings.Repeat("[", 600): "1:513: nested too deep",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v\nwant %s", text, err, want)
		}
	}
}

// TestNamespaces takes names as the specification's section Names does.
func TestNamespaces(t *testing.T) {
	s := parse(t, `{"type":"record","name":"a.b.R","fields":[
		{"name":"x","type":{"type":"fixed","name":"F","size":1}},
		{"name":"y","type":{"type":"record","name":"S","namespace":"c","fields":[
			{"name":"p","type":{"type":"fixed","name":"F","size":2}},
			{"name":"q","type":"F"},
			{"name":"r","type":"a.b.F"},
			{"name":"s","type":{"type":"string","logicalType":"uuid"}},
			{"name":"t","type":{"type":{"type":"map","values":"c.F"}}}]}},
		{"name":"z","type":"F"},
		{"name":"n","type":{"type":"fixed","name":".N","namespace":"ignored","size":3}}]}`)
	value := "1" + "22" + "22" + "1" + str("x") + num(1) + str("k") + "22" + num(0) + "1" + "333"
	if _, changed, err := s.Redact(engine().NewRedactor(), nil, []byte(value)); err != nil || changed {
		t.Error(err)
	}
}

// TestTypes: a schema may name types of others.
func TestTypes(t *testing.T) {
	var types Types
	for _, c := range []struct{ schema, err string }{
		{`{"type":"record","name":"geo.Address","fields":[{"name":"street","type":"string"},{"name":"next","type":["null","Address"]}]}`, ""},
		{`{"type":"record","name":"shop.User","fields":[{"name":"home","type":"geo.Address"},{"name":"password","type":"string"}]}`, ""},
		{`{"type":"record","name":"geo.Address","fields":[]}`, `1:25: record: there are two types called "geo.Address"`},
	} {
		s, err := types.Add([]byte(c.schema))
		if c.err != "" {
			if fmt.Sprint(err) != c.err {
				t.Error(err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(c.schema, "User") {
			continue
		}
		in := str("Main 1") + num(1) + str("Main 2") + num(0) + str(canary)
		if out, changed, err := s.Redact(engine().NewRedactor(), nil, []byte(in)); err != nil || !changed || string(out) != strings.Replace(in, str(canary), str("REDACTED-password"), 1) {
			t.Errorf("%q, %v", out, err)
		}
	}
}

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties pools at random")
	}
	schema, value, _ := random(4, false)
	for seed := uint64(8); len(value) < 500; seed += 4 {
		schema, value, _ = random(seed, false)
	}
	s, r := parse(t, string(schema)), engine().NewRedactor()
	if n := testing.AllocsPerRun(100, func() {
		if _, changed, err := s.Redact(r, nil, value); changed || err != nil {
			t.Fatal(changed, err)
		}
	}); n >= 1 {
		t.Errorf("%v allocations for a clean value", n)
	}
}

// TestConcurrent uses one schema from many goroutines.
func TestConcurrent(t *testing.T) {
	s := parse(t, `{"type":"map","values":"string"}`)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			r := engine().NewRedactor()
			for range 50 {
				in := num(2) + str("password") + str(fmt.Sprint(canary, i)) + str("n") + str(fmt.Sprint(i)) + num(0)
				want := num(2) + str("password") + str("REDACTED-password") + str("n") + str(fmt.Sprint(i)) + num(0)
				if out, _, err := s.Redact(r, nil, []byte(in)); err != nil || string(out) != want {
					t.Errorf("%q, %v", out, err)
					return
				}
			}
		})
	}
	all.Wait()
}

func FuzzParse(f *testing.F) {
	for seed := range uint64(20) {
		schema, value, _ := random(seed, true)
		f.Add(schema, value)
	}
	r := engine().NewRedactor()
	f.Fuzz(func(t *testing.T, schema, value []byte) {
		s, err := Parse(schema)
		if err != nil {
			if !bytes.Contains([]byte(err.Error()), []byte(":")) {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		s.Redact(r, nil, value)
	})
}

// FuzzRedact redacts values of a schema with everything in it. What comes out is
// a value again, and there is nothing to redact in it.
func FuzzRedact(f *testing.F) {
	const schema = `{"type":"record","name":"R","fields":[
		{"name":"message","type":["null","string"]},
		{"name":"password","type":"string"},
		{"name":"attributes","type":{"type":"map","values":["string","R","long","bytes"]}},
		{"name":"list","type":{"type":"array","items":{"type":"array","items":"string"}}},
		{"name":"pin","type":"double"},
		{"name":"id","type":{"type":"fixed","name":"F","size":4}}]}`
	s := parse(f, schema)
	codec, err := goavro.NewCodec(schema)
	if err != nil {
		f.Fatal(err)
	}
	one := num(1) + str("password="+canary) + str(canary) + num(-1) + num(4) + str("a") + num(0) + str("") + num(0) + num(1) + num(1) + str("x") + num(0) + num(0) + "12345678" + "abcd"
	f.Add([]byte(one))
	r := engine().NewRedactor()
	f.Fuzz(func(t *testing.T, value []byte) {
		out, changed, err := s.Redact(r, nil, value)
		if err != nil || !changed {
			return
		}
		if _, rest, err := codec.NativeFromBinary(value); err != nil || len(rest) > 0 {
			return // goavro refuses more: keys that come twice
		}
		if _, rest, err := codec.NativeFromBinary(out); err != nil || len(rest) > 0 {
			t.Fatalf("%q became %q: %v", value, out, err)
		}
		if _, _, err := s.Redact(r, nil, out); err != nil && !errors.Is(err, record.ErrFixed) {
			t.Fatal(err)
		}
	})
}

func BenchmarkClean(b *testing.B) {
	s := parse(b, `{"type":"record","name":"R","fields":[{"name":"time","type":"long"},{"name":"level","type":"string"},{"name":"host","type":"string"},{"name":"message","type":"string"},{"name":"labels","type":{"type":"map","values":"string"}}]}`)
	value := []byte(num(1700000000000) + str("INFO") + str("web-17.example.net") + str("GET /index.html from 10.1.2.3 took 15 ms, 200 OK, 5312 bytes sent") + num(2) + str("app") + str("shop") + str("version") + str("1.4.2") + num(0))
	r := engine().NewRedactor()
	b.SetBytes(int64(len(value)))
	b.ReportAllocs()
	for b.Loop() {
		if _, changed, err := s.Redact(r, nil, value); changed || err != nil {
			b.Fatal(changed, err)
		}
	}
}
