package cluster

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/stanch/stanch/pipeline/kafka/batch"
)

func fake(t *testing.T, opts ...kfake.Opt) (*kfake.Cluster, *Cluster) {
	t.Helper()
	k, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(3), kfake.GroupMinSessionTimeout(time.Second)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	c, err := New(Config{Brokers: k.ListenAddrs(), ClientID: "test", Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return k, c
}

func build(t *testing.T, values ...string) []byte {
	t.Helper()
	var b batch.Builder
	for _, v := range values {
		b.Append(&batch.Record{Timestamp: 1_700_000_000_000}, nil, []byte(v), nil)
	}
	raw, err := b.Finish(nil, new(batch.Encoder), batch.None)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func fetch(p Partition, offset int64) *Fetch {
	return &Fetch{Partition: p, Offset: offset, MinBytes: 1, MaxBytes: 1 << 20, MaxWaitMs: 200,
		Reserve: func(_ context.Context, n int) ([]byte, error) { return make([]byte, n), nil },
		Release: func([]byte) {}}
}

func values(t *testing.T, f *Fetched) (vs []string) {
	t.Helper()
	for p := f.Records; len(p) > 0; {
		b, rest, err := batch.Next(p)
		if err != nil {
			t.Fatal(err)
		}
		p = rest
		if b.Attributes.Control() {
			continue
		}
		r := batch.NewReader(&b, b.Raw[batch.HeaderSize:])
		var rec batch.Record
		for r.Next(&rec) {
			vs = append(vs, fmt.Sprintf("%d:%s", rec.Offset, rec.Value))
		}
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
	}
	return vs
}

func TestProduceAndFetch(t *testing.T) {
	k, c := fake(t, kfake.SeedTopics(6, "logs"))
	ctx := t.Context()
	topics, err := c.Topics(ctx)
	if err != nil || topics["logs"] != 6 {
		t.Fatalf("%v, %v", topics, err)
	}
	for id := range int32(6) {
		p := Partition{"logs", id}
		for range 2 {
			if err := c.Produce(ctx, p, "", build(t, "a", "b")); err != nil {
				t.Fatal(err)
			}
		}
		f, err := c.Fetch(ctx, fetch(p, 1))
		if err != nil {
			t.Fatal(err)
		}
		// The batch of the offset asked for comes whole.
		if got := strings.Join(values(t, f), " "); got != "0:a 1:b 2:a 3:b" || f.HighWatermark != 4 {
			t.Errorf("%v: %s, end %d", p, got, f.HighWatermark)
		}
		for at, want := range map[Where]int64{Earliest: 0, Latest: 4, 1_600_000_000_000: 0, 1_900_000_000_000: 4} {
			if got, err := c.Offset(ctx, p, at); err != nil || got != want {
				t.Errorf("offset at %d: %d, %v", at, got, err)
			}
		}
	}
	if _, err := c.Fetch(ctx, fetch(Partition{"logs", 0}, 99)); !errors.Is(err, OffsetOutOfRange) {
		t.Errorf("out of range: %v", err)
	}
	if _, err := c.Fetch(ctx, fetch(Partition{"none", 0}, 0)); !errors.Is(err, UnknownTopicOrPartition) {
		t.Errorf("unknown topic: %v", err)
	}
	// Leaders move; they are found again.
	k.ShufflePartitionLeaders()
	deadline := time.Now().Add(30 * time.Second)
	for id := range int32(6) {
		for {
			_, err := c.Fetch(ctx, fetch(Partition{"logs", id}, 0))
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal(err)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
}

func TestTopics(t *testing.T) {
	k, c := fake(t)
	if err := k.CreateTopic("in", 3, map[string]string{"cleanup.policy": "compact"}); err != nil {
		t.Fatal(err)
	}
	configs, err := c.TopicConfigs(t.Context(), "in")
	if err != nil || len(configs) != 1 || configs["cleanup.policy"] != "compact" {
		t.Fatalf("%v, %v", configs, err)
	}
	for range 2 { // a second time is no error
		if err := c.CreateTopic(t.Context(), "out", 3, configs); err != nil {
			t.Fatal(err)
		}
	}
	if got := *k.TopicInfo("out").Configs["cleanup.policy"]; got != "compact" {
		t.Errorf("created with %q", got)
	}
}

func TestGroup(t *testing.T) {
	_, c := fake(t, kfake.SeedTopics(2, "logs"))
	g, err := c.Join(GroupConfig{ID: "g", Topics: []string{"logs"}, Heartbeat: 100 * time.Millisecond, JoinBackoff: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	gen, err := g.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(gen.Partitions) != 2 {
		t.Errorf("assigned %v", gen.Partitions)
	}
	place := Place{7, TopicID{1, 15: 2}}
	started := make(chan struct{})
	var ended atomic.Bool
	go gen.Run(func(ctx context.Context) {
		close(started)
		<-ctx.Done()
		// The last commit is made when the generation is over.
		failed, err := gen.Commit(t.Context(), map[Partition]Place{{"logs", 1}: place, {"gone", 0}: {Offset: 1}})
		if err != nil || len(failed) != 1 || !Gone(failed[Partition{"gone", 0}]) {
			t.Error(failed, err)
		}
		ended.Store(true)
	})
	<-started
	g.Close()
	if !ended.Load() {
		t.Error("Close did not wait for the work")
	}
	if _, err := g.Next(t.Context()); !errors.Is(err, ErrGroupClosed) {
		t.Errorf("%v", err)
	}
	got, err := c.Committed(t.Context(), "g", []Partition{{"logs", 0}, {"logs", 1}})
	if err != nil || len(got) != 1 || got[Partition{"logs", 1}] != place {
		t.Errorf("%v, %v", got, err)
	}
}

// An error is not taken for an offset that was never committed.
func TestCommittedError(t *testing.T) {
	k, c := fake(t, kfake.SeedTopics(1, "logs"))
	k.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetFetch}, Err: kerr.CoordinatorLoadInProgress, Count: 1})
	if _, err := c.Committed(t.Context(), "g", []Partition{{"logs", 0}}); !errors.Is(err, CoordinatorLoading) {
		t.Errorf("%v", err)
	}
	if got, err := c.Committed(t.Context(), "g", []Partition{{"logs", 0}}); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestTransactions(t *testing.T) {
	_, c := fake(t, kfake.SeedTopics(1, "in", "out"))
	ctx := t.Context()
	in, out := Partition{"in", 0}, Partition{"out", 0}
	g, err := c.Join(GroupConfig{ID: "g", Topics: []string{"in"}, JoinBackoff: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	gen, err := g.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	first, err := c.Transact(ctx, "t", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := first.Produce(ctx, out, build(t, "x", "y"), 2); err != nil {
			t.Fatal(err)
		}
		if err := first.CommitOffset(ctx, gen, in, Place{int64(2*i + 2), TopicID{3}}); err != nil {
			t.Fatal(err)
		}
		if err := first.Commit(ctx); err != nil {
			t.Fatal(err)
		}
	}
	// Left open by the first, aborted by its successor.
	if err := first.Produce(ctx, out, build(t, "lost"), 1); err != nil {
		t.Fatal(err)
	}
	if err := first.CommitOffset(ctx, gen, in, Place{Offset: 99}); err != nil {
		t.Fatal(err)
	}
	second, err := c.Transact(ctx, "t", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Commit(ctx); err == nil {
		t.Error("a fenced producer committed")
	}
	if err := second.Produce(ctx, out, build(t, "z"), 1); err != nil {
		t.Fatal(err)
	}
	if err := second.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	got, err := c.Committed(ctx, "g", []Partition{in})
	if err != nil || got[in] != (Place{6, TopicID{3}}) {
		t.Errorf("committed %v, %v", got, err)
	}
	req := fetch(out, 0)
	req.ReadCommitted = true
	f, err := c.Fetch(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Aborted) != 1 {
		t.Errorf("aborted %+v", f.Aborted)
	}
	if got := strings.Join(values(t, f), " "); !strings.HasSuffix(got, "z") || !strings.Contains(got, "lost") {
		t.Errorf("%s", got)
	}
}

func TestTLSAndSASL(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	for _, mechanism := range []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"} {
		k, err := kfake.NewCluster(kfake.SeedTopics(3, "logs"), kfake.EnableSASL(), kfake.Superuser(mechanism, "user", "pencil"),
			kfake.TLS(&tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}))
		if err != nil {
			t.Fatal(err)
		}
		dial := func(password string) (*Cluster, error) {
			c, err := New(Config{Brokers: k.ListenAddrs(), TLS: &tls.Config{RootCAs: roots}, Timeout: 30 * time.Second,
				SASL: SASL{Mechanism: mechanism, Username: "user", Password: password}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Topics(t.Context())
			return c, err
		}
		good, err := dial("pencil")
		if err != nil {
			t.Fatalf("%s: %v", mechanism, err)
		}
		for id := range int32(3) {
			if err := good.Produce(t.Context(), Partition{"logs", id}, "", build(t, "a")); err != nil {
				t.Errorf("%s: %v", mechanism, err)
			}
		}
		bad, err := dial("wrong" + "word")
		if err == nil || strings.Contains(err.Error(), "wrong"+"word") {
			t.Errorf("%s: wrong password: %v", mechanism, err)
		}
		good.Close()
		bad.Close()
		k.Close()
	}
	if s := fmt.Sprintf("%v %+v", Config{SASL: SASL{Mechanism: "PLAIN", Username: "user", Password: "pencil"}}, SASL{Mechanism: "PLAIN", Username: "user", Password: "pencil"}); strings.Contains(s, "pencil") {
		t.Error(s)
	}
}

// hostile is a broker that answers Fetch and Produce with what a test says.
func hostile(t *testing.T, answer func(correlation []byte) []byte) *Cluster {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	port := int32(l.Addr().(*net.TCPAddr).Port)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serve(conn, port, answer)
		}
	}()
	c, err := New(Config{Brokers: []string{l.Addr().String()}, Timeout: 2 * time.Second, MaxResponse: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func serve(conn net.Conn, port int32, answer func([]byte) []byte) {
	defer conn.Close()
	for {
		var size [4]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		req := make([]byte, binary.BigEndian.Uint32(size[:]))
		if _, err := io.ReadFull(conn, req); err != nil {
			return
		}
		key, version := int16(binary.BigEndian.Uint16(req)), int16(binary.BigEndian.Uint16(req[2:]))
		id := req[4:8]
		var body []byte
		switch {
		case kmsg.Key(key) == kmsg.ApiVersions:
			res := kmsg.NewPtrApiVersionsResponse()
			res.Version = version
			for k, v := range map[kmsg.Key]int16{kmsg.Produce: 8, kmsg.Fetch: 13, kmsg.Metadata: 10, kmsg.ApiVersions: 0} {
				res.ApiKeys = append(res.ApiKeys, kmsg.ApiVersionsResponseApiKey{ApiKey: int16(k), MaxVersion: v})
			}
			body = res.AppendTo(nil)
		case kmsg.Key(key) == kmsg.Metadata && version < 10: // the library's
			res := kmsg.NewPtrMetadataResponse()
			res.Version = version
			res.Brokers = []kmsg.MetadataResponseBroker{{NodeID: 1, Host: "127.0.0.1", Port: port}}
			res.ControllerID = 1
			res.Topics = []kmsg.MetadataResponseTopic{{Topic: kmsg.StringPtr("logs"), Partitions: []kmsg.MetadataResponseTopicPartition{{Leader: 1}}}}
			body = res.AppendTo(nil)
		default:
			conn.Write(answer(id))
			return
		}
		out := binary.BigEndian.AppendUint32(nil, uint32(4+len(body)))
		if _, err := conn.Write(append(append(out, id...), body...)); err != nil {
			return
		}
	}
}

func TestHostileBroker(t *testing.T) {
	reply := func(id []byte, body []byte) []byte {
		out := binary.BigEndian.AppendUint32(nil, uint32(4+len(body)))
		return append(append(out, id...), body...)
	}
	good := kmsg.NewPtrFetchResponse()
	good.Version = 11
	good.Topics = []kmsg.FetchResponseTopic{{Topic: "logs", Partitions: []kmsg.FetchResponseTopicPartition{{HighWatermark: 3, RecordBatches: []byte("xxxxxxxx")}}}}
	whole := good.AppendTo(nil)
	for name, answer := range map[string]func([]byte) []byte{
		"nothing":         func([]byte) []byte { return nil },
		"huge length":     func(id []byte) []byte { return append([]byte{0x7f, 0xff, 0xff, 0xff}, id...) },
		"negative length": func(id []byte) []byte { return append([]byte{0xff, 0xff, 0xff, 0xff}, id...) },
		"other request":   func(id []byte) []byte { return reply([]byte{9, 9, 9, 9}, whole) },
		"garbage":         func(id []byte) []byte { return reply(id, bytes.Repeat([]byte{0xa5}, 200)) },
		"zeroes":          func(id []byte) []byte { return reply(id, make([]byte, 500)) },
		"cut off":         func(id []byte) []byte { return reply(id, whole[:len(whole)-9]) },
		"ends early":      func(id []byte) []byte { return reply(id, whole)[:30] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := hostile(t, answer)
			var held atomic.Int64
			req := fetch(Partition{"logs", 0}, 0)
			req.Reserve = func(_ context.Context, n int) ([]byte, error) {
				held.Add(int64(n))
				return make([]byte, n), nil
			}
			req.Release = func(b []byte) { held.Add(-int64(len(b))) }
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			if _, err := c.Fetch(ctx, req); err == nil {
				t.Error("fetch: no error")
			}
			if _, err := c.TopicID(ctx, req.Partition); err == nil {
				t.Error("topic id: no error")
			}
			req.Topic = TopicID{9}
			if _, err := c.Fetch(ctx, req); err == nil {
				t.Error("fetch by id: no error")
			}
			if held.Load() != 0 {
				t.Errorf("%d bytes were not released", held.Load())
			}
			if err := c.Produce(ctx, Partition{"logs", 0}, "", build(t, "a")); err == nil {
				t.Error("produce: no error")
			}
		})
	}
}

func FuzzFetched(f *testing.F) {
	for _, flexible := range []bool{false, true} {
		good := kmsg.NewPtrFetchResponse()
		good.Version = 11
		if flexible {
			good.Version = 13
		}
		good.Topics = []kmsg.FetchResponseTopic{{Topic: "logs", TopicID: TopicID{9}, Partitions: []kmsg.FetchResponseTopicPartition{{HighWatermark: 3,
			AbortedTransactions: []kmsg.FetchResponseTopicPartitionAbortedTransaction{{ProducerID: 1, FirstOffset: 2}}, RecordBatches: []byte("xxxxxxxx")}}}}
		p := good.AppendTo(nil)
		if flexible {
			p = append([]byte{0}, p...)
		}
		out, err := parseFetched(p, Partition{"logs", 0}, TopicID{9}, flexible)
		if err != nil || out.HighWatermark != 3 || len(out.Aborted) != 1 || out.Aborted[0] != (Aborted{1, 2}) || string(out.Records) != "xxxxxxxx" {
			f.Fatal(out, err)
		}
		f.Add(p, flexible)
	}
	f.Fuzz(func(t *testing.T, p []byte, flexible bool) {
		out, err := parseFetched(p, Partition{"logs", 0}, TopicID{9}, flexible)
		if err == nil && (len(out.Records) > len(p) || len(out.Aborted)*16 > len(p)) {
			t.Errorf("%d bytes of records in %d", len(out.Records), len(p))
		}
	})
}
