package cluster

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/segmentio/kafka-go/protocol/offsetcommit"
	"github.com/segmentio/kafka-go/protocol/offsetfetch"
)

// Place is where a group is in a partition: the offset of the next record to read. The
// offset means nothing in another topic of the same name; the id says which it is of,
// and is zero if nobody knows.
type Place struct {
	Offset int64
	Topic  TopicID
}

// mark is what a commit carries before the id of its topic, as metadata: a text for
// whoever commits, which brokers keep with the offset.
const mark = "topic-id:"

func (p Place) metadata() string {
	if p.Topic == (TopicID{}) {
		return ""
	}
	return mark + p.Topic.String()
}

// placeOf returns what was committed. Metadata of somebody else says nothing.
func placeOf(offset int64, metadata string) Place {
	p := Place{Offset: offset}
	if text, ok := strings.CutPrefix(metadata, mark); ok {
		if id, err := base64.RawURLEncoding.DecodeString(text); err == nil && len(id) == len(p.Topic) {
			copy(p.Topic[:], id)
		}
	}
	return p
}

// Commit commits places. Those in failed were refused, all others are committed unless
// there is an error.
func (g *Generation) Commit(ctx context.Context, places map[Partition]Place) (failed map[Partition]error, err error) {
	ctx, cancel := g.c.timeout(ctx)
	defer cancel()
	req := &offsetcommit.Request{GroupID: g.group, GenerationID: g.ID, MemberID: g.Member, RetentionTimeMs: -1}
	for p, at := range places {
		i := slices.IndexFunc(req.Topics, func(t offsetcommit.RequestTopic) bool { return t.Name == p.Topic })
		if i < 0 {
			i = len(req.Topics)
			req.Topics = append(req.Topics, offsetcommit.RequestTopic{Name: p.Topic})
		}
		req.Topics[i].Partitions = append(req.Topics[i].Partitions, offsetcommit.RequestPartition{
			PartitionIndex: p.ID, CommittedOffset: at.Offset, CommittedLeaderEpoch: -1, CommittedMetadata: at.metadata()})
	}
	m, err := g.c.coordinated(ctx, groupKey(g.group), req)
	if err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	answered := 0
	for _, t := range m.(*offsetcommit.Response).Topics {
		for _, p := range t.Partitions {
			answered++
			err := g.c.coordinatorError(groupKey(g.group), p.ErrorCode)
			switch {
			case err == nil:
			case Gone(err):
				if failed == nil {
					failed = make(map[Partition]error)
				}
				failed[Partition{t.Name, p.PartitionIndex}] = err
			default: // of the member or the group, and so of all
				return nil, fmt.Errorf("commit of %s/%d: %w", t.Name, p.PartitionIndex, err)
			}
		}
	}
	if answered < len(places) {
		return nil, fmt.Errorf("commit: %w", errResponse)
	}
	return failed, nil
}

// Committed returns the places that a group has committed, for those of the
// partitions that have one. Unlike the library's group membership it does not
// take an error for "none".
func (c *Cluster) Committed(ctx context.Context, group string, partitions []Partition) (map[Partition]Place, error) {
	ctx, cancel := c.timeout(ctx)
	defer cancel()
	req := &offsetfetch.Request{GroupID: group}
	for _, p := range partitions {
		i := slices.IndexFunc(req.Topics, func(t offsetfetch.RequestTopic) bool { return t.Name == p.Topic })
		if i < 0 {
			i = len(req.Topics)
			req.Topics = append(req.Topics, offsetfetch.RequestTopic{Name: p.Topic})
		}
		req.Topics[i].PartitionIndexes = append(req.Topics[i].PartitionIndexes, p.ID)
	}
	m, err := c.coordinated(ctx, groupKey(group), req)
	if err != nil {
		return nil, fmt.Errorf("committed offsets: %w", err)
	}
	res := m.(*offsetfetch.Response)
	if Error(res.ErrorCode) == GroupNotFound {
		return nil, nil
	}
	if res.ErrorCode != 0 {
		return nil, fmt.Errorf("committed offsets: %w", c.coordinatorError(groupKey(group), res.ErrorCode))
	}
	found := make(map[Partition]Place, len(partitions))
	answered := 0
	for _, t := range res.Topics {
		for _, p := range t.Partitions {
			if p.ErrorCode != 0 {
				return nil, fmt.Errorf("committed offset of %s/%d: %w", t.Name, p.PartitionIndex, c.coordinatorError(groupKey(group), p.ErrorCode))
			}
			answered++
			if p.CommittedOffset >= 0 {
				found[Partition{t.Name, p.PartitionIndex}] = placeOf(p.CommittedOffset, p.Metadata)
			}
		}
	}
	if answered < len(partitions) {
		return nil, fmt.Errorf("committed offsets: %w", errResponse)
	}
	return found, nil
}
