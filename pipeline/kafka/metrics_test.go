package kafka

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// metrics returns what is served, by name and labels; of a histogram how often
// something was observed.
func (w *world) metrics() map[string]float64 {
	w.Helper()
	families, err := w.env.Metrics.Registry().Gather()
	if err != nil {
		w.Fatal(err)
	}
	out := make(map[string]float64)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			name := strings.TrimPrefix(f.GetName(), "stanch_") + "{" + strings.Join(labels, ",") + "}"
			switch f.GetType() {
			case dto.MetricType_HISTOGRAM:
				out[name] = float64(m.GetHistogram().GetSampleCount())
			case dto.MetricType_COUNTER:
				out[name] = m.GetCounter().GetValue()
			default:
				out[name] = m.GetGauge().GetValue()
			}
		}
	}
	return out
}

// TestMetrics: what an operator is told of topics that are moved.
func TestMetrics(t *testing.T) {
	for _, exactly := range []bool{false, true} {
		t.Run(fmt.Sprintf("exactly once %v", exactly), func(t *testing.T) {
			w := newWorld(t)
			w.env.Metrics.WatchBudget(w.budget)
			w.produce(&kgo.Record{Value: []byte("deleted")}, &kgo.Record{Value: []byte("before it is read")})
			o := w.options()
			o.ExactlyOnce = exactly
			stop := w.start(o)
			w.committed(map[int32]int64{0: 2})
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			// The next run finds a gap, a clean batch, one to change, and one that fails;
			// writing and committing fail twice.
			w.produce(&kgo.Record{Value: []byte("gone")}, &kgo.Record{Value: []byte("gone")}, &kgo.Record{Value: []byte("gone")})
			if err := w.fake.DeleteRecords("logs", 0, 5); err != nil {
				t.Fatal(err)
			}
			w.produce(&kgo.Record{Value: []byte("clean")}, &kgo.Record{Value: []byte("clean, too")})
			w.produce(&kgo.Record{Partition: 1, Value: []byte("password=" + secret)})
			w.produce(&kgo.Record{Partition: 1, Value: []byte("\x00\x01 binary")})
			w.fake.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Topic: "clean.logs", Err: kerr.NotEnoughReplicas, Count: 2})
			w.env = w.environment()
			w.env.Metrics.WatchBudget(w.budget)
			stop = w.start(o)
			w.committed(map[int32]int64{0: 7, 1: 2})
			topic := "{input=kafka,topic=logs}"
			want := map[string]float64{
				"records_in_total" + topic: 4, "records_out_total" + topic: 3, "records_changed_total" + topic: 1,
				"batches_unchanged_total" + topic: 1, "retention_gap_records_total" + topic: 3, "crc_errors_total" + topic: 0,
				"findings_total{action=mask,detector=password,severity=high}":  1,
				"quarantined_records_total{input=kafka,reason=unknown_format}": 1,
				"lag_records{input=kafka,partition=0,topic=logs}":              0, "lag_seconds{input=kafka,partition=3,topic=logs}": 0,
				"uncommitted_seconds{input=kafka,partition=0,topic=logs}": 0, "parked{input=kafka,partition=2,topic=logs}": 0,
				"inflight_bytes{}": 0, "inflight_limit_bytes{}": 64 << 20,
			}
			// What is written and committed is counted a moment later.
			wrong := func() (list []string) {
				got := w.metrics()
				for name, n := range want {
					if have, ok := got[name]; !ok || have != n {
						list = append(list, fmt.Sprintf("%s is %v, want %v", name, have, n))
					}
				}
				for _, name := range []string{"bytes_in_total" + topic, "bytes_out_total" + topic, "batches_total" + topic, "generations_total{input=kafka}",
					"fetch_seconds{input=kafka}", "write_seconds{input=kafka}", "commit_seconds{input=kafka}"} {
					if got[name] == 0 {
						list = append(list, name+" is not counted")
					}
				}
				retries := 0.0
				for name, n := range got {
					if strings.HasPrefix(name, "retries_total{error=kafka_19,input=kafka,") {
						retries += n
					}
					if strings.Contains(name, secret) {
						t.Errorf("the secret is in %s", name)
					}
				}
				if retries < 2 {
					list = append(list, fmt.Sprintf("%v retries for kafka_19: %v", retries, got))
				}
				return list
			}
			left := wrong()
			for end := time.Now().Add(30 * time.Second); len(left) > 0 && time.Now().Before(end); left = wrong() {
				time.Sleep(10 * time.Millisecond)
			}
			for _, line := range left {
				t.Error(line)
			}
			if err := stop(); err != nil {
				t.Error(err)
			}
			// What belongs to a partition is gone with it.
			for name := range w.metrics() {
				if strings.Contains(name, "partition=") {
					t.Errorf("%s is still there", name)
				}
			}
		})
	}
}

// An operator sees brokers that never answered, when there is no partition to be parked.
func TestNoBroker(t *testing.T) {
	w := newWorld(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	o := w.options()
	o.From.Brokers = []string{l.Addr().String()}
	stop := w.start(o)
	defer stop()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		for name, n := range w.metrics() {
			if n > 0 && strings.HasPrefix(name, "retries_total{") && strings.HasSuffix(name, "operation=topics}") {
				return
			}
		}
		if time.Now().After(end) {
			t.Fatalf("nothing was counted: %v", w.metrics())
		}
	}
}

// TestLag: a partition whose output does not take anything falls behind visibly,
// though nothing waited before, and while nothing more comes.
func TestLag(t *testing.T) {
	w := newWorld(t)
	stop := w.start(w.options())
	w.produce(&kgo.Record{Value: []byte("one")})
	w.committed(map[int32]int64{0: 1})
	const ours = 8 // the version of our requests, and of nobody else's here
	var takes atomic.Bool
	w.fake.ControlKey(int16(kmsg.Produce), func(r kmsg.Request) (kmsg.Response, error, bool) {
		w.fake.KeepControl()
		if takes.Load() || r.GetVersion() != ours {
			return nil, nil, false
		}
		return nil, errors.New("not now"), true
	})
	const lag, age = "lag_records{input=kafka,partition=0,topic=logs}", "lag_seconds{input=kafka,partition=0,topic=logs}"
	w.produce(&kgo.Record{Value: []byte("two"), Timestamp: time.Now().Add(-time.Minute)}, &kgo.Record{Value: []byte("three")})
	for range 3 { // many a fetch is without records meanwhile
		w.until("it is behind", func() bool { m := w.metrics(); return m[lag] == 2 && m[age] >= 60 && m[age] < 3600 })
		time.Sleep(3 * w.options().MaxWait)
	}
	takes.Store(true)
	w.until("it has caught up", func() bool { m := w.metrics(); return m[lag] == 0 && m[age] == 0 })
	if err := stop(); err != nil {
		t.Error(err)
	}
}
