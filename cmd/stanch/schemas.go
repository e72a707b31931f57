package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/linker"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/stanch/stanch/pipeline/config"
	"github.com/stanch/stanch/pipeline/kafka"
	"github.com/stanch/stanch/record/avro"
	"github.com/stanch/stanch/record/protobuf"
)

// schemas reads the files of the schemas of a topic's values.
func schemas(r *config.Route) (list kafka.Schemas, err error) {
	for i := range r.Schemas {
		s := &r.Schemas[i]
		var f kafka.Format
		if s.Avro != "" {
			f, err = avroSchema(s)
		} else {
			f, err = protobufSchema(s, r.Payload != "protobuf")
		}
		if err != nil {
			return list, at(s.Pos, err)
		}
		if s.ID == 0 {
			list.Other = f
			continue
		}
		if list.ByID == nil {
			list.ByID = make(map[uint32]kafka.Format)
		}
		list.ByID[uint32(s.ID)] = f
	}
	return list, nil
}

func avroSchema(s *config.Schema) (f *avro.Schema, err error) {
	var types avro.Types
	for _, name := range append(slices.Clone(s.References), s.Avro) {
		b, err := readSmall(name, avro.MaxSchema)
		if err != nil {
			return nil, fmt.Errorf("avro: %w", err)
		}
		if f, err = types.Add(b); err != nil {
			return nil, fmt.Errorf("avro: %s:%w", name, err)
		}
	}
	return f, nil
}

// protobufSchema returns the format of messages, with indexes before them or not.
func protobufSchema(s *config.Schema, indexed bool) (f kafka.Format, err error) {
	var set []byte
	if strings.HasSuffix(s.Protobuf, ".proto") {
		set, err = compiled(s.Protobuf)
	} else {
		set, err = readSmall(s.Protobuf, protobuf.MaxSet)
	}
	if err != nil {
		return nil, fmt.Errorf("protobuf: %w", err)
	}
	unknown := map[string]protobuf.Unknown{"refuse": protobuf.Refuse, "detect": protobuf.Detect, "remove": protobuf.Remove}[s.Unknown]
	files, err := protobuf.Parse(set)
	switch {
	case err != nil:
	case indexed:
		f, err = files.Indexed(s.Message, unknown)
	default:
		f, err = files.Message(s.Message, unknown)
	}
	if err != nil {
		return nil, fmt.Errorf("protobuf: %s: %w", s.Protobuf, err)
	}
	return f, nil
}

// compiled returns a .proto file and what it imports as a set of descriptors. Imports
// are looked for beside the file, as protoc --proto_path=DIR does; those of
// google/protobuf are built in. Errors begin with file, line and column.
func compiled(name string) ([]byte, error) {
	if _, err := readSmall(name, protobuf.MaxSet); err != nil {
		return nil, err // says no more than what is wrong with the file
	}
	c := protocompile.Compiler{Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{ImportPaths: []string{filepath.Dir(name)}})}
	files, err := c.Compile(context.Background(), filepath.Base(name))
	if err != nil {
		return nil, err
	}
	if len(files) != 1 {
		return nil, errors.New(name + " did not become one file")
	}
	var set descriptorpb.FileDescriptorSet
	seen := make(map[string]bool)
	var add func(linker.File)
	add = func(f linker.File) {
		if seen[f.Path()] {
			return
		}
		seen[f.Path()] = true
		for i := range f.Imports().Len() {
			add(f.FindImportByPath(f.Imports().Get(i).Path()))
		}
		set.File = append(set.File, protodesc.ToFileDescriptorProto(f))
	}
	add(files[0])
	return proto.Marshal(&set)
}
