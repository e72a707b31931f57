package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/stanch/stanch/finding"
)

// NewRecordSink returns an output for findings that writes each as a record: its
// JSON under FindingKey. In a file that is a line, in Kafka a message.
func NewRecordSink(out Output) Sink { return recordSink{out} }

type recordSink struct{ Output }

func (s recordSink) Deliver(ctx context.Context, fs []finding.Finding) error {
	b := Batch{Lane: Lane{Name: "findings"}, Records: make([]Record, len(fs))}
	for i := range fs {
		line, err := fs[i].AppendJSON(nil)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrPermanent, err)
		}
		b.Records[i] = Record{Key: FindingKey(&fs[i]), Value: line, Time: fs[i].Time}
	}
	err := s.Write(ctx, &b)
	if no := new(Rejected); errors.As(err, &no) {
		return fmt.Errorf("%w: %w", ErrPermanent, err)
	}
	return err
}
