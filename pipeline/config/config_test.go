package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/stanch/stanch/pipeline"
)

func schema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("../../configs/pipeline.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t testing.TB, s *jsonschema.Schema, b []byte) error {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(b, &v); err != nil {
		return err
	}
	return s.Validate(asJSON(v))
}

// asJSON writes times as they stand in JSON, and gives maps with other keys than
// strings a field that no schema allows.
func asJSON(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.Format(time.RFC3339)
	case []any:
		for i := range v {
			v[i] = asJSON(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = asJSON(v[k])
		}
	case map[any]any:
		return map[string]any{"\x00": nil}
	}
	return v
}

const all = `version: 1
redaction: {limits: {max_line: 1048576}}
inputs:
  - name: a
    kafka:
      brokers: ["k1:9092", "k2:9092"]
      client_id: me
      tls: {ca: ca.pem, cert: c.pem, key: k.pem, server_name: k}
      sasl: {mechanism: SCRAM-SHA-512, username: me, password: {env: STANCH_PASSWORD}}
      group: g
      topics:
        - {from: "a\\.(.*)", to: b.$1, payload: json, binary: detect, stream_by: "field:kubernetes.pod_name"}
        - from: a
          to: b
          payload: confluent
          schemas:
            - {id: 7, avro: order.avsc, references: [user.avsc]}
            - {protobuf: logs.binpb, message: acme.Log, unknown_fields: remove}
        - {from: c, to: d, payload: avro, schemas: [{avro: order.avsc}]}
      start: 2026-01-31T15:04:05Z
      out_of_range: park
      isolation: read_uncommitted
      header: h
      create_topics: true
      delivery: at_least_once
      transactional_id: t
      fetch_bytes: 2MiB
      max_wait: 1s
      max_batch_bytes: 8MiB
      max_message_bytes: 2MB
      max_uncommitted: 5
      commit_interval: 2s
      stream_hold: 3s
      topic_interval: 1m
      heartbeat: 1s
      session_timeout: 10s
      rebalance_timeout: 20s
      transaction_timeout: 10s
    output: k
    on_failure: drop
  - {stdin: {}, output: f, on_failure: halt}
  - file: {paths: [x, y], include: "*.log", exclude: ["z*"], state: s.json}
    output: d
outputs:
  - {name: k, kafka: {}}
  - {name: f, file: {path: out, sync: false}}
  - {name: d, file: {dir: outs}}
findings:
  rate: 5
  interval: 1s
  queue: 10
  max_wait: 100ms
  tries: 3
  outputs:
    - stdout: {}
    - file: {path: f.jsonl}
    - kafka: {topic: findings}
    - otlp: {endpoint: "https://otel.example", headers: {Authorization: {file: token}}, timeout: 5s}
    - webhook: {url: {file: url}, secret: {env: STANCH_HOOK}, hosts: hooks.example, allow_private: true}
quarantine: {kafka: {topic: q, brokers: "k9:9092", sasl: {mechanism: AWS_MSK_IAM, region: eu-west-1}}, recipients: [age1x], recipients_file: r.txt}
metrics: {listen: ":9464"}
log: {level: debug, format: console}
workers: 4
max_in_flight: 8MiB
drain: 5s
`

func TestParse(t *testing.T) {
	d, err := Parse("p.yaml", []byte(all))
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, schema(t), []byte(all)); err != nil {
		t.Error(err)
	}
	k := d.Inputs[0].Kafka
	if k.SASL.Password.Env != "STANCH_PASSWORD" || k.Start != "time" || !k.StartTime.Equal(time.Date(2026, 1, 31, 15, 4, 5, 0, time.UTC)) ||
		k.MaxMessageBytes != 2_000_000 || k.FetchBytes != 2<<20 || !k.ReadUncommitted || k.Topics[0].To != "b.$1" || k.Topics[0].StreamBy != "field:kubernetes.pod_name" || k.StreamHold != 3*time.Second ||
		k.Topics[1].Schemas[0].ID != 7 || k.Topics[1].Schemas[0].Avro != "order.avsc" || k.Topics[1].Schemas[0].References[0] != "user.avsc" || k.Topics[1].Schemas[1].Unknown != "remove" {
		t.Errorf("kafka: %+v", k)
	}
	if in := d.Inputs[1]; in.Name != "stdin" || in.Failure != pipeline.Halt || in.Output != "f" {
		t.Errorf("stdin: %+v", in)
	}
	if f := d.Outputs[1].File; f.Sync || !d.Outputs[2].File.Sync {
		t.Error("sync")
	}
	if d.Findings.Rate != 5 || d.Findings.Wait != 100*time.Millisecond || d.Findings.Outputs[4].Webhook.Hosts[0] != "hooks.example" {
		t.Errorf("findings: %+v", d.Findings)
	}
	if d.InFlight != 8<<20 || d.Drain != 5*time.Second || d.Workers != 4 || d.Redaction.Limits.MaxLine != 1<<20 || d.Redaction.Version != 1 {
		t.Errorf("document: %+v", d)
	}
	if q := d.Quarantine.Kafka.SASL; q.Mechanism != MSK || q.Region != "eu-west-1" {
		t.Errorf("sasl: %+v", q)
	}
	if d.ClusterOf(d.Findings.Outputs[2].Kafka).Brokers[0] != "k1:9092" || d.ClusterOf(d.Quarantine.Kafka).Brokers[0] != "k9:9092" {
		t.Error("clusters of topics")
	}
	const lines = "version: 1\ninputs: [{kafka: {brokers: 'b:1', group: g, topics: [{from: logs, payload: otlp_json}]}, on_failure: drop}]\noutputs: [{file: {dir: x}}]\n"
	if _, err := Parse("p.yaml", []byte(lines)); err != nil {
		t.Error(err)
	}
	if err := validate(t, schema(t), []byte(lines)); err != nil {
		t.Error(err)
	}
	other, err := Parse("p.yaml", []byte("\n"+strings.Replace(all, "1048576", "65536", 1)))
	if err != nil || !d.SameButPolicy(other) {
		t.Errorf("another policy at other places counts as another document: %v", err)
	}
	other, err = Parse("p.yaml", []byte(strings.Replace(all, "commit_interval: 2s", "commit_interval: 3s", 1)))
	if err != nil || d.SameButPolicy(other) {
		t.Errorf("another interval does not count: %v", err)
	}
}

// TestExamples reads the example in configs.
func TestExamples(t *testing.T) {
	for _, name := range []string{"kafka.yaml", "run.yaml"} {
		b, err := os.ReadFile("../../configs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(name, b); err != nil {
			t.Error(err)
		}
		if err := validate(t, schema(t), b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !Is(name, b) || Is(name, []byte("version: 1\npolicy: []\n")) {
			t.Error("documents and policies are mistaken for each other")
		}
	}
}

const head = "version: 1\ninputs: [{stdin: {}, on_failure: drop}]\noutputs: [{stdout: {}}]\n"

func TestErrors(t *testing.T) {
	kafka := func(more string) string {
		return "version: 1\ninputs:\n- on_failure: drop\n  kafka: {brokers: 'a:1', group: g, topics: [{from: a, to: b}]" + more + "}\noutputs: [{kafka: {}}]\n"
	}
	lines := func(more string) string {
		if !strings.Contains(more, "topics:") || strings.Contains(more, "create_topics") {
			more += ", topics: [{from: a}]"
		}
		return "version: 1\ninputs:\n- on_failure: drop\n  kafka: {brokers: 'a:1', group: g, " + more + "}\noutputs: [{file: {path: x}}]\n"
	}
	topic := func(more string) string { return strings.Replace(kafka(""), "to: b", "to: b, "+more, 1) }
	for text, want := range map[string]string{
		"version: 1\noutputs: [{stdout: {}}]":                                                                 "1:1: inputs are missing",
		"inputs: [{stdin: {}}]\noutputs: [{stdout: {}}]":                                                      "1:1: version is missing: want version: 1",
		"version: 1\ninputs: [{}]":                                                                            "2:10: input: want one of stdin, file or kafka",
		"version: 1\ninputs: [{stdin: {}, file: {paths: a}}]":                                                 "2:28: input: stdin and file do not go together",
		"version: 1\ninputs: [{stdin: {}, on_failure: pass}]":                                                 "2:34: on_failure: want quarantine, redact_value, drop or halt",
		"version: 1\ninputs: [{stdin: {}}]\noutputs: [{stdout: {}}]":                                          "2:10: input: records that fail go to the quarantine",
		"version: 1\ninputs: [{stdin: {}, on_failure: drop, output: x}]\noutputs: [{stdout: {}}]":             "2:10: input: output: there is none of that name",
		"version: 1\ninputs: [{stdin: {}, on_failure: drop}]\noutputs: [{stdout: {}}, {name: b, stdout: {}}]": "2:10: input: output is missing, and there is more than one",
		"version: 1\ninputs: [{stdin: {}, on_failure: drop}]\noutputs: [{kafka: {brokers: 'a:1'}}]":           "3:11: output: kafka: topic is missing",
		head + "redaction: none.yaml":                                                                         "4:12: redaction: open none.yaml",
		head + "redaction: {policy: [{action: burn}]}":                                                        "4:31: action: want ",
		head + "drain: 3":                                                                                "4:8: drain: want a time from 100ms to 1h0m0s, such as 500ms, 30s or 5m",
		head + "max_in_flight: 1":                                                                        "4:16: max_in_flight: want a size",
		head + "metrics: {listen: here}":                                                                 "4:19: listen: want host:port",
		head + "findings: {outputs: [{stdout: {}}]}":                                                     "3:11: outputs: standard output is there twice",
		head + "findings: {outputs: [{file: {path: a}}, {file: {path: b}}]}":                             "4:41: findings: there are two of one kind",
		head + "findings: {outputs: [{otlp: {endpoint: 'http://otel.example'}}]}":                        "4:29: otlp: http to another machine",
		head + "findings: {outputs: [{otlp: {endpoint: 'https://user:pass-word-9@otel.example'}}]}":      "4:40: endpoint: no user or password in it",
		head + "findings: {outputs: [{webhook: {url: 'https://a.example', secret: hunter-2-and-more}}]}": "4:67: no secrets here",
		head + "findings: {outputs: [{webhook: {url: {file: u}, secret: {env: STANCH_X}}}]}":             "4:32: webhook: hosts are missing",
		head + "findings: {outputs: [{webhook: {url: 'https://a.example', secret: {env: HOME}}}]}":       "4:73: env: want a name of STANCH_ and capitals",
		head + "findings: {outputs: [{kafka: {topic: t}}]}":                                              "4:22: findings: kafka: brokers are missing",
		kafka(", start: soon"):                                                                           "4:72: start: want earliest, latest or a time",
		kafka(", sasl: {mechanism: GSSAPI}"):                                                             "4:83: mechanism: want PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or AWS_MSK_IAM",
		kafka(", sasl: {mechanism: OAUTHBEARER, username: a}"):                                           "4:71: sasl: OAUTHBEARER wants a token",
		kafka(", sasl: {mechanism: PLAIN, token: {env: STANCH_X}}"):                                      "4:71: sasl: token: only with OAUTHBEARER",
		kafka(", sasl: {mechanism: AWS_MSK_IAM, username: a, password: {env: STANCH_X}}"):                "4:71: sasl: AWS_MSK_IAM takes its credentials",
		kafka(", sasl: {mechanism: PLAIN, username: a, password: {env: STANCH_X}, region: r}"):           "4:71: sasl: region: only with AWS_MSK_IAM",
		kafka(", sasl: {mechanism: PLAIN, username: a}"):                                                 "4:71: sasl: want username and password",
		kafka(", tls: {cert: a}"):                                                                        "4:70: tls: cert and key go together",
		strings.Replace(kafka(""), "from: a", "from: (", 1):                                              "4:53: from: not a regular expression (RE2): missing closing )",
		kafka(", session_timeout: 2s"):                                                                   "4:10: kafka: heartbeat is not shorter than session_timeout",
		kafka(", session_timeout: 9s, heartbeat: 9s"):                                                    "4:10: kafka: heartbeat is not shorter",
		strings.Replace(kafka(""), "to: b", "to: b c", 1):                                                "4:60: to: not the name of a topic",
		strings.Replace(kafka(""), "{kafka: {}}", "{stdout: {}}", 1):                                     "4:46: topics: to: the output has no topics",
		strings.Replace(kafka(""), ", to: b", "", 1):                                                     "4:46: topics: to is missing",
		lines("header: x"):                                                                                "4:10: kafka: header and create_topics need a Kafka output",
		lines("create_topics: true"):                                                                      "4:10: kafka: header and create_topics need a Kafka output",
		lines("delivery: exactly_once"):                                                                   "3:3: input: kafka: delivery exactly_once needs an output on the same cluster",
		lines("topics: [{from: a, binary: redact}]"):                                                      "4:46: topics: binary values need a Kafka output",
		lines("topics: [{from: a, payload: otlp_proto_traces}]"):                                          "4:46: topics: binary values need a Kafka output",
		lines("topics: [{from: a, schemas: [{avro: x}]}]"):                                                "4:46: topics: binary values need a Kafka output",
		topic("payload: avro"):                                                                            "4:46: topics: payload avro wants one schema",
		topic("payload: avro, schemas: [{protobuf: x}]"):                                                  "4:46: topics: payload avro wants one schema",
		topic("payload: protobuf, schemas: [{protobuf: x, id: 1}]"):                                       "4:46: topics: payload protobuf wants one schema",
		topic("payload: text, schemas: [{avro: x}]"):                                                      "4:46: topics: schemas: only with",
		topic("schemas: [{avro: x}, {avro: y}]"):                                                          "4:84: schema: there are two of one id",
		topic("schemas: [{id: 1}]"):                                                                       "4:73: schema: want one of avro",
		topic("schemas: [{id: 0, avro: x}]"):                                                              "4:78: id: want",
		topic("schemas: [{avro: x, message: a.B}]"):                                                       "4:73: schema: message and unknown_fields: only with protobuf",
		topic("schemas: [{protobuf: x, references: [y]}]"):                                                "4:73: schema: references: only with avro",
		topic("schemas: [{avro: x, protobuf: y}]"):                                                        "4:93: schema: avro and protobuf do not go together",
		strings.Replace(kafka(""), "to: b", "to: b, stream_by: host", 1):                                  "4:74: stream_by: want key, header:NAME or field:PATH",
		strings.Replace(kafka(""), "to: b", "to: b, stream_by: 'field:a..b'", 1):                          "4:74: stream_by: want key",
		strings.Replace(kafka(""), "to: b", "to: b, stream_by: key, payload: otlp_json", 1):               "4:74: stream_by: values of otlp_json are no lines",
		strings.Replace(kafka(", delivery: exactly_once"), "{kafka: {}}", "{kafka: {brokers: 'b:1'}}", 1): "3:3: input: kafka: delivery exactly_once needs an output on the same cluster",
	} {
		_, err := Parse("p.yaml", []byte(text))
		if got := fmt.Sprint(err); !strings.HasPrefix(got, "p.yaml:"+want) {
			t.Errorf("%s\n%s\nwant %s", text, got, want)
		}
		if strings.Contains(fmt.Sprint(err), "hunter-2") || strings.Contains(fmt.Sprint(err), "pass-word-9") {
			t.Errorf("an error quotes a secret: %v", err)
		}
	}
}

func TestSecret(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	t.Setenv("STANCH_SET", "value-9")
	for _, c := range []struct {
		s         Secret
		want, err string
	}{
		{Secret{Env: "STANCH_SET"}, "value-9", ""},
		{Secret{Env: "STANCH_UNSET"}, "", "p:1:2: STANCH_UNSET is not set"},
		{Secret{File: write("a", "value-8\r\n")}, "value-8", ""},
		{Secret{File: write("b", "\n")}, "", "is empty"},
		{Secret{File: write("c", strings.Repeat("x", maxSecret+1))}, "", "is longer than"},
		{Secret{File: filepath.Join(dir, "none")}, "", "p:1:2: open "},
		{Secret{text: "value-7"}, "value-7", ""},
	} {
		c.s.Pos = Position{File: "p", Line: 1, Column: 2}
		got, err := c.s.Read()
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%v: %q, %v", c.s, got, err)
		}
		if s := fmt.Sprintf("%v %+v %#v %s", c.s, c.s, c.s, c.s); strings.Contains(s, "value-") {
			t.Errorf("a secret is printed: %s", s)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(all)
	f.Add(head)
	s := schema(f)
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "redaction") {
			return // a path would be opened, and policies have a schema of their own
		}
		d, err := Parse("p.yaml", []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "p.yaml:") {
				t.Fatalf("error without a position: %v", err)
			}
			return
		}
		if len(d.Inputs) == 0 || len(d.Outputs) == 0 || d.Inputs[0].Output == "" {
			t.Fatal("accepted with something missing")
		}
		if err := validate(t, s, []byte(text)); err != nil {
			t.Fatalf("parser accepts, schema refuses: %v", err)
		}
	})
}
