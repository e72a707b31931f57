package kafka

import (
	"container/list"
	"hash/maphash"
	"slices"

	"github.com/stanch/stanch/pipeline/kafka/batch"
	"github.com/stanch/stanch/redact"
)

// Bounds of what is open in a partition. Beyond them the streams are given up that
// have had no record for longest.
const (
	maxStreams     = 512
	maxStreamBytes = 1 << 20 // of lines that container runtimes have cut
)

// streams are the logs whose records come mixed in a partition, as far as something is
// open in them. The jobs of a lane have them one after the other.
type streams struct {
	by   *StreamBy
	seed maphash.Seed
	open map[uint64]*stream
	used list.List // of those in open, the one whose last record is oldest in front
	held int       // bytes, of all
	lost int       // given up, in the job in hand
	next *stream   // for the next one that is looked at
	// closed are where streams were open before, as far as others still are from there on.
	closed []hold

	// Of the group of records in hand.
	ids     [groupSize]uint64 // of their streams; 0 for none
	pending []int             // records that have not been redacted
	order   []int             // those that are
	texts   [][]byte          // theirs
}

// stream is a log in which something is open.
type stream struct {
	id   uint64
	log  redact.Log
	hold hold
	last int64 // offset of its last record
	used *list.Element
}

func newStreams(by *StreamBy) *streams {
	return &streams{by: by, seed: maphash.MakeSeed(), open: make(map[uint64]*stream), next: new(stream)}
}

// id returns which stream a record belongs to, 0 for none.
func (s *streams) id(rec *batch.Record, value []byte) uint64 {
	key := s.by.of(rec, value)
	if len(key) == 0 {
		return 0
	}
	return maphash.Bytes(s.seed, key) | 1
}

// holds returns where streams are open behind the records up to next, and whatever
// else keeps a commit back.
func (s *streams) holds(next int64) holds {
	if len(s.open) == 0 {
		s.closed = s.closed[:0]
		return nil
	}
	list := append(holds(nil), s.closed...)
	for _, st := range s.open {
		list = append(list, st.hold)
	}
	list.sort()
	at := list.before(next, func(hold) bool { return true })
	s.closed = slices.DeleteFunc(s.closed, func(h hold) bool { return h.last < at })
	return list
}

// close takes note that a stream was open.
func (s *streams) close(h hold) {
	if s.closed = append(s.closed, h); len(s.closed) > maxStreams {
		all := h
		for _, o := range s.closed {
			all.first, all.last = min(all.first, o.first), max(all.last, o.last)
		}
		s.closed = append(s.closed[:0], all)
	}
}

// pick takes those of the first n records that are pending and belong to a stream,
// and returns how many they are.
func (s *streams) pick(n int, id uint64, values [][]byte) int {
	s.order, s.texts = s.order[:0], s.texts[:0]
	rest := s.pending[:0]
	for k, i := range s.pending {
		if k < n && s.ids[i] == id {
			s.order, s.texts = append(s.order, i), append(s.texts, values[i])
		} else {
			rest = append(rest, i)
		}
	}
	s.pending = rest
	return len(s.order)
}

// keep keeps a stream as long as something is open in it.
func (s *streams) keep(st *stream) {
	switch idle := st.log.Idle(); {
	case idle && st.used == nil:
		return
	case idle:
		s.forget(st)
		return
	case st.used == nil:
		s.next = new(stream)
		s.open[st.id], st.used = st, s.used.PushBack(st)
	default:
		s.used.MoveToBack(st.used)
	}
	for len(s.open) > maxStreams || s.held > maxStreamBytes {
		oldest := s.used.Front().Value.(*stream)
		oldest.hold.last = oldest.last
		s.close(oldest.hold)
		s.forget(oldest)
		s.lost++
	}
}

func (s *streams) forget(st *stream) {
	s.held -= st.log.Held()
	s.used.Remove(st.used)
	delete(s.open, st.id)
}

// follow redacts the values in recs, those of one stream as lines of one log. Most
// leave nothing open, and are redacted as if there were no streams.
func (t *transformer) follow() {
	s := t.j.streams
	s.pending = s.pending[:0]
	values := t.values[:t.group]
	for i, v := range values {
		if len(v) == 0 {
			continue
		}
		s.ids[i] = 0
		if t.forms[i] == plain || t.forms[i] == framed {
			s.ids[i] = s.id(&t.recs[i], v)
		}
		s.pending = append(s.pending, i)
	}
	for len(s.pending) > 0 {
		for k := 0; len(s.open) > 0 && k < len(s.pending); {
			id := s.ids[s.pending[k]]
			if st := s.open[id]; st != nil {
				s.pick(len(s.pending), id, values)
				t.followOne(st)
			} else {
				k++
			}
		}
		s.order, s.texts = s.order[:0], s.texts[:0]
		for _, i := range s.pending {
			s.order, s.texts = append(s.order, i), append(s.texts, values[i])
		}
		if len(s.order) == 0 {
			return
		}
		t.begin(s.order[0])
		done, rest := t.r.Alone(s.texts, t.ordered)
		s.pending = s.pending[:copy(s.pending, s.pending[done:])]
		for rest > 0 {
			id := s.ids[s.pending[0]]
			rest -= s.pick(rest, id, values)
			if id != 0 {
				s.next.id = id
				t.followOne(s.next)
				continue
			}
			t.begin(s.order[0])
			t.r.Batch(s.texts, t.ordered)
		}
	}
}

// followOne redacts the records that were picked from a stream.
func (t *transformer) followOne(st *stream) {
	s := t.j.streams
	t.begin(s.order[0])
	s.held -= st.log.Held()
	was, idle := st.hold, st.log.Idle()
	if idle {
		was = hold{first: t.recs[s.order[0]].Offset, since: t.j.fetched}
	}
	since := t.r.Follow(&st.log, s.texts, t.ordered)
	s.held += st.log.Held()
	st.last = t.recs[s.order[len(s.order)-1]].Offset
	if since > 0 || since == 0 && !idle {
		was.last = st.last
		s.close(was)
	}
	if since >= 0 && since < len(s.order) {
		st.hold = hold{t.recs[s.order[since]].Offset, forGood, t.j.fetched}
	}
	s.keep(st)
}

// ordered takes what became of a record that was picked.
func (t *transformer) ordered(k int, redacted []byte) {
	s := t.j.streams
	t.take(s.order[k], redacted)
	if k+1 < len(s.order) {
		t.begin(s.order[k+1])
	}
}
