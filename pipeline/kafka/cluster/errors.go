package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/segmentio/kafka-go"
)

// Error is an error that a broker answers with
// (https://kafka.apache.org/protocol#protocol_error_codes).
type Error int16

// Errors that somebody decides by.
const (
	OffsetOutOfRange          Error = 1
	CorruptMessage            Error = 2
	UnknownTopicOrPartition   Error = 3
	MessageTooLarge           Error = 10
	CoordinatorLoading        Error = 14
	CoordinatorNotAvailable   Error = 15
	NotCoordinator            Error = 16
	InvalidTopic              Error = 17
	RecordListTooLarge        Error = 18
	IllegalGeneration         Error = 22
	UnknownMember             Error = 25
	TopicAuthorizationFailed  Error = 29
	InvalidTimestamp          Error = 32
	UnsupportedForFormat      Error = 43
	InvalidProducerEpoch      Error = 47
	ConcurrentTransactions    Error = 51
	SASLAuthenticationFailed  Error = 58
	GroupNotFound             Error = 69
	FencedInstance            Error = 82
	InvalidRecord             Error = 87
	ProducerFenced            Error = 90
	UnknownTopicID            Error = 100
	InconsistentTopicID       Error = 103
	UnsupportedVersion        Error = 35
	UnsupportedSASLMechanism  Error = 33
	GroupAuthorizationFailed  Error = 30
	TransactionalIDAuthFailed Error = 53
)

func (e Error) Error() string {
	return fmt.Sprintf("kafka error %d: %s", int16(e), kafka.Error(e).Title())
}

// OfRecord reports whether an error of a produce request is about what its
// records are, so that sending them again cannot help.
func OfRecord(err error) bool {
	var e Error
	if !errors.As(err, &e) {
		return false
	}
	switch e {
	case CorruptMessage, MessageTooLarge, RecordListTooLarge, InvalidTimestamp, InvalidRecord, UnsupportedForFormat:
		return true
	}
	return false
}

// Gone reports whether an error says that a topic is not there, or not any more the one
// that was meant.
func Gone(err error) bool {
	return errors.Is(err, UnknownTopicOrPartition) || errors.Is(err, UnknownTopicID) || errors.Is(err, InconsistentTopicID)
}

// Class is a short word for an error, as a label of metrics.
func Class(err error) string {
	var e Error
	var timeout net.Error
	switch {
	case errors.As(err, &e):
		return fmt.Sprintf("kafka_%d", int16(e))
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "disconnected"
	case errors.Is(err, errResponse):
		return "malformed"
	case errors.As(err, new(*net.OpError)):
		return "network"
	}
	return "other"
}

var errResponse = errors.New("malformed response")

// translate makes the library's errors ours.
func translate(err error) error {
	var e kafka.Error
	if errors.As(err, &e) {
		return Error(e)
	}
	return err
}

func code(c int16) error {
	if c == 0 {
		return nil
	}
	return Error(c)
}
