package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"google.golang.org/protobuf/encoding/protowire"
)

// TestRunSchemas runs a document with schemas against an emulated broker. What a schema
// was missing for comes out of the quarantine when it is there.
func TestRunSchemas(t *testing.T) {
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
	if _, err := kadm.NewClient(cl).CreateTopics(t.Context(), 1, 1, nil, "orders"); err != nil {
		t.Fatal(err)
	}
	const secret = "hunter2-Vb7ohQuaechoo"
	framed := func(id uint32, body ...byte) []byte {
		return append(binary.BigEndian.AppendUint32([]byte{0}, id), body...)
	}
	avro := func(s string) []byte { return framed(7, append(binary.AppendVarint(nil, int64(len(s))), s...)...) }
	proto := func(s string) []byte {
		return framed(9, protowire.AppendString(protowire.AppendTag([]byte{0}, 2, protowire.BytesType), s)...)
	}
	var in []*kgo.Record
	for _, v := range [][]byte{avro("plain"), avro("login password=" + secret), proto(secret)} {
		in = append(in, &kgo.Record{Topic: "orders", Value: v})
	}
	if err := cl.ProduceSync(t.Context(), in...).FirstErr(); err != nil {
		t.Fatal(err)
	}

	dir := t.TempDir()
	file := func(name, text string) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	id := filepath.Join(dir, "key.txt")
	var recipient strings.Builder
	if err := keygen([]string{id, "recipient"}, nil, &recipient); err != nil {
		t.Fatal(err)
	}
	order, login := file("order.avsc", `{"type":"record","name":"Order","fields":[{"name":"note","type":"string"}]}`),
		file("login.proto", "syntax = \"proto3\";\nmessage Login { string user = 1; string password = 2; }\n")
	doc := func(schemas string) string {
		return file("run.yaml", `version: 1
inputs:
  - kafka:
      brokers: ["`+addrs[0]+`"]
      group: g
      topics: [{from: orders, to: clean.orders, payload: confluent, schemas: [`+schemas+`]}]
      create_topics: true
outputs:
  - kafka: {}
quarantine: {kafka: {topic: q}, recipients: [`+strings.TrimSpace(recipient.String())+`]}
`)
	}
	t.Setenv("STANCH_KEY", strings.TrimPrefix(runKey, "STANCH_KEY="))
	stop := running(t, doc("{id: 7, avro: '"+order+"'}"))
	clean, quarantined := kafkaTopic(t, addrs, "clean.orders", 2), kafkaTopic(t, addrs, "q", 1)
	log := stop()
	if len(clean) != 2 || len(quarantined) != 1 || !bytes.Equal(clean[0].Value, avro("plain")) || !bytes.Equal(clean[1].Value, avro("login password=REDACTED-password")) {
		t.Fatalf("%d records, %d in the quarantine\n%s", len(clean), len(quarantined), log)
	}
	if strings.Contains(log, secret) || bytes.Contains(quarantined[0].Value, []byte(secret)) {
		t.Error("a secret in the log or the quarantine")
	}

	entries := file("q.jsonl", string(quarantined[0].Value)+"\n")
	name := doc("{id: 7, avro: '" + order + "'}, {id: 9, protobuf: '" + login + "'}")
	if _, errs, code := runCLI(t, "run", "--config", name, "--replay-quarantine", entries, "--identity", id); code != 0 || !strings.Contains(string(errs), "replayed 1 record, 0 left") {
		t.Fatalf("replay: exit %d\n%s", code, errs)
	}
	if clean = kafkaTopic(t, addrs, "clean.orders", 3); len(clean) != 3 || !bytes.Equal(clean[2].Value, proto("REDACTED-password")) {
		t.Fatalf("%d records after the replay", len(clean))
	}
}
