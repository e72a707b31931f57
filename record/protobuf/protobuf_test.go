package protobuf

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

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

func parse(t testing.TB, set []byte, name string, u Unknown) *Message {
	t.Helper()
	f, err := Parse(set)
	if err != nil {
		t.Fatal(err)
	}
	m, err := f.Message(name, u)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// same reports where two messages differ in more than their canaries.
func same(path string, in, out protoreflect.Message) (err error) {
	if len(in.GetUnknown()) != len(out.GetUnknown()) {
		return fmt.Errorf("%s: unknown fields", path)
	}
	check := func(path string, d protoreflect.FieldDescriptor, a, b protoreflect.Value) error {
		switch d.Kind() {
		case protoreflect.MessageKind, protoreflect.GroupKind:
			return same(path, a.Message(), b.Message())
		case protoreflect.StringKind:
			if !fits(a.String(), b.String()) {
				return fmt.Errorf("%s: %q, was %q", path, b, a)
			}
		case protoreflect.BytesKind:
			if !fits(string(a.Bytes()), string(b.Bytes())) {
				return fmt.Errorf("%s: %q, was %q", path, b, a)
			}
		default:
			if !reflect.DeepEqual(a.Interface(), b.Interface()) {
				return fmt.Errorf("%s: %v, was %v", path, b, a)
			}
		}
		return nil
	}
	fields := 0
	in.Range(func(d protoreflect.FieldDescriptor, a protoreflect.Value) bool {
		fields++
		b := out.Get(d)
		path := path + "." + string(d.Name())
		switch {
		case d.IsMap():
			if a.Map().Len() != b.Map().Len() {
				err = fmt.Errorf("%s: %d entries, were %d", path, b.Map().Len(), a.Map().Len())
				return false
			}
			a.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
				if strings.Contains(k.String(), canary) {
					return true // which key it has become is not known
				}
				if !b.Map().Has(k) {
					err = fmt.Errorf("%s: no %v", path, k)
				} else {
					err = check(fmt.Sprint(path, ".", k), d.MapValue(), v, b.Map().Get(k))
				}
				return err == nil
			})
		case d.IsList():
			if a.List().Len() != b.List().Len() {
				err = fmt.Errorf("%s: other items", path)
				return false
			}
			for i := range a.List().Len() {
				if err = check(fmt.Sprint(path, i), d, a.List().Get(i), b.List().Get(i)); err != nil {
					return false
				}
			}
		case !out.Has(d):
			err = fmt.Errorf("%s: is gone", path)
		default:
			err = check(path, d, a, b)
		}
		return err == nil
	})
	out.Range(func(protoreflect.FieldDescriptor, protoreflect.Value) bool { fields--; return true })
	if err == nil && fields != 0 {
		err = fmt.Errorf("%s: other fields", path)
	}
	return err
}

// fits reports whether out is what has to become of a text.
func fits(in, out string) bool {
	before, _, found := strings.Cut(in, canary)
	return found && !strings.Contains(out, canary) && strings.HasPrefix(out, before+"REDACTED-") || !found && in == out
}

// TestRandom compares messages of random types before and after, as another
// implementation decodes them.
func TestRandom(t *testing.T) {
	r := engine().NewRedactor()
	seeds, dirtied := uint64(3000), uint64(0)
	if testing.Short() {
		seeds = 500
	}
	for seed := range seeds {
		set, msg, canaries := random(t, seed, seed%4 != 0)
		value, err := proto.Marshal(msg)
		if err != nil {
			t.Fatal(err)
		}
		if seed%2 == 0 {
			value = shuffled(rand.New(rand.NewPCG(seed, 1)), value)
			msg = msg.New().Interface().(*dynamicpb.Message)
			if err := proto.Unmarshal(value, msg); err != nil {
				t.Fatal(err)
			}
		}
		m := parse(t, set, "x.M0", Refuse)
		in := bytes.Clone(value)
		out, changed, err := m.Redact(r, []byte("kept"), value)
		if err != nil || !bytes.Equal(in, value) {
			t.Fatalf("seed %d: %v\n%v\n%q", seed, err, msg, value)
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
		after := msg.New()
		if err := proto.Unmarshal(out, after.Interface()); err != nil {
			t.Fatalf("seed %d: the redacted message does not decode: %v\n%q\n%q", seed, err, value, out)
		}
		if err := same("", msg, after); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if _, changed, err := m.Redact(r, nil, out); changed || err != nil {
			t.Fatalf("seed %d: what was redacted is redacted again: %v", seed, err)
		}
		// Messages that are cut short are decoded by us if others do, and not else.
		if seed%50 == 1 {
			for n := range value {
				_, _, err := m.Redact(r, nil, value[:n])
				if other := proto.Unmarshal(value[:n], msg.New().Interface()); (err == nil) != (other == nil) {
					t.Fatalf("seed %d: cut to %d bytes: %v, %v", seed, n, err, other)
				}
			}
		}
	}
	if dirtied < seeds/6 {
		t.Errorf("only %d messages held a canary", dirtied)
	}
}

// shuffled writes the fields of a message in another order.
func shuffled(r *rand.Rand, b []byte) []byte {
	var list [][]byte
	for len(b) > 0 {
		_, _, n := protowire.ConsumeField(b)
		list, b = append(list, b[:n]), b[n:]
	}
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return bytes.Join(list, nil)
}

// fields writes a message: a number, then its contents: a string, a message in a list, or
// a number, and so on.
func fields(parts ...any) string {
	var b []byte
	for i := 0; i < len(parts); i += 2 {
		n := protowire.Number(parts[i].(int))
		switch v := parts[i+1].(type) {
		case string:
			b = protowire.AppendString(protowire.AppendTag(b, n, protowire.BytesType), v)
		case int:
			b = protowire.AppendVarint(protowire.AppendTag(b, n, protowire.VarintType), uint64(v))
		case uint32:
			b = protowire.AppendFixed32(protowire.AppendTag(b, n, protowire.Fixed32Type), v)
		case []string:
			b = protowire.AppendGroup(protowire.AppendTag(b, n, protowire.StartGroupType), n, []byte(v[0]))
		}
	}
	return string(b)
}

// events are messages for tests.
func events(t testing.TB) []byte {
	t.Helper()
	text := func(name string, number int32, label descriptorpb.FieldDescriptorProto_Label, typ descriptorpb.FieldDescriptorProto_Type, of string) *descriptorpb.FieldDescriptorProto {
		x := &descriptorpb.FieldDescriptorProto{Name: &name, Number: &number, Label: &label, Type: &typ}
		if of != "" {
			x.TypeName = &of
		}
		return x
	}
	const (
		one  = descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL
		many = descriptorpb.FieldDescriptorProto_LABEL_REPEATED
		str  = descriptorpb.FieldDescriptorProto_TYPE_STRING
		msg  = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE
	)
	file := &descriptorpb.FileDescriptorProto{
		Name: proto.String("event.proto"), Package: proto.String("acme"), Syntax: proto.String("proto3"),
		Dependency: []string{"google/protobuf/struct.proto", "google/protobuf/any.proto", "google/protobuf/wrappers.proto"},
		MessageType: []*descriptorpb.DescriptorProto{
			{Name: proto.String("Event"), Field: []*descriptorpb.FieldDescriptorProto{
				text("message", 1, one, str, ""), text("password", 2, one, str, ""), text("tokens", 3, many, str, ""),
				text("labels", 4, many, msg, ".acme.Event.LabelsEntry"), text("headers", 5, many, msg, ".acme.Header"),
				text("details", 6, one, msg, ".google.protobuf.Struct"), text("any", 7, one, msg, ".google.protobuf.Any"),
				text("next", 8, one, msg, ".acme.Event"), text("pins", 9, many, descriptorpb.FieldDescriptorProto_TYPE_SINT64, ""),
				text("body", 10, one, descriptorpb.FieldDescriptorProto_TYPE_BYTES, ""), text("pin", 11, one, descriptorpb.FieldDescriptorProto_TYPE_FIXED32, ""),
				text("passphrase", 12, one, msg, ".google.protobuf.StringValue"), text("ids", 13, many, msg, ".acme.Event.IdsEntry"),
				text("argv", 15, many, str, ""),
				text("count", 14, one, descriptorpb.FieldDescriptorProto_TYPE_INT64, ""),
			}, NestedType: []*descriptorpb.DescriptorProto{
				{Name: proto.String("LabelsEntry"), Options: &descriptorpb.MessageOptions{MapEntry: proto.Bool(true)}, Field: []*descriptorpb.FieldDescriptorProto{text("key", 1, one, str, ""), text("value", 2, one, str, "")}},
				{Name: proto.String("IdsEntry"), Options: &descriptorpb.MessageOptions{MapEntry: proto.Bool(true)}, Field: []*descriptorpb.FieldDescriptorProto{text("key", 1, one, descriptorpb.FieldDescriptorProto_TYPE_INT32, ""), text("value", 2, one, str, "")}},
				{Name: proto.String("Inner"), Field: []*descriptorpb.FieldDescriptorProto{text("password", 1, one, str, "")}},
			}},
			{Name: proto.String("Header"), Field: []*descriptorpb.FieldDescriptorProto{text("name", 1, one, str, ""), text("value", 2, one, str, "")}},
		},
	}
	set := &descriptorpb.FileDescriptorSet{File: []*descriptorpb.FileDescriptorProto{
		protodesc.ToFileDescriptorProto(structpb.File_google_protobuf_struct_proto), protodesc.ToFileDescriptorProto(anypb.File_google_protobuf_any_proto),
		protodesc.ToFileDescriptorProto(wrapperspb.File_google_protobuf_wrappers_proto), file}}
	b, err := proto.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestRedact holds what comes out to the byte, and where it is found.
func TestRedact(t *testing.T) {
	const mask = "REDACTED-password"
	set := events(t)
	marshal := func(m proto.Message) string {
		b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	details := func(password string) string {
		s, err := structpb.NewStruct(map[string]any{"list": []any{map[string]any{"password": password}, 3.0}})
		if err != nil {
			t.Fatal(err)
		}
		return marshal(s)
	}
	const url = "type.googleapis.com/acme.Header"
	long, wide := strings.Repeat(canary, 6), strings.Repeat("took 15 ms ", 10)
	for _, c := range []struct {
		name, in, out, path string
		u                   Unknown
		err                 error
	}{
		{"the name of a field", fields(2, canary), fields(2, mask), "password", 0, nil},
		{"a text", fields(1, "password="+canary), fields(1, "password="+mask), "message", 0, nil},
		{"in a list", fields(3, "", 1, "plain", 3, "password="+canary), fields(3, "", 1, "plain", 3, "password="+mask), "tokens[1]", 0, nil},
		{"twice where once is enough", fields(1, "a", 1, "password="+canary), fields(1, "a", 1, "password="+mask), "message", 0, nil},
		{"the key of a map", fields(4, fields(1, "a", 2, "b"), 4, fields(1, "password", 2, canary)), fields(4, fields(1, "a", 2, "b"), 4, fields(1, "password", 2, mask)), "labels.password", 0, nil},
		{"the key behind the value", fields(4, fields(2, canary, 1, "password")), fields(4, fields(2, mask, 1, "password")), "labels.password", 0, nil},
		{"in a key", fields(4, fields(1, "password="+canary)), "", "labels#key", 0, nil},
		{"under a number", fields(13, fields(1, 4, 2, "a"), 13, fields(1, 7, 2, "password="+canary)), fields(13, fields(1, 4, 2, "a"), 13, fields(1, 7, 2, "password="+mask)), "ids[1]", 0, nil},
		{"a name and its value", fields(5, fields(1, "Accept", 2, "*/*"), 5, fields(1, "X-Password", 2, canary)), fields(5, fields(1, "Accept", 2, "*/*"), 5, fields(1, "X-Password", 2, mask)), "headers[1].value", 0, nil},
		{"the name behind the value", fields(5, fields(2, canary, 1, "X-Password")), fields(5, fields(2, mask, 1, "X-Password")), "headers[0].value", 0, nil},
		{"a struct", fields(6, details(canary)), fields(6, details(mask)), "details.fields.list[0].fields.password", 0, nil},
		{"an any", fields(7, fields(1, url, 2, fields(1, "X-Password", 2, canary))), fields(7, fields(1, url, 2, fields(1, "X-Password", 2, mask))), "any.value.value", 0, nil},
		{"an any of an unknown type", fields(7, fields(1, "x/y.Z", 2, "x")), "", "", 0, record.ErrUnknown},
		{"an any of an unknown type with a secret", fields(7, fields(1, "x/y.Z", 2, fields(1, "password="+canary))), "", "any.value", Detect, record.ErrFixed},
		{"an any that is removed", fields(7, fields(1, "x/y.Z", 2, canary)), fields(7, fields(1, "x/y.Z", 2, "")), "", Remove, nil},
		{"the arguments of a command", fields(15, "mysql", 1, "a", 15, "--password", 15, canary, 15, "db"), fields(15, "mysql", 1, "a", 15, "--password", 15, mask, 15, "db"), "argv", 0, nil},
		{"a wrapper", fields(12, fields(1, canary)), "", "passphrase", 0, nil},
		{"a length that becomes shorter", fields(8, fields(8, fields(2, long))), fields(8, fields(8, fields(2, mask))), "next.next.password", 0, nil},
		{"a length that becomes longer", fields(8, fields(1, wide+" password=x3Kq9")), fields(8, fields(1, wide+" password="+mask)), "next.message", 0, nil},
		{"bytes", fields(10, "password="+canary), fields(10, "password="+mask), "body", 0, nil},
		{"bytes that are no text", fields(10, "\x00password="+canary), "", "body", 0, record.ErrFixed},
		{"a number", fields(14, 482915, 11, uint32(482915)), fields(14, 482915, 11, uint32(0)), "pin", 0, nil},
		{"an unknown field", fields(99, "x"), "", "", 0, record.ErrUnknown},
		{"a field of another type", fields(1, 4), "", "", 0, record.ErrUnknown},
		{"an unknown field with a secret", fields(99, "password="+canary), "", "", Detect, record.ErrFixed},
		{"deep in an unknown field", fields(99, fields(1, 7, 3, []string{fields(2, "password="+canary)})), "", "", Detect, record.ErrFixed},
		{"an unknown field that is removed", fields(1, "a", 99, canary, 3, "b", 98, []string{fields(1, canary)}), fields(1, "a", 3, "b"), "", Remove, nil},
		{"deep, and removed", fields(8, fields(1, "a", 99, canary)), fields(8, fields(1, "a")), "", Remove, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := parse(t, set, "acme.Event", c.u)
			r := engine().NewRedactor()
			r.Source = finding.Source{Kind: finding.Kafka, Topic: "t"}
			var found []finding.Finding
			r.OnFinding = func(f finding.Finding) { found = append(found, f) }
			out, changed, err := m.Redact(r, nil, []byte(c.in))
			if !errors.Is(err, c.err) {
				t.Fatal(err)
			}
			if removed := c.u == Remove; !removed && !errors.Is(c.err, record.ErrUnknown) && (len(found) != 1 || found[0].Source.Path != c.path) {
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

// TestUnknown: what is unknown and clean stays if it may.
func TestUnknown(t *testing.T) {
	m := parse(t, events(t), "acme.Event", Detect)
	for _, in := range []string{
		fields(99, "plain", 98, 7, 97, uint32(3)),
		fields(99, fields(1, "plain", 2, []string{fields(3, "plain")})),
		fields(7, fields(1, "x/y.Z", 2, fields(1, "plain"))),
		fields(99, "\x00\xff\xff"),
	} {
		if _, changed, err := m.Redact(engine().NewRedactor(), nil, []byte(in)); changed || err != nil {
			t.Errorf("%q: %v", in, err)
		}
	}
	deep := "x\x00"
	for range 40 {
		deep = fields(99, deep)
	}
	if _, _, err := m.Redact(engine().NewRedactor(), nil, []byte(deep)); !errors.Is(err, record.ErrUnknown) {
		t.Error(err)
	}
}

// TestPacked takes lists of numbers in both ways of writing them.
func TestPacked(t *testing.T) {
	m := parse(t, events(t), "acme.Event", Refuse)
	packed := string(protowire.AppendVarint(protowire.AppendVarint(nil, protowire.EncodeZigZag(482915)), protowire.EncodeZigZag(-3)))
	in := fields(9, packed, 9, int(protowire.EncodeZigZag(739152)), 1, "a")
	out, changed, err := m.Redact(engine().NewRedactor(), nil, []byte(in))
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	d, err := m.files.find("acme.Event")
	if err != nil {
		t.Fatal(err)
	}
	msg := dynamicpb.NewMessage(d)
	if err := proto.Unmarshal(out, msg); err != nil {
		t.Fatal(err)
	}
	list := msg.Get(d.Fields().ByName("pins")).List()
	if list.Len() != 3 || list.Get(0).Int() != 0 || list.Get(2).Int() != 0 || msg.Get(d.Fields().ByName("message")).String() != "a" {
		t.Error(msg)
	}
}

func TestMalformed(t *testing.T) {
	m := parse(t, events(t), "acme.Event", Detect)
	deep := ""
	for range 200 {
		deep = fields(8, deep)
	}
	for _, c := range []struct{ name, in string }{
		{"a tag without end", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"},
		{"field 0", "\x02\x00"},
		{"an unknown wire type", "\x0f\x00"},
		{"a huge length", "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"},
		{"a length past the end", "\x0a\x05abc"},
		{"a nested length past its message", fields(8, "\x0a\x05abc") + "defghij"},
		{"the end of no group", "\x0c"},
		{"an unknown group without end", "\xab\x06"},
		{"a number that is cut", "\x5d\x01\x02"},
		{"messages without end", deep},
		{"a packed number that is cut", fields(9, "\xff")},
		{"a pair that is cut", fields(5, "\x0a\x05abc")},
		{"an entry that is cut", fields(4, "\x0a\x05abc")},
		{"unknown groups without end", strings.Repeat("\xab\x06", 20_000)},
	} {
		if _, _, err := m.Redact(engine().NewRedactor(), nil, []byte(c.in)); !errors.Is(err, record.ErrMalformed) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestIndexed(t *testing.T) {
	f, err := Parse(events(t))
	if err != nil {
		t.Fatal(err)
	}
	x, err := f.Indexed("acme.Event", Refuse)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, in, out string
		err           error
	}{
		{"the first", "\x00" + fields(2, canary), "\x00" + fields(2, "REDACTED-password"), nil},
		{"the first, by its index", "\x02\x00" + fields(2, canary), "\x02\x00" + fields(2, "REDACTED-password"), nil},
		{"the second", "\x02\x02" + fields(1, "password", 2, canary), "\x02\x02" + fields(1, "password", 2, "REDACTED-password"), nil},
		{"one in another", "\x04\x00\x00" + fields(1, canary), "\x04\x00\x00" + fields(1, "REDACTED-password"), nil},
		{"clean", "\x00" + fields(1, "x"), "", nil},
		{"another one", "\x02\x04" + fields(1, "x"), "", record.ErrUnknown},
		{"in nothing", "\x04\x02\x00" + fields(1, "x"), "", record.ErrUnknown},
		{"negative", "\x01", "", record.ErrMalformed},
		{"negative", "\x02\x01", "", record.ErrMalformed},
		{"many", "\xfe\xff\x03", "", record.ErrMalformed},
		{"cut", "\x04\x00", "", record.ErrMalformed},
		{"nothing", "", "", record.ErrMalformed},
	} {
		out, changed, err := x.Redact(engine().NewRedactor(), nil, []byte(c.in))
		if !errors.Is(err, c.err) || string(out) != c.out || changed != (c.out != "") {
			t.Errorf("%s: %q, %v", c.name, out, err)
		}
	}
}

func TestNames(t *testing.T) {
	f, err := Parse(events(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"acme.Event": "", "acme.Event.Inner": "", "acme.None": "no message is called", "acme.Event.message": "no message is called", "": "the file has several"} {
		if _, err := f.Message(name, Refuse); fmt.Sprint(err) != "<nil>" && (want == "" || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := f.Indexed("", Refuse); err != nil {
		t.Error(err)
	}
	for _, set := range []string{"", "nonsense", string(events(t)[500:])} {
		if _, err := Parse([]byte(set)); err == nil {
			t.Error("nonsense is taken for a set")
		}
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(events(t), &set); err != nil {
		t.Fatal(err)
	}
	set.File = set.File[1:]
	b, err := proto.Marshal(&set)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(b); err == nil || !strings.Contains(err.Error(), "imports") {
		t.Error(err)
	}
}

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties pools at random")
	}
	details, err := structpb.NewStruct(map[string]any{"list": []any{"a", 3.0}, "x": "y"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := proto.Marshal(details)
	if err != nil {
		t.Fatal(err)
	}
	value := []byte(fields(1, "plain", 2, "", 3, "plain", 3, "", 4, fields(1, "a", 2, "b"), 5, fields(1, "Accept", 2, "*/*"), 6, string(b), 8, fields(1, "plain"), 10, "\x00", 14, 482915, 15, "ls", 15, "-l"))
	m, r := parse(t, events(t), "acme.Event", Refuse), engine().NewRedactor()
	if n := testing.AllocsPerRun(100, func() {
		if _, changed, err := m.Redact(r, nil, value); changed || err != nil {
			t.Fatal(changed, err)
		}
	}); n >= 1 {
		t.Errorf("%v allocations for a clean value", n)
	}
	x, err := m.files.Indexed("", Refuse)
	if err != nil {
		t.Fatal(err)
	}
	value = append([]byte{2, 0}, value...)
	if n := testing.AllocsPerRun(100, func() {
		if _, changed, err := x.Redact(r, nil, value); changed || err != nil {
			t.Fatal(changed, err)
		}
	}); n >= 1 {
		t.Errorf("%v allocations for a clean value behind its index", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(events(f), []byte(fields(1, "password="+canary)))
	for seed := range uint64(10) {
		set, msg, _ := random(f, seed, true)
		value, _ := proto.Marshal(msg)
		f.Add(set, value)
	}
	r := engine().NewRedactor()
	f.Fuzz(func(t *testing.T, set, value []byte) {
		files, err := Parse(set)
		if err != nil {
			return
		}
		x, err := files.Indexed("", Detect)
		if err != nil {
			return
		}
		x.Redact(r, nil, append([]byte{0}, value...))
	})
}

// FuzzRedact redacts messages with everything in them. What comes out is a message again.
func FuzzRedact(f *testing.F) {
	f.Add([]byte(fields(1, "password="+canary, 2, canary, 3, "a", 4, fields(1, "password", 2, canary), 5, fields(1, "X-Password", 2, canary))), uint8(0))
	f.Add([]byte(fields(8, fields(9, "\x02\x04", 10, "\x00", 11, uint32(482915), 99, "x", 7, fields(1, "x/y", 2, "z")))), uint8(2))
	set := events(f)
	var formats [3]*Message
	for u := range formats {
		formats[u] = parse(f, set, "acme.Event", Unknown(u))
	}
	d, err := formats[0].files.find("acme.Event")
	if err != nil {
		f.Fatal(err)
	}
	r := engine().NewRedactor()
	f.Fuzz(func(t *testing.T, value []byte, u uint8) {
		m := formats[u%3]
		out, changed, err := m.Redact(r, nil, value)
		if err != nil || !changed {
			return
		}
		if proto.Unmarshal(value, dynamicpb.NewMessage(d)) != nil {
			return // others refuse more: strings that are not UTF-8
		}
		if err := proto.Unmarshal(out, dynamicpb.NewMessage(d)); err != nil {
			t.Fatalf("%q became %q: %v", value, out, err)
		}
		if _, _, err := m.Redact(r, nil, out); err != nil && !errors.Is(err, record.ErrFixed) {
			t.Fatal(err)
		}
	})
}

func BenchmarkClean(b *testing.B) {
	value := []byte(fields(1, "GET /index.html from 10.1.2.3 took 15 ms, 200 OK, 5312 bytes sent", 3, "INFO", 3, "web-17.example.net", 4, fields(1, "app", 2, "shop"), 4, fields(1, "version", 2, "1.4.2"), 14, 17))
	m, r := parse(b, events(b), "acme.Event", Refuse), engine().NewRedactor()
	b.SetBytes(int64(len(value)))
	b.ReportAllocs()
	for b.Loop() {
		if _, changed, err := m.Redact(r, nil, value); changed || err != nil {
			b.Fatal(changed, err)
		}
	}
}
