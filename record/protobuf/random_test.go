package protobuf

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// canary is a secret in any text, and under the name of a password by itself.
const canary = "hunter2-Vb7ohQuaechoo"

// maker makes files of messages, and values of them.
type maker struct {
	*rand.Rand
	dirty bool
	texts int // canaries
}

// file makes a file with messages M0, M1, …, which hold each other.
func (m *maker) file() *descriptorpb.FileDescriptorProto {
	f := &descriptorpb.FileDescriptorProto{Name: proto.String("x.proto"), Package: proto.String("x"), Syntax: proto.String("proto2"),
		EnumType: []*descriptorpb.EnumDescriptorProto{{Name: proto.String("E"), Value: []*descriptorpb.EnumValueDescriptorProto{{Name: proto.String("ZERO"), Number: proto.Int32(0)}}}}}
	n := 1 + m.IntN(4)
	for i := range n {
		d := &descriptorpb.DescriptorProto{Name: proto.String(fmt.Sprintf("M%d", i))}
		for j := range m.IntN(8) {
			d.Field = append(d.Field, m.field(d, fmt.Sprintf("f%d", j), int32(1+j*m.IntN(2)*1000+j), n))
		}
		if m.IntN(3) == 0 {
			d.Field = append(d.Field, &descriptorpb.FieldDescriptorProto{Name: proto.String("password"), Number: proto.Int32(90), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(), Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum()})
		}
		f.MessageType = append(f.MessageType, d)
	}
	return f
}

func (m *maker) field(d *descriptorpb.DescriptorProto, name string, number int32, messages int) *descriptorpb.FieldDescriptorProto {
	x := &descriptorpb.FieldDescriptorProto{Name: proto.String(name), Number: proto.Int32(number), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()}
	if m.IntN(3) == 0 {
		x.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
	}
	typ := descriptorpb.FieldDescriptorProto_Type(1 + m.IntN(18))
	if m.IntN(2) == 0 {
		typ = descriptorpb.FieldDescriptorProto_TYPE_STRING
	}
	x.Type = typ.Enum()
	switch typ {
	case descriptorpb.FieldDescriptorProto_TYPE_MESSAGE:
		x.TypeName = proto.String(fmt.Sprintf(".x.M%d", m.IntN(messages)))
		if m.IntN(3) == 0 { // a map
			x.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
			entry := strings.ToUpper(name[:1]) + name[1:] + "Entry"
			key := descriptorpb.FieldDescriptorProto_TYPE_STRING
			if m.IntN(4) == 0 {
				key = descriptorpb.FieldDescriptorProto_TYPE_SINT64
			}
			optional := descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()
			value := &descriptorpb.FieldDescriptorProto{Name: proto.String("value"), Number: proto.Int32(2), Label: optional, Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum()}
			if m.IntN(3) == 0 {
				value.Type, value.TypeName = typ.Enum(), x.TypeName
			}
			d.NestedType = append(d.NestedType, &descriptorpb.DescriptorProto{Name: proto.String(entry), Options: &descriptorpb.MessageOptions{MapEntry: proto.Bool(true)},
				Field: []*descriptorpb.FieldDescriptorProto{{Name: proto.String("key"), Number: proto.Int32(1), Label: optional, Type: key.Enum()}, value}})
			x.TypeName = proto.String(fmt.Sprintf(".x.%s.%s", d.GetName(), entry))
		}
	case descriptorpb.FieldDescriptorProto_TYPE_GROUP:
		group := strings.ToUpper(name[:1]) + name[1:]
		d.NestedType = append(d.NestedType, &descriptorpb.DescriptorProto{Name: proto.String(group),
			Field: []*descriptorpb.FieldDescriptorProto{{Name: proto.String("g"), Number: proto.Int32(1), Label: x.Label, Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum()}}})
		x.TypeName = proto.String(fmt.Sprintf(".x.%s.%s", d.GetName(), group))
		x.Name = proto.String(strings.ToLower(group))
	case descriptorpb.FieldDescriptorProto_TYPE_ENUM:
		x.TypeName = proto.String(".x.E")
	case descriptorpb.FieldDescriptorProto_TYPE_STRING, descriptorpb.FieldDescriptorProto_TYPE_BYTES:
	default:
		if x.GetLabel() == descriptorpb.FieldDescriptorProto_LABEL_REPEATED {
			x.Options = &descriptorpb.FieldOptions{Packed: proto.Bool(m.IntN(2) == 0)}
		}
	}
	return x
}

func (m *maker) text(name string) string {
	if name == "password" {
		if !m.dirty {
			return ""
		}
		m.texts++
		return canary
	}
	words := []string{"GET", "took", "15 ms", "ünïcode", "", "x", strings.Repeat("long ", 40)}
	s := words[m.IntN(len(words))]
	if m.dirty && m.IntN(4) == 0 {
		m.texts++
		s += " password=" + canary
	}
	return s
}

// fill fills a message at random.
func (m *maker) fill(msg protoreflect.Message, depth int) {
	for i := range msg.Descriptor().Fields().Len() {
		d := msg.Descriptor().Fields().Get(i)
		switch {
		case m.IntN(4) == 0:
		case d.IsMap():
			for range m.IntN(4) {
				k := protoreflect.ValueOfInt64(int64(m.IntN(1000)))
				if d.MapKey().Kind() == protoreflect.StringKind {
					s := fmt.Sprintf("item%d", m.IntN(1000))
					if m.dirty && m.IntN(6) == 0 {
						s += " password=" + canary
					}
					k = protoreflect.ValueOfString(s)
				}
				if msg.Get(d).Map().Has(k.MapKey()) {
					continue
				}
				if strings.Contains(k.String(), canary) {
					m.texts++
				}
				v := msg.NewField(d).Map().NewValue()
				msg.Mutable(d).Map().Set(k.MapKey(), m.value(d.MapValue(), v, depth))
			}
		case d.IsList():
			list := msg.Mutable(d).List()
			for range m.IntN(4) {
				list.Append(m.value(d, list.NewElement(), depth))
			}
		default:
			msg.Set(d, m.value(d, msg.NewField(d), depth))
		}
	}
}

func (m *maker) value(d protoreflect.FieldDescriptor, v protoreflect.Value, depth int) protoreflect.Value {
	switch d.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		if depth > 0 {
			m.fill(v.Message(), depth-1)
		}
		return v
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(m.text(string(d.Name())))
	case protoreflect.BytesKind:
		if m.IntN(2) == 0 {
			return protoreflect.ValueOfBytes([]byte("\x00\x01\x02"))
		}
		return protoreflect.ValueOfBytes([]byte(m.text("")))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(0)
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(m.Float32())
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(m.Float64())
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(int32(m.Uint32()))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(m.Uint32())
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(m.Uint64())
	}
	return protoreflect.ValueOfInt64(int64(m.Uint64()))
}

// random makes a file, as a set, and a message of its type M0, with so many texts in which
// canaries stand.
func random(t testing.TB, seed uint64, dirty bool) (set []byte, msg *dynamicpb.Message, canaries int) {
	t.Helper()
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 9)), dirty: dirty}
	file := m.file()
	set, err := proto.Marshal(&descriptorpb.FileDescriptorSet{File: []*descriptorpb.FileDescriptorProto{file}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := protodesc.NewFile(file, new(protoregistry.Files))
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	msg = dynamicpb.NewMessage(d.Messages().ByName("M0"))
	m.fill(msg, 4)
	return set, msg, m.texts
}
