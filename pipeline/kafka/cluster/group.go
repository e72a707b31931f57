package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
)

// GroupConfig is how to be a member of a consumer group. Zero durations are the
// usual ones.
type GroupConfig struct {
	ID               string
	Topics           []string
	Heartbeat        time.Duration // 3 s
	SessionTimeout   time.Duration // 30 s
	RebalanceTimeout time.Duration // 60 s
	JoinBackoff      time.Duration // 500 ms
	// OnError hears of what goes wrong while joining. Everything is tried again.
	OnError func(string)
}

// Group is a membership of a consumer group.
type Group struct {
	c     *Cluster
	id    string
	group *kafka.ConsumerGroup
}

// Generation is what a member owns between two rebalances.
type Generation struct {
	ID         int32
	Member     string
	Partitions []Partition
	c          *Cluster
	group      string
	gen        *kafka.Generation
}

// ErrGroupClosed is what Next returns once the group was closed.
var ErrGroupClosed = errors.New("kafka: group closed")

// Join begins to be a member. It does not wait for the coordinator.
func (c *Cluster) Join(cfg GroupConfig) (*Group, error) {
	dialer := &kafka.Dialer{ClientID: c.cfg.ClientID, Timeout: c.cfg.Timeout, DualStack: true, TLS: c.cfg.TLS, SASLMechanism: c.mechanism}
	or := func(d, usual time.Duration) time.Duration {
		if d > 0 {
			return d
		}
		return usual
	}
	conf := kafka.ConsumerGroupConfig{
		ID:                cfg.ID,
		Brokers:           c.cfg.Brokers,
		Dialer:            dialer,
		Topics:            cfg.Topics,
		HeartbeatInterval: or(cfg.Heartbeat, 3*time.Second),
		SessionTimeout:    or(cfg.SessionTimeout, 30*time.Second),
		RebalanceTimeout:  or(cfg.RebalanceTimeout, time.Minute),
		JoinGroupBackoff:  or(cfg.JoinBackoff, 500*time.Millisecond),
		StartOffset:       kafka.FirstOffset,
		Timeout:           c.cfg.Timeout,
	}
	if cfg.OnError != nil {
		conf.ErrorLogger = kafka.LoggerFunc(func(format string, args ...any) { cfg.OnError(fmt.Sprintf(format, args...)) })
	}
	g, err := kafka.NewConsumerGroup(conf)
	if err != nil {
		return nil, fmt.Errorf("kafka: %w", err)
	}
	return &Group{c, cfg.ID, g}, nil
}

// Next waits for the next generation. Errors are worth another try, except
// ErrGroupClosed and that of ctx.
func (g *Group) Next(ctx context.Context) (*Generation, error) {
	gen, err := g.group.Next(ctx)
	if errors.Is(err, kafka.ErrGroupClosed) {
		return nil, ErrGroupClosed
	}
	if err != nil {
		return nil, translate(err)
	}
	out := &Generation{ID: gen.ID, Member: gen.MemberID, c: g.c, group: g.id, gen: gen}
	for topic, partitions := range gen.Assignments {
		for _, p := range partitions {
			out.Partitions = append(out.Partitions, Partition{topic, int32(p.ID)})
		}
	}
	return out, nil
}

// Close ends the generation, waits for what Run started, and leaves the group.
func (g *Group) Close() { g.group.Close() }

// Run calls work and returns when it does. Its context ends with the generation;
// work may then still commit, and the member joins the next generation once it has
// returned. Heartbeats are no longer sent by then. The generation also ends when
// work returns.
func (g *Generation) Run(work func(ctx context.Context)) {
	done := make(chan struct{})
	g.gen.Start(func(ended context.Context) {
		defer close(done)
		// The library's context is its own type, of which every derived one would
		// need a goroutine.
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		finished := make(chan struct{})
		defer close(finished)
		go func() {
			select {
			case <-ended.Done():
				cancel()
			case <-finished:
			}
		}()
		work(ctx)
	})
	<-done
}

// Lost reports whether an error of a commit says that the member is none any
// more: others have its partitions.
func Lost(err error) bool {
	return errors.Is(err, IllegalGeneration) || errors.Is(err, UnknownMember) || errors.Is(err, FencedInstance)
}
