package kafka

import (
	"time"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/batch"
)

// job is what one fetch brought, on its way to the output.
type job struct {
	from, next int64 // offsets: the first wanted, and that of the next fetch
	batches    []batch.Batch
	buf        []byte // what batches are views of
	latest     time.Time
	first      time.Time // of the first batch
	lag        int64
	fetched    time.Time

	streams *streams      // nil if each record is redacted by itself
	after   chan struct{} // closed when the job before has done with streams

	done chan struct{} // closed when the rest is set

	outs     []out
	cases    []pipeline.Case // those for the quarantine
	findings []finding.Finding
	failed   map[pipeline.Reason]int
	records  int // read
	written  int // in outs
	changed  int
	raw      int   // batches that go on as they came
	holds    holds // what keeps a commit back behind it
	open     int   // streams
	lost     int   // streams given up
	err      error // ends the lane's session
}

// ready reports whether there is a job and it can be written.
func (j *job) ready() bool {
	if j == nil {
		return false
	}
	select {
	case <-j.done:
		return j.err == nil
	default:
		return false
	}
}

// out is a batch to be written.
type out struct {
	raw   []byte
	count int32
	// base is the source's offset of the first record, and offsets are those of all
	// where some are missing between.
	base    int64
	offsets []int64
	owned   bool // raw is a buffer of its own
}

func (o *out) offset(i int) int64 {
	if o.offsets != nil {
		return o.offsets[i]
	}
	return o.base + int64(i)
}

// slice is out for its records from i on, of which raw holds n.
func (o *out) slice(raw []byte, i, n int) out {
	part := out{raw: raw, count: int32(n), base: o.offset(i)}
	if o.offsets != nil {
		part.offsets = o.offsets[i : i+n]
	}
	return part
}

func (j *job) fail(r pipeline.Reason) {
	if j.failed == nil {
		j.failed = make(map[pipeline.Reason]int)
	}
	j.failed[r]++
}

// buffers are byte slices to be used again.
type buffers chan []byte

func (b buffers) get(n int) []byte {
	select {
	case p := <-b:
		if cap(p) >= n {
			return p[:n]
		}
	default:
	}
	return make([]byte, n)
}

func (b buffers) put(p []byte) {
	if cap(p) == 0 {
		return
	}
	select {
	case b <- p[:0]:
	default:
	}
}
