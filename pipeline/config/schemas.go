package config

import (
	"math"

	"go.yaml.in/yaml/v3"
)

func (p *parser) schema(n *yaml.Node) (Schema, error) {
	s := Schema{Pos: p.pos(n), Unknown: "refuse"}
	err := p.kinds(n, "schema", []string{"avro", "protobuf"}, []string{"id", "references", "message", "unknown_fields"}, func(name string, v *yaml.Node) (err error) {
		switch name {
		case "id":
			s.ID, err = p.Int(v, name, 1, math.MaxInt32)
		case "avro":
			s.Avro, err = p.String(v, name)
		case "references":
			s.References, err = p.Strings(v, name)
		case "protobuf":
			s.Protobuf, err = p.String(v, name)
		case "message":
			s.Message, err = p.String(v, name)
		case "unknown_fields":
			s.Unknown, err = p.Word(v, name, []string{"refuse", "detect", "remove"})
		}
		return err
	})
	switch {
	case err != nil:
	case s.Protobuf == "" && (s.Message != "" || s.Unknown != "refuse"):
		err = p.Errorf(n, "schema: message and unknown_fields: only with protobuf")
	case s.Avro == "" && s.References != nil:
		err = p.Errorf(n, "schema: references: only with avro")
	}
	return s, err
}

// schemas checks those of a route at n.
func (p *parser) schemas(n *yaml.Node, r *Route) error {
	switch r.Payload {
	case "avro", "protobuf":
		if len(r.Schemas) != 1 || r.Schemas[0].ID != 0 || (r.Schemas[0].Avro != "") != (r.Payload == "avro") {
			return p.Errorf(n, "topics: payload %s wants one schema, of its kind and without an id", r.Payload)
		}
	case "auto", "confluent":
		seen := map[int]bool{}
		for _, s := range r.Schemas {
			if seen[s.ID] {
				return p.Errorf(&yaml.Node{Line: s.Pos.Line, Column: s.Pos.Column}, "schema: there are two of one id, or without one")
			}
			seen[s.ID] = true
		}
	default:
		if len(r.Schemas) > 0 {
			return p.Errorf(n, "topics: schemas: only with payload confluent, avro or protobuf")
		}
	}
	return nil
}
