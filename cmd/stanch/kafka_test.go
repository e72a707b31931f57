package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/pipeline/kafka"
)

// runKey is a key as a variable of the environment.
const runKey = "STANCH_KEY=00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0"

// kafkaTopic reads a whole topic.
func kafkaTopic(t *testing.T, addrs []string, topic string, want int) (list []*kgo.Record) {
	t.Helper()
	cl, err := kgo.NewClient(kgo.SeedBrokers(addrs...), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.MetadataMinAge(50*time.Millisecond), kgo.UnknownTopicRetries(-1))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for len(list) < want && ctx.Err() == nil {
		list = append(list, cl.PollFetches(ctx).Records()...)
	}
	return list
}

// TestRunKafka runs configs/kafka.yaml against an emulated broker, and replays
// what went into the quarantine.
func TestRunKafka(t *testing.T) {
	for _, delivery := range []string{"at_least_once", "exactly_once"} {
		t.Run(delivery, func(t *testing.T) { runKafka(t, delivery) })
	}
}

func runKafka(t *testing.T, delivery string) {
	broker, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	addrs := broker.ListenAddrs()
	cl, err := kgo.NewClient(kgo.SeedBrokers(addrs...))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	ctx := t.Context()
	adm := kadm.NewClient(cl)
	if _, err := adm.CreateTopics(ctx, 3, 1, nil, "logs.web"); err != nil {
		t.Fatal(err)
	}
	if _, err := adm.CreateTopics(ctx, 1, 1, nil, "logs.otlp"); err != nil {
		t.Fatal(err)
	}
	secret, _, _, _ := detectors.Expand("ghp_{alnum:30}{crc32-base62:6}", 9)
	const records = 300
	var in []*kgo.Record
	found := 0
	for i := range records {
		text := fmt.Sprintf("message %d", i)
		switch {
		case i%10 == 0:
			text += " token=" + secret
			found++
		case i == 55:
			text = "\x00\x01\x02\x03\x04\x05 binary " + secret
		}
		r := &kgo.Record{Topic: "logs.web", Key: fmt.Append(nil, i), Value: []byte(text)}
		if i%7 == 3 {
			found++
			r.Headers = []kgo.RecordHeader{{Key: "trace", Value: []byte("1")}, {Key: "authorization", Value: []byte("Bearer " + secret)}}
		}
		in = append(in, r)
	}
	// A batch of OpenTelemetry data in a topic that is taken for one of text.
	ld := plog.NewLogs()
	ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr("token=" + secret)
	telemetry, err := new(plog.ProtoMarshaler).MarshalLogs(ld)
	if err != nil {
		t.Fatal(err)
	}
	if err := cl.ProduceSync(ctx, append(in, &kgo.Record{Topic: "logs.otlp", Key: []byte("batch"), Value: telemetry})...).FirstErr(); err != nil {
		t.Fatal(err)
	}

	text, err := os.ReadFile("../../configs/kafka.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	id := filepath.Join(dir, "key.txt")
	var recipient strings.Builder
	if err := keygen([]string{id, "recipient"}, nil, &recipient); err != nil {
		t.Fatal(err)
	}
	doc := strings.NewReplacer("127.0.0.1:9092", addrs[0], `"127.0.0.1:9464"`, `"127.0.0.1:0"`, "delivery: at_least_once", "delivery: "+delivery,
		"quarantine:\n", "quarantine:\n  recipients: ["+strings.TrimSpace(recipient.String())+"]\n").Replace(string(text))
	name := filepath.Join(dir, "kafka.yaml")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(name, doc)
	t.Setenv("STANCH_KEY", strings.TrimPrefix(runKey, "STANCH_KEY="))

	out, errs, code := runCLI(t, "run", "--config", name, "--dry-run")
	for _, want := range []string{"logs.web (3 partitions) to clean.logs.web (to be created)", "topic stanch.quarantine, to be created with 1 partitions", "records are sealed for"} {
		if code != 0 || !strings.Contains(string(out), want) {
			t.Fatalf("dry run: exit %d, %s\n%s\nwant %s", code, out, errs, want)
		}
	}
	stop := running(t, name)
	clean := kafkaTopic(t, addrs, "clean.logs.web", records-1)
	quarantined := kafkaTopic(t, addrs, "stanch.quarantine", 2)
	findings := kafkaTopic(t, addrs, "stanch.findings", found)
	log := stop()
	if len(clean) != records-1 || len(findings) != found || len(quarantined) != 2 {
		t.Errorf("%d records, %d findings, %d in quarantine\n%s", len(clean), len(findings), len(quarantined), log)
	}
	for topic, want := range map[string]*kafka.NewTopic{"stanch.findings": kafka.ForFindings(), "stanch.quarantine": kafka.ForQuarantine()} {
		info := broker.TopicInfo(topic)
		have := map[string]string{}
		for k, v := range info.Configs {
			if v != nil {
				have[k] = *v
			}
		}
		if len(broker.PartitionInfos(topic)) != int(want.Partitions) || !maps.Equal(have, want.Settings) {
			t.Errorf("%s has %d partitions, %v", topic, len(broker.PartitionInfos(topic)), have)
		}
	}
	partition := map[string]int32{}
	for _, r := range in {
		partition[string(r.Key)] = r.Partition
	}
	for _, r := range clean {
		if r.Partition != partition[string(r.Key)] {
			t.Fatalf("record %s went from partition %d to %d", r.Key, partition[string(r.Key)], r.Partition)
		}
		if n := len(r.Headers); bytes.Contains(r.Value, []byte("REDACTED")) && (n == 0 || r.Headers[n-1].Key != "stanch-redacted" || string(r.Headers[n-1].Value) != "stanch/"+versionOf().Version+" policy/"+digest([]byte(doc))) {
			t.Fatalf("record %s is marked with %q", r.Key, r.Headers)
		}
	}
	for _, list := range [][]*kgo.Record{clean, findings, quarantined} {
		for _, r := range list {
			if strings.Contains(fmt.Sprintf("%s %s %q", r.Key, r.Value, r.Headers), secret) {
				t.Fatalf("a secret in %s: %s %q", r.Topic, r.Key, r.Value)
			}
		}
	}
	if strings.Contains(log, secret) {
		t.Error("a secret in the log")
	}

	// Under topics that say what is in them, and a policy that redacts binary values,
	// too, both come out of the quarantine.
	var entries strings.Builder
	for _, r := range quarantined {
		entries.WriteString(string(r.Value) + "\n")
	}
	write(filepath.Join(dir, "q.jsonl"), entries.String())
	doc = strings.Replace(doc, "      topics:\n", "      topics:\n        - {from: 'logs\\.otlp', to: clean.logs.otlp, payload: otlp_proto}\n", 1)
	write(name, strings.Replace(doc, "to: clean.logs.$1", "to: clean.logs.$1\n          binary: redact", 1))
	if _, errs, code := runCLI(t, "run", "--config", name, "--replay-quarantine", filepath.Join(dir, "q.jsonl"), "--identity", id); code != 0 || !strings.Contains(string(errs), "replayed 2 records, 0 left") {
		t.Fatalf("replay: exit %d\n%s", code, errs)
	}
	for _, r := range kafkaTopic(t, addrs, "clean.logs.otlp", 1) {
		if ld, err := new(plog.ProtoUnmarshaler).UnmarshalLogs(r.Value); err != nil || ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().Str() != "token=REDACTED-github-pat" {
			t.Errorf("replayed: %v %q", err, r.Value)
		}
	}
	if list := kafkaTopic(t, addrs, "stanch.findings", found+2); len(list) != found+2 {
		t.Errorf("%d findings after the replay, want %d", len(list), found+2)
	}
	last := kafkaTopic(t, addrs, "clean.logs.web", records)
	if len(last) != records {
		t.Fatalf("%d records after the replay", len(last))
	}
	for _, r := range last {
		if string(r.Key) == "55" && string(r.Value) != "\x00\x01\x02\x03\x04\x05 binary REDACTED-github-pat" {
			t.Errorf("replayed: %q", r.Value)
		}
	}
}

// running starts stanch run in this process; stop ends it and returns its log.
func running(t *testing.T, config string) (stop func() string) {
	t.Helper()
	dir := t.TempDir()
	open := func(name string) *os.File {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	c := &cli{stdin: open("in"), stdout: open("out"), stderr: open("err")}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.pipeline(ctx, &runFlags{config: config}) }()
	return func() string {
		t.Helper()
		cancel()
		err := <-done
		b, _ := os.ReadFile(filepath.Join(dir, "err"))
		if err != nil {
			t.Errorf("run: %v\n%s", err, b)
		}
		return string(b)
	}
}

// TestRunFileToKafka makes a record of each line of a file.
func TestRunFileToKafka(t *testing.T) {
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "lines"))
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	addrs := broker.ListenAddrs()
	dir := t.TempDir()
	secret, _, _, _ := detectors.Expand("ghp_{alnum:30}{crc32-base62:6}", 9)
	var text, want strings.Builder
	const lines = 20_000
	for i := range lines {
		fmt.Fprintf(&text, "line %d", i)
		fmt.Fprintf(&want, "line %d", i)
		if i%100 == 0 {
			text.WriteString(" token=" + secret)
			want.WriteString(" token=REDACTED-github-pat")
		}
		if i < lines-1 {
			text.WriteString("\r\n")
		}
		want.WriteByte('\n')
	}
	in, name := filepath.Join(dir, "in.log"), filepath.Join(dir, "run.yaml")
	for path, s := range map[string]string{in: text.String(), name: fmt.Sprintf(`version: 1
inputs: [{file: {paths: %q}, on_failure: halt}]
outputs: [{kafka: {brokers: %q, topic: lines}}]
`, in, addrs[0])} {
		if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("STANCH_KEY", strings.TrimPrefix(runKey, "STANCH_KEY="))
	if _, errs, code := runCLI(t, "run", "--config", name); code != 0 {
		t.Fatalf("exit %d\n%s", code, errs)
	}
	var got strings.Builder
	for _, r := range kafkaTopic(t, addrs, "lines", lines) {
		got.Write(r.Value)
		got.WriteByte('\n')
	}
	if got.String() != want.String() {
		t.Errorf("%d bytes, want %d", got.Len(), want.Len())
	}
}

// TestPolicyVersion: the version of a policy is another one when its rules are.
func TestPolicyVersion(t *testing.T) {
	t.Setenv("STANCH_KEY", strings.TrimPrefix(runKey, "STANCH_KEY="))
	t.Chdir(t.TempDir())
	version := func(files ...string) string {
		t.Helper()
		for i := 0; i < len(files); i += 2 {
			if err := os.WriteFile(files[i], []byte(files[i+1]), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		l, err := loadPipeline("run.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if l.engine.Version() != l.policy {
			t.Errorf("the engine is %q, the policy %q", l.engine.Version(), l.policy)
		}
		return l.policy
	}
	const head = "version: 1\ninputs: [{stdin: {}, on_failure: drop}]\noutputs: [{stdout: {}}]\n"
	rule := func(id string) string { return "[[rules]]\nid = \"" + id + "\"\nregex = '''acme-[0-9a-f]{8}'''\n" }
	seen := map[string]bool{}
	for i, v := range []string{
		version("run.yaml", head),
		version("run.yaml", head+"redaction: policy.yaml\n", "policy.yaml", "version: 1\n"),
		version("policy.yaml", "version: 1\nrules: [a.toml]\n", "a.toml", rule("one")),
		version("a.toml", rule("two")),
		version("run.yaml", head+"redaction: {rules: [a.toml]}\n"),
	} {
		if seen[v] || len(v) != 8 {
			t.Errorf("%d: %q is no new version", i, v)
		}
		seen[v] = true
	}
	if version() != version("run.yaml", head+"redaction: {rules: [a.toml]}\n") {
		t.Error("the version of a policy is not the same twice")
	}
}

// TestRunMixed: an input with exactly-once delivery beside others. Each finding is in
// the topic for findings once, in the transaction of its input or beside it, and all
// are in the other output.
func TestRunMixed(t *testing.T) {
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, "a", "b"), kfake.SeedTopics(1, "found"))
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	addrs := broker.ListenAddrs()
	cl, err := kgo.NewClient(kgo.SeedBrokers(addrs...))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	secret, _, _, _ := detectors.Expand("ghp_{alnum:30}{crc32-base62:6}", 9)
	const each = 50
	var in []*kgo.Record
	for i := range each {
		for _, topic := range []string{"a", "b"} {
			in = append(in, &kgo.Record{Topic: topic, Value: fmt.Appendf(nil, "%s %d token=%s", topic, i, secret)})
		}
	}
	if err := cl.ProduceSync(t.Context(), in...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	name, lines := filepath.Join(dir, "run.yaml"), filepath.Join(dir, "findings.jsonl")
	if err := os.WriteFile(name, fmt.Appendf(nil, `version: 1
inputs:
  - name: exactly
    kafka: {brokers: %[1]q, group: x, topics: [{from: a, to: clean.a}], delivery: exactly_once, create_topics: true}
    on_failure: halt
    output: topics
  - name: least
    kafka: {brokers: %[1]q, group: y, topics: [{from: b, to: clean.b}], create_topics: true}
    on_failure: halt
    output: topics
  - {stdin: {}, on_failure: halt, output: text}
outputs:
  - {name: topics, kafka: {}}
  - {name: text, file: {path: %[3]q}}
findings:
  outputs:
    - kafka: {topic: found}
    - file: {path: %[2]q}
`, addrs[0], lines, filepath.Join(dir, "out.log")), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("STANCH_KEY", strings.TrimPrefix(runKey, "STANCH_KEY="))
	stop := running(t, name)
	for _, topic := range []string{"clean.a", "clean.b"} {
		if list := kafkaTopic(t, addrs, topic, each); len(list) != each {
			t.Errorf("%d records in %s", len(list), topic)
		}
	}
	log := stop()
	seen := map[string]int{}
	for _, r := range kafkaTopic(t, addrs, "found", 2*each) {
		var f struct{ ID string }
		if err := json.Unmarshal(r.Value, &f); err != nil || bytes.Contains(r.Value, []byte(secret)) {
			t.Fatalf("%v: %s", err, r.Value)
		}
		seen[f.ID]++
	}
	if len(seen) != 2*each {
		t.Errorf("%d findings in the topic\n%s", len(seen), log)
	}
	for id, n := range seen {
		if n > 1 {
			t.Fatalf("finding %s is there %d times", id, n)
		}
	}
	text, err := os.ReadFile(lines)
	if n := bytes.Count(text, []byte("\n")); err != nil || n != 2*each {
		t.Errorf("%d findings in the file, %v", n, err)
	}
}

// TestRunKafkaStreams redacts a key whose lines are records of a pod's log.
func TestRunKafkaStreams(t *testing.T) {
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "pods"))
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	addrs := broker.ListenAddrs()
	cl, err := kgo.NewClient(kgo.SeedBrokers(addrs...), kgo.DefaultProduceTopic("pods"))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	key, _, _, err := detectors.Expand("{pem:RSA PRIVATE KEY}", 9)
	if err != nil {
		t.Fatal(err)
	}
	var in []*kgo.Record
	rows := strings.Split(key, "\n")
	for _, row := range rows {
		for pod, text := range map[string]string{"web-1": row, "web-2": "GET / 200"} {
			in = append(in, &kgo.Record{Value: fmt.Appendf(nil, `{"log":"%s","kubernetes":{"pod_name":"%s"}}`, text, pod)})
		}
	}
	if err := cl.ProduceSync(t.Context(), in...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "run.yaml")
	if err := os.WriteFile(name, fmt.Appendf(nil, `version: 1
inputs:
  - kafka:
      brokers: %q
      group: x
      topics: [{from: pods, to: clean.pods, stream_by: field:kubernetes.pod_name}]
      stream_hold: 20s
      create_topics: true
    on_failure: halt
outputs: [{kafka: {}}]
`, addrs[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("STANCH_KEY", strings.TrimPrefix(runKey, "STANCH_KEY="))
	if out, errs, code := runCLI(t, "run", "--config", name, "--dry-run"); code != 0 || !strings.Contains(string(out), "streams by field:kubernetes.pod_name") {
		t.Errorf("dry run: exit %d, %s%s", code, out, errs)
	}
	stop := running(t, name)
	list := kafkaTopic(t, addrs, "clean.pods", len(in))
	stop()
	markers := 0
	for i, r := range list {
		for _, row := range rows[1 : len(rows)-1] {
			if bytes.Contains(r.Value, []byte(row)) {
				t.Errorf("a line of the key is left: %s", r.Value)
			}
		}
		markers += bytes.Count(r.Value, []byte("REDACTED-private-key"))
		if bytes.Contains(in[i].Value, []byte("web-2")) && !bytes.Equal(r.Value, in[i].Value) {
			t.Errorf("%s becomes %s", in[i].Value, r.Value)
		}
	}
	if len(list) != len(in) || markers != 1 {
		t.Errorf("%d records of %d, %d markers", len(list), len(in), markers)
	}
}
