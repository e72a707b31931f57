package cluster

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// A topic that was deleted is not taken for the next one of its name.
func TestTopicID(t *testing.T) {
	k, c := fake(t, kfake.SeedTopics(2, "logs", "other"))
	ctx, p := t.Context(), Partition{"logs", 1}
	first, err := c.TopicID(ctx, p)
	if err != nil || first == (TopicID{}) || first != k.TopicInfo("logs").TopicID || len(first.String()) != 22 {
		t.Fatal(first, err)
	}
	if id, err := c.TopicID(ctx, Partition{"other", 0}); err != nil || id == first {
		t.Error(id, err)
	}
	if _, err := c.TopicID(ctx, Partition{"none", 0}); !Gone(err) {
		t.Error(err)
	}
	if err := c.Produce(ctx, p, "", build(t, "a", "b")); err != nil {
		t.Fatal(err)
	}
	req := fetch(p, 0)
	req.Topic = first
	got, err := c.Fetch(ctx, req)
	if err != nil || len(values(t, got)) != 2 {
		t.Fatal(got, err)
	}
	req.Topic = TopicID{1}
	if _, err := c.Fetch(ctx, req); !Gone(err) {
		t.Errorf("another topic's records: %v", err)
	}
}

// Brokers that know of no ids are asked by names.
func TestNoTopicID(t *testing.T) {
	for _, metadata := range []int16{9, 10} {
		v := kversion.Stable()
		v.SetMaxKeyVersion(int16(kmsg.Metadata), metadata)
		v.SetMaxKeyVersion(int16(kmsg.Fetch), 12)
		_, c := fake(t, kfake.SeedTopics(1, "logs"), kfake.MaxVersions(v))
		p := Partition{"logs", 0}
		id, err := c.TopicID(t.Context(), p)
		if err != nil || (id != TopicID{}) != (metadata == 10) {
			t.Fatal(id, err)
		}
		if err := c.Produce(t.Context(), p, "", build(t, "a")); err != nil {
			t.Fatal(err)
		}
		req := fetch(p, 0)
		req.Topic = id
		if got, err := c.Fetch(t.Context(), req); err != nil || len(values(t, got)) != 1 {
			t.Fatal(got, err)
		}
	}
}

func FuzzTopicID(f *testing.F) {
	good := kmsg.NewPtrMetadataResponse()
	good.Version = 10
	name := "logs"
	good.Brokers = []kmsg.MetadataResponseBroker{{NodeID: 1, Host: "h", Port: 9092}}
	good.Topics = []kmsg.MetadataResponseTopic{{Topic: &name, TopicID: TopicID{9}}}
	p := append([]byte{0}, good.AppendTo(nil)...)
	if id, err := parseTopicID(p, name); id != (TopicID{9}) || err != nil {
		f.Fatal(id, err)
	}
	f.Add(p)
	f.Fuzz(func(t *testing.T, p []byte) {
		if id, err := parseTopicID(p, name); err != nil && id != (TopicID{}) {
			t.Errorf("%v with %v", id, err)
		}
	})
}
