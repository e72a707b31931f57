package kafka

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// streamed is a world in which records of logs go through one partition.
type streamed struct {
	*world
	next    int64 // offset of the next record
	secrets []string
	keys    [][2]int64 // offsets of the first and last lines of keys

	mu        sync.Mutex
	committed []int64 // every offset that was committed for the partition
}

func newStreamed(t *testing.T, opts ...kfake.Opt) *streamed {
	s := &streamed{world: newWorld(t, opts...)}
	s.fake.ControlKey(int16(kmsg.OffsetCommit), func(r kmsg.Request) (kmsg.Response, error, bool) {
		s.fake.KeepControl()
		for _, topic := range r.(*kmsg.OffsetCommitRequest).Topics {
			for _, p := range topic.Partitions {
				if p.Partition == 0 {
					s.mu.Lock()
					s.committed = append(s.committed, p.Offset)
					s.mu.Unlock()
				}
			}
		}
		return nil, nil, false
	})
	return s
}

func (s *streamed) options(by string) Options {
	s.Helper()
	o := s.world.options()
	var err error
	if o.Routes[0].StreamBy, err = ParseStreamBy(by); err != nil {
		s.Fatal(err)
	}
	o.Failure = 0
	return o
}

// write writes lines of logs, each in a batch of its own if so.
func (s *streamed) write(alone bool, lines ...line) {
	s.Helper()
	var recs []*kgo.Record
	for _, l := range lines {
		r := &kgo.Record{Value: []byte(l.text)}
		if l.log != "" {
			r.Key, r.Headers = []byte(l.log), []kgo.RecordHeader{{Key: "host", Value: []byte(l.log)}}
		}
		recs = append(recs, r)
		if alone {
			s.produce(r)
		}
	}
	if !alone {
		s.produce(recs...)
	}
	s.next += int64(len(lines))
}

// key returns the lines of a private key, in two parts.
func (s *streamed) key(log string, seed uint64) (first, second []line) {
	var all []line
	for _, l := range keyLines(s, seed) {
		all = append(all, line{log, l})
	}
	s.secrets = append(s.secrets, rows(keyLines(s, seed))...)
	return all[:len(all)/2], all[len(all)/2:]
}

// clear writes one more record and reads all up to it. It sees to it that no line of a
// key is left.
func (s *streamed) clear() (values []string) {
	s.Helper()
	mark := fmt.Sprint("mark ", s.next)
	s.write(true, line{"", mark})
	c := s.dial(kgo.ConsumeTopics("clean.logs"), kgo.FetchMaxWait(50*time.Millisecond), kgo.MetadataMinAge(50*time.Millisecond),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.UnknownTopicRetries(-1))
	defer c.Close()
	ctx, cancel := context.WithTimeout(s.Context(), time.Minute)
	defer cancel()
	for {
		fs := c.PollFetches(ctx)
		if ctx.Err() != nil {
			s.Fatalf("%q does not come, only %q", mark, values)
		}
		for r := range fs.RecordsAll() {
			if r.Value == nil {
				s.Errorf("offset %d became a tombstone", r.Offset)
			}
			for _, secret := range append(s.secrets, secret) {
				if strings.Contains(string(r.Value), secret) {
					s.Errorf("offset %d: %s", r.Offset, r.Value)
				}
			}
			if string(r.Value) == mark {
				return values
			}
			values = append(values, string(r.Value))
		}
	}
}

// commits waits until an offset was committed, and sees to it that none was that lies
// inside a key.
func (s *streamed) commits(want int64) {
	s.Helper()
	s.world.committed(map[int32]int64{0: want})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, at := range s.committed {
		for _, k := range s.keys {
			if at > k[0] && at <= k[1] {
				s.Errorf("offset %d was committed, inside the key from %d to %d", at, k[0], k[1])
			}
		}
	}
}

// Keys of two logs that come line by line, mixed, are redacted over fetches, and no
// offset inside them is committed.
func TestStreams(t *testing.T) {
	for _, by := range []string{"key", "header:host", "field:kubernetes.pod_name"} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			s := newStreamed(t)
			o := s.options(by)
			o.FetchBytes = 1 // a batch each
			stop := s.start(o)
			a1, a2 := s.key("a", 1)
			b1, b2 := s.key("b", 2)
			a, b := append(a1, a2...), append(b1, b2...)
			var all []line
			for i := range a {
				all = append(all, a[i])
				if i > 2 && len(b) > 0 {
					all, b = append(all, b[0]), b[1:]
				}
				all = append(all, line{"", "password=" + secret}, line{"c", "GET / 200"})
			}
			all = append(append(all, b...), line{"a", "end"}, line{"b", "end"})
			if by[0] == 'f' {
				for i, l := range all {
					if l.log != "" {
						all[i] = line{"", fmt.Sprintf(`{"log":"%s","kubernetes":{"pod_name":"%s"}}`, l.text, l.log)}
					}
				}
			}
			s.keys = [][2]int64{{0, int64(slices.IndexFunc(all, func(l line) bool { return strings.Contains(l.text, "END") }))}}
			s.write(true, all...)
			got := s.clear()
			s.commits(s.next)
			if err := stop(); err != nil {
				t.Error(err)
			}
			if n := strings.Count(strings.Join(got, ""), "REDACTED-private-key"); n != 2 {
				t.Errorf("%d markers of keys", n)
			}
			if got[len(got)-1] != all[len(all)-1].text {
				t.Errorf("the last record is %q", got[len(got)-1])
			}
			if used := s.budget.Used(); used != 0 {
				t.Errorf("%d bytes are still counted", used)
			}
		})
	}
}

// Whoever goes on in the middle of a key sees it from its beginning.
func TestStreamsGoOn(t *testing.T) {
	for _, how := range []string{"stop", "rebalance"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := newStreamed(t)
			o := s.options("key")
			first, second := s.key("a", 3)
			s.write(true, line{"a", "x"}, line{"b", "y"})
			s.keys = [][2]int64{{2, 2 + int64(len(first)+len(second)) + 2}} // two others and a mark lie in it
			s.write(false, first...)
			s.write(false, line{"b", "z"}, line{"", "w"})
			stop := s.start(o)
			s.clear()
			s.commits(2)
			if how == "stop" {
				if err := stop(); err != nil {
					t.Fatal(err)
				}
				s.commits(2)
			}
			stop = s.start(o)
			s.write(true, second...)
			s.write(true, line{"a", "last"})
			s.commits(s.next)
			got := s.clear()
			if err := stop(); err != nil {
				t.Error(err)
			}
			if got[len(got)-1] != "last" {
				t.Errorf("%q", got)
			}
		})
	}
}

// A key that never ends holds commits back for a time and for a number of records,
// and no longer.
func TestStreamsHold(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*Options)
	}{
		{"time", func(o *Options) { o.StreamHold = 300 * time.Millisecond }},
		{"records", func(o *Options) { o.StreamHold, o.MaxUncommitted = time.Hour, 20 }},
		{"a record", func(o *Options) { o.StreamHold, o.MaxUncommitted = time.Hour, 1 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStreamed(t)
			o := s.options("key")
			o.FetchBytes = 1
			c.set(&o)
			first, second := s.key("a", 4)
			s.write(false, first...)
			stop := s.start(o)
			for i := range 60 {
				s.write(true, line{fmt.Sprint("host-", i%5), "GET / 200"})
			}
			s.commits(s.next)
			// What is open is still redacted.
			s.write(true, second...)
			got := s.clear()
			if err := stop(); err != nil {
				t.Error(err)
			}
			if n := strings.Count(strings.Join(got, ""), "REDACTED"); n != 1 {
				t.Errorf("%d markers", n)
			}
		})
	}
}

// visible reads what consumers see that read committed records only, until want are
// there, and reports it if there are more.
func (s *streamed) visible(want int) []string {
	s.Helper()
	var values []string
	for _, r := range s.consume("clean.logs", want) {
		for _, secret := range s.secrets {
			if strings.Contains(string(r.Value), secret) {
				s.Errorf("offset %d: %s", r.Offset, r.Value)
			}
		}
		values = append(values, string(r.Value))
	}
	if len(values) != want {
		s.Errorf("%d records are visible, want %d", len(values), want)
	}
	return values
}

// With exactly-once delivery a key that comes in several fetches is written in one
// transaction: whoever stops in its middle leaves nothing of it.
func TestStreamsExactlyOnce(t *testing.T) {
	for _, how := range []string{"stop", "rebalance", "abort", "go on"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := newStreamed(t)
			s.exactlyOnce(how, s.options("key"))
		})
	}
}

func (s *streamed) exactlyOnce(how string, o Options) {
	s.Helper()
	o.ExactlyOnce, o.FetchBytes = true, 1
	first, second := s.key("a", 6)
	s.write(true, line{"a", "x"}, line{"b", "y"})
	begin := s.next
	stop := s.start(o)
	s.world.committed(map[int32]int64{0: begin})
	s.write(true, first...)
	s.write(true, line{"b", "z"})
	// All of it is written, and nothing of it to be seen.
	s.consume("clean.logs", int(s.next), kgo.FetchIsolationLevel(kgo.ReadUncommitted()))
	s.world.committed(map[int32]int64{0: begin})
	switch how {
	case "stop":
		if err := stop(); err != nil {
			s.Fatal(err)
		}
		s.world.committed(map[int32]int64{0: begin})
		// Nothing is left that others would have to wait for.
		stable, err := s.admin.ListCommittedOffsets(s.Context(), "clean.logs")
		if err != nil {
			s.Fatal(err)
		}
		end, err := s.admin.ListEndOffsets(s.Context(), "clean.logs")
		if err != nil {
			s.Fatal(err)
		}
		if a, b := stable["clean.logs"][0].Offset, end["clean.logs"][0].Offset; a != b || b <= begin {
			s.Errorf("stable up to %d of %d", a, b)
		}
		stop = s.start(o)
	case "rebalance":
		stop = s.start(o)
	case "abort":
		// The broker ends the transaction, and the lane begins anew.
		s.fake.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Topic: "clean.logs", Err: kerr.InvalidProducerEpoch, Count: 1})
	}
	s.write(true, second...)
	s.write(true, line{"a", "last"})
	s.world.committed(map[int32]int64{0: s.next})
	got := s.visible(int(s.next))
	if err := stop(); err != nil {
		s.Error(err)
	}
	want := append(append([]string{"x", "y", "REDACTED-private-key"}, make([]string, len(first)-1)...), "z")
	want = append(append(want, make([]string, len(second))...), "last")
	if !slices.Equal(got, want) {
		s.Errorf("%q", got)
	}
}

// A key that never ends does not keep committed records from being seen for longer
// than the hold, or a part of the transaction's time; nor does it if nothing follows.
func TestStreamsExactlyOnceHold(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*Options)
	}{
		{"hold", func(o *Options) { o.StreamHold = 300 * time.Millisecond }},
		{"transaction", func(o *Options) { o.TransactionTimeout = 9 * time.Second }},
		{"records", func(o *Options) { o.MaxUncommitted = 3 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStreamed(t)
			o := s.options("key")
			o.ExactlyOnce, o.FetchBytes = true, 1
			c.set(&o)
			first, second := s.key("a", 7)
			stop := s.start(o)
			s.write(true, first...)
			s.world.committed(map[int32]int64{0: s.next})
			s.visible(int(s.next))
			// What is open is still redacted.
			s.write(true, second...)
			s.write(true, line{"a", "last"})
			s.world.committed(map[int32]int64{0: s.next})
			got := s.visible(int(s.next))
			if err := stop(); err != nil {
				t.Error(err)
			}
			if got[len(got)-1] != "last" || strings.Count(strings.Join(got, ""), "REDACTED") != 1 {
				t.Errorf("%q", got)
			}
		})
	}
}

// Streams are followed on their way to lines, too.
func TestStreamsToLines(t *testing.T) {
	s := newStreamed(t)
	p := &page{}
	o := s.options("header:host")
	o.Lines, o.Routes[0].To, o.CreateTopics, o.Header, o.FetchBytes = p, "", false, "", 1
	first, second := s.key("a", 8)
	stop := s.start(o)
	s.write(true, append([]line{{"a", "x"}, {"b", "y"}}, first...)...)
	s.write(true, line{"b", "z"})
	s.keys = [][2]int64{{2, 2 + int64(len(first)+len(second))}}
	s.commits(2)
	s.write(true, append(second, line{"a", "last"})...)
	s.commits(s.next)
	if err := stop(); err != nil {
		t.Error(err)
	}
	var got []string
	for _, lines := range p.lines {
		got = append(got, lines...)
	}
	want := append(append([]string{"x", "y", "REDACTED-private-key"}, make([]string, len(first)-1)...), "z")
	if want = append(append(want, make([]string, len(second))...), "last"); !slices.Equal(got, want) {
		t.Errorf("%q, want\n%q", got, want)
	}
}

// What may be committed, and where a lane goes on after an error.
func TestProgress(t *testing.T) {
	now := time.Now()
	long := now.Add(-time.Hour)
	for _, c := range []struct {
		name            string
		holds           holds
		committed, next int64
		wanted          int64
		safe, again     int64
	}{
		{"nothing", nil, 10, 50, 0, 50, 50},
		{"open", holds{{20, forGood, now}}, 10, 50, 0, 20, 20},
		{"two", holds{{30, forGood, now}, {20, forGood, now}}, 10, 50, 0, 20, 20},
		{"in another that was open", holds{{30, forGood, now}, {20, 35, now}}, 10, 50, 0, 20, 20},
		{"behind another that was open", holds{{30, forGood, now}, {20, 29, now}}, 10, 50, 0, 30, 30},
		{"a chain", holds{{40, forGood, now}, {30, 42, now}, {20, 30, now}, {12, 19, now}}, 10, 50, 0, 20, 20},
		{"for long", holds{{30, forGood, now}, {20, forGood, long}}, 10, 50, 0, 30, 20},
		{"many records", holds{{30, forGood, now}, {20, forGood, now}}, 10, 125, 0, 30, 20},
		{"many records that wait", holds{{30, forGood, now}, {20, forGood, now}}, 10, 50, 131, 50, 20},
		{"passed by a commit", holds{{20, forGood, now}}, 40, 50, 0, 50, 40},
	} {
		l := &lane{run: &run{flow: &flow{o: Options{MaxUncommitted: 100, StreamHold: time.Minute}}}}
		l.committed.Store(c.committed)
		l.wanted.Store(c.wanted)
		l.reach(c.next, c.holds)
		if safe, again := l.safe().Offset, l.again(); safe != c.safe || again != c.again {
			t.Errorf("%s: %d may be committed, want %d; %d is read again, want %d", c.name, safe, c.safe, again, c.again)
		}
	}
}
