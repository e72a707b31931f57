package stanchextension

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/processor/stanchextension/internal/metadatatest"
)

const testKey = "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0"

// lines that are redacted or not as the policy under test says.
const (
	plain = "password=winter-garden-9"
	known = "opens with seven-blue-lanterns-4411 only"
	acme  = "acmek_0123456789abcdef0123456789abcdef"
)

type fixture struct {
	*Extension
	dir  string
	tel  *componenttest.Telemetry
	logs *observer.ObservedLogs
}

// start writes files (name, text, name, text), the first of which is the policy,
// and starts an extension on them.
func start(t *testing.T, tune func(*Config), files ...string) *fixture {
	t.Helper()
	f := &fixture{dir: t.TempDir(), tel: componenttest.NewTelemetry()}
	t.Cleanup(func() { f.tel.Shutdown(context.Background()) })
	for i := 0; i < len(files); i += 2 {
		f.write(t, files[i], files[i+1])
	}
	cfg := createDefaultConfig().(*Config)
	cfg.Key = testKey
	cfg.Reload.Settle = 5 * time.Millisecond
	if len(files) > 0 {
		cfg.Policy = filepath.Join(f.dir, files[0])
	}
	if tune != nil {
		tune(cfg)
	}
	f.open(t, cfg)
	return f
}

func (f *fixture) open(t *testing.T, cfg *Config) {
	t.Helper()
	set := f.tel.NewTelemetrySettings()
	var core, logs = observer.New(zap.DebugLevel)
	set.Logger, f.logs = zap.New(core), logs
	var err error
	if f.Extension, err = New(cfg, set); err != nil {
		t.Fatal(err)
	}
	if err := f.Start(context.Background(), componenttest.NewNopHost()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// write puts text where it replaces a file at once; DIR in it is the directory.
func (f *fixture) write(t *testing.T, name, text string) {
	t.Helper()
	text = strings.ReplaceAll(text, "DIR", f.dir)
	path := filepath.Join(f.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) redacts(line string) bool {
	_, changed := f.Handle().NewRedactor().Redact(nil, []byte(line))
	return changed
}

// eventually waits for what another goroutine is about to do.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func (f *fixture) reloads(t *testing.T, result string) int64 {
	t.Helper()
	m, err := f.tel.GetMetric("otelcol_stanch_reloads")
	if err != nil {
		return 0
	}
	for _, p := range m.Data.(metricdata.Sum[int64]).DataPoints {
		if v, _ := p.Attributes.Value("result"); v.AsString() == result {
			return p.Value
		}
	}
	return 0
}

const keepAll = "version: 1\npolicy:\n  - detector: '*'\n    severity: low\n    key: [password, other]\n    action: keep\n"

func TestReload(t *testing.T) {
	const masks = "version: 1\n"
	rules := func(literal string) string {
		return "vendor: Acme\ndetectors:\n  - id: acme-key\n    title: Acme API key\n    severity: critical\n    references: [https://docs.acme.example/keys]\n" +
			"    kind: prefix\n    literals: [" + literal + "]\n    after: '[a-f0-9]{32}'\n    examples: ['" + literal + "{hex:32}']\n"
	}
	const inventory = "version: 1\nsources:\n  - file: known.txt\n"
	for _, c := range []struct {
		name   string
		files  []string
		line   string
		change func(t *testing.T, f *fixture)
	}{
		{"policy replaced", []string{"p.yaml", keepAll}, plain, func(t *testing.T, f *fixture) { f.write(t, "p.yaml", masks) }},
		{"policy written to", []string{"p.yaml", keepAll}, plain, func(t *testing.T, f *fixture) {
			if err := os.WriteFile(filepath.Join(f.dir, "p.yaml"), []byte(masks), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{"rules", []string{"p.yaml", "version: 1\nrules: [DIR/rules/acme.yaml]\n", "rules/acme.yaml", rules("acmez_")}, acme,
			func(t *testing.T, f *fixture) { f.write(t, "rules/acme.yaml", rules("acmek_")) }},
		{"inventory", []string{"p.yaml", "version: 1\ninventory: {file: DIR/inventory.yaml}\n", "inventory.yaml", strings.ReplaceAll(inventory, "known", "other"),
			"other.txt", "nine-green-bottles-2209\n", "known.txt", "seven-blue-lanterns-4411\n"}, known,
			func(t *testing.T, f *fixture) { f.write(t, "inventory.yaml", inventory) }},
		{"known secrets", []string{"p.yaml", "version: 1\ninventory: {file: DIR/inventory.yaml}\n", "inventory.yaml", inventory, "known.txt", "nine-green-bottles-2209\n"}, known,
			func(t *testing.T, f *fixture) { f.write(t, "known.txt", "seven-blue-lanterns-4411\n") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := start(t, func(cfg *Config) { cfg.Reload.Interval = 0 }, c.files...)
			if f.redacts(c.line) {
				t.Fatal("redacted before the change")
			}
			h := f.Handle()
			c.change(t, f)
			eventually(t, "the new policy", func() bool { return f.redacts(c.line) })
			if f.Handle() != h {
				t.Error("another handle")
			}
			eventually(t, "a count", func() bool { return f.reloads(t, "applied") > 0 })
		})
	}
}

// TestConfigMap changes files as the kubelet does (AtomicWriter of k8s.io/kubernetes/pkg/volume/util).
func TestConfigMap(t *testing.T) {
	f := &fixture{dir: t.TempDir(), tel: componenttest.NewTelemetry()}
	t.Cleanup(func() { f.tel.Shutdown(context.Background()) })
	link := func(to, name string) {
		t.Helper()
		if err := os.Symlink(to, filepath.Join(f.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	f.write(t, "..first/p.yaml", keepAll)
	link("..first", "..data")
	link("..data/p.yaml", "p.yaml")
	cfg := createDefaultConfig().(*Config)
	cfg.Key, cfg.Policy = testKey, filepath.Join(f.dir, "p.yaml")
	cfg.Reload.Settle, cfg.Reload.Interval = 5*time.Millisecond, 0
	f.open(t, cfg)
	last := "..first"
	for i, policy := range []string{"version: 1\n", keepAll, "version: 1\n"} {
		next := fmt.Sprintf("..next%d", i)
		f.write(t, next+"/p.yaml", policy)
		link(next, "..data_tmp")
		if err := os.Rename(filepath.Join(f.dir, "..data_tmp"), filepath.Join(f.dir, "..data")); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(f.dir, last)); err != nil {
			t.Fatal(err)
		}
		last = next
		eventually(t, "the policy of "+next, func() bool { return f.redacts(plain) == (policy != keepAll) })
	}
}

func TestInterval(t *testing.T) {
	f := start(t, func(cfg *Config) { cfg.Reload.Watch, cfg.Reload.Interval = false, 5*time.Millisecond }, "p.yaml", keepAll)
	f.write(t, "p.yaml", "version: 1\n# of another length\n")
	eventually(t, "the new policy", func() bool { return f.redacts(plain) })
}

func TestRefusedReload(t *testing.T) {
	const secret = "hunter2-in-the-allow-list"
	f := start(t, nil, "p.yaml", "version: 1\n")
	h, e := f.Handle(), f.Handle().Load()
	f.write(t, "p.yaml", "version: 1\nallow:\n  - value: "+secret+"\n    reasn: misspelt\n")
	eventually(t, "a refused reload", func() bool { return f.reloads(t, "refused") > 0 })
	if f.Handle() != h || h.Load() != e || !f.redacts(plain) {
		t.Error("the old policy is gone")
	}
	said := f.logs.FilterMessage("policy refused, the old one stays in force").All()
	if len(said) == 0 {
		t.Fatal("nothing logged")
	}
	text := fmt.Sprint(said[0].ContextMap())
	if !strings.Contains(text, "p.yaml:4:5") || strings.Contains(text, secret) {
		t.Errorf("logged %s", text)
	}
	f.write(t, "p.yaml", keepAll)
	eventually(t, "the repaired policy", func() bool { return !f.redacts(plain) })
}

func TestVersion(t *testing.T) {
	version := func(f *fixture) string {
		m, err := f.tel.GetMetric("otelcol_stanch_policy_info")
		if err != nil {
			t.Fatal(err)
		}
		points := m.Data.(metricdata.Gauge[int64]).DataPoints
		if len(points) != 1 {
			t.Fatalf("%d versions", len(points))
		}
		v, _ := points[0].Attributes.Value("version")
		return v.AsString()
	}
	a, b := start(t, nil, "p.yaml", "version: 1\n"), start(t, nil, "p.yaml", "version: 1\n")
	if version(a) != version(b) {
		t.Error("the same policy has two versions")
	}
	was := version(a)
	a.write(t, "p.yaml", keepAll)
	eventually(t, "another version", func() bool { return version(a) != was })
	if version(b) != was {
		t.Error("a reload of one extension changed the other")
	}
}

func TestKeyIsNeeded(t *testing.T) {
	t.Setenv("STANCH_KEY", "")
	dir := t.TempDir()
	keyed := filepath.Join(dir, "keyed.yaml")
	if err := os.WriteFile(filepath.Join(dir, "key"), []byte(testKey), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keyed, []byte("version: 1\nkey: {file: "+filepath.Join(dir, "key")+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, policy, key, env string
		ok                     bool
	}{
		{"none", "", "", "", false},
		{"configured", "", testKey, "", true},
		{"environment", "", "", testKey, true},
		{"file", keyed, "", "", true},
		{"short", "", testKey[:32], "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("STANCH_KEY", c.env)
			cfg := createDefaultConfig().(*Config)
			cfg.Policy, cfg.Key = c.policy, configopaque.String(c.key)
			if err := cfg.Validate(); (err == nil) != c.ok {
				t.Errorf("Validate: %v", err)
			}
			x, err := NewFactory().Create(context.Background(), extensiontest.NewNopSettings(NewFactory().Type()), cfg)
			if err != nil {
				t.Fatal(err)
			}
			err = x.Start(context.Background(), componenttest.NewNopHost())
			if (err == nil) != c.ok {
				t.Errorf("Start: %v", err)
			}
			if err != nil && c.key != "" && strings.Contains(err.Error(), c.key) {
				t.Error("the error quotes the key")
			}
			if err := x.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.yaml")
	if err := os.WriteFile(bad, []byte("version: 1\npolicy:\n  - detector: no-such-thing\n    action: mask\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spoil func(*Config)
		want  string
	}{
		"no file":     {func(c *Config) { c.Policy = filepath.Join(dir, "none.yaml") }, "none.yaml"},
		"bad rule":    {func(c *Config) { c.Policy = bad }, "bad.yaml:3:"},
		"signal":      {func(c *Config) { c.Reload.Signal = "SIGKILL" }, "signal"},
		"settle":      {func(c *Config) { c.Reload.Settle = -1 }, "settle"},
		"no real key": {func(c *Config) { c.Key = "c2hvcnQ" }, "key"},
	} {
		cfg := createDefaultConfig().(*Config)
		cfg.Key = testKey
		if err := cfg.Validate(); err != nil {
			t.Fatal(err)
		}
		c.spoil(cfg)
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type host map[component.ID]component.Component

func (h host) GetExtensions() map[component.ID]component.Component { return h }

func TestFind(t *testing.T) {
	a, b := new(Extension), new(Extension)
	typ := NewFactory().Type()
	ida, idb, other := component.NewID(typ), component.NewIDWithName(typ, "b"), component.MustNewID("other")
	var nop struct {
		component.StartFunc
		component.ShutdownFunc
	}
	for name, c := range map[string]struct {
		host host
		id   *component.ID
		want *Extension
		err  string
	}{
		"none":         {host{}, nil, nil, ""},
		"the only one": {host{ida: a, other: nop}, nil, a, ""},
		"several":      {host{ida: a, idb: b}, nil, nil, "several"},
		"named":        {host{ida: a, idb: b}, &idb, b, ""},
		"missing":      {host{ida: a}, &idb, nil, "no extension stanch/b"},
		"another type": {host{other: nop}, &other, nil, "none of type"},
	} {
		got, err := Find(c.host, c.id)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %p, %v", name, got, err)
		}
	}
}

func sample(i int) finding.Finding {
	return finding.Finding{Schema: finding.SchemaVersion, Detector: fmt.Sprintf("demo-%d", i), Source: finding.Source{Kind: finding.OTLP}, Count: 1}
}

// TestLate publishes while a subscriber goes, and after it went.
func TestLate(t *testing.T) {
	f := start(t, nil)
	f.Findings().Publish(sample(0))
	s := f.Findings().Subscribe(4)
	f.Findings().Publish(sample(1))
	s.Close()
	f.Findings().Publish(sample(2))
	f.Findings().Publish(sample(3))
	if got := s.Take(nil, 10); len(got) != 1 || got[0].Detector != sample(1).Detector {
		t.Errorf("got %v", got)
	}
	metadatatest.AssertEqualStanchFindingsDropped(t, f.tel, []metricdata.DataPoint[int64]{
		{Value: 2, Attributes: attribute.NewSet(attribute.String("reason", "late"))},
	}, metricdatatest.IgnoreTimestamp())
	if err := f.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if f.logs.FilterMessage("findings came after those who take them had stopped").Len() != 1 {
		t.Error("late findings were not logged")
	}
}

// TestUnderLoad replaces the policy while redactors run: each line comes out as one
// policy or the other has it.
func TestUnderLoad(t *testing.T) {
	f := start(t, nil, "p.yaml", "version: 1\n")
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	for range 4 {
		wg.Go(func() {
			r := f.Handle().NewRedactor()
			for ctx.Err() == nil {
				got := string(r.Append(nil, []byte(plain)))
				if got != "password=REDACTED-password" && got != "password=" {
					t.Errorf("got %s", got)
					return
				}
			}
		})
	}
	for i := range 6 {
		policy, want := "version: 1\npolicy:\n  - detector: password\n    action: remove\n", "password="
		if i%2 == 1 {
			policy, want = "version: 1\n", "password=REDACTED-password"
		}
		f.write(t, "p.yaml", policy)
		r := f.Handle().NewRedactor()
		eventually(t, want, func() bool { return string(r.Append(nil, []byte(plain))) == want })
	}
}
