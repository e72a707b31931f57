package cluster

import (
	"context"
	"errors"
	"io"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/findcoordinator"
)

// coordinatorKey is a group or a transactional id.
type coordinatorKey struct {
	name string
	kind kafka.CoordinatorKeyType
}

func groupKey(name string) coordinatorKey {
	return coordinatorKey{name, kafka.CoordinatorKeyTypeConsumer}
}

func transactionKey(id string) coordinatorKey {
	return coordinatorKey{id, kafka.CoordinatorKeyTypeTransaction}
}

// coordinated sends a request to the coordinator of a group or transaction, which
// is looked up once and again after an error; the library would ask each time.
func (c *Cluster) coordinated(ctx context.Context, key coordinatorKey, m protocol.Message) (protocol.Message, error) {
	c.mu.Lock()
	broker, ok := c.coordinators[key]
	c.mu.Unlock()
	if !ok {
		res, err := c.roundTrip(ctx, &findcoordinator.Request{Key: key.name, KeyType: int8(key.kind)})
		if err != nil {
			return nil, err
		}
		found := res.(*findcoordinator.Response)
		if err := code(found.ErrorCode); err != nil {
			return nil, err
		}
		broker = found.NodeID
		c.mu.Lock()
		c.coordinators[key] = broker
		c.mu.Unlock()
	}
	res, err := c.roundTrip(ctx, &routed{Message: m, broker: broker, clientID: c.cfg.ClientID})
	if err != nil {
		c.forget(key)
	}
	return res, err
}

func (c *Cluster) forget(key coordinatorKey) {
	c.mu.Lock()
	delete(c.coordinators, key)
	c.mu.Unlock()
}

// coordinatorError is code, for an answer of a coordinator, which may have to say
// that it no longer is one.
func (c *Cluster) coordinatorError(key coordinatorKey, n int16) error {
	err := code(n)
	if errors.Is(err, NotCoordinator) || errors.Is(err, CoordinatorNotAvailable) {
		c.forget(key)
	}
	return err
}

// routed is a request of the library's that goes to a certain broker.
type routed struct {
	protocol.Message
	broker   int32
	version  int16
	clientID string
}

// Broker, Required and RawExchange are what the transport asks.
func (r *routed) Broker(layout protocol.Cluster) (protocol.Broker, error) {
	b, ok := layout.Brokers[r.broker]
	if !ok {
		return protocol.Broker{ID: -1}, CoordinatorNotAvailable
	}
	return b, nil
}

func (r *routed) Required(versions map[protocol.ApiKey]int16) bool {
	r.version = versions[r.ApiKey()]
	return true
}

func (r *routed) RawExchange(rw io.ReadWriter) (protocol.Message, error) {
	return protocol.RoundTrip(rw, r.version, correlation.Add(1), r.clientID, r.Message)
}
