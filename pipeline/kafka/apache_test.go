package kafka

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/stanch/stanch/internal/apachekafka"
	"github.com/stanch/stanch/pipeline/kafka/cluster"
)

// apache starts Apache Kafka, if STANCH_KAFKA asks for it.
func apache(t *testing.T) (*world, *apachekafka.Broker, *x509.CertPool) {
	t.Helper()
	if os.Getenv("STANCH_KAFKA") == "" {
		t.Skip("STANCH_KAFKA is not set; it takes Java and a minute")
	}
	cert, key, roots := certificate(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	b, err := apachekafka.Start(ctx, apachekafka.Options{Dir: t.TempDir(), Secure: true, Password: "pencil", Certificate: cert, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Kill)
	w := &world{T: t, addrs: []string{b.Addr}}
	w.client = w.dial()
	w.admin = kadm.NewClient(w.client)
	w.env = w.environment()
	return w, b, roots
}

func certificate(t *testing.T) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	own, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(cert))
	return cert, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: own})), roots
}

// all reads the committed records of a topic up to its end.
func (w *world) all(topic string) map[int32][]*kgo.Record {
	w.Helper()
	ends, err := w.admin.ListCommittedOffsets(w.Context(), topic)
	if err != nil || ends.Error() != nil {
		w.Fatal(err, ends.Error())
	}
	left := map[int32]int64{}
	ends.Each(func(o kadm.ListedOffset) {
		if o.Offset > 0 {
			left[o.Partition] = o.Offset
		}
	})
	out := map[int32][]*kgo.Record{}
	c := w.dial(kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.KeepControlRecords())
	defer c.Close()
	ctx, cancel := context.WithTimeout(w.Context(), 30*time.Second)
	defer cancel()
	for len(left) > 0 {
		fs := c.PollFetches(ctx)
		if ctx.Err() != nil {
			// The last offsets may be gone: compacted, or aborted.
			w.Logf("%s: %v left, %v", topic, left, fs.Errors())
			break
		}
		fs.EachRecord(func(r *kgo.Record) {
			if !r.Attrs.IsControl() {
				out[r.Partition] = append(out[r.Partition], r)
			}
			if r.Offset+1 >= left[r.Partition] {
				delete(left, r.Partition)
			}
		})
	}
	return out
}

// same sees to it that out holds what in holds, redacted.
func (w *world) same(in, out string) (records, changed int) {
	w.Helper()
	want, got := w.all(in), w.all(out)
	if strings.HasSuffix(in, "compact") {
		// The broker goes on compacting both, when it likes.
		lasting(want)
		lasting(got)
	}
	for p := range want {
		if len(want[p]) != len(got[p]) {
			w.Errorf("%s/%d: %d records, want %d", out, p, len(got[p]), len(want[p]))
			continue
		}
		for i, r := range want[p] {
			records++
			g := got[p][i]
			if !bytes.Contains(r.Value, []byte(secret)) {
				if d := cmp.Diff(r, g, sameRecord); d != "" {
					w.Fatalf("%s/%d: %s", out, p, d)
				}
				continue
			}
			changed++
			n := len(g.Headers)
			if bytes.Contains(g.Value, []byte(secret)) || n == 0 || g.Headers[n-1].Key != DefaultHeader {
				w.Fatalf("%s/%d at %d: %.200q %v", out, p, g.Offset, g.Value, g.Headers)
			}
			r.Value, g.Value, g.Headers = nil, nil, g.Headers[:n-1]
			if n == 1 {
				g.Headers = r.Headers
			}
			if d := cmp.Diff(r, g, sameRecord); d != "" {
				w.Fatalf("%s/%d: %s", out, p, d)
			}
		}
	}
	return records, changed
}

// lasting leaves the last record of each key, and no tombstones.
func lasting(topic map[int32][]*kgo.Record) {
	for p, rs := range topic {
		last := map[string]*kgo.Record{}
		for _, r := range rs {
			last[string(r.Key)] = r
		}
		topic[p] = slices.DeleteFunc(rs, func(r *kgo.Record) bool { return last[string(r.Key)] != r || r.Value == nil })
	}
}

// caught waits until the group has committed the end of every topic.
func (w *world) caught(group string, topics ...string) {
	w.Helper()
	var lag string
	for range 600 {
		lag = ""
		ends, err := w.admin.ListEndOffsets(w.Context(), topics...)
		committed, err2 := w.admin.FetchOffsets(w.Context(), group)
		if err != nil || err2 != nil {
			lag = fmt.Sprint(err, err2)
		}
		ends.Each(func(o kadm.ListedOffset) {
			if at, ok := committed.Lookup(o.Topic, o.Partition); o.Offset > 0 && (!ok || at.At < o.Offset) {
				lag += fmt.Sprintf(" %s/%d at %d of %d", o.Topic, o.Partition, at.At, o.Offset)
			}
		})
		if lag == "" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	w.Fatalf("not committed:%s", lag)
}

func (w *world) create(name string, partitions int32, configs map[string]*string) {
	w.Helper()
	if _, err := w.admin.CreateTopic(w.Context(), partitions, 1, configs, name); err != nil {
		w.Fatal(err)
	}
}

func TestApache(t *testing.T) {
	w, b, roots := apache(t)
	codecs := []string{"none", "gzip", "snappy", "lz4", "zstd"}
	var topics []string
	add := func(name string, configs map[string]*string) {
		w.create(name, 3, configs)
		topics = append(topics, name)
	}
	for _, c := range codecs {
		add("in.java-"+c, nil)
		add("in.kcat-"+c, nil)
	}
	add("in.java-tx", nil)
	add("in.append", map[string]*string{"message.timestamp.type": kadm.StringPtr("LogAppendTime")})
	add("in.compact", map[string]*string{"cleanup.policy": kadm.StringPtr("compact"), "segment.ms": kadm.StringPtr("500"),
		"min.cleanable.dirty.ratio": kadm.StringPtr("0.001"), "delete.retention.ms": kadm.StringPtr("1000")})

	if out, err := b.Source(t.Context(), "testdata/Produce.java", append([]string{b.Addr, secret}, codecs...)...).CombinedOutput(); err != nil {
		t.Fatalf("the Java producer: %v: %s", err, out)
	}
	kcat(t, b.Addr, codecs)
	for i := range 300 {
		w.produce(&kgo.Record{Topic: "in.append", Partition: int32(i % 3), Timestamp: time.UnixMilli(1000), Value: fmt.Appendf(nil, "line %d password=%s", i, secret)},
			&kgo.Record{Topic: "in.append", Partition: int32(i % 3), Timestamp: time.UnixMilli(1000), Value: []byte("clean")})
	}
	w.compacted()

	t.Run("tokens", func(t *testing.T) { refusesTokens(t, b, roots) })
	for i, exactlyOnce := range []bool{false, true} {
		t.Run(fmt.Sprintf("anew/%t", exactlyOnce), func(t *testing.T) {
			w := &world{T: t, addrs: w.addrs, client: w.client, admin: w.admin, topic: fmt.Sprintf("anew-%d", i)}
			w.env = w.environment()
			w.create(w.topic, 4, nil)
			o := w.options()
			r, err := ParseRoute("(anew.*)", "clean.$1")
			if err != nil {
				t.Fatal(err)
			}
			o.Routes, o.Group, o.ExactlyOnce, o.TopicInterval = []Route{r}, w.topic, exactlyOnce, time.Hour
			o.Heartbeat, o.SessionTimeout = 500*time.Millisecond, 10*time.Second
			w.madeAnew(o, func() {})
		})
	}
	t.Run("streams", func(t *testing.T) {
		s := &streamed{world: &world{T: t, addrs: w.addrs, client: w.client, admin: w.admin, topic: "logs"}}
		s.env = s.environment()
		s.create("logs", 1, nil)
		o := s.options("key")
		o.Heartbeat, o.SessionTimeout, o.From.Timeout = 500*time.Millisecond, 30*time.Second, 30*time.Second
		s.exactlyOnce("stop", o)
	})
	for _, c := range []struct {
		name string
		set  func(*Options)
	}{
		{"plain", func(*Options) {}},
		{"secure", func(o *Options) {
			o.From.Brokers = []string{b.SecureAddr}
			o.From.TLS = &tls.Config{RootCAs: roots}
			o.From.SASL = cluster.SASL{Mechanism: "SCRAM-SHA-512", Username: "user", Password: "pencil"}
		}},
		{"bearer", func(o *Options) {
			o.From.Brokers = []string{b.SecureAddr}
			o.From.TLS = &tls.Config{RootCAs: roots}
			o.From.SASL = bearer(t, unsigned(time.Hour))
		}},
		{"exactly", func(o *Options) { o.ExactlyOnce, o.QuarantineTopic, o.FindingsTopic = true, "dlq", "found" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &world{T: t, addrs: w.addrs, client: w.client, admin: w.admin}
			w.env = w.environment()
			o := w.options()
			r, err := ParseRoute(`in\.(.*)`, c.name+".$1")
			if err != nil {
				t.Fatal(err)
			}
			o.Routes, o.Group, o.FetchBytes = []Route{r}, c.name, 50_000
			o.Heartbeat, o.SessionTimeout, o.MaxMessageBytes = 500*time.Millisecond, 30*time.Second, 1_048_588
			o.From.Timeout = 30 * time.Second
			c.set(&o)
			stop := w.start(o)
			w.caught(c.name, topics...)
			if err := stop(); err != nil {
				t.Error(err)
			}
			for _, topic := range topics {
				records, changed := w.same(topic, strings.Replace(topic, "in", c.name, 1))
				t.Logf("%s: %d records, %d of them changed", topic, records, changed)
				if changed == 0 || records == changed && !strings.HasSuffix(topic, "-tx") {
					t.Errorf("%s: %d records, %d of them changed", topic, records, changed)
				}
			}
			if q := w.keep.quarantined(); len(q) > 0 {
				t.Errorf("quarantine: %s", q[0])
			}
			if o.FindingsTopic != "" {
				w.made(o.FindingsTopic, ForFindings())
				w.made(o.QuarantineTopic, ForQuarantine())
				found := 0
				for _, rs := range w.all(o.FindingsTopic) {
					found += len(rs)
				}
				if n := len(w.keep.findings); found == 0 || found > n {
					t.Errorf("%d findings in transactions, %d beside them", found, n)
				}
			}
			if used := w.budget.Used(); used != 0 {
				t.Errorf("%d bytes are still counted", used)
			}
		})
	}
}

// made sees to it that a topic is as it was to be made.
func (w *world) made(topic string, want *NewTopic) {
	w.Helper()
	topics, err := w.admin.ListTopics(w.Context(), topic)
	if err != nil || len(topics[topic].Partitions) != int(want.Partitions) {
		w.Errorf("%s: %v, %v", topic, topics[topic], err)
	}
	configs, err := w.admin.DescribeTopicConfigs(w.Context(), topic)
	if err != nil {
		w.Fatal(err)
	}
	for _, c := range configs {
		for _, v := range c.Configs {
			if s, ok := want.Settings[v.Key]; ok && v.MaybeValue() != s {
				w.Errorf("%s: %s is %s, want %s", topic, v.Key, v.MaybeValue(), s)
			}
		}
	}
}

// unsigned is a token that is nobody's signature's (RFC 7515, A.5), with the claims
// that Kafka asks for.
func unsigned(lasts time.Duration) string {
	now := time.Now()
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	return part(`{"alg":"none"}`) + "." + part(fmt.Sprintf(`{"sub":"user","iat":%d,"exp":%d}`, now.Add(-2*time.Hour).Unix(), now.Add(lasts).Unix())) + "."
}

// bearer presents a token that stands in a file.
func bearer(t *testing.T, token string) cluster.SASL {
	t.Helper()
	name := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(name, []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	return cluster.SASL{Mechanism: "OAUTHBEARER", Token: func() (string, error) {
		text, err := os.ReadFile(name)
		return string(text), err
	}}
}

// refusesTokens: tokens that are not or no more valid lead to an error that says so
// and holds nothing of them.
func refusesTokens(t *testing.T, b *apachekafka.Broker, roots *x509.CertPool) {
	good := unsigned(time.Hour)
	for name, token := range map[string]string{
		"expired": unsigned(-time.Hour),
		"signed":  good + "c2lnbmF0dXJl",
		"opaque":  strings.Repeat("aB3-", 10),
	} {
		c, err := cluster.New(cluster.Config{Brokers: []string{b.SecureAddr}, TLS: &tls.Config{RootCAs: roots}, SASL: bearer(t, token)})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Topics(t.Context())
		c.Close()
		if err == nil || !strings.Contains(err.Error(), "OAUTHBEARER: the broker did not take the token") {
			t.Errorf("%s: %v", name, err)
		}
		for _, part := range strings.Split(token, ".") {
			if err != nil && part != "" && strings.Contains(err.Error(), part) {
				t.Errorf("%s: the error quotes the token", name)
			}
		}
		t.Logf("%s: %v", name, err)
	}
}

// compacted makes a topic with gaps.
func (w *world) compacted() {
	w.Helper()
	const topic = "in.compact"
	for round := range 40 {
		for p := range int32(3) {
			w.produce(&kgo.Record{Topic: topic, Partition: p, Key: fmt.Appendf(nil, "k%d", round%5), Value: fmt.Appendf(nil, "round %d password=%s", round, secret)},
				&kgo.Record{Topic: topic, Partition: p, Key: fmt.Appendf(nil, "c%d", round%5), Value: fmt.Appendf(nil, "round %d", round)},
				&kgo.Record{Topic: topic, Partition: p, Key: []byte("gone")})
		}
		if round%10 == 9 {
			time.Sleep(600 * time.Millisecond) // a new segment
		}
	}
	for range 60 {
		n := 0
		for _, rs := range w.all(topic) {
			n += len(rs)
		}
		if n < 200 {
			return
		}
		time.Sleep(500 * time.Millisecond)
	}
	w.Fatal("the broker did not compact the topic")
}

// kcat has librdkafka write records with each codec.
func kcat(t *testing.T, addr string, codecs []string) {
	t.Helper()
	if _, err := exec.LookPath("kcat"); err != nil {
		t.Fatal("kcat is not installed")
	}
	for _, c := range codecs {
		for p := range 3 {
			var in strings.Builder
			for i := range 300 {
				switch i % 10 {
				case 2:
					fmt.Fprintf(&in, "k%d:\n", i) // null, with -Z
				case 4:
					fmt.Fprintf(&in, "k%d:login password=%s ok\n", i, secret)
				default:
					fmt.Fprintf(&in, "k%d:INFO request %d done\n", i, i)
				}
			}
			args := []string{"-P", "-b", addr, "-t", "in.kcat-" + c, "-p", fmt.Sprint(p), "-K", ":", "-Z", "-H", "b=1", "-H", "a=", "-H", "b=2"}
			if c != "none" {
				args = append(args, "-z", c)
			}
			cmd := exec.Command("kcat", args...)
			cmd.Stdin = strings.NewReader(in.String())
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("kcat: %v: %s", err, out)
			}
		}
	}
}
