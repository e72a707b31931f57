package pipeline

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var promtool = flag.Bool("promtool", false, "ask promtool what it thinks of metrics and dashboard")

// TestExposition has promtool look at the metrics as they are served, and at the
// queries of the dashboard.
func TestExposition(t *testing.T) {
	m := NewMetrics()
	m.WatchBudget(NewBudget(1))
	l := m.Lane("logs", "t", 3)
	defer l.Close()
	l.RecordsIn.Inc()
	l.Fetch.Observe(1)
	m.Loaded("v", "p", "e", "k")
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), `stanch_records_in_total{input="logs",topic="t"} 1`) {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	for path, want := range map[string]int{"/live": 200, "/ready": 503, "/none": 404} {
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if !*promtool {
		return
	}
	check := exec.Command("promtool", "check", "metrics")
	check.Stdin = strings.NewReader(w.Body.String())
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	var d struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	b, err := os.ReadFile("../configs/grafana/stanch.json")
	if err == nil {
		err = json.Unmarshal(b, &d)
	}
	if err != nil {
		t.Fatal(err)
	}
	rules := "groups:\n- name: dashboard\n  rules:\n"
	n := 0
	for _, p := range d.Panels {
		for _, q := range p.Targets {
			rules += fmt.Sprintf("  - {record: 'q:%d', expr: %q}\n", n, q.Expr)
			n++
		}
	}
	name := filepath.Join(t.TempDir(), "rules.yml")
	if err := os.WriteFile(name, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("promtool", "check", "rules", name).CombinedOutput(); err != nil || n == 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
