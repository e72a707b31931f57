// Package avro redacts values in the binary encoding of Apache Avro
// (https://avro.apache.org/docs/1.12.0/specification/).
package avro

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/stanch/stanch/record"
)

// MaxSchema is the length in bytes of the longest schema.
const MaxSchema = 1 << 20

// Schema is a schema that is ready for use. It is immutable and safe for concurrent
// use.
type Schema struct {
	root *node
	free sync.Pool // of walkers
}

type kind uint8

const (
	null kind = iota
	boolean
	integer // int
	long
	float
	double
	octets
	letters // string
	structure
	enum
	array
	dictionary // map
	union
	fixed
)

var primitives = map[string]kind{"null": null, "boolean": boolean, "int": integer, "long": long, "float": float, "double": double, "bytes": octets, "string": letters}

// node is a type.
type node struct {
	kind    kind
	size    int     // of fixed, or how many symbols an enum has
	least   int     // bytes that a value takes at least; none takes any if it is 0
	item    *node   // of an array or a map
	options []*node // of a union
	fields  []field // those of a record that take any octets

	pair        bool
	name, value int // of a pair, in fields
	state       uint8
	at          *doc
}

type field struct {
	name []byte
	node *node
}

// Parse reads a schema: JSON as in files of the type avsc. Errors give line and column.
func Parse(text []byte) (*Schema, error) { return new(Types).Add(text) }

// Types are the named types of several schemas, which may refer to those before them. The
// zero value is none. It is for one goroutine.
type Types struct {
	named     map[string]*node
	primitive map[kind]*node
	records   []*node // of the schema in hand
}

// Add reads a schema as Parse does, which may name types of those that were added before.
// After an error nothing more can be added.
func (c *Types) Add(text []byte) (*Schema, error) {
	if len(text) > MaxSchema {
		return nil, fmt.Errorf("1:1: longer than %d bytes", MaxSchema)
	}
	d, err := readJSON(text)
	if err != nil {
		return nil, err
	}
	if c.named == nil {
		c.named, c.primitive = make(map[string]*node), make(map[kind]*node)
	}
	c.records = nil
	root, err := c.compile(d, "")
	if err != nil {
		return nil, err
	}
	for _, n := range c.records {
		if _, err := n.measure(); err != nil {
			return nil, err
		}
	}
	for _, n := range c.records {
		n.settle()
	}
	return &Schema{root: root}, nil
}

// compile returns the type that d describes, in a namespace.
func (c *Types) compile(d *doc, space string) (*node, error) {
	switch d.kind {
	case '"':
		return c.reference(d, space)
	case '[':
		return c.union(d, space)
	case '{':
		t := d.member("type")
		switch {
		case t == nil:
			return nil, d.errorf("type is missing")
		case t.kind != '"':
			return c.compile(t, space)
		}
		return c.complex(d, t, space)
	}
	return nil, d.errorf("want a type: a name, an object or a list")
}

// reference returns the type of a name.
func (c *Types) reference(d *doc, space string) (*node, error) {
	if k, ok := primitives[d.text]; ok {
		n := c.primitive[k]
		if n == nil {
			n = &node{kind: k, least: leastOf[k]}
			c.primitive[k] = n
		}
		return n, nil
	}
	// A name without a dot is one of the namespace around it, and else of none.
	if n := c.named[full(d.text, space)]; n != nil {
		return n, nil
	}
	if n := c.named[d.text]; n != nil {
		return n, nil
	}
	return nil, d.errorf("no type is called %q", d.text)
}

var leastOf = [...]int{null: 0, boolean: 1, integer: 1, long: 1, float: 4, double: 8, octets: 1, letters: 1}

func full(name, space string) string {
	if space == "" || strings.Contains(name, ".") {
		return name
	}
	return space + "." + name
}

func (c *Types) union(d *doc, space string) (*node, error) {
	n := &node{kind: union, least: 1, at: d}
	if len(d.values) == 0 {
		return nil, d.errorf("a union of nothing")
	}
	for _, v := range d.values {
		o, err := c.compile(v, space)
		if err != nil {
			return nil, err
		}
		if o.kind == union {
			return nil, v.errorf("a union in a union")
		}
		n.options = append(n.options, o)
	}
	return n, nil
}

// complex returns the type that an object describes, whose type is t.
func (c *Types) complex(d, t *doc, space string) (*node, error) {
	n := &node{at: d}
	switch t.text {
	case "array", "map":
		part := map[string]string{"array": "items", "map": "values"}[t.text]
		of := d.member(part)
		if of == nil {
			return nil, d.errorf("%s: %s is missing", t.text, part)
		}
		n.kind, n.least = array, 1
		if t.text == "map" {
			n.kind = dictionary
		}
		var err error
		n.item, err = c.compile(of, space)
		return n, err
	case "record", "error", "enum", "fixed":
	default:
		return c.reference(t, space) // with attributes such as a logical type
	}
	name, err := c.define(d, n, t.text, space)
	if err != nil {
		return nil, err
	}
	switch t.text {
	case "enum":
		n.kind, n.least = enum, 1
		symbols := d.member("symbols")
		if symbols == nil || symbols.kind != '[' || len(symbols.values) == 0 {
			return nil, d.errorf("enum: symbols are missing")
		}
		for _, s := range symbols.values {
			if s.kind != '"' {
				return nil, s.errorf("enum: want a symbol")
			}
		}
		n.size = len(symbols.values)
	case "fixed":
		n.kind = fixed
		size := d.member("size")
		if size == nil || size.kind != '0' {
			return nil, d.errorf("fixed: size is missing")
		}
		if n.size, err = strconv.Atoi(size.text); err != nil || n.size < 0 || n.size > maxLeast {
			return nil, size.errorf("fixed: want a size")
		}
		n.least = n.size
	default:
		n.kind = structure
		c.records = append(c.records, n)
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			space = name[:i]
		} else {
			space = ""
		}
		err = c.fields(d, n, space)
	}
	return n, err
}

// define gives a type its name.
func (c *Types) define(d *doc, n *node, what, space string) (string, error) {
	name := d.member("name")
	if name == nil || name.kind != '"' || name.text == "" {
		return "", d.errorf("%s: name is missing", what)
	}
	if s := d.member("namespace"); s != nil && s.kind == '"' {
		space = s.text
	}
	f := full(name.text, space)
	if _, ok := primitives[f]; ok {
		return "", name.errorf("%s: %q is the name of a primitive type", what, f)
	}
	if c.named[f] != nil {
		return "", name.errorf("%s: there are two types called %q", what, f)
	}
	c.named[f] = n
	return f, nil
}

func (c *Types) fields(d *doc, n *node, space string) error {
	list := d.member("fields")
	if list == nil || list.kind != '[' {
		return d.errorf("record: fields are missing")
	}
	seen := make(map[string]bool)
	for _, v := range list.values {
		name, t := v.member("name"), v.member("type")
		switch {
		case name == nil || name.kind != '"' || name.text == "":
			return v.errorf("field: name is missing")
		case seen[name.text]:
			return v.errorf("record: there are two fields called %q", name.text)
		case t == nil:
			return v.errorf("field: type is missing")
		}
		seen[name.text] = true
		of, err := c.compile(t, space)
		if err != nil {
			return err
		}
		n.fields = append(n.fields, field{[]byte(name.text), of})
	}
	return nil
}

// maxLeast is as far as lengths of values are counted.
const maxLeast = 1 << 30

const (
	measuring = iota + 1
	measured
)

// measure finds out how many bytes a value takes at least. A record that holds
// itself would take no end of them.
func (n *node) measure() (int, error) {
	if n.kind != structure || n.state == measured {
		return n.least, nil
	}
	if n.state == measuring {
		return 0, n.at.errorf("record: it holds itself without end")
	}
	n.state = measuring
	for _, f := range n.fields {
		size, err := f.node.measure()
		if err != nil {
			return 0, err
		}
		n.least = min(n.least+size, maxLeast)
	}
	n.state = measured
	return n.least, nil
}

// settle leaves out the fields that take no bytes, so that walking a record costs no more
// steps than it has bytes.
func (n *node) settle() {
	var fields []field
	var names []string
	for _, f := range n.fields {
		if f.node.least > 0 {
			fields = append(fields, f)
			names = append(names, string(f.name))
		}
	}
	n.fields = fields
	n.name, n.value, n.pair = record.Pair(names)
}
