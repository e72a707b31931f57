package cluster

import (
	"context"
	"errors"
	"regexp"

	"github.com/segmentio/kafka-go/sasl"
)

// oauthBearer is the mechanism with which a client presents a token that somebody
// else gave it (RFC 7628; KIP-255 for Kafka). The token is asked for whenever a
// connection is made, since it does not last.
type oauthBearer struct{ token func() (string, error) }

func (oauthBearer) Name() string { return "OAUTHBEARER" }

// bearerToken is what a token may consist of (RFC 6750, 2.1).
var bearerToken = regexp.MustCompile(`^[A-Za-z0-9\-._~+/]+=*$`)

func (o oauthBearer) Start(context.Context) (sasl.StateMachine, []byte, error) {
	token, err := o.token()
	if err != nil {
		return nil, nil, err
	}
	if !bearerToken.MatchString(token) {
		return nil, nil, errors.New("kafka: OAUTHBEARER: what is given as the token is none")
	}
	return bearerSession{}, []byte("n,,\x01auth=Bearer " + token + "\x01\x01"), nil
}

type bearerSession struct{}

// Next takes the broker's answer, which is empty if it took the token.
func (bearerSession) Next(_ context.Context, answer []byte) (done bool, response []byte, err error) {
	if len(answer) > 0 {
		return false, nil, errors.New("kafka: OAUTHBEARER: the broker did not take the token")
	}
	return true, nil, nil
}
