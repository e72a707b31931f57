package kafka

import (
	"fmt"
	"regexp"
	"sort"
)

// Route leads from topics to topics.
type Route struct {
	// From fits the whole name of an input topic.
	From *regexp.Regexp
	// To is the name of its output topic, in which $1 or ${name} stand for what
	// groups of From fit (regexp.Expand). Empty where the output has no topics.
	To string
	// Payload is what the values are.
	Payload Payload
	// Binary is what becomes of values that are no text.
	Binary Binary
	// Schemas are those of values that are framed, or of one format.
	Schemas Schemas
	// StreamBy says which records are lines of one log; nil if each is by itself.
	StreamBy *StreamBy
}

// ParseRoute returns a route. It refuses a template that names no group of the
// expression, and expressions that fit the empty name.
func ParseRoute(from, to string) (Route, error) {
	re, err := regexp.Compile(`\A(?:` + from + `)\z`)
	if err != nil {
		return Route{}, fmt.Errorf("topics: %w", err)
	}
	for _, m := range regexp.MustCompile(`\$(?:\{(\w+)\}|(\w+))`).FindAllStringSubmatch(to, -1) {
		name := m[1] + m[2]
		var n int
		if _, err := fmt.Sscanf(name, "%d", &n); err == nil && fmt.Sprint(n) == name {
			if n > re.NumSubexp() {
				return Route{}, fmt.Errorf("topics: %q has no group %d", from, n)
			}
		} else if re.SubexpIndex(name) < 0 {
			return Route{}, fmt.Errorf("topics: %q has no group %q; write ${1} where a letter follows", from, name)
		}
	}
	return Route{From: re, To: to}, nil
}

// output returns the topic that records of topic go to.
func (r *Route) output(topic string) (string, bool) {
	m := r.From.FindStringSubmatchIndex(topic)
	if m == nil {
		return "", false
	}
	return string(r.From.ExpandString(nil, r.To, topic, m)), true
}

// values says what values are and how they belong together.
func (r *Route) values() string {
	if r.StreamBy == nil {
		return r.Payload.String()
	}
	return r.Payload.String() + ", streams by " + r.StreamBy.String()
}

// pairing is an input topic, its output, and the route between.
type pairing struct {
	in, out string
	route   *Route
}

// legal is what Kafka takes for the name of a topic.
var legal = regexp.MustCompile(`\A[a-zA-Z0-9._-]{1,249}\z`)

// pair returns for each topic that a route fits where it goes; of several routes
// the first counts. With loops, outputs are on the cluster of the inputs: an
// output that is an input, or one of the others, is refused, because its records
// would go round for ever. What is refused is not read; the others are.
func pair(routes []Route, topics map[string]int32, loops bool, others ...string) (pairs []pairing, refused []error) {
	for topic := range topics {
		p, ok := route(routes, topic)
		if !ok {
			continue
		}
		switch _, again := route(routes, p.out); {
		case p.route.To == "":
			pairs = append(pairs, p)
		case !legal.MatchString(p.out):
			refused = append(refused, fmt.Errorf("topic %s: its output %q is no name of a topic", topic, p.out))
		case loops && again:
			refused = append(refused, fmt.Errorf("topic %s: its output %s is an input too, which is a loop", topic, p.out))
		default:
			pairs = append(pairs, p)
		}
	}
	for _, o := range others {
		if _, ok := route(routes, o); ok && o != "" && loops {
			refused = append(refused, fmt.Errorf("topic %s is written to and is an input too, which is a loop", o))
			for i := 0; i < len(pairs); i++ {
				if pairs[i].in == o {
					pairs = append(pairs[:i], pairs[i+1:]...)
					i--
				}
			}
		}
	}
	sort.Slice(pairs, func(i, j int) bool { return pairs[i].in < pairs[j].in })
	sort.Slice(refused, func(i, j int) bool { return refused[i].Error() < refused[j].Error() })
	return pairs, refused
}

func route(routes []Route, topic string) (pairing, bool) {
	for i := range routes {
		if out, ok := routes[i].output(topic); ok {
			return pairing{topic, out, &routes[i]}, true
		}
	}
	return pairing{}, false
}
