package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stanch/stanch/finding"
)

// Header is a name and value beside a record. Names may repeat; their order
// counts. A nil Value is null.
type Header struct {
	Name  string
	Value []byte
}

// Record is one record. A nil Key or Value is null, which is not empty.
type Record struct {
	Key, Value []byte
	Headers    []Header
	Time       time.Time // as the input has it; zero where it has none
	Source     finding.Source
}

// Size is what a record counts for where bytes are bounded.
func (r *Record) Size() int64 {
	n := len(r.Key) + len(r.Value)
	for i := range r.Headers {
		n += len(r.Headers[i].Name) + len(r.Headers[i].Value)
	}
	return int64(n)
}

// Lane is what order is kept within: a partition, a file, a connection.
type Lane struct {
	// Name is unique within its input.
	Name string
	// Stream says that values are pieces of one text, cut anywhere and with line
	// ends of their own. Otherwise every record stands by itself.
	Stream bool
	// Live says that a stream comes as it is written, so that the start of a line
	// must not wait for ever for its end.
	Live bool
}

// Batch is some consecutive records of a lane, and how their input hears of
// them. Whoever emits a batch does not touch its bytes before Ack.
type Batch struct {
	Lane    Lane
	Records []Record
	// Last says that no batch follows in this lane. It may have no records.
	Last bool
	// Ack is called once: with nil when nothing is left to do for any record up to
	// the last of this batch, else with what ended the pipeline before. Nil where
	// the input need not know. It may be called from any goroutine, and must not
	// block.
	Ack func(error)
}

// Size is the sum of the records' sizes.
func (b *Batch) Size() (n int64) {
	for i := range b.Records {
		n += b.Records[i].Size()
	}
	return n
}

func (b *Batch) ack(err error) {
	if b.Ack != nil {
		b.Ack(err)
	}
}

// Input is where records come from.
type Input interface {
	// Name is what metrics, logs and findings call the input.
	Name() string
	// Plan says in a few lines what would be read, without reading.
	Plan(ctx context.Context) ([]string, error)
	// Read calls emit with batch after batch until the input ends, emit fails or
	// ctx ends, which is no error. It is called once. Batches of one lane are
	// emitted one after the other; different lanes may use goroutines of their
	// own. emit blocks while too many bytes are in flight.
	Read(ctx context.Context, emit func(*Batch) error) error
	// Close is called when every batch emitted has been acknowledged, or failed:
	// it makes the last acknowledgements durable and lets go of the source.
	Close() error
}

// Output is where redacted records go.
type Output interface {
	Name() string
	// Plan says in a few lines what would be written, and created, without
	// touching it.
	Plan(ctx context.Context) ([]string, error)
	// Write writes the records of a batch in order, and returns when they are
	// durable. A *Rejected error names records that can never be written; all
	// others of the batch have been. After any other error the batch is written
	// again: records may then be there twice. Write is called for one batch of a
	// lane at a time, and concurrently for different lanes. It keeps no bytes.
	Write(ctx context.Context, b *Batch) error
	Close() error
}

// Rejected is the error of an output for records that it will never take, such
// as one that is too large.
type Rejected struct {
	Records []int // indices within the batch, ascending
	Reason  Reason
}

func (e *Rejected) Error() string {
	return fmt.Sprintf("%d records refused: %s", len(e.Records), e.Reason)
}

// ErrGone is wrapped by the error of an output that will never take anything again,
// such as a pipe that nobody reads.
var ErrGone = errors.New("the output is gone")

// ErrHalt ends the pipeline where the policy for records that fail is Halt.
var ErrHalt = errors.New("a record failed and the policy is to halt")
