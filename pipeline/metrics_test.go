package pipeline

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"go.yaml.in/yaml/v3"
)

// families fills every metric and returns their names.
func families(t *testing.T) map[string]*dto.MetricFamily {
	t.Helper()
	m := NewMetrics()
	m.WatchBudget(NewBudget(1))
	l := m.Lane("logs", "t", 3)
	defer l.Close()
	l.RecordsIn.Inc()
	l.Fetch.Observe(1)
	l.Write.Observe(1)
	l.Commit.Observe(1)
	l.OpenStreams(1)
	l.Retry("write", "timeout")
	for _, f := range []Failure{ToQuarantine, RedactValue, DropRecord, Halt} {
		l.Failed(f, Unscanned, 1)
	}
	m.Generation("logs")
	m.findings.WithLabelValues("d", "high", "mask")
	m.delivered.WithLabelValues("o")
	m.lost.WithLabelValues("o")
	m.merged.WithLabelValues()
	m.Loaded("v", "p", "e", "k")
	m.Reload(true)
	m.SetReady(true)
	list, err := m.Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]*dto.MetricFamily)
	for _, f := range list {
		out[f.GetName()] = f
	}
	return out
}

var metricName = regexp.MustCompile(`\b(?:stanch|process|go)_[a-z0-9_]+\b`)

// TestMetricNames holds dashboard, rules and documents against the metrics.
func TestMetricNames(t *testing.T) {
	have := families(t)
	used := map[string]bool{}
	for _, file := range []string{"../configs/grafana/stanch.json", "../configs/prometheus/stanch.rules.yml", "../configs/prometheus/stanch.rules.test.yml", "../docs/pipeline.md"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		names := metricName.FindAllString(string(b), -1)
		if len(names) == 0 {
			t.Errorf("%s names no metric", file)
		}
		for _, name := range names {
			base := name
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				if f := have[strings.TrimSuffix(name, suffix)]; f != nil && f.GetType() == dto.MetricType_HISTOGRAM {
					base = strings.TrimSuffix(name, suffix)
				}
			}
			if have[base] == nil {
				t.Errorf("%s: there is no metric %s", file, name)
			}
			used[base] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		if strings.HasPrefix(name, "stanch_") && !used[name] {
			t.Errorf("%s is in no dashboard, rule or document", name)
		}
	}
}

// TestDashboard holds what Grafana needs: panels that do not overlap, each with a
// query, and labels that the metrics have.
func TestDashboard(t *testing.T) {
	b, err := os.ReadFile("../configs/grafana/stanch.json")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Panels []struct {
			ID      int
			Title   string
			Type    string
			GridPos struct{ H, W, X, Y int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	taken := map[[2]int]string{}
	ids := map[int]bool{}
	for _, p := range d.Panels {
		if ids[p.ID] || p.Title == "" || p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("panel %d %q", p.ID, p.Title)
		}
		ids[p.ID] = true
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if taken[at] != "" || at[0] >= 24 {
					t.Fatalf("%q and %q overlap", p.Title, taken[at])
				}
				taken[at] = p.Title
			}
		}
	}
	have := families(t)
	for _, p := range d.Panels {
		for _, q := range p.Targets {
			for _, m := range regexp.MustCompile(`by \(([a-z_, ]+)\) \((?:rate|increase)?\(?(stanch_[a-z_]+)`).FindAllStringSubmatch(q.Expr, -1) {
				f := have[strings.TrimSuffix(m[2], "_bucket")]
				if f == nil {
					continue
				}
				for _, label := range strings.Split(m[1], ", ") {
					if label != "le" && !slices.ContainsFunc(f.Metric[0].Label, func(l *dto.LabelPair) bool { return l.GetName() == label }) {
						t.Errorf("%q: %s has no label %s", p.Title, m[2], label)
					}
				}
			}
		}
	}
}

// TestRules holds the form of the alert rules; make promcheck asks Prometheus itself.
func TestRules(t *testing.T) {
	b, err := os.ReadFile("../configs/prometheus/stanch.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Labels      map[string]string
				Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, g := range d.Groups {
		for _, r := range g.Rules {
			if r.Alert == "" || seen[r.Alert] || r.Expr == "" || r.Annotations["summary"] == "" || r.Labels["severity"] != "page" && r.Labels["severity"] != "warn" {
				t.Errorf("rule %+v", r)
			}
			seen[r.Alert] = true
		}
	}
	if len(seen) < 10 {
		t.Errorf("%d rules", len(seen))
	}
}

// TestLaneMetrics holds that a lane's gauges age by themselves and go with it.
func TestLaneMetrics(t *testing.T) {
	m := NewMetrics()
	value := func(name string) (float64, bool) {
		list, err := m.Registry().Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			if f.GetName() == name {
				return f.Metric[0].GetGauge().GetValue(), true
			}
		}
		return 0, false
	}
	l := m.Lane("logs", "t", 0)
	l.Lag(5, time.Now().Add(-time.Minute))
	l.Uncommitted(7, time.Now().Add(-time.Hour))
	l.Parked(true)
	for name, least := range map[string]float64{"stanch_lag_records": 5, "stanch_lag_seconds": 60, "stanch_uncommitted_records": 7, "stanch_uncommitted_seconds": 3600, "stanch_parked": 1} {
		if v, ok := value(name); !ok || v < least || v > least+30 {
			t.Errorf("%s is %v", name, v)
		}
	}
	l.Parked(false)
	for want, since := range map[float64]time.Time{0: time.Now(), 1: time.Now().Add(-time.Hour)} {
		l.Writing(true)
		l.writing.Store(since.UnixNano())
		if v, _ := value("stanch_parked"); v != want {
			t.Errorf("a batch is being written since %v: parked is %v", since, v)
		}
		l.Writing(false)
		if v, _ := value("stanch_parked"); v != 0 {
			t.Errorf("it is parked when the batch is written")
		}
	}
	// It comes back before it is gone, as after a rebalance.
	again := m.Lane("logs", "t", 0)
	l.Close()
	again.Lag(0, time.Now().Add(-time.Hour))
	if v, ok := value("stanch_lag_seconds"); !ok || v != 0 {
		t.Errorf("at the end of a partition the lag is %v", v)
	}
	again.Close()
	if _, ok := value("stanch_lag_seconds"); ok {
		t.Error("a lane that is gone is still there")
	}
	if l := m.Lane("files", "", -1); l.partition != "" {
		t.Error("a file has a partition")
	}
}

func TestReady(t *testing.T) {
	m := NewMetrics()
	ready := func(want bool, why string) {
		t.Helper()
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/ready", nil))
		if got := w.Code == http.StatusOK; got != want || m.Ready() != want {
			t.Errorf("%s: ready %v and %v", why, got, m.Ready())
		}
	}
	ready(false, "not started")
	m.SetReady(true)
	ready(true, "started")
	m.Waiting("a", true)
	m.Waiting("b", true)
	m.Waiting("b", false)
	ready(false, "an input waits")
	m.Waiting("a", false)
	one, two := m.Lane("a", "t", 0), m.Lane("a", "t", 1)
	one.Parked(true)
	ready(true, "one of two is parked")
	two.Parked(true)
	ready(false, "both are parked")
	two.Close()
	one.Close()
	ready(true, "no partitions")
	m.SetReady(false)
	ready(false, "stopping")
}
