package kafka

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline/kafka/batch"
	"github.com/stanch/stanch/redact"
)

// keyLines returns the lines of a private key.
func keyLines(t testing.TB, seed uint64) []string {
	t.Helper()
	key, _, _, err := detectors.Expand("{pem:RSA PRIVATE KEY}", seed)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(key, "\n")
}

// rows returns the lines of a key that nobody may see.
func rows(key []string) []string { return key[1 : len(key)-1] }

// line is a record of a log.
type line struct{ log, text string }

// mixed are the lines of some logs, as they would come into one partition. Those of
// the log "" belong to none.
func mixed(t testing.TB, rng *rand.Rand) (all []line, secrets []string) {
	docker := func(s string) string {
		return `{"log":"` + s + `\n","stream":"stdout","time":"2026-01-01T00:00:00Z"}`
	}
	logs := map[string][]string{"plain": {"starting"}, "docker": {docker("starting")}, "bit": nil, "": {"clean", "password=" + secret}, "name": {"password:", "  " + secret, "next"}}
	for i, log := range []string{"plain", "docker", "bit"} {
		key := keyLines(t, uint64(i)+1)
		secrets = append(secrets, rows(key)...)
		for _, l := range key {
			switch log {
			case "docker":
				l = docker(l)
			case "bit":
				l = `{"date":1.5,"log":"` + l + `","kubernetes":{"pod_name":"web-1"}}`
			}
			logs[log] = append(logs[log], l)
		}
		for range 8 {
			logs[log] = append(logs[log], "GET /index.html 200", "password="+secret)
		}
	}
	secrets = append(secrets, secret)
	names := []string{"plain", "docker", "bit", "", "name"}
	for len(names) > 0 {
		i := rng.IntN(len(names))
		n := names[i]
		if all = append(all, line{n, logs[n][0]}); len(logs[n]) == 1 {
			names = slices.Delete(names, i, i+1)
		}
		logs[n] = logs[n][1:]
	}
	return all, secrets
}

// followed is a lane's work without Kafka: it redacts jobs one after the other.
type followed struct {
	testing.TB
	o       Options
	scratch [2]*scratch
	rs      [2]*redact.Redactor
	streams *streams
	found   []finding.Finding
}

func follows(t testing.TB, by string) *followed {
	f := &followed{TB: t, o: Options{Group: "g", Routes: make([]Route, 1), Header: DefaultHeader, Version: "v1"}}
	if by != "" {
		s, err := ParseStreamBy(by)
		if err != nil {
			t.Fatal(err)
		}
		f.o.Routes[0].StreamBy = s
		f.streams = newStreams(s)
	}
	if err := f.o.defaults(); err != nil {
		t.Fatal(err)
	}
	for i := range f.rs {
		f.rs[i], f.scratch[i] = redact.NewHandle(engine()).NewRedactor(), &scratch{dec: batch.NewDecoder(f.o.MaxBatchBytes)}
	}
	return f
}

// job redacts records as one job.
func (f *followed) job(i int, from int64, lines []line) *job {
	f.Helper()
	var b batch.Builder
	for k, l := range lines {
		var key []byte
		if l.log != "" {
			key = []byte(l.log)
		}
		b.Append(&batch.Record{Offset: int64(k), Timestamp: 1_700_000_000_000}, key, []byte(l.text), nil)
	}
	raw, err := b.Finish(nil, new(batch.Encoder), batch.None)
	if err != nil {
		f.Fatal(err)
	}
	in, _, err := batch.Next(raw)
	if err != nil {
		f.Fatal(err)
	}
	in.BaseOffset = from
	j := &job{from: from, next: from + int64(len(lines)), batches: []batch.Batch{in}, streams: f.streams, fetched: time.Now()}
	t := transformer{scratch: f.scratch[i%2], o: &f.o, route: &f.o.Routes[0], engine: engine(), r: f.rs[i%2], j: j, topic: "logs", bufs: make(buffers, 1)}
	t.run()
	if j.err != nil {
		f.Fatal(j.err)
	}
	f.found = append(f.found, j.findings...)
	return j
}

// However the records of a partition are cut into fetches, each log becomes what it
// becomes in one piece; and from each offset that may be committed, too.
func TestStreamsCut(t *testing.T) {
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 1))
		all, secrets := mixed(t, rng)
		// What each log becomes by itself.
		logs := map[string][][]byte{}
		for _, l := range all {
			logs[l.log] = append(logs[l.log], []byte(l.text))
		}
		becomes := map[string][]string{}
		findings := 0
		for name, log := range logs {
			r := engine().NewRedactor()
			r.OnFinding = func(finding.Finding) { findings++ }
			out := func(_ int, b []byte) { becomes[name] = append(becomes[name], string(b)) }
			if name == "" {
				r.Batch(log, out)
			} else {
				r.Lines(log, out)
			}
		}
		var want []string
		for _, l := range all {
			want = append(want, becomes[l.log][0])
			becomes[l.log] = becomes[l.log][1:]
		}
		for _, w := range want {
			for _, s := range secrets {
				if strings.Contains(w, s) {
					t.Fatalf("%q is left", w)
				}
			}
		}
		// restart works from an offset on, and again at one of its places.
		var restart func(from int, again bool)
		restart = func(from int, again bool) {
			f := follows(t, "key")
			safe := []int{}
			for at, i := from, 0; at < len(all); i++ {
				n := min(1+rng.IntN(12), len(all)-at)
				if rng.IntN(8) == 0 {
					n = len(all) - at
				}
				j := f.job(i, int64(at), all[at:at+n])
				values, marked := outputs(t, j)
				if len(values) != n || marked != j.changed {
					t.Fatalf("%d records of %d, %d marked, %d changed", len(values), n, marked, j.changed)
				}
				for k, v := range values {
					if v == nil || string(v) != want[at+k] {
						t.Fatalf("seed %d, from %d: record %d becomes %q, in one piece %q", seed, from, at+k, v, want[at+k])
					}
				}
				at += n
				safe = append(safe, int(j.holds.before(int64(at), func(hold) bool { return true })))
			}
			if len(f.streams.open) != 0 || f.streams.held != 0 || from == 0 && len(f.found) != findings {
				t.Errorf("seed %d: %d streams are open, %d bytes held, %d findings of %d", seed, len(f.streams.open), f.streams.held, len(f.found), findings)
			}
			for _, at := range safe {
				if again {
					restart(at, false)
				}
			}
		}
		restart(0, seed < 8)
	}
}

// Streams that are open for good are given up when there are too many, the oldest
// first.
func TestStreamsBound(t *testing.T) {
	f := follows(t, "key")
	begin := keyLines(t, 1)[0]
	lost := 0
	for at := 0; at < maxStreams+100; at += 50 {
		var lines []line
		for i := range 50 {
			lines = append(lines, line{fmt.Sprintf("log-%d", at+i), begin})
		}
		j := f.job(0, int64(at), lines)
		lost += j.lost
		if len(f.streams.open) > maxStreams || j.open != len(f.streams.open) || len(j.holds) > 2*maxStreams {
			t.Fatalf("%d streams are open, %d holds", len(f.streams.open), len(j.holds))
		}
	}
	if lost != len(f.streams.open)+lost-maxStreams || lost < 100 {
		t.Errorf("%d are lost, %d open", lost, len(f.streams.open))
	}
	for _, st := range f.streams.open {
		if st.hold.first < 100 {
			t.Errorf("the stream of offset %d is kept", st.hold.first)
		}
	}
	// Long lines in parts: bytes are bounded too.
	f = follows(t, "key")
	part := "2026-01-01T00:00:00.000000000Z stdout P " + strings.Repeat("x", 20<<10)
	for i := range 100 {
		f.job(0, int64(i), []line{{fmt.Sprint(i), part}})
		if f.streams.held > maxStreamBytes {
			t.Fatalf("%d bytes are held", f.streams.held)
		}
	}
	if f.streams.held == 0 {
		t.Error("nothing is held")
	}
	held := 0
	for _, st := range f.streams.open {
		held += st.log.Held()
	}
	if held != f.streams.held {
		t.Errorf("%d bytes are held, counted %d", held, f.streams.held)
	}
}

// Whole batches in which nothing is found go on as they came, and cost no allocation
// for their streams.
func TestStreamsClean(t *testing.T) {
	var lines []line
	for i := range 2000 {
		lines = append(lines, line{fmt.Sprint("host-", i%20), fmt.Sprintf("INFO [worker-%d] GET /orders/%d status=200", i%9, i)})
	}
	allocs := func(by string) float64 {
		f := follows(t, by)
		if j := f.job(0, 0, lines); j.raw != 1 || j.changed != 0 {
			t.Errorf("%q: %d batches went on as they came", by, j.raw)
		}
		return allocations(10, func() { f.job(0, 0, lines) })
	}
	if with, without := allocs("key"), allocs(""); with > without+20 && !raceEnabled {
		t.Errorf("%v allocations, without streams %v", with, without)
	}
}

// allocations is testing.AllocsPerRun, at the least of a few times: whatever else goes
// on in the process allocates, too.
func allocations(runs int, f func()) float64 {
	least := testing.AllocsPerRun(runs, f)
	for range 4 {
		least = min(least, testing.AllocsPerRun(runs, f))
	}
	return least
}

// Rows of a key that the policy drops are dropped, although no finding names them.
func TestStreamsDrop(t *testing.T) {
	doc, err := redact.ParseDocument("x.yaml", []byte("version: 1\npolicy:\n  - {detector: private-key, action: drop}\n"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := redact.New(doc, redact.Options{Key: testKey()})
	if err != nil {
		t.Fatal(err)
	}
	f := follows(t, "key")
	f.rs[0] = e.NewRedactor()
	var got []string
	for i, l := range append(keyLines(t, 3), "after") {
		values, _ := outputs(t, f.job(0, int64(i), []line{{"a", l}}))
		for _, v := range values {
			got = append(got, string(v))
		}
	}
	if !slices.Equal(got, []string{"after"}) {
		t.Errorf("%q", got)
	}
}

// A binary value in the middle of a stream fails as it would without one.
func TestStreamsFailures(t *testing.T) {
	f := follows(t, "key")
	key := keyLines(t, 5)
	j := f.job(0, 0, []line{{"a", key[0]}, {"a", "\x00\x01\x02 binary"}, {"a", key[1]}, {"a", ""}, {"a", key[2]}})
	values, _ := outputs(t, j)
	if len(j.cases) != 1 || len(values) != 4 || string(bytes.Join(values, nil)) != "REDACTED-private-key" {
		t.Errorf("%d cases, %q", len(j.cases), values)
	}
	if j.open != 1 || j.holds.before(5, func(hold) bool { return true }) != 0 {
		t.Errorf("%d streams are open, %v", j.open, j.holds)
	}
}

// A policy that is loaded in the middle of a key decides on the rest of it.
func TestStreamsReload(t *testing.T) {
	doc, err := redact.ParseDocument("x.yaml", []byte("version: 1\ndetectors:\n  skip: [\"aws-*\", \"github-*\"]\npolicy:\n  - {detector: private-key, action: drop}\n"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := redact.New(doc, redact.Options{Key: testKey()})
	if err != nil {
		t.Fatal(err)
	}
	f := follows(t, "key")
	h := redact.NewHandle(engine())
	f.rs[0] = h.NewRedactor()
	key := keyLines(t, 9)
	var got []string
	for i, l := range append(key, "after") {
		if i == 4 {
			h.Store(other)
		}
		values, _ := outputs(t, f.job(0, int64(i), []line{{"a", l}}))
		for _, v := range values {
			got = append(got, string(v))
		}
	}
	if want := []string{"REDACTED-private-key", "", "", "", "after"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
