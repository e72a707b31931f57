// Package protobuf redacts values in the wire format of Protocol Buffers
// (https://protobuf.dev/programming-guides/encoding/) by their descriptors.
package protobuf

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/stanch/stanch/record"
)

// MaxSet is the length in bytes of the longest set of descriptors.
const MaxSet = 16 << 20

// Files are files of messages that are ready for use. They are immutable and safe for
// concurrent use.
type Files struct {
	registry *protoregistry.Files
	names    []string // of the files, in the order of the set
	messages map[protoreflect.FullName]*message
}

// Parse reads a FileDescriptorSet in which every file comes with those that it imports, as
// protoc --include_imports --descriptor_set_out and buf build write it.
func Parse(set []byte) (*Files, error) {
	if len(set) > MaxSet {
		return nil, fmt.Errorf("longer than %d bytes", MaxSet)
	}
	var fds descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(set, &fds); err != nil || len(fds.File) == 0 {
		return nil, errors.New("no set of descriptors: want what protoc --include_imports --descriptor_set_out writes")
	}
	registry, err := protodesc.NewFiles(&fds)
	if err != nil {
		why := strings.TrimLeft(strings.TrimPrefix(err.Error(), "proto:"), " \u00a0")
		return nil, fmt.Errorf("descriptors do not fit together (are all imports included?): %s", why)
	}
	f := &Files{registry: registry, messages: make(map[protoreflect.FullName]*message)}
	for _, d := range fds.File {
		f.names = append(f.names, d.GetName())
	}
	for name := range f.files {
		f.declare(name.Messages())
	}
	for name := range f.files {
		f.define(name.Messages())
		f.extend(name.Extensions())
	}
	for _, m := range f.messages {
		m.settle()
	}
	return f, nil
}

// files yields the files in order.
func (f *Files) files(yield func(protoreflect.FileDescriptor) bool) {
	for _, name := range f.names {
		if d, err := f.registry.FindFileByPath(name); err == nil && !yield(d) {
			return
		}
	}
}

// message is what is known of a type of messages.
type message struct {
	low     [32]*field // by number
	fields  map[protowire.Number]*field
	entry   bool // of a map
	carries bool // a value stands in it under the name of its own field
	any     bool // google.protobuf.Any

	order       []*field
	name, value *field // of a pair; nil if it is none
}

// field is what is known of a field.
type field struct {
	name    []byte
	number  protowire.Number
	kind    protoreflect.Kind
	list    bool
	dict    bool     // a map
	keyed   bool     // one whose keys are strings
	message *message // of those of messages
	command uint64   // a bit of its own if it is a list of a command's arguments
}

func (m *message) field(n protowire.Number) *field {
	if int(n) < len(m.low) {
		return m.low[n]
	}
	return m.fields[n]
}

// carriers are messages that stand for a value of any type, or for one that may be
// missing (google/protobuf/struct.proto, wrappers.proto; OpenTelemetry's common.proto).
var carriers = map[protoreflect.FullName]bool{
	"google.protobuf.Value": true, "google.protobuf.ListValue": true,
	"google.protobuf.StringValue": true, "google.protobuf.BytesValue": true,
	"google.protobuf.Int32Value": true, "google.protobuf.Int64Value": true, "google.protobuf.UInt32Value": true, "google.protobuf.UInt64Value": true,
	"google.protobuf.FloatValue": true, "google.protobuf.DoubleValue": true, "google.protobuf.BoolValue": true,
	"opentelemetry.proto.common.v1.AnyValue": true, "opentelemetry.proto.common.v1.ArrayValue": true,
}

func (f *Files) declare(list protoreflect.MessageDescriptors) {
	for i := range list.Len() {
		d := list.Get(i)
		m := &message{entry: d.IsMapEntry(), carries: carriers[d.FullName()], any: d.FullName() == "google.protobuf.Any"}
		f.messages[d.FullName()] = m
		f.declare(d.Messages())
	}
}

func (f *Files) define(list protoreflect.MessageDescriptors) {
	for i := range list.Len() {
		d := list.Get(i)
		m := f.messages[d.FullName()]
		for j := range d.Fields().Len() {
			m.add(f.field(d.Fields().Get(j)))
		}
		f.define(d.Messages())
		f.extend(d.Extensions())
	}
}

func (f *Files) extend(list protoreflect.ExtensionDescriptors) {
	for i := range list.Len() {
		d := list.Get(i)
		if m := f.messages[d.ContainingMessage().FullName()]; m != nil {
			m.add(f.field(d))
		}
	}
}

func (f *Files) field(d protoreflect.FieldDescriptor) *field {
	x := &field{name: []byte(d.Name()), number: d.Number(), kind: d.Kind(), list: d.IsList(), dict: d.IsMap()}
	x.keyed = x.dict && d.MapKey().Kind() == protoreflect.StringKind
	if d.Message() != nil {
		x.message = f.messages[d.Message().FullName()]
	}
	return x
}

func (m *message) add(x *field) {
	m.order = append(m.order, x)
	if int(x.number) < len(m.low) {
		m.low[x.number] = x
		return
	}
	if m.fields == nil {
		m.fields = make(map[protowire.Number]*field)
	}
	m.fields[x.number] = x
}

// settle finds the pair and the arguments of commands among the fields.
func (m *message) settle() {
	bit := uint64(1)
	for _, x := range m.order {
		if x.list && x.kind == protoreflect.StringKind && record.IsCommand(string(x.name)) {
			x.command = bit
			bit <<= 1
		}
	}
	names := make([]string, len(m.order))
	for i, x := range m.order {
		names[i] = string(x.name)
	}
	if name, value, ok := record.Pair(names); ok && m.order[name].kind == protoreflect.StringKind && !m.entry {
		m.name, m.value = m.order[name], m.order[value]
	}
	m.order = nil
}

// top returns the file that a set is about: the only one that no other imports.
func (f *Files) top() (protoreflect.FileDescriptor, error) {
	imported := make(map[string]bool)
	for d := range f.files {
		for i := range d.Imports().Len() {
			imported[d.Imports().Get(i).Path()] = true
		}
	}
	var tops []protoreflect.FileDescriptor
	for d := range f.files {
		if !imported[d.Path()] {
			tops = append(tops, d)
		}
	}
	if len(tops) != 1 {
		return nil, errors.New("message is missing: there are several files that it could be in")
	}
	return tops[0], nil
}

// find returns a message of a name.
func (f *Files) find(name string) (protoreflect.MessageDescriptor, error) {
	d, err := f.registry.FindDescriptorByName(protoreflect.FullName(name))
	m, ok := d.(protoreflect.MessageDescriptor)
	if err != nil || !ok {
		return nil, fmt.Errorf("no message is called %q", name)
	}
	return m, nil
}

// Message returns the format of values that are messages of a type. The name is a full
// one, with the package; if it is empty, it is that of the only message of the file that
// no other file imports.
func (f *Files) Message(name string, u Unknown) (*Message, error) {
	if name == "" {
		top, err := f.top()
		switch {
		case err != nil:
			return nil, err
		case top.Messages().Len() != 1:
			return nil, errors.New("message is missing: the file has several")
		}
		name = string(top.Messages().Get(0).FullName())
	}
	d, err := f.find(name)
	if err != nil {
		return nil, err
	}
	return f.of(d, u), nil
}

func (f *Files) of(d protoreflect.MessageDescriptor, u Unknown) *Message {
	return &Message{files: f, root: f.messages[d.FullName()], unknown: u}
}

// Indexed returns the format of values before which indexes say which message of a file
// they are, as Confluent's serializers write them. The file is that of the message
// of a name, or else the only one that no other file imports.
func (f *Files) Indexed(name string, u Unknown) (*Indexed, error) {
	var file protoreflect.FileDescriptor
	if name == "" {
		top, err := f.top()
		if err != nil {
			return nil, err
		}
		file = top
	} else {
		d, err := f.find(name)
		if err != nil {
			return nil, err
		}
		file = d.ParentFile()
	}
	x := &Indexed{}
	x.list = f.indexed(file.Messages(), u)
	return x, nil
}

// indexed returns messages and those in them, by their indexes: entries of maps are
// nobody's.
func (f *Files) indexed(list protoreflect.MessageDescriptors, u Unknown) (out []indexed) {
	for i := range list.Len() {
		if d := list.Get(i); !d.IsMapEntry() {
			out = append(out, indexed{f.of(d, u), f.indexed(d.Messages(), u)})
		}
	}
	return slices.Clip(out)
}
