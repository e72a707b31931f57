package kafka

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRoutes(t *testing.T) {
	type routes [][2]string
	for _, c := range []struct {
		name    string
		routes  routes
		topics  string
		loops   bool
		want    string
		refused int
	}{
		{"template", routes{{`logs\.(.*)`, `clean.logs.$1`}}, "logs.a logs.b other clean.logs.a", true, "logs.a>clean.logs.a logs.b>clean.logs.b", 0},
		{"whole names", routes{{`logs`, `out`}}, "logs xlogs logs2", true, "logs>out", 0},
		{"named group", routes{{`(?P<env>\w+)-logs`, `${env}-clean`}}, "prod-logs", true, "prod-logs>prod-clean", 0},
		{"first route", routes{{`a`, `out-a`}, {`.`, `out-$0`}}, "a b", true, "a>out-a b>out-b", 0},
		{"to itself", routes{{`logs`, `logs`}}, "logs", true, "", 1},
		{"output fits", routes{{`logs.*`, `logs-clean`}}, "logs", true, "", 1},
		{"through another route", routes{{`a`, `b`}, {`b`, `c`}}, "a b", true, "b>c", 1},
		{"another cluster", routes{{`logs`, `logs`}}, "logs", false, "logs>logs", 0},
		{"no name", routes{{`(logs)`, `clean/$1`}}, "logs", true, "", 1},
	} {
		var rs []Route
		for _, r := range c.routes {
			x, err := ParseRoute(r[0], r[1])
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			rs = append(rs, x)
		}
		topics := map[string]int32{}
		for _, name := range strings.Fields(c.topics) {
			topics[name] = 1
		}
		pairs, refused := pair(rs, topics, c.loops, "dlq")
		var got []string
		for _, p := range pairs {
			got = append(got, p.in+">"+p.out)
		}
		if s := strings.Join(got, " "); s != c.want || len(refused) != c.refused {
			t.Errorf("%s: %s, refused %v", c.name, s, refused)
		}
	}
	all, err := ParseRoute(`.*`, `x`)
	if err != nil {
		t.Fatal(err)
	}
	if pairs, refused := pair([]Route{all}, map[string]int32{"dlq": 1}, true, "dlq"); len(pairs) != 0 || len(refused) == 0 {
		t.Errorf("the quarantine is read: %v", pairs)
	}
}

func TestParseRoute(t *testing.T) {
	for _, c := range [][3]string{{`logs(`, `x`, "missing"}, {`logs`, `x$1`, "no group 1"}, {`(logs)`, `x${name}`, `no group "name"`}, {`(logs)`, `$1x`, "${1}"}} {
		if _, err := ParseRoute(c[0], c[1]); err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%s: %v", c[:2], err)
		}
	}
}

func TestClassify(t *testing.T) {
	frame := "\x00\x00\x00\x00\x07"
	for _, c := range []struct {
		value  string
		p      Payload
		b      Binary
		want   form
		scaned string
	}{
		{"GET / 200", Auto, RefuseBinary, plain, "GET / 200"},
		{"caf\xc3\xa9 caf\xe9 \x1b[31mred\x1b[0m\ttab\r\n", Auto, RefuseBinary, plain, "caf\xc3\xa9 caf\xe9 \x1b[31mred\x1b[0m\ttab\r\n"},
		{frame + `{"a":1}`, Auto, RefuseBinary, framed, `{"a":1}`},
		{frame + `{"a":1}`, Framed, RefuseBinary, framed, `{"a":1}`},
		{frame + "\x02\x0ehunter2", Auto, RefuseBinary, unknown, ""},
		{frame + "\x02\x0ehunter2", Framed, DetectBinary, detected, frame + "\x02\x0ehunter2"},
		{frame + "\x02\x0ehunter2", Framed, RedactBinary, plain, frame + "\x02\x0ehunter2"},
		{frame + "{\x00}", Auto, RefuseBinary, unknown, ""},
		{frame, Auto, RefuseBinary, unknown, ""},
		{"plain text", Framed, RefuseBinary, unknown, ""},
		{"plain text", Framed, DetectBinary, detected, "plain text"},
		{"\x1f\x8b\x08\x00", Auto, RefuseBinary, unknown, ""},
		{"\x1f\x8b\x08\x00", Text, RefuseBinary, plain, "\x1f\x8b\x08\x00"},
		{"0123456\x017", Auto, RefuseBinary, unknown, ""},
	} {
		f, scanned := classify([]byte(c.value), c.p, c.b)
		if f != c.want || string(scanned) != c.scaned {
			t.Errorf("%q as %v, %v: %d, %q", c.value, c.p, c.b, f, scanned)
		}
	}
}

// Values of Kafka's own tests of its hash (UtilsTest.testMurmur2).
func TestMurmur2(t *testing.T) {
	got := map[string]int32{}
	want := map[string]int32{"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536,
		"a-little-bit-longer-string": -1486304829, "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971, "abc": 479470107}
	for s := range want {
		got[s] = int32(murmur2([]byte(s)))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
