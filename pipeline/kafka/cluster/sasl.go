package cluster

import (
	"errors"
	"fmt"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

// SASL is how a client proves who it is. The zero value is not at all.
type SASL struct {
	// Mechanism is PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, AWS_MSK_IAM or
	// empty.
	Mechanism string
	Username  string
	Password  string
	// Token gives the token of OAUTHBEARER. It is called for every connection, from
	// any goroutine.
	Token func() (string, error)
	// Region is that of a cluster of Amazon MSK; empty for that of AWS's
	// environment, which has the credentials in any case.
	Region string
}

// Format keeps passwords out of anything printed.
func (s SASL) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "SASL{%s}", s.Mechanism) }

func (s SASL) mechanism() (sasl.Mechanism, error) {
	switch s.Mechanism {
	case "":
		return nil, nil
	case "PLAIN":
		return plain.Mechanism{Username: s.Username, Password: s.Password}, nil
	case "SCRAM-SHA-256", "SCRAM-SHA-512":
		algorithm := scram.SHA256
		if s.Mechanism == "SCRAM-SHA-512" {
			algorithm = scram.SHA512
		}
		m, err := scram.Mechanism(algorithm, s.Username, s.Password)
		if err != nil {
			// The library's error may quote what it could not prepare.
			return nil, errors.New("kafka: username or password cannot be used with SCRAM")
		}
		return m, nil
	case "OAUTHBEARER":
		return oauthBearer{s.Token}, nil
	case "AWS_MSK_IAM":
		return mskIAM(s.Region)
	}
	return nil, fmt.Errorf("kafka: unknown SASL mechanism %q", s.Mechanism)
}
