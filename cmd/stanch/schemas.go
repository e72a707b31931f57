package main

import (
	"errors"
	"fmt"

	"github.com/stanch/stanch/pipeline/config"
	"github.com/stanch/stanch/pipeline/kafka"
	"github.com/stanch/stanch/record/avro"
)

// schemas reads the files of the schemas of a topic's values.
func schemas(r *config.Route) (list kafka.Schemas, err error) {
	for i := range r.Schemas {
		s := &r.Schemas[i]
		f, err := schemaOf(s)
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

func schemaOf(s *config.Schema) (kafka.Format, error) {
	if s.Protobuf != "" {
		return nil, errors.New("protobuf: not in this version")
	}
	b, err := readSmall(s.Avro, avro.MaxSchema)
	if err != nil {
		return nil, fmt.Errorf("avro: %w", err)
	}
	f, err := avro.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("avro: %s:%w", s.Avro, err)
	}
	return f, nil
}
